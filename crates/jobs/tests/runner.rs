//! The runner over a database of either kind: when jobs run, by whom, and how their ends are written down.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use app::random::Random;
use jobs::job::{Fault, Job, Running, Working};
use jobs::runner::{AtOnce, Ended, Pace, Runner};
use model::Time;
use store::job::{JobState, Outcome, RUNS_KEPT, Run};
use store::{Side, Store};
use testkit::{Bench, Counted, FixedClock, Kind, on_both_databases};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

const FILE: &str = "a.db";
const START: Time = Time(1_800_000_000_000_000);
const HOUR: i64 = 3600 * Time::SECOND;
const DEADLINE: Duration = Duration::from_secs(60);

on_both_databases! {
    a_job_runs_when_it_is_due_and_once_after_a_pause
    of_several_processes_one_runs_a_job
    the_lease_of_a_process_that_died_runs_out
    a_run_that_lost_its_lease_is_cut_off
    a_run_does_not_outlive_a_lease_that_cannot_be_renewed
    a_panic_is_an_outcome_and_not_the_end_of_the_runner
    a_job_that_failed_is_tried_again_sooner
    a_job_with_nothing_to_do_is_not_run
    a_runner_that_stops_lets_runs_end_and_cuts_off_those_that_do_not
    a_runner_stops_while_it_looks_for_what_is_due
    a_runner_stops_while_the_end_of_a_run_cannot_be_written_down
    a_job_is_run_again_after_a_fault_of_the_runner
    the_last_runs_are_kept
    a_job_is_run_by_hand_unless_another_process_has_it
}

/// What a run of the job in a test does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    Nothing,
    Fail,
    Panic,
    /// Waits until it is let go.
    Wait,
    /// Waits until it is asked to stop.
    Obey,
    /// Never knows whether it is wanted.
    Doubt,
}

/// A job that is told what to do, and counts.
struct Told {
    does: Does,
    is_wanted: bool,
    asked: AtomicUsize,
    runs: AtomicUsize,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
    let_go: Notify,
}

impl Told {
    fn to(does: Does) -> Arc<Told> {
        Told::of(does, true)
    }

    fn of(does: Does, is_wanted: bool) -> Arc<Told> {
        Arc::new(Told {
            does,
            is_wanted,
            asked: AtomicUsize::new(0),
            runs: AtomicUsize::new(0),
            at_once: AtomicUsize::new(0),
            most_at_once: AtomicUsize::new(0),
            let_go: Notify::new(),
        })
    }

    fn runs(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }

    async fn work(&self, run: &Running) -> Result<String, Fault> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        let now = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        let _leaving = Leaving(&self.at_once);
        self.most_at_once.fetch_max(now, Ordering::SeqCst);
        match self.does {
            Does::Nothing | Does::Doubt => {}
            Does::Fail => return Err(Fault::Other("no luck".to_owned())),
            Does::Panic => panic!("a fault of the program"),
            Does::Wait => self.let_go.notified().await,
            Does::Obey => run.stopping().await,
        }
        Ok("well".to_owned())
    }
}

/// Counts a run no longer, however it ends.
struct Leaving<'a>(&'a AtomicUsize);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

struct Own(Arc<Told>);

impl Job for Own {
    fn name(&self) -> &'static str {
        "test"
    }

    fn about(&self) -> &'static str {
        "does what a test says"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(3600)
    }

    fn retry_after(&self) -> Duration {
        Duration::from_secs(60)
    }

    fn is_wanted(&self, _: Time) -> Working<'_, bool> {
        Box::pin(async {
            self.0.asked.fetch_add(1, Ordering::SeqCst);
            match self.0.does {
                Does::Doubt => std::future::pending().await,
                _ => Ok(self.0.is_wanted),
            }
        })
    }

    fn run<'a>(&'a self, run: &'a Running) -> Working<'a, String> {
        Box::pin(self.0.work(run))
    }
}

/// No job is put off.
struct Zero;

impl Random for Zero {
    fn draw(&self) -> u128 {
        0
    }
}

/// One process.
struct Process {
    runner: Arc<Runner>,
    store: Store,
    serving: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

const PACE: Pace = Pace {
    look: Duration::from_millis(5),
    lease: Duration::from_secs(60),
    renewal: Duration::from_millis(5),
    grace: Duration::from_millis(100),
};

impl Process {
    async fn new(bench: &Bench, clock: &Arc<FixedClock>, job: &Arc<Told>) -> Process {
        let store = bench.store(FILE).await;
        let clock: Arc<FixedClock> = Arc::clone(clock);
        let runner = Runner::new(store.clone(), clock, Arc::new(Counted)).at_pace(PACE);
        let runner = Arc::new(runner.with(Own(Arc::clone(job))));
        Process { runner, store, serving: None }
    }

