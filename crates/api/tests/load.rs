//! What a server with too much to do answers, and to whom.

use testkit::{Client, Reply, World};

const LONG: &str = "/api/net?name__contains=o";

fn assert_refused(reply: &Reply) {
    assert_eq!(reply.code(), 503, "{}", reply.text());
    assert!(reply.error().starts_with("Too many"), "{}", reply.error());
    let seconds = reply.header("retry-after").and_then(|seconds| seconds.parse::<u32>().ok());
    assert!(seconds.is_some_and(|seconds| (1..=60).contains(&seconds)), "{seconds:?}");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
}

#[test]
fn long_questions_are_refused_while_too_many_wait_and_quick_ones_are_answered() {
    let client = Client::of(&World::small());
    client.while_crowded(|client| {
        assert_refused(&client.get(LONG));
        assert_eq!(client.get("/api/net/10").ids(), [10]);
        assert_eq!(client.get("/api/net?asn=64496").ids(), [10]);
    });
    assert_eq!(client.get(LONG).ids(), [10, 11]);
}

#[test]
fn answers_that_would_wait_in_memory_are_refused_while_too_many_do_and_streams_are_not() {
    let client = Client::of(&World::small());
    let unread: Vec<_> = std::iter::from_fn(|| client.app().hold(64 << 10).ok()).collect();
    let bytes = unread.len() * (64 << 10);
    assert!((64 << 20..=256 << 20).contains(&bytes), "room for many answers, and within memory: {bytes}");
    let rest: Vec<_> = std::iter::from_fn(|| client.app().hold(1 << 10).ok()).collect();
    assert_refused(&client.get("/api/net/10?depth=2"));
    assert_eq!(client.get("/api/net").ids(), [10, 11], "a list is made while it is sent");
    assert!(client.app().hold(8 << 20).is_ok(), "large answers have their own room");
    drop((unread, rest));
    assert_eq!(client.get("/api/net/10?depth=2").ids(), [10]);
    let again: Vec<_> = std::iter::from_fn(|| client.app().hold(64 << 10).ok()).collect();
    assert_eq!(again.len() * (64 << 10), bytes, "an answer that was read gives its room back");
}
