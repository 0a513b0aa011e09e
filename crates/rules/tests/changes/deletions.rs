//! Who may delete, and what stands in the way.

use model::access::bits;
use model::{Status, Tag, Value};
use rules::{Command, Effect, Rejection};
use serde_json::{Value as Json, json};
use testkit::World;

use crate::desk::{Desk, keys, text};

fn delete(tag: Tag, id: u32) -> Command {
    Command::Delete { tag, id }
}

/// The right to do everything with organization 100 and what is below it.
const OWNER: &[(&str, u8)] = &[("peeringdb.organization.100", bits::ALL)];

#[test]
fn what_does_not_exist_is_deleted_by_anybody() {
    let desk = Desk::small(|_| {}).with(&[]);
    for tag in Tag::ALL {
        let plan = desk.plan(&delete(tag, 999_999)).expect("nothing to refuse");
        assert_eq!((plan.rows.len(), plan.subject), (0, None), "{tag}");
    }
}

#[test]
fn deleting_needs_the_right_to_delete_that_record() {
    let own = [
        (Tag::Net, 10),
        (Tag::Netixlan, 81),
        (Tag::Netfac, 91),
        (Tag::Poc, 71),
        (Tag::Poc, 73),
        (Tag::Ixfac, 92),
        (Tag::Ixpfx, 32),
        (Tag::Carrier, 51),
        (Tag::Carrierfac, 93),
        (Tag::Campus, 61),
    ];
    for (rights, may) in [
        (OWNER, true),
        (&[("peeringdb.organization.100", bits::DELETE)][..], true),
        (&[("peeringdb.organization.100", bits::READ | bits::UPDATE | bits::CREATE)][..], false),
        (&[("peeringdb.organization.200", bits::ALL)][..], false),
        (&[][..], false),
    ] {
        for (tag, id) in own {
            // The prefix is free to go, and the contact is not the last one.
            let desk = Desk::small(|world| {
                world.delete(Tag::Netixlan, 81);
            })
            .with(rights);
            let answer = desk.plan(&delete(tag, id));
            match may {
                true => assert!(answer.is_ok(), "{tag} {id}: {answer:?}"),
                false => assert_eq!(desk.rejection(&delete(tag, id)), Rejection::Forbidden, "{tag} {id}"),
            }
        }
    }
}

#[test]
fn the_right_is_looked_for_before_protections_are_told() {
    let desk = Desk::small(|_| {}).with(&[("peeringdb.organization.200", bits::ALL)]);
    for (tag, id) in [(Tag::Org, 100), (Tag::Fac, 41), (Tag::Ix, 11), (Tag::Ixpfx, 31)] {
        assert_eq!(desk.rejection(&delete(tag, id)), Rejection::Forbidden, "{tag}");
    }
}

/// What is done to the small world, what is deleted, and the reason why it is not; `None` when it is.
type Protection = (&'static [(Tag, u32, &'static str)], (Tag, u32), Option<&'static str>);

