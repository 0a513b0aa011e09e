//! The feed of changes: who applies its events to a list that was true before has the list of now, with each mask, from
//! any place and with pages of any size; and who may not see something is not told of it.

use std::collections::BTreeMap;

use catalog::feed::{EventKind, Filter, Journal, Missing, Position, Told, Touch, parse, touched, write};
use catalog::render::{Renderer, Shape};
use catalog::{Change, Snapshot};
use model::access::{RuleSet, Viewer, Who};
use model::records::Poc;
use model::{AnyRecord, Status, Tag, Time, Value, Visibility};
use proptest::prelude::*;
use testkit::World;

const FEED: &str = "peeringdb.organization.*.internetexchange.*.ixf_ixp_member_list_url";
const CONTACTS: &str = "peeringdb.organization.*.network.*.poc_set.users";

fn viewer(rows: &[(&str, u8)]) -> Viewer {
    Viewer::new(Who::Anonymous, false, RuleSet::new(rows.iter().copied()))
}

/// A guest, a user, a member of organization 100, somebody from whom the networks of organization 200 are kept, and
/// somebody who sees everything.
fn viewers() -> Vec<Viewer> {
    let (public, users) = (format!("{FEED}.public"), format!("{FEED}.users"));
    let guest = [("peeringdb.organization", 1), (public.as_str(), 1)];
    let user = [guest[0], guest[1], (users.as_str(), 1), (CONTACTS, 1)];
    let member = [
        user[0],
        user[1],
        user[2],
        user[3],
        ("peeringdb.organization.100", 1),
        ("peeringdb.organization.100.network.*.poc_set.private", 1),
        ("peeringdb.organization.100.internetexchange.*.ixf_ixp_member_list_url.private", 1),
    ];
    let shut_out = [guest[0], ("peeringdb.organization.200.network", 0)];
    vec![viewer(&guest), viewer(&user), viewer(&member), viewer(&shut_out), Viewer::superuser()]
}

type Lists = BTreeMap<(Tag, u32), String>;

fn rendered(snapshot: &Snapshot, viewer: &Viewer, tag: Tag, id: u32) -> String {
    let shape = Shape::default();
    let mut text = String::new();
    let entry = snapshot.entry(tag, id).expect("a record");
    Renderer::new(snapshot, viewer, &shape).root(entry, &mut text);
    text
}

fn lists(snapshot: &Snapshot, viewer: &Viewer) -> Lists {
    let listed = Tag::ALL.into_iter().flat_map(|tag| snapshot.listed(tag, viewer).map(move |e| (tag, e)));
    listed
        .map(|(tag, entry)| {
            let id = entry.record().id();
            ((tag, id), rendered(snapshot, viewer, tag, id))
        })
        .collect()
}

/// A directory with its feed.
struct Directory {
    snapshot: Snapshot,
    journal: Journal,
}

impl Directory {
    fn small() -> Directory {
        let snapshot = World::small().snapshot();
        Directory { journal: Journal::behind(snapshot.sequence()), snapshot }
    }

    fn apply(&mut self, changes: Vec<Change>) -> Vec<Touch> {
        let seq = self.snapshot.sequence() + 1;
        let records: Vec<_> = changes
            .iter()
            .map(|change| match change {
                Change::Put(record) => (record.tag(), record.id()),
                Change::Purge(tag, id) => (*tag, *id),
            })
            .collect();
        let next = self.snapshot.apply(changes, seq);
        let touches = touched(&self.snapshot, &next, records);
        assert_eq!(parse(&write(&touches)), Ok(touches.clone()), "what is stored is what was found out");
        let at = Time(i64::try_from(seq).expect("a small number"));
        self.journal.push(Told { seq, at, touches: touches.clone().into() });
        self.snapshot = next;
        touches
    }

    fn change(&mut self, tag: Tag, id: u32, field: &str, value: Value<'_>) -> Vec<Touch> {
        let mut record = self.snapshot.record(tag, id).expect("a record").clone();
        put(&mut record, field, value);
        self.apply(vec![Change::Put(record)])
    }

    /// What a viewer is told behind a change.
    fn told(&self, viewer: &Viewer, after: u64) -> Vec<(EventKind, Tag, u32)> {
        let page =
            self.journal.page(&self.snapshot, viewer, &Filter::default(), Position::behind(after), 1000);
        page.expect("a page").events.iter().map(|event| (event.kind, event.tag, event.id)).collect()
    }
}

fn put(record: &mut AnyRecord, field: &str, value: Value<'_>) {
    let at = record.tag().table().position(field).unwrap_or_else(|| panic!("{field}"));
    record.put(at, value).unwrap_or_else(|_| panic!("{} {field}", record.tag()));
}

