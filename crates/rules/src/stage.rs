//! A change in the making: a directory that looks as if the change had happened, and the list of what it touches.

use std::collections::HashSet;
use std::time::Duration;

use catalog::{Change, Snapshot};
use model::{AnyRecord, Status, Tag, Time, Value};

use crate::context::{Context, NextIds};
use crate::permission::Grant;
use crate::{campus, counters};

/// Everything that a command does.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What the touched records look like afterwards, each once: a record that gives a unique value up stands
    /// before the one that takes it, a parent before its children.
    pub rows: Vec<AnyRecord>,
    /// The record that the command is about. `None` when it concerns nothing.
    pub subject: Option<(Tag, u32)>,
    /// How many rows at the end only follow from the others: counters and stamps of their neighbours.
    pub followers: usize,
    /// What belongs to the change beside the records.
    pub effects: Vec<Effect>,
    /// What the answer tells beside the record.
    pub extras: Extras,
}

impl Plan {
    /// A plan that changes nothing.
    pub(crate) fn nothing(subject: Option<(Tag, u32)>) -> Plan {
        Plan { rows: Vec::new(), subject, followers: 0, effects: Vec::new(), extras: Extras::default() }
    }
}

/// What belongs to a change beside the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The record waits for approval.
    Enqueue(Tag, u32),
    /// The record no longer waits for approval.
    Dequeue(Tag, u32),
    /// The support has something to look at.
    Ticket(Ticket),
    /// Nothing is left to do in the tickets about the record.
    CloseTicket(Tag, u32),
}

/// Something that the support has to look at (automation specification, 5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// What it is about, as one word.
    pub kind: &'static str,
    /// Subject, one line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// The record that it is about.
    pub about: (Tag, u32),
    /// For how long one ticket of this kind about this record is enough. `None`: each is a ticket of its own.
    pub once_per: Option<Duration>,
}

/// What the answer to a command tells beside the record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extras {
    /// Why an exchange waits although its prefix belongs to the author.
    pub pending_reason: Option<String>,
    /// Why an address could not be located.
    pub geovalidation_warning: Option<String>,
    /// Keys that stand in the record of the answer beside its own.
    pub keys: Vec<(&'static str, u32)>,
}

/// A change in the making.
#[derive(Debug)]
pub struct Stage<'a> {
    /// What the plan is made from.
    pub context: Context<'a>,
    snapshot: Snapshot,
    touched: Vec<(Tag, u32)>,
    /// The same as `touched`, for look-ups: a deletion may touch thousands of records.
    known: HashSet<(Tag, u32)>,
    ids: NextIds,
    effects: Vec<Effect>,
    /// What the answer tells beside the record.
    pub extras: Extras,
}

impl<'a> Stage<'a> {
    /// Nothing has changed yet; the author may go on.
    pub fn new(context: Context<'a>, _grant: Grant) -> Stage<'a> {
        Stage {
            snapshot: context.snapshot.clone(),
            touched: Vec::new(),
            known: HashSet::new(),
            ids: *context.next_ids,
            effects: Vec::new(),
            extras: Extras::default(),
            context,
        }
    }

    /// The directory as if the change had happened as far as it is planned.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// An id for a new record.
    pub fn new_id(&mut self, tag: Tag) -> u32 {
        self.ids.take(tag)
    }

    /// Adds an effect.
    pub fn effect(&mut self, effect: Effect) {
        if !self.effects.contains(&effect) {
            self.effects.push(effect);
        }
    }

    /// Saves records as somebody's change: each gets a new version, and `updated` moves.
    pub fn save(&mut self, records: impl IntoIterator<Item = AnyRecord>) {
        let records: Vec<AnyRecord> = records.into_iter().map(|record| self.stamped(record)).collect();
        self.keep(records);
    }

    /// Saves one record as somebody's change.
    pub fn save_one(&mut self, record: impl Into<AnyRecord>) {
        self.save([record.into()]);
    }

    /// Saves records whose derived columns changed: neither version nor `updated` moves.
    pub fn keep(&mut self, records: impl IntoIterator<Item = AnyRecord>) {
        let records: Vec<AnyRecord> = records.into_iter().collect();
        for record in &records {
            let key = (record.tag(), record.id());
            if self.known.insert(key) {
                self.touched.push(key);
            }
        }
        let sequence = self.context.snapshot.sequence() + 1;
        self.snapshot = self.snapshot.apply(records.into_iter().map(Change::Put), sequence);
    }

    /// The record with the stamps of this change: however often it is saved, it changes once.
    fn stamped(&self, mut record: AnyRecord) -> AnyRecord {
        let before = self.context.snapshot.record(record.tag(), record.id());
        let version = before.and_then(|old| old.value("version").as_int()).map_or(1, |version| version + 1);
        let updated = before.map_or(self.context.now, |old| after(old.updated(), self.context.now));
        set(&mut record, "version", Value::Int(version));
        set(&mut record, "updated", Value::Time(updated));
        if before.is_none() {
            set(&mut record, "created", Value::Time(self.context.now));
        }
        record
    }

    /// Gives a record a status and saves it.
    pub fn set_status(&mut self, record: &AnyRecord, status: Status) {
        let mut record = record.clone();
        set(&mut record, "status", Value::text(status.as_str()));
        self.save([record]);
    }

    /// Brings the derived columns up to date and hands the plan out.
    pub fn finish(mut self, subject: Option<(Tag, u32)>) -> Plan {
        let touched = self.touched.clone();
        campus::bring_up_to_date(&mut self, &touched);
        let own = self.touched.len();
        counters::bring_up_to_date(&mut self, &touched);
        let snapshot = &self.snapshot;
        let rows = self.touched.iter().filter_map(|(tag, id)| snapshot.record(*tag, *id).cloned()).collect();
        let followers = self.touched.len() - own;
        Plan { rows, subject, followers, effects: self.effects, extras: self.extras }
    }
}

/// The time of a change of something that last changed at `before`: later than that, whatever the clock says.
fn after(before: Time, now: Time) -> Time {
    now.max(Time(before.0 + 1))
}

/// Sets a field by its name. Fields and values come from this crate and fit, as the tests of every planner show.
pub(crate) fn set(record: &mut AnyRecord, name: &str, value: Value<'_>) {
    let position = record.tag().table().position(name);
    let put = position.map(|position| record.put(position, value));
    debug_assert!(matches!(put, Some(Ok(()))), "{}.{name}", record.tag());
}
