//! A request taken apart: what every handler needs of it.

use std::net::IpAddr;

use app::export::Form;
use app::request::RequestInfo;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method};
use catalog::query::Params;
use model::Tag;
use percent_encoding::percent_decode_str;

use crate::asset::AssetPath;
use crate::webhooks::WebhookPath;
use crate::{download, dump};

/// A request to the API.
#[derive(Clone, Debug)]
pub(crate) struct ApiRequest {
    pub(crate) method: Method,
    /// Decoded path.
    pub(crate) path: String,
    pub(crate) params: Params,
    /// The query string as it came.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    /// The address of whoever asks; `None` where nobody told.
    pub(crate) client: Option<IpAddr>,
}

impl ApiRequest {
    /// A request without its body.
    pub(crate) fn new(request: Request) -> ApiRequest {
        ApiRequest::split(request).0
    }

    /// A request and its body, which nobody has read yet.
    pub(crate) fn split(request: Request) -> (ApiRequest, Body) {
        let (parts, body) = request.into_parts();
        let query = parts.uri.query().unwrap_or_default().to_owned();
        let client = parts.extensions.get::<RequestInfo>().map(|info| info.client.ip());
        let request = ApiRequest {
            method: parts.method,
            path: decoded(parts.uri.path()),
            params: Params::new(decode(&query)),
            query,
            headers: parts.headers,
            client,
        };
        (request, body)
    }

    /// A header's text; `None` when absent or no text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether the answer goes without its body.
    pub(crate) fn is_head(&self) -> bool {
        self.method == Method::HEAD
    }

    /// Whether the method asks for what a path names.
    pub(crate) fn fetches(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }

    /// Whether the method only reads.
    pub(crate) fn reads(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD | Method::OPTIONS)
    }

    /// Whether the client takes gzip (RFC 9110, 12.5.3).
    pub(crate) fn takes_gzip(&self) -> bool {
        let lists = self.headers.get_all("accept-encoding").iter().filter_map(|value| value.to_str().ok());
        let mut taken = None;
        for coding in lists.flat_map(|list| list.split(',')) {
            let mut parts = coding.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let refused = parts.any(|part| part.strip_prefix("q=").is_some_and(is_zero));
            match name {
                "gzip" | "x-gzip" => taken = Some(!refused),
                "*" => taken = taken.or(Some(!refused)),
                _ => {}
            }
        }
        taken.unwrap_or(false)
    }

    /// Whether `Prefer: handling=strict` (RFC 7240) asks for errors instead of ignored parameters.
    pub(crate) fn is_strict(&self) -> bool {
        let mut preferences = self.headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        preferences.any(|list| {
            list.split([',', ';']).any(|part| part.trim().eq_ignore_ascii_case("handling=strict"))
        })
    }
}

/// A quality of zero: not acceptable.
pub(crate) fn is_zero(quality: &str) -> bool {
    quality.parse().is_ok_and(|quality: f32| quality <= 0.0)
}

/// A path as routes know it.
pub(crate) fn decoded(path: &str) -> String {
    single_slashes(&percent_decode_str(path).decode_utf8_lossy())
}

/// A path with runs of slashes, which clients make by joining texts, as single ones.
fn single_slashes(path: &str) -> String {
    let mut single = String::with_capacity(path.len());
    single.extend(
        path.chars()
            .scan(' ', |before, c| Some((std::mem::replace(before, c), c)))
            .filter_map(|(before, c)| (before != '/' || c != '/').then_some(c)),
    );
    single
}

/// Pairs of a query string (`application/x-www-form-urlencoded`); what is no text becomes replacement characters.
fn decode(query: &str) -> Vec<(String, String)> {
    let text = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    encoded_pairs(query).map(|(name, value)| (text(name), text(value))).collect()
}

/// Pairs of a form (`application/x-www-form-urlencoded`).
///
/// # Errors
/// The encoded name or value that is no text.
pub(crate) fn decode_strictly(form: &str) -> Result<Vec<(String, String)>, String> {
    let text = |part: &str| {
        let decoded = percent_decode_str(&part.replace('+', " ")).decode_utf8().map(|text| text.into_owned());
        decoded.map_err(|_| part.to_owned())
    };
    encoded_pairs(form).map(|(name, value)| Ok((text(name)?, text(value)?))).collect()
}

