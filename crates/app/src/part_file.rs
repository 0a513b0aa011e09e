//! Files in the making, and what is left of those whose maker was killed.
//!
//! A file in the making has a name, since SQLite wants one and it is moved to its place at the end. Whoever makes it
//! holds a lock on it, which goes with the process. The next maker of such a file removes those that nobody holds.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

/// Who may read the new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Its owner.
    Owner,
    /// Whoever the process lets read new files.
    Usual,
}

/// Characters drawn for each name. Nobody's own file has so many before [`SUFFIX`] by accident.
const RANDOM: usize = 12;
const SUFFIX: &str = ".peeringd-part";

/// Files that may be lost to others who look for what was left behind, in the moment before they are locked.
const TRIES: usize = 16;

/// Begins a file in a folder that will become the one of this name. Dropped, it is gone.
///
/// # Errors
/// When the folder takes no file.
pub(crate) fn begin(folder: &Path, name: &OsStr, readers: Readers) -> io::Result<NamedTempFile> {
    let mut prefix = name.to_owned();
    prefix.push(".");
    remove_left(folder, &prefix);
    let mut builder = Builder::new();
    builder.prefix(&prefix).suffix(SUFFIX).rand_bytes(RANDOM);
    #[cfg(unix)]
    if readers == Readers::Usual {
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    for _ in 0..TRIES {
        let part = builder.tempfile_in(folder)?;
        if hold(part.as_file())? {
            return Ok(part);
        }
    }
    Err(io::Error::other("other programs remove the file while it is made"))
}

/// Locks a file until it is closed. Gives `false` where somebody took it for one that was left behind.
#[cfg(target_os = "linux")]
fn hold(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    // Where there are no locks, nobody can have it, and nobody removes the file.
    match file.lock() {
        Ok(()) => Ok(file.metadata()?.nlink() > 0),
        Err(_) => Ok(true),
    }
}

/// Elsewhere a lock may stand in SQLite's way.
#[cfg(not(target_os = "linux"))]
fn hold(_: &File) -> io::Result<bool> {
    Ok(true)
}

/// Removes what was left behind. What cannot be removed does no harm.
fn remove_left(folder: &Path, prefix: &OsStr) {
    if !cfg!(target_os = "linux") {
        return;
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && is_part(&entry.file_name(), prefix) {
            remove_unless_held(&entry.path());
        }
    }
}

fn remove_unless_held(path: &Path) {
    // The lock is held until the name is gone: a maker who waits for it sees that then.
    let Ok(file) = File::open(path) else { return };
    if file.try_lock().is_ok() && fs::remove_file(path).is_ok() {
        tracing::info!(file = %path.display(), "removed what a program that was killed has left behind");
    }
}

fn is_part(name: &OsString, prefix: &OsStr) -> bool {
    let drawn = name.as_encoded_bytes().strip_prefix(prefix.as_encoded_bytes());
    let drawn = drawn.and_then(|rest| rest.strip_suffix(SUFFIX.as_bytes()));
    drawn.is_some_and(|drawn| drawn.len() == RANDOM && drawn.iter().all(u8::is_ascii_alphanumeric))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn names(folder: &TempDir) -> Vec<String> {
        let entries = fs::read_dir(folder.path()).expect("a folder").filter_map(Result::ok);
        let mut names: Vec<String> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn part(folder: &TempDir, name: &str) -> NamedTempFile {
        begin(folder.path(), OsStr::new(name), Readers::Owner).expect("begun")
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_nobody_holds_is_removed_and_nothing_else() {
        let folder = TempDir::new().expect("a folder");
        // As a process that is killed leaves it: closed, and in its place.
        let (file, left) = part(&folder, "a").keep().expect("left");
        let (_held, other) = part(&folder, "a").keep().expect("left");
        assert!(left.exists(), "it is still held");
        drop(file);
        for own in [
            "a.backup.part",
            "a.x.peeringd-part",
            "b.0123456789ab.peeringd-part",
            "a.0123456789a-.peeringd-part",
        ] {
            fs::write(folder.path().join(own), "own").expect("written");
        }
        let before = names(&folder).len();
        let new = part(&folder, "a");
        assert!(!left.exists() && other.exists() && new.path().exists());
        assert_eq!(names(&folder).len(), before, "one went, one came");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_that_was_taken_for_left_behind_is_begun_again() {
        let folder = TempDir::new().expect("a folder");
        let new = part(&folder, "a");
        fs::remove_file(new.path()).expect("removed");
        assert!(!hold(new.as_file()).expect("an answer"));
    }
}
