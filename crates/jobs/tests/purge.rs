//! What is forgotten after its time, by every process that shows it and in everything that is written out.

use std::sync::Arc;
use std::time::Duration;

use app::backup::{self, Silent};
use jobs::job::{Job, Running};
use jobs::purge::{KEPT, PurgeContacts};
use jobs::retention::{CUT_AFTER, ERASE_AFTER, Forget};
use model::{Tag, Time};
use serde_json::json;
use store::change::{Actor, ActorKind, ChangeSet, Header, Origin};
use store::mail::{MailState, NewMail};
use store::{KeptAnswer, Store};
use testkit::{Ask, Bench, Caller, Counted, FixedClock, Kind, Site, World, on_both_databases, people};
use tokio::sync::watch;

const FILE: &str = "a.db";
const SECRETS: [&str; 5] =
    ["Grace Before", "grace@before.example", "Grace Hopper", "grace@hopper.example", "+12025550123"];

on_both_databases! {
    contacts_are_purged_from_everything_after_their_time
    many_contacts_are_purged_in_several_changes
    addresses_of_clients_are_cut_and_erased
    addresses_in_the_log_of_people_are_cut_and_erased
    answers_whose_time_is_over_are_forgotten
    mail_that_was_sent_is_forgotten
}

/// Runs a job once, and tells what it says.
async fn run(job: &impl Job, now: Time) -> String {
    let (_stop, stopped) = watch::channel(false);
    job.run(&Running::new(now, stopped)).await.unwrap_or_else(|fault| panic!("{fault}"))
}

fn clock(now: Time) -> Arc<FixedClock> {
    Arc::new(FixedClock::at(now))
}

fn later(time: Time, span: Duration) -> Time {
    Time(time.0 + span.as_micros() as i64)
}

async fn purge(store: &Store, now: Time) -> String {
    run(&PurgeContacts::new(store.clone(), clock(now), Arc::new(Counted)), now).await
}

/// Everything that the tables hold of changes and contacts, as one text.
async fn stored(bench: &Bench) -> String {
    let mut all = bench.rows(FILE, "SELECT value FROM change_personal").await;
    all.extend(bench.rows(FILE, "SELECT coalesce(image, '') FROM change_row").await);
    all.extend(bench.rows(FILE, "SELECT name || ' ' || email || ' ' || phone FROM poc").await);
    all.join("\n")
}

/// What `check` has to say.
async fn findings(store: &Store) -> Vec<String> {
    let findings = backup::check(store, &Silent).await.expect("a check");
    findings.iter().map(ToString::to_string).collect()
}

