//! Random deletions and actions keep the invariants of a lifelike directory.

use std::sync::LazyLock;

use catalog::Snapshot;
use demo::Scale;
use model::{AnyRecord, Status, Tag, Time};
use proptest::prelude::*;
use rules::{Action, Command, Side, Stop};
use serde_json::json;
use testkit::World;

use crate::desk::Desk;
use crate::invariants;

/// Sequences of changes, and changes in each.
const SEQUENCES: u32 = 24;
const CHANGES: usize = 16;

const NOW: Time = Time::from_unix(1_790_000_000);

static WORLD: LazyLock<World> = LazyLock::new(|| World::holding(demo::generate(Scale::Small, 11, NOW), NOW));
static LIFELIKE: LazyLock<Snapshot> = LazyLock::new(|| WORLD.snapshot());

fn desk() -> Desk {
    let mut desk = Desk::of(&World::empty());
    desk.snapshot = LIFELIKE.clone();
    desk.now = Time(NOW.0 + 86_400 * Time::SECOND);
    desk
}

/// What may happen; numbers choose records among those there are.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Deletes a record of any type, in any status.
    Delete(Tag, usize),
    /// Deletes a record and, before it, what protects it.
    Raze(Tag, usize),
    /// Puts a facility of the campus' organization on a campus.
    Gather(usize, usize),
    /// Puts any facility on any campus.
    Add(usize, usize),
    /// Takes a member from a campus.
    Scatter(usize, usize),
    Approve(usize),
    Reject(usize),
    /// Names a facility of the owner as a side of a port, or none.
    Side(usize, Side, usize),
    Import(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let any = any::<u16>().prop_map(usize::from);
    let tag = prop::sample::select(&Tag::ALL[..]);
    let razed = prop::sample::select(&[Tag::Org, Tag::Fac, Tag::Ix, Tag::Campus, Tag::Ixpfx][..]);
    let side = prop_oneof![Just(Side::Net), Just(Side::Ix)];
    let step = prop_oneof![
        6 => (tag, any.clone()).prop_map(|(tag, pick)| Step::Delete(tag, pick)),
        3 => (razed, any.clone()).prop_map(|(tag, pick)| Step::Raze(tag, pick)),
        3 => (any.clone(), any.clone()).prop_map(|(campus, fac)| Step::Gather(campus, fac)),
        1 => (any.clone(), any.clone()).prop_map(|(campus, fac)| Step::Add(campus, fac)),
        2 => (any.clone(), any.clone()).prop_map(|(campus, fac)| Step::Scatter(campus, fac)),
        1 => any.clone().prop_map(Step::Approve),
        1 => any.clone().prop_map(Step::Reject),
        2 => (any.clone(), side, any.clone()).prop_map(|(port, side, fac)| Step::Side(port, side, fac)),
        1 => any.prop_map(Step::Import),
    ];
    prop::collection::vec(step, CHANGES)
}

/// The id of some record that meets a test; 0, which is nobody's, when none does.
fn pick(snapshot: &Snapshot, tag: Tag, number: usize, meets: impl Fn(&AnyRecord) -> bool) -> u32 {
    let ids: Vec<u32> = snapshot
        .entries(tag)
        .map(|entry| entry.record())
        .filter(|record| meets(record))
        .map(AnyRecord::id)
        .collect();
    if ids.is_empty() { 0 } else { ids[number % ids.len()] }
}

fn live(record: &AnyRecord) -> bool {
    record.status() != Status::Deleted
}

fn ok_links(snapshot: &Snapshot, link: Tag, field: &str, id: u32) -> Vec<Command> {
    let links = snapshot.children(link, field, id);
    links.map(|entry| Command::Delete { tag: link, id: entry.record().id() }).collect()
}

/// The deletion of a record with what has to be deleted before it.
fn raze(snapshot: &Snapshot, tag: Tag, id: u32) -> Vec<Command> {
    let links = |link, field| ok_links(snapshot, link, field, id);
    let mut commands = match tag {
        Tag::Fac => [links(Tag::Ixfac, "fac_id"), links(Tag::Netfac, "fac_id")].concat(),
        Tag::Ix => [links(Tag::Ixfac, "ix_id"), links(Tag::Netixlan, "ixlan_id")].concat(),
        Tag::Ixpfx => {
            let lan = snapshot.record(tag, id).and_then(|prefix| prefix.reference("ixlan_id"));
            ok_links(snapshot, Tag::Netixlan, "ixlan_id", lan.unwrap_or_default())
        }
        Tag::Org => {
            let below = [Tag::Fac, Tag::Ix, Tag::Net].into_iter().flat_map(|child| {
                let children = snapshot.children(child, "org_id", id);
                children.map(move |entry| (child, entry.record().id())).collect::<Vec<_>>()
            });
            below.flat_map(|(child, id)| raze(snapshot, child, id)).collect()
        }
        _ => Vec::new(),
    };
    commands.push(Command::Delete { tag, id });
    commands
}

