//! The index of the API, one's own record, and the AS-sets.

use app::App;
use axum::http::Method;
use model::access::Viewer;
use model::json::write_text;
use model::{AnyRecord, Status, Tag};

use crate::answer::Answer;
use crate::records::wrap;
use crate::request::ApiRequest;

/// `GET /api/`: the URL of each list.
pub(crate) fn index(app: &App, request: &ApiRequest) -> Answer {
    let base = &app.settings().public_url;
    // A format that was asked for is kept in the links.
    let format = request.params.last("format").map(|f| format!("?format={f}")).unwrap_or_default();
    let names = Tag::INDEX.iter().map(|tag| tag.as_str()).chain(["as_set"]);
    let mut data = String::from("[{");
    for (n, name) in names.enumerate() {
        data.push_str(if n > 0 { ", " } else { "" });
        write_text(name, &mut data);
        data.push_str(": ");
        write_text(&format!("{base}/api/{name}{format}"), &mut data);
    }
    data.push_str("}]");
    Answer::json(wrap(request, &data, ""))
}

/// `GET /api/<type>/self`: leads to the record that the operator names for callers without one of their own.
pub(crate) fn own(app: &App, request: &ApiRequest, tag: Tag) -> Answer {
    let named = app.settings().default_self.iter().find(|(t, _)| *t == tag).map(|(_, id)| *id);
    let snapshot = app.snapshot();
    let exists = |id: &u32| snapshot.record(tag, *id).is_some_and(|r| r.status() != Status::Deleted);
    match named.filter(exists) {
        Some(id) => {
            let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
            Answer::redirect(302, &format!("/api/{tag}/{id}{query}"))
        }
        None => Answer::error(404, &format!("No {} matches the given query.", tag.model_name())),
    }
}

/// `GET /api/as_set`: one object, ASN to AS-set.
pub(crate) fn as_sets(app: &App, request: &ApiRequest, viewer: &Viewer) -> Answer {
    let snapshot = app.snapshot();
    let mut data = String::new();
    for (asn, set) in snapshot.as_sets(viewer) {
        data.push_str(if data.is_empty() { "[{" } else { ", " });
        pair(asn, set, &mut data);
    }
    data.push_str(if data.is_empty() { "[]" } else { "}]" });
    Answer::json(wrap(request, &data, ""))
}

/// `GET /api/as_set/<asn>`: the same for one published network.
pub(crate) fn as_set(app: &App, request: &ApiRequest, viewer: &Viewer, text: &str) -> Answer {
    let Ok(asn) = text.parse::<i128>() else { return Answer::error(400, "Invalid ASN") };
    let snapshot = app.snapshot();
    let net = u32::try_from(asn).ok().and_then(|asn| snapshot.net_by_asn(asn));
    let net = net.filter(|net| snapshot.may_read(viewer, net));
    match net {
        Some(AnyRecord::Net(net)) if net.status != Status::Deleted => {
            let mut data = String::from("[{");
            pair(net.asn.0, &net.irr_as_set, &mut data);
            data.push_str("}]");
            Answer::json(wrap(request, &data, ""))
        }
        _ => Answer::empty(404),
    }
}

fn pair(asn: u32, set: &str, out: &mut String) {
    write_text(&asn.to_string(), out);
    out.push_str(": ");
    write_text(set, out);
}

/// AS-sets are only read; anonymous writers are asked who they are before they are told.
pub(crate) fn as_set_refusal(method: &Method, anonymous: bool) -> Answer {
    if matches!(*method, Method::HEAD | Method::OPTIONS) || !anonymous {
        return not_allowed(method);
    }
    unauthenticated()
}

/// The method does not exist here.
pub(crate) fn not_allowed(method: &Method) -> Answer {
    Answer::error(405, &format!("Method \"{method}\" not allowed."))
}

/// Nobody in particular may not do this.
pub(crate) fn unauthenticated() -> Answer {
    Answer::error(401, "Authentication credentials were not provided.")
        .with(axum::http::header::WWW_AUTHENTICATE, "Basic realm=\"api\"")
}
