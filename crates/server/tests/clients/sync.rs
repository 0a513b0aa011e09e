//! Copies that `peeringdb sync` makes and keeps.

use std::collections::BTreeSet;

use demo::Scale;
use model::{Tag, Time};
use serde_json::{Value as Json, json};
use testkit::{Caller, Kind, World, on_both_databases};

use super::peeringdb_py::{Client, First, Rows, by_id, differing, has_unknown_voltage};
use super::site::Site;

on_both_databases! {
    a_copy_made_through_the_api_follows_changes
}

/// Types that nothing refers to: most of the time goes into their many rows.
const LEAVES: [Tag; 5] = [Tag::Netixlan, Tag::Netfac, Tag::Ixfac, Tag::Carrierfac, Tag::Poc];

/// The small world with ports that name no facility.
///
/// Each time that the client gets the row of a facility or campus again, it takes from its own ports and facilities
/// that they belong there, whatever the server says.
fn world() -> World {
    let mut world = World::small();
    world.change(Tag::Netixlan, 81, json!({ "net_side_id": null, "ix_side_id": null }));
    world
}

/// What the server says of a type to somebody: what is published, and what is there or was.
struct Told {
    published: Rows,
    ever: Rows,
}

async fn told(site: &Site, key: Option<Caller>, tag: Tag) -> Told {
    let key = key.and_then(Caller::authorization);
    let mut lists = Vec::new();
    for path in [format!("/api/{tag}"), format!("/api/{tag}?since=1")] {
        let reply = match &key {
            Some(key) => site.get_as(key, &path).await,
            None => site.get(&path).await,
        };
        lists.push(by_id(reply.data().to_vec()));
    }
    let [published, ever] = <[Rows; 2]>::try_from(lists).expect("two lists");
    Told { published, ever }
}

/// Holds a copy against the server: everything published is there, and every row says what the server says.
async fn assert_same(site: &Site, client: &Client, key: Option<Caller>) {
    for tag in Tag::ALL {
        let (rows, told) = (client.rows(tag).await, told(site, key, tag).await);
        let missing: Vec<_> = told.published.keys().filter(|id| !rows.contains_key(id)).collect();
        assert!(missing.is_empty(), "{tag}: {missing:?}");
        for (id, row) in &rows {
            let ours = told.ever.get(id).unwrap_or_else(|| panic!("{tag} {id} was never told"));
            assert_eq!(differing(row, ours), [""; 0], "{tag} {id}");
        }
    }
}

fn count(rows: &[Rows], tag: Tag) -> usize {
    rows.get(tag.index()).map_or(0, Rows::len)
}

/// The names of the facilities that the client complains about, while it takes them all the same.
fn complaints(told: &str) -> BTreeSet<&str> {
    let lines = told.lines().filter_map(|line| line.split_once("Failed to clean "));
    lines
        .map(|(tag, rest)| {
            assert_eq!(tag, "[fac] ", "{rest}");
            let (facility, why) = rest.rsplit_once(": {").expect("a facility and a reason");
            assert!(why.starts_with("'available_voltage_services': ['Invalid value: "), "{rest}");
            facility.trim_start_matches("Facility ")
        })
        .collect()
}

#[tokio::test]
async fn a_lifelike_directory_is_copied_from_its_dump_files() {
    let now = Time::parse("2026-06-01").expect("a date");
    let mut directory = demo::generate(Scale::Small, 7, now);
    for tag in LEAVES {
        directory.records[tag.index()].retain(|record| record.id() % 4 == 0);
    }
    let people = directory.people.clone();
    let mut world = World::holding(directory, now);
    world.recount();
    let site = Site::serve(Kind::Sqlite, world, people).await;
    let Some(client) = Client::of(&site, First::Dumps) else { return };

    let log = client.sync("--verbose");
    assert_same(&site, &client, None).await;
    // Facilities on campuses that wait for approval: these are in no list.
    assert!(log.contains("Fetching dangling relationship Campus"));
    // A value that is newer than the client is the only thing that it does not find valid.
    let facilities = told(&site, None, Tag::Fac).await.published;
    let newer = facilities.values().filter(|fac| has_unknown_voltage(fac));
    let newer: BTreeSet<&str> = newer.filter_map(|fac| fac["name"].as_str()).collect();
    assert!(!newer.is_empty());
    assert_eq!(complaints(&log), newer);

    let rows = client.all_rows().await;
    for tag in Tag::ALL {
        let asked = log.contains(&format!("[{tag}] {}/{tag}-0.json", site.url()));
        assert!(asked, "{tag} did not come from its dump file");
        assert!(count(&rows, tag) >= told(&site, None, tag).await.published.len(), "{tag}");
    }
}

