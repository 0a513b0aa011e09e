//! The command `history`: what operators learn of the log.
#![cfg(unix)]

mod program;

use std::fs;

use model::Time;
use program::Program;
use store::change::{Actor, ActorKind, ChangeSet, Header, Origin, RowChange};
use testkit::{Bench, Kind, on_both_databases};

const DIRECTORY: &str = include_str!("data/directory.json");
const NAME: &str = "a.db";

on_both_databases! {
    the_operator_sees_who_changed_what
    the_changes_of_an_organization_are_told
}

/// A directory whose network was renamed by somebody, and the moment of that.
async fn renamed(bench: &Bench) -> (Program, Time) {
    let program = Program::new().with("PEERINGD_DATABASE", &bench.url(NAME).await);
    fs::write(program.folder().join("directory.json"), DIRECTORY).expect("writable");
    let loaded = program.run("load --allow-plaintext-secrets directory.json");
    assert_eq!(loaded.status, 0, "{}", loaded.stderr);
    let store = bench.store(NAME).await;
    let mut net = store.records(model::Tag::Net).await.expect("networks").remove(0);
    let name = net.tag().table().position("name").expect("a field");
    net.put(name, model::Value::text("Renamed \"Net\"")).expect("a text");
    // The clock of the machine made the first change.
    let at = Time::parse("2999-01-01T00:00:00Z").expect("a time");
    let actor = Actor {
        kind: ActorKind::UserKey,
        id: Some(5),
        name: Some("ada (abcdefgh)".into()),
        address: Some("192.0.2.7".into()),
    };
    let header = Header { at, actor, origin: Origin::Api, command_id: "rename".into() };
    store.commit(&ChangeSet { header, rows: vec![RowChange::Put(net)] }).await.expect("a commit");
    store.close().await;
    (program, at)
}

async fn the_operator_sees_who_changed_what(kind: Kind) {
    let bench = Bench::new(kind);
    let (program, _) = renamed(&bench).await;
    let ended = program.run("history net 7");
    assert_eq!((ended.status, ended.stderr.as_str()), (0, ""));
    let start = "2999-01-01T00:00:00Z  2  net 7  update  by user_key 5 ada (abcdefgh) from 192.0.2.7 (api)\n    \
                 name: \"Example Net\" -> \"Renamed \\\"Net\\\"\"\n";
    assert!(ended.stdout.starts_with(start), "{}", ended.stdout);
    assert!(ended.stdout.contains("  1  net 7  load  by system (cli)\n"), "{}", ended.stdout);
    assert!(ended.stdout.contains("\n    info_prefixes4: 10\n"), "{}", ended.stdout);
    assert!(ended.stdout.contains("\nThat is all. The log begins 20"), "{}", ended.stdout);
    let first = program.run("history net 7 --limit 1");
    assert!(first.stdout.contains("\nThere is more: raise --limit. The log begins "), "{}", first.stdout);
    let unknown = program.run("history net 8");
    assert_eq!(
        (unknown.status, unknown.stderr.as_str()),
        (2, "peeringd: net 8: the log knows no such record: give the id of one that is or was there\n")
    );
}

async fn the_changes_of_an_organization_are_told(kind: Kind) {
    let bench = Bench::new(kind);
    let (program, _) = renamed(&bench).await;
    let ended = program.run("history --org 1 --json");
    assert_eq!((ended.status, ended.stderr.as_str()), (0, ""));
    let entries: Vec<serde_json::Value> =
        ended.stdout.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let told: Vec<String> =
        entries.iter().map(|e| format!("{} {} {}", e["seq"], e["tag"], e["action"])).collect();
    assert_eq!(told, ["2 \"net\" \"update\"", "1 \"net\" \"load\"", "1 \"org\" \"load\""]);
    assert_eq!(
        entries[0]["actor"],
        serde_json::json!({ "kind": "user_key", "id": 5, "name": "ada (abcdefgh)", "address": "192.0.2.7" })
    );
    assert_eq!(entries[0]["changes"]["name"], serde_json::json!(["Example Net", "Renamed \"Net\""]));
}
