//! Mail, tickets and jobs as operators look after them.
#![cfg(unix)]

mod program;

use std::fs;
use std::time::{Duration, Instant};

use program::Program;
use serde_json::{Value as Json, json};
use testkit::SmtpFake;

const DEADLINE: Duration = Duration::from_secs(120);

/// A database with two mails and a ticket, which came with a backup.
fn with_mail() -> Program {
    let program = Program::new();
    let mut whole: Json = serde_json::from_str(include_str!("data/directory.json")).expect("JSON");
    let mail = |id: u32, state: &str, to: &str| {
        json!({
            "id": id, "created": "2026-01-01T00:00:00Z", "kind": "ticket", "to": [to], "cc": [],
            "subject": format!("Subject {id}"), "body": "Look at it.", "key": null, "answers": null,
            "state": state, "attempts": 0, "last_error": null,
        })
    };
    whole["mails"] = json!([mail(3, "queued", "ada@one.example"), mail(5, "failed", "bob@two.example")]);
    whole["tickets"] = json!([{
        "id": 2, "created": "2026-01-01T00:00:00Z", "kind": "queue", "subject": "Look", "body": "At it.",
        "key": "k", "type": "org", "object_id": 1, "mail_id": 3,
    }]);
    fs::write(program.folder().join("directory.json"), whole.to_string()).expect("writable");
    let loaded = program.run("load --database sqlite:a.db --allow-plaintext-secrets directory.json");
    assert_eq!(loaded.status, 0, "{}", loaded.stderr);
    assert!(
        loaded.stdout.contains("mails held, since they may have been sent meanwhile: 2;"),
        "{}",
        loaded.stdout
    );
    program
}

fn answer(program: &Program, words: &str) -> String {
    let ended = program.run(&format!("{words} --database sqlite:a.db"));
    assert_eq!((ended.status, ended.stderr.as_str()), (0, ""), "{words}");
    ended.stdout
}

fn refusal(program: &Program, words: &str) -> String {
    let ended = program.run(&format!("{words} --database sqlite:a.db"));
    assert_eq!((ended.status, ended.stdout.as_str()), (2, ""), "{words}");
    ended.stderr
}

fn states(program: &Program) -> Vec<(u64, String)> {
    let mails: Json = serde_json::from_str(&answer(program, "mail list --json")).expect("JSON");
    let state = |mail: &Json| {
        (mail["id"].as_u64().expect("a number"), mail["state"].as_str().expect("a word").to_owned())
    };
    mails.as_array().expect("a list").iter().map(state).collect()
}

#[test]
fn mail_is_listed_shown_and_queued_again() {
    let program = with_mail();
    let all = "     5  2026-01-01T00:00:00Z  failed   bob@two.example  Subject 5\n     \
               3  2026-01-01T00:00:00Z  held     ada@one.example  Subject 3\n";
    assert_eq!(answer(&program, "mail list"), all);
    assert_eq!(answer(&program, "mail list --state queued"), "no mail\n");
    let shown = answer(&program, "mail show 3");
    assert!(shown.contains("\nState: held\nLast error: it came with a backup,"), "{shown}");
    assert!(shown.ends_with("\nTo: ada@one.example\nSubject: Subject 3\n\nLook at it.\n"), "{shown}");
    assert!(refusal(&program, "mail retry 3 4").contains("4: no mail that is queued, failed or held: "));
    assert_eq!(states(&program)[1], (3, "held".to_owned()), "all or none");
    assert_eq!(answer(&program, "mail retry 3 5"), "queued 2 mails again\n");
    assert_eq!(states(&program), [(5, "queued".to_owned()), (3, "queued".to_owned())]);
    assert!(refusal(&program, "mail show 4").contains("4: no such mail: see `peeringd mail list`"));
    assert!(refusal(&program, "mail show x").contains("ID x: not a number"));
}

