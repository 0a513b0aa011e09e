//! What becomes of changes while a service outside does not answer.

use std::future::ready;
use std::sync::Arc;

use app::outside::{Asked, Outside};
use ipnet::IpNet;
use model::geo::Point;
use rules::{Place, Policy, Registration};
use serde_json::{Value as Json, json};
use testkit::{Caller, Kind, Reply, Site, on_both_databases};

use crate::{Desk, FILE, ask};

on_both_databases! {
    a_network_is_refused_while_registries_fail_and_the_support_is_told_once
    an_exchange_waits_while_registries_fail
    an_exchange_waits_while_its_member_list_cannot_be_read_and_says_so
    an_exchange_waits_when_its_member_list_vouches_for_nothing
    an_exchange_is_published_when_both_answer
    an_address_is_stored_while_the_geocoder_fails
    a_position_is_refused_while_nobody_knows_the_city
    what_needs_nobody_goes_on
}

/// Answers as told; fails where nothing is told.
#[derive(Default)]
struct World {
    prefix: Option<Registration>,
    feed: Option<Vec<u32>>,
}

fn failed() -> Registration {
    Registration::Failed("no answer within 10 s".to_owned())
}

impl Outside for World {
    fn asn(&self, _asn: u32) -> Asked<'_, Registration> {
        Box::pin(ready(failed()))
    }

    fn prefix(&self, _prefix: IpNet) -> Asked<'_, Registration> {
        Box::pin(ready(self.prefix.clone().unwrap_or_else(failed)))
    }

    fn place<'a>(&'a self, _place: &'a Place) -> Asked<'a, Result<Option<Point>, String>> {
        Box::pin(ready(Err("no answer within 5 s".to_owned())))
    }

    fn feed<'a>(&'a self, _url: &'a str) -> Asked<'a, Result<Vec<u32>, String>> {
        Box::pin(ready(self.feed.clone().ok_or_else(|| "status 503".to_owned())))
    }
}

async fn site(desk: &Desk, outside: World) -> Site {
    let policy = Policy {
        suggestion_org: Some(1234),
        approve_exchanges: true,
        geocoding: true,
        support: "help@directory.example".to_owned(),
        ..Policy::default()
    };
    Site::deciding(desk.bench.store(FILE).await, desk.world.now(), Arc::new(outside), policy).await
}

async fn send(site: &Site, method: &str, path: &str, body: Json) -> Reply {
    site.send(ask(method, path, body).by(Caller::Admin)).await
}

/// Kinds and subjects of all tickets.
async fn tickets(site: &Site) -> Vec<(String, String)> {
    let mut reader = site.store.reader().await.expect("a reader");
    let tickets = reader.tickets(true).await.expect("tickets");
    tickets.into_iter().map(|ticket| (ticket.kind, ticket.subject)).collect()
}

fn net(asn: u32) -> Json {
    json!({ "org_id": 100, "name": format!("Net {asn}"), "asn": asn, "website": "https://n.example/" })
}

async fn a_network_is_refused_while_registries_fail_and_the_support_is_told_once(kind: Kind) {
    let desk = Desk::small(kind).await;
    let site = site(&desk, World::default()).await;
    for asn in [9_000_100, 9_000_101] {
        let reply = send(&site, "POST", "/api/net", net(asn)).await;
        assert_eq!(reply.code(), 400, "{}", reply.text());
        let said = "The registration of this ASN could not be retrieved by RDAP (no answer within 10 s). \
                    Please contact help@directory.example";
        assert_eq!(reply.json()["asn"], json!([said]));
    }
    assert_eq!(site.store.sequence().await.expect("a number"), 1, "nothing is stored");
    let told = ("rdap-error".to_owned(), "[RDAP_ERR] Network for AS 9000100".to_owned());
    assert_eq!(tickets(&site).await, [told], "once in an hour");
    // A suggestion does not vouch for anybody, and is not taken blindly either.
    let mut suggested = net(9_000_102);
    suggested["suggest"] = json!(true);
    let reply = site.send(ask("POST", "/api/net", suggested).by(Caller::Superuser)).await;
    assert_eq!(reply.code(), 400, "{}", reply.text());
}

fn ix() -> Json {
    json!({ "org_id": 100, "name": "New IX", "city": "Chicago", "country": "US", "region_continent": "North America",
            "tech_email": "noc@ix.example", "website": "https://ix.example/", "prefix": "23.128.110.0/24",
            "ixf_ixp_member_list_url": "https://ix.example/members.json" })
}

async fn an_exchange_waits_while_registries_fail(kind: Kind) {
    let desk = Desk::small(kind).await;
    let site = site(&desk, World { feed: Some(vec![1, 2, 3]), ..World::default() }).await;
    let reply = send(&site, "POST", "/api/ix", ix()).await;
    assert_eq!((reply.code(), &reply.data()[0]["status"]), (201, &json!("pending")), "{}", reply.text());
    assert!(!reply.text().contains("pending_reason"), "{}", reply.text());
    let told = ("queue".to_owned(), "Internet Exchange - New IX".to_owned());
    assert_eq!(tickets(&site).await, [told]);
}

