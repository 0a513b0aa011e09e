//! Derived columns: counters, and when the parts of a network last changed (data-model specification, 9).
//!
//! They are made from the staged directory, inside the change: nobody ever sees a counter that lags behind. Deleted
//! owners count as well; what belonged to them is deleted too, so that they come to nothing.

use std::collections::{BTreeMap, BTreeSet};

use catalog::Snapshot;
use model::{AnyRecord, Tag, Time, Value};

use crate::stage::{Stage, set};

/// A counter of an owner: of its published links of one kind, how many different things are at the other end.
struct Counter {
    owner: Tag,
    field: &'static str,
    link: Tag,
    /// The link's reference to the owner.
    of: &'static str,
    /// The link's reference to what is counted.
    counted: &'static str,
}

const fn counter(
    (owner, field): (Tag, &'static str),
    link: Tag,
    of: &'static str,
    counted: &'static str,
) -> Counter {
    Counter { owner, field, link, of, counted }
}

/// The id of a LAN is that of its exchange.
const COUNTERS: [Counter; 8] = [
    counter((Tag::Net, "ix_count"), Tag::Netixlan, "net_id", "ixlan_id"),
    counter((Tag::Ix, "net_count"), Tag::Netixlan, "ixlan_id", "net_id"),
    counter((Tag::Net, "fac_count"), Tag::Netfac, "net_id", "fac_id"),
    counter((Tag::Fac, "net_count"), Tag::Netfac, "fac_id", "net_id"),
    counter((Tag::Ix, "fac_count"), Tag::Ixfac, "ix_id", "fac_id"),
    counter((Tag::Fac, "ix_count"), Tag::Ixfac, "fac_id", "ix_id"),
    counter((Tag::Carrier, "fac_count"), Tag::Carrierfac, "carrier_id", "fac_id"),
    counter((Tag::Fac, "carrier_count"), Tag::Carrierfac, "fac_id", "carrier_id"),
];

/// When a network's parts of one type last changed.
const LAST_CHANGES: [(Tag, &str); 3] =
    [(Tag::Netixlan, "netixlan_updated"), (Tag::Netfac, "netfac_updated"), (Tag::Poc, "poc_updated")];

/// Brings the derived columns up to date around touched records.
pub(crate) fn bring_up_to_date(stage: &mut Stage<'_>, touched: &[(Tag, u32)]) {
    let mut owners = Owners { snapshot: stage.snapshot().clone(), changed: BTreeMap::new() };
    for counter in COUNTERS {
        for owner in concerned(stage, touched, &counter) {
            let count = counter.count(stage.snapshot(), owner);
            owners.set((counter.owner, owner), counter.field, Value::Int(count));
        }
    }
    for (tag, field) in LAST_CHANGES {
        for (net, moment) in last_changes(stage, touched, tag) {
            owners.set((Tag::Net, net), field, Value::Time(moment));
        }
    }
    stage.keep(owners.changed.into_values());
}

/// What a record was before the change and what it is now: a link that moves concerns two owners.
pub(crate) fn versions<'s>(
    stage: &'s Stage<'_>,
    (tag, id): (Tag, u32),
) -> impl Iterator<Item = &'s AnyRecord> {
    let now = stage.snapshot().record(tag, id);
    stage.context.snapshot.record(tag, id).into_iter().chain(now)
}

/// Owners whose counter may have changed.
fn concerned(stage: &Stage<'_>, touched: &[(Tag, u32)], counter: &Counter) -> BTreeSet<u32> {
    let links = touched.iter().filter(|(tag, _)| *tag == counter.link);
    links.flat_map(|link| versions(stage, *link)).filter_map(|link| link.reference(counter.of)).collect()
}

/// For each network with a touched part of this type, the moment of the change.
fn last_changes(stage: &Stage<'_>, touched: &[(Tag, u32)], part: Tag) -> BTreeMap<u32, Time> {
    let mut moments = BTreeMap::new();
    for key in touched.iter().filter(|(tag, _)| *tag == part) {
        let moment = stage.snapshot().record(key.0, key.1).map_or(stage.context.now, AnyRecord::updated);
        for net in versions(stage, *key).filter_map(|part| part.reference("net_id")) {
            let latest = moments.entry(net).or_insert(moment);
            *latest = moment.max(*latest);
        }
    }
    moments
}

impl Counter {
    fn count(&self, snapshot: &Snapshot, owner: u32) -> i64 {
        let links = snapshot.children(self.link, self.of, owner);
        let counted: BTreeSet<u32> = links.filter_map(|link| link.record().reference(self.counted)).collect();
        i64::try_from(counted.len()).unwrap_or(i64::MAX)
    }
}

/// Owners of derived columns, kept where a column really changes.
struct Owners {
    snapshot: Snapshot,
    changed: BTreeMap<(Tag, u32), AnyRecord>,
}

impl Owners {
    fn set(&mut self, (tag, id): (Tag, u32), field: &str, value: Value<'_>) {
        let known = self.changed.get(&(tag, id)).or_else(|| self.snapshot.record(tag, id));
        let Some(owner) = known.filter(|owner| owner.value(field) != value) else { return };
        let mut owner = owner.clone();
        set(&mut owner, field, value);
        self.changed.insert((tag, id), owner);
    }
}
