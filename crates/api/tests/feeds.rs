//! The feed of changes over a real database of either kind: pages, streams and Atom.

use model::Tag;
use model::directory::People;
use serde_json::Value as Json;
use store::change::{Actor, ChangeSet, Header, Origin, RowChange};
use testkit::{Ask, Bench, Caller, Kind, Reply, Site, World, people};

mod feeds {
    mod atom;
    mod pages;
    mod streams;
}

/// The name of the one database of a test.
const FILE: &str = "site.db";

/// A directory that changes.
struct Desk {
    bench: Bench,
    site: Site,
    world: World,
}

impl Desk {
    async fn small(kind: Kind) -> Desk {
        Desk::with_people(kind, people(World::small().now())).await
    }

    async fn with_people(kind: Kind, people: People) -> Desk {
        let world = World::small();
        let bench = Bench::new(kind);
        let store = bench.store(FILE).await;
        Site::fill(&store, &world, &people).await;
        let site = Site::open(store, world.now()).await;
        Desk { bench, site, world }
    }

    /// Another process on the same database.
    async fn another(&self) -> Site {
        Site::open(self.bench.store(FILE).await, self.world.now()).await
    }

    /// A change by the superuser.
    async fn change(&self, method: &str, path: &str, body: Json) -> Reply {
        let reply = self.site.send(Ask::new(method, path).json(&body).by(Caller::Superuser)).await;
        assert!(reply.status.is_success(), "{method} {path}: {} {}", reply.code(), reply.text());
        reply
    }

    /// Removes a record for good, as a command beside the server does.
    async fn purge(&self, tag: Tag, id: u32) {
        let header = Header {
            at: self.world.now(),
            actor: Actor::SYSTEM,
            origin: Origin::Cli,
            command_id: format!("purge {tag} {id}"),
        };
        let rows = vec![RowChange::Purge { tag, id }];
        self.site.store.commit(&ChangeSet { header, rows }).await.expect("a commit");
        self.site.app.catch_up(&self.site.store).await.expect("caught up");
    }
}

/// The events of a page: what happened, type and id.
fn events(reply: &Reply) -> Vec<(String, String, u64)> {
    let text = |event: &Json, name: &str| event[name].as_str().expect("a text").to_owned();
    let one =
        |event: &Json| (text(event, "event"), text(event, "type"), event["id"].as_u64().expect("an id"));
    reply.data().iter().map(one).collect()
}

fn event(kind: &str, tag: &str, id: u64) -> (String, String, u64) {
    (kind.to_owned(), tag.to_owned(), id)
}

/// The cursor behind a page.
fn next(reply: &Reply) -> String {
    reply.json()["meta"]["next"].as_str().unwrap_or_else(|| panic!("{}", reply.text())).to_owned()
}
