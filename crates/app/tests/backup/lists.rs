//! Lists as the API gives them, and what a file is taken for. One kind of database is enough.

use std::path::PathBuf;

use model::Tag;
use serde_json::{Value as Json, json};
use testkit::Kind;

use crate::kit::{Bench, STRICT, load, org, shown};

#[tokio::test]
async fn an_api_list_of_untold_type_asks_for_a_name() {
    let bench = Bench::new(Kind::Sqlite);
    let file = bench.json("records.json", &json!({ "data": [{ "id": 1, "name": "x" }] }));
    assert_eq!(
        bench.refusal(&[file], STRICT).await,
        "records.json: is an API list, and neither its name nor its records tell of which type; name it after the \
         type, such as net.json or net-0.json"
    );
}

#[tokio::test]
async fn an_api_list_under_the_name_of_another_type_is_refused() {
    let bench = Bench::new(Kind::Sqlite);
    let net = shown(Tag::Net, json!({ "id": 6, "org_id": 1, "asn": 64500, "name": "Net", "novelty": 1 }));
    let org = shown(Tag::Org, json!({ "id": 1, "name": "Acme" }));
    let advice = "has the keys of net; give each type a file of its own, named after it, such as net.json";
    for (name, document, record) in [
        ("org.json", json!({ "data": [net] }), 1),
        ("org-0.json", json!({ "data": [org, net] }), 2),
        ("in.json", json!({ "org": { "data": [net] } }), 1),
        ("in.json", json!({ "data": [org, net] }), 2),
    ] {
        assert_eq!(
            bench.refusal(&[bench.json(name, &document)], STRICT).await,
            format!("{name}: is taken for a list of org, and record number {record} {advice}")
        );
    }
}

#[tokio::test]
async fn files_without_records_and_accounts_are_refused_unless_others_have_some() {
    let bench = Bench::new(Kind::Sqlite);
    let nothing = [
        bench.json("a.json", &json!({ "data": [] })),
        bench.json("net.json", &json!({ "meta": {}, "data": [] })),
        bench.json("c.json", &json!({ "org": [], "users": [], "permissions": {} })),
    ];
    let advice = "neither a record nor an account is there to load; give files that hold some";
    for (file, name) in nothing.iter().zip(["a.json", "net.json", "c.json"]) {
        assert_eq!(bench.refusal(std::slice::from_ref(file), STRICT).await, format!("{name}: {advice}"));
    }
    let all = bench.refusal(&nothing, STRICT).await;
    assert!(all.contains("a.json, ") && all.contains("c.json: neither"), "{all}");
    let some = bench.json("d.json", &json!({ "org": [org(1, "Acme")] }));
    let files: Vec<PathBuf> = nothing.into_iter().chain([some]).collect();
    load(&bench.store("a.db").await, &files, STRICT).await.unwrap_or_else(|error| panic!("{error}"));
}

#[tokio::test]
async fn the_url_of_a_logo_names_no_file_outside_its_folder() {
    let bench = Bench::new(Kind::Sqlite);
    let list =
        |logo: &str| json!({ "data": [shown(Tag::Org, json!({ "id": 1, "name": "Acme", "logo": logo }))] });
    for logo in ["https://www.example.net/m/../../etc/passwd", "https://www.example.net/m//etc/passwd"] {
        let told = bench.refusal(&[bench.json("org.json", &list(logo))], STRICT).await;
        assert!(
            told.contains("org 1: field logo: value \"https://") && told.contains("relative path"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn a_part_of_an_api_list_is_refused() {
    let bench = Bench::new(Kind::Sqlite);
    let org = shown(Tag::Org, json!({ "id": 1, "name": "Acme" }));
    let list = |meta: Json| json!({ "meta": meta, "data": [org] });
    let cut = list(json!({ "truncated": "returned more than 250 rows" }));
    let message = "org.json: is an API list that the server has cut (`meta.truncated`); get the whole list, without \
                   `depth`";
    assert_eq!(bench.refusal(&[bench.json("org.json", &cut)], STRICT).await, message);
    assert_eq!(bench.refusal(&[bench.json("org.json", &json!({ "org": cut }))], STRICT).await, message);
    let page = list(json!({ "pagination": { "page": 2, "total_pages": 3, "has_next": true } }));
    assert_eq!(
        bench.refusal(&[bench.json("org.json", &page)], STRICT).await,
        "org.json: is page 2 of 3 of an API list (`meta.pagination`); get the whole list, without `page`"
    );
    let last = list(json!({ "pagination": { "page": 2, "has_previous": true } }));
    assert_eq!(
        bench.refusal(&[bench.json("org.json", &last)], STRICT).await,
        "org.json: is page 2 of an API list (`meta.pagination`); get the whole list, without `page`"
    );
    let only =
        list(json!({ "truncated": null, "pagination": { "page": 1, "total_pages": 1, "has_next": false } }));
    load(&bench.store("a.db").await, &[bench.json("org.json", &only)], STRICT).await.expect("a load");
}

#[tokio::test]
async fn an_api_list_of_some_fields_is_refused() {
    let bench = Bench::new(Kind::Sqlite);
    let mut org = shown(Tag::Org, json!({ "id": 1, "name": "Acme" }));
    org.as_object_mut().expect("an object").remove("aka");
    assert_eq!(
        bench.refusal(&[bench.json("org.json", &json!({ "data": [org] }))], STRICT).await,
        "org.json: org 1: field aka: is missing; records of this kind must have it"
    );
}

#[tokio::test]
async fn a_logo_that_was_taken_away_is_none() {
    let bench = Bench::new(Kind::Sqlite);
    let list = json!({ "data": [shown(Tag::Org, json!({ "id": 1, "name": "Acme", "logo": "" }))] });
    let store = bench.store("a.db").await;
    let loaded = load(&store, &[bench.json("org.json", &list)], STRICT).await;
    loaded.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(store.records(Tag::Org).await.expect("records")[0].value("logo").as_text(), None);
}
