//! Keeping up with what other processes commit to the same database.
//!
//! Each process publishes its own snapshots. The log of changes is all it needs for that: a follower asks whether
//! anybody has committed, reads what is new, and applies it. Where the log does not continue what is published, the
//! whole directory is read again.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use catalog::feed::Touch;
use catalog::{Change, Snapshot};
use model::Time;
use store::change::{ActorKind, RowChange};
use store::{Store, Watch};

use crate::directory::App;
use crate::feeds;

/// Changes that are read at a time.
pub(crate) const CHANGES_MAX: u32 = 500;
/// Wait after a failed look, so that a database that is away is not hammered.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

impl App {
    /// Brings what is published up to the database. Returns whether anything was new.
    ///
    /// # Errors
    /// When the database cannot be read; what is published stays as it was.
    pub async fn catch_up(&self, store: &Store) -> Result<bool, store::Error> {
        let _one = self.publishing().lock().await;
        if !self.continues(store).await? {
            tracing::warn!("the database was restored or replaced: reading everything again");
            self.reload(store).await?;
            return Ok(true);
        }
        let moved = self.follow_principals(store).await?;
        let mut new = moved;
        loop {
            let from = self.snapshot();
            let changes = store.changes(from.sequence(), CHANGES_MAX).await?;
            if changes.is_empty() {
                return Ok(new);
            }
            let beside = beside(&changes);
            let Some(next) = extended(&from, changes) else {
                tracing::warn!(from = from.sequence(), "the log has a gap: reading everything again");
                self.reload(store).await?;
                return Ok(true);
            };
            self.remember(&beside, &next);
            self.publish(next);
            new = true;
        }
    }

    /// Whether the database is the one that is published, at the same point or later.
    async fn continues(&self, store: &Store) -> Result<bool, store::Error> {
        let mut reader = store.reader().await?;
        let same = self.shows(&reader.installation_id().await?);
        Ok(same && reader.sequence().await? >= self.snapshot().sequence())
    }

    /// Whether what is published comes from the database with this identity.
    pub(crate) fn shows(&self, installation: &str) -> bool {
        self.epoch().split(' ').next() == Some(installation)
    }

    /// Follows the database until `stop` is done: what others commit is published within a tenth of a second.
    pub async fn follow(&self, store: &Store, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        let mut watch = store.watch();
        loop {
            let looked = tokio::select! {
                looked = self.look(store, &mut watch) => looked,
                () = &mut stop => return,
            };
            if let Err(error) = looked {
                tracing::error!(%error, "the database cannot be followed");
                // A new watch looks at once, and so makes up for what was not read now.
                watch = store.watch();
                tokio::select! {
                    () = tokio::time::sleep(AFTER_FAILURE) => {}
                    () = &mut stop => return,
                }
            }
        }
    }

    async fn look(&self, store: &Store, watch: &mut Watch) -> Result<(), store::Error> {
        let mut began = self.now();
        if watch.changed().await? {
            began = self.now();
            self.catch_up(store).await?;
            // Not while publishing is locked: who holds the database's lock may be waiting for that.
            self.store_touches(store).await?;
        }
        self.current_at(began);
        Ok(())
    }
}

/// The changes that were committed beside the use cases: those do not store what they touch.
pub(crate) fn beside(changes: &[store::change::Change]) -> Vec<u64> {
    let of_system = changes.iter().filter(|change| change.header.actor.kind == ActorKind::System);
    of_system.map(|change| change.seq).collect()
}

/// A state to publish, and the changes that led to it: number, time, and touches of each.
pub(crate) struct Published {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) told: Vec<(u64, Time, Option<Vec<Touch>>)>,
}

/// The state that the changes that come next lead to; `None` when they do not continue it.
pub(crate) fn extended(from: &Arc<Snapshot>, changes: Vec<store::change::Change>) -> Option<Published> {
    let mut next = Arc::clone(from);
    let mut told = Vec::with_capacity(changes.len());
    for change in changes {
        if change.seq != next.sequence() + 1 {
            return None;
        }
        let records: Vec<_> = change.rows.iter().map(RowChange::record).collect();
        let after = Arc::new(next.apply(change.rows.into_iter().map(as_applied), change.seq));
        told.push((change.seq, change.header.at, feeds::touches(&next, &after, &records)));
        next = after;
    }
    Some(Published { snapshot: next, told })
}

pub(crate) fn as_applied(row: RowChange) -> Change {
    match row {
        RowChange::Put(record) => Change::Put(record),
        RowChange::Purge { tag, id } => Change::Purge(tag, id),
    }
}
