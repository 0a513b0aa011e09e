//! Campuses: who joins, and when they are published.

use model::access::bits;
use model::{Status, Tag, Value};
use rules::{Action, Command, Rejection};
use serde_json::json;
use testkit::World;

use crate::desk::{Desk, keys, text};

/// Facilities 43 and 44 near 41; 45 at 49.9 km and 46 at 50.1 km from it, due north; 47 without coordinates;
/// 48 waits for approval; 49 with half of its coordinates.
fn world(world: &mut World) {
    // A degree of latitude is 2 π 6373 km / 360.
    let north = |km: f64| 41.88 + km / (2.0 * std::f64::consts::PI * 6373.0 / 360.0);
    for (id, latitude) in
        [(43, Some(41.89)), (44, Some(41.87)), (45, Some(north(49.9))), (46, Some(north(50.1))), (47, None)]
    {
        world.add(
            Tag::Fac,
            id,
            json!({ "org_id": 100, "name": format!("Fac {id}"), "country": "US", "latitude": latitude,
            "longitude": latitude.map(|_| -87.63) }),
        );
    }
    world
        .add(
            Tag::Fac,
            48,
            json!({ "org_id": 100, "name": "Fac 48", "latitude": 41.88, "longitude": -87.63, "status": "pending" }),
        )
        .add(Tag::Fac, 49, json!({ "org_id": 100, "name": "Fac 49", "latitude": 41.88 }))
        .add(Tag::Campus, 62, json!({ "org_id": 100, "name": "Campus Two", "status": "pending" }))
        .add(Tag::Campus, 63, json!({ "org_id": 200, "name": "Campus Three", "status": "pending" }));
}

fn add(campus: u32, fac: u32) -> Command {
    Command::Act(Action::AddFacility { campus, fac })
}

fn remove(campus: u32, fac: u32) -> Command {
    Command::Act(Action::RemoveFacility { campus, fac })
}

#[test]
fn two_published_facilities_make_a_campus() {
    let mut desk = Desk::small(world);
    // What happens, and the statuses of campuses 61 and 62 after it.
    let (ok, pending) = (Status::Ok, Status::Pending);
    for (command, expected) in [
        (add(61, 41), (pending, pending)),
        (add(61, 48), (pending, pending)),
        (add(61, 43), (ok, pending)),
        (add(61, 44), (ok, pending)),
        (remove(61, 44), (ok, pending)),
        // A facility that moves concerns both.
        (add(62, 43), (pending, pending)),
        (add(62, 44), (pending, ok)),
        (add(61, 43), (ok, pending)),
        (Command::Delete { tag: Tag::Fac, id: 43 }, (pending, pending)),
        (add(61, 44), (ok, pending)),
        (Command::Delete { tag: Tag::Campus, id: 61 }, (Status::Deleted, pending)),
    ] {
        desk.run(&command);
        let statuses = (desk.status(Tag::Campus, 61), desk.status(Tag::Campus, 62));
        assert_eq!(statuses, expected, "after {command:?}");
    }
}

#[test]
fn a_change_of_the_status_is_a_change_of_the_campus() {
    let mut desk = Desk::small(world);
    assert_eq!(keys(&desk.run(&add(61, 41))), [(Tag::Fac, 41)]);
    let now = desk.now;
    assert_eq!(keys(&desk.run(&add(61, 43))), [(Tag::Fac, 43), (Tag::Campus, 61)]);
    assert_eq!(desk.record(Tag::Campus, 61).updated(), now);
    assert_eq!(desk.value(Tag::Campus, 61, "version"), Value::Int(1));
}

#[test]
fn deleting_a_campus_frees_its_facilities_and_says_so() {
    let mut desk = Desk::small(world);
    desk.run(&add(61, 41));
    desk.run(&add(61, 43));
    desk.run(&add(61, 44));
    desk.delete(Tag::Fac, 44);
    let now = desk.now;
    let plan = desk.delete(Tag::Campus, 61);
    assert_eq!(keys(&plan), [(Tag::Campus, 61), (Tag::Fac, 41), (Tag::Fac, 43), (Tag::Fac, 44)]);
    for fac in [41, 43, 44] {
        assert_eq!(desk.value(Tag::Fac, fac, "campus_id"), Value::Null);
        assert_eq!(desk.record(Tag::Fac, fac).updated(), now);
    }
    assert_eq!(desk.status(Tag::Fac, 44), Status::Deleted);
    assert_eq!(desk.status(Tag::Fac, 41), Status::Ok);
}

