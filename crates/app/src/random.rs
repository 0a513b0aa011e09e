//! Random numbers, as something that is passed in.

/// Draws random numbers.
///
/// Use cases get a source instead of asking the machine, so that tests decide what is drawn.
pub trait Random: Send + Sync {
    /// 128 bits that never come again, in this process or another one.
    fn draw(&self) -> u128;
}
