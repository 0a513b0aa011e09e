//! Running jobs when they are due.
//!
//! Every process that serves a database has a runner for the same jobs. Which of them runs a job is settled by leases
//! in the database. A job that was due while no process was there is run once when there is one again.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use app::clock::Clock;
use app::random::Random;
use model::Time;
use store::Store;
use store::job::{Claim, Outcome, RunEnd};
use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};

use crate::job::{Fault, Job, Running};

/// The times of a runner.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Between two looks at what is due.
    pub look: Duration,
    /// How long a lease is good. The clocks of processes that share a database may not differ by as much.
    pub lease: Duration,
    /// Between two renewals of a lease.
    pub renewal: Duration,
    /// What runs get to end by themselves when the process is to stop.
    pub grace: Duration,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            look: Duration::from_secs(1),
            lease: Duration::from_secs(60),
            renewal: Duration::from_secs(20),
            grace: Duration::from_secs(10),
        }
    }
}

/// A run is put off by at most this part of the time between two, at random: not everything happens at the same moment
/// after a start.
const JITTER_PART: u32 = 20;

/// Runs jobs when they are due.
pub struct Runner {
    store: Store,
    jobs: Vec<Arc<dyn Job>>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    holder: String,
    pace: Pace,
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.jobs.iter().map(|job| job.name()).collect();
        f.debug_struct("Runner").field("holder", &self.holder).field("jobs", &names).finish_non_exhaustive()
    }
}

/// A run that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// How.
    pub outcome: Outcome,
    /// What it has to say.
    pub message: String,
}

/// What came of the wish to run a job at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AtOnce {
    /// It ran.
    Ended(Ended),
    /// There is no job of this name.
    Unknown,
    /// Another process runs it.
    Busy {
        /// The process.
        holder: String,
        /// When that is no longer believed.
        until: Time,
    },
}

/// What the runs of a process are told: to come to an end, and that they are cut off.
#[derive(Clone, Debug)]
struct Signals {
    stop: watch::Sender<bool>,
    cut: watch::Sender<bool>,
}

impl Signals {
    fn new() -> Signals {
        Signals { stop: watch::Sender::new(false), cut: watch::Sender::new(false) }
    }
}

