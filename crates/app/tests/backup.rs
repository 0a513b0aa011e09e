//! Loading, dumping and checking directories, on databases in scratch folders.

use std::fs;
use std::path::{Path, PathBuf};

use app::backup::{self, LoadError, Options, Severity, Silent, Summary};
use model::directory::{Directory, Secret};
use model::records::{Net, Org};
use model::{AnyRecord, Asn, Tag, Time};
use serde_json::{Value as Json, json};
use store::{DatabaseUrl, Mode, Store};
use tempfile::TempDir;

const NOW: Time = Time::from_unix(1_800_000_000);

/// A scratch folder with databases and files in it.
struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new() -> Bench {
        Bench { folder: TempDir::new().expect("a folder") }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn store(&self, name: &str) -> Store {
        Store::open(&DatabaseUrl::Sqlite(self.path(name)), Mode::Create).await.expect("a new database")
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).expect("a file");
        path
    }

    fn json(&self, name: &str, json: &Json) -> PathBuf {
        self.file(name, &json.to_string())
    }

    /// The message that loading these files ends with; the database has to be empty still.
    async fn refusal(&self, files: &[PathBuf], options: Options) -> String {
        let store = self.store("refused.db").await;
        let error = load(&store, files, options).await.expect_err("a refusal");
        assert!(store.reader().await.expect("a reader").is_empty().await.expect("an answer"));
        error.to_string().replace(&format!("{}/", self.folder.path().display()), "")
    }

    async fn dump(&self, store: &Store, name: &str) -> String {
        let path = self.path(name);
        backup::dump(store, &path, &Silent).await.expect("a backup");
        fs::read_to_string(path).expect("a text")
    }
}

async fn load(store: &Store, files: &[PathBuf], options: Options) -> Result<Summary, LoadError> {
    let mut salt = 0;
    let mut salts = || {
        salt += 1;
        [salt; 16]
    };
    backup::load(store, files, options, NOW, &mut salts, &Silent).await
}

const STRICT: Options = Options { allow_plaintext_secrets: false, skip_orphans: false };
const PLAIN: Options = Options { allow_plaintext_secrets: true, skip_orphans: false };
const SKIP: Options = Options { allow_plaintext_secrets: false, skip_orphans: true };

/// A record of a data set: every column at its default but for those given.
fn row(tag: Tag, given: Json) -> Json {
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

fn org(id: u32, name: &str) -> Json {
    row(Tag::Org, json!({ "id": id, "name": name }))
}

fn net(id: u32, org: u32, asn: u32, name: &str) -> Json {
    row(Tag::Net, json!({ "id": id, "org_id": org, "asn": asn, "name": name }))
}

/// A small whole: one of everything.
fn small() -> Json {
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

fn user(given: Json) -> Json {
    let mut user = json!({
        "id": 1, "username": "ada", "email": "ada@example.net", "email_verified": true, "first_name": "Ada",
        "last_name": "L", "status": "ok", "is_active": true, "is_staff": false, "is_superuser": false,
        "locale": "en", "verified": true, "admin_of_orgs": [1], "member_of_orgs": [],
    });
    user.as_object_mut().expect("an object").extend(given.as_object().expect("an object").clone());
    user
}

/// Where the recorded data set is, on machines that have it.
fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance/dataset.json")
}

async fn errors(store: &Store) -> Vec<String> {
    let findings = backup::check(store, &Silent).await.expect("an answer");
    let errors = findings.into_iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| finding.text).collect()
}

