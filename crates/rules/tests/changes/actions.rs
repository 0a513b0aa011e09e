//! Changes with a path of their own.

use model::access::bits;
use model::{Status, Tag, Value};
use rules::{Action, Command, Rejection, Side};
use serde_json::{Value as Json, json};
use testkit::World;

use crate::desk::{Desk, keys, text};

/// The small world with a carrier of organization 100 that waits at the facility of organization 200.
fn world(world: &mut World) {
    world.add(Tag::Carrierfac, 96, json!({ "carrier_id": 51, "fac_id": 42, "status": "pending" }));
}

fn approve(id: u32) -> Command {
    Command::Act(Action::ApprovePresence { id })
}

fn reject(id: u32) -> Command {
    Command::Act(Action::RejectPresence { id })
}

fn set_side(port: u32, side: Side, fac: Json) -> Command {
    Command::Act(Action::SetSide { port, side, fac })
}

fn import(ix: u32) -> Command {
    Command::Act(Action::RequestImport { ix })
}

#[test]
fn owners_of_the_facility_decide_about_presences() {
    let rights: [(&[(&str, u8)], bool); 4] = [
        (&[("peeringdb.organization.200.facility.42", bits::CREATE)], true),
        (&[("peeringdb.organization.200", bits::READ | bits::UPDATE | bits::DELETE)], false),
        // The carrier's owner does not.
        (&[("peeringdb.organization.100", bits::ALL)], false),
        (&[], false),
    ];
    for (rights, may) in rights {
        let desk = Desk::small(world).with(rights);
        for command in [approve(96), reject(96)] {
            match may {
                true => assert!(desk.plan(&command).is_ok(), "{command:?} with {rights:?}"),
                false => {
                    assert_eq!(desk.rejection(&command), Rejection::Forbidden, "{command:?} with {rights:?}")
                }
            }
        }
    }
}

#[test]
fn approved_presences_count() {
    let mut desk = Desk::small(world);
    assert_eq!(desk.value(Tag::Fac, 42, "carrier_count"), Value::Int(0));
    let plan = desk.run(&approve(96));
    assert_eq!(plan.subject, Some((Tag::Carrierfac, 96)));
    assert_eq!(keys(&plan), [(Tag::Carrierfac, 96), (Tag::Fac, 42), (Tag::Carrier, 51)]);
    assert_eq!(desk.status(Tag::Carrierfac, 96), Status::Ok);
    assert_eq!(desk.value(Tag::Fac, 42, "carrier_count"), Value::Int(1));
    assert_eq!(desk.value(Tag::Carrier, 51, "fac_count"), Value::Int(2));
}

#[test]
fn rejected_presences_are_deleted_whatever_they_were() {
    let mut desk = Desk::small(world);
    assert_eq!(keys(&desk.run(&reject(96))), [(Tag::Carrierfac, 96)]);
    let plan = desk.run(&reject(93));
    assert_eq!(plan.subject, Some((Tag::Carrierfac, 93)));
    for id in [93, 96] {
        assert_eq!(desk.status(Tag::Carrierfac, id), Status::Deleted);
    }
    assert_eq!(desk.value(Tag::Fac, 41, "carrier_count"), Value::Int(0));
}

#[test]
fn presences_have_to_be_there() {
    let mut desk = Desk::small(world);
    desk.delete(Tag::Carrierfac, 93);
    for id in [93, 999] {
        for command in [approve(id), reject(id)] {
            assert_eq!(desk.rejection(&command), Rejection::NotFound(Tag::Carrierfac), "{command:?}");
        }
    }
}

#[test]
fn sides_are_set_and_unset() {
    for (side, field) in [(Side::Net, "net_side_id"), (Side::Ix, "ix_side_id")] {
        let mut desk = Desk::small(world);
        for none in [json!(null), json!(0), json!(""), json!(" "), json!("0")] {
            desk.run(&set_side(81, side, json!(41)));
            assert_eq!(desk.value(Tag::Netixlan, 81, field), Value::Int(41));
            let plan = desk.run(&set_side(81, side, none.clone()));
            assert_eq!(desk.value(Tag::Netixlan, 81, field), Value::Null, "{none}");
            assert_eq!(plan.subject, Some((Tag::Netixlan, 81)));
        }
        desk.run(&set_side(81, side, json!("41")));
        assert_eq!(desk.value(Tag::Netixlan, 81, field), Value::Int(41));
    }
}

