//! One look for many who want to know.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

/// Lets whoever asks at the same time share one look at something slow. Everybody gets a look that began after they
/// asked, and there is never more than one under way: a flood of askers costs what one of them costs.
#[derive(Debug, Default)]
pub(crate) struct Glance {
    /// Looks that have begun.
    begun: AtomicU64,
    /// The number of the last look that has ended.
    ended: Mutex<u64>,
}

impl Glance {
    /// Returns when a look that began after this call has ended, this caller's own or another one's.
    pub(crate) async fn take<F: Future<Output = ()>>(&self, look: impl FnOnce() -> F) {
        let begun_before = self.begun.load(Ordering::SeqCst);
        let mut ended = self.ended.lock().await;
        if *ended > begun_before {
            return;
        }
        let own = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        look().await;
        *ended = own;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::Semaphore;

    use super::*;

    /// Counts looks, each of which needs a permit to end.
    #[derive(Default)]
    struct Slow {
        looks: AtomicU64,
    }

    async fn ask(glance: &Glance, slow: &Slow, gate: &Semaphore) {
        let look = || async {
            slow.looks.fetch_add(1, Ordering::SeqCst);
            gate.acquire().await.expect("an open gate").forget();
        };
        glance.take(look).await;
    }

    #[tokio::test]
    async fn a_flood_of_askers_shares_two_looks() {
        let (glance, slow, gate) =
            (Arc::<Glance>::default(), Arc::<Slow>::default(), Arc::new(Semaphore::new(0)));
        let spawn = || {
            let (glance, slow, gate) = (Arc::clone(&glance), Arc::clone(&slow), Arc::clone(&gate));
            tokio::spawn(async move { ask(&glance, &slow, &gate).await })
        };
        let first = spawn();
        while slow.looks.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        // The first look is under way: what it sees may be older than these questions.
        let flood: Vec<_> = (0..500).map(|_| spawn()).collect();
        // On one thread, each of them has run up to where it waits.
        tokio::task::yield_now().await;
        gate.add_permits(500);
        first.await.expect("an end");
        for asker in flood {
            asker.await.expect("an end");
        }
        assert_eq!(slow.looks.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn who_asks_later_gets_a_look_of_its_own() {
        let (glance, slow, gate) = (Glance::default(), Slow::default(), Semaphore::new(9));
        for looks in 1..=3 {
            ask(&glance, &slow, &gate).await;
            assert_eq!(slow.looks.load(Ordering::SeqCst), looks);
        }
    }

    #[tokio::test]
    async fn a_look_that_was_given_up_counts_for_nobody() {
        let (glance, slow, gate) = (Glance::default(), Slow::default(), Semaphore::new(0));
        tokio::select! {
            biased;
            () = ask(&glance, &slow, &gate) => panic!("nobody opened the gate"),
            () = std::future::ready(()) => {}
        }
        gate.add_permits(1);
        ask(&glance, &slow, &gate).await;
        assert_eq!(slow.looks.load(Ordering::SeqCst), 2);
    }
}
