//! The time, as something that is passed in.

use model::Time;

/// Tells the time.
///
/// Use cases get one instead of reading the clock of the machine, so that tests decide what time it is.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Time;
}
