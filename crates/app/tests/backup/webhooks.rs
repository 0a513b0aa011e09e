//! Webhooks in backups.

use std::sync::Arc;

use app::locate::OfflineLocator;
use app::outside::Offline;
use app::webhooks::Step;
use app::write::Writing;
use app::{App, Settings};
use auth::seal::MasterKey;
use auth::signature;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::Time;
use rules::Policy;
use serde_json::{Value as Json, json};
use store::Store;
use store::webhook::{Delivery, Note, Progress, Webhook};
use testkit::{Counted, FixedClock, Kind, PUBLIC_URL, on_both_databases};

use crate::kit::{Bench, NOW, SKIP, STRICT, errors, load, org, small};

on_both_databases! {
    webhooks_survive_a_backup_and_begin_behind_the_new_log
    a_loaded_webhook_signs_with_its_secret
    webhooks_that_fit_nothing_are_refused
    webhooks_of_an_organization_that_is_gone_are_in_no_backup
    webhooks_that_cannot_work_are_findings
}

const FILE: &str = "a.db";
const SECRET: [u8; 32] = [9; 32];

fn master() -> MasterKey {
    MasterKey::new([7; 32])
}

/// A secret as it is stored for a webhook of an organization.
fn sealed(org: u32) -> Vec<u8> {
    master().seal(&format!("webhook of organization {org}"), [3; 24], &SECRET)
}

/// A webhook in the middle of its work.
fn busy(org_id: u32) -> Webhook {
    Webhook {
        id: 0,
        org_id,
        url: "https://noc.example.net/h?\"ä".to_owned(),
        secret: sealed(org_id),
        tags: "net,netixlan".to_owned(),
        own: true,
        active: true,
        stopped: None,
        created: Time(1_700_000_000_000_001),
        created_by: "ada".to_owned(),
        email: Some("ada@example.net".to_owned()),
        revision: 5,
        progress: Progress {
            next: (1, 0),
            until: Some((1, 2)),
            attempts: 3,
            failing_since: Some(NOW),
            due: Time(NOW.0 + 1),
        },
        test: Some("test_1".to_owned()),
    }
}

async fn add(store: &Store, webhooks: &[Webhook]) {
    let mut writer = store.writer().await.expect("the lock");
    for webhook in webhooks {
        writer.add_webhook(webhook).await.expect("added");
    }
    writer.finish().await.expect("a commit");
}

async fn webhooks(store: &Store) -> Vec<Webhook> {
    store.reader().await.expect("a reader").webhooks(None).await.expect("webhooks")
}

/// A directory with three webhooks, of which two have another id than an empty database would give them.
async fn first(bench: &Bench) -> Store {
    let store = bench.store(FILE).await;
    load(&store, &[bench.json("in.json", &small())], STRICT).await.unwrap_or_else(|error| panic!("{error}"));
    let (everything, stopped) = (String::new(), Some("nothing was delivered for 5 days".to_owned()));
    let stopped = Webhook { id: 4, active: false, stopped, email: None, ..busy(1) };
    let plain =
        Webhook { id: 7, url: "http://a.example/".to_owned(), tags: everything, own: false, ..busy(1) };
    add(&store, &[busy(1), stopped, plain]).await;
    let delivery = Delivery {
        message: "changes_1".to_owned(),
        attempt: 1,
        at: NOW,
        events: 1,
        status: Some(500),
        error: None,
        delivered: false,
    };
    let Webhook { revision, progress, .. } = busy(1);
    let from = progress.next;
    let note =
        Note { webhook: 1, revision, from, progress, stopped: None, tested: None, delivery: Some(delivery) };
    let mut side = store.side().await.expect("a transaction");
    assert!(side.note_webhook(&note).await.expect("noted"));
    side.finish().await.expect("a commit");
    store
}

