//! A memory before a slow locator: every address is asked for once, and the answer is kept.
//!
//! Answers live in memory and, where there is one, on a [`Shelf`] that outlives the process. That a place is
//! unknown is kept for a shorter time than a place, since maps grow; that the service failed is kept shortest,
//! just long enough that a service in trouble is not asked for the same address by every request.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::Time;
use tokio::sync::OnceCell;

use super::{Address, LocateError, LocateFuture, Located, Locator, Outcome};
use crate::clock::Clock;

const DAY: i64 = 24 * 3600 * Time::SECOND;

/// How long answers hold, in microseconds, and how many are kept in memory.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A place that was found.
    pub found_micros: i64,
    /// A place that the service does not know.
    pub unknown_micros: i64,
    /// A failure to ask.
    pub failure_micros: i64,
    /// Addresses in memory.
    pub addresses_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        // 20 000 addresses take about 5 MB.
        Limits {
            found_micros: 30 * DAY,
            unknown_micros: DAY,
            failure_micros: 30 * Time::SECOND,
            addresses_max: 20_000,
        }
    }
}

/// An answer on the shelf.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kept {
    /// The place, or `None` when the service does not know it.
    pub located: Option<Located>,
    /// When the service was asked.
    pub asked: Time,
}

/// A step on the shelf that is under way; the error is a text for the log.
pub type ShelfFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send + 'a>>;

/// Keeps answers beyond the end of the process.
pub trait Shelf: Send + Sync {
    /// The answer for a key of [`Address::key`].
    fn get<'a>(&'a self, key: &'a str) -> ShelfFuture<'a, Option<Kept>>;

    /// Keeps an answer, in place of an earlier one for the key.
    fn put<'a>(&'a self, key: &'a str, kept: Kept) -> ShelfFuture<'a, ()>;
}

/// A locator that asks another one, once for each address, and remembers what it said.
pub struct Remembering {
    inner: Arc<dyn Locator>,
    shelf: Option<Arc<dyn Shelf>>,
    clock: Arc<dyn Clock>,
    limits: Limits,
    memory: Mutex<Memory>,
    flights: Flights,
}

impl Remembering {
    /// Puts a memory before `inner`.
    pub fn new(
        inner: Arc<dyn Locator>,
        shelf: Option<Arc<dyn Shelf>>,
        clock: Arc<dyn Clock>,
        limits: Limits,
    ) -> Remembering {
        let memory = Mutex::new(Memory::new(limits.addresses_max));
        Remembering { inner, shelf, clock, limits, memory, flights: Flights::default() }
    }

    async fn find(&self, address: &Address) -> Outcome {
        let Some(key) = address.key() else {
            return Ok(None);
        };
        if let Some(outcome) = self.recall(&key) {
            return outcome;
        }
        let flight = self.flights.join(key);
        flight.cell.get_or_init(|| self.learn(&flight.key, address)).await.clone()
    }

    fn recall(&self, key: &str) -> Option<Outcome> {
        let now = self.clock.now();
        locked(&self.memory).get(key).filter(|answer| answer.until > now).map(|answer| answer.outcome)
    }

    fn remember(&self, key: &str, outcome: &Outcome, until: Time) {
        locked(&self.memory).put(key, Answer { outcome: outcome.clone(), until });
    }

    /// Runs once for all who wait for the same address.
    async fn learn(&self, key: &str, address: &Address) -> Outcome {
        // Another flight may have landed between the look into memory and the start of this one.
        if let Some(outcome) = self.recall(key) {
            return outcome;
        }
        let kept = self.take_from_shelf(key).await;
        if let Some(kept) = kept
            && let until = self.end_of(&kept)
            && until > self.clock.now()
        {
            self.remember(key, &Ok(kept.located), until);
            return Ok(kept.located);
        }
        match self.inner.locate(address).await {
            Ok(located) => {
                let fresh = Kept { located, asked: self.clock.now() };
                self.remember(key, &Ok(located), self.end_of(&fresh));
                self.put_on_shelf(key, fresh).await;
                Ok(located)
            }
            Err(error) => self.make_do(key, kept, error),
        }
    }

