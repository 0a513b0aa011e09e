//! The public directory in one file: what is in it, what never is, and how it comes into being.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use app::backup::{self, Silent};
use app::export::{self, Form, Public};
use app::new_file::Existing;
use flate2::read::GzDecoder;
use model::directory::Directory;
use model::{Field, Kind as FieldKind, Tag, Time};
use serde_json::{Map, Value as Json, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Column, ConnectOptions, Connection, Row, TypeInfo, ValueRef};
use store::Store;
use store::change::{Actor, ChangeSet, Header, Origin, RowChange};
use testkit::{Bench, Client, Kind, PUBLIC_URL, World, on_both_databases, people};

on_both_databases! {
    a_sqlite_file_holds_what_a_guest_is_shown
    what_is_not_public_is_in_no_file
    the_same_directory_gives_the_same_file
    an_archive_holds_the_public_lists
    a_record_that_changes_meanwhile_is_in_the_file_as_it_was
}

/// A made-up directory with everything in it.
fn lifelike() -> World {
    let now = Time::parse("2026-11-01").expect("a date is a time");
    World::holding(demo::generate(demo::Scale::Small, 1, now), now)
}

/// The public part of a world that went through a database.
async fn public(bench: &Bench, name: &str, world: &World) -> Public {
    public_of(&bench.store(name).await, world).await
}

async fn public_of(store: &Store, world: &World) -> Public {
    let directory = Directory { records: world.directory().records.clone(), people: people(world.now()) };
    let mut salts = || [0; 16];
    let imported = backup::import(store, directory, world.now(), &mut salts, &Silent).await;
    imported.unwrap_or_else(|error| panic!("{error}"));
    Public::read(store, PUBLIC_URL, world.now()).await.expect("readable")
}

async fn written(public: &Public, form: Form, path: PathBuf) -> PathBuf {
    let count = export::write(public, form, &path, Existing::Kept, &Silent).await.expect("an export");
    let listed = Tag::ALL.map(|tag| public.snapshot.listed(tag, &public.viewer).count() as u64);
    assert_eq!(count, listed.iter().sum::<u64>());
    path
}

/// What a guest gets of the API, by type.
async fn lists(world: &World) -> BTreeMap<&'static str, Vec<Json>> {
    let world = world.clone();
    // The client has a runtime of its own, which does not run inside another one.
    let ask = move || {
        let client = Client::of(&world);
        Tag::ALL.into_iter().map(|tag| (tag.as_str(), client.get(&format!("/api/{tag}")).data())).collect()
    };
    tokio::task::spawn_blocking(ask).await.expect("answers")
}

async fn open(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).read_only(true).connect().await.expect("a SQLite file")
}

async fn rows(connection: &mut SqliteConnection, sql: String) -> Vec<SqliteRow> {
    sqlx::query(AssertSqlSafe(sql)).fetch_all(connection).await.expect("rows")
}

async fn texts(connection: &mut SqliteConnection, sql: &str) -> Vec<String> {
    let rows = rows(connection, sql.to_owned()).await;
    rows.iter().map(|row| row.get(0)).collect()
}

/// A value of a table as the API spells it.
fn as_json(row: &SqliteRow, at: usize, field: &Field) -> Json {
    let raw = row.try_get_raw(at).expect("a column");
    let kind = if raw.is_null() { "NULL".to_owned() } else { raw.type_info().name().to_owned() };
    let text = || row.get::<String, _>(at);
    match (kind.as_str(), field.kind) {
        ("NULL", _) => Json::Null,
        ("INTEGER", FieldKind::Bool) => Json::from(row.get::<i64, _>(at) == 1),
        ("INTEGER", _) => row.get::<i64, _>(at).into(),
        ("REAL", FieldKind::Degrees) => row.get::<f64, _>(at).into(),
        ("TEXT", FieldKind::MultiChoice(_) | FieldKind::Social | FieldKind::Words(_)) => {
            serde_json::from_str(&text()).expect("JSON")
        }
        ("TEXT", _) => text().into(),
        other => panic!("{}: a value of type {other:?}", field.name),
    }
}

