//! Running SQL: the one layer between this crate's functions and the two databases.

use std::borrow::Cow;

use sqlx::postgres::{PgArguments, PgRow, PgTypeInfo, types::Oid};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Database, Encode, Postgres, SqlSafeStr, Sqlite, Transaction, Type};

use crate::dialect::Dialect;
use crate::error::Error;

/// A transaction on either database. Dropping it undoes what it did.
pub(crate) enum Session {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A value in the form of its column.
#[derive(Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(Cow<'a, str>),
    Bytes(&'a [u8]),
}

impl Session {
    pub(crate) const fn dialect(&self) -> Dialect {
        match self {
            Session::Sqlite(_) => Dialect::Sqlite,
            Session::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs a statement that gives no rows.
    pub(crate) async fn execute(&mut self, sql: impl SqlSafeStr, cells: Vec<Cell<'_>>) -> Result<(), Error> {
        self.execute_kept(sql, cells, true).await
    }

    /// The same; `kept` tells whether the statement will be run again, so that its prepared form is worth keeping.
    pub(crate) async fn execute_kept(
        &mut self,
        sql: impl SqlSafeStr,
        cells: Vec<Cell<'_>>,
        kept: bool,
    ) -> Result<(), Error> {
        match self {
            Session::Sqlite(transaction) => {
                let query = sqlx::query_with(sql, arguments::<SqliteArguments>(cells)?);
                query.persistent(kept).execute(&mut **transaction).await?;
            }
            Session::Postgres(transaction) => {
                let query = sqlx::query_with(sql, arguments::<PgArguments>(cells)?);
                query.persistent(kept).execute(&mut **transaction).await?;
            }
        }
        Ok(())
    }

    /// Runs a query and makes something of each row as it comes: held as rows, a directory would take many times
    /// the space.
    pub(crate) async fn fetch<T, F>(
        &mut self,
        sql: impl SqlSafeStr,
        cells: Vec<Cell<'_>>,
        mut read: F,
    ) -> Result<Vec<T>, Error>
    where
        F: FnMut(&Row) -> Result<T, Error> + Send,
        T: Send + Unpin,
    {
        let read = match self {
            Session::Sqlite(transaction) => {
                let query = sqlx::query_with(sql, arguments::<SqliteArguments>(cells)?);
                query.map(|row| read(&Row::Sqlite(row))).fetch_all(&mut **transaction).await?
            }
            Session::Postgres(transaction) => {
                let query = sqlx::query_with(sql, arguments::<PgArguments>(cells)?);
                query.map(|row| read(&Row::Postgres(row))).fetch_all(&mut **transaction).await?
            }
        };
        read.into_iter().collect()
    }

    /// The first column of each row.
    pub(crate) async fn list<T>(
        &mut self,
        sql: impl SqlSafeStr,
        cells: Vec<Cell<'_>>,
    ) -> Result<Vec<T>, Error>
    where
        T: for<'r> Column<'r> + Send + Unpin,
    {
        self.fetch(sql, cells, |row| row.get(0)).await
    }

    /// The first column of the first row, if there is one.
    pub(crate) async fn value<T>(
        &mut self,
        sql: impl SqlSafeStr,
        cells: Vec<Cell<'_>>,
    ) -> Result<Option<T>, Error>
    where
        T: for<'r> Column<'r> + Send + Unpin,
    {
        Ok(self.list(sql, cells).await?.into_iter().next())
    }

    /// The first column of the row that there always is.
    pub(crate) async fn one<T>(&mut self, sql: impl SqlSafeStr, cells: Vec<Cell<'_>>) -> Result<T, Error>
    where
        T: for<'r> Column<'r> + Send + Unpin,
    {
        self.value(sql, cells).await?.ok_or(Error::Sql(sqlx::Error::RowNotFound))
    }

    /// Runs a script of our schema, which has no parameters.
    pub(crate) async fn run(&mut self, script: &str) -> Result<(), Error> {
        let script = AssertSqlSafe(self.dialect().schema(script));
        match self {
            Session::Sqlite(transaction) => {
                sqlx::raw_sql(script).execute(&mut **transaction).await?;
            }
            Session::Postgres(transaction) => {
                sqlx::raw_sql(script).execute(&mut **transaction).await?;
            }
        }
        Ok(())
    }

    /// Undoes everything.
    pub(crate) async fn rollback(self) -> Result<(), Error> {
        match self {
            Session::Sqlite(transaction) => transaction.rollback().await?,
            Session::Postgres(transaction) => transaction.rollback().await?,
        }
        Ok(())
    }

    /// Makes everything count.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        match self {
            Session::Sqlite(transaction) => transaction.commit().await?,
            Session::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(())
    }
}

/// Parameters of either database.
trait Bind: Arguments {
    fn null(&mut self) -> Result<(), sqlx::error::BoxDynError>;
}

impl Bind for SqliteArguments {
    fn null(&mut self) -> Result<(), sqlx::error::BoxDynError> {
        self.add(None::<i64>)
    }
}

impl Bind for PgArguments {
    fn null(&mut self) -> Result<(), sqlx::error::BoxDynError> {
        self.add(Untyped)
    }
}

/// Null for a column of whatever type: PostgreSQL finds out which one.
struct Untyped;

/// The type `unknown`.
const UNKNOWN: Oid = Oid(705);

impl Type<Postgres> for Untyped {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(UNKNOWN)
    }
}

impl Encode<'_, Postgres> for Untyped {
    fn encode_by_ref(
        &self,
        _: &mut <Postgres as Database>::ArgumentBuffer,
    ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
        Ok(sqlx::encode::IsNull::Yes)
    }
}

fn arguments<A>(cells: Vec<Cell<'_>>) -> Result<A, Error>
where
    A: Bind,
    i64: for<'q> Encode<'q, A::Database> + Type<A::Database>,
    f64: for<'q> Encode<'q, A::Database> + Type<A::Database>,
    String: for<'q> Encode<'q, A::Database> + Type<A::Database>,
    Vec<u8>: for<'q> Encode<'q, A::Database> + Type<A::Database>,
{
    let mut arguments = A::default();
    arguments.reserve(cells.len(), 0);
    for cell in cells {
        let added = match cell {
            Cell::Null => arguments.null(),
            Cell::Int(n) => arguments.add(n),
            Cell::Real(n) => arguments.add(n),
            Cell::Text(text) if text.contains('\0') => return Err(Error::Nul),
            Cell::Text(text) => arguments.add(text.into_owned()),
            Cell::Bytes(bytes) => arguments.add(bytes.to_vec()),
        };
        added.map_err(|source| Error::Sql(sqlx::Error::Encode(source)))?;
    }
    Ok(arguments)
}

macro_rules! cells {
    ($($type:ty: $value:ident => $cell:expr;)+) => {
        $(impl<'a> From<$type> for Cell<'a> {
            fn from($value: $type) -> Cell<'a> {
                $cell
            }
        })+
    };
}

cells! {
    i64: n => Cell::Int(n);
    u32: n => Cell::Int(i64::from(n));
    u8: n => Cell::Int(i64::from(n));
    bool: yes => Cell::Int(i64::from(yes));
    &'a str: text => Cell::Text(Cow::Borrowed(text));
    String: text => Cell::Text(Cow::Owned(text));
    &'a [u8]: bytes => Cell::Bytes(bytes);
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Cell<'a> {
        value.map_or(Cell::Null, Into::into)
    }
}

