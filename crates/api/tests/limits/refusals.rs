use app::limits::{RefusalRules, Rules};
use serde_json::json;
use testkit::{Ask, Caller, Kind, Reply, on_both_databases};

use crate::{Desk, ELSEWHERE, HERE, ask};

on_both_databases! {
    a_wrong_key_is_refused_again_without_a_look_for_a_minute
    what_is_forbidden_is_refused_again_for_ten_seconds_or_until_it_is_not
    whoever_gets_a_key_or_a_right_can_use_it_at_once
    a_key_that_is_switched_off_is_refused_whatever_it_asks
    refused_writes_are_looked_at_each_time
    more_than_ten_refusals_a_minute_silence_an_address
    refusals_of_a_key_are_its_own
    others_can_have_nobody_refused
}

/// Refusals alone: nothing else is limited.
fn rules() -> Rules {
    Rules { refusals: Rules::default().refusals, ..Rules::off() }
}

const PATH: &str = "/api/net?limit=1";

fn wrong(path: &str) -> Ask {
    Ask::get(path).header("authorization", "Api-Key plain000.wrong").from(HERE)
}

fn cached(reply: &Reply) -> bool {
    reply.header("x-cached-response") == Some("True")
}

fn is_silence(reply: &Reply) -> bool {
    let silence = reply.code() == 429;
    if silence {
        assert_eq!(
            reply.text(),
            "{\"meta\": {\"error\": \"Too many requests that resulted in 401 or 403 responses\"}}"
        );
        assert_eq!(reply.header("x-throttled-response"), Some("True"));
        assert!(reply.header("retry-after").is_some());
    }
    silence
}

