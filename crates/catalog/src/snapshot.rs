//! One consistent state of the whole directory.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use model::access::{Segment, Viewer};
use model::{AnyRecord, Source, Status, Tag, Time, collate};

use crate::index::Indexes;
use crate::search::SearchIndex;
use crate::table::{Chunk, Entry, RowTable};

/// What a committed change does to one record.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The record is new, or has these values now.
    Put(AnyRecord),
    /// The record is gone for good.
    Purge(Tag, u32),
}

/// One consistent state of the whole directory; cheap to clone.
#[derive(Clone, Debug)]
pub struct Snapshot {
    sequence: u64,
    /// Absolute URL that logo paths stand below, with a slash at the end.
    media_url: Arc<str>,
    tables: [RowTable; 13],
    indexes: [Indexes; 13],
    search: SearchIndex,
    /// Of a view of the past: the state that its reader must be allowed to see as well.
    present: Option<Arc<Snapshot>>,
}

impl Snapshot {
    /// An empty directory. `media_url` is the absolute URL, ending in a slash, below which logos are served.
    pub fn empty(media_url: &str) -> Snapshot {
        Snapshot {
            sequence: 0,
            media_url: media_url.into(),
            tables: std::array::from_fn(|_| RowTable::default()),
            indexes: Tag::ALL.map(Indexes::new),
            search: SearchIndex::default(),
            present: None,
        }
    }

    /// An empty directory of the same installation.
    #[must_use]
    pub fn emptied(&self) -> Snapshot {
        Snapshot::empty(&self.media_url)
    }

    /// A directory of these records, at a sequence number of the change log.
    pub fn build(media_url: &str, records: impl IntoIterator<Item = AnyRecord>, sequence: u64) -> Snapshot {
        let mut snapshot = Snapshot::empty(media_url);
        snapshot.sequence = sequence;
        for record in records {
            snapshot.indexes[record.tag().index()].add(&record);
            snapshot.tables[record.tag().index()].put(record, sequence);
        }
        let records = snapshot.tables.iter().flat_map(|table| table.iter().map(|entry| entry.record()));
        snapshot.search = SearchIndex::of(records);
        snapshot
    }

    /// The state after a committed change.
    pub fn apply(&self, changes: impl IntoIterator<Item = Change>, sequence: u64) -> Snapshot {
        let mut next = self.clone();
        next.sequence = sequence;
        for change in changes {
            let (tag, id) = match &change {
                Change::Put(record) => (record.tag(), record.id()),
                Change::Purge(tag, id) => (*tag, *id),
            };
            // Before and after: a moved child makes both parents' rows stale.
            next.refresh_around(tag, id);
            next.index_out(tag, id);
            match change {
                Change::Put(record) => {
                    next.index_in(&record);
                    next.tables[tag.index()].put(record, sequence);
                }
                Change::Purge(..) => next.tables[tag.index()].remove(id, sequence),
            }
            next.refresh_around(tag, id);
        }
        next
    }

    fn index_in(&mut self, record: &AnyRecord) {
        self.indexes[record.tag().index()].add(record);
        self.search.add(record);
    }

    fn index_out(&mut self, tag: Tag, id: u32) {
        if let Some(old) = self.tables[tag.index()].get(id).cloned() {
            self.indexes[tag.index()].take(old.record());
            self.search.take(old.record());
        }
    }

    /// Makes rows stale that show something of this record.
    fn refresh_around(&mut self, tag: Tag, id: u32) {
        for (other, ids) in self.showing(tag, id) {
            for id in ids {
                self.tables[other.index()].refresh(id, self.sequence);
            }
        }
    }

    /// Rows that show something of a record: joins, fallbacks, derived fields.
    pub(crate) fn showing(&self, tag: Tag, id: u32) -> Vec<(Tag, Vec<u32>)> {
        let of = |child: Tag, field: &str| (child, self.child_ids(child, field, id).collect());
        match tag {
            // Name and website.
            Tag::Org => {
                [Tag::Net, Tag::Fac, Tag::Ix, Tag::Carrier, Tag::Campus].map(|t| of(t, "org_id")).into()
            }
            // Name, city, country; and the campus shows the address of its first facility.
            Tag::Fac => {
                let mut rows: Vec<_> =
                    [Tag::Netfac, Tag::Ixfac, Tag::Carrierfac].map(|t| of(t, "fac_id")).into();
                let campus = self.record(tag, id).and_then(|fac| fac.reference("campus_id"));
                rows.push((Tag::Campus, campus.into_iter().collect()));
                rows
            }
            Tag::Net => vec![of(Tag::Netfac, "net_id")],
            // A LAN has the id of its exchange; a port shows both names.
            Tag::Ix | Tag::Ixlan => vec![of(Tag::Netixlan, "ixlan_id")],
            Tag::Ixpfx => {
                let ix = self.record(tag, id).and_then(|prefix| prefix.reference("ixlan_id"));
                vec![(Tag::Ix, ix.into_iter().collect())]
            }
            Tag::Campus
            | Tag::Poc
            | Tag::Carrier
            | Tag::Carrierfac
            | Tag::Netfac
            | Tag::Ixfac
            | Tag::Netixlan => Vec::new(),
        }
    }

