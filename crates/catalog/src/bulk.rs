//! Whole lists: rows to stream, and compressed blocks that a list is put together from.
//!
//! Each chunk of a table keeps its published rows as one piece of a deflate stream, made for the first reader. A
//! compressed list is then a header, the pieces, and an end: one legal gzip member (RFC 1952) that costs a write no
//! more than the compression of one chunk.

use std::io::Write;
use std::sync::Arc;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use model::Tag;
use model::access::Viewer;

use crate::filter::is_published;
use crate::snapshot::Snapshot;
use crate::table::{Chunk, Entry};

/// A text as a piece of a deflate stream (RFC 1951) that ends on a byte boundary and refers to nothing before it.
#[derive(Debug)]
pub struct Block {
    /// The compressed bytes.
    pub deflate: Arc<[u8]>,
    /// Checksum and length of the text.
    pub crc: Crc,
}

/// A row whose flat text is rendered.
#[derive(Clone, Debug)]
struct FlatRow(Arc<Entry>);

impl FlatRow {
    /// Identifies the text among all texts of this row: id and the change that last moved it.
    fn version(&self) -> (u32, u64) {
        (self.0.record().id(), self.0.touched())
    }
}

/// Rendered rows in order, to be written without the snapshot.
#[derive(Debug)]
pub struct FlatRows {
    rest: Rest,
    length: u64,
}

/// The rows that are not written yet.
#[derive(Debug)]
enum Rest {
    /// Rows that were found one by one.
    Found(std::vec::IntoIter<FlatRow>),
    /// All published rows: the chunks that hold them, the first one from a place on.
    Whole { chunks: std::vec::IntoIter<Arc<Chunk>>, open: Option<Arc<Chunk>>, place: usize },
}

/// What stands between two rows.
pub const SEPARATOR: &str = ", ";

impl FlatRows {
    /// Bytes of all rows with what stands between them.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Identifies the rows that were found one by one, as long as none is written.
    pub fn versions(&self) -> impl Iterator<Item = (u32, u64)> + '_ {
        let found = match &self.rest {
            Rest::Found(rows) => rows.as_slice(),
            Rest::Whole { .. } => &[],
        };
        found.iter().map(FlatRow::version)
    }

    /// Appends the next row, with a separator before it unless it is the first. `false` at the end.
    pub fn write_next(&mut self, separated: bool, out: &mut String) -> bool {
        let mut write = |entry: &Entry| {
            out.push_str(if separated { SEPARATOR } else { "" });
            // Rendered by whoever made these rows.
            out.push_str(entry.rendered().map_or("{}", |flat| flat.object()));
        };
        match &mut self.rest {
            Rest::Found(rows) => rows.next().map(|row| write(&row.0)).is_some(),
            Rest::Whole { chunks, open, place } => loop {
                let Some(chunk) = open else { return false };
                let Some(entry) = chunk.row(*place) else {
                    (*open, *place) = (chunks.next(), 0);
                    continue;
                };
                *place += 1;
                if is_published(entry) {
                    write(entry);
                    return true;
                }
            },
        }
    }
}

/// A whole list compressed: the blocks of its chunks with separators between them.
#[derive(Debug)]
pub struct Packed {
    pieces: Vec<Arc<[u8]>>,
    crc: Crc,
}

impl Packed {
    fn of<'a>(blocks: impl Iterator<Item = &'a Arc<Block>>) -> Packed {
        let separator = stored(SEPARATOR.as_bytes());
        let mut packed = Packed { pieces: Vec::new(), crc: Crc::new() };
        for block in blocks {
            if !packed.pieces.is_empty() {
                packed.push(&separator);
            }
            packed.push(block);
        }
        packed
    }

    fn push(&mut self, block: &Block) {
        self.crc.combine(&block.crc);
        self.pieces.push(Arc::clone(&block.deflate));
    }

    /// Compressed bytes.
    pub fn bytes(&self) -> usize {
        self.pieces.iter().map(|piece| piece.len()).sum()
    }
}

impl Snapshot {
    /// Renders rows so that they can be written without the snapshot.
    pub fn flat_rows(&self, entries: &[&Arc<Entry>]) -> FlatRows {
        let mut length = (SEPARATOR.len() * entries.len().saturating_sub(1)) as u64;
        let render = |entry: &&Arc<Entry>| {
            length += self.flat(entry).object().len() as u64;
            FlatRow(Arc::clone(entry))
        };
        let rows: Vec<FlatRow> = entries.iter().map(render).collect();
        FlatRows { rest: Rest::Found(rows.into_iter()), length }
    }

