//! Paths, methods, the envelope, headers.

use model::Tag;
use serde_json::json;
use testkit::{Ask, Caller, PUBLIC_URL};

use crate::{assert_errors, small};

#[test]
fn the_bare_path_leads_to_the_index() {
    let reply = small().get("/api");
    assert_eq!((reply.code(), reply.header("location")), (301, Some("/api/")));
}

#[test]
fn the_index_names_every_list_by_its_absolute_url_in_a_fixed_order() {
    let data = small().get("/api/").data();
    let index = data[0].as_object().expect("an object");
    let names: Vec<&str> = index.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "fac",
            "carrier",
            "carrierfac",
            "ix",
            "ixfac",
            "ixlan",
            "ixpfx",
            "net",
            "poc",
            "netfac",
            "netixlan",
            "org",
            "campus",
            "as_set"
        ]
    );
    for (name, url) in index {
        assert_eq!(*url, format!("{PUBLIC_URL}/api/{name}"));
    }
}

#[test]
fn a_list_is_wrapped_in_data_and_meta() {
    let json = small().get("/api/net").json();
    assert_eq!(json["data"].as_array().map(Vec::len), Some(2));
    assert_eq!(json["meta"], json!({}));
}

#[test]
fn one_record_is_a_list_of_one() {
    assert_eq!(small().get("/api/net/10").ids(), [10]);
}

#[test]
fn paths_that_name_nothing_get_a_page_for_people() {
    let client = small();
    for path in ["/api/net/", "/api/nosuch", "/api/net/10/", "/api/searching", "/apis", "/"] {
        let reply = client.get(path);
        assert_eq!(reply.code(), 404, "{path}");
        assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
    }
}

#[test]
fn records_that_do_not_exist_are_named_by_their_model() {
    assert_errors(
        &small(),
        &[
            ("net/999", 404, "No Network matches the given query."),
            ("netixlan/999", 404, "No NetworkIXLan matches the given query."),
            ("net/abc", 404, "Not found."),
        ],
    );
}

