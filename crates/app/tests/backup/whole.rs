//! Directories that are loaded, checked, dumped and loaded again.

use std::fs;

use app::backup::{self, LoadError, Oddity, Silent};
use model::directory::{Directory, Secret};
use model::records::{Net, Org};
use model::{Asn, Tag, Time};
use serde_json::{Value as Json, json};
use testkit::{Kind, dataset, on_both_databases};

use crate::kit::{Bench, NOW, PLAIN, SKIP, STRICT, errors, load, org, row, shown, small, user};

on_both_databases! {
    recorded_data_loads_checks_and_survives_a_backup
    one_of_everything_survives_a_backup
    a_load_is_a_change_that_the_log_can_tell
    orphans_are_refused_or_left_out_with_all_that_hangs_on_them
    api_lists_load_together
    columns_that_contradict_other_records_are_corrected_in_api_lists
    a_database_is_loaded_once
    generated_directories_are_written_under_the_same_rules
    a_backup_replaces_files_and_nothing_else
    a_backup_moves_to_the_other_kind_of_database
    accounts_and_keys_of_files_without_times_are_made_now
    records_that_do_not_fit_together_are_loaded_and_told
}

async fn recorded_data_loads_checks_and_survives_a_backup(kind: Kind) {
    let Some(file) = dataset() else { return };
    let bench = Bench::new(kind);
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

async fn one_of_everything_survives_a_backup(kind: Kind) {
    let bench = Bench::new(kind);
    let mut whole = small();
    let made = "2019-08-07T06:05:04.000003Z";
    whole["users"] = json!([user(json!({ "password": "correct horse", "created": made }))]);
    whole["user_api_keys"] = json!([{
        "label": "x", "key": "abcdefgh.secret", "prefix": "abcdefgh", "user_id": 1, "name": "k", "readonly": true,
        "status": "active", "revoked": false, "expires": "2030-01-01T00:00:00Z", "created": made,
    }]);
    whole["org_api_keys"] = json!([{
        "label": "o", "key": "12345678.secret", "prefix": "12345678", "org_id": 1, "name": "k",
        "email": "noc@example.net", "status": "inactive", "revoked": true, "permissions": [], "created": made,
    }]);
    whole["permissions"] = json!({
        "group": [{ "group": "guest", "namespace": "peeringdb.organization", "permission": 1 }],
        "user": [{ "user_id": 1, "namespace": "peeringdb.organization.1", "permission": 3 }],
        "org_api_key": [{ "label": "o", "namespace": "peeringdb.organization.1", "permission": 15 }],
    });
    whole["verification_queue"] = json!([{ "type": "fac", "object_id": 3, "user_id": 1,
        "org_key": "orgkey00", "created": "2026-02-03T04:05:06Z" }]);
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
    let made = Time::parse(made).ok();
    let keys = [&people.user_keys[0].state, &people.org_keys[0].state].map(|state| state.created);
    assert_eq!((people.users[0].created, keys), (made, [made; 2]));
    let nets = second.records(Tag::Net).await.expect("records");
    assert_eq!(nets[0].updated().0 % Time::SECOND, 1);
    assert_eq!(
        people.user_keys[0].state.expires.map(|time| time.to_string()).as_deref(),
        Some("2030-01-01T00:00:00Z")
    );
}

async fn a_load_is_a_change_that_the_log_can_tell(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store("a.db").await;
    load(&store, &[bench.json("in.json", &small())], STRICT).await.expect("a load");
    let changes = store.changes(0, 10).await.expect("changes");
    assert_eq!((changes.len(), changes[0].seq, changes[0].header.at), (1, 1, NOW));
    assert_eq!(changes[0].rows.len(), 13);
    let poc = store.records(Tag::Poc).await.expect("records");
    assert!(changes[0].rows.contains(&store::change::RowChange::Put(poc[0].clone())));
}

async fn orphans_are_refused_or_left_out_with_all_that_hangs_on_them(kind: Kind) {
    let bench = Bench::new(kind);
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

async fn api_lists_load_together(kind: Kind) {
    let bench = Bench::new(kind);
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

async fn columns_that_contradict_other_records_are_corrected_in_api_lists(kind: Kind) {
    let bench = Bench::new(kind);
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

async fn a_database_is_loaded_once(kind: Kind) {
    let bench = Bench::new(kind);
    let file = bench.json("in.json", &small());
    let store = bench.store("a.db").await;
    load(&store, std::slice::from_ref(&file), STRICT).await.expect("a load");
    let again = load(&store, &[file], STRICT).await.expect_err("a refusal");
    assert!(matches!(again, LoadError::NotEmpty { .. }), "{again}");
    let place = store.place();
    assert_eq!(again.to_string(), format!("{place}: holds a directory already; load into a new database"));
}

async fn generated_directories_are_written_under_the_same_rules(kind: Kind) {
    let bench = Bench::new(kind);
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

async fn a_backup_replaces_files_and_nothing_else(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store("a.db").await;
    load(&store, &[bench.json("in.json", &small())], STRICT).await.expect("a load");
    let old = bench.file("old.json", "old");
    backup::dump(&store, &old, &Silent).await.expect("a backup");
    assert!(fs::read_to_string(&old).expect("a text").starts_with("{\n\"org\": [\n{\"id\": 1, "));
    let refused = backup::dump(&store, bench.folder(), &Silent).await.expect_err("a refusal");
    assert!(refused.to_string().ends_with("is no regular file; give the path of a file"));
    let refused = backup::dump(&store, &bench.path("none/a.json"), &Silent).await.expect_err("a refusal");
    assert!(refused.to_string().ends_with("none/a.json: cannot be written"));
    let parts = fs::read_dir(bench.folder()).expect("a folder").filter_map(Result::ok);
    assert_eq!(parts.filter(|entry| entry.path().extension().is_some_and(|part| part == "part")).count(), 0);
}

async fn a_backup_moves_to_the_other_kind_of_database(kind: Kind) {
    let other = if kind == Kind::Sqlite { Kind::Postgres } else { Kind::Sqlite };
    if !other.is_here() {
        return;
    }
    let (here, there) = (Bench::new(kind), Bench::new(other));
    let first = here.store("a.db").await;
    load(&first, &[here.json("in.json", &small())], STRICT).await.unwrap_or_else(|error| panic!("{error}"));
    let written = here.dump(&first, "a.json").await;
    let second = there.store("a.db").await;
    let loaded = load(&second, &[here.path("a.json")], STRICT).await;
    loaded.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(there.dump(&second, "a.json").await, written);
    assert_eq!(errors(&second).await, [""; 0]);
}

/// Backups of programs before this one do not tell when accounts and keys were made.
async fn accounts_and_keys_of_files_without_times_are_made_now(kind: Kind) {
    let bench = Bench::new(kind);
    let mut whole = small();
    whole["users"] = json!([
        user(json!({})),
        user(json!({
            "id": 2, "username": "b", "email": null, "created": "2020-02-03T04:05:06.000007Z",
        }))
    ]);
    let store = bench.store("a.db").await;
    load(&store, &[bench.json("in.json", &whole)], STRICT).await.unwrap_or_else(|error| panic!("{error}"));
    let users = store.people().await.expect("people").users;
    let made = users[1].created.map(|time| (time.to_string(), time.0 % Time::SECOND));
    assert_eq!(users[0].created, Some(NOW));
    assert_eq!(made, Some(("2020-02-03T04:05:06Z".to_owned(), 7)));
}

async fn records_that_do_not_fit_together_are_loaded_and_told(kind: Kind) {
    let bench = Bench::new(kind);
    let ix = |id: u32| row(Tag::Ix, json!({ "id": id, "org_id": 1, "name": format!("IX {id}") }));
    let document = json!({
        "org": [org(1, "Acme")],
        "campus": [row(Tag::Campus, json!({ "id": 2, "org_id": 1, "name": "Park", "status": "ok" }))],
        "fac": [row(Tag::Fac, json!({ "id": 3, "org_id": 1, "campus_id": 2, "name": "Hall" }))],
        "ix": (4..11).map(ix).collect::<Vec<_>>(),
        "ixlan": [row(Tag::Ixlan, json!({ "id": 5, "ix_id": 5 }))],
    });
    let store = bench.store("a.db").await;
    let summary = load(&store, &[bench.json("in.json", &document)], STRICT).await;
    let lans = Oddity {
        rule: "an exchange has one LAN with its id",
        count: 6,
        first: [4, 6, 7, 8, 9].map(|id| format!("ix {id} has no LAN")).into(),
    };
    let campuses = Oddity {
        rule: "a campus is published with two facilities",
        count: 1,
        first: vec!["campus 2 is ok with 1 published facilities".to_owned()],
    };
    assert_eq!(summary.unwrap_or_else(|error| panic!("{error}")).odd, [lans, campuses]);
    assert_eq!(errors(&store).await.len(), 7, "and `check` finds them all");
    // What was taken once is taken again.
    let written = bench.dump(&store, "a.json").await;
    let again = bench.store("b.db").await;
    load(&again, &[bench.path("a.json")], STRICT).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(bench.dump(&again, "b.json").await, written);
}
