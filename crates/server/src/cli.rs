//! The command line, built from the option table.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, StyledStr};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, value_parser};

use crate::failure::Failure;
use crate::options::{Command, Environment, Opt, Values};

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Request {
    /// A command with its options and files.
    Run(Command, Values, Vec<PathBuf>),
    /// A text that was asked for: help or version.
    Text(StyledStr),
    /// Nothing was asked for; the text is an overview.
    Nothing(StyledStr),
}

/// Reads the command line, the name of the program first.
///
/// # Errors
/// When it does not follow the rules; the failure names what is wrong.
pub(crate) fn read(
    line: impl IntoIterator<Item = OsString>,
    environment: &Environment,
) -> Result<Request, Failure> {
    let matches = match parser().try_get_matches_from(line) {
        Ok(matches) => matches,
        Err(error) => return explain(&error),
    };
    let chosen = matches.subcommand().and_then(|(name, own)| match own.subcommand() {
        Some((second, own)) => Some((named(&format!("{name} {second}"))?, own)),
        None => Some((named(name)?, own)),
    });
    let Some((command, own)) = chosen else {
        return Ok(Request::Nothing(parser().render_help()));
    };
    let values = Values::settle(command, |option| flag(own, option), environment)?;
    let files = own.try_get_many::<PathBuf>(FILE).ok().flatten();
    Ok(Request::Run(command, values, files.map(|files| files.cloned().collect()).unwrap_or_default()))
}

const FILE: &str = "FILE";

fn named(name: &str) -> Option<Command> {
    Command::ALL.iter().copied().find(|command| command.name() == name)
}

fn parser() -> clap::Command {
    clap::Command::new("peeringd")
        .version(env!("CARGO_PKG_VERSION"))
        .about("The public directory of networks, exchanges and facilities, in one program")
        .after_help("Every option can be set by a variable as well, such as PEERINGD_LISTEN for --listen.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .max_term_width(100)
        .subcommands(subparsers())
}

/// The commands in their order; those of a group stand under its name.
fn subparsers() -> Vec<clap::Command> {
    let mut parsers: Vec<clap::Command> = Vec::new();
    for command in Command::ALL.iter().copied() {
        let Some((group, name)) = command.name().split_once(' ') else {
            parsers.push(subparser(command.name(), command));
            continue;
        };
        let own = subparser(name, command);
        match parsers.pop_if(|parser| parser.get_name() == group) {
            Some(parser) => parsers.push(parser.subcommand(own)),
            None => parsers.push(
                clap::Command::new(group)
                    .about(Command::about_group(group))
                    .subcommand_required(true)
                    .arg_required_else_help(true)
                    .disable_help_subcommand(true)
                    .subcommand(own),
            ),
        }
    }
    parsers
}

fn subparser(name: &'static str, command: Command) -> clap::Command {
    let parser = clap::Command::new(name).about(command.about());
    parser.args(file_argument(command)).args(command.options().map(argument))
}

fn file_argument(command: Command) -> Option<Arg> {
    let file = Arg::new(FILE).value_name(FILE).value_parser(value_parser!(PathBuf)).required(true);
    match command {
        Command::Load => Some(
            file.num_args(1..).help("Files to load: a backup, or lists of records as the API gives them"),
        ),
        Command::Dump => {
            Some(file.help("File to write; an existing one is replaced once the new one is complete"))
        }
        Command::ExportSqlite | Command::ExportJson => {
            Some(file.help("File to write; it appears when it is complete"))
        }
        Command::MailShow => Some(
            Arg::new(FILE)
                .value_parser(value_parser!(PathBuf))
                .value_name("ID")
                .required(true)
                .help("Number of the mail"),
        ),
        Command::MailRetry | Command::TicketsClose => Some(
            Arg::new(FILE)
                .value_name("ID")
                .value_parser(value_parser!(PathBuf))
                .required(true)
                .num_args(1..)
                .help("Numbers, as the list tells them"),
        ),
        Command::JobsRun => Some(
            Arg::new(FILE)
                .value_parser(value_parser!(PathBuf))
                .value_name("NAME")
                .required(true)
                .help("Name of the job, as the list tells it"),
        ),
        Command::QueueShow | Command::QueueApprove | Command::QueueDeny => {
            Some(file.value_name("RECORD").num_args(1..=2).help("Type and id, such as fac 17 or fac:17"))
        }
        Command::History => Some(
            Arg::new(FILE)
                .value_names(["TAG", "ID"])
                .num_args(0..)
                .value_parser(value_parser!(PathBuf))
                .help("Type and id of the record, such as net 10; not with --org"),
        ),
        Command::Serve
        | Command::Demo
        | Command::Check
        | Command::QueueList
        | Command::QueueExpire
        | Command::Config
        | Command::Doctor
        | Command::MailList
        | Command::TicketsList
        | Command::JobsList => None,
    }
}

fn argument(option: &'static Opt) -> Arg {
    let mut notes = vec![format!("env: {}", option.variable())];
    notes.extend(option.default.map(|default| format!("default: {default}")));
    let argument =
        Arg::new(option.name).long(option.name).help(format!("{} [{}]", option.help, notes.join(", ")));
    match option.value {
        Some(name) => argument
            .value_name(name)
            .action(ArgAction::Set)
            .allow_hyphen_values(true)
            .value_parser(NonEmptyStringValueParser::new()),
        None => argument.action(ArgAction::SetTrue),
    }
}

/// What the command line says about an option.
fn flag(matches: &ArgMatches, option: &Opt) -> Option<String> {
    if matches.value_source(option.name) != Some(ValueSource::CommandLine) {
        return None;
    }
    match option.value {
        Some(_) => matches.get_one::<String>(option.name).cloned(),
        None => Some("1".to_owned()),
    }
}

/// Makes one line of what the parser says in many.
fn explain(error: &clap::Error) -> Result<Request, Failure> {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Ok(Request::Text(error.render())),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Ok(Request::Nothing(error.render())),
        kind => Err(complaint(kind, error)),
    }
}

