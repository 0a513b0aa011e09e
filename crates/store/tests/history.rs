//! The log read backwards, on both kinds of databases.

use model::records::{Net, Org, Poc};
use model::{AnyRecord, Asn, Tag, Time};
use store::Store;
use store::change::{Actor, ActorKind, ChangeSet, Header, Origin, RowChange};
use store::history::{Place, State, Step};
use testkit::{Bench, Kind, on_both_databases};

on_both_databases! {
    steps_are_told_newest_first_with_what_was_before
    versions_are_those_of_their_change
    parents_that_were_left_are_remembered
    moments_lead_to_changes
}

fn org(id: u32) -> RowChange {
    RowChange::Put(Org { id, name: format!("Org {id}").into(), ..Org::default() }.into())
}

fn net(org_id: u32, name: &str) -> RowChange {
    RowChange::Put(Net { id: 7, org_id, asn: Asn(64496), name: name.into(), ..Net::default() }.into())
}

fn poc(email: &str) -> RowChange {
    RowChange::Put(Poc { id: 3, net_id: 7, email: email.into(), ..Poc::default() }.into())
}

/// A directory after five changes, ten microseconds apart.
async fn store(bench: &Bench) -> Store {
    let store = bench.store("a.db").await;
    let actor = Actor { kind: ActorKind::User, id: Some(9), name: Some("ada".into()), address: None };
    let changes = [
        vec![org(1), org(2), net(1, "a"), poc("a@x.example")],
        vec![net(1, "b")],
        vec![poc("b@x.example"), net(2, "b")],
        vec![RowChange::Purge { tag: Tag::Poc, id: 3 }],
        vec![org(2)],
    ];
    for (n, rows) in (1..).zip(changes) {
        let header =
            Header { at: Time(10 * n), actor: actor.clone(), origin: Origin::Web, command_id: n.to_string() };
        store.commit(&ChangeSet { header, rows }).await.expect("a commit");
    }
    store
}

fn emails(step: &Step) -> [Option<String>; 2] {
    let email = |state: Option<&State>| {
        let record = state.and_then(State::record)?;
        Some(record.value("email").as_text().expect("a text").to_owned())
    };
    [email(step.before.as_ref()), email(Some(&step.after))]
}

async fn steps_are_told_newest_first_with_what_was_before(kind: Kind) {
    let bench = Bench::new(kind);
    let store = store(&bench).await;
    let mut reader = store.reader().await.expect("a reader");
    let contacts = [(Tag::Poc, vec![3, 99])];
    let steps = reader.steps(&contacts, Place::behind(100), 10).await.expect("steps");
    let places: Vec<(u64, u64)> = steps.iter().map(|step| (step.place.seq, step.place.row)).collect();
    assert_eq!(places, [(4, 1), (3, 1), (1, 4)]);
    let text = |text: &str| Some(text.to_owned());
    // Purging erased what was personal, in all former states.
    assert_eq!(emails(&steps[0]), [text(""), None]);
    assert_eq!(emails(&steps[1]), [text(""), text("")]);
    assert_eq!(emails(&steps[2]), [None, text("")]);
    assert_eq!((&steps[0].after, &steps[2].before), (&State::Purged, &None));
    assert_eq!((steps[0].header.at, steps[0].header.actor.name.as_deref()), (Time(40), Some("ada")));

    let all = [(Tag::Net, vec![7]), (Tag::Poc, vec![3])];
    let mut before = Place::behind(100);
    let mut found = Vec::new();
    loop {
        let page = reader.steps(&all, before, 2).await.expect("steps");
        let Some(last) = page.last() else { break };
        before = last.place;
        found.extend(page.iter().map(|step| (step.place.seq, step.tag)));
    }
    let (net, poc) = (Tag::Net, Tag::Poc);
    assert_eq!(found, [(4, poc), (3, net), (3, poc), (2, net), (1, poc), (1, net)]);
}

async fn versions_are_those_of_their_change(kind: Kind) {
    let bench = Bench::new(kind);
    let store = store(&bench).await;
    let mut reader = store.reader().await.expect("a reader");
    let wanted = [(Tag::Net, 7, 1), (Tag::Net, 7, 2), (Tag::Poc, 3, 2), (Tag::Poc, 3, 9), (Tag::Org, 5, 9)];
    let versions = reader.versions(&wanted).await.expect("versions");
    let name =
        |seq| versions.at(Tag::Net, 7, seq).and_then(State::record).map(|net| net.value("name").into_owned());
    assert_eq!((name(1), name(2)), (Some(model::Value::text("a")), Some(model::Value::text("b"))));
    let contact = versions.at(Tag::Poc, 3, 2).and_then(State::record).expect("a contact");
    assert!(matches!(contact, AnyRecord::Poc(poc) if poc.email.is_empty()), "it is purged by now");
    assert_eq!(versions.at(Tag::Poc, 3, 9), Some(&State::Purged));
    assert_eq!(versions.at(Tag::Org, 5, 9), None);
}

async fn parents_that_were_left_are_remembered(kind: Kind) {
    let bench = Bench::new(kind);
    let store = store(&bench).await;
    let mut reader = store.reader().await.expect("a reader");
    let left = reader.former_children(&[(Tag::Org, 1), (Tag::Org, 2)]).await.expect("children");
    assert_eq!(left, [(Tag::Net, 7)], "it left the first one only");
    assert_eq!(reader.former_children(&[(Tag::Org, 2)]).await.expect("children"), []);
    assert_eq!(reader.former_children(&[(Tag::Net, 7)]).await.expect("children"), [(Tag::Poc, 3)]);
}

async fn moments_lead_to_changes(kind: Kind) {
    let bench = Bench::new(kind);
    let store = store(&bench).await;
    let mut reader = store.reader().await.expect("a reader");
    for (moment, found) in
        [(9, None), (10, Some((1, Time(10)))), (39, Some((3, Time(30)))), (99, Some((5, Time(50))))]
    {
        assert_eq!(reader.change_at(Time(moment)).await.expect("an answer"), found, "{moment}");
    }
    assert_eq!(reader.log_begin().await.expect("an answer"), Some((1, Time(10))));
    let mut touched = reader.touched(2, 10).await.expect("an answer").expect("few");
    touched.sort_unstable();
    assert_eq!(touched, [(Tag::Org, 2), (Tag::Net, 7), (Tag::Poc, 3)]);
    assert_eq!(reader.touched(2, 3).await.expect("an answer"), None, "four rows are too many");
    assert_eq!(reader.touched_of(Tag::Net, 2).await.expect("an answer"), [7]);
    assert_eq!(reader.touched_of(Tag::Net, 3).await.expect("an answer"), [0; 0]);
}