fn encoded_pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `/api`: leads to the index.
    Bare,
    /// `/api/`: the index.
    Index,
    /// All records of a type.
    List(Tag),
    /// One record; the id as the path has it.
    Detail(Tag, String),
    /// One's own record of a type.
    Own(Tag),
    /// The AS-sets of all networks.
    AsSets,
    /// The AS-set of one network, by ASN as the path has it.
    AsSet(String),
    /// What one record went through; the id as the path has it.
    History(Tag, String),
    /// What happened around an organization; its id as the path has it.
    OrgChanges(String),
    /// Something about the people of an organization; ids that none can have are 0.
    OrgUsers {
        /// The organization.
        org: u32,
        /// What about its people.
        path: UsersPath,
    },
    /// The webhooks of an organization.
    Webhooks(WebhookPath),
    /// Full-text search.
    Search,
    /// A change of its own.
    Action(ActionPath),
    /// What belongs to a record beside its fields.
    Asset(AssetPath),
    /// A known record or list in a form that is not offered.
    OtherFormat,
    /// The public dump of a type.
    Dump(Tag),
    /// The public directory in one file.
    Download(Form),
    /// Nothing.
    Unknown,
}

/// What a path below an organization says about its people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UsersPath {
    /// `users`: all of them.
    List,
    /// `users/add`.
    Add,
    /// `users/<id>`.
    One(u32),
    /// `users/remove`.
    Remove,
}

impl UsersPath {
    /// What the parts behind `users` name. A slash at the end says nothing.
    fn of(parts: &[&str]) -> Option<UsersPath> {
        match *parts {
            [] | [""] => Some(UsersPath::List),
            ["add"] | ["add", ""] => Some(UsersPath::Add),
            ["remove"] | ["remove", ""] => Some(UsersPath::Remove),
            [id] | [id, ""] if is_number(id) => Some(UsersPath::One(id.parse().unwrap_or(0))),
            _ => None,
        }
    }

    fn allowed(self) -> &'static str {
        match self {
            UsersPath::List => "GET, HEAD, OPTIONS",
            UsersPath::Add => "POST, OPTIONS",
            UsersPath::One(_) => "PUT, OPTIONS",
            UsersPath::Remove => "DELETE, OPTIONS",
        }
    }
}

/// A path that changes something in a way of its own, with the ids in it; ids that no record can have are 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ActionPath {
    /// `/api/ix/<id>/request_ixf_import`.
    RequestImport(u32),
    /// `/api/carrierfac/<id>/approve`.
    Approve(u32),
    /// `/api/carrierfac/<id>/reject`.
    Reject(u32),
    /// `/api/campus/<id>/add-facility/<fac>`.
    AddFacility(u32, u32),
    /// `/api/campus/<id>/remove-facility/<fac>`.
    RemoveFacility(u32, u32),
    /// `/api/netixlan/<id>/set-net-side`.
    SetNetSide(u32),
    /// `/api/netixlan/<id>/set-ix-side`.
    SetIxSide(u32),
}

impl ActionPath {
    /// The action that the parts of a path behind `/api/` name.
    fn of(parts: &[&str]) -> Option<ActionPath> {
        let id = |text: &str| is_number(text).then(|| text.parse().unwrap_or(0));
        Some(match *parts {
            ["ix", ix, "request_ixf_import"] => ActionPath::RequestImport(id(ix)?),
            ["carrierfac", link, "approve"] => ActionPath::Approve(id(link)?),
            ["carrierfac", link, "reject"] => ActionPath::Reject(id(link)?),
            ["campus", campus, "add-facility", fac] => ActionPath::AddFacility(id(campus)?, id(fac)?),
            ["campus", campus, "remove-facility", fac] => ActionPath::RemoveFacility(id(campus)?, id(fac)?),
            ["netixlan", port, "set-net-side"] => ActionPath::SetNetSide(id(port)?),
            ["netixlan", port, "set-ix-side"] => ActionPath::SetIxSide(id(port)?),
            _ => return None,
        })
    }
}

impl Route {
    /// Finds out what a path names.
    pub(crate) fn of(path: &str) -> Route {
        let Some(rest) = path.strip_prefix("/api") else { return Route::dump(path) };
        let parts: Vec<&str> = match rest {
            "" => return Route::Bare,
            "/" => return Route::Index,
            rest => match rest.strip_prefix('/') {
                Some(rest) => rest.split('/').collect(),
                None => return Route::Unknown,
            },
        };
        match parts[..] {
            ["as_set"] => Route::AsSets,
            ["as_set", asn] if !asn.is_empty() => Route::AsSet(asn.to_owned()),
            ["search"] => Route::Search,
            ["asset", tag, id, kind] | ["asset", tag, id, kind, ""] if is_number(id) && !kind.is_empty() => {
                let id = id.parse().unwrap_or(0);
                Route::Asset(AssetPath { tag: tag.to_owned(), id, kind: kind.to_owned() })
            }
            ["org", id, "users", ref rest @ ..] if is_number(id) => {
                let org = id.parse().unwrap_or(0);
                UsersPath::of(rest).map_or(Route::Unknown, |path| Route::OrgUsers { org, path })
            }
            ["org", id, "changes"] if is_number(id) => Route::OrgChanges(id.to_owned()),
            [name, id, "history"] if is_number(id) => {
                name.parse().map_or(Route::Unknown, |tag| Route::History(tag, id.to_owned()))
            }
            [name] => Route::list(name),
            [name, id] if !id.is_empty() => match name.parse() {
                Ok(tag) => Route::detail(tag, id),
                Err(_) => Route::Unknown,
            },
            _ => match WebhookPath::of(&parts) {
                Some(path) => Route::Webhooks(path),
                None => ActionPath::of(&parts).map_or(Route::Unknown, Route::Action),
            },
        }
    }

