//! What is SQLite's own: files, and what stands where one was expected.

use std::fs;
use std::str::FromStr;

use store::{DatabaseUrl, Error, Mode, Store};
use testkit::{Bench, Kind, name_org};

const FILE: &str = "a.db";

/// The message of a refused opening, without the folder.
async fn refusal(bench: &Bench, mode: Mode) -> String {
    let error = bench.try_open(FILE, mode).await.expect_err("a refusal");
    error.to_string().replace(&format!("{}/", bench.folder().display()), "")
}

#[tokio::test]
async fn a_new_file_is_durable_and_its_owners_alone() {
    let bench = Bench::new(Kind::Sqlite);
    bench.store(FILE).await.close().await;
    assert_eq!(bench.rows(FILE, "PRAGMA journal_mode").await, ["wal"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let rights = fs::metadata(bench.path(FILE)).expect("a file").permissions().mode();
        assert_eq!(rights & 0o777, 0o600);
    }
}

#[tokio::test]
async fn what_is_no_database_of_ours_is_left_alone() {
    let bench = Bench::new(Kind::Sqlite);
    assert_eq!(
        refusal(&bench, Mode::Existing).await,
        "sqlite:a.db: there is no database; `peeringd load` makes one, or mend the path"
    );
    assert!(!bench.path(FILE).exists());
    fs::write(bench.path(FILE), "").expect("a file");
    assert!(refusal(&bench, Mode::Existing).await.contains("there is no database"));
    fs::write(bench.path(FILE), "hello").expect("a file");
    assert_eq!(
        refusal(&bench, Mode::Create).await,
        "sqlite:a.db: is no SQLite file; give the path of another file"
    );
    fs::write(bench.path(FILE), format!("SQLite format 3\0{}", "x".repeat(5000))).expect("a file");
    assert!(refusal(&bench, Mode::Create).await.contains("is no SQLite file"));
    fs::remove_file(bench.path(FILE)).expect("removed");
    bench.run(FILE, "CREATE TABLE meta (x); CREATE TABLE songs (x)").await;
    let before = fs::read(bench.path(FILE)).expect("bytes");
    assert_eq!(
        refusal(&bench, Mode::Create).await,
        "sqlite:a.db: is a database of another program; give the path of another file"
    );
    assert!(fs::read(bench.path(FILE)).expect("bytes") == before);
}

#[tokio::test]
async fn places_without_a_file_are_named() {
    let bench = Bench::new(Kind::Sqlite);
    fs::create_dir(bench.path(FILE)).expect("a folder");
    assert!(refusal(&bench, Mode::Create).await.contains("is a directory and no SQLite file"));
    let nowhere = DatabaseUrl::from_str("sqlite:/nowhere/at/all/a.db").expect("a url");
    let error = Store::open(&nowhere, Mode::Create).await.expect_err("a refusal");
    assert_eq!(
        error.to_string(),
        "sqlite:/nowhere/at/all/a.db: cannot be opened; check that the folder exists and may be written"
    );
}

/// As when the disk is full: SQLite undoes the transaction at once, and the driver is not told.
#[tokio::test]
async fn a_transaction_that_sqlite_undid_by_itself_leaves_a_store_that_writes() {
    const TRIGGER: &str = "CREATE TRIGGER undo BEFORE INSERT ON org WHEN new.id = 2 \
                           BEGIN SELECT RAISE(ROLLBACK, 'no room'); END";
    let bench = Bench::new(Kind::Sqlite);
    let store = bench.store(FILE).await;
    let set = |id: u32| name_org(&format!("c{id}"), id, &format!("Org {id}"));
    store.commit(&set(1)).await.expect("a commit");
    bench.run(FILE, TRIGGER).await;
    let error = store.commit(&set(2)).await.expect_err("a refusal");
    assert!(matches!(error, Error::Constraint { .. }), "{error}");
    assert_eq!(store.commit(&set(3)).await.expect("a commit").seq, 2);
}
