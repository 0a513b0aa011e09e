//! Ids, references, uniqueness, statuses and times.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use model::{Kind, Status, Tag, Value, collate};

use super::*;

#[test]
fn the_same_seed_gives_the_same_directory() {
    assert_eq!(*SMALL, generate(Scale::Small, 1, NOW));
    assert_ne!(*SMALL, generate(Scale::Small, 2, NOW));
    let later = Time(NOW.0 + 1);
    assert_ne!(*SMALL, generate(Scale::Small, 1, later));
}

#[test]
fn any_seed_and_any_time_will_do() {
    for seed in [0, 3, u64::MAX] {
        let directory = generate(Scale::Small, seed, NOW);
        assert_eq!(live(&directory, Tag::Net), 850, "seed {seed}");
    }
    for seconds in [0, 1_000_000_000, 1_100_000_000, 4_000_000_000] {
        let now = Time::from_unix(seconds);
        let directory = generate(Scale::Small, 1, now);
        times_hold(&directory, now);
    }
}

#[test]
fn ids_ascend_and_start_at_one() {
    for directory in both() {
        for tag in Tag::ALL {
            let ids: Vec<u32> = directory.of(tag).iter().map(|record| record.id()).collect();
            assert!(ids[0] >= 1 && ids.windows(2).all(|pair| pair[0] < pair[1]), "{tag}");
        }
    }
}

#[test]
fn references_lead_somewhere() {
    for directory in both() {
        for tag in Tag::ALL {
            for (position, field) in tag.table().stored() {
                let Kind::Ref(target) = field.kind else { continue };
                let targets = by_id(directory, target);
                for record in directory.of(tag) {
                    match record.get(position) {
                        Value::Null => assert!(field.null),
                        Value::Int(id) => assert!(targets.contains_key(&(id as u32)), "{tag}.{}", field.name),
                        other => panic!("{tag}.{}: {other:?}", field.name),
                    }
                }
            }
        }
    }
}

/// References that make a record part of another. A campus and the sides of a port do not.
const PARENTS: &[(Tag, &str)] = &[
    (Tag::Campus, "org_id"),
    (Tag::Fac, "org_id"),
    (Tag::Ix, "org_id"),
    (Tag::Ixlan, "ix_id"),
    (Tag::Ixpfx, "ixlan_id"),
    (Tag::Net, "org_id"),
    (Tag::Poc, "net_id"),
    (Tag::Carrier, "org_id"),
    (Tag::Carrierfac, "carrier_id"),
    (Tag::Carrierfac, "fac_id"),
    (Tag::Netfac, "net_id"),
    (Tag::Netfac, "fac_id"),
    (Tag::Ixfac, "ix_id"),
    (Tag::Ixfac, "fac_id"),
    (Tag::Netixlan, "net_id"),
    (Tag::Netixlan, "ixlan_id"),
];

#[test]
fn children_live_only_under_living_parents() {
    for directory in both() {
        for (tag, reference) in PARENTS {
            let Kind::Ref(target) = tag.table().field(reference).expect("declared").kind else {
                panic!("{tag}.{reference}")
            };
            let parents = by_id(directory, target);
            for record in directory.of(*tag) {
                let parent = parents[&record.reference(reference).expect("set")];
                let allowed: &[Status] = match parent.status() {
                    Status::Ok => &[Status::Ok, Status::Pending, Status::Deleted],
                    Status::Pending => &[Status::Pending, Status::Deleted],
                    Status::Deleted => &[Status::Deleted],
                };
                assert!(allowed.contains(&record.status()), "{tag} {} under {target}", record.id());
                assert!(
                    record.created() >= parent.created(),
                    "{tag} {} is older than its parent",
                    record.id()
                );
                if parent.status() == Status::Deleted {
                    assert!(
                        record.updated() <= parent.updated(),
                        "{tag} {} outlived its parent",
                        record.id()
                    );
                }
            }
        }
    }
}

