//! What becomes of deleted records whose values are wanted again (data-model specification, 6).

use model::{Status, Tag, Value};
use rules::{Command, Rejection};
use serde_json::{Value as Json, json};

use crate::desk::{Desk, keys, text};

fn create(tag: Tag, body: Json) -> Command {
    Command::Create { tag, body: body.as_object().expect("an object").clone() }
}

fn without(tag: Tag, id: u32) -> Desk {
    let mut desk = Desk::small(|_| {});
    desk.delete(tag, id);
    desk
}

#[test]
fn names_of_organizations_carriers_and_campuses_bring_the_record_back() {
    let mut desk = without(Tag::Carrier, 51);
    let created = desk.record(Tag::Carrier, 51).created();
    let body = json!({ "org_id": 200, "name": "CARRIER ONE", "website": "https://c.example/" });
    let plan = desk.run(&create(Tag::Carrier, body));
    assert_eq!(plan.subject, Some((Tag::Carrier, 51)));
    assert_eq!(
        (desk.status(Tag::Carrier, 51), desk.record(Tag::Carrier, 51).created()),
        (Status::Pending, created)
    );
    let mut desk = without(Tag::Campus, 61);
    let plan = desk.run(&create(Tag::Campus, json!({ "org_id": 100, "name": "Campus One" })));
    assert_eq!(plan.subject, Some((Tag::Campus, 61)));
}

#[test]
fn names_of_facilities_are_given_up_by_the_deleted_one() {
    let mut desk = Desk::small(|world| {
        world.add(Tag::Fac, 49, json!({ "org_id": 100, "name": "Gone", "status": "deleted" }));
    });
    let body = json!({ "org_id": 100, "name": "gone", "address1": "S 1", "city": "C", "country": "US",
        "zipcode": "1", "website": "https://f.example/" });
    let plan = desk.run(&create(Tag::Fac, body));
    let (_, id) = plan.subject.expect("a record");
    // The name has to be free before it is taken.
    assert_eq!(keys(&plan), [(Tag::Fac, 49), (Tag::Fac, id)]);
    assert_eq!(desk.value(Tag::Fac, 49, "name"), Value::text("Gone #49"));
    assert_eq!(desk.status(Tag::Fac, 49), Status::Deleted);
}

#[test]
fn the_name_that_a_deleted_record_gets_is_free() {
    let mut desk = Desk::small(|world| {
        world
            .add(Tag::Carrier, 58, json!({ "org_id": 100, "name": "Gone #49" }))
            .add(Tag::Fac, 48, json!({ "org_id": 100, "name": "gone #49", "status": "deleted" }))
            .add(Tag::Fac, 49, json!({ "org_id": 100, "name": "Gone", "status": "deleted" }));
    });
    let body = json!({ "org_id": 100, "name": "Gone", "address1": "S 1", "city": "C", "country": "US",
        "zipcode": "1", "website": "https://f.example/" });
    desk.run(&create(Tag::Fac, body));
    assert_eq!(desk.value(Tag::Fac, 49, "name"), Value::text("Gone #49 #49"));
}

#[test]
fn an_organization_that_comes_back_keeps_its_rules_for_members() {
    let mut desk = Desk::small(|world| {
        let rules = json!({ "name": "Gone", "status": "deleted", "restrict_user_emails": true, "org_flags": 5,
            "latitude": 1.0, "longitude": 1.0, "notes": "old" });
        world.add(Tag::Org, 400, rules);
    });
    let plan = desk.run(&create(Tag::Org, json!({ "name": "Gone" })));
    assert_eq!(plan.subject, Some((Tag::Org, 400)));
    assert_eq!(desk.value(Tag::Org, 400, "restrict_user_emails"), Value::Bool(true));
    assert_eq!(desk.value(Tag::Org, 400, "org_flags"), Value::Int(5));
    assert!(desk.value(Tag::Org, 400, "latitude").is_null());
    assert_eq!(desk.value(Tag::Org, 400, "notes"), Value::text(""));
}

#[test]
fn names_of_deleted_records_are_no_names_for_an_update() {
    let desk = Desk::small(|world| {
        world.add(Tag::Carrier, 59, json!({ "org_id": 100, "name": "Gone", "status": "deleted" }));
    });
    let body = json!({ "org_id": 100, "name": "Gone" }).as_object().expect("an object").clone();
    let told = text(&desk.rejection(&Command::Update { tag: Tag::Carrier, id: 51, body }));
    assert_eq!(told, "name: Carrier with this Name already exists.");
}

