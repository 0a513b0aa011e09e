//! What `peeringdb get` and `peeringdb whois` say.

use serde_json::{Value as Json, json};
use testkit::{Kind, World, on_both_databases};

use super::peeringdb_py::{Client, First};
use super::site::Site;

on_both_databases! {
    single_records_are_looked_up
}

/// The lines of a text without the blanks that align them.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn single_records_are_looked_up(kind: Kind) {
    let site = Site::of(kind, World::small()).await;
    let Some(client) = Client::of(&site, First::Api) else { return };

    let net = words(&client.succeed("whois as64496").stdout);
    for part in [
        "name: Net One",
        "asn: 64496",
        "irr_as_set: AS-ONE",
        "info_types: Content info_types: NSP",
        "Technical Technik tech@one.example",
        "Public Peering Points (1)",
        "IX One 64496 192.0.2.10 10G 2001:db8:0:1::10",
        "Private Peering Facilities (1)",
        "Fac One 64496 Chicago US",
    ] {
        assert!(net.contains(part), "{part} in {net}");
    }
    // What is looked up is shown, and not whatever comes first.
    let net = words(&client.succeed("whois net11").stdout);
    assert!(net.contains("Name : Net Two") && net.contains("Also Known As : tëst"), "{net}");
    let at_exchange = words(&client.succeed("whois ixnets11").stdout);
    assert!(at_exchange.contains("name: Net One") && at_exchange.contains("asn: 64496"), "{at_exchange}");

    for unknown in ["as64511", "ixnets12", "net99"] {
        let ended = client.run(&format!("whois {unknown}"));
        assert_eq!((ended.status, ended.stdout.as_str()), (Some(1), ""), "{unknown}");
        assert!(ended.stderr.starts_with("Not found: "), "{unknown}: {}", ended.stderr);
    }
    let nowhere = client.run("get net10");
    assert_eq!((nowhere.status, nowhere.stderr.trim()), (Some(1), "Not found: net-10"));
    let fetched = client.succeed("get net10 --remote --output-format json").stdout;
    let fetched: Json = serde_json::from_str(&fetched).expect("JSON");
    assert_eq!((&fetched["name"], &fetched["asn"]), (&json!("Net One"), &json!(64496)));
}
