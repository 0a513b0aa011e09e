//! The recorded exchanges with the reference server whose limits were low, and whose memory of refusals was on.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use app::backup::{self, Options, Silent};
use app::limits::{Rules, Scope};
use model::Time;
use serde_json::Value as Json;
use store::Store;
use testkit::{Ask, Bench, Kind, Reply, Site, dataset, on_both_databases};

use crate::{FILE, HERE, only};

on_both_databases! {
    recorded_limits
    recorded_refusals
}

const NOW: Time = Time::from_unix(1_800_000_000);

/// Differences from the reference that this project wants.
const ACCEPTED: &str = "../../conformance/accepted.jsonl";

/// A field of an exchange as text; empty where it has none.
fn text<'a>(exchange: &'a Json, name: &str) -> &'a str {
    exchange[name].as_str().unwrap_or_default()
}

fn lines(path: &Path) -> Vec<Json> {
    let all = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    all.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn accepted(file: &str) -> BTreeSet<u64> {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join(ACCEPTED);
    let here = lines(&ours).into_iter().filter(|line| text(line, "file") == file);
    here.filter_map(|line| line["id"].as_u64()).collect()
}

/// Keys in plain text, by their label.
fn keys(dataset: &Path) -> HashMap<String, String> {
    let all: Json = serde_json::from_str(&fs::read_to_string(dataset).expect("the data set")).expect("JSON");
    let of = |name: &str| all[name].as_array().cloned().unwrap_or_default();
    let keys = ["user_api_keys", "org_api_keys"].into_iter().flat_map(of);
    keys.map(|key| (text(&key, "label").to_owned(), text(&key, "key").to_owned())).collect()
}

fn ask_of(exchange: &Json, keys: &HashMap<String, String>) -> Ask {
    let ask = Ask::new(text(exchange, "method"), text(exchange, "path")).from(HERE);
    let ask = match &exchange["request_body"] {
        Json::Null => ask,
        body => ask.json(body),
    };
    match text(exchange, "auth") {
        "anon" => ask,
        "header" => ask.header("authorization", text(&exchange["request_headers"], "Authorization")),
        label => ask.header("authorization", &format!("Api-Key {}", keys[label])),
    }
}

/// What is different, by the rules of the recordings: words are free, the shape of errors is not.
fn difference(exchange: &Json, reply: &Reply) -> Option<String> {
    let status = exchange["status"].as_u64().expect("a status");
    if !text(exchange, "path").starts_with("/api") {
        return ((status == 429) != (reply.code() == 429)).then(|| format!("status {}", reply.code()));
    }
    if u64::from(reply.code()) != status {
        return Some(format!("status {} instead of {status}: {}", reply.code(), reply.text()));
    }
    for name in ["retry-after", "x-cached-response"] {
        let expected = exchange["headers"][name].as_str();
        let silence = status == 429 && expected.is_none();
        if reply.header(name) != expected && !silence {
            return Some(format!("{name}: {:?} instead of {expected:?}", reply.header(name)));
        }
    }
    let names = |json: &Json| -> BTreeSet<String> {
        json.as_object().into_iter().flatten().map(|(n, _)| n.clone()).collect()
    };
    let expected = &exchange["body"];
    let body = if reply.body.is_empty() { Json::String(String::new()) } else { reply.json() };
    let same = names(&body) == names(expected) && (expected.is_object() || *expected == body);
    (!same).then(|| format!("{body} instead of {expected}"))
}

async fn load(kind: Kind, dataset: &Path) -> (Bench, Store) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let mut salt = 0;
    let mut salts = || {
        salt += 1;
        [salt; 16]
    };
    let options = Options { allow_plaintext_secrets: true, skip_orphans: false };
    let files = [dataset.to_owned()];
    let loaded = backup::load(&store, &files, options, NOW, &mut salts, &Silent).await;
    loaded.unwrap_or_else(|error| panic!("{error}"));
    (bench, store)
}

/// Plays the sequences of a file, each against a server that has forgotten everything before. `late` is the exchange
/// that came eleven seconds after the others of its sequence.
async fn play(kind: Kind, file: &str, rules: Rules, late: Option<u64>) {
    let Some(dataset) = dataset() else { return };
    let recordings = dataset.with_file_name(format!("{file}.jsonl"));
    let (_bench, store) = load(kind, &dataset).await;
    let (keys, accepted) = (keys(&dataset), accepted(file));
    let mut sequences: BTreeMap<String, Vec<Json>> = BTreeMap::new();
    for exchange in lines(&recordings) {
        sequences.entry(text(&exchange, "sequence").to_owned()).or_default().push(exchange);
    }
    let (mut played, mut found) = (0, Vec::new());
    for exchanges in sequences.values() {
        let site = Site::limited(store.clone(), NOW, rules.clone()).await;
        for exchange in exchanges {
            let id = exchange["id"].as_u64().expect("an id");
            if late == Some(id) {
                site.clock.set(Time(NOW.0 + 11 * Time::SECOND));
            }
            let different = difference(exchange, &site.send(ask_of(exchange, &keys)).await);
            match different {
                Some(what) if !accepted.contains(&id) => found.push(format!("{file} {id}: {what}")),
                None if accepted.contains(&id) => {
                    found.push(format!("{file} {id}: is no difference any more"))
                }
                _ => {}
            }
            played += 1;
        }
    }
    assert!(played > 30, "{played}");
    assert!(found.is_empty(), "{found:#?}");
}

async fn recorded_limits(kind: Kind) {
    let rules = only(&[
        (Scope::Anonymous, "3/minute"),
        (Scope::User, "3/minute"),
        (Scope::Write, "2/minute"),
        (Scope::Distance, "2/minute"),
    ]);
    play(kind, "throttle", rules, None).await;
}

async fn recorded_refusals(kind: Kind) {
    let rules = Rules { refusals: Rules::default().refusals, ..Rules::off() };
    play(kind, "negative_cache", rules, Some(36)).await;
}
