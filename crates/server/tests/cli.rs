//! The program as people start it: what it says, and the status with which it ends.

mod program;

use std::fs;

use program::Program;

#[test]
fn the_commands_and_their_order_are_fixed() {
    let help = Program::new().run("--help");
    assert_eq!((help.status, help.stderr.as_str()), (0, ""));
    assert_eq!(
        help.stdout,
        "\
The public directory of networks, exchanges and facilities, in one program

Usage: peeringd <COMMAND>

Commands:
  demo     Make up a lifelike directory and serve it
  load     Load records, people and keys from files into a database
  serve    Serve the directory in a database
  dump     Write everything in a database to one file, as a backup that `load` reads
  export   Write the public directory to one file, for everybody
  mail     Look after outgoing mail
  tickets  Look after tickets to the support
  jobs     Look after work on a schedule
  check    Check that a database is whole; exit status 1 when it is not
  queue    Look at records that wait for approval, and decide about them
  history  Show what a record went through, or all that belongs to an organization, and who did it
  config   Show every option, its value and where the value comes from
  doctor   Examine an installation and tell what to mend; exit status 1 when something has to be

Options:
  -h, --help     Print help
  -V, --version  Print version

Every option can be set by a variable as well, such as PEERINGD_LISTEN for --listen.
"
    );
}

