//! Whatever happened, nobody learns from the past what they could not read then, or cannot read now.
//!
//! Random histories are judged by an evaluator of its own, which knows the rules as sentences and looks at the JSON
//! of answers. Values are unique, so that a value tells where it comes from.

use std::collections::BTreeMap;

use model::{Tag, Time, Value};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};
use store::change::RowChange;
use testkit::{Caller, Kind};
use tokio::runtime::Builder;

use crate::Archive;

/// Random histories per run and kind of database.
const CASES: u32 = 6;

/// Callers whose sights differ.
const CALLERS: [Caller; 5] =
    [Caller::Anonymous, Caller::Unverified, Caller::Plain, Caller::Member, Caller::Superuser];

/// Contacts and LANs that things happen to.
const POCS: [u32; 3] = [71, 72, 73];
const LANS: [u32; 2] = [11, 12];
const ORGS: [u32; 2] = [100, 200];

#[derive(Clone, Copy, Debug)]
enum Event {
    /// A contact gets values, and is visible to these.
    Poc(usize, usize),
    /// A contact is deleted, or comes back.
    Toggle(usize),
    /// A contact goes for good.
    Purge(usize),
    /// The network of the contacts changes hands.
    MoveNet(usize),
    /// A LAN gets a feed, visible to these.
    Lan(usize, usize),
    /// An exchange changes hands.
    MoveIx(usize, usize),
}

const VISIBLE: [&str; 3] = ["Private", "Users", "Public"];

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        5 => (0..POCS.len(), 0..3usize).prop_map(|(poc, visible)| Event::Poc(poc, visible)),
        2 => (0..POCS.len()).prop_map(Event::Toggle),
        1 => (0..POCS.len()).prop_map(Event::Purge),
        2 => (0..2usize).prop_map(Event::MoveNet),
        4 => (0..LANS.len(), 0..3usize).prop_map(|(lan, visible)| Event::Lan(lan, visible)),
        1 => (0..LANS.len(), 0..2usize).prop_map(|(ix, org)| Event::MoveIx(ix, org)),
    ];
    prop::collection::vec(event, 3..9)
}

/// A record as the evaluator knows it: its stored values by name, as texts.
type Row = BTreeMap<&'static str, String>;
/// Records by type and id.
type State = BTreeMap<(Tag, u32), Row>;

/// What the directory holds now, of the types that matter here.
fn state(archive: &Archive) -> State {
    let snapshot = archive.site.app.snapshot();
    let entries = [Tag::Poc, Tag::Net, Tag::Ix, Tag::Ixlan].into_iter().flat_map(|tag| snapshot.entries(tag));
    let text = |value: Value<'_>| match value {
        Value::Int(n) => n.to_string(),
        other => other.as_text().unwrap_or_default().to_owned(),
    };
    entries
        .map(|entry| {
            let record = entry.record();
            let table = record.tag().table();
            let row = table.stored().map(|(at, field)| (field.name, text(record.get(at)))).collect();
            ((record.tag(), record.id()), row)
        })
        .collect()
}

/// The sentence of who sees what is visible to `Users`, `Public` or `Private` and belongs to an organization.
fn sees(caller: Caller, visible: &str, org: &str) -> bool {
    match caller {
        Caller::Superuser => true,
        Caller::Anonymous | Caller::Unverified => visible == "Public",
        Caller::Member => visible != "Private" || org == "100",
        _ => visible != "Private",
    }
}

/// Whether a caller could read a secret field in a state.
fn reads(caller: Caller, state: &State, tag: Tag, id: u32) -> bool {
    let Some(row) = state.get(&(tag, id)) else { return false };
    let (parent, via, visible) = match tag {
        Tag::Poc => (Tag::Net, "net_id", "visible"),
        _ => (Tag::Ix, "ix_id", "ixf_ixp_member_list_url_visible"),
    };
    let owner = &state[&(parent, row[via].parse().expect("an id"))]["org_id"];
    sees(caller, &row[visible], owner)
}

/// What a caller may be shown of a secret value at a past state: the value, nothing where there is none to be shown.
fn shown<'a>(
    caller: Caller,
    then: &'a State,
    now: &State,
    tag: Tag,
    id: u32,
    field: &str,
) -> Option<&'a str> {
    let is_secret = reads(caller, then, tag, id) && reads(caller, now, tag, id);
    let row = then.get(&(tag, id)).filter(|_| is_secret)?;
    let deleted = |state: &State| tag == Tag::Poc && state[&(tag, id)]["status"] == "deleted";
    Some(if deleted(then) || deleted(now) { "" } else { &row[field] })
}

