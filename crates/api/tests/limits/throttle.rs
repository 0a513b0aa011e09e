use app::limits::{Rules, Scope};
use serde_json::json;
use testkit::{Ask, Caller, Kind, on_both_databases};

use crate::{Desk, ELSEWHERE, HERE, ask, only};

on_both_databases! {
    anonymous_readers_are_counted_by_address
    readers_with_keys_are_counted_by_person_and_organization
    writes_are_counted_by_key
    distance_is_counted_by_person_and_needs_a_verified_one_first
    an_import_is_requested_once_a_minute_by_one_requester_for_one_exchange
    members_of_organizations_are_asked_about_once_a_second
    repeated_reads_of_large_answers_are_counted_by_path
    lists_by_state_are_counted_apart
    operators_have_their_own_words
    nothing_is_counted_without_limits
    the_defaults_are_those_of_the_specification
}

const PATH: &str = "/api/net?limit=1";

async fn anonymous_readers_are_counted_by_address(kind: Kind) {
    let desk = Desk::with(kind, only(&[(Scope::Anonymous, "3/minute")])).await;
    let from = async |address: &str| desk.site.send(Ask::get(PATH).from(address)).await;
    for second in 0..3 {
        desk.at(second);
        let reply = from(HERE).await;
        assert_eq!(reply.code(), 200);
        assert_eq!(reply.header("ratelimit"), None, "a shared cache may keep the answer");
    }
    desk.at(3);
    let reply = from(HERE).await;
    assert_eq!(
        (reply.code(), reply.text()),
        (
            429,
            "{\"message\": \"Request was throttled. Expected available in 57 seconds.\", \
             \"meta\": {\"error\": \"Too Many Requests\"}}"
        )
    );
    assert_eq!(reply.header("retry-after"), Some("57"));
    assert_eq!(reply.header("content-type"), Some("application/json; charset=utf-8"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("ratelimit-policy"), Some("\"anonymous\";q=3;w=60"));
    assert_eq!(reply.header("ratelimit"), Some("\"anonymous\";r=0;t=57"));
    let head = desk.site.send(Ask::new("HEAD", PATH).from(HERE)).await;
    assert_eq!((head.code(), head.text()), (429, ""), "HEAD counts like GET");
    assert_eq!(from(ELSEWHERE).await.code(), 200);
    assert_eq!(desk.get(Caller::Plain, PATH).await.code(), 200, "whoever has a key is not anonymous");
    desk.at(59);
    assert_eq!(from(HERE).await.header("retry-after"), Some("1"));
    desk.at(60);
    assert_eq!(from(HERE).await.code(), 200, "whoever waited as told is heard");
    assert_eq!(from(HERE).await.code(), 429);
    for (address, code) in [
        ("2001:db8:1:2::1", 200),
        ("2001:db8:1:2::2", 200),
        ("2001:db8:1:2:ffff::3", 200),
        ("2001:db8:1:2::4", 429),
        ("2001:db8:1:3::1", 200),
    ] {
        assert_eq!(from(address).await.code(), code, "{address}");
    }
}

async fn readers_with_keys_are_counted_by_person_and_organization(kind: Kind) {
    let desk = Desk::with(kind, only(&[(Scope::User, "2/minute")])).await;
    let first = desk.get(Caller::Admin, PATH).await;
    assert_eq!((first.code(), first.header("ratelimit")), (200, Some("\"user\";r=1;t=60")));
    assert_eq!(desk.get(Caller::Reader, PATH).await.code(), 200);
    let third = desk.get(Caller::Admin, PATH).await;
    assert_eq!(third.code(), 429, "two keys of one person");
    assert_eq!(third.json()["message"], "Request was throttled. Expected available in 1 minutes.");
    assert_eq!(third.header("retry-after"), Some("60"));
    assert_eq!(third.header("x-auth-id"), Some("u4_apikey_admin000"));
    for caller in [Caller::Plain, Caller::Org, Caller::Plain, Caller::Org] {
        assert_eq!(desk.get(caller, PATH).await.code(), 200, "{caller:?}");
    }
    assert_eq!(desk.get(Caller::Org, PATH).await.code(), 429);
    for _ in 0..5 {
        assert_eq!(desk.get(Caller::Superuser, PATH).await.code(), 200);
        assert_eq!(desk.get(Caller::Anonymous, PATH).await.code(), 200);
    }
}

async fn writes_are_counted_by_key(kind: Kind) {
    let desk = Desk::with(kind, only(&[(Scope::Write, "2/minute")])).await;
    let write = || ask("POST", "/api/poc", json!({ "net_id": 1 }));
    for caller in [Caller::Admin, Caller::Reader, Caller::Superuser, Caller::Anonymous] {
        for left in ["1", "0"] {
            let reply = desk.send(caller, write()).await;
            assert_eq!(reply.code(), 400, "{caller:?} {}", reply.text());
            assert_eq!(reply.header("ratelimit"), Some(&*format!("\"write\";r={left};t=60")));
        }
        let reply = desk.send(caller, write()).await;
        assert_eq!(reply.code(), 429, "{caller:?}");
        assert_eq!(reply.header("retry-after"), Some("60"));
        assert_eq!(desk.send(caller, Ask::new("DELETE", "/api/netfac/91")).await.code(), 429);
        assert_eq!(desk.get(caller, PATH).await.code(), 200, "reads are counted apart");
    }
}

async fn distance_is_counted_by_person_and_needs_a_verified_one_first(kind: Kind) {
    let desk = Desk::with(kind, only(&[(Scope::Distance, "2/minute")])).await;
    let path = "/api/fac?latitude=41.88&longitude=-87.63&distance=10";
    for caller in [Caller::Plain, Caller::Org] {
        for code in [200, 200, 429] {
            let reply = desk.get(caller, path).await;
            assert_eq!(reply.code(), code, "{caller:?} {}", reply.text());
        }
        assert_eq!(desk.get(caller, "/api/fac").await.code(), 200);
    }
    for _ in 0..3 {
        let reply = desk.get(Caller::Anonymous, path).await;
        assert_eq!(
            (reply.code(), reply.error().as_str()),
            (403, "Please authenticate to use the `distance` filter")
        );
        assert_eq!(desk.get(Caller::Superuser, path).await.code(), 200);
    }
}

async fn an_import_is_requested_once_a_minute_by_one_requester_for_one_exchange(kind: Kind) {
    let limits = only(&[(Scope::IxfImport, "1/minute"), (Scope::Write, "1/minute")]);
    let desk = Desk::with(kind, limits).await;
    let request = |ix: u32| Ask::new("POST", &format!("/api/ix/{ix}/request_ixf_import"));
    assert_eq!(desk.send(Caller::Admin, request(11)).await.code(), 200);
    assert_eq!(desk.send(Caller::Anonymous, request(11)).await.code(), 401);
    let again = desk.send(Caller::Admin, request(11)).await;
    assert_eq!(again.code(), 429, "{}", again.text());
    assert_eq!(again.header("ratelimit-policy"), Some("\"ixf-import\";q=1;w=60"));
    assert_eq!(desk.send(Caller::Admin, request(12)).await.code(), 401, "another exchange, of somebody else");
    let write = ask("PUT", "/api/carrier/51", json!({ "org_id": 100, "name": "Carrier Uno" }));
    assert_eq!(desk.send(Caller::Admin, write).await.code(), 200, "an import is no write");
    desk.at(60);
    assert_ne!(desk.send(Caller::Admin, request(11)).await.code(), 429);
}

async fn members_of_organizations_are_asked_about_once_a_second(kind: Kind) {
    let limits = only(&[(Scope::OrganizationUsers, "1/second"), (Scope::User, "1/minute")]);
    let desk = Desk::with(kind, limits).await;
    let path = "/api/org/100/users";
    assert_ne!(desk.get(Caller::Admin, path).await.code(), 429);
    let again = desk.get(Caller::Admin, path).await;
    assert_eq!(
        (again.code(), again.header("retry-after")),
        (429, Some("1")),
        "before any right is looked at"
    );
    assert_ne!(desk.get(Caller::Member, path).await.code(), 429);
    desk.at(1);
    assert_ne!(desk.get(Caller::Admin, path).await.code(), 429, "not counted as another read");
}

async fn repeated_reads_of_large_answers_are_counted_by_path(kind: Kind) {
    let scopes = [
        (Scope::RepeatedAddress, "1/minute"),
        (Scope::RepeatedNetwork, "2/minute"),
        (Scope::RepeatedUser, "1/minute"),
        (Scope::RepeatedOrganization, "1/minute"),
    ];
    let desk = Desk::with(kind, Rules { large_bytes: 500, ..only(&scopes) }).await;
    for caller in [Caller::Anonymous, Caller::Plain, Caller::Org] {
        let path = format!("/api/net?name__contains=&x={}", caller as u8);
        for code in [200, 200, 429] {
            let reply = desk.get(caller, &path).await;
            assert_eq!(reply.code(), code, "{caller:?}: the size is known after the first answer");
        }
        assert_eq!(desk.get(caller, "/api/net?fields=id").await.code(), 200);
        assert_eq!(desk.get(caller, "/api/net?fields=id").await.code(), 200, "small answers are not counted");
        assert_eq!(desk.get(caller, "/api/net?fields=id").await.code(), 200);
    }
    let from = async |address: &str| desk.site.send(Ask::get("/api/fac").from(address)).await.code();
    assert_eq!(from("203.0.113.1").await, 200);
    assert_eq!(from("203.0.113.2").await, 200);
    assert_eq!(from("203.0.113.3").await, 200);
    assert_eq!(from("203.0.113.4").await, 429, "the third of one /24 for what is known to be large");
    assert_eq!(from(ELSEWHERE).await, 200);
    assert_eq!(desk.get(Caller::Superuser, "/api/fac").await.code(), 200);
}

async fn lists_by_state_are_counted_apart(kind: Kind) {
    let scopes = [
        (Scope::StateAddress, "1/minute"),
        (Scope::StateUser, "1/minute"),
        (Scope::StateOrganization, "1/minute"),
        (Scope::StateAdmin, "1/minute"),
    ];
    let desk = Desk::with(kind, only(&scopes)).await;
    for caller in [Caller::Anonymous, Caller::Plain, Caller::Org, Caller::Superuser] {
        assert_eq!(desk.get(caller, "/api/fac?state=IL").await.code(), 200, "{caller:?}");
        let reply = desk.get(caller, "/api/org?state=IL").await;
        assert_eq!(reply.code(), 429, "{caller:?}");
        let message = reply.json()["message"].as_str().expect("a text").to_owned();
        assert!(
            message.starts_with("Request was throttled. Expected available in 1 minutes. - "),
            "{message}"
        );
        for path in ["/api/fac", "/api/fac?state=", "/api/fac/41?state=IL", "/api/net?state=IL"] {
            assert_eq!(desk.get(caller, path).await.code(), 200, "{caller:?} {path}");
        }
    }
}

async fn operators_have_their_own_words(kind: Kind) {
    let rules = Rules {
        anonymous_message: Some("Sign in, or wait {time}.".to_owned()),
        user_message: Some("Wait {time}.".to_owned()),
        ..only(&[(Scope::Anonymous, "1/hour"), (Scope::User, "1/minute")])
    };
    let desk = Desk::with(kind, rules).await;
    for (caller, message, seconds) in
        [(Caller::Anonymous, "Sign in, or wait 1 hours.", "3600"), (Caller::Plain, "Wait 1 minutes.", "60")]
    {
        assert_eq!(desk.get(caller, PATH).await.code(), 200);
        let reply = desk.get(caller, PATH).await;
        assert_eq!(reply.json(), json!({ "message": message, "meta": { "error": "Too Many Requests" } }));
        assert_eq!(reply.header("retry-after"), Some(seconds));
    }
}

async fn nothing_is_counted_without_limits(kind: Kind) {
    let desk = Desk::with(kind, Rules::off()).await;
    for _ in 0..200 {
        assert_eq!(desk.get(Caller::Anonymous, "/api/net/10").await.code(), 200);
        let refused = desk.site.send(Ask::get(PATH).header("authorization", "Api-Key x.y").from(HERE)).await;
        assert_eq!((refused.code(), refused.header("x-cached-response")), (401, None));
    }
}

async fn the_defaults_are_those_of_the_specification(kind: Kind) {
    let desk = Desk::with(kind, Rules::default()).await;
    for _ in 0..100 {
        assert_eq!(desk.get(Caller::Anonymous, "/api/net/10").await.code(), 200);
        assert_eq!(
            desk.send(Caller::Admin, ask("POST", "/api/poc", json!({ "net_id": 1 }))).await.code(),
            400
        );
    }
    let read = desk.get(Caller::Anonymous, "/api/net/10").await;
    assert_eq!((read.code(), read.header("retry-after")), (429, Some("1")));
    let write = desk.send(Caller::Admin, ask("POST", "/api/poc", json!({ "net_id": 1 }))).await;
    assert_eq!((write.code(), write.header("retry-after")), (429, Some("60")));
}