impl Runner {
    /// A runner without jobs.
    pub fn new(store: Store, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Runner {
        let holder = format!("{}-{:08x}", std::process::id(), random.draw() as u32);
        Runner { store, jobs: Vec::new(), clock, random, holder, pace: Pace::default() }
    }

    /// The same with one more job.
    #[must_use]
    pub fn with(mut self, job: impl Job) -> Runner {
        self.jobs.push(Arc::new(job));
        self
    }

    /// The same with other times.
    #[must_use]
    pub fn at_pace(mut self, pace: Pace) -> Runner {
        self.pace = pace;
        self
    }

    /// The jobs.
    pub fn jobs(&self) -> impl Iterator<Item = &dyn Job> {
        self.jobs.iter().map(|job| &**job)
    }

    /// Runs what is due until `stop` is done. Runs that are under way then are asked to end, and cut off after a while.
    pub async fn serve(self: Arc<Runner>, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        let signals = Signals::new();
        let mut running: JoinSet<()> = JoinSet::new();
        let mut busy: HashMap<Id, &'static str> = HashMap::new();
        let mut is_away = false;
        loop {
            let due = tokio::select! {
                due = self.due(&busy) => due,
                // A database that does not answer does not hold up the end.
                () = &mut stop => break,
            };
            match due {
                Ok(due) => {
                    is_away = false;
                    for job in due {
                        let name = job.name();
                        let run = running.spawn(Arc::clone(&self).run_due(job, signals.clone()));
                        busy.insert(run.id(), name);
                    }
                }
                // Once is enough: the follower of the database says so as well.
                Err(error) if !is_away => {
                    tracing::warn!(%error, "jobs are not looked after while the database is away");
                    is_away = true;
                }
                Err(_) => {}
            }
            tokio::select! {
                () = tokio::time::sleep(self.pace.look) => {}
                Some(joined) = running.join_next_with_id() => leave(&mut busy, joined),
                () = &mut stop => break,
            }
        }
        self.end_all(running, &signals).await;
    }

    /// Asks the runs to end, cuts off those that do not, and lets go of those that cannot be written down.
    async fn end_all(&self, mut running: JoinSet<()>, signals: &Signals) {
        for signal in [&signals.stop, &signals.cut] {
            signal.send_replace(true);
            let ending = async { while running.join_next().await.is_some() {} };
            if tokio::time::timeout(self.pace.grace, ending).await.is_ok() {
                return;
            }
        }
        tracing::error!(
            runs = running.len(),
            "it cannot be written down how jobs ended, their leases run out"
        );
        running.abort_all();
    }

    /// The jobs that are to be run now, but for those that this process runs already.
    async fn due(&self, busy: &HashMap<Id, &'static str>) -> Result<Vec<Arc<dyn Job>>, Fault> {
        let now = self.clock.now();
        let known = self.store.reader().await?.jobs().await?;
        let mut due = Vec::new();
        for job in &self.jobs {
            let Some(state) = known.iter().find(|state| state.name == job.name()) else {
                self.announce(&**job, now).await?;
                continue;
            };
            let is_free = state.lease.as_ref().is_none_or(|(_, until)| *until <= now);
            let is_due = state.due <= now && is_free && !busy.values().any(|name| *name == job.name());
            if is_due && job.is_wanted(now).await? {
                due.push(Arc::clone(job));
            }
        }
        Ok(due)
    }

    async fn announce(&self, job: &dyn Job, due: Time) -> Result<(), store::Error> {
        let mut side = self.store.side().await?;
        side.announce_job(job.name(), due).await?;
        side.finish().await
    }

    /// Runs a job that is due, unless another process was quicker.
    async fn run_due(self: Arc<Runner>, job: Arc<dyn Job>, signals: Signals) {
        match self.begin(&*job, false).await {
            Ok(Some(run)) => {
                self.finish_run(job, run, &signals).await;
            }
            Ok(None) => {}
            Err(error) => {
                tracing::error!(job = job.name(), %error, "the job cannot be run");
                // A database that takes no writes is not asked, and told of, every second.
                let mut stop = signals.stop.subscribe();
                let _ = tokio::time::timeout(self.pace.renewal, stop.wait_for(|stop| *stop)).await;
            }
        }
    }

    /// Runs a job whether it is due or not, and waits for its end.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn run_now(&self, name: &str) -> Result<AtOnce, store::Error> {
        let Some(job) = self.jobs.iter().find(|job| job.name() == name) else {
            return Ok(AtOnce::Unknown);
        };
        self.announce(&**job, self.clock.now()).await?;
        if let Some(run) = self.begin(&**job, true).await? {
            return Ok(AtOnce::Ended(self.finish_run(Arc::clone(job), run, &Signals::new()).await));
        }
        let known = self.store.reader().await?.jobs().await?;
        let lease = known.into_iter().find(|state| state.name == name).and_then(|state| state.lease);
        let (holder, until) = lease.unwrap_or_else(|| ("another process".to_owned(), self.clock.now()));
        Ok(AtOnce::Busy { holder, until })
    }

    /// Takes the lease of a job. Gives the number of the run that begins, and the end of the lease.
    async fn begin(&self, job: &dyn Job, forced: bool) -> Result<Option<(u32, Time)>, store::Error> {
        let now = self.clock.now();
        let until = later(now, self.pace.lease);
        let claim = Claim { job: job.name(), holder: &self.holder, now, until, forced };
        let mut side = self.store.side().await?;
        let run = side.begin_run(claim).await?;
        side.finish().await?;
        Ok(run.map(|run| (run, until)))
    }

    /// Does the work of a run that has begun, and writes down how it ended.
    async fn finish_run(&self, job: Arc<dyn Job>, (run, until): (u32, Time), signals: &Signals) -> Ended {
        let started = self.clock.now();
        let running = Running::new(started, signals.stop.subscribe());
        let own = Arc::clone(&job);
        // In a task of its own: a panic there is an outcome and no more. It ends with whoever watches over it.
        let mut work = JoinSet::new();
        work.spawn(async move { own.run(&running).await });
        let ended = self.watch_over(&*job, work, until, signals.cut.subscribe()).await;
        tell(&*job, &ended);
        let now = self.clock.now();
        let end = RunEnd {
            run,
            job: job.name(),
            holder: &self.holder,
            now,
            outcome: ended.outcome,
            message: &ended.message,
            due: self.next_due(&*job, started, now, ended.outcome),
        };
        if let Err(error) = self.write_end(end).await {
            tracing::error!(job = job.name(), %error, "it cannot be written down how the job ended");
        }
        ended
    }

