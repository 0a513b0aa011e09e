//! Logos in backups.

use model::{Tag, Time};
use serde_json::{Value as Json, json};
use store::logos::Logo;
use store::tables::Blob;
use testkit::{Kind, on_both_databases};

use crate::kit::{Bench, NOW, SKIP, STRICT, errors, load, small};

on_both_databases! {
    logos_survive_a_backup_with_their_files
    logos_that_fit_nothing_are_refused
    a_logo_that_its_record_does_not_name_is_a_finding
}

const NAME: &str = "logos_user_supplied/network-6-0000002a.png";

/// SHA-256 of `abc`, and of nothing (FIPS 180-4, test vectors).
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// A whole with a logo.
fn whole() -> Json {
    let mut whole = small();
    let blob = |sha256: &str, data: &str| json!({ "sha256": sha256, "data": data, "media_type": "image/png", "created": "2026-01-01T00:00:00Z" });
    whole["net"][0]["logo"] = json!(NAME);
    whole["blobs"] = json!([blob(ABC, "YWJj"), blob(NOTHING, "")]);
    whole["logos"] =
        json!([{ "type": "net", "object_id": 6, "name": NAME, "uploaded": ABC, "shown": NOTHING }]);
    whole
}

async fn logos_survive_a_backup_with_their_files(kind: Kind) {
    let bench = Bench::new(kind);
    let first = bench.store("a.db").await;
    let file = bench.json("in.json", &whole());
    load(&first, &[file], STRICT).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(errors(&first).await, [""; 0]);
    let written = bench.dump(&first, "a.json").await;
    assert!(written.contains(NAME) && written.contains("YWJj"));
    let second = bench.store("b.db").await;
    load(&second, &[bench.path("a.json")], STRICT).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(bench.dump(&second, "b.json").await, written);
    let logo = second.logo(Tag::Net, 6).await.expect("an answer").expect("a logo");
    let created = Time::parse("2026-01-01T00:00:00Z").expect("a time");
    let blob = |bytes: &[u8]| Blob::new(bytes.to_vec(), "image/png".to_owned(), created);
    let expected =
        Logo { tag: Tag::Net, object_id: 6, name: NAME.to_owned(), uploaded: blob(b"abc"), shown: blob(b"") };
    assert_eq!(logo, expected);
    // Without the record there is no logo either.
    let mut orphan = whole();
    orphan["net"][0]["org_id"] = json!(77);
    let third = bench.store("c.db").await;
    let summary = load(&third, &[bench.json("orphan.json", &orphan)], SKIP).await;
    assert_eq!(summary.unwrap_or_else(|error| panic!("{error}")).skipped_people, 1);
    assert_eq!(third.logo(Tag::Net, 6).await.expect("an answer"), None);
}

async fn logos_that_fit_nothing_are_refused(kind: Kind) {
    let bench = Bench::new(kind);
    for (field, value, told) in [
        ("object_id", json!(7), "field object_id: net 7 is in none of the files"),
        (
            "name",
            json!("logos_user_supplied/network-6-0000002b.png"),
            "must be what the field logo of its record says",
        ),
        ("type", json!("poc"), "must be one of org, fac, net, ix, carrier, campus"),
        ("shown", json!("00"), "must be a SHA-256, in hexadecimal"),
        ("shown", json!("0".repeat(64)), "must be the sha256 of one of the blobs"),
        ("more", json!(1), "more"),
    ] {
        let mut whole = whole();
        whole["logos"][0][field] = value;
        let refusal = bench.refusal(&[bench.json("in.json", &whole)], STRICT).await;
        assert!(refusal.starts_with("in.json: logo number 1: ") && refusal.contains(told), "{refusal}");
    }
    let mut elsewhere = whole();
    elsewhere["net"][0]["logo"] = json!("logos/a.png");
    elsewhere["logos"][0]["name"] = json!("logos/a.png");
    let refusal = bench.refusal(&[bench.json("in.json", &elsewhere)], STRICT).await;
    assert!(refusal.contains("must tell type and id of its record"), "{refusal}");
    let mut twice = whole();
    let again = twice["logos"][0].clone();
    twice["logos"] = json!([again, again]);
    let refusal = bench.refusal(&[bench.json("in.json", &twice)], STRICT).await;
    assert!(refusal.contains("net 6"), "{refusal}");
}

async fn a_logo_that_its_record_does_not_name_is_a_finding(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store("a.db").await;
    load(&store, &[bench.json("in.json", &small())], STRICT).await.expect("a load");
    let blob = Blob::new(b"abc".to_vec(), "image/png".to_owned(), NOW);
    let logo =
        Logo { tag: Tag::Net, object_id: 6, name: NAME.to_owned(), uploaded: blob.clone(), shown: blob };
    let mut writer = store.writer().await.expect("the lock");
    writer.put_logo(&logo).await.expect("written");
    writer.finish().await.expect("a commit");
    assert_eq!(
        errors(&store).await,
        [format!("logo of net 6: its file is {NAME}, and the record names none")]
    );
}