#[tokio::test]
async fn recorded_data_loads_checks_and_survives_a_backup() {
    let file = corpus();
    if !file.is_file() {
        println!("skipped: there is no {}", file.display());
        return;
    }
    let bench = Bench::new();
    let first = bench.store("a.db").await;
    let summary = load(&first, &[file], PLAIN).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((summary.records[Tag::Net.index()], summary.users, summary.keys), (299, 7, 16));
    assert_eq!(errors(&first).await, [""; 0]);
    let written = bench.dump(&first, "a.json").await;
    assert!(!written.contains("\"password\":") && !written.contains("\"key\":"));

    let second = bench.store("b.db").await;
    let again =
        load(&second, &[bench.path("a.json")], STRICT).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(again, summary);
    assert!(bench.dump(&second, "b.json").await == written);
    for tag in Tag::ALL {
        let (a, b) =
            (first.records(tag).await.expect("records"), second.records(tag).await.expect("records"));
        assert!(a == b && !a.is_empty(), "{tag}");
    }
    assert_eq!(first.people().await.expect("people"), second.people().await.expect("people"));
    assert_eq!(errors(&second).await, [""; 0]);
}

#[tokio::test]
async fn one_of_everything_survives_a_backup() {
    let bench = Bench::new();
    let mut whole = small();
    whole["users"] = json!([user(json!({ "password": "correct horse" }))]);
    whole["user_api_keys"] = json!([{
        "label": "x", "key": "abcdefgh.secret", "prefix": "abcdefgh", "user_id": 1, "name": "k", "readonly": true,
        "status": "active", "revoked": false, "expires": "2030-01-01T00:00:00Z",
    }]);
    whole["org_api_keys"] = json!([{
        "label": "o", "key": "12345678.secret", "prefix": "12345678", "org_id": 1, "name": "k",
        "email": "noc@example.net", "status": "inactive", "revoked": true, "permissions": [],
    }]);
    whole["permissions"] = json!({
        "group": [{ "group": "guest", "namespace": "peeringdb.organization", "permission": 1 }],
        "user": [{ "user_id": 1, "namespace": "peeringdb.organization.1", "permission": 3 }],
        "org_api_key": [{ "label": "o", "namespace": "peeringdb.organization.1", "permission": 15 }],
    });
    whole["verification_queue"] = json!([{ "type": "fac", "object_id": 3, "user_id": 1 }]);
    whole["blobs"] = json!([{
        "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "data": "YWJj",
        "media_type": "image/png", "created": "2026-01-01T00:00:00Z",
    }]);
    let first = bench.store("a.db").await;
    load(&first, &[bench.json("in.json", &whole)], PLAIN).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(errors(&first).await, [""; 0]);
    let written = bench.dump(&first, "a.json").await;
    let second = bench.store("b.db").await;
    load(&second, &[bench.path("a.json")], STRICT).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(bench.dump(&second, "b.json").await, written);

    let people = second.people().await.expect("people");
    let Some(Secret::Hash(hash)) = &people.users[0].password else { panic!("no hash") };
    assert_eq!(auth::password::verify("correct horse", hash), Ok(auth::password::Verdict::Right));
    assert_eq!(people.users[0].admin_of_orgs, [1]);
    assert_eq!(people.org_keys[0].rows[0].permission, 15);
    let nets = second.records(Tag::Net).await.expect("records");
    assert_eq!(nets[0].updated().0 % Time::SECOND, 1);
    assert_eq!(
        people.user_keys[0].state.expires.map(|time| time.to_string()).as_deref(),
        Some("2030-01-01T00:00:00Z")
    );
}

#[tokio::test]
async fn a_load_is_a_change_that_the_log_can_tell() {
    let bench = Bench::new();
    let store = bench.store("a.db").await;
    load(&store, &[bench.json("in.json", &small())], STRICT).await.expect("a load");
    let changes = store.changes(0, 10).await.expect("changes");
    assert_eq!((changes.len(), changes[0].seq, changes[0].header.at), (1, 1, NOW));
    assert_eq!(changes[0].rows.len(), 13);
    let poc = store.records(Tag::Poc).await.expect("records");
    assert!(changes[0].rows.contains(&store::change::RowChange::Put(poc[0].clone())));
}

