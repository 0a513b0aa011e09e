//! Changes with a path of their own.

use model::Tag;

use crate::command::Action;
use crate::context::Context;
use crate::rejection::{Rejection, Stop};
use crate::stage::Plan;

/// Plans an action.
pub(crate) fn plan(_context: &Context<'_>, _action: &Action) -> Result<Plan, Stop> {
    Err(Rejection::NotFound(Tag::Net).into())
}
