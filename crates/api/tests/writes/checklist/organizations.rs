//! Organizations: items 205 to 214.

use model::Tag;
use serde_json::json;
use testkit::{Caller, Kind, World, on_both_databases, people};

use super::{List, id};

on_both_databases! {
    organizations_are_made_by_superusers_and_wait
    organizations_keep_the_rules_of_their_fields
    organizations_go_when_nothing_is_published_below_them
}

async fn organizations_are_made_by_superusers_and_wait(kind: Kind) {
    let list = List::new(kind, |world| {
        world.add(Tag::Org, 400, json!({ "name": "Gone Org", "status": "deleted" }));
    })
    .await;
    let request = "POST /api/org";
    list.silent(205, Caller::Admin, request, json!({ "name": "Org Four" }), 403).await;
    let made =
        list.ask(206, Caller::Superuser, request, json!({ "name": "Org Four" }), 201, "\"pending\"").await;
    let (queue, tickets) = list.waiting().await;
    list.is(206, queue, vec![(Tag::Org, id(&made))]);
    list.is(206, tickets, vec!["Organization - Org Four"]);
    let back =
        list.ask(214, Caller::Superuser, request, json!({ "name": "gone org" }), 201, "\"pending\"").await;
    list.is(214, id(&back), 400_u64);
}

async fn organizations_keep_the_rules_of_their_fields(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    let new = |n| json!({ "name": format!("New {n}"), "website": "https://new.example/" });
    let rows = [
        (207, "name", Some(json!("")), 400, "\"name\": [\"This field may not be blank.\"]"),
        (207, "name", None, 400, "\"name\": [\"This field is required.\"]"),
        (207, "website", Some(json!("nourl")), 400, "\"website\": [\"Enter a valid URL.\"]"),
    ];
    list.each(Caller::Superuser, "POST /api/org", new, &rows).await;
    let before = (list.record("/api/org/100").await, list.version(Tag::Org, 100));
    let same = json!({ "name": "Org One" });
    let reply = list.ask(208, Caller::Admin, "PUT /api/org/100", same, 200, "Org One").await;
    list.is(208, super::first(&reply)["updated"] == before.0["updated"], false);
    list.is(208, list.version(Tag::Org, 100), before.1 + 1);
    let own = |_| json!({ "name": "Org One" });
    let rows = [
        (209, "name", Some(json!("Org Two")), 400, "Organization with this Name already exists."),
        (210, "floor", Some(json!("3")), 400, "\"floor\": [\"Field is being deprecated."),
    ];
    list.each(Caller::Admin, "PUT /api/org/100", own, &rows).await;
    list.ask(211, Caller::Admin, "PUT /api/org/200", json!({ "name": "Mine" }), 401, "credentials").await;
}

async fn organizations_go_when_nothing_is_published_below_them(kind: Kind) {
    let mut people = people(World::small().now());
    people.users[0].admin_of_orgs = vec![500];
    people.users[2].member_of_orgs = vec![100, 500];
    let list = List::with_people(kind, people, |world| {
        world
            .add(Tag::Org, 500, json!({ "name": "Org Five" }))
            .add(Tag::Carrier, 58, json!({ "org_id": 500, "name": "Carrier Five" }))
            .add(Tag::Carrierfac, 98, json!({ "carrier_id": 58, "fac_id": 41 }))
            .add(Tag::Campus, 68, json!({ "org_id": 500, "name": "Campus Five", "status": "pending" }));
    })
    .await;
    for caller in [Caller::Admin, Caller::Superuser] {
        let said = "Organization has active objects under it. - Please contact help@directory.example";
        list.ask(212, caller, "DELETE /api/org/100", json!(null), 403, said).await;
    }
    let (_, tickets) = list.waiting().await;
    list.is(212, tickets, vec!["[PROTECTED] Deletion prevented: org-100 Org One"]);
    list.silent(213, Caller::Superuser, "DELETE /api/org/500", json!(null), 204).await;
    for (tag, id) in [(Tag::Org, 500), (Tag::Carrier, 58), (Tag::Carrierfac, 98), (Tag::Campus, 68)] {
        list.is(213, list.status(tag, id), "deleted");
    }
    let users = list.desk.site.store.people().await.expect("people").users;
    list.is(213, &users[0].admin_of_orgs, &Vec::<u32>::new());
    list.is(213, &users[2].member_of_orgs, &vec![100]);
}
