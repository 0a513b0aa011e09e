//! The operations that read, one per path; and all paths.

use app::export::Form as File;
use catalog::search::SEARCHED;
use model::Tag;
use serde_json::{Map, Value as Json, json};

use super::operation::{Access, Operation};
use super::parameters::{self, Parameters};
use super::schemas::Form;
use super::{feeds, history, logos, people, responses, texts, webhooks, writing};
use crate::download;
use crate::request::Route;

/// A number in a path.
pub(super) fn in_path(name: &str, description: &str) -> Json {
    json!({
        "name": name,
        "in": "path",
        "required": true,
        "description": description,
        "schema": { "type": "integer" },
    })
}

/// All paths. `parameters` gives those of a type.
pub(crate) fn all(parameters: &dyn Fn(Tag) -> Parameters) -> Map<String, Json> {
    let mut paths = Map::new();
    let mut add = |path: String, operation: Operation| operation.stand_in(&mut paths, path);
    add("/api/".into(), index());
    for tag in Tag::INDEX {
        let parameters = parameters(tag);
        add(format!("/api/{tag}"), list(tag, &parameters));
        add(format!("/api/{tag}/{{id}}"), detail(tag, &parameters));
        add(format!("/api/{tag}/{{id}}/history"), record_history(tag));
        if has_own(tag) {
            add(format!("/api/{tag}/self"), own(tag));
        }
        if rules::logo::TAGS.contains(&tag) {
            logos::all(tag, &mut add);
        }
        add(dump_path(tag), dump(tag));
    }
    for form in download::FORMS {
        add(format!("/{}", download::path(form)), whole_directory(form));
    }
    people::all(&mut add);
    add("/api/org/{id}/changes".into(), org_changes());
    add("/api/as_set".into(), as_sets());
    add("/api/as_set/{asn}".into(), as_set());
    add("/api/search".into(), search());
    writing::all(parameters, &mut add);
    webhooks::all(&mut add);
    paths.extend(feeds::paths());
    paths
}

/// The path of the dump file of a type.
pub(crate) fn dump_path(tag: Tag) -> String {
    format!("/{tag}{}", crate::dump::SUFFIX)
}

fn dump(tag: Tag) -> Operation {
    Operation::new(&format!("dump {tag}"), tag.as_str(), &format!("{}: dump file", texts::plural(tag)))
        .text(
            "The public list of the type as it was at `meta.generated`, whoever asks: what \
             mirrors begin with. Nothing that \
             changed before that moment is missing, so that it can be the first `since`.",
        )
        .succeeds(responses::success("The records.", responses::dump(tag)))
}

fn whole_directory(form: File) -> Operation {
    let (id, summary, text) = match form {
        File::Sqlite => (
            "download sqlite",
            "The public directory as a SQLite file",
            "A gzipped SQLite database: a table per type with the fields of its records for columns, and a table \
             `meta` that tells when the file was taken. ",
        ),
        File::Json => (
            "download dump files",
            "The dump files of all types in one archive",
            "A gzipped tar archive of `org-0.json` and its siblings, all of one moment. ",
        ),
    };
    let text = format!("{text}The file is the same for everybody, and a few minutes old at most.");
    Operation::new(id, "downloads", summary)
        .text(&text)
        .takes(["IfMatch", "IfModifiedSince", "IfUnmodifiedSince", "Range"].map(parameters::reference))
        .succeeds(responses::file("The file."))
        .answers(206, responses::part_of_file())
        .answers(412, responses::other_file())
        .answers(416, responses::beyond_file())
        .answers(503, responses::not_made())
        .without(&[404, 406])
}

/// Whether callers have a record of their own of a type, as the routes know it.
fn has_own(tag: Tag) -> bool {
    matches!(Route::of(&format!("/api/{tag}/self")), Route::Own(_))
}

fn references(names: &[String]) -> impl Iterator<Item = Json> {
    names.iter().map(|name| parameters::reference(name))
}

fn list(tag: Tag, parameters: &Parameters) -> Operation {
    Operation::new(&format!("list {tag}"), tag.as_str(), &format!("{}: list", texts::plural(tag)))
        .text("All published records, in the order of their ids; filters narrow the list.")
        .takes(references(&parameters.list))
        .succeeds(responses::rows(tag, Form::List))
        .answers(400, responses::reference("BadQuery"))
        .answers(403, responses::reference("NotForCaller"))
        .answers(404, responses::missing_rows())
}

fn detail(tag: Tag, parameters: &Parameters) -> Operation {
    let operation = Operation::new(
        &format!("retrieve {tag}"),
        tag.as_str(),
        &format!("{}: one record", texts::plural(tag)),
    )
    .text(
        "One record that is not deleted. Filters apply: a record that does not meet them is \
         not found.",
    )
    .takes([in_path("id", "Id of the record.")])
    .takes(references(&parameters.detail))
    .succeeds(responses::rows(tag, Form::Detail))
    .answers(400, responses::reference("BadQuery"))
    .answers(403, responses::reference("RecordForbidden"))
    .answers(404, responses::missing_record());
    if tag != Tag::Poc {
        return operation;
    }
    operation.answers(
        403,
        responses::perhaps_empty(
            "The caller may not see the contact: no body. Otherwise the body is an `Error`: the \
             owner of the key is not \
             active, or the account may not sign in with a password any more.",
        ),
    )
}

