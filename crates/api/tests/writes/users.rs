//! The people of an organization over the API (accounts specification, 17).

use std::time::Duration;

use model::directory::{Grant, OrgRole, People};
use serde_json::{Value as Json, json};
use store::change::ActorKind;
use testkit::{Ask, Caller, Kind, Reply, Site, World, on_both_databases};

use crate::{Desk, FILE, ask};

on_both_databases! {
    the_people_are_shown_to_those_who_administrate_them
    who_is_neither_administrator_nor_permitted_key_is_refused
    a_person_is_added_with_a_role_and_counts_as_verified
    adding_is_refused_in_the_words_of_the_reference
    a_role_is_changed_and_a_person_removed
    paths_take_a_slash_and_their_own_methods_only
    bodies_are_read_as_everywhere
    rows_of_the_former_role_go_and_no_others
    an_organization_admits_its_domains_only
    the_last_administrator_stays_unless_it_is_confirmed
    a_removed_member_loses_its_rights_at_once_and_soon_elsewhere
    of_two_processes_none_undoes_what_the_other_did
    a_refusal_looks_for_what_others_committed
    the_log_of_people_tells_who_did_it
}

const USERS: &str = "/api/org/100/users";
const ADD: &str = "/api/org/100/users/add";
const REMOVE: &str = "/api/org/100/users/remove";

fn grant(namespace: &str, permission: u8) -> Grant {
    Grant { namespace: namespace.into(), permission }
}

/// The usual people; the key of organization 100 has these rows.
fn people_with_key(rows: Vec<Grant>) -> People {
    let mut people = testkit::people(World::small().now());
    people.org_keys[0].rows = rows;
    people
}

/// The usual people; the key of organization 100 may do everything with its people.
fn people() -> People {
    people_with_key(vec![grant("peeringdb.organization.100.users", 15)])
}

fn add(email: &str, role: &str) -> Ask {
    ask("POST", ADD, json!({ "user_email": email, "role": role }))
}

fn set_role(user: u32, role: &str) -> Ask {
    ask("PUT", &format!("{USERS}/{user}"), json!({ "role": role }))
}

fn remove(email: &str) -> Ask {
    ask("DELETE", REMOVE, json!({ "user_email": email }))
}

fn told(reply: &Reply) -> (u16, String) {
    (reply.code(), reply.error())
}

/// Ids and roles, as an administrator reads them.
async fn roles(site: &Site) -> Vec<(u64, String)> {
    let reply = site.send(Ask::get(USERS).by(Caller::Org)).await;
    let role = |row: &Json| row["role"].as_str().expect("a role").to_owned();
    reply.data().iter().map(|row| (row["id"].as_u64().expect("an id"), role(row))).collect()
}

fn pair(id: u64, role: &str) -> (u64, String) {
    (id, role.to_owned())
}

async fn the_people_are_shown_to_those_who_administrate_them(kind: Kind) {
    let desk = Desk::with_people(kind, people()).await;
    let joined = World::small().now();
    let expected = |id: u32, name: &str, role: &str| {
        format!(
            "{{\"id\": {id}, \"first_name\": \"{name}\", \"last_name\": \"Example\", \
             \"full_name\": \"{name} Example\", \"is_active\": true, \"date_joined\": \"{joined}\", \
             \"status\": \"ok\", \"role\": \"{role}\"}}"
        )
    };
    let body = format!(
        "{{\"data\": [{}, {}], \"meta\": {{}}}}",
        expected(3, "member", "member"),
        expected(4, "admin", "admin")
    );
    for caller in [Caller::Admin, Caller::Reader, Caller::Org] {
        let reply = desk.send(caller, Ask::get(USERS)).await;
        assert_eq!((reply.code(), reply.text()), (200, &*body), "{caller:?}");
        assert_eq!(reply.header("cache-control"), Some("private, no-store"));
    }
    let ignored = desk.send(Caller::Admin, Ask::get(&format!("{USERS}?role=admin&pretty"))).await;
    assert_eq!(ignored.header("x-ignored-filters"), Some("role"));
    assert!(ignored.text().starts_with("{\n  \"data\""), "{}", ignored.text());
    let head = desk.send(Caller::Admin, Ask::new("HEAD", USERS)).await;
    assert_eq!((head.code(), head.text()), (200, ""));
    assert_eq!(head.header("content-length"), Some(&*body.len().to_string()));
}

