//! Deletions.

use model::Tag;

use crate::context::Context;
use crate::rejection::{Rejection, Stop};
use crate::stage::Plan;

/// Plans a deletion.
pub(crate) fn plan(_context: &Context<'_>, tag: Tag, _id: u32) -> Result<Plan, Stop> {
    Err(Rejection::NotFound(tag).into())
}
