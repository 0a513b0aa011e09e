//! Parts of lists: limit and skip, pages, and the cut of deep lists.

use model::Tag;
use serde_json::{Value as Json, json};
use testkit::{Client, PUBLIC_URL};

use crate::{assert_errors, assert_ids, changed, small};

/// The page that an answer is.
fn page(client: &Client, path: &str) -> Json {
    client.get(path).json()["meta"]["pagination"].clone()
}

fn many_orgs() -> Client {
    changed(|world| {
        for id in 2000..2257 {
            world.add(Tag::Org, id, json!({ "name": format!("Org {id}") }));
        }
    })
}

#[test]
fn limit_and_skip_cut_the_list() {
    assert_ids(
        &small(),
        &[
            ("net?limit=1", &[10]),
            ("net?limit=1&skip=1", &[11]),
            ("net?skip=1", &[11]),
            ("net?skip=9", &[]),
            ("net?limit=0", &[10, 11]),
            ("net?limit=-1", &[10, 11]),
        ],
    );
}

#[test]
fn limits_that_are_no_numbers_are_refused() {
    assert_errors(
        &small(),
        &[
            ("net?limit=abc", 400, "'limit' needs to be a number"),
            ("net?skip=abc", 400, "'skip' needs to be a number"),
            ("net?skip=-1", 400, "Negative indexing is not supported."),
        ],
    );
}

#[test]
fn limit_and_skip_mean_nothing_for_one_record() {
    assert_ids(&small(), &[("net/10?limit=1", &[10]), ("net/10?skip=1", &[10]), ("net/10?skip=-1", &[10])]);
}

#[test]
fn a_page_tells_where_it_stands() {
    let client = small();
    assert_eq!(client.get("/api/net?page=1&per_page=1").ids(), [10]);
    assert_eq!(
        page(&client, "/api/net?per_page=1&page=1&fields=id"),
        json!({ "count": 2, "has_next": true, "has_previous": false,
            "next": format!("{PUBLIC_URL}/api/net?fields=id&page=2&per_page=1"), "previous": null,
            "page": 1, "per_page": 1, "total_pages": 2 })
    );
    assert_eq!(
        page(&client, "/api/net?page=2&per_page=1")["previous"],
        format!("{PUBLIC_URL}/api/net?per_page=1")
    );
    let last = page(&client, "/api/net?page=last&per_page=1");
    assert_eq!((last["page"].as_u64(), last["next"].clone()), (Some(2), Json::Null));
}

#[test]
fn pages_that_do_not_exist_are_not_found() {
    let client = small();
    for number in ["9", "0", "-1", "abc", "99999999999999999999999"] {
        assert_errors(&client, &[(&format!("net?page={number}&per_page=1"), 404, "Invalid page.")]);
    }
}

#[test]
fn pages_have_at_most_250_rows_and_as_many_by_default() {
    let client = small();
    for rows in ["1000", "abc", "0", "-1", ""] {
        assert_eq!(page(&client, &format!("/api/net?page=1&per_page={rows}"))["per_page"], 250, "{rows}");
    }
    assert_eq!(client.get("/api/net?per_page=1").ids(), [10, 11]);
}

#[test]
fn deep_lists_are_cut_at_250_rows_and_say_so_and_flat_ones_are_not() {
    let client = many_orgs();
    let deep = client.get("/api/org?depth=1");
    assert_eq!(deep.data().len(), 250);
    let truncated = deep.json()["meta"]["truncated"].as_str().map(str::to_owned).expect("a text");
    assert!(truncated.contains("depth 1") && truncated.contains("250"), "{truncated}");
    let flat = client.get("/api/org");
    assert_eq!((flat.data().len(), flat.json()["meta"].clone()), (260, json!({})));
}

#[test]
fn deep_lists_can_be_read_page_by_page() {
    let client = many_orgs();
    let page_two = client.get("/api/org?depth=1&page=2");
    assert_eq!(page_two.data().len(), 10);
    assert_eq!(page_two.json()["meta"]["pagination"]["count"], 260);
    assert_eq!(page_two.json()["meta"].get("truncated"), None);
}
