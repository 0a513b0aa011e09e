//! A directory in a database behind its routes, which can be changed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use app::limits::Rules;
use app::locate::OfflineLocator;
use app::outside::{Offline, Outside};
use app::random::Random;
use app::write::Writing;
use app::{App, Settings};
use axum::Router;
use axum::response::Response;
use model::directory::People;
use model::{Tag, Time};
use rules::Policy;
use store::Store;
use store::change::{Actor, Header, Origin, RowChange};

use crate::client::{begin, exchange};
use crate::{Ask, FixedClock, PUBLIC_URL, Reply, World};

/// One process of a directory: several of them can share a database.
#[derive(Debug)]
pub struct Site {
    /// The directory.
    pub app: Arc<App>,
    /// Its database.
    pub store: Store,
    /// Its clock.
    pub clock: Arc<FixedClock>,
    router: Router,
}

/// The routes of a directory, for [`exchange`].
pub fn serve_app(app: &Arc<App>) -> Router {
    api::router(Arc::clone(app))
}

/// Numbers that are counted instead of drawn: no two of one test run are the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counted;

impl Random for Counted {
    fn draw(&self) -> u128 {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        u128::from(COUNT.fetch_add(1, Ordering::Relaxed))
    }
}

impl Site {
    /// Puts a world and people into an empty database.
    ///
    /// # Panics
    /// When they do not fit.
    pub async fn fill(store: &Store, world: &World, people: &People) {
        let header = Header {
            at: world.now(),
            actor: Actor::SYSTEM,
            origin: Origin::Cli,
            command_id: "the beginning".to_owned(),
        };
        let records = Tag::ALL.into_iter().flat_map(|tag| world.of(tag).iter().cloned());
        let rows: Vec<RowChange> = records.map(RowChange::Put).collect();
        let mut writer = store.writer().await.expect("the lock");
        writer.start(&header).await.expect("a change");
        writer.apply(&rows).await.expect("records");
        writer.add_people(people, world.now()).await.expect("people");
        writer.finish().await.expect("a commit");
    }

    /// Opens what a database holds, at a moment, for changes that ask nobody outside.
    ///
    /// # Panics
    /// When it cannot be read.
    pub async fn open(store: Store, now: Time) -> Site {
        Site::asking(store, now, Arc::new(Offline)).await
    }

    /// The same, with limits.
    ///
    /// # Panics
    /// When the database cannot be read.
    pub async fn limited(store: Store, now: Time, limits: Rules) -> Site {
        let settings = Settings { limits, ..Settings::at(PUBLIC_URL) };
        Site::with(store, now, Arc::new(Offline), settings, lenient()).await
    }

    /// The same, with somebody to ask.
    ///
    /// # Panics
    /// When the database cannot be read.
    pub async fn asking(store: Store, now: Time, outside: Arc<dyn Outside>) -> Site {
        Site::with(store, now, outside, Settings::at(PUBLIC_URL), lenient()).await
    }

    /// The same, where the operator decided this.
    ///
    /// # Panics
    /// When the database cannot be read.
    pub async fn deciding(store: Store, now: Time, outside: Arc<dyn Outside>, policy: Policy) -> Site {
        Site::with(store, now, outside, Settings::at(PUBLIC_URL), policy).await
    }

    async fn with(
        store: Store,
        now: Time,
        outside: Arc<dyn Outside>,
        settings: Settings,
        policy: Policy,
    ) -> Site {
        let clock = Arc::new(FixedClock::at(now));
        let clock_of_app: Arc<FixedClock> = Arc::clone(&clock);
        let app = App::open(&store, Arc::new(OfflineLocator), clock_of_app, settings).await;
        let writing = Writing { store: store.clone(), outside, random: Arc::new(Counted), policy };
        let app = Arc::new(app.expect("a directory").with_writing(writing));
        Site { router: api::router(Arc::clone(&app)), app, store, clock }
    }

    /// The same directory as [`Site::open`] gives, which cannot be changed.
    ///
    /// # Panics
    /// When the database cannot be read.
    pub async fn reading(store: Store, now: Time) -> Site {
        let clock = Arc::new(FixedClock::at(now));
        let clock_of_app: Arc<FixedClock> = Arc::clone(&clock);
        let settings = Settings::at(PUBLIC_URL);
        let app = App::open(&store, Arc::new(OfflineLocator), clock_of_app, settings).await;
        let app = Arc::new(app.expect("a directory"));
        Site { router: api::router(Arc::clone(&app)), app, store, clock }
    }

    /// Sends a request and waits for the head of its response, whose body may never end.
    pub async fn begin(&self, ask: Ask) -> Response {
        begin(self.router.clone(), ask).await
    }

    /// Sends a request and waits for its response.
    pub async fn send(&self, ask: Ask) -> Reply {
        exchange(self.router.clone(), ask).await
    }
}

/// What the operator of a test decides, unless the test is about that.
fn lenient() -> Policy {
    Policy { suggestion_org: Some(1234), tutorial: true, ..Policy::default() }
}
