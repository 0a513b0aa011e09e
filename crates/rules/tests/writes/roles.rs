//! Who may do what with which record, worked out by the planners and compared with a file that people can read.
//!
//! The file is `tests/golden/permissions.txt`. After a wanted change the test writes what it found and says where: look
//! at the differences, and copy it over.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use model::access::{RuleSet, Viewer, Who, bits};
use model::field::Api;
use model::{AnyRecord, Status, Tag};
use rules::{Action, Body, Command, Registration, Rejection, Side, Stop, permission};
use serde_json::{Value as Json, json};
use testkit::World;

use crate::desk::Desk;

/// The organization whose people ask, and another one.
const OWN: u32 = 100;
const FOREIGN: u32 = 200;

const ROLES: [&str; 12] = [
    "anonymous",
    "unverified",
    "verified",
    "member",
    "member+net",
    "member+fac",
    "admin",
    "readkey",
    "orgkey",
    "other",
    "staff",
    "superuser",
];

/// Rows of the general groups, and of the groups of an organization, as shipped (accounts specification, 18.3).
const GUEST: &[(&str, u8)] = &[
    ("peeringdb.organization", 1),
    ("peeringdb.organization.*.internetexchange.*.ixf_ixp_member_list_url.public", 1),
];
const USER: &[(&str, u8)] = &[
    ("peeringdb.organization", 1),
    ("peeringdb.organization.*.network.*.poc_set.users", 1),
    ("peeringdb.organization.*.internetexchange.*.ixf_ixp_member_list_url.public", 1),
    ("peeringdb.organization.*.internetexchange.*.ixf_ixp_member_list_url.users", 1),
];
const OF_ORG: [&str; 3] =
    ["", ".network.*.poc_set.private", ".internetexchange.*.ixf_ixp_member_list_url.private"];

type Rows = Vec<(String, u8)>;

fn rows(fixed: &[(&str, u8)]) -> Rows {
    fixed.iter().map(|(name, bits)| ((*name).to_owned(), *bits)).collect()
}

fn of_org(org: u32, bits: u8) -> Rows {
    OF_ORG.iter().map(|rest| (format!("peeringdb.organization.{org}{rest}"), bits)).collect()
}

fn viewer(role: &str) -> Viewer {
    let (member, admin) = (of_org(OWN, bits::READ), of_org(OWN, bits::ALL));
    let person = Who::User { id: 7, verified: true };
    let (who, own, general) = match role {
        "anonymous" => (Who::Anonymous, vec![], GUEST),
        "unverified" => (Who::User { id: 7, verified: false }, vec![], GUEST),
        "verified" => (person, vec![], USER),
        "member" => (person, member, USER),
        "member+net" => {
            (person, [rows(&[("peeringdb.organization.100.network.1000", 15)]), member].concat(), USER)
        }
        "member+fac" => {
            (person, [rows(&[("peeringdb.organization.100.facility", 5)]), member].concat(), USER)
        }
        "admin" | "readkey" => (person, admin, USER),
        "orgkey" => {
            let own = rows(&[("peeringdb.organization.100.internetexchange", 15)]);
            (Who::Org { id: OWN }, [own, member].concat(), USER)
        }
        "other" => (person, of_org(FOREIGN, bits::ALL), USER),
        "staff" => (person, rows(&[("peeringdb.verification_queue", 15)]), USER),
        "superuser" => return Viewer::superuser(),
        other => panic!("nobody is called {other}"),
    };
    let all = [own, rows(general)].concat();
    let viewer = Viewer::new(who, false, RuleSet::new(all.iter().map(|(name, bits)| (name.as_str(), *bits))));
    if role == "readkey" { viewer.limited_to(bits::READ) } else { viewer }
}

const STATUSES: [&str; 3] = ["ok", "pending", "deleted"];

/// One of everything in every status, for each of two organizations: those of the first have ids from 1000 on, those of
/// the second from 2000 on, and the status says which of three it is.
fn world() -> World {
    let mut world = World::empty();
    world
        .add(Tag::Org, OWN, json!({ "name": "Own", "website": "https://own.example/" }))
        .add(Tag::Org, FOREIGN, json!({ "name": "Foreign", "website": "https://foreign.example/" }))
        .add(Tag::Org, 300, json!({ "name": "Pending", "status": "pending" }))
        .add(Tag::Org, 400, json!({ "name": "Deleted", "status": "deleted" }));
    for (org, base, octet) in [(OWN, 1000, 1), (FOREIGN, 2000, 2)] {
        for (n, status) in (0..).zip(STATUSES) {
            owned(&mut world, org, base + n, status);
        }
        parts(&mut world, org, base, octet);
        for (n, status) in (0..).zip(STATUSES) {
            linked(&mut world, base, n, status);
        }
    }
    world
}

