//! Files that appear when they are complete: written beside their place and moved there at the end.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, PersistError};

use crate::part_file;
pub(crate) use crate::part_file::Readers;

/// What happens to a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It is replaced by the new one, once that is complete.
    Replaced,
    /// It stays, and nothing is written.
    Kept,
}

/// Why there is no new file. One that was there before is still there then.
#[derive(Debug)]
pub enum FileError {
    /// It cannot be written.
    Write {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What stands there is no regular file, and is not replaced.
    NotAFile {
        /// The path.
        file: PathBuf,
    },
    /// A file is there that is to be kept.
    Exists {
        /// The file.
        file: PathBuf,
    },
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileError::Write { file, .. } => write!(f, "{}: cannot be written", file.display()),
            FileError::NotAFile { file } => {
                write!(f, "{}: is no regular file; give the path of a file", file.display())
            }
            FileError::Exists { file } => write!(
                f,
                "{}: is there already; give another path, or --force to have it replaced",
                file.display()
            ),
        }
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            FileError::Write { source, .. } => Some(source),
            FileError::NotAFile { .. } | FileError::Exists { .. } => None,
        }
    }
}

/// Why a file of the directory is not made. One that was there before is still there then.
#[derive(Debug)]
pub enum MakeError {
    /// The file.
    File(FileError),
    /// The database that was read, or the SQLite file that was to be written.
    Store(store::Error),
}

impl fmt::Display for MakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MakeError::File(error) => error.fmt(f),
            MakeError::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for MakeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            MakeError::File(error) => error.source(),
            MakeError::Store(error) => error.source(),
        }
    }
}

impl From<FileError> for MakeError {
    fn from(error: FileError) -> MakeError {
        MakeError::File(error)
    }
}

impl From<store::Error> for MakeError {
    fn from(error: store::Error) -> MakeError {
        MakeError::Store(error)
    }
}

/// A file in the making. Dropped before [`NewFile::finish`], it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct NewFile {
    /// The path as it was given.
    named: PathBuf,
    /// Where the file will be.
    target: PathBuf,
    existing: Existing,
    part: NamedTempFile,
}

impl NewFile {
    /// Begins a file that will be at a path.
    pub(crate) fn begin(named: &Path, existing: Existing, readers: Readers) -> Result<NewFile, FileError> {
        let failed = |source| FileError::Write { file: named.to_owned(), source };
        let target = target(named, existing)?;
        let name = target.file_name().unwrap_or_default();
        let part = part_file::begin(folder(&target), name, readers).map_err(failed)?;
        Ok(NewFile { named: named.to_owned(), target, existing, part })
    }

    /// Where the file is while it is made.
    pub(crate) fn path(&self) -> &Path {
        self.part.path()
    }

    /// The file, to write to.
    pub(crate) fn file(&mut self) -> &mut File {
        self.part.as_file_mut()
    }

    /// What went wrong with writing it.
    pub(crate) fn failed(&self, source: io::Error) -> FileError {
        FileError::Write { file: self.named.clone(), source }
    }

    /// Makes the file durable and lets it appear.
    pub(crate) fn finish(self) -> Result<(), FileError> {
        let NewFile { named, target, existing, part } = self;
        let failed = |source| FileError::Write { file: named.clone(), source };
        part.as_file().sync_all().map_err(failed)?;
        let moved = match existing {
            Existing::Replaced => part.persist(&target),
            Existing::Kept => part.persist_noclobber(&target),
        };
        moved.map_err(|PersistError { error, .. }| match error.kind() {
            io::ErrorKind::AlreadyExists => FileError::Exists { file: named.clone() },
            _ => failed(error),
        })?;
        sync_folder(&target).map_err(failed)
    }
}

/// Where the bytes have to go: through symbolic links, which stay.
fn target(named: &Path, existing: Existing) -> Result<PathBuf, FileError> {
    let file = named.to_owned();
    match fs::metadata(named) {
        Err(_) => Ok(file),
        Ok(there) if !there.is_file() => Err(FileError::NotAFile { file }),
        Ok(_) if existing == Existing::Kept => Err(FileError::Exists { file }),
        Ok(_) => fs::canonicalize(named).map_err(|source| FileError::Write { file, source }),
    }
}

fn folder(target: &Path) -> &Path {
    target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the new name durable.
fn sync_folder(target: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder(target))?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use tempfile::TempDir;

    use super::*;

    fn names(folder: &TempDir) -> Vec<String> {
        let entries = fs::read_dir(folder.path()).expect("a folder").filter_map(Result::ok);
        let mut names: Vec<String> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn begin(path: &Path, existing: Existing) -> NewFile {
        let mut new = NewFile::begin(path, existing, Readers::Usual).expect("begun");
        new.file().write_all(b"new").expect("written");
        new
    }

    #[test]
    fn a_file_appears_when_it_is_complete() {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("a");
        let new = begin(&path, Existing::Kept);
        assert!(!path.exists());
        new.finish().expect("finished");
        assert_eq!(
            (names(&folder), fs::read(&path).expect("a file")),
            (vec!["a".to_owned()], b"new".to_vec())
        );
        drop(begin(&path, Existing::Replaced));
        assert_eq!(names(&folder), ["a"], "what is not finished leaves nothing behind");
    }

    #[test]
    fn a_file_that_came_meanwhile_is_kept() {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("a");
        let new = begin(&path, Existing::Kept);
        fs::write(&path, "other").expect("written");
        assert!(matches!(new.finish(), Err(FileError::Exists { file }) if file == path));
        assert_eq!(
            (names(&folder), fs::read(&path).expect("a file")),
            (vec!["a".to_owned()], b"other".to_vec())
        );
    }

    #[cfg(unix)]
    #[test]
    fn secrets_are_for_their_owner_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = TempDir::new().expect("a folder");
        let (path, link) = (folder.path().join("a"), folder.path().join("link"));
        fs::write(&path, "old").expect("written");
        symlink(&path, &link).expect("a link");
        let new = NewFile::begin(&link, Existing::Replaced, Readers::Owner).expect("begun");
        new.finish().expect("finished");
        assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
        let mode = fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!((mode & 0o777, fs::read(&path).expect("a file").len()), (0o600, 0));
    }
}
