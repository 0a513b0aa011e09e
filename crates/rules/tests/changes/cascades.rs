//! What a deletion drags along.

use std::collections::BTreeSet;

use model::{Status, Tag, Value};
use serde_json::json;
use testkit::World;

use crate::desk::{Desk, keys};

/// The small world with a second port of network 10, at the other exchange.
fn world(world: &mut World) {
    world
        .add(
            Tag::Netixlan,
            83,
            json!({ "net_id": 10, "ixlan_id": 12, "asn": 64496, "speed": 100, "ipaddr4": "198.51.100.9", "ipaddr6": null }),
        )
        .add(Tag::Netfac, 94, json!({ "net_id": 11, "fac_id": 42 }))
        .add(Tag::Carrierfac, 96, json!({ "carrier_id": 51, "fac_id": 42, "status": "pending" }))
        .add(Tag::Poc, 74, json!({ "net_id": 10, "role": "Sales", "status": "deleted" }));
}

/// What is deleted first, what is deleted then, and all that went with it.
type Cascade = (&'static [(Tag, u32)], (Tag, u32), &'static [(Tag, u32)]);

const CASCADES: &[Cascade] = &[
    (
        &[],
        (Tag::Net, 10),
        &[
            (Tag::Net, 10),
            (Tag::Poc, 71),
            (Tag::Poc, 72),
            (Tag::Poc, 73),
            (Tag::Netfac, 91),
            (Tag::Netixlan, 81),
            (Tag::Netixlan, 83),
        ],
    ),
    (
        &[(Tag::Ixfac, 92), (Tag::Netixlan, 81), (Tag::Netixlan, 82)],
        (Tag::Ix, 11),
        &[(Tag::Ix, 11), (Tag::Ixlan, 11), (Tag::Ixpfx, 31), (Tag::Ixpfx, 32)],
    ),
    (&[(Tag::Ixfac, 92), (Tag::Netfac, 91)], (Tag::Fac, 41), &[(Tag::Fac, 41), (Tag::Carrierfac, 93)]),
    (&[], (Tag::Carrier, 51), &[(Tag::Carrier, 51), (Tag::Carrierfac, 93), (Tag::Carrierfac, 96)]),
    (&[], (Tag::Campus, 61), &[(Tag::Campus, 61)]),
    (&[], (Tag::Poc, 73), &[(Tag::Poc, 73)]),
    (&[], (Tag::Netixlan, 81), &[(Tag::Netixlan, 81)]),
    (&[], (Tag::Org, 1234), &[(Tag::Org, 1234)]),
    (
        &[(Tag::Ixfac, 92), (Tag::Net, 10), (Tag::Netixlan, 82), (Tag::Ix, 11), (Tag::Fac, 41)],
        (Tag::Org, 100),
        &[(Tag::Org, 100), (Tag::Campus, 61), (Tag::Carrier, 51), (Tag::Carrierfac, 96)],
    ),
];

#[test]
fn children_go_with_their_parents_and_nothing_else_does() {
    for (first, (tag, id), gone) in CASCADES {
        let mut desk = Desk::small(world);
        for (tag, id) in *first {
            desk.delete(*tag, *id);
        }
        let before = desk.snapshot.clone();
        let plan = desk.delete(*tag, *id);
        assert_eq!(plan.subject, Some((*tag, *id)));
        let newly: BTreeSet<(Tag, u32)> = Tag::ALL
            .into_iter()
            .flat_map(|tag| desk.snapshot.entries(tag).map(move |entry| (tag, entry)))
            .filter(|(_, entry)| entry.status() == Status::Deleted)
            .map(|(tag, entry)| (tag, entry.record().id()))
            .filter(|(tag, id)| before.record(*tag, *id).is_some_and(|old| old.status() != Status::Deleted))
            .collect();
        assert_eq!(newly, gone.iter().copied().collect(), "{tag} {id}");
        for (tag, id) in *gone {
            let version = |value: Value<'_>| value.as_int();
            let old = before.record(*tag, *id).expect("it was there");
            assert_eq!(
                version(desk.value(*tag, *id, "version")),
                version(old.value("version")).map(|old| old + 1)
            );
            assert_eq!(desk.record(*tag, *id).updated(), plan_time(&desk), "{tag} {id}");
        }
    }
}

/// The moment of the last change of a desk.
fn plan_time(desk: &Desk) -> model::Time {
    model::Time(desk.now.0 - 60 * model::Time::SECOND)
}

#[test]
fn parents_stand_before_their_children_in_a_plan() {
    let mut desk = Desk::small(world);
    let plan = desk.delete(Tag::Net, 10);
    assert_eq!(keys(&plan).first(), Some(&(Tag::Net, 10)));
    for (first, (tag, id), _) in CASCADES {
        let mut desk = Desk::small(world);
        for (tag, id) in *first {
            desk.delete(*tag, *id);
        }
        assert_eq!(keys(&desk.delete(*tag, *id)).first(), Some(&(*tag, *id)));
    }
}

#[test]
fn deleted_ports_keep_their_addresses() {
    let mut desk = Desk::small(world);
    desk.delete(Tag::Net, 10);
    assert_eq!(desk.value(Tag::Netixlan, 81, "ipaddr4"), Value::text("192.0.2.10"));
    assert_eq!(desk.value(Tag::Netixlan, 81, "ipaddr6"), Value::text("2001:db8:0:1::10"));
    assert_eq!(desk.value(Tag::Netixlan, 81, "net_side_id"), Value::Int(41));
}

#[test]
fn time_moves_on_even_when_the_clock_does_not() {
    let mut desk = Desk::small(world);
    desk.now = model::Time(desk.record(Tag::Netfac, 91).updated().0 - 5);
    let before = desk.record(Tag::Netfac, 91).updated();
    desk.delete(Tag::Netfac, 91);
    assert_eq!(desk.record(Tag::Netfac, 91).updated().0, before.0 + 1);
}

#[test]
fn thousands_of_rows_are_one_change() {
    const LINKS: u32 = 3_000;
    let mut desk = Desk::small(|world| {
        for n in 1..=LINKS {
            let id = 10_000 + n;
            world
                .add(Tag::Fac, id, json!({ "org_id": 200, "name": format!("Fac {n}"), "country": "DE" }))
                .add(Tag::Carrierfac, id, json!({ "carrier_id": 51, "fac_id": id }));
        }
    });
    let plan = desk.delete(Tag::Carrier, 51);
    // The carrier, its links, and the counters of the facilities.
    assert_eq!(plan.rows.len(), 1 + 2 * (LINKS as usize + 1));
    assert_eq!(desk.value(Tag::Carrier, 51, "fac_count"), Value::Int(0));
}
