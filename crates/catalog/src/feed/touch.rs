//! What a change does to the rows of the public lists.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use model::access::{Segment, Viewer, lower};
use model::{AnyRecord, Status, Tag, Visibility};

use crate::snapshot::Snapshot;

/// Records that one change may touch and still be told record by record. Whole directories that are loaded are not:
/// who follows them begins anew.
pub const RECORDS_MAX: usize = 20_000;

/// What decides about who sees a record, and whom it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Its status.
    pub status: Status,
    /// To whom a contact is shown, or the feed URL of a LAN; public for all other types.
    pub visible: Visibility,
    /// The organization that owns it.
    pub owner: u32,
    /// The network, exchange or carrier that it is a part of; 0 where it is none.
    pub parent: u32,
    /// The exchange, facility or campus where it is; 0 where it is at none.
    pub place: u32,
}

/// How a row looks beside the one before; feed URLs are shown to some viewers only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rendered {
    /// The same, or one of both is in no list.
    Same,
    /// Different in the feed URL alone.
    FeedUrl,
    /// Different for all who see it.
    Differently,
}

/// One record that a change touched, by itself or through a neighbour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touch {
    /// Its type.
    pub tag: Tag,
    /// Its id.
    pub id: u32,
    /// How it stood before; `None` when there was none.
    pub before: Option<Sight>,
    /// How it stands afterwards; `None` when it was purged.
    pub after: Option<Sight>,
    /// Whether its row looks different.
    pub rendered: Rendered,
}

impl Sight {
    /// The type of the record that `parent` names.
    pub const fn parent_tag(tag: Tag) -> Option<Tag> {
        match tag {
            Tag::Ixlan | Tag::Ixpfx | Tag::Ixfac => Some(Tag::Ix),
            Tag::Poc | Tag::Netfac | Tag::Netixlan => Some(Tag::Net),
            Tag::Carrierfac => Some(Tag::Carrier),
            Tag::Org | Tag::Campus | Tag::Fac | Tag::Ix | Tag::Net | Tag::Carrier => None,
        }
    }

    /// The type of the record that `place` names.
    pub const fn place_tag(tag: Tag) -> Option<Tag> {
        match tag {
            Tag::Netixlan => Some(Tag::Ix),
            Tag::Netfac | Tag::Ixfac | Tag::Carrierfac => Some(Tag::Fac),
            Tag::Fac => Some(Tag::Campus),
            Tag::Org | Tag::Campus | Tag::Ix | Tag::Ixlan | Tag::Ixpfx => None,
            Tag::Net | Tag::Poc | Tag::Carrier => None,
        }
    }

    /// The namespace that permissions on a record are looked up by (rest-api specification, 8). An id of 0 stands for
    /// one that is not assigned yet.
    pub(crate) fn namespace(&self, tag: Tag, id: u32) -> Vec<Segment<'static>> {
        use Segment::Word;
        let number = |id: u32| if id == 0 { Segment::New } else { Segment::Id(id) };
        let (parent, own): (_, Option<(&str, Segment<'static>)>) = match tag {
            Tag::Org => (None, None),
            Tag::Net => (Some(("network", id)), None),
            Tag::Fac => (Some(("facility", id)), None),
            Tag::Ix => (Some(("internetexchange", id)), None),
            Tag::Carrier => (Some(("carrier", id)), None),
            Tag::Campus => (Some(("campus", id)), None),
            Tag::Ixlan => (Some(("internetexchange", self.parent)), None),
            Tag::Ixpfx => (Some(("internetexchange", self.parent)), Some(("prefix", number(id)))),
            Tag::Ixfac => (Some(("internetexchange", self.parent)), Some(("ixfac", number(id)))),
            Tag::Netixlan => (Some(("network", self.parent)), Some(("ixlan", number(id)))),
            Tag::Netfac => (Some(("network", self.parent)), Some(("netfac", number(id)))),
            Tag::Carrierfac => (Some(("carrier", self.parent)), Some(("carrierfac", number(id)))),
            Tag::Poc => (Some(("network", self.parent)), Some(("poc_set", Word(lower(self.visible))))),
        };
        let mut path = vec![Word("peeringdb"), Word("organization"), number(self.owner)];
        path.extend(parent.into_iter().flat_map(|(word, own)| [Word(word), number(own)]));
        path.extend(own.into_iter().flat_map(|(word, own)| [Word(word), own]));
        path
    }

