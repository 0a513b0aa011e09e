//! Writing and reading, on both kinds of databases.

use model::directory::{Grant, Group, KeyState, OrgKey, People, QueueItem, Secret, User, UserKey};
use model::records::{Fac, Ix, Ixlan, Ixpfx, Net, Netixlan, Org, Poc};
use model::{AnyRecord, Asn, Degrees, MultiChoice, Protocol, SocialLink, Tag, Time, Value};
use store::change::{Actor, ActorKind, ChangeSet, Origin, RowChange};
use store::tables::{Blob, CachedPlace, Located};
use store::{Error, Mode};
use testkit::{Bench, Kind, change_set, on_both_databases};

const FILE: &str = "a.db";

fn put(record: impl Into<AnyRecord>) -> RowChange {
    RowChange::Put(record.into())
}

fn org(id: u32, name: &str) -> Org {
    Org { id, name: name.into(), ..Default::default() }
}

fn net(id: u32, asn: u32, name: &str) -> Net {
    Net { id, org_id: 1, asn: Asn(asn), name: name.into(), ..Default::default() }
}

on_both_databases! {
    a_new_database_is_empty_and_knows_itself
    records_come_back_as_they_were
    changes_are_numbered_without_gaps_and_replayed
    personal_values_stand_apart_from_the_log
    a_command_is_committed_once
    broken_rules_have_names_and_leave_nothing_behind
    the_order_of_rows_does_not_matter_for_references
    more_rows_than_one_statement_holds_are_written
    an_unfinished_writer_leaves_nothing_behind
    a_reader_sees_one_moment
    the_schema_of_a_newer_program_is_refused
    keys_of_names_follow_the_algorithm
    keys_of_two_versions_are_never_written_side_by_side
    values_that_do_not_fit_are_named
    people_come_back_as_they_were_and_move_their_number
    people_without_a_time_are_made_when_they_are_stored
    accounts_keep_their_rules
    files_and_places_are_kept
    a_database_that_another_process_writes_is_busy
}

async fn a_new_database_is_empty_and_knows_itself(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    assert_eq!(store.sequence().await.expect("a number"), 0);
    assert!(store.reader().await.expect("a reader").is_empty().await.expect("an answer"));
    let id = store.installation_id().await.expect("an id");
    assert_eq!(id.len(), 32);
    store.close().await;
    let again = bench.try_open(FILE, Mode::Existing).await.expect("a database");
    assert_eq!(again.installation_id().await.expect("an id"), id);
}

async fn records_come_back_as_they_were(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let records: Vec<AnyRecord> = vec![
        org(1, "Zürich \"IX\"\n").into(),
        Fac {
            id: 2,
            org_id: 1,
            name: "Hall".into(),
            latitude: Some(Degrees(-48_123_456)),
            available_voltage_services: Some(MultiChoice(0)),
            diverse_serving_substations: Some(false),
            ..Default::default()
        }
        .into(),
        Ix { id: 3, org_id: 1, name: "IX".into(), ..Default::default() }.into(),
        Ixlan { id: 3, ix_id: 3, arp_sponge: Some("aa:bb:cc:dd:ee:ff".into()), ..Default::default() }.into(),
        Ixpfx {
            id: 4,
            ixlan_id: 3,
            protocol: Protocol::IPv6,
            prefix: "2001:db8::/32".parse().expect("a prefix"),
            ..Default::default()
        }
        .into(),
        Net {
            info_types: MultiChoice(5),
            social_media: Box::new([SocialLink { service: "x".into(), identifier: "\"y\"".into() }]),
            ixp_update_exclude: Box::new(["speed".into()]),
            updated: Time(1_234_567_890_123_456),
            asn: Asn(u32::MAX),
            ..net(5, 0, "Net")
        }
        .into(),
        Netixlan {
            id: 6,
            net_id: 5,
            ixlan_id: 3,
            ipaddr6: Some("2001:db8::1".parse().expect("an address")),
            ix_side_id: Some(2),
            ..Default::default()
        }
        .into(),
    ];
    let rows = records.iter().cloned().map(RowChange::Put).collect();
    assert_eq!(store.commit(&change_set("a", rows)).await.expect("a commit").seq, 1);
    for record in &records {
        assert_eq!(&store.records(record.tag()).await.expect("records"), std::slice::from_ref(record));
    }
    let changes = store.changes(0, 10).await.expect("changes");
    assert_eq!(changes[0].rows, records.into_iter().map(RowChange::Put).collect::<Vec<_>>());
}

