//! Whether the document is one, and whether it is true.

mod changes;
mod check;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use app::locate::{Locator, OfflineLocator};
use check::{Schemas, operations, well_formed};
use model::{Tag, Time};
use serde_json::Value as Json;
use testkit::{Ask, Caller, Client, World};

use super::document::document;
use super::schemas::{Form, name};
use super::values;

fn made() -> Json {
    document("https://directory.example", "1.0", "Cities: somebody.")
}

#[test]
fn the_document_obeys_the_rules_of_openapi() {
    assert_eq!(well_formed(&made()), [""; 0]);
}

#[test]
fn every_flat_field_of_every_type_is_in_its_schema() {
    let document = made();
    for tag in Tag::ALL {
        let row = &document["components"]["schemas"][name(tag, Form::Row)];
        let flat = tag.table().fields.iter().filter(|field| field.is_flat());
        for field in flat.clone() {
            let schema = &row["properties"][field.name];
            let kind = &schema["type"];
            let takes_null = kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "null"));
            assert!(kind.is_string() || takes_null, "{tag}.{}: {schema}", field.name);
            assert_eq!(takes_null, values::is_nullable(field), "{tag}.{}", field.name);
        }
        assert_eq!(row["properties"].as_object().map(|all| all.len()), Some(flat.count()), "{tag}");
    }
}

#[test]
fn every_nested_field_of_every_type_is_in_the_schema_of_its_single_record() {
    let document = made();
    for tag in Tag::ALL {
        let nested = &document["components"]["schemas"][name(tag, Form::Detail)]["properties"];
        for field in tag.table().fields.iter().filter(|field| field.is_nested()) {
            assert!(nested[field.name].is_object(), "{tag}.{}", field.name);
        }
    }
}

#[test]
fn every_path_is_served() {
    let client = Client::of(&World::small());
    for (path, ..) in operations(&made()).filter(|(_, method, _)| *method == "get") {
        let path = path.replace("{id}", "1").replace("{asn}", "64500").replace("{webhook}", "1");
        let reply = client.get(&path);
        let is_page = reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
        assert!(!is_page || reply.code() == 302, "{path} is no path of the API: {}", reply.code());
    }
}

/// A question, the path that it asks, and the status that it is expected to have.
const QUESTIONS: &[(&str, &str, u16)] = &[
    ("/api/", "/api/", 200),
    ("/api/as_set", "/api/as_set", 200),
    ("/api/asset/net/10/logo", "/api/asset/net/{id}/logo", 200),
    ("/api/asset/net/9999/logo", "/api/asset/net/{id}/logo", 400),
    ("/api/asset/net/10/logo?format=xml", "/api/asset/net/{id}/logo", 404),
    ("/net-0.json", "/net-0.json", 200),
    ("/ixlan-0.json", "/ixlan-0.json", 200),
    ("/net-0.json?format=xml", "/net-0.json", 404),
    ("/dumps/directory.sqlite.gz", "/dumps/directory.sqlite.gz", 200),
    ("/dumps/directory.tar.gz", "/dumps/directory.tar.gz", 200),
    ("/api/as_set/x", "/api/as_set/{asn}", 400),
    ("/api/as_set/1", "/api/as_set/{asn}", 404),
    ("/api/net?depth=x", "/api/net", 400),
    ("/api/net?asn=1", "/api/net", 404),
    ("/api/net?page=9999", "/api/net", 404),
    ("/api/net?page=1&per_page=1", "/api/net", 200),
    ("/api/net?format=xml", "/api/net", 404),
    ("/api/net/9999999", "/api/net/{id}", 404),
    ("/api/net/x", "/api/net/{id}", 404),
    ("/api/fac?distance=5", "/api/fac", 403),
    ("/api/net/self", "/api/net/self", 404),
    ("/api/search?q=a", "/api/search", 401),
    ("/api/org/100/users", "/api/org/{id}/users", 403),
    ("/api/org/9999999/users", "/api/org/{id}/users", 404),
    ("/api/net/10/history", "/api/net/{id}/history", 404),
    ("/api/net/10/history?limit=251", "/api/net/{id}/history", 400),
    ("/api/poc/73/history", "/api/poc/{id}/history", 403),
    ("/api/org/100/changes?cursor=x", "/api/org/{id}/changes", 400),
    ("/api/net?as_of=2026-01-01", "/api/net", 403),
    ("/api/net/10?as_of=yesterday", "/api/net/{id}", 400),
];

