//! When records are made, change and end.

use model::{Status, Time};

use crate::dice::Dice;

const DAY: i64 = 86_400 * Time::SECOND;
/// Contacts are purged this long after their deletion, so an older deleted one cannot be there; a day less, because
/// the directory is served for a while after it was made.
const CONTACT_PURGE: i64 = 29 * DAY;

/// The span of time in which the directory came to be.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    /// The oldest record.
    pub(crate) start: Time,
    /// The newest.
    pub(crate) now: Time,
}

/// The stamps that all records carry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Life {
    pub(crate) status: Status,
    pub(crate) created: Time,
    pub(crate) updated: Time,
    pub(crate) version: u32,
}

impl Life {
    /// The last moment at which children of the record could be made.
    pub(crate) fn end(&self, span: Span) -> Time {
        if self.status == Status::Deleted { self.updated } else { span.now }
    }
}

impl Span {
    /// From 2004, or from a year before `now` where that is earlier.
    pub(crate) fn until(now: Time) -> Span {
        let start = Time::from_parts((2004, 7, 28), (0, 0, 0), 0).unwrap_or(now);
        Span { start: start.min(Time(now.0.saturating_sub(365 * DAY))), now }
    }

    /// The first day of a record type that came later than the others.
    pub(crate) fn since(&self, year: i32, month: u8, day: u8) -> Time {
        let first = Time::from_parts((year, month, day), (8, 0, 0), 0).unwrap_or(self.now);
        first.min(Time(self.now.0 - 90 * DAY)).max(self.start)
    }

    /// The last day before deleted contacts are purged.
    pub(crate) fn contacts_kept_from(&self) -> Time {
        Time(self.now.0 - CONTACT_PURGE).max(self.start)
    }

    /// A moment in between, later ones more likely.
    pub(crate) fn moment(dice: &mut Dice, from: Time, to: Time) -> Time {
        between(from, to, dice.unit().powf(0.6))
    }

    /// A record made within bounds. A deleted one ends by `to` at the latest.
    pub(crate) fn life(&self, dice: &mut Dice, status: Status, from: Time, to: Time) -> Life {
        let created = Span::moment(dice, from, to);
        self.life_from(dice, status, created, to)
    }

    /// A record made soon after `from`, as a first child is made with its parent.
    pub(crate) fn early_life(&self, dice: &mut Dice, status: Status, from: Time, to: Time) -> Life {
        let days = dice.unit() * dice.unit() * 12.0 + 0.001;
        let created = Time(from.0 + (days * DAY as f64) as i64).min(to);
        self.life_from(dice, status, created, to)
    }

    /// A record made at a moment.
    pub(crate) fn life_from(&self, dice: &mut Dice, status: Status, created: Time, to: Time) -> Life {
        if status == Status::Deleted {
            // What belongs to a deleted record mostly went with it.
            let whole = to < self.now && dice.chance(0.75);
            let updated = if whole { to } else { between(created, to, dice.unit()) };
            return Life { status, created, updated, version: 2 + dice.runs(0.5) };
        }
        if dice.chance(0.25) {
            return Life { status, created, updated: created, version: 1 };
        }
        let updated = between(created, self.now, dice.unit().powf(0.7));
        Life { status, created, updated, version: 2 + dice.runs(0.7) }
    }
}

fn between(from: Time, to: Time, share: f64) -> Time {
    let length = to.0.saturating_sub(from.0).max(0);
    Time(from.0 + ((length as f64 * share) as i64).clamp(0, length))
}

/// Statuses of records in order of creation: pending ones near the end, the others mixed.
pub(crate) fn statuses(dice: &mut Dice, live: usize, pending: usize, deleted: usize) -> Vec<Status> {
    let mut list = vec![Status::Ok; live];
    list.resize(live + deleted, Status::Deleted);
    dice.shuffle(&mut list);
    for _ in 0..pending {
        let back = dice.below(list.len() / 40 + 1);
        list.insert(list.len() - back, Status::Pending);
    }
    list
}

/// Ids in order of creation; some are missing, as after records that were refused.
pub(crate) fn ids(dice: &mut Dice, amount: usize) -> Vec<u32> {
    let mut next = 0;
    (0..amount)
        .map(|_| {
            next += 1;
            if dice.chance(0.06) {
                next += dice.between(1, 3);
            }
            next
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lives_stay_within_their_bounds() {
        let span = Span::until(Time::from_unix(1_790_000_000));
        let mut dice = Dice::new(5, 5);
        for round in 0..2000 {
            let status = [Status::Ok, Status::Pending, Status::Deleted][round % 3];
            let to = if round % 2 == 0 { span.now } else { Time::from_unix(1_500_000_000) };
            let life = span.life(&mut dice, status, span.start, to);
            assert!(span.start <= life.created && life.created <= life.updated && life.updated <= span.now);
            assert!(life.created <= to && (status != Status::Deleted || life.updated <= to));
        }
        assert!(Span::until(Time(0)).start < Time(0));
    }

    #[test]
    fn pending_records_are_new() {
        let list = statuses(&mut Dice::new(1, 1), 200, 3, 80);
        let of = |status| list.iter().filter(|known| **known == status).count();
        assert_eq!((of(Status::Ok), of(Status::Pending), of(Status::Deleted)), (200, 3, 80));
        assert!(list.iter().position(|status| *status == Status::Pending).is_some_and(|at| at > 260));
    }
}
