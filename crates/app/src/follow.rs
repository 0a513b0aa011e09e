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
use crate::principals::Principals;
use crate::write::Writing;

/// Changes that are read at a time.
const CHANGES_MAX: u32 = 500;
/// Wait after a failed look, so that a database that is away is not hammered.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

impl App {
    /// Brings what is published up to the database. Returns whether anything was new.
    ///
    /// # Errors
    /// When the database cannot be read; what is published stays as it was.
    pub async fn catch_up(&self, store: &Store) -> Result<bool, store::Error> {
        let _one = self.publishing().lock().await;
        Ok(self.take_in(store).await?.new)
    }

    /// The same for a caller who holds [`App::publishing`].
    ///
    /// # Errors
    /// As [`App::catch_up`].
    pub(crate) async fn take_in(&self, store: &Store) -> Result<TakenIn, store::Error> {
        let mut reader = store.reader().await?;
        let end = reader.log_end().await?;
        if !self.shows(&end.installation) || end.sequence < self.snapshot().sequence() {
            tracing::warn!("the database was restored or replaced: reading everything again");
            drop(reader);
            self.reload(store).await?;
            return Ok(TakenIn { new: true, last: end.at });
        }
        let mut new = false;
        if end.principals != self.shown().1 {
            let principals = Principals::new(reader.people().await?);
            self.publish_principals(principals, end.principals);
            new = true;
        }
        loop {
            let from = self.snapshot();
            if from.sequence() >= end.sequence {
                return Ok(TakenIn { new, last: end.at });
            }
            let changes = reader.changes(from.sequence(), CHANGES_MAX).await?;
            let beside = beside(&changes);
            let Some(next) = extended(&from, changes) else {
                tracing::warn!(from = from.sequence(), "the log has a gap: reading everything again");
                drop(reader);
                self.reload(store).await?;
                return Ok(TakenIn { new: true, last: end.at });
            };
            self.remember(&beside, &next);
            self.publish(next);
            new = true;
        }
    }

    /// Looks whether the database has something newer than what a caller saw published, and publishes it. Whatever
    /// number of callers asks, one at a time looks, and the lock of publication is taken only where there is
    /// something to publish. Where the database cannot be asked, what is published stands.
    pub(crate) async fn moved_past(&self, seen: (u64, u64), writing: &Writing) -> bool {
        let look = || async {
            if let Err(error) = self.look_for_more(&writing.store).await {
                tracing::warn!(%error, "a refusal stands on what is published");
            }
        };
        self.glance().take(look).await;
        self.shown() != seen
    }

    async fn look_for_more(&self, store: &Store) -> Result<(), store::Error> {
        let end = store.reader().await?.log_end().await?;
        let current = self.shows(&end.installation) && (end.sequence, end.principals) == self.shown();
        if !current {
            self.catch_up(store).await?;
        }
        Ok(())
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
            if let Err(error) = self.store_touches(store).await {
                tracing::warn!(%error, "what a change touched is stored with the next one");
            }
        }
        self.current_at(began);
        Ok(())
    }
}

/// What became of taking the state of the database in.
pub(crate) struct TakenIn {
    /// Whether anything was new.
    new: bool,
    /// The time of the newest change.
    pub(crate) last: Time,
}

/// The changes that were committed beside the use cases: those do not store what they touch.
fn beside(changes: &[store::change::Change]) -> Vec<u64> {
    let of_system = changes.iter().filter(|change| change.header.actor.kind == ActorKind::System);
    of_system.map(|change| change.seq).collect()
}

/// A state to publish, and the changes that led to it: number, time, and touches of each.
pub(crate) struct Published {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) told: Vec<(u64, Time, Option<Vec<Touch>>)>,
}

/// The state that the changes that come next lead to; `None` when they do not continue it, or when there are none.
fn extended(from: &Arc<Snapshot>, changes: Vec<store::change::Change>) -> Option<Published> {
    if changes.is_empty() {
        return None;
    }
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

#[cfg(test)]
mod tests {
    use model::records::Org;
    use store::Mode;
    use store::change::{Actor, ChangeSet, Header, Origin};

    use super::*;
    use crate::Settings;
    use crate::clock::Clock;
    use crate::locate::OfflineLocator;

    struct Fixed;

    impl Clock for Fixed {
        fn now(&self) -> Time {
            Time::from_unix(1_800_000_000)
        }
    }

    const DEADLINE: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn a_look_takes_the_lock_of_publication_only_for_something_new() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("a.db").display()).parse().expect("a url");
        let store = Store::open(&url, Mode::Create).await.expect("a database");
        let settings = Settings::at("https://directory.example");
        let app = App::open(&store, Arc::new(OfflineLocator), Arc::new(Fixed), settings);
        let app = app.await.expect("an app");
        let held = app.publishing().lock().await;
        let look = tokio::time::timeout(DEADLINE, app.look_for_more(&store)).await;
        look.expect("it waits for nobody").expect("an answer");

        let header =
            Header { at: Fixed.now(), actor: Actor::SYSTEM, origin: Origin::Cli, command_id: "a".into() };
        let rows = vec![RowChange::Put(Org { id: 1, name: "One".into(), ..Org::default() }.into())];
        store.commit(&ChangeSet { header, rows }).await.expect("a commit");
        let (look, ()) = tokio::join!(app.look_for_more(&store), async { drop(held) });
        look.expect("an answer");
        assert_eq!(app.snapshot().sequence(), 1);
    }
}
