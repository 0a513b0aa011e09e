//! What waits for approval, and what becomes of it, over a real database.

use app::principals::Identity;
use app::write::{Done, Origin, Request, WriteError};
use model::directory::{Grant, QueueItem};
use model::{Tag, Time};
use rules::Command;
use serde_json::json;
use store::mail::Mail;
use testkit::{Ask, Caller, Kind, Site, World, on_both_databases};

use crate::{Desk, FILE, ask};

on_both_databases! {
    an_approved_record_leaves_the_queue_and_other_processes_follow
    a_denied_record_is_gone_and_whoever_asked_is_told_why
    the_key_of_an_organization_stands_in_the_queue
    a_refused_deletion_is_a_ticket_once_in_an_hour
    nobody_belongs_to_a_deleted_organization
    the_keys_of_an_organization_that_is_gone_are_gone
    nobody_decides_without_the_right
    unknown_ports_are_told_in_known_words
}

async fn decide(site: &Site, command: Command) -> Result<Done, WriteError> {
    let request = Request { command, identity: Identity::operator(), origin: Origin::Cli, address: None };
    site.app.execute(request).await
}

async fn queue(desk: &Desk) -> Vec<QueueItem> {
    desk.site.store.people().await.expect("people").queue
}

async fn mails(desk: &Desk, kind: &str) -> Vec<Mail> {
    let mut reader = desk.site.store.reader().await.expect("a reader");
    let mails = reader.mails(None, 100).await.expect("mails");
    mails.into_iter().filter(|mail| mail.mail.kind == kind).collect()
}

async fn new_carrier(desk: &Desk, caller: Caller) -> u32 {
    let body = json!({ "org_id": 100, "name": "New Carrier", "website": "https://c.example/" });
    let reply = desk.send(caller, ask("POST", "/api/carrier", body)).await;
    assert_eq!((reply.code(), &reply.data()[0]["status"]), (201, &json!("pending")), "{}", reply.text());
    u32::try_from(reply.ids()[0]).expect("an id")
}

async fn an_approved_record_leaves_the_queue_and_other_processes_follow(kind: Kind) {
    let desk = Desk::small(kind).await;
    let id = new_carrier(&desk, Caller::Admin).await;
    let now = desk.site.app.snapshot().record(Tag::Carrier, id).expect("a record").created();
    let item = QueueItem { user_id: Some(4), created: Some(now), ..QueueItem::of(Tag::Carrier, id) };
    assert_eq!(queue(&desk).await, [item]);
    let waiting = app::queue::waiting(&desk.site.store).await.expect("a list");
    let listed: Vec<(Tag, u32)> =
        waiting.iter().map(|waiting| (waiting.record.tag(), waiting.record.id())).collect();
    assert_eq!(listed, [(Tag::Org, 300), (Tag::Carrier, id)], "those that were loaded as well");

    let another = desk.another().await;
    let done = decide(&another, Command::Approve { tag: Tag::Carrier, id, owner: None }).await.expect("done");
    assert!(desk.site.app.catch_up(&desk.site.store).await.expect("an answer"));
    assert_eq!(desk.site.app.snapshot().sequence(), done.seq);
    assert_eq!(desk.get(&format!("/api/carrier?id={id}")).await.data()[0]["status"], "ok");
    assert_eq!(queue(&desk).await, []);
    let told = mails(&desk, "approved").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].mail.to, ["admin@people.example"]);
    assert_eq!(told[0].mail.subject, "Carrier New Carrier was approved");
    let changes = desk.site.store.changes(done.seq - 1, 1).await.expect("changes");
    let header = &changes[0].header;
    assert_eq!((header.actor.kind, header.origin), (store::change::ActorKind::System, Origin::Cli));
}

