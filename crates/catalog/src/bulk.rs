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

/// A row whose flat text is rendered: it can be written without the snapshot.
#[derive(Clone, Debug)]
pub struct FlatRow(Arc<Entry>);

impl FlatRow {
    /// The row's JSON object.
    pub fn text(&self) -> &str {
        // Rendered by `Snapshot::flat_row`, the only maker.
        self.0.rendered().map_or("{}", |flat| flat.object())
    }

    /// Identifies the text among all texts of this row: id and the change that last moved it.
    pub fn version(&self) -> (u32, u64) {
        (self.0.record().id(), self.0.touched())
    }
}

impl Snapshot {
    /// Renders a row so that it can be written without the snapshot.
    pub fn flat_row(&self, entry: &Arc<Entry>) -> FlatRow {
        self.flat(entry);
        FlatRow(Arc::clone(entry))
    }

    /// The whole list of a type as compressed blocks: published rows separated by `, `. `None` where what a row
    /// shows depends on the viewer, or where not all rows are for this viewer.
    pub fn blocks(&self, tag: Tag, viewer: &Viewer) -> Option<Vec<Arc<Block>>> {
        let same_for_all = viewer.reads_all() && !matches!(tag, Tag::Poc | Tag::Ixlan);
        same_for_all.then(|| self.chunks(tag).filter_map(|chunk| self.block(chunk)).cloned().collect())
    }

    fn block<'a>(&self, chunk: &'a Chunk) -> Option<&'a Arc<Block>> {
        chunk.block(|| {
            let mut text = String::new();
            for entry in chunk.rows().filter(|entry| is_published(entry)) {
                text.push_str(if text.is_empty() { "" } else { ", " });
                text.push_str(self.flat(entry).object());
            }
            (!text.is_empty()).then(|| compress(text.as_bytes()))
        })
    }

    /// Renders and compresses what readers are likely to ask for, so that none of them waits for it.
    pub fn warm(&self, viewer: &Viewer) {
        for tag in Tag::ALL {
            if self.blocks(tag, viewer).is_none() {
                self.entries(tag).filter(|entry| is_published(entry)).for_each(|entry| {
                    self.flat(entry);
                });
            }
        }
    }
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
        for (n, block) in snapshot.blocks(Tag::Org, &guest()).expect("for everybody").iter().enumerate() {
            if n > 0 {
                member.push(&stored(b", "));
            }
            member.push(block);
        }
        member.push(&stored(b"]"));
        let bytes: Vec<u8> = member.finish().iter().flat_map(|piece| piece.iter().copied()).collect();
        let mut text = String::new();
        GzDecoder::new(&bytes[..]).read_to_string(&mut text).expect("a legal member");
        text
    }

    fn plain(snapshot: &Snapshot) -> String {
        let published = snapshot.entries(Tag::Org).filter(|entry| is_published(entry));
        let rows: Vec<FlatRow> = published.map(|entry| snapshot.flat_row(entry)).collect();
        let texts: Vec<&str> = rows.iter().map(FlatRow::text).collect();
        format!("[{}]", texts.join(", "))
    }

    #[test]
    fn compressed_lists_hold_the_same_text() {
        let snapshot = Snapshot::build("https://x/m/", orgs(700), 1);
        assert_eq!(unpacked(&snapshot), plain(&snapshot));
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
        assert!(snapshot.blocks(Tag::Poc, &guest()).is_none());
        assert!(snapshot.blocks(Tag::Ixlan, &guest()).is_none());
        let nobody = Viewer::new(Who::Anonymous, false, RuleSet::default());
        assert!(snapshot.blocks(Tag::Ixpfx, &nobody).is_none());
        assert!(snapshot.blocks(Tag::Ixpfx, &guest()).is_some());
    }
}
