//! Exports that a server hands out: made for the first who asks, and kept until the directory has moved on.
//!
//! A file is made by one builder at a time, in a file of the system's folder for temporary files that has no name
//! and ends with the process. The database that is packed into one has a name there while it is written and packed,
//! since SQLite opens files by name; a process that is killed meanwhile leaves it behind. Whoever asks meanwhile waits for that one. While the directory changes all the time,
//! a file is given out for [`KEPT`]; what was made private is not in what is given out from then on.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::Compression;
use flate2::write::GzEncoder;
use model::{Tag, Time};
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::{Form, Public, archive, sqlite};
use crate::App;
use crate::backup::Silent;
use crate::part_file::{self, Readers};
use crate::pool::Pool;

/// How long a file is given out although the directory has changed, microseconds.
pub const KEPT: i64 = 5 * 60 * Time::SECOND;

/// A finished file.
#[derive(Debug)]
pub struct Download {
    file: File,
    length: u64,
    sha256: [u8; 32],
    modified: i64,
    basis: Basis,
}

/// What a file was made from.
#[derive(Clone, Debug)]
struct Basis {
    epoch: Arc<String>,
    sequence: u64,
    /// What decides about who sees what: the caller's rules, and the types whose records say it themselves.
    sight: [u64; 3],
    /// Whether only those decide, and not the owners of records.
    reads_all: bool,
    begun: Time,
}

impl Basis {
    fn of(app: &App, public: &Public) -> Basis {
        let Public { snapshot, viewer, .. } = public;
        Basis {
            epoch: app.epoch(),
            sequence: snapshot.sequence(),
            sight: [viewer.mask(), snapshot.touched(Tag::Poc), snapshot.touched(Tag::Ixlan)],
            reads_all: viewer.reads_all(),
            begun: app.now(),
        }
    }

    /// Whether what was made from this may be given out when the directory is like that.
    fn serves(&self, present: &Basis) -> bool {
        let same_sight = self.epoch == present.epoch && self.sight == present.sight;
        let is_young = self.reads_all && present.begun.0 - self.begun.0 < KEPT;
        same_sight && (self.sequence == present.sequence || is_young)
    }
}

impl Download {
    /// Bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// SHA-256 of the content.
    pub fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }

    /// Seconds since 1970 of the moment that the file shows; larger for each file than for the one before it.
    pub fn modified(&self) -> i64 {
        self.modified
    }

    /// The number of the newest change in it.
    pub fn sequence(&self) -> u64 {
        self.basis.sequence
    }

    /// Reads at most `most` bytes from a position on. Waits for the disk.
    ///
    /// # Errors
    /// When the file cannot be read, or ends before `from`.
    pub fn read(&self, from: u64, most: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; most];
        let read = read_at(&self.file, &mut bytes, from)?;
        if read == 0 && most > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.truncate(read);
        Ok(bytes)
    }
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], from: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, bytes, from)
}

#[cfg(windows)]
fn read_at(file: &File, bytes: &mut [u8], from: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, bytes, from)
}

/// A file could not be made; the log says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotMade;

/// The files of a server.
pub(crate) struct Downloads {
    sqlite: Shelf,
    json: Shelf,
    /// One is made at a time: each takes a processor for seconds.
    builders: Pool,
}

impl fmt::Debug for Downloads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Downloads").finish_non_exhaustive()
    }
}

impl Default for Downloads {
    fn default() -> Downloads {
        // Each form has one builder at most, which runs or waits.
        Downloads { sqlite: Shelf::default(), json: Shelf::default(), builders: Pool::new(1, 1) }
    }
}

impl Downloads {
    fn shelf(&self, form: Form) -> &Shelf {
        match form {
            Form::Sqlite => &self.sqlite,
            Form::Json => &self.json,
        }
    }
}

/// How a build ended; `None` while it goes on.
type Outcome = Option<Result<Arc<Download>, NotMade>>;

/// The place of one file.
#[derive(Default)]
struct Shelf(Mutex<Place>);

#[derive(Default)]
struct Place {
    ready: Option<Arc<Download>>,
    building: Option<watch::Receiver<Outcome>>,
}