async fn changes_are_numbered_without_gaps_and_replayed(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let actor = Actor {
        kind: ActorKind::UserKey,
        id: Some(7),
        name: Some("ada".to_owned()),
        address: Some("192.0.2.1".to_owned()),
    };
    let mut first = change_set("a", vec![put(org(1, "Acme")), put(net(2, 64500, "Net"))]);
    first.header.actor = actor;
    first.header.origin = Origin::IxF;
    let poc = Poc { id: 3, net_id: 2, name: "Ada".into(), ..Default::default() };
    let second = change_set("b", vec![put(poc.clone()), put(net(2, 64500, "New name"))]);
    let broken = change_set("c", vec![put(net(4, 64500, "Other"))]);
    let third = change_set("d", vec![RowChange::Purge { tag: Tag::Poc, id: 3 }]);
    assert_eq!(store.commit(&first).await.expect("a commit").seq, 1);
    assert_eq!(store.commit(&second).await.expect("a commit").seq, 2);
    store.commit(&broken).await.expect_err("a refusal");
    assert_eq!(store.commit(&third).await.expect("a commit").seq, 3);

    let changes = store.changes(0, 10).await.expect("changes");
    assert_eq!(changes.iter().map(|change| change.seq).collect::<Vec<_>>(), [1, 2, 3]);
    // Purging erased what was personal, in all former states.
    let erased = put(Poc { name: "".into(), ..poc });
    let second = ChangeSet { rows: vec![erased, second.rows[1].clone()], ..second };
    for (change, set) in changes.iter().zip([&first, &second, &third]) {
        assert_eq!((&change.header, &change.rows), (&set.header, &set.rows));
    }
    assert_eq!(store.changes(1, 1).await.expect("changes"), changes[1..2]);
    assert_eq!(store.changes(3, 10).await.expect("changes"), []);
    assert_eq!(store.records(Tag::Poc).await.expect("records"), []);
    let newest = store.reader().await.expect("a reader").newest(Tag::Poc).await.expect("images");
    assert_eq!((newest.len(), newest[0].seq, &newest[0].record), (1, 3, &None));
}

async fn personal_values_stand_apart_from_the_log(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let poc = Poc { id: 3, net_id: 2, name: "Ada".into(), phone: "+1".into(), ..Default::default() };
    let rows = vec![put(org(1, "Acme")), put(net(2, 1, "Net")), put(poc)];
    store.commit(&change_set("a", rows)).await.expect("a commit");
    let told = bench.rows(FILE, "SELECT image FROM change_row WHERE image LIKE '%Ada%'").await;
    assert_eq!(told, [""; 0]);
    bench.run(FILE, "DELETE FROM change_personal WHERE field = 'name'").await;
    let newest = store.reader().await.expect("a reader").newest(Tag::Poc).await.expect("images");
    let record = newest[0].record.as_ref().expect("a record");
    assert_eq!((record.value("name"), record.value("phone")), (Value::text(""), Value::text("+1")));
    assert_eq!(newest[0].erased, ["name"]);
}

async fn a_command_is_committed_once(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let first = store.commit(&change_set("a", vec![put(org(1, "Acme"))])).await.expect("a commit");
    let again = store.commit(&change_set("a", vec![put(org(1, "Else"))])).await.expect("an answer");
    assert_eq!((first.seq, first.repeated, again.seq, again.repeated), (1, false, 1, true));
    assert_eq!(store.records(Tag::Org).await.expect("records"), [AnyRecord::from(org(1, "Acme"))]);
    assert_eq!(store.known_command("a").await.expect("an answer"), Some(1));
    assert_eq!(store.known_command("b").await.expect("an answer"), None);
}

