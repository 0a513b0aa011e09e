//! Clients that write: each changes records of its own, and notes what it is told.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

use super::http::{Connection, Reply};
use super::ledger::{Attempt, Fields, Id, Ledger, State};
use super::program::Serving;
use crate::command::Failure;

/// How many write at the same time.
pub(crate) const WRITERS: usize = 4;
/// Records of one writer; it makes no more of them.
const OWN_MAX: usize = 12;
/// Ports of one writer.
const PORTS: usize = 3;
/// An answer that takes longer is a finding: clients and proxies give up after a minute.
const ANSWER_MAX: Duration = Duration::from_secs(60);

/// What writers are told to do.
pub(crate) struct Work<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) key: &'a str,
    pub(crate) ledger: &'a Mutex<Ledger>,
    /// Sets the values of this run of writers apart from those of all others.
    pub(crate) run: u64,
    pub(crate) seed: u64,
    /// Between two writes of one writer.
    pub(crate) pause: Duration,
    /// How many write at the same time.
    pub(crate) writers: usize,
}

/// What writers were told.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) acknowledged: u64,
    /// Answers that nothing was changed.
    pub(crate) unavailable: u64,
    /// Answers that nobody knows, and answers that never came.
    pub(crate) unknown: u64,
    /// The longest wait for an answer.
    pub(crate) longest: Duration,
    pub(crate) findings: Vec<String>,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.acknowledged += other.acknowledged;
        self.unavailable += other.unavailable;
        self.unknown += other.unknown;
        self.longest = self.longest.max(other.longest);
        self.findings.extend(other.findings);
    }
}

/// A poisoned ledger is still what was acknowledged.
pub(crate) fn lock(ledger: &Mutex<Ledger>) -> MutexGuard<'_, Ledger> {
    ledger.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A ledger for a directory that nobody has written to yet, with ports for each writer.
pub(crate) fn ledger(serving: &Serving) -> Result<Ledger, Failure> {
    let reply = serving.ask("/api/netixlan?depth=0&fields=id,net_side_id", "")?;
    let rows = reply.json()["data"].as_array().cloned().unwrap_or_default();
    let sided = rows.iter().filter_map(|row| Some((row["id"].as_u64()?, row["net_side_id"].as_u64()?)));
    let ports: Vec<(u64, u64)> = sided.take(WRITERS * PORTS).collect();
    if ports.len() < WRITERS {
        return Err(Failure::broken(format!("the directory has no ports with a side: {}", reply.shown())));
    }
    let known = ports.iter().enumerate().map(|(at, (id, fac))| {
        (("netixlan", *id), (at % WRITERS, State::Here(vec![("net_side_id", json!(fac))])))
    });
    Ok(Ledger::new(serving.stored()?, known).below(vec![any(serving, "org")?, any(serving, "net")?]))
}

/// A published record of a type.
fn any(serving: &Serving, tag: &'static str) -> Result<Id, Failure> {
    let reply = serving.ask(&format!("/api/{tag}?limit=1&depth=0"), "")?;
    let id = reply.json()["data"][0]["id"].as_u64();
    id.map(|id| (tag, id))
        .ok_or_else(|| Failure::broken(format!("the directory has no {tag}: {}", reply.shown())))
}

/// Lets all writers write until they are stopped, or have no server any more. `meanwhile` decides when that is.
pub(crate) fn write<T>(work: &Work<'_>, meanwhile: impl FnOnce() -> T) -> (Tally, T) {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let stop = &stop;
        let writers: Vec<_> = (0..work.writers)
            .map(|number| scope.spawn(move || Writer::new(work, number).write(stop)))
            .collect();
        let outcome = meanwhile();
        stop.store(true, Ordering::Relaxed);
        let mut tally = Tally::default();
        for writer in writers {
            match writer.join() {
                Ok(part) => tally.add(part),
                Err(_) => tally.findings.push("a writer panicked".to_owned()),
            }
        }
        (tally, outcome)
    })
}

