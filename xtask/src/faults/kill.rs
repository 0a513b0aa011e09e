//! The program, and the server of its database, killed at random moments while others write.

use std::sync::Mutex;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::ledger::{Ledger, Settled};
use super::program::{Program, Serving};
use super::writers::{self, Tally, Work, lock};
use super::{Base, Stage};
use crate::command::Failure;
use crate::postgres::Server;

/// The latest moment of a kill, counted from the first acknowledged write, in milliseconds.
const LATEST: u64 = 500;
/// The latest moment of a kill while the program starts.
const LATEST_AT_START: u64 = 250;
/// Records that are read over HTTP after each kill.
const READ_BACK: usize = 12;
/// Writers of a program whose database was away have to be acknowledged again by then.
const RECOVERY: Duration = Duration::from_secs(15);

/// What all rounds came to.
#[derive(Default)]
struct Sum {
    rounds: u64,
    acknowledged: u64,
    landed: u64,
    dropped: u64,
    compared: usize,
    findings: Vec<String>,
}

impl Sum {
    fn add(&mut self, settled: Settled, tally: Tally) {
        self.rounds += 1;
        self.acknowledged += settled.acknowledged;
        self.landed += settled.landed;
        self.dropped += settled.dropped;
        self.compared += settled.compared;
        self.findings.extend(tally.findings.into_iter().chain(settled.findings));
    }

    fn figures(&self) -> String {
        format!(
            "{} kills; {} acknowledged writes; of {} unanswered ones {} there and {} not; {} comparisons",
            self.rounds,
            self.acknowledged,
            self.landed + self.dropped,
            self.landed,
            self.dropped,
            self.compared
        )
    }
}

/// Kills the program in every round. On SQLite it also dies while it starts.
pub(crate) fn program(stage: &mut Stage, base: &Base<'_>) -> Result<(), Failure> {
    let program = base.program(&stage.world, "killed")?;
    let mut rng = StdRng::seed_from_u64(stage.seed);
    let mut serving = program.serve()?;
    let ledger = Mutex::new(writers::ledger(&serving)?);
    let mut sum = Sum::default();
    for round in 0..stage.rounds {
        let moment = Duration::from_millis(rng.random_range(1..LATEST));
        let (tally, ()) = writers::write(&stage.work(&serving, &ledger, round), || {
            acknowledged_again(&ledger);
            std::thread::sleep(moment);
            serving.kill();
        });
        // Looked at before anybody has mended it, and beside a server that has.
        if round % 2 == 0 {
            whole(&program, &mut sum.findings)?;
        }
        if round % 4 == 3 {
            let mut short = program.begin()?;
            std::thread::sleep(Duration::from_millis(rng.random_range(1..LATEST_AT_START)));
            short.kill();
        }
        serving = program.serve()?;
        if round % 2 == 1 {
            whole(&program, &mut sum.findings)?;
        }
        let settled = settle(&program, &serving, &ledger, &stage.world.key)?;
        sum.add(settled, tally);
    }
    sum.findings.extend(program.panics());
    must_have_written(&mut sum);
    stage.report.add("kill", base.name(), "the program, by signal 9", sum.figures(), &sum.findings);
    Ok(())
}

/// Kills the server of the database below a program that goes on.
pub(crate) fn database(stage: &mut Stage, server: &mut Server) -> Result<(), Failure> {
    let program = stage.world.on_server(server, "orphaned")?;
    let mut rng = StdRng::seed_from_u64(stage.seed);
    let serving = program.serve()?;
    let ledger = Mutex::new(writers::ledger(&serving)?);
    let mut sum = Sum::default();
    // Dearer than the kills of the program, each of them a recovery of the whole server.
    for round in 0..stage.rounds.div_ceil(3) {
        let moment = Duration::from_millis(rng.random_range(1..LATEST));
        let signal = if round % 2 == 0 { "KILL" } else { "QUIT" };
        let (tally, done) = writers::write(&stage.work(&serving, &ledger, round), || {
            acknowledged_again(&ledger);
            std::thread::sleep(moment);
            server.end(signal)?;
            server.resume()?;
            Ok(acknowledged_again(&ledger))
        });
        if !done? {
            sum.findings
                .push(format!("no write was acknowledged within {} s of a restart", RECOVERY.as_secs()));
        }
        whole(&program, &mut sum.findings)?;
        let settled = settle(&program, &serving, &ledger, &stage.world.key)?;
        sum.add(settled, tally);
    }
    sum.findings.extend(program.panics());
    must_have_written(&mut sum);
    stage.report.add("kill", "postgres", "the server of the database", sum.figures(), &sum.findings);
    Ok(())
}

fn whole(program: &Program, findings: &mut Vec<String>) -> Result<(), Failure> {
    findings.extend(program.check()?.map(|told| format!("check: {told}")));
    Ok(())
}

/// Compares everything that was acknowledged with the database, and the newest of it with what the server shows.
pub(crate) fn settle(
    program: &Program,
    serving: &Serving,
    ledger: &Mutex<Ledger>,
    key: &str,
) -> Result<Settled, Failure> {
    let dump = program.dump()?;
    let stored = serving.stored()?;
    let mut ledger = lock(ledger);
    let newest = ledger.newest(READ_BACK);
    let mut settled = ledger.settle(&dump, stored);
    settled.findings.extend(writers::misread(serving, key, &newest)?);
    Ok(settled)
}

/// Whether writers are told of changes that are newer than all before.
pub(crate) fn acknowledged_again(ledger: &Mutex<Ledger>) -> bool {
    let before = lock(ledger).count();
    let begun = std::time::Instant::now();
    while begun.elapsed() < RECOVERY {
        if lock(ledger).count() > before {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

/// Kills that met nobody who writes prove nothing.
fn must_have_written(sum: &mut Sum) {
    if sum.acknowledged < sum.rounds {
        sum.findings.push(format!(
            "{} writes in {} rounds are too few to prove anything",
            sum.acknowledged, sum.rounds
        ));
    }
}

impl Stage {
    /// Writers that never rest.
    pub(crate) fn work<'a>(&'a self, serving: &Serving, ledger: &'a Mutex<Ledger>, run: u64) -> Work<'a> {
        Work {
            address: serving.address,
            key: &self.world.key,
            ledger,
            run,
            seed: self.seed,
            pause: Duration::ZERO,
            writers: writers::WRITERS,
        }
    }
}
