//! The filter language of the catalog: held against a naive evaluator, and covered key by key.

mod coverage;
mod naive;
mod questions;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use catalog::query::Params;
use catalog::{Query, Snapshot};
use model::access::{RuleSet, Viewer, Who};
use model::{AnyRecord, Kind, Tag, Time, Value};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use testkit::World;

use naive::{Answer, Lists, Unusable};
use questions::plans;

/// Random questions per directory and run.
const CASES: u32 = 400;

/// A directory as the catalog holds it, and as a pile of JSON that a viewer may read.
struct Both {
    snapshot: Snapshot,
    viewer: Viewer,
    lists: Lists,
}

impl Both {
    fn of(snapshot: Snapshot, viewer: Viewer) -> Both {
        let lists = Lists::of_snapshot(&snapshot, &viewer);
        Both { snapshot, viewer, lists }
    }
}

/// Somebody without a credential.
fn guest() -> Viewer {
    let feed = "peeringdb.organization.*.internetexchange.*.ixf_ixp_member_list_url.public";
    Viewer::new(Who::Anonymous, false, RuleSet::new([("peeringdb.organization", 1), (feed, 1)]))
}

/// The small hand-made directory, with some of its records deleted.
static SMALL: LazyLock<Both> = LazyLock::new(|| {
    let mut world = World::small();
    world.delete(Tag::Netixlan, 82).delete(Tag::Poc, 72).delete(Tag::Ixpfx, 33);
    Both::of(world.recount().snapshot(), Viewer::superuser())
});

/// A lifelike directory, with some logos. JSON has whole seconds, so the records get whole seconds too.
static LIFELIKE: LazyLock<Both> = LazyLock::new(|| {
    let now = Time::parse("2026-06-01T12:00:00Z").expect("a time");
    let directory = demo::generate(demo::Scale::Small, 7, now);
    let records = directory.records.into_iter().flatten().map(in_whole_seconds).map(with_logo);
    Both::of(Snapshot::build("https://directory.example/m/", records, 1), Viewer::superuser())
});

/// The same through the eyes of somebody without a credential.
static PUBLIC: LazyLock<Both> = LazyLock::new(|| Both::of(LIFELIKE.snapshot.clone(), guest()));

/// The same through the eyes of somebody from whom every third organization is kept, with all that it owns.
static PARTIAL: LazyLock<Both> = LazyLock::new(|| {
    let kept = LIFELIKE.snapshot.entries(Tag::Org).map(|org| org.record().id()).filter(|id| id % 3 == 0);
    let kept: Vec<String> = kept.map(|id| format!("peeringdb.organization.{id}")).collect();
    let rows = kept.iter().map(|namespace| (namespace.as_str(), 0));
    let rules = RuleSet::new(rows.chain([("peeringdb.organization", 1)]));
    Both::of(LIFELIKE.snapshot.clone(), Viewer::new(Who::Anonymous, false, rules))
});

fn in_whole_seconds(mut record: AnyRecord) -> AnyRecord {
    let table = record.tag().table();
    for (position, _) in table.stored().filter(|(_, field)| field.kind == Kind::Time) {
        if let Value::Time(time) = record.get(position) {
            record.put(position, Value::Time(Time::from_unix(time.unix()))).expect("a time is a time");
        }
    }
    record
}

/// Gives every second record that can have a logo one.
fn with_logo(mut record: AnyRecord) -> AnyRecord {
    let position = record.tag().table().position("logo").filter(|_| record.id().is_multiple_of(2));
    if let Some(position) = position {
        let path = format!("logos_user_supplied/{}-{}.png", record.tag(), record.id());
        record.put(position, Value::Text(path.into())).expect("a logo is a text");
    }
    record
}

/// What the catalog answers, in the words of the naive evaluator.
fn catalog_answer(both: &Both, tag: Tag, params: &[(String, String)]) -> Result<Answer, Unusable> {
    let params = Params::new(params.to_vec());
    let query = Query::parse(&both.snapshot, &both.viewer, tag, None, &params).map_err(|_| Unusable)?;
    let rows = query.run(&both.snapshot, &both.viewer, None).expect("no page was asked for");
    let ids = rows.entries.iter().map(|entry| u64::from(entry.record().id())).collect();
    Ok(Answer { ids, ignored: query.ignored })
}

fn check(both: &Both, plan: &questions::Plan) -> TestCaseResult {
    let (tag, params) = plan.question(&both.lists);
    let naive = naive::answer(&both.lists, tag, &params);
    let indexed = catalog_answer(both, tag, &params);
    prop_assert_eq!(indexed, naive, "{} {:?}", tag, params);
    Ok(())
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn answers_agree_with_the_naive_evaluator_on_a_small_directory(plan in plans()) {
        check(&SMALL, &plan)?;
    }

    #[test]
    fn answers_agree_with_the_naive_evaluator_on_a_lifelike_directory(plan in plans()) {
        check(&LIFELIKE, &plan)?;
    }

    #[test]
    fn answers_agree_with_the_naive_evaluator_for_a_reader_who_sees_less(plan in plans()) {
        check(&PUBLIC, &plan)?;
    }

    #[test]
    fn answers_agree_with_the_naive_evaluator_for_a_reader_who_may_not_see_every_organization(plan in plans()) {
        check(&PARTIAL, &plan)?;
    }
}

/// A property over questions that all have empty answers would prove nothing.
#[test]
fn random_questions_have_answers_of_every_kind() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let (mut kinds, mut full) = (BTreeSet::new(), 0);
    for _ in 0..CASES {
        let plan = plans().new_tree(&mut runner).expect("a plan").current();
        let (tag, params) = plan.question(&LIFELIKE.lists);
        kinds.insert(match naive::answer(&LIFELIKE.lists, tag, &params) {
            Err(Unusable) => "an error",
            Ok(Answer { ignored, .. }) if !ignored.is_empty() => "something ignored",
            Ok(Answer { ids, .. }) if ids.is_empty() => "no row",
            Ok(_) => {
                full += 1;
                "rows"
            }
        });
    }
    assert_eq!(kinds.len(), 4, "{kinds:?}");
    assert!(full * 10 > CASES, "only {full} of {CASES} questions have rows in their answer");
}

#[test]
fn as_sets_are_those_of_the_networks_that_the_reader_may_see() {
    let of =
        |both: &Both| -> BTreeSet<u32> { both.snapshot.as_sets(&both.viewer).map(|(asn, _)| asn).collect() };
    let kept = |asn: &u32| match PARTIAL.snapshot.net_by_asn(*asn) {
        Some(AnyRecord::Net(net)) => net.org_id % 3 == 0,
        _ => panic!("AS{asn} is not there"),
    };
    let all = of(&Both::of(LIFELIKE.snapshot.clone(), guest()));
    assert!(all.iter().any(kept));
    assert_eq!(of(&PARTIAL), all.into_iter().filter(|asn| !kept(asn)).collect());
}
