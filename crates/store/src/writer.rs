//! Writing under the database's write lock.

use std::sync::Arc;

use model::directory::People;
use model::{AnyRecord, Tag, Time};
use sqlx::sqlite::{SqliteArguments, SqliteConnection};
use sqlx::{Sqlite, Transaction};

use crate::change::{Change, Header, RowChange};
use crate::error::Error;
use crate::image::{self, Image};
use crate::reader::{self, ACTOR_ADDRESS, ACTOR_NAME};
use crate::row::{self, Cell};
use crate::tables::{self, Blob, CachedPlace};
use crate::{people, sql};

/// Holds the write lock. Nothing counts before [`Writer::finish`]; dropping the writer undoes all.
pub struct Writer {
    transaction: Transaction<'static, Sqlite>,
    place: Arc<str>,
    change: Option<Open>,
}

/// The change that is being written.
struct Open {
    seq: i64,
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

/// Parameters of one statement: enough that the cost of a call disappears among them.
const PARAMETERS: usize = 1000;

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Writer({})", self.place)
    }
}

impl Writer {
    pub(crate) fn new(transaction: Transaction<'static, Sqlite>, place: Arc<str>) -> Writer {
        Writer { transaction, place, change: None }
    }

    fn told<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        result.map_err(|error| error.at(&self.place))
    }

    /// Opens a change: the rows that follow belong to it. Gives its number instead when the command is known
    /// already; then there is nothing left to do but to drop the writer.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn start(&mut self, header: &Header) -> Result<Option<u64>, Error> {
        let started = start(&mut self.transaction, header).await;
        match self.told(started)? {
            Started::Known(seq) => Ok(Some(seq)),
            Started::New(seq) => {
                self.change = Some(Open { seq, rows: 0 });
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
        let applied = apply(&mut self.transaction, open, rows).await;
        self.told(applied)
    }

    /// Adds accounts, keys, permission rows and items of the queue. Secrets have to be hashed.
    ///
    /// # Errors
    /// When a rule of the database is broken, a secret is plain, or the database cannot be written.
    pub async fn add_people(&mut self, people: &People, now: Time) -> Result<(), Error> {
        let added = async {
            people::add(&mut self.transaction, people, now).await?;
            tables::move_principals(&mut self.transaction).await
        };
        let added = added.await;
        self.told(added)
    }

    /// Stores a file; one that is there already stays as it is.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn put_blob(&mut self, blob: &Blob) -> Result<(), Error> {
        let put = tables::put_blob(&mut self.transaction, blob).await;
        self.told(put)
    }

    /// Keeps an answer of the geocoder.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn put_place(&mut self, query: &str, place: &CachedPlace) -> Result<(), Error> {
        let put = tables::put_place(&mut self.transaction, query, place).await;
        self.told(put)
    }

    /// The number of the newest change, an open one included.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn sequence(&mut self) -> Result<u64, Error> {
        let sequence = reader::sequence(&mut self.transaction).await;
        self.told(sequence)
    }

    /// At most `limit` changes behind the one numbered `after`: what has to be replayed before rules are applied.
    ///
    /// # Errors
    /// When the database cannot be read, or the log is damaged.
    pub async fn changes(&mut self, after: u64, limit: u32) -> Result<Vec<Change>, Error> {
        let changes = reader::changes(&mut self.transaction, after, limit).await;
        self.told(changes)
    }

    /// Whether the directory holds neither records, nor people, nor a log of former ones.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn is_empty(&mut self) -> Result<bool, Error> {
        let empty = reader::is_empty(&mut self.transaction).await;
        self.told(empty)
    }

    /// Commits. When this returns, all is on disk.
    ///
    /// # Errors
    /// When a rule of the database is broken that is checked at the end only, or the database cannot be written.
    /// Should the answer itself be lost, [`crate::Store::known_command`] tells what happened.
    pub async fn finish(mut self) -> Result<Committed, Error> {
        let seq = match &self.change {
            Some(open) => open.seq.unsigned_abs(),
            None => self.sequence().await?,
        };
        let Writer { transaction, place, .. } = self;
        match transaction.commit().await {
            Ok(()) => Ok(Committed { seq, repeated: false }),
            Err(error) => Err(Error::from(error).at(&place)),
        }
    }
}

enum Started {
    Known(u64),
    New(i64),
}

async fn start(connection: &mut SqliteConnection, header: &Header) -> Result<Started, Error> {
    const START: &str = "INSERT INTO change (seq, at, actor_kind, actor_id, origin, command_id, format) \
                         VALUES ((SELECT coalesce(max(seq), 0) + 1 FROM change), $1, $2, $3, $4, $5, $6) \
                         RETURNING seq";
    if let Some(seq) = reader::known_command(connection, &header.command_id).await? {
        return Ok(Started::Known(seq));
    }
    let query = sqlx::query_scalar(START)
        .bind(header.at.0)
        .bind(header.actor.kind.as_str())
        .bind(header.actor.id)
        .bind(header.origin.as_str())
        .bind(header.command_id.as_str())
        .bind(image::FORMAT);
    let seq: i64 = query.fetch_one(&mut *connection).await?;
    let actor = [(ACTOR_NAME, &header.actor.name), (ACTOR_ADDRESS, &header.actor.address)];
    let personal = actor.into_iter().filter_map(|(field, value)| Some((0, field, value.clone()?))).collect();
    write_personal(connection, seq, personal).await?;
    Ok(Started::New(seq))
}

