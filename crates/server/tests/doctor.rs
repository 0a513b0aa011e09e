//! `peeringd doctor`: what it finds in installations that have something wrong.
#![cfg(unix)]

mod program;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use program::{Ended, Program};
use serde_json::Value as Json;
use testkit::{Bench, Kind, on_both_databases};

const DIRECTORY: &str = include_str!("data/directory.json");

const NAME: &str = "a.db";

/// A program whose database holds a directory.
async fn loaded(bench: &Bench) -> Program {
    let program = Program::new().with("PEERINGD_DATABASE", &bench.url(NAME).await);
    fs::write(program.folder().join("directory.json"), DIRECTORY).expect("writable");
    let loaded = program.run("load --allow-plaintext-secrets directory.json");
    assert_eq!(loaded.status, 0, "{}", loaded.stderr);
    program
}

/// The lines of one grade.
fn lines<'a>(ended: &'a Ended, grade: &str) -> Vec<&'a str> {
    ended.stdout.lines().filter(|line| line.starts_with(grade)).collect()
}

/// The one line about something that begins with this grade.
fn line(ended: &Ended, grade: &str, what: &str) -> String {
    let own = |line: &&&str| line[6..].starts_with(what);
    let found = lines(ended, grade);
    let found: Vec<&str> = found.iter().filter(own).copied().collect();
    assert_eq!(found.len(), 1, "{grade} {what}: {}", ended.stdout);
    found[0].split_whitespace().collect::<Vec<_>>().join(" ")
}

on_both_databases! {
    a_sound_installation_has_no_faults
    a_gap_in_the_log_is_a_fault
    other_versions_are_told_and_left_as_they_are
    a_directory_that_is_not_there_is_a_fault
}

async fn a_sound_installation_has_no_faults(kind: Kind) {
    let bench = Bench::new(kind);
    let program = loaded(&bench).await;
    let ended = program.run("doctor");
    // A server for tests may do without durability, which is then the one fault.
    let faults = lines(&ended, "fail").into_iter().filter(|line| !line.contains("durability"));
    assert_eq!(faults.collect::<Vec<_>>(), [""; 0]);
    assert_eq!(ended.status, i32::from(ended.stdout.contains("fail  durability")), "{}", ended.stdout);
    assert_eq!(
        line(&ended, "ok", "options"),
        "ok options set by PEERINGD_DATABASE, the others at their defaults"
    );
    assert_eq!(line(&ended, "ok", "log of changes"), "ok log of changes changes 1 to 1 without a gap");
    assert_eq!(
        line(&ended, "ok", "public URL"),
        "ok public URL http://127.0.0.1:8080, for this machine only"
    );
    let own: &[&str] = match kind {
        Kind::Sqlite => &["file rights", "folder", "journal"],
        Kind::Postgres => &["PostgreSQL", "rights", "connections", "notifications", "clock"],
    };
    for what in own {
        line(&ended, "ok", what);
    }
    assert_eq!(ended.stderr, "");
}

async fn a_gap_in_the_log_is_a_fault(kind: Kind) {
    let bench = Bench::new(kind);
    let program = loaded(&bench).await;
    let gap = "INSERT INTO change (seq, at, actor_kind, origin, command_id, format) \
               VALUES (4, 0, 'system', 'cli', 'x', 1)";
    bench.run(NAME, gap).await;
    let ended = program.run("doctor");
    assert_eq!(ended.status, 1);
    assert_eq!(
        line(&ended, "fail", "log of changes"),
        "fail log of changes 2 of 4 changes are missing see `peeringd check`, and restore a backup"
    );
}

async fn other_versions_are_told_and_left_as_they_are(kind: Kind) {
    const KEYS: &str = "SELECT value FROM meta WHERE key = 'name_key_version'";
    let bench = Bench::new(kind);
    let program = loaded(&bench).await;
    bench.run(NAME, "UPDATE meta SET value = '99' WHERE key = 'name_key_version'").await;
    let told = line(&program.run("doctor"), "warn", "keys of names");
    assert!(told.contains("have version \"99\""), "{told}");
    assert_eq!(bench.rows(NAME, KEYS).await, ["99"]);
    bench.run(NAME, "UPDATE meta SET value = '99' WHERE key = 'schema_epoch'").await;
    let ended = program.run("doctor");
    assert_eq!(ended.status, 1);
    let told = line(&ended, "fail", "schema");
    assert!(told.ends_with("use a newer program"), "{told}");
}

async fn a_directory_that_is_not_there_is_a_fault(kind: Kind) {
    let bench = Bench::new(kind);
    let program = Program::new().with("PEERINGD_DATABASE", &bench.url(NAME).await);
    let ended = program.run("doctor");
    assert_eq!(ended.status, 1);
    let told = line(&ended, "fail", "database");
    assert!(told.contains("`peeringd load`"), "{told}");
    bench.store(NAME).await.close().await;
    let told = line(&program.run("doctor"), "warn", "log of changes");
    assert!(told.contains("the database holds no directory"), "{told}");
}

