//! One host for people: whoever opens a page under another name of the server is led to the public URL.
//!
//! Clients drop the `Authorization` header when a redirect leads to another host, and many follow none at all. What
//! programs ask for is therefore answered under every name, and so is whatever carries credentials.

use std::net::IpAddr;

use app::request::RequestInfo;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use url::{Host, Url};

/// The host that people should see.
#[derive(Clone, Debug)]
pub(crate) struct Canonical {
    /// Scheme, host and port, without a slash at the end.
    origin: String,
    url: Url,
}

/// Puts redirects to the canonical host in front of routes.
pub(crate) fn redirecting(canonical: Canonical, routes: Router) -> Router {
    routes.layer(from_fn_with_state(canonical, pass))
}

async fn pass(State(canonical): State<Canonical>, request: Request, next: Next) -> Response {
    let info = request.extensions().get::<RequestInfo>();
    let location = info.and_then(|info| canonical.location(info, request.uri(), request.headers()));
    match location.and_then(|location| HeaderValue::try_from(location).ok()) {
        Some(location) => {
            // The method and its body go along. Browsers keep the redirect for an hour, not for good: the operator
            // may choose another host. Caches for many do not keep it: it hangs on what a proxy told of the request.
            let kept = HeaderValue::from_static("private, max-age=3600");
            let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, kept)];
            (StatusCode::PERMANENT_REDIRECT, headers).into_response()
        }
        None => next.run(request).await,
    }
}

impl Canonical {
    /// The host of a URL; `None` where the URL has none.
    pub(crate) fn new(public_url: &str) -> Option<Canonical> {
        let url = Url::parse(public_url).ok()?;
        url.host()?;
        Some(Canonical { origin: url.origin().ascii_serialization(), url })
    }

    /// Where a request should go instead; `None` when it is answered where it came.
    fn location(&self, info: &RequestInfo, target: &Uri, headers: &HeaderMap) -> Option<String> {
        let path = target.path();
        if !path.starts_with('/') || headers.contains_key(header::AUTHORIZATION) || api::serves(path) {
            return None;
        }
        if self.is(info.host.as_deref()?, info.secure)? {
            return None;
        }
        let rest = target.path_and_query().map_or(path, |rest| rest.as_str());
        Some(format!("{}{rest}", self.origin))
    }

    /// Whether a host is this one, reached by its scheme; `None` for hosts that have no other name: addresses, and this
    /// machine. Without word from a proxy the scheme is taken to be right.
    fn is(&self, host: &str, secure: Option<bool>) -> Option<bool> {
        let scheme = match secure {
            Some(true) => "https",
            Some(false) => "http",
            None => self.url.scheme(),
        };
        // Parsing knows ports that go without saying, letter case and internationalized names.
        let asked = Url::parse(&format!("{scheme}://{}", host.trim())).ok()?;
        let Some(Host::Domain(name)) = asked.host() else { return None };
        let name = name.trim_end_matches('.');
        if name == "localhost" || name.ends_with(".localhost") || name.parse::<IpAddr>().is_ok() {
            return None;
        }
        let same_name = self.url.host_str().is_some_and(|own| own.trim_end_matches('.') == name);
        // Proxies may hand on the name without the port, and a redirect would come back without it for ever.
        let same_port =
            !names_port(host) || asked.port_or_known_default() == self.url.port_or_known_default();
        Some(same_name && same_port && asked.scheme() == self.url.scheme())
    }
}

/// Whether a host that is a name says its port, be it the one that goes without saying.
fn names_port(host: &str) -> bool {
    host.trim().rsplit_once(':').is_some_and(|(_, port)| !port.is_empty())
}

#[cfg(test)]
mod tests {
    use app::request::ClientAddress;
    use tower::ServiceExt;

    use super::*;

    fn info(host: Option<&str>, secure: Option<bool>) -> RequestInfo {
        RequestInfo {
            id: "1".into(),
            client: ClientAddress::new([192, 0, 2, 1].into()),
            secure,
            host: host.map(str::to_owned),
        }
    }

    fn location(host: Option<&str>, secure: Option<bool>, target: &str) -> Option<String> {
        location_at("https://www.example.net", host, secure, target)
    }

    fn location_at(
        public_url: &str,
        host: Option<&str>,
        secure: Option<bool>,
        target: &str,
    ) -> Option<String> {
        let canonical = Canonical::new(public_url).expect("a host");
        canonical.location(&info(host, secure), &target.parse().expect("a target"), &HeaderMap::new())
    }

    #[test]
    fn pages_under_other_names_lead_to_the_canonical_one() {
        for (host, secure, target, expected) in [
            ("example.net", None, "/", "https://www.example.net/"),
            ("example.net:8080", None, "/net/10?a=b", "https://www.example.net/net/10?a=b"),
            ("api.example.net", Some(true), "/apidocs/", "https://www.example.net/apidocs/"),
            ("WWW.example.net", Some(false), "/x", "https://www.example.net/x"),
            ("www.example.net:8443", None, "/x", "https://www.example.net/x"),
            ("example.net", None, "//evil.example/x", "https://www.example.net//evil.example/x"),
            ("example.net", None, "/apix", "https://www.example.net/apix"),
        ] {
            assert_eq!(location(Some(host), secure, target).as_deref(), Some(expected), "{host}{target}");
        }
    }

    #[test]
    fn a_port_of_the_public_url_is_compared_where_the_client_names_one() {
        let own = "https://www.example.net:8443";
        for (host, expected) in [
            ("www.example.net", None),
            ("www.example.net:", None),
            ("www.example.net:8443", None),
            ("www.example.net:443", Some("https://www.example.net:8443/x")),
            ("www.example.net:8080", Some("https://www.example.net:8443/x")),
            ("example.net", Some("https://www.example.net:8443/x")),
            ("example.net:8443", Some("https://www.example.net:8443/x")),
        ] {
            for secure in [None, Some(true)] {
                assert_eq!(location_at(own, Some(host), secure, "/x").as_deref(), expected, "{host}");
            }
        }
    }

    #[tokio::test]
    async fn a_redirect_is_kept_by_browsers_alone() {
        let canonical = Canonical::new("https://www.example.net").expect("a host");
        let routes = redirecting(canonical, Router::new());
        let mut request = Request::new(axum::body::Body::empty());
        request.extensions_mut().insert(info(Some("example.net"), None));
        let response = routes.oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::PERMANENT_REDIRECT);
        assert_eq!(response.headers()[header::CACHE_CONTROL], "private, max-age=3600");
    }

    #[test]
    fn the_canonical_host_addresses_and_programs_are_answered_where_they_ask() {
        for (host, secure, target) in [
            ("www.example.net", None, "/"),
            ("WWW.EXAMPLE.NET.", Some(true), "/"),
            ("www.example.net:443", Some(true), "/"),
            ("192.0.2.7", None, "/"),
            ("192.0.2.7:8080", None, "/"),
            ("[2001:db8::7]:8080", None, "/"),
            ("localhost:8080", None, "/"),
            ("not a host", None, "/"),
            ("", None, "/"),
            ("example.net", None, "/api/net"),
            ("example.net", None, "/api"),
            ("example.net", None, "//api//net/10"),
            ("example.net", None, "/%61pi/net"),
            ("example.net", None, "/net-0.json"),
            ("example.net", None, "*"),
        ] {
            assert_eq!(location(Some(host), secure, target), None, "{host} {target}");
        }
        assert_eq!(location(None, None, "/"), None, "HTTP/1.0 names no host");
    }
}