    fn dump(path: &str) -> Route {
        let Some(file) = path.strip_prefix('/') else { return Route::Unknown };
        if let Some(form) = download::FORMS.into_iter().find(|form| download::path(*form) == file) {
            return Route::Download(form);
        }
        let name = file.strip_suffix(dump::SUFFIX);
        name.and_then(|name| name.parse().ok()).map_or(Route::Unknown, Route::Dump)
    }

    fn list(name: &str) -> Route {
        let (name, format) = name.split_once('.').unwrap_or((name, "json"));
        match name.parse() {
            Ok(tag) if format == "json" => Route::List(tag),
            Ok(_) => Route::OtherFormat,
            Err(_) => Route::Unknown,
        }
    }

    fn detail(tag: Tag, id: &str) -> Route {
        let has_own = matches!(tag, Tag::Org | Tag::Net | Tag::Ix | Tag::Fac | Tag::Carrier | Tag::Campus);
        if id == "self" && has_own {
            return Route::Own(tag);
        }
        match id.split_once('.') {
            None => Route::Detail(tag, id.to_owned()),
            Some((id, "json")) => Route::Detail(tag, id.to_owned()),
            Some(_) => Route::OtherFormat,
        }
    }

    /// Methods that the path answers, as the `Allow` header names them.
    pub(crate) fn allowed(&self) -> &'static str {
        match self {
            Route::List(Tag::Ixlan) | Route::AsSets | Route::AsSet(_) => "GET",
            Route::Detail(Tag::Ixlan, _) => "GET, PUT",
            Route::List(_) => "GET, POST, HEAD, OPTIONS",
            // What is not there in this form is not there for changes either.
            Route::Detail(..) | Route::OtherFormat => "GET, PUT, PATCH, DELETE, HEAD, OPTIONS",
            Route::Own(_) => "GET, OPTIONS",
            Route::Action(_) => "POST, OPTIONS",
            Route::OrgUsers { path, .. } => path.allowed(),
            Route::Asset(_) => "GET, POST, PUT, DELETE, HEAD, OPTIONS",
            Route::Webhooks(path) => path.allowed(),
            Route::Bare
            | Route::Index
            | Route::History(..)
            | Route::OrgChanges(_)
            | Route::Search
            | Route::Dump(_)
            | Route::Download(_)
            | Route::Unknown => "GET, HEAD, OPTIONS",
        }
    }

    /// Whether the path answers a method.
    pub(crate) fn allows(&self, method: &Method) -> bool {
        self.allowed().split(", ").any(|allowed| allowed == method.as_str())
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn asset(tag: &str, id: u32, kind: &str) -> Route {
        Route::Asset(AssetPath { tag: tag.into(), id, kind: kind.into() })
    }

    #[test]
    fn paths_name_what_they_should() {
        for (path, route) in [
            ("/api", Route::Bare),
            ("/api/", Route::Index),
            ("/api/net", Route::List(Tag::Net)),
            ("/api/net.json", Route::List(Tag::Net)),
            ("/api/net.txt", Route::OtherFormat),
            ("/api/net/", Route::Unknown),
            ("/api/NET", Route::Unknown),
            ("/api/net/10", Route::Detail(Tag::Net, "10".into())),
            ("/api/net/10.json", Route::Detail(Tag::Net, "10".into())),
            ("/api/net/10.xml", Route::OtherFormat),
            ("/api/org/7/webhooks", Route::Webhooks(WebhookPath::All(7))),
            ("/api/org/7/webhooks/1", Route::Webhooks(WebhookPath::One(7, 1))),
            ("/api/org/7/webhooks/x", Route::Unknown),
            ("/api/org/7/webhooks/1/deliveries", Route::Webhooks(WebhookPath::Deliveries(7, 1))),
            ("/api/org/7/webhooks/1/test", Route::Webhooks(WebhookPath::Test(7, 1))),
            ("/api/net/10/", Route::Unknown),
            ("/api/net/10/extra", Route::Unknown),
            ("/api/net/self", Route::Own(Tag::Net)),
            ("/api/poc/self", Route::Detail(Tag::Poc, "self".into())),
            ("/api/as_set", Route::AsSets),
            ("/api/as_set/64500", Route::AsSet("64500".into())),
            ("/api/org/1/users", Route::OrgUsers { org: 1, path: UsersPath::List }),
            ("/api/org/1/users/", Route::OrgUsers { org: 1, path: UsersPath::List }),
            ("/api/org/99999999999/users", Route::OrgUsers { org: 0, path: UsersPath::List }),
            ("/api/org/1/users/add/", Route::OrgUsers { org: 1, path: UsersPath::Add }),
            ("/api/org/1/users/remove", Route::OrgUsers { org: 1, path: UsersPath::Remove }),
            ("/api/org/1/users/7", Route::OrgUsers { org: 1, path: UsersPath::One(7) }),
            ("/api/org/1/users/7/", Route::OrgUsers { org: 1, path: UsersPath::One(7) }),
            ("/api/org/1/users/x", Route::Unknown),
            ("/api/org/1/users/7/x", Route::Unknown),
            ("/api/org/x/users", Route::Unknown),
            ("/api/net/1/users", Route::Unknown),
            ("/api/org/1/changes", Route::OrgChanges("1".into())),
            ("/api/net/1/changes", Route::Unknown),
            ("/api/net/10/history", Route::History(Tag::Net, "10".into())),
            ("/api/net/x/history", Route::Unknown),
            ("/api/nets/1/history", Route::Unknown),
            ("/api/net/10/history/", Route::Unknown),
            ("/api/ix/5/request_ixf_import", Route::Action(ActionPath::RequestImport(5))),
            ("/api/ix/x/request_ixf_import", Route::Unknown),
            ("/api/net/5/request_ixf_import", Route::Unknown),
            ("/api/carrierfac/5/approve", Route::Action(ActionPath::Approve(5))),
            ("/api/carrierfac/99999999999/reject", Route::Action(ActionPath::Reject(0))),
            ("/api/campus/5/add-facility/6", Route::Action(ActionPath::AddFacility(5, 6))),
            ("/api/campus/5/remove-facility/6", Route::Action(ActionPath::RemoveFacility(5, 6))),
            ("/api/campus/5/add-facility", Route::Unknown),
            ("/api/netixlan/5/set-net-side", Route::Action(ActionPath::SetNetSide(5))),
            ("/api/netixlan/5/set-ix-side", Route::Action(ActionPath::SetIxSide(5))),
            ("/api/asset/net/5/logo", asset("net", 5, "logo")),
            ("/api/asset/net/5/logo/", asset("net", 5, "logo")),
            ("/api/asset/poc/99999999999/banner", asset("poc", 0, "banner")),
            ("/api/asset/net/abc/logo", Route::Unknown),
            ("/api/asset/net/5", Route::Unknown),
            ("/api/asset/net/5/", Route::Unknown),
            ("/api/searchfoo", Route::Unknown),
            ("/apix", Route::Unknown),
            ("/net-0.json", Route::Dump(Tag::Net)),
            ("/net-1.json", Route::Unknown),
            ("/dumps/directory.sqlite.gz", Route::Download(Form::Sqlite)),
            ("/dumps/directory.tar.gz", Route::Download(Form::Json)),
            ("/dumps/directory.zip", Route::Unknown),
            ("dumps/directory.tar.gz", Route::Unknown),
            ("/x-0.json", Route::Unknown),
            ("/", Route::Unknown),
        ] {
            assert_eq!(Route::of(path), route, "{path}");
        }
    }

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        for (header, taken) in [
            ("gzip", true),
            ("deflate, gzip;q=0.5", true),
            ("*", true),
            ("gzip;q=0", false),
            ("*, gzip;q=0.0", false),
            ("br", false),
            ("", false),
        ] {
            let request = Request::get("/api/").header("accept-encoding", header).body(Body::empty());
            assert_eq!(ApiRequest::new(request.expect("valid")).takes_gzip(), taken, "{header}");
        }
    }

    #[test]
    fn repeated_slashes_count_once() {
        for (path, single) in
            [("/api//net", "/api/net"), ("//api/net///1", "/api/net/1"), ("/api/", "/api/"), ("", "")]
        {
            assert_eq!(single_slashes(path), single);
        }
    }

    #[test]
    fn forms_are_texts_or_refused() {
        assert_eq!(decode_strictly("a=x+%C3%BC"), Ok(vec![("a".to_owned(), "x ü".to_owned())]));
        assert_eq!(decode_strictly("a=1&b=%ff"), Err("%ff".to_owned()));
    }

    #[test]
    fn query_strings_are_decoded() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            decode("a=1&b=x+y%20z&&pretty&c=%C3%BC&d=%ff"),
            [pair("a", "1"), pair("b", "x y z"), pair("pretty", ""), pair("c", "ü"), pair("d", "\u{fffd}")]
        );
    }
}
