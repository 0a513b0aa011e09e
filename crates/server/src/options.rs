//! The option table: every option of the program, once.
//!
//! From a row come the flag `--name`, the variable `PEERINGD_NAME`, its twin `PEERINGD_NAME_FILE` where the value
//! may hold a secret, the help text and the line of `peeringd config`. A flag beats a variable, a variable beats
//! the default, and an empty variable counts as unset.

mod command;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;

pub(crate) use self::command::Command;
use crate::failure::{Failure, plain};
use crate::limits::{
    ANONYMOUS_MESSAGE, LIMITS, NEGATIVE_CACHE_401, NEGATIVE_CACHE_403, NEGATIVE_CACHE_INACTIVE,
    NEGATIVE_CACHE_REFUSALS, REPEATED_BYTES, USER_MESSAGE,
};
use crate::settings::redacted;

/// What the names of all variables begin with.
pub(crate) const PREFIX: &str = "PEERINGD_";

/// A row of the table.
#[derive(Debug)]
pub(crate) struct Opt {
    /// Name without dashes.
    pub(crate) name: &'static str,
    /// What stands for the value in help texts; `None` for a switch.
    pub(crate) value: Option<&'static str>,
    /// Value when nothing is given; `None` when the option is then not set.
    pub(crate) default: Option<&'static str>,
    /// The commands that take it; none named means all of them.
    pub(crate) commands: &'static [Command],
    /// Whether the value may hold a password or key, which is then not shown.
    pub(crate) secret: bool,
    /// What it is for, for the help text.
    pub(crate) help: &'static str,
    /// What to give instead of a wrong value.
    pub(crate) remedy: &'static str,
}

/// Where records are kept.
pub(crate) const DATABASE: Opt = Opt {
    name: "database",
    value: Some("URL"),
    default: Some("sqlite:peeringd.db"),
    commands: &[
        Command::Load,
        Command::Serve,
        Command::Dump,
        Command::ExportSqlite,
        Command::ExportJson,
        Command::Check,
        Command::MailList,
        Command::MailShow,
        Command::MailRetry,
        Command::TicketsList,
        Command::TicketsClose,
        Command::JobsList,
        Command::JobsRun,
        Command::QueueList,
        Command::QueueShow,
        Command::QueueApprove,
        Command::QueueDeny,
        Command::QueueExpire,
        Command::History,
    ],
    secret: true,
    help: "Database: sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME",
    remedy: "give sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME",
};

/// Where the program listens.
pub(crate) const LISTEN: Opt = Opt {
    name: "listen",
    value: Some("ADDR:PORT"),
    default: Some("127.0.0.1:8080"),
    commands: &[Command::Serve, Command::Demo],
    secret: false,
    help: "Address and port to listen on; port 0 takes a free one",
    remedy: "give ADDR:PORT, such as 127.0.0.1:8080 or [::]:80",
};

/// How the world reaches it.
pub(crate) const PUBLIC_URL: Opt = Opt {
    name: "public-url",
    value: Some("URL"),
    default: None,
    commands: &[
        Command::Serve,
        Command::ExportSqlite,
        Command::ExportJson,
        Command::JobsRun,
        Command::QueueApprove,
        Command::QueueDeny,
        Command::QueueExpire,
    ],
    secret: false,
    help: "URL under which people reach the server, for links in answers; a server takes http://LISTEN when not set",
    remedy: "give scheme, host and port, such as https://directory.example",
};

/// Whether people are led to that URL.
pub(crate) const CANONICAL_REDIRECT: Opt = Opt {
    name: "canonical-redirect",
    value: None,
    default: None,
    commands: &[Command::Serve],
    secret: false,
    help: "Lead people who open a page under another host name to the public URL; the API answers under every name",
    remedy: SWITCH,
};

/// Who may tell whom a request comes from.
pub(crate) const TRUSTED_PROXIES: Opt = Opt {
    name: "trusted-proxies",
    value: Some("LIST"),
    default: None,
    commands: &[Command::Serve],
    secret: false,
    help: "Addresses and prefixes of proxies whose X-Forwarded-For, Forwarded and X-Request-Id are believed; none when \
           not set",
    remedy: "give addresses and prefixes, such as 127.0.0.1,::1,10.0.0.0/8",
};

/// Where addresses are looked up.
pub(crate) const GEOCODER: Opt = Opt {
    name: "geocoder",
    value: Some("URL"),
    default: None,
    commands: &[Command::Serve],
    secret: true,
    help: "Geocoder with a Nominatim-style search at URL/search; the built-in list of cities when not set",
    remedy: WEB_URL,
};