    /// Whether the viewer may read a record that stands so (accounts specification, 18 and 19).
    pub fn is_readable(&self, viewer: &Viewer, tag: Tag, id: u32) -> bool {
        match tag {
            Tag::Poc => viewer.sees_poc(self.owner, self.parent, self.visible),
            _ => viewer.reads_all() || viewer.may_read(&self.namespace(tag, id)),
        }
    }

    /// Whether the record is in the viewer's list of its type.
    pub fn is_listed(&self, viewer: &Viewer, tag: Tag, id: u32) -> bool {
        self.status == Status::Ok && self.is_readable(viewer, tag, id)
    }

    /// Whether the viewer sees the feed URL of a LAN.
    pub(crate) fn shows_feed_url(&self, viewer: &Viewer, tag: Tag) -> bool {
        tag == Tag::Ixlan && viewer.sees_feed_url(self.owner, self.parent, self.visible)
    }
}

impl Snapshot {
    /// What decides about who sees a record.
    pub fn sight(&self, record: &AnyRecord) -> Sight {
        let (parent, place, visible) = match record {
            AnyRecord::Org(_) | AnyRecord::Net(_) | AnyRecord::Ix(_) => (0, 0, Visibility::Public),
            AnyRecord::Carrier(_) | AnyRecord::Campus(_) => (0, 0, Visibility::Public),
            AnyRecord::Fac(r) => (0, r.campus_id.unwrap_or_default(), Visibility::Public),
            AnyRecord::Ixlan(r) => (r.ix_id, 0, r.ixf_ixp_member_list_url_visible),
            AnyRecord::Ixpfx(r) => (r.ixlan_id, 0, Visibility::Public),
            AnyRecord::Ixfac(r) => (r.ix_id, r.fac_id, Visibility::Public),
            AnyRecord::Netixlan(r) => (r.net_id, r.ixlan_id, Visibility::Public),
            AnyRecord::Netfac(r) => (r.net_id, r.fac_id, Visibility::Public),
            AnyRecord::Carrierfac(r) => (r.carrier_id, r.fac_id, Visibility::Public),
            AnyRecord::Poc(r) => (r.net_id, 0, r.visible),
        };
        Sight { status: record.status(), visible, owner: self.owner(record), parent, place }
    }

    /// Records whose owner is that of this one.
    fn owned_through(&self, tag: Tag, id: u32) -> Vec<(Tag, u32)> {
        let children: &[(Tag, &str)] = match tag {
            Tag::Net => &[(Tag::Poc, "net_id"), (Tag::Netfac, "net_id"), (Tag::Netixlan, "net_id")],
            // A LAN has the id of its exchange.
            Tag::Ix => &[(Tag::Ixlan, "ix_id"), (Tag::Ixpfx, "ixlan_id"), (Tag::Ixfac, "ix_id")],
            Tag::Carrier => &[(Tag::Carrierfac, "carrier_id")],
            Tag::Org | Tag::Campus | Tag::Fac | Tag::Ixlan | Tag::Ixpfx | Tag::Poc => &[],
            Tag::Carrierfac | Tag::Netfac | Tag::Ixfac | Tag::Netixlan => &[],
        };
        let ids = |(child, field): &(Tag, &'static str)| {
            let child = *child;
            self.child_ids(child, field, id).map(move |id| (child, id)).collect::<Vec<_>>()
        };
        children.iter().flat_map(ids).collect()
    }
}

/// The rows that a change touched, parents before what belongs to them, each once. `records` names the records that
/// the change wrote.
pub fn touched(
    before: &Snapshot,
    after: &Snapshot,
    records: impl IntoIterator<Item = (Tag, u32)>,
) -> Vec<Touch> {
    let mut concerned = BTreeSet::new();
    for (tag, id) in records {
        concerned.insert((tag, id));
        for state in [before, after] {
            let showing = state.showing(tag, id).into_iter();
            concerned.extend(showing.flat_map(|(tag, ids)| ids.into_iter().map(move |id| (tag, id))));
        }
        let owner = |state: &Snapshot| state.record(tag, id).map(|record| state.owner(record));
        if owner(before) != owner(after) {
            concerned.extend(before.owned_through(tag, id));
            concerned.extend(after.owned_through(tag, id));
        }
    }
    concerned.into_iter().filter_map(|(tag, id)| touch(before, after, tag, id)).collect()
}