/// A row of either database.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// The value at a position.
    pub(crate) fn get<'r, T: Column<'r>>(&'r self, at: usize) -> Result<T, Error> {
        Ok(T::of(self, at)?)
    }
}

/// What a column can be read as.
pub(crate) trait Column<'r>: Sized {
    fn of(row: &'r Row, at: usize) -> Result<Self, sqlx::Error>;
}

macro_rules! direct {
    ($($type:ty)+) => {
        $(impl<'r> Column<'r> for $type {
            fn of(row: &'r Row, at: usize) -> Result<$type, sqlx::Error> {
                match row {
                    Row::Sqlite(row) => sqlx::Row::try_get(row, at),
                    Row::Postgres(row) => sqlx::Row::try_get(row, at),
                }
            }
        })+
    };
}

direct! { i64 Option<i64> &'r str Option<&'r str> String Option<String> Vec<u8> }

fn narrowed<T: TryFrom<i64>>(value: i64, at: usize) -> Result<T, sqlx::Error>
where
    T::Error: std::error::Error + Send + Sync + 'static,
{
    T::try_from(value)
        .map_err(|source| sqlx::Error::ColumnDecode { index: at.to_string(), source: Box::new(source) })
}

impl Column<'_> for u32 {
    fn of(row: &Row, at: usize) -> Result<u32, sqlx::Error> {
        narrowed(i64::of(row, at)?, at)
    }
}

impl Column<'_> for u8 {
    fn of(row: &Row, at: usize) -> Result<u8, sqlx::Error> {
        narrowed(i64::of(row, at)?, at)
    }
}

impl Column<'_> for Option<u32> {
    fn of(row: &Row, at: usize) -> Result<Option<u32>, sqlx::Error> {
        Option::<i64>::of(row, at)?.map(|n| narrowed(n, at)).transpose()
    }
}

impl Column<'_> for bool {
    fn of(row: &Row, at: usize) -> Result<bool, sqlx::Error> {
        Ok(i64::of(row, at)? != 0)
    }
}
