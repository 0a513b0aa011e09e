//! Writing under the database's write lock.

use std::sync::Arc;

use model::directory::{People, QueueItem};
use model::{AnyRecord, Tag, Time};

use crate::batch::Batch;
use crate::change::{Change, ChangeSet, Header, RowChange};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::image::{self, Image};
use crate::position::LogEnd;
use crate::reader::{self, ACTOR_ADDRESS, ACTOR_NAME, reads};
use crate::session::{Cell, Session};
use crate::store::Connections;
use crate::tables::{self, Blob, CachedPlace};
use crate::webhook::{self, Webhook};
use crate::{outcome, people, position, postgres, queue, row, sql, touched};

/// Holds the write lock. Nothing counts before [`Writer::finish`]; dropping the writer undoes all.
pub struct Writer {
    session: Session,
    place: Arc<str>,
    /// Where to look the commit up, should its answer be lost.
    connections: Connections,
    change: Option<Open>,
}

/// The change that is being written.
struct Open {
    seq: i64,
    /// Names the command.
    command: String,
    /// Rows so far.
    rows: i64,
}

/// What became of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The number of the change; of the newest one when no record was touched.
    pub seq: u64,
    /// Whether the command had been committed before, and nothing was done now.
    pub repeated: bool,
}

/// What a process shows of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The directory that it shows, as [`crate::Store::installation_id`] tells it.
    pub installation: String,
    /// The number of the newest change that it shows.
    pub sequence: u64,
    /// The number of changes of people, keys and permissions that it shows.
    pub principals: u64,
}

/// What a process lacks of a database.
#[derive(Clone, Debug, PartialEq)]
pub enum Missed {
    /// No more than this; nothing where it shows all.
    Changes {
        /// Changes of records, in their order and without a gap.
        changes: Vec<Change>,
        /// Whether people, keys or permissions changed, which [`Writer::people`] tells.
        principals: bool,
    },
    /// Too much to take in under the lock, or the log does not continue what it shows, as after a backup was
    /// restored: give the lock back, catch up or read everything again, and begin anew.
    Much,
}

/// Changes that are handed back under the lock; a process that follows the log never lacks so many.
const MISSED_MAX: u32 = 500;

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Writer({})", self.place)
    }
}

impl Writer {
    pub(crate) fn new(session: Session, place: Arc<str>, connections: Connections) -> Writer {
        Writer { session, place, connections, change: None }
    }

    /// What the methods in [`crate::side`] work with.
    pub(crate) fn parts(&mut self) -> (&mut Session, &Arc<str>) {
        (&mut self.session, &self.place)
    }

