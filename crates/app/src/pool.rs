//! Work that takes a processor for long, away from the threads that serve connections.
//!
//! So much runs at a time, so much may wait; what comes on top is refused at once, so that a server under too much
//! load stays quick for what it still takes.

use tokio::sync::Semaphore;

/// Runs so many jobs at a time and lets so many wait.
#[derive(Debug)]
pub struct Pool {
    running: Semaphore,
    places: Semaphore,
}

/// Too much is waiting already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

impl Pool {
    /// A pool for `running` jobs at a time and `waiting` more.
    pub fn new(running: usize, waiting: usize) -> Pool {
        Pool { running: Semaphore::new(running), places: Semaphore::new(running + waiting) }
    }

    /// Runs a job and gives its result.
    ///
    /// # Errors
    /// When too much is waiting already.
    ///
    /// # Panics
    /// When the job panics.
    pub async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        let _place = self.places.try_acquire().map_err(|_| Busy)?;
        // Nothing closes the semaphore.
        let _turn = self.running.acquire().await.map_err(|_| Busy)?;
        let span = tracing::Span::current();
        match tokio::task::spawn_blocking(move || span.in_scope(job)).await {
            Ok(result) => Ok(result),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The program is ending, and drops what did not start.
                Err(_) => Err(Busy),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    #[allow(clippy::panic, reason = "the subject of the test")]
    async fn a_panic_reaches_the_caller_and_frees_the_place() {
        let pool = std::sync::Arc::new(Pool::new(1, 0));
        let of_job = std::sync::Arc::clone(&pool);
        let failed = tokio::spawn(async move { of_job.run(|| panic!("broken")).await }).await;
        assert!(failed.expect_err("a panic").is_panic());
        assert_eq!(pool.run(|| 1).await, Ok(1));
    }
}
