//! Derived columns.

use model::{Tag, Value};
use serde_json::json;
use testkit::World;

use crate::desk::{Desk, keys};

/// The small world with a second port of network 10 at the same exchange, and links of the other network.
fn world(world: &mut World) {
    world
        .add(
            Tag::Netixlan,
            83,
            json!({ "net_id": 10, "ixlan_id": 11, "asn": 64496, "speed": 100, "ipaddr4": "192.0.2.12", "ipaddr6": null }),
        )
        .add(Tag::Netfac, 94, json!({ "net_id": 11, "fac_id": 41 }));
}

/// What is deleted, and all columns that change beside the record: type, id, column, value.
type Row = ((Tag, u32), &'static [(Tag, u32, &'static str, i64)]);

const ROWS: &[Row] = &[
    // The network has another port there: both counters stay.
    ((Tag::Netixlan, 81), &[]),
    ((Tag::Netixlan, 82), &[(Tag::Net, 11, "ix_count", 0), (Tag::Ix, 11, "net_count", 1)]),
    ((Tag::Netfac, 91), &[(Tag::Net, 10, "fac_count", 0), (Tag::Fac, 41, "net_count", 1)]),
    ((Tag::Ixfac, 92), &[(Tag::Ix, 11, "fac_count", 0), (Tag::Fac, 41, "ix_count", 0)]),
    ((Tag::Carrierfac, 93), &[(Tag::Carrier, 51, "fac_count", 0), (Tag::Fac, 41, "carrier_count", 0)]),
    ((Tag::Poc, 72), &[]),
    (
        (Tag::Net, 10),
        &[
            (Tag::Net, 10, "ix_count", 0),
            (Tag::Net, 10, "fac_count", 0),
            (Tag::Ix, 11, "net_count", 1),
            (Tag::Fac, 41, "net_count", 1),
        ],
    ),
    ((Tag::Carrier, 51), &[(Tag::Carrier, 51, "fac_count", 0), (Tag::Fac, 41, "carrier_count", 0)]),
];

const COUNTERS: [(Tag, &str); 8] = [
    (Tag::Net, "ix_count"),
    (Tag::Net, "fac_count"),
    (Tag::Ix, "net_count"),
    (Tag::Ix, "fac_count"),
    (Tag::Fac, "net_count"),
    (Tag::Fac, "ix_count"),
    (Tag::Fac, "carrier_count"),
    (Tag::Carrier, "fac_count"),
];

#[test]
fn counters_follow_the_published_links() {
    for ((tag, id), expected) in ROWS {
        let mut desk = Desk::small(world);
        let before = desk.snapshot.clone();
        desk.delete(*tag, *id);
        let mut changed = Vec::new();
        for (owner, counter) in COUNTERS {
            for entry in desk.snapshot.entries(owner) {
                let (id, now) = (entry.record().id(), entry.record().value(counter));
                if before.record(owner, id).map(|old| old.value(counter)) != Some(now.clone()) {
                    changed.push((owner, id, counter, now.as_int().expect("a counter is a number")));
                }
            }
        }
        changed.sort();
        let mut expected = expected.to_vec();
        expected.sort();
        assert_eq!(changed, expected, "{tag} {id}");
    }
}

#[test]
fn counters_are_no_change_of_their_owners() {
    let mut desk = Desk::small(world);
    let before = desk.snapshot.clone();
    let plan = desk.delete(Tag::Netixlan, 82);
    assert_eq!(keys(&plan), [(Tag::Netixlan, 82), (Tag::Ix, 11), (Tag::Net, 11)]);
    for (tag, id) in [(Tag::Ix, 11), (Tag::Net, 11)] {
        let old = before.record(tag, id).expect("it was there");
        assert_eq!(desk.record(tag, id).updated(), old.updated());
        assert_eq!(desk.value(tag, id, "version"), old.value("version"));
    }
}

#[test]
fn rows_that_stay_as_they_are_are_no_part_of_a_plan() {
    let mut desk = Desk::small(world);
    // The exchange keeps its number of networks.
    assert_eq!(keys(&desk.delete(Tag::Netixlan, 81)), [(Tag::Netixlan, 81), (Tag::Net, 10)]);
    // Nobody counts campuses.
    assert_eq!(keys(&desk.delete(Tag::Campus, 61)), [(Tag::Campus, 61)]);
}

#[test]
fn networks_know_when_their_parts_changed() {
    for ((tag, id), field) in [
        ((Tag::Netixlan, 81), "netixlan_updated"),
        ((Tag::Netfac, 91), "netfac_updated"),
        ((Tag::Poc, 72), "poc_updated"),
    ] {
        let mut desk = Desk::small(world);
        let now = desk.now;
        desk.delete(tag, id);
        for other in ["netixlan_updated", "netfac_updated", "poc_updated"] {
            let expected = if other == field { Value::Time(now) } else { Value::Null };
            assert_eq!(desk.value(Tag::Net, 10, other), expected, "{other} after {tag}");
        }
        assert_eq!(desk.value(Tag::Net, 11, field), Value::Null);
    }
}

#[test]
fn a_deleted_network_knows_it_too() {
    let mut desk = Desk::small(world);
    let now = desk.now;
    desk.delete(Tag::Net, 10);
    for field in ["netixlan_updated", "netfac_updated", "poc_updated"] {
        assert_eq!(desk.value(Tag::Net, 10, field), Value::Time(now), "{field}");
    }
}
