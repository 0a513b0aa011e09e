//! Loading files, or a generated directory, into an empty database.

use std::fmt;
use std::path::{Path, PathBuf};

use model::directory::Directory;
use model::{Tag, Time};
use store::Store;
use store::change::{Actor, Header, Origin, RowChange};

use super::document::{Contents, FoundRecord};
use super::error::LoadError;
use super::odd::odd;
use super::people::{Found, default_permissions, hash_secrets};
use super::verify::{Skipped, verify};
use super::{Progress, webhook};

/// What a load lets pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Passwords and keys in clear; they are hashed before they are stored.
    pub allow_plaintext_secrets: bool,
    /// Records whose parent is missing: they are left out with all that hangs on them. A reference that may be
    /// null is set to null instead.
    pub skip_orphans: bool,
}

/// What a load did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records written, by type, in the order of [`Tag::ALL`].
    pub records: [u64; 13],
    /// Accounts written.
    pub users: u64,
    /// API keys written, of users and organizations.
    pub keys: u64,
    /// Mails written, all of them held.
    pub mails: u64,
    /// Open tickets written.
    pub tickets: u64,
    /// Webhooks written; their secrets need the master key that encrypted them.
    pub webhooks: u64,
    /// Records left out because a parent is missing, by type, in the order of [`Tag::ALL`].
    pub skipped: [u64; 13],
    /// References set to null because what they name is missing.
    pub detached: u64,
    /// Memberships, keys, permission rows, items of the queue, logos and webhooks left out because a parent is missing.
    pub skipped_people: u64,
    /// Counters set to what they count: those of API lists, and of records whose neighbours were left out.
    pub counters: u64,
    /// Ports given the AS number of their network, on the same occasions.
    pub asns: u64,
    /// Keys of API documents that are not known, as `tag.key`, with the number of records that have them.
    pub ignored: Vec<(String, u64)>,
    /// Records that were loaded although they break a rule, rule by rule.
    pub odd: Vec<Oddity>,
    /// Whether the files say nothing about permissions, so that the usual ones were installed.
    pub default_permissions: bool,
    /// The number of the change that the load became.
    pub sequence: u64,
}

/// Records that break a rule, and that `check` will report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oddity {
    /// The rule.
    pub rule: &'static str,
    /// How many records break it.
    pub count: u64,
    /// The first of them, each with what is odd about it.
    pub first: Vec<String>,
}

/// Records of an oddity that are named.
const NAMED: usize = 5;

impl Summary {
    /// Whether neither a record nor an account is left to write.
    pub fn is_empty(&self) -> bool {
        self.total() == 0 && self.users == 0
    }

    /// All records written.
    pub fn total(&self) -> u64 {
        self.records.iter().sum()
    }
}

/// A source of salts for passwords in clear, and of the name of the change; has to give other bytes each time.
pub type Salts<'a> = &'a mut (dyn FnMut() -> [u8; 16] + Send);

/// Rows that go to the database at once: progress is told between them.
const ROWS: usize = 2000;

/// What files hold, read and checked: all that is left is to write it.
pub struct Prepared {
    records: [Vec<FoundRecord>; 13],
    found: Found,
    summary: Summary,
    /// Names the change in the log. Each load has a name of its own, so that one whose commit got no answer is not
    /// taken for another one.
    command: String,
}

impl Prepared {
    /// What writing it will do, but for the number of the change.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The rest holds hashes of secrets.
        f.debug_struct("Prepared").field("summary", &self.summary).finish_non_exhaustive()
    }
}

/// Reads and checks files. No database is needed for it, so that files that are refused touch none.
///
/// # Errors
/// When a file cannot be read or a rule is broken.
pub fn read(
    files: &[PathBuf],
    options: Options,
    salts: Salts<'_>,
    progress: &dyn Progress,
) -> Result<Prepared, LoadError> {
    let mut contents = Contents::new();
    for file in files {
        contents.read(Path::new(file), options.allow_plaintext_secrets, progress)?;
    }
    if contents.is_empty() {
        return Err(LoadError::Empty { files: contents.files });
    }
    contents.found.resolve_labels()?;
    prepare(contents, options, salts)
}

/// Loads files, all of them or none: [`read`] and [`write`] in one.
///
/// # Errors
/// When a file cannot be read or a rule is broken, or the database is not empty or cannot be written. Nothing is
/// written then.
pub async fn load(
    store: &Store,
    files: &[PathBuf],
    options: Options,
    now: Time,
    salts: Salts<'_>,
    progress: &dyn Progress,
) -> Result<Summary, LoadError> {
    write(store, read(files, options, salts, progress)?, now, progress).await
}

