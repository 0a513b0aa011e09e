//! New records and new values, planned on directories in memory.

mod desk;
mod invariants;

mod writes {
    mod bodies;
    mod comebacks;
    mod creates;
    mod queue;
    mod roles;
    mod sequences;
    mod updates;
}
