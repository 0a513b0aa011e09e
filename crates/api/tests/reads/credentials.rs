//! Who callers are taken for.

use testkit::{Ask, Caller};

use crate::small;

fn with(scheme: &str) -> Ask {
    Ask::get("/api/net").header("authorization", scheme)
}

#[test]
fn the_name_of_the_key_scheme_is_taken_in_any_case() {
    let key = Caller::Plain.key().expect("a key");
    for scheme in ["Api-Key", "api-key", "API-KEY"] {
        assert_eq!(small().send(with(&format!("{scheme} {key}"))).code(), 200, "{scheme}");
    }
}

#[test]
fn keys_that_open_nothing_are_refused_with_the_reason() {
    let client = small();
    let texts = [
        ("Api-Key bogus000.secret".to_owned(), 401, "Invalid API key"),
        ("Api-Key bogus".to_owned(), 401, "Invalid API key"),
        ("Api-Key plain000.wrong".to_owned(), 401, "Invalid API key"),
        (Caller::RevokedKey.authorization().expect("a key"), 401, "Invalid API key"),
        (Caller::ExpiredKey.authorization().expect("a key"), 401, "Invalid API key"),
        (Caller::InactiveKey.authorization().expect("a key"), 401, "Inactive API key"),
        (
            Caller::Retired.authorization().expect("a key"),
            403,
            "Inactive API key - please contact PeeringDB support for assistance.",
        ),
    ];
    for (value, status, text) in texts {
        let reply = client.send(with(&value));
        assert_eq!((reply.code(), reply.error().as_str()), (status, text), "{value}");
        assert_eq!(reply.header("x-auth-status"), Some("unauthenticated"), "{value}");
        let label = reply.header("x-auth-id").expect("the key's public part");
        assert!(label.contains("apikey_") && !label.contains("secret"), "{label}");
    }
}

#[test]
fn unknown_schemes_and_missing_keys_are_malformed_requests() {
    let client = small();
    for value in ["Token abc", "Api-Key", "foo", "Bearer x"] {
        let reply = client.send(with(value));
        assert_eq!((reply.code(), reply.error().as_str()), (400, "Unknown authorization method"), "{value}");
    }
    let misspelt = client.send(Ask::get("/api/net").header("authorizations", "Api-Key x"));
    assert_eq!((misspelt.code(), misspelt.error().as_str()), (400, "Malformed authorization header"));
}

#[test]
fn passwords_that_are_wrong_or_unreadable_are_refused() {
    let client = small();
    // plain:wrong, nobody:x, and a text without a colon.
    for (value, status) in [
        ("Basic cGxhaW46d3Jvbmc=", 401),
        ("Basic bm9ib2R5Ong=", 401),
        ("Basic Y29sb24=", 400),
        ("Basic !!", 400),
    ] {
        assert_eq!(client.send(with(value)).code(), status, "{value}");
    }
    assert_eq!(client.send(with("Basic bm9ib2R5Ong=")).error(), "Invalid username or password");
}

#[test]
fn clients_that_are_too_old_are_told_what_to_install() {
    let client = small();
    let by = |agent: &str| client.send(Ask::get("/api/net").header("user-agent", agent));
    let old = by("PeeringDB/0.5 django_peeringdb/0.1");
    assert_eq!(old.code(), 400);
    assert!(old.error().starts_with("Your client version is incompatible"), "{}", old.error());
    assert_eq!(by("PeeringDB/2.5.0 django_peeringdb/3.7.0").code(), 200);
    for other in ["curl/8.0", "peeringdb-plus/0.1 backend/0.1", "arouteserver/0.1", "python-requests/2.34.2"]
    {
        assert_eq!(by(other).code(), 200, "{other} speaks for no version of that client");
    }
}

#[test]
fn nobody_writes_what_is_only_read_without_saying_who_they_are() {
    let client = small();
    for (method, path) in [("POST", "/api/as_set"), ("DELETE", "/api/as_set/64496")] {
        let reply = client.send(Ask::new(method, path).body(b"{\"name\": \"x\"}"));
        assert_eq!(reply.code(), 401, "{method} {path}");
        assert_eq!(reply.header("www-authenticate"), Some("Basic realm=\"api\""), "{method} {path}");
    }
}

#[test]
fn search_is_for_callers_with_a_key() {
    let client = small();
    assert_eq!(client.get("/api/search?q=net").code(), 401);
    let found = client.get_by(Caller::Plain, "/api/search?q=net+one").json();
    assert_eq!(found["net"][0]["id"], 10);
    assert_eq!(client.get_by(Caller::Plain, "/api/search").json(), serde_json::json!({}));
}