async fn broken_rules_have_names_and_leave_nothing_behind(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let lan = |id, sponge: &str| {
        [
            put(Ix { id, org_id: 1, name: format!("IX {id}").into(), ..Default::default() }),
            put(Ixlan { id, ix_id: id, arp_sponge: Some(sponge.into()), ..Default::default() }),
        ]
    };
    let mut base = vec![put(org(1, "Zürich")), put(net(2, 64500, "Net"))];
    base.extend(lan(3, "aa:bb"));
    store.commit(&change_set("base", base)).await.expect("a commit");
    for (row, name) in [
        (vec![put(org(4, "ZURICH"))], "org_name_key"),
        (vec![put(net(4, 64500, "Other"))], "net_asn_key"),
        (vec![put(Net { org_id: 9, ..net(4, 1, "Other") })], "foreign key"),
        (lan(4, "AA:BB").to_vec(), "ixlan_arp_sponge_key"),
        (vec![put(Ixlan { id: 4, ix_id: 3, ..Default::default() })], "ixlan_same_id_check"),
    ] {
        match store.commit(&change_set(name, row)).await {
            Err(Error::Constraint { name: found }) => assert_eq!(found, name),
            other => panic!("{name}: {other:?}"),
        }
    }
    assert_eq!(store.sequence().await.expect("a number"), 1);
    assert_eq!(store.records(Tag::Org).await.expect("records").len(), 1);
}

async fn the_order_of_rows_does_not_matter_for_references(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let rows = vec![put(net(2, 64500, "Net")), put(org(1, "Acme"))];
    store.commit(&change_set("a", rows)).await.expect("a commit");
}

async fn more_rows_than_one_statement_holds_are_written(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let rows = (1..=1234).map(|id| put(org(id, &format!("Org {id}")))).collect();
    store.commit(&change_set("a", rows)).await.expect("a commit");
    let records = store.records(Tag::Org).await.expect("records");
    assert!(records.iter().map(AnyRecord::id).eq(1..=1234));
    assert_eq!(store.changes(0, 1).await.expect("changes")[0].rows.len(), 1234);
}

async fn an_unfinished_writer_leaves_nothing_behind(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let set = change_set("a", vec![put(org(1, "Acme"))]);
    let mut writer = store.writer().await.expect("the lock");
    assert!(matches!(writer.apply(&set.rows).await, Err(Error::NoChange)));
    assert_eq!(writer.start(&set.header).await.expect("an answer"), None);
    writer.apply(&set.rows).await.expect("rows");
    assert_eq!(writer.sequence().await.expect("a number"), 1);
    drop(writer);
    assert_eq!(store.sequence().await.expect("a number"), 0);
    assert_eq!(store.commit(&set).await.expect("a commit").seq, 1);
}

async fn a_reader_sees_one_moment(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let mut reader = store.reader().await.expect("a reader");
    assert_eq!(reader.sequence().await.expect("a number"), 0);
    store.commit(&change_set("a", vec![put(org(1, "Acme"))])).await.expect("a commit");
    assert_eq!(reader.records(Tag::Org).await.expect("records"), []);
    assert_eq!(store.sequence().await.expect("a number"), 1);
}

async fn the_schema_of_a_newer_program_is_refused(kind: Kind) {
    let bench = Bench::new(kind);
    let running = bench.store(FILE).await;
    bench.run(FILE, "UPDATE meta SET value = '99' WHERE key = 'schema_epoch'").await;
    let refused = bench.try_open(FILE, Mode::Existing).await.expect_err("a refusal");
    assert_eq!(
        refused.to_string(),
        format!(
            "{}: has schema 99, this program knows schemas up to 2; use a newer program",
            running.place()
        )
    );
    // A process that was running when the schema changed stops writing and keeps reading.
    let refused = running.commit(&change_set("a", vec![put(org(1, "Acme"))])).await.expect_err("a refusal");
    assert!(matches!(refused, Error::SchemaTooNew { found: 99, .. }), "{refused}");
    assert_eq!(running.records(Tag::Org).await.expect("records"), []);
}

