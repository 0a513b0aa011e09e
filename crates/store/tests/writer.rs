//! What a writer learns and does beside writing records, on both kinds of databases.

use model::directory::QueueItem;
use model::records::{Net, Org};
use model::{Asn, Tag, Time};
use store::Store;
use store::change::{Actor, ChangeSet, Header, Origin, RowChange};
use testkit::{Bench, Kind, on_both_databases};

const FILE: &str = "a.db";

on_both_databases! {
    the_highest_ids_count_purged_records
    the_log_ends_with_the_newest_change
    the_queue_takes_an_item_once_and_lets_it_go
    a_command_is_known_under_the_lock_once_it_is_committed
}

fn header(command: &str, at: Time) -> Header {
    Header { at, actor: Actor::SYSTEM, origin: Origin::Cli, command_id: command.to_owned() }
}

async fn commit(store: &Store, command: &str, at: i64, rows: Vec<RowChange>) {
    let set = ChangeSet { header: header(command, Time(at)), rows };
    store.commit(&set).await.unwrap_or_else(|error| panic!("{command}: {error}"));
}

fn org(id: u32) -> RowChange {
    RowChange::Put(Org { id, name: format!("Org {id}").into(), ..Org::default() }.into())
}

async fn the_highest_ids_count_purged_records(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let highest = async || store.writer().await.expect("the lock").highest_ids().await.expect("ids");
    assert_eq!(highest().await, [0; 13]);
    let net = Net { id: 70, org_id: 3, asn: Asn(64496), name: "Net".into(), ..Net::default() };
    commit(&store, "a", 1, vec![org(3), org(9), RowChange::Put(net.into())]).await;
    commit(&store, "b", 2, vec![RowChange::Purge { tag: Tag::Org, id: 9 }]).await;
    let ids = highest().await;
    assert_eq!((ids[Tag::Org.index()], ids[Tag::Net.index()], ids[Tag::Fac.index()]), (9, 70, 0));
    assert_eq!(ids.iter().sum::<u32>(), 79, "nothing else was ever there");
    // Rows that no log tells of count as well.
    bench.run(FILE, "UPDATE org SET id = 11 WHERE id = 3").await;
    assert_eq!(highest().await[Tag::Org.index()], 11);
}

async fn the_log_ends_with_the_newest_change(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let end = async || store.reader().await.expect("a reader").log_end().await.expect("a position");
    let first = end().await;
    assert_eq!((first.sequence, first.at), (0, Time(0)));
    assert_eq!(first.installation, store.installation_id().await.expect("an id"));
    assert_eq!(first.principals, store.principals_sequence().await.expect("a number"));
    commit(&store, "a", 500, vec![org(1)]).await;
    commit(&store, "b", 400, vec![org(2)]).await;
    let last = end().await;
    assert_eq!((last.sequence, last.at), (2, Time(400)));
}

async fn the_queue_takes_an_item_once_and_lets_it_go(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let item = |object_id| QueueItem::of(Tag::Org, object_id);
    let mut writer = store.writer().await.expect("the lock");
    for id in [1, 2, 1] {
        writer.enqueue(&item(id)).await.expect("a place");
    }
    writer.finish().await.expect("a commit");
    assert_eq!(store.people().await.expect("people").queue, [item(1), item(2)]);
    let mut writer = store.writer().await.expect("the lock");
    for id in [1, 7] {
        writer.dequeue(Tag::Org, id).await.expect("gone");
    }
    writer.finish().await.expect("a commit");
    assert_eq!(store.people().await.expect("people").queue, [item(2)]);
}

async fn a_command_is_known_under_the_lock_once_it_is_committed(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let known = async || store.writer().await.expect("the lock").known_command("a").await.expect("an answer");
    assert_eq!(known().await, None);
    let mut writer = store.writer().await.expect("the lock");
    assert_eq!(writer.start(&header("a", Time(1))).await.expect("started"), None);
    drop(writer);
    assert_eq!(known().await, None, "what was dropped was not done");
    commit(&store, "a", 1, vec![org(1)]).await;
    assert_eq!(known().await, Some(1));
}