    /// The same, which never puts anything off.
    async fn punctual(bench: &Bench, clock: &Arc<FixedClock>, job: &Arc<Told>) -> Process {
        Process::of(bench, clock, job, Arc::new(Zero), PACE).await
    }

    async fn of(
        bench: &Bench,
        clock: &Arc<FixedClock>,
        job: &Arc<Told>,
        random: Arc<dyn Random>,
        pace: Pace,
    ) -> Process {
        let store = bench.store(FILE).await;
        let clock: Arc<FixedClock> = Arc::clone(clock);
        let runner = Runner::new(store.clone(), clock, random).at_pace(pace);
        Process { runner: Arc::new(runner.with(Own(Arc::clone(job)))), store, serving: None }
    }

    fn serve(mut self) -> Process {
        let (stop, stopped) = oneshot::channel::<()>();
        let runner = Arc::clone(&self.runner);
        let task = tokio::spawn(runner.serve(async { stopped.await.unwrap_or_default() }));
        self.serving = Some((stop, task));
        self
    }

    async fn stop(mut self) {
        let (stop, task) = self.serving.take().expect("it serves");
        drop(stop);
        tokio::time::timeout(DEADLINE, task).await.expect("it ends in time").expect("it ends well");
    }

    async fn state(&self) -> Option<JobState> {
        self.store.reader().await.expect("a reader").jobs().await.expect("jobs").into_iter().next()
    }

    async fn runs(&self) -> Vec<Run> {
        self.store.reader().await.expect("a reader").runs("test", 1000).await.expect("runs")
    }

    async fn ended(&self, count: usize) {
        until(async || self.runs().await.iter().filter(|run| run.ended.is_some()).count() >= count).await;
    }
}

/// Waits for a condition.
async fn until(condition: impl AsyncFn() -> bool) {
    let waiting = async {
        while !condition().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, waiting).await.expect("it comes true in time");
}

fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::at(START))
}

fn after(micros: i64) -> Time {
    Time(START.0 + micros)
}

async fn a_job_runs_when_it_is_due_and_once_after_a_pause(kind: Kind) {
    let (bench, clock, job) = (Bench::new(kind), clock(), Told::to(Does::Nothing));
    let process = Process::punctual(&bench, &clock, &job).await.serve();
    process.ended(1).await;
    let state = process.state().await.expect("it is known");
    assert_eq!((state.due, state.lease), (after(HOUR), None));
    let run = state.last.expect("a run");
    assert_eq!((run.started, run.ended), (START, Some((START, Outcome::Done))));
    assert_eq!(run.message, "well");
    clock.set(after(HOUR - 1));
    process.stop().await;
    assert_eq!(job.runs(), 1, "it was not due");
    // Three runs were due while nobody was there.
    clock.set(after(4 * HOUR));
    let process = Process::punctual(&bench, &clock, &job).await.serve();
    process.ended(2).await;
    assert_eq!(process.state().await.map(|state| state.due), Some(after(5 * HOUR)));
    process.stop().await;
    assert_eq!(job.runs(), 2);
}

async fn of_several_processes_one_runs_a_job(kind: Kind) {
    let (bench, clock, job) = (Bench::new(kind), clock(), Told::to(Does::Nothing));
    let mut processes = Vec::new();
    for _ in 0..3 {
        processes.push(Process::new(&bench, &clock, &job).await.serve());
    }
    for count in 1..=5 {
        processes[0].ended(count).await;
        // Past the time that runs are put off by.
        clock.set(after(2 * HOUR * count as i64));
    }
    processes[0].ended(6).await;
    for process in processes {
        process.stop().await;
    }
    assert_eq!((job.runs(), job.most_at_once.load(Ordering::SeqCst)), (6, 1));
}

