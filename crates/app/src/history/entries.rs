//! From the steps of the log to the entries that an eye sees.

use std::fmt;
use std::sync::Arc;

use catalog::history::{Difference, Side, differences, kept, row};
use catalog::{Change, Snapshot};
use model::{AnyRecord, Status, Tag, Time};
use store::Reader;
use store::change::{Actor, Origin};
use store::history::{Place, State, Step, Versions};

use super::{HistoryError, Page, Question, Wish};

/// Steps that are read at a time, at least and at most.
const STEPS: (u32, u32) = (50, 250);
/// Steps that are looked at for one page: many tell nothing, such as those that move counters.
const STEPS_MAX: usize = 1_000;

/// What a change did to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It was there before the log knew it, and was read from a file or another directory.
    Load,
    /// It was made.
    Create,
    /// It was changed.
    Update,
    /// It was deleted; it can come back.
    Delete,
    /// It came back.
    Undelete,
    /// It was removed for good.
    Purge,
}

impl Action {
    /// Every action.
    pub const ALL: [Action; 6] =
        [Action::Load, Action::Create, Action::Update, Action::Delete, Action::Undelete, Action::Purge];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Action::Load => "load",
            Action::Create => "create",
            Action::Update => "update",
            Action::Delete => "delete",
            Action::Undelete => "undelete",
            Action::Purge => "purge",
        }
    }

    fn of(step: &Step) -> Action {
        let before = step.before.as_ref().and_then(State::record);
        let Some(after) = step.after.record() else { return Action::Purge };
        let deleted = |record: &AnyRecord| record.status() == Status::Deleted;
        match before {
            None if after.created() < step.header.at => Action::Load,
            None => Action::Create,
            Some(before) => match (deleted(before), deleted(after)) {
                (false, true) => Action::Delete,
                (true, false) => Action::Undelete,
                (false, false) | (true, true) => Action::Update,
            },
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What an eye sees of a change to one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Where the log says it.
    pub place: Place,
    /// When it happened.
    pub at: Time,
    /// What it was.
    pub action: Action,
    /// The door through which it came in.
    pub origin: Origin,
    /// Who did it; `None` where that is not for this eye.
    pub actor: Option<Actor>,
    /// Type of the record.
    pub tag: Tag,
    /// Its id.
    pub id: u32,
    /// The fields that changed.
    pub changes: Vec<Difference>,
    /// The record's own fields afterwards, when they are asked for: names and JSON. `None` too where the record was
    /// gone, or not for this eye.
    pub record: Option<Vec<(&'static str, String)>>,
}

impl Question<'_> {
    /// The entries about some records; with `org`, only those of a time when they belonged to that organization.
    pub(super) async fn page(
        &mut self,
        records: &[(Tag, Vec<u32>)],
        org: Option<u32>,
        wish: Wish,
    ) -> Result<Page, HistoryError> {
        let (_, begins) = self.reader.log_begin().await?.ok_or(HistoryError::NoSuchRecord)?;
        // What is published is the state behind the newest entry.
        let newest = Place::behind(self.present.sequence());
        let mut before = wish.before.map_or(newest, |before| before.min(newest));
        let mut page = Page { entries: Vec::new(), next: None, begins };
        let mut looked_at = 0;
        let batch = u32::try_from(wish.limit).unwrap_or(u32::MAX).clamp(STEPS.0, STEPS.1);
        loop {
            let steps = self.reader.steps(records, before, batch).await?;
            let is_last = steps.len() < batch as usize;
            let worlds = Worlds::around(self.reader, &self.present, &steps).await?;
            let count = steps.len();
            for (n, step) in steps.into_iter().enumerate() {
                before = step.place;
                page.entries.extend(self.entry(step, &worlds, org, wish));
                if page.entries.len() == wish.limit {
                    page.next = (!is_last || n + 1 < count).then_some(before);
                    return Ok(page);
                }
            }
            looked_at += count;
            if is_last || looked_at >= STEPS_MAX {
                page.next = (!is_last).then_some(before);
                return Ok(page);
            }
        }
    }

    fn entry(&self, step: Step, worlds: &Worlds, org: Option<u32>, wish: Wish) -> Option<Entry> {
        let viewer = &self.eye.viewer;
        let seq = step.place.seq;
        let before = step.before.as_ref().and_then(State::record).map(|r| worlds.version(r, seq - 1));
        let after = step.after.record().map(|r| worlds.version(r, seq));
        let owners: Vec<u32> = [&before, &after].into_iter().flatten().map(Version::owner).collect();
        if org.is_some_and(|org| !owners.contains(&org)) {
            return None;
        }
        let action = Action::of(&step);
        let (old, new) = (before.as_ref().map(Version::side), after.as_ref().map(Version::side));
        let changes = differences(viewer, old, new, wish.scope);
        let purged = self.present.record(step.tag, step.id).is_none();
        let is_told = match action {
            Action::Purge => before.as_ref().is_some_and(|version| version.was_seen_by(viewer)),
            _ => !changes.is_empty() || (purged && viewer.is_superuser()),
        };
        is_told.then(|| Entry {
            place: step.place,
            at: step.header.at,
            action,
            origin: step.header.origin,
            actor: self.knows_actor(step.tag, step.id, &owners).then_some(step.header.actor),
            tag: step.tag,
            id: step.id,
            changes,
            record: new.filter(|_| wish.full).and_then(|side| row(viewer, side, wish.scope)),
        })
    }

    /// Whether the eye belongs to all organizations that the record belonged to then and belongs to now.
    fn knows_actor(&self, tag: Tag, id: u32, owners: &[u32]) -> bool {
        let Some(homes) = &self.eye.homes else { return true };
        let now = self.present.record(tag, id).map(|record| self.present.owner(record));
        now.is_some_and(|now| owners.iter().chain([&now]).all(|owner| homes.contains(owner)))
    }
}

/// A version of a record, in the world that it belonged to then.
struct Version {
    record: AnyRecord,
    /// As it was seen then.
    then: Snapshot,
    /// As it may be seen by those who may see it now as well.
    strict: Snapshot,
}

impl Version {
    fn owner(&self) -> u32 {
        self.then.owner(&self.record)
    }

    fn side(&self) -> Side<'_> {
        Side { world: &self.strict, record: &self.record }
    }

    fn was_seen_by(&self, viewer: &model::access::Viewer) -> bool {
        self.then.may_read(viewer, &self.record)
    }
}

