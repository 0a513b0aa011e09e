//! How often callers may ask: limits of requests, and what became of callers that were refused again and again.
//!
//! All of it is kept in the memory of one process, has a bounded size, and gets the time as an argument. A limit that
//! was reached tells to the microsecond when it is over: the requests of each caller are kept in a log that slides
//! along with time (rest-api specification, 16), and only those that were let through stand in it.

mod log;
mod rate;
mod refusals;
mod rules;
mod shards;

use std::hash::{BuildHasher, RandomState};

use ipnet::IpNet;
use model::Time;

use self::log::{Log, Room};
pub use self::rate::{Period, Rate};
pub use self::refusals::{Generation, Refusals};
pub use self::rules::{RefusalRules, Rules, SCOPES, Scope, ScopeRow};
use self::shards::{Memory, Shards};

/// Callers that are counted at the same time, in all scopes together. Their logs take a few hundred bytes each, and
/// 8 KiB at most.
const CALLERS_MAX: usize = 32_768;
/// Large answers whose size is remembered.
const SIZES_MAX: usize = 16_384;
/// How long that is.
const SIZES_TIME: i64 = 31 * 24 * 3_600 * Time::SECOND;

/// Whose requests are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Whoever comes from an address or subnet; `None` stands for all whose address nobody told.
    Network(Option<IpNet>),
    /// A person, whatever key they use.
    User(u32),
    /// An organization, whatever key it uses.
    Organization(u32),
    /// A key, by its public part.
    Key(Box<str>),
    /// A key as it is used from one place.
    KeyAt(Box<str>, Option<IpNet>),
    /// One of those, as far as it asks for one thing: a record's id, or what [`Limiter::mark`] gives for a path.
    About(Box<Subject>, u64),
}

impl Subject {
    /// The same as far as it asks for one thing.
    #[must_use]
    pub fn about(self, thing: u64) -> Subject {
        Subject::About(Box::new(self), thing)
    }
}

/// What a limit says about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There is no limit.
    Unlimited,
    /// The request was counted.
    Passed(Standing),
    /// The request is one too many, and was not counted.
    Refused(Standing),
}

/// Where a caller stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The scope that was counted in.
    pub scope: Scope,
    /// Its limit.
    pub rate: Rate,
    /// Requests that may still come now.
    pub remaining: u32,
    /// Seconds, rounded up, until one more request may come than now.
    pub seconds: u64,
}

/// Counts requests.
pub struct Limiter {
    rules: Rules,
    logs: Shards<(Scope, Subject), Log>,
    /// Large answers, by path and query.
    sizes: Shards<u64, Large>,
    marks: RandomState,
    /// Whether there is anything to count at all.
    on: bool,
}

struct Large {
    until: Time,
}

impl Memory for Large {
    fn ends(&self) -> Time {
        self.until
    }
}

impl std::fmt::Debug for Limiter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limiter").field("rules", &self.rules).finish_non_exhaustive()
    }
}

impl Limiter {
    /// Counts by these rules, from nothing on.
    pub fn new(rules: Rules) -> Limiter {
        Limiter {
            on: rules.limit_anything(),
            rules,
            logs: Shards::new(CALLERS_MAX),
            sizes: Shards::new(SIZES_MAX),
            marks: RandomState::new(),
        }
    }

    /// What is counted, and how far.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Whether any request has a limit.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// Counts a request, unless it is one too many.
    pub fn count(&self, scope: Scope, subject: Subject, now: Time) -> Verdict {
        let Some(rate) = self.rules.rate(scope) else { return Verdict::Unlimited };
        let room = self.logs.update(
            (scope, subject),
            now,
            || Log::new(rate),
            |log| {
                let room = log.room(now);
                if room.remaining > 0 {
                    log.add(now);
                }
                room
            },
        );
        match room.remaining.checked_sub(1) {
            Some(remaining) => {
                let wait = if room.wait > 0 { room.wait } else { rate.micros() };
                Verdict::Passed(standing(scope, rate, Room { remaining, wait }))
            }
            None => Verdict::Refused(standing(scope, rate, room)),
        }
    }

    /// Whether answers of so many bytes are large ones.
    pub fn is_large(&self, bytes: u64) -> bool {
        bytes >= self.rules.large_bytes
    }

    /// A number for a path with its query, the same as long as the process lives.
    pub fn mark(&self, path: &str, query: &str) -> u64 {
        self.marks.hash_one((path, query))
    }