#[test]
fn a_facility_that_goes_with_its_campus_changes_once() {
    let mut desk = Desk::small(|world| {
        world.add(Tag::Campus, 64, json!({ "org_id": 300, "name": "Campus Four", "status": "pending" })).add(
            Tag::Fac,
            50,
            json!({ "org_id": 300, "name": "Fac 50", "campus_id": 64, "status": "pending" }),
        );
    });
    let plan = desk.delete(Tag::Org, 300);
    assert_eq!(keys(&plan), [(Tag::Org, 300), (Tag::Campus, 64), (Tag::Fac, 50)]);
    assert_eq!(desk.value(Tag::Fac, 50, "version"), Value::Int(1));
    assert_eq!(desk.value(Tag::Fac, 50, "campus_id"), Value::Null);
}

#[test]
fn facilities_join_a_campus_where_they_belong() {
    let mut desk = Desk::small(world);
    desk.run(&add(61, 41));
    for (fac, reason) in [
        (45, None),
        (46, Some("non_field_errors: Facility out of campus bounds (max. 50km)")),
        (
            47,
            Some(
                "non_field_errors: Facility cannot be made part of a campus as it is missing its geolocation coordinates",
            ),
        ),
        (
            49,
            Some(
                "non_field_errors: Facility cannot be made part of a campus as it is missing its geolocation coordinates",
            ),
        ),
        (
            42,
            Some(
                "non_field_errors: The facility belongs to organization 200 and the campus to organization 100. A campus takes facilities of its own organization only.",
            ),
        ),
    ] {
        match reason {
            Some(reason) => assert_eq!(text(&desk.rejection(&add(61, fac))), reason, "fac {fac}"),
            None => assert!(desk.plan(&add(61, fac)).is_ok(), "fac {fac}"),
        }
    }
    // Near to one member is not near to all.
    desk.run(&add(61, 45));
    let mut far = Desk::small(|small| {
        world(small);
        small.change(Tag::Fac, 44, json!({ "latitude": 41.80 }));
    });
    far.run(&add(61, 41));
    far.run(&add(61, 45));
    assert_eq!(
        text(&far.rejection(&add(61, 44))),
        "non_field_errors: Facility out of campus bounds (max. 50km)"
    );
    // Deleted members are in nobody's way.
    far.delete(Tag::Fac, 45);
    far.run(&add(61, 44));
}

#[test]
fn moving_a_facility_needs_the_right_to_change_it() {
    let mut base = Desk::small(world);
    base.run(&add(61, 43));
    let rights: [(&[(&str, u8)], bool); 4] = [
        (&[("peeringdb.organization.100.facility.*", bits::UPDATE)], true),
        (&[("peeringdb.organization.100.campus.*", bits::ALL)], false),
        (&[("peeringdb.organization.100", bits::READ | bits::CREATE)], false),
        (&[], false),
    ];
    for (rights, may) in rights {
        let desk = base.clone().with(rights);
        for command in [add(61, 41), remove(61, 43)] {
            match may {
                true => assert!(desk.plan(&command).is_ok(), "{command:?} with {rights:?}"),
                false => {
                    assert_eq!(desk.rejection(&command), Rejection::Forbidden, "{command:?} with {rights:?}")
                }
            }
        }
    }
    // Whoever may not change the facility does not learn that it could not join either.
    let desk = Desk::small(world).with(&[("peeringdb.organization.100", bits::ALL)]);
    assert_eq!(desk.rejection(&add(61, 42)), Rejection::Forbidden);
}

#[test]
fn what_is_on_no_campus_is_removed_by_anybody() {
    let mut desk = Desk::small(world);
    desk.run(&add(61, 43));
    let desk = desk.with(&[]);
    for command in [remove(61, 41), remove(62, 43)] {
        let plan = desk.plan(&command).expect("nothing to refuse");
        assert!(plan.rows.is_empty());
        assert!(matches!(plan.subject, Some((Tag::Fac, 41 | 43))));
    }
}

#[test]
fn campuses_and_facilities_have_to_be_there() {
    let mut desk = Desk::small(world);
    desk.delete(Tag::Campus, 62);
    desk.delete(Tag::Fac, 43);
    for (campus, fac, missing) in
        [(999, 41, Tag::Campus), (62, 41, Tag::Campus), (61, 999, Tag::Fac), (61, 43, Tag::Fac)]
    {
        for command in [add(campus, fac), remove(campus, fac)] {
            assert_eq!(desk.rejection(&command), Rejection::NotFound(missing), "{command:?}");
        }
    }
}
