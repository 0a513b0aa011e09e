//! What readers of the API learn about the past, over a real database of either kind.

use model::{Tag, Time};
use serde_json::{Value as Json, json};
use store::change::{Actor, ActorKind, ChangeSet, Header, Origin, RowChange};
use testkit::{Ask, Bench, Caller, Kind, Reply, Site, World, people};

mod history {
    mod as_of;
    mod entries;
    mod organization;
    mod secrets;
}

/// The name of the one database of a test.
const FILE: &str = "history.db";

/// A directory whose changes are a minute apart.
struct Archive {
    site: Site,
    now: Time,
    _bench: Bench,
}

impl Archive {
    /// The small directory; its log begins with it.
    async fn small(kind: Kind) -> Archive {
        let world = World::small();
        let bench = Bench::new(kind);
        let store = bench.store(FILE).await;
        Site::fill(&store, &world, &people(world.now())).await;
        let site = Site::open(store, world.now()).await;
        Archive { site, now: world.now(), _bench: bench }
    }

    fn tick(&mut self) {
        self.now = Time(self.now.0 + 60 * Time::SECOND);
        self.site.clock.set(self.now);
    }

    /// Changes something through the API, a minute later, and gives the time of it.
    async fn change(&mut self, caller: Caller, method: &str, path: &str, body: Json) -> String {
        self.tick();
        let ask = Ask::new(method, path).by(caller);
        let reply = self.site.send(if body.is_null() { ask } else { ask.json(&body) }).await;
        assert!(reply.status.is_success(), "{method} {path}: {} {}", reply.code(), reply.text());
        text(self.now)
    }

    /// Changes stored fields of a record behind the back of the API, as a member of its organization, and shows it.
    async fn put(&mut self, tag: Tag, id: u32, fields: Json) -> String {
        let snapshot = self.site.app.snapshot();
        let mut record = snapshot.record(tag, id).cloned().unwrap_or_else(|| panic!("no {tag} {id}"));
        for (name, json) in fields.as_object().into_iter().flatten() {
            let at = tag.table().position(name).expect("a field");
            let value = tag.table().fields[at].read_json(json).expect("a value");
            record.put(at, value).expect("a fitting value");
        }
        self.commit(RowChange::Put(record)).await
    }

    async fn commit(&mut self, row: RowChange) -> String {
        self.tick();
        let actor = Actor {
            kind: ActorKind::User,
            id: Some(3),
            name: Some("member".into()),
            address: Some("192.0.2.77".into()),
        };
        let header =
            Header { at: self.now, actor, origin: Origin::Web, command_id: format!("c{}", self.now.0) };
        self.site.store.commit(&ChangeSet { header, rows: vec![row] }).await.expect("a commit");
        self.site.app.catch_up(&self.site.store).await.expect("caught up");
        text(self.now)
    }

    async fn get(&self, caller: Caller, path: &str) -> Reply {
        self.site.send(Ask::get(path).by(caller)).await
    }

    /// The entries of a history.
    async fn entries(&self, caller: Caller, path: &str) -> Vec<Json> {
        let reply = self.get(caller, path).await;
        assert_eq!(reply.code(), 200, "{caller:?} {path} {}", reply.text());
        reply.data()
    }
}

fn text(time: Time) -> String {
    let mut text = String::new();
    time.write(&mut text);
    text
}

/// A carrier as its administrator sends it.
fn carrier(name: &str, notes: &str) -> Json {
    json!({ "org_id": 100, "name": name, "website": "https://c.example/", "notes": notes })
}
