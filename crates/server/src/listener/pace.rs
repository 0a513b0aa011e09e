//! A least rate for clients: who takes an answer too slowly, or sends a request too slowly, is cut off.
//!
//! What a client has not taken yet holds memory, and old rows of the directory with it. Only the time counts in which
//! the client is waited for, never that in which the server makes what it sends.

use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::BoxError;
use bytes::{Buf, Bytes};
use hyper::body::{Body, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// The least that a client has to move.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Bytes within a window.
    pub(crate) bytes: u64,
    /// Time of waiting that makes up a window.
    pub(crate) window: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        // Systems move data in steps: one whose program reads slowly announces room again only once a good part of its
        // buffer, 200 kB and more, is free. Over two minutes a program that reads 3 kB/s is seen to do more than this.
        Pace { bytes: 60_000, window: Duration::from_secs(120) }
    }
}

/// The client is too slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slow;

impl From<Slow> for io::Error {
    fn from(Slow: Slow) -> io::Error {
        io::Error::new(io::ErrorKind::TimedOut, "the client is slower than the least rate")
    }
}

/// Measures one direction of a connection.
#[derive(Debug)]
struct Meter {
    pace: Pace,
    /// Bytes in this window.
    moved: u64,
    /// Time that this window has waited for the client, but for the wait under way.
    waited: Duration,
    /// When the wait under way began.
    since: Option<Instant>,
    /// Wakes whoever waits. It may go off early, since a window that was interrupted ends later.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Meter {
    fn new(pace: Pace) -> Meter {
        Meter { pace, moved: 0, waited: Duration::ZERO, since: None, alarm: None }
    }

    /// The client took or gave something.
    fn moved(&mut self, bytes: usize) {
        if let Some(since) = self.since.take() {
            self.waited += since.elapsed();
        }
        self.moved = self.moved.saturating_add(bytes as u64);
    }

    /// The client has to do something now. Ready when it has done too little for too long.
    fn poll_slow(&mut self, cx: &mut Context<'_>) -> Poll<Slow> {
        loop {
            let now = Instant::now();
            let since = *self.since.get_or_insert(now);
            if self.waited.is_zero() && since == now {
                // A window begins with its first wait: what went quickly before is no credit for later.
                self.moved = 0;
            }
            if self.waited + (now - since) >= self.pace.window {
                if self.moved < self.pace.bytes {
                    return Poll::Ready(Slow);
                }
                (self.waited, self.since) = (Duration::ZERO, None);
                continue;
            }
            let end = since + self.pace.window.saturating_sub(self.waited);
            let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(end)));
            if alarm.is_elapsed() {
                alarm.as_mut().reset(end);
            }
            ready!(alarm.as_mut().poll(cx));
        }
    }
}

/// A connection whose client has to take what is written to it.
#[derive(Debug)]
pub(crate) struct Paced<S> {
    stream: S,
    meter: Meter,
    /// Makes the end of the connection an immediate one.
    abort: fn(&S) -> io::Result<()>,
}

impl<S> Paced<S> {
    /// Watches over a connection. `abort` sees to it that what was not sent yet is dropped with it.
    pub(crate) fn new(stream: S, pace: Pace, abort: fn(&S) -> io::Result<()>) -> Paced<S> {
        Paced { stream, meter: Meter::new(pace), abort }
    }

