//! The operations that change something.

use model::Tag;
use rules::describe;
use serde_json::{Value as Json, json};

use super::bodies::{self, Purpose};
use super::operation::Operation;
use super::parameters::{self, Parameters};
use super::paths::in_path;
use super::{responses, schemas, texts};

/// Adds all of them. `parameters` gives those of a type.
pub(super) fn all(parameters: &dyn Fn(Tag) -> Parameters, add: &mut dyn FnMut(String, Operation)) {
    for tag in Tag::INDEX {
        let shown = shown(&parameters(tag));
        if !describe::keys(tag, false).is_empty() {
            add(format!("/api/{tag}"), create(tag).repeatable().takes(shown.clone()));
        }
        add(format!("/api/{tag}/{{id}}"), update(tag).repeatable().takes(shown));
        if tag != Tag::Ixlan {
            add(format!("/api/{tag}/{{id}}"), delete(tag).repeatable());
        }
    }
    for (path, tag, operation) in actions() {
        let operation = operation.repeatable().answers(404, responses::no_such_path());
        add(path.to_owned(), operation.takes(shown(&parameters(tag))));
    }
}

/// What says how the answer shows the record.
fn shown(parameters: &Parameters) -> Vec<Json> {
    let shapes = |name: &&String| {
        let key = name.split('.').nth(1).unwrap_or_default();
        matches!(key, "depth" | "fields")
    };
    let own = parameters.detail.iter().filter(shapes).map(|name| parameters::reference(name));
    own.chain([parameters::reference("pretty"), parameters::reference("format")]).collect()
}

fn create(tag: Tag) -> Operation {
    let text = match tag {
        Tag::Org | Tag::Fac | Tag::Ix | Tag::Carrier => {
            "The record waits for approval, `status` is `pending`, until somebody has looked at it."
        }
        Tag::Net => {
            "The registry of the AS number has to know a confirmed mail address of the caller; a suggestion waits \
             for approval."
        }
        Tag::Campus => "The record is `pending` until two facilities belong to it.",
        _ => "A deleted record with the same key values comes back.",
    };
    Operation::changing(
        "post",
        &format!("create {tag}"),
        tag.as_str(),
        &format!("{}: a new record", texts::plural(tag)),
    )
    .text(text)
    .reads(schemas::reference(&bodies::name(tag, Purpose::Create)), true)
    .answers(201, answer(tag, tag == Tag::Ix, "The new record, in a list of one."))
}

fn update(tag: Tag) -> Operation {
    Operation::changing(
        "put",
        &format!("update {tag}"),
        tag.as_str(),
        &format!("{}: new values", texts::plural(tag)),
    )
    .takes([in_path("id", "Id of the record.")])
    .reads(schemas::reference(&bodies::name(tag, Purpose::Update)), true)
    .answers(200, answer(tag, false, "The record as it is now, in a list of one."))
}

fn delete(tag: Tag) -> Operation {
    Operation::changing(
        "delete",
        &format!("delete {tag}"),
        tag.as_str(),
        &format!("{}: delete one", texts::plural(tag)),
    )
    .text("What belongs to the record goes with it. Records that others rely on are protected.")
    .takes([in_path("id", "Id of the record.")])
    .answers(204, responses::changed("The record is deleted.", None))
}

/// The changes that have a path of their own, with the type that the answer shows (rest-api specification, 21).
fn actions() -> Vec<(&'static str, Tag, Operation)> {
    let act = |id: &str, tag: Tag, summary: &str| Operation::changing("post", id, tag.as_str(), summary);
    let id = |text: &str| in_path("id", text);
    let presence = |name: &str, summary: &str| {
        act(&format!("{name} facility presence at carrier"), Tag::Carrierfac, summary)
            .text("For those who manage the facility.")
            .takes([id("Id of the presence.")])
            .answers(200, answer(Tag::Carrierfac, false, "The presence, in a list of one."))
    };
    let member = |name: &str, summary: &str| {
        act(name, Tag::Campus, summary)
            .text("For those who manage the facility.")
            .takes([id("Id of the campus."), in_path("fac_id", "Id of the facility.")])
            .answers(200, answer(Tag::Fac, false, "The facility, in a list of one."))
            .answers(400, responses::perhaps_empty(
                "The facility cannot be on the campus. There is no body where campus and facility have different owners.",
            ))
    };
    let side = |name: &str, summary: &str| {
        act(&format!("set {name} side"), Tag::Netixlan, summary)
            .takes([id("Id of the port.")])
            .reads(schemas::reference("Side"), false)
            .answers(200, answer(Tag::Netixlan, false, "The port, in a list of one."))
    };
    vec![
        (
            "/api/ix/{id}/request_ixf_import",
            Tag::Ix,
            act("create IX-F import request", Tag::Ix, "Exchanges: ask for an import of the member list")
                .text("Once a minute per exchange and caller.")
                .takes([id("Id of the exchange.")])
                .answers(200, answer(Tag::Ix, true, "The exchange, in a list of one.")),
        ),
        (
            "/api/carrierfac/{id}/approve",
            Tag::Carrierfac,
            presence("approve", "Carriers at facilities: agree with a presence"),
        ),
        (
            "/api/carrierfac/{id}/reject",
            Tag::Carrierfac,
            presence("reject", "Carriers at facilities: refuse a presence")
                .text("For those who manage the facility. The answer shows the presence as it was."),
        ),
        (
            "/api/campus/{id}/add-facility/{fac_id}",
            Tag::Fac,
            member("add facility to campus", "Campuses: put a facility on one"),
        ),
        (
            "/api/campus/{id}/remove-facility/{fac_id}",
            Tag::Fac,
            member("remove facility from campus", "Campuses: take a facility from one"),
        ),
        (
            "/api/netixlan/{id}/set-net-side",
            Tag::Netixlan,
            side("network", "Ports: where the network's end is"),
        ),
        ("/api/netixlan/{id}/set-ix-side", Tag::Netixlan, side("ix", "Ports: where the exchange's end is")),
    ]
}

/// The record in the answer; `parts` for exchanges with the ids of what belongs to them.
fn answer(tag: Tag, parts: bool, description: &str) -> Json {
    let items = match parts {
        true => [bodies::made_name(false), bodies::made_name(true)],
        false => [schemas::Form::Detail, schemas::Form::Selection].map(|form| schemas::name(tag, form)),
    };
    let items = json!({ "anyOf": items.map(|name| schemas::reference(&name)) });
    responses::changed(description, Some(responses::envelope(items, Some(1))))
}