async fn a_denied_record_is_gone_and_whoever_asked_is_told_why(kind: Kind) {
    let desk = Desk::small(kind).await;
    let body = json!({ "org_id": 100, "name": "New IX", "city": "Chicago", "country": "US",
        "region_continent": "North America", "tech_email": "noc@ix.example", "website": "https://ix.example/",
        "prefix": "23.128.110.0/24" });
    let made = desk.send(Caller::Admin, ask("POST", "/api/ix", body.clone())).await;
    assert_eq!(made.code(), 201, "{}", made.text());
    let id = u32::try_from(made.ids()[0]).expect("an id");
    let deny = Command::Deny { tag: Tag::Ix, id, reason: "It is a private network.".to_owned() };
    decide(&desk.site, deny.clone()).await.expect("done");
    assert_eq!(desk.get(&format!("/api/ix/{id}")).await.code(), 404);
    assert_eq!(desk.get(&format!("/api/ixlan/{id}")).await.code(), 404);
    assert!(!desk.get("/api/ix?since=1").await.ids().contains(&u64::from(id)));
    assert_eq!(queue(&desk).await, []);
    let told = mails(&desk, "denied").await;
    assert!(told[0].mail.body.contains("The reason: It is a private network."), "{}", told[0].mail.body);
    // The support was told of nothing yet, so that there is nothing left to tell.
    assert_eq!(mails(&desk, "ticket").await, []);
    let restarted = desk.another().await;
    assert!(restarted.app.snapshot().record(Tag::Ix, id).is_none());
    let again = desk.send(Caller::Admin, ask("POST", "/api/ix", body)).await;
    assert_eq!(again.code(), 201, "name and prefix are free: {}", again.text());
    assert_ne!(again.ids(), made.ids(), "and the id is not used again");
    assert!(matches!(decide(&desk.site, deny).await, Err(WriteError::Rejected(_))));
}

async fn the_key_of_an_organization_stands_in_the_queue(kind: Kind) {
    let mut people = testkit::people(World::small().now());
    people.org_keys[0].rows.push(Grant { namespace: "peeringdb.organization.100".into(), permission: 15 });
    let desk = Desk::with_people(kind, people).await;
    let id = new_carrier(&desk, Caller::Org).await;
    let queue = queue(&desk).await;
    assert_eq!((queue[0].user_id, queue[0].org_key.as_deref()), (None, Some("organiz0")));
    decide(&desk.site, Command::Approve { tag: Tag::Carrier, id, owner: None }).await.expect("done");
    assert_eq!(mails(&desk, "approved").await[0].mail.to, ["automation@one.example"]);
}

async fn a_refused_deletion_is_a_ticket_once_in_an_hour(kind: Kind) {
    let desk = Desk::small(kind).await;
    let count = async || {
        let mut reader = desk.site.store.reader().await.expect("a reader");
        let tickets = reader.tickets(true).await.expect("tickets");
        assert!(tickets.iter().all(|ticket| ticket.kind == "protected"));
        tickets.len()
    };
    let refused = async || {
        let reply = desk.send(Caller::Admin, Ask::new("DELETE", "/api/org/100")).await;
        assert_eq!(reply.code(), 403, "{}", reply.text());
    };
    refused().await;
    refused().await;
    assert_eq!(count().await, 1);
    desk.site.clock.set(Time(desk.world.now().0 + 2 * 3_600 * Time::SECOND));
    refused().await;
    assert_eq!(count().await, 2);
    assert_eq!(desk.send(Caller::Plain, Ask::new("DELETE", "/api/org/100")).await.code(), 403);
    assert_eq!(count().await, 2, "who has no right raises no alarm");
    assert_eq!(desk.site.store.sequence().await.expect("a number"), 1);
}

fn row(namespace: &str) -> Grant {
    Grant { namespace: namespace.into(), permission: 15 }
}