async fn who_is_neither_administrator_nor_permitted_key_is_refused(kind: Kind) {
    let (anonymous, stranger, short) = (
        "Permission denied: Invalid authentication",
        "Permission denied: User is not an admin of this organization",
        "Permission denied: Insufficient permissions for this operation",
    );
    // Inherited rights on everything, and a row of its own on something else.
    let rows = vec![grant("peeringdb.organization.100", 15), grant("peeringdb.organization.1.users", 15)];
    let desk = Desk::with_people(kind, people_with_key(rows)).await;
    let asks = || {
        [
            Ask::get(USERS),
            add("plain@people.example", "member"),
            set_role(3, "admin"),
            remove("member@people.example"),
        ]
    };
    for (caller, text) in [
        (Caller::Anonymous, anonymous),
        (Caller::Plain, stranger),
        (Caller::Unverified, stranger),
        (Caller::Member, stranger),
        (Caller::Superuser, stranger),
        (Caller::Org, short),
    ] {
        for ask in asks() {
            assert_eq!(told(&desk.send(caller, ask).await), (403, text.to_owned()), "{caller:?}");
        }
        // Which organizations there are is told before rights are looked at.
        for path in ["/api/org/999/users", "/api/org/300/users", "/api/org/99999999999/users"] {
            let expected = (404, "No Organization matches the given query.".to_owned());
            assert_eq!(told(&desk.send(caller, Ask::get(path)).await), expected, "{caller:?} {path}");
        }
    }
    // Each bit stands for itself.
    let rows = vec![grant("peeringdb.organization.100.users", 1 | 2)];
    let desk = Desk::with_people(kind, people_with_key(rows)).await;
    for (ask, code) in asks().into_iter().zip([200, 403, 200, 403]) {
        assert_eq!(desk.send(Caller::Org, ask).await.code(), code);
    }
}

async fn a_person_is_added_with_a_role_and_counts_as_verified(kind: Kind) {
    let desk = Desk::with_people(kind, people()).await;
    let reply = desk.send(Caller::Admin, add("plain@people.example", "admin")).await;
    assert_eq!(reply.code(), 201, "{}", reply.text());
    assert_eq!((&reply.data()[0]["id"], &reply.data()[0]["role"]), (&json!(1), &json!("admin")));
    assert_eq!(reply.json()["meta"], json!({}));
    // The key of an administrator that only reads adds nobody.
    let body = json!({ "user_email": " Unverified@People.example " });
    let refused = desk.send(Caller::Reader, ask("POST", ADD, body.clone())).await;
    assert_eq!(refused.code(), 403, "{}", refused.text());
    assert_eq!(refused.error(), "Permission denied: Insufficient permissions for this operation");
    // Without a role, and with the address in another case.
    let reply = desk.send(Caller::Admin, ask("POST", ADD, body)).await;
    assert_eq!(reply.code(), 201, "{}", reply.text());
    assert_eq!((&reply.data()[0]["status"], &reply.data()[0]["role"]), (&json!("ok"), &json!("member")));
    assert_eq!(
        roles(&desk.site).await,
        [pair(1, "admin"), pair(2, "member"), pair(3, "member"), pair(4, "admin")]
    );
    // The rights count with the next request.
    assert_eq!(desk.send(Caller::Unverified, Ask::get("/api/poc")).await.ids(), [71, 72, 73]);
    let body = json!({ "org_id": 100, "name": "Carrier Uno" });
    assert_eq!(desk.send(Caller::Plain, ask("PUT", "/api/carrier/51", body)).await.code(), 200);
    let stored = desk.site.store.people().await.expect("people");
    let user = stored.users.iter().find(|user| user.id == 2).expect("the person");
    assert!(user.verified && user.status == "ok" && user.member_of_orgs == [100]);
}

async fn adding_is_refused_in_the_words_of_the_reference(kind: Kind) {
    let mut people = people();
    people.users[0].email_verified = false;
    let desk = Desk::with_people(kind, people).await;
    for (body, code, text) in [
        (json!({}), 400, "user_email is required"),
        (json!({ "user_email": "" }), 400, "user_email is required"),
        (json!({ "user_email": null, "role": "admin" }), 400, "user_email is required"),
        (
            json!({ "user_email": "plain@people.example", "role": "boss" }),
            400,
            "Invalid role. Must be admin or member",
        ),
        (
            json!({ "user_email": "retired@people.example", "role": 5 }),
            400,
            "Invalid role. Must be admin or member",
        ),
        (json!({ "user_email": "nobody@people.example" }), 404, "No User matches the given query."),
        (json!({ "user_email": 5 }), 404, "No User matches the given query."),
        (json!({ "user_email": "member@people.example" }), 400, "User is already in the organization"),
        (json!({ "user_email": "plain@people.example" }), 400, "User email is not verified"),
    ] {
        let reply = desk.send(Caller::Org, ask("POST", ADD, body.clone())).await;
        assert_eq!(told(&reply), (code, text.to_owned()), "{body}");
    }
    assert_eq!(roles(&desk.site).await, [pair(3, "member"), pair(4, "admin")]);
    assert_eq!(
        desk.site.store.reader().await.expect("a reader").people_log(100, 9).await.expect("entries"),
        []
    );
}