async fn a_wrong_key_is_refused_again_without_a_look_for_a_minute(kind: Kind) {
    let desk = Desk::with(kind, rules()).await;
    let first = desk.site.send(wrong(PATH)).await;
    assert_eq!((first.code(), cached(&first)), (401, false));
    desk.at(59);
    let again = desk.site.send(wrong(PATH)).await;
    assert!(cached(&again));
    assert_eq!((again.code(), again.text()), (first.code(), first.text()));
    for name in ["content-type", "x-auth-id", "x-auth-status", "cache-control", "vary"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
    let head =
        desk.site.send(Ask::new("HEAD", PATH).header("authorization", "Api-Key plain000.wrong").from(HERE));
    assert!(!cached(&head.await), "another method");
    assert!(!cached(&desk.site.send(wrong("/api/net?limit=2")).await), "another query");
    assert!(!cached(&desk.site.send(wrong(PATH).from(ELSEWHERE)).await), "another place");
    assert_eq!(desk.get(Caller::Plain, PATH).await.code(), 200);
    assert_eq!(desk.get(Caller::Anonymous, PATH).await.code(), 200);
    desk.at(60);
    assert!(!cached(&desk.site.send(wrong(PATH)).await));
}

async fn what_is_forbidden_is_refused_again_for_ten_seconds_or_until_it_is_not(kind: Kind) {
    let desk = Desk::with(kind, rules()).await;
    let get = async || desk.get(Caller::Anonymous, "/api/poc/72").await;
    let first = get().await;
    assert_eq!((first.code(), first.text(), cached(&first)), (403, "", false));
    desk.at(9);
    let again = get().await;
    assert_eq!((again.code(), again.text(), cached(&again)), (403, "", true));
    desk.at(10);
    assert!(!cached(&get().await));
    assert!(cached(&get().await));
    let shown = json!({ "net_id": 10, "role": "NOC", "visible": "Public" });
    assert_eq!(desk.send(Caller::Admin, ask("PUT", "/api/poc/72", shown)).await.code(), 200);
    assert_eq!(get().await.code(), 200, "the record is public now");
}

async fn whoever_gets_a_key_or_a_right_can_use_it_at_once(kind: Kind) {
    let desk = Desk::with(kind, rules()).await;
    let get = async |caller| desk.get(caller, PATH).await;
    for (caller, statement) in [
        (Caller::InactiveKey, "UPDATE user_api_key SET status = 'active' WHERE prefix = 'inactiv0'"),
        (Caller::RevokedKey, "UPDATE user_api_key SET revoked = 0 WHERE prefix = 'revoked0'"),
        (Caller::ExpiredKey, "UPDATE user_api_key SET expires = NULL WHERE prefix = 'expired0'"),
        (Caller::Retired, "UPDATE users SET is_active = 1 WHERE id = 6"),
    ] {
        assert!(!cached(&get(caller).await));
        assert!(cached(&get(caller).await), "{caller:?}");
        desk.change_people(statement).await;
        assert_eq!(get(caller).await.code(), 200, "{caller:?}");
    }
    let forbidden = async || desk.get(Caller::Anonymous, "/api/poc/72").await;
    forbidden().await;
    assert!(cached(&forbidden().await));
    desk.change_people(
        "INSERT INTO group_permission (group_name, namespace, permission) \
         VALUES ('guest', 'peeringdb.organization.*.network.*.poc_set.users', 1)",
    )
    .await;
    assert_eq!(forbidden().await.code(), 200);
}

async fn a_key_that_is_switched_off_is_refused_whatever_it_asks(kind: Kind) {
    let desk = Desk::with(kind, rules()).await;
    let first = desk.get(Caller::InactiveKey, PATH).await;
    assert_eq!((first.code(), cached(&first)), (401, false));
    for path in [PATH, "/api/net?limit=2", "/api/poc?limit=1"] {
        desk.at(3_599);
        let again = desk.get(Caller::InactiveKey, path).await;
        assert_eq!((again.code(), again.error().as_str()), (401, "Inactive API key"));
        assert!(cached(&again), "{path}");
    }
    desk.at(3_600);
    assert!(!cached(&desk.get(Caller::InactiveKey, PATH).await));
}

async fn refused_writes_are_looked_at_each_time(kind: Kind) {
    let desk = Desk::with(kind, rules()).await;
    let body = |name: &str| json!({ "org_id": 100, "name": name });
    for _ in 0..2 {
        let put = desk.send(Caller::Plain, ask("PUT", "/api/carrier/51", body("x"))).await;
        assert_eq!((put.code(), cached(&put)), (401, false));
        let delete = desk.send(Caller::Plain, Ask::new("DELETE", "/api/netfac/91")).await;
        assert_eq!((delete.code(), cached(&delete)), (403, false));
    }
    let other = desk.send(Caller::Plain, Ask::new("DELETE", "/api/netfac/99999")).await;
    assert_eq!(other.code(), 204);
}

async fn more_than_ten_refusals_a_minute_silence_an_address(kind: Kind) {
    let desk = Desk::with(kind, rules()).await;
    for n in 0..11 {
        let reply = desk.site.send(wrong(&format!("/api/net?limit={n}"))).await;
        assert_eq!((reply.code(), cached(&reply)), (401, false), "{n}");
    }
    desk.at(1);
    let silenced = desk.site.send(wrong("/api/net?limit=12")).await;
    assert!(is_silence(&silenced));
    assert_eq!(silenced.header("retry-after"), Some("59"));
    for path in [PATH, "/api/", "/data/enum/MTUS", "/api/net?limit=0"] {
        assert!(is_silence(&desk.get(Caller::Anonymous, path).await), "{path}");
    }
    // A password is not even checked, so that nobody learns which one is right.
    let password = Ask::get(PATH).header("authorization", "Basic cGxhaW46eA==").from(HERE);
    assert!(is_silence(&desk.site.send(password).await));
    for caller in [Caller::Plain, Caller::Superuser, Caller::Org] {
        assert_eq!(desk.get(caller, PATH).await.code(), 200, "a right key is heard: {caller:?}");
    }
    assert_eq!(desk.site.send(Ask::get(PATH).from(ELSEWHERE)).await.code(), 200);
    desk.at(60);
    assert_eq!(desk.get(Caller::Anonymous, PATH).await.code(), 200);
}

async fn refusals_of_a_key_are_its_own(kind: Kind) {
    let desk = Desk::with(kind, rules()).await;
    let delete = || Ask::new("DELETE", "/api/netfac/91");
    for _ in 0..11 {
        assert_eq!(desk.send(Caller::Plain, delete()).await.code(), 403);
    }
    assert!(is_silence(&desk.send(Caller::Plain, delete()).await));
    assert!(is_silence(&desk.get(Caller::Plain, PATH).await));
    for caller in [Caller::Anonymous, Caller::Member] {
        assert_eq!(desk.get(caller, PATH).await.code(), 200, "{caller:?}");
    }
    let elsewhere = desk.site.send(Ask::get(PATH).by(Caller::Plain).from(ELSEWHERE)).await;
    assert_eq!(elsewhere.code(), 200, "the same key in another place");
    // Repetitions cost nothing and are not counted.
    for _ in 0..30 {
        assert_eq!(desk.get(Caller::Anonymous, "/api/poc/72").await.code(), 403);
    }
    let none = Rules { refusals: RefusalRules { per_minute: None, ..rules().refusals }, ..rules() };
    let desk = Desk::with(kind, none).await;
    for _ in 0..30 {
        assert_eq!(desk.send(Caller::Plain, delete()).await.code(), 403);
    }
}

async fn others_can_have_nobody_refused(kind: Kind) {
    let desk = Desk::with(kind, rules()).await;
    // The public part of a key is no secret: it stands in `X-Auth-ID`.
    assert_eq!(desk.site.send(wrong(PATH)).await.code(), 401);
    assert!(cached(&desk.site.send(wrong(PATH)).await));
    assert_eq!(desk.get(Caller::Plain, PATH).await.code(), 200);
}
