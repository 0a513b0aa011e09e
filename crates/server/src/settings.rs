//! What the texts of options mean.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use app::limits::Rules;
use demo::Scale;
use jobs::mail::SmtpServer;
use store::DatabaseUrl;
use store::mail::MailState;
use store::url::UrlError;
use tracing_subscriber::EnvFilter;
use url::Url;

use crate::edge::Proxies;
use crate::failure::Failure;
use crate::limits;
use crate::options::{self, Opt, Values};

/// The options, ready for use. Those that a command does not take have their defaults.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) database: DatabaseUrl,
    pub(crate) listen: SocketAddr,
    /// Without a slash at its end; `None` means whatever the program listens on.
    pub(crate) public_url: Option<String>,
    /// Leads people from other host names to the public URL, which is then given.
    pub(crate) canonical_redirect: bool,
    pub(crate) trusted_proxies: Proxies,
    pub(crate) geocoder: Option<Url>,
    pub(crate) rdap: Option<Url>,
    /// Where figures are served, apart from the directory.
    pub(crate) metrics_listen: Option<SocketAddr>,
    pub(crate) egress_gateway: Option<Url>,
    pub(crate) smtp: Option<SmtpServer>,
    pub(crate) mail_from: Option<String>,
    pub(crate) support: Option<String>,
    /// Of mails that are listed.
    pub(crate) state: Option<MailState>,
    /// Whether what is closed is listed as well.
    pub(crate) all: bool,
    /// Days.
    pub(crate) feed_retention: u32,
    /// Where the master key is; `None` means beside a SQLite file.
    pub(crate) master_key_file: Option<PathBuf>,
    pub(crate) allow_http_webhooks: bool,
    pub(crate) rate_limits: bool,
    /// How often callers may ask; off where `rate_limits` is.
    pub(crate) limits: Rules,
    /// The organization for suggestions; `None` where nothing can be suggested.
    pub(crate) suggestion_org: Option<u32>,
    pub(crate) approve_exchanges: bool,
    pub(crate) tutorial: bool,
    /// Whom an approved record is given to.
    pub(crate) owner: Option<u32>,
    /// What a refused person is told; may be empty.
    pub(crate) reason: String,
    /// Days that a record may wait.
    pub(crate) days: u32,
    pub(crate) commit: bool,
    pub(crate) allow_plaintext_secrets: bool,
    pub(crate) skip_orphans: bool,
    /// Whether an export replaces a file.
    pub(crate) force: bool,
    pub(crate) dir: PathBuf,
    pub(crate) scale: Scale,
    pub(crate) seed: u64,
    pub(crate) json: bool,
    /// The organization whose changes are shown.
    pub(crate) org: Option<u32>,
    /// Entries that are shown.
    pub(crate) limit: usize,
    /// Checked to be a filter of `tracing_subscriber`.
    pub(crate) log: String,
}

