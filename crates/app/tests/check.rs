//! What `check` finds in databases that were tampered with.

use app::backup::{self, Finding, Severity, Silent};
use model::directory::Directory;
use model::records::{
    Campus, Carrier, Carrierfac, Fac, Ix, Ixfac, Ixlan, Ixpfx, Net, Netfac, Netixlan, Org, Poc,
};
use model::{Asn, Protocol, Status, Time};
use store::Mode;
use testkit::{Bench, Kind, on_both_databases};

fn directory() -> Directory {
    let mut directory = Directory::default();
    let hall =
        |id, name: &str| Fac { id, org_id: 1, campus_id: Some(9), name: name.into(), ..Default::default() };
    for record in [
        Org { id: 1, name: "Acme".into(), ..Default::default() }.into(),
        Campus { id: 9, org_id: 1, name: "Park".into(), ..Default::default() }.into(),
        Fac { net_count: 1, ix_count: 1, carrier_count: 1, ..hall(2, "Hall") }.into(),
        hall(3, "Barn").into(),
        Ix { id: 4, org_id: 1, name: "IX".into(), net_count: 1, fac_count: 1, ..Default::default() }.into(),
        Ixlan { id: 4, ix_id: 4, ..Default::default() }.into(),
        Ixpfx {
            id: 5,
            ixlan_id: 4,
            protocol: Protocol::IPv4,
            prefix: "192.0.2.0/24".parse().expect("a prefix"),
            ..Default::default()
        }
        .into(),
        Net {
            id: 6,
            org_id: 1,
            asn: Asn(64500),
            name: "Net".into(),
            ix_count: 1,
            fac_count: 1,
            ..Default::default()
        }
        .into(),
        Poc { id: 7, net_id: 6, name: "Ada".into(), email: "ada@example.net".into(), ..Default::default() }
            .into(),
        Carrier { id: 8, org_id: 1, name: "Line".into(), fac_count: 1, ..Default::default() }.into(),
        Carrierfac { id: 9, carrier_id: 8, fac_id: 2, ..Default::default() }.into(),
        Netfac { id: 10, net_id: 6, fac_id: 2, ..Default::default() }.into(),
        Ixfac { id: 11, ix_id: 4, fac_id: 2, ..Default::default() }.into(),
        Netixlan {
            id: 12,
            net_id: 6,
            ixlan_id: 4,
            asn: Asn(64500),
            ipaddr4: Some("192.0.2.1".parse().expect("an address")),
            status: Status::Ok,
            ..Default::default()
        }
        .into(),
    ] {
        directory.push(record);
    }
    directory
}

/// Findings in a database that statements have changed behind the program's back.
async fn findings(kind: Kind, statements: &str) -> Vec<Finding> {
    let bench = Bench::new(kind);
    let store = bench.store("a.db").await;
    let mut salts = || [0; 16];
    backup::import(&store, directory(), Time(0), &mut salts, &Silent).await.expect("a load");
    store.close().await;
    bench.run("a.db", statements).await;
    let store = bench.try_open("a.db", Mode::Existing).await.expect("a database");
    backup::check(&store, &Silent).await.expect("an answer")
}

on_both_databases! {
    a_sound_database_has_no_findings
    erased_personal_values_are_no_finding
    each_contradiction_is_found_and_named
    values_that_occur_twice_are_found_without_their_index
    odd_data_is_noted
}

async fn a_sound_database_has_no_findings(kind: Kind) {
    assert_eq!(findings(kind, "").await, []);
}

async fn erased_personal_values_are_no_finding(kind: Kind) {
    assert_eq!(findings(kind, "DELETE FROM change_personal").await, []);
}

/// An account and a key with one fault in each of their derived columns.
const ACCOUNT: &str = "INSERT INTO users VALUES (1, 'ada', 'md5$x', 'Ada@example.net', 'Ada@example.net', 1, '', '', \
                       'ok', 1, 0, 0, 'en', 1, 0); \
                       INSERT INTO user_api_key VALUES (1, 'abcdefgh', 'x', 'k', 'active', 0, NULL, 0, 1, 0)";