/// The small world with an organization that can be deleted, and people of it.
async fn with_members(kind: Kind, org: u32) -> Desk {
    let mut people = testkit::people(World::small().now());
    people.users[2].member_of_orgs.push(org);
    people.users[3].admin_of_orgs.push(org);
    people.org_keys[0].org_id = org;
    people.user_rows = vec![
        (1, row(&format!("peeringdb.organization.{org}"))),
        (1, row(&format!("peeringdb.organization.{org}.network.5"))),
        (1, row(&format!("peeringdb.organization.{org}0"))),
        (1, row("peeringdb.organization.100")),
    ];
    Desk::with_people(kind, people).await
}

async fn nobody_belongs_to_a_deleted_organization(kind: Kind) {
    let desk = with_members(kind, 1234).await;
    assert_eq!(desk.send(Caller::Org, Ask::get("/api/org/1234")).await.code(), 200);
    let reply = desk.send(Caller::Admin, Ask::new("DELETE", "/api/org/1234")).await;
    assert_eq!(reply.code(), 204, "{}", reply.text());
    let people = desk.site.store.people().await.expect("people");
    assert!(
        people
            .users
            .iter()
            .all(|user| { !user.member_of_orgs.contains(&1234) && !user.admin_of_orgs.contains(&1234) })
    );
    assert_eq!(people.users[3].admin_of_orgs, [100], "other memberships stay");
    let left: Vec<&str> = people.user_rows.iter().map(|(_, row)| row.namespace.as_str()).collect();
    assert_eq!(
        left,
        ["peeringdb.organization.100", "peeringdb.organization.12340"],
        "names only begin alike"
    );
    assert!(people.org_keys[0].state.revoked);
    assert_eq!(desk.send(Caller::Org, Ask::get("/api/org/100")).await.code(), 401);
    let another = desk.another().await;
    assert_eq!(another.send(Ask::get("/api/org/100").by(Caller::Org)).await.code(), 401);
    assert_eq!(desk.send(Caller::Admin, Ask::get("/api/org/100")).await.code(), 200);
    // However it was deleted: the key opens nothing.
    desk.bench.run(FILE, "UPDATE org_api_key SET revoked = 0").await;
    let another = desk.another().await;
    assert_eq!(another.send(Ask::get("/api/org/100").by(Caller::Org)).await.code(), 401);
}

async fn the_keys_of_an_organization_that_is_gone_are_gone(kind: Kind) {
    let desk = with_members(kind, 300).await;
    decide(&desk.site, Command::Deny { tag: Tag::Org, id: 300, reason: String::new() }).await.expect("done");
    let people = desk.site.store.people().await.expect("people");
    assert!(people.org_keys.is_empty());
    assert_eq!(desk.send(Caller::Org, Ask::get("/api/org/100")).await.code(), 401);
    assert!(desk.another().await.app.snapshot().record(Tag::Org, 300).is_none());
}

async fn nobody_decides_without_the_right(kind: Kind) {
    let mut people = testkit::people(World::small().now());
    people.user_rows.push((1, row("peeringdb.verification_queue")));
    let desk = Desk::with_people(kind, people).await;
    let id = new_carrier(&desk, Caller::Admin).await;
    for (caller, may) in [(Caller::Admin, false), (Caller::Plain, true)] {
        let key = caller.key().expect("a key");
        let identity = desk.site.app.identify(app::directory::Credential::Key(key)).await.expect("known");
        let command = Command::Approve { tag: Tag::Carrier, id, owner: None };
        let request = Request { command, identity, origin: Origin::Admin, address: None };
        assert_eq!(desk.site.app.execute(request).await.is_ok(), may, "{caller:?}");
    }
}

async fn unknown_ports_are_told_in_known_words(kind: Kind) {
    let desk = Desk::small(kind).await;
    for side in ["set-net-side", "set-ix-side"] {
        let reply = desk.send(Caller::Admin, Ask::new("POST", &format!("/api/netixlan/999/{side}"))).await;
        assert_eq!((reply.code(), reply.error()), (404, "NetworkIXLan not found.".to_owned()));
    }
}