#[test]
fn the_number_of_a_deleted_network_stays_with_it() {
    let mut desk = without(Tag::Net, 10);
    desk.policy.tutorial = true;
    desk.policy.support = "help@directory.example".into();
    let body = json!({ "org_id": 100, "name": "Again", "asn": 64496, "website": "https://n.example/" });
    let Rejection::Invalid(errors) = desk.rejection(&create(Tag::Net, body)) else { panic!("values") };
    let said = format!("{:?}", errors.iter().collect::<Vec<_>>());
    assert!(said.contains("asn-deleted") && said.contains("help@directory.example"), "{said}");
}

#[test]
fn links_come_back_with_their_ids() {
    for (tag, id, body) in [
        (Tag::Netfac, 91, json!({ "net_id": 10, "fac_id": 41 })),
        (Tag::Ixfac, 92, json!({ "ix_id": 11, "fac_id": 41 })),
        (Tag::Carrierfac, 93, json!({ "carrier_id": 51, "fac_id": 41 })),
    ] {
        let mut desk = Desk::small(|_| {});
        let taken = text(&desk.rejection(&create(tag, body.clone())));
        assert!(taken.starts_with("non_field_errors: The fields "), "{taken}");
        desk.delete(tag, id);
        let plan = desk.run(&create(tag, body));
        assert_eq!((plan.subject, desk.status(tag, id)), (Some((tag, id)), Status::Ok));
    }
}

#[test]
fn a_carrier_that_comes_back_to_somebody_elses_facility_waits() {
    let mut desk = Desk::small(|world| {
        world.add(Tag::Carrierfac, 94, json!({ "carrier_id": 51, "fac_id": 42, "status": "deleted" }));
    });
    desk.run(&create(Tag::Carrierfac, json!({ "carrier_id": 51, "fac_id": 42 })));
    assert_eq!(desk.status(Tag::Carrierfac, 94), Status::Pending);
}

#[test]
fn prefixes_come_back_under_another_lan() {
    let mut desk = Desk::small(|world| {
        let gone =
            json!({ "ixlan_id": 12, "protocol": "IPv4", "prefix": "23.128.96.0/24", "status": "deleted" });
        world.add(Tag::Ixpfx, 40, gone);
    });
    let body = json!({ "ixlan_id": 11, "protocol": "IPv4", "prefix": "23.128.96.0/24" });
    let plan = desk.run(&create(Tag::Ixpfx, body));
    assert_eq!(plan.subject, Some((Tag::Ixpfx, 40)));
    assert_eq!(desk.record(Tag::Ixpfx, 40).reference("ixlan_id"), Some(11));
}

fn deleted_ports() -> Desk {
    let port = |four: Json, six: Json| {
        json!({ "net_id": 11, "ixlan_id": 11, "asn": 64497, "speed": 100, "ipaddr4": four, "ipaddr6": six,
                "status": "deleted" })
    };
    Desk::small(|world| {
        world.add(Tag::Netixlan, 85, port(json!("192.0.2.50"), json!(null))).add(
            Tag::Netixlan,
            86,
            port(json!("192.0.2.51"), json!("2001:db8:0:1::50")),
        );
    })
}

#[test]
fn addresses_of_deleted_ports_are_taken_over() {
    let mut desk = deleted_ports();
    let body = json!({ "net_id": 10, "ixlan_id": 11, "speed": 100, "ipaddr4": "192.0.2.50",
        "ipaddr6": "2001:db8:0:1::50" });
    let plan = desk.run(&create(Tag::Netixlan, body));
    assert_eq!(plan.subject, Some((Tag::Netixlan, 85)));
    assert_eq!(desk.record(Tag::Netixlan, 85).reference("net_id"), Some(10));
    assert_eq!(desk.value(Tag::Netixlan, 86, "ipaddr6"), Value::Null);
    assert_eq!(desk.value(Tag::Netixlan, 86, "ipaddr4"), Value::text("192.0.2.51"));
}

#[test]
fn an_update_takes_an_address_from_a_deleted_port() {
    let mut desk = deleted_ports();
    let body = json!({ "net_id": 10, "ixlan_id": 11, "speed": 100, "ipaddr4": "192.0.2.51", "ipaddr6": "" });
    let body = body.as_object().expect("an object").clone();
    let plan = desk.run(&Command::Update { tag: Tag::Netixlan, id: 81, body });
    assert_eq!(keys(&plan)[..2], [(Tag::Netixlan, 86), (Tag::Netixlan, 81)]);
    assert_eq!(desk.value(Tag::Netixlan, 86, "ipaddr4"), Value::Null);
}