async fn keys_of_names_follow_the_algorithm(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let rows = vec![put(org(1, "Zürich")), put(org(2, "Basel"))];
    store.commit(&change_set("a", rows)).await.expect("a commit");
    store.close().await;
    bench
        .run(
            FILE,
            "UPDATE meta SET value = '0' WHERE key = 'name_key_version'; \
             UPDATE org SET name_key = 'old ' || id",
        )
        .await;
    let store = bench.store(FILE).await;
    let keys = store.reader().await.expect("a reader").name_keys(Tag::Org).await.expect("keys");
    assert_eq!(keys, [(1, "zurich".to_owned()), (2, "basel".to_owned())]);
    store.close().await;
    // Names that an older algorithm took for different.
    bench
        .run(
            FILE,
            "UPDATE meta SET value = '0' WHERE key = 'name_key_version'; \
             UPDATE org SET name = 'ZURICH' WHERE id = 2",
        )
        .await;
    let refused = bench.try_open(FILE, Mode::Create).await.expect_err("a refusal");
    assert_eq!(
        refused.to_string(),
        "org 1 \"Zürich\" and org 2 \"ZURICH\": their names are the same but for case and accents"
    );
}

async fn keys_of_two_versions_are_never_written_side_by_side(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    store.commit(&change_set("a", vec![put(org(1, "Acme"))])).await.expect("a commit");
    // Another program starts beside this one, and makes the keys as it knows them.
    bench.run(FILE, "UPDATE meta SET value = '9' WHERE key = 'name_key_version'").await;
    let error = store.commit(&change_set("b", vec![put(org(2, "Basel"))])).await.expect_err("a refusal");
    let place = store.place();
    assert_eq!(
        error.to_string(),
        format!(
            "{place}: its keys of names have version \"9\", this program makes version {}; stop this program, and use \
             the one that was started last",
            model::collate::KEY_VERSION
        )
    );
    assert_eq!(store.records(Tag::Org).await.expect("it still reads").len(), 1);
    store.close().await;
    // Started again, this one is the last.
    let store = bench.store(FILE).await;
    assert_eq!(store.commit(&change_set("b", vec![put(org(2, "Basel"))])).await.expect("a commit").seq, 2);
}

async fn values_that_do_not_fit_are_named(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let rows = vec![put(org(1, "Acme")), put(net(2, 1, "Net"))];
    store.commit(&change_set("a", rows)).await.expect("a commit");
    bench.run(FILE, "UPDATE net SET info_types = 'Bakery'").await;
    let error = store.records(Tag::Net).await.expect_err("an error");
    assert_eq!(error.to_string(), "row 2 of table net: column info_types holds a word that is no choice");
}

fn people() -> People {
    let grant = |namespace: &str, permission| Grant { namespace: namespace.to_owned(), permission };
    let state = |prefix: &str| KeyState {
        prefix: prefix.to_owned(),
        key: Secret::Hash(format!("hash of {prefix}")),
        name: "key".to_owned(),
        active: true,
        revoked: false,
        expires: Some(Time(77)),
        created: Some(Time(4)),
    };
    People {
        users: vec![User {
            id: 5,
            username: "ada".to_owned(),
            password: Some(Secret::Hash("hash".to_owned())),
            email: Some("Ada@Example.net".to_owned()),
            email_verified: true,
            first_name: "Ada".to_owned(),
            last_name: String::new(),
            status: "pending".to_owned(),
            is_active: true,
            is_staff: false,
            is_superuser: true,
            locale: "en".to_owned(),
            verified: false,
            admin_of_orgs: vec![1],
            member_of_orgs: vec![2],
            created: Some(Time(3)),
        }],
        user_keys: vec![UserKey { state: state("bbbbbbbb"), user_id: 5, readonly: true }],
        org_keys: vec![OrgKey {
            state: state("aaaaaaaa"),
            org_id: 1,
            email: "noc@example.net".to_owned(),
            rows: vec![grant("a", 1), grant("b", 15)],
        }],
        group_rows: vec![(Group::Guest, grant("g", 1)), (Group::User, grant("u", 1))],
        member_template: vec![grant("m.{org_id}", 1)],
        admin_template: vec![grant("n.{org_id}", 15)],
        user_rows: vec![(5, grant("x", 3))],
        queue: vec![QueueItem { user_id: Some(5), created: Some(Time(7)), ..QueueItem::of(Tag::Org, 2) }],
    }
}

