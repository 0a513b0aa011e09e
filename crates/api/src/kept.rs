//! Documents that are made once and served as they are.

use bytes::Bytes;
use catalog::bulk::{Member, compress};
use xxhash_rust::xxh3::xxh3_128;

/// A text in all its codings, with what identifies it.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) kind: &'static str,
    pub(crate) plain: Bytes,
    pub(crate) gzip: Bytes,
    pub(crate) hash: u128,
}

impl Kept {
    /// A text of this media type.
    pub(crate) fn new(kind: &'static str, text: String) -> Kept {
        let mut member = Member::default();
        member.push(&compress(text.as_bytes()));
        Kept {
            kind,
            hash: xxh3_128(text.as_bytes()),
            gzip: member.finish().concat().into(),
            plain: text.into(),
        }
    }
}