/// Where registrations are looked up.
pub(crate) const RDAP: Opt = Opt {
    name: "rdap",
    value: Some("URL"),
    default: None,
    commands: &[Command::Serve],
    secret: true,
    help: "RDAP service to ask about AS numbers and prefixes",
    remedy: WEB_URL,
};

/// Who fetches URLs that users name.
pub(crate) const EGRESS_GATEWAY: Opt = Opt {
    name: "egress-gateway",
    value: Some("URL"),
    default: None,
    commands: &[Command::Serve],
    secret: true,
    help: "Gateway that fetches documents named by users, as GET URL?url=…; fetched directly when not set",
    remedy: WEB_URL,
};

/// Who delivers mail.
pub(crate) const SMTP: Opt = Opt {
    name: "smtp",
    value: Some("URL"),
    default: None,
    commands: &[Command::Serve, Command::JobsRun],
    secret: true,
    help: "Mail server, as smtps://USER:PASSWORD@HOST or smtp://HOST; mail stays in the database when not set",
    remedy: "give smtps://USER:PASSWORD@HOST, smtp://HOST for STARTTLS, or smtp://HOST?tls=none",
};

/// Whose mail it is.
pub(crate) const MAIL_FROM: Opt = Opt {
    name: "mail-from",
    value: Some("ADDR"),
    default: None,
    commands: &[Command::Serve, Command::JobsRun],
    secret: false,
    help: "Address that mail comes from; that of the support when not set",
    remedy: MAIL_ADDRESS,
};

/// Who helps.
pub(crate) const SUPPORT: Opt = Opt {
    name: "support",
    value: Some("ADDR"),
    default: None,
    commands: &[
        Command::Serve,
        Command::JobsRun,
        Command::QueueApprove,
        Command::QueueDeny,
        Command::QueueExpire,
    ],
    secret: false,
    help: "Address of the support, which gets tickets and stands in messages; support@HOST of the public URL when not \
           set",
    remedy: MAIL_ADDRESS,
};

/// Which mails are listed.
pub(crate) const STATE: Opt = Opt {
    name: "state",
    value: Some("STATE"),
    default: None,
    commands: &[Command::MailList],
    secret: false,
    help: "List mails in this state only: queued, sending, sent, failed or held",
    remedy: "give queued, sending, sent, failed or held",
};

/// Which tickets are listed.
pub(crate) const ALL: Opt = Opt {
    name: "all",
    value: None,
    default: None,
    commands: &[Command::TicketsList],
    secret: false,
    help: "List closed tickets as well",
    remedy: SWITCH,
};

/// Where figures for monitors are served.
pub(crate) const METRICS_LISTEN: Opt = Opt {
    name: "metrics-listen",
    value: Some("ADDR:PORT"),
    default: None,
    commands: &[Command::Serve],
    secret: false,
    help: "Address and port for figures at /metrics, away from the public; none when not set",
    remedy: "give ADDR:PORT, such as 127.0.0.1:9180",
};

/// How far back changes can be followed.
pub(crate) const FEED_RETENTION: Opt = Opt {
    name: "feed-retention",
    value: Some("DAYS"),
    default: Some("30"),
    commands: &[Command::Serve],
    secret: false,
    help: "Days for which changes are kept for those who follow them at /changes; who comes later begins anew",
    remedy: "give a whole number from 1 to 365",
};

/// Where the key is that encrypts other secrets.
pub(crate) const MASTER_KEY_FILE: Opt = Opt {
    name: "master-key-file",
    value: Some("FILE"),
    default: None,
    commands: &[Command::Serve],
    secret: false,
    help: "File with the key that encrypts secrets of webhooks, 64 hexadecimal digits; with SQLite PATH.key, made when it \
           is needed first",
    remedy: "give a file that `openssl rand -hex 32` wrote, the same for every server of the database",
};

/// Whether webhooks may be told in clear.
pub(crate) const ALLOW_HTTP_WEBHOOKS: Opt = Opt {
    name: "allow-http-webhooks",
    value: None,
    default: None,
    commands: &[Command::Serve],
    secret: false,
    help: "Let webhooks have URLs that begin with http://; what they are told can then be read on its way",
    remedy: SWITCH,
};