#[test]
fn the_version_is_told() {
    let version = Program::new().run("--version");
    assert_eq!(version.stdout, concat!("peeringd ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn no_command_gives_an_overview_and_status_2() {
    let ended = Program::new().run("");
    assert_eq!((ended.status, ended.stdout.as_str()), (2, ""));
    assert!(ended.stderr.contains("Commands:"), "{}", ended.stderr);
    assert!(ended.stderr.ends_with("peeringd: no command: nothing to do: give one of the commands above\n"));
}

#[test]
fn mistakes_end_with_status_2_and_one_line() {
    for (words, line) in [
        (
            "frobnicate",
            "peeringd: frobnicate: no such command: see `peeringd --help` and `peeringd COMMAND --help`",
        ),
        ("serve --listn 1", "peeringd: --listn: not known here: did you mean `--listen`?"),
        (
            "serve --listen nowhere",
            "peeringd: --listen nowhere: not an IP address with a port: give ADDR:PORT, such as 127.0.0.1:8080 or [::]:80",
        ),
        ("serve --rate-limits maybe", "peeringd: --rate-limits maybe: no such choice: give on or off"),
        (
            "check --database mysql://u:secret@h/n",
            "peeringd: --database mysql://***@h/n: an unknown kind of database: \
             give sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME",
        ),
        (
            "check --database sqlite:absent.db",
            "peeringd: sqlite:absent.db: there is no database; `peeringd load` makes one, or mend the path",
        ),
        (
            "serve --listen 127.0.0.1:0 --database sqlite:absent.db --log error",
            "peeringd: sqlite:absent.db: there is no database; `peeringd load` makes one, or mend the path",
        ),
        (
            "history net 10 11",
            "peeringd: net 10 11: names no record: give a type and an id, such as net 10, or --org ID",
        ),
        ("history net", "peeringd: net: names no record: give a type and an id, such as net 10, or --org ID"),
        ("history", "peeringd: TAG ID: missing: give a type and an id, such as net 10, or --org ID"),
        (
            "history nets 10",
            "peeringd: nets: no type of records: give one of org, campus, fac, ix, ixlan, ixpfx, net, poc, carrier, carrierfac, netfac, ixfac, netixlan",
        ),
        ("history net x", "peeringd: x: no id: give a whole number from 1 on"),
        ("history net 10 --org 1", "peeringd: --org 1: does not go with a record: leave one of them out"),
        (
            "history net 10 --limit 0",
            "peeringd: --limit 0: not a whole number from 1 on: give a whole number from 1 on",
        ),
        (
            "load --database sqlite:new.db absent.json",
            "peeringd: absent.json: cannot be read, No such file or directory: give a file that is there and readable",
        ),
    ] {
        let program = Program::new();
        let ended = program.run(words);
        assert_eq!((ended.status, ended.stdout.as_str()), (2, ""), "{words}");
        assert_eq!(ended.stderr, format!("{line}\n"), "{words}");
        assert_eq!(
            fs::read_dir(program.folder()).expect("readable").count(),
            0,
            "{words} leaves nothing behind"
        );
    }
}

#[test]
fn a_server_that_is_not_there_is_named_without_its_password() {
    let ended = Program::new().run("check --database postgres://u:secret@127.0.0.1:1/n");
    assert_eq!((ended.status, ended.stderr.lines().count()), (2, 1), "{}", ended.stderr);
    let told = "peeringd: postgres://127.0.0.1:1/n: cannot be reached; check address and port, and that the server runs";
    assert!(ended.stderr.starts_with(told) && !ended.stderr.contains("secret"), "{}", ended.stderr);
}

#[test]
fn a_file_that_is_no_data_set_leaves_no_database() {
    for text in ["", "{", "[]", "{\"colour\": 1}", "{\"org\": []}", "{\"data\": []}", "\u{0}\u{1}"] {
        let program = Program::new();
        fs::write(program.folder().join("bad.json"), text).expect("writable");
        let ended = program.run("load --database sqlite:new.db bad.json");
        assert_eq!(ended.status, 2, "{text}");
        let last = ended.stderr.lines().last().unwrap_or_default();
        assert!(last.starts_with("peeringd: bad.json: "), "{text}: {}", ended.stderr);
        assert!(!program.folder().join("new.db").exists(), "{text}");
    }
}

#[test]
fn a_refused_load_does_not_touch_a_database_that_was_there() {
    let program = Program::new();
    fs::copy("tests/data/directory.json", program.folder().join("good.json")).expect("copied");
    let load = "load --database sqlite:a.db --allow-plaintext-secrets good.json";
    assert_eq!(program.run(load).status, 0);
    fs::write(program.folder().join("bad.json"), "{").expect("writable");
    assert_eq!(program.run("load --database sqlite:a.db bad.json").status, 2);
    assert_eq!(program.run("check --database sqlite:a.db").status, 0);
}

#[cfg(unix)]
#[test]
fn a_refused_load_leaves_alone_what_others_loaded_meanwhile() {
    let program = Program::new();
    let pipe = program.folder().join("pipe.json");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs");
    assert!(made.success());
    fs::copy("tests/data/directory.json", program.folder().join("good.json")).expect("copied");
    let mut slow = program.start("load --database sqlite:a.db pipe.json");
    // Opening returns when the program has opened the other end: it reads now.
    let mut end = fs::File::options().write(true).open(&pipe).expect("a pipe");
    let loaded = program.run("load --database sqlite:a.db --allow-plaintext-secrets good.json");
    assert_eq!(loaded.status, 0, "{}", loaded.stderr);
    std::io::Write::write_all(&mut end, b"junk").expect("written");
    drop(end);
    assert_eq!(slow.wait().expect("it ends").code(), Some(2));
    let checked = program.run("check --database sqlite:a.db");
    assert_eq!(checked.status, 0, "{}", checked.stderr);
}

#[test]
fn a_load_that_leaves_everything_out_ends_with_status_1_and_makes_no_database() {
    let program = Program::new();
    let text = fs::read_to_string("tests/data/directory.json").expect("readable");
    let whole: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let orphans = serde_json::json!({ "net": whole["net"] });
    fs::write(program.folder().join("net.json"), orphans.to_string()).expect("writable");
    let ended = program.run("load --skip-orphans --database sqlite:a.db net.json");
    assert_eq!(ended.status, 1, "{}", ended.stderr);
    assert!(ended.stdout.contains("left out because a parent is missing: "), "{}", ended.stdout);
    assert!(!program.folder().join("a.db").exists());
}

#[test]
fn config_shows_values_and_origins() {
    let program = Program::new()
        .with("PEERINGD_DATABASE", "postgres://u:secret@h/n")
        .with("PEERINGD_GEOCODER", "https://geo.example/search?key=secret")
        .with("PEERINGD_SKIP_ORPHANS", "yes");
    let ended = program.run("config --listen [::]:80");
    assert_eq!((ended.status, ended.stderr.as_str()), (0, ""));
    assert_eq!(
        ended.stdout,
        "\
database                     postgres://u:***@h/n            PEERINGD_DATABASE
listen                       [::]:80                         --listen
public-url                   -                               default
canonical-redirect           0                               default
trusted-proxies              -                               default
geocoder                     https://geo.example/search?***  PEERINGD_GEOCODER
rdap                         -                               default
egress-gateway               -                               default
smtp                         -                               default
mail-from                    -                               default
support                      -                               default
metrics-listen               -                               default
feed-retention               30                              default
master-key-file              -                               default
allow-http-webhooks          0                               default
rate-limits                  on                              default
limit-anonymous              100/second                      default
limit-user                   100/second                      default
limit-write                  100/minute                      default
limit-distance               10/minute                       default
limit-ixf-import             1/minute                        default
limit-organization-users     1/second                        default
limit-repeated-address       off                             default
limit-repeated-network       off                             default
limit-repeated-user          off                             default
limit-repeated-organization  off                             default
limit-state-address          off                             default
limit-state-user             off                             default
limit-state-organization     off                             default
limit-state-admin            off                             default
limit-repeated-bytes         1000000                         default
limit-anonymous-message      -                               default
limit-user-message           -                               default
negative-cache-401           60                              default
negative-cache-403           10                              default
negative-cache-inactive      3600                            default
negative-cache-refusals      10                              default
suggestion-org               20525                           default
approve-exchanges            off                             default
tutorial                     0                               default
owner                        -                               default
reason                       -                               default
days                         90                              default
commit                       0                               default
allow-plaintext-secrets      0                               default
skip-orphans                 yes                             PEERINGD_SKIP_ORPHANS
force                        0                               default
dir                          peeringd-demo                   default
scale                        small                           default
seed                         1                               default
state                        -                               default
all                          0                               default
json                         0                               default
org                          -                               default
limit                        50                              default
log                          info                            default
"
    );
}

#[test]
fn config_names_what_is_wrong_and_what_does_nothing() {
    let ended = Program::new().with("PEERINGD_SEED", "x").with("PEERINGD_LISTN", "y").run("config");
    assert_eq!(ended.status, 2);
    assert!(ended.stdout.contains("seed                         x "), "{}", ended.stdout);
    assert_eq!(
        ended.stderr,
        "peeringd: PEERINGD_LISTN: sets no option: unset it, or correct its name\n\
         peeringd: PEERINGD_SEED=x: not a whole number: give a whole number from 0 on\n"
    );
}

#[test]
fn a_reader_who_leaves_is_no_failure() {
    let mut child = Program::new().start("config");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn a_folder_of_somebody_else_is_not_used_by_a_demo() {
    let program = Program::new();
    fs::create_dir(program.folder().join("papers")).expect("made");
    fs::write(program.folder().join("papers/thesis.tex"), "").expect("writable");
    let ended = program.run("demo --dir papers --listen 127.0.0.1:0");
    assert_eq!(ended.status, 2);
    assert_eq!(
        ended.stderr,
        "peeringd: --dir papers: holds files that no demo made: name an empty or a new folder\n"
    );
}
