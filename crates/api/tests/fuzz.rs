//! Whatever is asked, the answer is an answer.

mod fuzz_kit;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use fuzz_kit::{Judge, inputs};

/// Random requests per run; `cargo run --release -p api --example fuzz` tries as many as one likes.
const CASES: u32 = 6_000;

#[test]
fn any_request_gets_a_well_formed_answer_that_names_what_it_ignores() {
    let config = ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
    let judge = Judge::new();
    let outcome =
        TestRunner::new(config).run(&inputs(), |input| judge.check(&input).map_err(TestCaseError::fail));
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    // A run that never gets past the door would prove nothing.
    let statuses = judge.statuses();
    let answered = statuses.get(&200).copied().unwrap_or_default();
    assert!(answered * 4 > u64::from(CASES), "{statuses:?}");
    for status in [301, 304, 400, 401, 403, 404, 405, 406, 503] {
        assert!(statuses.contains_key(&status), "no {status} among {statuses:?}");
    }
}