/// Whether callers are limited.
pub(crate) const RATE_LIMITS: Opt = Opt {
    name: "rate-limits",
    value: Some("on|off"),
    default: Some("on"),
    commands: &[Command::Serve],
    secret: false,
    help: "Whether callers are limited at all, by the options that begin with limit- and negative-cache-",
    remedy: "give on or off",
};

/// Where suggested records go.
pub(crate) const SUGGESTION_ORG: Opt = Opt {
    name: "suggestion-org",
    value: Some("ID|none"),
    default: Some("20525"),
    commands: &[Command::Serve],
    secret: false,
    help: "Organization that suggested records belong to until their owner is known; where it does not exist, nothing \
           can be suggested",
    remedy: "give the id of an organization, or none",
};

/// Whether exchanges may be published without a look at them.
pub(crate) const APPROVE_EXCHANGES: Opt = Opt {
    name: "approve-exchanges",
    value: Some("on|off"),
    default: Some("off"),
    commands: &[Command::Serve],
    secret: false,
    help: "Publish new exchanges at once whose prefix is registered by who makes them, and whose member list names \
           enough networks of others",
    remedy: "give on or off",
};

/// Whether this is a directory to learn with.
pub(crate) const TUTORIAL: Opt = Opt {
    name: "tutorial",
    value: None,
    default: None,
    commands: &[Command::Serve],
    secret: false,
    help: "A directory to learn with: takes AS numbers and prefixes for documentation and private use, and publishes \
           new records at once",
    remedy: SWITCH,
};

/// To whom an approved record is given.
pub(crate) const OWNER: Opt = Opt {
    name: "owner",
    value: Some("ORG"),
    default: None,
    commands: &[Command::QueueApprove],
    secret: false,
    help: "Id of the organization that the record is given to, as with suggestions; it keeps its own when not set",
    remedy: "give the id of an organization",
};

/// What a refused person is told.
pub(crate) const REASON: Opt = Opt {
    name: "reason",
    value: Some("TEXT"),
    default: None,
    commands: &[Command::QueueDeny],
    secret: false,
    help: "Why, for the mail to whoever asked for the record",
    remedy: "give a sentence",
};

/// How long a record may wait.
pub(crate) const DAYS: Opt = Opt {
    name: "days",
    value: Some("N"),
    default: Some("90"),
    commands: &[Command::QueueExpire],
    secret: false,
    help: "How many days a record may wait before it expires",
    remedy: "give a whole number of days from 1 on",
};

/// Whether it is done, or only told.
pub(crate) const COMMIT: Opt = Opt {
    name: "commit",
    value: None,
    default: None,
    commands: &[Command::QueueExpire],
    secret: false,
    help: "Do it; without this it is only told what would be done",
    remedy: SWITCH,
};

/// Whether files may hold readable passwords and keys.
pub(crate) const ALLOW_PLAINTEXT_SECRETS: Opt = Opt {
    name: "allow-plaintext-secrets",
    value: None,
    default: None,
    commands: &[Command::Load],
    secret: false,
    help: "Take passwords and keys that stand in the files as plain text",
    remedy: SWITCH,
};

/// What happens to records without a parent.
pub(crate) const SKIP_ORPHANS: Opt = Opt {
    name: "skip-orphans",
    value: None,
    default: None,
    commands: &[Command::Load],
    secret: false,
    help: "Leave out records whose parent is missing, instead of refusing the files",
    remedy: SWITCH,
};

/// Whether an export may take the place of a file.
pub(crate) const FORCE: Opt = Opt {
    name: "force",
    value: None,
    default: None,
    commands: &[Command::ExportSqlite, Command::ExportJson],
    secret: false,
    help: "Replace a file that is there already, once the new one is complete",
    remedy: SWITCH,
};

/// Where a demo keeps its files.
pub(crate) const DIR: Opt = Opt {
    name: "dir",
    value: Some("DIR"),
    default: Some("peeringd-demo"),
    commands: &[Command::Demo],
    secret: false,
    help: "Folder for the database of the demo; made when it is missing",
    remedy: "give a folder",
};

/// How large a demo is.
pub(crate) const SCALE: Opt = Opt {
    name: "scale",
    value: Some("small|full"),
    default: Some("small"),
    commands: &[Command::Demo],
    secret: false,
    help: "Size: small is made in seconds, full is as large as the real directory",
    remedy: "give small or full",
};