fn owned(world: &mut World, org: u32, id: u32, status: &str) {
    let name = |what: &str| format!("{what} {id}");
    world
        .add(Tag::Campus, id, json!({ "org_id": org, "name": name("Campus"), "status": status }))
        .add(
            Tag::Fac,
            id,
            json!({ "org_id": org, "name": name("Fac"), "status": status, "address1": "Street 1", "city": "Chicago",
                "country": "US", "zipcode": "60601", "latitude": 41.88, "longitude": -87.63 }),
        )
        .add(
            Tag::Ix,
            id,
            json!({ "org_id": org, "name": name("IX"), "status": status, "city": "Chicago", "country": "US",
                "region_continent": "North America", "tech_email": "noc@ix.example" }),
        )
        .add(
            Tag::Ixlan,
            id,
            json!({ "ix_id": id, "status": status, "ixf_ixp_member_list_url": "https://own.example/list.json",
                "ixf_ixp_member_list_url_visible": "Private" }),
        )
        .add(Tag::Net, id, json!({ "org_id": org, "name": name("Net"), "asn": 70_000 + id, "status": status }))
        .add(Tag::Carrier, id, json!({ "org_id": org, "name": name("Carrier"), "status": status }));
}

fn parts(world: &mut World, org: u32, base: u32, octet: u32) {
    for n in 10..14 {
        let id = base + n;
        world.add(
            Tag::Fac,
            id,
            json!({ "org_id": org, "name": format!("Site {id}"), "latitude": 41.88, "longitude": -87.63 }),
        );
    }
    for (n, prefix, status) in [
        (0, format!("23.{octet}.0.0/24"), "ok"),
        (1, format!("23.{octet}.1.0/24"), "pending"),
        (2, format!("23.{octet}.2.0/24"), "deleted"),
    ] {
        let lan = if n == 1 { base + 1 } else { base };
        let fields = json!({ "ixlan_id": lan, "protocol": "IPv4", "prefix": prefix, "status": status });
        world.add(Tag::Ixpfx, base + n, fields);
    }
    for (n, visible) in [(0, "Public"), (1, "Users"), (2, "Private")] {
        for (m, status) in [(0, "ok"), (10, "deleted")] {
            world.add(
                Tag::Poc,
                base + n + m,
                json!({ "net_id": base, "role": "NOC", "email": "noc@net.example", "visible": visible,
                    "status": status }),
            );
        }
    }
}

/// Links of the first record of each type: to a site, and to an address of the LAN, for each status.
fn linked(world: &mut World, base: u32, n: u32, status: &str) {
    let (id, site) = (base + n, base + 10 + n);
    let octet = base / 1000;
    world
        .add(Tag::Netfac, id, json!({ "net_id": base, "fac_id": site, "status": status }))
        .add(Tag::Ixfac, id, json!({ "ix_id": base, "fac_id": site, "status": status }))
        .add(Tag::Carrierfac, id, json!({ "carrier_id": base, "fac_id": site, "status": status }))
        .add(
            Tag::Netixlan,
            id,
            json!({ "net_id": base, "ixlan_id": base, "asn": 70_000 + base, "speed": 10000,
                "ipaddr4": format!("23.{octet}.0.{}", 10 + n), "status": status }),
        );
}

