//! What a viewer sees of a snapshot: filters on related records must not tell of records that are not for the viewer.

use std::net::IpAddr;
use std::sync::Arc;

use model::access::Viewer;
use model::{AnyRecord, Tag};

use crate::snapshot::Snapshot;
use crate::table::Entry;

/// A snapshot through the eyes of a viewer. Its methods are those of the snapshot, without what is not for the viewer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight<'a> {
    snapshot: &'a Snapshot,
    viewer: &'a Viewer,
}

impl<'a> Sight<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot, viewer: &'a Viewer) -> Sight<'a> {
        Sight { snapshot, viewer }
    }

    /// The snapshot itself, for what only leads to records that are looked at afterwards.
    pub(crate) fn snapshot(self) -> &'a Snapshot {
        self.snapshot
    }

    fn sees(self, entry: &Entry) -> bool {
        self.snapshot.may_read(self.viewer, entry.record())
    }

    pub(crate) fn entry(self, tag: Tag, id: u32) -> Option<&'a Arc<Entry>> {
        self.snapshot.entry(tag, id).filter(|entry| self.sees(entry))
    }

    pub(crate) fn entries(self, tag: Tag) -> impl Iterator<Item = &'a Arc<Entry>> {
        self.snapshot.entries(tag).filter(move |entry| self.sees(entry))
    }

    pub(crate) fn children(
        self,
        child: Tag,
        field: &'a str,
        parent: u32,
    ) -> impl Iterator<Item = &'a Arc<Entry>> {
        self.snapshot.children(child, field, parent).filter(move |entry| self.sees(entry))
    }

    pub(crate) fn net_by_asn(self, asn: u32) -> Option<&'a AnyRecord> {
        self.snapshot.net_by_asn(asn).filter(|net| self.snapshot.may_read(self.viewer, net))
    }

    /// Ids that a search finds, best first; the records themselves may be hidden.
    pub(crate) fn search(self, tag: Tag, question: &str) -> Vec<u32> {
        self.snapshot.search(self.viewer, tag, question)
    }

    pub(crate) fn prefix_ids_around(self, address: IpAddr) -> impl Iterator<Item = u32> + use<'a> {
        self.snapshot.index(Tag::Ixpfx).prefixes_around(address)
    }
}
