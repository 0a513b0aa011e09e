//! The full-scale directory: made once, then kept, and copied for each run that writes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Outcome};
use crate::program::{self, Process};

/// The seed of the directory; another one gives other names and the same sizes.
pub(crate) const SEED: u32 = 1;

/// A database of this run alone, at full scale.
pub(crate) fn prepare(program: &Path, folder: &Path) -> Outcome<PathBuf> {
    let made = folder.join("demo");
    let original = made.join(format!("full-{SEED}.db"));
    let stamp = folder.join("demo.version");
    let version = version(program)?;
    if fs::read_to_string(&stamp).ok().as_deref() != Some(version.as_str()) {
        make(program, &made)?;
        fs::write(&stamp, version).map_err(Failure::of(stamp.display()))?;
    }
    let copy = folder.join("run.db");
    for leftover in ["run.db-wal", "run.db-shm"] {
        // Most often there is none.
        let _ = fs::remove_file(folder.join(leftover));
    }
    fs::copy(&original, &copy).map_err(Failure::of(original.display()))?;
    Ok(copy)
}

/// What the directory depends on.
fn version(program: &Path) -> Outcome<String> {
    let told = Command::new(program).arg("--version").output();
    let told = told.map_err(Failure::of(program.display()))?;
    Ok(format!("{} seed {SEED}", String::from_utf8_lossy(&told.stdout).trim()))
}

fn make(program: &Path, folder: &Path) -> Outcome<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(Failure::of(folder.display()))?;
    }
    let listen = program::free_address()?.to_string();
    let mut command = Command::new(program);
    command.args(["demo", "--scale", "full", "--log", "warn", "--listen", &listen]);
    command.args(["--seed", &SEED.to_string(), "--dir"]).arg(folder);
    let complete = folder.join(format!("full-{SEED}.complete"));
    let mut process = Process::start(&mut command)?;
    process.wait_for("making the directory", || complete.exists())?;
    process.stop()
}
