//! What was acknowledged, and whether the database holds just that.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::program::Dump;

/// Fields of a record with values that no other record and no other attempt has.
pub(crate) type Fields = Vec<(&'static str, Value)>;

/// What is expected of a record.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum State {
    /// It is not there, or deleted.
    Absent,
    /// It is there with these fields.
    Here(Fields),
}

/// A record: its type and id.
pub(crate) type Id = (&'static str, u64);

/// A change that was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    /// The writer who made it.
    pub(crate) writer: usize,
    pub(crate) tag: &'static str,
    /// None for a record that is to be made.
    pub(crate) id: Option<u64>,
    pub(crate) wanted: State,
}

/// Everything that writers were told.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// What each record is known to be, and whose it is.
    known: BTreeMap<Id, (usize, State)>,
    /// Attempts that may or may not have been carried out.
    open: Vec<Attempt>,
    /// The number of the newest change when the ledger was last settled.
    base: u64,
    /// The changes that were acknowledged since.
    acknowledged: BTreeMap<u64, Id>,
    /// Answers since then that nothing was changed.
    pub(crate) refused: u64,
    /// The value that each record had in the beginning, for those that are to be set again.
    first: BTreeMap<Id, State>,
    /// Records that nobody changes, one of a type.
    parents: Vec<Id>,
}

/// What a comparison with the database came to.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    pub(crate) acknowledged: u64,
    /// Changes that nobody was told of and that were made.
    pub(crate) landed: u64,
    /// Changes that nobody was told of and that were not made.
    pub(crate) dropped: u64,
    /// Records that were looked at.
    pub(crate) compared: usize,
    pub(crate) findings: Vec<String>,
}

impl Ledger {
    /// A ledger of a database at this change, where these records are somebody's to change.
    pub(crate) fn new(base: u64, known: impl IntoIterator<Item = (Id, (usize, State))>) -> Ledger {
        let known: BTreeMap<Id, (usize, State)> = known.into_iter().collect();
        let first = known.iter().map(|(id, (_, state))| (*id, state.clone())).collect();
        Ledger { known, base, first, ..Ledger::default() }
    }

    /// The records that a writer may change.
    pub(crate) fn of_writer(&self, writer: usize) -> Vec<(Id, State)> {
        let open = |id: &Id| self.open.iter().any(|attempt| (attempt.tag, attempt.id) == (id.0, Some(id.1)));
        let own = self
            .known
            .iter()
            .filter(|(id, (owner, state))| *owner == writer && matches!(state, State::Here(_)) && !open(id));
        own.map(|(id, (_, state))| (*id, state.clone())).collect()
    }

    /// The program said that an attempt became change number `seq`.
    pub(crate) fn acknowledge(&mut self, attempt: Attempt, id: u64, seq: u64) {
        let id = (attempt.tag, id);
        self.known.insert(id, (attempt.writer, attempt.wanted));
        // Two changes with one number show as a change too few when the ledger is settled.
        self.acknowledged.insert(seq, id);
    }

    /// A record of a type below which others may be made.
    pub(crate) fn parent(&self, tag: &str) -> u64 {
        self.parents.iter().find(|(own, _)| *own == tag).map_or(0, |(_, id)| *id)
    }

    /// The same ledger with such records.
    pub(crate) fn below(self, parents: Vec<Id>) -> Ledger {
        Ledger { parents, ..self }
    }

    /// What a record was before anybody wrote.
    pub(crate) fn first(&self, id: &Id) -> Option<&State> {
        self.first.get(id)
    }

    /// Changes that were acknowledged since the ledger was settled.
    pub(crate) fn count(&self) -> usize {
        self.acknowledged.len()
    }

    /// Nobody knows what became of an attempt.
    pub(crate) fn leave_open(&mut self, attempt: Attempt) {
        self.open.push(attempt);
    }

    /// The records of the newest changes that were acknowledged, at most so many.
    pub(crate) fn newest(&self, count: usize) -> Vec<(Id, State)> {
        let ids: BTreeSet<Id> = self.acknowledged.values().rev().take(count).copied().collect();
        let open = |id: &Id| self.open.iter().any(|attempt| (attempt.tag, attempt.id) == (id.0, Some(id.1)));
        ids.into_iter()
            .filter(|id| !open(id))
            .filter_map(|id| Some((id, self.known.get(&id)?.1.clone())))
            .collect()
    }

    /// Compares with what the database holds, whose newest change is number `stored`. What was open is known then.
    pub(crate) fn settle(&mut self, dump: &Dump, stored: u64) -> Settled {
        let mut settled = Settled { acknowledged: self.acknowledged.len() as u64, ..Settled::default() };
        let rows = Rows::of(dump);
        for attempt in std::mem::take(&mut self.open) {
            self.close(attempt, &rows, &mut settled);
        }
        for (id, (_, state)) in &self.known {
            settled.compared += 1;
            if !rows.is(id, state) {
                settled.findings.push(format!(
                    "{} {} is {}, and {state:?} was acknowledged",
                    id.0,
                    id.1,
                    rows.shown(id)
                ));
            }
        }
        if let Some((seq, id)) = self.acknowledged.last_key_value().filter(|(seq, _)| **seq > stored) {
            settled.findings.push(format!(
                "change {seq} ({} {}) was acknowledged, and {stored} is the newest",
                id.0, id.1
            ));
        }
        let expected = self.base + settled.acknowledged + settled.landed;
        if expected != stored {
            settled.findings.push(format!(
                "the log ends with {stored}; {} before, {} acknowledged and {} others make {expected}",
                self.base, settled.acknowledged, settled.landed
            ));
        }
        self.base = stored;
        self.acknowledged.clear();
        self.refused = 0;
        settled
    }