/// What is sent for a new record of an organization.
fn creation(tag: Tag, org: u32) -> Json {
    let base = org * 10;
    let site = base + 13;
    let owned = json!({ "org_id": org, "name": "New", "website": "https://new.example/" });
    let with = |more: Json| {
        let mut body = owned.clone();
        body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        body
    };
    match tag {
        Tag::Org => json!({ "name": "New" }),
        Tag::Campus | Tag::Carrier => owned,
        Tag::Fac => {
            with(json!({ "address1": "Street 1", "city": "Chicago", "country": "US", "zipcode": "60601" }))
        }
        Tag::Ix => with(json!({ "city": "Chicago", "country": "US", "region_continent": "North America",
            "tech_email": "noc@ix.example", "prefix": "23.128.110.0/24" })),
        Tag::Ixlan => json!({ "ix_id": base }),
        Tag::Ixpfx => json!({ "ixlan_id": base, "protocol": "IPv4", "prefix": "23.128.111.0/24" }),
        Tag::Net => with(json!({ "asn": 9_000_100 })),
        Tag::Poc => {
            json!({ "net_id": base, "role": "Sales", "email": "sales@net.example", "visible": "Public" })
        }
        Tag::Carrierfac => json!({ "carrier_id": base, "fac_id": site }),
        Tag::Netfac => json!({ "net_id": base, "fac_id": site }),
        Tag::Ixfac => json!({ "ix_id": base, "fac_id": site }),
        Tag::Netixlan => json!({ "net_id": base, "ixlan_id": base, "speed": 1000, "ipaddr6": "",
            "ipaddr4": format!("23.{}.0.99", org / 100) }),
    }
}

fn body(json: Json) -> Body {
    json.as_object().cloned().unwrap_or_default()
}

/// A stored value as a client sends it: no address is an empty text.
fn sent(field: &str, text: &str) -> Json {
    match serde_json::from_str(text).expect("JSON") {
        Json::Null if field.starts_with("ipaddr") => json!(""),
        value => value,
    }
}

/// The values of a record as a client sends them back.
fn echo(record: &AnyRecord) -> Body {
    let table = record.tag().table();
    let writable = table.stored().filter(|(_, field)| matches!(field.api, Api::Write | Api::Required));
    // Nobody can make a contact private any more.
    let writable = writable.filter(|(_, field)| field.name != "visible");
    writable
        .map(|(position, field)| {
            let mut text = String::new();
            field.write_json(&record.get(position), &mut text);
            (field.name.to_owned(), sent(field.name, &text))
        })
        .collect()
}

/// The outcome of a command in a word.
fn outcome(desk: &Desk, command: &Command) -> &'static str {
    match desk.plan(command) {
        Ok(plan) if plan.subject.is_none() => "gone",
        Ok(_) => "yes",
        Err(Stop::Needs(need)) => panic!("{command:?} needs {need:?}"),
        Err(Stop::Rejected(rejection)) => match rejection {
            Rejection::Invalid(_) => "400",
            Rejection::Refused(_) => "no",
            Rejection::NotYours => "401",
            Rejection::Forbidden | Rejection::ForbiddenBecause(_) => "403",
            Rejection::Protected(_) => "kept",
            Rejection::NotFound(_) | Rejection::NotFoundBecause(_) => "404",
        },
    }
}

/// The outcome for somebody.
type Ask = Box<dyn Fn(&Desk, &Viewer) -> &'static str>;

/// What is done, with what.
struct Case {
    name: String,
    ask: Ask,
}

fn case(name: impl Into<String>, ask: impl Fn(&Desk, &Viewer) -> &'static str + 'static) -> Case {
    Case { name: name.into(), ask: Box::new(ask) }
}

fn commanded(name: impl Into<String>, command: Command) -> Case {
    case(name, move |desk, _| outcome(desk, &command))
}

const fn yes(may: bool) -> &'static str {
    if may { "yes" } else { "-" }
}

/// What can be done with a record, whoever it belongs to.
fn cases_of(record: &AnyRecord, called: &str) -> Vec<Case> {
    let (tag, id) = (record.tag(), record.id());
    let about = |action: &str| format!("{action:<16} {called}");
    let mut cases = vec![
        case(about("read"), move |desk, viewer| yes(desk.snapshot.may_read(viewer, desk.record(tag, id)))),
        commanded(about("update"), Command::Update { tag, id, body: echo(record) }),
        commanded(about("delete"), Command::Delete { tag, id }),
    ];
    let logo = |any: u8| {
        move |desk: &Desk, _: &Viewer| {
            yes(desk.ask(|context| permission::has_any(context, desk.record(tag, id), any)))
        }
    };
    if tag.table().position("logo").is_some() && record.status() != Status::Deleted {
        cases.push(case(about("set logo"), logo(bits::CREATE | bits::UPDATE)));
        cases.push(case(about("delete logo"), logo(bits::DELETE)));
    }
    if rules::queue::is_looked_at(tag) {
        cases.push(commanded(about("approve"), Command::Approve { tag, id, owner: None }));
        cases.push(commanded(about("deny"), Command::Deny { tag, id, reason: String::new() }));
        cases.push(commanded(about("expire"), Command::Expire { tag, id }));
    }
    cases.extend(acts(record).into_iter().map(|(action, act)| commanded(about(action), Command::Act(act))));
    if tag == Tag::Ixlan {
        cases.push(case(about("read feed url"), move |desk, viewer| {
            yes(desk.snapshot.sees_feed_url(viewer, desk.record(tag, id)))
        }));
    }
    cases
}

