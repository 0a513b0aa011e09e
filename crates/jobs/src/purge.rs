//! Contacts that were deleted are purged after a while (data-model specification, I9): the record goes, and with it
//! what the log holds of its personal values. The purge is a change of its own, which followers apply.

use std::sync::Arc;
use std::time::Duration;

use app::clock::Clock;
use app::random::Random;
use model::{Tag, Time};
use store::Store;
use store::change::{Actor, ChangeSet, Header, Origin, RowChange};

use crate::job::{Fault, Job, Running, Working};

/// How long a deleted contact can still be told by `since`, and be brought back by the support.
pub const KEPT: Duration = Duration::from_secs(30 * 86_400);

/// Contacts of one change: others who write wait for milliseconds.
const BATCH: u32 = 200;

/// Purges contacts, as a job.
pub struct PurgeContacts {
    store: Store,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl std::fmt::Debug for PurgeContacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PurgeContacts").field("store", &self.store).finish_non_exhaustive()
    }
}

impl PurgeContacts {
    /// Purges the contacts of a database.
    pub fn new(store: Store, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> PurgeContacts {
        PurgeContacts { store, clock, random }
    }

    async fn purge(&self, run: &Running) -> Result<String, Fault> {
        let mut purged = 0;
        while !run.is_stopping() {
            match self.batch().await? {
                0 => break,
                count => purged += count,
            }
        }
        Ok(if purged == 0 { String::new() } else { format!("{purged} contacts purged") })
    }

    /// Purges some contacts. Gives their number.
    async fn batch(&self) -> Result<usize, Fault> {
        let now = self.clock.now();
        let before = Time(now.0 - KEPT.as_micros() as i64);
        // Most of the time there is nothing to do, and no lock is taken to find that out.
        if self.store.reader().await?.deleted_contacts(before, 1).await?.is_empty() {
            return Ok(0);
        }
        let mut writer = self.store.writer().await?;
        // Under the lock: none of them can come back meanwhile.
        let ids = writer.deleted_contacts(before, BATCH).await?;
        if ids.is_empty() {
            writer.abandon().await?;
            return Ok(0);
        }
        let last = self.store.reader().await?.log_end().await?;
        let at = now.max(Time(last.at.0 + 1));
        let header = Header {
            at,
            actor: Actor::SYSTEM,
            origin: Origin::Cli,
            command_id: format!("purge {:032x}", self.random.draw()),
        };
        let count = ids.len();
        let rows = ids.into_iter().map(|id| RowChange::Purge { tag: Tag::Poc, id }).collect();
        writer.commit(&ChangeSet { header, rows }).await?;
        Ok(count)
    }
}

impl Job for PurgeContacts {
    fn name(&self) -> &'static str {
        "purge-contacts"
    }

    fn about(&self) -> &'static str {
        "purges contacts that were deleted 30 days ago"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(3600)
    }

    fn run<'a>(&'a self, run: &'a Running) -> Working<'a, String> {
        Box::pin(self.purge(run))
    }
}
