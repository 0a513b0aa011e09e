//! Lists that are written while they are sent: memory holds a few rows' text at a time.
//!
//! The body owns the rows that are still to be sent and nothing else of the snapshot, so that a slow reader keeps
//! no old state of the directory alive.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use app::pool::Held;
use bytes::Bytes;
use catalog::bulk::{FlatRows, Member, Packed, compress, stored};
use catalog::render::{LIST_HEAD, list_tail};
use http_body::{Body, Frame, SizeHint};
use model::Tag;
use xxhash_rust::xxh3::Xxh3;

/// Text that is gathered before it is sent, in bytes.
const FRAME_BYTES: usize = 64 * 1024;

/// A list of flat rows.
#[derive(Debug)]
pub(crate) struct FlatList {
    pub(crate) tag: Tag,
    pub(crate) rows: FlatRows,
    /// The same rows compressed, where they are kept so.
    pub(crate) packed: Option<Arc<Packed>>,
    /// The inside of the meta object.
    pub(crate) meta: String,
    /// Identifies the rows, for whole lists: last change of the type, and the viewer's mask.
    pub(crate) version: Option<(u64, u64)>,
}

impl FlatList {
    fn tail(&self) -> String {
        list_tail(&self.meta)
    }

    /// Length of the text, bytes.
    pub(crate) fn length(&self) -> u64 {
        self.rows.length() + (LIST_HEAD.len() + self.tail().len()) as u64
    }

    /// A number that differs (but for chance) between lists with different texts of one directory.
    pub(crate) fn fingerprint(&self) -> u128 {
        let mut hash = Xxh3::new();
        hash.update(self.tag.as_str().as_bytes());
        hash.update(self.meta.as_bytes());
        match self.version {
            Some((touched, mask)) => {
                hash.update(&touched.to_le_bytes());
                hash.update(&mask.to_le_bytes());
            }
            None => self.rows.versions().for_each(|(id, touched)| {
                hash.update(&id.to_le_bytes());
                hash.update(&touched.to_le_bytes());
            }),
        }
        hash.digest128()
    }

    /// The text as a body.
    pub(crate) fn plain(self) -> axum::body::Body {
        let length = self.length();
        axum::body::Body::new(Text { tail: Some(self.tail()), head: true, rows: self.rows, length })
    }

    /// The text as one gzip member.
    pub(crate) fn gzip(self) -> axum::body::Body {
        let tail = self.tail();
        match self.packed {
            Some(packed) => axum::body::Body::new(Pieces::of(&packed, &tail)),
            None => {
                let text = Text { tail: Some(tail), head: true, rows: self.rows, length: 0 };
                axum::body::Body::new(Compressed::new(Source::Rows(text)))
            }
        }
    }
}

/// A body with nothing in it that announces the length of another one: the answer to `HEAD` has the headers of
/// `GET`, and where the length is not known beforehand, none.
pub(crate) fn without_content(body: axum::body::Body) -> axum::body::Body {
    axum::body::Body::new(Omitted(body.size_hint()))
}

struct Omitted(SizeHint);

impl Body for Omitted {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(None)
    }

    fn size_hint(&self) -> SizeHint {
        self.0
    }
}

/// Rows written as they are sent.
struct Text {
    head: bool,
    rows: FlatRows,
    tail: Option<String>,
    /// Bytes still to come.
    length: u64,
}

impl Text {
    /// The next part; `None` at the end.
    fn part(&mut self) -> Option<String> {
        self.tail.as_ref()?;
        let mut text = String::with_capacity(FRAME_BYTES + 8 * 1024);
        let mut first = std::mem::take(&mut self.head);
        if first {
            text.push_str(LIST_HEAD);
        }
        while self.rows.write_next(!std::mem::take(&mut first), &mut text) {
            if text.len() >= FRAME_BYTES {
                return Some(text);
            }
        }
        text.push_str(&self.tail.take()?);
        Some(text)
    }
}

impl Body for Text {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let part = self.part();
        self.length -= part.as_ref().map_or(0, |text| text.len() as u64).min(self.length);
        Poll::Ready(part.map(|text| Ok(Frame::data(text.into()))))
    }

    fn is_end_stream(&self) -> bool {
        self.tail.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}

