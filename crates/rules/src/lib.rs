//! What may change, and what follows from a change: pure functions of a snapshot, a command and the time.
//!
//! A [`Command`] says what somebody wants. [`plan`] answers with a [`Plan`] of all records that change, with a
//! [`Rejection`] that names every rule it breaks, or with a [`Need`]: a fact about the outside world that has to be
//! found out first. Nothing here does I/O, reads a clock or draws random numbers, so that the same question has the
//! same answer, and planning again under the write lock is free of surprises.

pub mod actions;
pub mod campus;
mod checks;
mod command;
mod context;
mod counters;
mod create;
pub mod delete;
mod form;
pub mod input;
pub mod message;
pub mod permission;
mod readd;
mod rejection;
mod stage;
mod unique;
mod update;

pub use command::{Action, Body, Command, Side};
pub use context::{Author, Context, Facts, Need, NextIds, Place, Policy, Registration};
pub use message::Message;
pub use rejection::{Errors, GENERAL, Rejection, Said, Stop};
pub use stage::{Effect, Extras, Plan, Stage, Ticket};
pub use unique::taken;

/// Plans a command.
///
/// # Errors
/// When a rule refuses the command, or a fact has to be found out first.
pub fn plan(context: &Context<'_>, command: &Command) -> Result<Plan, Stop> {
    match command {
        Command::Create { tag, body } => create::plan(context, *tag, body),
        Command::Update { tag, id, body } => update::plan(context, *tag, *id, body),
        Command::Delete { tag, id } => delete::plan(context, *tag, *id),
        Command::Act(action) => actions::plan(context, action),
    }
}