fn touch(before: &Snapshot, after: &Snapshot, tag: Tag, id: u32) -> Option<Touch> {
    let sight = |state: &Snapshot| state.record(tag, id).map(|record| state.sight(record));
    let rendered = match (before.entry(tag, id), after.entry(tag, id)) {
        (Some(old), Some(new)) if old.status() == Status::Ok && new.status() == Status::Ok => {
            let (old, new) = (before.flat(old), after.flat(new));
            old.compare(new, tag)
        }
        _ => Rendered::Same,
    };
    let touch = Touch { tag, id, before: sight(before), after: sight(after), rendered };
    (touch.before != touch.after || rendered != Rendered::Same).then_some(touch)
}

/// A text is no list of touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadTouches {
    /// The line that is none.
    pub line: String,
}

impl fmt::Display for BadTouches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no touch of a record", self.line)
    }
}

impl std::error::Error for BadTouches {}

/// Touches as a text to be stored: a line for each.
pub fn write(touches: &[Touch]) -> String {
    use fmt::Write;
    let mut text = String::new();
    for touch in touches {
        let rendered = match touch.rendered {
            Rendered::Same => '=',
            Rendered::FeedUrl => 'u',
            Rendered::Differently => '*',
        };
        let _ = write!(text, "{} {} {rendered}", touch.tag, touch.id);
        for sight in [touch.before, touch.after] {
            let _ = match sight {
                None => write!(text, " -"),
                Some(Sight { status, visible, owner, parent, place }) => {
                    write!(text, " {},{},{owner},{parent},{place}", status.as_str(), visible.as_str())
                }
            };
        }
        text.push('\n');
    }
    text
}

/// The touches of a text that [`write`] made.
///
/// # Errors
/// The first line that is none.
pub fn parse(text: &str) -> Result<Vec<Touch>, BadTouches> {
    text.lines().map(|line| parse_line(line).ok_or_else(|| BadTouches { line: line.to_owned() })).collect()
}

fn parse_line(line: &str) -> Option<Touch> {
    let mut words = line.split(' ');
    let tag = words.next()?.parse().ok()?;
    let id = words.next()?.parse().ok()?;
    let rendered = match words.next()? {
        "=" => Rendered::Same,
        "u" => Rendered::FeedUrl,
        "*" => Rendered::Differently,
        _ => return None,
    };
    let (before, after) = (words.next()?, words.next()?);
    let touch = Touch { tag, id, before: parse_sight(before)?, after: parse_sight(after)?, rendered };
    words.next().is_none().then_some(touch)
}

/// The outer `None` is no sight, the inner one that there was none.
fn parse_sight(text: &str) -> Option<Option<Sight>> {
    if text == "-" {
        return Some(None);
    }
    let mut parts = text.split(',');
    let status = Status::from_str(parts.next()?).ok()?;
    let visible = Visibility::from_str(parts.next()?).ok()?;
    let mut number = || parts.next()?.parse().ok();
    let sight = Sight { status, visible, owner: number()?, parent: number()?, place: number()? };
    parts.next().is_none().then_some(Some(sight))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn touches_are_read_as_they_were_written() {
        let sight = Sight { status: Status::Ok, visible: Visibility::Users, owner: 1, parent: 2, place: 3 };
        let gone = Sight { status: Status::Deleted, visible: Visibility::Public, ..sight };
        let touch = |rendered, before, after| Touch { tag: Tag::Netixlan, id: 7, before, after, rendered };
        let touches = vec![
            touch(Rendered::Same, None, Some(sight)),
            touch(Rendered::FeedUrl, Some(sight), Some(gone)),
            touch(Rendered::Differently, Some(gone), None),
        ];
        assert_eq!(parse(&write(&touches)), Ok(touches));
        assert_eq!(parse(""), Ok(Vec::new()));
        for line in ["net", "net 1 = - - -", "net x = - -", "net 1 ? - -", "net 1 = ok,Public,1,2 -"] {
            assert_eq!(parse(line), Err(BadTouches { line: line.to_owned() }));
        }
    }
}
