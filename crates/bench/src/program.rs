//! The program under test as a process: started, watched, stopped.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::client::{Client, Request};
use crate::failure::{Failure, Outcome, require};

/// A process that has not done its work by then never will.
const PATIENCE: Duration = Duration::from_secs(300);
/// Time between looks at something that is waited for.
const LOOK: Duration = Duration::from_millis(2);

/// An address of this machine on which nobody listens.
pub(crate) fn free_address() -> Outcome<SocketAddr> {
    let bound = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    bound.map_err(Failure::of("a free port"))
}

/// A process that ends when this value does.
pub(crate) struct Process {
    child: Child,
}

impl Process {
    pub(crate) fn start(command: &mut Command) -> Outcome<Process> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        Ok(Process { child: child.map_err(Failure::of(name))? })
    }

    /// Waits for a condition while the process runs.
    pub(crate) fn wait_for(&mut self, what: &str, mut is_so: impl FnMut() -> bool) -> Outcome<()> {
        let begun = Instant::now();
        while !is_so() {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(Failure::new(format!("{what}: the program ended early, {status}")));
            }
            if begun.elapsed() > PATIENCE {
                return Err(Failure::new(format!("{what}: not within {} s", PATIENCE.as_secs())));
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }

    /// Asks the process to stop, and waits for it.
    pub(crate) fn stop(mut self) -> Outcome<()> {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        asked.map_err(Failure::of("kill"))?;
        self.child.wait().map_err(Failure::of("a process that stops"))?;
        Ok(())
    }

    /// A line of the process's status as the kernel tells it, in bytes.
    fn status(&self, name: &str) -> Outcome<u64> {
        let path = format!("/proc/{}/status", self.child.id());
        let text = fs::read_to_string(&path).map_err(Failure::of(&path))?;
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
        kib.map(|kib| kib * 1024).ok_or_else(|| Failure::new(format!("{path}: no {name}")))
    }

    /// Memory that the process holds now.
    pub(crate) fn resident(&self) -> Outcome<u64> {
        self.status("VmRSS")
    }

    /// The most memory that the process ever held.
    pub(crate) fn peak(&self) -> Outcome<u64> {
        self.status("VmHWM")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail where the process is gone already, which is what they are for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A running `peeringd serve`.
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
    /// From the start of the process to its first answer.
    pub(crate) start: Duration,
}

impl Server {
    pub(crate) fn start(program: &Path, database: &Path) -> Outcome<Server> {
        let address = free_address()?;
        let begun = Instant::now();
        let mut command = Command::new(program);
        command.args(["serve", "--log", "warn", "--rate-limits", "off", "--listen", &address.to_string()]);
        command.args(["--database", &format!("sqlite:{}", database.display())]);
        let mut process = Process::start(&mut command)?;
        let mut client = None;
        process.wait_for("the start", || {
            client = Client::connect(address).ok();
            client.is_some()
        })?;
        // The program listens before it is ready, and answers once it is.
        let mut client = client.ok_or_else(|| Failure::new("no connection"))?;
        let reply = client.fetch(&Request::plain("/api/"))?;
        let start = begun.elapsed();
        require(reply.head.status == 200, || format!("/api/ answers {}", reply.head.status))?;
        Ok(Server { process, address, start })
    }
}
