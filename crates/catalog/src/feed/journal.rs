//! The touches of the changes of the last weeks.

use std::sync::Arc;

use imbl::Vector;
use model::Time;

use super::touch::Touch;

/// What one change did.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The number of the change.
    pub seq: u64,
    /// When it was made.
    pub at: Time,
    /// The rows that it touched.
    pub touches: Box<[Touch]>,
}

/// Changes in their order and without a gap, up to the newest one. Cheap to clone: readers keep the one they began
/// with.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    /// The number of the change before the first one that is kept.
    floor: u64,
    told: Vector<Arc<Told>>,
    touches: usize,
}

impl Journal {
    /// A journal that begins behind a change.
    pub fn behind(seq: u64) -> Journal {
        Journal { floor: seq, ..Journal::default() }
    }

    /// The number of the change before the first one that is kept: who has seen it can go on from there.
    pub fn floor(&self) -> u64 {
        self.floor
    }

    /// The number of the newest change.
    pub fn newest(&self) -> u64 {
        self.floor + self.told.len() as u64
    }

    /// Adds the next change; one that leaves a gap makes the journal begin anew with it.
    pub fn push(&mut self, told: Told) {
        if told.seq != self.newest() + 1 {
            *self = Journal::behind(told.seq.saturating_sub(1));
        }
        self.touches += told.touches.len();
        self.told.push_back(Arc::new(told));
    }

    /// Forgets the oldest changes: those before a moment, and as many as are needed to keep no more than so many
    /// touches.
    pub fn trim(&mut self, earliest: Time, touches_max: usize) {
        while let Some(oldest) = self.told.front() {
            if oldest.at >= earliest && self.touches <= touches_max {
                return;
            }
            self.touches -= oldest.touches.len();
            self.floor = oldest.seq;
            self.told.pop_front();
        }
    }

    /// The changes from one on, in their order.
    pub(super) fn from(&self, seq: u64) -> impl Iterator<Item = &Arc<Told>> {
        let skipped = usize::try_from(seq.saturating_sub(self.floor + 1)).unwrap_or(usize::MAX);
        self.told.iter().skip(skipped)
    }

    /// The changes from the newest one back.
    pub(super) fn backwards(&self) -> impl Iterator<Item = &Arc<Told>> {
        self.told.iter().rev()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::{Rendered, Touch};
    use model::Tag;

    fn told(seq: u64) -> Told {
        let touch = Touch { tag: Tag::Org, id: 1, before: None, after: None, rendered: Rendered::Same };
        Told { seq, at: Time(seq as i64), touches: vec![touch; 2].into() }
    }

    #[test]
    fn old_changes_are_forgotten_and_gaps_begin_anew() {
        let mut journal = Journal::behind(4);
        (5..=9).for_each(|seq| journal.push(told(seq)));
        assert_eq!((journal.floor(), journal.newest()), (4, 9));
        let kept = journal.clone();
        journal.trim(Time(6), 100);
        assert_eq!((journal.floor(), journal.newest()), (5, 9));
        journal.trim(Time(6), 4);
        assert_eq!((journal.floor(), journal.newest()), (7, 9));
        assert_eq!(journal.from(9).map(|told| told.seq).collect::<Vec<_>>(), [9]);
        journal.push(told(12));
        assert_eq!((journal.floor(), journal.newest()), (11, 12));
        assert_eq!(kept.from(5).count(), 5);
    }
}
