//! Connections: accepting, limiting and draining them.
//!
//! The loop is our own rather than axum's, because a public server needs limits on the time that a client may take for
//! the head of a request and for the answer, on the number of connections, and on the time that a drain may take.

mod pace;
mod rest;

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header;
use axum::response::Response;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;

use self::pace::{Pace, Paced, PacedBody};
use self::rest::Rested;
use crate::failure::{Failure, plain};
use crate::health;

/// What connections may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Time for the head of a request; an idle connection is closed after it.
    pub(crate) head: Duration,
    /// The least rate at which a client takes answers and sends the bodies of requests.
    pub(crate) pace: Pace,
    /// Connections that are served at a time.
    pub(crate) connections: usize,
    /// Connections beyond these that are told at a time that there is no room; more wait in the queue of the system.
    pub(crate) refused: usize,
    /// Time for requests under way to end once a stop was asked for.
    pub(crate) drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        // The time is longer than the 60 s after which common proxies drop idle connections, so that it is
        // they who close, and no request meets a connection that is just being closed.
        Limits {
            head: Duration::from_secs(75),
            pace: Pace::default(),
            connections: 10_000,
            refused: 200,
            drain: Duration::from_secs(20),
        }
    }
}

/// Unsent bytes that the system holds for a connection. What it takes by itself, a few megabytes, would hide for minutes
/// whether a slow client takes anything.
const UNSENT_BYTES: u32 = 128 * 1024;
/// Bytes of a request's head, and of an answer that waits to be sent. Hyper's own bound of 408 KiB times ten thousand
/// connections would be gigabytes; half of this one would cost a list a system call for each of its parts. It leaves room
/// for the heads that common proxies pass on: nginx, as it comes, takes 32 KiB.
const BUFFER_BYTES: usize = 128 * 1024;
/// Time for the head of a request on a connection that there is no room for.
const REFUSED_HEAD: Duration = Duration::from_secs(5);

/// What connections are served with.
#[derive(Clone, Debug)]
pub(crate) struct Served {
    /// The routes.
    pub(crate) routes: Router,
    /// The routes for connections beyond the limit: they get one answer each, which should be that there is no room.
    pub(crate) refusing: Router,
}

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drained {
    /// Every request got its answer.
    Completely,
    /// Time was up, and some connections were cut.
    Partly,
}

/// Takes an address. `named` is how failures name the option that holds it.
///
/// # Errors
/// When the address cannot be had.
pub(crate) async fn bind(address: SocketAddr, named: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let remedy = match error.kind() {
            io::ErrorKind::AddrInUse => "stop the program that listens there, or choose another port",
            io::ErrorKind::AddrNotAvailable => "give an address of this machine",
            io::ErrorKind::PermissionDenied => "choose a port from 1024 on, or let the program use this one",
            _ => "give another address",
        };
        Failure::new(named, plain(&error), remedy)
    })
}

/// Serves until `stop` is done, then lets requests under way end. A second stop, `cut`, ends the wait.
pub(crate) async fn serve(
    listener: TcpListener,
    served: Served,
    limits: Limits,
    stop: impl Future<Output = ()>,
    cut: impl Future<Output = ()>,
) -> Drained {
    let connections = Connections {
        served,
        limits,
        graceful: GracefulShutdown::new(),
        places: Arc::new(Semaphore::new(limits.connections)),
        refused: Arc::new(Semaphore::new(limits.refused)),
    };
    let mut stop = pin!(stop);
    tokio::select! {
        () = connections.accept(&listener) => {}
        () = &mut stop => {}
    }
    // Whoever connects now is told at once, instead of waiting in a queue that nobody reads.
    drop(listener);
    tokio::select! {
        () = connections.graceful.shutdown() => Drained::Completely,
        () = tokio::time::sleep(limits.drain) => Drained::Partly,
        () = cut => Drained::Partly,
    }
}

struct Connections {
    served: Served,
    limits: Limits,
    graceful: GracefulShutdown,
    places: Arc<Semaphore>,
    refused: Arc<Semaphore>,
}

impl Connections {
    async fn accept(&self, listener: &TcpListener) {
        // Nothing closes the semaphore, so the loop ends with the future only.
        while let Ok(refusal) = Arc::clone(&self.refused).acquire_owned().await {
            match listener.accept().await {
                Ok((stream, peer)) => match Arc::clone(&self.places).try_acquire_owned() {
                    Ok(place) => {
                        drop(refusal);
                        self.spawn(stream, peer, place, false);
                    }
                    Err(_) => self.spawn(stream, peer, refusal, true),
                },
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    // Out of file descriptors, most likely: trying again at once would only burn the processor.
                    tracing::error!(%error, "connections cannot be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    /// Serves a connection, which holds its place until it ends.
    fn spawn(&self, stream: TcpStream, peer: SocketAddr, place: OwnedSemaphorePermit, refused: bool) {
        prepare(&stream, peer);
        let stream = Paced::new(stream, self.limits.pace, TcpStream::set_zero_linger);
        let routes = if refused { &self.served.refusing } else { &self.served.routes };
        let (routes, pace) = (routes.clone(), self.limits.pace);
        let service = service_fn(move |request| answer(routes.clone(), request, peer, pace));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .max_buf_size(BUFFER_BYTES)
            .keep_alive(!refused)
            .header_read_timeout(if refused { REFUSED_HEAD } else { self.limits.head })
            .serve_connection(TokioIo::new(stream), service);
        let connection = self.graceful.watch(connection);
        tokio::spawn(async move {
            // Clients break off all the time; it is their right, and no news.
            if let Err(error) = connection.await {
                tracing::debug!(%peer, %error, "a connection ended early");
            }
            drop(place);
        });
    }
}

/// Sets what the system does with a connection. Where it cannot, the connection works all the same.
fn prepare(stream: &TcpStream, peer: SocketAddr) {
    // Answers are written whole; waiting for more to send would only delay them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%peer, %error, "a connection keeps Nagle's delay");
    }
    #[cfg(target_os = "linux")]
    if let Err(error) = SockRef::from(stream).set_tcp_notsent_lowat(UNSENT_BYTES) {
        tracing::debug!(%peer, %error, "a connection keeps much unsent");
    }
}

async fn answer(
    routes: Router,
    request: axum::http::Request<Incoming>,
    peer: SocketAddr,
    pace: Pace,
) -> Result<Response, Infallible> {
    let (began, method) = (Instant::now(), request.method().clone());
    let expects = request.headers().contains_key(header::EXPECT);
    let mut request = request.map(|body| match body.is_end_stream() {
        true => Body::empty(),
        false => Body::new(Rested::new(PacedBody::new(body, pace), expects)),
    });
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = routes.oneshot(request).await?;
    health::answered(&method, response.status(), began);
    Ok(response)
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    )
}

#[cfg(test)]
mod tests;
