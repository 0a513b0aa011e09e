//! Work that takes a processor for long, away from the threads that serve connections, and room for its results.
//!
//! So much runs at a time, so much may wait; what comes on top is refused at once, so that a server under too much
//! load stays quick for what it still takes.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Runs so many jobs at a time and lets so many wait.
#[derive(Debug)]
pub struct Pool {
    running: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

/// Too much is waiting already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

impl Pool {
    /// A pool for `running` jobs at a time and `waiting` more.
    pub fn new(running: usize, waiting: usize) -> Pool {
        Pool {
            running: Arc::new(Semaphore::new(running)),
            places: Arc::new(Semaphore::new(running + waiting)),
        }
    }

    /// Runs a job and gives its result.
    ///
    /// # Errors
    /// When too much is waiting already.
    ///
    /// # Panics
    /// When the job panics.
    pub async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Busy)?;
        // Nothing closes the semaphore.
        let turn = Arc::clone(&self.running).acquire_owned().await.map_err(|_| Busy)?;
        let span = tracing::Span::current();
        let job = move || {
            let result = span.in_scope(job);
            // The job holds its place, not whoever waits for it: a caller who leaves does not end the job.
            drop((turn, place));
            result
        };
        match tokio::task::spawn_blocking(job).await {
            Ok(result) => Ok(result),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The program is ending, and drops what did not start.
                Err(_) => Err(Busy),
            },
        }
    }
}

/// Memory for answers that are complete and wait for their readers.
///
/// Large answers have a part of their own, so that a few readers of such cannot turn away everybody else.
#[derive(Debug)]
pub struct Room {
    small: Part,
    large: Part,
}

#[derive(Debug)]
struct Part {
    free: Arc<Semaphore>,
    kilobytes: u32,
}

/// A piece of the memory; it is free again when this is dropped.
#[derive(Debug)]
pub struct Held {
    _permit: OwnedSemaphorePermit,
}

/// Answers from this length on are large, in bytes.
const LARGE_BYTES: usize = 1 << 20;

impl Room {
    /// Room for so many bytes of small answers, and so many of large ones.
    pub fn new(small: usize, large: usize) -> Room {
        Room { small: Part::new(small), large: Part::new(large) }
    }

    /// Takes room for an answer. Whole kilobytes are counted. An answer larger than all the room takes all of it.
    ///
    /// # Errors
    /// When there is not enough left.
    pub fn take(&self, bytes: usize) -> Result<Held, Busy> {
        let part = if bytes < LARGE_BYTES { &self.small } else { &self.large };
        let kilobytes = u32::try_from(bytes >> 10).unwrap_or(u32::MAX).min(part.kilobytes);
        let permit = Arc::clone(&part.free).try_acquire_many_owned(kilobytes).map_err(|_| Busy)?;
        Ok(Held { _permit: permit })
    }
}

impl Part {
    fn new(bytes: usize) -> Part {
        let kilobytes = u32::try_from(bytes >> 10).unwrap_or(u32::MAX);
        Part { free: Arc::new(Semaphore::new(kilobytes as usize)), kilobytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_taken_and_given_back() {
        let room = Room::new(10 << 10, 3 << 20);
        let six = room.take(6 << 10).expect("free");
        assert_eq!(room.take(5 << 10).err(), Some(Busy));
        let _four = room.take(4 << 10).expect("free");
        assert!(room.take(1023).is_ok(), "less than a kilobyte is not counted");
        let large = room.take(2 << 20).expect("the others do not take the room of large ones");
        assert_eq!(room.take(2 << 20).err(), Some(Busy));
        drop((six, large));
        assert!(room.take(6 << 10).is_ok());
        assert!(room.take(usize::MAX).is_ok(), "what is larger than all the room has it for itself");
    }

    #[tokio::test]
    async fn what_is_too_much_is_refused_and_the_rest_is_done() {
        let pool = Pool::new(1, 1);
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let first = pool.run(move || wait.recv().map(|()| 1));
        let second = pool.run(|| 2);
        let third = async {
            // Both places are taken once the other two were polled, which `join!` does in order.
            assert_eq!(pool.run(|| 3).await, Err(Busy));
            go.send(()).expect("the first job waits");
        };
        let (first, second, ()) = tokio::join!(first, second, third);
        assert_eq!((first, second), (Ok(Ok(1)), Ok(2)));
        assert_eq!(pool.run(|| 4).await, Ok(4));
    }

    #[tokio::test]
    async fn a_caller_who_leaves_does_not_free_the_place_of_a_job_that_runs() {
        let pool = Pool::new(1, 0);
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let (began, begun) = tokio::sync::oneshot::channel::<()>();
        let job = pool.run(move || (began.send(()), wait.recv()));
        tokio::select! {
            _ = job => unreachable!("the job waits"),
            begun = begun => begun.expect("the job runs"),
        }
        assert_eq!(pool.run(|| 1).await, Err(Busy), "the job still runs");
        go.send(()).expect("the job waits");
        // The place is free as soon as the job has ended.
        while pool.run(|| 2).await.is_err() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    #[allow(clippy::panic, reason = "the subject of the test")]
    async fn a_panic_reaches_the_caller_and_frees_the_place() {
        let pool = std::sync::Arc::new(Pool::new(1, 0));
        let of_job = std::sync::Arc::clone(&pool);
        let failed = tokio::spawn(async move { of_job.run(|| panic!("broken")).await }).await;
        assert!(failed.expect_err("a panic").is_panic());
        assert_eq!(pool.run(|| 1).await, Ok(1));
    }
}
