//! A second process writes: how soon the server shows it, and what slow readers keep alive meanwhile.

use std::collections::HashSet;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use catalog::Snapshot;
use model::{AnyRecord, Tag, Time, Value};
use store::change::{Actor, ChangeSet, Header, Origin, RowChange};
use store::{DatabaseUrl, Mode, Store};
use tokio::runtime::Runtime;

use super::Scene;
use crate::client::{Client, Request};
use crate::failure::{Failure, Outcome, require};
use crate::premise;
use crate::program::Process;
use crate::samples::Samples;
use crate::table::Row;

/// Within this time a change has to be visible.
const FOLLOW_MAX: Duration = Duration::from_millis(200);
/// Changes that are followed, per round of the plan.
const FOLLOWED: usize = 10;
/// Slow readers, and what each takes.
const READERS: usize = 100;
const READER_BYTES_PER_TURN: usize = 1_000;
const TURN: Duration = Duration::from_millis(100);
/// Writes per second beside the slow readers.
const WRITES: u32 = 50;
/// What one reader's buffers may take: a part of the list that is being sent, and the list of rows to come.
const BUFFERS: u64 = 1_000_000;

/// Somebody else who writes to the server's database.
pub(crate) struct Writer {
    runtime: Runtime,
    store: Store,
    nets: Vec<AnyRecord>,
    commits: usize,
}

impl Writer {
    pub(crate) fn open(database: &Path, snapshot: &Snapshot) -> Outcome<Writer> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(Failure::of("a runtime"))?;
        let url = DatabaseUrl::Sqlite(database.to_owned());
        let store = runtime.block_on(Store::open(&url, Mode::Existing))?;
        let nets = crate::facts::published(snapshot, Tag::Net).step_by(97).cloned().collect();
        Ok(Writer { runtime, store, nets, commits: 0 })
    }

    /// Commits a change of some network; its id and the text that shows it.
    fn commit(&mut self) -> Outcome<(u32, String)> {
        self.commits += 1;
        let place = self.commits % self.nets.len().max(1);
        let net = self.nets.get_mut(place).ok_or_else(|| Failure::new("there are no networks"))?;
        let text = format!("Change {}", self.commits);
        let at = now();
        set(net, "notes", Value::text(&text))?;
        set(net, "updated", Value::Time(at))?;
        let command_id = format!("bench {} {}", at.0, self.commits);
        let header = Header { at, actor: Actor::SYSTEM, origin: Origin::Cli, command_id };
        let change = ChangeSet { header, rows: vec![RowChange::Put(net.clone())] };
        self.runtime.block_on(self.store.commit(&change))?;
        Ok((net.id(), text))
    }
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

fn set(record: &mut AnyRecord, field: &str, value: Value<'_>) -> Outcome<()> {
    let wrong = || Failure::new(format!("the field {field} cannot be set"));
    let position = record.tag().table().position(field).ok_or_else(wrong)?;
    record.put(position, value).map_err(|_| wrong())
}

/// From the end of a commit to the first answer that shows it.
pub(crate) fn following(scene: &Scene<'_>, writer: &mut Writer) -> Outcome<Row> {
    let mut client = scene.client()?;
    let mut times = Vec::new();
    for _ in 0..scene.plan.rounds * FOLLOWED {
        let (id, text) = writer.commit()?;
        let committed = Instant::now();
        while shown(&mut client, id)?.as_deref() != Some(text.as_str()) {
            require(committed.elapsed() < Duration::from_secs(10), || format!("net {id} shows its change"))?;
            std::thread::sleep(Duration::from_millis(1));
        }
        times.push(committed.elapsed());
    }
    let samples = Samples::new(times);
    let row = Row {
        median: Some(samples.median()),
        p99: Some(samples.p99()),
        ..Row::new("commit of another process to answer")
    };
    Ok(row.p99_below(FOLLOW_MAX).noted("looked for every millisecond"))
}

fn shown(client: &mut Client, id: u32) -> Outcome<Option<String>> {
    let record = premise::record(client, &format!("/api/net/{id}?depth=0"))?;
    Ok(record.get("notes").and_then(|notes| notes.as_str()).map(str::to_owned))
}

/// The growth of a server whose readers are slow while somebody writes.
pub(crate) fn slow_readers(scene: &Scene<'_>, server: &Process, writer: &mut Writer) -> Outcome<[Row; 2]> {
    // What writing alone takes is no matter of the readers.
    let writing = Watch::start(server)?;
    for _ in 0..WRITES * 5 {
        writer.commit()?;
    }
    let alone = writing.growth()?;
    let mut readers = (0..READERS).map(|_| open(scene)).collect::<Outcome<Vec<Client>>>()?;
    let watch = Watch::start(server)?;
    let growth = stay(scene, watch, &mut readers, writer)?;
    let seconds = scene.plan.slow.as_secs();
    let row = |name: &str, bytes| Row { bytes: Some(bytes), ..Row::new(name) };
    Ok([
        row("memory: growth by writing alone", alone).noted(format!("{} writes", WRITES * 5)),
        row("memory: growth with 100 readers at 10 kB/s", growth)
            .bytes_below(BUFFERS * READERS as u64)
            .noted(format!("whole net lists, {WRITES} writes/s, {seconds} s")),
    ])
}

fn open(scene: &Scene<'_>) -> Outcome<Client> {
    let mut client = scene.client()?;
    client.send(&Request::plain("/api/net")).map_err(Failure::of("a slow reader"))?;
    Ok(client)
}

/// Memory of a process since some moment.
struct Watch<'a> {
    server: &'a Process,
    before: u64,
    most: u64,
}

impl<'a> Watch<'a> {
    fn start(server: &'a Process) -> Outcome<Watch<'a>> {
        let before = server.resident()?;
        Ok(Watch { server, before, most: before })
    }

    fn look(&mut self) -> Outcome<()> {
        self.most = self.most.max(self.server.resident()?);
        Ok(())
    }

    fn growth(mut self) -> Outcome<u64> {
        self.look()?;
        Ok(self.most - self.before)
    }
}

/// Every reader takes its bytes once per turn, and the writes of the turn are committed.
fn stay(
    scene: &Scene<'_>,
    mut watch: Watch<'_>,
    readers: &mut [Client],
    writer: &mut Writer,
) -> Outcome<u64> {
    let begun = Instant::now();
    let mut reading = HashSet::new();
    for turn in 1.. {
        for (number, reader) in readers.iter_mut().enumerate() {
            let taken = reader.trickle(READER_BYTES_PER_TURN).map_err(Failure::of("a slow reader"))?;
            require(taken > 0, || "slow readers are still reading".to_owned())?;
            reading.insert(number);
        }
        for _ in 0..WRITES / 10 {
            writer.commit()?;
        }
        watch.look()?;
        let elapsed = begun.elapsed();
        if elapsed >= scene.plan.slow {
            break;
        }
        std::thread::sleep((TURN * turn).saturating_sub(elapsed));
    }
    require(reading.len() == READERS, || "every slow reader reads".to_owned())?;
    watch.growth()
}
