//! Who sees which contacts and feed URLs.

use model::Tag;
use serde_json::{Value as Json, json};
use testkit::{Ask, Caller, Client};

use crate::{changed, small};

/// Those who see the private parts of organization 100.
const INSIDERS: [Caller; 5] = [Caller::Member, Caller::Admin, Caller::Reader, Caller::Org, Caller::Superuser];

#[test]
fn contacts_are_listed_for_those_who_may_see_them() {
    let client = small();
    let seen = |caller| client.get_by(caller, "/api/poc").ids();
    assert_eq!(seen(Caller::Anonymous), [71]);
    assert_eq!(seen(Caller::Unverified), [71]);
    assert_eq!(seen(Caller::Plain), [71, 72]);
    for caller in INSIDERS {
        assert_eq!(seen(caller), [71, 72, 73], "{caller:?}");
    }
}

#[test]
fn members_of_one_organization_do_not_see_the_private_contacts_of_another() {
    let client = changed(|world| {
        world.add(Tag::Poc, 74, json!({ "net_id": 11, "role": "NOC", "visible": "Private" }));
    });
    for caller in [Caller::Member, Caller::Admin, Caller::Org] {
        assert_eq!(client.get_by(caller, "/api/poc").ids(), [71, 72, 73], "{caller:?}");
    }
    assert_eq!(client.get_by(Caller::Superuser, "/api/poc").ids(), [71, 72, 73, 74]);
}

#[test]
fn a_hidden_contact_is_forbidden_and_says_nothing() {
    let client = small();
    for (caller, path) in [
        (Caller::Anonymous, "/api/poc/72"),
        (Caller::Anonymous, "/api/poc/73"),
        (Caller::Plain, "/api/poc/73"),
    ] {
        let reply = client.get_by(caller, path);
        assert_eq!((reply.code(), reply.body.len()), (403, 0), "{caller:?} {path}");
    }
    assert_eq!(client.get_by(Caller::Plain, "/api/poc/72").code(), 200);
    assert_eq!(client.get_by(Caller::Org, "/api/poc/73").code(), 200);
}

#[test]
fn sets_hold_visible_contacts_only_as_objects_and_as_ids() {
    let client = small();
    for (caller, ids) in [
        (Caller::Anonymous, json!([71])),
        (Caller::Plain, json!([71, 72])),
        (Caller::Admin, json!([71, 72, 73])),
    ] {
        let net = |path| client.get_by(caller, path).data().remove(0);
        assert_eq!(net("/api/net/10?depth=1")["poc_set"], ids, "{caller:?}");
        assert_eq!(net("/api/net?depth=1&asn=64496")["poc_set"], ids, "{caller:?}");
        let objects: Vec<Json> = net("/api/net/10")["poc_set"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|poc| poc["id"].clone())
            .collect();
        assert_eq!(Json::from(objects), ids, "{caller:?}");
    }
}

#[test]
fn limits_and_counts_tell_nothing_about_hidden_contacts() {
    let client = changed(|world| {
        world.add(Tag::Poc, 74, json!({ "net_id": 11, "role": "NOC", "visible": "Public" }));
    });
    assert_eq!(client.get("/api/poc?limit=2").ids(), [71, 74]);
    assert_eq!(client.get("/api/poc?skip=1").ids(), [74]);
    let pages = client.get("/api/poc?page=1&per_page=1").json();
    assert_eq!(pages["meta"]["pagination"]["count"], 2);
    assert_eq!(client.get("/api/poc?email__startswith=abuse").ids(), [0; 0]);
    assert_eq!(client.get("/api/poc?id=73").code(), 404);
}

fn feed_url(client: &Client, caller: Caller, path: &str) -> Option<Json> {
    client.get_by(caller, path).data()[0].get("ixf_ixp_member_list_url").cloned()
}

