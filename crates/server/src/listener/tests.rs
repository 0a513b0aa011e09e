//! The loop against clients that behave, and others that do not.

use std::future::pending;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::routing::{get, post};
use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::*;

const ROOMY: Limits = Limits {
    head: Duration::from_secs(60),
    pace: Pace { bytes: 60_000, window: Duration::from_secs(60) },
    connections: 100,
    refused: 100,
    drain: Duration::from_secs(60),
};

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    cut: oneshot::Sender<()>,
    served: JoinHandle<Drained>,
}

/// `/` answers with the client's address, `/held` once the test says so, `/never` not at all.
async fn start(limits: Limits, held: oneshot::Receiver<()>) -> Running {
    let held = Arc::new(std::sync::Mutex::new(Some(held)));
    let wait = move || {
        let held = held.lock().expect("whole").take();
        async move {
            held.expect("asked once").await.expect("told");
            "released"
        }
    };
    let routes = Router::new()
        .route("/", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() }))
        .route("/held", get(wait))
        .route("/never", get(pending::<()>))
        .route("/large", get(|| async { vec![b'x'; LARGE] }))
        .route("/refused", post(|| async { (axum::http::StatusCode::PAYLOAD_TOO_LARGE, "refused") }))
        .route("/whole", post(|body: Bytes| async move { body.len().to_string() }));
    let refusing = Router::new().route("/healthz", get(|| async { "alive" })).fallback(|| async { "full" });
    let served = Served { routes, refusing };
    let listener = bind("127.0.0.1:0".parse().expect("an address"), "--listen").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let (stop, stopped) = oneshot::channel();
    let (cut, cutting) = oneshot::channel();
    let served = tokio::spawn(serve(listener, served, limits, told(stopped), told(cutting)));
    Running { address, stop, cut, served }
}

async fn told(channel: oneshot::Receiver<()>) {
    if channel.await.is_err() {
        pending::<()>().await;
    }
}

async fn plain_start(limits: Limits) -> Running {
    start(limits, oneshot::channel().1).await
}

async fn send(address: SocketAddr, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("a server");
    stream.write_all(text.as_bytes()).await.expect("sent");
    stream
}

fn request(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")
}

/// What comes until the server closes.
async fn rest(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.expect("text");
    text
}

/// What comes until the text ends with `end`.
async fn until(stream: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    while !text.ends_with(end) {
        let mut buffer = [0; 1024];
        let size = stream.read(&mut buffer).await.expect("readable");
        assert!(size > 0, "closed after {text}");
        text.push_str(std::str::from_utf8(&buffer[..size]).expect("text"));
    }
    text
}

#[tokio::test]
async fn a_connection_serves_many_requests_and_knows_its_client() {
    let server = plain_start(ROOMY).await;
    let mut stream = send(server.address, "").await;
    let own = stream.local_addr().expect("connected").to_string();
    for _ in 0..3 {
        stream.write_all(request("/").as_bytes()).await.expect("sent");
        let answer = until(&mut stream, &own).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    }
}