fn flat(tag: Tag) -> Vec<&'static Field> {
    tag.table().fields.iter().filter(|field| field.is_flat()).collect()
}

async fn a_sqlite_file_holds_what_a_guest_is_shown(kind: Kind) {
    let bench = Bench::new(kind);
    for (name, world) in [("small", World::small()), ("lifelike", lifelike())] {
        let public = public(&bench, name, &world).await;
        let mut file =
            open(&written(&public, Form::Sqlite, bench.path(&format!("{name}.sqlite"))).await).await;
        for (tag, list) in lists(&world).await {
            let fields = flat(tag.parse().expect("a tag"));
            let found = rows(&mut file, format!("SELECT * FROM {tag} ORDER BY id")).await;
            assert_eq!(found.len(), list.len(), "{name} {tag}");
            for (row, mut shown) in found.iter().zip(list) {
                let of_file: Map<String, Json> = fields
                    .iter()
                    .enumerate()
                    .map(|(at, field)| (row.column(at).name().to_owned(), as_json(row, at, field)))
                    .collect();
                // A key that is kept from guests is absent there, and null here.
                for field in &fields {
                    shown.as_object_mut().expect("a row").entry(field.name).or_insert(Json::Null);
                }
                assert_eq!(Json::from(of_file), shown, "{name} {tag}");
            }
            let counted = texts(&mut file, &format!("SELECT value FROM meta WHERE key = 'rows.{tag}'")).await;
            assert_eq!(counted, [found.len().to_string()], "{name} {tag}");
        }
        let meta = |key: &str| format!("SELECT value FROM meta WHERE key = '{key}'");
        assert_eq!(texts(&mut file, &meta("format_version")).await, [store::export::FORMAT.to_string()]);
        assert_eq!(texts(&mut file, &meta("generated")).await, [world.now().to_string()]);
        assert_eq!(texts(&mut file, &meta("source")).await, [PUBLIC_URL]);
        assert_eq!(texts(&mut file, "PRAGMA integrity_check").await, ["ok"]);
        file.close().await.expect("closed");
    }
}

#[tokio::test]
async fn a_sqlite_file_is_asked_by_the_names_of_the_api_and_of_mirror_tools() {
    let bench = Bench::new(Kind::Sqlite);
    let public = public(&bench, "a.db", &World::small()).await;
    let mut file = open(&written(&public, Form::Sqlite, bench.path("a.sqlite")).await).await;
    for (sql, expected) in [
        ("SELECT asn || ' ' || name FROM net ORDER BY asn", vec!["64496 Net One", "64497 Net Two"]),
        (
            "SELECT asn || ' ' || name FROM peeringdb_network ORDER BY asn",
            vec!["64496 Net One", "64497 Net Two"],
        ),
        (
            "SELECT n.name || ' at ' || i.name FROM peeringdb_network_ixlan p JOIN peeringdb_network n ON n.id = p.net_id \
             JOIN peeringdb_ixlan l ON l.id = p.ixlan_id JOIN peeringdb_ix i ON i.id = l.ix_id ORDER BY p.id",
            vec!["Net One at IX One", "Net Two at IX One"],
        ),
        ("SELECT value FROM net, json_each(net.info_types) WHERE net.id = 10", vec!["Content", "NSP"]),
        ("SELECT name FROM fac WHERE latitude > 50", vec!["Fac Two"]),
    ] {
        assert_eq!(texts(&mut file, sql).await, expected, "{sql}");
    }
    let views = texts(&mut file, "SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name").await;
    let known = [
        "campus",
        "carrier",
        "facility",
        "ix",
        "ix_carrier_facility",
        "ix_facility",
        "ixlan",
        "ixlan_prefix",
        "network",
        "network_contact",
        "network_facility",
        "network_ixlan",
        "organization",
    ];
    assert_eq!(views, known.map(|name| format!("peeringdb_{name}")));
    for (sql, index) in [
        ("SELECT * FROM net WHERE asn = 64496", "net_asn_idx"),
        ("SELECT * FROM net WHERE name = 'Net One'", "net_name_idx"),
        ("SELECT * FROM netixlan WHERE ixlan_id = 11", "netixlan_ixlan_id_idx"),
    ] {
        let plan = rows(&mut file, format!("EXPLAIN QUERY PLAN {sql}")).await;
        let detail: String = plan[0].get("detail");
        assert!(detail.contains(index), "{sql}: {detail}");
    }
}

