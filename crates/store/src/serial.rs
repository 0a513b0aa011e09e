//! Numbers that are given out one after the other.

use crate::error::Error;
use crate::session::Session;

/// Takes the next number. Others who want one wait until this transaction ends.
pub(crate) async fn next(session: &mut Session, name: &'static str) -> Result<u32, Error> {
    const NEXT: &str = "UPDATE serial SET last = last + 1 WHERE name = $1 RETURNING last";
    session.one(NEXT, vec![name.into()]).await
}

/// Makes sure that no number up to `used` is given out.
pub(crate) async fn skip(session: &mut Session, name: &'static str, used: u32) -> Result<(), Error> {
    const SKIP: &str = "UPDATE serial SET last = $2 WHERE name = $1 AND last < $2";
    session.execute(SKIP, vec![name.into(), used.into()]).await
}
