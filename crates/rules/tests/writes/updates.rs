//! What may become of a record.

use model::access::bits;
use model::{Status, Tag, Value};
use rules::{Command, Need, Place, Rejection, Stop};
use serde_json::{Value as Json, json};

use crate::desk::{Desk, text};

const OWNER: &[(&str, u8)] = &[("peeringdb.organization.100", bits::ALL)];

fn update(tag: Tag, id: u32, body: Json) -> Command {
    Command::Update { tag, id, body: body.as_object().expect("an object").clone() }
}

fn owner() -> Desk {
    Desk::small(|_| {}).with(OWNER)
}

#[test]
fn what_is_not_named_stays_and_the_record_gets_a_new_version() {
    let mut desk = owner();
    let before = desk.record(Tag::Net, 10).clone();
    let same = json!({ "org_id": 100, "name": before.value("name").as_text(), "asn": 64496 });
    let plan = desk.run(&update(Tag::Net, 10, same));
    assert_eq!(plan.rows.len(), 1);
    let after = desk.record(Tag::Net, 10);
    assert!(after.updated() > before.updated() && after.created() == before.created());
    for (position, field) in Tag::Net.table().stored() {
        if !["updated", "version", "status_dashboard"].contains(&field.name) {
            assert_eq!(after.get(position), before.get(position), "{}", field.name);
        }
    }
}

#[test]
fn required_fields_are_needed_again_and_some_fall_back() {
    let desk = owner();
    let told = text(&desk.rejection(&update(Tag::Netixlan, 81, json!({ "notes": "x" }))));
    for field in ["net_id", "ixlan_id", "ipaddr4", "ipaddr6", "speed"] {
        assert!(told.contains(&format!("{field}: This field is required.")), "{told}");
    }
    let mut desk = owner();
    desk.run(&update(Tag::Ixlan, 11, json!({ "ix_id": 11 })));
    assert_eq!(desk.value(Tag::Ixlan, 11, "mtu"), Value::Int(1500));
    assert!(!desk.value(Tag::Ixlan, 11, "ixf_ixp_member_list_url").is_null());
}

#[test]
fn nobody_changes_what_is_gone_or_others_own() {
    let mut desk = owner();
    let other = update(Tag::Net, 11, json!({}));
    assert_eq!(desk.rejection(&other), Rejection::NotYours);
    let moved = update(Tag::Netfac, 91, json!({ "net_id": 11, "fac_id": 41 }));
    assert_eq!(desk.rejection(&moved), Rejection::Forbidden);
    desk.delete(Tag::Netfac, 91);
    for id in [91, 999_999] {
        let gone = update(Tag::Netfac, id, json!({ "net_id": 10, "fac_id": 41 }));
        assert_eq!(desk.rejection(&gone), Rejection::NotFound(Tag::Netfac));
    }
}

#[test]
fn numbers_of_networks_stay() {
    let body = json!({ "org_id": 100, "name": "Net", "asn": 64499 });
    assert!(matches!(owner().rejection(&update(Tag::Net, 10, body)), Rejection::Invalid(_)));
}

#[test]
fn as_sets_follow_the_strict_rules_once_they_change() {
    let mut desk = Desk::small(|world| {
        world.change(Tag::Net, 10, json!({ "irr_as_set": "AS-LEGACY" }));
    })
    .with(OWNER);
    let body = |sets: &str| {
        let name = desk_name();
        json!({ "org_id": 100, "name": name, "asn": 64496, "irr_as_set": sets })
    };
    desk.run(&update(Tag::Net, 10, body("AS-LEGACY")));
    desk.run(&update(Tag::Net, 10, body("ripe::as-foo, ripe::as-bar")));
    assert_eq!(desk.value(Tag::Net, 10, "irr_as_set"), Value::text("RIPE::AS-FOO RIPE::AS-BAR"));
    for sets in ["AS-FOO", "XX::AS-FOO", "RIPE::RS-FOO", "AS-FOO@RIPE", "RIPE::AS1:AS-B:AS-C:AS-D"] {
        let told = text(&desk.rejection(&update(Tag::Net, 10, body(sets))));
        assert!(told.starts_with("irr_as_set: "), "{sets}: {told}");
    }
}

fn desk_name() -> String {
    owner().value(Tag::Net, 10, "name").as_text().unwrap_or_default().to_owned()
}

