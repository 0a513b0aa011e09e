//! Cursors: places in the feed as clients keep them.
//!
//! A cursor is the number of a change, `17`: its events and all before are known. Within a change of many events it is
//! `17.3`, behind the third row that the change touched. `-` and eight hexadecimal digits follow in cursors that an
//! answer gave: they stand for the directory and the rights that the events were made for, so that nobody goes on with
//! other rights and misses what these show. A bare number is the one of the header `X-Change-Seq`.

use std::fmt;

use app::App;
use catalog::feed::Position;
use model::access::Viewer;
use xxhash_rust::xxh3::xxh3_64;

/// What a feed's events depend on beside the changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp(u32);

impl Stamp {
    /// The stamp of a viewer's feed.
    pub(super) fn of(app: &App, viewer: &Viewer) -> Stamp {
        let epoch = app.epoch();
        let installation = epoch.split(' ').next().unwrap_or_default();
        let hash = xxh3_64(format!("{installation} {:016x}", viewer.mask()).as_bytes());
        // Half of it tells two of them apart well enough.
        Stamp(u32::try_from(hash >> 32).unwrap_or_default())
    }
}

/// A place as a text.
pub(super) struct Cursor(pub(super) Position, pub(super) Stamp);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cursor(position, Stamp(stamp)) = self;
        write!(f, "{position}-{stamp:08x}")
    }
}

/// Why a text leads to no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadCursor {
    /// It is no cursor.
    Text,
    /// It belongs to another directory, or to other rights.
    Stamp,
}

/// The place that a cursor means.
///
/// # Errors
/// When it means none for this feed.
pub(super) fn parse(text: &str, stamp: Stamp) -> Result<Position, BadCursor> {
    let (place, given) = match text.split_once('-') {
        Some((place, given)) => (place, Some(given)),
        None => (text, None),
    };
    let (seq, n) = match place.split_once('.') {
        Some((seq, n)) => (seq, number(n).filter(|n| *n > 0 && *n < Position::ALL).ok_or(BadCursor::Text)?),
        None => (place, Position::ALL),
    };
    let seq = number(seq).ok_or(BadCursor::Text)?;
    if let Some(given) = given {
        let digits = given.len() == 8 && given.bytes().all(|byte| byte.is_ascii_hexdigit());
        let given = u32::from_str_radix(given, 16).ok().filter(|_| digits).ok_or(BadCursor::Text)?;
        if Stamp(given) != stamp {
            return Err(BadCursor::Stamp);
        }
    }
    Ok(Position { seq, n })
}

/// Digits alone: the standard library takes a sign as well.
pub(super) fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
