//! Why a benchmark ends early.

use std::error::Error;
use std::fmt;
use std::io;

/// What could not be done, or which premise does not hold.
#[derive(Debug)]
pub(crate) struct Failure(String);

/// A result of this crate.
pub(crate) type Outcome<T> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(text: impl Into<String>) -> Failure {
        Failure(text.into())
    }

    /// An error of something, with the thing named before it.
    pub(crate) fn of(what: impl fmt::Display) -> impl FnOnce(io::Error) -> Failure {
        move |error| Failure(format!("{what}: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Failure {
        let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
        Failure(format!("{error}{cause}"))
    }
}

/// A premise: what must be so for a measurement to mean what its row says.
pub(crate) fn require(holds: bool, premise: impl FnOnce() -> String) -> Outcome<()> {
    if holds { Ok(()) } else { Err(Failure(format!("a premise does not hold: {}", premise()))) }
}