#[test]
fn a_feed_url_is_shown_to_those_who_may_see_it() {
    for (visible, strangers, users) in
        [("Private", false, false), ("Users", false, true), ("Public", true, true)]
    {
        let client = changed(|world| {
            world.change(Tag::Ixlan, 11, json!({ "ixf_ixp_member_list_url_visible": visible }));
        });
        for path in ["/api/ixlan/11", "/api/ixlan?id=11"] {
            let shown = |caller| feed_url(&client, caller, path).is_some();
            assert_eq!(shown(Caller::Anonymous), strangers, "{visible} {path}");
            assert_eq!(shown(Caller::Plain), users, "{visible} {path}");
            assert!(INSIDERS.into_iter().all(shown), "{visible} {path}");
        }
    }
}

#[test]
fn who_asks_for_a_feed_url_learns_at_least_who_may_see_it() {
    let client = small();
    let lan =
        |caller| client.get_by(caller, "/api/ixlan?id=11&fields=ixf_ixp_member_list_url").data().remove(0);
    assert_eq!(lan(Caller::Anonymous), json!({ "ixf_ixp_member_list_url_visible": "Private" }));
    assert_eq!(lan(Caller::Admin)["ixf_ixp_member_list_url"], "https://one.example/members.json");
}

#[test]
fn a_hidden_feed_url_cannot_be_guessed_by_filtering() {
    let client = small();
    let found = |caller, op: &str| {
        client.get_by(caller, &format!("/api/ixlan?ixf_ixp_member_list_url{op}=https://one.example/m")).ids()
    };
    for op in ["__startswith", "__contains", "__gte"] {
        assert!(!found(Caller::Anonymous, op).contains(&11), "{op}");
        assert!(found(Caller::Admin, op).contains(&11), "{op}");
    }
}

#[test]
fn answers_to_known_callers_stay_out_of_shared_caches() {
    let client = small();
    let anonymous = client.get("/api/net");
    assert_eq!(anonymous.header("cache-control"), Some("s-maxage=10"));
    let known = client.get_by(Caller::Member, "/api/net");
    assert_eq!(known.header("cache-control"), Some("private, no-store"));
    assert_eq!(known.header("x-auth-id"), Some("u3_apikey_member00"));
    assert_eq!(known.header("x-auth-status"), Some("authenticated"));
    let org = client.get_by(Caller::Org, "/api/net");
    assert_eq!(org.header("x-auth-id"), Some("o100_apikey_organiz0"));
}

#[test]
fn answers_that_hang_on_more_than_the_address_stay_out_of_shared_caches() {
    let client = small();
    for (name, value, status) in [
        ("user-agent", "PeeringDB/0.1 django_peeringdb/0.1", 400),
        ("authorization", "Api-Key", 400),
        ("accept", "text/csv", 406),
        ("prefer", "handling=strict", 400),
    ] {
        let reply = client.send(Ask::get("/api/net?unknown=1").header(name, value));
        assert_eq!((reply.code(), reply.header("cache-control")), (status, Some("no-store")), "{name}");
        let named = |vary: &str| vary.split(", ").any(|entry| entry.eq_ignore_ascii_case(name));
        assert!(name == "user-agent" || reply.header("vary").is_some_and(named), "{name}");
    }
    assert_eq!(client.get("/api/net/999").header("cache-control"), Some("no-store"));
}

#[test]
fn filters_on_a_hidden_contact_do_not_tell_what_it_holds() {
    let client = small();
    let held = client.get_by(Caller::Admin, "/api/poc/73").data().remove(0)["email"].clone();
    let held = held.as_str().expect("an address");
    for start in [held, "nothing-of-the-kind"] {
        let path = format!("/api/poc/73?email__startswith={start}");
        assert_eq!(client.get(&path).code(), 403, "{path}");
    }
}

#[test]
fn a_list_that_depends_on_the_reader_is_not_taken_for_an_older_one() {
    // Net 10 moves to the organization of somebody else: none of its contacts changes.
    let before = small();
    let after = changed(|world| {
        world.change(Tag::Net, 10, json!({ "org_id": 200 }));
    });
    let list = before.get_by(Caller::Member, "/api/poc");
    let tag = list.header("etag").expect("a tag");
    let again = after.send(Ask::get("/api/poc").by(Caller::Member).header("if-none-match", tag));
    assert_eq!((list.ids(), again.code()), (vec![71, 72, 73], 200));
    assert_eq!(again.ids(), [71, 72]);
}