#[tokio::test]
async fn heads_of_requests_may_be_long_but_not_endless() {
    let server = plain_start(ROOMY).await;
    let query = "x".repeat(24 * 1024);
    let head = format!("GET /?{query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: {query}\r\n\r\n");
    let answer = rest(send(server.address, &head).await).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // Not a byte more than is read, since what is left unread would reset the connection.
    let begin = "GET / HTTP/1.1\r\nHost: x\r\nCookie: ";
    let endless = format!("{begin}{}", "x".repeat(BUFFER_BYTES - begin.len()));
    let answer = rest(send(server.address, &endless).await).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn a_drain_closes_idle_connections_and_finishes_requests() {
    let (release, held) = oneshot::channel();
    let server = start(ROOMY, held).await;
    let mut idle = send(server.address, &request("/")).await;
    let own = idle.local_addr().expect("connected").to_string();
    until(&mut idle, &own).await;
    let busy = send(server.address, &request("/held")).await;
    // The answer to a later connection shows that the earlier one has been accepted.
    let mut later = send(server.address, &request("/")).await;
    let own = later.local_addr().expect("connected").to_string();
    until(&mut later, &own).await;
    server.stop.send(()).expect("still serving");
    assert_eq!(rest(idle).await, "");
    assert_eq!(rest(later).await, "");
    assert!(TcpStream::connect(server.address).await.is_err(), "nothing new is taken");
    release.send(()).expect("the request waits");
    assert!(rest(busy).await.ends_with("released"));
    assert_eq!(server.served.await.expect("no panic"), Drained::Completely);
}

#[tokio::test]
async fn a_drain_ends_when_its_time_is_up_or_on_a_second_signal() {
    let short = Limits { drain: Duration::from_millis(50), ..ROOMY };
    let server = plain_start(short).await;
    let stuck = send(server.address, &request("/never")).await;
    until_accepted(server.address).await;
    server.stop.send(()).expect("still serving");
    assert_eq!(server.served.await.expect("no panic"), Drained::Partly);
    drop(stuck);

    let server = plain_start(ROOMY).await;
    let _stuck = send(server.address, &request("/never")).await;
    until_accepted(server.address).await;
    server.stop.send(()).expect("still serving");
    server.cut.send(()).expect("still draining");
    assert_eq!(server.served.await.expect("no panic"), Drained::Partly);
}

async fn until_accepted(address: SocketAddr) {
    let mut probe = send(address, &request("/")).await;
    let own = probe.local_addr().expect("connected").to_string();
    until(&mut probe, &own).await;
}

#[tokio::test]
async fn a_client_that_never_finishes_its_request_is_dropped() {
    let server = plain_start(Limits { head: Duration::from_millis(50), ..ROOMY }).await;
    let slow = send(server.address, "GET / HTTP/1.1\r\nHost:").await;
    assert!(!rest(slow).await.contains("200"), "it got no answer");
    let idle = send(server.address, "").await;
    assert_eq!(rest(idle).await, "");
}

#[tokio::test]
async fn connections_over_the_limit_are_told_so_and_health_is_answered() {
    let server = plain_start(Limits { connections: 1, ..ROOMY }).await;
    let mut first = send(server.address, &request("/")).await;
    let own = first.local_addr().expect("connected").to_string();
    until(&mut first, &own).await;
    for (path, expected) in [("/", "full"), ("/healthz", "alive")] {
        let answer = rest(send(server.address, &request(path)).await).await;
        assert!(answer.ends_with(expected) && answer.contains("connection: close"), "{answer}");
    }
    drop(first);
    // The place is free as soon as the server has seen the first one go.
    loop {
        let mut next = send(server.address, &request("/")).await;
        let own = next.local_addr().expect("connected").to_string();
        if rest_or(&mut next, &own).await {
            break;
        }
    }
}

/// Whether an answer ends with a text, rather than with the connection.
async fn rest_or(stream: &mut TcpStream, end: &str) -> bool {
    let mut text = String::new();
    let mut buffer = [0; 1024];
    while !text.ends_with(end) {
        match stream.read(&mut buffer).await.expect("readable") {
            0 => return false,
            size => text.push_str(std::str::from_utf8(&buffer[..size]).expect("text")),
        }
    }
    true
}

#[tokio::test]
async fn connections_that_are_not_even_told_wait_for_their_turn() {
    let server = plain_start(Limits { connections: 1, refused: 1, ..ROOMY }).await;
    let mut first = send(server.address, &request("/")).await;
    let own = first.local_addr().expect("connected").to_string();
    until(&mut first, &own).await;
    let second = send(server.address, "").await;
    let third = send(server.address, &request("/")).await;
    drop(second);
    assert!(rest(third).await.ends_with("full"));
}

/// More than the system takes of an answer that nobody reads, in bytes.
const LARGE: usize = 64 << 20;

#[tokio::test]
async fn a_client_that_does_not_take_its_answer_is_cut_off() {
    let pace = Pace { bytes: 1, window: Duration::from_millis(50) };
    let server = plain_start(Limits { pace, connections: 1, refused: 1, ..ROOMY }).await;
    let mut lazy = send(server.address, &request("/large")).await;
    // The only place is free again once the lazy client has lost it.
    while !rest(send(server.address, &request_once("/")).await).await.contains("127.0.0.1") {}
    let mut taken = Vec::new();
    let ended = lazy.read_to_end(&mut taken).await;
    assert!(ended.is_err() || taken.len() < LARGE, "it lost its answer: {} bytes", taken.len());
}

/// Bytes of an endless answer that were asked for, and word of its end.
struct Endless {
    pulled: Arc<AtomicUsize>,
    _end: oneshot::Sender<()>,
}

/// Bytes of one part of an endless answer: so many that a bound on their number is not what stops it.
const PART: usize = 32 * 1024;

impl hyper::body::Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, Infallible>>> {
        self.pulled.fetch_add(PART, Ordering::Relaxed);
        Poll::Ready(Some(Ok(hyper::body::Frame::data(Bytes::from_static(&[b'x'; PART])))))
    }
}