#[test]
fn answers_of_every_status_are_as_documented() {
    let client = Client::of(&World::small());
    let document = made();
    let schemas = Schemas::of(&document);
    for (uri, path, status) in QUESTIONS {
        let reply = client.get(uri);
        assert_eq!(reply.code(), *status, "{uri}");
        let faults = schemas.faults_of_reply(path, reply.code(), &reply.body, &reply.headers);
        assert_eq!(faults, [""; 0], "{uri}");
    }
    let file = "/dumps/directory.tar.gz";
    for (name, value, status) in
        [("range", "bytes=0-9", 206), ("range", "bytes=999999999-", 416), ("if-match", "\"other\"", 412)]
    {
        let reply = client.send(Ask::get(file).header(name, value));
        assert_eq!(reply.code(), status, "{value}");
        assert_eq!(schemas.faults_of_reply(file, status, &reply.body, &reply.headers), [""; 0], "{value}");
    }
    let key = client.get_by(Caller::Plain, "/api/search?q=a");
    assert_eq!(key.code(), 200);
    assert_eq!(schemas.faults_of_reply("/api/search", 200, &key.body, &key.headers), [""; 0]);
    let people = client.get_by(Caller::Admin, "/api/org/100/users");
    assert_eq!(people.code(), 200);
    let faults = schemas.faults_of_reply("/api/org/{id}/users", 200, &people.body, &people.headers);
    assert_eq!(faults, [""; 0]);
    let refused = client.send(Ask::get("/api/net").header("authorization", "Api-Key wrong"));
    assert_eq!(schemas.faults_of_reply("/api/net", refused.code(), &refused.body, &refused.headers), [""; 0]);
    let strict = client.send(Ask::get("/api/net?x=1").header("prefer", "handling=strict"));
    assert_eq!(schemas.faults_of_reply("/api/net", strict.code(), &strict.body, &strict.headers), [""; 0]);
}

/// Rows of a type that are looked at in each directory.
const ROWS: usize = 8;

/// A directory made by hand, and a lifelike one.
static CLIENTS: LazyLock<[Client; 2]> = LazyLock::new(|| {
    let now = Time::parse("2026-11-01").expect("a date is a time");
    let lifelike = demo::generate(demo::Scale::Small, 1, now);
    [Client::of(&World::small()), Client::of(&World::holding(lifelike, now))]
});

#[test]
fn rows_are_as_documented_at_every_depth() {
    let document = made();
    let schemas = Schemas::of(&document);
    let mut looked_at = BTreeSet::new();
    for client in &*CLIENTS {
        for (tag, depth) in Tag::ALL.into_iter().flat_map(|tag| (0..=3).map(move |depth| (tag, depth))) {
            for question in ["since=0", "since=1"] {
                let uri = format!("/api/{tag}?{question}&depth={depth}&limit={ROWS}");
                for row in client.send(Ask::get(&uri).by(Caller::Admin)).data() {
                    assert_eq!(schemas.faults(&name(tag, Form::List), &row), [""; 0], "{uri} {row}");
                    if depth == 0 {
                        assert_eq!(schemas.faults(&name(tag, Form::Row), &row), [""; 0], "{uri} {row}");
                    }
                    looked_at.insert((tag, depth));
                }
            }
        }
    }
    assert_eq!(looked_at.len(), Tag::ALL.len() * 4, "{looked_at:?}");
}

#[test]
fn single_records_are_as_documented_at_every_depth() {
    let document = made();
    let schemas = Schemas::of(&document);
    for client in &*CLIENTS {
        for tag in Tag::ALL {
            for id in client.get(&format!("/api/{tag}?limit={ROWS}")).ids() {
                for depth in 0..=4 {
                    let uri = format!("/api/{tag}/{id}?depth={depth}");
                    for row in client.send(Ask::get(&uri).by(Caller::Admin)).data() {
                        assert_eq!(schemas.faults(&name(tag, Form::Detail), &row), [""; 0], "{uri} {row}");
                    }
                }
                let some = client.get(&format!("/api/{tag}/{id}?fields=id,updated,org,net_set")).data();
                assert_eq!(schemas.faults(&name(tag, Form::Selection), &some[0]), [""; 0], "{tag}/{id}");
            }
        }
    }
}

