//! The long way: a directory is loaded, checked, written out, served and asked.
#![cfg(unix)]

mod program;

use std::fs;

use program::Program;

/// An organization, its network, and a person with a key.
const DIRECTORY: &str = include_str!("data/directory.json");

fn loaded() -> Program {
    let program = Program::new();
    fs::write(program.folder().join("directory.json"), DIRECTORY).expect("writable");
    let ended = program.run("load --database sqlite:a.db --allow-plaintext-secrets directory.json");
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    let first = ended.stdout.lines().next();
    assert_eq!(first, Some("loaded 2 records, 1 account and 1 key into sqlite:a.db"));
    program
}

#[test]
fn readable_secrets_are_taken_only_when_that_is_allowed() {
    let program = Program::new();
    fs::write(program.folder().join("directory.json"), DIRECTORY).expect("writable");
    let ended = program.run("load --database sqlite:a.db directory.json");
    assert_eq!(ended.status, 2);
    assert!(ended.stderr.contains("--allow-plaintext-secrets"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("a password for tests"), "{}", ended.stderr);
    assert!(!program.folder().join("a.db").exists());
}

#[test]
fn what_was_loaded_is_whole_and_comes_back() {
    let program = loaded();
    let checked = program.run("check --database sqlite:a.db");
    assert_eq!(
        (checked.status, checked.stdout.as_str()),
        (0, "sqlite:a.db is whole\n"),
        "{}",
        checked.stderr
    );
    let dumped = program.run("dump --database sqlite:a.db one.json");
    assert_eq!(
        (dumped.status, dumped.stdout.as_str()),
        (0, "wrote 2 records to one.json\n"),
        "{}",
        dumped.stderr
    );
    assert_eq!(program.run("load --database sqlite:b.db one.json").status, 0);
    assert_eq!(program.run("dump --database sqlite:b.db two.json").status, 0);
    let read = |name: &str| fs::read_to_string(program.folder().join(name)).expect("a backup");
    assert_eq!(read("one.json"), read("two.json"));
    assert!(!read("one.json").contains("0123456789abcdef"), "a backup holds hashes alone");
}

#[test]
fn a_database_is_served_until_a_signal_asks_to_stop() {
    let program = loaded();
    for signal in ["TERM", "INT"] {
        let server = program.serve("serve --database sqlite:a.db --listen 127.0.0.1:0");
        let (status, body) = server.get("/api/net?asn=64500", "");
        assert_eq!(status, "HTTP/1.1 200 OK");
        assert!(body.contains("\"Example Net\""), "{body}");
        let key = "Authorization: Api-Key readerAA.0123456789abcdef0123456789abcdef\r\n";
        assert_eq!(server.get("/api/net/7", key).0, "HTTP/1.1 200 OK");
        let wrong = "Authorization: Api-Key readerAA.00000000000000000000000000000000\r\n";
        assert_eq!(server.get("/api/net/7", wrong).0, "HTTP/1.1 401 Unauthorized");
        assert_eq!(server.stop(signal), (Some(0), String::new()));
    }
}

#[test]
fn a_taken_port_is_told_in_one_line() {
    let program = loaded();
    let server = program.serve("serve --database sqlite:a.db --listen 127.0.0.1:0");
    let listen = format!("--listen {}", server.address);
    for command in [format!("serve --database sqlite:a.db {listen}"), format!("demo {listen}")] {
        let ended = program.run(&command);
        assert_eq!(ended.status, 2);
        assert_eq!(
            ended.stderr,
            format!(
                "peeringd: {listen}: Address already in use: stop the program that listens there, or choose another \
                 port\n"
            )
        );
    }
    assert!(!program.folder().join("peeringd-demo").exists(), "a demo that cannot be served is not made");
}

#[test]
fn a_demo_welcomes_serves_and_starts_again() {
    let program = Program::new();
    let key =
        demo::accounts(7).into_iter().find(|account| account.username == "user").expect("a user").api_key;
    for run in ["first", "second"] {
        let server = program.serve("demo --listen 127.0.0.1:0 --seed 7");
        let contacts = "/api/poc?visible=Users&limit=1";
        let (_, guest) = server.get(contacts, "");
        let (status, user) = server.get(contacts, &format!("Authorization: Api-Key {key}\r\n"));
        assert_eq!(status, "HTTP/1.1 200 OK", "{run}");
        assert!(!guest.contains("\"role\"") && user.contains("\"role\""), "{run}: {guest} {user}");
        let address = server.address;
        let (status, welcome) = server.stop("INT");
        assert_eq!(status, Some(0), "{run}");
        for part in [&format!("http://{address}/api/"), "rm -r peeringd-demo", "GeoNames", &key] {
            assert!(welcome.contains(part), "{run}: {part} in {welcome}");
        }
        assert_eq!(welcome.contains("Making up a small directory"), run == "first");
    }
}

#[test]
fn a_demo_that_was_interrupted_while_it_was_made_is_made_anew() {
    let program = Program::new();
    program.serve("demo --listen 127.0.0.1:0").stop("INT");
    let folder = program.folder().join("peeringd-demo");
    fs::remove_file(folder.join("small-1.complete")).expect("it was complete");
    fs::write(folder.join("small-1.db"), "half a database").expect("writable");
    let server = program.serve("demo --listen 127.0.0.1:0");
    assert_eq!(server.get("/api/net?limit=1", "").0, "HTTP/1.1 200 OK");
    let (status, welcome) = server.stop("INT");
    assert_eq!(status, Some(0));
    assert!(welcome.contains("Making up a small directory"), "{welcome}");
}

/// The questions of the README: path, and header line or nothing.
fn questions_of_the_readme() -> Vec<(String, String)> {
    let text = include_str!("../../../README.md").replace("\\\n", " ");
    let (_, after) = text.split_once("Leave it running").expect("the README invites to ask");
    let (_, after) = after.split_once("```sh\n").expect("it has commands");
    let (block, _) = after.split_once("```").expect("they end");
    let commands = block.lines().filter_map(|line| line.strip_prefix("curl "));
    commands
        .map(|command| {
            let header = command.strip_prefix("-H '").and_then(|rest| rest.split_once('\''));
            let header = header.map(|(header, _)| format!("{header}\r\n")).unwrap_or_default();
            let (_, path) = command.split_once("http://127.0.0.1:8080").expect("a question to the demo");
            (path.trim_end_matches(['\'', ' ']).to_owned(), header)
        })
        .collect()
}

#[test]
fn what_the_readme_asks_a_demo_has_an_answer() {
    let program = Program::new();
    let server = program.serve("demo --listen 127.0.0.1:0");
    let questions = questions_of_the_readme();
    assert!(questions.len() > 5, "{questions:?}");
    for (path, header) in questions {
        let (status, body) = server.get(&path, &header);
        assert_eq!(status, "HTTP/1.1 200 OK", "{path}: {body}");
        assert!(body.contains("\": "), "{path} finds something: {body}");
        assert!(!body.starts_with("{\"data\": []"), "{path} finds something");
    }
}
