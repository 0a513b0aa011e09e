//! Several processes on one database: what one commits, the others publish.

use std::sync::Arc;
use std::time::Duration;

use app::clock::Clock;
use app::directory::Credential;
use app::locate::OfflineLocator;
use app::principals::Refusal;
use app::{App, Settings};
use model::access::bits;
use model::directory::{Grant, Group, KeyState, People, Secret, User, UserKey};
use model::records::Org;
use model::{AnyRecord, Tag, Time};
use store::Store;
use store::change::{Actor, ChangeSet, Header, Origin, RowChange};
use testkit::{Bench, Kind, on_both_databases};

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Time {
        Time::from_unix(1_800_000_000)
    }
}

/// Two processes' views of one database.
struct Pair {
    bench: Bench,
    writer: Store,
    reader: Store,
    app: App,
}

async fn pair(kind: Kind) -> Pair {
    let bench = Bench::new(kind);
    let (writer, reader) = (bench.store("shared.db").await, bench.store("shared.db").await);
    let settings = Settings::at("https://directory.example");
    let app = App::open(&reader, Arc::new(OfflineLocator), Arc::new(Fixed), settings).await.expect("an app");
    Pair { bench, writer, reader, app }
}

fn org(id: u32, name: &str) -> RowChange {
    RowChange::Put(Org { id, name: name.into(), ..Org::default() }.into())
}

fn change(command: &str, rows: Vec<RowChange>) -> ChangeSet {
    let header =
        Header { at: Fixed.now(), actor: Actor::SYSTEM, origin: Origin::Cli, command_id: command.into() };
    ChangeSet { header, rows }
}

fn name(app: &App, id: u32) -> Option<String> {
    match app.snapshot().record(Tag::Org, id) {
        Some(AnyRecord::Org(org)) => Some(org.name.to_string()),
        _ => None,
    }
}

on_both_databases! {
    changes_of_another_process_are_published_in_order
    purged_records_go_and_readers_keep_what_they_started_with
    a_database_that_was_replaced_or_restored_is_read_again
    more_changes_than_are_read_at_a_time_are_published
    a_log_with_a_gap_is_left_and_everything_is_read
    a_follower_publishes_until_it_is_stopped
    keys_of_another_process_work_once_they_are_followed
    who_waits_for_a_change_sees_it_and_who_waits_in_vain_is_let_go
}

async fn changes_of_another_process_are_published_in_order(kind: Kind) {
    let pair = pair(kind).await;
    for n in 1..=3 {
        let rows = vec![org(1, &format!("Name {n}")), org(10 + n, &format!("Other {n}"))];
        pair.writer.commit(&change(&format!("c{n}"), rows)).await.expect("a commit");
    }
    assert_eq!(name(&pair.app, 1), None);
    assert!(pair.app.catch_up(&pair.reader).await.expect("caught up"));
    assert_eq!(name(&pair.app, 1).as_deref(), Some("Name 3"));
    assert_eq!(pair.app.snapshot().sequence(), 3);
    assert_eq!(pair.app.snapshot().len(Tag::Org), 4);
    assert!(!pair.app.catch_up(&pair.reader).await.expect("caught up"), "there is nothing new");
}

async fn a_database_that_was_replaced_or_restored_is_read_again(kind: Kind) {
    let pair = pair(kind).await;
    pair.writer.commit(&change("a", vec![org(1, "Here")])).await.expect("a commit");
    pair.app.catch_up(&pair.reader).await.expect("caught up");
    let epoch = pair.app.epoch();
    let other = pair.bench.store("other.db").await;
    for (command, id, name) in [("b", 2, "There"), ("c", 3, "Elsewhere")] {
        other.commit(&change(command, vec![org(id, name)])).await.expect("a commit");
    }
    assert!(pair.app.catch_up(&other).await.expect("caught up"), "longer, and another history");
    assert_eq!((name(&pair.app, 1), name(&pair.app, 2).as_deref()), (None, Some("There")));
    assert_ne!(pair.app.epoch(), epoch, "entity tags of the other history are not valid here");
    assert!(!pair.app.catch_up(&other).await.expect("caught up"), "there is nothing new");
    assert!(pair.app.catch_up(&pair.reader).await.expect("caught up"), "shorter");
    assert_eq!((name(&pair.app, 1).as_deref(), name(&pair.app, 2)), (Some("Here"), None));
}

async fn purged_records_go_and_readers_keep_what_they_started_with(kind: Kind) {
    let pair = pair(kind).await;
    pair.writer.commit(&change("a", vec![org(1, "Kept"), org(2, "Gone")])).await.expect("a commit");
    pair.app.catch_up(&pair.reader).await.expect("caught up");
    let before = pair.app.snapshot();
    let purge = RowChange::Purge { tag: Tag::Org, id: 2 };
    pair.writer.commit(&change("b", vec![purge])).await.expect("a commit");
    pair.app.catch_up(&pair.reader).await.expect("caught up");
    assert_eq!(name(&pair.app, 2), None);
    assert!(before.record(Tag::Org, 2).is_some());
}