#[tokio::test]
async fn a_file_that_others_may_read_is_a_fault_where_they_can_reach_it() {
    let bench = Bench::new(Kind::Sqlite);
    let program = loaded(&bench).await;
    let file = bench.path(NAME);
    let set =
        |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("rights");
    set(&file, 0o644);
    set(bench.folder(), 0o755);
    let folder = bench.folder().canonicalize().expect("a path");
    let lets_in = |folder: &Path| fs::metadata(folder).is_ok_and(|data| data.permissions().mode() & 1 != 0);
    // Scratch folders of this machine may be closed to others by a folder above.
    if folder.ancestors().all(lets_in) {
        let ended = program.run("doctor");
        assert_eq!(ended.status, 1);
        let told = line(&ended, "fail", "file rights");
        assert!(told.ends_with(&format!("chmod 600 {}", file.display())), "{told}");
    }
    set(bench.folder(), 0o700);
    let told = line(&program.run("doctor"), "ok", "file rights");
    assert!(told.ends_with("does not let in"), "{told}");
}

#[tokio::test]
async fn a_journal_of_another_mode_is_told() {
    let bench = Bench::new(Kind::Sqlite);
    let program = loaded(&bench).await;
    assert_eq!(bench.rows(NAME, "PRAGMA journal_mode = delete").await, ["delete"]);
    line(&program.run("doctor"), "warn", "journal");
    assert_eq!(bench.rows(NAME, "PRAGMA journal_mode").await, ["delete"], "and left as it is");
}

#[tokio::test]
async fn rights_that_are_missing_are_a_fault() {
    if !Kind::Postgres.is_here() {
        return;
    }
    let bench = Bench::new(Kind::Postgres);
    let program = loaded(&bench).await;
    let url = bench.url(NAME).await;
    let (_, host) = url.split_once('@').expect("a user");
    let role = format!("reader_of_{}", host.split(['/', '?']).nth(1).expect("a name"));
    let made = format!("CREATE ROLE {role} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}");
    bench.run(NAME, &made).await;
    let ended = program.run(&format!("doctor --database postgres://{role}@{host}"));
    bench.run(NAME, &format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
    assert_eq!(ended.status, 1, "{}", ended.stdout);
    let told = line(&ended, "fail", "rights");
    assert!(told.contains("tables are not the user's to write and change"), "{told}");
}

/// Answers every request with this status line.
fn service(status: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 4096]);
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    format!("http://{address}/")
}

#[tokio::test]
async fn services_are_asked_when_they_are_named() {
    let bench = Bench::new(Kind::Sqlite);
    let program = loaded(&bench).await;
    let (well, ill) = (service("404 Not Found"), service("503 Service Unavailable"));
    let ended = program.run(&format!(
        "doctor --geocoder {ill} --rdap {well} --egress-gateway http://127.0.0.1:1/x?key=secret"
    ));
    assert_eq!(ended.status, 0, "the directory does without them: {}", ended.stdout);
    line(&ended, "ok", "RDAP");
    let told = line(&ended, "warn", "geocoder");
    assert!(told.contains("answers with status 503") && told.ends_with("correct --geocoder"), "{told}");
    let told = line(&ended, "warn", "egress gateway");
    assert!(
        told.contains("no connection") && told.ends_with("correct --egress-gateway, or leave it out"),
        "{told}"
    );
    assert!(!ended.stdout.contains("secret"), "{}", ended.stdout);
}

#[tokio::test]
async fn addresses_that_send_keys_in_clear_are_told() {
    let bench = Bench::new(Kind::Sqlite);
    let program = loaded(&bench).await;
    for (options, expected) in [
        ("--listen 0.0.0.0:80", "links in answers begin with http://localhost:80"),
        ("--public-url http://192.0.2.1", "http://192.0.2.1 sends keys and passwords in clear"),
    ] {
        let ended = program.run(&format!("doctor {options}"));
        let told = line(&ended, "warn", "public URL");
        assert!(told.contains(expected) && told.ends_with("--public-url https://NAME"), "{told}");
    }
    let ended = program.run("doctor --listen 0.0.0.0:80 --public-url https://localhost");
    line(&ended, "ok", "public URL");
    assert!(line(&ended, "ok", "public name").contains("127.0.0.1"), "{}", ended.stdout);
    // The one name that is promised to lead nowhere (RFC 6761).
    line(&program.run("doctor --public-url https://directory.invalid"), "warn", "public name");
}

#[test]
fn wrong_options_are_a_fault_and_strays_are_told() {
    let program = Program::new().with("PEERINGD_LISTN", "x");
    let ended = program.run("doctor --listen nowhere");
    assert_eq!(ended.status, 1);
    assert_eq!(
        line(&ended, "fail", "options"),
        "fail options --listen nowhere: not an IP address with a port: give ADDR:PORT, such as 127.0.0.1:8080 or \
         [::]:80"
    );
    assert_eq!(
        line(&ended, "warn", "options"),
        "warn options PEERINGD_LISTN sets no option unset it, or correct its name"
    );
}

#[test]
fn a_database_that_cannot_be_reached_is_told_without_its_password() {
    let program = Program::new();
    let ended = program.run("doctor --json --database postgres://me:secret@127.0.0.1:1/x");
    assert_eq!((ended.status, ended.stderr.as_str()), (1, ""));
    assert!(!ended.stdout.contains("secret"), "{}", ended.stdout);
    let document: Json = serde_json::from_str(&ended.stdout).expect("JSON");
    assert_eq!(document["fail"], 1);
    let findings = document["findings"].as_array().expect("a list");
    let database = findings.iter().find(|finding| finding["what"] == "database").expect("a finding");
    assert_eq!(database["grade"], "fail");
    assert!(database["detail"].as_str().is_some_and(|text| text.contains("cannot be reached")), "{database}");
}
