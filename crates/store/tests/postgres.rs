//! What is PostgreSQL's own: servers, their refusals, lost connections; and that its schema is that of SQLite.

use std::collections::BTreeSet;
use std::time::Duration;

use model::Tag;
use store::change::ChangeSet;
use store::{DatabaseUrl, Mode, Store};
use testkit::{Bench, Kind, name_org};

const NAME: &str = "a";

const DEADLINE: Duration = Duration::from_secs(60);

/// A bench on a server, where there is one.
fn bench() -> Option<Bench> {
    Kind::Postgres.is_here().then(|| Bench::new(Kind::Postgres))
}

/// The message of a refused opening, with the causes that the program tells as well, and without the address.
async fn refusal(url: &str, mode: Mode) -> String {
    let url: DatabaseUrl = url.parse().expect("an address");
    let error = Store::open(&url, mode).await.expect_err("a refusal");
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text.replace(&url.to_string(), "DB")
}

fn org(id: u32, name: &str) -> ChangeSet {
    name_org(&format!("c{id}"), id, name)
}

#[tokio::test]
async fn what_is_no_database_of_ours_is_named_and_left_alone() {
    let Some(bench) = bench() else { return };
    let url = bench.url(NAME).await;
    assert_eq!(
        refusal(&url, Mode::Existing).await,
        "DB: holds no directory; `peeringd load` fills it, or mend the name"
    );
    bench.run(NAME, "CREATE TABLE meta (x TEXT); CREATE TABLE songs (x TEXT)").await;
    assert_eq!(
        refusal(&url, Mode::Create).await,
        "DB: is a database of another program; give the name of another one"
    );
    let tables = bench
        .rows(NAME, "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'");
    assert_eq!(
        tables.await.into_iter().collect::<BTreeSet<_>>(),
        ["meta", "songs"].map(str::to_owned).into()
    );
}

#[tokio::test]
async fn a_database_that_the_server_lacks_is_named() {
    let Some(bench) = bench() else { return };
    let url = bench.url(NAME).await.replace("/test_", "/absent_");
    assert_eq!(
        refusal(&url, Mode::Create).await,
        "DB: the server has no such database; make it with createdb, or mend the name"
    );
}