    /// What a write came to; one that has to wait is measured.
    fn settle(&mut self, written: Poll<io::Result<usize>>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(bytes)) => {
                self.meter.moved(bytes);
                Poll::Ready(Ok(bytes))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                let slow = ready!(self.meter.poll_slow(cx));
                // Where that does not work, the system gets rid of the rest in its own time.
                let _ = (self.abort)(&self.stream);
                Poll::Ready(Err(slow.into()))
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.settle(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.settle(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// The body of a request, whose client has to keep sending.
#[derive(Debug)]
pub(crate) struct PacedBody<B> {
    body: B,
    meter: Meter,
}

impl<B> PacedBody<B> {
    /// Watches over a body.
    pub(crate) fn new(body: B, pace: Pace) -> PacedBody<B> {
        PacedBody { body, meter: Meter::new(pace) }
    }
}

impl<B> Body for PacedBody<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(frame) => {
                if let Some(Ok(frame)) = &frame {
                    self.meter.moved(frame.data_ref().map_or(0, Buf::remaining));
                }
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
            Poll::Pending => {
                let slow = ready!(self.meter.poll_slow(cx));
                Poll::Ready(Some(Err(io::Error::from(slow).into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::sync::mpsc;
    use tokio::time::{advance, sleep};

    use super::*;

    const PACE: Pace = Pace { bytes: 600, window: Duration::from_secs(60) };

    /// A connection that holds 64 bytes on their way.
    fn connection() -> (Paced<DuplexStream>, DuplexStream) {
        let (server, client) = duplex(64);
        (Paced::new(server, PACE, |_| Ok(())), client)
    }

    /// Takes so many bytes every second.
    async fn take(mut client: DuplexStream, bytes: usize) {
        let mut buffer = vec![0; bytes];
        while client.read_exact(&mut buffer).await.is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_enough_gets_all_of_it() {
        let (mut server, client) = connection();
        let reader = tokio::spawn(take(client, 12));
        let began = Instant::now();
        server.write_all(&[0; 6_000]).await.expect("more than ten bytes a second are enough");
        assert!(began.elapsed() > Duration::from_secs(400), "it went on for many windows");
        reader.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_too_little_is_cut_off() {
        for bytes in [1, 9] {
            let (mut server, client) = connection();
            let reader = tokio::spawn(take(client, bytes));
            let began = Instant::now();
            let error = server.write_all(&[0; 6_000]).await.expect_err("too slow");
            assert_eq!(error.kind(), io::ErrorKind::TimedOut);
            assert!(began.elapsed() < Duration::from_secs(70), "{bytes}: {:?}", began.elapsed());
            reader.abort();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_stops_is_cut_off_however_quick_it_was() {
        let (mut server, mut client) = connection();
        let quick = async {
            let mut buffer = vec![0; 10_000];
            client.read_exact(&mut buffer).await.expect("sent");
            client
        };
        let (written, client) = tokio::join!(server.write_all(&[0; 10_000]), quick);
        written.expect("taken at once");
        let began = Instant::now();
        server.write_all(&[0; 100]).await.expect_err("nobody takes it");
        assert!(began.elapsed() <= 2 * PACE.window, "{:?}", began.elapsed());
        drop(client);
    }

    #[tokio::test(start_paused = true)]
    async fn time_that_the_server_takes_is_not_counted() {
        let (mut server, mut client) = connection();
        for _ in 0..10 {
            // The server has nothing to send for longer than a window, and then little.
            advance(Duration::from_secs(100)).await;
            let mut buffer = [0; 100];
            let (sent, taken) = tokio::join!(server.write_all(&[0; 100]), client.read_exact(&mut buffer));
            sent.expect("the client takes what there is");
            taken.expect("sent");
        }
    }

    /// A body that comes as the test sends it.
    struct Dripping(mpsc::UnboundedReceiver<Bytes>);

    impl Body for Dripping {
        type Data = Bytes;
        type Error = io::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
            self.0.poll_recv(cx).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
        }
    }

    /// The bytes of a body of which so many come every second, for a while.
    async fn read_dripping(bytes: usize, seconds: u32) -> Result<usize, axum::Error> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let client = tokio::spawn(async move {
            for _ in 0..seconds {
                if sender.send(Bytes::from(vec![0; bytes])).is_err() {
                    return;
                }
                sleep(Duration::from_secs(1)).await;
            }
        });
        let body = axum::body::Body::new(PacedBody::new(Dripping(receiver), PACE));
        let read = axum::body::to_bytes(body, usize::MAX).await.map(|body| body.len());
        client.abort();
        read
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_has_to_come_at_the_least_rate() {
        assert_eq!(read_dripping(12, 300).await.expect("enough"), 3_600);
        let error = read_dripping(5, 300).await.expect_err("too slow");
        assert!(error.to_string().contains("least rate"), "{error}");
    }
}
