//! The public directory as files for everybody: a SQLite file, and an archive of the thirteen lists.
//!
//! They hold what a caller without credentials is shown, at one moment, and nothing that is deleted or waits for
//! approval. Commands write them to a path; a server makes them for the first who asks, see [`download`].

mod archive;
pub mod download;
mod sqlite;

use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use catalog::Snapshot;
use model::access::Viewer;
use model::{Tag, Time};
use store::Store;

use crate::App;
use crate::backup::Progress;
use crate::directory::Settings;
use crate::new_file::{Existing, MakeError, NewFile, Readers};

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A SQLite database.
    Sqlite,
    /// A gzipped tar archive of the lists `org-0.json` and so on.
    Json,
}

/// What a caller without credentials is shown of the directory at one moment.
#[derive(Clone, Debug)]
pub struct Public {
    /// The directory.
    pub snapshot: Arc<Snapshot>,
    /// The caller.
    pub viewer: Viewer,
    /// A moment before which no change is missing.
    pub generated: Time,
    /// The URL of the directory without a slash at its end; empty when it has none.
    pub source: String,
}

impl App {
    /// What is public now.
    pub fn public(&self) -> Public {
        // Before the snapshot: a change in between is then in the lists and asked for again, never missed.
        let generated = self.as_of();
        Public {
            generated,
            viewer: self.anonymous().viewer,
            snapshot: self.snapshot(),
            source: self.settings().public_url.clone(),
        }
    }
}

impl Public {
    /// Reads what is public of the directory in a database. `public_url` is where people reach it: links to logos
    /// begin with it; `now` is the present moment.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn read(store: &Store, public_url: &str, now: Time) -> Result<Public, store::Error> {
        let settings = Settings::at(public_url);
        let (snapshot, principals) = crate::directory::read(store, &settings).await?;
        Ok(Public {
            snapshot: Arc::new(snapshot),
            viewer: principals.anonymous().viewer,
            generated: now,
            source: settings.public_url,
        })
    }

    /// The inside of the `meta` object of a list: mirrors begin with it.
    pub fn meta(&self) -> String {
        let seconds = self.generated.0 as f64 / Time::SECOND as f64;
        format!("\"generated\": {seconds:.3}")
    }

    /// Number of records.
    fn count(&self) -> u64 {
        Tag::ALL.into_iter().map(|tag| self.snapshot.listed(tag, &self.viewer).count() as u64).sum()
    }
}

/// Looks whether a file could be written to a path.
///
/// # Errors
/// As [`write`].
pub fn look_at(file: &Path, existing: Existing) -> Result<(), MakeError> {
    NewFile::begin(file, existing, Readers::Usual)?;
    Ok(())
}

/// Writes the public directory to a file, and gives the number of records in it. The file appears when it is
/// complete.
///
/// # Errors
/// When the file cannot be written, or something is there that is to be kept.
pub async fn write(
    public: &Public,
    form: Form,
    file: &Path,
    existing: Existing,
    progress: &dyn Progress,
) -> Result<u64, MakeError> {
    let mut new = NewFile::begin(file, existing, Readers::Usual)?;
    match form {
        Form::Sqlite => {
            let place = file.display().to_string();
            sqlite::write(public, new.path(), &place, progress).await?;
        }
        Form::Json => {
            let mut out = BufWriter::with_capacity(1 << 18, new.file());
            let written = archive::write(public, &mut out, progress).and_then(|()| out.flush());
            drop(out);
            written.map_err(|source| new.failed(source))?;
        }
    }
    new.finish()?;
    Ok(public.count())
}