async fn a_role_is_changed_and_a_person_removed(kind: Kind) {
    let desk = Desk::with_people(kind, people()).await;
    for (ask, code, text) in [
        (ask("PUT", &format!("{USERS}/3"), json!({})), 400, "role is required"),
        (set_role(3, "x"), 400, "Invalid role. Must be admin or member"),
        (set_role(1, "admin"), 404, "User is not in the organization"),
        (set_role(999, "admin"), 404, "User is not in the organization"),
        (ask("DELETE", REMOVE, json!({})), 400, "user_email is required"),
        (Ask::new("DELETE", REMOVE), 400, "user_email is required"),
        (remove("plain@people.example"), 404, "User is not in the organization"),
        (remove("nobody@people.example"), 404, "User is not in the organization"),
    ] {
        assert_eq!(told(&desk.send(Caller::Admin, ask).await), (code, text.to_owned()));
    }
    let before = desk.site.store.principals_sequence().await.expect("a number");
    for role in ["admin", "admin", "member"] {
        let reply = desk.send(Caller::Org, set_role(3, role)).await;
        assert_eq!((reply.code(), &reply.data()[0]["role"]), (200, &json!(role)));
    }
    let moved = desk.site.store.principals_sequence().await.expect("a number");
    assert_eq!(moved, before + 2, "what changes nothing is not written");
    let reply = desk.send(Caller::Admin, remove("MEMBER@people.example")).await;
    assert_eq!((reply.code(), reply.text()), (204, ""));
    let again = desk.send(Caller::Admin, remove("member@people.example")).await;
    assert_eq!(told(&again), (404, "User is not in the organization".to_owned()));
    assert_eq!(roles(&desk.site).await, [pair(4, "admin")]);
    assert_eq!(desk.site.store.sequence().await.expect("a number"), 1, "no record was touched");
}

async fn paths_take_a_slash_and_their_own_methods_only(kind: Kind) {
    let desk = Desk::with_people(kind, people()).await;
    for (path, allowed) in [
        (USERS, "GET, HEAD, OPTIONS"),
        (ADD, "POST, OPTIONS"),
        ("/api/org/100/users/3", "PUT, OPTIONS"),
        (REMOVE, "DELETE, OPTIONS"),
    ] {
        for path in [path.to_owned(), format!("{path}/")] {
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
                let reply = desk.send(Caller::Member, ask(method, &path, json!({ "x": 1 }))).await;
                assert_eq!(reply.header("allow"), Some(allowed), "{method} {path}");
                let expected = match allowed.split(", ").any(|allowed| allowed == method) {
                    true => (403, "Permission denied: User is not an admin of this organization".to_owned()),
                    false => (405, format!("Method \"{method}\" not allowed.")),
                };
                assert_eq!(told(&reply), expected, "{method} {path}");
            }
            assert_eq!(desk.send(Caller::Member, Ask::new("OPTIONS", &path)).await.code(), 200);
        }
    }
    assert_eq!(desk.send(Caller::Admin, Ask::get("/api/org/100/users/x")).await.code(), 404);
    let slashed = ask("POST", &format!("{ADD}/"), json!({ "user_email": "plain@people.example" }));
    assert_eq!(desk.send(Caller::Admin, slashed).await.code(), 201);
}

async fn bodies_are_read_as_everywhere(kind: Kind) {
    let desk = Desk::with_people(kind, people()).await;
    let parts =
        "--x\r\nContent-Disposition: form-data; name=\"user_email\"\r\n\r\nplain@people.example\r\n--x--\r\n";
    for (media, body) in [
        ("application/x-www-form-urlencoded", "user_email=plain%40people.example&role=member"),
        ("multipart/form-data; boundary=x", parts),
    ] {
        let ask = Ask::new("POST", ADD).header("content-type", media).body(body.as_bytes());
        let reply = desk.send(Caller::Admin, ask).await;
        assert_eq!(reply.code(), 201, "{media}: {}", reply.text());
        assert_eq!(desk.send(Caller::Admin, remove("plain@people.example")).await.code(), 204);
    }
    for (media, body, code) in [
        ("application/json", "{bad", 400),
        ("application/json", "[1]", 400),
        ("application/xml", "<a/>", 415),
    ] {
        let ask = Ask::new("POST", ADD).header("content-type", media).body(body.as_bytes());
        assert_eq!(desk.send(Caller::Admin, ask).await.code(), code, "{body}");
    }
}

