//! The commands of the program.

use super::{OPTIONS, Opt};

/// A command of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Load,
    Serve,
    Demo,
    Dump,
    Check,
    ExportSqlite,
    ExportJson,
    QueueList,
    QueueShow,
    QueueApprove,
    QueueDeny,
    QueueExpire,
    History,
    Config,
    Doctor,
    MailList,
    MailShow,
    MailRetry,
    TicketsList,
    TicketsClose,
    JobsList,
    JobsRun,
}

impl Command {
    /// All commands, in the order of the help text.
    pub(crate) const ALL: &[Command] = &[
        Command::Demo,
        Command::Load,
        Command::Serve,
        Command::Dump,
        Command::ExportSqlite,
        Command::ExportJson,
        Command::MailList,
        Command::MailShow,
        Command::MailRetry,
        Command::TicketsList,
        Command::TicketsClose,
        Command::JobsList,
        Command::JobsRun,
        Command::Check,
        Command::QueueList,
        Command::QueueShow,
        Command::QueueApprove,
        Command::QueueDeny,
        Command::QueueExpire,
        Command::History,
        Command::Config,
        Command::Doctor,
    ];

    /// The word on the command line; a second word tells the commands of a group apart.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Command::Load => "load",
            Command::Serve => "serve",
            Command::Demo => "demo",
            Command::Dump => "dump",
            Command::ExportSqlite => "export sqlite",
            Command::ExportJson => "export json",
            Command::Check => "check",
            Command::QueueList => "queue list",
            Command::QueueShow => "queue show",
            Command::QueueApprove => "queue approve",
            Command::QueueDeny => "queue deny",
            Command::QueueExpire => "queue expire",
            Command::History => "history",
            Command::Config => "config",
            Command::Doctor => "doctor",
            Command::MailList => "mail list",
            Command::MailShow => "mail show",
            Command::MailRetry => "mail retry",
            Command::TicketsList => "tickets list",
            Command::TicketsClose => "tickets close",
            Command::JobsList => "jobs list",
            Command::JobsRun => "jobs run",
        }
    }

    /// What it does, in one line.
    pub(crate) const fn about(self) -> &'static str {
        match self {
            Command::Load => "Load records, people and keys from files into a database",
            Command::Serve => "Serve the directory in a database",
            Command::Demo => "Make up a lifelike directory and serve it",
            Command::Dump => "Write everything in a database to one file, as a backup that `load` reads",
            Command::ExportSqlite => "Write the public directory as a SQLite file, to ask it in SQL",
            Command::ExportJson => "Write the public lists of all types as one archive, a gzipped tar file",
            Command::Check => "Check that a database is whole; exit status 1 when it is not",
            Command::QueueList => "List the records that wait for approval, the longest first",
            Command::QueueShow => "Show a record that waits for approval, with all of its values",
            Command::QueueApprove => "Publish a record that waits for approval",
            Command::QueueDeny => "Remove a record that waits for approval, for good",
            Command::QueueExpire => "Delete records that nobody decided about for too long",
            Command::History => {
                "Show what a record went through, or all that belongs to an organization, and who did it"
            }
            Command::Config => "Show every option, its value and where the value comes from",
            Command::MailList => "List outgoing mail, the newest first",
            Command::MailShow => "Show an outgoing mail, and what became of it",
            Command::MailRetry => "Queue mails again that failed, are held, or wait",
            Command::TicketsList => "List open tickets to the support",
            Command::TicketsClose => "Close tickets to the support",
            Command::JobsList => "List the jobs, when they are due, and how their last runs went",
            Command::JobsRun => "Run a job now; exit status 1 when it fails",
            Command::Doctor => {
                "Examine an installation and tell what to mend; exit status 1 when something has to be"
            }
        }
    }

    /// What a group of commands is for, in one line.
    pub(crate) fn about_group(name: &str) -> &'static str {
        match name {
            "export" => "Write the public directory to one file, for everybody",
            "mail" => "Look after outgoing mail",
            "tickets" => "Look after tickets to the support",
            "jobs" => "Look after work on a schedule",
            "queue" => "Look at records that wait for approval, and decide about them",
            _ => "",
        }
    }

    /// The options that it takes.
    pub(crate) fn options(self) -> impl Iterator<Item = &'static Opt> {
        OPTIONS.iter().copied().filter(move |option| {
            // Those two look at what the others would be told.
            let all = matches!(self, Command::Config | Command::Doctor);
            all || option.commands.is_empty() || option.commands.contains(&self)
        })
    }
}