/// What records belonged to at the steps of a history.
struct Worlds {
    present: Arc<Snapshot>,
    parents: Versions,
}

/// A record that a version belongs to, by the change at which it is looked at. Whose a record is that belongs to an
/// organization directly, it says itself.
fn parent(record: &AnyRecord, seq: u64) -> Option<(Tag, u32, u64)> {
    let (via, tag) = record.tag().parent().filter(|(_, tag)| *tag != Tag::Org)?;
    Some((tag, record.reference(via)?, seq))
}

impl Worlds {
    async fn around(
        reader: &mut Reader,
        present: &Arc<Snapshot>,
        steps: &[Step],
    ) -> Result<Worlds, store::Error> {
        let mut worlds = Worlds { present: Arc::clone(present), parents: Versions::default() };
        let sides = steps.iter().flat_map(|step| {
            let before = step.before.as_ref().and_then(State::record).map(|r| (r, step.place.seq - 1));
            before.into_iter().chain(step.after.record().map(|r| (r, step.place.seq)))
        });
        let mut wanted: Vec<_> = sides.filter_map(|(record, seq)| parent(record, seq)).collect();
        while !wanted.is_empty() {
            wanted.sort_unstable();
            wanted.dedup();
            worlds.parents.extend(reader.versions(&wanted).await?);
            let next =
                wanted.iter().filter_map(|(tag, id, seq)| parent(worlds.record(*tag, *id, *seq)?, *seq));
            wanted = next.collect();
        }
        Ok(worlds)
    }

    fn record(&self, tag: Tag, id: u32, seq: u64) -> Option<&AnyRecord> {
        self.parents.at(tag, id, seq).and_then(State::record)
    }

    /// A record as it was after a change, without what may no longer be kept of it.
    fn version(&self, record: &AnyRecord, seq: u64) -> Version {
        let record = kept(record, &self.present);
        let mut chain = vec![record.clone()];
        while let Some((tag, id, seq)) = chain.last().and_then(|record| parent(record, seq)) {
            let Some(found) = self.record(tag, id, seq) else { break };
            chain.push(found.clone());
        }
        let then = self.present.emptied().apply(chain.into_iter().map(Change::Put), seq);
        Version { record, strict: then.seen_from(Arc::clone(&self.present)), then }
    }
}
