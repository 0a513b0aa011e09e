//! What a job is.

use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;
use std::time::Duration;

use model::Time;
use tokio::sync::watch;

/// Work of a job that is under way.
pub type Working<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'a>>;

/// Work on a schedule. Of all processes on one database, one runs a job at a time.
///
/// A run may be cut off between any two of its awaits, and may be followed by one in another process: it does its work
/// in transactions that leave the directory whole, and what it did is not to be done again.
pub trait Job: Send + Sync + 'static {
    /// The name, one word that never changes: the database knows the job by it.
    fn name(&self) -> &'static str;

    /// What it does, in one line.
    fn about(&self) -> &'static str;

    /// How long after the start of a run the next one is due.
    fn every(&self) -> Duration;

    /// How long after a run that failed the next one is due; `every` is the most.
    fn retry_after(&self) -> Duration {
        Duration::from_secs(5 * 60)
    }

    /// Whether there is something to do for a job that is due. Asked once a second: jobs that are due often answer from
    /// an index, so that runs without work are not written down.
    fn is_wanted(&self, _now: Time) -> Working<'_, bool> {
        Box::pin(ready(Ok(true)))
    }

    /// Does the work. Gives what is worth telling; nothing where there was nothing to do.
    fn run<'a>(&'a self, run: &'a Running) -> Working<'a, String>;
}

/// A run that is under way.
#[derive(Clone, Debug)]
pub struct Running {
    /// When it began.
    pub started: Time,
    stop: watch::Receiver<bool>,
}

impl Running {
    /// A run that began at a moment and ends early when `stop` becomes true.
    pub fn new(started: Time, stop: watch::Receiver<bool>) -> Running {
        Running { started, stop }
    }

    /// Whether the process has been asked to stop: a job that goes from one piece of work to the next ends then.
    pub fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Waits until the process is asked to stop.
    pub async fn stopping(&self) {
        let mut stop = self.stop.clone();
        if stop.wait_for(|stop| *stop).await.is_err() {
            // Nobody is left who could ask.
            std::future::pending::<()>().await;
        }
    }
}

/// Why a run could not do its work.
#[derive(Debug)]
pub enum Fault {
    /// The database.
    Store(store::Error),
    /// Anything else, as a sentence that says what to do.
    Other(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Store(error) => error.fmt(f),
            Fault::Other(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Fault::Store(error) => error.source(),
            Fault::Other(_) => None,
        }
    }
}

impl From<store::Error> for Fault {
    fn from(error: store::Error) -> Fault {
        Fault::Store(error)
    }
}