#[test]
fn prefixes_change_where_no_port_is_left_outside() {
    let put = |prefix: &str| {
        update(Tag::Ixpfx, 40, json!({ "ixlan_id": 11, "protocol": "IPv4", "prefix": prefix }))
    };
    let mut desk = Desk::small(|world| {
        let other = json!({ "ixlan_id": 12, "protocol": "IPv4", "prefix": "23.128.98.0/23" });
        let ports =
            json!({ "net_id": 10, "ixlan_id": 11, "asn": 64496, "speed": 100, "ipaddr4": "23.128.96.200" });
        world
            .add(Tag::Ixpfx, 40, json!({ "ixlan_id": 11, "protocol": "IPv4", "prefix": "23.128.96.0/24" }))
            .add(Tag::Ixpfx, 41, other)
            .add(Tag::Netixlan, 90, ports);
    })
    .with(OWNER);
    desk.run(&put("23.128.96.0/24"));
    desk.run(&put("23.128.96.128/25"));
    desk.run(&put("23.128.96.0/23"));
    for (prefix, said) in [
        ("23.128.96.0/25", "prefix: Cannot delete prefix 23.128.96.0/23"),
        ("23.128.120.0/24", "prefix: Cannot delete prefix"),
        ("23.128.96.0/22", "non_field_errors: Prefix overlaps with prefix 23.128.98.0/23 on IXP 'IX Two'"),
    ] {
        let told = text(&desk.rejection(&put(prefix)));
        assert!(told.starts_with(said), "{prefix}: {told}");
    }
}

#[test]
fn facilities_keep_their_position_and_move_it_a_little() {
    let fac = |latitude: Json| {
        let mut body = json!({ "org_id": 100, "name": "Fac One", "address1": "350 Main Street", "city": "Chicago",
            "country": "US", "zipcode": "60601", "longitude": -87.63 });
        body["latitude"] = latitude;
        body
    };
    let mut desk = owner();
    desk.run(&update(Tag::Fac, 41, fac(json!(41.885))));
    for latitude in [json!(null), json!(0), json!(41.9)] {
        let told = text(&desk.rejection(&update(Tag::Fac, 41, fac(latitude.clone()))));
        assert!(told.starts_with("latitude: "), "{latitude}: {told}");
    }
    let mut moved = fac(json!(52.5));
    moved["city"] = json!("Berlin");
    moved["country"] = json!("DE");
    moved["longitude"] = json!(13.4);
    let ask = update(Tag::Fac, 41, moved);
    let place = Place { city: "Berlin".into(), country: "DE".into(), ..Place::default() };
    assert_eq!(desk.plan(&ask), Err(Stop::Needs(Need::Place(place.clone()))));
    let centre = model::geo::Point { latitude: 52.52, longitude: 13.4 };
    desk.facts.places.push((place, Ok(Some(centre))));
    desk.run(&ask);
    assert_eq!(desk.value(Tag::Fac, 41, "region_continent"), Value::text("Europe"));
}

#[test]
fn addresses_are_located_where_there_is_a_geocoder() {
    let mut desk = owner();
    desk.policy.geocoding = true;
    let body = json!({ "name": "Org One", "city": "Evanston", "state": "IL", "country": "US" });
    let ask = update(Tag::Org, 100, body);
    let Err(Stop::Needs(Need::Place(place))) = desk.plan(&ask) else { panic!("a place is asked for") };
    desk.facts.places = vec![(place.clone(), Err("no answer in time".into()))];
    let plan = desk.plan(&ask).expect("a plan");
    assert!(plan.extras.geovalidation_warning.is_some());
    desk.facts.places = vec![(place, Ok(Some(model::geo::Point { latitude: 42.0, longitude: -87.7 })))];
    desk.run(&ask);
    assert_eq!(desk.value(Tag::Org, 100, "geocode_status"), Value::Bool(true));
}

#[test]
fn a_facility_joins_a_campus_of_its_organization_nearby() {
    let mut desk = owner();
    let body = json!({ "org_id": 100, "name": "Fac One", "address1": "350 Main Street", "city": "Chicago",
        "country": "US", "zipcode": "60601", "latitude": 41.88, "longitude": -87.63, "campus_id": 61 });
    desk.run(&update(Tag::Fac, 41, body));
    assert_eq!(desk.status(Tag::Campus, 61), Status::Pending);
    let leaving = json!({ "org_id": 200, "name": "Fac One", "address1": "350 Main Street", "city": "Chicago",
        "country": "US", "zipcode": "60601", "latitude": 41.88, "longitude": -87.63,
        "website": "https://two.example/" });
    let mut staff = Desk::small(|world| {
        world.change(Tag::Fac, 41, json!({ "campus_id": 61 }));
    });
    let told = text(&staff.rejection(&update(Tag::Fac, 41, leaving.clone())));
    assert!(
        told.starts_with("campus_id: "),
        "a campus keeps facilities of its own organization only: {told}"
    );
    let mut leaving = leaving;
    leaving["campus_id"] = json!(null);
    staff.run(&update(Tag::Fac, 41, leaving));
    let foreign = json!({ "org_id": 200, "name": "Fac Two", "address1": "Hauptstraße 1", "city": "Berlin",
        "country": "DE", "zipcode": "10115", "latitude": 52.52, "longitude": 13.4, "campus_id": 61,
        "website": "https://two.example/" });
    let told = text(&Desk::small(|_| {}).rejection(&update(Tag::Fac, 42, foreign)));
    assert!(told.starts_with("campus_id: "), "{told}");
}

