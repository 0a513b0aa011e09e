//! `peeringd serve`: the directory in a database, over HTTP.

use std::net::SocketAddr;
use std::sync::Arc;

use ::jobs::geocode::NominatimLocator;
use ::jobs::http::{HttpClient, Settings as Outgoing};
use ::jobs::outside::Online;
use ::jobs::rdap::Rdap;
use ::jobs::runner::Runner;
use ::jobs::webhooks::Webhooks;
use app::App;
use app::clock::Clock;
use app::locate::remember::{Limits as Memory, Remembering};
use app::locate::{Locator, OfflineLocator};
use app::write::Writing;
use rules::Policy;
use store::Store;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::jobs;
use crate::clock::SystemClock;
use crate::edge::{self, Canonical, Proxies};
use crate::failure::{Done, End, Failure};
use crate::health;
use crate::listener::{self, Drained, Limits, Served};
use crate::master_key::KeyFile;
use crate::options::{LISTEN, METRICS_LISTEN, Values};
use crate::random::SystemRandom;
use crate::settings::{Settings, local_url, redacted};
use crate::signals::Signals;

/// Serves until a signal asks to stop.
pub(crate) async fn run(settings: &Settings, values: &Values) -> Done {
    // Before the database is read, which takes seconds: a taken port is told at once, and whoever connects
    // meanwhile waits for the first answer.
    let listener = listener::bind(settings.listen, &values.naming(&LISTEN)).await?;
    let address = address_of(&listener)?;
    let store = super::open(settings).await?;
    tracing::info!(
        database = %settings.database,
        geocoder = shown(&settings.geocoder),
        rdap = shown(&settings.rdap),
        egress_gateway = shown(&settings.egress_gateway),
        smtp = settings.smtp.as_ref().map(ToString::to_string),
        rate_limits = settings.rate_limits,
        trusted_proxies = %settings.trusted_proxies,
        "starting"
    );
    let public_url = settings.public_url.clone().unwrap_or_else(|| local_url(address));
    let app = open_app(settings, &store, &public_url).await?;
    tracing::info!(source = app.place_attribution(), "places");
    if let Some(address) = settings.metrics_listen {
        serve_figures(address, values, &app).await?;
    }
    let front = Front {
        proxies: Arc::new(settings.trusted_proxies.clone()),
        canonical: settings.canonical_redirect.then(|| Canonical::new(&public_url)).flatten(),
    };
    let runner = runner(settings, &store, &app, &public_url)?;
    serve(listener, app, &store, front, runner, |_| Ok(())).await?;
    store.close().await;
    Ok(End::Fine)
}

/// What is done on a schedule beside answering.
pub(super) fn runner(
    settings: &Settings,
    store: &Store,
    app: &Arc<App>,
    public_url: &str,
) -> Result<Runner, Failure> {
    let runner = jobs::runner(settings, store, public_url)?;
    Ok(runner.with(Webhooks::new(Arc::clone(app), &client(settings)?)))
}

/// Serves figures on an address of their own, until the program ends.
async fn serve_figures(address: SocketAddr, values: &Values, app: &Arc<App>) -> Done<()> {
    let listener = listener::bind(address, &values.naming(&METRICS_LISTEN)).await?;
    let handle =
        health::count().map_err(|error| Failure::new("figures", error, "leave --metrics-listen out"))?;
    tracing::info!("figures at http://{}/metrics", address_of(&listener)?);
    let served = Served { routes: health::figures(app, handle), refusing: health::refusing() };
    let never = || std::future::pending::<()>();
    tokio::spawn(async move {
        listener::serve(listener, served, Limits::default(), never(), never()).await;
    });
    Ok(())
}

/// The address that was taken, with its real port.
pub(super) fn address_of(listener: &TcpListener) -> Result<SocketAddr, Failure> {
    let address = listener.local_addr();
    address.map_err(|error| Failure::new("listening socket", error, "start the program again"))
}

fn shown(url: &Option<url::Url>) -> Option<String> {
    url.as_ref().map(|url| redacted(url.as_str()))
}

/// The directory in a database, with what it needs from the world.
pub(super) async fn open_app(
    settings: &Settings,
    store: &Store,
    public_url: &str,
) -> Result<Arc<App>, Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let client = client(settings)?;
    let locator = locator(settings, store, &clock, &client);
    let decided = app::Settings {
        // The built-in list of cities knows no extents worth searching in.
        search_around_cities: settings.geocoder.is_some(),
        limits: settings.limits.clone(),
        feed_retention_days: settings.feed_retention,
        webhooks_over_http: settings.allow_http_webhooks,
        ..app::Settings::at(public_url)
    };
    let writing = Writing {
        store: store.clone(),
        outside: Arc::new(outside(settings, &locator, client)),
        random: Arc::new(SystemRandom::start()?),
        policy: policy(settings, public_url),
    };
    let app = App::open(store, locator, clock, decided).await.map_err(|error| Failure::told(&error))?;
    let has_secrets = has_secrets(store).await.map_err(|error| Failure::told(&error))?;
    let keys = Arc::new(KeyFile::of(settings, has_secrets));
    Ok(Arc::new(app.with_writing(writing).with_keys(keys)))
}