async fn contacts_are_purged_from_everything_after_their_time(kind: Kind) {
    let world = World::small();
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    Site::fill(&store, &world, &people(world.now())).await;
    let site = Site::open(store, world.now()).await;
    let body = json!({ "net_id": 10, "role": "NOC", "visible": "Public", "name": "Grace Before",
                       "email": "grace@before.example", "phone": "+12025550123" });
    let made = site.send(Ask::new("POST", "/api/poc").json(&body).by(Caller::Superuser)).await;
    assert_eq!(made.code(), 201, "{}", made.text());
    let id = u32::try_from(made.ids()[0]).expect("an id");
    let path = format!("/api/poc/{id}");
    let body = json!({ "net_id": 10, "role": "NOC", "visible": "Public", "name": "Grace Hopper",
                       "email": "grace@hopper.example", "phone": "+12025550123" });
    let changed = site.send(Ask::new("PUT", &path).json(&body).by(Caller::Superuser)).await;
    assert_eq!(changed.code(), 200, "{}", changed.text());
    let deleted = site.send(Ask::new("DELETE", &path).by(Caller::Superuser)).await;
    assert_eq!(deleted.code(), 204, "{}", deleted.text());
    let gone = site.app.snapshot().record(Tag::Poc, id).expect("kept for a while").updated();
    let other = Site::open(bench.store(FILE).await, world.now()).await;
    let before = stored(&bench).await;
    assert!(SECRETS.iter().all(|secret| before.contains(secret)), "{before}");

    let sound = findings(&site.store).await;

    // To the microsecond.
    assert_eq!(purge(&site.store, later(gone, KEPT)).await, "");
    assert!(other.app.snapshot().record(Tag::Poc, id).is_some());
    let now = Time(later(gone, KEPT).0 + 1);
    assert_eq!(purge(&site.store, now).await, "1 contacts purged");
    assert_eq!(purge(&site.store, now).await, "");

    for process in [&site, &other] {
        process.app.catch_up(&process.store).await.expect("caught up");
        assert!(process.app.snapshot().record(Tag::Poc, id).is_none());
        for path in [path.as_str(), "/api/poc?since=1", "/api/poc"] {
            let told = process.send(Ask::get(path).by(Caller::Superuser)).await;
            assert!(!SECRETS.iter().any(|secret| told.text().contains(secret)), "{path}: {}", told.text());
        }
    }
    // A process that begins now reads the rows; one that follows from the start reads the log.
    let fresh = Site::open(bench.store(FILE).await, world.now()).await;
    assert!(fresh.app.snapshot().record(Tag::Poc, id).is_none());
    let log = format!("{:?}", site.store.changes(0, 100).await.expect("the log"));
    let file = bench.path("dump.json");
    backup::dump(&site.store, &file, &Silent).await.expect("a backup");
    let dump = std::fs::read_to_string(&file).expect("readable");
    for (place, text) in [("rows", stored(&bench).await), ("log", log), ("dump", dump)] {
        let found: Vec<_> = SECRETS.iter().filter(|secret| text.contains(**secret)).collect();
        assert!(found.is_empty(), "{found:?} in {place}");
    }
    assert_eq!(findings(&site.store).await, sound, "the purge leaves nothing for `check` to tell");
    // The number of a purged contact is never given to another one.
    let body = json!({ "net_id": 10, "role": "NOC", "visible": "Public", "email": "new@one.example" });
    let made = site.send(Ask::new("POST", "/api/poc").json(&body).by(Caller::Superuser)).await;
    assert_eq!((made.code(), made.ids()[0] > u64::from(id)), (201, true), "{}", made.text());
}

async fn many_contacts_are_purged_in_several_changes(kind: Kind) {
    let mut world = World::small();
    for id in 1000..1450 {
        world.add(Tag::Poc, id, json!({ "net_id": 10, "role": "NOC", "name": "Many", "status": "deleted" }));
    }
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    Site::fill(&store, &world, &people(world.now())).await;
    let now = later(world.now(), KEPT + Duration::from_secs(1));
    let told = purge(&store, now).await;
    let count: u32 = told.split(' ').next().and_then(|count| count.parse().ok()).expect("a number");
    assert!(count >= 450, "{told}");
    assert_eq!(store.sequence().await.expect("a number"), 1 + u64::from(count.div_ceil(200)));
    assert!(!stored(&bench).await.contains("Many"));
    assert_eq!(bench.rows(FILE, "SELECT 'x' FROM poc WHERE status = 'deleted'").await.len(), 0);
}

async fn addresses_of_clients_are_cut_and_erased(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let start = Time(1_800_000_000_000_000);
    let day = 86_400 * Time::SECOND;
    for (n, address) in [(0, "192.0.2.77"), (1, "2001:db8:1:2::3"), (2, "198.51.100.1")] {
        let actor = Actor {
            kind: ActorKind::User,
            id: Some(1),
            name: Some("ada".to_owned()),
            address: Some(address.to_owned()),
        };
        let at = Time(start.0 + n * day);
        let header = Header { at, actor, origin: Origin::Api, command_id: format!("c{n}") };
        let set = ChangeSet { header, rows: testkit::name_org("x", 1, &format!("One {n}")).rows };
        store.commit(&set).await.expect("a commit");
    }
    let addresses = async || {
        let changes = store.changes(0, 10).await.expect("the log");
        changes.into_iter().map(|change| change.header.actor.address).collect::<Vec<_>>()
    };
    let forget = async |now| run(&Forget::new(store.clone(), clock(now)), now).await;
    let cut = |n: i64| Time(later(start, CUT_AFTER).0 + n * day + 1);
    assert_eq!(forget(Time(cut(0).0 - 1)).await, "");
    assert_eq!(forget(cut(1)).await, "2 addresses cut");
    let own = |text: &str| Some(text.to_owned());
    assert_eq!(addresses().await, [own("192.0.2.0/24"), own("2001:db8:1::/48"), own("198.51.100.1")]);
    assert_eq!(forget(cut(1)).await, "", "what is cut stays as it is");
    let year = Time(later(start, ERASE_AFTER).0 + 1);
    assert_eq!(forget(year).await, "1 addresses cut, 1 addresses erased");
    assert_eq!(addresses().await, [None, own("2001:db8:1::/48"), own("198.51.100.0/24")]);
    let names = store.changes(0, 10).await.expect("the log");
    assert!(names.iter().all(|change| change.header.actor.name.as_deref() == Some("ada")));
}