impl Settings {
    /// Reads every option.
    ///
    /// # Errors
    /// On the first value that breaks a rule; the failure names option, value, rule and remedy.
    pub(crate) fn read(values: &Values) -> Result<Settings, Failure> {
        let rate_limits =
            needed(values, &options::RATE_LIMITS, |text| word(text, &[("on", true), ("off", false)]))?;
        Ok(Settings {
            database: needed(values, &options::DATABASE, database)?,
            listen: needed(values, &options::LISTEN, address)?,
            public_url: optional(values, &options::PUBLIC_URL, public_url)?,
            canonical_redirect: canonical_redirect(values)?,
            trusted_proxies: optional(values, &options::TRUSTED_PROXIES, str::parse)?.unwrap_or_default(),
            geocoder: optional(values, &options::GEOCODER, web_url)?,
            rdap: optional(values, &options::RDAP, web_url)?,
            metrics_listen: optional(values, &options::METRICS_LISTEN, address)?,
            egress_gateway: optional(values, &options::EGRESS_GATEWAY, web_url)?,
            smtp: optional(values, &options::SMTP, str::parse)?,
            mail_from: optional(values, &options::MAIL_FROM, mail_address)?,
            support: optional(values, &options::SUPPORT, mail_address)?,
            state: optional(values, &options::STATE, |text| {
                word(text, &MailState::ALL.map(|state| (state.as_str(), state)))
            })?,
            all: switch(values, &options::ALL)?,
            rate_limits,
            limits: limits::read(values, rate_limits)?,
            suggestion_org: needed(values, &options::SUGGESTION_ORG, |text| match text {
                "none" => Ok(None),
                id => number(id).map(Some),
            })?,
            feed_retention: needed(values, &options::FEED_RETENTION, days)?,
            master_key_file: optional(values, &options::MASTER_KEY_FILE, folder)?,
            allow_http_webhooks: switch(values, &options::ALLOW_HTTP_WEBHOOKS)?,
            approve_exchanges: needed(values, &options::APPROVE_EXCHANGES, |text| {
                word(text, &[("on", true), ("off", false)])
            })?,
            tutorial: switch(values, &options::TUTORIAL)?,
            owner: optional(values, &options::OWNER, number)?,
            reason: optional(values, &options::REASON, |text| Ok(text.to_owned()))?.unwrap_or_default(),
            days: needed(values, &options::DAYS, number)?,
            commit: switch(values, &options::COMMIT)?,
            allow_plaintext_secrets: switch(values, &options::ALLOW_PLAINTEXT_SECRETS)?,
            skip_orphans: switch(values, &options::SKIP_ORPHANS)?,
            force: switch(values, &options::FORCE)?,
            dir: needed(values, &options::DIR, folder)?,
            scale: needed(values, &options::SCALE, |text| {
                word(text, &[("small", Scale::Small), ("full", Scale::Full)])
            })?,
            seed: needed(values, &options::SEED, |text| {
                text.parse().map_err(|_| "not a whole number".to_owned())
            })?,
            json: switch(values, &options::JSON)?,
            org: optional(values, &options::ORG, number)?,
            limit: needed(values, &options::LIMIT, number)?,
            log: needed(values, &options::LOG, log_filter)?,
        })
    }
}

/// A value, or the rule that it broke.
pub(crate) type Parsed<T> = Result<T, String>;

pub(crate) fn optional<T>(
    values: &Values,
    option: &Opt,
    parse: impl Fn(&str) -> Parsed<T>,
) -> Result<Option<T>, Failure> {
    let Some(given) = values.get(option) else {
        return Ok(None);
    };
    let parsed = parse(given.text.trim());
    parsed.map(Some).map_err(|rule| Failure::new(values.naming(option), rule, option.remedy))
}

pub(crate) fn needed<T>(
    values: &Values,
    option: &Opt,
    parse: impl Fn(&str) -> Parsed<T>,
) -> Result<T, Failure> {
    let missing = || Failure::new(values.naming(option), "not set", option.remedy);
    optional(values, option, parse)?.ok_or_else(missing)
}

fn switch(values: &Values, option: &Opt) -> Result<bool, Failure> {
    let on = optional(values, option, |text| match text.to_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "0" | "false" | "no" | "off" => Ok(false),
        _ => Err("neither yes nor no".to_owned()),
    })?;
    Ok(on.unwrap_or(false))
}

/// A switch that is of use beside `--public-url` alone.
fn canonical_redirect(values: &Values) -> Result<bool, Failure> {
    let on = switch(values, &options::CANONICAL_REDIRECT)?;
    if on && values.get(&options::PUBLIC_URL).is_none() {
        let naming = values.naming(&options::CANONICAL_REDIRECT);
        return Err(Failure::new(naming, "there is no URL to lead to", "give --public-url as well"));
    }
    Ok(on)
}

fn word<T: Copy>(text: &str, words: &[(&str, T)]) -> Parsed<T> {
    let found = words.iter().find(|(word, _)| *word == text);
    found.map(|(_, value)| *value).ok_or_else(|| "no such choice".to_owned())
}

fn number<T: std::str::FromStr + PartialOrd + From<u8>>(text: &str) -> Parsed<T> {
    let number = text.parse().ok().filter(|number| *number >= T::from(1));
    number.ok_or_else(|| "not a whole number from 1 on".to_owned())
}

fn days(text: &str) -> Parsed<u32> {
    let days = text.parse().ok().filter(|days| (1..=365).contains(days));
    days.ok_or_else(|| "no number of days from 1 to 365".to_owned())
}

fn folder(text: &str) -> Parsed<PathBuf> {
    if text.is_empty() { Err("empty".to_owned()) } else { Ok(PathBuf::from(text)) }
}