#[tokio::test]
async fn an_answer_that_nobody_takes_is_not_made_further() {
    /// What the system of a client takes that reads nothing, and what it counts twice.
    const TAKEN: usize = 128 * 1024;
    let pulled = Arc::new(AtomicUsize::new(0));
    let (end, ended) = oneshot::channel::<()>();
    let answer = std::sync::Mutex::new(Some(Endless { pulled: Arc::clone(&pulled), _end: end }));
    let answer = Arc::new(answer);
    let endless = move || {
        let answer = answer.lock().expect("whole").take().expect("asked once");
        async move { Body::new(answer) }
    };
    let routes = Router::new().route("/endless", get(endless));
    let served = Served { routes, refusing: Router::new() };
    let limits = Limits { pace: Pace { bytes: 1, window: Duration::from_millis(200) }, ..ROOMY };
    let listener = bind("127.0.0.1:0".parse().expect("an address"), "--listen").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let server = tokio::spawn(serve(listener, served, limits, pending(), pending()));
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(32 * 1024).expect("a small buffer");
    let mut lazy = socket.connect(address).await.expect("a server");
    lazy.write_all(request("/endless").as_bytes()).await.expect("sent");
    // The client is cut off, and the answer is dropped with its connection.
    assert!(ended.await.is_err());
    let pulled = pulled.load(Ordering::Relaxed);
    assert!(pulled >= BUFFER_BYTES, "as much as is worth a system call: {pulled}");
    assert!(pulled <= BUFFER_BYTES + PART + UNSENT_BYTES as usize + TAKEN, "{pulled}");
    server.abort();
}

fn request_once(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
}

#[tokio::test]
async fn a_client_that_stops_sending_its_request_is_told_or_cut_off() {
    let pace = Pace { bytes: 1, window: Duration::from_millis(50) };
    let server = plain_start(Limits { pace, ..ROOMY }).await;
    let head = "POST /whole HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n";
    let complete = rest(send(server.address, &head.replace("x\r\n", "x\r\nConnection: close\r\n")).await);
    let stuck = complete.await;
    assert!(stuck.starts_with("HTTP/1.1 400") && stuck.contains("least rate"), "{stuck}");
    let mut whole = send(server.address, &format!("{head}0123456789")).await;
    assert!(until(&mut whole, "\r\n\r\n10").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn an_address_that_cannot_be_had_is_named_with_a_remedy() {
    let taken = bind("127.0.0.1:0".parse().expect("an address"), "--listen").await.expect("a free port");
    let address = taken.local_addr().expect("bound");
    let failure = bind(address, "--listen X").await.expect_err("taken");
    assert_eq!(
        failure.to_string(),
        "--listen X: Address already in use: stop the program that listens there, or choose another port"
    );
    let elsewhere =
        bind("192.0.2.1:0".parse().expect("an address"), "--listen X").await.expect_err("not ours");
    assert!(elsewhere.to_string().ends_with("give an address of this machine"), "{elsewhere}");
}

/// What a client sees that sends everything before it reads, as most do.
#[tokio::test]
async fn an_answer_that_comes_before_the_end_of_a_body_is_not_lost() {
    const BODY: usize = 30 << 20;
    let server = plain_start(ROOMY).await;
    let head = format!("POST /refused HTTP/1.1\r\nHost: x\r\nContent-Length: {BODY}\r\n\r\n");
    let mut stream = send(server.address, &head).await;
    stream.write_all(&vec![b'x'; BODY]).await.expect("all of it is taken");
    let answer = until(&mut stream, "refused").await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    // The connection goes on.
    let own = stream.local_addr().expect("connected").to_string();
    stream.write_all(request("/").as_bytes()).await.expect("sent");
    until(&mut stream, &own).await;
}

#[tokio::test]
async fn who_waits_before_sending_a_body_is_not_asked_for_one_that_nobody_wants() {
    let server = plain_start(ROOMY).await;
    let head = "POST /refused HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n";
    let mut stream = send(server.address, head).await;
    let answer = until(&mut stream, "refused").await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}
