//! Files that cannot be written for a while: the disk is full, read-only or broken, or somebody else holds the file.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use super::outage::{Trouble, ride_out};
use super::program::Program;
use super::sync::failing_calls;
use super::trace::Trace;
use super::{Stage, writers};
use crate::command::{self, Failure};

/// Size of the disk that is filled: the directory, and a little more.
const DISK: &str = "size=16m";

/// Longest wait for an answer while nobody waits for a lock.
const AT_ONCE: Duration = Duration::from_secs(5);
/// Longest wait for a lock, from the first in the queue to the last.
const LOCKED: Duration = Duration::from_secs(20);
/// Writers that wait for the lock together.
const CROWD: usize = 12;

fn trouble<B, E>(case: &'static str, begin: B, end: E) -> Trouble<B, E> {
    Trouble {
        part: "disk",
        database: "sqlite",
        case,
        writers: writers::WRITERS,
        answer_max: AT_ONCE,
        refuses: true,
        begin,
        end,
    }
}

/// A disk of its own that something else fills.
pub(crate) fn full(stage: &mut Stage) -> Result<(), Failure> {
    const CASE: &str = "full disk";
    let Some(disk) = SmallDisk::mount(stage.world.folder().join("disk"))? else {
        stage.report.leave_out("disk", "sqlite", CASE, "a disk of its own needs root and mount".to_owned());
        return Ok(());
    };
    let program = stage.world.on_file_in(&disk.folder, "full")?;
    let serving = program.serve()?;
    let filler = disk.folder.join("filler");
    let trouble = trouble(CASE, || fill(&filler), || remove(&filler));
    ride_out(stage, &program, serving, trouble)
}

/// Takes all room.
fn fill(path: &Path) -> Result<(), Failure> {
    let broken = |error: std::io::Error| Failure::broken(format!("{}: {error}", path.display()));
    let mut file = File::create(path).map_err(broken)?;
    loop {
        match file.write_all(&[0x2a; 4096]) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::StorageFull => return Ok(()),
            Err(error) => return Err(broken(error)),
        }
    }
}

fn remove(path: &Path) -> Result<(), Failure> {
    fs::remove_file(path).map_err(|error| Failure::broken(format!("{}: {error}", path.display())))
}

/// A small file system in memory, which is gone afterwards.
struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// None where it cannot be had.
    fn mount(folder: PathBuf) -> Result<Option<SmallDisk>, Failure> {
        fs::create_dir_all(&folder)
            .map_err(|error| Failure::broken(format!("{}: {error}", folder.display())))?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", DISK, "peeringd-faults"]).arg(&folder);
        let mounted = mount.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        Ok(mounted.is_ok_and(|status| status.success()).then_some(SmallDisk { folder }))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Nobody has a file open there any more, and lazily it goes in any case.
        let _ = Command::new("umount").arg("--lazy").arg(&self.folder).status();
    }
}

/// Another program holds the write lock, for longer than anybody wants to wait.
pub(crate) fn locked(stage: &mut Stage) -> Result<(), Failure> {
    const CASE: &str = "file locked by another program";
    if !command::answers("python3", "--version") {
        stage.report.leave_out(
            "disk",
            "sqlite",
            CASE,
            "needs python3, whose sqlite3 takes the lock".to_owned(),
        );
        return Ok(());
    }
    let program = stage.world.on_file("locked")?;
    let serving = program.serve()?;
    let holder = Mutex::new(None);
    let held = || holder.lock().map_err(|_| Failure::broken("a thread panicked"));
    let trouble = Trouble {
        writers: CROWD,
        answer_max: LOCKED,
        ..trouble(
            CASE,
            || {
                *held()? = Some(Holder::take(&program)?);
                Ok(())
            },
            || {
                drop(held()?.take());
                Ok(())
            },
        )
    };
    ride_out(stage, &program, serving, trouble)
}

/// A program that holds the write lock until it is ended.
struct Holder(Child);

impl Holder {
    fn take(program: &Program) -> Result<Holder, Failure> {
        const HOLD: &str = "import sqlite3, sys\n\
                            connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)\n\
                            connection.execute('BEGIN IMMEDIATE')\n\
                            print('held', flush=True)\n\
                            sys.stdin.read()\n";
        let broken = |error: std::io::Error| Failure::broken(format!("python3: {error}"));
        let mut python = Command::new("python3");
        python.args(["-c", HOLD, program.database.trim_start_matches("sqlite:")]);
        let mut child = python.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(broken)?;
        let told = child.stdout.take().map(BufReader::new);
        let mut line = String::new();
        if let Some(mut told) = told {
            told.read_line(&mut line).map_err(broken)?;
        }
        let holder = Holder(child);
        if line.trim() == "held" {
            Ok(holder)
        } else {
            Err(Failure::broken("python3 does not get the write lock"))
        }
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        // Both fail where it is gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Every call that would write to the files fails, as on a file system that the system has made read-only, or on a
/// broken disk.
pub(crate) fn unwritable(stage: &mut Stage) -> Result<(), Failure> {
    const WRITES: &str = "pwrite64,write,pwritev,writev,ftruncate,fallocate,fsync,fdatasync";
    for (case, error, name) in [
        ("file became read-only", "EROFS", "readonly"),
        ("disk that fails", "EIO", "broken"),
        ("no room, by quota", "EDQUOT", "quota"),
    ] {
        let program = stage.world.on_file(name)?;
        let serving = program.serve()?;
        let options = failing_calls(&program, WRITES, error);
        let file = stage.world.folder().join(format!("{name}.strace"));
        let pid = serving.pid();
        let trace = Mutex::new(None);
        let held = || trace.lock().map_err(|_| Failure::broken("a thread panicked"));
        let begin = || {
            *held()? = Some(Trace::attach(&[pid], &options, &file)?);
            Ok(())
        };
        let end = || match held()?.take() {
            Some(trace) => trace.stop().map(drop),
            None => Ok(()),
        };
        ride_out(stage, &program, serving, trouble(case, begin, end))?;
    }
    Ok(())
}