/// What the answers that tell history have in common.
fn told(operation: Operation, hidden: &str, missing: &str) -> Operation {
    operation
        .takes(history::parameters())
        .plain()
        .succeeds(responses::success("The entries, newest first.", history::page()))
        .answers(
            403,
            responses::perhaps_empty(&format!("{hidden}: no body. {}", responses::NO_LONGER_ACTIVE)),
        )
        .answers(404, responses::missing(missing))
}

fn record_history(tag: Tag) -> Operation {
    let operation = Operation::new(
        &format!("history of {tag}"),
        tag.as_str(),
        &format!("{}: what one went through", texts::plural(tag)),
    )
    .text(
        "The changes to one record as the log knows them, deleted records included. Nobody is told what they may \
         not see now, nor what they could not have seen then. Of a record that was removed for good, only that is \
         told. Entries that only move counters are left out unless `derived` asks for them.",
    )
    .takes([in_path("id", "Id of the record.")]);
    told(
        operation,
        "The caller may not see the record",
        "There is no such record; or this directory keeps no log; or `format` asks for another form than JSON.",
    )
}

fn org_changes() -> Operation {
    let operation =
        Operation::new("changes of org", "org", "Organizations: what happened to one and to what belongs to it")
            .text(
                "The changes to an organization and to all that belongs to it: its networks, exchanges, facilities, \
                 carriers and campuses, and their ports, presences, LANs, prefixes and contacts. What belonged to it \
                 once is told of up to its leaving. The same is told as in the histories of the single records.",
            )
            .takes([in_path("id", "Id of the organization.")]);
    told(
        operation,
        "The caller may not see the organization",
        "There is no such organization; or this directory keeps no log; or `format` asks for another form than JSON.",
    )
}

fn own(tag: Tag) -> Operation {
    Operation::new(
        &format!("retrieve own {tag}"),
        tag.as_str(),
        &format!("{}: one's own", texts::plural(tag)),
    )
    .text("Leads to the record that the operator names for callers without one of their own.")
    .plain()
    .answers(302, responses::found())
    .answers(404, responses::missing_record())
}

fn index() -> Operation {
    let names = Tag::INDEX.iter().map(|tag| tag.as_str()).chain(["as_set"]);
    let links: Map<String, Json> =
        names.clone().map(|name| (name.to_owned(), json!({ "type": "string", "format": "uri" }))).collect();
    let object = json!({
        "type": "object",
        "properties": links,
        "required": names.collect::<Vec<_>>(),
        "additionalProperties": false,
    });
    Operation::new("list types", "index", "The URL of each list").plain().succeeds(responses::success(
        "One object: the name of each list and its URL.",
        responses::envelope(object, Some(1)),
    ))
}

/// AS numbers and AS-sets.
fn pairs(least: u32, most: Option<u32>) -> Json {
    let mut object = json!({
        "type": "object",
        "propertyNames": { "pattern": "^[0-9]+$" },
        "additionalProperties": { "type": "string", "maxLength": 255 },
        "minProperties": least,
    });
    if let (Some(most), Some(map)) = (most, object.as_object_mut()) {
        map.insert("maxProperties".into(), most.into());
    }
    object
}

fn as_sets() -> Operation {
    Operation::new("list as-set", "as_set", "The AS-sets of all networks that name one").plain().succeeds(
        responses::success(
            "One object, AS number to AS-set; no object when there is none.",
            responses::envelope(pairs(1, None), Some(1)),
        ),
    )
}

fn as_set() -> Operation {
    Operation::new("retrieve as-set by asn", "as_set", "The AS-set of one network")
        .takes([in_path("asn", "AS number of the network.")])
        .plain()
        .succeeds(responses::success(
            "One object with one pair; the AS-set may be empty.",
            responses::envelope(pairs(1, Some(1)), Some(1)),
        ))
        .answers(
            404,
            responses::perhaps_empty(
                "There is no such network: no body. With a `format` other than JSON the body is \
                 an `Error`.",
            ),
        )
}

fn search() -> Operation {
    let hit = json!({
        "type": "object",
        "properties": {
            "id": { "type": "integer", "minimum": 1 },
            "name": { "type": "string" },
            "org_id": { "type": "integer", "minimum": 1 },
            "asn": { "type": "integer", "minimum": 0, "description": "Networks only." },
            "sub_name": { "type": "string", "description": "Networks only: `AS` and the AS number." },
        },
        "required": ["id", "name", "org_id"],
        "additionalProperties": false,
    });
    let lists: Map<String, Json> = SEARCHED
        .iter()
        .map(|tag| {
            (
                tag.as_str().to_owned(),
                json!({ "type": "array", "items": hit, "maxItems": crate::search::HITS_MAX }),
            )
        })
        .collect();
    let schema = json!({ "type": "object", "properties": lists, "additionalProperties": false });
    let query = json!({
        "name": "q",
        "in": "query",
        "description": "What to look for; several are read as one.",
        "style": "form",
        "explode": true,
        "schema": { "type": "array", "items": { "type": "string" } },
    });
    let mut operation = Operation::new("search", "search", "Full-text search over all types")
        .text("Needs credentials. The answer has no envelope; without a question it is empty.")
        .takes([query])
        .plain()
        .succeeds(responses::success("One list of hits per type.", schema))
        .answers(401, responses::search_unauthorized());
    operation.access = Access::Known;
    operation
}
