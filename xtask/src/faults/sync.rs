//! That every acknowledged commit was on the disk before its answer: the system calls say so.

use std::sync::Mutex;
use std::time::Duration;

use serde_json::json;

use super::kill::settle;
use super::ledger::Ledger;
use super::program::{Program, Serving};
use super::trace::{self, Call, Trace};
use super::writers::{self, Writer, lock};
use super::{Base, Stage};
use crate::command::Failure;

/// Writes that are watched, one after the other.
const WRITES: usize = 40;
/// The calls that bring what was written to the disk.
const SYNCS: &str = "trace=fsync,fdatasync";

/// A time between sending and answer.
type Window = (Duration, Duration);

/// Watches who commits: the program itself on SQLite, a server on PostgreSQL.
pub(crate) fn counted(stage: &mut Stage, base: &Base<'_>) -> Result<(), Failure> {
    let program = base.program(&stage.world, "watched")?;
    let serving = program.serve()?;
    let ledger = Mutex::new(writers::ledger(&serving)?);
    let watched = match base {
        Base::File => vec![serving.pid()],
        Base::Server(server) => server.processes(),
    };
    let file = stage.world.folder().join(format!("{}.strace", base.name()));
    let trace = Trace::attach(&watched, &["-e".to_owned(), SYNCS.to_owned()], &file)?;
    let (writes, mut findings) = acknowledged(stage, &serving, &ledger)?;
    let idle = refused(stage, &serving)?;
    let calls = trace.stop()?;
    let log = match base {
        Base::File => ".db-wal>",
        Base::Server(_) => "/pg_wal/",
    };
    let syncs: Vec<&Call> =
        calls.iter().filter(|call| call.worked && is_sync(call) && call.arguments.contains(log)).collect();
    let covered =
        |(sent, answered): &Window| syncs.iter().any(|call| call.begun >= *sent && call.ended <= *answered);
    let proved = writes.iter().filter(|window| covered(window)).count();
    let in_control = idle.iter().filter(|window| covered(window)).count();
    if proved < writes.len() {
        findings.push(format!(
            "{} of {} commits were acknowledged before they were synced",
            writes.len() - proved,
            writes.len()
        ));
    }
    if in_control > 0 {
        findings.push(format!(
            "{in_control} of {} refused writes were synced: the count proves nothing",
            idle.len()
        ));
    }
    findings.extend(settle(&program, &serving, &ledger, &stage.world.key)?.findings);
    let figures = format!(
        "{} commits acknowledged, the log synced within {proved} of them ({} syncs in all); within {in_control} of {} refused writes",
        writes.len(),
        syncs.len(),
        idle.len()
    );
    stage.report.add("sync", base.name(), "a sync before each acknowledgement", figures, &findings);
    Ok(())
}

fn is_sync(call: &Call) -> bool {
    ["fsync(", "fdatasync("].iter().any(|name| call.arguments.starts_with(name))
}

/// Writes one after the other. The windows of those that were acknowledged.
fn acknowledged(
    stage: &Stage,
    serving: &Serving,
    ledger: &Mutex<Ledger>,
) -> Result<(Vec<Window>, Vec<String>), Failure> {
    let work = stage.work(serving, ledger, 0);
    let mut writer = Writer::new(&work, 0);
    let mut connection = connect(serving)?;
    let mut windows = Vec::new();
    for _ in 0..WRITES {
        let (before, sent) = (lock(ledger).count(), trace::now());
        let answered = writer.one(&mut connection);
        if answered && lock(ledger).count() > before {
            windows.push((sent, trace::now()));
        }
    }
    let mut findings = writer.tally.findings;
    if windows.len() < WRITES {
        findings.push(format!("{} of {WRITES} writes were acknowledged", windows.len()));
    }
    Ok((windows, findings))
}

/// The control: requests that change nothing, whose windows must not hold a sync.
fn refused(stage: &Stage, serving: &Serving) -> Result<Vec<Window>, Failure> {
    let mut connection = connect(serving)?;
    let mut windows = Vec::new();
    for _ in 0..WRITES {
        let sent = trace::now();
        let reply = connection.send("POST", "/api/org", &stage.world.key, Some(&json!({ "name": "" })));
        let reply = reply.map_err(|error| Failure::finding(format!("a write without a name: {error}")))?;
        if reply.status != 400 {
            return Err(Failure::finding(format!("a write without a name: {}", reply.shown())));
        }
        windows.push((sent, trace::now()));
    }
    Ok(windows)
}

fn connect(serving: &Serving) -> Result<super::http::Connection, Failure> {
    serving.connect().map_err(|error| Failure::broken(format!("{}: {error}", serving.address)))
}

/// Syncs that fail: nothing may be acknowledged, and what is told has to stay true when the program dies of it.
pub(crate) fn failing(stage: &mut Stage) -> Result<(), Failure> {
    let program = Base::File.program(&stage.world, "unsynced")?;
    let mut serving = program.serve()?;
    let ledger = Mutex::new(writers::ledger(&serving)?);
    let options = failing_calls(&program, "fsync,fdatasync", "EIO");
    let mut findings = Vec::new();
    let (mut refused, mut unknown) = (0, 0);
    for round in 0..stage.rounds {
        let file = stage.world.folder().join("unsynced.strace");
        let trace = Trace::attach(&[serving.pid()], &options, &file)?;
        let work = stage.work(&serving, &ledger, round);
        let mut writer = Writer::new(&work, 0);
        writer.one(&mut connect(&serving)?);
        if writer.tally.acknowledged > 0 {
            findings.push("a write was acknowledged although its sync failed".to_owned());
        }
        refused += writer.tally.unavailable;
        unknown += writer.tally.unknown;
        findings.extend(writer.tally.findings);
        // The odd rounds go on, the even ones find out what a crash leaves.
        if round % 2 == 0 {
            serving.kill();
            drop(trace);
            serving = program.serve()?;
        } else {
            trace.stop()?;
            let mut writer = Writer::new(&work, 1);
            writer.one(&mut connect(&serving)?);
            if writer.tally.acknowledged != 1 {
                findings.push("a write is not taken when syncs work again".to_owned());
            }
            findings.extend(writer.tally.findings);
        }
        findings.extend(program.check()?.map(|told| format!("check: {told}")));
        findings.extend(settle(&program, &serving, &ledger, &stage.world.key)?.findings);
    }
    let figures = format!(
        "{} writes: {refused} answered that nothing was changed, {unknown} that it is not known",
        refused + unknown
    );
    stage.report.add("sync", "sqlite", "syncs that fail", figures, &findings);
    Ok(())
}

/// Options that make calls on the files of a database fail.
pub(crate) fn failing_calls(program: &Program, calls: &str, error: &str) -> Vec<String> {
    let file = program.database.trim_start_matches("sqlite:");
    let mut options = vec!["-e".to_owned(), format!("trace={calls}")];
    options.extend(["-e".to_owned(), format!("inject={calls}:error={error}")]);
    for suffix in ["", "-wal", "-shm"] {
        options.extend(["-P".to_owned(), format!("{file}{suffix}")]);
    }
    options
}
