//! The system calls of running processes, watched and made to fail by `strace`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::command::{self, Failure};
use crate::requirements::{self, Requirement};

/// What is needed.
const STRACE: Requirement = Requirement {
    package: "strace",
    program: "strace",
    reason: "fault runs count the system calls that bring a commit to the disk, and make such calls fail",
};

/// A call that was watched, from its entry to its return.
#[derive(Debug, PartialEq)]
pub(crate) struct Call {
    /// Time since 1970.
    pub(crate) begun: Duration,
    pub(crate) ended: Duration,
    /// The arguments as strace writes them, with the paths of open files.
    pub(crate) arguments: String,
    /// Whether it was carried out.
    pub(crate) worked: bool,
}

/// Watching until it is told to stop.
pub(crate) struct Trace {
    strace: Child,
    file: PathBuf,
}

/// The time as strace tells it.
pub(crate) fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Whether processes can be watched here; it says why not.
pub(crate) fn usable() -> Result<Result<(), String>, Failure> {
    requirements::offer(&STRACE)?;
    let tried =
        Command::new("strace").args(["-qq", "-e", "trace=none", "true"]).stdin(Stdio::null()).output();
    Ok(match tried {
        Ok(done) if done.status.success() => Ok(()),
        Ok(done) => Err(String::from_utf8_lossy(&done.stderr).lines().next().unwrap_or_default().to_owned()),
        Err(error) => Err(format!("strace: {error}")),
    })
}

impl Trace {
    /// Watches the processes, all their threads, and what they start; `options` say which calls.
    pub(crate) fn attach(processes: &[u32], options: &[String], file: &Path) -> Result<Trace, Failure> {
        let broken = |error: std::io::Error| Failure::broken(format!("strace: {error}"));
        let mut strace = Command::new("strace");
        strace.args(["-f", "-ttt", "-y", "-T", "-o"]).arg(file).args(options);
        strace.args(processes.iter().flat_map(|pid| ["-p".to_owned(), pid.to_string()]));
        strace.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = strace.spawn().map_err(broken)?;
        let told = child.stderr.take();
        let trace = Trace { strace: child, file: file.to_owned() };
        let told = told.ok_or_else(|| Failure::broken("strace tells nothing"))?;
        let mut lines = BufReader::new(told).lines().map_while(Result::ok);
        let attached = lines.by_ref().filter(|line| line.contains("attached")).take(processes.len()).count();
        if attached < processes.len() {
            return Err(Failure::broken(format!(
                "strace watches {attached} of {} processes",
                processes.len()
            )));
        }
        // What it says later must not make it wait for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(trace)
    }

    /// Lets the processes go, and gives the calls in the order of their ends.
    pub(crate) fn stop(mut self) -> Result<Vec<Call>, Failure> {
        command::output(Command::new("kill").arg("-INT").arg(self.strace.id().to_string()))?;
        // Its status is that of the signal.
        let _ = self.strace.wait();
        let text = fs::read(&self.file);
        let text = text.map_err(|error| Failure::broken(format!("{}: {error}", self.file.display())))?;
        Ok(calls(&String::from_utf8_lossy(&text)))
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        // The processes go on without it.
        let _ = self.strace.kill();
        let _ = self.strace.wait();
    }
}

/// The calls of a protocol. One that another thread interrupts stands in two lines.
fn calls(text: &str) -> Vec<Call> {
    let mut open: Vec<(&str, Duration, &str)> = Vec::new();
    let mut calls = Vec::new();
    for line in text.lines() {
        let mut words = line.trim_start().splitn(2, ' ');
        let (Some(process), Some(rest)) = (words.next(), words.next()) else { continue };
        let Some((time, call)) = rest.trim_start().split_once(' ') else { continue };
        let Some(time) = seconds(time) else { continue };
        if let Some(begin) = call.strip_suffix("<unfinished ...>") {
            open.push((process, time, begin));
        } else if call.starts_with("<... ") {
            let at = open.iter().position(|(own, ..)| *own == process);
            let Some((_, begun, arguments)) = at.map(|at| open.swap_remove(at)) else { continue };
            calls.push(Call {
                begun,
                ended: time,
                arguments: arguments.to_owned(),
                worked: call.contains(") = 0"),
            });
        } else if let Some((arguments, took)) = call.rsplit_once('<').filter(|(_, took)| took.ends_with('>'))
        {
            let took = seconds(took.trim_end_matches('>')).unwrap_or_default();
            let worked = arguments.contains(") = 0");
            calls.push(Call { begun: time, ended: time + took, arguments: arguments.to_owned(), worked });
        }
    }
    calls
}

fn seconds(text: &str) -> Option<Duration> {
    text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_whole_and_in_two_parts() {
        let text = "7 100.5 fdatasync(12</a/b.db-wal>) = 0 <0.25>\n\
                    8 101.0 fsync(3</a/b.db> <unfinished ...>\n\
                    7 101.5 fdatasync(12</a/b.db-wal>) = -1 EIO (Input/output error) (INJECTED) <0.000010>\n\
                    8 102.0 <... fsync resumed>) = 0 <1.0>\n\
                    8 103.0 +++ exited with 0 +++\n";
        let found = calls(text);
        let times: Vec<_> =
            found.iter().map(|call| (call.begun.as_millis(), call.ended.as_millis(), call.worked)).collect();
        assert_eq!(times, [(100_500, 100_750, true), (101_500, 101_500, false), (101_000, 102_000, true)]);
        assert!(found[2].arguments.contains("/a/b.db>"), "{found:?}");
    }
}