#[tokio::test]
async fn a_user_without_rights_is_refused_without_the_password() {
    let Some(bench) = bench() else { return };
    let url = bench.url(NAME).await;
    let (_, rest) = url.split_once('@').expect("a user");
    let told = refusal(&format!("postgres://nobody_here:secret@{rest}"), Mode::Create).await;
    assert!(
        told.starts_with("DB: the server refuses; check name, password and rights of the user: "),
        "{told}"
    );
    assert!(!told.contains("secret"), "{told}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let told = refusal("postgres://me:secret@127.0.0.1:1/x", Mode::Create).await;
    assert!(
        told.starts_with("DB: cannot be reached; check address and port, and that the server runs: "),
        "{told}"
    );
    assert!(!told.contains("secret"), "{told}");
}

#[tokio::test]
async fn a_database_that_lacks_characters_is_refused() {
    let Some(bench) = bench() else { return };
    let url = bench.url(NAME).await;
    let (host, rest) = url.rsplit_once("/test_").expect("a name");
    let name = format!("latin_{}", rest.split('?').next().unwrap_or_default());
    bench.run(NAME, &format!("DROP DATABASE IF EXISTS {name}")).await;
    let create = format!("CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
    bench.run(NAME, &create).await;
    let settings = rest.split_once('?').map(|(_, settings)| format!("?{settings}")).unwrap_or_default();
    assert_eq!(
        refusal(&format!("{host}/{name}{settings}"), Mode::Create).await,
        "DB: is not encoded in UTF-8; make it anew with createdb -T template0 -E UTF8"
    );
}

#[tokio::test]
async fn commits_are_durable_where_the_database_says_otherwise() {
    let Some(bench) = bench() else { return };
    let store = bench.store(NAME).await;
    store.close().await;
    let set = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); \
               END $$";
    bench.run(NAME, set).await;
    // A trigger tells what the committing session is set to.
    bench
        .run(
            NAME,
            "CREATE TABLE told (setting TEXT); CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN INSERT INTO told VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$; \
             CREATE TRIGGER tell BEFORE INSERT ON change FOR EACH ROW EXECUTE FUNCTION tell()",
        )
        .await;
    bench.store(NAME).await.commit(&org(1, "Acme")).await.expect("a commit");
    assert_eq!(bench.rows(NAME, "SELECT setting FROM told").await, ["on"]);
}

#[tokio::test]
async fn lost_connections_are_made_anew() {
    const CUT: &str = "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let Some(bench) = bench() else { return };
    let store = bench.store(NAME).await;
    store.commit(&org(1, "Acme")).await.expect("a commit");
    let mut watch = store.watch();
    watch.changed().await.expect("an answer");
    let cut = bench.rows(NAME, CUT).await;
    assert!(cut.len() >= 3 && cut.iter().all(|done| done == "true"), "writer, reader and listener: {cut:?}");
    // Nothing but the loss is told, and then the watch listens again.
    assert!(watch.changed().await.expect("an answer"));
    store.commit(&org(2, "Beta")).await.expect("a commit over a new connection");
    let seen = async {
        while !(watch.changed().await.expect("an answer") && store.sequence().await.expect("a number") == 2) {
        }
    };
    tokio::time::timeout(DEADLINE, seen).await.expect("the change is told");
    assert_eq!(store.records(Tag::Org).await.expect("records").len(), 2);
}

/// A line for each column, unique index, check and reference of a SQLite file.
async fn sqlite_schema(bench: &Bench) -> BTreeSet<String> {
    const COLUMNS: &str = "SELECT m.name || '.' || c.name || ' ' || c.type || CASE WHEN c.\"notnull\" \
                           THEN ' not null' ELSE '' END || CASE WHEN c.pk > 0 THEN ' key ' || c.pk ELSE '' END \
                           FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'";
    const INDEXES: &str = "SELECT i.name || CASE WHEN i.\"unique\" THEN ' unique ' ELSE ' ' END || m.name || ' ' || \
                           (SELECT group_concat(coalesce(c.name, '()'), ',' ORDER BY c.seqno) \
                           FROM pragma_index_info(i.name) c) \
                           FROM sqlite_master m, pragma_index_list(m.name) i WHERE m.type = 'table' AND i.origin = 'c'";
    const KEYS: &str = "SELECT m.name || '.' || k.\"from\" || ' -> ' || k.\"table\" || '.' || k.\"to\" \
                        FROM sqlite_master m, pragma_foreign_key_list(m.name) k WHERE m.type = 'table'";
    const TEXTS: &str = "SELECT sql FROM sqlite_master WHERE type = 'table'";
    let mut lines = BTreeSet::new();
    for query in [COLUMNS, INDEXES, KEYS] {
        lines.extend(bench.rows(NAME, query).await);
    }
    for text in bench.rows(NAME, TEXTS).await {
        let words: Vec<&str> = text.split_whitespace().collect();
        let checks =
            words.windows(3).filter(|three| three[0] == "CONSTRAINT" && three[2].starts_with("CHECK"));
        lines.extend(checks.map(|three| format!("check {}", three[1])));
    }
    lines
}

/// The same of a database of PostgreSQL.
async fn postgres_schema(bench: &Bench) -> BTreeSet<String> {
    const COLUMNS: &str = "SELECT table_name || '.' || column_name || ' ' || CASE data_type WHEN 'bigint' \
                           THEN 'INTEGER' WHEN 'bytea' THEN 'BLOB' WHEN 'text' THEN 'TEXT' ELSE data_type END || \
                           CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END || coalesce(' key ' || \
                           (SELECT array_position(i.indkey::int2[], c.ordinal_position::int2) + 1 FROM pg_index i \
                           WHERE i.indrelid = c.table_name::regclass AND i.indisprimary), '') \
                           FROM information_schema.columns c WHERE table_schema = 'public'";
    const INDEXES: &str = "SELECT n.relname || CASE WHEN i.indisunique THEN ' unique ' ELSE ' ' END || t.relname || \
                           ' ' || (SELECT string_agg(coalesce(a.attname::text, '()'), ',' ORDER BY k.n) FROM \
                           unnest(i.indkey::int2[]) WITH ORDINALITY AS k (at, n) LEFT JOIN pg_attribute a \
                           ON a.attrelid = t.oid AND a.attnum = k.at AND k.at > 0) \
                           FROM pg_index i JOIN pg_class n ON n.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid \
                           WHERE n.relnamespace = 'public'::regnamespace AND NOT i.indisprimary";
    const KEYS: &str = "SELECT c.conrelid::regclass || '.' || a.attname || ' -> ' || c.confrelid::regclass || '.' || \
                        f.attname FROM pg_constraint c \
                        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] \
                        JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = c.confkey[1] \
                        WHERE c.contype = 'f'";
    const CHECKS: &str = "SELECT 'check ' || conname FROM pg_constraint \
                          WHERE contype = 'c' AND connamespace = 'public'::regnamespace";
    let mut lines = BTreeSet::new();
    for query in [COLUMNS, INDEXES, KEYS, CHECKS] {
        lines.extend(bench.rows(NAME, query).await);
    }
    lines
}

#[tokio::test]
async fn both_databases_have_the_same_schema() {
    let Some(server) = bench() else { return };
    let file = Bench::new(Kind::Sqlite);
    server.store(NAME).await.close().await;
    file.store(NAME).await.close().await;
    let (ours, theirs) = (sqlite_schema(&file).await, postgres_schema(&server).await);
    assert!(ours.len() > 300, "{} lines", ours.len());
    let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>();
    assert_eq!((only(&ours, &theirs), only(&theirs, &ours)), (vec![], vec![]));
}

#[tokio::test]
async fn texts_are_ordered_by_their_bytes() {
    const OTHERS: &str = "SELECT table_name || '.' || column_name FROM information_schema.columns \
                          WHERE table_schema = 'public' AND data_type = 'text' AND collation_name <> 'C'";
    const PLAIN: &str = "SELECT table_name || '.' || column_name FROM information_schema.columns \
                         WHERE table_schema = 'public' AND data_type = 'text' AND collation_name IS NULL";
    let Some(bench) = bench() else { return };
    bench.store(NAME).await.close().await;
    for query in [OTHERS, PLAIN] {
        assert_eq!(bench.rows(NAME, query).await, [""; 0]);
    }
}