fn acts(record: &AnyRecord) -> Vec<(&'static str, Action)> {
    let id = record.id();
    let base = id - id % 1000;
    let side = |side, fac: u32| Action::SetSide { port: id, side, fac: json!(fac) };
    match record.tag() {
        Tag::Ix => vec![("request import", Action::RequestImport { ix: id })],
        Tag::Carrierfac => vec![
            ("approve presence", Action::ApprovePresence { id }),
            ("reject presence", Action::RejectPresence { id }),
        ],
        Tag::Campus => vec![
            ("add facility", Action::AddFacility { campus: id, fac: base + 10 }),
            ("remove facility", Action::RemoveFacility { campus: id, fac: base + 10 }),
        ],
        Tag::Netixlan => {
            vec![("set net side", side(Side::Net, base + 10)), ("set ix side", side(Side::Ix, base + 10))]
        }
        _ => Vec::new(),
    }
}

fn called(record: &AnyRecord, whose: &str) -> String {
    let status = record.status().as_str();
    match record {
        AnyRecord::Poc(poc) => format!("{whose} {status} poc, {}", poc.visible.as_str()),
        record => format!("{whose} {status} {}", record.tag()),
    }
}

fn cases(desk: &Desk) -> Vec<Case> {
    let mut cases = Vec::new();
    for tag in Tag::ALL {
        for (whose, org) in [("own", OWN), ("foreign", FOREIGN)] {
            let create = Command::Create { tag, body: body(creation(tag, org)) };
            if tag != Tag::Org || org == OWN {
                cases.push(commanded(format!("{:<16} {whose} {tag}", "create"), create));
            }
        }
        for entry in desk.snapshot.entries(tag) {
            let record = entry.record();
            let whose = if desk.snapshot.owner(record) == OWN { "own" } else { "foreign" };
            let is_site = tag == Tag::Fac && record.id() % 1000 >= 10;
            if !is_site {
                cases.extend(cases_of(record, &called(record, whose)));
            }
        }
    }
    cases
}

fn table() -> String {
    let mut desk = Desk::of(world().recount());
    let emails = vec!["admin@people.example".to_owned()];
    desk.facts.asns.push((9_000_100, Registration::Found { emails }));
    let desks: Vec<(Viewer, Desk)> =
        ROLES.iter().map(|role| (viewer(role), desk.clone().before(viewer(role)))).collect();
    let mut text = String::from(
        "# Who may do what with which record. Made by crates/rules/tests/writes/roles.rs.\n\
         # yes: it is done; -: it is not shown; 401, 403: the right is missing; 404: there is no such record;\n\
         # 400: the values are refused to those who have the right; no: a rule refuses it to everybody;\n\
         # kept: something below it stands in the way.\n\n",
    );
    let _ = write!(text, "{:<46}", "");
    ROLES.iter().for_each(|role| {
        let _ = write!(text, " {role:>10}");
    });
    text.push('\n');
    for Case { name, ask } in cases(&desk) {
        let _ = write!(text, "{name:<46}");
        for (viewer, desk) in &desks {
            let _ = write!(text, " {:>10}", ask(desk, viewer));
        }
        text.push('\n');
    }
    text
}

#[test]
fn rights_are_as_they_were() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/permissions.txt");
    let known = fs::read_to_string(&golden).unwrap_or_default();
    let found = table();
    if known == found {
        return;
    }
    let written = Path::new(env!("CARGO_TARGET_TMPDIR")).join("permissions.txt");
    fs::write(&written, &found).expect("writable");
    let changed = found.lines().filter(|line| !known.lines().any(|old| old == *line));
    let changed: Vec<&str> = changed.take(20).collect();
    panic!(
        "rights have changed:\n{}\nIf that is wanted: cp {} {}",
        changed.join("\n"),
        written.display(),
        golden.display()
    );
}
