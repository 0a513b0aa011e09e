//! The program `peeringd`: the public directory of networks, exchanges and facilities.
//!
//! Here stand the options, the commands and the wiring of the other crates. Only this crate reads the
//! environment, writes to the terminal and decides about exit statuses: 0 when all is well, 1 when a check found
//! something, 2 on a failure.

mod cli;
mod clock;
mod commands;
mod edge;
mod failure;
mod health;
mod limits;
mod listener;
mod master_key;
mod options;
mod output;
mod progress;
mod random;
mod settings;
mod signals;
mod telemetry;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use cli::Request;
use failure::{Done, End, Failure, Stop};
use options::Environment;

fn main() -> ExitCode {
    // The hook has told what happened; the status only has to be one of ours.
    let done = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|payload| {
        let message = telemetry::text_of(payload.as_ref()).to_owned();
        Err(Failure::new("internal error", message, "please report it with the log").into())
    });
    match done {
        Ok(End::Fine) | Err(Stop::ReaderLeft) => ExitCode::SUCCESS,
        Ok(End::Finding) => ExitCode::from(1),
        Err(Stop::Failed(failure)) => {
            output::say(&format!("peeringd: {failure}"));
            ExitCode::from(2)
        }
    }
}

fn run() -> Done {
    let environment = Environment::of_process();
    match cli::read(std::env::args_os(), &environment)? {
        Request::Text(text) => {
            output::print_styled(&text)?;
            Ok(End::Fine)
        }
        Request::Nothing(overview) => {
            output::say_styled(&overview);
            Err(Failure::new("no command", "nothing to do", "give one of the commands above").into())
        }
        Request::Run(command, values, files) => commands::run(command, &values, files, &environment),
    }
}
