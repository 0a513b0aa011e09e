//! What new records need, and what comes with them.

use model::access::bits;
use model::{Status, Tag, Value};
use rules::{Command, Effect, Need, Registration, Rejection, Stop};
use serde_json::{Value as Json, json};

use crate::desk::{Desk, keys, text};

fn create(tag: Tag, body: Json) -> Command {
    Command::Create { tag, body: body.as_object().expect("an object").clone() }
}

/// The right to do everything with organization 100 and what is below it.
const OWNER: &[(&str, u8)] = &[("peeringdb.organization.100", bits::ALL)];

fn net(asn: u32) -> Json {
    json!({ "org_id": 100, "name": format!("New {asn}"), "asn": asn, "website": "https://new.example/" })
}

/// `body` with one more key.
fn with(mut body: Json, key: &str, value: Json) -> Json {
    body[key] = value;
    body
}

fn owner() -> Desk {
    let mut desk = Desk::small(|_| {}).with(OWNER);
    let emails = vec!["admin@people.example".to_owned()];
    desk.facts.asns.push((9_000_100, Registration::Found { emails }));
    desk
}

#[test]
fn a_network_is_published_for_whom_its_registry_knows() {
    let mut desk = owner();
    let plan = desk.run(&create(Tag::Net, net(9_000_100)));
    let (tag, id) = plan.subject.expect("a record");
    assert_eq!((tag, desk.status(tag, id)), (Tag::Net, Status::Ok));
    assert_eq!(desk.value(tag, id, "rir_status"), Value::text("pending"));
    assert_eq!((keys(&plan), plan.effects), (vec![(tag, id)], vec![]));
}

#[test]
fn a_network_is_refused_to_whom_its_registry_does_not_know() {
    let mut desk = owner();
    let ask = create(Tag::Net, net(9_000_101));
    assert_eq!(desk.plan(&ask), Err(Stop::Needs(Need::Asn(9_000_101))));
    for (registration, said) in [
        (Registration::NotFound, "asn: This ASN is not assigned by any RIR"),
        (Registration::Failed("status 500".into()), "asn: The registration of this ASN could not"),
        (Registration::Found { emails: vec!["x@y.example".into()] }, "non_field_errors: Your email address"),
    ] {
        desk.facts.asns = vec![(9_000_101, registration)];
        let told = text(&desk.rejection(&ask));
        assert!(told.starts_with(said), "{told}");
    }
}

#[test]
fn numbers_that_cannot_be_registered_are_told_alone_and_without_a_question() {
    let desk = owner();
    for asn in [0_u32, 23456, 64500, 65535, 4_200_000_000] {
        // The name is wrong as well, and not spoken of.
        let told = text(&desk.rejection(&create(Tag::Net, with(net(asn), "name", json!("")))));
        assert!(told.starts_with("asn: ") && !told.contains("name"), "{asn}: {told}");
    }
    for json in [json!("foo"), json!(-5), json!(null), json!([1])] {
        let told = text(&desk.rejection(&create(Tag::Net, with(net(1), "asn", json))));
        assert_eq!(told, "asn: ASN contains invalid value");
    }
    let taken = create(Tag::Net, with(net(64496), "name", json!("Other")));
    let mut desk = owner();
    desk.policy.tutorial = true;
    assert_eq!(text(&desk.rejection(&taken)), "asn: Network with this ASN already exists.");
}

#[test]
fn all_wrong_fields_are_told_together() {
    let told = text(&owner().rejection(&create(
        Tag::Fac,
        json!({ "org_id": 999, "name": "a  b", "city": "", "country": "XX", "clli": "x".repeat(19) }),
    )));
    for field in ["org_id: Invalid pk", "name: Name cannot", "clli: ", "address1: ", "city: ", "country: "] {
        assert!(told.contains(field), "{field} in {told}");
    }
}

#[test]
fn a_facility_has_a_country() {
    for country in [json!(""), json!(null), json!("UK")] {
        let told = text(&owner().rejection(&create(Tag::Fac, with(fac(), "country", country.clone()))));
        assert!(told.starts_with("country: "), "{country}: {told}");
    }
}

#[test]
fn names_are_unique_whatever_their_case_and_accents() {
    let desk = owner();
    for name in ["fac one", "FÄC ONE", " Fac One "] {
        let body = with(fac(), "name", json!(name));
        let told = text(&desk.rejection(&create(Tag::Fac, body)));
        assert_eq!(told, "name: Facility with this Name already exists.");
    }
}

fn fac() -> Json {
    json!({ "org_id": 100, "name": "New Fac", "address1": "Street 1", "city": "Chicago", "country": "US",
            "zipcode": "60601", "website": "https://fac.example/" })
}

