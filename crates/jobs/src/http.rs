//! The one way out: requests to other HTTP servers, within limits of time and size.
//!
//! There are two kinds of target. An *endpoint* was named by the operator and may be anywhere, the machine
//! itself included. A *foreign* URL came from somebody else: only the public internet is open to it, at every
//! hop, or what the operator's egress gateway reaches on its behalf.

use std::error::Error as _;
use std::fmt;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response};
use url::Url;

use crate::reach::{Guard, NotPublic, Rules};

/// How much a request may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Time to reach the server, once for each hop.
    pub connect: Duration,
    /// Time from the first hop to the last byte.
    pub total: Duration,
    /// Size of the body.
    pub bytes_max: usize,
    /// Redirects that are followed.
    pub redirects_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connect: Duration::from_secs(3),
            total: Duration::from_secs(10),
            bytes_max: 16 << 20,
            redirects_max: 5,
        }
    }
}

/// What the operator says about going out.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Limits of every request.
    pub limits: Limits,
    /// Foreign URLs are fetched as `GET {gateway}?url=…` when there is one.
    pub egress_gateway: Option<Url>,
}

/// A document, whatever the status it came with.
#[derive(Clone, Debug)]
pub struct Document {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`, when there is a readable one.
    pub content_type: Option<String>,
    /// The body, complete.
    pub body: Vec<u8>,
}

/// Why there is no document. The texts never hold the query of a URL, which may carry a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchError {
    /// The URL is none that can be fetched; the text is the rule it broke.
    BadUrl(String),
    /// The URL, or one it redirected to, leads to something that is not on the public internet.
    NotPublic(NotPublic),
    /// No connection came about.
    Unreachable(String),
    /// A time limit passed.
    TimedOut,
    /// The body is larger than the limit, in bytes.
    TooLarge(usize),
    /// A redirect that is not followed; the text is the rule it broke.
    Redirect(String),
    /// The server broke the protocol or hung up.
    Broken(String),
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FetchError::BadUrl(rule) => write!(f, "the URL cannot be fetched: {rule}"),
            FetchError::NotPublic(host) => host.fmt(f),
            FetchError::Unreachable(why) => write!(f, "no connection: {why}"),
            FetchError::TimedOut => f.write_str("no answer in time"),
            FetchError::TooLarge(bytes) => write!(f, "the answer is larger than {bytes} bytes"),
            FetchError::Redirect(rule) => write!(f, "the redirect is not followed: {rule}"),
            FetchError::Broken(why) => write!(f, "the answer broke off: {why}"),
        }
    }
}

impl std::error::Error for FetchError {}

/// The client could not be set up; the text tells why.
#[derive(Debug)]
pub struct SetupError(String);

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the HTTP client could not be set up: {}", self.0)
    }
}

impl std::error::Error for SetupError {}

/// Fetches documents. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct HttpClient {
    endpoints: Client,
    foreign: Client,
    rules: Rules,
    settings: Settings,
}

impl HttpClient {
    /// Sets the client up.
    ///
    /// # Errors
    /// When the machine offers no TLS at all.
    pub fn new(settings: Settings) -> Result<HttpClient, SetupError> {
        HttpClient::with_rules(settings, Rules::PUBLIC)
    }

    pub(crate) fn with_rules(settings: Settings, rules: Rules) -> Result<HttpClient, SetupError> {
        let endpoints = build(|| base(&settings.limits))?;
        let foreign = build(|| base(&settings.limits).dns_resolver(Guard::shared(rules)))?;
        Ok(HttpClient { endpoints, foreign, rules, settings })
    }

    /// The limits of every request.
    pub fn limits(&self) -> &Limits {
        &self.settings.limits
    }

    /// The same client with limits that are at least as tight, for answers on which somebody waits.
    pub fn tightened(&self, total: Duration, bytes_max: usize) -> HttpClient {
        let mut tighter = self.clone();
        let limits = &mut tighter.settings.limits;
        limits.total = limits.total.min(total);
        limits.bytes_max = limits.bytes_max.min(bytes_max);
        tighter
    }

    /// Fetches from an endpoint that the operator named. `accept` is the media type asked for.
    ///
    /// # Errors
    /// When no complete answer within the limits came. Any status is an answer.
    pub async fn get_endpoint(&self, url: Url, accept: &'static str) -> Result<Document, FetchError> {
        self.within_time(self.follow(&self.endpoints, url, accept, |_| Ok(()))).await
    }

    /// Fetches a URL that somebody else named: directly from the public internet, or through the gateway.
    /// `accept` is the media type asked for.
    ///
    /// # Errors
    /// As for [`HttpClient::get_endpoint`], and when the URL leads elsewhere than to the public internet. The
    /// status of a gateway stands for that of the server behind it.
    pub async fn get_foreign(&self, url: &str, accept: &'static str) -> Result<Document, FetchError> {
        let url = Url::parse(url).map_err(|error| FetchError::BadUrl(error.to_string()))?;
        check_scheme(&url)?;
        let check = |url: &Url| self.rules.check_literal(url).map_err(FetchError::NotPublic);
        check(&url)?;
        match &self.settings.egress_gateway {
            None => self.within_time(self.follow(&self.foreign, url, accept, check)).await,
            Some(gateway) => self.within_time(self.through(gateway, &url, accept)).await,
        }
    }

    /// Sends a document to a URL that somebody else named, on the public internet, and gives the status of the answer.
    /// Redirects are not followed: whoever wants documents elsewhere names that place. An egress gateway only fetches,
    /// so that this goes out directly.
    ///
    /// # Errors
    /// As for [`HttpClient::get_foreign`].
    pub async fn post_foreign(
        &self,
        url: &str,
        headers: &[(&'static str, &str)],
        body: String,
    ) -> Result<u16, FetchError> {
        let url = Url::parse(url).map_err(|error| FetchError::BadUrl(error.to_string()))?;
        check_scheme(&url)?;
        self.rules.check_literal(&url).map_err(FetchError::NotPublic)?;
        let mut request = self.foreign.post(url).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let sent = tokio::time::timeout(self.settings.limits.total, request.send()).await;
        let response = sent.map_err(|_| FetchError::TimedOut)?;
        // Nobody reads what the receiver says.
        Ok(response.map_err(|error| failed(error, FetchError::Unreachable))?.status().as_u16())
    }

    async fn through(&self, gateway: &Url, url: &Url, accept: &'static str) -> Result<Document, FetchError> {
        let mut request = gateway.clone();
        request.query_pairs_mut().append_pair("url", url.as_str());
        let response = send(&self.endpoints, request, accept).await?;
        if response.status().is_redirection() {
            // Following it would lead past the gateway.
            return Err(FetchError::Redirect("the egress gateway answered with one".to_owned()));
        }
        self.read(response).await
    }

    async fn within_time<F>(&self, fetch: F) -> Result<Document, FetchError>
    where
        F: Future<Output = Result<Document, FetchError>>,
    {
        tokio::time::timeout(self.settings.limits.total, fetch).await.unwrap_or(Err(FetchError::TimedOut))
    }

    async fn follow(
        &self,
        client: &Client,
        mut url: Url,
        accept: &'static str,
        check: impl Fn(&Url) -> Result<(), FetchError>,
    ) -> Result<Document, FetchError> {
        for _ in 0..=self.settings.limits.redirects_max {
            check_scheme(&url)?;
            check(&url)?;
            let response = send(client, url.clone(), accept).await?;
            match next_hop(&url, &response)? {
                Some(next) => url = next,
                None => return self.read(response).await,
            }
        }
        Err(FetchError::Redirect(format!("it is number {}", self.settings.limits.redirects_max + 1)))
    }

    async fn read(&self, mut response: Response) -> Result<Document, FetchError> {
        let max = self.settings.limits.bytes_max;
        if response.content_length().is_some_and(|announced| announced > max as u64) {
            return Err(FetchError::TooLarge(max));
        }
        let status = response.status().as_u16();
        let content_type = text_header(&response, CONTENT_TYPE).map(str::to_owned);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failed(error, FetchError::Broken))? {
            if body.len() + chunk.len() > max {
                return Err(FetchError::TooLarge(max));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Document { status, content_type, body })
    }
}

fn base(limits: &Limits) -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("peeringd/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(limits.connect)
        // Hops are taken one by one in `follow`, which checks each.
        .redirect(Policy::none())
        // A proxy named by the environment would connect to addresses that nobody checked.
        .no_proxy()
}

/// A machine without trusted certificates still reaches plain `http`, which is what services beside the
/// program often speak.
fn build(builder: impl Fn() -> ClientBuilder) -> Result<Client, SetupError> {
    builder().build().or_else(|error| {
        let why = chain(&error);
        tracing::warn!(why, "no https: the certificates of this machine could not be read");
        builder().tls_certs_only([]).build().map_err(|error| SetupError(chain(&error)))
    })
}

fn check_scheme(url: &Url) -> Result<(), FetchError> {
    match url.scheme() {
        "http" | "https" => Ok(()),
        other => Err(FetchError::BadUrl(format!("the scheme is {other}, and only http and https are known"))),
    }
}

async fn send(client: &Client, url: Url, accept: &'static str) -> Result<Response, FetchError> {
    let sent = client.get(url).header(ACCEPT, accept).send().await;
    sent.map_err(|error| failed(error, FetchError::Unreachable))
}

/// Where a redirect leads; `None` when the response is none.
fn next_hop(from: &Url, response: &Response) -> Result<Option<Url>, FetchError> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let refused = |rule: &str| Err(FetchError::Redirect(rule.to_owned()));
    let Some(target) = text_header(response, LOCATION) else {
        return refused("it has no readable Location");
    };
    let Ok(next) = from.join(target) else {
        return refused("its Location is no URL");
    };
    match (from.scheme(), next.scheme()) {
        (before, after) if before == after => Ok(Some(next)),
        // The one change of scheme that gives nothing away.
        ("http", "https") => Ok(Some(next)),
        (before, after) => refused(&format!("it leads from {before} to {after}")),
    }
}

fn text_header(response: &Response, name: reqwest::header::HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}

/// Tells the refusals and time limits apart from the rest, which becomes `otherwise`.
fn failed(error: reqwest::Error, otherwise: fn(String) -> FetchError) -> FetchError {
    let error = error.without_url();
    if error.is_timeout() {
        return FetchError::TimedOut;
    }
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(refusal) = inner.downcast_ref::<NotPublic>() {
            return FetchError::NotPublic(refusal.clone());
        }
        cause = inner.source();
    }
    otherwise(chain(&error))
}

/// An error with its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let words = inner.to_string();
        // Many layers repeat what the one below says.
        if !text.ends_with(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests;
