//! The commands, and what they share.

mod check;
mod config;
mod demo;
mod doctor;
mod dump;
mod export;
mod history;
mod load;
mod serve;

use std::future::Future;
use std::path::PathBuf;

use app::export::Form;
use app::random::Random;
use store::{Mode, Store};

use crate::failure::{Done, Failure};
use crate::options::{Command, Environment, Values};
use crate::random::SystemRandom;
use crate::settings::Settings;
use crate::telemetry;

/// Runs a command.
pub(crate) fn run(command: Command, values: &Values, files: Vec<PathBuf>, environment: &Environment) -> Done {
    if command == Command::Config {
        return config::run(values, environment);
    }
    if command == Command::Doctor {
        // What is wrong with the options is one of its findings.
        return block_on(doctor::run(values, environment));
    }
    let settings = Settings::read(values)?;
    telemetry::start(&settings.log);
    for variable in environment.strays() {
        tracing::warn!(variable, "the variable sets no option");
    }
    match command {
        Command::Load => block_on(load::run(&settings, &files)),
        Command::Serve => block_on(serve::run(&settings, values)),
        Command::Demo => block_on(demo::run(&settings, values)),
        Command::Dump => block_on(dump::run(&settings, &files)),
        Command::ExportSqlite => block_on(export::run(&settings, Form::Sqlite, &files)),
        Command::ExportJson => block_on(export::run(&settings, Form::Json, &files)),
        Command::Check => block_on(check::run(&settings)),
        Command::History => block_on(history::run(&settings, &files)),
        Command::Config => config::run(values, environment),
        Command::Doctor => block_on(doctor::run(values, environment)),
    }
}

/// Runs asynchronous work to its end.
fn block_on<T>(work: impl Future<Output = Done<T>>) -> Done<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new("threads", error, "raise the limits on processes and open files"))?;
    runtime.block_on(work)
}

/// Opens a database that has to be there.
async fn open(settings: &Settings) -> Done<Store> {
    let opened = Store::open(&settings.database, Mode::Existing).await;
    opened.map_err(|error| Failure::told(&error).into())
}

/// A source of salts for passwords.
fn salts() -> Result<impl FnMut() -> [u8; 16] + Send, Failure> {
    let random = SystemRandom::start()?;
    Ok(move || random.draw().to_ne_bytes())
}