fn commands(snapshot: &Snapshot, step: Step) -> Vec<Command> {
    let any = |tag, number| pick(snapshot, tag, number, |_| true);
    let act = |action| vec![Command::Act(action)];
    match step {
        Step::Delete(tag, number) => vec![Command::Delete { tag, id: any(tag, number) }],
        Step::Raze(tag, number) => raze(snapshot, tag, pick(snapshot, tag, number, live)),
        Step::Gather(campus, fac) => {
            let campus = pick(snapshot, Tag::Campus, campus, live);
            let org = snapshot.record(Tag::Campus, campus).and_then(|campus| campus.reference("org_id"));
            let fac = pick(snapshot, Tag::Fac, fac, |fac| live(fac) && fac.reference("org_id") == org);
            act(Action::AddFacility { campus, fac })
        }
        Step::Add(campus, fac) => {
            act(Action::AddFacility { campus: any(Tag::Campus, campus), fac: any(Tag::Fac, fac) })
        }
        Step::Scatter(campus, fac) => {
            let campus = pick(snapshot, Tag::Campus, campus, live);
            let fac = pick(snapshot, Tag::Fac, fac, |fac| fac.reference("campus_id") == Some(campus));
            act(Action::RemoveFacility { campus, fac })
        }
        Step::Approve(number) => act(Action::ApprovePresence { id: any(Tag::Carrierfac, number) }),
        Step::Reject(number) => act(Action::RejectPresence { id: any(Tag::Carrierfac, number) }),
        Step::Side(port, side, fac) => {
            let port = pick(snapshot, Tag::Netixlan, port, live);
            let owner = |field| snapshot.record(Tag::Netixlan, port).and_then(|port| port.reference(field));
            let (link, field, owner) = match side {
                Side::Net => (Tag::Netfac, "net_id", owner("net_id")),
                Side::Ix => (Tag::Ixfac, "ix_id", owner("ixlan_id")),
            };
            let link = pick(snapshot, link, fac, |link| link.reference(field) == owner);
            let tag = if side == Side::Net { Tag::Netfac } else { Tag::Ixfac };
            let fac = snapshot.record(tag, link).and_then(|link| link.reference("fac_id"));
            act(Action::SetSide { port, side, fac: json!(fac) })
        }
        Step::Import(number) => act(Action::RequestImport { ix: any(Tag::Ix, number) }),
    }
}

/// Runs a sequence; the number of commands that changed something, and of those that were refused.
fn run(steps: &[Step]) -> Result<(usize, usize), TestCaseError> {
    let mut desk = desk();
    let (mut changed, mut refused) = (0, 0);
    for step in steps {
        for command in commands(&desk.snapshot, *step) {
            let answer = desk.plan(&command);
            prop_assert_eq!(&answer, &desk.plan(&command), "the same question has the same answer");
            match answer {
                Ok(plan) => {
                    let before = desk.snapshot.clone();
                    changed += usize::from(!plan.rows.is_empty());
                    desk.apply(&plan);
                    let found = invariants::of_change(&before, &desk.snapshot, &plan);
                    prop_assert!(found.is_empty(), "{:?}: {:?}", command, found);
                }
                Err(Stop::Rejected(_)) => refused += 1,
                Err(Stop::Needs(need)) => prop_assert!(false, "{:?} needs {:?}", command, need),
            }
        }
        let found = invariants::of_state(&desk.snapshot);
        prop_assert!(found.is_empty(), "{:?}: {:?}", step, found);
    }
    Ok((changed, refused))
}

#[test]
fn a_lifelike_directory_keeps_the_invariants_to_begin_with() {
    assert_eq!(invariants::of_state(&LIFELIKE), [""; 0]);
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: SEQUENCES, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn changes_keep_the_invariants(steps in steps()) {
        run(&steps)?;
    }
}

/// A property over commands that are all refused would prove nothing.
#[test]
fn random_commands_change_much_and_are_refused_sometimes() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let (mut changed, mut refused) = (0, 0);
    for _ in 0..4 {
        let sequence = steps().new_tree(&mut runner).expect("a sequence").current();
        let (more_changed, more_refused) = run(&sequence).expect("the invariants hold");
        changed += more_changed;
        refused += more_refused;
    }
    assert!(changed > 2 * CHANGES && refused > 4, "{changed} changes, {refused} refusals");
}

/// The checks find what is wrong: each of these states breaks one invariant.
#[test]
fn the_invariants_are_really_checked() {
    type Break = fn(&mut World);
    let breaks: [(&str, Break); 9] = [
        ("I1", |world| {
            world.delete(Tag::Carrier, 51);
        }),
        ("I1", |world| {
            world.change(Tag::Org, 200, json!({ "status": "pending" }));
        }),
        ("I2", |world| {
            world.change(Tag::Ixlan, 12, json!({ "ix_id": 11 }));
        }),
        ("I2", |world| {
            world.change(Tag::Ix, 12, json!({ "status": "pending" }));
        }),
        ("I4", |world| {
            world.change(Tag::Netixlan, 81, json!({ "asn": 64999 }));
        }),
        ("I6", |world| {
            world.change(Tag::Net, 10, json!({ "fac_count": 5 }));
        }),
        ("I6", |world| {
            world.change(Tag::Net, 10, json!({ "poc_updated": "2025-01-01T00:00:00Z" }));
        }),
        ("I7", |world| {
            world.change(Tag::Campus, 61, json!({ "status": "ok" }));
        }),
        ("I7", |world| {
            world.change(Tag::Fac, 42, json!({ "campus_id": 61 }));
        }),
    ];
    assert_eq!(invariants::of_state(&World::small().snapshot()), [""; 0]);
    for (number, change) in breaks {
        let mut world = World::small();
        change(&mut world);
        let found = invariants::of_state(&world.snapshot());
        assert!(found.iter().any(|text| text.starts_with(number)), "{number}: {found:?}");
    }
}
