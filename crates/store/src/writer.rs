//! Writing under the database's write lock.

use std::sync::Arc;

use model::directory::{People, QueueItem};
use model::{AnyRecord, Tag, Time};

use crate::answers::{self, KeptAnswer};
use crate::batch::Batch;
use crate::change::{Actor, ChangeSet, Header, Origin, RowChange};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::image::{self, Image};
use crate::logos::{self, Logo, LogoRow};
use crate::members::MemberChange;
use crate::reader::{self, ACTOR_ADDRESS, ACTOR_NAME, reads};
use crate::session::{Cell, Session};
use crate::store::Connections;
use crate::tables::{self, Blob, CachedPlace};
use crate::webhook::{self, Webhook};
use crate::{former, members, outcome, people, position, postgres, privacy, queue, row, sql, touched};

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

    /// Changes who belongs to an organization, and logs it. Rows that the person has of their own below the
    /// organization go: they were meant for another role. Whoever is added counts as verified.
    ///
    /// # Errors
    /// When there is no such person or organization, or the database cannot be written.
    pub async fn change_member(
        &mut self,
        change: &MemberChange,
        at: Time,
        actor: &Actor,
        origin: Origin,
    ) -> Result<(), Error> {
        let changed = async {
            members::change(&mut self.session, change, at, actor, origin).await?;
            tables::move_principals(&mut self.session).await
        };
        let changed = changed.await;
        self.told(changed)
    }

    /// Stores a file; one that is there already stays as it is.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn put_blob(&mut self, blob: &Blob) -> Result<(), Error> {
        let put = tables::put_blob(&mut self.session, blob).await;
        self.told(put)
    }

    /// Stores a record's logo; the files that it had go, unless another logo has the same.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn put_logo(&mut self, logo: &Logo) -> Result<(), Error> {
        let put = logos::put(&mut self.session, logo).await;
        self.told(put)
    }

    /// Says which stored files belong to the logo of a record.
    ///
    /// # Errors
    /// When there are no such files, or the database cannot be written.
    pub async fn put_logo_row(&mut self, row: &LogoRow) -> Result<(), Error> {
        let put = logos::put_row(&mut self.session, row).await;
        self.told(put)
    }

    /// Takes the files of a record's logo away, where there are some and no other logo has the same.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn remove_logo(&mut self, tag: Tag, id: u32) -> Result<(), Error> {
        let removed = logos::remove(&mut self.session, tag, id).await;
        self.told(removed)
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

    /// Ends all that people and keys have from an organization; its keys are revoked, or removed where it is `gone` for
    /// good. Whoever removes the organization does this first, since they refer to it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn disband(&mut self, org: u32, gone: bool) -> Result<(), Error> {
        let disbanded = async {
            people::disband(&mut self.session, org, gone).await?;
            tables::move_principals(&mut self.session).await
        };
        let disbanded = disbanded.await;
        self.told(disbanded)
    }

    /// Keeps the first answer of a command that its client named, in the transaction of the command, and deletes a
    /// few whose time is over.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn keep_answer(&mut self, answer: &KeptAnswer, now: Time) -> Result<(), Error> {
        let put = answers::put(&mut self.session, answer, now).await;
        self.told(put)
    }

    /// Deletes at most `limit` kept answers whose time is over. Gives their number.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn expire_answers(&mut self, now: Time, limit: u32) -> Result<u64, Error> {
        let deleted = answers::delete_expired(&mut self.session, now, limit).await;
        self.told(deleted)
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
        let may_come_back = error.may_come_back();
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
            Some(None) if !may_come_back => Err(source),
            Some(None) | None => Err(Error::OutcomeUnknown { place, command, source: Box::new(source) }),
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
    /// The number of the change that a command became, if it was committed.
    known_command(command_id: &str) -> Option<u64> = reader::known_command;
    /// Whether the directory holds neither records, nor people, nor a log of former ones.
    is_empty() -> bool = reader::is_empty;
    /// Identifies this directory among others.
    installation_id() -> String = reader::installation_id;
    /// The mail address of whoever asked for a record that waits for approval, if there is one.
    queue_requester(tag: Tag, id: u32) -> Option<String> = queue::requester;
    /// Contacts that were deleted before a moment, by id.
    deleted_contacts(before: Time, limit: u32) -> Vec<u32> = privacy::deleted_contacts;
    /// The addresses of an organization that are told about changes, by id.
    webhooks_of(org: u32) -> Vec<Webhook> = webhook::of;
    /// For each type, by [`Tag::index`], the highest id that was ever used, purged records included; 0 before the
    /// first record.
    highest_ids() -> [u32; 13] = position::highest_ids;
    /// The first answer of a command that its client named, unless its time is over.
    kept_answer(owner: &str, name: &str, now: Time) -> Option<KeptAnswer> = answers::get;
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
        // Before the first change there was nothing that could have belonged to another record.
        if open.seq > 1 {
            former::remember(session, run).await?;
        }
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
        logos::remove(session, tag, id).await?;
        session.execute(sql::generated(sql::delete(tag)), vec![id.into()]).await?;
        privacy::erase(session, tag, id).await?;
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