#[test]
fn unique_questions_without_an_answer_are_errors_and_other_empty_lists_are_not() {
    let client = small();
    for path in ["net?id=999", "net?asn=999", "net?id=abc", "org?id=", "net?asn=AS64496"] {
        let reply = client.get(&format!("/api/{path}"));
        assert_eq!(reply.code(), 404, "{path}");
        assert_eq!(reply.text(), r#"{"data": [], "meta": {"error": "Entity not found"}}"#, "{path}");
    }
    let reply = client.get("/api/org?name=zzz");
    assert_eq!((reply.code(), reply.text()), (200, r#"{"data": [], "meta": {}}"#));
}

#[test]
fn methods_that_a_path_does_not_have_are_refused_by_name() {
    let client = small();
    for (caller, method, path) in [
        (Caller::Anonymous, "PUT", "net"),
        (Caller::Anonymous, "DELETE", "net"),
        (Caller::Anonymous, "POST", "net/10"),
        (Caller::Admin, "POST", "ixlan"),
        (Caller::Admin, "DELETE", "ixlan/11"),
        (Caller::Admin, "PATCH", "ixlan/11"),
        (Caller::Anonymous, "HEAD", "ixlan"),
        (Caller::Anonymous, "OPTIONS", "ixlan/11"),
        (Caller::Anonymous, "HEAD", "as_set"),
    ] {
        let reply = client.send(Ask::new(method, &format!("/api/{path}")).by(caller));
        assert_eq!(reply.code(), 405, "{method} {path}");
        if method != "HEAD" {
            assert_eq!(reply.error(), format!("Method \"{method}\" not allowed."), "{path}");
        }
    }
    assert_eq!(client.send(Ask::new("PATCH", "/api/net/10").by(Caller::Admin)).code(), 403);
    assert_eq!(client.send(Ask::new("PATCH", "/api/net/10").by(Caller::Admin)).body, b"");
}

#[test]
fn a_directory_that_is_only_read_says_so() {
    let client = small();
    for (method, path) in [("POST", "/api/net"), ("PUT", "/api/net/10"), ("DELETE", "/api/net/10")] {
        let reply = client.send(Ask::new(method, path).by(Caller::Admin));
        assert_eq!(reply.code(), 503, "{method}");
        assert!(reply.error().contains("records can be read only"), "{}", reply.error());
    }
}

#[test]
fn clients_that_do_not_take_json_are_told_so_in_json() {
    let client = small();
    let reply = client.send(Ask::get("/api/net").header("accept", "text/html"));
    assert_eq!(reply.code(), 406);
    assert_eq!(reply.error(), "Could not satisfy the request Accept header.");
    for accept in ["application/json", "*/*", "text/html, application/*;q=0.1"] {
        assert_eq!(client.send(Ask::get("/api/net").header("accept", accept)).code(), 200, "{accept}");
    }
}

#[test]
fn head_has_the_headers_of_get_and_no_body() {
    let client = small();
    for path in ["/api/net/10", "/api/net", "/api/", "/api/net/999"] {
        let ask = |method| {
            let mut reply = client.send(Ask::new(method, path));
            // Each request has a name of its own.
            reply.headers.remove("x-request-id").expect("a name");
            reply
        };
        let (head, get) = (ask("HEAD"), ask("GET"));
        assert_eq!((head.status, head.body.len()), (get.status, 0), "{path}");
        assert_eq!(head.headers, get.headers, "{path}");
        assert_eq!(head.header("content-length"), Some(get.body.len().to_string().as_str()), "{path}");
    }
}

#[test]
fn pretty_indents_by_two_blanks() {
    let text = small().get("/api/ixpfx/31?pretty&fields=id,in_dfz").text().to_owned();
    assert_eq!(
        text,
        "{\n  \"data\": [\n    {\n      \"id\": 31,\n      \"in_dfz\": true\n    }\n  ],\n  \"meta\": {}\n}"
    );
}

#[test]
fn characters_beyond_ascii_are_escaped() {
    let reply = small().get("/api/net/11?depth=0");
    assert!(reply.body.is_ascii());
    assert!(reply.text().contains(r#""aka": "t\u00ebst""#), "{}", reply.text());
}

#[test]
fn every_answer_tells_type_and_version() {
    let client = small();
    for path in ["/api/", "/api/net", "/api/net/10", "/api/net/999", "/api/net?depth=x", "/api/as_set"] {
        let reply = client.get(path);
        assert_eq!(reply.header("content-type"), Some("application/json; charset=utf-8"), "{path}");
        assert_eq!(reply.header("x-app-version"), Some("2.82.0"), "{path}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(reply.header("x-auth-status"), Some("unauthenticated"), "{path}");
    }
}

#[test]
fn times_have_whole_seconds_and_end_in_z() {
    let client = small();
    for tag in Tag::ALL {
        for row in client.get_by(Caller::Superuser, &format!("/api/{tag}?since=1")).data() {
            for key in ["created", "updated"] {
                let text = row[key].as_str().expect("a time");
                let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
                assert_eq!(shape, "9999-99-99T99:99:99Z", "{tag} {key}");
            }
        }
    }
}

#[test]
fn other_formats_are_not_found_and_the_json_suffix_changes_nothing() {
    let client = small();
    assert_errors(&client, &[("net.txt", 404, "Not found."), ("net?format=txt", 404, "Not found.")]);
    for path in ["org", "campus", "net?since=1", "net/10"] {
        let (name, query) = path.split_once('?').unwrap_or((path, ""));
        let plain = client.get(&format!("/api/{name}?{query}"));
        let suffixed = client.get(&format!("/api/{name}.json?{query}"));
        assert_eq!((plain.status, plain.body), (suffixed.status, suffixed.body), "{path}");
    }
}

#[test]
fn pages_of_other_origins_may_read() {
    let client = small();
    let from = |ask: Ask| ask.header("origin", "https://tool.example");
    let read = client.send(from(Ask::get("/api/net")));
    assert_eq!(read.header("access-control-allow-origin"), Some("https://tool.example"));
    assert_eq!(read.header("access-control-allow-credentials"), None);
    let preflight =
        client.send(from(Ask::new("OPTIONS", "/api/net").header("access-control-request-method", "GET")));
    assert_eq!((preflight.code(), preflight.body.len()), (200, 0));
    assert_eq!(preflight.header("access-control-allow-methods"), Some("GET, OPTIONS"));
    assert_eq!(preflight.header("access-control-max-age"), Some("86400"));
    let write = client.send(from(Ask::new("POST", "/api/net")));
    assert_eq!(write.header("access-control-allow-origin"), None);
}

#[test]
fn as_sets_are_one_object_by_asn() {
    let client = small();
    assert_eq!(client.get("/api/as_set").data(), [json!({ "64496": "AS-ONE" })]);
    assert_eq!(client.get("/api/as_set/64496").data(), [json!({ "64496": "AS-ONE" })]);
    assert_eq!(client.get("/api/as_set/64497").data(), [json!({ "64497": "" })]);
    let unknown = client.get("/api/as_set/999");
    assert_eq!((unknown.code(), unknown.body.len()), (404, 0));
    assert_errors(&client, &[("as_set/abc", 400, "Invalid ASN")]);
}

#[test]
fn a_known_entity_tag_saves_the_body_and_options_has_none() {
    let client = small();
    let first = client.get("/api/net/10");
    let tag = first.header("etag").expect("a tag");
    for known in [tag.to_owned(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        let again = client.send(Ask::get("/api/net/10").header("if-none-match", &known));
        assert_eq!((again.code(), again.body.len()), (304, 0), "{known}");
        assert_eq!(again.header("etag"), Some(tag));
    }
    assert_eq!(client.send(Ask::get("/api/net/11").header("if-none-match", tag)).code(), 200);
    assert_eq!(client.send(Ask::new("OPTIONS", "/api/net").header("if-none-match", "*")).code(), 200);
}

#[test]
fn ignored_parameters_are_named_whatever_the_answer_is() {
    let client = small();
    for (path, status) in [
        ("net?foo=1&name__bar=2", 200),
        ("net/10?foo=1&name__bar=2", 200),
        ("net?id=999&foo=1&name__bar=2", 404),
        ("net/999?foo=1&name__bar=2", 404),
        ("net?page=9&foo=1&name__bar=2", 404),
        ("as_set?foo=1&name__bar=2", 200),
        ("?foo=1&name__bar=2", 200),
    ] {
        let reply = client.get(&format!("/api/{path}"));
        assert_eq!(reply.code(), status, "{path}");
        assert_eq!(reply.header("x-ignored-filters"), Some("foo, name__bar"), "{path}");
        let strict = client.send(Ask::get(&format!("/api/{path}")).header("prefer", "handling=strict"));
        assert_eq!(
            (strict.code(), strict.error().as_str()),
            (400, "Unknown parameters: foo, name__bar"),
            "{path}"
        );
    }
}

#[test]
fn names_that_do_not_fit_into_the_header_are_marked() {
    let names: Vec<String> = (0..200).map(|n| format!("unknown{n}=1")).collect();
    let reply = small().get(&format!("/api/net?{}", names.join("&")));
    let named = reply.header("x-ignored-filters").expect("names");
    assert!(named.starts_with("unknown0, unknown1, ") && named.ends_with(", ..."), "{named}");
}

#[test]
fn self_leads_to_the_record_that_the_operator_names() {
    let settings =
        app::Settings { default_self: vec![(Tag::Net, 10), (Tag::Ix, 999)], ..app::Settings::at(PUBLIC_URL) };
    let client = testkit::Client::with(&testkit::World::small(), settings);
    for caller in [Caller::Anonymous, Caller::Admin, Caller::Org] {
        let reply = client.get_by(caller, "/api/net/self?depth=1");
        assert_eq!(
            (reply.code(), reply.header("location")),
            (302, Some("/api/net/10?depth=1")),
            "{caller:?}"
        );
        assert_eq!(client.get_by(caller, "/api/ix/self").code(), 404, "there is no such exchange");
    }
}
