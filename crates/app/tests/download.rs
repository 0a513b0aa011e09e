//! Exports that a server hands out: one build for many, and never what has become private.

use std::sync::Arc;

use app::backup::{self, Silent};
use app::clock::Clock;
use app::export::Form;
use app::export::download::{Download, KEPT};
use app::locate::OfflineLocator;
use app::{App, Settings};
use model::directory::{Directory, Grant, Group, People};
use model::{AnyRecord, Tag, Time, Value};
use store::Store;
use store::change::{Actor, ChangeSet, Header, Origin, RowChange};
use testkit::{Bench, FixedClock, Kind, PUBLIC_URL, World, on_both_databases, people};

on_both_databases! {
    who_asks_at_the_same_time_gets_the_same_file
    a_build_goes_on_without_the_one_who_asked_first
    a_file_is_kept_for_some_minutes_while_the_directory_changes
    what_becomes_private_leaves_the_files_at_once
}

/// A server's directory, and the database that others change.
struct Place {
    _bench: Bench,
    store: Store,
    app: App,
    clock: Arc<FixedClock>,
    world: World,
}

impl Place {
    async fn of(kind: Kind) -> Place {
        let (bench, world) = (Bench::new(kind), World::small());
        let store = bench.store("a.db").await;
        let directory = Directory { records: world.directory().records.clone(), people: people(world.now()) };
        let mut salts = || [0; 16];
        let imported = backup::import(&store, directory, world.now(), &mut salts, &Silent).await;
        imported.unwrap_or_else(|error| panic!("{error}"));
        let clock = Arc::new(FixedClock::at(world.now()));
        let app = App::open(
            &store,
            Arc::new(OfflineLocator),
            Arc::clone(&clock) as Arc<dyn Clock>,
            Settings::at(PUBLIC_URL),
        );
        Place { app: app.await.expect("an app"), _bench: bench, store, clock, world }
    }

    /// Commits another value of a field, and lets the server see it.
    async fn change(&mut self, tag: Tag, id: u32, field: &str, value: Value<'_>) {
        let found = self.world.of(tag).iter().find(|record| record.id() == id).expect("a record");
        let mut record: AnyRecord = found.clone();
        let position = tag.table().position(field).expect("declared");
        record.put(position, value).expect("a fitting value");
        let header = Header {
            at: self.app.now(),
            actor: Actor::SYSTEM,
            origin: Origin::Cli,
            command_id: format!("{tag} {id} {field} {}", self.app.snapshot().sequence()),
        };
        self.store.commit(&ChangeSet { header, rows: vec![RowChange::Put(record)] }).await.expect("a commit");
        assert!(self.app.catch_up(&self.store).await.expect("caught up"));
    }

    async fn pass(&self, micros: i64) {
        self.clock.set(Time(self.app.now().0 + micros));
        // The server looks, and finds that nothing has changed since.
        self.app.catch_up(&self.store).await.expect("caught up");
    }

    async fn download(&self, form: Form) -> Arc<Download> {
        self.app.download(form).await.expect("a file")
    }
}

async fn who_asks_at_the_same_time_gets_the_same_file(kind: Kind) {
    let place = Place::of(kind).await;
    for form in [Form::Sqlite, Form::Json] {
        let (a, b, c, d) = tokio::join!(
            place.download(form),
            place.download(form),
            place.download(form),
            place.download(form)
        );
        for other in [b, c, d, place.download(form).await] {
            assert!(Arc::ptr_eq(&a, &other), "{form:?} was made once");
        }
        assert_eq!(a.modified(), place.world.now().unix());
        let bytes = a.read(0, usize::try_from(a.length()).expect("small")).expect("readable");
        assert_eq!((bytes.len() as u64, &bytes[..2]), (a.length(), &[0x1f, 0x8b][..]), "{form:?}");
        assert!(a.read(a.length(), 1).is_err(), "there is nothing behind the end");
    }
    let (sqlite, json) = (place.download(Form::Sqlite).await, place.download(Form::Json).await);
    assert_ne!(sqlite.sha256(), json.sha256());
}

async fn a_build_goes_on_without_the_one_who_asked_first(kind: Kind) {
    let place = Place::of(kind).await;
    let mut first = Box::pin(place.app.download(Form::Sqlite));
    tokio::select! {
        biased;
        _ = &mut first => unreachable!("the build has just begun"),
        () = std::future::ready(()) => {}
    }
    let second = place.app.download(Form::Sqlite);
    drop(first);
    assert!(second.await.is_ok());
}

async fn a_file_is_kept_for_some_minutes_while_the_directory_changes(kind: Kind) {
    let place = Place::of(kind).await;
    let first = place.download(Form::Json).await;
    place.pass(100 * KEPT).await;
    assert!(Arc::ptr_eq(&first, &place.download(Form::Json).await), "nothing has changed");

    let mut place = Place::of(kind).await;
    let first = place.download(Form::Json).await;
    place.change(Tag::Net, 10, "name", Value::text("Renamed")).await;
    place.pass(KEPT - 1).await;
    assert!(Arc::ptr_eq(&first, &place.download(Form::Json).await), "it is young");
    place.pass(1).await;
    let second = place.download(Form::Json).await;
    assert!(!Arc::ptr_eq(&first, &second) && first.sha256() != second.sha256());
    assert!(second.modified() > first.modified());
    assert!(first.read(0, 10).is_ok(), "who reads the old one goes on");
}

async fn what_becomes_private_leaves_the_files_at_once(kind: Kind) {
    let mut place = Place::of(kind).await;
    let mut before = place.download(Form::Json).await;
    place.change(Tag::Poc, 71, "visible", Value::text("Private")).await;
    let mut differs = |now: Arc<Download>, why: &str| {
        assert!(now.sha256() != before.sha256() && now.modified() > before.modified(), "{why}");
        before = now;
    };
    differs(place.download(Form::Json).await, "a contact became private");
    place.change(Tag::Ixlan, 12, "ixf_ixp_member_list_url_visible", Value::text("Users")).await;
    differs(place.download(Form::Json).await, "a feed became one for users");
    let nothing = Grant { namespace: "peeringdb.organization.200".into(), permission: 0 };
    let people = People { group_rows: vec![(Group::Guest, nothing)], ..People::default() };
    let mut writer = place.store.writer().await.expect("a writer");
    writer.add_people(&people, place.app.now()).await.expect("written");
    writer.finish().await.expect("a commit");
    place.app.catch_up(&place.store).await.expect("caught up");
    differs(place.download(Form::Json).await, "an organization was closed to guests");
}