    /// Finds out what became of an open attempt: it was carried out wholly or not at all.
    fn close(&mut self, attempt: Attempt, rows: &Rows<'_>, settled: &mut Settled) {
        let Some(id) = attempt.id else { return self.close_creation(attempt, rows, settled) };
        let id = (attempt.tag, id);
        if rows.is(&id, &attempt.wanted) {
            settled.landed += 1;
            self.known.insert(id, (attempt.writer, attempt.wanted));
        } else if self.known.get(&id).is_some_and(|(_, before)| rows.is(&id, before)) {
            settled.dropped += 1;
        } else {
            let shown = rows.shown(&id);
            settled.findings.push(format!(
                "{} {} is neither old nor new: {shown}; wanted {:?}",
                id.0, id.1, attempt.wanted
            ));
            self.known.remove(&id);
        }
    }

    fn close_creation(&mut self, attempt: Attempt, rows: &Rows<'_>, settled: &mut Settled) {
        let State::Here(fields) = &attempt.wanted else { return };
        let found = rows.with_any(attempt.tag, fields);
        match found.as_slice() {
            [] => settled.dropped += 1,
            [id] if rows.is(id, &attempt.wanted) => {
                settled.landed += 1;
                self.known.insert(*id, (attempt.writer, attempt.wanted));
            }
            found => settled.findings.push(format!("{found:?} hold parts of a new record: {fields:?}")),
        }
    }
}

/// The records of a dump by type and id.
struct Rows<'a>(BTreeMap<Id, &'a Value>);

/// The types that writers change.
pub(crate) const TAGS: [&str; 4] = ["org", "carrier", "poc", "netixlan"];

impl<'a> Rows<'a> {
    fn of(dump: &'a Dump) -> Rows<'a> {
        let rows = TAGS.into_iter().flat_map(|tag| {
            dump.records(tag).iter().filter_map(move |row| Some(((tag, row["id"].as_u64()?), row)))
        });
        Rows(rows.collect())
    }

    fn is(&self, id: &Id, state: &State) -> bool {
        let row = self.0.get(id).filter(|row| row["status"] != "deleted");
        match (row, state) {
            (None, State::Absent) => true,
            (Some(row), State::Here(fields)) => fields.iter().all(|(name, value)| row[*name] == *value),
            _ => false,
        }
    }

    fn with_any(&self, tag: &str, fields: &Fields) -> Vec<Id> {
        let some = |row: &Value| fields.iter().any(|(name, value)| row[*name] == *value);
        let found = self.0.iter().filter(|((own, _), row)| *own == tag && some(row));
        found.map(|(id, _)| *id).collect()
    }

    fn shown(&self, id: &Id) -> String {
        self.0.get(id).map_or_else(|| "absent".to_owned(), |row| row.to_string().chars().take(300).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn here(token: &str) -> State {
        State::Here(vec![("name", json!(token)), ("notes", json!(token))])
    }

    fn attempt(id: Option<u64>, wanted: State) -> Attempt {
        Attempt { writer: 0, tag: "org", id, wanted }
    }

    fn dump(rows: Value) -> Dump {
        Dump::of(json!({ "org": rows }))
    }

    fn row(id: u64, name: &str, notes: &str, status: &str) -> Value {
        json!({ "id": id, "name": name, "notes": notes, "status": status })
    }

    /// Organization 1 was made by change 2, and a second one may have been made.
    fn ledger() -> Ledger {
        let mut ledger = Ledger::new(1, []);
        ledger.acknowledge(attempt(None, here("a")), 1, 2);
        ledger.leave_open(attempt(None, here("b")));
        ledger
    }

    #[test]
    fn what_was_acknowledged_is_there_and_the_rest_wholly_or_not_at_all() {
        let settled = ledger().settle(&dump(json!([row(1, "a", "a", "ok")])), 2);
        assert_eq!((settled.acknowledged, settled.landed, settled.dropped), (1, 0, 1));
        assert_eq!(settled.findings, [""; 0]);
        let settled = ledger().settle(&dump(json!([row(1, "a", "a", "ok"), row(2, "b", "b", "ok")])), 3);
        assert_eq!((settled.landed, settled.dropped), (1, 0));
        assert_eq!(settled.findings, [""; 0]);
    }

    #[test]
    fn what_is_lost_half_there_or_miscounted_is_found() {
        for (rows, stored) in [
            (json!([]), 2),
            (json!([row(1, "a", "a", "deleted")]), 2),
            (json!([row(1, "a", "old", "ok")]), 2),
            (json!([row(1, "a", "a", "ok"), row(2, "b", "", "ok")]), 3),
            (json!([row(1, "a", "a", "ok"), row(2, "b", "b", "ok")]), 2),
            (json!([row(1, "a", "a", "ok")]), 1),
            (json!([row(1, "a", "a", "ok")]), 3),
        ] {
            let settled = ledger().settle(&dump(rows.clone()), stored);
            assert!(!settled.findings.is_empty(), "{rows} {stored}");
        }
    }

    #[test]
    fn an_open_change_leaves_the_old_state_or_the_new_one() {
        let changed = || {
            let mut ledger = ledger();
            ledger.open.clear();
            ledger.leave_open(attempt(Some(1), here("c")));
            assert_eq!(ledger.of_writer(0), [], "what is open is left alone");
            ledger
        };
        for (name, landed) in [("a", 0), ("c", 1)] {
            let settled = changed().settle(&dump(json!([row(1, name, name, "ok")])), 2 + landed);
            assert_eq!((settled.landed, settled.findings.len()), (landed, 0), "{name}");
        }
        assert_eq!(changed().settle(&dump(json!([row(1, "a", "c", "ok")])), 2).findings.len(), 1);
    }
}