    /// Remembers how large the answer to a path was.
    pub fn remember_size(&self, mark: u64, bytes: u64, now: Time) {
        if self.is_large(bytes) {
            let until = Time(now.0.saturating_add(SIZES_TIME));
            self.sizes.update(mark, now, || Large { until }, |large| large.until = until);
        } else {
            self.sizes.remove(&mark);
        }
    }

    /// Whether the last answer to a path was a large one.
    pub fn was_large(&self, mark: u64, now: Time) -> bool {
        self.sizes.read(&mark, |large| large.until > now).unwrap_or(false)
    }
}

fn standing(scope: Scope, rate: Rate, room: Room) -> Standing {
    let seconds = u64::try_from(room.wait).unwrap_or(0).div_ceil(Time::SECOND.unsigned_abs());
    Standing { scope, rate, remaining: room.remaining, seconds }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60 * Time::SECOND;

    fn three_a_minute() -> Limiter {
        Limiter::new(Rules::default().with(Scope::Anonymous, Some(Rate::new(3, Period::Minute))))
    }

    fn network(text: &str) -> Subject {
        Subject::Network(Some(text.parse().expect("a prefix")))
    }

    #[test]
    fn callers_and_scopes_are_counted_apart() {
        let limiter = three_a_minute();
        let one = || network("192.0.2.1/32");
        for remaining in [2, 1, 0] {
            let Verdict::Passed(standing) = limiter.count(Scope::Anonymous, one(), Time(5)) else { panic!() };
            assert_eq!((standing.remaining, standing.seconds), (remaining, 60));
        }
        let Verdict::Refused(standing) = limiter.count(Scope::Anonymous, one(), Time(MINUTE + 4)) else {
            panic!("one too many")
        };
        assert_eq!((standing.remaining, standing.seconds), (0, 1), "a microsecond is told as a second");
        assert!(matches!(
            limiter.count(Scope::Anonymous, network("192.0.2.2/32"), Time(5)),
            Verdict::Passed(_)
        ));
        assert!(matches!(limiter.count(Scope::Write, one(), Time(5)), Verdict::Passed(_)));
        assert!(matches!(limiter.count(Scope::Anonymous, one(), Time(MINUTE + 5)), Verdict::Passed(_)));
    }

    #[test]
    fn a_scope_that_is_off_lets_everything_through() {
        let limiter = Limiter::new(Rules::off());
        assert!(!limiter.is_on());
        for scope in Scope::ALL {
            for _ in 0..1_000 {
                assert_eq!(limiter.count(scope, Subject::User(1), Time(0)), Verdict::Unlimited);
            }
        }
        assert_eq!(limiter.logs.len(), 0);
    }

    #[test]
    fn a_flood_of_addresses_takes_bounded_memory() {
        let limiter = three_a_minute();
        for n in 0..200_000_u32 {
            let address = IpNet::from(std::net::IpAddr::from(n.to_be_bytes()));
            limiter.count(Scope::Anonymous, Subject::Network(Some(address)), Time(i64::from(n)));
        }
        assert!(limiter.logs.len() <= CALLERS_MAX, "{}", limiter.logs.len());
    }

    #[test]
    fn the_size_of_an_answer_is_remembered_for_31_days_or_until_it_is_smaller() {
        let limiter = Limiter::new(Rules::default());
        let list = limiter.mark("/api/net", "depth=2");
        assert_ne!(list, limiter.mark("/api/net", "depth=1"));
        limiter.remember_size(list, 999_999, Time(0));
        assert!(!limiter.was_large(list, Time(0)));
        limiter.remember_size(list, 1_000_000, Time(0));
        assert!(limiter.was_large(list, Time(SIZES_TIME - 1)));
        assert!(!limiter.was_large(list, Time(SIZES_TIME)));
        limiter.remember_size(list, 1_000, Time(1));
        assert!(!limiter.was_large(list, Time(2)));
    }

    #[test]
    fn threads_that_ask_at_once_get_no_more_than_the_limit() {
        let rate = Rate::new(100, Period::Minute);
        let limiter = Limiter::new(Rules::default().with(Scope::Write, Some(rate)));
        let passed: usize = std::thread::scope(|scope| {
            let ask = || {
                let asks = 0..1_000;
                let count = |_: &i32| limiter.count(Scope::Write, Subject::User(1), Time(7));
                asks.filter(|n| matches!(count(n), Verdict::Passed(_))).count()
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
            threads.into_iter().map(|thread| thread.join().expect("a count")).sum()
        });
        assert_eq!(passed, 100);
    }
}