async fn rows_of_the_former_role_go_and_no_others(kind: Kind) {
    let mut people = people();
    let others = [
        "peeringdb.organization.1000.network",
        "peeringdb.organization.10",
        "peeringdb.organization.*.network",
    ];
    let own = [
        "peeringdb.organization.100",
        "peeringdb.organization.100.network.10",
        "peeringdb.organization.0100.facility",
        "peeringdb.manage_organization.100",
    ];
    for user in [1, 3] {
        let rows = own.iter().chain(&others);
        people.user_rows.extend(rows.map(|namespace| (user, grant(namespace, 1))));
    }
    let desk = Desk::with_people(kind, people).await;
    let rows = async |user: u32| {
        let people = desk.site.store.people().await.expect("people");
        let rows = people.user_rows.into_iter().filter(|(id, _)| *id == user);
        rows.map(|(_, row)| row.namespace).collect::<Vec<_>>()
    };
    let mut kept = others.map(str::to_owned).to_vec();
    kept.sort();
    assert_eq!(desk.send(Caller::Admin, set_role(3, "member")).await.code(), 200);
    assert_eq!(rows(3).await.len(), own.len() + others.len(), "the role stayed");
    assert_eq!(desk.send(Caller::Admin, set_role(3, "admin")).await.code(), 200);
    assert_eq!(rows(3).await, kept);
    // Rows that an earlier membership left behind go as well.
    assert_eq!(desk.send(Caller::Admin, add("plain@people.example", "member")).await.code(), 201);
    assert_eq!(rows(1).await, kept);
    let body = json!({ "org_id": 100, "name": "Carrier Uno" });
    assert_eq!(desk.send(Caller::Member, ask("PUT", "/api/carrier/51", body)).await.code(), 200);
}

async fn an_organization_admits_its_domains_only(kind: Kind) {
    let mut people = people();
    people.users[0].email = Some("plain@Partner.example".into());
    let mut world = World::small();
    world.change(
        model::Tag::Org,
        100,
        json!({ "restrict_user_emails": true, "email_domains": "@one.example\r\nPartner.Example\r\n" }),
    );
    let desk = Desk::with_world(kind, world, people).await;
    let reply = desk.send(Caller::Admin, add("unverified@people.example", "member")).await;
    assert_eq!(reply.code(), 400, "{}", reply.text());
    assert!(reply.error().ends_with("it admits one.example, partner.example"), "{}", reply.error());
    assert_eq!(desk.send(Caller::Admin, add("plain@partner.example", "member")).await.code(), 201);
    // Those who are there stay, and may change their roles.
    assert_eq!(desk.send(Caller::Admin, set_role(3, "admin")).await.code(), 200);
}

async fn the_last_administrator_stays_unless_it_is_confirmed(kind: Kind) {
    let desk = Desk::with_people(kind, people()).await;
    for (caller, ask) in [
        (Caller::Admin, set_role(4, "member")),
        (Caller::Admin, remove("admin@people.example")),
        (Caller::Org, remove("admin@people.example")),
    ] {
        let reply = desk.send(caller, ask).await;
        assert_eq!(reply.code(), 400, "{}", reply.text());
        assert!(reply.error().starts_with("User is the last admin"), "{}", reply.error());
    }
    assert_eq!(desk.send(Caller::Admin, set_role(3, "admin")).await.code(), 200);
    assert_eq!(desk.send(Caller::Admin, set_role(4, "member")).await.code(), 200, "there is another one");
    assert_eq!(desk.send(Caller::Admin, Ask::get(USERS)).await.code(), 403);
    let body = json!({ "user_email": "member@people.example", "confirm": true });
    assert_eq!(desk.send(Caller::Member, ask("DELETE", REMOVE, body)).await.code(), 204);
    assert_eq!(roles(&desk.site).await, [pair(4, "member")]);
    assert_eq!(
        desk.send(Caller::Org, remove("admin@people.example")).await.code(),
        204,
        "nobody is left behind"
    );
}

/// Long enough for any machine; a follower needs a tenth of a second.
const DEADLINE: Duration = Duration::from_secs(20);

