//! A private PostgreSQL for one command: made anew, reached through a socket in its own folder, gone afterwards.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::{DirBuilderExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::command::{self, Failure};
use crate::requirements;

/// The variable under which the tests look for a server.
pub(crate) const VARIABLE: &str = "PEERINGD_TEST_POSTGRES";

/// The user that may do everything. Whoever reaches the socket is believed.
const USER: &str = "peeringd";

/// Durability is the one thing that a server for tests can do without, and it costs the most.
const QUICK: &[&str] = &["fsync=off", "full_page_writes=off", "max_connections=300", "listen_addresses="];

/// Settings of a server that is to be killed.
const DURABLE: &[&str] = &["max_connections=100", "listen_addresses="];

/// What is left of a server that was killed ends by itself before this.
const END: Duration = Duration::from_secs(30);

/// What the server says when it can be used.
const READY: &str = "database system is ready to accept connections";

/// A running server, which ends with its owner.
pub(crate) struct Server {
    folder: PathBuf,
    account: Account,
    settings: &'static [&'static str],
    process: Child,
}

impl Server {
    /// Makes a cluster of databases and starts a server on it.
    pub(crate) fn start() -> Result<Self, Failure> {
        Server::with(QUICK)
    }

    /// The same for a server that keeps what it commits.
    pub(crate) fn start_durable() -> Result<Self, Failure> {
        Server::with(DURABLE)
    }

    fn with(settings: &'static [&'static str]) -> Result<Self, Failure> {
        // Short, since the path of a socket has to be, and reachable for the user that it will belong to.
        let folder = std::env::temp_dir().join(format!("peeringd-postgres-{}", std::process::id()));
        let broken =
            |error: std::io::Error| Failure::broken(format!("{}: cannot be made: {error}", folder.display()));
        // Whoever reaches the socket is its superuser.
        std::fs::DirBuilder::new().mode(0o700).create(&folder).map_err(broken)?;
        let account = Account::choose()?;
        if let Account::Other { user, group } = account {
            chown(&folder, Some(user), Some(group)).map_err(broken)?;
        }
        let mut initdb = account.command("initdb")?;
        initdb.arg("--pgdata").arg(data(&folder)).args(["--username", USER, "--auth", "trust"]);
        command::output(initdb.args(["--encoding", "UTF8", "--locale", "C", "--no-sync"]))?;
        let process = launch(account, &folder, settings)?;
        let mut server = Server { folder, account, settings, process };
        server.wait()?;
        Ok(server)
    }

    /// Ends the server by a signal, and waits until nothing of it is left.
    pub(crate) fn end(&mut self, signal: &str) -> Result<(), Failure> {
        let processes = self.processes();
        self.signal(signal, &processes[..1])?;
        self.process.wait().map_err(|error| Failure::broken(format!("postgres does not end: {error}")))?;
        let begun = Instant::now();
        // Those that it started notice that it is gone, and keep its memory until they do.
        while processes.iter().any(|pid| Path::new(&format!("/proc/{pid}")).exists()) {
            if begun.elapsed() > END {
                return Err(Failure::broken("postgres was ended, and parts of it are still there"));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Starts it again.
    pub(crate) fn resume(&mut self) -> Result<(), Failure> {
        self.process = launch(self.account, &self.folder, self.settings)?;
        self.wait()
    }

    /// The ids of its processes, the first one that of the one which started all others.
    pub(crate) fn processes(&self) -> Vec<u32> {
        let first = self.process.id();
        let children = std::fs::read_to_string(format!("/proc/{first}/task/{first}/children"));
        let children = children.unwrap_or_default();
        std::iter::once(first).chain(children.split_whitespace().filter_map(|pid| pid.parse().ok())).collect()
    }

    /// Sends a signal to processes of it.
    pub(crate) fn signal(&self, signal: &str, processes: &[u32]) -> Result<(), Failure> {
        let mut kill = Command::new("kill");
        kill.arg(format!("-{signal}")).args(processes.iter().map(u32::to_string));
        command::output(&mut kill).map(drop)
    }

    /// Runs SQL on its first database, and gives what it prints.
    pub(crate) fn sql(&self, sql: &str) -> Result<String, Failure> {
        let mut psql = Command::new("psql");
        psql.args(["--quiet", "--no-align", "--tuples-only", "--host"]).arg(&self.folder);
        command::output(psql.args(["--username", USER, "postgres", "--command", sql]))
    }

    /// Waits until the server is ready, and reads what else it says, so that it never waits for a reader.
    fn wait(&mut self) -> Result<(), Failure> {
        let mut told = String::new();
        let mut lines = BufReader::new(self.process.stderr.take().ok_or_else(no_log)?).lines();
        for line in lines.by_ref().map_while(Result::ok) {
            if line.contains(READY) {
                std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
                return Ok(());
            }
            told.push_str(&line);
            told.push('\n');
        }
        Err(Failure::broken(format!("postgres ended while it started:\n{told}")))
    }

    /// The address of its first database.
    pub(crate) fn url(&self) -> String {
        url(&self.folder, "postgres")
    }

    /// The words with which a shell runs SQL on it, up to the SQL.
    pub(crate) fn psql(&self) -> String {
        format!("psql --quiet --host {} --username {USER} postgres --command", self.folder.display())
    }

    /// The address of a database whose name a shell fills in.
    pub(crate) fn url_of(&self, name: &str) -> String {
        url(&self.folder, name)
    }
}

fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

fn launch(account: Account, folder: &Path, settings: &[&str]) -> Result<Child, Failure> {
    let mut postgres = account.command("postgres")?;
    postgres.arg("-D").arg(data(folder)).arg("-k").arg(folder);
    postgres.args(settings.iter().flat_map(|setting| ["-c", setting]));
    let process = postgres.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    process.map_err(|error| Failure::broken(format!("postgres cannot be started: {error}")))
}

fn no_log() -> Failure {
    Failure::broken("postgres gives no log to read")
}

fn url(folder: &Path, database: &str) -> String {
    format!("postgres://{USER}@localhost/{database}?host={}", folder.display())
}

impl Drop for Server {
    fn drop(&mut self) {
        // Whatever goes wrong here, the command has its outcome, and the folder is one of temporary files.
        let _ = self.signal("CONT", &self.processes());
        let _ = Command::new("kill").arg("-QUIT").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The account that the server runs under: it refuses to be root.
#[derive(Clone, Copy)]
enum Account {
    Own,
    Other { user: u32, group: u32 },
}

impl Account {
    fn choose() -> Result<Self, Failure> {
        if id(&["-u"])? != 0 {
            return Ok(Account::Own);
        }
        let name = if id(&["-u", "postgres"]).is_ok() { "postgres" } else { "nobody" };
        Ok(Account::Other { user: id(&["-u", name])?, group: id(&["-g", name])? })
    }

    fn command(self, program: &str) -> Result<Command, Failure> {
        let mut command = Command::new(requirements::find(program)?);
        // The folder of the caller may be closed to the account.
        command.current_dir("/");
        if let Account::Other { user, group } = self {
            command.uid(user).gid(group);
        }
        Ok(command)
    }
}

fn id(arguments: &[&str]) -> Result<u32, Failure> {
    let text = command::output(Command::new("id").args(arguments))?;
    text.trim().parse().map_err(|_| Failure::broken(format!("`id` says {text:?}, which is no number")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases_are_reached_through_the_folder() {
        assert_eq!(url(Path::new("/tmp/x"), "a"), "postgres://peeringd@localhost/a?host=/tmp/x");
    }
}