    /// The published records of a type that the viewer may see, by id: those of a list without parameters.
    pub fn listed(&self, tag: Tag, viewer: &Viewer) -> impl Iterator<Item = &Arc<Entry>> {
        self.entries(tag).filter(|entry| is_published(entry) && self.may_read(viewer, entry.record()))
    }

    /// The whole list of a type: all published rows, without a look at each of them. `None` where what a row shows
    /// depends on the viewer, or where not all rows are for this viewer.
    pub fn whole_list(&self, tag: Tag, viewer: &Viewer) -> Option<FlatRows> {
        if !same_for_all(tag, viewer) {
            return None;
        }
        let lengths = self.chunks(tag).filter_map(|chunk| chunk.length(|| self.text_length(chunk)));
        let (count, bytes) = lengths.fold((0, 0), |(count, bytes), length| (count + 1, bytes + length));
        let between = SEPARATOR.len() as u64 * u64::saturating_sub(count, 1);
        let chunks: Vec<Arc<Chunk>> = self.chunks(tag).cloned().collect();
        let mut chunks = chunks.into_iter();
        let rest = Rest::Whole { open: chunks.next(), chunks, place: 0 };
        Some(FlatRows { rest, length: bytes + between })
    }

    fn text_length(&self, chunk: &Chunk) -> Option<u64> {
        let published = chunk.rows().filter(|entry| is_published(entry));
        let lengths = published.map(|entry| self.flat(entry).object().len() as u64);
        lengths.reduce(|all, length| all + SEPARATOR.len() as u64 + length)
    }

    /// The whole list of a type compressed: published rows with separators. `None` where there is no
    /// [`Snapshot::whole_list`].
    pub fn packed(&self, tag: Tag, viewer: &Viewer) -> Option<&Arc<Packed>> {
        let pack = || Packed::of(self.chunks(tag).filter_map(|chunk| self.block(chunk)));
        same_for_all(tag, viewer).then(|| self.table(tag).packed(pack))
    }

    fn block<'a>(&self, chunk: &'a Chunk) -> Option<&'a Arc<Block>> {
        chunk.block(|| {
            let mut text = String::new();
            for entry in chunk.rows().filter(|entry| is_published(entry)) {
                text.push_str(if text.is_empty() { "" } else { SEPARATOR });
                text.push_str(self.flat(entry).object());
            }
            (!text.is_empty()).then(|| compress(text.as_bytes()))
        })
    }

    /// Renders and compresses what readers are likely to ask for, so that none of them waits for it.
    pub fn warm(&self, viewer: &Viewer) {
        for tag in Tag::ALL {
            if self.packed(tag, viewer).is_none() {
                self.entries(tag).filter(|entry| is_published(entry)).for_each(|entry| {
                    self.flat(entry);
                });
            }
        }
    }
}

/// Whether everybody who reads as much as this viewer gets the same list of a type.
fn same_for_all(tag: Tag, viewer: &Viewer) -> bool {
    viewer.reads_all() && !matches!(tag, Tag::Poc | Tag::Ixlan)
}

/// Compresses a text.
pub fn compress(text: &[u8]) -> Block {
    let mut crc = Crc::new();
    crc.update(text);
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(text.len() / 6), Compression::new(6));
    // Writing to memory does not fail. A flush ends the piece on a byte boundary without ending the stream.
    let _ = encoder.write_all(text).and_then(|()| encoder.flush());
    Block { deflate: std::mem::take(encoder.get_mut()).into(), crc }
}

/// A text as it is: for the few bytes between blocks. Longer texts than 65 535 bytes, the limit of such a piece, are
/// compressed.
pub fn stored(text: &[u8]) -> Block {
    let Ok(length) = u16::try_from(text.len()) else { return compress(text) };
    let mut crc = Crc::new();
    crc.update(text);
    let mut piece = vec![0];
    piece.extend(length.to_le_bytes());
    piece.extend((!length).to_le_bytes());
    piece.extend(text);
    Block { deflate: piece.into(), crc }
}

/// Puts blocks together to one gzip member.
#[derive(Debug)]
pub struct Member {
    pieces: Vec<Arc<[u8]>>,
    crc: Crc,
}

/// No name, no time, unknown system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// An empty last block.
const END: [u8; 2] = [3, 0];

impl Default for Member {
    fn default() -> Member {
        Member { pieces: vec![Arc::from(&HEADER[..])], crc: Crc::new() }
    }
}

