//! Outgoing mail: from the database to a mail server.
//!
//! What is sent, and when: mails leave in the order of their numbers, as far as they share an address. A mail that the
//! server refuses for now is tried again, later each time, [`ATTEMPTS_MAX`] times over some days; one that it refuses
//! for good, or too often, has failed. Both stay visible. Where the server cannot be talked to at all, no mail is
//! blamed, and all of them wait.
//!
//! A mail whose text was handed over and never acknowledged is *held*: the server may have taken it, and a person
//! decides whether it is sent again. Its `Message-ID` stays the same then, so that a recipient's server can tell.

mod letter;
mod smtp;

use std::sync::Arc;
use std::time::Duration;

use app::clock::Clock;
use model::Time;
use store::Store;
use store::delivery::Settled;
use store::mail::Mail;

use self::letter::Letter;
pub use self::letter::{Sender, address};
use self::smtp::{Handover, Session};
pub use self::smtp::{Limits, SmtpServer};
use crate::job::{Fault, Job, Running, Working};

/// How often a mail is tried.
pub const ATTEMPTS_MAX: u32 = 12;

/// Between the first attempt and the second one; each pause is three times as long as the one before.
const PAUSE: Duration = Duration::from_secs(60);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(12 * 3600);

/// Delivers mail, as a job.
pub struct Outbox {
    store: Store,
    clock: Arc<dyn Clock>,
    server: SmtpServer,
    sender: Sender,
    limits: Limits,
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbox").field("server", &self.server).finish_non_exhaustive()
    }
}

/// What a run did.
#[derive(Default)]
struct Count {
    sent: u32,
    put_off: u32,
    failed: u32,
    held: u32,
}

impl Count {
    fn add(&mut self, settled: &Settled) {
        match settled {
            Settled::Sent { .. } => self.sent += 1,
            Settled::Again { .. } => self.put_off += 1,
            Settled::Failed { .. } => self.failed += 1,
            Settled::Held { .. } => self.held += 1,
        }
    }

    fn told(&self) -> String {
        let parts =
            [(self.sent, "sent"), (self.put_off, "put off"), (self.failed, "failed"), (self.held, "held")];
        let told =
            parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
        told.collect::<Vec<_>>().join(", ")
    }
}

impl Outbox {
    /// Delivers the mail of a database through a server.
    pub fn new(store: Store, clock: Arc<dyn Clock>, server: SmtpServer, sender: Sender) -> Outbox {
        Outbox { store, clock, server, sender, limits: Limits::default() }
    }

    /// The same with other limits of time.
    #[must_use]
    pub fn within(mut self, limits: Limits) -> Outbox {
        self.limits = limits;
        self
    }

    async fn deliver(&self, run: &Running) -> Result<String, Fault> {
        let mut count = Count { held: self.hold_strays().await?, ..Count::default() };
        let mut session = None;
        while !run.is_stopping() {
            let Some(mail) = self.take().await? else { break };
            let (settled, no_server) = self.attempt(&mail, &mut session).await?;
            self.settle(&mail, &settled).await?;
            count.add(&settled);
            if let Some(why) = no_server {
                return Err(Fault::Other(format!("{}: {why}", self.server)));
            }
        }
        if let Some(session) = session {
            session.quit(self.limits).await;
        }
        Ok(count.told())
    }

    /// Nobody but this run hands mail over: whatever is marked so was left behind.
    async fn hold_strays(&self) -> Result<u32, Fault> {
        let mut side = self.store.side().await?;
        let held = side.hold_strays().await?;
        side.finish().await?;
        Ok(u32::try_from(held).unwrap_or(u32::MAX))
    }

    async fn take(&self) -> Result<Option<Mail>, Fault> {
        let mut side = self.store.side().await?;
        let mail = side.take_mail(self.clock.now()).await?;
        side.finish().await?;
        Ok(mail)
    }

    async fn settle(&self, mail: &Mail, settled: &Settled) -> Result<(), Fault> {
        match settled {
            Settled::Sent { .. } => tracing::debug!(mail = mail.id, "sent"),
            Settled::Again { error, .. } => tracing::warn!(mail = mail.id, error, "put off"),
            Settled::Failed { error } => tracing::error!(mail = mail.id, error, "the mail has failed"),
            Settled::Held { error } => tracing::error!(mail = mail.id, error, "the mail is held"),
        }
        let mut side = self.store.side().await?;
        let noted = side.settle_mail(mail.id, settled, self.clock.now()).await?;
        side.finish().await?;
        if noted {
            return Ok(());
        }
        let id = mail.id;
        Err(Fault::Other(format!(
            "another process holds mail {id}, since it took this one for dead while it handed the mail over; it {}: \
             look whether the mail arrived before `peeringd mail retry {id}` sends it again",
            became(settled)
        )))
    }

