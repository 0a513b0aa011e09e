//! A map of bounded size that many threads use at once.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::Time;

/// Parts of a map; threads meet at one of them by chance only.
const SHARDS: usize = 32;

/// What a map remembers about a key.
pub(super) trait Memory {
    /// The moment from which on it makes no difference whether it is still there.
    fn ends(&self) -> Time;
}

/// A map that holds so many entries at most. Where there is no room, it forgets what has ended, and then the eighth
/// of the entries that end first: whoever floods it with keys pushes out nearly only keys of their own.
pub(super) struct Shards<K, V> {
    hasher: RandomState,
    shards: Vec<Mutex<HashMap<K, V>>>,
    /// Entries of one part.
    entries_max: usize,
    /// Entries of all parts; read without a lock.
    entries: AtomicUsize,
}

impl<K: Hash + Eq, V: Memory> Shards<K, V> {
    pub(super) fn new(entries_max: usize) -> Shards<K, V> {
        Shards {
            hasher: RandomState::new(),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            entries_max: (entries_max / SHARDS).max(1),
            entries: AtomicUsize::new(0),
        }
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.entries.load(Ordering::Relaxed)
    }

    /// Does something with the entry of a key, which is made when it is not there.
    pub(super) fn update<T>(
        &self,
        key: K,
        now: Time,
        fresh: impl FnOnce() -> V,
        act: impl FnOnce(&mut V) -> T,
    ) -> T {
        let mut shard = self.shard(&key);
        if let Some(entry) = shard.get_mut(&key) {
            return act(entry);
        }
        if shard.len() >= self.entries_max {
            let before = shard.len();
            make_room(&mut shard, self.entries_max, now);
            self.entries.fetch_sub(before - shard.len(), Ordering::Relaxed);
        }
        let mut entry = fresh();
        let done = act(&mut entry);
        shard.insert(key, entry);
        self.entries.fetch_add(1, Ordering::Relaxed);
        done
    }

    /// Reads the entry of a key, if there is one.
    pub(super) fn read<T>(&self, key: &K, act: impl FnOnce(&mut V) -> T) -> Option<T> {
        if self.len() == 0 {
            return None;
        }
        self.shard(key).get_mut(key).map(act)
    }

    /// Forgets a key.
    pub(super) fn remove(&self, key: &K) {
        if self.len() > 0 && self.shard(key).remove(key).is_some() {
            self.entries.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn shard(&self, key: &K) -> MutexGuard<'_, HashMap<K, V>> {
        // The upper half: a map of its own hash takes the lower one for its buckets.
        let at = (self.hasher.hash_one(key) >> 32) as usize % SHARDS;
        // A poisoned lock still guards counts, each of which is whole.
        self.shards[at].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn make_room<K: Hash + Eq, V: Memory>(shard: &mut HashMap<K, V>, entries_max: usize, now: Time) {
    shard.retain(|_, entry| entry.ends() > now);
    let spare = (entries_max / 8).max(1);
    if shard.len() + spare <= entries_max {
        return;
    }
    let mut ends: Vec<Time> = shard.values().map(Memory::ends).collect();
    let mut left = (shard.len() + spare - entries_max).min(ends.len());
    let last = *ends.select_nth_unstable(left - 1).1;
    shard.retain(|_, entry| {
        let goes = left > 0 && entry.ends() <= last;
        left -= usize::from(goes);
        !goes
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Until(Time);

    impl Memory for Until {
        fn ends(&self) -> Time {
            self.0
        }
    }

    #[test]
    fn a_flood_of_keys_takes_no_more_than_its_room_and_ended_entries_go_first() {
        const ROOM: usize = SHARDS * 16;
        let map = Shards::new(ROOM);
        let keep = |key: u32, ends: i64, now: i64| map.update(key, Time(now), || Until(Time(ends)), |_| ());
        keep(u32::MAX, 1_000_000, 0);
        for key in 0..100_000 {
            keep(key, 10, 0);
            assert!(map.len() <= ROOM, "{}", map.len());
        }
        assert!(map.len() > ROOM / 2, "{}", map.len());
        assert!(map.read(&u32::MAX, |_| ()).is_some(), "what lasts longest stays");
        let held: usize = map.shards.iter().map(|shard| shard.lock().expect("a lock").len()).sum();
        assert_eq!(map.len(), held);
        map.remove(&u32::MAX);
        assert!(map.read(&u32::MAX, |_| ()).is_none());
    }

    #[test]
    fn entries_that_have_ended_make_room_for_all_others() {
        let map = Shards::new(SHARDS * 64);
        for key in 0..1_000_u32 {
            map.update(key, Time(0), || Until(Time(5)), |_| ());
        }
        for key in 1_000..2_000_u32 {
            map.update(key, Time(6), || Until(Time(100)), |_| ());
        }
        let later = (1_000..2_000_u32).filter(|key| map.read(key, |_| ()).is_some()).count();
        assert!(later > 900, "{later}");
    }
}
