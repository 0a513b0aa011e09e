//! The running directory: the published snapshots, and the questions that surfaces ask.

use std::collections::HashSet;
use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use auth::seal::MasterKey;
use catalog::feed::Journal;
use catalog::filter::{Ask, Origin};
use catalog::{Query, Snapshot};
use model::access::{Viewer, Who};
use model::directory::Secret;
use model::geo::Point;
use model::{AnyRecord, Status, Tag, Time};
use tokio::sync::watch;

use crate::clock::Clock;
use crate::export::download::Downloads;
use crate::feeds;
use crate::follow::Published;
use crate::glance::Glance;
use crate::history::Log;
use crate::keys::{Keyless, Keys, NoMasterKey};
use crate::limits::{Generation, Limiter, Rules};
use crate::listeners::Listeners;
use crate::locate::{Address, Locator};
use crate::logo::Logos;
use crate::pool::{Busy, Held, Pool, Room};
use crate::principals::{Identity, Principals, Refusal};
use crate::write::Writing;
use crate::write::once::UnderWay;

/// Password checks that run at the same time; each takes a core and 19 MiB.
const PASSWORD_CHECKS: usize = 2;
/// Password checks that may wait; more are refused.
const PASSWORD_QUEUE: usize = 32;
/// Long questions that may wait; more are refused. At 50 ms each, the last one waits a second or two.
const QUESTION_QUEUE: usize = 64;

/// Bytes of answers that wait for their readers: those of usual length, and large ones such as indented whole lists.
const ANSWERS_BYTES: usize = 128 << 20;
const LARGE_ANSWERS_BYTES: usize = 256 << 20;

/// Bytes of long bodies of requests that arrive at the same time.
const BODIES_BYTES: usize = 64 << 20;

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// What an operator decides about the directory.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The URL under which people and programs reach the server, without a slash at the end.
    pub public_url: String,
    /// Whether `city=` without `distance=` searches around the located city (as wide as its bounding box) instead
    /// of comparing texts. Only for locators that know the extent of cities.
    pub search_around_cities: bool,
    /// Records that `/api/<type>/self` leads to for callers without one of their own.
    pub default_self: Vec<(Tag, u32)>,
    /// How often callers may ask.
    pub limits: Rules,
    /// Days for which changes are kept for those who follow them.
    pub feed_retention_days: u32,
    /// Whether webhooks may be told over plain http.
    pub webhooks_over_http: bool,
}

impl Settings {
    /// Settings for a server at this URL, without limits, everything else at its default.
    pub fn at(public_url: &str) -> Settings {
        Settings {
            public_url: public_url.trim_end_matches('/').to_owned(),
            search_around_cities: false,
            default_self: vec![
                (Tag::Org, 25554),
                (Tag::Net, 666),
                (Tag::Ix, 4095),
                (Tag::Fac, 13346),
                (Tag::Carrier, 66),
                (Tag::Campus, 25),
            ],
            limits: Rules::off(),
            feed_retention_days: feeds::RETENTION_DAYS,
            webhooks_over_http: false,
        }
    }

    /// The absolute URL, ending in a slash, below which logos are served.
    pub fn media_url(&self) -> String {
        format!("{}/m/", self.public_url)
    }
}

/// A credential as a request carries it.
#[derive(Clone, Copy)]
pub enum Credential<'a> {
    /// None.
    Anonymous,
    /// An API key.
    Key(&'a str),
    /// User name and password.
    Password(&'a str, &'a str),
}

impl fmt::Debug for Credential<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Credential::Anonymous => "Anonymous",
            Credential::Key(_) => "Key(…)",
            Credential::Password(..) => "Password(…)",
        })
    }
}

/// The `distance` filter is not for everybody (rest-api specification, 6.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DistanceRefusal {
    /// The caller is anonymous.
    Anonymous,
    /// The caller's account is not verified.
    Unverified,
}

