//! What operators rely on: health, figures, and several processes on one database.
#![cfg(unix)]

mod program;

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use program::Program;
use store::{DatabaseUrl, Mode, Store};

const DIRECTORY: &str = include_str!("data/directory.json");

fn with_files() -> Program {
    let program = Program::new();
    fs::write(program.folder().join("directory.json"), DIRECTORY).expect("writable");
    program
}

const LOAD: &str = "load --database sqlite:a.db --allow-plaintext-secrets directory.json";
const SERVE: &str = "serve --database sqlite:a.db --listen 127.0.0.1:0";

/// Makes a database without a directory in it.
fn make_empty(path: &Path) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let url = DatabaseUrl::Sqlite(path.to_owned());
    runtime.block_on(async { Store::open(&url, Mode::Create).await.expect("a database").close().await });
}

#[test]
fn health_is_told_in_three_ways() {
    let program = with_files();
    assert_eq!(program.run(LOAD).status, 0);
    let server = program.serve(SERVE);
    assert_eq!(server.get("/healthz", ""), ("HTTP/1.1 200 OK".into(), "alive\n".into()));
    assert_eq!(server.get("/healthcheck", ""), ("HTTP/1.1 200 OK".into(), String::new()));
    let (status, body) = server.get("/readyz", "");
    assert_eq!(status, "HTTP/1.1 200 OK");
    assert_eq!(body, r#"{"status":"ready","published":1,"stored":1}"#);
    assert_eq!(server.get("/metrics", "").0, "HTTP/1.1 404 Not Found", "figures are not public");
}

#[test]
fn limits_are_given_as_options_and_count_clients_behind_a_trusted_proxy() {
    let program = with_files().with("PEERINGD_RATE_LIMITS", "on");
    assert_eq!(program.run(LOAD).status, 0);
    let server = program.serve(&format!("{SERVE} --limit-anonymous 2/hour --trusted-proxies 127.0.0.1"));
    let from = |client: &str| server.get("/api/net/7", &format!("X-Forwarded-For: {client}\r\n"));
    for status in ["200 OK", "200 OK", "429 Too Many Requests"] {
        assert_eq!(from("198.51.100.7").0, format!("HTTP/1.1 {status}"));
    }
    assert_eq!(from("198.51.100.8").0, "HTTP/1.1 200 OK");
    assert_eq!(
        from("203.0.113.9, 198.51.100.7").0,
        "HTTP/1.1 429 Too Many Requests",
        "who the proxy saw counts"
    );
    assert_eq!(server.get("/healthz", "X-Forwarded-For: 198.51.100.7\r\n").0, "HTTP/1.1 200 OK");
}

#[test]
fn figures_have_a_listener_of_their_own() {
    let program = with_files();
    assert_eq!(program.run(LOAD).status, 0);
    let mut server = program.start_logging(&format!("{SERVE} --metrics-listen 127.0.0.1:0"));
    let line = server.wait_for("figures at http://");
    let (_, rest) = line.split_once("figures at http://").expect("waited for");
    let figures: SocketAddr = rest.split('/').next().and_then(|a| a.parse().ok()).expect("an address");
    server.wait_until_served();
    assert_eq!(server.get("/api/net/7", "").0, "HTTP/1.1 200 OK");
    let (status, text) = server.get_at(figures, "/metrics", "");
    assert_eq!(status, "HTTP/1.1 200 OK");
    for line in [
        r#"peeringd_http_requests_total{method="GET",status="200"} 1"#,
        r#"peeringd_records{type="net"} 1"#,
        "peeringd_change_sequence 1",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
}

/// All of a load reaches the disk with its commit, which fails here.
#[test]
fn a_load_that_the_disk_does_not_take_leaves_nothing() {
    let program = with_files();
    make_empty(&program.folder().join("a.db"));
    // Enough for the files that share memory, and too little for the change.
    let ended = program.run_without_room(LOAD, 64);
    assert_eq!((ended.status, ended.stdout.as_str()), (2, ""), "{}", ended.stderr);
    let told = ended.stderr.lines().last().unwrap_or_default();
    assert!(
        told.starts_with("peeringd: sqlite:a.db: cannot be opened") && told.contains("disk I/O error"),
        "{told}"
    );
    let check = program.run("check --database sqlite:a.db");
    assert_eq!(check.status, 0, "{}", check.stdout);
    assert_eq!(program.run(LOAD).status, 0, "nothing was left behind");
}

#[test]
fn the_log_names_requests_and_clients_as_a_trusted_proxy_does() {
    let program = with_files();
    assert_eq!(program.run(LOAD).status, 0);
    let told = "X-Forwarded-For: 198.51.100.7\r\nX-Request-Id: p-7\r\n";
    let line_of = |serve: &str| {
        let mut server = program.start_logging(serve);
        server.wait_until_served();
        assert_eq!(server.get("/api/net/7", told).0, "HTTP/1.1 200 OK");
        server.wait_for("\"answered\"")
    };
    let line = line_of(&format!("{SERVE} --trusted-proxies 127.0.0.0/8"));
    assert!(line.contains(r#""id":"p-7""#) && line.contains(r#""client":"198.51.100.7""#), "{line}");
    let line = line_of(SERVE);
    assert!(!line.contains("p-7") && line.contains(r#""client":"127.0.0.1""#), "{line}");
}

#[test]
fn people_are_led_to_the_public_url_where_the_operator_says_so() {
    let program = with_files();
    assert_eq!(program.run(LOAD).status, 0);
    let refused = program.run(&format!("{SERVE} --canonical-redirect"));
    assert_eq!(refused.status, 2);
    assert!(refused.stderr.contains("give --public-url as well"), "{}", refused.stderr);
    // The client of these tests asks for the host `x`.
    let public = format!("{SERVE} --public-url https://www.example.net");
    let plain = program.serve(&public);
    assert_eq!(plain.get("/apidocs/", "").0, "HTTP/1.1 200 OK");
    let leading = program.serve(&format!("{public} --canonical-redirect"));
    assert_eq!(leading.get("/apidocs/", "").0, "HTTP/1.1 308 Permanent Redirect");
    let key = "Authorization: Api-Key readerAA.0123456789abcdef0123456789abcdef\r\n";
    for (path, header) in
        [("/api/net/7", ""), ("/api/net/7", key), ("/net-0.json", ""), ("/apidocs/", key), ("/healthz", "")]
    {
        assert_eq!(leading.get(path, header).0, "HTTP/1.1 200 OK", "{path} {header}");
    }
}
