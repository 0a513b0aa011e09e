//! What an address is told next, and what follows from how that went.

use auth::signature;
use catalog::feed::{Event, Filter, Missing, Position};
use model::access::Viewer;
use model::{Status, Tag, Time};
use serde_json::json;
use store::mail::NewMail;
use store::webhook::{Delivery, Note, Place, Progress, Webhook};

use super::{later, purpose};
use crate::directory::App;
use crate::feeds::Moment;

/// Events of one message.
const EVENTS: usize = 100;
/// Seconds before each attempt after the first one; the last one again and again.
const BACKOFF: [i64; 9] = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800];
/// Seconds of failures after which an address is given up.
const GIVEN_UP_AFTER: i64 = 5 * 86_400;
/// The receiver says that it is gone for good (Standard Webhooks; RFC 9110, 15.5.11).
const GONE: u16 = 410;

/// A message that is ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Where to.
    pub url: String,
    /// Its name: header `webhook-id`.
    pub id: String,
    /// When it is sent, seconds since 1970: header `webhook-timestamp`.
    pub timestamp: i64,
    /// Header `webhook-signature`.
    pub signature: String,
    /// A JSON object.
    pub body: String,
    events: u32,
    until: Option<Position>,
}

impl std::fmt::Debug for Parcel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Parcel({}, {} events)", self.id, self.events)
    }
}

/// What is to be done for an address.
#[derive(Clone, Debug)]
pub enum Step {
    /// To send a message.
    Send(Parcel),
    /// To note this.
    Note(Note),
    /// Nothing, for now.
    Wait,
}

/// How an attempt to send a message ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// What went wrong, where there was no answer.
    pub error: Option<String>,
}

impl Outcome {
    fn is_success(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    fn words(&self) -> Option<String> {
        match (&self.error, self.status) {
            (Some(error), _) => Some(error.clone()),
            (None, Some(status)) if !self.is_success() => Some(format!("the answer had the status {status}")),
            (None, _) => None,
        }
    }
}

fn place(position: Position) -> Place {
    (position.seq, position.n)
}

fn position(place: Place) -> Position {
    Position { seq: place.0, n: place.1 }
}

/// A note that leaves everything as it is.
fn unchanged(webhook: &Webhook) -> Note {
    Note {
        webhook: webhook.id,
        revision: webhook.revision,
        from: webhook.progress.next,
        progress: webhook.progress.clone(),
        stopped: None,
        tested: None,
        delivery: None,
    }
}

/// What is in a message.
struct Content {
    body: String,
    events: u32,
    until: Position,
    name: String,
}

impl App {
    /// What is to be done for an address now.
    pub async fn next_parcel(&self, webhook: &Webhook) -> Step {
        let moment = self.moment();
        if let Some(name) = &webhook.test {
            let body = json!({ "type": "test", "webhook": webhook.id }).to_string();
            return self.sealed_parcel(webhook, name.clone(), body, 0, None).await;
        }
        let org = moment.snapshot.record(Tag::Org, webhook.org_id);
        if org.is_none_or(|org| org.status() == Status::Deleted) {
            let stopped = Some("the organization was deleted".to_owned());
            return Step::Note(Note { stopped, ..unchanged(webhook) });
        }
        let viewer = self.viewer_of_org(webhook.org_id);
        match content(&self.settings().public_url, &moment, &viewer, webhook) {
            Next::Content(Content { body, events, until, name }) => {
                self.sealed_parcel(webhook, name, body, events, Some(until)).await
            }
            Next::Nothing(next) if place(next) == webhook.progress.next => Step::Wait,
            Next::Nothing(next) => {
                let progress = Progress { next: place(next), until: None, ..webhook.progress.clone() };
                Step::Note(Note { progress, ..unchanged(webhook) })
            }
            Next::Ahead => Step::Wait,
        }
    }

