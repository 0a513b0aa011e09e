//! Randomness with a seed.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A stream of random numbers.
///
/// Every part of the generator has a stream of its own, so that a change in one part leaves the others as they were.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn new(seed: u64, stream: u64) -> Dice {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Dice(rng)
    }

    /// A number in 0…n-1; 0 when there is none.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        // Drawn as 64 bits on every machine.
        if n == 0 { 0 } else { self.0.random_range(0..n as u64) as usize }
    }

    /// A number within inclusive bounds.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        self.0.random_range(low..=high.max(low))
    }

    /// A number in 0…1.
    pub(crate) fn unit(&mut self) -> f64 {
        self.0.random()
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// An element of a list that is not empty.
    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// An element of a list that is not empty, with these weights.
    pub(crate) fn weighed<T: Copy>(&mut self, list: &[(T, u32)]) -> T {
        let sum: u32 = list.iter().map(|(_, weight)| weight).sum();
        let mut at = self.between(1, sum);
        for (item, weight) in list {
            if at <= *weight {
                return *item;
            }
            at -= weight;
        }
        list[0].0
    }

    /// How often something with this probability succeeds in a row.
    pub(crate) fn runs(&mut self, probability: f64) -> u32 {
        let mut count = 0;
        while count < 60 && self.chance(probability) {
            count += 1;
        }
        count
    }

    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        list.shuffle(&mut self.0);
    }

    /// `amount` different numbers out of 1…n in ascending order.
    pub(crate) fn sample(&mut self, n: usize, amount: usize) -> Vec<u32> {
        let mut chosen: Vec<u32> = rand::seq::index::sample(&mut self.0, n, amount.min(n))
            .into_iter()
            .map(|at| at as u32 + 1)
            .collect();
        chosen.sort_unstable();
        chosen
    }

    /// Letters and digits.
    pub(crate) fn code(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(*self.pick(alphabet))).collect()
    }
}

/// Items that are drawn in proportion to their weights.
#[derive(Default)]
pub(crate) struct Pool {
    items: Vec<usize>,
    sums: Vec<f64>,
}

impl Pool {
    pub(crate) fn new(weighed: impl IntoIterator<Item = (usize, f64)>) -> Pool {
        let mut pool = Pool::default();
        for (item, weight) in weighed {
            pool.push(item, weight);
        }
        pool
    }

    pub(crate) fn push(&mut self, item: usize, weight: f64) {
        self.sums.push(self.sum() + weight);
        self.items.push(item);
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    fn sum(&self) -> f64 {
        self.sums.last().copied().unwrap_or(0.0)
    }

    /// `None` when the pool is empty.
    pub(crate) fn pick(&self, dice: &mut Dice) -> Option<usize> {
        let target = dice.unit() * self.sum();
        let at = self.sums.partition_point(|sum| *sum <= target);
        self.items.get(at.min(self.items.len().saturating_sub(1))).copied()
    }
}

/// Weights of ranks 0, 1, 2… that fall like a power: a few large, many small.
pub(crate) fn power_law(rank: usize, offset: f64, exponent: f64) -> f64 {
    (rank as f64 + 1.0 + offset).powf(-exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pools_follow_their_weights() {
        let pool = Pool::new([(7, 1.0), (8, 0.0), (9, 3.0)]);
        let mut dice = Dice::new(1, 2);
        let drawn: Vec<usize> = (0..4000).filter_map(|_| pool.pick(&mut dice)).collect();
        let nines = drawn.iter().filter(|item| **item == 9).count();
        assert!((2800..3200).contains(&nines) && !drawn.contains(&8));
        assert_eq!(Pool::default().pick(&mut dice), None);
    }

    #[test]
    fn streams_differ_and_repeat() {
        let code = |seed, stream| Dice::new(seed, stream).code(b"abcdefgh", 20);
        assert_eq!(code(1, 2), code(1, 2));
        assert_ne!(code(1, 2), code(1, 3));
        assert_ne!(code(1, 2), code(2, 2));
    }
}