fn database(text: &str) -> Parsed<DatabaseUrl> {
    text.parse().map_err(|error| match error {
        UrlError::Scheme(_) => "an unknown kind of database".to_owned(),
        UrlError::NoPath => "names no file".to_owned(),
        UrlError::Host => "two slashes announce a host, and SQLite has none".to_owned(),
        UrlError::Memory => "a database in memory would be gone with the command".to_owned(),
        UrlError::Server(why) => format!("no address of a server, {why}"),
    })
}

fn address(text: &str) -> Parsed<SocketAddr> {
    let local = text.strip_prefix("localhost:").and_then(|port| port.parse().ok());
    if let Some(port) = local {
        return Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    }
    text.parse().map_err(|_| "not an IP address with a port".to_owned())
}

fn web_url(text: &str) -> Parsed<Url> {
    let url = Url::parse(text).map_err(|error| format!("not a URL, {error}"))?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        scheme => Err(format!("the scheme is {scheme}")),
    }
}

fn mail_address(text: &str) -> Parsed<String> {
    jobs::mail::address(text).map(|address| address.to_string())
}

/// The host of a public URL, as the right side of mail addresses. Addresses of machines are of use on these alone.
pub(crate) fn mail_host(public_url: &str) -> String {
    let url = Url::parse(public_url).ok();
    match url.as_ref().and_then(Url::domain) {
        Some(domain) => domain.trim_end_matches('.').to_owned(),
        None => "localhost".to_owned(),
    }
}

fn public_url(text: &str) -> Parsed<String> {
    let url = web_url(text)?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !bare || !url.username().is_empty() || url.password().is_some() {
        return Err("more than scheme, host and port".to_owned());
    }
    Ok(url.origin().ascii_serialization())
}

fn log_filter(text: &str) -> Parsed<String> {
    match EnvFilter::builder().parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!("no log filter, {error}")),
    }
}

/// The URL of a server that listens on an address, for whoever is on the same machine.
pub(crate) fn local_url(listen: SocketAddr) -> String {
    if listen.ip().is_unspecified() {
        return format!("http://localhost:{}", listen.port());
    }
    format!("http://{listen}")
}

