//! Requests through the whole edge, from peers that are trusted and others.

use app::locate::OfflineLocator;
use app::principals::Principals;
use app::{App, Settings};
use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use axum::routing::get;
use catalog::Snapshot;
use tower::ServiceExt;

use super::*;
use crate::clock::SystemClock;

const PROXY: [u8; 4] = [10, 0, 0, 1];
const STRANGER: [u8; 4] = [203, 0, 113, 9];

/// `/` answers with what the edge knows of the request.
fn edge() -> Router {
    let snapshot = Snapshot::build("https://www.example.net/m/", [], 0);
    let settings = Settings::at("https://www.example.net");
    let app =
        App::new(snapshot, Principals::default(), Arc::new(OfflineLocator), Arc::new(SystemClock), settings);
    let tell = |request: Request| async move {
        let info = request.extensions().get::<RequestInfo>().expect("the edge knows").clone();
        format!("{} {} {:?} {:?}", info.id, info.client.ip(), info.secure, info.host)
    };
    let canonical = Canonical::new("https://www.example.net").expect("a host");
    let pages = Router::new().route("/", get(tell)).route("/api/net", get(tell));
    let proxies = Arc::new("10.0.0.0/8".parse().expect("a prefix"));
    around(&Arc::new(app), &proxies, redirecting(canonical, pages))
}

async fn ask(edge: &Router, peer: [u8; 4], path: &str, lines: &[(&str, &str)]) -> Response {
    let request =
        lines.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
    let mut request = request.body(Body::empty()).expect("a request");
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from((peer, 4711))));
    edge.clone().oneshot(request).await.expect("an answer")
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).and_then(|value| value.to_str().ok())
}

async fn text(response: Response) -> String {
    let body = to_bytes(response.into_body(), 1 << 16).await.expect("a body");
    String::from_utf8(body.to_vec()).expect("text")
}

#[tokio::test]
async fn what_a_trusted_proxy_tells_is_known_to_every_surface() {
    let edge = edge();
    let lines = [
        ("host", "www.example.net"),
        ("x-forwarded-for", "192.0.2.1, 198.51.100.7"),
        ("x-forwarded-proto", "https"),
        ("x-request-id", "p-7"),
    ];
    let told = ask(&edge, PROXY, "/", &lines).await;
    assert_eq!(header(&told, "x-request-id"), Some("p-7"));
    assert_eq!(text(told).await, "p-7 198.51.100.7 Some(true) Some(\"www.example.net\")");
    let made_up = ask(&edge, STRANGER, "/", &lines).await;
    let id = header(&made_up, "x-request-id").expect("a name").to_owned();
    assert_ne!(id, "p-7");
    assert_eq!(text(made_up).await, format!("{id} 203.0.113.9 None Some(\"www.example.net\")"));
    let next = ask(&edge, STRANGER, "/", &lines).await;
    assert_ne!(header(&next, "x-request-id"), Some(id.as_str()), "each request has a name of its own");
}

#[tokio::test]
async fn people_are_led_to_the_canonical_host_and_programs_are_answered() {
    let edge = edge();
    let other = [("host", "example.net")];
    let led = ask(&edge, STRANGER, "/", &other).await;
    assert_eq!(led.status(), StatusCode::PERMANENT_REDIRECT);
    assert_eq!(header(&led, "location"), Some("https://www.example.net/"));
    assert!(header(&led, "x-request-id").is_some());
    let forwarded = [("host", "www.example.net"), ("x-forwarded-host", "example.net")];
    assert_eq!(ask(&edge, PROXY, "/", &forwarded).await.status(), StatusCode::PERMANENT_REDIRECT);
    assert_eq!(ask(&edge, STRANGER, "/", &forwarded).await.status(), StatusCode::OK, "not its to tell");
    let signed = [("host", "example.net"), ("authorization", "Api-Key a.b")];
    for (path, lines) in [("/", &signed[..]), ("/api/net", &other[..]), ("/api/net", &signed[..])] {
        assert_eq!(ask(&edge, STRANGER, path, lines).await.status(), StatusCode::OK, "{path} {lines:?}");
    }
}