fn unique<K: Eq + Hash + std::fmt::Debug + Clone>(what: &str, keys: impl IntoIterator<Item = K>) {
    let mut seen = HashSet::new();
    for key in keys {
        assert!(seen.insert(key.clone()), "{what} {key:?} occurs twice");
    }
}

#[test]
fn unique_fields_are_unique_deleted_records_included() {
    for directory in both() {
        for tag in [Tag::Org, Tag::Net, Tag::Fac, Tag::Ix, Tag::Carrier, Tag::Campus] {
            let names = directory.of(tag).iter().map(|record| collate::key(&text(record, "name")));
            unique(tag.as_str(), names);
        }
        unique("asn", nets(directory).map(|net| net.asn));
        unique("prefix", ixpfxs(directory).map(|row| row.prefix));
        unique("ipaddr4", netixlans(directory).filter_map(|port| port.ipaddr4));
        unique("ipaddr6", netixlans(directory).filter_map(|port| port.ipaddr6));
        unique("arp_sponge", ixlans(directory).filter_map(|lan| lan.arp_sponge.as_deref()));
        for (tag, one, other) in [
            (Tag::Netfac, "net_id", "fac_id"),
            (Tag::Ixfac, "ix_id", "fac_id"),
            (Tag::Carrierfac, "carrier_id", "fac_id"),
        ] {
            let pairs =
                directory.of(tag).iter().map(|record| (record.reference(one), record.reference(other)));
            unique(tag.as_str(), pairs);
        }
    }
}

fn times_hold(directory: &Directory, now: Time) {
    let mut newest = Time(i64::MIN);
    for tag in Tag::ALL {
        for record in directory.of(tag) {
            assert!(record.created() <= record.updated() && record.updated() <= now, "{tag} {}", record.id());
            assert!(record.value("version").as_int().is_some_and(|version| version >= 1));
            newest = newest.max(record.updated());
            for (position, field) in tag.table().stored() {
                if let Value::Time(time) = record.get(position) {
                    assert!(
                        time <= now && time >= Time(now.0.min(1_090_972_800_000_000) - 400 * 86_400_000_000)
                    );
                    assert_eq!(field.kind, Kind::Time);
                }
            }
        }
    }
    assert_eq!(newest, now, "the newest record carries the time of the directory");
}

#[test]
fn times_are_in_order() {
    for directory in both() {
        times_hold(directory, NOW);
    }
}

#[test]
fn recent_times_are_denser_and_have_microseconds() {
    let created: Vec<i64> =
        Tag::ALL.iter().flat_map(|tag| MEDIUM.of(*tag)).map(|record| record.created().0).collect();
    let start = Time::parse("2004-01-01").expect("a date").0;
    let middle = start + (NOW.0 - start) / 2;
    let late = created.iter().filter(|time| **time > middle).count();
    assert!(late * 3 > created.len() * 2, "{late} of {} are of the later half", created.len());
    assert!(created.iter().min().is_some_and(|time| *time < start + (NOW.0 - start) / 10));
    let fractions: HashSet<i64> = created.iter().map(|time| time % Time::SECOND).collect();
    assert!(fractions.len() * 2 > created.len());
}

#[test]
fn deleted_contacts_are_not_yet_due_for_purging() {
    for directory in both() {
        let month = 30 * 86_400 * Time::SECOND;
        for contact in pocs(directory).filter(|contact| contact.status == Status::Deleted) {
            assert!(contact.updated.0 > NOW.0 - month, "contact {}", contact.id);
        }
    }
}

#[test]
fn a_lan_belongs_to_the_exchange_of_its_id() {
    for directory in both() {
        let exchanges: HashMap<u32, Status> = ixes(directory).map(|ix| (ix.id, ix.status)).collect();
        assert_eq!(exchanges.len(), ixlans(directory).count());
        for lan in ixlans(directory) {
            assert_eq!((lan.id, Some(&lan.status)), (lan.ix_id, exchanges.get(&lan.id)));
        }
    }
}
