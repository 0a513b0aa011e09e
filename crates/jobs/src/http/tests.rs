//! The client against servers on this machine that behave, and others that do not.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::Router;
use axum::extract::{Query, Request};
use axum::http::StatusCode;
use axum::http::header::{ACCEPT, LOCATION, USER_AGENT};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

const THIS: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// One address of this machine counts as public, and the others do not.
const TESTING: Rules = Rules {
    resolve: |name| {
        Box::pin(async move {
            match name.as_str() {
                "good.example" => Ok(vec![THIS]),
                "mixed.example" => Ok(vec![OTHER, THIS]),
                "evil.example" => Ok(vec![OTHER]),
                _ => Err(io::Error::other("no such name")),
            }
        })
    },
    allowed: |address| address == THIS,
};

fn roomy() -> Limits {
    Limits {
        connect: Duration::from_secs(10),
        total: Duration::from_secs(60),
        bytes_max: 10_000,
        redirects_max: 2,
    }
}

fn client_with(limits: Limits, egress_gateway: Option<Url>) -> HttpClient {
    HttpClient::with_rules(Settings { limits, egress_gateway }, TESTING).expect("a client")
}

fn client() -> HttpClient {
    client_with(roomy(), None)
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    (listener, address)
}

async fn start(router: Router) -> SocketAddr {
    let (listener, address) = listen().await;
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A server that sends these bytes to whoever connects; then it hangs up, or sits there for ever.
async fn start_raw(answer: String, hangs_up: bool) -> SocketAddr {
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(answer.as_bytes()).await;
            if !hangs_up {
                kept.push(stream);
            }
        }
    });
    address
}

fn url(address: impl std::fmt::Display, path: &str) -> Url {
    Url::parse(&format!("http://{address}{path}")).expect("a URL")
}

/// Status and body from an endpoint.
async fn ask(client: &HttpClient, address: SocketAddr, path: &str) -> Result<(u16, String), FetchError> {
    client.get_endpoint(url(address, path), "text/plain").await.map(plain)
}

/// Status and body from a foreign URL.
async fn ask_foreign(client: &HttpClient, url: &str) -> Result<(u16, String), FetchError> {
    client.get_foreign(url, "text/plain").await.map(plain)
}

fn plain(document: Document) -> (u16, String) {
    (document.status, String::from_utf8(document.body).expect("text"))
}

fn ok(body: &str) -> Result<(u16, String), FetchError> {
    Ok((200, body.to_owned()))
}

fn redirect(to: String) -> axum::routing::MethodRouter {
    get(move || async move { (StatusCode::FOUND, [(LOCATION, to)]).into_response() })
}