async fn webhooks_survive_a_backup_and_begin_behind_the_new_log(kind: Kind) {
    let bench = Bench::new(kind);
    let first = first(&bench).await;
    assert_eq!(errors(&first).await, [""; 0]);
    let written = bench.dump(&first, "a.json").await;
    assert!(written.contains(&STANDARD.encode(sealed(1))), "the secret is there as it is stored");
    assert!(!written.contains(&STANDARD.encode(SECRET)) && !written.contains("changes_1"));

    let second = bench.store("b.db").await;
    let summary =
        load(&second, &[bench.path("a.json")], STRICT).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(summary.webhooks, 3);
    assert_eq!(errors(&second).await, [""; 0]);
    let begun = Progress {
        next: (summary.sequence, u32::MAX),
        until: None,
        attempts: 0,
        failing_since: None,
        due: NOW,
    };
    let expected = webhooks(&first).await.into_iter().map(|before| Webhook {
        revision: u32::try_from(NOW.unix()).expect("a small number"),
        progress: begun.clone(),
        test: None,
        ..before
    });
    assert!(webhooks(&second).await == expected.collect::<Vec<_>>());
    // Nothing is due before something happens.
    let mut reader = second.reader().await.expect("a reader");
    assert_eq!(reader.due_webhooks(NOW, summary.sequence).await.expect("webhooks"), []);
    let due = reader.due_webhooks(NOW, summary.sequence + 1).await.expect("webhooks");
    assert_eq!(due.iter().map(|webhook| webhook.id).collect::<Vec<_>>(), [1, 7]);
    assert_eq!(reader.webhook_deliveries(1, 10).await.expect("attempts"), []);
    drop(reader);
    assert_eq!(bench.dump(&second, "b.json").await, written);
}

async fn a_loaded_webhook_signs_with_its_secret(kind: Kind) {
    let bench = Bench::new(kind);
    bench.dump(&first(&bench).await, "a.json").await;
    let store = bench.store("b.db").await;
    load(&store, &[bench.path("a.json")], STRICT).await.unwrap_or_else(|error| panic!("{error}"));
    let mut side = store.side().await.expect("a transaction");
    side.test_webhook(7, "test_2").await.expect("noted");
    side.finish().await.expect("a commit");
    for (key, opens) in [(master(), true), (MasterKey::new([8; 32]), false)] {
        let app = open(&store, key).await;
        let due = app.due_webhooks().await.expect("webhooks");
        assert_eq!(due.iter().map(|webhook| webhook.id).collect::<Vec<_>>(), [7]);
        match app.next_parcel(&due[0]).await {
            Step::Send(parcel) if opens => {
                let signed = signature::sign(&SECRET, "test_2", parcel.timestamp, parcel.body.as_bytes());
                assert_eq!((parcel.signature, parcel.url), (signed, "http://a.example/".to_owned()));
            }
            Step::Note(note) if !opens => {
                let error = note.delivery.and_then(|delivery| delivery.error);
                assert_eq!(error.as_deref(), Some("the server has not the key to sign the message"));
            }
            step => panic!("{step:?}"),
        }
    }
}

async fn open(store: &Store, key: MasterKey) -> App {
    let clock = Arc::new(FixedClock::at(NOW));
    let app = App::open(store, Arc::new(OfflineLocator), clock, Settings::at(PUBLIC_URL)).await;
    let writing = Writing {
        store: store.clone(),
        outside: Arc::new(Offline),
        random: Arc::new(Counted),
        policy: Policy::default(),
    };
    app.expect("a directory").with_writing(writing).with_keys(Arc::new(Arc::new(key)))
}

fn entry() -> Json {
    json!({
        "id": 1, "org_id": 1, "url": "https://a.example/", "sealed_secret": STANDARD.encode(sealed(1)), "types": [],
        "own": false, "active": true, "stopped": null, "created": "2026-01-01T00:00:00Z", "created_by": "ada",
        "email": null,
    })
}

fn with(entries: &[Json]) -> Json {
    let mut whole = small();
    whole["webhooks"] = json!(entries);
    whole
}

