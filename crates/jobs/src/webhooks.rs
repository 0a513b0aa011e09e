//! Telling webhooks about changes.
//!
//! The job runs in one process at a time. Each address has one message under way at most, so that messages arrive in
//! their order; several addresses are told at the same time, so that a slow one holds nobody up.

use std::sync::Arc;
use std::time::Duration;

use app::App;
use app::webhooks::{Outcome, Parcel, Step, Webhook};
use model::Time;
use tokio::task::JoinSet;

use crate::http::{FetchError, HttpClient};
use crate::job::{Fault, Job, Running, Working};

/// Addresses that are told at the same time.
const AT_ONCE: usize = 16;
/// Rounds of one run: after these the run is written down, and another one begins.
const ROUNDS_MAX: u32 = 1_000;
/// Time for the answer of a receiver.
const ANSWER: Duration = Duration::from_secs(15);

/// The job.
#[derive(Clone)]
pub struct Webhooks {
    app: Arc<App>,
    client: HttpClient,
}

impl std::fmt::Debug for Webhooks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Webhooks")
    }
}

impl Webhooks {
    /// The job of a directory, with the way out.
    pub fn new(app: Arc<App>, client: &HttpClient) -> Webhooks {
        Webhooks { app, client: client.tightened(ANSWER, usize::MAX) }
    }

    /// Tells each address that is due what comes next. Gives the number of messages that were sent, and whether
    /// anything was done at all.
    ///
    /// # Errors
    /// When the database cannot be read or written: the first failure, when all addresses have had their turn.
    pub async fn round(&self) -> Result<(u64, bool), Fault> {
        let mut due = self.app.due_webhooks().await?.into_iter();
        let mut under_way: JoinSet<Result<Did, store::Error>> = JoinSet::new();
        let (mut sent, mut done, mut failed) = (0, false, None);
        loop {
            while under_way.len() < AT_ONCE
                && let Some(webhook) = due.next()
            {
                under_way.spawn(self.clone().tell(webhook));
            }
            let Some(told) = under_way.join_next().await else { break };
            let told = told.map_err(|error| Fault::Other(format!("a webhook was not told: {error}")));
            match told.and_then(|did| Ok(did?)) {
                Ok(did) => {
                    sent += u64::from(did == Did::Sent);
                    done |= did != Did::Nothing;
                }
                // To leave now would cut off messages that are under way.
                Err(error) => {
                    failed.get_or_insert(error);
                }
            }
        }
        failed.map_or(Ok((sent, done)), Err)
    }

    async fn tell(self, webhook: Webhook) -> Result<Did, store::Error> {
        match self.app.next_parcel(&webhook).await {
            Step::Wait => Ok(Did::Nothing),
            Step::Note(note) => {
                self.app.note_webhook(&webhook, &note).await?;
                Ok(Did::Noted)
            }
            Step::Send(parcel) => {
                if let Some(note) = self.app.before(&webhook, &parcel)
                    && !self.app.note_webhook(&webhook, &note).await?
                {
                    // It is not what it was: the next round sees what it is now.
                    return Ok(Did::Noted);
                }
                let outcome = self.send(&parcel).await;
                tracing::debug!(webhook = webhook.id, message = parcel.id, ?outcome, "told");
                self.app.note_webhook(&webhook, &self.app.after(&webhook, &parcel, &outcome)).await?;
                Ok(Did::Sent)
            }
        }
    }

    async fn send(&self, parcel: &Parcel) -> Outcome {
        let timestamp = parcel.timestamp.to_string();
        let headers = [
            ("content-type", "application/json"),
            ("webhook-id", parcel.id.as_str()),
            ("webhook-timestamp", timestamp.as_str()),
            ("webhook-signature", parcel.signature.as_str()),
        ];
        match self.client.post_foreign(&parcel.url, &headers, parcel.body.clone()).await {
            Ok(status) => Outcome { status: Some(status), error: None },
            Err(error) => Outcome { status: None, error: Some(words(&error)) },
        }
    }
}

/// What went wrong, as the organization reads it.
fn words(error: &FetchError) -> String {
    match error {
        // What a resolver or another host of ours said is none of its business.
        FetchError::NotPublic(_) => "the address is not on the public internet".to_owned(),
        FetchError::BadUrl(_)
        | FetchError::Unreachable(_)
        | FetchError::TimedOut
        | FetchError::TooLarge(_)
        | FetchError::Redirect(_)
        | FetchError::Broken(_) => error.to_string(),
    }
}

/// What was done for an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Did {
    Nothing,
    Noted,
    Sent,
}

impl Job for Webhooks {
    fn name(&self) -> &'static str {
        "webhooks"
    }

    fn about(&self) -> &'static str {
        "Tells the webhooks of organizations about changes"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn is_wanted(&self, _now: Time) -> Working<'_, bool> {
        Box::pin(async { Ok(!self.app.due_webhooks().await?.is_empty()) })
    }

    fn run<'a>(&'a self, run: &'a Running) -> Working<'a, String> {
        Box::pin(async move {
            let mut all = 0;
            for _ in 0..ROUNDS_MAX {
                let (sent, done) = self.round().await?;
                all += sent;
                if !done || run.is_stopping() {
                    break;
                }
            }
            Ok(if all > 0 { format!("{all} messages") } else { String::new() })
        })
    }
}

#[cfg(test)]
mod tests;
