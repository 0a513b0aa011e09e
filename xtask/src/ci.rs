//! `cargo xtask ci`: the stages that a change must pass, in order, with the time that each took.

use std::time::{Duration, Instant};

use crate::command::{self, Failure};
use crate::{conformance, faults, testing};

/// Percent of the recorded writes that have to be the same.
const WRITE_SCORE: &str = "99";

/// The groups of recorded reads that the program promises to answer like the reference.
const READ_GROUPS: &[&str] = &[
    "index",
    "methods",
    "list",
    "depth_list",
    "fields",
    "status",
    "since",
    "page",
    "ids",
    "detail",
    "depth_detail",
    "detail_misc",
    "detail_status",
    "ordering",
    "filter_s",
    "filter_accent",
    "filter_c",
    "filter_f",
    "filter_d",
    "filter_j",
    "filter_b",
    "filter_i",
    "filter_unknown",
    "filter_combo",
    "filter_t",
    "filter_e",
    "relation",
    "combo",
    "spatial",
    "auth",
    "self",
    "auth_header",
    "client_compat",
    "http_headers",
    "cors",
    "org_users",
    "asset",
];

/// The share of those exchanges, in percent, below which a change does not pass.
const READ_SCORE: &str = "99";

type Stage = (&'static str, fn() -> Result<(), Failure>);

const STAGES: &[Stage] = &[
    ("format", format),
    ("clippy", clippy),
    ("test", test),
    ("faults", faults),
    ("conformance", conformance),
];

/// Runs the stages up to the first that fails.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    if let Some(surplus) = args.first() {
        return Err(Failure::broken(format!("ci takes no arguments, and got `{surplus}`")));
    }
    run_stages(STAGES)
}

fn run_stages(stages: &[Stage]) -> Result<(), Failure> {
    let mut times = Vec::new();
    let mut outcome = Ok(());
    for (name, stage) in stages {
        println!("== {name}");
        let start = Instant::now();
        outcome = stage().map_err(|failure| Failure {
            message: format!("stage {name} failed: {}", failure.message),
            status: failure.status,
        });
        times.push((*name, start.elapsed()));
        if outcome.is_err() {
            break;
        }
    }
    println!("{}", timetable(&times));
    outcome
}

fn timetable(times: &[(&str, Duration)]) -> String {
    let total: Duration = times.iter().map(|(_, time)| *time).sum();
    let row = |name: &str, time: Duration| format!("\n  {name:<12}{:>7.1}", time.as_secs_f64() / 60.0);
    let mut text = String::from("== minutes");
    for (name, time) in times {
        text.push_str(&row(name, *time));
    }
    text.push_str(&row("all", total));
    text
}

fn format() -> Result<(), Failure> {
    command::run(command::cargo().args(["fmt", "--all", "--check"]))
}

fn clippy() -> Result<(), Failure> {
    let mut cargo = command::cargo();
    cargo.args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]);
    command::run(&mut cargo)
}

fn test() -> Result<(), Failure> {
    testing::run(&[])
}

/// In their short form, on the program that the tests have built.
fn faults() -> Result<(), Failure> {
    let program = conformance::target_folder()?.join("debug").join("peeringd");
    faults::run(&["--program".to_owned(), program.display().to_string()])
}

fn conformance() -> Result<(), Failure> {
    let groups = READ_GROUPS.join(",");
    let args = ["--reads", "--group", groups.as_str(), "--min", READ_SCORE];
    conformance::run(&args.map(str::to_owned))?;
    let args = ["--writes", "--min", WRITE_SCORE];
    conformance::run(&args.map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes() -> Result<(), Failure> {
        Ok(())
    }

    fn fails() -> Result<(), Failure> {
        Err(Failure { message: "told why".to_owned(), status: 3 })
    }

    fn must_not_run() -> Result<(), Failure> {
        panic!("a stage ran after one had failed")
    }

    #[test]
    fn the_first_failure_ends_the_run_and_is_named() {
        let outcome = run_stages(&[("one", passes), ("two", fails), ("three", must_not_run)]);
        let expected = Failure { message: "stage two failed: told why".to_owned(), status: 3 };
        assert_eq!(outcome, Err(expected));
    }

    #[test]
    fn all_stages_passing_is_a_pass() {
        assert_eq!(run_stages(&[("one", passes), ("two", passes)]), Ok(()));
    }

    #[test]
    fn the_timetable_counts_in_minutes_and_sums_up() {
        let text = timetable(&[("test", Duration::from_secs(90)), ("clippy", Duration::from_secs(30))]);
        let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(rows[1], ["test", "1.5"]);
        assert_eq!(rows[3], ["all", "2.0"]);
    }

    #[test]
    fn arguments_are_refused() {
        assert_eq!(run(&["--fast".to_owned()]).map_err(|failure| failure.status), Err(2));
    }
}
