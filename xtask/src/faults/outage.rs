//! Times in which the database cannot be written: writers are told, readers notice nothing, and all goes on by itself.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::Stage;
use super::http::Connection;
use super::kill::{acknowledged_again, settle};
use super::ledger::Ledger;
use super::program::{Program, Serving};
use super::writers::{self, Tally, Work, lock};
use crate::command::Failure;
use crate::postgres::Server;

/// Time in which writers write undisturbed.
const BEFORE: Duration = Duration::from_millis(300);
/// By then an outage has been noticed by those who write.
const NOTICE: Duration = Duration::from_secs(40);
/// Refusals that prove that an outage was noticed.
const REFUSALS: u64 = 8;
/// Longest answer to a read while writers are refused.
const READ_MAX: Duration = Duration::from_secs(1);
/// Between two writes of one writer: so many that things happen, and few enough to read what happened.
const PAUSE: Duration = Duration::from_millis(2);

/// Longest wait for an answer while the database is silent: somewhat less than clients and proxies wait.
const GIVEN_UP: Duration = Duration::from_secs(45);

/// What is read all the while.
const READS: [&str; 6] = [
    "/api/net?limit=20",
    "/api/net?limit=1&depth=2",
    "/api/ix?name__contains=a",
    "/api/netixlan?limit=50&depth=1",
    "/api/org?since=1&limit=5",
    "/api/fac",
];

/// A case of trouble.
pub(crate) struct Trouble<B, E> {
    pub(crate) part: &'static str,
    pub(crate) database: &'static str,
    pub(crate) case: &'static str,
    /// How many write.
    pub(crate) writers: usize,
    /// How long the answer to a write may take.
    pub(crate) answer_max: Duration,
    /// Whether somebody has to be refused: not where the trouble is over before it is noticed.
    pub(crate) refuses: bool,
    /// Brings the trouble.
    pub(crate) begin: B,
    /// Ends it.
    pub(crate) end: E,
}

/// Reads and writes before, in and after the trouble, and looks at what is left, also after a kill.
pub(crate) fn ride_out<B, E>(
    stage: &mut Stage,
    program: &Program,
    mut serving: Serving,
    trouble: Trouble<B, E>,
) -> Result<(), Failure>
where
    B: FnOnce() -> Result<(), Failure>,
    E: FnOnce() -> Result<(), Failure>,
{
    let Trouble { part, database, case, writers, answer_max, refuses, begin, end } = trouble;
    let ledger = Mutex::new(writers::ledger(&serving)?);
    let work = Work { pause: PAUSE, writers, ..stage.work(&serving, &ledger, 0) };
    let (reads, (tally, course)) =
        read_while(&serving, || writers::write(&work, || course(&ledger, refuses, begin, end)));
    let course = course?;
    let mut findings = judge(&tally, &course, answer_max, refuses);
    findings.extend(reads.findings.iter().cloned());
    findings.extend(program.check()?.map(|told| format!("check: {told}")));
    findings.extend(settle(program, &serving, &ledger, &stage.world.key)?.findings);
    serving.kill();
    let serving = program.serve()?;
    findings.extend(settle(program, &serving, &ledger, &stage.world.key)?.findings);
    findings.extend(program.panics());
    let figures = figures(&tally, &course, &reads);
    stage.report.add(part, database, case, figures, &findings);
    Ok(())
}

/// What happened.
struct Course {
    /// How long the trouble lasted.
    trouble: Duration,
    /// From its end to the first acknowledged write, where there was one.
    recovery: Option<Duration>,
}

fn course(
    ledger: &Mutex<Ledger>,
    refuses: bool,
    begin: impl FnOnce() -> Result<(), Failure>,
    end: impl FnOnce() -> Result<(), Failure>,
) -> Result<Course, Failure> {
    thread::sleep(BEFORE);
    let begun = Instant::now();
    begin()?;
    while refuses && lock(ledger).refused < REFUSALS && begun.elapsed() < NOTICE {
        thread::sleep(Duration::from_millis(5));
    }
    end()?;
    let ended = Instant::now();
    let recovered = acknowledged_again(ledger);
    Ok(Course { trouble: ended - begun, recovery: recovered.then(|| ended.elapsed()) })
}

fn judge(tally: &Tally, course: &Course, answer_max: Duration, refuses: bool) -> Vec<String> {
    let mut findings = tally.findings.clone();
    if tally.longest > answer_max {
        findings.push(format!("a write was answered after {:.1} s", tally.longest.as_secs_f64()));
    }
    if refuses && tally.unavailable == 0 {
        findings.push("no write was refused: either the trouble was none, or nobody was told".to_owned());
    }
    if course.recovery.is_none() {
        findings.push("no write was acknowledged after the trouble".to_owned());
    }
    findings
}

