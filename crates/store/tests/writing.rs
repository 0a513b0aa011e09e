//! Planning a change under the write lock, on what others committed.

use model::directory::{Grant, Group, People};
use model::{AnyRecord, Tag, Time};
use store::change::{Change, RowChange};
use store::{Error, Mode, Store, Writer};
use testkit::{Bench, Kind, name_org, on_both_databases};

const FILE: &str = "a.db";

on_both_databases! {
    who_holds_the_lock_sees_what_others_committed
    what_is_planned_under_the_lock_loses_no_update
    a_command_that_was_committed_before_keeps_its_outcome
    an_abandoned_writer_leaves_nothing_and_gives_the_lock_back
    a_broken_rule_gives_the_lock_back
}

/// A process: what it shows, and the organizations that it shows.
struct Process {
    store: Store,
    sequence: u64,
    names: std::collections::BTreeMap<u32, String>,
}

impl Process {
    /// One that shows an empty directory.
    async fn new(bench: &Bench) -> Process {
        Process { store: bench.store(FILE).await, sequence: 0, names: Default::default() }
    }

    /// Takes the lock, as soon as others give it back, and shows what they committed.
    async fn begin(&mut self) -> Writer {
        let writer = self.store.writer().await.unwrap_or_else(|error| panic!("{error}"));
        for change in self.store.changes(self.sequence, u32::MAX).await.expect("changes") {
            self.show(&change);
        }
        writer
    }

    fn show(&mut self, change: &Change) {
        assert_eq!(change.seq, self.sequence + 1);
        self.sequence = change.seq;
        for row in &change.rows {
            if let RowChange::Put(AnyRecord::Org(org)) = row {
                self.names.insert(org.id, org.name.to_string());
            }
        }
    }

    /// Counts in the name of organization 1, one command for each step.
    async fn count(&mut self, own: &str, steps: u32) {
        for step in 0..steps {
            let writer = self.begin().await;
            let last: u32 = self.names.get(&1).map_or(0, |name| name.parse().expect("a number"));
            let next = name_org(&format!("{own} {step}"), 1, &(last + 1).to_string());
            writer.commit(&next).await.unwrap_or_else(|error| panic!("{error}"));
        }
    }
}

async fn who_holds_the_lock_sees_what_others_committed(kind: Kind) {
    let bench = Bench::new(kind);
    let (one, other) = (bench.store(FILE).await, bench.store(FILE).await);
    let sets = [name_org("a", 1, "First"), name_org("b", 2, "Second")];
    for set in &sets {
        other.commit(set).await.expect("a commit");
    }
    let rows = vec![(Group::Guest, Grant { namespace: "peeringdb.organization".into(), permission: 1 })];
    let people = People { group_rows: rows, ..People::default() };
    let before = one.principals_sequence().await.expect("a number");
    let mut adding = other.writer().await.expect("the lock");
    adding.add_people(&people, Time(5)).await.expect("people");
    adding.finish().await.expect("a commit");

    let mut writer = one.writer().await.expect("the lock");
    let mut reader = one.reader().await.expect("a reader");
    let end = reader.log_end().await.expect("a position");
    assert_eq!((end.sequence, end.principals), (2, before + 1));
    assert_eq!(reader.people().await.expect("people"), people);
    assert_eq!(writer.people().await.expect("people"), people);
    let changes = reader.changes(0, 9).await.expect("changes");
    assert!(changes.iter().map(|change| change.seq).eq([1, 2]));
    assert!(changes.iter().zip(&sets).all(|(change, set)| change.rows == set.rows));
    // While it is held nobody else commits.
    let error = other.commit(&name_org("c", 3, "Third")).await.expect_err("a refusal");
    assert!(matches!(error, Error::Busy { .. }), "{error}");
    assert_eq!(writer.commit(&name_org("d", 3, "Third")).await.expect("a commit").seq, 3);
}

async fn what_is_planned_under_the_lock_loses_no_update(kind: Kind) {
    const STEPS: u32 = 25;
    let bench = Bench::new(kind);
    let (mut one, mut other) = (Process::new(&bench).await, Process::new(&bench).await);
    tokio::join!(one.count("one", STEPS), other.count("other", STEPS));
    let mut last = Process::new(&bench).await;
    last.begin().await.abandon().await.expect("given back");
    assert_eq!(last.names[&1], (2 * STEPS).to_string());
    assert_eq!(last.sequence, u64::from(2 * STEPS));
}

async fn a_command_that_was_committed_before_keeps_its_outcome(kind: Kind) {
    let bench = Bench::new(kind);
    let mut one = Process::new(&bench).await;
    let first = one.begin().await.commit(&name_org("same", 1, "Acme")).await.expect("a commit");
    let mut writer = one.begin().await;
    assert_eq!(writer.known_command("same").await.expect("an answer"), Some(first.seq));
    // Planned once more it would break a rule: the name is taken.
    let again = writer.commit(&name_org("same", 2, "ACME")).await.expect("the first outcome");
    assert_eq!((again.seq, again.repeated), (first.seq, true));
    let mut writer = one.store.writer().await.expect("the lock was given back");
    assert_eq!(writer.records(Tag::Org).await.expect("records").len(), 1);
}

async fn an_abandoned_writer_leaves_nothing_and_gives_the_lock_back(kind: Kind) {
    let bench = Bench::new(kind);
    let (one, other) = (bench.store(FILE).await, bench.store(FILE).await);
    let mut writer = one.writer().await.expect("the lock");
    let set = name_org("a", 1, "Acme");
    assert_eq!(writer.start(&set.header).await.expect("an answer"), None);
    writer.apply(&set.rows).await.expect("rows");
    writer.abandon().await.expect("given back");
    assert_eq!(other.sequence().await.expect("a number"), 0);
    assert_eq!(other.commit(&set).await.expect("a commit").seq, 1);
}

async fn a_broken_rule_gives_the_lock_back(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    store.commit(&name_org("a", 1, "Acme")).await.expect("a commit");
    let error = store.commit(&name_org("b", 2, "ACME")).await.expect_err("a refusal");
    assert!(matches!(error, Error::Constraint { .. }), "{error}");
    store.close().await;
    let other = bench.try_open(FILE, Mode::Existing).await.expect("a database");
    assert_eq!(other.commit(&name_org("c", 2, "Other")).await.expect("a commit").seq, 2);
}
