//! Several handles on one database, as several processes have them.

use std::collections::BTreeSet;
use std::time::Duration;

use model::{AnyRecord, Tag};
use store::change::ChangeSet;
use store::{Error, Store, Watch};
use testkit::{Bench, Kind, name_org, on_both_databases};

const FILE: &str = "shared.db";

/// What followers are promised, and far more than the machine of a test needs.
const SOON: Duration = Duration::from_millis(200);
const DEADLINE: Duration = Duration::from_secs(60);

on_both_databases! {
    commits_of_several_writers_are_numbered_without_gaps_and_none_is_lost
    a_command_that_several_writers_commit_counts_once
    a_value_is_given_once_whoever_asks
    a_follower_is_told_of_a_commit_soon
    every_commit_wakes_every_follower
}

/// Commits sets one after the other, and gives their numbers.
async fn commit_all(store: &Store, sets: impl IntoIterator<Item = ChangeSet>) -> Vec<u64> {
    let mut numbers = Vec::new();
    for set in sets {
        numbers.push(store.commit(&set).await.unwrap_or_else(|error| panic!("{error}")).seq);
    }
    numbers
}

async fn commits_of_several_writers_are_numbered_without_gaps_and_none_is_lost(kind: Kind) {
    const EACH: u32 = 20;
    let bench = Bench::new(kind);
    let (one, two) = (bench.store(FILE).await, bench.store(FILE).await);
    let sets = |first: u32| {
        (first..first + EACH)
            .map(|id| name_org(&format!("c{id}"), id, &format!("Org {id}")))
            .collect::<Vec<_>>()
    };
    let (mut first, second) = tokio::join!(commit_all(&one, sets(1)), commit_all(&two, sets(1 + EACH)));
    assert!(first.is_sorted() && second.is_sorted());
    first.extend(second);
    assert!(first.iter().copied().collect::<BTreeSet<u64>>().into_iter().eq(1..=u64::from(2 * EACH)));
    assert!(one.records(Tag::Org).await.expect("records").iter().map(AnyRecord::id).eq(1..=2 * EACH));
    let changes = two.changes(0, 1000).await.expect("changes");
    assert!(changes.iter().map(|change| change.seq).eq(1..=u64::from(2 * EACH)));
    assert_eq!(one.reader().await.expect("a reader").gaps().await.expect("an answer"), [0; 0]);
}

async fn a_command_that_several_writers_commit_counts_once(kind: Kind) {
    let bench = Bench::new(kind);
    let (one, two) = (bench.store(FILE).await, bench.store(FILE).await);
    let (first, second) = (name_org("same", 1, "One"), name_org("same", 1, "Two"));
    let (first, second) = tokio::join!(one.commit(&first), two.commit(&second));
    let (first, second) = (first.expect("a commit"), second.expect("a commit"));
    assert_eq!((first.seq, second.seq), (1, 1));
    assert_ne!(first.repeated, second.repeated);
    assert_eq!(one.sequence().await.expect("a number"), 1);
}

async fn a_value_is_given_once_whoever_asks(kind: Kind) {
    let bench = Bench::new(kind);
    let (one, two) = (bench.store(FILE).await, bench.store(FILE).await);
    let (first, second) = (name_org("a", 1, "Zürich"), name_org("b", 2, "ZURICH"));
    let (first, second) = tokio::join!(one.commit(&first), two.commit(&second));
    let refused = match (first, second) {
        (Ok(done), Err(error)) | (Err(error), Ok(done)) => {
            assert_eq!(done.seq, 1);
            error
        }
        other => panic!("one of the two: {other:?}"),
    };
    assert!(matches!(&refused, Error::Constraint { name } if name == "org_name_key"), "{refused}");
    assert_eq!(two.sequence().await.expect("a number"), 1);
}

/// Waits until the watch has nothing to tell.
async fn settled(store: &Store) -> Watch {
    let mut watch = store.watch();
    assert!(watch.changed().await.expect("an answer"), "the first look is never skipped");
    watch
}

/// Waits until the watch tells of something, and then until the log has this change.
async fn see(store: &Store, watch: &mut Watch, seq: u64) {
    let seen = async {
        while !(watch.changed().await.expect("an answer") && store.sequence().await.expect("a number") >= seq)
        {
        }
    };
    tokio::time::timeout(DEADLINE, seen).await.expect("the change is told");
}

async fn a_follower_is_told_of_a_commit_soon(kind: Kind) {
    let bench = Bench::new(kind);
    let (writer, reader) = (bench.store(FILE).await, bench.store(FILE).await);
    let mut watch = settled(&reader).await;
    // The best of several: what is promised is about the program and not about what else the machine does.
    let mut best = DEADLINE;
    for n in 1..=5 {
        writer.commit(&name_org(&format!("c{n}"), n, &format!("Org {n}"))).await.expect("a commit");
        let committed = tokio::time::Instant::now();
        see(&reader, &mut watch, u64::from(n)).await;
        best = best.min(committed.elapsed());
    }
    assert!(best < SOON, "{best:?}");
}

async fn every_commit_wakes_every_follower(kind: Kind) {
    let bench = Bench::new(kind);
    let (writer, reader) = (bench.store(FILE).await, bench.store(FILE).await);
    let (mut here, mut there) = (settled(&writer).await, settled(&reader).await);
    for n in 1..=3 {
        let set = name_org(&format!("c{n}"), n, &format!("Org {n}"));
        let (committed, (), ()) = tokio::join!(
            writer.commit(&set),
            see(&writer, &mut here, u64::from(n)),
            see(&reader, &mut there, u64::from(n)),
        );
        committed.expect("a commit");
    }
}
