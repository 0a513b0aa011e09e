//! Those who listen to the feed over connections that stay open: each holds a place, of which there are so many.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipnet::IpNet;
use tokio::sync::watch;

use crate::request::ClientAddress;

/// Listeners at a time.
pub const LISTENERS_MAX: usize = 1_000;
/// Listeners from one client: an IPv4 address, or an IPv6 network of the size that one subscriber gets.
pub const LISTENERS_PER_CLIENT_MAX: usize = 10;

/// Why there is no place for another listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPlace {
    /// The client has its share.
    Client,
    /// All places are taken.
    Server,
    /// The program is ending.
    Ending,
}

/// The places of listeners.
#[derive(Debug)]
pub struct Listeners {
    taken: Arc<Mutex<Taken>>,
    ending: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_client: HashMap<Option<IpNet>, usize>,
}

impl Default for Listeners {
    fn default() -> Listeners {
        Listeners { taken: Arc::default(), ending: watch::Sender::new(false) }
    }
}

/// Numbers are changed whole: a poisoned lock guards valid ones.
fn lock(taken: &Mutex<Taken>) -> MutexGuard<'_, Taken> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Listeners {
    /// Takes a place for a client; those whose address nobody told share one.
    ///
    /// # Errors
    /// When there is none.
    pub fn take(&self, client: Option<IpAddr>) -> Result<Place, NoPlace> {
        let ending = self.ending.subscribe();
        if *ending.borrow() {
            return Err(NoPlace::Ending);
        }
        let client = client.map(|address| ClientAddress::new(address).network());
        let mut taken = lock(&self.taken);
        if taken.all >= LISTENERS_MAX {
            return Err(NoPlace::Server);
        }
        let own = taken.by_client.entry(client).or_default();
        if *own >= LISTENERS_PER_CLIENT_MAX {
            return Err(NoPlace::Client);
        }
        *own += 1;
        taken.all += 1;
        drop(taken);
        Ok(Place { taken: Arc::clone(&self.taken), client, ending })
    }

    /// Listeners at present.
    pub fn count(&self) -> usize {
        lock(&self.taken).all
    }

    /// Ends all listening: the program is about to stop.
    pub fn end(&self) {
        self.ending.send_replace(true);
    }
}

/// A listener's place, which is free again when this is dropped.
#[derive(Debug)]
pub struct Place {
    taken: Arc<Mutex<Taken>>,
    client: Option<IpNet>,
    ending: watch::Receiver<bool>,
}

impl Place {
    /// Waits until listening has to end.
    pub async fn ended(&mut self) {
        // An error means that nobody is left who could ask for the end: the program is gone already.
        let _ = self.ending.wait_for(|ending| *ending).await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        taken.all -= 1;
        if let Some(own) = taken.by_client.get_mut(&self.client) {
            *own -= 1;
            if *own == 0 {
                taken.by_client.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bounded_per_client_and_come_back() {
        let listeners = Listeners::default();
        let near = Some("2001:db8:0:1::1".parse().expect("an address"));
        let same = Some("2001:db8:0:1::2".parse().expect("an address"));
        let places: Vec<Place> =
            (0..LISTENERS_PER_CLIENT_MAX).map(|_| listeners.take(near).expect("room")).collect();
        assert_eq!(listeners.take(same).map(|_| ()), Err(NoPlace::Client));
        assert!(listeners.take(None).is_ok(), "others have room");
        assert_eq!(listeners.count(), LISTENERS_PER_CLIENT_MAX);
        drop(places);
        assert_eq!(listeners.count(), 0);
        assert!(listeners.take(same).is_ok());
    }

    #[test]
    fn there_is_an_end_to_all_places() {
        let listeners = Listeners::default();
        let address = |n: usize| Some(IpAddr::from(u32::try_from(n).unwrap_or(0).to_be_bytes()));
        let places: Vec<Place> =
            (0..LISTENERS_MAX).map(|n| listeners.take(address(n)).expect("room")).collect();
        assert_eq!(listeners.take(None).map(|_| ()), Err(NoPlace::Server));
        drop(places);
        listeners.end();
        assert_eq!(listeners.take(None).map(|_| ()), Err(NoPlace::Ending));
    }
}
