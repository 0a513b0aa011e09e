//! Connections: accepting, limiting and draining them.
//!
//! The loop is our own rather than axum's, because a public server needs a limit on the time that a client may
//! take for the head of a request, on the number of connections, and on the time that a drain may take.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::ConnectInfo;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt;

use crate::failure::{Failure, plain};
use crate::health;

/// What connections may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Time for the head of a request; an idle connection is closed after it.
    pub(crate) head: Duration,
    /// Connections at a time; more wait in the queue of the system.
    pub(crate) connections: usize,
    /// Time for requests under way to end once a stop was asked for.
    pub(crate) drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        // The time is longer than the 60 s after which common proxies drop idle connections, so that it is
        // they who close, and no request meets a connection that is just being closed.
        Limits { head: Duration::from_secs(75), connections: 10_000, drain: Duration::from_secs(20) }
    }
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
    router: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
    cut: impl Future<Output = ()>,
) -> Drained {
    let connections = Connections {
        router,
        limits,
        graceful: GracefulShutdown::new(),
        permits: Arc::new(Semaphore::new(limits.connections)),
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
    router: Router,
    limits: Limits,
    graceful: GracefulShutdown,
    permits: Arc<Semaphore>,
}

impl Connections {
    async fn accept(&self, listener: &TcpListener) {
        // Nothing closes the semaphore, so the loop ends with the future only.
        while let Ok(permit) = Arc::clone(&self.permits).acquire_owned().await {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    let connection = self.connection(stream, peer);
                    tokio::spawn(async move {
                        // Clients break off all the time; it is their right, and no news.
                        if let Err(error) = connection.await {
                            tracing::debug!(%peer, %error, "a connection ended early");
                        }
                        drop(permit);
                    });
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    // Out of file descriptors, most likely: trying again at once would only burn the processor.
                    tracing::error!(%error, "connections cannot be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    fn connection(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
    ) -> impl Future<Output = Result<(), hyper::Error>> + Send + use<> {
        // Answers are written whole; waiting for more to send would only delay them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%peer, %error, "a connection keeps Nagle's delay");
        }
        let router = self.router.clone();
        let service = service_fn(move |request| answer(router.clone(), request, peer));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.head)
            .serve_connection(TokioIo::new(stream), service);
        self.graceful.watch(connection)
    }
}

async fn answer(
    router: Router,
    mut request: axum::http::Request<Incoming>,
    peer: SocketAddr,
) -> Result<Response, Infallible> {
    let (began, method) = (Instant::now(), request.method().clone());
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = router.oneshot(request).await?;
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
