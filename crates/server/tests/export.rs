//! Exports as people make and fetch them.
#![cfg(unix)]

mod program;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use program::Program;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use testkit::{Bench, Kind, on_both_databases};

const DIRECTORY: &str = include_str!("data/directory.json");

on_both_databases! {
    the_public_directory_is_written_beside_a_running_server
}

/// A database of this kind with an organization and its network.
async fn loaded(bench: &Bench) -> Program {
    let program = Program::new().with("PEERINGD_DATABASE", &bench.url("a.db").await);
    fs::write(program.folder().join("directory.json"), DIRECTORY).expect("writable");
    let loaded = program.run("load --allow-plaintext-secrets directory.json");
    assert_eq!(loaded.status, 0, "{}", loaded.stderr);
    program
}

async fn the_public_directory_is_written_beside_a_running_server(kind: Kind) {
    let bench = Bench::new(kind);
    let program = loaded(&bench).await;
    let server = program.serve("serve --listen 127.0.0.1:0");
    for (form, file) in [("sqlite", "a.sqlite"), ("json", "a.tar.gz")] {
        let ended = program.run(&format!("export {form} --public-url https://directory.example {file}"));
        let told = (ended.status, ended.stdout.as_str());
        assert_eq!(told, (0, format!("wrote 2 records to {file}\n").as_str()), "{}", ended.stderr);
    }
    assert_eq!(server.stop("TERM").0, Some(0));
    let options = SqliteConnectOptions::new().filename(program.folder().join("a.sqlite")).read_only(true);
    let mut file = options.connect().await.expect("a SQLite file");
    let name: String = sqlx::query_scalar("SELECT name FROM net WHERE asn = 64500")
        .fetch_one(&mut file)
        .await
        .expect("a row");
    let source: String = sqlx::query_scalar("SELECT value FROM meta WHERE key = 'source'")
        .fetch_one(&mut file)
        .await
        .expect("a row");
    assert_eq!((name.as_str(), source.as_str()), ("Example Net", "https://directory.example"));
    file.close().await.expect("closed");
    let bytes = fs::read(program.folder().join("a.sqlite")).expect("a file");
    assert!(!bytes.windows(6).any(|part| part == b"reader"), "people are in no export");
}

#[tokio::test]
async fn an_export_is_for_everybody_whom_the_system_lets_read() {
    let bench = Bench::new(Kind::Sqlite);
    let program = loaded(&bench).await;
    fs::write(program.folder().join("usual"), "").expect("writable");
    assert_eq!(program.run("export sqlite a.sqlite").status, 0);
    let mode = |name: &str| fs::metadata(program.folder().join(name)).expect("a file").permissions().mode();
    assert_eq!(mode("a.sqlite"), mode("usual"));
}

#[tokio::test]
async fn a_file_is_not_replaced_unless_that_is_asked_for() {
    let bench = Bench::new(Kind::Sqlite);
    let program = loaded(&bench).await;
    let path = program.folder().join("a");
    fs::write(&path, "mine").expect("writable");
    for form in ["sqlite", "json"] {
        let refused = program.run(&format!("export {form} a"));
        assert_eq!(
            (refused.status, refused.stderr.as_str()),
            (2, "peeringd: a: is there already; give another path, or --force to have it replaced\n")
        );
        assert_eq!(fs::read(&path).expect("a file"), b"mine");
    }
    assert_eq!(program.run("export json --force a").status, 0);
    assert!(fs::read(&path).expect("a file").starts_with(&[0x1f, 0x8b]));
    assert_eq!(program.run("export sqlite --force a").status, 0);
    assert!(fs::read(&path).expect("a file").starts_with(b"SQLite format 3\0"));
}

#[tokio::test]
async fn what_cannot_be_written_is_told_in_one_line_and_leaves_nothing_behind() {
    let bench = Bench::new(Kind::Sqlite);
    let program = loaded(&bench).await;
    fs::create_dir(program.folder().join("folder")).expect("made");
    // A file in the place of a folder keeps out administrators, too, whom permissions do not.
    for (words, line) in [
        ("sqlite folder", "folder: is no regular file; give the path of a file"),
        ("sqlite --force folder", "folder: is no regular file; give the path of a file"),
        ("json none/a.tar.gz", "none/a.tar.gz: cannot be written: No such file or directory"),
        ("sqlite directory.json/a", "directory.json/a: cannot be written: Not a directory"),
        ("sqlite --database sqlite:absent.db a", "sqlite:absent.db: there is no database"),
    ] {
        let before = fs::read_dir(program.folder()).expect("a folder").count();
        let ended = program.run(&format!("export {words}"));
        assert_eq!((ended.status, ended.stderr.lines().count()), (2, 1), "{words}: {}", ended.stderr);
        assert!(ended.stderr.starts_with(&format!("peeringd: {line}")), "{words}: {}", ended.stderr);
        assert_eq!(fs::read_dir(program.folder()).expect("a folder").count(), before, "{words}");
    }
}

#[tokio::test]
async fn a_download_that_cannot_be_made_is_told_and_nothing_else_suffers() {
    let bench = Bench::new(Kind::Sqlite);
    let program = loaded(&bench).await.with("TMPDIR", "/nowhere");
    let mut server = program.serve("serve --listen 127.0.0.1:0");
    for path in ["/dumps/directory.sqlite.gz", "/dumps/directory.tar.gz"] {
        let (status, body) = server.get(path, "");
        assert_eq!(status, "HTTP/1.1 503 Service Unavailable", "{path}");
        assert_eq!(body, "{\"meta\": {\"error\": \"The file cannot be made at the moment\"}}", "{path}");
        let line = server.wait_for("a file for download cannot be made");
        assert!(line.contains("(TMPDIR)"), "{line}");
    }
    assert_eq!(server.get("/api/net/7", "").0, "HTTP/1.1 200 OK");
    assert_eq!(server.stop("TERM").0, Some(0));
}
