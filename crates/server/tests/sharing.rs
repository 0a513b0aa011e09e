//! Two servers and commands on one database: what one process commits, the others show.
#![cfg(unix)]

mod program;

use std::fs;
use std::time::{Duration, Instant};

use model::Time;
use model::records::Org;
use program::{Program, Server};
use store::change::{Actor, ChangeSet, Header, Origin, RowChange};
use testkit::{Bench, Kind, on_both_databases};

const DIRECTORY: &str = include_str!("data/directory.json");

const DEADLINE: Duration = Duration::from_secs(60);

on_both_databases! {
    what_one_process_commits_the_others_show
    who_names_a_change_sees_it_on_every_process
}

fn rename(command: &str, name: &str) -> ChangeSet {
    let header =
        Header { at: Time(5), actor: Actor::SYSTEM, origin: Origin::Cli, command_id: command.to_owned() };
    let org = Org { id: 1, name: name.into(), ..Default::default() };
    ChangeSet { header, rows: vec![RowChange::Put(org.into())] }
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

async fn what_one_process_commits_the_others_show(kind: Kind) {
    let bench = Bench::new(kind);
    let url = bench.url("a.db").await;
    let program = Program::new().with("PEERINGD_DATABASE", &url);
    fs::write(program.folder().join("directory.json"), DIRECTORY).expect("writable");
    let loaded = program.run("load --allow-plaintext-secrets directory.json");
    assert_eq!(loaded.status, 0, "{}", loaded.stderr);

    let servers = [program.serve("serve --listen 127.0.0.1:0"), program.serve("serve --listen 127.0.0.1:0")];
    // The test is a third process.
    let store = bench.store("a.db").await;
    for (command, name) in [("a", "First Name"), ("b", "Second Name")] {
        store.commit(&rename(command, name)).await.expect("a commit");
        servers.iter().for_each(|server| wait_for(server, name));
    }

    let again = program.run("load --allow-plaintext-secrets directory.json");
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