async fn the_lease_of_a_process_that_died_runs_out(kind: Kind) {
    let (bench, clock) = (Bench::new(kind), clock());
    let stuck = Told::to(Does::Wait);
    let dead = Process::new(&bench, &clock, &stuck).await.serve();
    until(async || stuck.runs() == 1).await;
    let (_stop, task) = dead.serving.expect("it serves");
    task.abort();
    assert!(task.await.expect_err("it died").is_cancelled());
    let heir_job = Told::to(Does::Nothing);
    let heir = Process::new(&bench, &clock, &heir_job).await;
    let AtOnce::Busy { until: lease, .. } = heir.runner.run_now("test").await.expect("an answer") else {
        panic!("the lease is good still");
    };
    clock.set(lease);
    let heir = heir.serve();
    heir.ended(2).await;
    let runs = heir.runs().await;
    let outcomes: Vec<_> = runs.iter().map(|run| run.ended.map(|(_, outcome)| outcome)).collect();
    assert_eq!(outcomes, [Some(Outcome::Done), Some(Outcome::Lost)]);
    assert_ne!(runs[0].holder, runs[1].holder);
    heir.stop().await;
}

async fn a_run_that_lost_its_lease_is_cut_off(kind: Kind) {
    let (bench, clock, job) = (Bench::new(kind), clock(), Told::to(Does::Wait));
    let process = Process::new(&bench, &clock, &job).await.serve();
    until(async || job.runs() == 1).await;
    bench.run(FILE, "UPDATE job SET holder = 'somebody else'").await;
    process.ended(1).await;
    let runs = process.runs().await;
    assert_eq!(runs[0].ended.map(|(_, outcome)| outcome), Some(Outcome::Lost));
    let lease = process.state().await.and_then(|state| state.lease);
    assert_eq!(lease.map(|(holder, _)| holder).as_deref(), Some("somebody else"), "it is not taken back");
    process.stop().await;
}

/// A transaction that keeps everybody from changing the row of a job that a process runs.
async fn lock(bench: &Bench, process: &Process) -> Side {
    let (holder, until) = process.state().await.and_then(|state| state.lease).expect("a lease");
    let mut side = bench.store(FILE).await.side().await.expect("a transaction");
    assert!(side.renew_lease("test", &holder, until).await.expect("an answer"));
    side
}

async fn a_run_does_not_outlive_a_lease_that_cannot_be_renewed(kind: Kind) {
    let (bench, clock, job) = (Bench::new(kind), clock(), Told::to(Does::Wait));
    let pace = Pace { lease: Duration::from_secs(2), ..PACE };
    let process = Process::of(&bench, &clock, &job, Arc::new(Zero), pace).await.serve();
    until(async || job.runs() == 1).await;
    let lock = lock(&bench, &process).await;
    until(async || job.at_once.load(Ordering::SeqCst) == 0).await;
    drop(lock);
    process.ended(1).await;
    assert_eq!(process.runs().await[0].ended.map(|(_, outcome)| outcome), Some(Outcome::Lost));
    process.stop().await;
}

async fn a_panic_is_an_outcome_and_not_the_end_of_the_runner(kind: Kind) {
    let (bench, clock, job) = (Bench::new(kind), clock(), Told::to(Does::Panic));
    let process = Process::new(&bench, &clock, &job).await.serve();
    process.ended(1).await;
    clock.set(after(HOUR));
    process.ended(2).await;
    for run in process.runs().await {
        assert_eq!(run.ended.map(|(_, outcome)| outcome), Some(Outcome::Panicked));
        assert_eq!(run.message, "a fault of the program");
    }
    process.stop().await;
}

async fn a_job_that_failed_is_tried_again_sooner(kind: Kind) {
    let (bench, clock, job) = (Bench::new(kind), clock(), Told::to(Does::Fail));
    let process = Process::punctual(&bench, &clock, &job).await.serve();
    process.ended(1).await;
    let state = process.state().await.expect("it is known");
    assert_eq!(state.due, after(60 * Time::SECOND));
    let run = state.last.expect("a run");
    assert_eq!(run.ended, Some((START, Outcome::Failed)));
    assert_eq!(run.message, "no luck");
    process.stop().await;
}

async fn a_job_with_nothing_to_do_is_not_run(kind: Kind) {
    let (bench, clock, job) = (Bench::new(kind), clock(), Told::of(Does::Nothing, false));
    let process = Process::new(&bench, &clock, &job).await.serve();
    until(async || process.state().await.is_some()).await;
    process.stop().await;
    assert_eq!(job.runs(), 0);
}

