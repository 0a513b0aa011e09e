//! What writers of the API get, over a real database of either kind: bodies, permissions, answers, and what is
//! stored afterwards.

use model::directory::People;
use testkit::{Ask, Bench, Caller, Kind, Reply, Site, World, people};

mod writes {
    mod bodies;
    mod checklist;
    mod crowded;
    mod logos;
    mod outside;
    mod permissions;
    mod queue;
    mod random;
    mod records;
    mod sharing;
    mod users;
}

/// The name of the one database of a test.
const FILE: &str = "site.db";

/// A directory that can be changed.
struct Desk {
    bench: Bench,
    site: Site,
    world: World,
}

impl Desk {
    /// The small directory.
    async fn small(kind: Kind) -> Desk {
        Desk::with_people(kind, people(World::small().now())).await
    }

    /// The small directory with people of its own.
    async fn with_people(kind: Kind, people: People) -> Desk {
        Desk::with_world(kind, World::small(), people).await
    }

    /// A directory and people.
    async fn with_world(kind: Kind, world: World, people: People) -> Desk {
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

    async fn send(&self, caller: Caller, ask: Ask) -> Reply {
        self.site.send(ask.by(caller)).await
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(Caller::Superuser, Ask::get(path)).await
    }
}

/// A request with a JSON body.
fn ask(method: &str, path: &str, body: serde_json::Value) -> Ask {
    Ask::new(method, path).json(&body)
}