    /// Sequence number of the newest change in this state.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Sequence number of the newest change that a whole list of this type can show.
    pub fn touched(&self, tag: Tag) -> u64 {
        self.tables[tag.index()].touched()
    }

    /// Number of records of a type, in all statuses.
    pub fn len(&self, tag: Tag) -> usize {
        self.tables[tag.index()].len()
    }

    /// Whether there is no record at all.
    pub fn is_empty(&self) -> bool {
        self.tables.iter().all(|table| table.len() == 0)
    }

    /// The record of a type with this id, in any status.
    pub fn entry(&self, tag: Tag, id: u32) -> Option<&Arc<Entry>> {
        self.tables[tag.index()].get(id)
    }

    /// The record of a type with this id, in any status.
    pub fn record(&self, tag: Tag, id: u32) -> Option<&AnyRecord> {
        self.entry(tag, id).map(|entry| entry.record())
    }

    /// All records of a type, in any status, by id.
    pub fn entries(&self, tag: Tag) -> impl Iterator<Item = &Arc<Entry>> {
        self.tables[tag.index()].iter()
    }

    pub(crate) fn table(&self, tag: Tag) -> &RowTable {
        &self.tables[tag.index()]
    }

    pub(crate) fn chunks(&self, tag: Tag) -> impl Iterator<Item = &Arc<Chunk>> {
        self.tables[tag.index()].chunks()
    }

    /// The network with this ASN, in any status.
    pub fn net_by_asn(&self, asn: u32) -> Option<&AnyRecord> {
        let id = self.indexes[Tag::Net.index()].by_asn(asn).next()?;
        self.record(Tag::Net, id)
    }

    /// The port with this address, in any status.
    pub fn port_by_address(&self, address: IpAddr) -> Option<&AnyRecord> {
        let id = self.indexes[Tag::Netixlan.index()].by_address(address)?;
        self.record(Tag::Netixlan, id)
    }

    /// Published LAN prefixes that contain the address, longest first.
    pub fn prefixes_around(&self, address: IpAddr) -> impl Iterator<Item = &AnyRecord> {
        self.indexes[Tag::Ixpfx.index()]
            .prefixes_around(address)
            .filter_map(|id| self.record(Tag::Ixpfx, id))
            .filter(|record| record.status() == Status::Ok)
    }

