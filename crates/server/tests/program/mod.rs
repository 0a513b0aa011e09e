//! Starts the program in a folder of its own, with no variables but those that a test gives.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Longer than any of this takes on a busy machine.
const DEADLINE: Duration = Duration::from_secs(120);

/// The program, its folder and its variables.
pub(crate) struct Program {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// How the program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    fn of(mut command: Command) -> Ended {
        let output = command.output().expect("the program starts");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Ended {
            status: output.status.code().expect("it ends by itself"),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

impl Program {
    pub(crate) fn new() -> Program {
        Program { folder: tempfile::tempdir().expect("a scratch folder"), variables: Vec::new() }
    }

    pub(crate) fn with(mut self, variable: &str, value: &str) -> Program {
        self.variables.push((variable.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_peeringd"));
        command.args(words.split_whitespace()).current_dir(self.folder());
        command.env_clear().envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, words: &str) -> Ended {
        Ended::of(self.command(words))
    }

    /// Runs a command that can make no file larger than so many blocks of 512 or 1024 bytes: a disk without room.
    #[cfg(unix)]
    pub(crate) fn run_without_room(&self, words: &str, blocks: u32) -> Ended {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_peeringd")]).args(words.split_whitespace());
        command.current_dir(self.folder()).env_clear();
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        Ended::of(command)
    }

    /// Starts a command. Unless a test says otherwise, it limits nobody: tests wait for conditions by asking.
    pub(crate) fn start(&self, words: &str) -> Child {
        const LIMITS: &str = "PEERINGD_RATE_LIMITS";
        let mut command = self.command(words);
        if !self.variables.iter().any(|(name, _)| name == LIMITS) {
            command.env(LIMITS, "off");
        }
        command.spawn().expect("the program starts")
    }

    /// Starts a command that serves, and waits until it does.
    pub(crate) fn serve(&self, words: &str) -> Server {
        let mut server = self.start_logging(words);
        server.wait_until_served();
        server
    }

    /// Starts a command that serves, and does not wait.
    pub(crate) fn start_logging(&self, words: &str) -> Server {
        let mut child = self.start(words);
        let lines = lines_of(child.stderr.take().expect("piped"));
        Server { child, lines, address: SocketAddr::from(([0, 0, 0, 0], 0)) }
    }
}

/// Lines as they come, read apart so that waiting can have a deadline and the program never waits for a reader.
fn lines_of(stderr: ChildStderr) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stderr).lines() {
            let Ok(line) = line else { return };
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

/// A server that ends with its test.
pub(crate) struct Server {
    child: Child,
    lines: Receiver<String>,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// The next line of the log that holds a text.
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        let mut seen = Vec::new();
        loop {
            match self.lines.recv_timeout(DEADLINE) {
                Ok(line) if line.contains(text) => return line,
                Ok(line) => seen.push(line),
                Err(error) => panic!("no line with `{text}`: {error}; {seen:?}"),
            }
        }
    }

    /// Waits until the program serves, and notes where.
    pub(crate) fn wait_until_served(&mut self) {
        let line = self.wait_for("listening on http://");
        let (_, rest) = line.split_once("http://").expect("waited for");
        let end = rest.find(|c: char| !(c.is_ascii_hexdigit() || ".:[]".contains(c))).unwrap_or(rest.len());
        self.address = rest[..end].parse().unwrap_or_else(|_| panic!("an address in {line}"));
    }

    /// Asks until the answer has this status line.
    pub(crate) fn get_until(&self, path: &str, status: &str) {
        let end = Instant::now() + DEADLINE;
        while self.get(path, "").0 != status {
            assert!(Instant::now() < end, "{path} never answered {status}");
        }
    }

    /// Status line and body of an answer.
    pub(crate) fn get(&self, path: &str, header: &str) -> (String, String) {
        self.get_at(self.address, path, header)
    }

    /// Status line and body of an answer from another address of the program.
    pub(crate) fn get_at(&self, address: SocketAddr, path: &str, header: &str) -> (String, String) {
        let (head, body) = self.exchange(address, path, header);
        (head.lines().next().unwrap_or_default().to_owned(), body)
    }

    /// Head and body of an answer.
    pub(crate) fn exchange(&self, address: SocketAddr, path: &str, header: &str) -> (String, String) {
        let mut stream = TcpStream::connect(address).expect("a server");
        stream.set_read_timeout(Some(DEADLINE)).expect("a time limit");
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{header}\r\n");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("text");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("an answer: {answer}"));
        (head.to_owned(), body.to_owned())
    }

    /// Sends it a signal.
    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").arg(format!("-{signal}")).arg(self.child.id().to_string()).status();
        assert!(sent.expect("kill is there").success());
    }

    /// Asks it to stop, and gives its status and what it wrote to standard output.
    #[cfg(unix)]
    pub(crate) fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        self.signal(signal);
        let mut stdout = String::new();
        self.child.stdout.take().expect("piped").read_to_string(&mut stdout).expect("text");
        (self.child.wait().expect("it ends").code(), stdout)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Only after a failed test is there anything to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