async fn more_changes_than_are_read_at_a_time_are_published(kind: Kind) {
    const MANY: &str = "INSERT INTO change (seq, at, actor_kind, origin, command_id, format) \
                        WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1200) \
                        SELECT n, 0, 'system', 'cli', 'c' || n, 1 FROM n";
    let pair = pair(kind).await;
    pair.bench.run("shared.db", MANY).await;
    pair.writer.commit(&change("last", vec![org(1, "Name")])).await.expect("a commit");
    assert!(pair.app.catch_up(&pair.reader).await.expect("caught up"));
    assert_eq!(pair.app.snapshot().sequence(), 1201);
    assert_eq!(name(&pair.app, 1).as_deref(), Some("Name"));
}

async fn a_log_with_a_gap_is_left_and_everything_is_read(kind: Kind) {
    let pair = pair(kind).await;
    let epoch = pair.app.epoch();
    for n in 1..=3 {
        pair.writer
            .commit(&change(&format!("c{n}"), vec![org(n, &format!("Org {n}"))]))
            .await
            .expect("a commit");
    }
    let gap = "DELETE FROM change_row WHERE seq = 2; DELETE FROM change WHERE seq = 2";
    pair.bench.run("shared.db", gap).await;
    assert!(pair.app.catch_up(&pair.reader).await.expect("caught up"));
    assert_eq!((pair.app.snapshot().sequence(), pair.app.snapshot().len(Tag::Org)), (3, 3));
    assert_ne!(pair.app.epoch(), epoch, "what was published may have been another history");
}

async fn a_follower_publishes_until_it_is_stopped(kind: Kind) {
    let pair = pair(kind).await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let followed = pair.app.follow(&pair.reader, async {
        let _ = stopped.await;
    });
    let written = async {
        pair.writer.commit(&change("a", vec![org(1, "Seen")])).await.expect("a commit");
        // Waits on the condition; the runner's own limit is the deadline.
        while name(&pair.app, 1).is_none() {
            tokio::task::yield_now().await;
        }
        stop.send(()).expect("the follower listens");
    };
    tokio::join!(followed, written);
    assert_eq!(name(&pair.app, 1).as_deref(), Some("Seen"));
}

async fn who_waits_for_a_change_sees_it_and_who_waits_in_vain_is_let_go(kind: Kind) {
    let pair = pair(kind).await;
    assert_eq!(pair.app.wait_for(1, Duration::ZERO).await, 0, "nothing is there yet");
    assert_eq!(pair.app.wait_for(0, Duration::ZERO).await, 0, "the empty directory is");
    pair.writer.commit(&change("a", vec![org(1, "Written")])).await.expect("a commit");
    let reading = async {
        // The limit is far off: what ends the wait is the change.
        let shown = pair.app.wait_for(1, Duration::from_secs(3600)).await;
        (shown, name(&pair.app, 1))
    };
    let following = pair.app.catch_up(&pair.reader);
    let ((shown, name), followed) = tokio::join!(reading, following);
    assert!(followed.expect("caught up"));
    assert_eq!((shown, name.as_deref()), (1, Some("Written")));
}

async fn keys_of_another_process_work_once_they_are_followed(kind: Kind) {
    let pair = pair(kind).await;
    let key = "abcdefgh.0123456789abcdef0123456789abcdef";
    let people = People {
        users: vec![user()],
        user_keys: vec![UserKey { state: state(key), user_id: 7, readonly: false }],
        group_rows: vec![(
            Group::Guest,
            Grant { namespace: "peeringdb.organization".into(), permission: bits::READ },
        )],
        ..People::default()
    };
    let mut writer = pair.writer.writer().await.expect("the lock");
    writer.add_people(&people, Fixed.now()).await.expect("people");
    writer.finish().await.expect("a commit");
    let identify = || pair.app.identify(Credential::Key(key));
    assert_eq!(identify().await.err(), Some(Refusal::InvalidKey));
    assert!(pair.app.catch_up(&pair.reader).await.expect("caught up"));
    assert_eq!(identify().await.expect("a known key").label.as_deref(), Some("u7_apikey_abcdefgh"));
}

fn state(key: &str) -> KeyState {
    KeyState {
        prefix: key[..8].into(),
        key: Secret::Hash(auth::api_key::hash(key)),
        name: "test".into(),
        active: true,
        revoked: false,
        expires: None,
        created: None,
    }
}

fn user() -> User {
    User {
        id: 7,
        username: "seven".into(),
        password: None,
        email: Some("seven@example.net".into()),
        email_verified: true,
        first_name: "Sev".into(),
        last_name: "En".into(),
        status: "ok".into(),
        is_active: true,
        is_staff: false,
        is_superuser: false,
        locale: "en".into(),
        verified: false,
        admin_of_orgs: Vec::new(),
        member_of_orgs: Vec::new(),
        created: None,
    }
}
