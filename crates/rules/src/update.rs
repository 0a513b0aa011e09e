//! New values for records.

use model::Tag;

use crate::command::Body;
use crate::context::Context;
use crate::rejection::{Rejection, Stop};
use crate::stage::Plan;

/// Plans new values.
pub(crate) fn plan(_context: &Context<'_>, tag: Tag, _id: u32, _body: &Body) -> Result<Plan, Stop> {
    Err(Rejection::NotFound(tag).into())
}
