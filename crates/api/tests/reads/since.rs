//! Statuses: what lists and details show, and what changed since a moment.

use model::Tag;
use serde_json::json;
use testkit::{Caller, Client};

use crate::{assert_errors, assert_ids, changed, small};

/// Network 11, its port, and the first contact are deleted, in this order.
fn with_deletions() -> Client {
    changed(|world| {
        world.delete(Tag::Netixlan, 82).delete(Tag::Net, 11).delete(Tag::Poc, 71);
    })
}

#[test]
fn since_shows_deleted_records_too_in_the_order_of_their_change() {
    let client = changed(|world| {
        world.delete(Tag::Net, 11).change(Tag::Net, 10, json!({ "aka": "Netz Eins" }));
    });
    let rows = client.get("/api/net?since=1").data();
    let states: Vec<_> = rows.iter().map(|row| (row["id"].as_u64(), row["status"].as_str())).collect();
    assert_eq!(states, [(Some(11), Some("deleted")), (Some(10), Some("ok"))]);
    assert_ids(&client, &[("net?since=1&status=deleted", &[11]), ("net?since=1&status=ok", &[10])]);
}

#[test]
fn without_since_only_published_records_are_listed() {
    assert_ids(
        &with_deletions(),
        &[
            ("net", &[10]),
            ("net?status=deleted", &[]),
            ("net?since=0", &[10]),
            ("net?since=-5", &[10]),
            ("org", &[100, 200, 1234]),
            ("campus", &[]),
        ],
    );
}

#[test]
fn since_compares_strictly_and_takes_fractions() {
    let client = small();
    let rows = client.get("/api/net?limit=1").data();
    let updated = model::Time::parse(rows[0]["updated"].as_str().expect("a time")).expect("a time").unix();
    assert_eq!(client.get(&format!("/api/net?since={updated}")).ids(), [11]);
    assert_eq!(client.get(&format!("/api/net?since={}", updated - 1)).ids(), [10, 11]);
    assert_eq!(client.get(&format!("/api/net?since={updated}.9")).ids(), [11]);
    assert_ids(&client, &[("net?since=99999999999", &[])]);
}

#[test]
fn a_since_that_is_no_number_is_refused() {
    let text = "'since' needs to be a unix timestamp (epoch seconds)";
    assert_errors(
        &small(),
        &[("net?since=abc", 400, text), ("net?since=", 400, text), ("net?since=nan", 400, text)],
    );
}

#[test]
fn since_shows_pending_campuses_and_no_other_pending_records() {
    assert_ids(&small(), &[("campus?since=1", &[61]), ("org?since=1", &[100, 200, 1234])]);
}

#[test]
fn a_deleted_contact_has_lost_what_is_personal() {
    let rows = with_deletions().get("/api/poc?since=1").data();
    assert_eq!(rows.len(), 1);
    for key in ["name", "phone", "email", "url"] {
        assert_eq!(rows[0][key], "", "{key}");
    }
    assert_eq!((&rows[0]["role"], &rows[0]["status"]), (&json!("Technical"), &json!("deleted")));
}

#[test]
fn what_was_deleted_cannot_be_found_by_what_it_hides() {
    let client = with_deletions();
    assert_ids(&client, &[("poc?since=1&name=Technik", &[]), ("poc?since=1&email__contains=tech", &[])]);
}

#[test]
fn relation_filters_find_deleted_rows_through_since() {
    assert_ids(&with_deletions(), &[("netixlan?ix_id=11&since=1", &[81, 82]), ("netixlan?ix_id=11", &[81])]);
}

#[test]
fn details_show_pending_records_and_no_deleted_ones() {
    let client = with_deletions();
    for (path, status) in [("campus/61", 200), ("org/300", 200), ("net/11", 404), ("net/11?since=1", 404)] {
        assert_eq!(client.get(&format!("/api/{path}")).code(), status, "{path}");
    }
    assert_eq!(client.get("/api/org/300").data()[0]["status"], "pending");
}

#[test]
fn filters_hold_for_details_too() {
    let client = small();
    for path in ["net/10?name=zzz", "net/10?id=11", "net/10?status=deleted"] {
        assert_eq!(client.get(&format!("/api/{path}")).code(), 404, "{path}");
    }
    assert_ids(&client, &[("net/10?name=net%20one", &[10])]);
}

#[test]
fn filters_combine_with_since_depth_and_each_other() {
    let client = with_deletions();
    assert_ids(
        &client,
        &[
            ("net?since=1&asn=64497", &[11]),
            ("net?since=1&name__startswith=net&org_id=100", &[10]),
            ("netixlan?net_id=10&ix_id=11&speed__gte=10000", &[81]),
            ("netixlan?net_id=10&ix_id=12", &[]),
        ],
    );
    assert_eq!(client.get("/api/net?asn=64496&depth=1").data()[0]["netixlan_set"], json!([81]));
    assert_eq!(
        client.get_by(Caller::Admin, "/api/net?asn=64496&depth=1").data()[0]["poc_set"],
        json!([72, 73])
    );
}