async fn people_come_back_as_they_were_and_move_their_number(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    store.commit(&change_set("a", vec![put(org(1, "A")), put(org(2, "B"))])).await.expect("a commit");
    let before = store.principals_sequence().await.expect("a number");
    let mut writer = store.writer().await.expect("the lock");
    writer.add_people(&people(), Time(9)).await.expect("people");
    assert_eq!(writer.finish().await.expect("a commit").seq, 1);
    assert_eq!(store.people().await.expect("people"), people());
    assert_eq!(store.principals_sequence().await.expect("a number"), before + 1);
}

async fn people_without_a_time_are_made_when_they_are_stored(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    store.commit(&change_set("a", vec![put(org(1, "A")), put(org(2, "B"))])).await.expect("a commit");
    let mut people = people();
    people.users[0].created = None;
    people.user_keys[0].state.created = None;
    people.org_keys[0].state.created = None;
    let mut writer = store.writer().await.expect("the lock");
    writer.add_people(&people, Time(9)).await.expect("people");
    writer.finish().await.expect("a commit");
    let stored = store.people().await.expect("people");
    let keys = [&stored.user_keys[0].state, &stored.org_keys[0].state];
    assert_eq!(stored.users[0].created, Some(Time(9)));
    assert_eq!(keys.map(|state| state.created), [Some(Time(9)); 2]);
}

async fn accounts_keep_their_rules(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    store.commit(&change_set("a", vec![put(org(1, "A")), put(org(2, "B"))])).await.expect("a commit");
    let mut writer = store.writer().await.expect("the lock");
    let mut twice = people();
    twice.users.push(User {
        id: 6,
        username: "other".to_owned(),
        email: Some("ADA@example.NET".to_owned()),
        ..twice.users[0].clone()
    });
    match writer.add_people(&twice, Time(9)).await {
        Err(Error::Constraint { name }) => assert_eq!(name, "users_email_key_key"),
        other => panic!("{other:?}"),
    }
    drop(writer);
    // The beginning of a key tells which one it is.
    let mut user_key = people();
    user_key.user_keys.push(user_key.user_keys[0].clone());
    let mut org_key = people();
    org_key.org_keys.push(org_key.org_keys[0].clone());
    for (twice, index) in [(user_key, "user_api_key_prefix_key"), (org_key, "org_api_key_prefix_key")] {
        let mut writer = store.writer().await.expect("the lock");
        match writer.add_people(&twice, Time(9)).await {
            Err(Error::Constraint { name }) => assert_eq!(name, index),
            other => panic!("{index}: {other:?}"),
        }
    }
    let mut plain = people();
    plain.users[0].password = Some(Secret::Plain("secret".to_owned()));
    let mut writer = store.writer().await.expect("the lock");
    assert!(matches!(writer.add_people(&plain, Time(9)).await, Err(Error::PlainSecret)));
}

async fn files_and_places_are_kept(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let blob = Blob::new(b"abc".to_vec(), "image/png".to_owned(), Time(3));
    store.put_blob(&blob).await.expect("stored");
    store.put_blob(&Blob { created: Time(4), ..blob.clone() }).await.expect("stored");
    assert_eq!(store.get_blob(&blob.sha256).await.expect("an answer"), Some(blob));
    assert_eq!(store.get_blob(&[0; 32]).await.expect("an answer"), None);

    let found = Some(Located { latitude: -1.25, longitude: 179.5, radius_km: 12.345 });
    for place in [CachedPlace { found: None, fetched: Time(1) }, CachedPlace { found, fetched: Time(2) }] {
        store.put_place("wien", &place).await.expect("stored");
        assert_eq!(store.get_place("wien").await.expect("an answer"), Some(place));
    }
    assert_eq!(store.get_place("graz").await.expect("an answer"), None);
}

async fn a_database_that_another_process_writes_is_busy(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let other = bench.store(FILE).await;
    let held = other.writer().await.expect("the lock");
    let error = store.writer().await.expect_err("a refusal");
    assert!(matches!(error, Error::Busy { .. }), "{error}");
    let text = error.to_string();
    let place = store.place();
    assert_eq!(text, format!("{place}: another process is writing to it; try again when that is done"));
    // Readers do not mind.
    assert_eq!(store.sequence().await.expect("a number"), 0);
    drop(held);
    store.commit(&change_set("a", vec![put(org(1, "Acme"))])).await.expect("the lock is free again");
}