async fn what_is_not_public_is_in_no_file(kind: Kind) {
    let bench = Bench::new(kind);
    let mut world = World::small();
    world
        .change(Tag::Poc, 71, json!({ "name": "Public desk" }))
        .change(Tag::Poc, 72, json!({ "name": "Desk for users" }))
        .change(Tag::Poc, 73, json!({ "name": "Private desk" }))
        .change(Tag::Net, 10, json!({ "notes_private": "Whispered", "notes": "Said aloud" }))
        .add(Tag::Net, 12, json!({ "org_id": 200, "name": "Gone Net", "asn": 64498 }))
        .delete(Tag::Net, 12)
        .recount();
    let public = public(&bench, "a.db", &world).await;
    let sqlite = fs::read(written(&public, Form::Sqlite, bench.path("a.sqlite")).await).expect("a file");
    let archive = unpacked(&written(&public, Form::Json, bench.path("a.tar.gz")).await);
    let archive: Vec<u8> = archive.into_values().flatten().collect();
    for (file, bytes) in [("SQLite", &sqlite), ("archive", &archive)] {
        let holds = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
        for text in ["Public desk", "https://two.example/members.json", "Said aloud", "Net Two"] {
            assert!(holds(text), "{file} lacks {text}");
        }
        for text in [
            "Desk for users",
            "+12065550100",
            "Private desk",
            "abuse@one.example",
            "https://one.example/members.json",
            "Whispered",
            // Waiting, and deleted.
            "Org Three",
            "Campus One",
            "Gone Net",
            // People.
            "superuser",
            "automation@one.example",
        ] {
            assert!(!holds(text), "{file} holds {text}");
        }
    }
}

async fn the_same_directory_gives_the_same_file(kind: Kind) {
    let bench = Bench::new(kind);
    let world = lifelike();
    let first = public(&bench, "a.db", &world).await;
    let second = public(&bench, "b.db", &world).await;
    let later = Public { generated: Time(world.now().0 + 3_600 * Time::SECOND), ..first.clone() };
    for (form, end) in [(Form::Sqlite, "sqlite"), (Form::Json, "tar.gz")] {
        let mut files = Vec::new();
        for (name, public) in [("first", &first), ("second", &second), ("later", &later)] {
            let path = written(public, form, bench.path(&format!("{name}.{end}"))).await;
            files.push(fs::read(path).expect("a file"));
        }
        assert!(files[0] == files[1], "{form:?}");
        assert!(files[0] != files[2], "{form:?}: the time is in it");
        if form == Form::Sqlite {
            let differing = files[0].iter().zip(&files[2]).filter(|(a, b)| a != b).count();
            assert!(
                files[0].len() == files[2].len() && differing <= 20,
                "only the time differs: {differing}"
            );
        }
    }
}

/// The files of an archive by name.
fn unpacked(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut archive = tar::Archive::new(GzDecoder::new(File::open(path).expect("an archive")));
    let entries = archive.entries().expect("an archive");
    entries
        .map(|entry| {
            let mut entry = entry.expect("an entry");
            let name = entry.path().expect("a name").display().to_string();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("a file");
            (name, bytes)
        })
        .collect()
}

async fn an_archive_holds_the_public_lists(kind: Kind) {
    let bench = Bench::new(kind);
    for (name, world) in [("small", World::small()), ("lifelike", lifelike())] {
        let public = public(&bench, name, &world).await;
        let files = unpacked(&written(&public, Form::Json, bench.path(&format!("{name}.tar.gz"))).await);
        assert_eq!(files.len(), Tag::ALL.len(), "{name}");
        for (tag, list) in lists(&world).await {
            let file: Json = serde_json::from_slice(&files[&format!("{tag}-0.json")]).expect("JSON");
            assert_eq!(file["data"], Json::from(list), "{name} {tag}");
            assert_eq!(file["meta"], json!({ "generated": world.now().unix() as f64 }), "{name} {tag}");
        }
    }
}

