//! A clock that tells what it was told.

use std::sync::atomic::{AtomicI64, Ordering};

use app::clock::Clock;
use model::Time;

/// A clock that stands still until it is set.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// A clock that shows this moment.
    pub fn at(now: Time) -> FixedClock {
        FixedClock(AtomicI64::new(now.0))
    }

    /// Sets the clock.
    pub fn set(&self, now: Time) {
        self.0.store(now.0, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
}
