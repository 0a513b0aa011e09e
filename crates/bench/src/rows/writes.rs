//! Writes over HTTP: how many are acknowledged, beside a loop that only commits, and what readers notice of them.

use std::path::Path;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use catalog::Snapshot;
use model::Tag;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use super::Scene;
use crate::client::Request;
use crate::facts::{Facts, published};
use crate::failure::{Failure, Outcome, require};
use crate::load::{self, Load};
use crate::premise;
use crate::samples::Samples;
use crate::table::Row;

/// Clients that write at the same time.
const CROWD: u32 = 16;
/// So much more may be committed by a loop that does nothing else.
const BARE_MAX: f64 = 2.0;
/// Writes per second beside readers, and readers' requests per second.
const WRITES: u32 = 50;
const READS: u32 = 3_000;
const READERS: u32 = 8;
/// What readers may notice of writes: the ratio of their p99.
const NOTICED_MAX: f64 = 1.10;
/// Bytes of a row of the bare loop: what a small change writes, its image included.
const ROW: usize = 1_000;

/// Contacts that everybody sees, with the network of each: small records with nothing that follows from them.
pub(crate) struct Targets {
    key: String,
    contacts: Vec<(u32, u32)>,
}

impl Targets {
    /// One for each client, and one for whoever writes beside readers.
    pub(crate) fn of(snapshot: &Snapshot) -> Outcome<Targets> {
        let public =
            published(snapshot, Tag::Poc).filter(|poc| poc.value("visible").as_text() == Some("Public"));
        let contacts = public.filter_map(|poc| Some((poc.id(), poc.reference("net_id")?)));
        let contacts: Vec<_> = contacts.take(CROWD as usize + 1).collect();
        require(contacts.len() > CROWD as usize, || {
            "the directory has contacts that everybody sees".to_owned()
        })?;
        let accounts = demo::accounts(crate::data::SEED.into());
        let admin = accounts.into_iter().find(|account| account.username == "admin");
        let admin = admin.ok_or_else(|| Failure::new("the directory has no administrator"))?;
        Ok(Targets { key: admin.api_key, contacts })
    }

    /// Gives a contact a name that it never had.
    fn rename(&self, at: usize, name: &str) -> Request {
        let (id, net) = self.contacts[at % self.contacts.len()];
        let body = format!(
            "{{\"net_id\": {net}, \"role\": \"NOC\", \"visible\": \"Public\", \"name\": \"{name}\"}}"
        );
        Request::put(format!("/api/poc/{id}"), &self.key, &body)
    }
}

/// Acknowledged writes of one client and of many, each against the bare loop of the same run.
pub(crate) fn acknowledged(scene: &Scene<'_>, targets: &Targets, folder: &Path) -> Outcome<Vec<Row>> {
    let bare = bare(folder, scene.plan.load)?;
    let mut rows = vec![
        Row { median: Some(bare.median()), p99: Some(bare.p99()), ..Row::new("bare SQLite loop, commits") }
            .with_rate(rate(&bare, scene.plan.load))
            .noted(format!("{ROW} bytes each, WAL, synchronous=FULL, the same disk")),
    ];
    for clients in [1, CROWD] {
        let best = (0..scene.plan.repetitions)
            .map(|run| write(scene, targets, clients, run))
            .collect::<Outcome<Vec<_>>>()?;
        let best = best.into_iter().max_by(|a, b| a.rate.total_cmp(&b.rate)).unwrap_or_default();
        let ratio = rate(&bare, scene.plan.load) / best.rate.max(f64::MIN_POSITIVE);
        let name = format!("acknowledged durable writes, {clients} at a time");
        let row = Row { ratio: Some(ratio), ..Row::latency(name, &best) }.with_rate(best.rate);
        rows.push(row.ratio_within(BARE_MAX).noted("the bare loop is so many times as quick"));
    }
    Ok(rows)
}

fn rate(samples: &Samples, time: Duration) -> f64 {
    samples.len() as f64 / time.as_secs_f64()
}

/// Writes for a while. Every write is a change of its own, and the last of each client is read back.
fn write(scene: &Scene<'_>, targets: &Targets, clients: u32, run: u32) -> Outcome<Load> {
    let last: Vec<AtomicU32> = (0..clients).map(|_| AtomicU32::new(0)).collect();
    let name = |lane: u32, number: u32| format!("Written {clients} {run} {lane} {number}");
    let before = stored(scene)?;
    let load = load::until(scene.server, scene.plan.load, clients, |lane, number| {
        last[lane as usize].store(number, Ordering::Relaxed);
        targets.rename(lane as usize, &name(lane, number))
    })?;
    let changes = stored(scene)? - before;
    require(changes == load.samples.len() as u64, || {
        format!("{} acknowledged writes are {changes} changes", load.samples.len())
    })?;
    let mut client = scene.client()?;
    for (lane, last) in (0..).zip(&last) {
        let expected = name(lane, last.load(Ordering::Relaxed));
        let (id, _) = targets.contacts[lane as usize];
        let record = premise::record(&mut client, &format!("/api/poc/{id}?depth=0"))?;
        require(record["name"] == expected.as_str(), || format!("contact {id} is named {expected:?}"))?;
    }
    Ok(load)
}

