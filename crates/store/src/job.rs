//! Work on a schedule: when it is due, which process does it, and how it went.
//!
//! A process takes a *lease* of a job before it runs it, and renews it while it does. When the process dies, the lease
//! runs out, and another one may take it. Times come from the clocks of the processes, which may differ by less than
//! a lease is long.

use model::Time;

use crate::error::Error;
use crate::serial;
use crate::session::{Row, Session};

/// Runs that are kept of each job.
pub const RUNS_KEPT: u32 = 50;

/// Characters that are kept of what a run has to say.
const MESSAGE_MAX: usize = 1000;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did its work.
    Done,
    /// It could not do its work.
    Failed,
    /// It broke off because of a fault of the program.
    Panicked,
    /// It was cut off when its process was asked to stop.
    Stopped,
    /// Its process died, or could not renew its lease.
    Lost,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Outcome; 5] =
        [Outcome::Done, Outcome::Failed, Outcome::Panicked, Outcome::Stopped, Outcome::Lost];

    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Failed => "failed",
            Outcome::Panicked => "panicked",
            Outcome::Stopped => "stopped",
            Outcome::Lost => "lost",
        }
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A run of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its number.
    pub id: u32,
    /// The process that does it.
    pub holder: String,
    /// When it began.
    pub started: Time,
    /// When it ended and how; `None` while it is under way.
    pub ended: Option<(Time, Outcome)>,
    /// What it has to say.
    pub message: String,
}

/// A job as the database knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobState {
    /// Its name.
    pub name: String,
    /// When it is to be run next.
    pub due: Time,
    /// The process that runs it, and until when that is believed.
    pub lease: Option<(String, Time)>,
    /// Its newest run.
    pub last: Option<Run>,
}

/// A wish to run a job.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The job.
    pub job: &'a str,
    /// Names the process; no two have the same name.
    pub holder: &'a str,
    /// The present moment.
    pub now: Time,
    /// When the lease runs out.
    pub until: Time,
    /// Whether it is run although it is not due.
    pub forced: bool,
}

/// The end of a run.
#[derive(Clone, Copy, Debug)]
pub struct RunEnd<'a> {
    /// The run.
    pub run: u32,
    /// Its job.
    pub job: &'a str,
    /// The process that ran it.
    pub holder: &'a str,
    /// The present moment.
    pub now: Time,
    /// How it ended.
    pub outcome: Outcome,
    /// What it has to say.
    pub message: &'a str,
    /// When the job is to be run next.
    pub due: Time,
}

/// Makes a job known; one that is known stays as it is.
pub(crate) async fn announce(session: &mut Session, name: &str, due: Time) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO job (name, due) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    session.execute(ADD, vec![name.into(), due.0.into()]).await
}

/// Takes the lease of a job and begins a run, whose number it gives. `None` when the job is not due, or another
/// process has it.
pub(crate) async fn begin(session: &mut Session, claim: Claim<'_>) -> Result<Option<u32>, Error> {
    const TAKE: &str = "UPDATE job SET holder = $1, lease_until = $2 WHERE name = $3 \
                        AND (holder IS NULL OR lease_until <= $4) AND due <= $5 RETURNING name";
    const LOSE: &str = "UPDATE job_run SET ended = $1, outcome = 'lost', message = 'its process is gone' \
                        WHERE job = $2 AND ended IS NULL";
    const BEGIN: &str = "INSERT INTO job_run (id, job, holder, started, message) VALUES ($1, $2, $3, $4, '')";
    let Claim { job, holder, now, until, forced } = claim;
    let due = if forced { i64::MAX } else { now.0 };
    let cells = vec![holder.into(), until.0.into(), job.into(), now.0.into(), due.into()];
    if session.value::<String>(TAKE, cells).await?.is_none() {
        return Ok(None);
    }
    session.execute(LOSE, vec![now.0.into(), job.into()]).await?;
    let run = serial::next(session, "job_run").await?;
    session.execute(BEGIN, vec![run.into(), job.into(), holder.into(), now.0.into()]).await?;
    forget_runs(session, job).await?;
    Ok(Some(run))
}

