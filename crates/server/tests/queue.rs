//! The commands about what waits for approval, beside a running server.
#![cfg(unix)]

mod program;

use std::fs;

use program::Program;
use serde_json::Value as Json;

const DIRECTORY: &str = include_str!("data/directory.json");
const LOAD: &str = "load --database sqlite:a.db --allow-plaintext-secrets directory.json";
const SERVE: &str = "serve --database sqlite:a.db --listen 127.0.0.1:0";

/// The directory with two organizations that wait, one of them since years.
fn with_waiting() -> Program {
    let program = Program::new();
    let mut directory: Json = serde_json::from_str(DIRECTORY).expect("JSON");
    let orgs = directory["org"].as_array_mut().expect("a list");
    for (id, name) in [(901, "Old Waits"), (902, "New Waits")] {
        let mut org = orgs[0].clone();
        org["id"] = id.into();
        org["name"] = name.into();
        org["status"] = "pending".into();
        orgs.push(org);
    }
    directory["verification_queue"] = serde_json::json!([
        { "type": "org", "object_id": 901, "user_id": null, "created": "2020-01-01T00:00:00Z" },
        { "type": "org", "object_id": 902, "user_id": null, "created": "2200-01-01T00:00:00Z" },
    ]);
    fs::write(program.folder().join("directory.json"), directory.to_string()).expect("writable");
    let loaded = program.run(LOAD);
    assert_eq!(loaded.status, 0, "{}", loaded.stderr);
    program
}

#[test]
fn what_waits_is_listed_shown_and_decided_beside_a_server() {
    let program = with_waiting();
    let server = program.serve(SERVE);
    let run = |words: &str| {
        let ended = program.run(&format!("queue {words} --database sqlite:a.db"));
        assert_eq!(ended.status, 0, "{words}: {}", ended.stderr);
        ended.stdout
    };
    assert_eq!(
        run("list"),
        "org 901  Old Waits  since 2020-01-01T00:00:00Z\n\
         org 902  New Waits  since 2200-01-01T00:00:00Z\n\
         2 records wait for approval\n"
    );
    let list: Json = serde_json::from_str(&run("list --json")).expect("JSON");
    assert_eq!((&list[0]["type"], &list[0]["id"]), (&"org".into(), &901.into()));
    let shown = run("show org:901");
    assert!(shown.contains("\n  city: \"Paris\"\n"), "{shown}");
    let shown: Json = serde_json::from_str(&run("show org 901 --json")).expect("JSON");
    assert_eq!(shown["record"]["status"], "pending");

    assert_eq!(run("approve org 901"), "org 901 approved (change 2)\n");
    assert_eq!(server.get("/api/org/902", "").0, "HTTP/1.1 200 OK", "who knows the id sees what waits");
    let denied: Json = serde_json::from_str(&run("deny org-902 --reason Twice --json")).expect("JSON");
    assert_eq!((&denied["decision"], &denied["change"]), (&"denied".into(), &3.into()));
    server.get_until("/api/org/902", "HTTP/1.1 404 Not Found");
    let (_, body) = server.get("/api/org?id=901&fields=status", "");
    assert!(body.contains(r#""status": "ok""#) || body.contains(r#""status":"ok""#), "{body}");
    assert_eq!(run("list"), "0 records wait for approval\n");
    let check = program.run("check --database sqlite:a.db");
    assert_eq!(check.status, 0, "{}", check.stdout);
}

#[test]
fn what_cannot_be_decided_is_told_with_a_remedy() {
    let program = with_waiting();
    for (words, told) in [
        (
            "approve org 1",
            "org 1: org 1 does not wait for approval: its status is ok.: see `peeringd queue list`",
        ),
        ("approve net 999", "net 999: there is no such net: see `peeringd queue list`"),
        ("show org 1", "org 1: does not wait for approval: see `peeringd queue list`"),
        ("deny 901", "901: names no record: give type and id, such as fac 17 or fac:17"),
        (
            "approve org 901 --owner x",
            "--owner x: not a whole number from 1 on: give the id of an organization",
        ),
    ] {
        let ended = program.run(&format!("queue {words} --database sqlite:a.db"));
        assert_eq!((ended.status, ended.stdout.as_str()), (2, ""), "{words}");
        assert!(ended.stderr.contains(told), "{words}: {}", ended.stderr);
    }
}

#[test]
fn what_waited_too_long_expires_only_when_told_to() {
    let program = with_waiting();
    let expire = |words: &str| {
        let ended = program.run(&format!("queue expire --database sqlite:a.db {words}"));
        assert_eq!(ended.status, 0, "{}", ended.stderr);
        ended.stdout
    };
    let told = expire("");
    assert!(told.starts_with("org 901  Old Waits  "), "{told}");
    assert!(told.ends_with("1 record has waited for more than 90 days; --commit deletes them, and tells those who asked for them\n"), "{told}");
    assert_eq!(expire("--commit"), "org 901 expired (change 2)\n");
    assert_eq!(expire("--commit"), "0 records have waited for more than 90 days\n");
    let list = program.run("queue list --database sqlite:a.db").stdout;
    assert!(!list.contains("901") && list.contains("902"), "{list}");
}

#[test]
fn a_directory_to_learn_with_lets_nothing_wait() {
    let program = with_waiting();
    for words in ["--tutorial", "--suggestion-org none --approve-exchanges on"] {
        let server = program.serve(&format!("{SERVE} {words}"));
        assert_eq!(server.get("/healthz", "").0, "HTTP/1.1 200 OK", "{words}");
    }
    let refused = program.run(&format!("{SERVE} --approve-exchanges maybe"));
    assert_eq!(refused.status, 2);
    assert!(refused.stderr.contains("--approve-exchanges maybe: no such choice: give on or off"));
}