#[tokio::test]
async fn bad_values_are_named_with_file_record_field_and_rule() {
    let bench = Bench::new();
    let with = |section: &str, row: Json| json!({ "org": [org(1, "Acme")], section: [row] });
    let mut short = net(6, 1, 64500, "Net");
    short.as_object_mut().expect("an object").remove("asn");
    for (document, message) in [
        (
            with("net", row(Tag::Net, json!({ "id": 6, "org_id": 1, "asn": "x" }))),
            "in.json: net 6: field asn: value \"x\": must be an integer from 0 to 4294967295",
        ),
        (
            with("net", row(Tag::Net, json!({ "id": 6, "org_id": 1, "status": "gone" }))),
            "in.json: net 6: field status: value \"gone\": must be one of ok, pending, deleted",
        ),
        (
            with("net", row(Tag::Net, json!({ "id": 6, "org_id": 1, "aka": "x".repeat(300) }))),
            "in.json: net 6: field aka: value \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…: \
             must have at most 255 characters",
        ),
        (
            with("net", row(Tag::Net, json!({ "id": 6, "org_id": 1, "logo": "../../etc/passwd" }))),
            "in.json: net 6: field logo: value \"../../etc/passwd\": must be a relative path such as \
             logos_user_supplied/net-1.png, without empty, . or .. segments, backslashes and control characters",
        ),
        (
            with("fac", row(Tag::Fac, json!({ "id": 6, "org_id": 1, "latitude": 91 }))),
            "in.json: fac 6: field latitude: value 91: must be degrees from -90 to 90",
        ),
        (
            with("net", row(Tag::Net, json!({ "id": "a", "org_id": 1 }))),
            "in.json: net number 1: field id: value \"a\": must be an integer from 1 to 4294967295",
        ),
        (
            with("net", row(Tag::Net, json!({ "id": 6, "org_id": 1, "colour": 1 }))),
            "in.json: net 6: field colour: is not known; records of this kind do not have it",
        ),
        (
            with("net", row(Tag::Net, json!({ "id": 6, "org_id": 1, "info_type": "NSP" }))),
            "in.json: net 6: field info_type: is not known; records of this kind do not have it",
        ),
        (with("net", short), "in.json: net 6: field asn: is missing; records of this kind must have it"),
        (
            with("ixlan", row(Tag::Ixlan, json!({ "id": 6, "ix_id": 7 }))),
            "in.json: ixlan 6: field ix_id: value 7: must be 6, the id of the LAN",
        ),
        (with("net", json!(1)), "in.json: a list of objects is wanted under the key \"net\""),
        (json!({ "net": 1 }), "in.json: a list of objects is wanted under the key \"net\""),
        (
            json!({ "nets": [] }),
            "in.json: has the key \"nets\", which no data set has; a data set or an API list is wanted",
        ),
        (json!([]), "in.json: is no JSON object; a data set or an API list is wanted"),
        (json!(null), "in.json: is no JSON object; a data set or an API list is wanted"),
        (json!({}), "in.json: holds neither a part of a data set nor the `data` of an API list"),
        (
            with("users", user(json!({ "is_staff": 1 }))),
            "in.json: user 1: field is_staff: value 1: must be true or false",
        ),
        (
            with("users", user(json!({ "password": "x" }))),
            "in.json: user 1: field password: is a secret in clear; give a hash as password_hash, or allow it with \
             --allow-plaintext-secrets",
        ),
        (
            with("users", user(json!({ "password_hash": "md5$x" }))),
            "in.json: user 1: field password_hash: value (hidden): must be a known hash, and is not an argon2id or \
             pbkdf2_sha256 hash",
        ),
        (
            json!({ "permissions": { "group": [{ "group": "guest", "namespace": "peeringdb", "permission": 16 }] } }),
            "in.json: permissions: group number 1: field permission: value 16: must be an integer from 0 to 15",
        ),
        (
            json!({ "org": [org(1, "Acme")], "permissions": { "group": [
                { "group": "guest", "namespace": "peeringdb.organization.5", "permission": 1 },
                { "group": "guest", "namespace": "peeringdb.organization.05.*", "permission": 0 },
            ] } }),
            "in.json: permissions: field namespace: value \"peeringdb.organization.05.*\": must be unique, and \
             permissions has \"peeringdb.organization.5\", which covers the same",
        ),
        (
            json!({ "permissions": { "user": [{ "user_id": 1, "namespace": "peeringdb.net*", "permission": 1 }] } }),
            "in.json: permissions: user number 1: field namespace: value \"peeringdb.net*\": must have * as a whole \
             segment only",
        ),
    ] {
        let file = bench.json("in.json", &document);
        assert_eq!(bench.refusal(&[file], STRICT).await, message);
    }
}