fn complaint(kind: ErrorKind, error: &clap::Error) -> Failure {
    let usage = "see `peeringd --help` and `peeringd COMMAND --help`";
    let about =
        |kinds: &[ContextKind]| kinds.iter().find_map(|kind| error.get(*kind)).map(first).unwrap_or_default();
    // Brackets and dots are for usage lines.
    let argument =
        about(&[ContextKind::InvalidArg]).replace(['<', '>'], "").trim_end_matches("...").to_owned();
    let value = about(&[ContextKind::InvalidValue]);
    let suggestion = about(&[ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand]);
    let remedy =
        if suggestion.is_empty() { usage.to_owned() } else { format!("did you mean `{suggestion}`?") };
    match kind {
        ErrorKind::InvalidSubcommand => {
            Failure::new(about(&[ContextKind::InvalidSubcommand]), "no such command", remedy)
        }
        ErrorKind::UnknownArgument => Failure::new(argument, "not known here", remedy),
        ErrorKind::InvalidValue | ErrorKind::TooFewValues if value.is_empty() => {
            Failure::new(argument, "needs a value", usage)
        }
        ErrorKind::MissingRequiredArgument => Failure::new(argument, "missing", usage),
        ErrorKind::ArgumentConflict => Failure::new(argument, "given more than once", "give it once"),
        ErrorKind::TooManyValues => {
            let rule = if argument.starts_with('-') { "takes no value" } else { "more words than it takes" };
            Failure::new(format!("{argument} {value}"), rule, usage)
        }
        ErrorKind::InvalidUtf8 => Failure::new("command line", "not UTF-8", "give plain text"),
        _ => Failure::new("command line", error.to_string().trim_start_matches("error: "), usage),
    }
}