/// A URL without its password and without its query, which may hold a key. Other texts are left as they are.
///
/// Users of databases are shown, those of web services are not: services take a token for either of user and password.
/// A URL that is mistyped, say with a bare `/` in the password, hides too much rather than too little.
pub(crate) fn redacted(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        // An address without its slashes, perhaps; behind the colon could be a password.
        return match text.split_once(':') {
            Some((scheme, rest)) if rest.contains('@') => format!("{scheme}:***"),
            _ => match text.rsplit_once('@') {
                Some((_, place)) => format!("***@{place}"),
                None => text.to_owned(),
            },
        };
    };
    let of_database = ["postgres", "postgresql", "sqlite"].contains(&scheme.to_lowercase().trim());
    let (person, place) = match rest.rsplit_once('@') {
        Some((person, place)) if person.contains(':') => (Some(person), place),
        Some((person, place)) if !of_database && !person.contains('?') => (Some(person), place),
        _ => (None, rest),
    };
    let person = match person.and_then(|person| person.split(':').next()) {
        Some(name) if of_database => format!("{name}:***@"),
        Some(_) => "***@".to_owned(),
        None => String::new(),
    };
    let place = match place.split_once('?') {
        Some((place, _)) => format!("{place}?***"),
        None => place.to_owned(),
    };
    format!("{scheme}://{person}{place}")
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;
    use crate::options::{Command, Environment};

    fn read(variables: &[(&str, &str)]) -> Result<Settings, String> {
        let environment: Environment =
            variables.iter().map(|(name, value)| ((*name).to_owned(), OsString::from(value))).collect();
        let values = Values::settle(Command::Config, |_| None, &environment).expect("readable");
        Settings::read(&values).map_err(|failure| failure.to_string())
    }

    fn accepted(name: &str, value: &str) -> Settings {
        read(&[(name, value)]).unwrap_or_else(|failure| panic!("{failure}"))
    }

    #[test]
    fn the_defaults_are_valid() {
        let settings = read(&[]).expect("valid");
        assert_eq!(settings.database, DatabaseUrl::Sqlite(PathBuf::from("peeringd.db")));
        assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(settings.public_url, None);
        assert_eq!((settings.rate_limits, settings.scale, settings.seed), (true, Scale::Small, 1));
        assert!(!settings.skip_orphans && !settings.allow_plaintext_secrets);
        assert_eq!((settings.suggestion_org, settings.days), (Some(20525), 90));
        assert!(!settings.approve_exchanges && !settings.tutorial && !settings.commit);
        assert_eq!(accepted("PEERINGD_SUGGESTION_ORG", "none").suggestion_org, None);
    }

    #[test]
    fn databases_are_told_apart() {
        let database = accepted("PEERINGD_DATABASE", "sqlite:/var/a.db").database;
        assert_eq!(database, DatabaseUrl::Sqlite(PathBuf::from("/var/a.db")));
        let url = "postgres://u:p@h/n";
        assert_eq!(accepted("PEERINGD_DATABASE", url).database, DatabaseUrl::Postgres(url.to_owned()));
    }

    #[test]
    fn values_are_read_as_people_write_them() {
        assert_eq!(accepted("PEERINGD_LISTEN", "localhost:80").listen.to_string(), "127.0.0.1:80");
        assert_eq!(accepted("PEERINGD_LISTEN", " [::]:0 ").listen.to_string(), "[::]:0");
        for text in
            ["https://www.peeringdb.com", "https://www.peeringdb.com/", "HTTPS://www.peeringdb.com:443"]
        {
            let url = accepted("PEERINGD_PUBLIC_URL", text).public_url;
            assert_eq!(url.as_deref(), Some("https://www.peeringdb.com"), "{text}");
        }
        assert!(!accepted("PEERINGD_RATE_LIMITS", "off").rate_limits);
        assert!(accepted("PEERINGD_SKIP_ORPHANS", "Yes").skip_orphans);
        assert!(!accepted("PEERINGD_SKIP_ORPHANS", "0").skip_orphans);
        assert_eq!(accepted("PEERINGD_LOG", "warn,api=debug").log, "warn,api=debug");
    }

    #[test]
    fn mail_has_a_host() {
        for (url, host) in [
            ("https://directory.example", "directory.example"),
            ("http://127.0.0.1:8080", "localhost"),
            ("http://[::1]:8080", "localhost"),
            ("http://localhost:80", "localhost"),
        ] {
            assert_eq!(mail_host(url), host);
        }
        let server = accepted("PEERINGD_SMTP", "smtps://ada:hunter2@mail.example").smtp;
        let shown = format!("{server:?}");
        assert!(shown.contains("smtps://mail.example:465") && !shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn people_are_led_to_a_url_that_is_given() {
        assert!(!read(&[]).expect("valid").canonical_redirect);
        let told = read(&[("PEERINGD_CANONICAL_REDIRECT", "1")]).expect_err("no URL");
        let expected = "PEERINGD_CANONICAL_REDIRECT=1: there is no URL to lead to: give --public-url as well";
        assert_eq!(told, expected);
        let both = [("PEERINGD_CANONICAL_REDIRECT", "1"), ("PEERINGD_PUBLIC_URL", "https://www.example.net")];
        assert!(read(&both).expect("valid").canonical_redirect);
    }

    #[test]
    fn wrong_values_are_named_with_rule_and_remedy() {
        for (name, value, failure) in [
            ("DATABASE", "mysql://h/n", "an unknown kind of database: give sqlite:PATH or"),
            ("DATABASE", "sqlite:", "names no file"),
            ("DATABASE", "sqlite::memory:", "a database in memory"),
            ("DATABASE", "sqlite://host/a.db", "two slashes announce a host"),
            ("DATABASE", "postgres://h:99999/n", "no address of a server, invalid port number: give"),
            ("LISTEN", "8080", "not an IP address with a port: give ADDR:PORT, such as"),
            ("LISTEN", "127.0.0.1:99999", "not an IP address"),
            ("LISTEN", "example.net:80", "not an IP address"),
            ("PUBLIC_URL", "www.example.net", "not a URL, "),
            ("PUBLIC_URL", "https://example.net/path", "more than scheme, host and port"),
            ("PUBLIC_URL", "ftp://example.net", "the scheme is ftp"),
            ("PUBLIC_URL", "https://***@example.net", "more than scheme, host and port"),
            ("CANONICAL_REDIRECT", "www", "neither yes nor no"),
            (
                "TRUSTED_PROXIES",
                "::1, proxy",
                "`proxy` is neither an address nor a prefix: give addresses and",
            ),
            ("GEOCODER", "file:///etc/passwd", "the scheme is file"),
            ("RDAP", "http://", "not a URL, empty host"),
            ("SMTP", "http://mail.example", "the scheme is http: give smtps://USER"),
            ("MAIL_FROM", "Ada <ada@one.example>", "no mail address, "),
            ("SUPPORT", "support", "no mail address, "),
            ("STATE", "lost", "no such choice: give queued, "),
            ("FEED_RETENTION", "0", "no number of days from 1 to 365: give a whole number"),
            ("FEED_RETENTION", "a week", "no number of days"),
            ("RATE_LIMITS", "OFF", "no such choice: give on or off"),
            ("SUGGESTION_ORG", "nobody", "not a whole number from 1 on: give the id of an organization, or"),
            ("SUGGESTION_ORG", "0", "not a whole number from 1 on"),
            ("APPROVE_EXCHANGES", "yes", "no such choice: give on or off"),
            ("TUTORIAL", "perhaps", "neither yes nor no: give 1 or 0"),
            ("OWNER", "Example Org", "not a whole number from 1 on: give the id"),
            ("DAYS", "0", "not a whole number from 1 on: give a whole number of days"),
            ("SKIP_ORPHANS", "maybe", "neither yes nor no"),
            ("SCALE", "huge", "no such choice: give small or full"),
            ("SEED", "-1", "not a whole number"),
            ("SEED", "18446744073709551616", "not a whole number"),
            ("LOG", "api=loud", "no log filter, "),
        ] {
            let name = format!("PEERINGD_{name}");
            let told = read(&[(&name, value)]).expect_err(value);
            assert!(told.starts_with(&format!("{name}={value}: {failure}")), "{told}");
        }
    }

    #[test]
    fn failures_show_no_secrets() {
        for (name, value) in [
            ("DATABASE", "host=h user=u password=hunter2"),
            ("DATABASE", "hunter2"),
            ("GEOCODER", "hunter2@geo.example"),
            ("RDAP", "ftp://hunter2@rdap.example/"),
            ("SMTP", "smtp://ada:hunter2@mail.example?tls=maybe"),
            ("PUBLIC_URL", "https://ada:hunter2@directory.example"),
            ("PUBLIC_URL", "https://hunter2@directory.example"),
            ("PUBLIC_URL", "hunter2@directory.example"),
        ] {
            let told = read(&[(&format!("PEERINGD_{name}"), value)]).expect_err(value);
            assert!(told.contains("***") && !told.contains("hunter2"), "{told}");
        }
    }

    #[test]
    fn secrets_in_urls_are_not_shown() {
        for (text, shown) in [
            ("sqlite:a.db", "sqlite:a.db"),
            ("https://geo.example/x", "https://geo.example/x"),
            ("https://geo.example/x?key=k", "https://geo.example/x?***"),
            ("https://geo.example/x?mail=a@b", "https://geo.example/x?***"),
            ("https://geo.example:81/x?key=a@b", "https://***@b"),
            ("https://TOKEN@geo.example/x", "https://***@geo.example/x"),
            ("HTTPS://TOKEN:@geo.example/x?key=k", "HTTPS://***@geo.example/x?***"),
            ("https://TO/KEN@geo.example/x", "https://***@geo.example/x"),
            ("TOKEN@geo.example", "***@geo.example"),
            ("geo.example:TOKEN@x", "geo.example:***"),
            ("postgres://u@h/n", "postgres://u@h/n"),
            ("postgres://u:p@h/n", "postgres://u:***@h/n"),
            ("postgres://u:p/?@q@h:1/n?sslkey=k", "postgres://u:***@h:1/n?***"),
        ] {
            assert_eq!(redacted(text), shown);
        }
    }

    #[test]
    fn an_address_for_everybody_is_shown_as_this_machine() {
        for (listen, url) in [
            ("127.0.0.1:80", "http://127.0.0.1:80"),
            ("0.0.0.0:80", "http://localhost:80"),
            ("[::]:80", "http://localhost:80"),
            ("[::1]:80", "http://[::1]:80"),
        ] {
            assert_eq!(local_url(listen.parse().expect("an address")), url);
        }
    }
}