impl Shelf {
    /// A poisoned lock still guards whole values: each is set at once.
    fn lock(&self) -> std::sync::MutexGuard<'_, Place> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// The file of a form as it is now, or was a few minutes ago. It is made when there is none; an export at full
    /// scale takes some seconds.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn download(&self, form: Form) -> Result<Arc<Download>, NotMade> {
        // The build that goes on may have begun before something became private; the one after it has not.
        let first = self.build_or_join(form).await?;
        if first.basis.serves(&Basis::of(self, &self.public())) {
            return Ok(first);
        }
        self.build_or_join(form).await
    }

    /// The file that is there, or the outcome of a build.
    async fn build_or_join(&self, form: Form) -> Result<Arc<Download>, NotMade> {
        let mut outcome = {
            let public = self.public();
            let basis = Basis::of(self, &public);
            let mut place = self.downloads().shelf(form).lock();
            if let Some(ready) = place.ready.as_ref().filter(|ready| ready.basis.serves(&basis)) {
                return Ok(Arc::clone(ready));
            }
            match &place.building {
                Some(building) => building.clone(),
                None => {
                    let (teller, outcome) = watch::channel(None);
                    place.building = Some(outcome.clone());
                    let before = place.ready.as_ref().map_or(0, |ready| ready.modified);
                    let downloads = Arc::clone(self.downloads());
                    // On its own: whoever asked may leave, and others wait for it.
                    tokio::spawn(async move {
                        let modified = public.generated.unix().max(before + 1);
                        let made = make(&downloads, public, form, modified, basis).await;
                        let mut place = downloads.shelf(form).lock();
                        place.building = None;
                        if let Ok(made) = &made {
                            place.ready = Some(Arc::clone(made));
                        }
                        drop(place);
                        teller.send_replace(Some(made));
                    });
                    outcome
                }
            }
        };
        let outcome = outcome.wait_for(Option::is_some).await.map_err(|_| NotMade)?;
        outcome.clone().unwrap_or(Err(NotMade))
    }
}

async fn make(
    downloads: &Downloads,
    public: Public,
    form: Form,
    modified: i64,
    basis: Basis,
) -> Result<Arc<Download>, NotMade> {
    let runtime = Handle::current();
    let build = move || match form {
        Form::Sqlite => runtime.block_on(build_sqlite(&public)),
        Form::Json => build_archive(&public),
    };
    // A builder that panics must not keep those who wait from an answer.
    let build = move || std::panic::catch_unwind(std::panic::AssertUnwindSafe(build));
    match downloads.builders.run(build).await {
        Ok(Ok(Ok((file, length, sha256)))) => {
            Ok(Arc::new(Download { file, length, sha256, modified, basis }))
        }
        Ok(Ok(Err(error))) => {
            tracing::error!(?form, error = &*error, "a file for download cannot be made");
            Err(NotMade)
        }
        Ok(Err(_)) | Err(_) => {
            tracing::error!(?form, "a file for download was not made");
            Err(NotMade)
        }
    }
}

type Built = Result<(File, u64, [u8; 32]), Box<dyn std::error::Error + Send + Sync>>;

async fn build_sqlite(public: &Public) -> Built {
    let name = std::ffi::OsStr::new("peeringd-download.sqlite");
    let database = part_file::begin(&std::env::temp_dir(), name, Readers::Owner).map_err(no_room)?;
    sqlite::write(public, database.path(), "file for download", &Silent).await?;
    let mut packed = GzEncoder::new(Hashing::begin()?, Compression::default());
    io::copy(&mut BufReader::with_capacity(1 << 18, database.as_file()), &mut packed)?;
    Ok(packed.finish()?.finish()?)
}

fn build_archive(public: &Public) -> Built {
    let mut out = Hashing::begin()?;
    archive::write(public, &mut out, &Silent)?;
    Ok(out.finish()?)
}

/// Tells an operator which folder it is about.
fn no_room(error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("no file in the folder for temporary files (TMPDIR): {error}"))
}

/// Counts and hashes what goes through to a file without a name.
struct Hashing {
    out: BufWriter<File>,
    length: u64,
    hash: Sha256,
}

impl Hashing {
    fn begin() -> io::Result<Hashing> {
        let out = BufWriter::with_capacity(1 << 18, tempfile::tempfile().map_err(no_room)?);
        Ok(Hashing { out, length: 0, hash: Sha256::new() })
    }

    fn finish(self) -> io::Result<(File, u64, [u8; 32])> {
        let file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok((file, self.length, self.hash.finalize().into()))
    }
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
