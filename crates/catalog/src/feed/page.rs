//! The events of one viewer.

use std::sync::Arc;

use model::access::Viewer;
use model::{Tag, Time};

use super::journal::{Journal, Told};
use super::touch::{Rendered, Sight, Touch};
use crate::snapshot::Snapshot;
use crate::table::Entry;

/// Events on one page.
pub const PAGE_EVENTS_MAX: usize = 1_000;

/// Touches that are looked at for one page: who asks for something rare gets a page that is not full, and goes on.
const LOOKED_AT_MAX: usize = 50_000;

/// A place between two events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The number of a change.
    pub seq: u64,
    /// How many of its touches lie before the place; [`Position::ALL`] when none lies behind it.
    pub n: u32,
}

impl Position {
    /// More touches than a change can have.
    pub const ALL: u32 = u32::MAX;

    /// The place behind a change.
    pub const fn behind(seq: u64) -> Position {
        Position { seq, n: Position::ALL }
    }
}

/// What happened to a record, as a viewer sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// It is in the viewer's lists now, and was not before: made, approved, restored, or made public.
    Enter,
    /// Its row looks different.
    Update,
    /// It is in the viewer's lists no longer: deleted, or no longer public.
    Leave,
    /// It is gone for good: whoever kept something of it has to forget that.
    Purge,
}

impl EventKind {
    /// All kinds.
    pub const ALL: [EventKind; 4] = [EventKind::Enter, EventKind::Update, EventKind::Leave, EventKind::Purge];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            EventKind::Enter => "enter",
            EventKind::Update => "update",
            EventKind::Leave => "leave",
            EventKind::Purge => "purge",
        }
    }
}

/// One event.
#[derive(Clone, Debug)]
pub struct Event {
    /// The place behind it.
    pub position: Position,
    /// When the change was made.
    pub at: Time,
    /// Type of the record.
    pub tag: Tag,
    /// Id of the record.
    pub id: u32,
    /// What happened.
    pub kind: EventKind,
    /// The record as it is now; `None` when it left.
    pub entry: Option<Arc<Entry>>,
}

/// Which events are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Types; all when empty.
    pub tags: Vec<Tag>,
    /// An organization: its records, and those at its exchanges and facilities.
    pub org: Option<u32>,
    /// A record with all that is a part of it, or is at it.
    pub about: Option<(Tag, u32)>,
}

impl Filter {
    fn takes(&self, touch: &Touch, snapshot: &Snapshot) -> bool {
        let mut sights = [touch.before, touch.after].into_iter().flatten();
        (self.tags.is_empty() || self.tags.contains(&touch.tag))
            && self.about.is_none_or(|about| {
                about == (touch.tag, touch.id) || sights.clone().any(|sight| belongs(touch.tag, sight, about))
            })
            && self.org.is_none_or(|org| sights.any(|sight| concerns(touch.tag, sight, org, snapshot)))
    }
}

fn belongs(tag: Tag, sight: Sight, about: (Tag, u32)) -> bool {
    let to = |other: Option<Tag>, id: u32| other.is_some_and(|other| (other, id) == about);
    to(Sight::parent_tag(tag), sight.parent)
        || to(Sight::place_tag(tag), sight.place)
        || about == (Tag::Org, sight.owner)
}

fn concerns(tag: Tag, sight: Sight, org: u32, snapshot: &Snapshot) -> bool {
    let host = || {
        let place = snapshot.record(Sight::place_tag(tag)?, sight.place)?;
        Some(snapshot.owner(place))
    };
    sight.owner == org || host() == Some(org)
}

/// Why a feed cannot go on from a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The changes behind it are no longer kept.
    Gone {
        /// The earliest change from which it can go on.
        floor: u64,
    },
    /// The change was not made yet, as far as is known here.
    Ahead {
        /// The newest change.
        newest: u64,
    },
}

/// Events in their order.
#[derive(Clone, Debug)]
pub struct Page {
    /// The events.
    pub events: Vec<Event>,
    /// Where the next page begins.
    pub next: Position,
    /// Whether there may be more of them now.
    pub more: bool,
}