async fn webhooks_that_fit_nothing_are_refused(kind: Kind) {
    let bench = Bench::new(kind);
    let plain = "be the encrypted secret as `peeringd dump` writes it, in Base64";
    for (field, value, told) in [
        (
            "org_id",
            json!(7),
            "field org_id: org 7 is in none of the files; add it, or leave such records out with --skip-orphans",
        ),
        ("url", json!("/hook"), "field url: value \"/hook\": must be a URL: relative URL without a base"),
        (
            "url",
            json!("ftp://a.example/"),
            "field url: value \"ftp://a.example/\": must begin with https:// or http://",
        ),
        (
            "sealed_secret",
            json!("whsec_c2VjcmV0"),
            &format!("field sealed_secret: value (hidden): must {plain}"),
        ),
        (
            "sealed_secret",
            json!(STANDARD.encode(SECRET)),
            &format!("field sealed_secret: value (hidden): must {plain}"),
        ),
        ("types", json!("net"), "field types: value \"net\": must be a list of record types such as net"),
        (
            "types",
            json!(["nets"]),
            "field types: value [\"nets\"]: must be a list of record types such as net",
        ),
        ("own", json!(1), "field own: value 1: must be true or false"),
        (
            "stopped",
            json!("gone"),
            "field stopped: value \"gone\": must be null beside active: true, since it says why nothing is told any \
             more",
        ),
        ("created", json!(null), "field created: is missing; records of this kind must have it"),
        ("secret", json!("x"), "field secret: is not known; records of this kind do not have it"),
    ] {
        let mut entry = entry();
        entry[field] = value;
        let refused = bench.refusal(&[bench.json("in.json", &with(&[entry]))], STRICT).await;
        assert_eq!(refused, format!("in.json: webhook 1: {told}"));
    }
    let refused = bench.refusal(&[bench.json("in.json", &with(&[entry(), entry()]))], STRICT).await;
    assert_eq!(refused, "in.json: webhook 1: field id: value 1: must be unique, and webhook 1 has it too");
    let many: Vec<Json> = (1..=11)
        .map(|id| {
            let mut entry = entry();
            entry["id"] = json!(id);
            entry
        })
        .collect();
    let refused = bench.refusal(&[bench.json("in.json", &with(&many))], STRICT).await;
    assert_eq!(
        refused,
        "in.json: webhook 11: field org_id: value 1: must be the organization of at most 10 webhooks; leave the \
         others out"
    );
    let mut orphan = with(&[entry()]);
    orphan["webhooks"][0]["org_id"] = json!(7);
    let store = bench.store(FILE).await;
    let summary = load(&store, &[bench.json("in.json", &orphan)], SKIP).await;
    let summary = summary.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((summary.webhooks, summary.skipped_people), (0, 1));
}

/// A file that was dumped has to be one that can be loaded.
async fn webhooks_of_an_organization_that_is_gone_are_in_no_backup(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let orgs = json!({ "org": [org(1, "Acme"), org(2, "Beta")] });
    load(&store, &[bench.json("in.json", &orgs)], STRICT).await.unwrap_or_else(|error| panic!("{error}"));
    let before = bench.dump(&store, "before.json").await;
    add(&store, &[busy(9)]).await;
    assert_eq!(bench.dump(&store, "after.json").await, before);
    assert_eq!(errors(&store).await, [""; 0]);
    let findings = app::backup::check(&store, &app::backup::Silent).await.expect("an answer");
    let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["note: webhook 1: org 9 is gone; the webhook is in no backup"]);
}

async fn webhooks_that_cannot_work_are_findings(kind: Kind) {
    let bench = Bench::new(kind);
    let store = first(&bench).await;
    let secret = Webhook { id: 8, secret: SECRET.to_vec(), ..busy(1) };
    let url = Webhook { id: 9, url: "https://a.example/#part".to_owned(), ..busy(1) };
    let tags = Webhook { id: 10, tags: "net,nets".to_owned(), ..busy(1) };
    add(&store, &[secret, url, tags]).await;
    assert_eq!(
        errors(&store).await,
        [
            "webhook 8: its secret is not one that a master key has encrypted",
            "webhook 9: its URL must have no part behind a #, and 2000 characters at most",
            "webhook 10: \"nets\" is no record type",
        ]
    );
}
