//! Numbers that are given out one after the other.

use crate::error::Error;
use crate::session::Session;

/// Takes the next number. Others who want one wait until this transaction ends.
pub(crate) async fn next(session: &mut Session, name: &'static str) -> Result<u32, Error> {
    const NEXT: &str = "UPDATE serial SET last = last + 1 WHERE name = $1 RETURNING last";
    session.one(NEXT, vec![name.into()]).await
}
