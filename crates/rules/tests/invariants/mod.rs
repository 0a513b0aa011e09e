//! What must be true of every directory and of every change (data-model specification, 16), computed anew from all
//! records, without indexes and without anything that planning uses.

mod change;
mod state;

pub(crate) use change::of_change;
pub(crate) use state::of_state;