/// A directory after a history.
struct Told {
    archive: Archive,
    /// The state after each change, from the first one; and its time.
    states: Vec<(State, String)>,
}

impl Told {
    async fn after(kind: Kind, events: &[Event]) -> Told {
        let archive = Archive::small(kind).await;
        let start = (state(&archive), crate::text(archive.now));
        let mut told = Told { archive, states: vec![start] };
        for (n, event) in events.iter().enumerate() {
            told.happen(n, *event).await;
        }
        told
    }

    async fn happen(&mut self, n: usize, event: Event) {
        let now = &self.states[self.states.len() - 1].0;
        let at = match event {
            Event::Poc(poc, visible) if now.contains_key(&(Tag::Poc, POCS[poc])) => {
                let fields = json!({ "email": format!("mail{n}@x.example"), "name": format!("Name{n}"),
                    "visible": VISIBLE[visible] });
                self.archive.put(Tag::Poc, POCS[poc], fields).await
            }
            Event::Toggle(poc) if now.contains_key(&(Tag::Poc, POCS[poc])) => {
                let deleted = now[&(Tag::Poc, POCS[poc])]["status"] == "deleted";
                let status = if deleted { "ok" } else { "deleted" };
                self.archive.put(Tag::Poc, POCS[poc], json!({ "status": status })).await
            }
            Event::Purge(poc) if now.contains_key(&(Tag::Poc, POCS[poc])) => {
                self.archive.commit(RowChange::Purge { tag: Tag::Poc, id: POCS[poc] }).await
            }
            Event::Poc(..) | Event::Toggle(_) | Event::Purge(_) => return,
            Event::MoveNet(org) => self.archive.put(Tag::Net, 10, json!({ "org_id": ORGS[org] })).await,
            Event::Lan(lan, visible) => {
                let fields = json!({ "ixf_ixp_member_list_url": format!("https://x.example/{n}"),
                    "ixf_ixp_member_list_url_visible": VISIBLE[visible] });
                self.archive.put(Tag::Ixlan, LANS[lan], fields).await
            }
            Event::MoveIx(ix, org) => {
                self.archive.put(Tag::Ix, LANS[ix], json!({ "org_id": ORGS[org] })).await
            }
        };
        let state = state(&self.archive);
        self.states.push((state, at));
    }

    fn now(&self) -> &State {
        &self.states[self.states.len() - 1].0
    }

    /// The state after a change; before the first one there was nothing.
    fn after_change(&self, seq: u64) -> State {
        let at = usize::try_from(seq).expect("small").checked_sub(1);
        at.map(|at| self.states[at].0.clone()).unwrap_or_default()
    }

    /// Holds each value of the entries of a history against what the caller may be shown.
    async fn check_history(&self, caller: Caller, path: &str) -> Result<(), String> {
        let reply = self.archive.get(caller, &format!("{path}?full=1&derived=1&limit=250")).await;
        if reply.code() != 200 {
            return Ok(());
        }
        for entry in reply.data() {
            let tag: Tag = entry["tag"].as_str().expect("a type").parse().expect("a type");
            let id = u32::try_from(entry["id"].as_u64().expect("an id")).expect("an id");
            let seq = entry["seq"].as_u64().expect("a number");
            for field in secrets(tag) {
                let sides = [(seq - 1, &entry["changes"][field][0]), (seq, &entry["changes"][field][1])];
                for (seq, value) in sides.into_iter().chain([(seq, &entry["record"][*field])]) {
                    self.judge(caller, value, seq, (tag, id, field))
                        .map_err(|why| format!("{path}: {why} {entry}"))?;
                }
            }
        }
        Ok(())
    }

    fn judge(&self, caller: Caller, value: &Json, seq: u64, what: (Tag, u32, &str)) -> Result<(), String> {
        let (tag, id, field) = what;
        let then = self.after_change(seq);
        let may = shown(caller, &then, self.now(), tag, id, field);
        match value.as_str() {
            Some(value) if may != Some(value) => Err(format!(
                "{caller:?} is told {value} of {tag} {id} after change {seq}, and may be told {may:?}"
            )),
            _ => Ok(()),
        }
    }