async fn each_contradiction_is_found_and_named(kind: Kind) {
    for (statements, expected) in [
        (
            "UPDATE net SET aka = 'x' WHERE id = 6",
            "net 6: field aka: the row says \"x\", change 1 of the log \"\"",
        ),
        (
            "UPDATE poc SET email = 'x' WHERE id = 7",
            "poc 7: field email: the row says \"x\", change 1 of the log \"ada@example.net\"",
        ),
        ("DELETE FROM poc", "poc 7: is in change 1 of the log, and is not there"),
        ("DELETE FROM change_row WHERE tag = 'poc'", "poc 7: the log does not know it"),
        (
            "UPDATE change_row SET kind = 'purge', image = NULL WHERE tag = 'poc'",
            "poc 7: is there, and change 1 of the log removed it",
        ),
        ("INSERT INTO change VALUES (3, 0, 'system', NULL, 'cli', 'x', 1)", "change 2 is missing in the log"),
        (
            "DELETE FROM netfac; DELETE FROM change_row WHERE tag = 'netfac'",
            "net 6: field fac_count: says 1, and there are 0",
        ),
        ("UPDATE net SET ix_count = 2", "net 6: field ix_count: says 2, and there are 1"),
        ("UPDATE ix SET net_count = 2", "ix 4: field net_count: says 2, and there are 1"),
        ("UPDATE ix SET fac_count = 2", "ix 4: field fac_count: says 2, and there are 1"),
        ("UPDATE fac SET net_count = 2 WHERE id = 2", "fac 2: field net_count: says 2, and there are 1"),
        ("UPDATE fac SET ix_count = 2 WHERE id = 2", "fac 2: field ix_count: says 2, and there are 1"),
        (
            "UPDATE fac SET carrier_count = 2 WHERE id = 2",
            "fac 2: field carrier_count: says 2, and there are 1",
        ),
        ("UPDATE carrier SET fac_count = 2", "carrier 8: field fac_count: says 2, and there are 1"),
        ("UPDATE netixlan SET asn = 1", "netixlan 12: has AS 1, and net 6 has 64500"),
        ("UPDATE netixlan SET net_id = 77", "netixlan 12: field net_id: net 77 is not there"),
        ("UPDATE netixlan SET net_id = 77", "netixlan 12 refers to a missing row of net"),
        ("DELETE FROM ixlan", "ix 4: has no LAN"),
        ("UPDATE campus SET status = 'pending'", "campus 9: is pending with 2 published facilities"),
        ("UPDATE fac SET status = 'deleted' WHERE id = 3", "campus 9: is ok with 1 published facilities"),
        ("UPDATE org SET name_key = 'x'", "org 1: the stored key of its name is not that of its name"),
        (ACCOUNT, "user 1: the stored key of its mail address is not that of the address"),
        (ACCOUNT, "user 1: the hash of its password is not an argon2id or pbkdf2_sha256 hash"),
        (ACCOUNT, "user_api_key \"abcdefgh\": the hash of the key is not an argon2id or pbkdf2_sha256 hash"),
        (
            "INSERT INTO group_permission (group_name, namespace, permission) VALUES ('user', 'peeringdb..x', 1)",
            "group user: namespace \"peeringdb..x\" must have no empty segment between its dots",
        ),
        (
            "INSERT INTO verification_queue (tag, object_id) VALUES ('net', 5)",
            "verification queue: net 5 is not there",
        ),
        (
            "UPDATE change_row SET image = '{' WHERE tag = 'net'",
            "row 1 of table change_row: column image is no JSON object",
        ),
        ("UPDATE net SET social_media = '{'", "row 6 of table net: column social_media is no JSON"),
    ] {
        let found = findings(kind, statements).await;
        let named =
            found.iter().any(|finding| finding.severity == Severity::Error && finding.text == expected);
        assert!(named, "{statements}\n{found:#?}");
    }
}

async fn values_that_occur_twice_are_found_without_their_index(kind: Kind) {
    const TWICE: &str = "DROP INDEX fac_name_key; UPDATE fac SET name = 'HALL' WHERE id = 3";
    let found = findings(kind, TWICE).await;
    assert!(found.iter().any(|finding| finding.text == "fac 3: shares name with fac 2"), "{found:#?}");
}

async fn odd_data_is_noted(kind: Kind) {
    for (statements, expected) in [
        ("UPDATE net SET status = 'deleted'", "poc 7: is ok, and net 6 is deleted"),
        ("UPDATE net SET status = 'pending'", "poc 7: is ok, and net 6 is pending"),
        (
            "UPDATE netixlan SET ipaddr4 = '198.51.100.1'",
            "netixlan 12: 198.51.100.1 lies in no prefix of ixlan 4",
        ),
        ("UPDATE netixlan SET ipaddr4 = NULL", "netixlan 12: has no address"),
        ("UPDATE ixpfx SET protocol = 'IPv6'", "ixpfx 5: 192.0.2.0/24 is called IPv6"),
    ] {
        let found = findings(kind, statements).await;
        let noted =
            found.iter().any(|finding| finding.severity == Severity::Note && finding.text == expected);
        assert!(noted, "{statements}\n{found:#?}");
    }
}