/// One client.
pub(crate) struct Writer<'a> {
    work: &'a Work<'a>,
    number: usize,
    rng: StdRng,
    count: u64,
    pub(crate) tally: Tally,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(work: &'a Work<'a>, number: usize) -> Writer<'a> {
        let rng = StdRng::seed_from_u64(work.seed ^ (work.run << 8) ^ number as u64);
        Writer { work, number, rng, count: 0, tally: Tally::default() }
    }

    fn write(mut self, stop: &AtomicBool) -> Tally {
        let mut connection = Connection::open(self.work.address, ANSWER_MAX).ok();
        while let Some(open) = &mut connection {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            if !self.one(open) {
                // The server is gone, or has cut this one connection.
                connection = Connection::open(self.work.address, ANSWER_MAX).ok();
            }
            thread::sleep(self.work.pause);
        }
        self.tally
    }

    /// Makes one attempt, and notes the answer; false where none came.
    pub(crate) fn one(&mut self, connection: &mut Connection) -> bool {
        let wish = self.wish();
        let sent = Instant::now();
        let reply = connection.send(wish.method, &wish.path, self.work.key, wish.body.as_ref());
        self.tally.longest = self.tally.longest.max(sent.elapsed());
        match reply {
            Ok(reply) => self.note(wish, &reply),
            Err(error) => {
                if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) {
                    let text =
                        format!("{} {}: no answer within {} s", wish.method, wish.path, ANSWER_MAX.as_secs());
                    self.tally.findings.push(text);
                }
                self.tally.unknown += 1;
                lock(self.work.ledger).leave_open(wish.attempt);
                return false;
            }
        }
        true
    }

    fn note(&mut self, wish: Wish, reply: &Reply) {
        let seq = reply.header("x-change-seq").and_then(|text| text.parse().ok());
        match (reply.status, seq) {
            (200 | 201 | 204, Some(seq)) => {
                let made = || reply.json()["data"][0]["id"].as_u64();
                match wish.attempt.id.or_else(made) {
                    Some(id) => lock(self.work.ledger).acknowledge(wish.attempt, id, seq),
                    None => self.tally.findings.push(format!(
                        "{} {}: no id: {}",
                        wish.method,
                        wish.path,
                        reply.shown()
                    )),
                }
                self.tally.acknowledged += 1;
            }
            (503, _) => {
                let text = reply.error();
                if text.contains("did not tell") {
                    self.tally.unknown += 1;
                    lock(self.work.ledger).leave_open(wish.attempt);
                } else {
                    self.tally.unavailable += 1;
                    lock(self.work.ledger).refused += 1;
                    if text.len() < 20 || reply.header("retry-after").is_none() {
                        self.tally
                            .findings
                            .push(format!("a 503 without a clear body or Retry-After: {}", reply.shown()));
                    }
                }
            }
            _ => {
                self.tally.findings.push(format!("{} {}: {}", wish.method, wish.path, reply.shown()));
                lock(self.work.ledger).leave_open(wish.attempt);
            }
        }
    }

    /// What comes next.
    fn wish(&mut self) -> Wish {
        let own = lock(self.work.ledger).of_writer(self.number);
        let (ports, records): (Vec<_>, Vec<_>) = own.into_iter().partition(|(id, _)| id.0 == "netixlan");
        let dice = self.rng.random_range(0..10);
        match records.choose(&mut self.rng) {
            Some((id, _)) if dice < 4 => self.update(*id),
            Some((id, _)) if dice < 5 || records.len() > OWN_MAX => self.delete(*id),
            _ => match ports.choose(&mut self.rng) {
                Some((port, state)) if dice < 7 => self.side(*port, state),
                _ => self.create(),
            },
        }
    }

    fn token(&mut self) -> String {
        self.count += 1;
        format!("fault w{}r{}c{}", self.number, self.work.run, self.count)
    }

    /// The fields of a record with a value that is new, and the body that writes them.
    fn content(&mut self, tag: &str) -> (Fields, Value) {
        let token = self.token();
        let ledger = lock(self.work.ledger);
        content(tag, &token, ledger.parent("org"), ledger.parent("net"))
    }

    fn create(&mut self) -> Wish {
        let tag = *["org", "carrier", "poc"].choose(&mut self.rng).unwrap_or(&"org");
        let (fields, body) = self.content(tag);
        self.asks("POST", format!("/api/{tag}"), Some(body), tag, None, State::Here(fields))
    }

    fn update(&mut self, id: Id) -> Wish {
        let (fields, body) = self.content(id.0);
        self.asks("PUT", format!("/api/{}/{}", id.0, id.1), Some(body), id.0, Some(id.1), State::Here(fields))
    }

    fn delete(&mut self, id: Id) -> Wish {
        self.asks("DELETE", format!("/api/{}/{}", id.0, id.1), None, id.0, Some(id.1), State::Absent)
    }

    /// Takes the side of a port away, or sets it again.
    fn side(&mut self, port: Id, state: &State) -> Wish {
        let first = lock(self.work.ledger).first(&port).cloned();
        let next = match (side_of(state), first) {
            (Some(_), _) | (None, None) => Value::Null,
            (None, Some(first)) => json!(side_of(&first)),
        };
        let path = format!("/api/netixlan/{}/set-net-side", port.1);
        let wanted = State::Here(vec![("net_side_id", next.clone())]);
        self.asks("POST", path, Some(json!({ "fac_id": next })), port.0, Some(port.1), wanted)
    }

    fn asks(
        &self,
        method: &'static str,
        path: String,
        body: Option<Value>,
        tag: &'static str,
        id: Option<u64>,
        wanted: State,
    ) -> Wish {
        Wish { method, path, body, attempt: Attempt { writer: self.number, tag, id, wanted } }
    }
}

/// A request and what it means.
struct Wish {
    method: &'static str,
    path: String,
    body: Option<Value>,
    attempt: Attempt,
}

/// The facility at the side of a port.
fn side_of(state: &State) -> Option<u64> {
    match state {
        State::Here(fields) => fields.iter().find_map(|(_, value)| value.as_u64()),
        State::Absent => None,
    }
}

/// The fields that carry a token, and the body that writes them.
fn content(tag: &str, token: &str, org: u64, net: u64) -> (Fields, Value) {
    if tag == "poc" {
        let email = format!("{}@faults.example.net", token.replace(' ', "-"));
        let body = json!({ "net_id": net, "role": "Maintenance", "name": token, "email": email });
        return (vec![("name", json!(token)), ("email", json!(email))], body);
    }
    let mut body = json!({ "name": token, "aka": token, "notes": token });
    if tag == "carrier" {
        body["org_id"] = json!(org);
    }
    (["name", "aka", "notes"].map(|name| (name, json!(token))).into(), body)
}

/// Asks a server for records that were acknowledged; tells which of them it shows differently.
pub(crate) fn misread(serving: &Serving, key: &str, records: &[(Id, State)]) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    for ((tag, id), state) in records {
        let reply = serving.ask(&format!("/api/{tag}/{id}?depth=0"), key)?;
        let row = &reply.json()["data"][0];
        let fine = match state {
            State::Absent => reply.status == 404,
            State::Here(fields) => {
                reply.status == 200 && fields.iter().all(|(name, value)| row[*name] == *value)
            }
        };
        if !fine {
            found.push(format!("GET /api/{tag}/{id}: {}; {state:?} was acknowledged", reply.shown()));
        }
    }
    Ok(found)
}