#[tokio::test]
async fn a_document_comes_with_status_type_and_body() {
    let echo = |request: Request| async move {
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("-");
        format!("{} {}", header(USER_AGENT), header(ACCEPT))
    };
    let gone = || async { (StatusCode::GONE, "gone") };
    let address = start(Router::new().route("/echo", get(echo)).route("/gone", get(gone))).await;
    let document = client().get_endpoint(url(address, "/echo"), "text/csv").await.expect("an answer");
    assert_eq!(document.content_type.as_deref(), Some("text/plain; charset=utf-8"));
    let expected = concat!("peeringd/", env!("CARGO_PKG_VERSION"), " text/csv");
    assert_eq!(plain(document), (200, expected.to_owned()));
    assert_eq!(ask(&client(), address, "/gone").await, Ok((410, "gone".to_owned())));
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_given_up() {
    let client = client_with(Limits { total: Duration::from_millis(100), ..roomy() }, None);
    for begun in ["", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nx"] {
        let address = start_raw(begun.to_owned(), false).await;
        assert_eq!(ask(&client, address, "/").await, Err(FetchError::TimedOut), "after `{begun}`");
    }
}

#[tokio::test]
async fn time_is_counted_over_all_hops() {
    let silent = start_raw(String::new(), false).await;
    let address = start(Router::new().route("/", redirect(format!("http://{silent}/")))).await;
    let client = client_with(Limits { total: Duration::from_millis(100), ..roomy() }, None);
    assert_eq!(ask(&client, address, "/").await, Err(FetchError::TimedOut));
}

#[tokio::test]
async fn a_body_over_the_limit_is_not_taken_in() {
    let sized = |size: usize| get(move || async move { "x".repeat(size) });
    let address = start(Router::new().route("/most", sized(10_000)).route("/more", sized(10_001))).await;
    assert_eq!(ask(&client(), address, "/most").await, ok(&"x".repeat(10_000)));
    assert_eq!(ask(&client(), address, "/more").await, Err(FetchError::TooLarge(10_000)));
    let unannounced = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", "x".repeat(20_000));
    let address = start_raw(unannounced, false).await;
    assert_eq!(ask(&client(), address, "/").await, Err(FetchError::TooLarge(10_000)));
    let boasting = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", u64::MAX / 2);
    let address = start_raw(boasting, false).await;
    assert_eq!(ask(&client(), address, "/").await, Err(FetchError::TooLarge(10_000)));
}

#[tokio::test]
async fn servers_that_break_the_protocol_are_errors() {
    let short = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort".to_owned();
    let address = start_raw(short, true).await;
    assert!(matches!(ask(&client(), address, "/").await, Err(FetchError::Broken(_))));
    for nonsense in ["", "\0\0\0\0", "HTTP/1.1 999999 ?\r\n\r\n", "SSH-2.0-OpenSSH_9.6\r\n"] {
        let address = start_raw(nonsense.to_owned(), true).await;
        let result = ask(&client(), address, "/").await;
        assert!(matches!(result, Err(FetchError::Unreachable(_))), "{nonsense}: {result:?}");
    }
}

#[tokio::test]
async fn a_port_without_a_server_is_unreachable() {
    let (listener, address) = listen().await;
    drop(listener);
    let result = client().get_endpoint(url(address, "/?key=secret"), "*/*").await.map(plain);
    let Err(FetchError::Unreachable(why)) = result else {
        panic!("{result:?}");
    };
    assert!(why.to_lowercase().contains("refused") && !why.contains("secret"), "{why}");
}

#[tokio::test]
async fn redirects_are_followed_up_to_the_limit() {
    let router = Router::new()
        .route("/3", redirect("2".to_owned()))
        .route("/2", redirect("/1?a=b".to_owned()))
        .route("/1", redirect("/0".to_owned()))
        .route("/0", get(|| async { "there" }));
    let address = start(router).await;
    assert_eq!(ask(&client(), address, "/2").await, ok("there"));
    assert_eq!(ask(&client(), address, "/3").await, Err(FetchError::Redirect("it is number 3".to_owned())));
}

#[tokio::test]
async fn redirects_to_other_schemes_are_refused() {
    for to in ["file:///etc/passwd", "ftp://good.example/", "gopher://good.example/", "data:text/plain,x"] {
        let address = start(Router::new().route("/", redirect(to.to_owned()))).await;
        let result = ask(&client(), address, "/").await;
        assert!(matches!(result, Err(FetchError::Redirect(_))), "{to}: {result:?}");
    }
    let nowhere = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n".to_owned();
    let address = start_raw(nowhere, true).await;
    assert!(matches!(ask(&client(), address, "/").await, Err(FetchError::Redirect(_))));
}

#[tokio::test]
async fn foreign_names_lead_to_allowed_addresses_only() {
    let port = start(Router::new().route("/", get(|| async { "there" }))).await.port();
    for host in ["good.example", "mixed.example", "127.0.0.1"] {
        assert_eq!(ask_foreign(&client(), &format!("http://{host}:{port}/")).await, ok("there"), "{host}");
    }
    for (host, named) in [("evil.example", "evil.example"), ("127.0.0.2", "127.0.0.2"), ("[::1]", "::1")] {
        let refusal = Err(FetchError::NotPublic(NotPublic(named.to_owned())));
        assert_eq!(ask_foreign(&client(), &format!("http://{host}:{port}/")).await, refusal, "{host}");
    }
    let unknown = ask_foreign(&client(), "http://unknown.example/").await;
    assert!(matches!(unknown, Err(FetchError::Unreachable(_))), "{unknown:?}");
}

#[tokio::test]
async fn every_hop_of_a_foreign_url_is_checked() {
    for host in ["evil.example", "127.0.0.2"] {
        let router = Router::new().route("/", redirect(format!("http://{host}/")));
        let port = start(router).await.port();
        let refusal = Err(FetchError::NotPublic(NotPublic(host.to_owned())));
        assert_eq!(ask_foreign(&client(), &format!("http://good.example:{port}/")).await, refusal, "{host}");
    }
}

#[tokio::test]
async fn what_ships_refuses_this_machine() {
    let client = HttpClient::new(Settings::default()).expect("a client");
    for text in ["http://localhost/", "http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest"] {
        let result = ask_foreign(&client, text).await;
        assert!(matches!(result, Err(FetchError::NotPublic(_))), "{text}: {result:?}");
    }
}

#[tokio::test]
async fn what_is_no_web_address_is_refused() {
    for text in ["", "nonsense", "/etc/passwd", "file:///etc/passwd", "ftp://good.example/", "http://"] {
        let result = ask_foreign(&client(), text).await;
        assert!(matches!(result, Err(FetchError::BadUrl(_))), "{text}: {result:?}");
    }
}

async fn gateway() -> HttpClient {
    let fetch = |Query(query): Query<HashMap<String, String>>| async move {
        let url = query.get("url").cloned().unwrap_or_default();
        match url.as_str() {
            "http://down.example/" => (StatusCode::BAD_GATEWAY, "unreachable".to_owned()).into_response(),
            "http://moved.example/" => (StatusCode::FOUND, [(LOCATION, "/x")]).into_response(),
            _ => {
                format!("{} behind {}", url, query.get("token").cloned().unwrap_or_default()).into_response()
            }
        }
    };
    let address = start(Router::new().route("/fetch", get(fetch))).await;
    client_with(roomy(), Some(url(address, "/fetch?token=t")))
}

#[tokio::test]
async fn with_a_gateway_foreign_urls_go_through_it() {
    let client = gateway().await;
    let target = "http://unknown.example/feed?a=1&b=%26#c";
    assert_eq!(ask_foreign(&client, target).await, ok(&format!("{target} behind t")));
    let down = ask_foreign(&client, "http://down.example/").await;
    assert_eq!(down, Ok((502, "unreachable".to_owned())));
}

#[tokio::test]
async fn a_gateway_does_not_widen_what_is_allowed() {
    let client = gateway().await;
    let refused = ask_foreign(&client, "http://127.0.0.2/").await;
    assert!(matches!(refused, Err(FetchError::NotPublic(_))), "{refused:?}");
    let moved = ask_foreign(&client, "http://moved.example/").await;
    assert!(matches!(moved, Err(FetchError::Redirect(_))), "{moved:?}");
}

#[test]
fn limits_can_only_be_tightened() {
    let tighter = client().tightened(Duration::from_secs(1), 99_999);
    assert_eq!(tighter.limits().total, Duration::from_secs(1));
    assert_eq!(tighter.limits().bytes_max, 10_000);
}
