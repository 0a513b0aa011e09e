//! Decisions about what waits for approval.

use model::access::bits;
use model::{Status, Tag, Value};
use rules::{Command, Effect, Rejection};
use serde_json::json;
use testkit::World;

use crate::desk::{Desk, keys, text};

fn approve(tag: Tag, id: u32, owner: Option<u32>) -> Command {
    Command::Approve { tag, id, owner }
}

fn deny(tag: Tag, id: u32) -> Command {
    Command::Deny { tag, id, reason: "Not yours.".to_owned() }
}

/// An exchange, a suggested facility, a network and a carrier that wait, and a port that names the facility.
fn waiting(world: &mut World) {
    world
        .add(Tag::Ix, 900, json!({ "org_id": 100, "name": "IX Waits", "status": "pending" }))
        .add(Tag::Ixlan, 900, json!({ "ix_id": 900, "status": "pending" }))
        .add(
            Tag::Ixpfx,
            900,
            json!({ "ixlan_id": 900, "protocol": "IPv4", "prefix": "23.128.110.0/24", "status": "pending" }),
        )
        .add(
            Tag::Ixpfx,
            901,
            json!({ "ixlan_id": 900, "protocol": "IPv4", "prefix": "23.128.111.0/24", "status": "deleted" }),
        )
        .add(
            Tag::Fac,
            900,
            json!({ "org_id": 1234, "name": "Fac Waits", "status": "pending", "website": "https://f.example/",
                "campus_id": null, "latitude": 41.88, "longitude": -87.63 }),
        )
        .add(
            Tag::Net,
            900,
            json!({ "org_id": 1234, "name": "Net Waits", "asn": 64510, "status": "pending",
                "website": "https://n.example/" }),
        )
        .add(Tag::Carrier, 900, json!({ "org_id": 100, "name": "Carrier Waits", "status": "pending" }));
}

fn desk() -> Desk {
    let mut desk = Desk::small(waiting);
    desk.policy.suggestion_org = Some(1234);
    desk
}

#[test]
fn an_exchange_is_published_with_its_lan_and_prefixes() {
    let mut desk = desk();
    let plan = desk.run(&approve(Tag::Ix, 900, None));
    assert_eq!(keys(&plan), [(Tag::Ix, 900), (Tag::Ixlan, 900), (Tag::Ixpfx, 900)]);
    assert!(plan.rows.iter().all(|row| row.status() == Status::Ok));
    assert_eq!(desk.status(Tag::Ixpfx, 901), Status::Deleted);
    let [Effect::Tell(notice), Effect::Dequeue(Tag::Ix, 900), Effect::CloseTicket(Tag::Ix, 900)] =
        &plan.effects[..]
    else {
        panic!("{:?}", plan.effects);
    };
    assert_eq!(notice.subject, "Internet Exchange IX Waits was approved");
    let again = text(&desk.rejection(&approve(Tag::Ix, 900, None)));
    assert_eq!(again, "ix 900 does not wait for approval: its status is ok.");
}

#[test]
fn what_is_suggested_is_given_to_its_owner() {
    let mut desk = desk();
    for tag in [Tag::Fac, Tag::Net] {
        desk.run(&approve(tag, 900, Some(100)));
        assert_eq!((desk.status(tag, 900), desk.value(tag, 900, "org_id")), (Status::Ok, Value::Int(100)));
    }
}

#[test]
fn what_is_approved_counts() {
    let mut desk = Desk::small(|world| {
        waiting(world);
        world.change(Tag::Fac, 41, json!({ "campus_id": 61 }));
        world.change(Tag::Fac, 900, json!({ "campus_id": 61, "org_id": 100 }));
    });
    assert_eq!(desk.status(Tag::Campus, 61), Status::Pending);
    desk.run(&approve(Tag::Fac, 900, None));
    assert_eq!(desk.status(Tag::Campus, 61), Status::Ok, "it has two facilities");
}

