//! Sizes, skew and variety.

use model::{Status, Tag};

use super::*;

/// Published records of the full scale.
const FULL: [(Tag, usize); 13] = [
    (Tag::Org, 34_000),
    (Tag::Campus, 250),
    (Tag::Fac, 6_000),
    (Tag::Ix, 1_300),
    (Tag::Ixlan, 1_300),
    (Tag::Ixpfx, 2_470),
    (Tag::Net, 34_000),
    (Tag::Poc, 30_000),
    (Tag::Carrier, 1_200),
    (Tag::Carrierfac, 9_000),
    (Tag::Netfac, 62_000),
    (Tag::Ixfac, 9_000),
    (Tag::Netixlan, 70_000),
];

fn near(count: usize, wanted: usize, what: &str) {
    // A tenth, and a few for the smallest types.
    let slack = wanted / 10 + 3;
    assert!(count.abs_diff(wanted) <= slack, "{count} {what}, not about {wanted}");
}

fn sizes_hold(directory: &Directory, fraction: usize) {
    for (tag, wanted) in FULL {
        let count = live(directory, tag);
        near(count, wanted / fraction, tag.as_str());
        near(of_status(directory, tag, Status::Deleted), count * 2 / 5, tag.as_str());
    }
    for tag in [Tag::Org, Tag::Campus, Tag::Fac, Tag::Ix, Tag::Carrier] {
        assert!(of_status(directory, tag, Status::Pending) >= 2, "{tag}");
    }
}

#[test]
fn sizes_follow_the_real_world() {
    sizes_hold(&SMALL, 40);
    sizes_hold(&MEDIUM, 10);
}

/// Values of a counter over published records, largest first.
fn counters(directory: &Directory, tag: Tag, field: &str) -> Vec<i64> {
    let live = directory.of(tag).iter().filter(|record| record.status() == Status::Ok);
    let mut counts: Vec<i64> = live.filter_map(|record| record.value(field).as_int()).collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    counts
}

#[test]
fn the_full_scale_has_the_size_and_skew_of_the_real_world() {
    sizes_hold(&LARGE, 1);
    let members = counters(&LARGE, Tag::Ix, "net_count");
    let giants = members.iter().filter(|count| **count > 1_500).count();
    assert!((3..10).contains(&giants), "{:?}", &members[..10]);
    assert!(members[members.len() / 2] < 30);
    for field in ["ix_count", "fac_count"] {
        let counts = counters(&LARGE, Tag::Net, field);
        assert!(counts[4] >= 200, "{field} {:?}", &counts[..5]);
        assert!(counts[counts.len() / 2] <= 3, "{field}");
    }
    let in_facs = counters(&LARGE, Tag::Fac, "net_count");
    assert!(in_facs[0] > 300 && in_facs[in_facs.len() / 2] < 15, "{:?}", &in_facs[..3]);
}

#[test]
fn the_small_scale_has_the_same_skew() {
    let members = counters(&SMALL, Tag::Ix, "net_count");
    assert!((100..150).contains(&members[0]), "{}", members[0]);
    let exchanges = counters(&SMALL, Tag::Net, "ix_count");
    assert!(exchanges[0] as usize * 2 > live(&SMALL, Tag::Ix), "one network is at most exchanges");
    assert!(exchanges[exchanges.len() / 2] <= 2);
}

#[test]
fn the_networks_that_are_everywhere_have_numbers_for_documentation() {
    let first = nets(&SMALL).find(|net| net.asn.0 == 64_496).expect("there");
    assert_eq!(first.status, Status::Ok);
    assert!(first.ix_count as usize * 2 > live(&SMALL, Tag::Ix));
}

#[test]
fn names_come_in_many_scripts() {
    let scripts: [(&str, std::ops::RangeInclusive<char>); 11] = [
        ("accents", 'À'..='ž'),
        ("Greek", 'Α'..='ω'),
        ("Cyrillic", 'А'..='я'),
        ("Hebrew", 'א'..='ת'),
        ("Arabic", 'ا'..='ي'),
        ("Devanagari", 'अ'..='ह'),
        ("Thai", 'ก'..='ฮ'),
        ("Vietnamese", 'ạ'..='ỹ'),
        ("kana", 'ァ'..='ヺ'),
        ("Han", '一'..='鿿'),
        ("Hangul", '가'..='힣'),
    ];
    for (script, letters) in scripts {
        let written = |record: &AnyRecord| text(record, "name").chars().any(|c| letters.contains(&c));
        for tag in [Tag::Org, Tag::Net] {
            assert!(MEDIUM.of(tag).iter().any(written), "{tag} {script}");
        }
        let all = Tag::ALL.iter().flat_map(|tag| SMALL.of(*tag));
        let named = |record: &AnyRecord| {
            ["name", "aka", "name_long", "city"].iter().any(|field| {
                matches!(record.value(field), model::Value::Text(text) if text.chars().any(|c| letters.contains(&c)))
            })
        };
        assert!(all.into_iter().any(named), "{script} in the small scale");
    }
}

#[test]
fn numbered_names_are_rare() {
    let orgs = orgs(&MEDIUM).filter(|org| org.name.ends_with(|c: char| c.is_ascii_digit())).count();
    assert!(orgs * 20 < MEDIUM.of(Tag::Org).len(), "{orgs}");
}

#[test]
fn notes_are_of_every_length() {
    let lengths: Vec<usize> = nets(&MEDIUM).map(|net| net.notes.len()).filter(|length| *length > 0).collect();
    assert!(lengths.len() * 5 > nets(&MEDIUM).count());
    assert!(lengths.iter().any(|length| *length < 60) && lengths.iter().any(|length| *length > 1_000));
    assert!(nets(&MEDIUM).any(|net| net.notes.contains("## ") && net.notes.contains("\n* ")));
}

#[test]
fn enumerations_are_used_to_the_full() {
    let fields = [
        (Tag::Net, "info_traffic"),
        (Tag::Net, "info_ratio"),
        (Tag::Net, "info_scope"),
        (Tag::Net, "policy_general"),
        (Tag::Net, "policy_locations"),
        (Tag::Net, "policy_contracts"),
        (Tag::Poc, "role"),
        (Tag::Poc, "visible"),
        (Tag::Fac, "property"),
        (Tag::Fac, "region_continent"),
    ];
    for (tag, name) in fields {
        let model::Kind::Choice(choices) = tag.table().field(name).expect("declared").kind else {
            panic!("{tag}.{name}")
        };
        for choice in choices {
            assert!(
                LARGE.of(tag).iter().any(|record| text(record, name) == *choice),
                "{tag}.{name} {choice:?}"
            );
        }
    }
    let types = nets(&LARGE).fold(0, |all, net| all | net.info_types.0);
    assert_eq!(types, (1 << model::choices::NET_TYPES.len()) - 1);
}

#[test]
fn flags_are_set_at_plausible_rates() {
    let live: Vec<&Netixlan> = netixlans(&MEDIUM).filter(|port| port.status == Status::Ok).collect();
    let share = |flag: fn(&Netixlan) -> bool| {
        live.iter().filter(|port| flag(port)).count() as f64 / live.len() as f64
    };
    assert!((0.3..0.6).contains(&share(|port| port.is_rs_peer)));
    assert!((0.9..0.99).contains(&share(|port| port.operational)));
    assert!((0.02..0.12).contains(&share(|port| port.bfd_support)));
    assert!((0.6..0.9).contains(&share(|port| port.ipaddr6.is_some())));
}