fn first(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(texts) => texts.first().cloned().unwrap_or_default(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options;

    fn line(words: &str) -> Result<Request, String> {
        let words = std::iter::once("peeringd").chain(words.split_whitespace()).map(OsString::from);
        read(words, &Environment::default()).map_err(|failure| failure.to_string())
    }

    fn run(words: &str) -> (Command, Values, Vec<PathBuf>) {
        match line(words) {
            Ok(Request::Run(command, values, files)) => (command, values, files),
            other => panic!("{words}: {other:?}"),
        }
    }

    #[test]
    fn the_parser_is_sound() {
        parser().debug_assert();
    }

    #[test]
    fn the_fixed_forms_are_understood() {
        let (command, values, files) =
            run("load --database sqlite:x.db --allow-plaintext-secrets --skip-orphans a.json b.json");
        assert_eq!((command, files.len()), (Command::Load, 2));
        assert_eq!(values.get(&options::DATABASE).map(|given| given.text.as_str()), Some("sqlite:x.db"));
        assert!(values.get(&options::SKIP_ORPHANS).is_some());
        for words in [
            "load --database postgres://h/n FILE",
            "serve --database sqlite:x --listen 127.0.0.1:1 --public-url https://x --geocoder http://g --rdap http://r \
             --egress-gateway http://e --rate-limits off",
            "demo",
            "demo --dir D --listen 127.0.0.1:1 --scale full --seed 7",
            "dump --database sqlite:x FILE",
            "check --database sqlite:x",
            "export sqlite --database sqlite:x FILE",
            "export json --database sqlite:x --public-url https://x --force FILE",
            "history --database sqlite:x net 10 --json --limit 5",
            "history --database sqlite:x --org 10",
            "config",
            "config --listen 127.0.0.1:1 --scale full",
            "serve --listen=127.0.0.1:1 --log=debug",
            "doctor --database sqlite:x --public-url https://x --json",
            "serve --smtp smtp://h --mail-from a@x.example --support b@x.example",
            "mail list --database sqlite:x --state failed --json",
            "mail show --database sqlite:x --json 12",
            "mail retry --database sqlite:x 12 13",
            "tickets list --database sqlite:x --all --json",
            "tickets close --database sqlite:x 1 2",
            "jobs list --database sqlite:x --json",
            "jobs run --database sqlite:x --smtp smtp://h mail",
            "serve --suggestion-org none --approve-exchanges on --tutorial",
            "queue list --database sqlite:x --json",
            "queue show fac 17",
            "queue approve fac:17 --owner 4 --json",
            "queue deny fac 17 --reason TEXT",
            "queue expire --days 30 --commit",
        ] {
            run(words);
        }
    }

    #[test]
    fn a_switch_that_is_absent_is_not_set() {
        assert_eq!(run("load f").1.get(&options::SKIP_ORPHANS), None);
    }

    #[test]
    fn mistakes_are_told_in_one_line_with_a_remedy() {
        let usage = "see `peeringd --help` and `peeringd COMMAND --help`";
        for (words, told) in [
            ("serv", "serv: no such command: did you mean `serve`?".to_owned()),
            ("frobnicate", format!("frobnicate: no such command: {usage}")),
            ("serve --listn 1", "--listn: not known here: did you mean `--listen`?".to_owned()),
            ("serve --frobnicate", format!("--frobnicate: not known here: {usage}")),
            ("check stray", format!("stray: not known here: {usage}")),
            ("demo --database sqlite:x", format!("--database: not known here: {usage}")),
            ("load", format!("FILE: missing: {usage}")),
            ("export csv x", format!("csv: no such command: {usage}")),
            ("export sqlit x", "sqlit: no such command: did you mean `sqlite`?".to_owned()),
            ("export sqlite", format!("FILE: missing: {usage}")),
            ("mail show", format!("ID: missing: {usage}")),
            ("jobs run", format!("NAME: missing: {usage}")),
            ("dump", format!("FILE: missing: {usage}")),
            ("queue approve", format!("RECORD: missing: {usage}")),
            ("queue deny fac 1 2", format!("RECORD 2: more words than it takes: {usage}")),
            ("dump a b", format!("b: not known here: {usage}")),
            ("serve --listen", format!("--listen ADDR:PORT: needs a value: {usage}")),
            ("serve --listen=", format!("--listen ADDR:PORT: needs a value: {usage}")),
            ("load --skip-orphans=1 f", format!("--skip-orphans 1: takes no value: {usage}")),
            ("check --log a --log b", "--log FILTER: given more than once: give it once".to_owned()),
        ] {
            assert_eq!(line(words).expect_err(words), told);
        }
    }

    #[test]
    fn help_and_version_are_texts_and_nothing_is_an_overview() {
        for words in ["--help", "-h", "--version", "-V", "serve --help"] {
            assert!(matches!(line(words), Ok(Request::Text(_))), "{words}");
        }
        for words in ["", "export"] {
            assert!(matches!(line(words), Ok(Request::Nothing(_))), "{words}");
        }
    }

    #[test]
    fn help_of_a_command_tells_variables_and_defaults() {
        let Ok(Request::Text(help)) = line("serve --help") else {
            panic!("no help");
        };
        // Where lines are broken depends on the longest option.
        let words = help.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        for part in ["--listen", "PEERINGD_LISTEN", "default: 127.0.0.1:8080", "PEERINGD_EGRESS_GATEWAY"] {
            assert!(words.contains(part), "{part} in {help}");
        }
    }
}
