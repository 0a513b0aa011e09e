//! What the tests share: databases and files in a scratch folder, and the documents that go into them.

use std::fs;
use std::path::{Path, PathBuf};

use app::backup::{self, LoadError, Options, Severity, Silent, Summary};
use model::{AnyRecord, Tag, Time};
use serde_json::{Value as Json, json};
use store::Store;
use testkit::Kind;

pub(crate) const NOW: Time = Time::from_unix(1_800_000_000);

/// A scratch folder with files in it, and databases.
pub(crate) struct Bench(testkit::Bench);

impl Bench {
    pub(crate) fn new(kind: Kind) -> Bench {
        Bench(testkit::Bench::new(kind))
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.folder()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path(name)
    }

    pub(crate) async fn store(&self, name: &str) -> Store {
        self.0.store(name).await
    }

    pub(crate) async fn run(&self, name: &str, statements: &str) {
        self.0.run(name, statements).await;
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).expect("a file");
        path
    }

    pub(crate) fn json(&self, name: &str, json: &Json) -> PathBuf {
        self.file(name, &json.to_string())
    }

    /// The message that loading these files ends with; the database has to be empty still.
    pub(crate) async fn refusal(&self, files: &[PathBuf], options: Options) -> String {
        let store = self.store("refused.db").await;
        let error = load(&store, files, options).await.expect_err("a refusal");
        assert!(store.reader().await.expect("a reader").is_empty().await.expect("an answer"));
        error.to_string().replace(&format!("{}/", self.folder().display()), "")
    }

    pub(crate) async fn dump(&self, store: &Store, name: &str) -> String {
        let path = self.path(name);
        backup::dump(store, &path, &Silent).await.expect("a backup");
        fs::read_to_string(path).expect("a text")
    }
}

pub(crate) async fn load(store: &Store, files: &[PathBuf], options: Options) -> Result<Summary, LoadError> {
    let mut salt = 0;
    let mut salts = || {
        salt += 1;
        [salt; 16]
    };
    backup::load(store, files, options, NOW, &mut salts, &Silent).await
}

pub(crate) const STRICT: Options = Options { allow_plaintext_secrets: false, skip_orphans: false };
pub(crate) const PLAIN: Options = Options { allow_plaintext_secrets: true, skip_orphans: false };
pub(crate) const SKIP: Options = Options { allow_plaintext_secrets: false, skip_orphans: true };

/// A record of a data set: every column at its default but for those given.
pub(crate) fn row(tag: Tag, given: Json) -> Json {
    let record = AnyRecord::new(tag);
    let mut row = serde_json::Map::new();
    for (position, field) in tag.table().stored() {
        let mut text = String::new();
        field.write_json(&record.get(position), &mut text);
        row.insert(field.name.to_owned(), serde_json::from_str(&text).expect("JSON"));
    }
    row.extend(given.as_object().expect("an object").clone());
    Json::Object(row)
}

pub(crate) fn org(id: u32, name: &str) -> Json {
    row(Tag::Org, json!({ "id": id, "name": name }))
}

pub(crate) fn net(id: u32, org: u32, asn: u32, name: &str) -> Json {
    row(Tag::Net, json!({ "id": id, "org_id": org, "asn": asn, "name": name }))
}

/// A small whole: one of everything.
pub(crate) fn small() -> Json {
    json!({
        "org": [org(1, "Acme")],
        "campus": [row(Tag::Campus, json!({ "id": 2, "org_id": 1, "name": "Park", "status": "pending" }))],
        "fac": [row(Tag::Fac, json!({
            "id": 3, "org_id": 1, "campus_id": 2, "name": "Hall", "latitude": 48.2, "longitude": -16.3,
            "available_voltage_services": ["48 VDC"], "net_count": 1, "ix_count": 1, "carrier_count": 1,
        }))],
        "ix": [row(Tag::Ix, json!({
            "id": 4, "org_id": 1, "name": "IX", "net_count": 1, "fac_count": 1, "proto_unicast": true,
        }))],
        "ixlan": [row(Tag::Ixlan, json!({ "id": 4, "ix_id": 4 }))],
        "ixpfx": [row(Tag::Ixpfx, json!({ "id": 5, "ixlan_id": 4, "protocol": "IPv4", "prefix": "192.0.2.0/24" }))],
        "net": [row(Tag::Net, json!({
            "id": 6, "org_id": 1, "asn": 64500, "name": "Nét", "ix_count": 1, "fac_count": 1,
            "info_types": ["Content", "NSP"], "updated": "2026-01-31T12:00:00.000001Z",
            "social_media": [{ "service": "x", "identifier": "acme" }],
        }))],
        "poc": [row(Tag::Poc, json!({
            "id": 7, "net_id": 6, "role": "NOC", "visible": "Users", "name": "Ada", "email": "ada@example.net",
        }))],
        "carrier": [row(Tag::Carrier, json!({ "id": 8, "org_id": 1, "name": "Line", "fac_count": 1 }))],
        "carrierfac": [row(Tag::Carrierfac, json!({ "id": 9, "carrier_id": 8, "fac_id": 3 }))],
        "netfac": [row(Tag::Netfac, json!({ "id": 10, "net_id": 6, "fac_id": 3 }))],
        "ixfac": [row(Tag::Ixfac, json!({ "id": 11, "ix_id": 4, "fac_id": 3 }))],
        "netixlan": [row(Tag::Netixlan, json!({
            "id": 12, "net_id": 6, "ixlan_id": 4, "asn": 64500, "speed": 1000,
            "ipaddr4": "192.0.2.1", "ipaddr6": null, "net_side_id": 3,
        }))],
    })
}

pub(crate) fn user(given: Json) -> Json {
    let mut user = json!({
        "id": 1, "username": "ada", "email": "ada@example.net", "email_verified": true, "first_name": "Ada",
        "last_name": "L", "status": "ok", "is_active": true, "is_staff": false, "is_superuser": false,
        "locale": "en", "verified": true, "admin_of_orgs": [1], "member_of_orgs": [],
    });
    user.as_object_mut().expect("an object").extend(given.as_object().expect("an object").clone());
    user
}

pub(crate) async fn errors(store: &Store) -> Vec<String> {
    let findings = backup::check(store, &Silent).await.expect("an answer");
    let errors = findings.into_iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| finding.text).collect()
}

/// A record as an API list shows it.
pub(crate) fn shown(tag: Tag, given: Json) -> Json {
    let whole = row(tag, json!({}));
    let mut shown = serde_json::Map::new();
    for field in tag.table().fields.iter().filter(|field| field.is_flat()) {
        shown.insert(field.name.to_owned(), whole.get(field.name).cloned().unwrap_or(Json::Null));
    }
    shown.extend(given.as_object().expect("an object").clone());
    Json::Object(shown)
}