async fn forget_runs(session: &mut Session, job: &str) -> Result<(), Error> {
    const FORGET: &str = "DELETE FROM job_run WHERE job = $1 AND id NOT IN \
                          (SELECT id FROM job_run WHERE job = $1 ORDER BY id DESC LIMIT $2)";
    session.execute(FORGET, vec![job.into(), RUNS_KEPT.into()]).await
}

/// Prolongs a lease. `false` when the process has it no longer.
pub(crate) async fn renew(
    session: &mut Session,
    job: &str,
    holder: &str,
    until: Time,
) -> Result<bool, Error> {
    const RENEW: &str = "UPDATE job SET lease_until = $1 WHERE name = $2 AND holder = $3 RETURNING name";
    let renewed: Option<String> =
        session.value(RENEW, vec![until.0.into(), job.into(), holder.into()]).await?;
    Ok(renewed.is_some())
}

/// Ends a run and gives the lease back. What became another process's meanwhile stays as it is.
pub(crate) async fn end(session: &mut Session, end: RunEnd<'_>) -> Result<(), Error> {
    const FREE: &str =
        "UPDATE job SET holder = NULL, lease_until = NULL, due = $1 WHERE name = $2 AND holder = $3";
    const END: &str =
        "UPDATE job_run SET ended = $1, outcome = $2, message = $3 WHERE id = $4 AND ended IS NULL";
    let RunEnd { run, job, holder, now, outcome, message, due } = end;
    session.execute(FREE, vec![due.0.into(), job.into(), holder.into()]).await?;
    let message: String = message.chars().filter(|c| *c != '\0').take(MESSAGE_MAX).collect();
    let cells = vec![now.0.into(), outcome.as_str().into(), message.into(), run.into()];
    session.execute(END, cells).await
}

const RUN: &str = "r.id, r.holder, r.started, r.ended, r.outcome, r.message";

/// The jobs that are known, by name.
pub(crate) async fn list(session: &mut Session) -> Result<Vec<JobState>, Error> {
    let query = crate::sql::generated(format!(
        "SELECT {RUN}, j.name, j.due, j.holder, j.lease_until FROM job j LEFT JOIN job_run r \
         ON r.job = j.name AND r.id = (SELECT max(id) FROM job_run WHERE job = j.name) ORDER BY j.name"
    ));
    let read = |row: &Row| {
        let lease = row.get::<Option<String>>(8)?.zip(row.get::<Option<i64>>(9)?.map(Time));
        let last = row.get::<Option<i64>>(0)?.map(|_| read_run(row)).transpose()?;
        Ok(JobState { name: row.get(6)?, due: Time(row.get(7)?), lease, last })
    };
    session.fetch(query, vec![], read).await
}

/// The newest runs of a job, newest first.
pub(crate) async fn runs(session: &mut Session, job: &str, limit: u32) -> Result<Vec<Run>, Error> {
    let query = crate::sql::generated(format!(
        "SELECT {RUN} FROM job_run r WHERE r.job = $1 ORDER BY r.id DESC LIMIT $2"
    ));
    session.fetch(query, vec![job.into(), limit.into()], read_run).await
}

fn read_run(row: &Row) -> Result<Run, Error> {
    let id: u32 = row.get(0)?;
    let corrupt =
        Error::Corrupt { table: "job_run", id: i64::from(id), column: "outcome", why: "is no known word" };
    let word: Option<&str> = row.get(4)?;
    let outcome = match word {
        None => None,
        Some(word) => Some(Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == word).ok_or(corrupt)?),
    };
    Ok(Run {
        id,
        holder: row.get(1)?,
        started: Time(row.get(2)?),
        ended: row.get::<Option<i64>>(3)?.map(Time).zip(outcome),
        message: row.get(5)?,
    })
}