impl Member {
    /// Adds a block at the end.
    pub fn push(&mut self, block: &Block) {
        self.crc.combine(&block.crc);
        self.pieces.push(Arc::clone(&block.deflate));
    }

    /// Adds a whole list at the end.
    pub fn append(&mut self, list: &Packed) {
        self.crc.combine(&list.crc);
        self.pieces.extend(list.pieces.iter().cloned());
    }

    /// Takes the pieces so far, to send them while more follow.
    pub fn drain(&mut self) -> Vec<Arc<[u8]>> {
        std::mem::take(&mut self.pieces)
    }

    /// The pieces of the finished member that were not taken before, in order.
    pub fn finish(mut self) -> Vec<Arc<[u8]>> {
        let mut end = END.to_vec();
        end.extend(self.crc.sum().to_le_bytes());
        end.extend(self.crc.amount().to_le_bytes());
        self.pieces.push(end.into());
        self.pieces
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;
    use model::AnyRecord;
    use model::access::{RuleSet, Who};
    use model::records::{Ixpfx, Org};

    use super::*;
    use crate::Change;

    fn guest() -> Viewer {
        Viewer::new(Who::Anonymous, false, RuleSet::new([("peeringdb.organization", 1)]))
    }

    fn orgs(count: u32) -> Vec<AnyRecord> {
        let org = |id| Org { id, name: format!("Org {id}").into(), ..Org::default() }.into();
        (1..=count).map(org).collect()
    }

    fn unpacked(snapshot: &Snapshot) -> String {
        let mut member = Member::default();
        member.push(&stored(b"["));
        member.append(snapshot.packed(Tag::Org, &guest()).expect("for everybody"));
        member.push(&stored(b"]"));
        let bytes: Vec<u8> = member.finish().iter().flat_map(|piece| piece.iter().copied()).collect();
        let mut text = String::new();
        GzDecoder::new(&bytes[..]).read_to_string(&mut text).expect("a legal member");
        text
    }

    fn written(mut rows: FlatRows) -> String {
        let length = rows.length() as usize;
        let mut text = String::from("[");
        while rows.write_next(text.len() > 1, &mut text) {}
        assert_eq!(text.len() - 1, length);
        text + "]"
    }

    fn plain(snapshot: &Snapshot) -> String {
        let published: Vec<_> = snapshot.entries(Tag::Org).filter(|entry| is_published(entry)).collect();
        let found = written(snapshot.flat_rows(&published));
        assert_eq!(written(snapshot.whole_list(Tag::Org, &guest()).expect("for everybody")), found);
        found
    }

    #[test]
    fn compressed_lists_hold_the_same_text() {
        let snapshot = Snapshot::build("https://x/m/", orgs(700), 1);
        assert_eq!(unpacked(&snapshot), plain(&snapshot));
        // A chunk without published rows, and a list without any.
        let gone = (256..512).map(|id| Change::Purge(Tag::Org, id));
        let gap = snapshot.apply(gone, 2);
        assert_eq!(unpacked(&gap), plain(&gap));
        let none = Snapshot::build("https://x/m/", orgs(0), 1);
        assert_eq!((unpacked(&none), plain(&none)), ("[]".to_owned(), "[]".to_owned()));
    }

    #[test]
    fn a_write_shows_in_the_next_list_and_not_in_the_last() {
        let old = Snapshot::build("https://x/m/", orgs(3), 1);
        let before = unpacked(&old);
        let renamed = Org { id: 2, name: "Renamed".into(), ..Org::default() }.into();
        let new = old.apply([Change::Put(renamed)], 2);
        assert!(unpacked(&new).contains("Renamed") && !before.contains("Renamed"));
        assert_eq!(unpacked(&old), before);
        assert_eq!(unpacked(&new), plain(&new));
    }

    #[test]
    fn what_depends_on_the_viewer_has_no_blocks() {
        let snapshot = Snapshot::build("https://x/m/", [Ixpfx { id: 1, ..Ixpfx::default() }.into()], 1);
        assert!(snapshot.packed(Tag::Poc, &guest()).is_none());
        assert!(snapshot.packed(Tag::Ixlan, &guest()).is_none());
        let nobody = Viewer::new(Who::Anonymous, false, RuleSet::default());
        assert!(snapshot.packed(Tag::Ixpfx, &nobody).is_none());
        assert!(snapshot.packed(Tag::Ixpfx, &guest()).is_some());
    }
}