async fn a_record_that_changes_meanwhile_is_in_the_file_as_it_was(kind: Kind) {
    let bench = Bench::new(kind);
    let mut world = World::small();
    let store = bench.store("a.db").await;
    let public = public_of(&store, &world).await;
    let renamed = world.change(Tag::Net, 10, json!({ "name": "Renamed" })).of(Tag::Net)[0].clone();
    let (header, changed) = (header(world.now()), renamed.updated());
    let rows = vec![RowChange::Put(renamed)];
    store.commit(&ChangeSet { header, rows }).await.expect("a commit");
    assert!(public.generated < changed, "who goes on from there is told of the change");
    let mut file = open(&written(&public, Form::Sqlite, bench.path("a.sqlite")).await).await;
    let names = texts(&mut file, "SELECT name FROM net ORDER BY id").await;
    assert_eq!(names, ["Net One", "Net Two"]);
    let files = unpacked(&written(&public, Form::Json, bench.path("a.tar.gz")).await);
    let list: Json = serde_json::from_slice(&files["net-0.json"]).expect("JSON");
    assert_eq!(
        (&list["data"][0]["name"], list["data"].as_array().map(Vec::len)),
        (&json!("Net One"), Some(2))
    );
}

fn header(at: Time) -> Header {
    Header { at, actor: Actor::SYSTEM, origin: Origin::Cli, command_id: "rename".into() }
}

#[tokio::test]
async fn a_file_that_is_there_is_kept_or_replaced_as_was_asked() {
    let bench = Bench::new(Kind::Sqlite);
    let public = public(&bench, "a.db", &World::small()).await;
    let path = bench.path("old");
    for form in [Form::Sqlite, Form::Json] {
        fs::write(&path, "old").expect("writable");
        let refused =
            export::write(&public, form, &path, Existing::Kept, &Silent).await.expect_err("a refusal");
        let told = "old: is there already; give another path, or --force to have it replaced";
        assert!(refused.to_string().ends_with(told), "{refused}");
        assert_eq!(fs::read(&path).expect("a file"), b"old");
        export::write(&public, form, &path, Existing::Replaced, &Silent).await.expect("an export");
        assert!(fs::read(&path).expect("a file").len() > 1000);
        let refused = export::write(&public, form, bench.folder(), Existing::Replaced, &Silent).await;
        let told = "is no regular file; give the path of a file";
        assert!(refused.expect_err("a refusal").to_string().ends_with(told));
    }
    let left = fs::read_dir(bench.folder()).expect("a folder").filter_map(Result::ok);
    let left: Vec<_> =
        left.filter(|entry| entry.file_name().to_string_lossy().ends_with(".peeringd-part")).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Looks, while records are written, at what is to be seen of the file.
struct Spy {
    folder: PathBuf,
    path: PathBuf,
    looks: std::sync::atomic::AtomicU32,
}

impl backup::Progress for Spy {
    fn step(&self, _: &str, _: u64, _: Option<u64>) {
        self.looks.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        assert!(!self.path.exists(), "half a file is to be seen");
        let parts = fs::read_dir(&self.folder).expect("a folder").filter_map(Result::ok);
        let is_part = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().ends_with(".peeringd-part");
        assert_eq!(parts.filter(is_part).count(), 1, "it is made beside its place");
    }
}

#[tokio::test]
async fn half_a_file_is_never_seen() {
    let bench = Bench::new(Kind::Sqlite);
    let public = public(&bench, "a.db", &World::small()).await;
    for (form, name) in [(Form::Sqlite, "a.sqlite"), (Form::Json, "a.tar.gz")] {
        let spy = Spy { folder: bench.folder().to_owned(), path: bench.path(name), looks: 0.into() };
        export::write(&public, form, &spy.path, Existing::Kept, &spy).await.expect("an export");
        assert!(spy.looks.into_inner() >= 5 && bench.path(name).exists(), "{name}");
    }
}