    fn told<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        result.map_err(|error| error.at(&self.place))
    }

    /// What was committed since a process last looked. The lock is held: when this is taken in, the process shows
    /// what the database holds, until the writer is finished.
    ///
    /// # Errors
    /// When the database cannot be read, or the log is damaged.
    pub async fn missed_since(&mut self, position: &Position) -> Result<Missed, Error> {
        let missed = missed_since(&mut self.session, position).await;
        self.told(missed)
    }

    /// Commits a change set and gives the lock back. A command that was committed before changes nothing: its first
    /// outcome is told. When this returns, all is on disk.
    ///
    /// # Errors
    /// [`Error::OutcomeUnknown`] when the connection was lost and the database does not tell in time what it holds.
    /// Every other error means that nothing was written: a rule of the database is broken, or it cannot be written.
    pub async fn commit(mut self, set: &ChangeSet) -> Result<Committed, Error> {
        if let Some(seq) = self.start(&set.header).await? {
            self.abandon().await?;
            return Ok(Committed { seq, repeated: true });
        }
        self.apply(&set.rows).await?;
        self.finish().await
    }

    /// Undoes everything and gives the lock back; others can have it when this returns. Dropping the writer does the
    /// same a moment later.
    ///
    /// # Errors
    /// When the connection is lost, which undoes everything as well.
    pub async fn abandon(self) -> Result<(), Error> {
        self.session.rollback().await.map_err(|error| error.at(&self.place))
    }

    /// Opens a change: the rows that follow belong to it. Gives its number instead when the command is known
    /// already; then there is nothing left to do but to abandon the writer.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn start(&mut self, header: &Header) -> Result<Option<u64>, Error> {
        let started = start(&mut self.session, header).await;
        match self.told(started)? {
            Started::Known(seq) => Ok(Some(seq)),
            Started::New(seq) => {
                self.change = Some(Open { seq, command: header.command_id.clone(), rows: 0 });
                Ok(None)
            }
        }
    }

    /// Writes rows and their images, in the order given. A record stands in a change once.
    ///
    /// # Errors
    /// When a rule of the database is broken, no change is open, or the database cannot be written.
    pub async fn apply(&mut self, rows: &[RowChange]) -> Result<(), Error> {
        let Some(open) = &mut self.change else { return Err(Error::NoChange) };
        let applied = apply(&mut self.session, open, rows).await;
        self.told(applied)
    }

    /// Stores what the open change does to public lists, for feeds.
    ///
    /// # Errors
    /// When no change is open, or the database cannot be written.
    pub async fn put_touched(&mut self, touches: &str) -> Result<(), Error> {
        let Some(open) = &self.change else { return Err(Error::NoChange) };
        let put = touched::put(&mut self.session, open.seq, touches).await;
        self.told(put)
    }

    /// Adds accounts, keys, permission rows and items of the queue. Secrets have to be hashed.
    ///
    /// # Errors
    /// When a rule of the database is broken, a secret is plain, or the database cannot be written.
    pub async fn add_people(&mut self, people: &People, now: Time) -> Result<(), Error> {
        let added = async {
            people::add(&mut self.session, people, now).await?;
            tables::move_principals(&mut self.session).await
        };
        let added = added.await;
        self.told(added)
    }

    /// Stores a file; one that is there already stays as it is.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn put_blob(&mut self, blob: &Blob) -> Result<(), Error> {
        let put = tables::put_blob(&mut self.session, blob).await;
        self.told(put)
    }

    /// Keeps an answer of the geocoder.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn put_place(&mut self, query: &str, place: &CachedPlace) -> Result<(), Error> {
        let put = tables::put_place(&mut self.session, query, place).await;
        self.told(put)
    }

    /// Lets a record wait for approval; one that waits already keeps its place.
    ///
    /// # Errors
    /// When there is no such person, or the database cannot be written.
    pub async fn enqueue(&mut self, item: &QueueItem) -> Result<(), Error> {
        let added = queue::add(&mut self.session, item).await;
        self.told(added)
    }

    /// Takes a record from those that wait for approval, if it is there.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn dequeue(&mut self, tag: Tag, id: u32) -> Result<(), Error> {
        let removed = queue::remove(&mut self.session, tag, id).await;
        self.told(removed)
    }

    /// Commits. When this returns, all is on disk.
    ///
    /// # Errors
    /// As [`Writer::commit`].
    pub async fn finish(mut self) -> Result<Committed, Error> {
        let seq = match &self.change {
            Some(open) => open.seq.unsigned_abs(),
            None => self.sequence().await?,
        };
        if self.session.dialect() == Dialect::Postgres {
            let announced = postgres::announce(&mut self.session).await;
            self.told(announced)?;
        }
        let Writer { session, place, connections, change } = self;
        let error = match session.commit().await {
            Ok(()) => return Ok(Committed { seq, repeated: false }),
            Err(error) => error,
        };
        let open = error.leaves_a_commit_open();
        let source = error.at(&place);
        if !open {
            return Err(source);
        }
        let command = change.map(|change| change.command);
        let found = match &command {
            Some(command) => outcome::find(&connections, command).await,
            None => None,
        };
        match found {
            Some(Some(found)) => Ok(Committed { seq: found, repeated: found != seq }),
            Some(None) => Err(source),
            None => Err(Error::OutcomeUnknown { place, command, source: Box::new(source) }),
        }
    }
}

reads! { Writer:
    /// All records of a type, by id, those written here included.
    records(tag: Tag) -> Vec<AnyRecord> = reader::records;
    /// Accounts, keys, permission rows and the queue of approval.
    people() -> People = people::read;
    /// The number of the newest change, an open one included.
    sequence() -> u64 = reader::sequence;
    /// A number that every change of people, keys and permissions moves.
    principals_sequence() -> u64 = tables::principals_sequence;
    /// At most `limit` changes behind the one numbered `after`, in their order.
    changes(after: u64, limit: u32) -> Vec<Change> = reader::changes;
    /// The number of the change that a command became, if it was committed.
    known_command(command_id: &str) -> Option<u64> = reader::known_command;
    /// Whether the directory holds neither records, nor people, nor a log of former ones.
    is_empty() -> bool = reader::is_empty;
    /// Identifies this directory among others.
    installation_id() -> String = reader::installation_id;
    /// The end of the log.
    log_end() -> LogEnd = position::log_end;
    /// The addresses of an organization that are told about changes, by id.
    webhooks_of(org: u32) -> Vec<Webhook> = webhook::of;
    /// For each type, by [`Tag::index`], the highest id that was ever used, purged records included; 0 before the
    /// first record.
    highest_ids() -> [u32; 13] = position::highest_ids;
}

async fn missed_since(session: &mut Session, position: &Position) -> Result<Missed, Error> {
    if reader::installation_id(session).await? != position.installation {
        return Ok(Missed::Much);
    }
    let newest = reader::sequence(session).await?;
    let lacking = newest.checked_sub(position.sequence).filter(|lacking| *lacking <= u64::from(MISSED_MAX));
    let Some(lacking) = lacking else { return Ok(Missed::Much) };
    let changes = reader::changes(session, position.sequence, MISSED_MAX).await?;
    if changes.len() as u64 != lacking {
        return Ok(Missed::Much);
    }
    let principals = tables::principals_sequence(session).await? != position.principals;
    Ok(Missed::Changes { changes, principals })
}