#[test]
fn what_does_not_wait_or_has_no_place_is_not_approved() {
    let mut desk = Desk::small(|world| {
        waiting(world);
        world.add(
            Tag::Net,
            901,
            json!({ "org_id": 300, "name": "Below", "asn": 64509, "status": "pending" }),
        );
        world.add(Tag::Fac, 902, json!({ "org_id": 200, "name": "Bare", "status": "pending" }));
    });
    desk.delete(Tag::Carrier, 900);
    for (command, said) in [
        (approve(Tag::Campus, 61, None), "campus 61 is of a type that does not wait in the queue"),
        (approve(Tag::Net, 10, None), "net 10 does not wait for approval: its status is ok."),
        (approve(Tag::Carrier, 900, None), "carrier 900 does not wait for approval: its status is deleted."),
        (
            approve(Tag::Net, 901, None),
            "'net' cannot be saved because its parent entity 'org/300' has not yet",
        ),
        (approve(Tag::Fac, 900, Some(300)), "There is no published organization 300 to give fac 900 to."),
        (approve(Tag::Fac, 900, Some(999)), "There is no published organization 999 to give fac 900 to."),
        (approve(Tag::Org, 300, Some(100)), "An organization belongs to nobody"),
        (approve(Tag::Fac, 902, Some(200)), "website: Website required"),
        (deny(Tag::Net, 10), "net 10 does not wait for approval: its status is ok."),
    ] {
        let told = text(&desk.rejection(&command));
        assert!(told.contains(said), "{command:?}: {told}");
    }
    for command in [approve(Tag::Net, 999, None), deny(Tag::Net, 999)] {
        assert_eq!(desk.rejection(&command), Rejection::NotFound(Tag::Net));
    }
    desk.run(&approve(Tag::Org, 300, None));
    desk.run(&approve(Tag::Net, 901, None));
}

#[test]
fn of_two_exchanges_with_one_prefix_one_is_published() {
    let mut desk = Desk::small(|world| {
        waiting(world);
        world.add(Tag::Ixpfx, 30, json!({ "ixlan_id": 12, "protocol": "IPv4", "prefix": "23.128.110.0/23" }));
    });
    let told = text(&desk.rejection(&approve(Tag::Ix, 900, None)));
    assert_eq!(
        told,
        "ix 900 cannot be published: Prefix overlaps with prefix 23.128.110.0/23 on IXP 'IX Two'"
    );
    desk.delete(Tag::Ixpfx, 30);
    desk.run(&approve(Tag::Ix, 900, None));
}

#[test]
fn what_is_denied_is_gone_with_its_parts() {
    let mut desk = desk();
    let plan = desk.run(&deny(Tag::Ix, 900));
    assert_eq!(plan.purged, [(Tag::Ixpfx, 901), (Tag::Ixpfx, 900), (Tag::Ixlan, 900), (Tag::Ix, 900)]);
    let [Effect::Tell(notice), Effect::Dequeue(..), Effect::CloseTicket(..)] = &plan.effects[..] else {
        panic!("{:?}", plan.effects);
    };
    assert!(notice.body.contains("The reason: Not yours."), "{}", notice.body);
    assert!(desk.snapshot.prefix(&"23.128.110.0/24".parse().expect("a prefix")).is_none());
    assert_eq!(desk.snapshot.ids_by_name(Tag::Ix, "IX Waits"), [0; 0], "the name is free");
    assert_eq!(desk.rejection(&deny(Tag::Ix, 900)), Rejection::NotFound(Tag::Ix));
}

#[test]
fn nothing_refers_to_what_is_gone() {
    let mut desk = Desk::small(|world| {
        waiting(world);
        world.change(Tag::Netixlan, 81, json!({ "net_side_id": 900, "ix_side_id": 900 }));
        world.add(Tag::Netfac, 900, json!({ "net_id": 10, "fac_id": 900, "status": "deleted" }));
    });
    let plan = desk.run(&deny(Tag::Fac, 900));
    assert_eq!(plan.purged, [(Tag::Netfac, 900), (Tag::Fac, 900)]);
    assert_eq!(desk.value(Tag::Netixlan, 81, "net_side_id"), Value::Null);
    assert_eq!(desk.value(Tag::Netixlan, 81, "ix_side_id"), Value::Null);
}

#[test]
fn an_organization_is_denied_with_what_waits_below_it_and_not_with_what_is_known() {
    let below = |status: &'static str| {
        Desk::small(move |world| {
            world.add(Tag::Net, 900, json!({ "org_id": 300, "name": "B", "asn": 64510, "status": status }));
        })
    };
    let mut desk = below("pending");
    let plan = desk.run(&deny(Tag::Org, 300));
    assert_eq!(plan.purged, [(Tag::Net, 900), (Tag::Org, 300)]);
    assert!(plan.effects.contains(&Effect::Dequeue(Tag::Net, 900)));
    assert!(plan.effects.contains(&Effect::Disband { org: 300, gone: true }));
    for status in ["ok", "deleted"] {
        let told = text(&below(status).rejection(&deny(Tag::Org, 300)));
        assert!(told.contains("since net 900 below it is or was published"), "{told}");
    }
}

