//! The way to a mail server (RFC 5321), step by step: what went wrong where decides what may be done about it.

use std::error::Error as _;
use std::fmt;
use std::future::Future;
use std::str::FromStr;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Response;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::letter::Letter;

/// A mail server, as an option names it.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpServer {
    host: String,
    port: u16,
    security: Security,
    /// User and password.
    login: Option<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Security {
    /// TLS from the first byte (RFC 8314).
    Implicit,
    /// TLS after `STARTTLS`, which has to be there (RFC 3207).
    StartTls,
    /// None, for servers on the same machine or a network of one's own.
    Plain,
}

impl fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpServer({self})")
    }
}

impl fmt::Display for SmtpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.security == Security::Implicit { "smtps" } else { "smtp" };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

impl FromStr for SmtpServer {
    type Err = String;

    /// `smtps://[USER:PASSWORD@]HOST[:465]`, or `smtp://[USER:PASSWORD@]HOST[:587][?tls=none]`. A server on this machine
    /// is talked to without TLS on port 25, unless `?tls=required` says otherwise. The error is the rule that is broken.
    fn from_str(text: &str) -> Result<SmtpServer, String> {
        let url = Url::parse(text).map_err(|error| format!("not a URL, {error}"))?;
        let host = match url.host() {
            Some(Host::Ipv6(address)) => address.to_string(),
            Some(host) => host.to_string(),
            None => return Err("names no host".to_owned()),
        };
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err("more than user, password, host, port and tls".to_owned());
        }
        let security = security(&url, &host)?;
        let port = match security {
            Security::Implicit => 465,
            Security::StartTls => 587,
            Security::Plain => 25,
        };
        let login = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) if !user.is_empty() => Some((decoded(user)?, decoded(password)?)),
            _ => return Err("names a user without a password, or a password without a user".to_owned()),
        };
        Ok(SmtpServer { host, port: url.port().unwrap_or(port), security, login })
    }
}

fn security(url: &Url, host: &str) -> Result<Security, String> {
    let mut tls = None;
    for (key, value) in url.query_pairs() {
        if key != "tls" {
            return Err(format!("knows no {key}"));
        }
        tls = Some(value.into_owned());
    }
    match (url.scheme(), tls.as_deref()) {
        ("smtps", None | Some("required")) => Ok(Security::Implicit),
        ("smtp", Some("required")) => Ok(Security::StartTls),
        ("smtp", Some("none")) => Ok(Security::Plain),
        ("smtp", None) if is_here(host) => Ok(Security::Plain),
        ("smtp", None) => Ok(Security::StartTls),
        ("smtp" | "smtps", Some(_)) => Err("tls is neither required nor none".to_owned()),
        (scheme, _) => Err(format!("the scheme is {scheme}")),
    }
}

/// Whether a host is this machine.
fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

fn decoded(text: &str) -> Result<String, String> {
    let text = percent_decode_str(text).decode_utf8();
    text.map(|text| text.into_owned()).map_err(|_| "user or password is no UTF-8".to_owned())
}

/// What a mail server may take its time for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// To connect, greet and log in.
    pub connect: Duration,
    /// To answer a command.
    pub command: Duration,
    /// To acknowledge a mail (RFC 5321, 4.5.3.2.6): cut short, it would be delivered twice or be doubtful.
    pub acknowledge: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connect: Duration::from_secs(60),
            command: Duration::from_secs(300),
            acknowledge: Duration::from_secs(600),
        }
    }
}

/// How it went to hand a mail over.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Handover {
    /// The server has taken it for all recipients but these, each with a reason.
    Taken {
        /// Recipients.
        refused: Vec<String>,
    },
    /// The server will never take it.
    Refused(String),
    /// The server may take it another time.
    Later(String),
    /// The server may have taken it.
    Unknown(String),
    /// The server takes no mail from us at present, whatever it is.
    NoServer(String),
}

/// A connection on which mail can be handed over.
pub(super) struct Session(AsyncSmtpConnection);

/// What went wrong with a command.
enum Trouble {
    /// The server says no (5yz).
    Permanent(String),
    /// The server says not now (4yz).
    Transient(String),
    /// The server says nothing, or nothing that makes sense.
    Lost(String),
}

impl Session {
    /// Connects to a server, and logs in. `host` is the name that we greet with.
    pub(super) async fn open(server: &SmtpServer, host: &str, limits: Limits) -> Result<Session, String> {
        let opening = async {
            let hello = ClientId::Domain(host.to_owned());
            let tls = || TlsParameters::new(server.host.clone());
            let wrapped = (server.security == Security::Implicit).then(tls).transpose()?;
            let place = (server.host.as_str(), server.port);
            let limit = Some(limits.connect);
            let mut connection =
                AsyncSmtpConnection::connect_tokio1(place, limit, &hello, wrapped, None).await?;
            if server.security == Security::StartTls {
                connection.starttls(tls()?, &hello).await?;
            }
            if let Some((user, password)) = server.login.clone() {
                connection.auth(DEFAULT_MECHANISMS, &Credentials::new(user, password)).await?;
            }
            Ok(Session(connection))
        };
        match tokio::time::timeout(limits.connect, opening).await {
            Ok(opened) => opened.map_err(|error: Error| chain(&error)),
            Err(_) => Err("it does not answer in time".to_owned()),
        }
    }