/// Loads a directory that was generated rather than read, under the same rules.
///
/// # Errors
/// As [`load`].
pub async fn import(
    store: &Store,
    directory: Directory,
    now: Time,
    salts: Salts<'_>,
    progress: &dyn Progress,
) -> Result<Summary, LoadError> {
    let options = Options { allow_plaintext_secrets: true, skip_orphans: false };
    write(store, prepare(generated(directory), options, salts)?, now, progress).await
}

/// What messages call a directory that came from no file.
const GENERATED: &str = "generated directory";

fn generated(directory: Directory) -> Contents {
    let Directory { records, people } = directory;
    let mut contents = Contents::new();
    contents.files.push(GENERATED.to_owned());
    contents.records =
        records.map(|list| list.into_iter().map(|record| FoundRecord { record, file: 0 }).collect());
    contents.found = Found::generated(people, GENERATED);
    contents
}

fn prepare(mut contents: Contents, options: Options, salts: Salts<'_>) -> Result<Prepared, LoadError> {
    let skipped = verify(&mut contents, options.skip_orphans)?;
    let Contents { records, mut found, ignored, .. } = contents;
    if !found.has_permissions {
        default_permissions(&mut found.people);
    }
    hash_secrets(&mut found.people, &found.users, salts)?;
    let mut summary = summary(&records, &found, skipped);
    summary.odd = oddities(&records);
    summary.ignored = ignored.into_iter().collect();
    let command = format!("load {:032x}", u128::from_ne_bytes(salts()));
    Ok(Prepared { records, found, summary, command })
}

/// Writes what was read into an empty database, in one transaction.
///
/// # Errors
/// When the database is not empty or cannot be written. Nothing is written then.
pub async fn write(
    store: &Store,
    prepared: Prepared,
    now: Time,
    progress: &dyn Progress,
) -> Result<Summary, LoadError> {
    let Prepared { records, found, mut summary, command } = prepared;
    let mut writer = store.writer().await?;
    if !writer.is_empty().await? {
        return Err(LoadError::NotEmpty { place: store.place().to_owned() });
    }
    let header = Header { at: now, actor: Actor::SYSTEM, origin: Origin::Cli, command_id: command };
    writer.start(&header).await?;
    for (tag, list) in Tag::ALL.into_iter().zip(records) {
        let label = format!("writing {tag}");
        let total = list.len() as u64;
        let mut done = 0;
        let mut list = list.into_iter().map(|found| RowChange::Put(found.record));
        loop {
            let rows: Vec<RowChange> = list.by_ref().take(ROWS).collect();
            if rows.is_empty() {
                break;
            }
            writer.apply(&rows).await?;
            done += rows.len() as u64;
            progress.step(&label, done, Some(total));
        }
    }
    writer.add_people(&found.people, now).await?;
    writer.add_desk(&found.mails, &found.tickets).await?;
    let sequence = writer.sequence().await?;
    for stored in found.webhooks {
        writer.add_webhook(&webhook::begin(stored, sequence, now)).await?;
    }
    for blob in &found.blobs {
        writer.put_blob(blob).await?;
    }
    for logo in &found.logos {
        writer.put_logo_row(logo).await?;
    }
    summary.sequence = writer.finish().await?.seq;
    Ok(summary)
}

fn summary(records: &[Vec<FoundRecord>; 13], found: &Found, skipped: Skipped) -> Summary {
    let people = &found.people;
    Summary {
        records: std::array::from_fn(|tag| records[tag].len() as u64),
        users: people.users.len() as u64,
        keys: (people.user_keys.len() + people.org_keys.len()) as u64,
        mails: found.mails.len() as u64,
        tickets: found.tickets.len() as u64,
        webhooks: found.webhooks.len() as u64,
        skipped: skipped.records,
        detached: skipped.detached,
        skipped_people: skipped.people,
        counters: skipped.counters,
        asns: skipped.asns,
        ignored: Vec::new(),
        odd: Vec::new(),
        default_permissions: !found.has_permissions,
        sequence: 0,
    }
}

fn oddities(records: &[Vec<FoundRecord>; 13]) -> Vec<Oddity> {
    let view = std::array::from_fn(|tag| records[tag].iter().map(|found| &found.record).collect());
    let odd = odd(&view);
    let rules = odd.chunk_by(|a, b| a.rule == b.rule).map(|broken| Oddity {
        rule: broken[0].rule,
        count: broken.len() as u64,
        first: broken.iter().take(NAMED).map(|odd| format!("{} {} {}", odd.tag, odd.id, odd.why)).collect(),
    });
    rules.collect()
}

/// The records of a summary's list that are not zero, with their types.
pub fn by_type(counts: &[u64; 13]) -> impl Iterator<Item = (Tag, u64)> + '_ {
    Tag::ALL.into_iter().zip(counts.iter().copied()).filter(|(_, count)| *count > 0)
}