enum Started {
    Known(u64),
    New(i64),
}

async fn start(session: &mut Session, header: &Header) -> Result<Started, Error> {
    const START: &str = "INSERT INTO change (seq, at, actor_kind, actor_id, origin, command_id, format) \
                         VALUES ((SELECT coalesce(max(seq), 0) + 1 FROM change), $1, $2, $3, $4, $5, $6) \
                         RETURNING seq";
    if let Some(seq) = reader::known_command(session, &header.command_id).await? {
        return Ok(Started::Known(seq));
    }
    let cells = vec![
        header.at.0.into(),
        header.actor.kind.as_str().into(),
        header.actor.id.into(),
        header.origin.as_str().into(),
        header.command_id.as_str().into(),
        image::FORMAT.into(),
    ];
    let seq: i64 = session.one(START, cells).await?;
    let actor = [(ACTOR_NAME, &header.actor.name), (ACTOR_ADDRESS, &header.actor.address)];
    let personal = actor.into_iter().filter_map(|(field, value)| Some((0, field, value.clone()?))).collect();
    write_personal(session, seq, personal).await?;
    Ok(Started::New(seq))
}

async fn apply(session: &mut Session, open: &mut Open, rows: &[RowChange]) -> Result<(), Error> {
    for run in rows.chunk_by(|a, b| put_tag(a).is_some() && put_tag(a) == put_tag(b)) {
        match put_tag(&run[0]) {
            Some(tag) => write_records(session, tag, run).await?,
            None => purge(session, run).await?,
        }
    }
    write_images(session, open, rows).await
}

fn put_tag(row: &RowChange) -> Option<Tag> {
    match row {
        RowChange::Put(record) => Some(record.tag()),
        RowChange::Purge { .. } => None,
    }
}

fn put_record(row: &RowChange) -> Option<&AnyRecord> {
    match row {
        RowChange::Put(record) => Some(record),
        RowChange::Purge { .. } => None,
    }
}

async fn write_records(session: &mut Session, tag: Tag, rows: &[RowChange]) -> Result<(), Error> {
    let table = tag.table();
    let dialect = session.dialect();
    let mut batch = Batch::new(sql::written(table).count(), |rows| sql::upsert(dialect, table, rows));
    for chunk in rows.chunks(batch.rows) {
        let cells = chunk.iter().filter_map(put_record).flat_map(row::cells).collect();
        batch.execute(session, chunk.len(), cells).await?;
    }
    Ok(())
}

async fn purge(session: &mut Session, rows: &[RowChange]) -> Result<(), Error> {
    for (tag, id) in rows.iter().map(RowChange::record) {
        session.execute(sql::generated(sql::delete(tag)), vec![id.into()]).await?;
    }
    Ok(())
}

async fn write_images(session: &mut Session, open: &mut Open, rows: &[RowChange]) -> Result<(), Error> {
    const INTO: &str = "change_row (seq, n, tag, id, kind, image)";
    let dialect = session.dialect();
    let mut batch = Batch::new(6, |rows| sql::insert(dialect, INTO, 6, rows));
    let mut personal = Vec::new();
    for chunk in rows.chunks(batch.rows) {
        let mut cells = Vec::with_capacity(6 * chunk.len());
        for row in chunk {
            open.rows += 1;
            let image = put_record(row).map(image::encode);
            cells.extend(image_cells(open, row, image, &mut personal));
        }
        batch.execute(session, chunk.len(), cells).await?;
    }
    write_personal(session, open.seq, personal).await
}

/// The row of the log about a record. Its personal values go to `personal`.
fn image_cells(
    open: &Open,
    row: &RowChange,
    image: Option<Image>,
    personal: &mut Vec<(i64, &'static str, String)>,
) -> [Cell<'static>; 6] {
    let (tag, id) = row.record();
    let kind = if image.is_some() { "upsert" } else { "purge" };
    let text = image.map(|image| {
        personal.extend(image.personal.into_iter().map(|(field, value)| (open.rows, field, value)));
        image.text
    });
    [open.seq.into(), open.rows.into(), tag.as_str().into(), id.into(), kind.into(), text.into()]
}

async fn write_personal(
    session: &mut Session,
    seq: i64,
    values: Vec<(i64, &'static str, String)>,
) -> Result<(), Error> {
    const INTO: &str = "change_personal (seq, n, field, value)";
    let dialect = session.dialect();
    let mut batch = Batch::new(4, |rows| sql::insert(dialect, INTO, 4, rows));
    for chunk in values.chunks(batch.rows) {
        let cells = chunk
            .iter()
            .flat_map(|(n, field, value)| [seq.into(), (*n).into(), (*field).into(), value.as_str().into()])
            .collect();
        batch.execute(session, chunk.len(), cells).await?;
    }
    Ok(())
}
