//! Reading one moment of the database.

use std::collections::HashMap;
use std::sync::Arc;

use model::directory::People;
use model::{AnyRecord, Tag, Time};
use sqlx::SqlSafeStr;

use crate::answers::{self, KeptAnswer};
use crate::change::{Actor, Change, Header, Newest, RowChange};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::history::{self, Place, Step, Versions};
use crate::job::{self, JobState, Run};
use crate::logos::{self, Logo, LogoRow};
use crate::mail::{self, Mail, MailState};
use crate::members::{self, PeopleLogEntry};
use crate::migrate::key;
use crate::position::{self, LogEnd};
use crate::session::{Cell, Row, Session};
use crate::tables::{self, Blob, CachedPlace};
use crate::ticket::{self, Ticket};
use crate::touched::Touched;
use crate::webhook::{self, Delivery, Webhook};
use crate::{delivery, former, image, people, postgres, privacy, row, sql, sqlite, touched};

/// A view of the database that later commits do not change.
pub struct Reader {
    session: Session,
    place: Arc<str>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reader({})", self.place)
    }
}

/// Declares methods that run a function of this crate on the session of a reader or writer.
macro_rules! reads {
    ($type:ident: $($(#[$meta:meta])* $name:ident($($arg:ident: $kind:ty),*) -> $result:ty = $function:path;)+) => {
        impl $type {
            $(
                $(#[$meta])*
                ///
                /// # Errors
                /// When the database cannot be read, or holds a value that does not fit its column.
                pub async fn $name(&mut self, $($arg: $kind),*) -> Result<$result, Error> {
                    $function(&mut self.session, $($arg),*).await.map_err(|error| error.at(&self.place))
                }
            )+
        }
    };
}

pub(crate) use reads;

reads! { Reader:
    /// All records of a type, by id.
    records(tag: Tag) -> Vec<AnyRecord> = records;
    /// Accounts, keys, permission rows and the queue of approval.
    people() -> People = people::read;
    /// The number of the newest change; 0 before the first one.
    sequence() -> u64 = sequence;
    /// A number that every change of people, keys and permissions moves.
    principals_sequence() -> u64 = tables::principals_sequence;
    /// The end of the log.
    log_end() -> LogEnd = position::log_end;
    /// What was done to the people of an organization, the newest first, at most `limit` entries.
    people_log(org_id: u32, limit: u32) -> Vec<PeopleLogEntry> = members::log;
    /// At most `limit` changes behind the one numbered `after`, in their order.
    changes(after: u64, limit: u32) -> Vec<Change> = changes;
    /// The number of the change that a command became, if it was committed.
    known_command(command_id: &str) -> Option<u64> = known_command;
    /// The newest word of the log about each record of a type, by id.
    newest(tag: Tag) -> Vec<Newest> = newest;
    /// Whether the directory holds neither records, nor people, nor mail, nor a log of former ones.
    is_empty() -> bool = is_empty;
    /// Identifies this directory among others.
    installation_id() -> String = installation_id;
    /// The version of the algorithm behind the stored keys of names.
    name_key_version() -> Option<String> = name_key_version;
    /// The stored keys of a type's names: id and key, by id. Of types that have them only.
    name_keys(tag: Tag) -> Vec<(u32, String)> = name_keys;
    /// The stored keys of mail addresses: id of the account and key, by id. Of accounts that have one only.
    email_keys() -> Vec<(u32, String)> = email_keys;
    /// What the database finds wrong with itself: damaged pages, indexes that miss rows, broken references.
    complaints() -> Vec<String> = complaints;
    /// Numbers of changes that the log lacks: each gap's first one.
    gaps() -> Vec<u64> = gaps;
    /// The newest steps of records before a place of the log, newest first, at most `limit`.
    steps(records: &[(Tag, Vec<u32>)], before: Place, limit: u32) -> Vec<Step> = history::steps;
    /// What each of these records looked like after the change of this number.
    versions(wanted: &[(Tag, u32, u64)]) -> Versions = history::versions;
    /// The records of these types that changed after the change of this number; `None` when the log has more than
    /// `most` rows about it.
    touched(after: u64, most: u32) -> Option<Vec<(Tag, u32)>> = history::touched;
    /// The records of a type that changed after the change of this number.
    touched_of(tag: Tag, after: u64) -> Vec<u32> = history::touched_of;
    /// Number and time of the last change up to a moment; `None` before the log begins.
    change_at(moment: Time) -> Option<(u64, Time)> = history::change_at;
    /// Number and time of the first change; `None` before there is one.
    log_begin() -> Option<(u64, Time)> = history::log_begin;
    /// The records that belonged to one of these once, and were moved away or purged since.
    former_children(parents: &[(Tag, u32)]) -> Vec<(Tag, u32)> = former::children;
    /// A kept answer of the geocoder.
    get_place(query: &str) -> Option<CachedPlace> = tables::get_place;
    /// A file by the SHA-256 of its content.
    get_blob(sha256: &[u8; 32]) -> Option<Blob> = tables::get_blob;
    /// What changes did to public lists: at most `limit` changes before the one numbered `before` that were made at
    /// `earliest` or later and of which it was stored; the newest ones first.
    touches(before: u64, earliest: Time, limit: u32) -> Vec<Touched> = touched::read;
    /// Addresses that are told about changes: those of an organization, or all, by id.
    webhooks(org: Option<u32>) -> Vec<Webhook> = webhook::list;
    /// Addresses that may be told something now, when the newest change has the number `newest`; by id.
    due_webhooks(now: Time, newest: u64) -> Vec<Webhook> = webhook::due;
    /// The newest attempts of an address, the newest one first.
    webhook_deliveries(webhook: u32, limit: u32) -> Vec<Delivery> = webhook::deliveries;
    /// The newest mails, newest first: at most `limit` of a state, or of all states.
    mails(state: Option<MailState>, limit: u32) -> Vec<Mail> = mail::list;
    /// Mails that have not left, by number.
    unsent_mails() -> Vec<Mail> = mail::unsent;
    /// A mail by its number.
    mail(id: u32) -> Option<Mail> = mail::get;
    /// Contacts that were deleted before a moment, by id.
    deleted_contacts(before: Time, limit: u32) -> Vec<u32> = privacy::deleted_contacts;
    /// Addresses of clients in changes before a moment that are whole: each with the number of its change, behind the
    /// one numbered `after` and in their order.
    whole_addresses(before: Time, after: u64, limit: u32) -> Vec<(u64, String)> = privacy::whole_addresses;
    /// The same of the log of people: each with the number of its entry.
    whole_people_addresses(before: Time, after: u64, limit: u32) -> Vec<(u64, String)> =
        privacy::whole_people_addresses;
    /// Whether a mail can be delivered now.
    is_mail_due(now: Time) -> bool = delivery::is_due;
    /// The jobs that are known, by name.
    jobs() -> Vec<JobState> = job::list;
    /// The newest runs of a job, newest first.
    runs(job: &str, limit: u32) -> Vec<Run> = job::runs;
    /// Tickets by their numbers: the open ones, or all.
    tickets(all: bool) -> Vec<Ticket> = ticket::list;
    /// The names of all files, in their order.
    blob_names() -> Vec<[u8; 32]> = tables::blob_names;
    /// The first answer of a command that its client named, unless its time is over.
    kept_answer(owner: &str, name: &str, now: Time) -> Option<KeptAnswer> = answers::get;
    /// How many such answers are kept, those included whose time is over.
    kept_answers() -> u64 = answers::count;
    /// The logo of a record with its files; `None` where there are none.
    logo(tag: Tag, id: u32) -> Option<Logo> = logos::get;
    /// Which files belong to which logos, by type and id.
    logo_rows() -> Vec<LogoRow> = logos::rows;
}

impl Reader {
    pub(crate) fn new(session: Session, place: Arc<str>) -> Reader {
        Reader { session, place }
    }
}

pub(crate) async fn records(session: &mut Session, tag: Tag) -> Result<Vec<AnyRecord>, Error> {
    let table = tag.table();
    let query = sql::generated(sql::select_all(session.dialect(), table));
    session.fetch(query, vec![], |found| row::read(table, found)).await
}

pub(crate) async fn sequence(session: &mut Session) -> Result<u64, Error> {
    let seq: i64 = session.one("SELECT coalesce(max(seq), 0) FROM change", vec![]).await?;
    Ok(seq.unsigned_abs())
}

pub(crate) async fn known_command(session: &mut Session, command_id: &str) -> Result<Option<u64>, Error> {
    const KNOWN: &str = "SELECT seq FROM change WHERE command_id = $1";
    let seq: Option<i64> = session.value(KNOWN, vec![command_id.into()]).await?;
    Ok(seq.map(i64::unsigned_abs))
}

pub(crate) async fn is_empty(session: &mut Session) -> Result<bool, Error> {
    const PEOPLE: &str = "SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM group_permission) \
                          + (SELECT count(*) FROM mail) + (SELECT count(*) FROM ticket)";
    if sequence(session).await? > 0 {
        return Ok(false);
    }
    Ok(session.one::<i64>(PEOPLE, vec![]).await? == 0)
}

pub(crate) async fn installation_id(session: &mut Session) -> Result<String, Error> {
    Ok(tables::get_meta(session, key::INSTALLATION).await?.unwrap_or_default())
}

pub(crate) async fn name_key_version(session: &mut Session) -> Result<Option<String>, Error> {
    tables::get_meta(session, key::NAME_KEY_VERSION).await
}

async fn name_keys(session: &mut Session, tag: Tag) -> Result<Vec<(u32, String)>, Error> {
    let query = sql::generated(format!("SELECT id, name_key FROM {tag} ORDER BY id"));
    session.fetch(query, vec![], |row| Ok((row.get(0)?, row.get(1)?))).await
}

async fn email_keys(session: &mut Session) -> Result<Vec<(u32, String)>, Error> {
    const KEYS: &str = "SELECT id, email_key FROM users WHERE email_key IS NOT NULL ORDER BY id";
    session.fetch(KEYS, vec![], |row| Ok((row.get(0)?, row.get(1)?))).await
}

async fn complaints(session: &mut Session) -> Result<Vec<String>, Error> {
    match session.dialect() {
        Dialect::Sqlite => sqlite::complaints(session).await,
        Dialect::Postgres => postgres::complaints(session).await,
    }
}

async fn gaps(session: &mut Session) -> Result<Vec<u64>, Error> {
    const GAPS: &str = "SELECT seq - 1 FROM change WHERE seq > 1 \
                        AND seq - 1 NOT IN (SELECT seq FROM change) ORDER BY seq";
    let gaps: Vec<i64> = session.list(GAPS, vec![]).await?;
    Ok(gaps.into_iter().map(i64::unsigned_abs).collect())
}

/// Personal values of rows, by change and row.
pub(crate) type Personal = HashMap<(i64, i64), Vec<(String, String)>>;

pub(crate) async fn read_personal(
    session: &mut Session,
    sql: impl SqlSafeStr,
    cells: Vec<Cell<'_>>,
) -> Result<Personal, Error> {
    let read = |row: &Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    let values: Vec<(i64, i64, String, String)> = session.fetch(sql, cells, read).await?;
    let mut personal = Personal::new();
    for (seq, n, field, value) in values {
        personal.entry((seq, n)).or_default().push((field, value));
    }
    Ok(personal)
}

pub(crate) async fn changes(session: &mut Session, after: u64, limit: u32) -> Result<Vec<Change>, Error> {
    const NUMBERS: &str = "SELECT seq FROM change WHERE seq > $1 ORDER BY seq LIMIT $2";
    const HEADERS: &str = "SELECT seq, at, actor_kind, actor_id, origin, command_id FROM change \
                           WHERE seq > $1 AND seq <= $2 ORDER BY seq";
    const ROWS: &str = "SELECT seq, n, tag, id, image FROM change_row \
                        WHERE seq > $1 AND seq <= $2 ORDER BY seq, n";
    const PERSONAL: &str = "SELECT seq, n, field, value FROM change_personal \
                            WHERE seq > $1 AND seq <= $2 ORDER BY seq, n, field";
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let numbers: Vec<i64> = session.list(NUMBERS, vec![after.into(), limit.into()]).await?;
    let Some(last) = numbers.last().copied() else { return Ok(Vec::new()) };
    let range = || vec![after.into(), last.into()];
    let personal = read_personal(session, PERSONAL, range()).await?;
    let mut changes = session.fetch(HEADERS, range(), |row| read_header(row, &personal)).await?;
    for (seq, row) in session.fetch(ROWS, range(), |row| read_row(row, &personal)).await? {
        // Numbers have no gaps, but a damaged log must not make this panic.
        if let Ok(at) = changes.binary_search_by_key(&seq, |change| change.seq) {
            changes[at].rows.push(row);
        }
    }
    Ok(changes)
}

pub(crate) fn read_header(row: &Row, personal: &Personal) -> Result<Change, Error> {
    let seq: i64 = row.get(0)?;
    let corrupt = |column| Error::Corrupt { table: "change", id: seq, column, why: "is no known word" };
    let (kind, origin): (&str, &str) = (row.get(2)?, row.get(4)?);
    let own = |name: &str| {
        let values = personal.get(&(seq, 0)).map_or(&[][..], Vec::as_slice);
        values.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone())
    };
    let actor = Actor {
        kind: kind.parse().map_err(|_| corrupt("actor_kind"))?,
        id: row.get(3)?,
        name: own(ACTOR_NAME),
        address: own(ACTOR_ADDRESS),
    };
    let header = Header {
        at: Time(row.get(1)?),
        actor,
        origin: origin.parse().map_err(|_| corrupt("origin"))?,
        command_id: row.get(5)?,
    };
    Ok(Change { seq: seq.unsigned_abs(), header, rows: Vec::new() })
}

/// Names under which an actor's personal values are kept.
pub(crate) const ACTOR_NAME: &str = "actor_name";
pub(crate) const ACTOR_ADDRESS: &str = "actor_address";

fn read_row(row: &Row, personal: &Personal) -> Result<(u64, RowChange), Error> {
    let (seq, n): (i64, i64) = (row.get(0)?, row.get(1)?);
    let (tag, id) = (read_tag(row.get(2)?, seq)?, row.get(3)?);
    let change = match row.get::<Option<&str>>(4)? {
        None => RowChange::Purge { tag, id },
        Some(text) => RowChange::Put(image::decode(tag, seq, text, own(personal, seq, n))?.record),
    };
    Ok((seq.unsigned_abs(), change))
}

pub(crate) fn own(personal: &Personal, seq: i64, n: i64) -> &[(String, String)] {
    personal.get(&(seq, n)).map_or(&[], Vec::as_slice)
}

pub(crate) fn read_tag(text: &str, seq: i64) -> Result<Tag, Error> {
    let corrupt = Error::Corrupt { table: "change_row", id: seq, column: "tag", why: "is no known type" };
    text.parse().map_err(|_| corrupt)
}

async fn newest(session: &mut Session, tag: Tag) -> Result<Vec<Newest>, Error> {
    const ROWS: &str = "SELECT r.seq, r.n, r.id, r.image FROM change_row r WHERE r.tag = $1 AND NOT EXISTS \
                        (SELECT 1 FROM change_row l WHERE l.tag = r.tag AND l.id = r.id \
                        AND (l.seq > r.seq OR (l.seq = r.seq AND l.n > r.n))) ORDER BY r.id";
    const PERSONAL: &str = "SELECT p.seq, p.n, p.field, p.value FROM change_personal p \
                            JOIN change_row r ON r.seq = p.seq AND r.n = p.n WHERE r.tag = $1";
    let personal = read_personal(session, PERSONAL, vec![tag.as_str().into()]).await?;
    session.fetch(ROWS, vec![tag.as_str().into()], |row| read_newest(tag, row, &personal)).await
}

fn read_newest(tag: Tag, row: &Row, personal: &Personal) -> Result<Newest, Error> {
    let (seq, n): (i64, i64) = (row.get(0)?, row.get(1)?);
    let image: Option<&str> = row.get(3)?;
    let decoded = image.map(|text| image::decode(tag, seq, text, own(personal, seq, n))).transpose()?;
    let (record, erased) = decoded.map_or((None, Vec::new()), |d| (Some(d.record), d.erased));
    Ok(Newest { seq: seq.unsigned_abs(), id: row.get(2)?, record, erased })
}
