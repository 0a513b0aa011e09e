//! Random requests, and what every answer has to satisfy whatever was asked. Shared by the property test and by the
//! runner that tries millions.

mod inputs;
mod judge;

pub(crate) use inputs::{Input, inputs};
pub(crate) use judge::Judge;
