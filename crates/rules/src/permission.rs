//! Rights: which permission each change needs (rest-api specification, 8).
//!
//! A [`Grant`] is the proof that a right was looked for and found. A change cannot be staged without one.

use model::access::{Segment, Viewer, bits};
use model::{AnyRecord, Tag};

use crate::actions::texts::IX_SIDE_ADMINS;
use crate::context::Context;
use crate::logo;
use crate::rejection::Rejection;

/// The proof that the author may do what is about to be staged.
#[derive(Debug)]
pub struct Grant(());

/// May change a record as it is stored.
///
/// # Errors
/// [`Rejection::NotYours`].
pub fn to_change(context: &Context<'_>, stored: &AnyRecord) -> Result<Grant, Rejection> {
    check(context, &context.snapshot.namespace(stored), bits::UPDATE, Rejection::NotYours)
}

/// May make of a record what it would become: the right to change it counts at its new place too. Contacts that move
/// to another network are looked for there.
///
/// # Errors
/// [`Rejection::Forbidden`].
pub fn to_become(context: &Context<'_>, draft: &AnyRecord) -> Result<Grant, Rejection> {
    check(context, &context.snapshot.namespace(draft), bits::UPDATE, Rejection::Forbidden)
}

/// May create a record; its id is 0.
///
/// # Errors
/// [`Rejection::Forbidden`].
pub fn to_create(context: &Context<'_>, draft: &AnyRecord) -> Result<Grant, Rejection> {
    check(context, &creation(context, draft), bits::CREATE, Rejection::Forbidden)
}

/// May delete a record.
///
/// # Errors
/// [`Rejection::Forbidden`].
pub fn to_delete(context: &Context<'_>, stored: &AnyRecord) -> Result<Grant, Rejection> {
    check(context, &context.snapshot.namespace(stored), bits::DELETE, Rejection::Forbidden)
}

/// May create below a record, as its owners may.
///
/// # Errors
/// `otherwise`.
pub fn to_own(context: &Context<'_>, stored: &AnyRecord, otherwise: Rejection) -> Result<Grant, Rejection> {
    check(context, &context.snapshot.namespace(stored), bits::CREATE, otherwise)
}

/// May decide about records that wait for approval: a right of its own, below no organization. Whoever stands above
/// all checks has it, and so has whoever was given it.
///
/// # Errors
/// [`Rejection::Forbidden`].
pub fn to_decide(context: &Context<'_>, needed: u8) -> Result<Grant, Rejection> {
    check(context, &[Segment::Word("peeringdb"), Segment::Word(QUEUE)], needed, Rejection::Forbidden)
}

/// The last word of the namespace `peeringdb.verification_queue`: with the right to change one approves, with the
/// right to delete one denies.
const QUEUE: &str = "verification_queue";
/// May give a record a logo: whoever may change it, or create below it.
///
/// # Errors
/// [`Rejection::ForbiddenBecause`].
pub fn to_set_logo(context: &Context<'_>, stored: &AnyRecord) -> Result<Grant, Rejection> {
    let otherwise = Rejection::ForbiddenBecause(logo::texts::MAY_NOT_WRITE.plain());
    check(context, &context.snapshot.namespace(stored), bits::CREATE | bits::UPDATE, otherwise)
}

/// May take a record's logo away.
///
/// # Errors
/// [`Rejection::ForbiddenBecause`].
pub fn to_remove_logo(context: &Context<'_>, stored: &AnyRecord) -> Result<Grant, Rejection> {
    let otherwise = Rejection::ForbiddenBecause(logo::texts::MAY_NOT_DELETE.plain());
    check(context, &context.snapshot.namespace(stored), bits::DELETE, otherwise)
}

/// May say at which facility a port meets its exchange, where that changes: it is the exchange's matter, as it is with
/// the action of its own.
///
/// # Errors
/// [`Rejection::ForbiddenBecause`].
pub fn to_set_ix_side(
    context: &Context<'_>,
    draft: &AnyRecord,
    stored: Option<&AnyRecord>,
) -> Result<(), Rejection> {
    let AnyRecord::Netixlan(port) = draft else { return Ok(()) };
    let before = stored.and_then(|stored| stored.reference("ix_side_id"));
    let Some(ix) = context.snapshot.record(Tag::Ix, port.ixlan_id).filter(|_| port.ix_side_id != before)
    else {
        return Ok(());
    };
    to_own(context, ix, Rejection::ForbiddenBecause(IX_SIDE_ADMINS.plain())).map(|_| ())
}

/// Whether somebody has one of several rights on a record.
pub fn has_any(context: &Context<'_>, stored: &AnyRecord, any: u8) -> bool {
    granted(&context.author.viewer, &context.snapshot.namespace(stored)) & any != 0
}

/// Where the right to create is looked for: organizations are made below the root, contacts by those who may add to
/// their network.
fn creation(context: &Context<'_>, draft: &AnyRecord) -> Vec<Segment<'static>> {
    let mut path = context.snapshot.namespace(draft);
    match draft.tag() {
        Tag::Org => path.truncate(2),
        Tag::Poc => path.truncate(5),
        _ => {}
    }
    path
}

/// One of the rights in `needed` is enough.
fn check(
    context: &Context<'_>,
    path: &[Segment<'_>],
    needed: u8,
    otherwise: Rejection,
) -> Result<Grant, Rejection> {
    if granted(&context.author.viewer, path) & needed != 0 { Ok(Grant(())) } else { Err(otherwise) }
}

/// Contacts for users and private ones need a row of their own for reading; whoever may change their network may
/// change them.
fn granted(viewer: &Viewer, path: &[Segment<'_>]) -> u8 {
    viewer.bits(path)
}
