//! Deletions, actions and what follows from them, planned on directories in memory.

mod desk;
mod invariants;

mod changes {
    mod actions;
    mod campuses;
    mod cascades;
    mod counters;
    mod deletions;
    mod logos;
    mod random;
}
