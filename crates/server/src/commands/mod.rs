//! The commands, and what they share.

mod check;
mod config;
mod demo;
mod desk;
mod doctor;
mod dump;
mod export;
mod history;
mod jobs;
mod load;
mod queue;
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
use queue::Work;

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
        Command::MailList => block_on(desk::list_mail(&settings)),
        Command::MailShow => block_on(desk::show_mail(&settings, &files)),
        Command::MailRetry => block_on(desk::retry_mail(&settings, &files)),
        Command::TicketsList => block_on(desk::list_tickets(&settings)),
        Command::TicketsClose => block_on(desk::close_tickets(&settings, &files)),
        Command::JobsList => block_on(jobs::list(&settings)),
        Command::JobsRun => block_on(jobs::run(&settings, &files)),
        Command::Check => block_on(check::run(&settings)),
        Command::QueueList => block_on(queue::run(&settings, Work::List, &files)),
        Command::QueueShow => block_on(queue::run(&settings, Work::Show, &files)),
        Command::QueueApprove => block_on(queue::run(&settings, Work::Approve, &files)),
        Command::QueueDeny => block_on(queue::run(&settings, Work::Deny, &files)),
        Command::QueueExpire => block_on(queue::run(&settings, Work::Expire, &files)),
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
