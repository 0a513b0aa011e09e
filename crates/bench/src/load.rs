//! The load generator: requests at a given rate, or as fast as answers come.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use crate::client::{Client, Request};
use crate::failure::{Failure, Outcome};
use crate::samples::Samples;

/// What a load measured.
#[derive(Clone, Debug, Default)]
pub(crate) struct Load {
    /// From sending a request to the last byte of its answer.
    pub(crate) samples: Samples,
    /// Answers per second.
    pub(crate) rate: f64,
    /// Bytes of the bodies, on average.
    pub(crate) bytes: u64,
}

/// What one connection measured.
#[derive(Default)]
struct Part {
    durations: Vec<Duration>,
    bytes: u64,
}

/// Sends requests at a rate, whether or not earlier ones were answered.
///
/// A request that is due while its connection still waits counts from the moment it was due, so that a slow answer is
/// charged with the delay of those behind it. A request that is late because this program overslept counts from the
/// moment it was sent.
pub(crate) fn at_rate(
    server: SocketAddr,
    requests: &[Request],
    rate: u32,
    time: Duration,
    connections: u32,
) -> Outcome<Load> {
    let total = (f64::from(rate) * time.as_secs_f64()) as u32;
    let start = Instant::now() + Duration::from_millis(20);
    in_parallel(connections, |lane| {
        let mut client = Client::connect(server)?;
        let mut part = Part::default();
        for number in (lane..total).step_by(connections as usize) {
            let due = start + Duration::from_secs_f64(f64::from(number) / f64::from(rate));
            let free = Instant::now();
            let wait = due.saturating_duration_since(free);
            thread::sleep(wait);
            let begun = if wait.is_zero() { due } else { Instant::now() };
            part.bytes += client.count(nth(requests, number)?)?;
            part.durations.push(begun.elapsed());
        }
        Ok(part)
    })
}

/// Sends on each connection the next request when the last one is answered.
pub(crate) fn at_most(
    server: SocketAddr,
    requests: &[Request],
    time: Duration,
    connections: u32,
) -> Outcome<Load> {
    let end = Instant::now() + time;
    in_parallel(connections, |lane| {
        let mut client = Client::connect(server)?;
        let mut part = Part::default();
        for number in (lane..).step_by(connections as usize) {
            let begun = Instant::now();
            if begun >= end {
                break;
            }
            part.bytes += client.count(nth(requests, number)?)?;
            part.durations.push(begun.elapsed());
        }
        Ok(part)
    })
}

/// Sends on each connection one request after the other; `next` makes them, from the number of the connection and that
/// of the request on it.
pub(crate) fn until(
    server: SocketAddr,
    time: Duration,
    connections: u32,
    next: impl Fn(u32, u32) -> Request + Sync,
) -> Outcome<Load> {
    let end = Instant::now() + time;
    in_parallel(connections, |lane| {
        let mut client = Client::connect(server)?;
        let mut part = Part::default();
        for number in 0.. {
            let begun = Instant::now();
            if begun >= end {
                break;
            }
            part.bytes += client.count(&next(lane, number))?;
            part.durations.push(begun.elapsed());
        }
        Ok(part)
    })
}

/// Sends each request so many times on one connection.
pub(crate) fn one_by_one(server: SocketAddr, requests: &[Request], rounds: usize) -> Outcome<Load> {
    let mut client = Client::connect(server)?;
    let begun = Instant::now();
    let mut part = Part::default();
    for request in std::iter::repeat_n(requests, rounds).flatten() {
        let sent = Instant::now();
        part.bytes += client.count(request)?;
        part.durations.push(sent.elapsed());
    }
    Ok(summary(vec![part], begun.elapsed()))
}

fn nth(requests: &[Request], number: u32) -> Outcome<&Request> {
    let at = number as usize % requests.len().max(1);
    requests.get(at).ok_or_else(|| Failure::new("nothing to request"))
}

fn in_parallel(connections: u32, work: impl Fn(u32) -> Outcome<Part> + Sync) -> Outcome<Load> {
    let begun = Instant::now();
    let parts: Outcome<Vec<Part>> = thread::scope(|scope| {
        let work = &work;
        let lanes: Vec<_> = (0..connections).map(|lane| scope.spawn(move || work(lane))).collect();
        lanes.into_iter().map(|lane| lane.join().unwrap_or_else(|_| Err(panicked()))).collect()
    });
    Ok(summary(parts?, begun.elapsed()))
}

fn panicked() -> Failure {
    Failure::new("a connection of the load generator panicked")
}

fn summary(parts: Vec<Part>, elapsed: Duration) -> Load {
    let bytes: u64 = parts.iter().map(|part| part.bytes).sum();
    let samples = Samples::new(parts.into_iter().flat_map(|part| part.durations).collect());
    let count = samples.len();
    Load { rate: count as f64 / elapsed.as_secs_f64(), bytes: bytes / count.max(1) as u64, samples }
}

/// The repetition with the best p99: other work on the machine makes a measurement worse, never better.
pub(crate) fn best_of(times: u32, measure: impl Fn() -> Outcome<Load>) -> Outcome<Load> {
    let loads: Outcome<Vec<Load>> = (0..times.max(1)).map(|_| measure()).collect();
    let best = loads?.into_iter().min_by_key(|load| load.samples.p99());
    Ok(best.unwrap_or_default())
}
