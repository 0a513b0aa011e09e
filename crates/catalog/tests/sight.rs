//! What readers learn of records that are closed to them: nothing, whichever way they ask.

use catalog::query::Params;
use catalog::render::{Renderer, Shape};
use catalog::{Query, Snapshot};
use model::Tag;
use model::access::{RuleSet, Viewer, Who};
use testkit::World;

/// Somebody who reads everything but what is below a namespace.
fn reader_without(namespace: &str) -> Viewer {
    let rules = RuleSet::new([("peeringdb.organization", 1), (namespace, 0)]);
    Viewer::new(Who::Anonymous, false, rules)
}

fn open() -> Viewer {
    Viewer::new(Who::Anonymous, false, RuleSet::new([("peeringdb.organization", 1)]))
}

fn ids(snapshot: &Snapshot, viewer: &Viewer, tag: Tag, name: &str, value: &str) -> Vec<u32> {
    let params = Params::new(vec![(name.to_owned(), value.to_owned())]);
    let query = Query::parse(snapshot, viewer, tag, None, &params).expect("a question");
    let rows = query.run(snapshot, viewer, None).expect("no page was asked for");
    rows.entries.iter().map(|entry| entry.record().id()).collect()
}

#[test]
fn a_closed_port_does_not_tell_whose_address_it_is() {
    let snapshot = World::small().snapshot();
    let closed = reader_without("peeringdb.organization.100.network.10.ixlan");
    let found = |viewer: &Viewer| ids(&snapshot, viewer, Tag::Net, "name_search", "192.0.2.10");
    assert_eq!((found(&open()), found(&closed)), (vec![10], vec![]));
}

#[test]
fn a_closed_prefix_does_not_tell_whose_lan_it_is() {
    let snapshot = World::small().snapshot();
    let closed = reader_without("peeringdb.organization.100.internetexchange.11.prefix");
    let found = |viewer: &Viewer| ids(&snapshot, viewer, Tag::Ix, "name_search", "192.0.2.77");
    assert_eq!((found(&open()), found(&closed)), (vec![11], vec![]));
}

#[test]
fn a_closed_link_does_not_show_in_the_sets_that_it_makes() {
    let snapshot = World::small().snapshot();
    let closed = reader_without("peeringdb.organization.100.internetexchange.11.ixfac");
    let facilities = |viewer: &Viewer| {
        let fields = ["fac_set".to_owned()];
        let shape = Shape { depth: 1, fields: Some(&fields), ..Shape::default() };
        let mut out = String::new();
        let ix = snapshot.entry(Tag::Ix, 11).expect("an exchange");
        Renderer::new(&snapshot, viewer, &shape).list(std::iter::once(&**ix), &mut out);
        out
    };
    assert!(facilities(&open()).contains("\"fac_set\": [41]"), "{}", facilities(&open()));
    assert!(facilities(&closed).contains("\"fac_set\": []"), "{}", facilities(&closed));
}

#[test]
fn long_lists_of_operands_mean_what_short_ones_mean() {
    let snapshot = World::small().snapshot();
    for (tag, name, values) in [
        (Tag::Fac, "address1__in", ["HAUPTSTRASSE 1", "Hauptstraße 1"]),
        (Tag::Net, "aka__in", ["test", "TËST"]),
        (Tag::Netixlan, "speed__in", ["1000", " 1000 "]),
        (Tag::Fac, "latitude__in", ["52.52", "52.520000"]),
    ] {
        for value in values {
            let short = ids(&snapshot, &open(), tag, name, value);
            let others: Vec<String> = (1..=9).map(|n| format!("{}", n * 7)).collect();
            let long = format!("{},{value},{value},{}", others.join(","), others.join(","));
            assert_eq!(ids(&snapshot, &open(), tag, name, &long), short, "{name}={value}");
            assert_eq!(short.len(), 1, "{name}={value}");
        }
    }
}
