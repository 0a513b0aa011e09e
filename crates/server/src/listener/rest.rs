//! The rest of a request's body that nobody wants: it is read and dropped.
//!
//! A connection that is closed while its client still sends is reset by the system, and most clients lose the answer
//! with it: they see a broken pipe where they were told that their body is too long. Reading on costs no memory, and is
//! bounded in time and bytes; a connection whose body was read to its end goes on to serve.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Buf;
use hyper::body::{Body, Frame, SizeHint};
use tokio::runtime::Handle;

/// How long a client may go on sending what nobody wants.
const TIME_MAX: Duration = Duration::from_secs(10);
/// How much of it is read: what clients send by mistake is shorter.
const BYTES_MAX: u64 = 256 << 20;

/// A body that is read to its end when its reader has gone.
#[derive(Debug)]
pub(crate) struct Rested<B: Body + Unpin + Send + 'static> {
    /// None once it was read to its end, or failed.
    body: Option<B>,
    /// Whether its client sends it only when it is asked to (RFC 9110, 10.1.1), and was not asked.
    unasked: bool,
}

impl<B: Body + Unpin + Send + 'static> Rested<B> {
    /// Looks after a body. `expects` tells whether the client waits before it sends.
    pub(crate) fn new(body: B, expects: bool) -> Rested<B> {
        Rested { body: Some(body), unasked: expects }
    }
}

impl<B: Body + Unpin + Send + 'static> Body for Rested<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        self.unasked = false;
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let polled = Pin::new(body).poll_frame(cx);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.body = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl<B: Body + Unpin + Send + 'static> Drop for Rested<B> {
    fn drop(&mut self) {
        let Some(body) = self.body.take().filter(|body| !self.unasked && !body.is_end_stream()) else {
            return;
        };
        // Without a runtime the program is ending, and the connection with it.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(tokio::time::timeout(TIME_MAX, read_away(body)));
        }
    }
}

async fn read_away<B: Body + Unpin>(mut body: B) {
    let mut read = 0;
    while read < BYTES_MAX {
        match poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            Some(Ok(frame)) => read += frame.data_ref().map_or(0, Buf::remaining) as u64,
            Some(Err(_)) | None => return,
        }
    }
}