const PROTECTIONS: &[Protection] = &[
    (&[], (Tag::Org, 100), Some("Organization has active objects under it.")),
    // One of three is enough.
    (
        &[(Tag::Net, 10, "deleted"), (Tag::Fac, 41, "deleted")],
        (Tag::Org, 100),
        Some("Organization has active objects under it."),
    ),
    (
        &[(Tag::Net, 10, "deleted"), (Tag::Ix, 11, "deleted")],
        (Tag::Org, 100),
        Some("Organization has active objects under it."),
    ),
    (
        &[(Tag::Fac, 41, "deleted"), (Tag::Ix, 11, "deleted")],
        (Tag::Org, 100),
        Some("Organization has active objects under it."),
    ),
    (&[], (Tag::Fac, 41), Some("Facility has active exchange presence(s): IX One ...")),
    (
        &[(Tag::Ixfac, 92, "deleted")],
        (Tag::Fac, 41),
        Some("Facility has active network presence(s): Net One ..."),
    ),
    (&[(Tag::Ixfac, 92, "deleted"), (Tag::Netfac, 91, "deleted")], (Tag::Fac, 41), None),
    (&[], (Tag::Ix, 11), Some("Exchange has active facility connection(s): Fac One ...")),
    (&[(Tag::Ixfac, 92, "deleted")], (Tag::Ix, 11), Some("Exchange has active peer(s)")),
    (
        &[(Tag::Ixfac, 92, "deleted"), (Tag::Netixlan, 81, "deleted"), (Tag::Netixlan, 82, "deleted")],
        (Tag::Ix, 11),
        None,
    ),
    (
        &[],
        (Tag::Ixpfx, 31),
        Some(
            "Cannot delete prefix 192.0.2.0/24: IP address 192.0.2.10 from network ASN 64496 is still using this prefix",
        ),
    ),
    (
        &[],
        (Tag::Ixpfx, 32),
        Some(
            "Cannot delete prefix 2001:db8:0:1::/64: IP address 2001:db8:0:1::10 from network ASN 64496 is still using this prefix",
        ),
    ),
    (
        &[(Tag::Netixlan, 81, "deleted")],
        (Tag::Ixpfx, 31),
        Some(
            "Cannot delete prefix 192.0.2.0/24: IP address 192.0.2.11 from network ASN 64497 is still using this prefix",
        ),
    ),
    (&[(Tag::Netixlan, 81, "deleted")], (Tag::Ixpfx, 32), None),
    (&[], (Tag::Ixpfx, 33), None),
    (&[], (Tag::Poc, 71), None),
    (
        &[(Tag::Poc, 72, "deleted")],
        (Tag::Poc, 71),
        Some("Last technical contact point for network with active peers"),
    ),
    (
        &[(Tag::Poc, 71, "deleted")],
        (Tag::Poc, 72),
        Some("Last technical contact point for network with active peers"),
    ),
    // The last one of other roles, and of a network without ports, may go.
    (&[(Tag::Poc, 71, "deleted"), (Tag::Poc, 72, "deleted")], (Tag::Poc, 73), None),
    (&[(Tag::Poc, 72, "deleted"), (Tag::Netixlan, 81, "deleted")], (Tag::Poc, 71), None),
    (&[], (Tag::Net, 10), None),
    (&[], (Tag::Netixlan, 81), None),
    (&[], (Tag::Netfac, 91), None),
    (&[], (Tag::Ixfac, 92), None),
    (&[], (Tag::Carrierfac, 93), None),
    (&[], (Tag::Carrier, 51), None),
    (&[], (Tag::Campus, 61), None),
];

#[test]
fn protections_name_their_reason() {
    for (changes, (tag, id), reason) in PROTECTIONS {
        let desk = Desk::small(|world| {
            for (tag, id, status) in *changes {
                world.change(*tag, *id, json!({ "status": status }));
            }
        });
        // Neither the superuser nor an owner gets past them.
        let owner = desk.clone().with(&[("peeringdb.organization", bits::ALL)]);
        for desk in [desk, owner] {
            match reason {
                Some(reason) => {
                    let rejection = desk.rejection(&delete(*tag, *id));
                    assert!(matches!(rejection, Rejection::Protected(_)), "{tag} {id}: {rejection:?}");
                    assert_eq!(text(&rejection), *reason, "{tag} {id} after {changes:?}");
                }
                None => {
                    let plan = desk.plan(&delete(*tag, *id));
                    assert!(plan.is_ok(), "{tag} {id} after {changes:?}: {plan:?}");
                }
            }
        }
    }
}