    async fn sealed_parcel(
        &self,
        webhook: &Webhook,
        id: String,
        body: String,
        events: u32,
        until: Option<Position>,
    ) -> Step {
        let timestamp = self.now().unix();
        let opened = match self.master_key().await {
            Ok(master) => {
                let opened = master.open(&purpose(webhook.org_id), &webhook.secret);
                opened.map_err(|error| error.to_string())
            }
            Err(error) => Err(error.to_string()),
        };
        match opened {
            Ok(key) => {
                let signature = signature::sign(&key, &id, timestamp, body.as_bytes());
                let url = webhook.url.clone();
                Step::Send(Parcel { url, id, timestamp, signature, body, events, until })
            }
            // Not the receiver's fault: tried again, and told as what it is.
            Err(error) => {
                tracing::error!(webhook = webhook.id, error, "a message cannot be signed");
                let parcel = Parcel {
                    url: String::new(),
                    id,
                    timestamp,
                    signature: String::new(),
                    body,
                    events,
                    until,
                };
                let error = Some("the server has not the key to sign the message".to_owned());
                Step::Note(self.after(webhook, &parcel, &Outcome { status: None, error }))
            }
        }
    }

    /// What has to be noted before a message is sent for the first time: where it ends. Should the process die before
    /// it notes how that went, the next one sends the same message under the same name, which receivers tell by.
    /// `None` when nothing has to.
    pub fn before(&self, webhook: &Webhook, parcel: &Parcel) -> Option<Note> {
        let until = parcel.until.map(place).filter(|until| webhook.progress.until != Some(*until))?;
        let progress = Progress { until: Some(until), ..webhook.progress.clone() };
        Some(Note { progress, ..unchanged(webhook) })
    }

    /// What is noted after an attempt to send a message.
    pub fn after(&self, webhook: &Webhook, parcel: &Parcel, outcome: &Outcome) -> Note {
        let now = self.now();
        let note = unchanged(webhook);
        let before = &webhook.progress;
        let attempt = if parcel.until.is_some() { before.attempts + 1 } else { 1 };
        let delivery = Delivery {
            message: parcel.id.clone(),
            attempt,
            at: now,
            events: parcel.events,
            status: outcome.status,
            error: outcome.words(),
            delivered: outcome.is_success(),
        };
        let note = Note { delivery: Some(delivery), ..note };
        let Some(until) = parcel.until else {
            return Note { tested: Some(parcel.id.clone()), ..note };
        };
        if outcome.is_success() {
            let progress =
                Progress { next: place(until), until: None, attempts: 0, failing_since: None, due: now };
            return Note { progress, ..note };
        }
        let since = before.failing_since.unwrap_or(now);
        let progress = Progress {
            next: before.next,
            until: Some(place(until)),
            attempts: attempt,
            failing_since: Some(since),
            due: later(now, backoff(attempt)),
        };
        Note { progress, stopped: stopped(outcome, since, now), ..note }
    }

    /// Stores a note, unless something happened to the address meanwhile; tells whether it did. The creator of an
    /// address that is given up is told by mail.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn note_webhook(&self, webhook: &Webhook, note: &Note) -> Result<bool, store::Error> {
        let Some(writing) = self.writing() else { return Ok(false) };
        let mut side = writing.store.side().await?;
        let noted = side.note_webhook(note).await?;
        if let (true, Some(why), Some(to)) = (noted, &note.stopped, &webhook.email) {
            side.post_mail(&mail(webhook, why, to), self.now()).await?;
        }
        side.finish().await?;
        Ok(noted)
    }

    /// The addresses that may be told something now.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn due_webhooks(&self) -> Result<Vec<Webhook>, store::Error> {
        let Some(writing) = self.writing() else { return Ok(Vec::new()) };
        let newest = self.moment().journal.newest();
        writing.store.reader().await?.due_webhooks(self.now(), newest).await
    }
}

