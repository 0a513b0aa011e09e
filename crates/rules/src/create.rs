//! New records.

use model::Tag;

use crate::command::Body;
use crate::context::Context;
use crate::rejection::{Rejection, Stop};
use crate::stage::Plan;

/// Plans a new record.
pub(crate) fn plan(_context: &Context<'_>, tag: Tag, _body: &Body) -> Result<Plan, Stop> {
    Err(Rejection::NotFound(tag).into())
}
