//! Callers that are refused again and again: answers that are repeated, and callers who are not heard for a while.

use std::hash::{BuildHasher, RandomState};

use model::Time;

use super::Subject;
use super::log::{Log, Room};
use super::rate::{Period, Rate};
use super::rules::RefusalRules;
use super::shards::{Memory, Shards};

/// Answers that are kept; some hundred bytes each.
const ANSWERS_MAX: usize = 16_384;
/// Callers whose refusals are counted.
const CALLERS_MAX: usize = 16_384;

/// The state of the directory that a refusal was made from. A refusal does not outlive it, so that whoever was given
/// a right or a key can use it at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generation {
    /// Of people and keys.
    pub principals: u64,
    /// Of records; `None` for refusals that do not depend on any.
    pub directory: Option<u64>,
}

/// What names a kept answer: 128 bits, hashed with secrets of this process, of all that the answer depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mark(u64, u64);

/// Keeps refusals, and counts them.
pub struct Refusals<T> {
    rules: RefusalRules,
    kept: Shards<Mark, Kept<T>>,
    counts: Shards<Subject, Log>,
    marks: [RandomState; 2],
}

struct Kept<T> {
    answer: T,
    until: Time,
    generation: Generation,
}

impl<T> Memory for Kept<T> {
    fn ends(&self) -> Time {
        self.until
    }
}

impl<T> std::fmt::Debug for Refusals<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Refusals").field("rules", &self.rules).finish_non_exhaustive()
    }
}

impl<T: Clone> Refusals<T> {
    /// Keeps and counts by these rules, from nothing on.
    pub fn new(rules: RefusalRules) -> Refusals<T> {
        Refusals {
            rules,
            kept: Shards::new(ANSWERS_MAX),
            counts: Shards::new(CALLERS_MAX),
            marks: [RandomState::new(), RandomState::new()],
        }
    }

    /// The rules.
    pub fn rules(&self) -> &RefusalRules {
        &self.rules
    }

    /// Whether any answer is kept at the moment, which saves everybody else the work of [`Refusals::mark`].
    pub fn has_answers(&self) -> bool {
        self.kept.len() > 0
    }

    /// Names an answer by all that it depends on.
    pub fn mark(&self, parts: &[&[u8]]) -> Mark {
        Mark(self.marks[0].hash_one(parts), self.marks[1].hash_one(parts))
    }

    /// Keeps an answer for so many seconds.
    pub fn keep(&self, mark: Mark, answer: T, generation: Generation, seconds: u32, now: Time) {
        if seconds == 0 {
            return;
        }
        let until = Time(now.0 + i64::from(seconds) * Time::SECOND);
        let kept = || Kept { answer: answer.clone(), until, generation };
        self.kept.update(mark, now, kept, |entry| *entry = kept());
    }

    /// An answer that is kept, and still holds in the present state of the directory.
    pub fn kept(&self, mark: Mark, present: Generation, now: Time) -> Option<T> {
        let holds = |kept: &Kept<T>| {
            let made = kept.generation;
            made.principals == present.principals
                && (made.directory.is_none() || made.directory == present.directory)
        };
        let found =
            self.kept.read(&mark, |kept| (kept.until > now && holds(kept)).then(|| kept.answer.clone()))?;
        if found.is_none() {
            self.kept.remove(&mark);
        }
        found
    }

    /// Writes down that a caller was refused.
    pub fn count(&self, subject: Subject, now: Time) {
        if let Some(rate) = self.rate() {
            self.counts.update(
                subject,
                now,
                || Log::new(rate),
                |log| {
                    if log.room(now).remaining > 0 {
                        log.add(now);
                    }
                },
            );
        }
    }

    /// Seconds, rounded up, for which a caller is not heard; `None` for all others.
    pub fn silenced(&self, subject: &Subject, now: Time) -> Option<u64> {
        let Room { remaining, wait } = self.counts.read(subject, |log| log.room(now))?;
        let seconds = u64::try_from(wait).unwrap_or(0).div_ceil(Time::SECOND.unsigned_abs());
        (remaining == 0).then_some(seconds)
    }

    /// One more than a caller may get silences it.
    fn rate(&self) -> Option<Rate> {
        self.rules.per_minute.map(|number| Rate::new(number.saturating_add(1), Period::Minute))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Rules;

    const SECOND: i64 = Time::SECOND;

    fn state(principals: u64, directory: u64) -> Generation {
        Generation { principals, directory: Some(directory) }
    }

    #[test]
    fn an_answer_is_kept_for_its_time_and_its_state() {
        let refusals = Refusals::new(Rules::default().refusals);
        let mark = refusals.mark(&[b"GET", b"/api/net"]);
        assert_ne!(mark, refusals.mark(&[b"GET/", b"api/net"]));
        assert!(!refusals.has_answers());
        let of_keys = Generation { principals: 1, directory: None };
        refusals.keep(mark, "no", of_keys, 60, Time(0));
        assert_eq!(refusals.kept(mark, state(1, 7), Time(59 * SECOND)), Some("no"));
        assert_eq!(refusals.kept(mark, state(2, 7), Time(1)), None, "keys changed");
        assert_eq!(refusals.kept(mark, state(1, 7), Time(1)), None, "and it is gone for good");
        refusals.keep(mark, "no", state(1, 7), 10, Time(0));
        assert_eq!(refusals.kept(mark, state(1, 8), Time(1)), None, "records changed");
        refusals.keep(mark, "no", of_keys, 60, Time(0));
        assert_eq!(refusals.kept(mark, state(1, 7), Time(60 * SECOND)), None, "its time is over");
        refusals.keep(mark, "no", of_keys, 0, Time(0));
        assert!(!refusals.has_answers());
    }

    #[test]
    fn whoever_is_refused_more_often_than_ten_times_a_minute_is_silenced_until_a_minute_has_passed() {
        let refusals: Refusals<()> = Refusals::new(Rules::default().refusals);
        let (one, other) = (Subject::User(1), Subject::User(2));
        for n in 0..11 {
            assert_eq!(refusals.silenced(&one, Time(n * SECOND)), None, "{n}");
            refusals.count(one.clone(), Time(n * SECOND));
        }
        assert_eq!(refusals.silenced(&one, Time(11 * SECOND)), Some(49));
        assert_eq!(refusals.silenced(&other, Time(11 * SECOND)), None);
        assert_eq!(refusals.silenced(&one, Time(60 * SECOND)), None);
    }

    #[test]
    fn refusals_of_many_callers_take_bounded_memory() {
        let refusals = Refusals::new(Rules::default().refusals);
        for n in 0..100_000_u32 {
            refusals.count(Subject::User(n), Time(0));
            let mark = refusals.mark(&[&n.to_le_bytes()]);
            refusals.keep(mark, n, state(0, 0), 60, Time(0));
        }
        assert!(refusals.counts.len() <= CALLERS_MAX && refusals.kept.len() <= ANSWERS_MAX);
    }
}
