//! Planning a change under the write lock: what others committed is handed back first.

use model::directory::{Grant, Group, People};
use model::{AnyRecord, Tag, Time};
use store::change::{Change, RowChange};
use store::{Error, Missed, Mode, Position, Store, Writer};
use testkit::{Bench, Kind, name_org, on_both_databases};

const FILE: &str = "a.db";

on_both_databases! {
    a_writer_is_handed_what_others_committed
    what_is_planned_on_what_was_handed_back_loses_no_update
    a_log_that_does_not_continue_is_not_handed_back
    more_than_is_taken_in_under_the_lock_is_not_handed_back
    a_command_that_was_committed_before_keeps_its_outcome
    an_abandoned_writer_leaves_nothing_and_gives_the_lock_back
    a_broken_rule_gives_the_lock_back
}

/// A process: what it shows, and the organizations that it shows.
struct Process {
    store: Store,
    position: Position,
    names: std::collections::BTreeMap<u32, String>,
}

impl Process {
    /// One that shows an empty directory.
    async fn new(bench: &Bench) -> Process {
        let store = bench.store(FILE).await;
        let installation = store.installation_id().await.expect("an id");
        let principals = store.principals_sequence().await.expect("a number");
        let position = Position { installation, sequence: 0, principals };
        Process { store, position, names: Default::default() }
    }

    /// Takes the lock, as soon as others give it back, and shows what they committed.
    async fn begin(&mut self) -> Writer {
        let mut writer = self.store.writer().await.unwrap_or_else(|error| panic!("{error}"));
        match writer.missed_since(&self.position).await.expect("an answer") {
            Missed::Changes { changes, .. } => changes.iter().for_each(|change| self.show(change)),
            Missed::Much => panic!("the log continues"),
        }
        writer
    }

    fn show(&mut self, change: &Change) {
        assert_eq!(change.seq, self.position.sequence + 1);
        self.position.sequence = change.seq;
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

async fn a_writer_is_handed_what_others_committed(kind: Kind) {
    let bench = Bench::new(kind);
    let (mut one, other) = (Process::new(&bench).await, bench.store(FILE).await);
    let mut writer = one.store.writer().await.expect("the lock");
    let nothing = Missed::Changes { changes: vec![], principals: false };
    assert_eq!(writer.missed_since(&one.position).await.expect("an answer"), nothing);
    writer.abandon().await.expect("given back");

    let sets = [name_org("a", 1, "First"), name_org("b", 2, "Second")];
    for set in &sets {
        other.commit(set).await.expect("a commit");
    }
    let rows = vec![(Group::Guest, Grant { namespace: "peeringdb.organization".into(), permission: 1 })];
    let people = People { group_rows: rows, ..People::default() };
    let mut adding = other.writer().await.expect("the lock");
    adding.add_people(&people, Time(5)).await.expect("people");
    adding.finish().await.expect("a commit");

    let mut writer = one.store.writer().await.expect("the lock");
    let Missed::Changes { changes, principals } =
        writer.missed_since(&one.position).await.expect("an answer")
    else {
        panic!("the log continues");
    };
    assert!(principals, "permissions changed");
    assert_eq!(writer.people().await.expect("people"), people);
    assert!(changes.iter().map(|change| change.seq).eq([1, 2]));
    assert!(changes.iter().zip(&sets).all(|(change, set)| change.rows == set.rows));
    changes.iter().for_each(|change| one.show(change));
    one.position.principals = writer.principals_sequence().await.expect("a number");
    assert_eq!(writer.missed_since(&one.position).await.expect("an answer"), nothing);
    // While it is held nobody else commits.
    let error = other.commit(&name_org("c", 3, "Third")).await.expect_err("a refusal");
    assert!(matches!(error, Error::Busy { .. }), "{error}");
    assert_eq!(writer.commit(&name_org("d", 3, "Third")).await.expect("a commit").seq, 3);
}

async fn what_is_planned_on_what_was_handed_back_loses_no_update(kind: Kind) {
    const STEPS: u32 = 25;
    let bench = Bench::new(kind);
    let (mut one, mut other) = (Process::new(&bench).await, Process::new(&bench).await);
    tokio::join!(one.count("one", STEPS), other.count("other", STEPS));
    let mut last = Process::new(&bench).await;
    last.begin().await.abandon().await.expect("given back");
    assert_eq!(last.names[&1], (2 * STEPS).to_string());
    assert_eq!(last.position.sequence, u64::from(2 * STEPS));
}

async fn a_log_that_does_not_continue_is_not_handed_back(kind: Kind) {
    let bench = Bench::new(kind);
    let one = Process::new(&bench).await;
    for n in 1..=3 {
        one.store.commit(&name_org(&format!("c{n}"), n, &format!("Org {n}"))).await.expect("a commit");
    }
    let ahead = Position { sequence: 4, ..one.position.clone() };
    let other = Position { installation: "0".repeat(32), ..one.position.clone() };
    for position in [ahead, other] {
        let mut writer = one.store.writer().await.expect("the lock");
        assert_eq!(writer.missed_since(&position).await.expect("an answer"), Missed::Much);
    }
    bench.run(FILE, "DELETE FROM change_row WHERE seq = 2; DELETE FROM change WHERE seq = 2").await;
    let mut writer = one.store.writer().await.expect("the lock");
    assert_eq!(writer.missed_since(&one.position).await.expect("an answer"), Missed::Much);
}

async fn more_than_is_taken_in_under_the_lock_is_not_handed_back(kind: Kind) {
    const MANY: &str = "INSERT INTO change (seq, at, actor_kind, origin, command_id, format) \
                        WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 501) \
                        SELECT n, 0, 'system', 'cli', 'c' || n, 1 FROM n";
    let bench = Bench::new(kind);
    let one = Process::new(&bench).await;
    bench.run(FILE, MANY).await;
    let mut writer = one.store.writer().await.expect("the lock");
    assert_eq!(writer.missed_since(&one.position).await.expect("an answer"), Missed::Much);
    let nearer = Position { sequence: 1, ..one.position };
    match writer.missed_since(&nearer).await.expect("an answer") {
        Missed::Changes { changes, .. } => assert_eq!(changes.len(), 500),
        Missed::Much => panic!("that many are taken in"),
    }
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
