//! Random numbers of the machine.

use std::sync::atomic::{AtomicU64, Ordering};

use app::random::Random;

use crate::failure::Failure;

/// A random start, counted on, so that no two numbers are the same, in this process or another one.
#[derive(Debug)]
pub(crate) struct SystemRandom {
    start: u128,
    drawn: AtomicU64,
}

impl SystemRandom {
    /// Draws the start.
    ///
    /// # Errors
    /// When the machine gives no random numbers.
    pub(crate) fn start() -> Result<SystemRandom, Failure> {
        let mut start = [0; 16];
        getrandom::fill(&mut start)
            .map_err(|error| Failure::new("random numbers", error, "check the system's random device"))?;
        Ok(SystemRandom { start: u128::from_ne_bytes(start), drawn: AtomicU64::new(0) })
    }
}

impl Random for SystemRandom {
    fn draw(&self) -> u128 {
        self.start.wrapping_add(u128::from(self.drawn.fetch_add(1, Ordering::Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_differ() {
        let (one, other) = (SystemRandom::start().expect("random"), SystemRandom::start().expect("random"));
        assert_ne!(one.draw(), one.draw());
        assert_ne!(one.draw(), other.draw());
    }
}