#[tokio::test]
async fn damaged_files_are_refused_as_a_whole() {
    let bench = Bench::new();
    let whole = json!({ "org": [org(1, "Acme"), org(2, "Beta")] }).to_string();
    for (text, message) in [
        (&whole[..whole.len() / 2], "in.json: breaks off at line 1; get the whole file"),
        ("", "in.json: breaks off at line 1; get the whole file"),
        ("\u{1f}\u{8b} compressed", "in.json: is no JSON document"),
        ("<html></html>", "in.json: is no JSON document"),
        (&format!("{whole} {{}}"), "in.json: is no JSON document"),
    ] {
        let file = bench.file("in.json", text);
        assert_eq!(bench.refusal(&[file], STRICT).await, message);
    }
    assert_eq!(bench.refusal(&[bench.path("none.json")], STRICT).await, "none.json: cannot be read");
    let folder = bench.refusal(&[bench.folder.path().to_owned()], STRICT).await;
    assert!(folder.ends_with(": cannot be read"), "{folder}");
}

#[tokio::test]
async fn keys_of_files_are_escaped_in_messages() {
    let bench = Bench::new();
    for (document, message) in [
        (
            json!({ "org": [row(Tag::Org, json!({ "id": 1, "a\u{1b}[2J\n\u{9b}": 1 }))] }),
            "in.json: org 1: field \"a\\u001b[2J\\n\\u009b\": is not known; records of this kind do not have it",
        ),
        (
            json!({ "user_api_keys": [{ "prefix": "a\u{1b}[2J\n" }] }),
            "in.json: user_api_key \"a\\u001b[2J\\n\": field prefix: value \"a\\u001b[2J\\n\": must have 8 characters",
        ),
    ] {
        assert_eq!(bench.refusal(&[bench.json("in.json", &document)], STRICT).await, message);
    }
    let list = json!({ "data": [shown(Tag::Org, json!({ "id": 1, "name": "Acme", "\u{1b}": 1 }))] });
    let summary = load(&bench.store("a.db").await, &[bench.json("org.json", &list)], STRICT).await;
    assert_eq!(summary.expect("a load").ignored, [("org.\"\\u001b\"".to_owned(), 1)]);
}

