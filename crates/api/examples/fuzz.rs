//! Tries random requests against a small directory: `fuzz CASES [SEED]`. Ends with status 1 at the first wrong answer.

#[path = "../tests/fuzz_kit/mod.rs"]
mod fuzz_kit;

use std::cell::Cell;
use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use fuzz_kit::{Judge, inputs};

/// Cases between two lines of progress.
const STEP: u64 = 500_000;

fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u32>());
    let (Some(Ok(cases)), Ok(seed)) = (numbers.next(), numbers.next().unwrap_or(Ok(0))) else {
        say("usage: fuzz CASES [SEED]");
        return ExitCode::from(2);
    };
    match run(cases, seed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say(&failure);
            ExitCode::FAILURE
        }
    }
}

fn run(cases: u32, seed: u32) -> Result<(), String> {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let mut key = [0; 32];
    key[..4].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &key));
    let (judge, start, done) = (Judge::new(), Instant::now(), Cell::new(0));
    let outcome = runner.run(&inputs(), |input| {
        done.set(done.get() + 1);
        if done.get() % STEP == 0 {
            report(done.get(), start);
        }
        judge.check(&input).map_err(TestCaseError::fail)
    });
    report(done.get(), start);
    say(&format!("answers by status: {:?}", judge.statuses()));
    outcome.map_err(|failure| failure.to_string())
}

fn report(done: u64, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    say(&format!("{done} requests in {seconds:.1} s, {:.0} per second", done as f64 / seconds));
}

fn say(line: &str) {
    // Nobody reads a closed pipe.
    let _ = writeln!(std::io::stdout(), "{line}");
}