    /// Hands a mail over. After anything but [`Handover::Taken`] the connection is of no use any more.
    pub(super) async fn hand_over(&mut self, letter: &Letter, limits: Limits) -> Handover {
        let refused = match self.announce(letter, limits).await {
            Ok(refused) => refused,
            Err(handover) => return handover,
        };
        let sending = self.0.message(&letter.bytes);
        match within(limits.acknowledge, sending).await {
            Ok(()) => Handover::Taken { refused },
            Err(Trouble::Permanent(why)) => Handover::Refused(why),
            Err(Trouble::Transient(why)) => Handover::Later(why),
            Err(Trouble::Lost(why)) => Handover::Unknown(why),
        }
    }

    /// Tells sender and recipients. Gives the recipients that the server will never take mail for.
    async fn announce(&mut self, letter: &Letter, limits: Limits) -> Result<Vec<String>, Handover> {
        let is_ascii = letter.to.iter().all(|to| AsRef::<str>::as_ref(to).is_ascii());
        if !is_ascii && !self.0.server_info().supports_feature(Extension::SmtpUtfEight) {
            let why = "the mail server takes no addresses in other scripts than ASCII (RFC 6531)";
            return Err(Handover::Refused(why.to_owned()));
        }
        let options = if is_ascii { vec![] } else { vec![MailParameter::SmtpUtfEight] };
        let from = self.0.command(Mail::new(Some(letter.from.clone()), options));
        // Who is refused as a sender has to mend the options, not the mail.
        within(limits.command, from).await.map_err(|trouble| Handover::NoServer(trouble.into_text()))?;
        let mut refused = Vec::new();
        for to in &letter.to {
            match within(limits.command, self.0.command(Rcpt::new(to.clone(), vec![]))).await {
                Ok(()) => {}
                Err(Trouble::Permanent(why)) => refused.push(format!("{to}: {why}")),
                Err(Trouble::Transient(why) | Trouble::Lost(why)) => return Err(Handover::Later(why)),
            }
        }
        if refused.len() == letter.to.len() {
            return Err(Handover::Refused(refused.join("; ")));
        }
        match within(limits.command, self.0.command(Data)).await {
            Ok(()) => Ok(refused),
            Err(Trouble::Permanent(why)) => Err(Handover::Refused(why)),
            Err(Trouble::Transient(why) | Trouble::Lost(why)) => Err(Handover::Later(why)),
        }
    }

    /// Takes leave. What goes wrong then is of no consequence.
    pub(super) async fn quit(mut self, limits: Limits) {
        let _ = tokio::time::timeout(limits.connect, self.0.quit()).await;
    }
}

impl Trouble {
    fn into_text(self) -> String {
        match self {
            Trouble::Permanent(text) | Trouble::Transient(text) | Trouble::Lost(text) => text,
        }
    }
}

async fn within(
    limit: Duration,
    command: impl Future<Output = Result<Response, Error>>,
) -> Result<(), Trouble> {
    match tokio::time::timeout(limit, command).await {
        Err(_) => Err(Trouble::Lost("it does not answer in time".to_owned())),
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) if error.is_permanent() => Err(Trouble::Permanent(chain(&error))),
        Ok(Err(error)) if error.is_transient() => Err(Trouble::Transient(chain(&error))),
        Ok(Err(error)) => Err(Trouble::Lost(chain(&error))),
    }
}

/// An error with its causes, where it does not tell them itself.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_read_as_people_write_them() {
        let read = |text: &str| text.parse::<SmtpServer>().unwrap_or_else(|rule| panic!("{text}: {rule}"));
        for (text, told, security) in [
            ("smtps://mail.example", "smtps://mail.example:465", Security::Implicit),
            ("smtp://mail.example", "smtp://mail.example:587", Security::StartTls),
            ("smtp://mail.example:2525", "smtp://mail.example:2525", Security::StartTls),
            ("smtp://mail.example?tls=none", "smtp://mail.example:25", Security::Plain),
            ("smtp://localhost", "smtp://localhost:25", Security::Plain),
            ("smtp://[::1]:26", "smtp://::1:26", Security::Plain),
            ("smtp://localhost?tls=required", "smtp://localhost:587", Security::StartTls),
        ] {
            let server = read(text);
            assert_eq!((server.to_string().as_str(), server.security), (told, security), "{text}");
        }
        let server = read("smtp://ada%40one.example:p%2Fw@mail.example");
        assert_eq!(server.login, Some(("ada@one.example".to_owned(), "p/w".to_owned())));
        assert!(!format!("{server:?} {server}").contains("p/w"));
    }

    #[test]
    fn what_is_no_server_is_refused_with_the_rule() {
        for (text, rule) in [
            ("mail.example", "not a URL"),
            ("http://mail.example", "the scheme is http"),
            ("smtp:///x", "names no host"),
            ("smtp://mail.example/inbox", "more than user, password, host, port and tls"),
            ("smtp://mail.example?tls=maybe", "tls is neither required nor none"),
            ("smtps://mail.example?tls=none", "tls is neither required nor none"),
            ("smtp://mail.example?ssl=1", "knows no ssl"),
            ("smtp://ada@mail.example", "names a user without a password"),
        ] {
            let told = text.parse::<SmtpServer>().expect_err(text);
            assert!(told.starts_with(rule), "{text}: {told}");
        }
    }
}