    /// Ids of the records of type `child` whose reference `field` names `parent`, in any status, ascending.
    pub fn child_ids(&self, child: Tag, field: &str, parent: u32) -> impl Iterator<Item = u32> + '_ {
        let position = child.table().position(field);
        position.into_iter().flat_map(move |at| self.indexes[child.index()].children(at, parent))
    }

    /// Published records of type `child` whose reference `field` names `parent`, by id.
    pub fn children(&self, child: Tag, field: &str, parent: u32) -> impl Iterator<Item = &Arc<Entry>> {
        self.child_ids(child, field, parent)
            .filter_map(move |id| self.entry(child, id))
            .filter(|entry| entry.status() == Status::Ok)
    }

    /// Records changed after a moment, in the order of their change.
    pub fn changed_after(&self, tag: Tag, time: Time) -> impl Iterator<Item = &Arc<Entry>> {
        self.indexes[tag.index()].changed_after(time).filter_map(move |id| self.entry(tag, id))
    }

    /// The full-text index.
    pub fn search_index(&self) -> &SearchIndex {
        &self.search
    }

    pub(crate) fn index(&self, tag: Tag) -> &Indexes {
        &self.indexes[tag.index()]
    }

    pub(crate) fn media_url(&self) -> &str {
        &self.media_url
    }

    /// The organization that owns a record: its own id for an organization, else found through its parents.
    pub fn owner(&self, record: &AnyRecord) -> u32 {
        let through = |tag: Tag, id: u32| self.record(tag, id).map_or(0, |parent| self.owner(parent));
        match record {
            AnyRecord::Org(r) => r.id,
            AnyRecord::Campus(r) => r.org_id,
            AnyRecord::Fac(r) => r.org_id,
            AnyRecord::Ix(r) => r.org_id,
            AnyRecord::Net(r) => r.org_id,
            AnyRecord::Carrier(r) => r.org_id,
            AnyRecord::Ixlan(r) => through(Tag::Ix, r.ix_id),
            AnyRecord::Ixpfx(r) => through(Tag::Ixlan, r.ixlan_id),
            AnyRecord::Poc(r) => through(Tag::Net, r.net_id),
            AnyRecord::Netfac(r) => through(Tag::Net, r.net_id),
            AnyRecord::Netixlan(r) => through(Tag::Net, r.net_id),
            AnyRecord::Ixfac(r) => through(Tag::Ix, r.ix_id),
            AnyRecord::Carrierfac(r) => through(Tag::Carrier, r.carrier_id),
        }
    }

    /// The namespace that permissions on a record are looked up by (rest-api specification, 8). An id of 0 stands for
    /// one that is not assigned yet.
    pub fn namespace(&self, record: &AnyRecord) -> Vec<Segment<'static>> {
        self.sight(record).namespace(record.tag(), record.id())
    }

    /// Whether the viewer may read a record (accounts specification, 18 and 19). Of a view of the past, only what may
    /// be read in both states.
    pub fn may_read(&self, viewer: &Viewer, record: &AnyRecord) -> bool {
        self.admits(viewer, record)
            && self.now(record).is_none_or(|(now, record)| record.is_some_and(|r| now.admits(viewer, r)))
    }

    fn admits(&self, viewer: &Viewer, record: &AnyRecord) -> bool {
        if let AnyRecord::Poc(poc) = record {
            return viewer.sees_poc(self.owner(record), poc.net_id, poc.visible);
        }
        viewer.reads_all() || viewer.may_read(&self.namespace(record))
    }

    /// The state that a view of the past is held against, and the record in it.
    fn now(&self, record: &AnyRecord) -> Option<(&Snapshot, Option<&AnyRecord>)> {
        let now = self.present.as_deref()?;
        Some((now, now.record(record.tag(), record.id())))
    }

    /// This state as a view of the past: of it, a reader sees what may be seen now as well. Records that are purged
    /// by now are not for anybody.
    #[must_use]
    pub fn seen_from(&self, present: Arc<Snapshot>) -> Snapshot {
        Snapshot { present: Some(present), ..self.clone() }
    }

    /// Ids of the records of a type with this name, whatever its case and accents, in any status. Empty for types
    /// without unique names.
    pub fn ids_by_name(&self, tag: Tag, name: &str) -> Vec<u32> {
        self.indexes[tag.index()].by_name(&collate::key(name)).collect()
    }

    /// The LAN prefix that is exactly this one, in any status.
    pub fn prefix(&self, prefix: &IpNet) -> Option<&AnyRecord> {
        let id = self.indexes[Tag::Ixpfx.index()].by_prefix(prefix)?;
        self.record(Tag::Ixpfx, id)
    }

    /// Whether the viewer may see the feed URL of a LAN. Of a view of the past, only where it may be seen in both
    /// states.
    pub fn sees_feed_url(&self, viewer: &Viewer, record: &AnyRecord) -> bool {
        self.opens_feed_url(viewer, record)
            && self
                .now(record)
                .is_none_or(|(now, record)| record.is_some_and(|r| now.opens_feed_url(viewer, r)))
    }

    fn opens_feed_url(&self, viewer: &Viewer, record: &AnyRecord) -> bool {
        match record {
            AnyRecord::Ixlan(lan) => {
                viewer.sees_feed_url(self.owner(record), lan.ix_id, lan.ixf_ixp_member_list_url_visible)
            }
            _ => false,
        }
    }

    /// The record that a field's join or nested object refers to.
    pub(crate) fn target(&self, record: &AnyRecord, source: Source) -> Option<&AnyRecord> {
        match source {
            Source::Join { via, .. } => {
                let field = record.tag().table().field(via)?;
                let model::Kind::Ref(tag) = field.kind else { return None };
                self.record(tag, record.reference(via)?)
            }
            Source::Object { tag, via } => self.record(tag, record.reference(via)?),
            Source::Stored | Source::Derived(_) | Source::Set(_) => None,
        }
    }
}