async fn addresses_in_the_log_of_people_are_cut_and_erased(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let start = Time(1_800_000_000_000_000);
    let day = 86_400 * Time::SECOND;
    let entries = [(0, "'192.0.2.77'"), (1, "'2001:db8:1:2::3'"), (1, "NULL"), (2, "'198.51.100.1'")];
    for (id, (n, address)) in (1..).zip(entries) {
        let at = start.0 + n * day;
        let add = format!(
            "INSERT INTO people_log (id, at, actor_kind, actor_name, actor_address, origin, action, user_id) \
             VALUES ({id}, {at}, 'user', 'ada', {address}, 'api', 'added', 1)"
        );
        bench.run(FILE, &add).await;
    }
    let addresses =
        async || bench.rows(FILE, "SELECT coalesce(actor_address, '-') FROM people_log ORDER BY id").await;
    let forget = async |now| run(&Forget::new(store.clone(), clock(now)), now).await;
    let cut = |n: i64| Time(later(start, CUT_AFTER).0 + n * day + 1);
    assert_eq!(forget(Time(cut(0).0 - 1)).await, "");
    assert_eq!(forget(cut(1)).await, "2 addresses cut");
    assert_eq!(addresses().await, ["192.0.2.0/24", "2001:db8:1::/48", "-", "198.51.100.1"]);
    assert_eq!(forget(cut(1)).await, "", "what is cut stays as it is");
    let year = Time(later(start, ERASE_AFTER).0 + 1);
    assert_eq!(forget(year).await, "1 addresses cut, 1 addresses erased");
    assert_eq!(addresses().await, ["-", "2001:db8:1::/48", "-", "198.51.100.0/24"]);
    assert_eq!(bench.rows(FILE, "SELECT actor_name FROM people_log").await, ["ada"; 4]);
}

async fn answers_whose_time_is_over_are_forgotten(kind: Kind) {
    // More than are deleted at once.
    const MANY: usize = 1203;
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let start = Time(1_800_000_000_000_000);
    let mut writer = store.writer().await.expect("a writer");
    for n in 0..=MANY {
        let answer = KeptAnswer {
            owner: "key".to_owned(),
            name: format!("n{n}"),
            fingerprint: [7; 32],
            status: 201,
            body: None,
            seq: 0,
            expires: if n == MANY { Time(start.0 + 1) } else { start },
        };
        writer.keep_answer(&answer, Time(start.0 - 1)).await.expect("kept");
    }
    writer.finish().await.expect("a commit");
    let kept = async || bench.rows(FILE, "SELECT name FROM answer").await.len();
    let forget = async |now| run(&Forget::new(store.clone(), clock(now)), now).await;
    assert_eq!((forget(Time(start.0 - 1)).await.as_str(), kept().await), ("", MANY + 1));
    assert_eq!((forget(start).await.as_str(), kept().await), ("1203 answers forgotten", 1));
}

async fn mail_that_was_sent_is_forgotten(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let start = Time(1_800_000_000_000_000);
    let mut side = store.side().await.expect("a transaction");
    for _ in 0..2 {
        let mail = NewMail { to: vec!["ada@one.example".to_owned()], ..NewMail::default() };
        side.post_mail(&mail, start).await.expect("posted");
    }
    side.finish().await.expect("a commit");
    bench.run(FILE, &format!("UPDATE mail SET state = 'sent', sent = {} WHERE id = 1", start.0)).await;
    let year = later(start, ERASE_AFTER);
    let forget = async |now| run(&Forget::new(store.clone(), clock(now)), now).await;
    assert_eq!(forget(year).await, "");
    assert_eq!(forget(Time(year.0 + 1)).await, "1 mails forgotten");
    let left = store.reader().await.expect("a reader").mails(None, 9).await.expect("mails");
    assert_eq!(left.iter().map(|mail| (mail.id, mail.state)).collect::<Vec<_>>(), [(2, MailState::Queued)]);
}
