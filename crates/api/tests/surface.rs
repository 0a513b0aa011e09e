//! What surrounds the API: dump files, request names, paths as clients join them, and revalidation.

use std::io::Read;

use flate2::read::GzDecoder;
use model::Tag;
use serde_json::json;
use testkit::{Ask, Caller, Client, World};

fn small() -> Client {
    Client::of(&World::small())
}

#[test]
fn dump_files_hold_the_public_list_and_the_time_to_go_on_from() {
    let client = small();
    for tag in Tag::ALL {
        let dump = client.get(&format!("/{tag}-0.json"));
        assert_eq!(dump.code(), 200, "{tag}");
        assert_eq!(dump.data(), client.get(&format!("/api/{tag}")).data(), "{tag}");
        let generated = dump.json()["meta"]["generated"].as_f64().expect("a number");
        assert_eq!(generated, World::small().now().unix() as f64, "{tag}");
    }
    assert_eq!(client.get("/poc-0.json").ids(), [71]);
    assert_eq!(client.get_by(Caller::Admin, "/poc-0.json").ids(), [71], "whoever asks");
    assert_eq!(client.get("/net-1.json").code(), 404);
}

#[test]
fn requests_have_names() {
    let client = small();
    let first = client.get("/api/net");
    let second = client.get("/api/net");
    let name = |reply: &testkit::Reply| reply.header("x-request-id").expect("a name").to_owned();
    assert_ne!(name(&first), name(&second));
    // Whoever asks may name nothing: the log is searched by these names.
    let given = client.send(Ask::get("/api/net").header("x-request-id", "made-up"));
    assert_ne!(name(&given), "made-up");
}

#[test]
fn who_names_a_change_is_told_up_to_which_one_the_answer_goes() {
    let client = small();
    let newest = World::small().snapshot().sequence();
    let ask = |path: &str, value: &str| client.send(Ask::get(path).header("x-change-seq", value));
    for path in ["/api/net", "/api/net/10", "/api/net/999", "/net-0.json", "/api/search?q=a"] {
        let plain = client.get(path);
        // Whoever copies the directory goes on from there with the feed.
        let told = path.ends_with("-0.json").then(|| newest.to_string());
        assert_eq!(plain.header("x-change-seq"), told.as_deref(), "{path}");
        let shown = ask(path, "0");
        assert_eq!(shown.header("x-change-seq"), Some(newest.to_string().as_str()), "{path}");
        assert_eq!((shown.code(), &shown.body), (plain.code(), &plain.body), "{path}");
    }
    let vary = client.get("/api/net").header("vary").expect("named").to_owned();
    assert!(vary.ends_with("X-Change-Seq"), "shared caches keep such answers apart: {vary}");
    for value in ["", "x", "-1", "1 2", "18446744073709551616"] {
        let refused = ask("/api/net", value);
        assert_eq!(refused.code(), 400, "{value}");
        assert!(
            refused.error().starts_with(&format!("X-Change-Seq: `{value}` is not")),
            "{}",
            refused.error()
        );
    }
    let broken = client.send(Ask::get("/api/net").header_bytes("x-change-seq", b"\xff"));
    assert_eq!(broken.code(), 400);
}

#[test]
fn who_waits_for_a_change_in_vain_is_answered_all_the_same() {
    let newest = World::small().snapshot().sequence();
    let future = (newest + 1).to_string();
    let reply = small().send(Ask::get("/api/net/10").header("x-change-seq", &future));
    assert_eq!((reply.code(), reply.ids()), (200, vec![10]));
    assert_eq!(
        reply.header("x-change-seq"),
        Some(newest.to_string().as_str()),
        "it tells that it lacks the change"
    );
}

#[test]
fn paths_with_repeated_slashes_are_understood() {
    assert_eq!(small().get("//api//net//10").ids(), [10]);
}

#[test]
fn an_answer_that_the_client_has_is_not_sent_again() {
    let client = small();
    for path in ["/api/net", "/api/net/10", "/api/net?asn=64496", "/net-0.json", "/api/", "/api/net?depth=1"]
    {
        let first = client.get(path);
        let tag = first.header("etag").unwrap_or_else(|| panic!("{path} has an entity tag")).to_owned();
        let again = client.send(Ask::get(path).header("if-none-match", &format!("\"other\", W/{tag}")));
        assert_eq!((again.code(), again.text()), (304, ""), "{path}");
        assert_eq!(again.header("etag"), Some(tag.as_str()), "{path}");
        let other = client.send(Ask::get(path).header("if-none-match", "\"other\""));
        assert_eq!(other.code(), 200, "{path}");
    }
}

#[test]
fn entity_tags_tell_readers_with_different_rights_apart() {
    let client = small();
    let tag = |caller| client.get_by(caller, "/api/poc").header("etag").expect("an entity tag").to_owned();
    assert_ne!(tag(Caller::Anonymous), tag(Caller::Member));
    assert_ne!(tag(Caller::Plain), tag(Caller::Member));
}

#[test]
fn entity_tags_move_with_the_content() {
    let tag = |world: &World| {
        let reply = Client::of(world).get("/api/netfac");
        reply.header("etag").expect("an entity tag").to_owned()
    };
    let mut renamed = World::small();
    renamed.change(Tag::Fac, 41, json!({ "name": "Renamed" }));
    assert_eq!(tag(&World::small()), tag(&World::small()));
    // The world is built anew, at the same sequence: only the text can tell.
    assert_ne!(
        Client::of(&World::small()).get("/api/netfac/91").header("etag").map(str::to_owned),
        Client::of(&renamed).get("/api/netfac/91").header("etag").map(str::to_owned)
    );
}

#[test]
fn compressed_answers_say_the_same() {
    let mut world = World::small();
    for id in 1000..1100 {
        world.add(Tag::Org, id, json!({ "name": format!("Organization number {id}") }));
    }
    let client = Client::of(&world);
    for path in [
        "/api/org",
        "/api/org?name__contains=number",
        "/api/org?depth=1",
        "/api/org?pretty=1",
        "/org-0.json",
        "/api/ixlan",
    ] {
        let plain = client.get(path);
        let packed = client.send(Ask::get(path).header("accept-encoding", "br, gzip"));
        if packed.header("content-encoding") == Some("gzip") {
            let mut text = String::new();
            GzDecoder::new(&packed.body[..]).read_to_string(&mut text).expect("a legal gzip member");
            assert_eq!(text, plain.text(), "{path}");
            assert_ne!(packed.header("etag"), plain.header("etag"), "{path}");
        } else {
            assert!(plain.text().len() < 1400, "{path} is small");
        }
        assert!(packed.header("vary").is_some_and(|vary| vary.contains("Accept-Encoding")), "{path}");
    }
}