async fn apply(connection: &mut SqliteConnection, open: &mut Open, rows: &[RowChange]) -> Result<(), Error> {
    for run in rows.chunk_by(|a, b| put_tag(a).is_some() && put_tag(a) == put_tag(b)) {
        match put_tag(&run[0]) {
            Some(tag) => write_records(connection, tag, run).await?,
            None => purge(connection, run).await?,
        }
    }
    write_images(connection, open, rows).await
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

async fn write_records(connection: &mut SqliteConnection, tag: Tag, rows: &[RowChange]) -> Result<(), Error> {
    let table = tag.table();
    let mut batch = Batch::new(sql::written(table).count(), |rows| sql::upsert(table, rows));
    for chunk in rows.chunks(batch.rows) {
        let mut arguments = SqliteArguments::default();
        for record in chunk.iter().filter_map(put_record) {
            row::bind(&mut arguments, record)?;
        }
        batch.execute(connection, chunk.len(), arguments).await?;
    }
    Ok(())
}

async fn purge(connection: &mut SqliteConnection, rows: &[RowChange]) -> Result<(), Error> {
    for (tag, id) in rows.iter().map(RowChange::record) {
        sqlx::query(sql::generated(sql::delete(tag))).bind(id).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn write_images(
    connection: &mut SqliteConnection,
    open: &mut Open,
    rows: &[RowChange],
) -> Result<(), Error> {
    const INTO: &str = "change_row (seq, n, tag, id, kind, image)";
    let mut batch = Batch::new(6, |rows| sql::insert(INTO, 6, rows));
    let mut personal = Vec::new();
    for chunk in rows.chunks(batch.rows) {
        let mut arguments = SqliteArguments::default();
        for row in chunk {
            open.rows += 1;
            let image = put_record(row).map(image::encode);
            add_image(&mut arguments, open, row, image, &mut personal)?;
        }
        batch.execute(connection, chunk.len(), arguments).await?;
    }
    write_personal(connection, open.seq, personal).await
}

fn add_image(
    arguments: &mut SqliteArguments,
    open: &Open,
    row: &RowChange,
    image: Option<Image>,
    personal: &mut Vec<(i64, &'static str, String)>,
) -> Result<(), Error> {
    let (tag, id) = row.record();
    let kind = if image.is_some() { "upsert" } else { "purge" };
    let text = image.map(|image| {
        personal.extend(image.personal.into_iter().map(|(field, value)| (open.rows, field, value)));
        image.text
    });
    row::add(arguments, Cell::Int(open.seq))?;
    row::add(arguments, Cell::Int(open.rows))?;
    row::add(arguments, Cell::Text(tag.as_str().into()))?;
    row::add(arguments, Cell::Int(i64::from(id)))?;
    row::add(arguments, Cell::Text(kind.into()))?;
    row::add(arguments, text.map_or(Cell::Null, |text| Cell::Text(text.into())))
}

async fn write_personal(
    connection: &mut SqliteConnection,
    seq: i64,
    values: Vec<(i64, &'static str, String)>,
) -> Result<(), Error> {
    const INTO: &str = "change_personal (seq, n, field, value)";
    let mut batch = Batch::new(4, |rows| sql::insert(INTO, 4, rows));
    for chunk in values.chunks(batch.rows) {
        let mut arguments = SqliteArguments::default();
        for (n, field, value) in chunk {
            row::add(&mut arguments, Cell::Int(seq))?;
            row::add(&mut arguments, Cell::Int(*n))?;
            row::add(&mut arguments, Cell::Text((*field).into()))?;
            row::add(&mut arguments, Cell::Text(value.as_str().into()))?;
        }
        batch.execute(connection, chunk.len(), arguments).await?;
    }
    Ok(())
}

/// A statement over many rows. Its full form is prepared once; the last rows get a form of their own.
struct Batch<F> {
    rows: usize,
    text: F,
    full: Option<Arc<str>>,
}

impl<F: Fn(usize) -> String> Batch<F> {
    fn new(columns: usize, text: F) -> Batch<F> {
        Batch { rows: (PARAMETERS / columns).max(1), text, full: None }
    }

    async fn execute(
        &mut self,
        connection: &mut SqliteConnection,
        rows: usize,
        arguments: SqliteArguments,
    ) -> Result<(), Error> {
        let whole = rows == self.rows;
        let text = if whole {
            Arc::clone(self.full.get_or_insert_with(|| (self.text)(rows).into()))
        } else {
            (self.text)(rows).into()
        };
        // One row is the shape of everyday writes, and worth keeping as well.
        let query = sqlx::query_with(sql::shared(text), arguments).persistent(whole || rows == 1);
        query.execute(connection).await?;
        Ok(())
    }
}
