use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use app::listeners::LISTENERS_PER_CLIENT_MAX;
use axum::body::Body;
use axum::response::Response;
use http_body::Body as _;
use model::Tag;
use serde_json::{Value as Json, json};
use testkit::{Ask, Caller, Kind, Site, on_both_databases};

use crate::{Desk, FILE};

on_both_databases! {
    a_stream_tells_changes_and_goes_on_elsewhere
    a_key_that_loses_its_rights_loses_its_stream
    streams_end_when_the_program_does
    a_client_has_so_many_streams
    a_slow_reader_is_told_the_state_of_now
}

/// How long a test waits for what has to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A stream of events that is read.
struct Events {
    body: Body,
    text: String,
}

/// One message of a stream.
#[derive(Clone, Debug, Default, PartialEq)]
struct Message {
    id: Option<String>,
    event: Option<String>,
    data: Option<Json>,
}

impl Events {
    async fn open(site: &Site, ask: Ask) -> Events {
        let response = site.begin(ask.header("accept", "text/event-stream")).await;
        assert_eq!(response.status().as_u16(), 200);
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        assert_eq!(header("content-type"), Some("text/event-stream"));
        assert_eq!(header("x-accel-buffering"), Some("no"));
        assert_eq!(header("etag"), None);
        Events { body: Response::into_body(response), text: String::new() }
    }

    /// The next message; `None` at the end.
    async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some((message, rest)) = self.text.split_once("\n\n") {
                let message = parse(message);
                self.text = rest.to_owned();
                return Some(message);
            }
            let chunk = tokio::time::timeout(PATIENCE, next_chunk(&mut self.body)).await;
            match chunk.expect("a message in time") {
                Some(bytes) => self.text.push_str(std::str::from_utf8(&bytes).expect("text")),
                None => return None,
            }
        }
    }

    /// The next message with data.
    async fn event(&mut self) -> Message {
        loop {
            let message = self.next().await.expect("the stream goes on");
            if message.data.is_some() {
                return message;
            }
        }
    }
}

async fn next_chunk(body: &mut Body) -> Option<Vec<u8>> {
    let mut body = Pin::new(body);
    let frame = poll_fn(|cx| body.as_mut().poll_frame(cx)).await?;
    let data = frame.expect("a body does not fail").into_data().expect("no trailers");
    Some(data.to_vec())
}

fn parse(text: &str) -> Message {
    let mut message = Message::default();
    for line in text.lines() {
        let (name, value) = line.split_once(": ").unwrap_or_else(|| panic!("{line}"));
        match name {
            "id" => message.id = Some(value.to_owned()),
            "event" => message.event = Some(value.to_owned()),
            "data" => message.data = Some(serde_json::from_str(value).expect("JSON")),
            "retry" => assert!(value.parse::<u32>().is_ok()),
            _ => panic!("{line}"),
        }
    }
    message
}

async fn rename(desk: &Desk, name: &str) {
    desk.change("PUT", "/api/carrier/51", json!({ "org_id": 100, "name": name })).await;
}

async fn a_stream_tells_changes_and_goes_on_elsewhere(kind: Kind) {
    let desk = Desk::small(kind).await;
    let mut events = Events::open(&desk.site, Ask::get("/changes?type=carrier")).await;
    let greeting = events.next().await.expect("a greeting");
    assert!(greeting.id.is_some() && greeting.data.is_none());
    rename(&desk, "Carrier A").await;
    let first = events.event().await;
    let data = first.data.clone().expect("data");
    assert_eq!(first.event.as_deref(), Some("update"));
    assert_eq!(
        (data["type"].clone(), data["record"]["name"].clone()),
        (json!("carrier"), json!("Carrier A"))
    );
    assert_eq!(first.id.as_deref(), data["cursor"].as_str());
    drop(events);
    rename(&desk, "Carrier B").await;
    let other = desk.another().await;
    // The URL still has the cursor that the stream began with.
    let ask =
        Ask::get("/changes?after=1&type=carrier").header("last-event-id", first.id.as_deref().unwrap_or(""));
    let mut events = Events::open(&other, ask).await;
    let second = events.event().await.data.expect("data");
    assert_eq!((second["seq"].clone(), second["record"]["name"].clone()), (json!(3), json!("Carrier B")));
    let head = desk.site.send(Ask::new("HEAD", "/changes").header("accept", "text/event-stream")).await;
    assert_eq!((head.code(), head.header("content-type")), (200, Some("text/event-stream")));
}