/// Somebody who keeps a list and follows the feed.
struct Follower {
    viewer: Viewer,
    lists: Lists,
    at: Position,
}

impl Follower {
    fn begin(directory: &Directory, viewer: Viewer) -> Follower {
        let lists = lists(&directory.snapshot, &viewer);
        Follower { lists, viewer, at: Position::behind(directory.snapshot.sequence()) }
    }

    /// Reads one page; whether there may be more.
    fn read(&mut self, directory: &Directory, limit: usize) -> Result<bool, TestCaseError> {
        let Directory { snapshot, journal } = directory;
        let page = journal.page(snapshot, &self.viewer, &Filter::default(), self.at, limit);
        let page = page.map_err(|missing| TestCaseError::fail(format!("{missing:?}")))?;
        prop_assert!(page.events.len() <= limit);
        prop_assert!(page.next >= self.at, "the feed goes on");
        self.at = page.next;
        for event in page.events {
            let key = (event.tag, event.id);
            match (event.kind, event.entry) {
                (EventKind::Enter | EventKind::Update, Some(entry)) => {
                    let now = rendered(snapshot, &self.viewer, event.tag, event.id);
                    let listed =
                        snapshot.listed(event.tag, &self.viewer).any(|e| std::ptr::eq(&**e, &*entry));
                    prop_assert!(listed, "an event shows what is in no list: {:?}", key);
                    self.lists.insert(key, now);
                }
                (EventKind::Leave | EventKind::Purge, None) => {
                    self.lists.remove(&key);
                }
                (kind, entry) => prop_assert!(false, "{:?} with {:?}", kind, entry.is_some()),
            }
        }
        Ok(page.more)
    }
}

