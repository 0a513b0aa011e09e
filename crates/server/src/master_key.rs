//! The master key in a file: read when it is needed first, and made then where it may be.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use app::keys::{Keys, NoMasterKey};
use auth::seal::{KEY_BYTES, MasterKey};
use store::DatabaseUrl;

use crate::options::MASTER_KEY_FILE;
use crate::settings::Settings;

/// A file with the master key.
#[derive(Debug)]
pub(crate) struct KeyFile {
    /// `None` where nobody named one and there is no file to put it beside.
    path: Option<PathBuf>,
    /// Whether it is made when it is missing. A file that was named is not: several servers have to share it.
    made: bool,
    /// Whether the database holds secrets that a key encrypted: another key does not open them.
    in_use: bool,
    known: OnceLock<Arc<MasterKey>>,
}

impl KeyFile {
    /// The file that the operator named, or the one beside a SQLite database. `in_use` tells whether the database
    /// holds secrets that a key encrypted.
    pub(crate) fn of(settings: &Settings, in_use: bool) -> KeyFile {
        let beside = match &settings.database {
            DatabaseUrl::Sqlite(path) => {
                let mut name = path.clone().into_os_string();
                name.push(".key");
                Some(PathBuf::from(name))
            }
            DatabaseUrl::Postgres(_) => None,
        };
        let made = settings.master_key_file.is_none();
        let path = settings.master_key_file.clone().or(beside);
        KeyFile { path, made, in_use, known: OnceLock::new() }
    }

    fn find(&self) -> Result<MasterKey, NoMasterKey> {
        let Some(path) = &self.path else {
            let name = MASTER_KEY_FILE.name;
            return Err(NoMasterKey(format!("--{name}: not set: {}", MASTER_KEY_FILE.remedy)));
        };
        let failed = |error: io::Error| {
            NoMasterKey(format!("{}: {error}: {}", path.display(), MASTER_KEY_FILE.remedy))
        };
        match read(path) {
            Err(error) if self.made && self.in_use && error.kind() == io::ErrorKind::NotFound => {
                Err(lost(path))
            }
            Err(error) if self.made && error.kind() == io::ErrorKind::NotFound => {
                make(path).map_err(failed)?;
                // Another process may have been quicker: what is there counts.
                read(path).map_err(failed)
            }
            found => found.map_err(failed),
        }
    }
}

impl Keys for KeyFile {
    fn master(&self) -> Result<Arc<MasterKey>, NoMasterKey> {
        if let Some(key) = self.known.get() {
            return Ok(Arc::clone(key));
        }
        let key = Arc::new(self.find()?);
        Ok(Arc::clone(self.known.get_or_init(|| key)))
    }
}

/// Why no new key takes the place of one that is needed.
fn lost(path: &Path) -> NoMasterKey {
    NoMasterKey(format!(
        "{}: no such file, and a new key would not open the secrets of the webhooks in the database: put the copy of the \
         file back, or remove these webhooks and start the server again",
        path.display()
    ))
}

fn read(path: &Path) -> io::Result<MasterKey> {
    let text = std::fs::read_to_string(path)?;
    let no_key = |_| io::Error::new(io::ErrorKind::InvalidData, "no key of 64 hexadecimal digits");
    MasterKey::parse(&text).map_err(no_key)
}

/// Makes a key that only the program's user may read. The file appears when it is complete.
fn make(path: &Path) -> io::Result<()> {
    let mut key = [0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(io::Error::other)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Files of this kind are for their owner alone.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    writeln!(file, "{}", MasterKey::new(key).text())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => {
            // Secrets are encrypted with it from now on: its name has to outlive a loss of power as well.
            if cfg!(unix) {
                std::fs::File::open(folder)?.sync_all()?;
            }
            tracing::info!(file = %path.display(), "made a master key: keep a copy of it apart from the database");
            Ok(())
        }
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beside(path: &Path) -> KeyFile {
        KeyFile { path: Some(path.to_owned()), made: true, in_use: false, known: OnceLock::new() }
    }

    #[test]
    fn a_key_is_made_once_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.db.key");
        let first = beside(&path).master().expect("made");
        let second = beside(&path).master().expect("read");
        assert_eq!(first.text(), second.text());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn no_new_key_takes_the_place_of_one_that_is_needed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.db.key");
        let needed = || KeyFile { in_use: true, ..beside(&path) };
        let told = needed().master().expect_err("no key").to_string();
        assert!(told.contains("a.db.key") && told.contains("put the copy of the file back"), "{told}");
        assert!(!path.exists());
        let made = beside(&path).master().expect("made");
        assert_eq!(needed().master().expect("read").text(), made.text());
    }

    #[test]
    fn a_file_that_was_named_is_not_made_and_has_to_hold_a_key() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        let named = |path: &Path| KeyFile { made: false, ..beside(path) };
        assert!(named(&path).master().is_err());
        std::fs::write(&path, "too short").expect("writable");
        let told = named(&path).master().expect_err("no key").to_string();
        assert!(told.contains("64 hexadecimal digits") && !told.contains("too short"), "{told}");
        let nowhere = KeyFile { path: None, ..beside(&path) };
        assert!(nowhere.master().expect_err("no file").to_string().starts_with("--master-key-file: not set"));
    }
}