    /// Whether the views of a moment show what may be shown, and all of it.
    async fn check_view(&self, caller: Caller, at: usize) -> Result<(), String> {
        let (then, moment) = &self.states[at];
        let mut expected: Vec<(u32, &str)> = Vec::new();
        for id in POCS {
            let email = shown(caller, then, self.now(), Tag::Poc, id, "email");
            let is_live = then.get(&(Tag::Poc, id)).is_some_and(|row| row["status"] == "ok");
            let single = self.archive.get(caller, &format!("/api/poc/{id}?as_of={moment}")).await;
            match email.filter(|_| is_live) {
                Some(email) => {
                    expected.push((id, email));
                    same(&single.data()[0]["email"], email, &format!("poc {id} at {moment} for {caller:?}"))?;
                }
                None if single.code() == 200 => return Err(format!("poc {id} at {moment} for {caller:?}")),
                None => {}
            }
        }
        for id in LANS {
            let url = shown(caller, then, self.now(), Tag::Ixlan, id, "ixf_ixp_member_list_url");
            let lan =
                self.archive.get(caller, &format!("/api/ixlan/{id}?as_of={moment}")).await.data().remove(0);
            if lan.get("ixf_ixp_member_list_url").and_then(Json::as_str) != url {
                return Err(format!("ixlan {id} at {moment} for {caller:?}: {lan}, expected {url:?}"));
            }
        }
        if caller == Caller::Anonymous {
            return Ok(());
        }
        let list = self.archive.get(caller, &format!("/api/poc?as_of={moment}")).await.data();
        let found: Vec<(u32, &str)> = list.iter().map(|row| (id_of(row), text_of(&row["email"]))).collect();
        let net =
            self.archive.get(caller, &format!("/api/net/10?depth=2&as_of={moment}")).await.data().remove(0);
        let set = net["poc_set"].as_array().expect("a set");
        let in_set: Vec<(u32, &str)> = set.iter().map(|row| (id_of(row), text_of(&row["email"]))).collect();
        match found == expected && in_set == expected {
            true => Ok(()),
            false => Err(format!("{caller:?} at {moment}: {found:?} {in_set:?}, expected {expected:?}")),
        }
    }

    async fn check(&self) -> Result<(), String> {
        for caller in CALLERS {
            for id in POCS {
                self.check_history(caller, &format!("/api/poc/{id}/history")).await?;
            }
            for id in LANS {
                self.check_history(caller, &format!("/api/ixlan/{id}/history")).await?;
            }
            for org in ORGS {
                self.check_history(caller, &format!("/api/org/{org}/changes")).await?;
            }
            for at in 0..self.states.len() {
                self.check_view(caller, at).await?;
            }
        }
        Ok(())
    }
}

fn secrets(tag: Tag) -> &'static [&'static str] {
    match tag {
        Tag::Poc => &["name", "email", "phone", "url"],
        Tag::Ixlan => &["ixf_ixp_member_list_url"],
        _ => &[],
    }
}

fn id_of(row: &Json) -> u32 {
    row["id"].as_u64().and_then(|id| u32::try_from(id).ok()).expect("an id")
}

fn text_of(value: &Json) -> &str {
    value.as_str().expect("a text")
}

fn same(found: &Json, expected: &str, what: &str) -> Result<(), String> {
    if *found == *expected { Ok(()) } else { Err(format!("{what}: {found}, expected {expected}")) }
}

fn run(kind: Kind) {
    if !kind.is_here() {
        return;
    }
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let config = ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
    let outcome = TestRunner::new(config).run(&events(), |events| {
        let judged = runtime.block_on(async { Told::after(kind, &events).await.check().await });
        judged.map_err(TestCaseError::fail)
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

#[test]
fn no_secret_is_told_that_could_not_be_read_then_and_now_on_sqlite() {
    run(Kind::Sqlite);
}

#[test]
fn no_secret_is_told_that_could_not_be_read_then_and_now_on_postgres() {
    run(Kind::Postgres);
}

#[test]
fn the_evaluator_knows_a_leak_when_it_sees_one() {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let told =
        runtime.block_on(Told::after(Kind::Sqlite, &[Event::Poc(0, 0), Event::Poc(0, 2), Event::Lan(0, 1)]));
    let (poc, lan) = ((Tag::Poc, 71, "email"), (Tag::Ixlan, 11, "ixf_ixp_member_list_url"));
    let leak = |caller, value: &str, seq, what| told.judge(caller, &json!(value), seq, what).is_err();
    assert!(leak(Caller::Plain, "mail0@x.example", 2, poc), "private then");
    assert!(leak(Caller::Superuser, "mail0@x.example", 3, poc), "it was another one then");
    assert!(!leak(Caller::Anonymous, "mail1@x.example", 3, poc));
    assert!(
        leak(Caller::Anonymous, "https://x.example/2", 4, lan)
            && !leak(Caller::Plain, "https://x.example/2", 4, lan)
    );
    assert_eq!(told.states.len(), 4);
    assert!(told.archive.now > Time(0));
}