/// The running directory.
pub struct App {
    catalog: ArcSwap<Snapshot>,
    /// The last changes that led to it.
    journal: ArcSwap<Journal>,
    principals: ArcSwap<Principals>,
    locator: Arc<dyn Locator>,
    clock: Arc<dyn Clock>,
    settings: Settings,
    /// Tells this directory's answers from those of another one that was served here before.
    epoch: ArcSwap<String>,
    /// The number of changes of people and keys that `principals` shows.
    principals_sequence: AtomicU64,
    /// When the published state was last known to be the newest one, microseconds.
    as_of: AtomicI64,
    /// Number of the last request.
    requests: AtomicU64,
    /// When this process opened the directory, microseconds: sets its request ids apart.
    opened: i64,
    /// The log of changes, as a source of history; `None` where the directory came from no database.
    log: Option<Log>,
    /// What changes need; `None` where the directory is only read.
    writing: Option<Writing>,
    /// Where the master key is.
    keys: Arc<dyn Keys>,
    /// Number of the newest change that is published, for those who wait for one.
    published: watch::Sender<u64>,
    /// Moved by every change of people, keys and permissions, for those whose rights may have ended.
    entitled: watch::Sender<u64>,
    /// Those who listen to the feed.
    listeners: Listeners,
    /// Changes that were committed beside the use cases, which do not store what they touch.
    unstored: Mutex<Vec<(u64, String)>>,
    /// Whoever holds it is the only one of this process to change something. It is taken before the database's lock:
    /// who holds that one must not have to wait for somebody who may need it.
    turn: tokio::sync::Mutex<()>,
    /// Whoever holds it is the only one to publish.
    publishing: tokio::sync::Mutex<()>,
    /// Looks at the database for those who are about to be refused.
    glance: Glance,
    /// Password checks.
    passwords: Pool,
    /// Questions that take long.
    questions: Pool,
    /// Answers that wait for their readers.
    answers: Room,
    /// Long bodies of requests that are arriving.
    bodies: Room,
    /// Files of the public directory.
    downloads: Arc<Downloads>,
    /// Files of logos.
    logos: Logos,
    /// Slow hashes of keys, each with the quick hash of the key that matched it.
    proved: Mutex<HashSet<(String, String)>>,
    /// Counts requests.
    limiter: Limiter,
    /// Commands that their clients named and that are being carried out.
    under_way: UnderWay,
}

/// What a database holds at one moment.
struct Read {
    snapshot: Snapshot,
    journal: Journal,
    principals: Principals,
    principals_sequence: u64,
    epoch: String,
}

impl Read {
    async fn all(store: &store::Store, settings: &Settings, now: Time) -> Result<Read, store::Error> {
        // One reader, so that everything is of one moment.
        let mut reader = store.reader().await?;
        let sequence = reader.sequence().await?;
        let mut records = Vec::new();
        for tag in Tag::ALL {
            records.extend(reader.records(tag).await?);
        }
        let earliest = feeds::earliest(now, settings.feed_retention_days);
        Ok(Read {
            journal: feeds::stored(&mut reader, sequence, earliest).await?,
            snapshot: Snapshot::build(&settings.media_url(), records, sequence),
            principals: Principals::new(reader.people().await?),
            principals_sequence: reader.principals_sequence().await?,
            epoch: reader.installation_id().await?,
        })
    }
}

/// The directory and its people, both of one moment.
pub(crate) async fn read(
    store: &store::Store,
    settings: &Settings,
) -> Result<(Snapshot, Principals), store::Error> {
    // Nobody follows what is read once: the feed may begin at the end.
    let read = Read::all(store, settings, Time(i64::MAX)).await?;
    Ok((read.snapshot, read.principals))
}

