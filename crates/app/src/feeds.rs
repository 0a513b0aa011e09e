//! The feed of changes: what of the last weeks is kept in memory, and who listens to it.
//!
//! Every process keeps the [`Journal`] up while it publishes, from the snapshots before and after each change. What a
//! command of this program touched is stored with the change as well, so that a process that starts does not begin
//! with nothing.

use std::sync::Arc;

use catalog::Snapshot;
use catalog::feed::{self, Journal, RECORDS_MAX, Told, Touch};
use model::{Tag, Time};
use store::{Reader, Store};

use crate::directory::App;
use crate::follow::Published;

/// Touches that are kept: about 30 MB.
const TOUCHES_MAX: usize = 500_000;
/// Stored changes that are read at a time.
const STORED: u32 = 5_000;

/// How long changes are kept for those who follow them, as it is when nobody decides.
pub const RETENTION_DAYS: u32 = 30;

/// What a directory shows, and what led to it.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The changes.
    pub journal: Arc<Journal>,
    /// The directory; it may be newer than the last of the changes, and is never older.
    pub snapshot: Arc<Snapshot>,
}

/// The touches of a change that wrote these records; `None` where there are too many of them to be told one by one.
pub(crate) fn touches(before: &Snapshot, after: &Snapshot, records: &[(Tag, u32)]) -> Option<Vec<Touch>> {
    (records.len() <= RECORDS_MAX).then(|| feed::touched(before, after, records.iter().copied()))
}

/// The changes that are stored up to a number, as far back as there is one after the other.
pub(crate) async fn stored(
    reader: &mut Reader,
    newest: u64,
    earliest: Time,
) -> Result<Journal, store::Error> {
    let mut kept: Vec<Told> = Vec::new();
    let mut lowest = newest + 1;
    let mut count = 0;
    'reading: loop {
        let page = reader.touches(lowest, earliest, STORED).await?;
        if page.is_empty() {
            break;
        }
        for found in page {
            let touches = match feed::parse(&found.touches) {
                Ok(touches) if found.seq + 1 == lowest && count < TOUCHES_MAX => touches,
                Ok(_) => break 'reading,
                Err(error) => {
                    tracing::error!(%error, seq = found.seq, "the feed of changes begins behind a damaged entry");
                    break 'reading;
                }
            };
            count += touches.len();
            lowest = found.seq;
            kept.push(Told { seq: found.seq, at: found.at, touches: touches.into() });
        }
    }
    let mut journal = Journal::behind(lowest - 1);
    kept.into_iter().rev().for_each(|told| journal.push(told));
    Ok(journal)
}

impl App {
    /// The feed and the directory of this moment.
    pub fn moment(&self) -> Moment {
        // In this order: the directory shows all that the feed tells of.
        let journal = self.journal().load_full();
        Moment { journal, snapshot: self.snapshot() }
    }

    /// The moment before which changes are no longer kept for those who follow them.
    pub(crate) fn earliest_change(&self) -> Time {
        earliest(self.now(), self.settings().feed_retention_days)
    }

    /// Takes note of what changes touched that were committed beside the use cases, to store it.
    pub(crate) fn remember(&self, beside: &[u64], published: &Published) {
        let of_them = published.told.iter().filter(|(seq, ..)| beside.contains(seq));
        let texts = of_them.filter_map(|(seq, _, touches)| Some((*seq, feed::write(touches.as_deref()?))));
        self.unstored().extend(texts);
    }

    /// Stores what changes touched that were committed beside the use cases, so that processes that start later can
    /// tell it. Several processes store the same.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn store_touches(&self, store: &Store) -> Result<(), store::Error> {
        if !self.is_writable() {
            self.unstored().clear();
            return Ok(());
        }
        let unstored = self.unstored().clone();
        let Some((last, _)) = unstored.last() else { return Ok(()) };
        let mut side = store.side().await?;
        for (seq, touches) in &unstored {
            side.add_touched(*seq, touches).await?;
        }
        side.finish().await?;
        // Only what is stored: another look stores what could not be.
        self.unstored().retain(|(seq, _)| seq > last);
        Ok(())
    }

    /// Keeps changes that were published. The caller holds [`App::publishing`]. A change without touches is one that
    /// nobody can follow: feeds begin anew behind it.
    pub(crate) fn keep(&self, told: Vec<(u64, Time, Option<Vec<Touch>>)>) {
        let mut journal = Journal::clone(&self.journal().load());
        for (seq, at, touches) in told {
            match touches {
                Some(touches) => journal.push(Told { seq, at, touches: touches.into() }),
                None => journal = Journal::behind(seq),
            }
        }
        journal.trim(self.earliest_change(), TOUCHES_MAX);
        self.journal().store(Arc::new(journal));
    }
}

/// The moment that lies so many days back.
pub(crate) fn earliest(now: Time, days: u32) -> Time {
    Time(now.0.saturating_sub(i64::from(days) * 86_400 * Time::SECOND))
}