/// The number of the newest change in the database.
fn stored(scene: &Scene<'_>) -> Outcome<u64> {
    let reply = scene.client()?.fetch(&Request::plain("/readyz"))?;
    let told: Option<serde_json::Value> = serde_json::from_slice(&reply.body).ok();
    let stored = told.and_then(|told| told["stored"].as_u64());
    stored.ok_or_else(|| Failure::new("/readyz tells no number of the newest change"))
}

/// What the disk and SQLite can do: one connection that commits one row after the other, each synced.
fn bare(folder: &Path, time: Duration) -> Outcome<Samples> {
    let file = folder.join("bare.db");
    for suffix in ["", "-wal", "-shm"] {
        // Most often there is none.
        let _ = std::fs::remove_file(folder.join(format!("bare.db{suffix}")));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::of("a runtime"))?;
    let samples = runtime.block_on(commit_rows(&file, time));
    samples.map(Samples::new).map_err(|error| Failure::new(format!("the bare loop: {error}")))
}

async fn commit_rows(file: &Path, time: Duration) -> Result<Vec<Duration>, sqlx::Error> {
    let options = SqliteConnectOptions::from_str(&format!("sqlite:{}", file.display()))?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging();
    let mut connection = options.connect().await?;
    sqlx::raw_sql("CREATE TABLE row (id INTEGER PRIMARY KEY, text TEXT)").execute(&mut connection).await?;
    let text = "x".repeat(ROW);
    let end = Instant::now() + time;
    let mut times = Vec::new();
    while Instant::now() < end {
        let begun = Instant::now();
        // A statement outside of a transaction is one.
        sqlx::query("INSERT INTO row (text) VALUES (?)").bind(&text).execute(&mut connection).await?;
        times.push(begun.elapsed());
    }
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM row").fetch_one(&mut connection).await?;
    connection.close().await?;
    if rows == times.len() as i64 { Ok(times) } else { Err(sqlx::Error::RowNotFound) }
}

/// The p99 of readers beside writers, against that of readers alone, in turns.
pub(crate) fn readers_beside(scene: &Scene<'_>, targets: &Targets) -> Outcome<Row> {
    let requests = Facts::requests(&scene.facts.medians, |net| format!("/api/net/{}?depth=1", net.id));
    let read = || load::at_rate(scene.server, &requests, READS, scene.plan.load, READERS);
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for run in 0..scene.plan.repetitions.max(2) {
        alone.push(read()?);
        beside.push(while_writing(scene, targets, run, read)?);
    }
    let best = |loads: Vec<Load>| loads.into_iter().min_by_key(|load| load.samples.p99()).unwrap_or_default();
    let (alone, beside) = (best(alone), best(beside));
    let ratio = beside.samples.p99().as_secs_f64() / alone.samples.p99().as_secs_f64().max(f64::MIN_POSITIVE);
    let name = format!("net/ID, depth 1, {READS}/s, beside {WRITES} writes/s");
    let row = Row { ratio: Some(ratio), ..Row::latency(name, &beside) };
    Ok(row.ratio_within(NOTICED_MAX).noted(format!("p99 alone {}", crate::table::time(alone.samples.p99()))))
}

/// Reads while one client writes at the rate; as many writes as that have to be acknowledged.
fn while_writing(
    scene: &Scene<'_>,
    targets: &Targets,
    run: u32,
    read: impl Fn() -> Outcome<Load>,
) -> Outcome<Load> {
    let stop = AtomicBool::new(false);
    let begun = Instant::now();
    let (load, written) = thread::scope(|scope| {
        let writer = scope.spawn(|| write_at_rate(scene, targets, run, &stop));
        let load = read();
        stop.store(true, Ordering::Relaxed);
        (load, writer.join().unwrap_or_else(|_| Err(Failure::new("the writer panicked"))))
    });
    let (written, due) = (written?, begun.elapsed().as_secs_f64() * f64::from(WRITES));
    require(f64::from(written) > 0.9 * due, || {
        format!("{written} of {due:.0} writes were acknowledged meanwhile")
    })?;
    load
}

fn write_at_rate(scene: &Scene<'_>, targets: &Targets, run: u32, stop: &AtomicBool) -> Outcome<u32> {
    let mut client = scene.client()?;
    let begun = Instant::now();
    let mut written = 0;
    while !stop.load(Ordering::Relaxed) {
        client.count(&targets.rename(CROWD as usize, &format!("Beside {run} {written}")))?;
        written += 1;
        thread::sleep((Duration::from_secs(1) / WRITES * written).saturating_sub(begun.elapsed()));
    }
    Ok(written)
}