#[tokio::test]
async fn a_key_that_stands_twice_is_refused() {
    let bench = Bench::new();
    for (text, part) in [
        (r#"{"org": [], "org": []}"#, r#"the whole document: the key "org""#),
        (r#"{"org": {"data": [], "data": []}}"#, r#"the list of org: the key "data""#),
        (r#"{"org": [{"id": 1, "id": 2}]}"#, r#"number 1 under the key "org": the key "id""#),
        (r#"{"users": [{"id": {"a": 1, "a": 2}}]}"#, r#"number 1 under the key "users": the key "a""#),
        (
            r#"{"permissions": {"user": [], "user": []}}"#,
            r#"what stands under the key "permissions": the key "user""#,
        ),
    ] {
        assert_eq!(
            bench.refusal(&[bench.file("in.json", text)], STRICT).await,
            format!("in.json: {part} stands twice in one object; keep one of them")
        );
    }
}

#[tokio::test]
async fn other_encodings_are_named() {
    let bench = Bench::new();
    let sixteen = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    for (bytes, message) in [
        ("\u{feff}{}".into(), "in.json: begins with a byte order mark; save it as UTF-8 without one"),
        (sixteen("\u{feff}{}"), "in.json: is encoded as UTF-16; save it as UTF-8"),
        (sixteen("{}"), "in.json: is encoded as UTF-16; save it as UTF-8"),
    ] {
        let path = bench.path("in.json");
        fs::write(&path, bytes).expect("a file");
        assert_eq!(bench.refusal(&[path], STRICT).await, message);
    }
}

#[tokio::test]
async fn what_must_be_unique_names_both_records() {
    let bench = Bench::new();
    let two = |a: Json, b: Json| json!({ "org": [org(1, "Acme")], "net": [a, b] });
    for (document, message) in [
        (
            two(net(6, 1, 1, "A"), net(6, 1, 2, "B")),
            "in.json: net 6: field id: value 6: must be unique, and net 6 has it too",
        ),
        (
            two(net(6, 1, 1, "A"), net(7, 1, 1, "B")),
            "in.json: net 7: field asn: value 1: must be unique, and net 6 has it too",
        ),
        (
            two(net(6, 1, 1, "Zürich"), net(7, 1, 2, "ZURICH")),
            "in.json: net 7: field name: value \"ZURICH\": must be unique, and net 6 has \"Zürich\", which is the same \
             but for case and accents",
        ),
        (
            json!({ "org": [org(1, "Acme")],
                "users": [user(json!({})), user(json!({ "id": 2, "username": "b", "email": "ADA@example.net" }))] }),
            "in.json: user 2: field email: value \"ADA@example.net\": must be unique, and user 1 has \
             \"ada@example.net\", which is the same but for case and accents",
        ),
    ] {
        let file = bench.json("in.json", &document);
        assert_eq!(bench.refusal(&[file], STRICT).await, message);
    }
    let (a, b) = (
        bench.json("a.json", &json!({ "org": [org(1, "A")] })),
        bench.json("b.json", &json!({ "org": [org(1, "B")] })),
    );
    assert_eq!(
        bench.refusal(&[a, b], STRICT).await,
        "b.json: org 1: field id: value 1: must be unique, and org 1 of a.json has it too"
    );
}

#[tokio::test]
async fn orphans_are_refused_or_left_out_with_all_that_hangs_on_them() {
    let bench = Bench::new();
    let mut document = small();
    document["org"] = json!([org(2, "Other")]);
    document["campus"] = json!([]);
    document["fac"][0]["org_id"] = json!(2);
    document["users"] = json!([user(json!({}))]);
    let file = bench.json("in.json", &document);
    assert_eq!(
        bench.refusal(std::slice::from_ref(&file), STRICT).await,
        "in.json: fac 3: field campus_id: campus 2 is in none of the files; add it, or leave such records out with \
         --skip-orphans"
    );
    let store = bench.store("a.db").await;
    let summary = load(&store, &[file], SKIP).await.unwrap_or_else(|error| panic!("{error}"));
    // What is left: the organization, and the facility without its campus.
    assert_eq!((summary.total(), summary.detached, summary.skipped_people), (2, 1, 1));
    assert_eq!(summary.skipped.iter().sum::<u64>(), 10);
    assert_eq!(store.records(Tag::Fac).await.expect("records")[0].reference("campus_id"), None);
    assert!(store.people().await.expect("people").users[0].admin_of_orgs.is_empty());
}

/// A record as an API list shows it.
fn shown(tag: Tag, given: Json) -> Json {
    let whole = row(tag, json!({}));
    let mut shown = serde_json::Map::new();
    for field in tag.table().fields.iter().filter(|field| field.is_flat()) {
        shown.insert(field.name.to_owned(), whole.get(field.name).cloned().unwrap_or(Json::Null));
    }
    shown.extend(given.as_object().expect("an object").clone());
    Json::Object(shown)
}

#[tokio::test]
async fn api_lists_load_together() {
    let bench = Bench::new();
    let list = |rows: Json| json!({ "meta": {}, "data": rows });
    let files = [
        bench.json("net-0.json", &list(json!([shown(Tag::Net, json!({
            "id": 6, "org_id": 1, "asn": 64500, "name": "Net", "info_type": "NSP", "info_types": null, "poc_set": [1],
            "logo": "https://www.example.net/m/logos/a.png", "rir_status": "ok", "novelty": 1, "ix_count": 7,
        }))]))),
        bench.json("org.json", &list(json!([shown(Tag::Org, json!({ "id": 1, "name": "Acme" }))]))),
        bench.json("told by its keys.json", &list(json!([shown(Tag::Poc, json!({
            "id": 7, "net_id": 6, "role": "NOC", "visible": "Public",
        }))]))),
        bench.json("both.json", &json!({ "fac": { "data": [shown(Tag::Fac, json!({
            "id": 3, "org_id": 1, "org_name": "Acme", "name": "Hall",
        }))] }, "ixlan": { "data": [], "meta": {} } })),
    ];
    let store = bench.store("a.db").await;
    let summary = load(&store, &files, STRICT).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((summary.total(), summary.default_permissions), (4, true));
    assert_eq!(summary.ignored, [("net.novelty".to_owned(), 1)]);
    let nets = store.records(Tag::Net).await.expect("records");
    assert_eq!(nets[0].value("logo").as_text(), Some("logos/a.png"));
    assert_eq!((summary.counters, nets[0].value("ix_count").as_int()), (1, Some(0)));
    let people = store.people().await.expect("people");
    assert_eq!(
        (people.group_rows.len(), people.member_template.len(), people.admin_template.len()),
        (6, 3, 4)
    );
}

#[tokio::test]
async fn an_api_list_of_untold_type_asks_for_a_name() {
    let bench = Bench::new();
    let file = bench.json("records.json", &json!({ "data": [{ "id": 1, "name": "x" }] }));
    assert_eq!(
        bench.refusal(&[file], STRICT).await,
        "records.json: is an API list, and neither its name nor its records tell of which type; name it after the \
         type, such as net.json or net-0.json"
    );
}

#[tokio::test]
async fn an_api_list_under_the_name_of_another_type_is_refused() {
    let bench = Bench::new();
    let net = shown(Tag::Net, json!({ "id": 6, "org_id": 1, "asn": 64500, "name": "Net", "novelty": 1 }));
    let org = shown(Tag::Org, json!({ "id": 1, "name": "Acme" }));
    let advice = "has the keys of net; give each type a file of its own, named after it, such as net.json";
    for (name, document, record) in [
        ("org.json", json!({ "data": [net] }), 1),
        ("org-0.json", json!({ "data": [org, net] }), 2),
        ("in.json", json!({ "org": { "data": [net] } }), 1),
        ("in.json", json!({ "data": [org, net] }), 2),
    ] {
        assert_eq!(
            bench.refusal(&[bench.json(name, &document)], STRICT).await,
            format!("{name}: is taken for a list of org, and record number {record} {advice}")
        );
    }
}

#[tokio::test]
async fn files_without_records_and_accounts_are_refused_unless_others_have_some() {
    let bench = Bench::new();
    let nothing = [
        bench.json("a.json", &json!({ "data": [] })),
        bench.json("net.json", &json!({ "meta": {}, "data": [] })),
        bench.json("c.json", &json!({ "org": [], "users": [], "permissions": {} })),
    ];
    let advice = "neither a record nor an account is there to load; give files that hold some";
    for (file, name) in nothing.iter().zip(["a.json", "net.json", "c.json"]) {
        assert_eq!(bench.refusal(std::slice::from_ref(file), STRICT).await, format!("{name}: {advice}"));
    }
    let all = bench.refusal(&nothing, STRICT).await;
    assert!(all.contains("a.json, ") && all.contains("c.json: neither"), "{all}");
    let some = bench.json("d.json", &json!({ "org": [org(1, "Acme")] }));
    let files: Vec<PathBuf> = nothing.into_iter().chain([some]).collect();
    load(&bench.store("a.db").await, &files, STRICT).await.unwrap_or_else(|error| panic!("{error}"));
}

#[tokio::test]
async fn columns_that_contradict_other_records_are_refused_in_backups() {
    let bench = Bench::new();
    for (section, field, value, message) in [
        ("net", "ix_count", 2, "net 6: field ix_count: value 2: must be 1, the number of"),
        ("net", "fac_count", 0, "net 6: field fac_count: value 0: must be 1, the number of"),
        ("ix", "net_count", 2, "ix 4: field net_count: value 2: must be 1, the number of"),
        ("ix", "fac_count", 2, "ix 4: field fac_count: value 2: must be 1, the number of"),
        ("fac", "net_count", 2, "fac 3: field net_count: value 2: must be 1, the number of"),
        ("fac", "ix_count", 2, "fac 3: field ix_count: value 2: must be 1, the number of"),
        ("fac", "carrier_count", 2, "fac 3: field carrier_count: value 2: must be 1, the number of"),
        ("carrier", "fac_count", 2, "carrier 8: field fac_count: value 2: must be 1, the number of"),
        ("netixlan", "asn", 1, "netixlan 12: field asn: value 1: must be 64500, the AS number of net 6"),
    ] {
        let mut document = small();
        document[section][0][field] = json!(value);
        let told = bench.refusal(&[bench.json("in.json", &document)], STRICT).await;
        assert!(told.starts_with(&format!("in.json: {message}")), "{told}");
    }
}

#[tokio::test]
async fn columns_that_contradict_other_records_are_corrected_in_api_lists() {
    let bench = Bench::new();
    let mut lists = json!({});
    for (section, rows) in small().as_object().expect("an object") {
        let tag = section.parse().expect("a type");
        lists[section] = json!({ "data": [shown(tag, rows[0].clone())] });
    }
    lists["ix"]["data"][0]["net_count"] = json!(9);
    lists["netixlan"]["data"][0]["asn"] = json!(1);
    let store = bench.store("a.db").await;
    let summary = load(&store, &[bench.json("in.json", &lists)], STRICT).await;
    let summary = summary.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((summary.counters, summary.asns), (1, 1));
    assert_eq!(errors(&store).await, [""; 0]);
}

#[tokio::test]
async fn the_url_of_a_logo_names_no_file_outside_its_folder() {
    let bench = Bench::new();
    let list =
        |logo: &str| json!({ "data": [shown(Tag::Org, json!({ "id": 1, "name": "Acme", "logo": logo }))] });
    for logo in ["https://www.example.net/m/../../etc/passwd", "https://www.example.net/m//etc/passwd"] {
        let told = bench.refusal(&[bench.json("org.json", &list(logo))], STRICT).await;
        assert!(
            told.contains("org 1: field logo: value \"https://") && told.contains("relative path"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn a_part_of_an_api_list_is_refused() {
    let bench = Bench::new();
    let org = shown(Tag::Org, json!({ "id": 1, "name": "Acme" }));
    let list = |meta: Json| json!({ "meta": meta, "data": [org] });
    let cut = list(json!({ "truncated": "returned more than 250 rows" }));
    let message = "org.json: is an API list that the server has cut (`meta.truncated`); get the whole list, without \
                   `depth`";
    assert_eq!(bench.refusal(&[bench.json("org.json", &cut)], STRICT).await, message);
    assert_eq!(bench.refusal(&[bench.json("org.json", &json!({ "org": cut }))], STRICT).await, message);
    let page = list(json!({ "pagination": { "page": 2, "total_pages": 3, "has_next": true } }));
    assert_eq!(
        bench.refusal(&[bench.json("org.json", &page)], STRICT).await,
        "org.json: is page 2 of 3 of an API list (`meta.pagination`); get the whole list, without `page`"
    );
    let last = list(json!({ "pagination": { "page": 2, "has_previous": true } }));
    assert_eq!(
        bench.refusal(&[bench.json("org.json", &last)], STRICT).await,
        "org.json: is page 2 of an API list (`meta.pagination`); get the whole list, without `page`"
    );
    let only =
        list(json!({ "truncated": null, "pagination": { "page": 1, "total_pages": 1, "has_next": false } }));
    load(&bench.store("a.db").await, &[bench.json("org.json", &only)], STRICT).await.expect("a load");
}

#[tokio::test]
async fn an_api_list_of_some_fields_is_refused() {
    let bench = Bench::new();
    let mut org = shown(Tag::Org, json!({ "id": 1, "name": "Acme" }));
    org.as_object_mut().expect("an object").remove("aka");
    assert_eq!(
        bench.refusal(&[bench.json("org.json", &json!({ "data": [org] }))], STRICT).await,
        "org.json: org 1: field aka: is missing; records of this kind must have it"
    );
}

#[tokio::test]
async fn a_database_is_loaded_once() {
    let bench = Bench::new();
    let file = bench.json("in.json", &small());
    let store = bench.store("a.db").await;
    load(&store, std::slice::from_ref(&file), STRICT).await.expect("a load");
    let again = load(&store, &[file], STRICT).await.expect_err("a refusal");
    assert!(matches!(again, LoadError::NotEmpty { .. }), "{again}");
    assert!(again.to_string().ends_with("a.db: holds a directory already; load into a new database"));
}

#[tokio::test]
async fn generated_directories_are_written_under_the_same_rules() {
    let bench = Bench::new();
    let mut directory = Directory::default();
    directory.push(Org { id: 1, name: "Acme".into(), ..Default::default() }.into());
    directory
        .push(Net { id: 2, org_id: 1, asn: Asn(64500), name: "Net".into(), ..Default::default() }.into());
    let store = bench.store("a.db").await;
    let mut salts = || [0; 16];
    let summary = backup::import(&store, directory.clone(), NOW, &mut salts, &Silent).await;
    assert_eq!(summary.expect("a summary").total(), 2);
    assert_eq!(store.records(Tag::Net).await.expect("records"), directory.of(Tag::Net));

    directory.push(Net { id: 3, org_id: 9, asn: Asn(1), name: "Lost".into(), ..Default::default() }.into());
    let other = bench.store("b.db").await;
    let refused = backup::import(&other, directory, NOW, &mut salts, &Silent).await.expect_err("a refusal");
    assert!(refused.to_string().starts_with("generated directory: net 3: field org_id: org 9 is in none"));
}

#[tokio::test]
async fn a_backup_replaces_files_and_nothing_else() {
    let bench = Bench::new();
    let store = bench.store("a.db").await;
    load(&store, &[bench.json("in.json", &small())], STRICT).await.expect("a load");
    let old = bench.file("old.json", "old");
    backup::dump(&store, &old, &Silent).await.expect("a backup");
    assert!(fs::read_to_string(&old).expect("a text").starts_with("{\n\"org\": [\n{\"id\": 1, "));
    let refused = backup::dump(&store, bench.folder.path(), &Silent).await.expect_err("a refusal");
    assert!(refused.to_string().ends_with("is no regular file; give the path of a file"));
    let refused = backup::dump(&store, &bench.path("none/a.json"), &Silent).await.expect_err("a refusal");
    assert!(refused.to_string().ends_with("none/a.json: cannot be written"));
    let parts = fs::read_dir(bench.folder.path()).expect("a folder").filter_map(Result::ok);
    assert_eq!(parts.filter(|entry| entry.path().extension().is_some_and(|part| part == "part")).count(), 0);
}

#[tokio::test]
async fn a_logo_that_was_taken_away_is_none() {
    let bench = Bench::new();
    let list = json!({ "data": [shown(Tag::Org, json!({ "id": 1, "name": "Acme", "logo": "" }))] });
    let store = bench.store("a.db").await;
    let loaded = load(&store, &[bench.json("org.json", &list)], STRICT).await;
    loaded.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(store.records(Tag::Org).await.expect("records")[0].value("logo").as_text(), None);
}