    /// An answer in spite of a failure: an old place is better than none, cities do not move.
    fn make_do(&self, key: &str, kept: Option<Kept>, error: LocateError) -> Outcome {
        let lasting = !matches!(error, LocateError::Busy);
        tracing::warn!(%error, "an address was not looked up");
        let outcome = match kept.and_then(|kept| kept.located) {
            Some(located) => Ok(Some(located)),
            None => Err(error),
        };
        if lasting {
            self.remember(key, &outcome, after(self.clock.now(), self.limits.failure_micros));
        }
        outcome
    }

    fn end_of(&self, kept: &Kept) -> Time {
        let micros =
            if kept.located.is_some() { self.limits.found_micros } else { self.limits.unknown_micros };
        after(kept.asked, micros)
    }

    async fn take_from_shelf(&self, key: &str) -> Option<Kept> {
        let taken = self.shelf.as_ref()?.get(key).await;
        taken.unwrap_or_else(|error| {
            tracing::warn!(error, "kept addresses could not be read");
            None
        })
    }

    async fn put_on_shelf(&self, key: &str, kept: Kept) {
        let Some(shelf) = &self.shelf else {
            return;
        };
        if let Err(error) = shelf.put(key, kept).await {
            tracing::warn!(error, "an address could not be kept");
        }
    }
}

impl Locator for Remembering {
    fn locate<'a>(&'a self, address: &'a Address) -> LocateFuture<'a> {
        Box::pin(self.find(address))
    }

    fn attribution(&self) -> &'static str {
        self.inner.attribution()
    }
}

fn after(time: Time, micros: i64) -> Time {
    Time(time.0.saturating_add(micros))
}

/// A panic while the lock was held leaves maps that are still maps.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Clone)]
struct Answer {
    outcome: Outcome,
    until: Time,
}

/// A bounded map in two halves. When the young half is full, it becomes the old one and the old one is
/// forgotten; what is asked for again moves back to the young half.
struct Memory {
    young: HashMap<String, Answer>,
    old: HashMap<String, Answer>,
    half_max: usize,
}

impl Memory {
    fn new(addresses_max: usize) -> Memory {
        Memory { young: HashMap::new(), old: HashMap::new(), half_max: (addresses_max / 2).max(1) }
    }

    fn get(&mut self, key: &str) -> Option<Answer> {
        if let Some(answer) = self.young.get(key) {
            return Some(answer.clone());
        }
        let (key, answer) = self.old.remove_entry(key)?;
        self.put(&key, answer.clone());
        Some(answer)
    }

    fn put(&mut self, key: &str, answer: Answer) {
        if self.young.len() >= self.half_max && !self.young.contains_key(key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key.to_owned(), answer);
    }
}

type Cell = Arc<OnceCell<Outcome>>;

/// The look-ups under way, by key.
#[derive(Default)]
struct Flights {
    cells: Mutex<HashMap<String, Cell>>,
}

impl Flights {
    fn join(&self, key: String) -> Flight<'_> {
        let cell = Arc::clone(locked(&self.cells).entry(key.clone()).or_default());
        Flight { flights: self, key, cell }
    }
}

/// One who waits for a look-up; the last to go takes the look-up off the list. A look-up whose first caller
/// goes away is taken up by the next.
struct Flight<'a> {
    flights: &'a Flights,
    key: String,
    cell: Cell,
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let mut cells = locked(&self.flights.cells);
        // Two holders are the list and this flight. Others join under the lock only.
        let listed = cells.get(&self.key).is_some_and(|cell| Arc::ptr_eq(cell, &self.cell));
        if listed && Arc::strong_count(&self.cell) == 2 {
            cells.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests;
