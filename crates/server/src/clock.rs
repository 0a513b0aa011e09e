//! The clock of the machine.

use std::time::{SystemTime, UNIX_EPOCH};

use app::clock::Clock;
use model::Time;

/// Tells the time of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Time {
        // A clock before 1970 was never set; the epoch is as good as what it shows.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Time(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_counts_microseconds_since_1970() {
        let now = SystemClock.now();
        assert!(now > Time::from_unix(1_700_000_000) && now < Time::from_unix(10_000_000_000), "{now}");
    }
}