/// Which demo it is.
pub(crate) const SEED: Opt = Opt {
    name: "seed",
    value: Some("N"),
    default: Some("1"),
    commands: &[Command::Demo],
    secret: false,
    help: "Number from which the directory is made up: the same number gives the same directory",
    remedy: "give a whole number from 0 on",
};

/// In which form findings are told.
pub(crate) const JSON: Opt = Opt {
    name: "json",
    value: None,
    default: None,
    commands: &[
        Command::Doctor,
        Command::MailList,
        Command::MailShow,
        Command::TicketsList,
        Command::JobsList,
        Command::QueueList,
        Command::QueueShow,
        Command::QueueApprove,
        Command::QueueDeny,
        Command::QueueExpire,
        Command::History,
    ],
    secret: false,
    help: "Tell it as JSON",
    remedy: SWITCH,
};

/// Whose changes are shown.
pub(crate) const ORG: Opt = Opt {
    name: "org",
    value: Some("ID"),
    default: None,
    commands: &[Command::History],
    secret: false,
    help: "Organization whose changes are shown, with those of all that belongs to it, instead of one record's",
    remedy: "give the id of an organization",
};

/// How many entries are shown.
pub(crate) const LIMIT: Opt = Opt {
    name: "limit",
    value: Some("N"),
    default: Some("50"),
    commands: &[Command::History],
    secret: false,
    help: "Entries that are shown at most, the newest ones",
    remedy: "give a whole number from 1 on",
};

/// What is logged.
pub(crate) const LOG: Opt = Opt {
    name: "log",
    value: Some("FILTER"),
    default: Some("info"),
    commands: &[],
    secret: false,
    help: "What to log: error, warn, info, debug, trace, or parts such as info,api=debug",
    remedy: "give error, warn, info, debug, trace, or parts such as info,api=debug",
};

const WEB_URL: &str = "give a URL that begins with http:// or https://";
const MAIL_ADDRESS: &str = "give one mail address, such as support@directory.example";
const SWITCH: &str = "give 1 or 0";

/// Every option, in the order of help texts.
pub(crate) const OPTIONS: &[&Opt] = &[
    &DATABASE,
    &LISTEN,
    &PUBLIC_URL,
    &CANONICAL_REDIRECT,
    &TRUSTED_PROXIES,
    &GEOCODER,
    &RDAP,
    &EGRESS_GATEWAY,
    &SMTP,
    &MAIL_FROM,
    &SUPPORT,
    &METRICS_LISTEN,
    &FEED_RETENTION,
    &MASTER_KEY_FILE,
    &ALLOW_HTTP_WEBHOOKS,
    &RATE_LIMITS,
    &LIMITS[0],
    &LIMITS[1],
    &LIMITS[2],
    &LIMITS[3],
    &LIMITS[4],
    &LIMITS[5],
    &LIMITS[6],
    &LIMITS[7],
    &LIMITS[8],
    &LIMITS[9],
    &LIMITS[10],
    &LIMITS[11],
    &LIMITS[12],
    &LIMITS[13],
    &REPEATED_BYTES,
    &ANONYMOUS_MESSAGE,
    &USER_MESSAGE,
    &NEGATIVE_CACHE_401,
    &NEGATIVE_CACHE_403,
    &NEGATIVE_CACHE_INACTIVE,
    &NEGATIVE_CACHE_REFUSALS,
    &SUGGESTION_ORG,
    &APPROVE_EXCHANGES,
    &TUTORIAL,
    &OWNER,
    &REASON,
    &DAYS,
    &COMMIT,
    &ALLOW_PLAINTEXT_SECRETS,
    &SKIP_ORPHANS,
    &FORCE,
    &DIR,
    &SCALE,
    &SEED,
    &STATE,
    &ALL,
    &JSON,
    &ORG,
    &LIMIT,
    &LOG,
];

impl Opt {
    /// The variable that sets it.
    pub(crate) fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name.to_uppercase().replace('-', "_"))
    }

    /// The variable that names a file with the value.
    fn file_variable(&self) -> String {
        format!("{}_FILE", self.variable())
    }

    /// A value as it may be shown.
    pub(crate) fn shown(&self, value: &str) -> String {
        let begin = value.trim_start();
        match self.value {
            // Whatever it is: it may be the words of another program, such as `host=… password=…`.
            _ if self.secret && !begin.contains("://") && !begin.starts_with("sqlite:") => "***".to_owned(),
            Some("URL") => redacted(value),
            _ => value.to_owned(),
        }
    }
}

/// The variables of the environment that are meant for the program.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment(BTreeMap<String, OsString>);