/// A poisoned lock still guards what is only ever added to, and taken as a whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl App {
    /// A directory with these records and people.
    pub fn new(
        snapshot: Snapshot,
        principals: Principals,
        locator: Arc<dyn Locator>,
        clock: Arc<dyn Clock>,
        settings: Settings,
    ) -> App {
        let now = clock.now().0;
        App {
            as_of: AtomicI64::new(now),
            requests: AtomicU64::new(0),
            opened: now,
            published: watch::Sender::new(snapshot.sequence()),
            entitled: watch::Sender::new(0),
            listeners: Listeners::default(),
            unstored: Mutex::default(),
            journal: ArcSwap::from_pointee(Journal::behind(snapshot.sequence())),
            catalog: ArcSwap::from_pointee(snapshot),
            principals: ArcSwap::from_pointee(principals),
            locator,
            clock,
            limiter: Limiter::new(settings.limits.clone()),
            under_way: UnderWay::default(),
            settings,
            epoch: ArcSwap::default(),
            principals_sequence: AtomicU64::new(0),
            log: None,
            writing: None,
            keys: Arc::new(Keyless),
            turn: tokio::sync::Mutex::default(),
            publishing: tokio::sync::Mutex::default(),
            glance: Glance::default(),
            passwords: Pool::new(PASSWORD_CHECKS, PASSWORD_QUEUE),
            questions: Pool::new(processors(), QUESTION_QUEUE),
            answers: Room::new(ANSWERS_BYTES, LARGE_ANSWERS_BYTES),
            bodies: Room::new(0, BODIES_BYTES),
            downloads: Arc::default(),
            logos: Logos::default(),
            proved: Mutex::default(),
        }
    }

    /// The directory that a database holds.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn open(
        store: &store::Store,
        locator: Arc<dyn Locator>,
        clock: Arc<dyn Clock>,
        settings: Settings,
    ) -> Result<App, store::Error> {
        // Before the read: what is committed meanwhile is then newer than the state says it is.
        let as_of = clock.now();
        let read = Read::all(store, &settings, as_of).await?;
        let mut app = App::new(read.snapshot, read.principals, locator, clock, settings);
        app.logos = Logos::of(store);
        app.log = Some(Log::of(store.clone()));
        app.journal.store(Arc::new(read.journal));
        app.principals_sequence.store(read.principals_sequence, Ordering::Release);
        app.current_at(as_of);
        app.epoch.store(Arc::new(read.epoch));
        Ok(app)
    }

    /// The same directory, which can be changed as well. The store has to be the one that it was opened from.
    #[must_use]
    pub fn with_writing(mut self, writing: Writing) -> App {
        self.writing = Some(writing);
        self
    }

    /// The same directory with a master key.
    #[must_use]
    pub fn with_keys(mut self, keys: Arc<dyn Keys>) -> App {
        self.keys = keys;
        self
    }

    /// The master key.
    pub(crate) async fn master_key(&self) -> Result<Arc<MasterKey>, NoMasterKey> {
        let keys = Arc::clone(&self.keys);
        let known = tokio::task::spawn_blocking(move || keys.master()).await;
        known.unwrap_or_else(|error| Err(NoMasterKey(format!("the master key was not found out: {error}"))))
    }

    /// What members of an organization see.
    pub(crate) fn viewer_of_org(&self, org: u32) -> Viewer {
        self.principals.load().members(org)
    }

    /// Whether the directory can be changed.
    pub fn is_writable(&self) -> bool {
        self.writing.is_some()
    }

    pub(crate) fn log(&self) -> Option<&Log> {
        self.log.as_ref()
    }

    /// The organizations whose people a caller is one of; `None` for staff.
    pub(crate) fn homes(&self, viewer: &Viewer) -> Option<Vec<u32>> {
        self.principals.load().homes(viewer)
    }

    pub(crate) fn writing(&self) -> Option<&Writing> {
        self.writing.as_ref()
    }

    /// Reads the whole directory again. The caller holds [`App::publishing`].
    pub(crate) async fn reload(&self, store: &store::Store) -> Result<(), store::Error> {
        let read = Read::all(store, &self.settings, self.now()).await?;
        self.publish_principals(read.principals, read.principals_sequence);
        // What was published before may have been another history, whose entity tags must not come again.
        self.epoch.store(Arc::new(format!("{} {}", read.epoch, self.now().0)));
        self.catalog.store(Arc::new(read.snapshot));
        self.journal.store(Arc::new(read.journal));
        self.announce();
        Ok(())
    }

    /// Lets these people, keys and permissions count. The caller holds [`App::publishing`].
    pub(crate) fn publish_principals(&self, principals: Principals, sequence: u64) {
        self.principals.store(Arc::new(principals));
        self.principals_sequence.store(sequence, Ordering::Release);
        self.entitled.send_modify(|moved| *moved += 1);
    }

    /// The numbers of the newest changes that are published: of records, and of people and keys.
    pub(crate) fn shown(&self) -> (u64, u64) {
        (self.snapshot().sequence(), self.principals_sequence.load(Ordering::Acquire))
    }

    /// Publishes a state and the changes that led to it. The caller holds [`App::publishing`].
    pub(crate) fn publish(&self, published: Published) {
        let Published { snapshot, told } = published;
        self.catalog.store(snapshot);
        self.keep(told);
        self.announce();
    }

    /// Wakes those who wait for a change, now that it is in the directory and in the feed.
    fn announce(&self) {
        self.published.send_replace(self.snapshot().sequence());
    }

    pub(crate) fn unstored(&self) -> MutexGuard<'_, Vec<(u64, String)>> {
        lock(&self.unstored)
    }

    pub(crate) fn journal(&self) -> &ArcSwap<Journal> {
        &self.journal
    }

    /// Those who listen to the feed.
    pub fn listeners(&self) -> &Listeners {
        &self.listeners
    }

    /// Tells of every change that is published from now on.
    pub fn news(&self) -> watch::Receiver<u64> {
        self.published.subscribe()
    }

    /// Tells of every change of people, keys and permissions from now on.
    pub fn entitlements(&self) -> watch::Receiver<u64> {
        self.entitled.subscribe()
    }

    /// Waits until the published state shows a change, at most for a while. Gives the number of the newest change that
    /// is published then: lower than `sequence` when time was up.
    pub async fn wait_for(&self, sequence: u64, at_most: Duration) -> u64 {
        let mut published = self.published.subscribe();
        let shown = published.wait_for(|newest| *newest >= sequence);
        // Neither outcome is an error: whoever waited in vain is answered from what there is.
        let _ = tokio::time::timeout(at_most, shown).await;
        self.snapshot().sequence()
    }

    pub(crate) fn under_way(&self) -> &UnderWay {
        &self.under_way
    }

    pub(crate) fn turn(&self) -> &tokio::sync::Mutex<()> {
        &self.turn
    }

    /// The same caller with the rights that it has now, as far as this process knows.
    ///
    /// # Errors
    /// When its key opens nothing any more.
    pub fn renewed(&self, identity: &Identity) -> Result<Identity, Refusal> {
        self.of_live_org(self.principals.load().renewed(identity, self.now())?)
    }

    /// The same caller. The keys of an organization that is deleted open nothing, whatever became of them.
    fn of_live_org(&self, identity: Identity) -> Result<Identity, Refusal> {
        let Who::Org { id } = identity.viewer.who() else { return Ok(identity) };
        let snapshot = self.snapshot();
        let lives = |org: &AnyRecord| org.status() != Status::Deleted;
        match snapshot.record(Tag::Org, id).is_some_and(lives) {
            true => Ok(identity),
            false => Err(Refusal::InvalidKey),
        }
    }

    pub(crate) fn publishing(&self) -> &tokio::sync::Mutex<()> {
        &self.publishing
    }

    pub(crate) fn glance(&self) -> &Glance {
        &self.glance
    }

    pub(crate) fn principals(&self) -> Arc<Principals> {
        self.principals.load_full()
    }

    /// Renders and compresses what readers are likely to ask for first. Takes seconds of one core at full scale.
    pub fn warm(&self) {
        self.snapshot().warm(&self.anonymous().viewer);
    }

    /// The caller without credentials.
    pub fn anonymous(&self) -> Identity {
        self.principals.load().anonymous()
    }

    pub(crate) fn logos(&self) -> &Logos {
        &self.logos
    }

    pub(crate) fn downloads(&self) -> &Arc<Downloads> {
        &self.downloads
    }

    /// Differs between directories whose change logs have nothing to do with each other: entity tags contain it.
    pub fn epoch(&self) -> Arc<String> {
        self.epoch.load_full()
    }

    /// The newest state of the directory.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.catalog.load_full()
    }

    /// A moment at which the published state was the newest one: every change that it lacks came later.
    pub fn as_of(&self) -> Time {
        Time(self.as_of.load(Ordering::Relaxed))
    }

    pub(crate) fn current_at(&self, moment: Time) {
        self.as_of.fetch_max(moment.0, Ordering::Relaxed);
    }

    /// A name for one request, unique among the processes of a directory but for chance.
    pub fn name_request(&self) -> String {
        format!("{:x}-{:x}", self.opened, self.requests.fetch_add(1, Ordering::Relaxed))
    }

    /// What the operator decided.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The present moment.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// The notice that the source of place data wants shown; empty when there is none.
    pub fn place_attribution(&self) -> &'static str {
        self.locator.attribution()
    }

    /// Counts requests.
    pub fn limiter(&self) -> &Limiter {
        &self.limiter
    }

    /// What refusals are made from at the moment.
    pub fn generation(&self) -> Generation {
        let principals = self.principals.load().generation();
        Generation { principals, directory: Some(self.catalog.load().sequence()) }
    }

    /// Whether it takes next to no time to find out if a key is the right one: there is none with its public part,
    /// or its hash is a quick one, or it was proved before.
    pub fn proves_quickly(&self, key: &str) -> bool {
        let principals = self.principals.load();
        let encoded = auth::api_key::split(key).and_then(|prefix| principals.key_hash(prefix));
        let Some(encoded) = encoded else { return true };
        auth::api_key::is_quick(encoded)
            || lock(&self.proved).contains(&(encoded.to_owned(), auth::api_key::hash(key)))
    }

    /// Finds out who asks.
    ///
    /// # Errors
    /// When the credential opens nothing.
    pub async fn identify(&self, credential: Credential<'_>) -> Result<Identity, Refusal> {
        let principals = self.principals.load_full();
        match credential {
            Credential::Anonymous => Ok(principals.anonymous()),
            Credential::Key(key) => {
                let prefix = auth::api_key::split(key).ok_or(Refusal::InvalidKey)?;
                self.prove_key(&principals, prefix, key).await?;
                self.of_live_org(principals.by_key(prefix, self.now())?)
            }
            Credential::Password(name, password) => {
                Err(self.refuse_password(&principals, name, password).await)
            }
        }
    }

    /// Checks a key's secret. Keys that came with a slow hash are checked in the pool once, and against a quick hash
    /// in memory from then on.
    async fn prove_key(&self, principals: &Principals, prefix: &str, key: &str) -> Result<(), Refusal> {
        let encoded = principals.key_hash(prefix).ok_or(Refusal::InvalidKey)?;
        if auth::api_key::is_quick(encoded) {
            return match auth::api_key::verify(key, encoded) {
                Ok(verdict) if verdict.is_right() => Ok(()),
                _ => Err(Refusal::InvalidKey),
            };
        }
        let proof = (encoded.to_owned(), auth::api_key::hash(key));
        if lock(&self.proved).contains(&proof) {
            return Ok(());
        }
        if !self.check_slowly(key, encoded).await? {
            return Err(Refusal::InvalidKey);
        }
        lock(&self.proved).insert(proof);
        Ok(())
    }

    /// Whether a password, or a key with a password's hash, is the right one; in the bounded pool.
    async fn check_slowly(&self, secret: &str, encoded: &str) -> Result<bool, Refusal> {
        let (secret, encoded) = (secret.to_owned(), encoded.to_owned());
        let check = move || auth::password::verify(&secret, &encoded).is_ok_and(|verdict| verdict.is_right());
        self.passwords.run(check).await.map_err(|Busy| Refusal::Busy)
    }

    /// Computes the answer to a question that takes long, away from the threads that serve connections.
    ///
    /// # Errors
    /// When too many such questions are waiting.
    pub async fn compute<T: Send + 'static>(
        &self,
        question: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        self.questions.run(question).await
    }

    /// Takes memory for an answer of so many bytes that is complete before it is sent.
    ///
    /// # Errors
    /// When readers have left too much of other answers unread.
    pub fn hold(&self, bytes: usize) -> Result<Held, Busy> {
        self.answers.take(bytes)
    }

    /// Takes memory for a long body of a request, of at most so many bytes.
    ///
    /// # Errors
    /// When too many others are arriving.
    pub fn receive(&self, bytes: usize) -> Result<Held, Busy> {
        self.bodies.take(bytes)
    }

    /// A password never opens the API: requests are signed with keys. The answer still tells a wrong password from
    /// a right one, as clients of the reference expect.
    async fn refuse_password(&self, principals: &Principals, name: &str, password: &str) -> Refusal {
        let known = principals.user(name).and_then(|user| match &user.password {
            Some(Secret::Hash(encoded)) => Some((user, encoded.as_str())),
            _ => None,
        });
        // Who has no password is checked as well, so that the time of the answer does not tell who exists.
        let encoded = known.map_or(auth::password::NOBODYS_HASH, |(_, encoded)| encoded);
        let right = match self.check_slowly(password, encoded).await {
            Ok(right) => right,
            Err(refusal) => return refusal,
        };
        let Some((user, _)) = known else { return Refusal::InvalidPassword };
        match (right, user.is_active) {
            (false, _) => Refusal::InvalidPassword,
            (true, false) => Refusal::InactiveAccount,
            (true, true) => Refusal::BasicWithdrawn { user: user.id },
        }
    }

    /// Whether the viewer may use the `distance` filter.
    ///
    /// # Errors
    /// Tells why not.
    pub fn may_search_by_distance(viewer: &Viewer) -> Result<(), DistanceRefusal> {
        match viewer.who() {
            Who::Org { .. } | Who::User { verified: true, .. } => Ok(()),
            _ if viewer.is_superuser() => Ok(()),
            Who::User { verified: false, .. } => Err(DistanceRefusal::Unverified),
            Who::Anonymous => Err(DistanceRefusal::Anonymous),
        }
    }

    /// Locates what a question asks to be located. `None` means that the place is not searched by distance: its
    /// parts are then compared as texts.
    ///
    /// A place that is asked for with a distance and cannot be located matches nothing.
    pub async fn locate(&self, query: &Query) -> Option<Origin> {
        match query.ask.clone()? {
            Ask::Around(origin) => Some(origin),
            Ask::Address { distance_km: None, .. } if !self.settings.search_around_cities => None,
            Ask::Address { city, country, state, zipcode, address1, distance_km } => {
                let address = Address { city: Some(city), country, state, zipcode, address1 };
                let located = match self.locator.locate(&address).await {
                    Ok(located) => located,
                    Err(error) => {
                        tracing::warn!(%error, "address not located");
                        None
                    }
                };
                match (located, distance_km) {
                    (Some(place), asked) => {
                        let point = Point { latitude: place.latitude, longitude: place.longitude };
                        // A city alone reaches as far from its centre as its box is long across.
                        Some(Origin { point, distance_km: asked.unwrap_or(2.0 * place.radius_km) })
                    }
                    (None, Some(_)) => Some(Origin::NOWHERE),
                    (None, None) => None,
                }
            }
        }
    }
}
