use serde_json::json;
use testkit::{Ask, Caller, Kind, on_both_databases};

use crate::{Desk, ask};

on_both_databases! {
    bodies_that_hold_nothing_are_named
    bodies_that_cannot_be_read_are_named
    forms_are_read_like_objects
    what_is_no_object_is_refused
    bodies_may_not_be_too_long
    bodies_may_not_hold_too_many_values
    long_bodies_that_arrive_together_are_bounded
}

async fn bodies_that_hold_nothing_are_named(kind: Kind) {
    let desk = Desk::small(kind).await;
    for (method, path) in [("POST", "/api/netfac"), ("PUT", "/api/netfac/91")] {
        let expected = format!("No data was supplied with the {method} request");
        for body in ["", "{}", "[]", "null", "\"\"", "0"] {
            let ask = Ask::new(method, path).header("content-type", "application/json").body(body.as_bytes());
            let reply = desk.send(Caller::Admin, ask).await;
            assert_eq!((reply.code(), reply.error()), (400, expected.clone()), "{method} {body:?}");
        }
        let reply = desk.send(Caller::Anonymous, Ask::new(method, path)).await;
        assert_eq!((reply.code(), reply.error()), (400, expected), "{method} without a body");
    }
}

async fn bodies_that_cannot_be_read_are_named(kind: Kind) {
    let desk = Desk::small(kind).await;
    let deep = "[".repeat(100_000);
    for (media, body, status, text) in [
        ("application/json", &b"{bad"[..], 400, "could not be parsed: JSON parse error - "),
        ("application/json", b"{\"a\":\"\xff\"}", 400, "byte 0xff in position 6"),
        ("application/json", deep.as_bytes(), 400, "recursion limit"),
        ("application/json; charset=latin-1", b"{\"a\":1}", 415, "latin-1"),
        ("application/x-www-form-urlencoded", b"a=%ff", 400, "%ff"),
        ("multipart/form-data", b"a", 400, "boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nnothing", 400, "Multipart form parse error"),
        ("application/xml", b"<a/>", 415, "Unsupported media type \"application/xml\" in request."),
        ("", b"{\"a\":1}", 415, "Unsupported media type \"\" in request."),
    ] {
        for caller in [Caller::Admin, Caller::Anonymous] {
            let ask = Ask::new("POST", "/api/netfac").header("content-type", media).body(body);
            let reply = desk.send(caller, ask).await;
            assert_eq!(reply.code(), status, "{media}: {}", reply.text());
            assert!(reply.error().contains(text), "{media}: {}", reply.error());
        }
    }
}

async fn forms_are_read_like_objects(kind: Kind) {
    let desk = Desk::small(kind).await;
    let parts = "--x\r\nContent-Disposition: form-data; name=\"net_id\"\r\n\r\n10\r\n\
                 --x\r\nContent-Disposition: form-data; name=\"fac_id\"\r\n\r\n42\r\n--x--\r\n";
    for (media, body) in [
        ("application/x-www-form-urlencoded", "net_id=10&fac_id=42"),
        ("multipart/form-data; boundary=x", parts),
    ] {
        let ask = Ask::new("POST", "/api/netfac").header("content-type", media).body(body.as_bytes());
        let reply = desk.send(Caller::Admin, ask).await;
        assert_eq!(reply.code(), 201, "{media}: {}", reply.text());
        assert_eq!(reply.data()[0]["fac_id"], 42, "{media}");
        let path = format!("/api/netfac/{}", reply.ids()[0]);
        assert_eq!(desk.send(Caller::Admin, Ask::new("DELETE", &path)).await.code(), 204);
    }
}

async fn what_is_no_object_is_refused(kind: Kind) {
    let desk = Desk::small(kind).await;
    for (body, name) in [(json!([{ "net_id": 10 }]), "list"), (json!("x"), "str"), (json!(5), "int")] {
        let reply = desk.send(Caller::Admin, ask("POST", "/api/netfac", body)).await;
        let text = format!("Invalid data. Expected a dictionary, but got {name}.");
        let expected = json!({ "non_field_errors": [text], "meta": { "error": "Bad Request" } });
        assert_eq!((reply.code(), reply.json()), (400, expected));
    }
}

async fn bodies_may_not_be_too_long(kind: Kind) {
    let desk = Desk::small(kind).await;
    let long = json!({ "net_id": 10, "fac_id": 42, "notes": "x".repeat(1 << 20) });
    let reply = desk.send(Caller::Admin, ask("POST", "/api/netfac", long)).await;
    assert_eq!(reply.code(), 413, "{}", reply.text());
    assert!(reply.error().contains("1048576 bytes"), "{}", reply.error());
    // The length that is announced decides already; a body that announces none is cut off.
    let bytes = vec![b' '; (1 << 20) + 1];
    let unannounced = Ask::new("POST", "/api/netfac").header("content-type", "application/json");
    let reply = desk.send(Caller::Admin, unannounced.chunked(&bytes)).await;
    assert_eq!(reply.code(), 413, "{}", reply.text());
}

/// Each value takes many times the memory in an object that it takes in a text.
async fn bodies_may_not_hold_too_many_values(kind: Kind) {
    let desk = Desk::small(kind).await;
    let list = json!({ "net_id": 10, "fac_id": 42, "notes": vec![0; 20_000] });
    let reply = desk.send(Caller::Admin, ask("POST", "/api/netfac", list)).await;
    assert_eq!(reply.code(), 413, "{}", reply.text());
    assert!(reply.error().contains("more than 10000 values"), "{}", reply.error());
    let form = "a&".repeat(20_000).into_bytes();
    let media = "application/x-www-form-urlencoded";
    let ask = Ask::new("POST", "/api/netfac").header("content-type", media).chunked(&form);
    let reply = desk.send(Caller::Admin, ask).await;
    assert_eq!(reply.code(), 413, "{}", reply.text());
}

async fn long_bodies_that_arrive_together_are_bounded(kind: Kind) {
    let desk = Desk::small(kind).await;
    // As others would hold it.
    let held: Vec<_> = std::iter::from_fn(|| desk.site.app.receive(1 << 20).ok()).collect();
    assert_eq!(held.len(), 64);
    let body = |notes: usize| json!({ "net_id": 10, "fac_id": 42, "notes": "x".repeat(notes) });
    let reply = desk.send(Caller::Admin, ask("POST", "/api/netfac", body(100_000))).await;
    assert_eq!(reply.code(), 503, "{}", reply.text());
    assert!(reply.header("retry-after").is_some());
    assert_eq!(desk.send(Caller::Admin, ask("POST", "/api/netfac", body(1_000))).await.code(), 201);
}