async fn a_removed_member_loses_its_rights_at_once_and_soon_elsewhere(kind: Kind) {
    let desk = Desk::with_people(kind, people()).await;
    let other = desk.another().await;
    let secret = || Ask::get("/api/poc/73").by(Caller::Member);
    assert_eq!((desk.site.send(secret()).await.code(), other.send(secret()).await.code()), (200, 200));
    assert_eq!(desk.send(Caller::Admin, remove("member@people.example")).await.code(), 204);
    assert_eq!(desk.site.send(secret()).await.code(), 403);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let follow = other.app.follow(&other.store, async {
        let _ = stopped.await;
    });
    let lost = async {
        while other.send(secret()).await.code() != 403 {
            tokio::task::yield_now().await;
        }
        stop.send(()).expect("the follower listens");
    };
    tokio::time::timeout(DEADLINE, async { tokio::join!(follow, lost) }).await.expect("in time");
}

async fn of_two_processes_none_undoes_what_the_other_did(kind: Kind) {
    let mut people = people();
    people.users[0].admin_of_orgs = vec![100];
    let desk = Desk::with_people(kind, people).await;
    let other = desk.another().await;
    // Each of two administrators takes the other one's role; whoever comes second is none any more.
    let (one, two) = tokio::join!(
        desk.site.send(set_role(1, "member").by(Caller::Admin)),
        other.send(set_role(4, "member").by(Caller::Plain))
    );
    let mut codes = [one.code(), two.code()];
    codes.sort_unstable();
    assert_eq!(codes, [200, 403], "{} {}", one.text(), two.text());
    let (one, two) = tokio::join!(
        desk.site.send(add("unverified@people.example", "admin").by(Caller::Org)),
        other.send(add("unverified@people.example", "member").by(Caller::Org))
    );
    let mut codes = [one.code(), two.code()];
    codes.sort_unstable();
    assert_eq!(codes, [201, 400], "{} {}", one.text(), two.text());
    for site in [&desk.site, &other] {
        site.app.catch_up(&site.store).await.expect("caught up");
    }
    let left = roles(&desk.site).await;
    assert_eq!(left, roles(&other).await);
    assert_eq!(left.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

async fn a_refusal_looks_for_what_others_committed(kind: Kind) {
    let desk = Desk::with_people(kind, people()).await;
    let other = desk.another().await;
    assert_eq!(desk.send(Caller::Admin, add("plain@people.example", "admin")).await.code(), 201);
    // The other process follows nobody, and has not heard of it.
    assert_eq!(other.send(Ask::get(USERS).by(Caller::Plain)).await.code(), 403);
    let reply = other.send(remove("plain@people.example").by(Caller::Admin)).await;
    assert_eq!(reply.code(), 204, "{}", reply.text());
}

async fn the_log_of_people_tells_who_did_it(kind: Kind) {
    let desk = Desk::with_people(kind, people()).await;
    assert_eq!(desk.send(Caller::Admin, add("plain@people.example", "member")).await.code(), 201);
    assert_eq!(desk.send(Caller::Org, set_role(1, "admin")).await.code(), 200);
    assert_eq!(desk.send(Caller::Org, remove("plain@people.example")).await.code(), 204);
    let log = desk.site.store.reader().await.expect("a reader").people_log(100, 2).await.expect("entries");
    assert_eq!(log.len(), 2, "no more than were asked for");
    let log = desk.site.store.reader().await.expect("a reader").people_log(100, 9).await.expect("entries");
    let told: Vec<_> =
        log.iter().map(|entry| (&*entry.action, entry.user_id, entry.former, entry.role)).collect();
    let (member, admin) = (Some(OrgRole::Member), Some(OrgRole::Admin));
    assert_eq!(
        told,
        [
            ("member_removed", 1, admin, None),
            ("member_changed", 1, member, admin),
            ("member_added", 1, None, member)
        ]
    );
    assert_eq!((log[0].actor.kind, log[0].actor.id), (ActorKind::OrgKey, Some(100)));
    assert_eq!((log[2].actor.kind, log[2].actor.id), (ActorKind::UserKey, Some(4)));
    assert_eq!(log[2].actor.name.as_deref(), Some("admin (admin000)"));
    assert_eq!((log[2].at, log[2].origin), (desk.world.now(), store::change::Origin::Api));
    let rows = desk.bench.rows(FILE, "SELECT action FROM people_log WHERE org_id <> 100").await;
    assert_eq!(rows, [""; 0]);
}
