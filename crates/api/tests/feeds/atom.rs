use roxmltree::{Document, Node};
use serde_json::json;
use testkit::{Ask, Caller, Kind, on_both_databases};

use crate::Desk;

on_both_databases! {
    feeds_are_whole_and_name_their_entries_for_good
    feeds_tell_of_public_records_alone
    what_is_no_feed_is_a_problem
}

const ATOM: &str = "http://www.w3.org/2005/Atom";

fn child<'a>(node: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
    node.children().find(|child| child.has_tag_name((ATOM, name)))
}

fn text(node: Node<'_, '_>, name: &str) -> String {
    node.children()
        .find(|child| child.has_tag_name((ATOM, name)))
        .and_then(|child| child.text())
        .unwrap_or_else(|| panic!("no {name}"))
        .to_owned()
}

/// Ids and titles of the entries, after a look at what RFC 4287 asks for.
fn entries(xml: &str) -> Vec<(String, String)> {
    let document = Document::parse(xml).unwrap_or_else(|error| panic!("{error}: {xml}"));
    let feed = document.root_element();
    assert!(feed.has_tag_name((ATOM, "feed")));
    for needed in ["id", "title", "updated", "author"] {
        assert!(feed.children().any(|child| child.has_tag_name((ATOM, needed))), "no {needed}");
    }
    let links =
        |node: Node<'_, '_>| node.children().filter(|child| child.has_tag_name((ATOM, "link"))).count();
    assert!(links(feed) > 0);
    let entries = feed.children().filter(|child| child.has_tag_name((ATOM, "entry")));
    let one = |entry: Node<'_, '_>| {
        let updated = text(entry, "updated");
        assert!(model::Time::parse(&updated).is_ok() && updated.ends_with('Z'), "{updated}");
        assert!(!text(entry, "summary").is_empty());
        (text(entry, "id"), text(entry, "title"))
    };
    let entries: Vec<_> = entries.map(one).collect();
    let mut ids: Vec<_> = entries.iter().map(|(id, _)| id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), entries.len(), "ids are unique");
    entries
}

async fn feeds_are_whole_and_name_their_entries_for_good(kind: Kind) {
    let desk = Desk::small(kind).await;
    let empty = desk.site.send(Ask::get("/changes.atom")).await;
    assert_eq!(
        (empty.code(), empty.header("content-type")),
        (200, Some("application/atom+xml; charset=utf-8"))
    );
    assert_eq!(entries(empty.text()), []);
    let odd = "Ca<rri>er & \"Sons\" ]]> <![CDATA[";
    desk.change("PUT", "/api/carrier/51", json!({ "org_id": 100, "name": odd })).await;
    let all = desk.site.send(Ask::get("/changes.atom")).await;
    let first = entries(all.text());
    assert_eq!(
        first[0],
        ("tag:directory.example,2026:changes/2/carrier/51".to_owned(), format!("carrier {odd}: changed"))
    );
    let document = Document::parse(all.text()).expect("XML");
    let entry = child(document.root_element(), "entry").expect("an entry");
    let links: Vec<_> = entry.children().filter_map(|link| link.attribute("href")).collect();
    assert_eq!(links, ["https://directory.example/carrier/51", "https://directory.example/api/carrier/51"]);
    desk.change("PUT", "/api/org/200", json!({ "name": "Org Zwei" })).await;
    let second = entries(desk.site.send(Ask::get("/changes.atom")).await.text());
    assert_eq!(second.last(), first.last(), "the newest first, the older ones as they were");
    for (path, begins) in [
        ("/changes/carrier.atom", "carrier "),
        ("/changes/org/200.atom", "facility Fac Two"),
        ("/changes/org/100.atom", "carrier "),
        ("/changes/carrier/51.atom", "carrier "),
    ] {
        let found = entries(desk.site.send(Ask::get(path)).await.text());
        assert!(found[0].1.starts_with(begins), "{path}: {found:?}");
    }
    let tag = all.header("etag").expect("a tag").to_owned();
    let again = desk.site.send(Ask::get("/changes/carrier.atom")).await;
    assert_ne!(again.header("etag"), Some(tag.as_str()));
    let tag = again.header("etag").expect("a tag").to_owned();
    let known = desk.site.send(Ask::get("/changes/carrier.atom").header("if-none-match", &tag)).await;
    assert_eq!(known.code(), 304);
}

async fn feeds_tell_of_public_records_alone(kind: Kind) {
    let desk = Desk::small(kind).await;
    let body = json!({ "net_id": 10, "role": "Abuse", "name": "Somebody", "email": "abuse@one.example", "visible": "Users" });
    desk.change("PUT", "/api/poc/73", body).await;
    for caller in [Caller::Anonymous, Caller::Admin] {
        let reply = desk.site.send(Ask::get("/changes/poc.atom").by(caller)).await;
        assert_eq!(entries(reply.text()), [], "{caller:?}");
    }
    assert_eq!(desk.site.send(Ask::get("/changes/poc/73.atom")).await.code(), 404);
    assert_eq!(desk.site.send(Ask::get("/changes/org/300.atom")).await.code(), 404, "it waits for approval");
}

async fn what_is_no_feed_is_a_problem(kind: Kind) {
    let desk = Desk::small(kind).await;
    for (path, code) in [
        ("/changes/nets.atom", 404),
        ("/changes/net/999.atom", 404),
        ("/changes/net/x.atom", 404),
        ("/changes.atom?limit=3", 400),
    ] {
        let reply = desk.site.send(Ask::get(path)).await;
        assert_eq!(
            (reply.code(), reply.header("content-type")),
            (code, Some("application/problem+json")),
            "{path}"
        );
        assert_eq!(reply.json()["status"], code);
    }
}