impl Environment {
    /// Reads the environment of the process.
    pub(crate) fn of_process() -> Environment {
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect()
    }

    /// Variables that look as if they set an option, and set none.
    pub(crate) fn strays(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str).filter(|name| {
            !OPTIONS.iter().any(|option| {
                *name == option.variable() || (option.secret && *name == option.file_variable())
            })
        })
    }

    fn text(&self, variable: &str) -> Result<Option<String>, Failure> {
        let Some(value) = self.0.get(variable).filter(|value| !value.is_empty()) else {
            return Ok(None);
        };
        let readable = value.to_str().map(str::to_owned);
        readable.map(Some).ok_or_else(|| Failure::new(variable, "the value is not UTF-8", "give plain text"))
    }
}

impl FromIterator<(String, OsString)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, OsString)>>(variables: I) -> Environment {
        Environment(variables.into_iter().filter(|(name, _)| name.starts_with(PREFIX)).collect())
    }
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The command line.
    Flag,
    /// A variable.
    Variable(String),
    /// The file that a variable names.
    File(String),
    /// The table.
    Default,
}

/// The value of an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Given {
    /// The text, before anything is made of it.
    pub(crate) text: String,
    /// Where it comes from.
    pub(crate) origin: Origin,
}

/// The values of the options of one command.
#[derive(Debug, Default)]
pub(crate) struct Values(BTreeMap<&'static str, Given>);

impl Values {
    /// Settles every option of a command. `flags` gives what stands on the command line; a switch that stands
    /// there is `"1"`.
    ///
    /// # Errors
    /// When a variable is unreadable.
    pub(crate) fn settle(
        command: Command,
        flags: impl Fn(&Opt) -> Option<String>,
        environment: &Environment,
    ) -> Result<Values, Failure> {
        let mut values = BTreeMap::new();
        for option in OPTIONS {
            let taken = command.options().any(|own| own.name == option.name);
            let given = if taken { settle_one(option, flags(option), environment)? } else { default(option) };
            values.extend(given.map(|given| (option.name, given)));
        }
        Ok(Values(values))
    }

    /// The value of an option; `None` when it is not set.
    pub(crate) fn get(&self, option: &Opt) -> Option<&Given> {
        self.0.get(option.name)
    }

    /// How a failure names the option: as it was given, without secrets.
    pub(crate) fn naming(&self, option: &Opt) -> String {
        match self.get(option) {
            None => format!("--{}", option.name),
            Some(Given { text, origin }) => {
                let text = option.shown(text);
                match origin {
                    Origin::Flag | Origin::Default if option.value.is_none() => format!("--{}", option.name),
                    Origin::Flag | Origin::Default => format!("--{} {text}", option.name),
                    Origin::Variable(name) => format!("{name}={text}"),
                    Origin::File(name) => format!("{name} (with {text})"),
                }
            }
        }
    }
}

fn default(option: &Opt) -> Option<Given> {
    option.default.map(|text| Given { text: text.to_owned(), origin: Origin::Default })
}

fn settle_one(
    option: &Opt,
    flag: Option<String>,
    environment: &Environment,
) -> Result<Option<Given>, Failure> {
    if let Some(text) = flag {
        return Ok(Some(Given { text, origin: Origin::Flag }));
    }
    if let Some(text) = environment.text(&option.variable())? {
        return Ok(Some(Given { text, origin: Origin::Variable(option.variable()) }));
    }
    if option.secret
        && let variable = option.file_variable()
        && let Some(path) = environment.text(&variable)?
    {
        let text = fs::read_to_string(&path).map_err(|error| {
            Failure::new(format!("{variable}={path}"), plain(&error), "name a readable text file")
        })?;
        return Ok(Some(Given { text: text.trim().to_owned(), origin: Origin::File(variable) }));
    }
    Ok(default(option))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        variables.iter().map(|(name, value)| ((*name).to_owned(), OsString::from(value))).collect()
    }

    fn settle(flag: Option<&str>, variables: &[(&str, &str)], option: &'static Opt) -> Option<Given> {
        let flags = |asked: &Opt| flag.filter(|_| asked.name == option.name).map(str::to_owned);
        let values = Values::settle(Command::Config, flags, &environment(variables)).expect("readable");
        values.get(option).cloned()
    }

    fn given(text: &str, origin: Origin) -> Option<Given> {
        Some(Given { text: text.to_owned(), origin })
    }

    #[test]
    fn flags_beat_variables_and_variables_beat_defaults() {
        let variables = [("PEERINGD_LISTEN", "[::]:80")];
        assert_eq!(settle(Some("1.1.1.1:1"), &variables, &LISTEN), given("1.1.1.1:1", Origin::Flag));
        let variable = Origin::Variable("PEERINGD_LISTEN".to_owned());
        assert_eq!(settle(None, &variables, &LISTEN), given("[::]:80", variable));
        assert_eq!(
            settle(None, &[("PEERINGD_LISTEN", "")], &LISTEN),
            given("127.0.0.1:8080", Origin::Default)
        );
        assert_eq!(settle(None, &[], &GEOCODER), None);
    }

    #[test]
    fn a_secret_may_stand_in_a_file() {
        let file = tempfile::NamedTempFile::new().expect("a scratch file");
        fs::write(file.path(), "postgres://u:p@h/n\n").expect("writable");
        let path = file.path().to_str().expect("plain");
        let variables = [("PEERINGD_DATABASE_FILE", path)];
        let origin = Origin::File("PEERINGD_DATABASE_FILE".to_owned());
        assert_eq!(settle(None, &variables, &DATABASE), given("postgres://u:p@h/n", origin));
        let missing = environment(&[("PEERINGD_DATABASE_FILE", "/nowhere/secret")]);
        let failure = Values::settle(Command::Check, |_| None, &missing).expect_err("no such file");
        assert!(
            failure.to_string().starts_with("PEERINGD_DATABASE_FILE=/nowhere/secret: No such file"),
            "{failure}"
        );
    }

    #[test]
    fn a_command_ignores_variables_of_options_that_it_does_not_take() {
        let variables = environment(&[("PEERINGD_DATABASE", "nonsense")]);
        let values = Values::settle(Command::Demo, |_| None, &variables).expect("readable");
        assert_eq!(values.get(&DATABASE).map(|given| &given.origin), Some(&Origin::Default));
    }

    #[test]
    fn variables_that_set_nothing_are_noticed() {
        let variables = environment(&[
            ("PEERINGD_LISTN", "x"),
            ("PEERINGD_LISTEN", "x"),
            ("PEERINGD_LISTEN_FILE", "x"),
            ("PEERINGD_RDAP_FILE", "x"),
            ("PATH", "x"),
        ]);
        assert_eq!(variables.strays().collect::<Vec<_>>(), ["PEERINGD_LISTEN_FILE", "PEERINGD_LISTN"]);
    }

    #[test]
    fn failures_name_options_as_they_were_given() {
        let variables = environment(&[("PEERINGD_DATABASE", "postgres://u:p@h/n")]);
        let flags = |option: &Opt| (option.name == "seed").then(|| "x".to_owned());
        let values = Values::settle(Command::Config, flags, &variables).expect("readable");
        assert_eq!(values.naming(&SEED), "--seed x");
        assert_eq!(values.naming(&DATABASE), "PEERINGD_DATABASE=postgres://u:***@h/n");
        assert_eq!(values.naming(&GEOCODER), "--geocoder");
    }

    #[test]
    fn values_that_may_be_secret_are_shown_only_where_they_are_known_not_to_be() {
        for option in OPTIONS.iter().filter(|option| option.secret) {
            for text in ["host=h user=u password=p", "postgres:u:p", "TOKEN@geo.example/x", "TOKEN"] {
                assert_eq!(option.shown(text), "***", "{} {text}", option.name);
            }
            assert_eq!(option.shown("https://TOKEN@h/?key=k"), "https://***@h/?***", "{}", option.name);
        }
        assert_eq!(DATABASE.shown("sqlite:a.db"), "sqlite:a.db");
        assert_eq!(DATABASE.shown("postgres://u@h/n"), "postgres://u@h/n");
        assert_eq!(PUBLIC_URL.shown("https://u:p@h"), "https://***@h");
        assert_eq!(PUBLIC_URL.shown("www.example.net"), "www.example.net");
        assert_eq!(LISTEN.shown("[::]:80"), "[::]:80");
    }

    #[test]
    fn names_are_unique_and_every_option_explains_itself() {
        for (n, option) in OPTIONS.iter().enumerate() {
            assert!(OPTIONS[..n].iter().all(|other| other.name != option.name), "{}", option.name);
            assert!(!option.help.is_empty() && option.remedy.starts_with("give "), "{}", option.name);
        }
    }
}