/// Whether the database holds what the master key encrypted.
async fn has_secrets(store: &Store) -> Result<bool, store::Error> {
    Ok(!store.reader().await?.webhooks(None).await?.is_empty())
}

/// What the operator decided about changes.
pub(super) fn policy(settings: &Settings, public_url: &str) -> Policy {
    Policy {
        suggestion_org: settings.suggestion_org,
        approve_exchanges: settings.approve_exchanges,
        tutorial: settings.tutorial,
        // Who learns sees at once what became of it.
        queue: !settings.tutorial,
        geocoding: settings.geocoder.is_some(),
        ..jobs::policy(settings, public_url)
    }
}

/// The way out to other servers.
fn client(settings: &Settings) -> Result<HttpClient, Failure> {
    let outgoing = Outgoing { egress_gateway: settings.egress_gateway.clone(), ..Outgoing::default() };
    HttpClient::new(outgoing)
        .map_err(|error| Failure::new("outgoing requests", error, "check the certificates of the system"))
}

fn outside(settings: &Settings, locator: &Arc<dyn Locator>, client: HttpClient) -> Online {
    let rdap = settings.rdap.clone().map(|base| Rdap::new(client.clone(), base));
    Online { rdap, locator: Arc::clone(locator), client }
}

fn locator(
    settings: &Settings,
    store: &Store,
    clock: &Arc<dyn Clock>,
    client: &HttpClient,
) -> Arc<dyn Locator> {
    let Some(base) = &settings.geocoder else {
        // Unpacked now, so that no request waits for it.
        tokio::task::spawn_blocking(places::prepare);
        return Arc::new(OfflineLocator);
    };
    let geocoder = Arc::new(NominatimLocator::new(client.clone(), base.clone()));
    let shelf = Arc::new(store.clone());
    Arc::new(Remembering::new(geocoder, Some(shelf), Arc::clone(clock), Memory::default()))
}

/// What stands in front of the directory.
#[derive(Debug, Default)]
pub(super) struct Front {
    /// Who may tell whom requests come from.
    proxies: Arc<Proxies>,
    /// Where people are led from other host names.
    canonical: Option<Canonical>,
}

impl Front {
    fn around(&self, app: &Arc<App>, store: &Store) -> Served {
        let routes = api::router(Arc::clone(app));
        let routes = match self.canonical.clone() {
            Some(canonical) => edge::redirecting(canonical, routes),
            None => routes,
        };
        let around = |routes| edge::around(app, &self.proxies, health::router(app, store, routes));
        Served { routes: around(routes), refusing: around(health::refusing()) }
    }
}

/// Serves an app until a signal asks to stop. `ready` is told the address once the signals are listened for.
pub(super) async fn serve(
    listener: TcpListener,
    app: Arc<App>,
    store: &Store,
    front: Front,
    runner: Runner,
    ready: impl FnOnce(SocketAddr) -> Done<()>,
) -> Done<()> {
    let mut signals =
        Signals::listen().map_err(|error| Failure::new("signals", error, "start the program again"))?;
    let address = address_of(&listener)?;
    ready(address)?;
    tracing::info!("listening on http://{address}");
    let signals = tokio::sync::Mutex::new(&mut signals);
    let (halt, halted) = oneshot::channel::<()>();
    let ending = Arc::clone(&app);
    let stop = async {
        let signal = signals.lock().await.next().await;
        tracing::info!(signal, "stopping: requests under way are finished, a second signal cuts them off");
        // Whoever listens has ended, or is told by what is dropped.
        drop(halt);
        // These would go on for an hour.
        ending.listeners().end();
    };
    let cut = async {
        signals.lock().await.next().await;
    };
    let follower = Follower::start(&app, store);
    let jobs = tokio::spawn(Arc::new(runner).serve(async { halted.await.unwrap_or_default() }));
    // While the first requests come in: whoever asks for what is not rendered yet renders it.
    let warmed = Arc::clone(&app);
    tokio::task::spawn_blocking(move || warmed.warm());
    let served = front.around(&app, store);
    let drained = listener::serve(listener, served, Limits::default(), stop, cut).await;
    if let Err(error) = jobs.await {
        tracing::error!(%error, "jobs were no longer run");
    }
    follower.stop().await;
    match drained {
        Drained::Completely => tracing::info!("stopped"),
        Drained::Partly => tracing::warn!("stopped, and requests that took too long were cut off"),
    }
    Ok(())
}

/// Keeps an app up with what other processes commit to its database.
struct Follower {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Follower {
    fn start(app: &Arc<App>, store: &Store) -> Follower {
        let (stop, stopped) = oneshot::channel();
        let (app, store) = (Arc::clone(app), store.clone());
        let task = tokio::spawn(async move {
            // Whether it was told to stop or the teller is gone: both mean the end.
            app.follow(&store, async { stopped.await.unwrap_or_default() }).await;
        });
        Follower { stop, task }
    }

    /// Waits until it has let go of the database, so that this can be closed.
    async fn stop(self) {
        drop(self.stop);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "work beside answering had broken off");
        }
    }
}
