//! The rows of one record type: persistent chunks, so that a write copies pointers and never row bytes.

use std::sync::{Arc, OnceLock};

use imbl::OrdMap;
use model::{AnyRecord, Status};

use crate::bulk::{Block, Packed};
use crate::render::Flat;

/// Ids per chunk, a power of two.
const CHUNK_IDS: u32 = 256;

/// A record in a snapshot, with its rendered row once somebody has asked for it.
#[derive(Debug)]
pub struct Entry {
    record: AnyRecord,
    /// The record's status, here as well: a walk over rows then reads the entries alone.
    status: Status,
    touched: u64,
    flat: OnceLock<Flat>,
}

impl Entry {
    fn new(record: AnyRecord, touched: u64) -> Entry {
        Entry { status: record.status(), record, touched, flat: OnceLock::new() }
    }

    /// Sequence number of the change that last moved the rendered row.
    pub fn touched(&self) -> u64 {
        self.touched
    }

    /// The record.
    pub fn record(&self) -> &AnyRecord {
        &self.record
    }

    /// The record's status.
    pub fn status(&self) -> Status {
        self.status
    }

    /// The rendered row, when somebody has asked for it.
    pub(crate) fn rendered(&self) -> Option<&Flat> {
        self.flat.get()
    }

    /// The rendered row; `render` makes it for the first reader.
    pub(crate) fn flat(&self, render: impl FnOnce() -> Flat) -> &Flat {
        self.flat.get_or_init(render)
    }
}

/// Rows whose ids share the upper bits, by id.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    /// The ids of the rows, apart from them: a look-up then touches no row but the one it finds.
    ids: Vec<u32>,
    rows: Vec<Arc<Entry>>,
    bulk: Bulk,
}

/// What whole lists need of a chunk, made for the first of them.
#[derive(Debug, Default)]
struct Bulk {
    /// Bytes of the published rows' texts with what stands between them; `None` without such rows.
    length: OnceLock<Option<u64>>,
    /// The published rows compressed.
    block: OnceLock<Option<Arc<Block>>>,
}

/// A copy is made to be changed: it starts without what whole lists need.
impl Clone for Chunk {
    fn clone(&self) -> Chunk {
        Chunk { ids: self.ids.clone(), rows: self.rows.clone(), bulk: Bulk::default() }
    }
}

/// The rows of one type, by id.
#[derive(Clone, Debug, Default)]
pub(crate) struct RowTable {
    chunks: OrdMap<u32, Arc<Chunk>>,
    len: usize,
    touched: u64,
    /// The whole list compressed, made for the first reader.
    packed: OnceLock<Arc<Packed>>,
}

impl RowTable {
    /// The row with this id.
    pub(crate) fn get(&self, id: u32) -> Option<&Arc<Entry>> {
        let chunk = self.chunks.get(&(id / CHUNK_IDS))?;
        let at = chunk.position(id).ok()?;
        chunk.rows.get(at)
    }

    /// All rows, by id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.chunks.values().flat_map(|chunk| chunk.rows.iter())
    }

    /// The rows in the groups that are stored, and compressed, together.
    pub(crate) fn chunks(&self) -> impl Iterator<Item = &Arc<Chunk>> {
        self.chunks.values()
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Sequence number of the newest change that moved the rendered bytes of any row, or removed one.
    pub(crate) fn touched(&self) -> u64 {
        self.touched
    }

    /// Adds or replaces a row.
    pub(crate) fn put(&mut self, record: AnyRecord, sequence: u64) {
        self.touched = self.touched.max(sequence);
        self.packed = OnceLock::new();
        let id = record.id();
        let entry = Arc::new(Entry::new(record, sequence));
        let chunk = Arc::make_mut(self.chunks.entry(id / CHUNK_IDS).or_default());
        // The chunk may not be shared, and then was not copied.
        chunk.bulk = Bulk::default();
        match chunk.position(id) {
            Ok(at) => chunk.rows[at] = entry,
            Err(at) => {
                chunk.ids.insert(at, id);
                chunk.rows.insert(at, entry);
                self.len += 1;
            }
        }
    }

    /// Takes a row away for good.
    pub(crate) fn remove(&mut self, id: u32, sequence: u64) {
        let Some(chunk) = self.chunks.get_mut(&(id / CHUNK_IDS)) else { return };
        let chunk = Arc::make_mut(chunk);
        chunk.bulk = Bulk::default();
        self.packed = OnceLock::new();
        if let Ok(at) = chunk.position(id) {
            chunk.ids.remove(at);
            chunk.rows.remove(at);
            self.len -= 1;
            self.touched = self.touched.max(sequence);
        }
    }

    /// The whole list compressed; `pack` puts it together for the first reader.
    pub(crate) fn packed(&self, pack: impl FnOnce() -> Packed) -> &Arc<Packed> {
        self.packed.get_or_init(|| Arc::new(pack()))
    }

    /// Forgets the rendered row: something that it shows from elsewhere has changed.
    pub(crate) fn refresh(&mut self, id: u32, sequence: u64) {
        if let Some(record) = self.get(id).map(|entry| entry.record.clone()) {
            self.put(record, sequence);
        }
    }
}

impl Chunk {
    /// All rows, by id.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.rows.iter()
    }

    /// The published rows compressed; `compress` makes the block for the first reader, `None` without such rows.
    pub(crate) fn block(&self, compress: impl FnOnce() -> Option<Block>) -> Option<&Arc<Block>> {
        self.bulk.block.get_or_init(|| compress().map(Arc::new)).as_ref()
    }

    /// Bytes of the published rows' texts; `measure` counts them for the first reader, `None` without such rows.
    pub(crate) fn length(&self, measure: impl FnOnce() -> Option<u64>) -> Option<u64> {
        *self.bulk.length.get_or_init(measure)
    }

    /// The row at a place of the chunk.
    pub(crate) fn row(&self, place: usize) -> Option<&Arc<Entry>> {
        self.rows.get(place)
    }

    fn position(&self, id: u32) -> Result<usize, usize> {
        self.ids.binary_search(&id)
    }
}

#[cfg(test)]
mod tests {
    use model::records::Org;

    use super::*;

    fn org(id: u32, name: &str) -> AnyRecord {
        Org { id, name: name.into(), ..Org::default() }.into()
    }

    #[test]
    fn older_tables_keep_what_newer_ones_changed() {
        let mut table = RowTable::default();
        for id in [600, 1, 255, 256] {
            table.put(org(id, "a"), 1);
        }
        let old = table.clone();
        table.put(org(255, "b"), 2);
        table.remove(1, 3);
        let ids = |table: &RowTable| table.iter().map(|row| row.record().id()).collect::<Vec<_>>();
        assert_eq!(ids(&old), [1, 255, 256, 600]);
        assert_eq!(ids(&table), [255, 256, 600]);
        assert_eq!((old.len(), table.len(), old.touched(), table.touched()), (4, 3, 1, 3));
        assert_eq!(old.get(255).map(|row| row.record().value("name")), Some(model::Value::text("a")));
        assert_eq!(table.get(255).map(|row| row.record().value("name")), Some(model::Value::text("b")));
        assert!(table.get(1).is_none());
    }
}
