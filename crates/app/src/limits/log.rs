//! The requests of one key: a log that slides along with time.

use std::collections::VecDeque;

use model::Time;

use super::rate::Rate;
use super::shards::Memory;

/// Moments that a log tells apart. Limits of more requests gather those of one slice of their period, and let them
/// go together at the end of that slice, so that a log has a bounded size.
const MOMENTS_MAX: u32 = 512;

/// When the requests of one key came, as far back as the period of a rate.
///
/// At any moment at most [`Rate::requests`] were let through within the last period, which no counter that starts
/// anew each period can say.
#[derive(Debug)]
pub(super) struct Log {
    rate: Rate,
    /// Moments in their order, each with how many requests came at it.
    moments: VecDeque<(i64, u32)>,
    requests: u32,
}

/// What a log says about one more request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    /// Requests that may still come now.
    pub(super) remaining: u32,
    /// Microseconds until the first of those in the log is out of it; 0 where there is none.
    pub(super) wait: i64,
}

impl Log {
    pub(super) fn new(rate: Rate) -> Log {
        Log { rate, moments: VecDeque::new(), requests: 0 }
    }

    /// The room that there is now.
    pub(super) fn room(&mut self, now: Time) -> Room {
        self.forget(now);
        let wait = self.moments.front().map_or(0, |(at, _)| at + self.rate.micros() - now.0);
        Room { remaining: self.rate.requests().saturating_sub(self.requests), wait }
    }

    /// Writes a request down.
    pub(super) fn add(&mut self, now: Time) {
        let at = self.moment(now);
        self.requests += 1;
        match self.moments.back_mut() {
            Some((last, count)) if *last >= at => *count += 1,
            _ => self.moments.push_back((at, 1)),
        }
    }

    /// The moment that a request of now counts at: the end of its slice, so that it is never forgotten too early.
    fn moment(&self, now: Time) -> i64 {
        if self.rate.requests() <= MOMENTS_MAX {
            return now.0;
        }
        let slice = self.rate.micros() / i64::from(MOMENTS_MAX);
        (now.0.div_euclid(slice) + 1) * slice
    }

    /// Lets go of what is older than the period, and of what a clock that went back would keep for too long.
    fn forget(&mut self, now: Time) {
        let period = self.rate.micros();
        while let Some((_, count)) = self.moments.pop_front_if(|(at, _)| *at + period <= now.0) {
            self.requests -= count;
        }
        while let Some((_, count)) = self.moments.pop_back_if(|(at, _)| *at > now.0 + period) {
            self.requests -= count;
        }
        if self.moments.capacity() > 16 && self.moments.capacity() / 4 > self.moments.len() {
            self.moments.shrink_to(2 * self.moments.len());
        }
    }
}

impl Memory for Log {
    fn ends(&self) -> Time {
        Time(self.moments.back().map_or(0, |(at, _)| at + self.rate.micros()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::rate::Period;
    use super::*;

    const SECOND: i64 = Time::SECOND;

    fn ask(log: &mut Log, at: i64) -> Result<u32, i64> {
        let room = log.room(Time(at));
        if room.remaining == 0 {
            return Err(room.wait);
        }
        log.add(Time(at));
        Ok(room.remaining - 1)
    }

    #[test]
    fn the_wait_is_the_time_until_the_oldest_request_is_a_period_old() {
        let mut log = Log::new(Rate::new(3, Period::Minute));
        assert_eq!(ask(&mut log, 0), Ok(2));
        assert_eq!(ask(&mut log, 10 * SECOND), Ok(1));
        assert_eq!(ask(&mut log, 20 * SECOND), Ok(0));
        assert_eq!(ask(&mut log, 20 * SECOND), Err(40 * SECOND));
        assert_eq!(ask(&mut log, 60 * SECOND - 1), Err(1), "what is refused is not written down");
        assert_eq!(ask(&mut log, 60 * SECOND), Ok(0));
        assert_eq!(ask(&mut log, 60 * SECOND), Err(10 * SECOND));
        assert_eq!(ask(&mut log, 200 * SECOND), Ok(2));
    }

    #[test]
    fn whoever_waits_as_told_is_let_through_and_nobody_sooner() {
        let mut log = Log::new(Rate::new(7, Period::Second));
        let mut now = 0;
        let mut let_through = Vec::new();
        for step in 0..2_000_i64 {
            now += (step * 7_919) % 90_000;
            match ask(&mut log, now) {
                Ok(_) => let_through.push(now),
                Err(wait) => {
                    assert!(wait > 0 && ask(&mut log, now + wait - 1).is_err());
                    now += wait;
                    assert!(ask(&mut log, now).is_ok());
                    let_through.push(now);
                }
            }
        }
        assert!(let_through.windows(8).all(|run| run[7] - run[0] >= SECOND), "never eight in a second");
    }

    #[test]
    fn large_limits_hold_in_bounded_memory() {
        let mut log = Log::new(Rate::new(100_000, Period::Hour));
        let mut let_through = Vec::new();
        for step in 0..400_000_i64 {
            let now = step * 20_000;
            if ask(&mut log, now).is_ok() {
                let_through.push(now);
            }
        }
        assert!(log.moments.len() <= MOMENTS_MAX as usize + 2, "{}", log.moments.len());
        assert!(let_through.windows(100_001).all(|run| run[100_000] - run[0] >= 3_600 * SECOND));
        assert!(let_through.len() > 200_000, "{}", let_through.len());
    }

    #[test]
    fn a_clock_that_goes_back_locks_nobody_out() {
        let mut log = Log::new(Rate::new(1, Period::Second));
        assert_eq!(ask(&mut log, 5_000 * SECOND), Ok(0));
        assert_eq!(ask(&mut log, 10 * SECOND), Ok(0));
    }
}