#[test]
fn what_is_looked_at_first_waits_in_the_queue() {
    let mut desk = owner();
    let carrier = json!({ "org_id": 100, "name": "New Carrier" });
    for (tag, body) in [(Tag::Fac, fac()), (Tag::Carrier, carrier)] {
        let plan = desk.run(&create(tag, body));
        let (_, id) = plan.subject.expect("a record");
        assert_eq!(desk.status(tag, id), Status::Pending);
        let [Effect::Enqueue(..), Effect::Ticket(ticket)] = &plan.effects[..] else {
            panic!("{:?}", plan.effects);
        };
        assert_eq!(plan.effects[0], Effect::Enqueue(tag, id));
        assert_eq!((ticket.kind, ticket.about, ticket.once_per), ("queue", (tag, id), None));
    }
    // Two facilities publish a campus; nobody has to look at it.
    let plan = desk.run(&create(Tag::Campus, json!({ "org_id": 100, "name": "New Campus" })));
    assert_eq!(
        (desk.status(Tag::Campus, plan.subject.expect("a record").1), plan.effects),
        (Status::Pending, vec![])
    );
}

fn ix() -> Json {
    json!({ "org_id": 100, "name": "New IX", "city": "Chicago", "country": "US", "region_continent": "North America",
            "tech_email": "noc@ix.example", "website": "https://ix.example/", "prefix": "23.128.110.0/24" })
}

#[test]
fn an_exchange_comes_with_its_lan_and_prefix() {
    let mut desk = owner();
    let ask = with(ix(), "ixf_ixp_member_list_url", json!("https://ix.example/members.json"));
    let plan = desk.run(&create(Tag::Ix, ask));
    let (_, id) = plan.subject.expect("a record");
    let prefix = plan.rows[2].id();
    assert_eq!(keys(&plan), [(Tag::Ix, id), (Tag::Ixlan, id), (Tag::Ixpfx, prefix)]);
    assert!(plan.rows.iter().all(|row| row.status() == Status::Pending));
    assert_eq!(plan.extras.keys, [("ixlan_id", id), ("ixpfx_id", prefix)]);
    assert_eq!(desk.value(Tag::Ixpfx, prefix, "protocol"), Value::text("IPv4"));
    // What was sent is kept for the day on which somebody looks at it.
    let url = desk.value(Tag::Ixlan, id, "ixf_ixp_member_list_url");
    assert_eq!(url, Value::text("https://ix.example/members.json"));
}

#[test]
fn the_member_list_of_a_new_exchange_has_a_url() {
    let ask = create(Tag::Ix, with(ix(), "ixf_ixp_member_list_url", json!("nourl")));
    assert_eq!(text(&owner().rejection(&ask)), "ixf_ixp_member_list_url: Enter a valid URL.");
}

#[test]
fn prefixes_of_new_exchanges_are_public_of_fitting_length_and_free() {
    let desk = Desk::small(|world| {
        world.add(Tag::Ixpfx, 40, json!({ "ixlan_id": 12, "protocol": "IPv4", "prefix": "23.128.0.0/23" }));
    })
    .with(OWNER);
    for (prefix, said) in [
        ("10.0.0.0/24", "prefix: Address space invalid"),
        ("23.128.110.0/29", "prefix: Minimum allowed prefix length is 28"),
        ("23.128.0.0/17", "prefix: Maximum allowed prefix length is 18"),
        ("23.128.110.1/24", "prefix: "),
        ("23.128.0.0/23", "prefix: This field must be unique."),
        ("23.128.1.0/24", "prefix: Prefix overlaps with prefix 23.128.0.0/23 on IXP 'IX Two'"),
        ("", "prefix: This field is required."),
    ] {
        let told = text(&desk.rejection(&create(Tag::Ix, with(ix(), "prefix", json!(prefix)))));
        assert!(told.starts_with(said), "{prefix}: {told}");
    }
    let body = json!({ "ixlan_id": 11, "protocol": "IPv4", "prefix": "23.128.1.0/24" });
    let told = text(&desk.rejection(&create(Tag::Ixpfx, body)));
    assert!(told.contains("overlaps with prefix 23.128.0.0/23"), "{told}");
}

fn port() -> Json {
    json!({ "net_id": 10, "ixlan_id": 11, "speed": 10000, "ipaddr4": "192.0.2.20", "ipaddr6": "" })
}

#[test]
fn a_port_counts_for_network_and_exchange() {
    let mut desk = owner();
    let before = desk.value(Tag::Net, 10, "netixlan_updated").into_owned();
    let body = with(with(port(), "ipaddr6", json!("")), "asn", json!(1));
    let plan = desk.run(&create(Tag::Netixlan, body));
    let (_, id) = plan.subject.expect("a record");
    assert_eq!(desk.value(Tag::Netixlan, id, "asn"), Value::Int(64496));
    assert_eq!(desk.value(Tag::Netixlan, id, "ipaddr6"), Value::Null);
    assert_ne!(desk.value(Tag::Net, 10, "netixlan_updated"), before);
}