#[test]
fn tickets_are_listed_and_closed() {
    let program = with_mail();
    let open = "     2  2026-01-01T00:00:00Z  open     queue  org 1  Look\n";
    assert_eq!(answer(&program, "tickets list"), open);
    assert_eq!(answer(&program, "tickets close 2"), "closed 1 ticket\n");
    assert!(refusal(&program, "tickets close 2").contains("2: no open ticket: see `peeringd tickets list`"));
    assert_eq!(answer(&program, "tickets list"), "no ticket is open\n");
    assert!(answer(&program, "tickets list --all --json").contains("\"closed\": \"20"));
}

#[test]
fn jobs_are_listed_and_run_by_hand() {
    let program = with_mail();
    assert_eq!(answer(&program, "jobs list"), "no server has run a job on this database yet\n");
    assert!(answer(&program, "jobs run forget").starts_with("forget: done: "));
    assert!(answer(&program, "jobs list").starts_with("forget           cuts and erases"));
    let jobs: Json = serde_json::from_str(&answer(&program, "jobs list --json")).expect("JSON");
    assert_eq!(jobs[0]["last"]["outcome"], "done");
    let unknown = refusal(&program, "jobs run frogs");
    assert!(unknown.contains("frogs: there is no such job: name one of purge-contacts, forget"), "{unknown}");
    let unset = refusal(&program, "jobs run mail");
    assert!(unset.contains("mail: there is no such job: give --smtp, "), "{unset}");
    let failed = program.run("jobs run --database sqlite:a.db --smtp smtp://127.0.0.1:1 mail");
    assert_eq!(failed.status, 0, "nothing is queued: {}", failed.stdout);
    answer(&program, "mail retry 3");
    let failed = program.run("jobs run --database sqlite:a.db --smtp smtp://127.0.0.1:1 mail");
    assert_eq!(failed.status, 1, "{}", failed.stderr);
    assert!(failed.stdout.starts_with("mail: failed: smtp://127.0.0.1:1: "), "{}", failed.stdout);
}

#[test]
fn a_server_delivers_mail_and_runs_jobs() {
    let program = with_mail();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let mail_server = runtime.block_on(SmtpFake::start());
    let server = program.serve(&format!(
        "serve --database sqlite:a.db --listen 127.0.0.1:0 --public-url https://directory.example --smtp {}",
        mail_server.url()
    ));
    assert_eq!(answer(&program, "mail retry 3 5"), "queued 2 mails again\n");
    let end = Instant::now() + DEADLINE;
    while states(&program).iter().any(|(_, state)| state != "sent") {
        assert!(Instant::now() < end, "{:?}", states(&program));
    }
    let received = mail_server.received();
    let to: Vec<&str> = received.iter().flat_map(|mail| &mail.to).map(String::as_str).collect();
    assert_eq!(to, ["ada@one.example", "bob@two.example"]);
    assert_eq!(received[0].from, "support@directory.example");
    assert!(received[0].text.contains("\r\nMessage-ID: <3.1767225600000000@directory.example>\r\n"));
    let done = |name: &str| {
        let jobs: Json = serde_json::from_str(&answer(&program, "jobs list --json")).expect("JSON");
        let job = jobs.as_array().expect("a list").iter().find(|job| job["name"] == name).cloned();
        job.is_some_and(|job| job["last"]["outcome"] == "done")
    };
    while !["mail", "forget", "purge-contacts"].iter().all(|name| done(name)) {
        assert!(Instant::now() < end, "{}", answer(&program, "jobs list"));
    }
    assert_eq!(server.stop("TERM").0, Some(0));
}

#[test]
fn the_doctor_knocks_at_the_mail_server() {
    let program = with_mail();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let mail_server = runtime.block_on(SmtpFake::start());
    let examine =
        |url: &str| program.run(&format!("doctor --database sqlite:a.db --smtp {url} --json")).stdout;
    let well = examine(&mail_server.url());
    assert!(well.contains(&format!("{} lets us in", mail_server.url())), "{well}");
    let away = examine("smtp://ada:hunter2@127.0.0.1:1");
    assert!(away.contains("smtp://127.0.0.1:1: ") && !away.contains("hunter2"), "{away}");
}
