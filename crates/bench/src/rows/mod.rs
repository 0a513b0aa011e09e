//! The measurements, by what they ask of the program.

pub(crate) mod changes;
pub(crate) mod life;
pub(crate) mod lists;
pub(crate) mod publishing;
pub(crate) mod questions;
pub(crate) mod records;
pub(crate) mod writes;

use std::net::SocketAddr;
use std::time::Duration;

use crate::client::Client;
use crate::facts::Facts;
use crate::failure::Outcome;
use crate::load::Load;

/// How long and how often things are measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// Length of one load.
    pub(crate) load: Duration,
    /// Repetitions of a load, of which the best counts.
    pub(crate) repetitions: u32,
    /// Rounds through the requests of a row that are sent one by one.
    pub(crate) rounds: usize,
    /// Length of the slow readers' stay.
    pub(crate) slow: Duration,
}

impl Plan {
    /// What a release is judged by.
    pub(crate) const NORMAL: Plan =
        Plan { load: Duration::from_secs(4), repetitions: 3, rounds: 10, slow: Duration::from_secs(30) };
    /// Whether everything still works, and roughly how fast.
    pub(crate) const QUICK: Plan =
        Plan { load: Duration::from_secs(1), repetitions: 1, rounds: 3, slow: Duration::from_secs(5) };

    /// The repetition with the best p99: other work on the machine makes a figure worse, never better.
    fn best(&self, measure: impl Fn() -> Outcome<Load>) -> Outcome<Load> {
        crate::load::best_of(self.repetitions, measure)
    }
}

/// A running server and what is known about its directory.
pub(crate) struct Scene<'a> {
    pub(crate) server: SocketAddr,
    pub(crate) facts: &'a Facts,
    pub(crate) plan: Plan,
}

impl Scene<'_> {
    fn client(&self) -> Outcome<Client> {
        Client::connect(self.server)
    }
}