async fn a_key_that_loses_its_rights_loses_its_stream(kind: Kind) {
    let desk = Desk::small(kind).await;
    let mut own = Events::open(&desk.site, Ask::get("/changes").by(Caller::Admin)).await;
    let mut others = Events::open(&desk.site, Ask::get("/changes").by(Caller::Plain)).await;
    own.next().await.expect("a greeting");
    others.next().await.expect("a greeting");
    desk.bench
        .run(
            FILE,
            "UPDATE user_api_key SET status = 'inactive' WHERE prefix = 'admin000'; \
             UPDATE meta SET value = '77' WHERE key = 'principals_sequence'",
        )
        .await;
    desk.site.app.catch_up(&desk.site.store).await.expect("caught up");
    let last = own.event().await;
    assert_eq!((last.event.as_deref(), last.data), (Some("end"), Some(json!({ "reason": "rights" }))));
    assert_eq!(own.next().await, None);
    // Nobody else is cut off, and nothing is lost.
    rename(&desk, "Carrier A").await;
    assert_eq!(others.event().await.data.expect("data")["record"]["name"], "Carrier A");
}

async fn streams_end_when_the_program_does(kind: Kind) {
    let desk = Desk::small(kind).await;
    let mut events = Events::open(&desk.site, Ask::get("/changes")).await;
    events.next().await.expect("a greeting");
    let waiting = desk.site.send(Ask::get("/changes?wait=30"));
    let (waited, ()) = tokio::join!(tokio::time::timeout(PATIENCE, waiting), async {
        while desk.site.app.listeners().count() < 2 {
            tokio::task::yield_now().await;
        }
        desk.site.app.listeners().end();
    });
    assert_eq!(waited.expect("at once").code(), 200);
    assert_eq!(events.next().await, None);
    let refused = desk.site.send(Ask::get("/changes").header("accept", "text/event-stream")).await;
    assert_eq!((refused.code(), refused.header("retry-after")), (503, Some("30")));
    assert_eq!(desk.site.send(Ask::get("/changes")).await.code(), 200, "a page is still given");
}

async fn a_client_has_so_many_streams(kind: Kind) {
    let desk = Desk::small(kind).await;
    let mut open = Vec::new();
    for _ in 0..LISTENERS_PER_CLIENT_MAX {
        open.push(Events::open(&desk.site, Ask::get("/changes")).await);
    }
    for ask in [Ask::get("/changes").header("accept", "text/event-stream"), Ask::get("/changes?wait=1")] {
        let refused = desk.site.send(ask).await;
        assert_eq!((refused.code(), refused.header("retry-after")), (429, Some("30")), "{}", refused.text());
    }
    assert_eq!(desk.site.send(Ask::get("/changes")).await.code(), 200);
    drop(open);
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while desk.site.app.listeners().count() > 0 {
        assert!(tokio::time::Instant::now() < deadline, "places come back when clients leave");
        tokio::task::yield_now().await;
    }
    Events::open(&desk.site, Ask::get("/changes")).await;
}

async fn a_slow_reader_is_told_the_state_of_now(kind: Kind) {
    let desk = Desk::small(kind).await;
    let mut events = Events::open(&desk.site, Ask::get("/changes?type=poc")).await;
    // One message waits: nobody reads. What comes meanwhile is told as it is when there is room again.
    let contact = |visible: &str| json!({ "net_id": 10, "role": "NOC", "name": "Desk", "email": "noc@one.example", "phone": "+12065550100", "visible": visible });
    desk.change("PUT", "/api/poc/72", contact("Public")).await;
    desk.change("PUT", "/api/poc/72", contact("Users")).await;
    desk.purge(Tag::Poc, 73).await;
    let first = events.event().await;
    assert_eq!(
        (first.event.as_deref(), first.data.expect("data")["record"].clone()),
        (Some("leave"), Json::Null)
    );
}