impl Journal {
    /// The events behind a place, at most `limit` of them. The snapshot must not be older than the journal.
    ///
    /// # Errors
    /// When the feed cannot go on from there.
    pub fn page(
        &self,
        snapshot: &Snapshot,
        viewer: &Viewer,
        filter: &Filter,
        after: Position,
        limit: usize,
    ) -> Result<Page, Missing> {
        let newest = self.newest();
        if after < Position::behind(self.floor()) {
            return Err(Missing::Gone { floor: self.floor() });
        }
        if after.seq > newest {
            return Err(Missing::Ahead { newest });
        }
        let mut page = Page { events: Vec::new(), next: after, more: false };
        let mut looked_at = 0;
        // Behind the last change nothing is left; within one there may be.
        let first = if after.n == Position::ALL { after.seq + 1 } else { after.seq };
        for told in self.from(first) {
            let known = if told.seq == after.seq { after.n as usize } else { 0 };
            for (n, touch) in told.touches.iter().enumerate().skip(known) {
                if page.events.len() >= limit || looked_at >= LOOKED_AT_MAX {
                    page.more = true;
                    return Ok(page);
                }
                looked_at += 1;
                page.next = place_behind(told, n);
                page.events.extend(event(told, n, touch, snapshot, viewer, filter));
            }
            page.next = Position::behind(told.seq);
        }
        Ok(page)
    }

    /// The newest events, the newest one first.
    pub fn newest_events(
        &self,
        snapshot: &Snapshot,
        viewer: &Viewer,
        filter: &Filter,
        limit: usize,
    ) -> Vec<Event> {
        let touches = self.backwards().flat_map(|told| {
            let touches = told.touches.iter().enumerate().rev();
            touches.map(move |(n, touch)| (told, n, touch))
        });
        let events = touches
            .take(LOOKED_AT_MAX)
            .filter_map(|(told, n, touch)| event(told, n, touch, snapshot, viewer, filter));
        events.take(limit).collect()
    }
}

fn place_behind(told: &Told, n: usize) -> Position {
    if n + 1 == told.touches.len() {
        return Position::behind(told.seq);
    }
    Position { seq: told.seq, n: u32::try_from(n + 1).unwrap_or(Position::ALL) }
}

fn event(
    told: &Told,
    n: usize,
    touch: &Touch,
    snapshot: &Snapshot,
    viewer: &Viewer,
    filter: &Filter,
) -> Option<Event> {
    if !filter.takes(touch, snapshot) {
        return None;
    }
    let kind = kind(touch, viewer)?;
    let (tag, id) = (touch.tag, touch.id);
    let entry = match kind {
        // What has left again meanwhile is not told at all: the event of its leaving follows.
        EventKind::Enter | EventKind::Update => {
            let entry = snapshot.entry(tag, id)?;
            let listed = snapshot.sight(entry.record()).is_listed(viewer, tag, id);
            Some(listed.then(|| Arc::clone(entry))?)
        }
        EventKind::Leave | EventKind::Purge => None,
    };
    Some(Event { position: place_behind(told, n), at: told.at, tag, id, kind, entry })
}

/// What a touch means to a viewer; `None` when it cannot notice.
fn kind(touch: &Touch, viewer: &Viewer) -> Option<EventKind> {
    let Touch { tag, id, before, after, rendered } = *touch;
    let listed = |sight: &Sight| sight.is_listed(viewer, tag, id);
    // What was never published was never told; what was deleted has been.
    let known = |sight: &Sight| sight.status != model::Status::Pending && sight.is_readable(viewer, tag, id);
    match (before.filter(listed), after.filter(listed)) {
        (None, Some(_)) => Some(EventKind::Enter),
        (Some(before), Some(after)) => {
            let (old, new) = (before.shows_feed_url(viewer, tag), after.shows_feed_url(viewer, tag));
            let differs = match rendered {
                Rendered::Same => false,
                Rendered::FeedUrl => new,
                Rendered::Differently => true,
            };
            (differs || old != new).then_some(EventKind::Update)
        }
        (_, None) if after.is_none() => before.filter(known).map(|_| EventKind::Purge),
        (Some(_), None) => Some(EventKind::Leave),
        (None, None) => None,
    }
}