fn figures(tally: &Tally, course: &Course, reads: &Reads) -> String {
    let recovery =
        course.recovery.map_or_else(|| "never".to_owned(), |time| format!("after {} ms", time.as_millis()));
    format!(
        "{:.1} s; {} acknowledged, {} answered 503, {} open; slowest write {:.1} s; acknowledged again {recovery}; {} reads, slowest {} ms",
        course.trouble.as_secs_f64(),
        tally.acknowledged,
        tally.unavailable,
        tally.unknown,
        tally.longest.as_secs_f64(),
        reads.count,
        reads.longest.as_millis()
    )
}

/// What readers saw.
#[derive(Default)]
struct Reads {
    count: u64,
    longest: Duration,
    findings: Vec<String>,
}

/// Reads all the time while something is done.
fn read_while<T>(serving: &Serving, done: impl FnOnce() -> T) -> (Reads, T) {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut reads = Reads::default();
            let mut connection = serving.connect();
            for path in READS.iter().cycle() {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let finding = match &mut connection {
                    Ok(open) => read(open, path, &mut reads),
                    Err(error) => Some(format!("a reader cannot connect: {error}")),
                };
                if let Some(finding) = finding {
                    reads.findings.push(finding);
                    connection = serving.connect();
                }
                thread::sleep(PAUSE);
            }
            reads
        });
        let outcome = done();
        stop.store(true, Ordering::Relaxed);
        (reader.join().unwrap_or_default(), outcome)
    })
}

fn read(connection: &mut Connection, path: &str, reads: &mut Reads) -> Option<String> {
    let sent = Instant::now();
    let reply = connection.get(path);
    let took = sent.elapsed();
    reads.count += 1;
    reads.longest = reads.longest.max(took);
    match reply {
        Ok(reply) if reply.status == 200 && took <= READ_MAX => None,
        Ok(reply) => Some(format!("GET {path} within {} ms: {}", took.as_millis(), reply.shown())),
        Err(error) => Some(format!("GET {path}: {error}")),
    }
}

/// The troubles of a server of databases.
pub(crate) fn of_server(stage: &mut Stage, server: &mut Server) -> Result<(), Failure> {
    stopped(stage, server)?;
    cut(stage, server)?;
    frozen(stage, server)?;
    stage.report.leave_out(
        "disk",
        "postgres",
        "full disk",
        "the server's own disk; SQLite runs the same code".to_owned(),
    );
    Ok(())
}

fn trouble<B, E>(case: &'static str, refuses: bool, begin: B, end: E) -> Trouble<B, E> {
    let answer_max = Duration::from_secs(30);
    Trouble {
        part: "disk",
        database: "postgres",
        case,
        writers: writers::WRITERS,
        answer_max,
        refuses,
        begin,
        end,
    }
}

/// Stopped as an operator does it, for as long as it takes writers to notice.
fn stopped(stage: &mut Stage, server: &mut Server) -> Result<(), Failure> {
    let program = stage.world.on_server(server, "stopped")?;
    let serving = program.serve()?;
    let server = Mutex::new(server);
    let held = || server.lock().map_err(|_| Failure::broken("a thread panicked"));
    let trouble = trouble("database stopped and started", true, || held()?.end("INT"), || held()?.resume());
    ride_out(stage, &program, serving, trouble)
}

/// Ends every connection of the program, again and again.
fn cut(stage: &mut Stage, server: &Server) -> Result<(), Failure> {
    const CUT: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                       WHERE application_name = 'peeringd' AND datname = 'severed'";
    let program = stage.world.on_server(server, "severed")?;
    let serving = program.serve()?;
    let times = if stage.long { 100 } else { 10 };
    let cut = || {
        for _ in 0..times {
            server.sql(CUT)?;
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    };
    ride_out(stage, &program, serving, trouble("connections cut", false, cut, || Ok(())))
}

/// The server neither answers nor lets go: as behind a network that swallows everything.
fn frozen(stage: &mut Stage, server: &Server) -> Result<(), Failure> {
    let program = stage.world.on_server(server, "frozen")?;
    let serving = program.serve()?;
    let begin = || server.signal("STOP", &server.processes());
    let end = || server.signal("CONT", &server.processes());
    let trouble = trouble("database that does not answer", true, begin, end);
    ride_out(stage, &program, serving, Trouble { answer_max: GIVEN_UP, ..trouble })
}