async fn a_runner_that_stops_lets_runs_end_and_cuts_off_those_that_do_not(kind: Kind) {
    for (does, outcome) in [(Does::Obey, Outcome::Done), (Does::Wait, Outcome::Stopped)] {
        let (bench, clock, job) = (Bench::new(kind), clock(), Told::to(does));
        let process = Process::punctual(&bench, &clock, &job).await.serve();
        until(async || job.runs() == 1).await;
        process.stop().await;
        let process = Process::punctual(&bench, &clock, &job).await;
        let state = process.state().await.expect("it is known");
        assert_eq!(state.last.and_then(|run| run.ended).map(|(_, outcome)| outcome), Some(outcome));
        assert_eq!(state.lease, None, "the next process need not wait");
        assert_eq!(state.due == START, outcome == Outcome::Stopped, "what was cut off goes on");
    }
}

async fn a_runner_stops_while_it_looks_for_what_is_due(kind: Kind) {
    let (bench, clock, job) = (Bench::new(kind), clock(), Told::to(Does::Doubt));
    let process = Process::new(&bench, &clock, &job).await.serve();
    until(async || job.asked.load(Ordering::SeqCst) == 1).await;
    process.stop().await;
    assert_eq!(job.runs(), 0);
}

async fn a_runner_stops_while_the_end_of_a_run_cannot_be_written_down(kind: Kind) {
    let (bench, clock, job) = (Bench::new(kind), clock(), Told::to(Does::Wait));
    let pace = Pace { renewal: Duration::from_secs(3600), ..PACE };
    let process = Process::of(&bench, &clock, &job, Arc::new(Zero), pace).await.serve();
    until(async || job.runs() == 1).await;
    let lock = lock(&bench, &process).await;
    let begun = Instant::now();
    process.stop().await;
    // The database itself gives up after five seconds, where it can be reached.
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    assert_eq!(job.at_once.load(Ordering::SeqCst), 0, "the run is cut off nevertheless");
    drop(lock);
}

/// Breaks at the second draw: the first one names the process.
struct Once(AtomicUsize);

impl Random for Once {
    fn draw(&self) -> u128 {
        assert_ne!(self.0.fetch_add(1, Ordering::SeqCst), 1, "a fault of the runner");
        0
    }
}

async fn a_job_is_run_again_after_a_fault_of_the_runner(kind: Kind) {
    let (bench, clock, job) = (Bench::new(kind), clock(), Told::to(Does::Nothing));
    let random = Arc::new(Once(AtomicUsize::new(0)));
    let own: Arc<Once> = Arc::clone(&random);
    let process = Process::of(&bench, &clock, &job, own, PACE).await.serve();
    until(async || random.0.load(Ordering::SeqCst) == 2).await;
    clock.set(after(60 * Time::SECOND));
    process.ended(2).await;
    let outcomes: Vec<_> =
        process.runs().await.iter().map(|run| run.ended.map(|(_, outcome)| outcome)).collect();
    assert_eq!(outcomes, [Some(Outcome::Done), Some(Outcome::Lost)]);
    process.stop().await;
}

async fn the_last_runs_are_kept(kind: Kind) {
    let (bench, clock, job) = (Bench::new(kind), clock(), Told::to(Does::Nothing));
    let process = Process::new(&bench, &clock, &job).await;
    for n in 0..RUNS_KEPT + 3 {
        clock.set(after(i64::from(n)));
        process.runner.run_now("test").await.expect("it ran");
    }
    let runs = process.runs().await;
    assert_eq!(runs.len(), RUNS_KEPT as usize);
    assert_eq!(runs[0].started, after(i64::from(RUNS_KEPT + 2)), "the newest ones");
}

async fn a_job_is_run_by_hand_unless_another_process_has_it(kind: Kind) {
    let (bench, clock, job) = (Bench::new(kind), clock(), Told::to(Does::Wait));
    let process = Process::new(&bench, &clock, &job).await;
    assert_eq!(process.runner.run_now("tset").await.expect("an answer"), AtOnce::Unknown);
    let runner = Arc::clone(&process.runner);
    let first = tokio::spawn(async move { runner.run_now("test").await.expect("it ran") });
    until(async || job.runs() == 1).await;
    let other = Process::new(&bench, &clock, &job).await;
    let held = other.runner.run_now("test").await.expect("an answer");
    let holder = process.state().await.and_then(|state| state.lease).expect("a lease").0;
    assert!(matches!(&held, AtOnce::Busy { holder: told, .. } if *told == holder), "{held:?}");
    job.let_go.notify_one();
    let well = Ended { outcome: Outcome::Done, message: "well".to_owned() };
    assert_eq!(first.await.expect("it ended"), AtOnce::Ended(well));
}