async fn a_copy_made_through_the_api_follows_changes(kind: Kind) {
    let mut site = Site::of(kind, world()).await;
    let Some(client) = Client::of(&site, First::Api) else { return };
    let log = client.sync("");
    for tag in Tag::ALL {
        assert!(log.contains(&format!("[{tag}] Fetching from API")), "{tag}: {log}");
    }
    assert_same(&site, &client, None).await;
    let first = client.all_rows().await;
    let counts: Vec<usize> = Tag::ALL.into_iter().map(|tag| count(&first, tag)).collect();
    let published =
        |tag: Tag| site.world.of(tag).iter().filter(|record| record.status() == model::Status::Ok);
    for tag in Tag::ALL {
        let expected = match tag {
            // The other two are not public.
            Tag::Poc => 1,
            tag => published(tag).count(),
        };
        assert_eq!(counts[tag.index()], expected, "{tag}");
    }

    client.sync("");
    for (rows, former) in client.all_rows().await.iter().zip(&first) {
        assert_eq!(rows, former, "a second run changes nothing");
    }

    change_in_every_way(&mut site).await;
    client.sync("");
    assert_same(&site, &client, None).await;
    let org = client.rows(Tag::Org).await;
    assert_eq!((&org[&200]["name"], &org[&100]["name"]), (&json!("Org One"), &json!("Org Uno")));
    let ports = client.rows(Tag::Netixlan).await;
    assert_eq!(ports[&82]["status"], "deleted");
    let net = client.rows(Tag::Net).await;
    assert_eq!((&net[&11]["status"], &net[&12]["asn"]), (&json!("deleted"), &json!(64498)));
    let shown = client.succeed("get net12 --output-format json").stdout;
    let shown: Json = serde_json::from_str(&shown).expect("JSON");
    assert_eq!((&shown["name"], &shown["org"]), (&json!("Net Three"), &json!(200)));

    // The two names have now changed places. Without the run in between the client would go round in circles between
    // the two rows, since it holds both names when it asks for either.
    site.change(|world| {
        world.change(Tag::Org, 100, json!({ "name": "Org Two" }));
    })
    .await;
    client.sync("");
    assert_same(&site, &client, None).await;
    assert_eq!(client.rows(Tag::Org).await[&100]["name"], "Org Two");
}

/// A new network with a port, a network that is deleted with its port, and a name that moves to another
/// organization, whose row comes first because the former owner of the name was touched once more.
async fn change_in_every_way(site: &mut Site) {
    site.change(|world| {
        world.change(Tag::Org, 100, json!({ "name": "Org Uno" }));
    })
    .await;
    site.change(|world| {
        world.change(Tag::Org, 200, json!({ "name": "Org One" }));
    })
    .await;
    site.change(|world| {
        world.change(Tag::Org, 100, json!({ "aka": "One" }));
        world.delete(Tag::Netixlan, 82).delete(Tag::Net, 11);
        world.add(Tag::Net, 12, json!({ "org_id": 200, "name": "Net Three", "asn": 64498 }));
        let port =
            json!({ "net_id": 12, "ixlan_id": 12, "asn": 64498, "speed": 100, "ipaddr4": "198.51.100.12" });
        world.add(Tag::Netixlan, 83, port);
    })
    .await;
}

#[tokio::test]
async fn what_registered_users_see_arrives_with_a_key() {
    let mut site = Site::of(Kind::Sqlite, world()).await;
    site.change(|world| {
        world.change(Tag::Ixlan, 12, json!({ "ixf_ixp_member_list_url_visible": "Users" }));
    })
    .await;
    let Some(client) = Client::of(&site, First::Dumps) else { return };
    client.sync("");
    assert_eq!(client.rows(Tag::Poc).await.keys().copied().collect::<Vec<u64>>(), [71]);
    let feed = |rows: &Rows| rows[&12]["ixf_ixp_member_list_url"].clone();
    assert_eq!(feed(&client.rows(Tag::Ixlan).await), Json::Null);

    client.configure(&site, First::Dumps, Caller::Plain.key().expect("a key"));
    let log = client.sync("--fetch-private");
    assert!(log.contains("[poc] Fetching from API (private)"), "{log}");
    assert_same(&site, &client, Some(Caller::Plain)).await;
    let contacts = client.rows(Tag::Poc).await;
    assert_eq!(contacts.keys().copied().collect::<Vec<u64>>(), [71, 72]);
    assert_eq!(contacts[&72]["email"], "noc@one.example");
    assert_eq!(feed(&client.rows(Tag::Ixlan).await), "https://two.example/members.json");

    site.change(|world| {
        world.change(Tag::Poc, 72, json!({ "phone": "+12065550199" })).delete(Tag::Poc, 71);
    })
    .await;
    client.sync("--fetch-private");
    let contacts = client.rows(Tag::Poc).await;
    assert_eq!(contacts[&72]["phone"], "+12065550199");
    assert_eq!(contacts[&71]["status"], "deleted");
}
