//! Random sequences of commands by anybody keep the invariants, and lead to the directory that its records make.

use catalog::Snapshot;
use catalog::render::{Renderer, Shape};
use model::access::{RuleSet, Viewer, Who, bits};
use model::field::Api;
use model::geo::Point;
use model::{AnyRecord, Kind, Status, Tag};
use proptest::prelude::*;
use rules::{Action, Body, Command, Need, Registration, Side, Stop};
use serde_json::{Value as Json, json};
use testkit::PUBLIC_URL;

use crate::desk::Desk;
use crate::invariants;

/// Sequences of commands, and commands in each.
const SEQUENCES: u32 = 96;
const COMMANDS: usize = 40;

/// What may happen; the numbers choose among what there is.
#[derive(Clone, Copy, Debug)]
enum Step {
    Create(Tag, [usize; 4]),
    /// Sends a record back with another value.
    Change(Tag, usize, [usize; 3]),
    Delete(Tag, usize),
    /// Publishes what waits, perhaps for another owner.
    Approve(usize, Option<usize>),
    Deny(usize),
    Expire(usize),
    Act(usize, [usize; 3]),
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
enum Asker {
    Superuser,
    Admin(u32),
    Staff,
    Anybody,
}

impl Asker {
    fn viewer(self) -> Viewer {
        let admin;
        let rows: &[(&str, u8)] = match self {
            Asker::Superuser => return Viewer::superuser(),
            Asker::Admin(org) => {
                admin = format!("peeringdb.organization.{org}");
                &[(admin.as_str(), bits::ALL), ("peeringdb.organization.1234", bits::CREATE)]
            }
            Asker::Staff => &[("peeringdb.verification_queue", bits::ALL)],
            Asker::Anybody => &[("peeringdb.organization", bits::READ)],
        };
        Viewer::new(Who::User { id: 7, verified: true }, false, RuleSet::new(rows.iter().copied()))
    }
}

fn steps() -> impl Strategy<Value = Vec<(Asker, Step)>> {
    let any = any::<u16>().prop_map(usize::from);
    let tag = prop::sample::select(&Tag::ALL[..]);
    let asker = prop_oneof![
        5 => Just(Asker::Superuser),
        3 => prop::sample::select(vec![100_u32, 200]).prop_map(Asker::Admin),
        1 => Just(Asker::Staff),
        1 => Just(Asker::Anybody),
    ];
    let step = prop_oneof![
        8 => (tag.clone(), [any.clone(), any.clone(), any.clone(), any.clone()])
            .prop_map(|(tag, picks)| Step::Create(tag, picks)),
        5 => (tag.clone(), any.clone(), [any.clone(), any.clone(), any.clone()])
            .prop_map(|(tag, pick, picks)| Step::Change(tag, pick, picks)),
        4 => (tag, any.clone()).prop_map(|(tag, pick)| Step::Delete(tag, pick)),
        4 => (any.clone(), prop::option::of(any.clone())).prop_map(|(pick, owner)| Step::Approve(pick, owner)),
        2 => any.clone().prop_map(Step::Deny),
        1 => any.clone().prop_map(Step::Expire),
        3 => (any.clone(), [any.clone(), any.clone(), any]).prop_map(|(pick, picks)| Step::Act(pick, picks)),
    ];
    prop::collection::vec((asker, step), COMMANDS)
}

/// The id of some record of a type; 0, which is nobody's, when there is none.
fn pick(snapshot: &Snapshot, tag: Tag, number: usize) -> u32 {
    let count = snapshot.len(tag);
    let at = if count == 0 { return 0 } else { number % count };
    snapshot.entries(tag).nth(at).map_or(0, |entry| entry.record().id())
}

/// Few names, so that they are often taken, and come back.
fn name(number: usize) -> String {
    ["Alpha", "alpha", "Beta", "Gamma", "Org One", "Fac Two", "Net One"][number % 7].to_owned()
}

const PREFIXES: [&str; 5] =
    ["192.0.2.0/24", "23.128.110.0/24", "23.128.110.0/23", "23.128.112.0/24", "2001:504:1::/64"];
const ADDRESSES: [&str; 5] = ["192.0.2.77", "192.0.2.78", "198.51.100.77", "23.128.110.7", "23.128.111.7"];

fn new_body(snapshot: &Snapshot, tag: Tag, [a, b, c, d]: [usize; 4]) -> Body {
    let any = |tag, number| pick(snapshot, tag, number);
    let org = any(Tag::Org, a);
    let website = "https://new.example/";
    let json = match tag {
        Tag::Org => json!({ "name": name(b), "website": if c.is_multiple_of(2) { website } else { "" } }),
        Tag::Campus | Tag::Carrier => json!({ "org_id": org, "name": name(b), "website": website }),
        Tag::Fac => json!({ "org_id": org, "name": name(b), "address1": "Street 1", "city": "Chicago",
            "country": "US", "zipcode": "60601", "website": website, "suggest": d.is_multiple_of(4) }),
        Tag::Ix => json!({ "org_id": org, "name": name(b), "city": "Chicago", "country": "US",
            "region_continent": "North America", "tech_email": "noc@ix.example", "website": website,
            "prefix": PREFIXES[c % 5], "ixf_ixp_member_list_url": if d.is_multiple_of(2) { website } else { "" } }),
        Tag::Ixlan => json!({ "ix_id": any(Tag::Ix, a) }),
        Tag::Ixpfx => {
            let prefix = PREFIXES[b % 5];
            let protocol = if prefix.contains(':') { "IPv6" } else { "IPv4" };
            json!({ "ixlan_id": any(Tag::Ixlan, a), "protocol": protocol, "prefix": prefix })
        }
        Tag::Net => json!({ "org_id": org, "name": name(b), "asn": 9_000_000 + c % 4, "website": website,
            "suggest": d.is_multiple_of(4) }),
        Tag::Poc => json!({ "net_id": any(Tag::Net, a), "email": "noc@net.example",
            "role": if b.is_multiple_of(2) { "NOC" } else { "Sales" }, "visible": if c.is_multiple_of(2) { "Public" } else { "Users" } }),
        Tag::Carrierfac => json!({ "carrier_id": any(Tag::Carrier, a), "fac_id": any(Tag::Fac, b) }),
        Tag::Netfac => json!({ "net_id": any(Tag::Net, a), "fac_id": any(Tag::Fac, b) }),
        Tag::Ixfac => json!({ "ix_id": any(Tag::Ix, a), "fac_id": any(Tag::Fac, b) }),
        Tag::Netixlan => json!({ "net_id": any(Tag::Net, a), "ixlan_id": any(Tag::Ixlan, b), "speed": 1000,
            "ipaddr4": ADDRESSES[c % 5], "ipaddr6": "" }),
    };
    json.as_object().cloned().unwrap_or_default()
}

/// A stored value as a client sends it: no address is an empty text.
fn sent(field: &str, text: &str) -> Json {
    match serde_json::from_str(text).expect("JSON") {
        Json::Null if field.starts_with("ipaddr") => json!(""),
        value => value,
    }
}

/// The record as a client sends it back, but for one value.
fn changed_body(snapshot: &Snapshot, record: &AnyRecord, [a, b, c]: [usize; 3]) -> Body {
    let table = record.tag().table();
    let writable: Vec<_> = table
        .stored()
        .filter(|(_, field)| matches!(field.api, Api::Write | Api::Required) && field.name != "visible")
        .collect();
    let mut body: Body = writable
        .iter()
        .map(|(position, field)| {
            let mut text = String::new();
            field.write_json(&record.get(*position), &mut text);
            (field.name.to_owned(), sent(field.name, &text))
        })
        .collect();
    let wanted =
        ["name", "org_id", "net_id", "fac_id", "ixlan_id", "prefix", "ipaddr4", "campus_id", "address1"];
    let fitting: Vec<_> = writable.iter().filter(|(_, field)| wanted.contains(&field.name)).collect();
    let Some((_, field)) = fitting.get(a % fitting.len().max(1)) else { return body };
    let value: Json = match (field.kind, field.name) {
        (Kind::Ref(to), _) => json!(pick(snapshot, to, b)),
        (_, "prefix") => json!(PREFIXES[b % 5]),
        (_, "ipaddr4") => json!(ADDRESSES[b % 5]),
        (_, "address1") => json!(format!("Street {}", b % 9)),
        _ => json!(name(b)),
    };
    body.insert(field.name.to_owned(), value);
    if c.is_multiple_of(5) {
        body.remove("website");
    }
    body
}

/// Some record that waits, or some record at all.
fn waiting(snapshot: &Snapshot, number: usize) -> (Tag, u32) {
    let looked_at: Vec<Tag> = Tag::ALL.into_iter().filter(|tag| rules::queue::is_looked_at(*tag)).collect();
    let entries = looked_at.iter().flat_map(|tag| snapshot.entries(*tag)).map(|entry| entry.record());
    let pending: Vec<&AnyRecord> = entries.filter(|record| record.status() == Status::Pending).collect();
    match pending.get(number % pending.len().max(1)) {
        Some(record) => (record.tag(), record.id()),
        None => (Tag::Net, pick(snapshot, Tag::Net, number)),
    }
}

fn command(snapshot: &Snapshot, step: Step) -> Command {
    let any = |tag, number| pick(snapshot, tag, number);
    match step {
        Step::Create(tag, picks) => Command::Create { tag, body: new_body(snapshot, tag, picks) },
        Step::Change(tag, number, picks) => {
            let id = any(tag, number);
            let record = snapshot.record(tag, id);
            let body = record.map(|record| changed_body(snapshot, record, picks)).unwrap_or_default();
            Command::Update { tag, id, body }
        }
        Step::Delete(tag, number) => Command::Delete { tag, id: any(tag, number) },
        Step::Approve(number, owner) => {
            let (tag, id) = waiting(snapshot, number);
            Command::Approve { tag, id, owner: owner.map(|owner| any(Tag::Org, owner)) }
        }
        Step::Deny(number) => {
            let (tag, id) = waiting(snapshot, number);
            Command::Deny { tag, id, reason: String::new() }
        }
        Step::Expire(number) => {
            let (tag, id) = waiting(snapshot, number);
            Command::Expire { tag, id }
        }
        Step::Act(kind, [a, b, _]) => Command::Act(match kind % 6 {
            0 => Action::RequestImport { ix: any(Tag::Ix, a) },
            1 => Action::ApprovePresence { id: any(Tag::Carrierfac, a) },
            2 => Action::RejectPresence { id: any(Tag::Carrierfac, a) },
            3 => Action::AddFacility { campus: any(Tag::Campus, a), fac: any(Tag::Fac, b) },
            4 => Action::RemoveFacility { campus: any(Tag::Campus, a), fac: any(Tag::Fac, b) },
            _ => {
                let side = if b.is_multiple_of(2) { Side::Net } else { Side::Ix };
                Action::SetSide { port: any(Tag::Netixlan, a), side, fac: json!(any(Tag::Fac, b)) }
            }
        }),
    }
}

/// What the world outside says; the number decides whether it says something good.
fn answer(desk: &mut Desk, need: Need, luck: usize) {
    let emails = vec![if luck.is_multiple_of(4) { "x@y.example" } else { "admin@people.example" }.to_owned()];
    let registration = match luck % 5 {
        0 => Registration::Failed("no answer".to_owned()),
        _ => Registration::Found { emails },
    };
    match need {
        Need::Asn(asn) => desk.facts.asns.push((asn, registration)),
        Need::Prefix(prefix) => desk.facts.prefixes.push((prefix, registration)),
        Need::Place(place) => {
            let found = match luck % 3 {
                0 => Err("no answer".to_owned()),
                1 => Ok(None),
                _ => Ok(Some(Point { latitude: 41.88, longitude: -87.63 })),
            };
            desk.facts.places.push((place, found));
        }
        Need::Picture(_) => panic!("no step of these gives a record a logo"),
        Need::Feed(url) => desk.facts.feeds.push((url, Ok(vec![64500, 64501, 64502 + luck as u32 % 2]))),
    }
}

/// What is different between the directory that changes led to, and the one that its records make.
fn difference(grown: &Snapshot) -> Option<String> {
    let records = Tag::ALL.into_iter().flat_map(|tag| grown.entries(tag)).map(|entry| entry.record().clone());
    let built = Snapshot::build(&format!("{PUBLIC_URL}/m/"), records, grown.sequence());
    let (viewer, shape) = (Viewer::superuser(), Shape::default());
    for tag in Tag::ALL {
        let shown = |snapshot: &Snapshot| {
            let mut text = String::new();
            Renderer::new(snapshot, &viewer, &shape)
                .list(snapshot.entries(tag).map(|entry| &**entry), &mut text);
            text
        };
        if shown(grown) != shown(&built) {
            return Some(format!("{tag}: rows look different"));
        }
        for entry in grown.entries(tag) {
            let record = entry.record();
            let told = |snapshot: &Snapshot| answers(snapshot, record);
            if told(grown) != told(&built) {
                return Some(format!("{tag} {}: {} and {}", record.id(), told(grown), told(&built)));
            }
        }
    }
    None
}

/// What the indexes say about the values of a record.
fn answers(snapshot: &Snapshot, record: &AnyRecord) -> String {
    let mut told = Vec::new();
    if let Some(name) = record.value("name").as_text() {
        told.push(format!("{:?}", snapshot.ids_by_name(record.tag(), name)));
    }
    let table = record.tag().table();
    let references = table.stored().filter(|(_, field)| matches!(field.kind, Kind::Ref(_)));
    for (_, field) in references {
        let ids: Vec<u32> = match record.reference(field.name) {
            Some(parent) => snapshot.child_ids(record.tag(), field.name, parent).collect(),
            None => Vec::new(),
        };
        told.push(format!("{}: {ids:?}", field.name));
    }
    match record {
        AnyRecord::Net(net) => told.push(format!("{:?}", snapshot.net_by_asn(net.asn.0).map(AnyRecord::id))),
        AnyRecord::Ixpfx(prefix) => {
            told.push(format!("{:?}", snapshot.prefix(&prefix.prefix).map(AnyRecord::id)));
        }
        AnyRecord::Netixlan(port) => {
            let holders = port.ipaddr4.and_then(|address| snapshot.port_by_address(address.into()));
            told.push(format!("{:?}", holders.map(AnyRecord::id)));
        }
        _ => {}
    }
    told.join(", ")
}

/// How many commands of each outcome there were.
#[derive(Debug, Default)]
struct Count {
    changed: usize,
    refused: usize,
    purged: usize,
    published: usize,
}

fn run(steps: &[(Asker, Step)], luck: usize) -> Result<Count, TestCaseError> {
    let mut desk = Desk::small(|_| {});
    desk.policy.suggestion_org = Some(1234);
    desk.policy.tutorial = true;
    desk.policy.geocoding = luck.is_multiple_of(2);
    desk.policy.approve_exchanges = luck.is_multiple_of(3);
    desk.policy.queue = !luck.is_multiple_of(7);
    let mut count = Count::default();
    for (n, (asker, step)) in steps.iter().enumerate() {
        desk = desk.before(asker.viewer());
        desk.facts = rules::Facts::default();
        let command = command(&desk.snapshot, *step);
        let plan = loop {
            match desk.plan(&command) {
                Err(Stop::Needs(need)) => answer(&mut desk, need, luck.wrapping_add(n)),
                Err(Stop::Rejected(_)) => break None,
                Ok(plan) => break Some(plan),
            }
        };
        let Some(plan) = plan else {
            count.refused += 1;
            continue;
        };
        let before = desk.snapshot.clone();
        desk.apply(&plan);
        count.changed += usize::from(!plan.rows.is_empty());
        count.purged += plan.purged.len();
        count.published += usize::from(matches!(command, Command::Approve { .. }));
        let found = invariants::of_change(&before, &desk.snapshot, &plan);
        prop_assert!(found.is_empty(), "{:?}: {:?}", command, found);
        let found = invariants::of_state(&desk.snapshot);
        prop_assert!(found.is_empty(), "{:?}: {:?}", command, found);
        let different = difference(&desk.snapshot);
        prop_assert!(different.is_none(), "{:?}: {:?}", command, different);
    }
    Ok(count)
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: SEQUENCES, failure_persistence: None, ..ProptestConfig::default() }
}

/// The same sequences each time.
#[test]
fn commands_of_anybody_keep_the_invariants() {
    use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

    let seed = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config(), seed);
    let total = std::cell::RefCell::new(Count::default());
    let ran = runner.run(&(steps(), any::<u16>().prop_map(usize::from)), |(steps, luck)| {
        let count = run(&steps, luck)?;
        let mut total = total.borrow_mut();
        total.changed += count.changed;
        total.refused += count.refused;
        total.purged += count.purged;
        total.published += count.published;
        Ok(())
    });
    ran.unwrap_or_else(|error| panic!("{error}"));
    let total = total.into_inner();
    // A property over commands that are all refused would prove nothing.
    assert!(total.changed > 500 && total.refused > 500, "{total:?}");
    assert!(total.purged > 20 && total.published > 20, "{total:?}");
}
