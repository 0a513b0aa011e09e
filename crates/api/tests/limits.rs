//! How often callers may ask, what becomes of those who are refused, and writes that their clients name, over a real
//! database of either kind.

use app::limits::{Rate, Rules, Scope};
use model::Time;
use testkit::{Ask, Bench, Caller, Kind, Reply, Site, World, people};

mod limits {
    mod once;
    mod recorded;
    mod refusals;
    mod throttle;
}

/// The name of the one database of a test.
const FILE: &str = "site.db";

/// Where requests come from unless a test says otherwise.
const HERE: &str = "192.0.2.1";
const ELSEWHERE: &str = "198.51.100.9";

/// The small directory under rules of its own.
struct Desk {
    bench: Bench,
    site: Site,
    world: World,
}

impl Desk {
    async fn with(kind: Kind, rules: Rules) -> Desk {
        let world = World::small();
        let bench = Bench::new(kind);
        let store = bench.store(FILE).await;
        Site::fill(&store, &world, &people(world.now())).await;
        let site = Site::limited(store, world.now(), rules).await;
        Desk { bench, site, world }
    }

    /// Another process on the same database.
    async fn another(&self) -> Site {
        Site::open(self.bench.store(FILE).await, self.world.now()).await
    }

    async fn send(&self, caller: Caller, ask: Ask) -> Reply {
        self.site.send(ask.by(caller).from(HERE)).await
    }

    async fn get(&self, caller: Caller, path: &str) -> Reply {
        self.send(caller, Ask::get(path)).await
    }

    /// Sets the clock to so many seconds after the beginning.
    fn at(&self, seconds: i64) {
        self.site.clock.set(Time(self.world.now().0 + seconds * Time::SECOND));
    }

    /// Changes people or keys behind the program's back, and lets it notice.
    async fn change_people(&self, statement: &str) {
        let count = "UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE key = 'principals_sequence'";
        self.bench.run(FILE, &format!("{statement}; {count}")).await;
        self.site.app.catch_up(&self.site.store).await.expect("caught up");
    }
}

/// No limits but these.
fn only(limits: &[(Scope, &str)]) -> Rules {
    limits.iter().fold(Rules::off(), |rules, (scope, rate)| rules.with(*scope, Some(rate_of(rate))))
}

fn rate_of(text: &str) -> Rate {
    text.parse().expect("a rate")
}

/// A request with a JSON body.
fn ask(method: &str, path: &str, body: serde_json::Value) -> Ask {
    Ask::new(method, path).json(&body)
}