#[tokio::test]
async fn answers_about_the_past_are_as_documented() {
    let world = World::small();
    let bench = testkit::Bench::new(testkit::Kind::Sqlite);
    let store = bench.store("a.db").await;
    testkit::Site::fill(&store, &world, &testkit::people(world.now())).await;
    let site = testkit::Site::open(store, world.now()).await;
    let carrier =
        serde_json::json!({ "org_id": 100, "name": "Carrier Uno", "website": "https://c.example/" });
    let changed = site.send(Ask::new("PUT", "/api/carrier/51").json(&carrier).by(Caller::Admin)).await;
    assert_eq!(changed.code(), 200, "{}", changed.text());
    let document = made();
    let schemas = Schemas::of(&document);
    let today = "as_of=2026-01-01";
    for (uri, path) in [
        ("/api/carrier/51/history?full=1".to_owned(), "/api/carrier/{id}/history"),
        ("/api/org/100/changes?derived=1&limit=5".to_owned(), "/api/org/{id}/changes"),
        (format!("/api/net/10?{today}"), "/api/net/{id}"),
        (format!("/api/net/10?{today}&depth=2"), "/api/net/{id}"),
        (format!("/api/ixlan?{today}&page=1"), "/api/ixlan"),
        ("/api/net?as_of=2025-12-31".to_owned(), "/api/net"),
    ] {
        let reply = site.send(Ask::get(&uri).by(Caller::Admin)).await;
        let expected = if uri.contains("2025") { 400 } else { 200 };
        assert_eq!(reply.code(), expected, "{uri} {}", reply.text());
        assert!(expected != 200 || !reply.data().is_empty(), "{uri}");
        let faults = schemas.faults_of_reply(path, reply.code(), &reply.body, &reply.headers);
        assert_eq!(faults, [""; 0], "{uri} {}", reply.text());
    }
}

#[test]
fn a_row_with_a_key_too_many_or_too_few_is_told() {
    let document = made();
    let schemas = Schemas::of(&document);
    let mut row = Client::of(&World::small()).get("/api/net").data().remove(0);
    row["surprise"] = 1.into();
    assert_eq!(schemas.faults("NetworkList", &row), ["/surprise: no such key"]);
    if let Some(keys) = row.as_object_mut() {
        keys.remove("surprise");
        keys.remove("asn");
    }
    assert_eq!(schemas.faults("NetworkList", &row), ["/asn: missing"]);
}

#[test]
fn the_pages_are_served_to_everybody_and_kept_by_clients() {
    let client = Client::of(&World::small());
    for (path, kind) in [
        ("/apidocs/", "text/html; charset=utf-8"),
        ("/apidocs/style.css", "text/css; charset=utf-8"),
        ("/apidocs/openapi.json", "application/json; charset=utf-8"),
        ("/apidocs/openapi.yaml", "application/yaml"),
    ] {
        let reply = client.send(Ask::get(path).header("authorization", "Api-Key wrong"));
        assert_eq!((reply.code(), reply.header("content-type")), (200, Some(kind)), "{path}");
        assert!(
            reply.header("content-security-policy").is_some_and(|p| p.starts_with("default-src 'none';"))
        );
        let tag = reply.header("etag").expect("a tag").to_owned();
        let again = client.send(Ask::get(path).header("if-none-match", &tag));
        assert_eq!((again.code(), again.body.len()), (304, 0), "{path}");
        let head = client.send(Ask::new("HEAD", path));
        assert_eq!(head.header("content-length"), Some(reply.body.len().to_string().as_str()), "{path}");
        assert_eq!(client.send(Ask::new("POST", path)).code(), 405, "{path}");
        let packed = client.send(Ask::get(path).header("accept-encoding", "gzip"));
        assert_eq!(packed.header("content-encoding"), Some("gzip"), "{path}");
        assert_ne!(packed.header("etag"), Some(tag.as_str()), "{path}");
    }
    let bare = client.get("/apidocs");
    assert_eq!((bare.code(), bare.header("location")), (301, Some("/apidocs/")));
    assert_eq!(client.get("/apidocs/other").code(), 404);
    assert_eq!(
        client.get("/apidocs/openapi.json").json(),
        document(testkit::PUBLIC_URL, crate::answer::API_VERSION, OfflineLocator.attribution())
    );
}

/// The texts between `before` and the next quotation mark.
fn quoted<'a>(page: &'a str, before: &str) -> Vec<&'a str> {
    page.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn the_page_asks_for_nothing_from_elsewhere_and_its_links_lead_somewhere() {
    let reply = Client::of(&World::small()).get("/apidocs/");
    let page = reply.text();
    assert!(!page.contains("<script") && !page.contains(" style="));
    let ids: Vec<&str> = quoted(page, " id=\"");
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "an id stands twice");
    for link in quoted(page, "href=\"") {
        let known = match link.strip_prefix('#') {
            Some(id) => ids.contains(&id),
            None => ["style.css", "openapi.json", "openapi.yaml"].contains(&link),
        };
        assert!(known, "{link}");
    }
    for tag in Tag::ALL {
        assert!(ids.contains(&tag.as_str()), "{tag}");
        for field in tag.table().fields.iter().filter(|field| field.is_flat()) {
            assert!(page.contains(&format!("<code>{}</code>", field.name)), "{tag}.{}", field.name);
        }
    }
}
