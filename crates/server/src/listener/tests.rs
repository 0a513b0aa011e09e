//! The loop against clients that behave, and others that do not.

use std::future::pending;

use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::*;

const ROOMY: Limits =
    Limits { head: Duration::from_secs(60), connections: 100, drain: Duration::from_secs(60) };

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
    let router = Router::new()
        .route("/", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() }))
        .route("/held", get(wait))
        .route("/never", get(pending::<()>));
    let listener = bind("127.0.0.1:0".parse().expect("an address"), "--listen").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let (stop, stopped) = oneshot::channel();
    let (cut, cutting) = oneshot::channel();
    let served = tokio::spawn(serve(listener, router, limits, told(stopped), told(cutting)));
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
async fn connections_over_the_limit_wait_for_their_turn() {
    let server = plain_start(Limits { connections: 1, ..ROOMY }).await;
    let first = send(server.address, &request("/")).await;
    let second = send(server.address, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    drop(first);
    assert!(rest(second).await.starts_with("HTTP/1.1 200 OK\r\n"));
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
