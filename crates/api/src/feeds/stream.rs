//! The feed as a stream of events (HTML standard, server-sent events).
//!
//! A stream has a place among those that listen, and a bounded life: the client comes back with the last id that it saw,
//! to this process or another one. A message without data moves that id on where changes were nothing to the client, and
//! shows proxies that the connection lives. Between two messages at most one waits to be sent: who reads slowly holds
//! that up, until the edge cuts the connection.

use std::fmt::Write;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use app::App;
use app::listeners::Place;
use app::principals::Identity;
use axum::http::HeaderName;
use bytes::Bytes;
use catalog::feed::Position;
use http_body::{Body, Frame};
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::cursor::{Cursor, Stamp};
use super::question::Question;
use super::{METHODS, no_place};
use crate::answer::Answer;
use crate::request::ApiRequest;

/// How long a stream lives.
const LIFE: Duration = Duration::from_secs(3_600);
/// Silence after which a message without data is sent. Common proxies drop a connection after 30 or 60 seconds.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Milliseconds after which a client comes back.
const RETRY: u32 = 3_000;
/// Events in one message to the connection.
const EVENTS: usize = 50;

/// Keeps proxies such as nginx from gathering events before they pass them on.
const UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Answers with a stream that goes on from a place.
pub(super) fn answer(
    app: &Arc<App>,
    request: &ApiRequest,
    identity: Identity,
    question: Question,
    from: Position,
    stamp: Stamp,
) -> Answer {
    let described = |answer: Answer| {
        answer.cached("no-store").with(UNBUFFERED, "no").with(axum::http::header::ALLOW, METHODS)
    };
    if request.is_head() {
        return described(Answer::events(axum::body::Body::empty()));
    }
    let place = match app.listeners().take(request.client) {
        Ok(place) => place,
        Err(why) => return no_place(why),
    };
    let (sender, messages) = mpsc::channel(1);
    let stream = Stream { app: Arc::clone(app), identity, question, at: from, stamp, sender };
    tokio::spawn(stream.run(place));
    described(Answer::events(axum::body::Body::new(Messages(messages))))
}

/// Why a stream ends before its client leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The client has left.
    Left,
    /// Its rights are others now, or gone.
    Rights,
    /// It is so far behind that the changes are gone.
    Behind,
    /// Its time is up, or the program stops.
    Time,
}

struct Stream {
    app: Arc<App>,
    identity: Identity,
    question: Question,
    at: Position,
    stamp: Stamp,
    sender: mpsc::Sender<Bytes>,
}

impl Stream {
    async fn run(mut self, mut place: Place) {
        let ended = tokio::select! {
            ended = self.tell() => ended,
            () = place.ended() => End::Time,
            () = sleep(LIFE) => End::Time,
        };
        let reason = match ended {
            End::Left | End::Time => return,
            End::Rights => "rights",
            End::Behind => "behind",
        };
        // Where the client takes nothing, there is nobody to be told.
        let farewell = format!("event: end\ndata: {{\"reason\": \"{reason}\"}}\n\n");
        let _ = self.sender.try_send(farewell.into());
    }

    /// Sends events as they come.
    async fn tell(&mut self) -> End {
        let sender = self.sender.clone();
        let (mut news, mut entitlements) = (self.app.news(), self.app.entitlements());
        let greeting = format!("retry: {RETRY}\n{}", self.beat());
        if sender.send(greeting.into()).await.is_err() {
            return End::Left;
        }
        loop {
            // What is sent is made when there is room for it: a client that was slow must not learn what is withdrawn
            // by then.
            let permit = tokio::select! {
                permit = sender.reserve() => match permit {
                    Ok(permit) => permit,
                    Err(_) => return End::Left,
                },
                _ = entitlements.changed() => match self.is_entitled() {
                    true => continue,
                    false => return End::Rights,
                },
            };
            news.mark_unchanged();
            entitlements.mark_unchanged();
            if !self.is_entitled() {
                return End::Rights;
            }
            match self.page().await {
                Ok(message) if message.is_empty() => drop(permit),
                Ok(message) => {
                    permit.send(message.into());
                    continue;
                }
                Err(end) => return end,
            }
            tokio::select! {
                _ = news.changed() => {}
                _ = entitlements.changed() => {}
                () = sender.closed() => return End::Left,
                () = sleep(HEARTBEAT) => {
                    // Whatever fills the channel is a sign of life as well.
                    let _ = sender.try_send(self.beat().into());
                }
            }
        }
    }

    /// A message without data: the place where the client goes on.
    fn beat(&self) -> String {
        format!("id: {}\n\n", Cursor(self.at, self.stamp))
    }

    /// Whether the client still has the rights that it came with.
    fn is_entitled(&self) -> bool {
        let renewed = self.app.renewed(&self.identity);
        renewed.is_ok_and(|identity| Stamp::of(&self.app, &identity.viewer) == self.stamp)
    }

    /// The next events, and the place moved behind them; empty when there are none.
    async fn page(&mut self) -> Result<String, End> {
        let moment = self.app.moment();
        let viewer = &self.identity.viewer;
        let mut text = String::new();
        loop {
            let page = moment.journal.page(&moment.snapshot, viewer, &self.question.filter, self.at, EVENTS);
            let page = page.map_err(|_| End::Behind)?;
            self.at = page.next;
            for event in &page.events {
                let cursor = Cursor(event.position, self.stamp);
                let _ = write!(text, "id: {cursor}\nevent: {}\ndata: ", event.kind.as_str());
                event.write_json(&moment.snapshot, viewer, &cursor, &mut text);
                text.push_str("\n\n");
            }
            if !text.is_empty() || !page.more {
                return Ok(text);
            }
            // A long way without anything for this client: others have their turn in between.
            tokio::task::yield_now().await;
        }
    }
}

/// Messages as the body of an answer.
struct Messages(mpsc::Receiver<Bytes>);

impl Body for Messages {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(cx).map(|message| message.map(|bytes| Ok(Frame::data(bytes))))
    }
}