#[test]
fn five_names_are_told_of_many() {
    let desk = Desk::small(|world| {
        for n in 1..=7 {
            world
                .add(
                    Tag::Net,
                    500 + n,
                    json!({ "org_id": 200, "name": format!("Guest {n}"), "asn": 65000 + n }),
                )
                .add(Tag::Netfac, 500 + n, json!({ "net_id": 500 + n, "fac_id": 42 }));
        }
        // Links that are not published are not in the way.
        world.delete(Tag::Netfac, 502);
    });
    assert_eq!(
        text(&desk.rejection(&delete(Tag::Fac, 42))),
        "Facility has active network presence(s): Guest 1, Guest 3, Guest 4, Guest 5, Guest 6 ..."
    );
}

#[test]
fn pending_records_are_taken_from_the_queue() {
    let pending = |tag: Tag, id: u32, more: Json| {
        let mut fields = json!({ "org_id": 100, "name": "Waits", "status": "pending" });
        fields.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        move |world: &mut World| {
            world.add(tag, id, fields.clone());
        }
    };
    for (tag, more) in [(Tag::Fac, json!({})), (Tag::Carrier, json!({})), (Tag::Net, json!({ "asn": 65001 }))]
    {
        let mut desk = Desk::small(pending(tag, 900, more));
        let plan = desk.delete(tag, 900);
        assert_eq!(plan.effects, [Effect::Dequeue(tag, 900), Effect::CloseTicket(tag, 900)], "{tag}");
    }
    let mut desk = Desk::small(|world| {
        world.add(Tag::Ix, 900, json!({ "org_id": 300, "name": "Waits", "status": "pending" })).add(
            Tag::Ixlan,
            900,
            json!({ "ix_id": 900, "status": "pending" }),
        );
    });
    let plan = desk.delete(Tag::Org, 300);
    assert_eq!(
        plan.effects,
        [
            Effect::Dequeue(Tag::Org, 300),
            Effect::CloseTicket(Tag::Org, 300),
            Effect::Dequeue(Tag::Ix, 900),
            Effect::CloseTicket(Tag::Ix, 900),
            Effect::Disband { org: 300, gone: false },
        ]
    );
    let plan = desk.delete(Tag::Org, 300);
    assert_eq!(plan.effects, [], "what is deleted waits no more");
    let plan = desk.delete(Tag::Carrier, 51);
    assert_eq!(plan.effects, [], "what is published does not wait");
}

#[test]
fn a_second_deletion_moves_the_record_to_the_end_of_what_changed() {
    let mut desk = Desk::small(|_| {});
    desk.delete(Tag::Netfac, 91);
    let first = desk.record(Tag::Netfac, 91).updated();
    let plan = desk.delete(Tag::Netfac, 91);
    assert_eq!(keys(&plan), [(Tag::Netfac, 91), (Tag::Net, 10)]);
    assert!(desk.record(Tag::Netfac, 91).updated() > first);
    assert_eq!(desk.status(Tag::Netfac, 91), Status::Deleted);
    assert_eq!(
        desk.value(Tag::Net, 10, "netfac_updated"),
        Value::Time(desk.record(Tag::Netfac, 91).updated())
    );
    let desk = desk.with(&[("peeringdb.organization.200", bits::ALL)]);
    assert_eq!(desk.rejection(&delete(Tag::Netfac, 91)), Rejection::Forbidden);
}

#[test]
fn protections_end_with_the_record() {
    // A network that came to a deleted facility in older times.
    let mut desk = Desk::small(|world| {
        world.change(Tag::Fac, 42, json!({ "status": "deleted" }));
        world.add(Tag::Netfac, 95, json!({ "net_id": 11, "fac_id": 42 }));
    });
    let plan = desk.plan(&delete(Tag::Fac, 42)).expect("nothing protects what is deleted");
    desk.apply(&plan);
    assert_eq!(desk.status(Tag::Netfac, 95), Status::Deleted);
}

#[test]
fn a_lan_stays_with_its_exchange() {
    let desk = Desk::small(|_| {});
    assert!(matches!(desk.rejection(&delete(Tag::Ixlan, 12)), Rejection::Refused(_)));
}
