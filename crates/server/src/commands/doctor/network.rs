//! The world outside: the address under which people come, and the services that are asked.

use std::time::Duration;

use jobs::http::{HttpClient, Limits, Settings as Outgoing};
use jobs::mail::{self, SmtpServer};
use url::{Host, Url};

use crate::settings::{Settings, local_url, mail_host, redacted};

use super::Finding;

/// How long a name or a service may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Of an answer only its status counts.
const ANSWER_MAX: usize = 1 << 20;

/// Looks at what the options name.
pub(super) async fn check(settings: &Settings) -> Vec<Finding> {
    let mut findings = vec![address(settings)];
    if let Some(url) = settings.public_url.as_deref().and_then(|url| Url::parse(url).ok()) {
        findings.extend(name(&url).await);
    }
    let services = [
        ("geocoder", &settings.geocoder),
        ("RDAP", &settings.rdap),
        ("egress gateway", &settings.egress_gateway),
    ];
    for (what, url) in services {
        if let Some(url) = url {
            findings.push(service(what, url).await);
        }
    }
    if let Some(server) = &settings.smtp {
        findings.push(mail_server(server, settings).await);
    }
    findings
}

/// Whether the mail server lets us in.
async fn mail_server(server: &SmtpServer, settings: &Settings) -> Finding {
    const WHAT: &str = "mail server";
    let host = mail_host(settings.public_url.as_deref().unwrap_or_default());
    let limits = mail::Limits { connect: PATIENCE, ..mail::Limits::default() };
    match mail::knock(server, &host, limits).await {
        Ok(()) => Finding::ok(WHAT, format!("{server} lets us in")),
        Err(error) => {
            let remedy = "start the server, correct --smtp, or leave it out";
            Finding::warn(WHAT, format!("{server}: {error}"), remedy)
        }
    }
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether people reach what the program says of itself, and nobody reads along.
fn address(settings: &Settings) -> Finding {
    const WHAT: &str = "public URL";
    const TLS: &str = "put a proxy with TLS in front, and give its URL as --public-url https://NAME";
    let listens = settings.listen;
    let Some(text) = &settings.public_url else {
        let own = local_url(listens);
        if listens.ip().is_loopback() {
            return Finding::ok(WHAT, format!("{own}, for this machine only"));
        }
        let detail = format!(
            "not set, so that links in answers begin with {own}, while --listen {listens} is open to \
                              other machines"
        );
        return Finding::warn(WHAT, detail, TLS);
    };
    match Url::parse(text) {
        Ok(url) if url.scheme() == "https" || is_local(&url) => Finding::ok(WHAT, text),
        _ => Finding::warn(WHAT, format!("{text} sends keys and passwords in clear"), TLS),
    }
}

/// Whether the host's name leads anywhere. None where it is an address.
async fn name(url: &Url) -> Option<Finding> {
    const WHAT: &str = "public name";
    const REMEDY: &str = "add the name to the DNS, or correct --public-url";
    let Some(Host::Domain(name)) = url.host() else { return None };
    let port = url.port_or_known_default().unwrap_or_default();
    Some(match tokio::time::timeout(PATIENCE, tokio::net::lookup_host((name, port))).await {
        Err(_) => Finding::warn(WHAT, format!("{name}: the resolver gives no answer"), "check the resolver"),
        Ok(Err(error)) => Finding::warn(WHAT, format!("{name} does not resolve: {error}"), REMEDY),
        Ok(Ok(addresses)) => {
            let mut found: Vec<String> = addresses.map(|address| address.ip().to_string()).collect();
            found.sort();
            found.dedup();
            Finding::ok(WHAT, format!("{name} leads to {}", found.join(" ")))
        }
    })
}

/// Whether a service answers at all. What it says to an empty question does not matter, but for its own faults.
async fn service(what: &'static str, url: &Url) -> Finding {
    let shown = redacted(url.as_str());
    let limits = Limits { total: PATIENCE, bytes_max: ANSWER_MAX, ..Limits::default() };
    let client = match HttpClient::new(Outgoing { limits, egress_gateway: None }) {
        Ok(client) => client,
        Err(error) => return Finding::fail(what, error, "install the certificates of the system"),
    };
    let option = what.to_lowercase().replace(' ', "-");
    match client.get_endpoint(url.clone(), "*/*").await {
        Ok(answer) if answer.status < 500 => Finding::ok(what, format!("{shown} answers")),
        Ok(answer) => {
            let detail = format!("{shown} answers with status {}", answer.status);
            Finding::warn(what, detail, format!("see the log of the service, or correct --{option}"))
        }
        Err(error) => {
            let remedy = format!("start the service, correct --{option}, or leave it out");
            Finding::warn(what, format!("{shown}: {error}"), remedy)
        }
    }
}