#[derive(Clone, Debug)]
enum Step {
    /// Changes records in one change: which, how, and to what.
    Change(Vec<(u16, u8, u16)>),
    /// Lets a follower read a page of so many events.
    Read(usize, usize),
    /// Lets another follower begin.
    Begin(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let one = (any::<u16>(), 0u8..9, any::<u16>());
    let step = prop_oneof![
        5 => prop::collection::vec(one, 1..4).prop_map(Step::Change),
        3 => (any::<usize>(), 1usize..6).prop_map(|(who, limit)| Step::Read(who, limit)),
        1 => any::<usize>().prop_map(Step::Begin),
    ];
    prop::collection::vec(step, 1..40)
}

fn changed(snapshot: &Snapshot, (pick, how, value): (u16, u8, u16)) -> Change {
    let records: Vec<&AnyRecord> =
        Tag::ALL.into_iter().flat_map(|tag| snapshot.entries(tag)).map(|entry| entry.record()).collect();
    let chosen = records[usize::from(pick) % records.len()];
    let (tag, mut record) = (chosen.tag(), chosen.clone());
    let number = i64::from(value);
    let has = |name: &str| tag.table().position(name).is_some();
    let name = format!("Name {value}");
    match how {
        0 => put(
            &mut record,
            "status",
            Value::text(["ok", "ok", "deleted", "pending"][usize::from(value % 4)]),
        ),
        1 if has("name") && tag.table().field("name").is_some_and(model::Field::is_stored) => {
            put(&mut record, "name", Value::text(&name));
        }
        2 if has("website") => put(&mut record, "website", Value::text("https://other.example/")),
        3 if tag == Tag::Poc => {
            put(&mut record, "visible", Value::text(["Private", "Users", "Public"][usize::from(value % 3)]));
        }
        3 if tag == Tag::Ixlan => put(
            &mut record,
            "ixf_ixp_member_list_url_visible",
            Value::text(["Private", "Users", "Public"][usize::from(value % 3)]),
        ),
        4 if tag == Tag::Ixlan => {
            put(&mut record, "ixf_ixp_member_list_url", Value::text(&format!("https://ix.example/{value}")));
        }
        4 if has("org_id") => put(&mut record, "org_id", Value::Int([100, 200][usize::from(value % 2)])),
        4 if tag == Tag::Poc => put(&mut record, "net_id", Value::Int([10, 11][usize::from(value % 2)])),
        5 if tag == Tag::Fac => {
            let campus = if value % 2 == 0 { Value::Int(61) } else { Value::Null };
            put(&mut record, "campus_id", campus);
        }
        6 => put(&mut record, "version", Value::Int(number)),
        7 if matches!(tag, Tag::Poc | Tag::Netfac | Tag::Netixlan | Tag::Ixpfx | Tag::Carrierfac) => {
            return Change::Purge(tag, record.id());
        }
        _ => {
            let visible =
                [Visibility::Private, Visibility::Users, Visibility::Public][usize::from(value % 3)];
            let id = 1000 + u32::from(value % 50);
            record = Poc { id, net_id: 10 + u32::from(pick % 2), visible, ..Poc::default() }.into();
        }
    }
    Change::Put(record)
}

/// Each record stands in a change once.
fn distinct(changes: Vec<Change>) -> Vec<Change> {
    let mut seen = Vec::new();
    let key = |change: &Change| match change {
        Change::Put(record) => (record.tag(), record.id()),
        Change::Purge(tag, id) => (*tag, *id),
    };
    let first = |change: &Change| {
        let fresh = !seen.contains(&key(change));
        seen.push(key(change));
        fresh
    };
    changes.into_iter().filter(first).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn who_follows_the_feed_has_the_lists_of_now(steps in steps()) {
        let mut directory = Directory::small();
        let viewers = viewers();
        let mut followers: Vec<Follower> =
            viewers.iter().map(|viewer| Follower::begin(&directory, viewer.clone())).collect();
        for step in steps {
            match step {
                Step::Change(list) => {
                    let changes = list.into_iter().map(|one| changed(&directory.snapshot, one)).collect();
                    directory.apply(distinct(changes));
                }
                Step::Read(who, limit) => {
                    let who = who % followers.len();
                    followers[who].read(&directory, limit)?;
                }
                Step::Begin(who) => {
                    let viewer = viewers[who % viewers.len()].clone();
                    followers.push(Follower::begin(&directory, viewer));
                }
            }
        }
        for mut follower in followers {
            while follower.read(&directory, 7)? {}
            prop_assert_eq!(follower.at, Position::behind(directory.snapshot.sequence()));
            prop_assert_eq!(follower.lists, lists(&directory.snapshot, &follower.viewer));
        }
    }
}

#[test]
fn a_name_that_others_show_changes_them_too() {
    let mut directory = Directory::small();
    let guest = &viewers()[0];
    directory.change(Tag::Org, 100, "name", Value::text("Org Eins"));
    let update = |tag, id| (EventKind::Update, tag, id);
    assert_eq!(
        directory.told(guest, 1),
        [update(Tag::Org, 100), update(Tag::Fac, 41), update(Tag::Carrier, 51)]
    );
    directory.change(Tag::Ix, 11, "name", Value::text("IX Eins"));
    let ports = [update(Tag::Ix, 11), update(Tag::Netixlan, 81), update(Tag::Netixlan, 82)];
    assert_eq!(directory.told(guest, 2), ports);
    directory.change(Tag::Fac, 41, "city", Value::text("Springfield"));
    let presences = [update(Tag::Fac, 41), update(Tag::Netfac, 91), update(Tag::Ixfac, 92)];
    assert_eq!(directory.told(guest, 3), presences, "the campus waits for approval");
}

#[test]
fn what_a_viewer_cannot_notice_gives_no_event() {
    let mut directory = Directory::small();
    let [guest, user, member, ..] = &viewers()[..] else { panic!("viewers") };
    // A column that no answer shows.
    assert_eq!(directory.change(Tag::Org, 100, "version", Value::Int(7)), []);
    // A private contact gets another name.
    directory.change(Tag::Poc, 73, "name", Value::text("Somebody"));
    assert_eq!((directory.told(guest, 1), directory.told(user, 1)), (vec![], vec![]));
    assert_eq!(directory.told(member, 1), [(EventKind::Update, Tag::Poc, 73)]);
    // A private feed URL.
    let url = "https://one.example/other.json";
    directory.change(Tag::Ixlan, 11, "ixf_ixp_member_list_url", Value::text(url));
    assert_eq!(
        (directory.told(guest, 3), directory.told(member, 3)),
        (vec![], vec![(EventKind::Update, Tag::Ixlan, 11)])
    );
    // An organization that waits for approval, and is thrown away.
    directory.apply(vec![Change::Purge(Tag::Org, 300)]);
    assert_eq!(directory.told(&Viewer::superuser(), 4), []);
}

#[test]
fn records_enter_and_leave_with_what_is_public() {
    let mut directory = Directory::small();
    let guest = &viewers()[0];
    let entered = (EventKind::Enter, Tag::Poc, 72);
    directory.change(Tag::Poc, 72, "visible", Value::text("Public"));
    assert_eq!(directory.told(guest, 1), [entered]);
    directory.change(Tag::Poc, 72, "visible", Value::text("Users"));
    assert_eq!(directory.told(guest, 2), [(EventKind::Leave, Tag::Poc, 72)]);
    // Who reads late is not told what was public for a while.
    assert_eq!(directory.told(guest, 1), [(EventKind::Leave, Tag::Poc, 72)]);
    directory.change(Tag::Org, 300, "status", Value::text("ok"));
    assert_eq!(directory.told(guest, 3), [(EventKind::Enter, Tag::Org, 300)]);
    directory.change(Tag::Poc, 71, "status", Value::text("deleted"));
    assert_eq!(directory.told(guest, 4), [(EventKind::Leave, Tag::Poc, 71)]);
    directory.apply(vec![Change::Purge(Tag::Poc, 71)]);
    assert_eq!(directory.told(guest, 5), [(EventKind::Purge, Tag::Poc, 71)], "to be forgotten");
    directory.apply(vec![Change::Purge(Tag::Poc, 73)]);
    assert_eq!(directory.told(guest, 6), [], "it was never told of");
}

#[test]
fn a_late_reader_learns_the_state_of_now_alone() {
    let mut directory = Directory::small();
    let guest = &viewers()[0];
    directory.change(Tag::Net, 10, "name", Value::text("Secret By Mistake"));
    directory.change(Tag::Net, 10, "name", Value::text("Net Uno"));
    let page =
        directory.journal.page(&directory.snapshot, guest, &Filter::default(), Position::behind(1), 1000);
    let events = page.expect("a page").events;
    assert!(events.iter().filter(|event| event.tag == Tag::Net).count() == 2);
    for event in events {
        let entry = event.entry.expect("still there");
        assert_eq!(entry.status(), Status::Ok);
        assert!(!rendered(&directory.snapshot, guest, event.tag, event.id).contains("Mistake"));
    }
}

#[test]
fn filters_choose_by_type_owner_host_and_record() {
    let mut directory = Directory::small();
    directory.change(Tag::Netixlan, 82, "speed", Value::Int(400));
    directory.change(Tag::Net, 10, "name", Value::text("Net Uno"));
    directory.change(Tag::Poc, 71, "name", Value::text("Technics"));
    let guest = &viewers()[0];
    let found = |filter: Filter| -> Vec<(Tag, u32)> {
        let page = directory.journal.page(&directory.snapshot, guest, &filter, Position::behind(1), 1000);
        page.expect("a page").events.iter().map(|event| (event.tag, event.id)).collect()
    };
    let all = found(Filter::default());
    assert!(
        all.contains(&(Tag::Netixlan, 82)) && all.contains(&(Tag::Net, 10)) && all.contains(&(Tag::Poc, 71))
    );
    let tags = |tags: &[Tag]| Filter { tags: tags.to_vec(), ..Filter::default() };
    assert_eq!(found(tags(&[Tag::Net, Tag::Poc])), [(Tag::Net, 10), (Tag::Poc, 71)]);
    let org = |id| Filter { org: Some(id), ..Filter::default() };
    assert_eq!(found(org(200)), [(Tag::Netixlan, 82)], "its own network");
    assert!(found(org(100)).contains(&(Tag::Netixlan, 82)), "at its exchange");
    let about = |tag, id| Filter { about: Some((tag, id)), ..Filter::default() };
    assert_eq!(found(about(Tag::Net, 10)), [(Tag::Net, 10), (Tag::Poc, 71)]);
    assert_eq!(found(about(Tag::Ix, 11)), [(Tag::Netixlan, 82)]);
    assert_eq!(found(about(Tag::Ix, 12)), []);
}

#[test]
fn a_feed_goes_on_from_what_is_kept_and_from_nowhere_else() {
    let mut directory = Directory::small();
    let guest = &viewers()[0];
    for n in 0..5 {
        directory.change(Tag::Net, 10, "name", Value::text(&format!("Net {n}")));
    }
    directory.journal.trim(Time(4), usize::MAX);
    let page = |after| {
        directory
            .journal
            .page(&directory.snapshot, guest, &Filter::default(), after, 1000)
            .map(|page| page.next)
    };
    assert_eq!(page(Position::behind(2)), Err(Missing::Gone { floor: 3 }));
    assert_eq!(page(Position { seq: 3, n: 1 }), Err(Missing::Gone { floor: 3 }), "a half of what is gone");
    assert_eq!(page(Position::behind(3)), Ok(Position::behind(6)));
    assert_eq!(page(Position::behind(6)), Ok(Position::behind(6)));
    assert_eq!(page(Position::behind(7)), Err(Missing::Ahead { newest: 6 }));
    // A change of more than one row can be read in parts.
    directory.change(Tag::Ix, 11, "name", Value::text("IX Eins"));
    let first =
        directory.journal.page(&directory.snapshot, guest, &Filter::default(), Position::behind(6), 1);
    let first = first.expect("a page");
    assert_eq!((first.events.len(), first.next, first.more), (1, Position { seq: 7, n: 1 }, true));
}
