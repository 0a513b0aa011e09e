//! The locks of a change, in their order, and the task that holds them.

use std::future::Future;
use std::time::Duration;

use model::Time;
use store::Writer;
use tokio::sync::MutexGuard;
use tracing::Instrument;

use super::{WriteError, Writing};
use crate::directory::App;

/// How long a command waits for those of this process that came before it.
const TURN_MAX: Duration = Duration::from_secs(10);

/// How long all of a change may take: callers and proxies give up after a minute. The database limits by itself the
/// time that it waits for others; this is for one that does not answer at all.
pub(crate) const ATTEMPT_MAX: Duration = Duration::from_secs(30);

/// All that it takes to change something. What is published shows what the database holds, and nobody changes
/// either until the locks are let go: take the parts into variables in the order in which they stand here, so that
/// they go in the opposite one.
pub(crate) struct Exclusive<'a> {
    /// This process's turn.
    pub(crate) turn: MutexGuard<'a, ()>,
    /// The lock of the database.
    pub(crate) writer: Writer,
    /// The lock of publication.
    pub(crate) publishing: MutexGuard<'a, ()>,
    /// When the last of them was had.
    pub(crate) moment: Time,
    /// The time of the newest change.
    pub(crate) last: Time,
}

impl App {
    /// Takes the locks, and brings what is published up to the database.
    ///
    /// # Errors
    /// When another process keeps the database, or it cannot be read or written.
    pub(crate) async fn exclusive(&self, writing: &Writing) -> Result<Exclusive<'_>, WriteError> {
        let turn = tokio::time::timeout(TURN_MAX, self.turn().lock()).await;
        let turn = turn.map_err(|_| WriteError::Busy)?;
        let writer = writing.store.writer().await?;
        // Only now: whoever follows the database goes on while we wait for its lock.
        let publishing = self.publishing().lock().await;
        let moment = self.now();
        // A reader that begins now sees all that was committed; rights that were taken away while the command was
        // on its way are gone.
        let last = self.take_in(&writing.store).await?.last;
        Ok(Exclusive { turn, writer, publishing, moment, last })
    }
}

/// Runs work in a task of its own, which goes on when the caller leaves: what is committed then is published as well.
pub(crate) async fn detached<T, E>(work: impl Future<Output = Result<T, E>> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<WriteError> + Send + 'static,
{
    match tokio::spawn(work.in_current_span()).await {
        Ok(ended) => ended,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The program is ending, and drops what is under way.
            Err(_) => Err(WriteError::Busy.into()),
        },
    }
}