#[test]
fn a_lan_stays_with_its_exchange() {
    let told = text(&Desk::small(|_| {}).rejection(&update(Tag::Ixlan, 11, json!({ "ix_id": 12 }))));
    assert_eq!(told, "ix_id: A LAN stays with its exchange.");
}

#[test]
fn presences_move_to_published_facilities_only() {
    for (status, said) in
        [("pending", "has not yet been approved"), ("deleted", "has been marked as deleted")]
    {
        let desk = Desk::small(|world| {
            world.change(Tag::Fac, 42, json!({ "status": status }));
        });
        let moved = update(Tag::Carrierfac, 93, json!({ "carrier_id": 51, "fac_id": 42 }));
        let told = text(&desk.rejection(&moved));
        assert!(told.contains(said), "{told}");
    }
}

#[test]
fn words_that_are_none_are_named_with_their_field() {
    let body = json!({ "org_id": 100, "name": desk_name(), "asn": 64496, "ixp_update_exclude": [1] });
    let told = text(&owner().rejection(&update(Tag::Net, 10, body)));
    assert!(told.starts_with("ixp_update_exclude: "), "{told}");
}

#[test]
fn sides_are_those_of_the_port_as_it_is_now() {
    let port = |net: u32, ix_side: Json| {
        json!({ "net_id": net, "ixlan_id": 11, "speed": 100, "ipaddr4": "192.0.2.10", "ipaddr6": "",
                "net_side_id": 41, "ix_side_id": ix_side })
    };
    let desk = Desk::small(|world| {
        world.change(Tag::Poc, 71, json!({ "net_id": 11 }));
    });
    let told = text(&desk.rejection(&update(Tag::Netixlan, 81, port(11, json!(41)))));
    assert_eq!(told, "net_side_id: The facility is not one of the network's");
    // The exchange's side is the exchange's matter.
    let desk = Desk::small(|_| {}).with(&[("peeringdb.organization.100.network", bits::ALL)]);
    let told = text(&desk.rejection(&update(Tag::Netixlan, 81, port(10, json!(null)))));
    assert_eq!(told, "Only admins of ix can set or unset the ix_side");
    assert!(desk.plan(&update(Tag::Netixlan, 81, port(10, json!(41)))).is_ok());
}

#[test]
fn a_facility_is_located_anew_within_reach_of_its_campus() {
    let mut desk = Desk::small(|world| {
        let other = json!({ "org_id": 100, "name": "Fac Four", "campus_id": 61, "latitude": 41.9,
            "longitude": -87.63, "country": "US", "address1": "S", "city": "Chicago", "zipcode": "1" });
        world.change(Tag::Fac, 41, json!({ "campus_id": 61 })).add(Tag::Fac, 44, other);
        world.change(Tag::Campus, 61, json!({ "status": "ok" }));
    });
    desk.policy.geocoding = true;
    let ask = update(
        Tag::Fac,
        41,
        json!({ "org_id": 100, "name": "Fac One", "address1": "1 Other Street", "city": "Chicago",
            "country": "US", "state": "IL", "zipcode": "60601", "latitude": 41.88, "longitude": -87.63,
            "campus_id": 61 }),
    );
    let Err(Stop::Needs(Need::Place(place))) = desk.plan(&ask) else { panic!("a place is asked for") };
    desk.facts.places =
        vec![(place.clone(), Ok(Some(model::geo::Point { latitude: 45.0, longitude: -87.0 })))];
    assert!(text(&desk.rejection(&ask)).starts_with("campus_id: "));
    desk.facts.places = vec![(place, Ok(None))];
    desk.run(&ask);
    assert!(
        !desk.value(Tag::Fac, 41, "latitude").is_null(),
        "an address that nobody knows loses no position"
    );
}

#[test]
fn automatic_updates_need_somebody_to_talk_to() {
    let desk = Desk::small(|world| {
        let pocs: Vec<u32> = world.of(Tag::Poc).iter().map(|poc| poc.id()).collect();
        for id in pocs {
            world.change(Tag::Poc, id, json!({ "visible": "Private" }));
        }
    })
    .with(OWNER);
    let body = json!({ "org_id": 100, "name": desk_name(), "asn": 64496, "allow_ixp_update": true });
    let Rejection::Invalid(errors) = desk.rejection(&update(Tag::Net, 10, body)) else { panic!("values") };
    assert!(errors.concerns("allow_ixp_update"));
}