#[test]
fn sides_are_facilities_where_their_owner_is() {
    let mut desk = Desk::small(world);
    let refused = |desk: &Desk, side, fac: u32| text(&desk.rejection(&set_side(81, side, json!(fac))));
    for fac in [42, 999] {
        assert_eq!(refused(&desk, Side::Net, fac), "fac_id: The facility is not one of the network's");
        assert_eq!(refused(&desk, Side::Ix, fac), "fac_id: The facility is not one of the exchange's");
    }
    // Links that are gone do not count, whoever else is there.
    desk.delete(Tag::Netfac, 91);
    assert_eq!(refused(&desk, Side::Net, 41), "fac_id: The facility is not one of the network's");
    desk.run(&set_side(81, Side::Ix, json!(41)));
    for nonsense in
        [json!("abc"), json!(true), json!(-1), json!(1.5), json!([41]), json!({}), json!(4_294_967_296_u64)]
    {
        let rejection = desk.rejection(&set_side(81, Side::Ix, nonsense.clone()));
        assert!(matches!(rejection, Rejection::Refused(_)), "{rejection:?}");
        let said = text(&rejection);
        assert!(said.starts_with(&format!("invalid facility: fac_id is {nonsense};")), "{said}");
    }
}

/// Rights, and what is said about the network's and the exchange's side without enough of them.
type Case<'a> = (&'a [(&'a str, u8)], Option<&'a str>, Option<&'a str>);

#[test]
fn each_side_is_left_to_its_own_admins() {
    let net = "Only admins of net can set or unset the net_side";
    let ix = "Only admins of ix can set or unset the ix_side";
    // Port 82 is that of organization 200 at the exchange of organization 100.
    let cases: [Case<'_>; 4] = [
        (&[("peeringdb.organization.100", bits::ALL)], Some(net), None),
        (&[("peeringdb.organization.200", bits::ALL)], None, Some(ix)),
        (&[("peeringdb.organization.200.network.11", bits::READ | bits::UPDATE)], Some(net), Some(ix)),
        (&[], Some(net), Some(ix)),
    ];
    for (rights, for_net, for_ix) in cases {
        let desk = Desk::small(world).with(rights);
        for (side, expected) in [(Side::Net, for_net), (Side::Ix, for_ix)] {
            let command = set_side(82, side, json!(null));
            match expected {
                None => assert!(desk.plan(&command).is_ok(), "{command:?} with {rights:?}"),
                Some(expected) => {
                    let rejection = desk.rejection(&command);
                    assert!(matches!(rejection, Rejection::ForbiddenBecause(_)));
                    assert_eq!(text(&rejection), expected, "{command:?} with {rights:?}");
                }
            }
        }
    }
}

#[test]
fn ports_have_to_be_there() {
    let mut desk = Desk::small(world);
    desk.delete(Tag::Netixlan, 82);
    for port in [82, 999] {
        let command = set_side(port, Side::Net, json!(null));
        let Rejection::NotFoundBecause(message) = desk.rejection(&command) else { panic!("{port}") };
        assert_eq!(message.to_string(), "NetworkIXLan not found.");
    }
}

#[test]
fn a_wanted_import_is_noted_and_is_no_change_of_the_exchange() {
    let mut desk = Desk::small(|world| {
        world.change(Tag::Ix, 11, json!({ "ixf_import_request_status": "finished" }));
    })
    .with(&[("peeringdb.organization.100", bits::UPDATE)]);
    let before = desk.record(Tag::Ix, 11).clone();
    let now = desk.now;
    let plan = desk.run(&import(11));
    assert_eq!(keys(&plan), [(Tag::Ix, 11)]);
    assert_eq!(plan.extras.keys, [("ixlan_id", 11), ("ixpfx_id", 31)]);
    let after = desk.record(Tag::Ix, 11);
    assert_eq!(after.value("ixf_import_request"), Value::Time(now));
    assert_eq!(after.value("ixf_import_request_status"), Value::text("queued"));
    assert_eq!(after.value("ixf_import_request_user_id"), Value::Int(7));
    assert_eq!((after.updated(), after.value("version")), (before.updated(), before.value("version")));
}

#[test]
fn an_exchange_without_prefixes_can_be_imported() {
    let mut desk = Desk::small(|_| {});
    desk.delete(Tag::Ixpfx, 33);
    let plan = desk.run(&import(12));
    assert_eq!(plan.extras.keys, [("ixlan_id", 12)]);
    assert_eq!(desk.value(Tag::Ix, 12, "ixf_import_request_user_id"), Value::Null);
}

#[test]
fn imports_need_the_right_to_change_the_exchange() {
    let desk = Desk::small(|_| {}).with(&[("peeringdb.organization.200", bits::ALL)]);
    assert_eq!(desk.rejection(&import(11)), Rejection::NotYours);
    assert!(desk.plan(&import(12)).is_ok());
    assert_eq!(desk.rejection(&import(999)), Rejection::NotFound(Tag::Ix));
}