#[test]
fn ports_lie_in_prefixes_of_their_lan_and_nobody_shares_them() {
    let desk = owner();
    for (key, value, said) in [
        ("ipaddr4", json!("198.51.100.7"), "ipaddr4: IPv4 address outside of prefix"),
        ("ipaddr4", json!("192.0.2.0"), "ipaddr4: IPv4 address outside of prefix"),
        ("ipaddr4", json!("192.0.2.255"), "ipaddr4: IPv4 address outside of prefix"),
        ("ipaddr6", json!("2001:db8:0:2::1"), "ipaddr6: IPv6 address outside of prefix"),
        ("ipaddr4", json!("192.0.2.11"), "ipaddr4: IP already exists"),
        ("speed", json!(49), "speed: Minimum speed: 50M"),
        ("speed", json!(5_000_001), "speed: Maximum speed: 5T"),
        ("net_side_id", json!(42), "net_side_id: The facility is not one of the network's"),
    ] {
        let told = text(&desk.rejection(&create(Tag::Netixlan, with(port(), key, value.clone()))));
        assert_eq!(told, said, "{key} {value}");
    }
    let told =
        text(&desk.rejection(&create(
            Tag::Netixlan,
            with(with(port(), "ipaddr4", json!("")), "ipaddr6", json!("")),
        )));
    assert_eq!(told, "ipaddr4: Input required for IPv4 or IPv6; ipaddr6: Input required for IPv4 or IPv6");
}

#[test]
fn ports_need_a_network_that_can_be_reached() {
    let desk = Desk::small(|world| {
        let pocs: Vec<u32> = world.of(Tag::Poc).iter().map(|poc| poc.id()).collect();
        for id in pocs {
            world.change(Tag::Poc, id, json!({ "role": "Abuse" }));
        }
    })
    .with(OWNER);
    let told = text(&desk.rejection(&create(Tag::Netixlan, port())));
    assert!(told.starts_with("non_field_errors: Network must have a Technical"), "{told}");
}

#[test]
fn nothing_is_made_below_what_is_not_published() {
    let mut desk = Desk::small(|world| {
        world.change(Tag::Fac, 42, json!({ "status": "pending" }));
    });
    for (tag, body, said) in [
        (
            Tag::Carrier,
            json!({ "org_id": 300, "name": "N", "website": "https://n.example" }),
            "'org/300' has not yet",
        ),
        (Tag::Netfac, json!({ "net_id": 10, "fac_id": 42 }), "'fac/42' has not yet been approved"),
    ] {
        let told = text(&desk.rejection(&create(tag, body)));
        assert!(told.contains(said), "{told}");
    }
    desk.delete(Tag::Netixlan, 81);
    desk.delete(Tag::Netixlan, 82);
    desk.delete(Tag::Ixfac, 92);
    desk.delete(Tag::Ix, 11);
    let told = text(&desk.rejection(&create(Tag::Ixfac, json!({ "ix_id": 11, "fac_id": 41 }))));
    assert!(told.contains("'ix/11' has been marked as deleted"), "{told}");
}

#[test]
fn making_needs_the_right_after_the_values_are_right() {
    let bodies = [
        (Tag::Netfac, json!({ "net_id": 11, "fac_id": 41 })),
        (Tag::Ixpfx, json!({ "ixlan_id": 12, "protocol": "IPv4", "prefix": "23.128.111.0/24" })),
        (Tag::Carrier, json!({ "org_id": 200, "name": "N", "website": "https://n.example" })),
        (Tag::Org, json!({ "name": "N" })),
    ];
    let desk = owner();
    for (tag, body) in bodies {
        assert_eq!(desk.rejection(&create(tag, body.clone())), Rejection::Forbidden, "{tag}");
        let wrong = desk.rejection(&create(tag, with(body, "name", json!(["x"]))));
        let is_named = tag.table().field("name").is_some_and(|field| field.is_stored());
        assert_eq!(matches!(wrong, Rejection::Invalid(_)), is_named, "{tag}");
    }
}

#[test]
fn nobody_is_asked_about_anything_for_those_who_may_not_create_it() {
    let desk = Desk::small(|_| {}).with(&[("peeringdb.organization", bits::READ)]);
    assert_eq!(desk.rejection(&create(Tag::Net, net(9_000_101))), Rejection::Forbidden);
}

#[test]
fn suggested_facilities_have_a_website_of_their_own() {
    let mut desk = Desk::small(|world| {
        world.change(Tag::Org, 1234, json!({ "website": "https://suggestions.example/" }));
    });
    desk.policy.suggestion_org = Some(1234);
    let ask = create(Tag::Fac, with(with(fac(), "suggest", json!(true)), "website", json!("")));
    assert_eq!(text(&desk.rejection(&ask)), "website: Website required");
}

#[test]
fn suggestions_belong_to_their_own_organization_and_wait() {
    let mut desk = Desk::small(|_| {}).with(&[("peeringdb.organization.1234", bits::CREATE)]);
    desk.policy.suggestion_org = Some(1234);
    let mut body = with(fac(), "suggest", json!(true));
    let plan = desk.run(&create(Tag::Fac, body.clone()));
    let (_, id) = plan.subject.expect("a record");
    assert_eq!(desk.record(Tag::Fac, id).reference("org_id"), Some(1234));
    body["suggest"] = json!(false);
    body["name"] = json!("Other");
    assert_eq!(desk.rejection(&create(Tag::Fac, body)), Rejection::Forbidden);
}