/// A text that is there already, as one gzip member that is made while it is sent. `held` is let go at its end.
pub(crate) fn gzip_of(text: String, held: Option<Held>) -> axum::body::Body {
    axum::body::Body::new(Compressed::new(Source::Text { text: text.into(), _held: held }))
}

/// What is compressed while it is sent.
enum Source {
    Rows(Text),
    Text { text: Bytes, _held: Option<Held> },
}

impl Source {
    /// The next part; `None` at the end.
    fn part(&mut self) -> Option<Bytes> {
        match self {
            Source::Rows(rows) => rows.part().map(Bytes::from),
            Source::Text { text, .. } => {
                let part = text.split_to(FRAME_BYTES.min(text.len()));
                (!part.is_empty()).then_some(part)
            }
        }
    }

    /// Whether there is another part.
    fn goes_on(&self) -> bool {
        match self {
            Source::Rows(rows) => rows.tail.is_some(),
            Source::Text { text, .. } => !text.is_empty(),
        }
    }
}

/// A gzip member whose text is compressed part by part.
struct Compressed {
    source: Source,
    member: Option<Member>,
    /// Whether others had their turn since the last part.
    rested: bool,
}

impl Compressed {
    fn new(source: Source) -> Compressed {
        Compressed { source, member: Some(Member::default()), rested: true }
    }

    fn part(&mut self) -> Option<Bytes> {
        let member = self.member.as_mut()?;
        if let Some(text) = self.source.part() {
            member.push(&compress(&text));
        }
        let pieces = match self.source.goes_on() {
            true => member.drain(),
            false => self.member.take()?.finish(),
        };
        Some(pieces.concat().into())
    }
}

impl Body for Compressed {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        // A part takes a millisecond or two. Whoever drives the body would take dozens of them in a row.
        if !std::mem::replace(&mut self.rested, true) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.rested = false;
        Poll::Ready(self.part().map(|part| Ok(Frame::data(part))))
    }

    fn is_end_stream(&self) -> bool {
        self.member.is_none()
    }
}

/// A finished gzip member that is sent piece by piece.
struct Pieces {
    rest: VecDeque<Arc<[u8]>>,
    length: u64,
}

impl Pieces {
    /// A whole list in its envelope.
    fn of(packed: &Packed, tail: &str) -> Pieces {
        let mut member = Member::default();
        member.push(&stored(LIST_HEAD.as_bytes()));
        member.append(packed);
        member.push(&stored(tail.as_bytes()));
        let rest: VecDeque<Arc<[u8]>> = member.finish().into();
        let length = rest.iter().map(|piece| piece.len() as u64).sum();
        Pieces { rest, length }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = self.rest.pop_front();
        self.length -= piece.as_ref().map_or(0, |piece| piece.len() as u64);
        Poll::Ready(piece.map(|piece| Ok(Frame::data(Bytes::from_owner(piece)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::task::Waker;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn a_long_text_is_compressed_in_parts_between_which_others_have_their_turn() {
        let text: String = (0..100_000).map(|n| format!("{n} ")).collect();
        let mut body = Compressed::new(Source::Text { text: text.clone().into(), _held: None });
        let mut cx = Context::from_waker(Waker::noop());
        let (mut packed, mut parts) = (Vec::new(), 0);
        while !body.is_end_stream() {
            let Poll::Ready(Some(Ok(frame))) = Pin::new(&mut body).poll_frame(&mut cx) else {
                panic!("a part is due");
            };
            packed.extend_from_slice(frame.data_ref().expect("data"));
            parts += 1;
            assert!(Pin::new(&mut body).poll_frame(&mut cx).is_pending(), "a turn for others");
        }
        assert_eq!(parts, text.len().div_ceil(FRAME_BYTES));
        let mut unpacked = String::new();
        GzDecoder::new(&packed[..]).read_to_string(&mut unpacked).expect("a legal member");
        assert_eq!(unpacked, text);
    }
}