#[test]
fn what_expires_is_deleted_and_its_requester_told() {
    let mut desk = desk();
    let plan = desk.run(&Command::Expire { tag: Tag::Ix, id: 900 });
    assert_eq!((plan.purged.len(), desk.status(Tag::Ixpfx, 900)), (0, Status::Deleted));
    assert!(matches!(&plan.effects[..], [Effect::Tell(_), Effect::Dequeue(..), Effect::CloseTicket(..)]));
    let told = text(&desk.rejection(&Command::Expire { tag: Tag::Net, id: 10 }));
    assert_eq!(told, "net 10 does not wait for approval: its status is ok.");
}

#[test]
fn deciding_is_a_right_of_its_own() {
    const QUEUE: &str = "peeringdb.verification_queue";
    let commands =
        [approve(Tag::Ix, 900, None), deny(Tag::Ix, 900), Command::Expire { tag: Tag::Ix, id: 900 }];
    for (rights, may) in [
        (&[("peeringdb.organization", bits::ALL)][..], [false; 3]),
        (&[("peeringdb.organization.100", bits::ALL)], [false; 3]),
        (&[(QUEUE, bits::READ | bits::CREATE)], [false; 3]),
        (&[(QUEUE, bits::UPDATE)], [true, false, false]),
        (&[(QUEUE, bits::DELETE)], [false, true, true]),
    ] {
        let desk = desk().with(rights);
        for (command, may) in commands.iter().zip(may) {
            match may {
                true => assert!(desk.plan(command).is_ok(), "{rights:?} {command:?}"),
                false => assert_eq!(desk.rejection(command), Rejection::Forbidden, "{rights:?} {command:?}"),
            }
        }
    }
}

#[test]
fn the_support_hears_of_suggestions_and_of_refusals() {
    let mut desk = desk();
    let body = json!({ "suggest": true, "name": "New Fac", "address1": "Street 1", "city": "Chicago",
        "country": "US", "zipcode": "60601", "website": "https://fac.example/" });
    let body = body.as_object().expect("an object").clone();
    let plan = desk.run(&Command::Create { tag: Tag::Fac, body });
    let Some(Effect::Ticket(ticket)) = plan.effects.get(1) else { panic!("{:?}", plan.effects) };
    assert_eq!(ticket.subject, "[SUGGEST] Facility - New Fac");
    assert!(ticket.body.contains("peeringd queue approve fac "), "{}", ticket.body);

    let command = Command::Delete { tag: Tag::Org, id: 100 };
    let refusal = desk.rejection(&command);
    let ticket =
        desk.ask(|context| rules::tickets::of_refusal(context, &command, &refusal)).expect("a ticket");
    assert_eq!(ticket.subject, "[PROTECTED] Deletion prevented: org-100 Org One");
    assert_eq!(ticket.once_per.map(|span| span.as_secs()), Some(3600));
    assert!(ticket.body.contains("Organization has active objects under it."), "{}", ticket.body);

    let missing = Command::Delete { tag: Tag::Campus, id: 61 };
    let told = desk.ask(|context| rules::tickets::of_refusal(context, &missing, &Rejection::Forbidden));
    assert_eq!(told, None, "nobody hears of what somebody had no right to");
}

#[test]
fn without_the_queue_new_records_are_published_at_once() {
    let mut desk = desk();
    desk.policy.queue = false;
    for (tag, body) in [
        (Tag::Org, json!({ "name": "New Org" })),
        (Tag::Carrier, json!({ "org_id": 100, "name": "New Carrier" })),
        (
            Tag::Ix,
            json!({ "org_id": 100, "name": "New IX", "city": "Chicago", "country": "US",
                "region_continent": "North America", "tech_email": "noc@ix.example",
                "website": "https://ix.example/", "prefix": "23.128.112.0/24" }),
        ),
    ] {
        let body = body.as_object().expect("an object").clone();
        let plan = desk.run(&Command::Create { tag, body });
        assert!(plan.rows.iter().all(|row| row.status() == Status::Ok), "{tag}");
        assert_eq!(plan.effects, [], "{tag}");
    }
}

#[test]
fn nothing_is_suggested_where_the_organization_for_suggestions_is_not_there() {
    let ask = |desk: &Desk| {
        let body = json!({ "suggest": true, "name": "N", "asn": 9_000_100, "website": "https://n.example" });
        let body = body.as_object().expect("an object").clone();
        text(&desk.rejection(&Command::Create { tag: Tag::Net, body }))
    };
    let mut desk = Desk::small(|_| {});
    for org in [None, Some(20525), Some(300)] {
        desk.policy.suggestion_org = org;
        assert_eq!(ask(&desk), "suggest: This directory takes no suggestions.", "{org:?}");
    }
}