    async fn write_end(&self, end: RunEnd<'_>) -> Result<(), store::Error> {
        let mut side = self.store.side().await?;
        side.end_run(end).await?;
        side.finish().await
    }

    /// Waits for the end of a run, and renews its lease meanwhile. A run whose lease is lost, or that is cut off, ends
    /// at its next await.
    async fn watch_over(
        &self,
        job: &dyn Job,
        mut work: JoinSet<Result<String, Fault>>,
        until: Time,
        mut cut: watch::Receiver<bool>,
    ) -> Ended {
        let (outcome, message) = tokio::select! {
            Some(joined) = work.join_next() => return how(joined),
            Ok(_) = cut.wait_for(|cut| *cut) => {
                (Outcome::Stopped, "it was cut off, since the program was to stop")
            }
            why = self.keep_lease(job.name(), until) => (Outcome::Lost, why),
        };
        work.abort_all();
        match work.join_next().await {
            // It was quicker.
            Some(Ok(done)) => how(Ok(done)),
            _ => Ended { outcome, message: message.to_owned() },
        }
    }

    /// Renews a lease that is good until a moment, for as long as that can be done. Ends, with the reason, when the
    /// lease does: at that moment another process may take it.
    async fn keep_lease(&self, job: &str, mut until: Time) -> &'static str {
        loop {
            tokio::time::sleep(self.pace.renewal.min(self.left(until))).await;
            let wanted = later(self.clock.now(), self.pace.lease);
            match tokio::time::timeout(self.left(until), self.renew(job, wanted)).await {
                Ok(Ok(true)) => until = wanted,
                Ok(Ok(false)) => return "another process took its lease",
                Ok(Err(error)) if !self.left(until).is_zero() => {
                    tracing::warn!(job, %error, "the lease is not renewed");
                }
                Ok(Err(_)) | Err(_) => return "the lease ran out while the database was away",
            }
        }
    }

    /// The time from now to a moment; none behind it.
    fn left(&self, until: Time) -> Duration {
        Duration::from_micros(u64::try_from(until.0 - self.clock.now().0).unwrap_or(0))
    }

    async fn renew(&self, job: &str, until: Time) -> Result<bool, store::Error> {
        let mut side = self.store.side().await?;
        let renewed = side.renew_lease(job, &self.holder, until).await?;
        side.finish().await?;
        Ok(renewed)
    }

    fn next_due(&self, job: &dyn Job, started: Time, now: Time, outcome: Outcome) -> Time {
        let (from, pause) = match outcome {
            Outcome::Done => (started, job.every()),
            // Whoever serves the database next goes on with it.
            Outcome::Stopped => return now,
            Outcome::Failed | Outcome::Panicked | Outcome::Lost => (now, job.retry_after()),
        };
        let jitter = pause / JITTER_PART;
        let part = (self.random.draw() & 0xffff) as u32;
        later(from, pause + jitter * part / 0xffff)
    }
}

/// Takes a run that has ended, however it did, from those under way.
fn leave(busy: &mut HashMap<Id, &'static str>, joined: Result<(Id, ()), JoinError>) {
    let (id, fault) = match joined {
        Ok((id, ())) => (id, None),
        Err(error) => (error.id(), Some(error)),
    };
    let job = busy.remove(&id);
    if let Some(error) = fault {
        tracing::error!(job, %error, "the runner of the job broke off, its lease runs out");
    }
}

fn later(time: Time, span: Duration) -> Time {
    Time(time.0.saturating_add(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)))
}

fn how(joined: Result<Result<String, Fault>, JoinError>) -> Ended {
    let (outcome, message) = match joined {
        Ok(Ok(message)) => (Outcome::Done, message),
        Ok(Err(fault)) => (Outcome::Failed, fault.to_string()),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => {
                let text = panic.downcast_ref::<String>().map(String::as_str);
                let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no text");
                (Outcome::Panicked, text.to_owned())
            }
            Err(_) => (Outcome::Stopped, "it was cut off".to_owned()),
        },
    };
    Ended { outcome, message }
}

fn tell(job: &dyn Job, ended: &Ended) {
    let (job, Ended { outcome, message }) = (job.name(), ended);
    match outcome {
        Outcome::Done if message.is_empty() => tracing::debug!(job, "done"),
        Outcome::Done => tracing::info!(job, message, "done"),
        Outcome::Stopped => tracing::info!(job, message, "stopped"),
        Outcome::Failed | Outcome::Panicked | Outcome::Lost => tracing::error!(job, message, "{outcome}"),
    }
}
