//! Two servers and commands on one database: what one process commits, the others show.
#![cfg(unix)]

mod program;

use std::fs;
use std::time::{Duration, Instant};

use program::{Program, Server};
use store::change::ChangeSet;
use testkit::{Bench, Kind, name_org, on_both_databases};

const DIRECTORY: &str = include_str!("data/directory.json");

const NAME: &str = "a.db";

const DEADLINE: Duration = Duration::from_secs(60);

on_both_databases! {
    what_one_process_commits_the_others_show
    servers_publish_what_a_command_beside_them_loads
    a_process_that_was_stopped_for_a_while_catches_up
    a_gap_in_the_log_means_that_everything_is_read_again
    who_names_a_change_sees_it_on_every_process
}

fn rename(command: &str, name: &str) -> ChangeSet {
    name_org(command, 1, name)
}

/// Asks until the answer holds a text.
fn wait_for(server: &Server, text: &str) {
    let start = Instant::now();
    loop {
        let (_, body) = server.get("/api/org/1", "");
        if body.contains(text) {
            return;
        }
        assert!(start.elapsed() < DEADLINE, "no {text} in {body}");
    }
}

/// A program with a file to load, on a database of its own.
async fn program(bench: &Bench) -> Program {
    let program = Program::new().with("PEERINGD_DATABASE", &bench.url(NAME).await);
    fs::write(program.folder().join("directory.json"), DIRECTORY).expect("writable");
    program
}

const LOAD: &str = "load --allow-plaintext-secrets directory.json";
const SERVE: &str = "serve --listen 127.0.0.1:0";

async fn what_one_process_commits_the_others_show(kind: Kind) {
    let bench = Bench::new(kind);
    let program = program(&bench).await;
    let loaded = program.run(LOAD);
    assert_eq!(loaded.status, 0, "{}", loaded.stderr);

    let servers = [program.serve(SERVE), program.serve(SERVE)];
    // The test is a third process.
    let store = bench.store(NAME).await;
    for (command, name) in [("a", "First Name"), ("b", "Second Name")] {
        store.commit(&rename(command, name)).await.expect("a commit");
        servers.iter().for_each(|server| wait_for(server, name));
    }

    let again = program.run(LOAD);
    assert!(again.status == 2 && again.stderr.contains("holds a directory already"), "{}", again.stderr);
    assert_eq!(program.run("check").status, 0);
    assert_eq!(program.run("dump all.json").status, 0);
    assert!(fs::read_to_string(program.folder().join("all.json")).expect("a file").contains("Second Name"));

    let [one, other] = servers;
    assert_eq!(one.stop("TERM").0, Some(0));
    store.commit(&rename("c", "Third Name")).await.expect("a commit");
    wait_for(&other, "Third Name");
    assert_eq!(other.stop("TERM").0, Some(0));
}

async fn servers_publish_what_a_command_beside_them_loads(kind: Kind) {
    const KEY: &str = "Authorization: Api-Key readerAA.0123456789abcdef0123456789abcdef\r\n";
    let bench = Bench::new(kind);
    let program = program(&bench).await;
    bench.store(NAME).await.close().await;
    let servers = [program.serve(SERVE), program.serve(SERVE)];
    for server in &servers {
        assert_eq!(server.get("/api/net/7", "").0, "HTTP/1.1 404 Not Found");
    }
    let loaded = program.run(LOAD);
    assert_eq!(loaded.status, 0, "{}", loaded.stderr);
    for server in &servers {
        server.get_until("/api/net/7", "HTTP/1.1 200 OK");
        assert_eq!(server.get("/api/net/7", KEY).0, "HTTP/1.1 200 OK", "keys are followed too");
    }
}

async fn a_process_that_was_stopped_for_a_while_catches_up(kind: Kind) {
    let bench = Bench::new(kind);
    let program = program(&bench).await;
    assert_eq!(program.run(LOAD).status, 0);
    let [stopped, running] = [program.serve(SERVE), program.serve(SERVE)];
    let store = bench.store(NAME).await;
    stopped.signal("STOP");
    for (command, name) in [("a", "First Name"), ("b", "Second Name"), ("c", "Third Name")] {
        store.commit(&rename(command, name)).await.expect("a commit beside a process that stands still");
        wait_for(&running, name);
    }
    stopped.signal("CONT");
    wait_for(&stopped, "Third Name");
    assert_eq!(stopped.stop("TERM").0, Some(0));
}

async fn a_gap_in_the_log_means_that_everything_is_read_again(kind: Kind) {
    // The row says what the log does not, so that nothing but a new reading shows it.
    const GAP: &str = "UPDATE org SET name = 'Unlogged' WHERE id = 1; \
                       INSERT INTO change (seq, at, actor_kind, origin, command_id, format) \
                       VALUES (3, 0, 'system', 'cli', 'gap', 1)";
    let bench = Bench::new(kind);
    let program = program(&bench).await;
    assert_eq!(program.run(LOAD).status, 0);
    let mut server = program.serve(SERVE);
    bench.run(NAME, GAP).await;
    server.wait_for("the log has a gap: reading everything again");
    wait_for(&server, "Unlogged");
    // From there on it follows as before.
    let store = bench.store(NAME).await;
    assert_eq!(store.commit(&rename("a", "After The Gap")).await.expect("a commit").seq, 4);
    wait_for(&server, "After The Gap");
}

async fn who_names_a_change_sees_it_on_every_process(kind: Kind) {
    let bench = Bench::new(kind);
    let url = bench.url("a.db").await;
    let program = Program::new().with("PEERINGD_DATABASE", &url);
    fs::write(program.folder().join("directory.json"), DIRECTORY).expect("writable");
    assert_eq!(program.run("load --allow-plaintext-secrets directory.json").status, 0);
    let servers = [program.serve("serve --listen 127.0.0.1:0"), program.serve("serve --listen 127.0.0.1:0")];
    let store = bench.store("a.db").await;
    for n in 0..5 {
        let name = format!("Name {n}");
        let sequence = store.commit(&rename(&format!("c{n}"), &name)).await.expect("a commit").seq;
        for server in &servers {
            let start = Instant::now();
            // On a machine that is busy for longer than the server waits, the answer says that it is an older one.
            while !shows(server, sequence, &name) {
                assert!(start.elapsed() < DEADLINE, "change {sequence} was never shown");
            }
        }
    }
}

/// Asks for a change by its number. Whether the answer says that it shows the change; then it has to.
fn shows(server: &Server, sequence: u64, name: &str) -> bool {
    let header = format!("X-Change-Seq: {sequence}\r\n");
    let (head, body) = server.exchange(server.address, "/api/org/1", &header);
    let told = head.lines().find_map(|line| line.strip_prefix("x-change-seq: "));
    let told: u64 = told.and_then(|told| told.parse().ok()).unwrap_or_else(|| panic!("no number in {head}"));
    assert!(told < sequence || body.contains(name), "{told} without {name}: {body}");
    told >= sequence
}