fn backoff(attempt: u32) -> i64 {
    let n = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    BACKOFF.get(n).or(BACKOFF.last()).copied().unwrap_or_default()
}

fn stopped(outcome: &Outcome, since: Time, now: Time) -> Option<String> {
    if outcome.status == Some(GONE) {
        return Some("the receiver answered that it is gone".to_owned());
    }
    (now.0 - since.0 >= GIVEN_UP_AFTER * Time::SECOND)
        .then(|| format!("nothing was delivered for {} days", GIVEN_UP_AFTER / 86_400))
}

fn mail(webhook: &Webhook, why: &str, to: &str) -> NewMail {
    let Webhook { id, org_id, url, .. } = webhook;
    NewMail {
        kind: "webhook-stopped".to_owned(),
        to: vec![to.to_owned()],
        subject: format!("Webhook {id} of organization {org_id} was switched off"),
        body: format!(
            "Messages to {url} are no longer sent: {why}.\n\nThe attempts are listed at \
             /api/org/{org_id}/webhooks/{id}/deliveries. To go on where they broke off, send \
             {{\"active\": true}} with PUT to /api/org/{org_id}/webhooks/{id}.\n"
        ),
        key: Some(format!("webhook {id} stopped {}", webhook.revision)),
        ..NewMail::default()
    }
}

/// What comes next in a feed.
enum Next {
    Content(Content),
    /// Nothing of interest up to a place.
    Nothing(Position),
    /// Another process knows of newer changes than this one.
    Ahead,
}

fn filter(webhook: &Webhook) -> Filter {
    Filter {
        tags: webhook.tags.split(',').filter_map(|tag| tag.parse().ok()).collect(),
        org: webhook.own.then_some(webhook.org_id),
        about: None,
    }
}

fn content(base: &str, moment: &Moment, viewer: &Viewer, webhook: &Webhook) -> Next {
    let from = position(webhook.progress.next);
    let until = webhook.progress.until.map(position);
    let filter = filter(webhook);
    let page = match moment.journal.page(&moment.snapshot, viewer, &filter, from, EVENTS) {
        Ok(page) => page,
        Err(Missing::Ahead { .. }) => return Next::Ahead,
        Err(Missing::Gone { .. }) => return Next::Content(restart(base, moment, webhook, until)),
    };
    // A message that is tried again ends where it ended: its name stands for all up to there.
    let end = until.map_or(page.next, |until| until.min(page.next));
    let events: Vec<&Event> = page.events.iter().filter(|event| event.position <= end).collect();
    if events.is_empty() {
        return Next::Nothing(end);
    }
    let mut body = format!("{{\"type\": \"changes\", \"webhook\": {}, \"data\": [", webhook.id);
    for (n, event) in events.iter().enumerate() {
        body.push_str(if n > 0 { ", " } else { "" });
        event.write_json(&moment.snapshot, viewer, &event.position, &mut body);
    }
    body.push_str(&format!("], \"meta\": {{\"next\": \"{end}\"}}}}"));
    let events = u32::try_from(events.len()).unwrap_or(u32::MAX);
    Next::Content(Content { body, events, until: end, name: name(webhook, "changes") })
}

/// The message where the feed does not lead on: the receiver has to begin anew.
fn restart(base: &str, moment: &Moment, webhook: &Webhook, until: Option<Position>) -> Content {
    let until = until.unwrap_or(Position::behind(moment.journal.newest()));
    let body = json!({
        "type": "restart",
        "webhook": webhook.id,
        "start": [format!("{base}/dumps/directory.tar.gz")],
        "meta": { "next": until.to_string() },
    });
    Content { body: body.to_string(), events: 0, until, name: name(webhook, "restart") }
}

/// The name of the message that begins where the last one ended.
fn name(webhook: &Webhook, kind: &str) -> String {
    let from = position(webhook.progress.next).to_string().replace('.', "_");
    format!("{kind}_{}_{}_{from}", webhook.id, webhook.revision)
}