fn known() -> Option<Registration> {
    Some(Registration::Found { emails: vec!["admin@people.example".to_owned()] })
}

async fn an_exchange_waits_while_its_member_list_cannot_be_read_and_says_so(kind: Kind) {
    let desk = Desk::small(kind).await;
    let site = site(&desk, World { prefix: known(), feed: None }).await;
    let reply = send(&site, "POST", "/api/ix", ix()).await;
    assert_eq!((reply.code(), &reply.data()[0]["status"]), (201, &json!("pending")), "{}", reply.text());
    let row = &reply.data()[0];
    assert_eq!(row["ixf_pending_reason"], "The member list could not be read: status 503");
    assert!(row["ixlan_id"].is_u64() && row["ixpfx_id"].is_u64(), "{}", reply.text());
    assert_eq!(reply.json()["meta"], json!({}));
}

async fn an_exchange_waits_when_its_member_list_vouches_for_nothing(kind: Kind) {
    let desk = Desk::small(kind).await;
    let (few, own) = ("names fewer than 3 networks", "names a network of the exchange's own organization");
    for (n, (feed, said)) in (0..).zip([(vec![64501, 64502, 64502], few), (vec![64496, 64501, 64502], own)]) {
        let site = site(&desk, World { prefix: known(), feed: Some(feed) }).await;
        let mut body = ix();
        body["name"] = json!(format!("IX {n}"));
        body["prefix"] = json!(format!("23.128.{}.0/24", 110 + n));
        let reply = send(&site, "POST", "/api/ix", body).await;
        assert_eq!((reply.code(), &reply.data()[0]["status"]), (201, &json!("pending")), "{}", reply.text());
        assert_eq!(reply.data()[0]["ixf_pending_reason"], format!("The member list {said}"));
    }
}

async fn an_exchange_is_published_when_both_answer(kind: Kind) {
    let desk = Desk::small(kind).await;
    let site = site(&desk, World { prefix: known(), feed: Some(vec![64501, 64502, 64503]) }).await;
    let reply = send(&site, "POST", "/api/ix", ix()).await;
    assert_eq!((reply.code(), &reply.data()[0]["status"]), (201, &json!("ok")), "{}", reply.text());
    assert!(!reply.text().contains("pending_reason"), "{}", reply.text());
    let told = ("prefix-auto".to_owned(), "[PREFIXAUTO] Internet Exchange - New IX".to_owned());
    assert_eq!(tickets(&site).await, [told]);
}

fn fac() -> Json {
    json!({ "org_id": 100, "name": "New Fac", "address1": "Street 1", "city": "Chicago", "country": "US",
            "zipcode": "60601", "website": "https://fac.example/" })
}

async fn an_address_is_stored_while_the_geocoder_fails(kind: Kind) {
    let desk = Desk::small(kind).await;
    let site = site(&desk, World::default()).await;
    let warning =
        json!({ "geovalidation_warning": "The address could not be located: no answer within 5 s" });
    let reply = send(&site, "POST", "/api/fac", fac()).await;
    assert_eq!((reply.code(), &reply.json()["meta"]), (201, &warning), "{}", reply.text());
    let org = json!({ "name": "Org One", "website": "https://one.example/", "address1": "Street 2",
        "city": "Chicago", "country": "US", "state": "IL" });
    let reply = send(&site, "PUT", "/api/org/100", org).await;
    assert_eq!((reply.code(), &reply.json()["meta"]), (200, &warning), "{}", reply.text());
    let row = &reply.data()[0];
    assert_eq!(
        (&row["address1"], &row["latitude"]),
        (&json!("Street 2"), &json!(41.88)),
        "it stays where it was"
    );
}

async fn a_position_is_refused_while_nobody_knows_the_city(kind: Kind) {
    let desk = Desk::small(kind).await;
    let site = site(&desk, World::default()).await;
    let moved = json!({ "org_id": 100, "name": "Fac One", "address1": "350 Main Street", "city": "Dallas",
        "country": "US", "zipcode": "75201", "latitude": 32.78, "longitude": -96.8 });
    let reply = send(&site, "PUT", "/api/fac/41", moved).await;
    assert_eq!(reply.code(), 400, "{}", reply.text());
    let said = "The city could not be located, so that the position cannot be verified";
    assert_eq!(reply.json()["non_field_errors"], json!([said]));
}

async fn what_needs_nobody_goes_on(kind: Kind) {
    let desk = Desk::small(kind).await;
    let site = site(&desk, World::default()).await;
    for (method, path, body, status) in [
        ("POST", "/api/netfac", json!({ "net_id": 10, "fac_id": 42 }), 201),
        ("POST", "/api/carrier", json!({ "org_id": 100, "name": "C", "website": "https://c.example/" }), 201),
        ("PUT", "/api/net/10", json!({ "org_id": 100, "name": "Net Uno", "asn": 64496 }), 200),
        (
            "POST",
            "/api/ixpfx",
            json!({ "ixlan_id": 11, "protocol": "IPv4", "prefix": "23.128.111.0/24" }),
            201,
        ),
    ] {
        let reply = send(&site, method, path, body).await;
        assert_eq!(reply.code(), status, "{method} {path}: {}", reply.text());
    }
}
