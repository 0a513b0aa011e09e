//! The program under test: its commands, and a server that can be killed.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::http::Connection;
use crate::command::{self, Failure};

/// A server that is not ready by then never will be.
const START: Duration = Duration::from_secs(60);
/// Between two looks at something that is waited for.
const LOOK: Duration = Duration::from_millis(5);
/// How long an answer may take at all.
const PATIENCE: Duration = Duration::from_secs(120);

/// The program and a database of its own.
#[derive(Clone)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    /// As the option `--database` takes it.
    pub(crate) database: String,
    /// Where its servers log.
    pub(crate) log: PathBuf,
}

/// What a database holds, as `peeringd dump` tells it.
pub(crate) struct Dump(Value);

impl Dump {
    /// The records of a type.
    pub(crate) fn records(&self, tag: &str) -> &[Value] {
        self.0[tag].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    #[cfg(test)]
    pub(crate) fn of(value: Value) -> Dump {
        Dump(value)
    }
}

impl Program {
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        command.args(words).args(["--database", &self.database, "--log", "warn"]);
        command
    }

    /// What `peeringd check` finds; `None` where the database is whole.
    pub(crate) fn check(&self) -> Result<Option<String>, Failure> {
        let done = self.command(&["check"]).stdin(Stdio::null()).output();
        let done = done.map_err(|error| Failure::broken(format!("{}: {error}", self.path.display())))?;
        let text = [done.stdout, done.stderr].concat();
        let told = String::from_utf8_lossy(&text).trim().to_owned();
        Ok((!done.status.success()).then_some(told))
    }

    /// What the database holds.
    pub(crate) fn dump(&self) -> Result<Dump, Failure> {
        let file = self.log.with_extension("json");
        self.dump_to(&file)?;
        let text =
            fs::read(&file).map_err(|error| Failure::broken(format!("{}: {error}", file.display())))?;
        let value = serde_json::from_slice(&text);
        value.map(Dump).map_err(|error| Failure::broken(format!("{}: {error}", file.display())))
    }

    /// Writes what the database holds to a file.
    pub(crate) fn dump_to(&self, file: &Path) -> Result<(), Failure> {
        command::output(self.command(&["dump"]).arg(file)).map(drop)
    }

    /// Loads files into the database.
    pub(crate) fn load(&self, file: &Path) -> Result<(), Failure> {
        command::output(self.command(&["load"]).arg(file)).map(drop)
    }

    /// Starts a server and waits until it is ready.
    pub(crate) fn serve(&self) -> Result<Serving, Failure> {
        let mut serving = self.begin()?;
        serving.wait_until_ready()?;
        Ok(serving)
    }

    /// Starts a server that nobody waits for.
    pub(crate) fn begin(&self) -> Result<Serving, Failure> {
        let broken = |error: std::io::Error| Failure::broken(format!("{}: {error}", self.log.display()));
        let address = free_address()?;
        let log = File::options().create(true).append(true).open(&self.log).map_err(broken)?;
        let mut serve = self.command(&["serve", "--rate-limits", "off", "--listen", &address.to_string()]);
        let child = serve.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().map_err(broken)?;
        Ok(Serving { child, address, log: self.log.clone() })
    }

    /// The lines of the log that tell of a panic.
    pub(crate) fn panics(&self) -> Vec<String> {
        let log = fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        log.lines().filter(|line| line.contains("panicked")).map(str::to_owned).collect()
    }
}

fn free_address() -> Result<SocketAddr, Failure> {
    let bound = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    bound.map_err(|error| Failure::broken(format!("no free port: {error}")))
}

/// A running server; it ends with its owner.
pub(crate) struct Serving {
    child: Child,
    pub(crate) address: SocketAddr,
    log: PathBuf,
}

impl Serving {
    fn wait_until_ready(&mut self) -> Result<(), Failure> {
        let begun = Instant::now();
        while begun.elapsed() < START {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(Failure::finding(format!(
                    "the server ended at its start, {status}: {}",
                    self.last_words()
                )));
            }
            if self.is_ready() {
                return Ok(());
            }
            std::thread::sleep(LOOK);
        }
        Err(Failure::finding(format!(
            "the server is not ready after {} s: {}",
            START.as_secs(),
            self.last_words()
        )))
    }

    fn is_ready(&self) -> bool {
        self.connect()
            .and_then(|mut connection| connection.get("/readyz"))
            .is_ok_and(|reply| reply.status == 200)
    }

    fn last_words(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&log).lines().last().unwrap_or("it logged nothing").to_owned()
    }

    /// A new connection.
    pub(crate) fn connect(&self) -> std::io::Result<Connection> {
        Connection::open(self.address, PATIENCE)
    }

    /// The answer to a question that cannot fail.
    pub(crate) fn ask(&self, path: &str, key: &str) -> Result<super::http::Reply, Failure> {
        let reply = self.connect().and_then(|mut connection| connection.send("GET", path, key, None));
        reply.map_err(|error| Failure::finding(format!("GET {path}: {error}")))
    }

    /// The number of the newest change in the database.
    pub(crate) fn stored(&self) -> Result<u64, Failure> {
        let reply = self.ask("/readyz", "")?;
        let stored = reply.json()["stored"].as_u64();
        stored.ok_or_else(|| Failure::finding(format!("/readyz tells no number: {}", reply.shown())))
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once: it has no chance to do anything.
    pub(crate) fn kill(&mut self) {
        // Both fail where it is gone already, which is what they are for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// A line of what the kernel tells of its memory, in bytes.
    pub(crate) fn memory(&self, line: &str) -> Result<u64, Failure> {
        let path = format!("/proc/{}/status", self.pid());
        let text = fs::read_to_string(&path).map_err(|error| Failure::broken(format!("{path}: {error}")))?;
        let found = text.lines().find_map(|own| own.strip_prefix(line)?.strip_prefix(':'));
        let kib = found.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
        kib.map(|kib| kib * 1024).ok_or_else(|| Failure::broken(format!("{path}: no {line}")))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.kill();
    }
}