    /// Tries a mail. Tells what became of it, and why no other one need be tried, if so.
    async fn attempt(
        &self,
        mail: &Mail,
        session: &mut Option<Session>,
    ) -> Result<(Settled, Option<String>), Fault> {
        let letter = match Letter::write(mail, &self.sender, self.answered(mail).await?.as_ref()) {
            Ok(letter) => letter,
            Err(error) => return Ok((Settled::Failed { error }, None)),
        };
        Ok(match self.hand_over(&letter, session).await {
            Handover::Taken { refused } => {
                let note = (!refused.is_empty()).then(|| format!("not to {}", refused.join("; ")));
                (Settled::Sent { note }, None)
            }
            Handover::Refused(error) => (Settled::Failed { error }, None),
            Handover::Later(error) => (self.put_off(mail, error), None),
            Handover::Unknown(why) => {
                let error = format!("the mail server may have taken it, and did not say so: {why}");
                (Settled::Held { error }, None)
            }
            Handover::NoServer(why) => (self.not_to_blame(&why), Some(why)),
        })
    }

    /// Hands a letter over on the session that is open, or on a new one. A connection on which anything went wrong is
    /// not used again.
    async fn hand_over(&self, letter: &Letter, session: &mut Option<Session>) -> Handover {
        if let Some(mut open) = session.take() {
            match open.hand_over(letter, self.limits).await {
                // Servers end sessions that are long enough for them (RFC 5321, 3.8): that tells nothing of the next.
                Handover::NoServer(why) => tracing::debug!(why, "the mail server ended the session"),
                handover => return keep(open, handover, session),
            }
        }
        match Session::open(&self.server, self.sender.host(), self.limits).await {
            Ok(mut open) => {
                let handover = open.hand_over(letter, self.limits).await;
                keep(open, handover, session)
            }
            Err(why) => Handover::NoServer(why),
        }
    }

    /// The mail that a mail refers to, if it is there still.
    async fn answered(&self, mail: &Mail) -> Result<Option<Mail>, Fault> {
        match mail.mail.answers {
            Some(id) => Ok(self.store.reader().await?.mail(id).await?),
            None => Ok(None),
        }
    }

    fn put_off(&self, mail: &Mail, error: String) -> Settled {
        if mail.attempts >= ATTEMPTS_MAX {
            return Settled::Failed { error: format!("given up after {} attempts: {error}", mail.attempts) };
        }
        let at = Time(self.clock.now().0 + pause(mail.attempts).as_micros() as i64);
        Settled::Again { at, error, counts: true }
    }

    fn not_to_blame(&self, why: &str) -> Settled {
        Settled::Again { at: self.clock.now(), error: why.to_owned(), counts: false }
    }
}

/// Connects to a mail server, logs in and takes leave, as a look whether mail would be delivered.
///
/// # Errors
/// Says what went wrong.
pub async fn knock(server: &SmtpServer, host: &str, limits: Limits) -> Result<(), String> {
    Session::open(server, host, limits).await?.quit(limits).await;
    Ok(())
}

/// Keeps a session that is good for another mail.
fn keep(open: Session, handover: Handover, session: &mut Option<Session>) -> Handover {
    if matches!(handover, Handover::Taken { .. }) {
        *session = Some(open);
    }
    handover
}

/// What became of a mail, as the end of a sentence.
fn became(settled: &Settled) -> String {
    match settled {
        Settled::Sent { .. } => "was sent".to_owned(),
        Settled::Again { error, .. } => format!("was not sent, {error}"),
        Settled::Failed { error } => format!("has failed, {error}"),
        Settled::Held { error } => format!("is held, {error}"),
    }
}

/// The pause after so many attempts.
fn pause(attempts: u32) -> Duration {
    let factor = 3_u32.saturating_pow(attempts.saturating_sub(1));
    PAUSE.saturating_mul(factor).min(PAUSE_MAX)
}

impl Job for Outbox {
    fn name(&self) -> &'static str {
        "mail"
    }

    fn about(&self) -> &'static str {
        "delivers outgoing mail"
    }

    /// People wait for mail: only the look at the database bounds how soon it leaves.
    fn every(&self) -> Duration {
        Duration::from_secs(1)
    }

    /// A mail server that is away is not asked more often.
    fn retry_after(&self) -> Duration {
        Duration::from_secs(60)
    }

    fn is_wanted(&self, now: Time) -> Working<'_, bool> {
        Box::pin(async move { Ok(self.store.reader().await?.is_mail_due(now).await?) })
    }

    fn run<'a>(&'a self, run: &'a Running) -> Working<'a, String> {
        Box::pin(self.deliver(run))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_bound() {
        let minutes = |attempts| pause(attempts).as_secs() / 60;
        assert_eq!([1, 2, 3, 4].map(minutes), [1, 3, 9, 27]);
        assert_eq!([7, 8, 12, u32::MAX].map(minutes), [720, 720, 720, 720]);
        let whole: u64 = (1..ATTEMPTS_MAX).map(|attempts| pause(attempts).as_secs()).sum();
        assert!((2 * 86_400..4 * 86_400).contains(&whole), "{whole}");
    }
}
