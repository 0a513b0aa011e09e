//! The log of changes read backwards: what single records went through, and what they looked like at a change.
//!
//! Everything here is found by index, and every statement is bounded by what it is asked for.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use model::{AnyRecord, Tag, Time};

use crate::change::Header;
use crate::error::Error;
use crate::image;
use crate::reader::{Personal, own, read_header, read_personal, read_tag};
use crate::session::{Cell, Row, Session};
use crate::sql;

/// What the log says about a record at a change.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// It looked like this. Personal values that were erased are empty.
    Record(AnyRecord),
    /// It was gone for good.
    Purged,
}

impl State {
    /// The record, unless it was purged.
    pub fn record(&self) -> Option<&AnyRecord> {
        match self {
            State::Record(record) => Some(record),
            State::Purged => None,
        }
    }
}

/// A place in the log: a change, and a row of it from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The number of the change.
    pub seq: u64,
    /// The row.
    pub row: u64,
}

impl Place {
    /// Before this stands everything up to the change of this number.
    pub const fn behind(seq: u64) -> Place {
        Place { seq: seq.saturating_add(1), row: 0 }
    }
}

/// What one change did to one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Where the log says it.
    pub place: Place,
    /// Who did it, when, and through which door.
    pub header: Header,
    /// Type of the record.
    pub tag: Tag,
    /// Its id.
    pub id: u32,
    /// What it was before; `None` when the log did not know it.
    pub before: Option<State>,
    /// What it was afterwards.
    pub after: State,
}

/// What records looked like at some changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Versions(HashMap<(Tag, u32), BTreeMap<u64, State>>);

impl Versions {
    /// What a record looked like after a change, of those that were asked for. `None` when the log did not know it.
    pub fn at(&self, tag: Tag, id: u32, seq: u64) -> Option<&State> {
        self.0.get(&(tag, id))?.range(..=seq).next_back().map(|(_, state)| state)
    }

    /// Adds what others tell.
    pub fn extend(&mut self, other: Versions) {
        for (record, states) in other.0 {
            self.0.entry(record).or_default().extend(states);
        }
    }
}

/// Ids of one statement.
const IDS_MAX: usize = 200;
/// Rows of the log that one statement reads with their images.
const ROWS_MAX: usize = 100;

/// A number as its column takes it.
fn number(n: u64) -> Cell<'static> {
    Cell::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

pub(crate) async fn steps(
    session: &mut Session,
    records: &[(Tag, Vec<u32>)],
    before: Place,
    limit: u32,
) -> Result<Vec<Step>, Error> {
    let mut places = Vec::new();
    for (tag, ids) in records {
        for ids in ids.chunks(IDS_MAX) {
            places.extend(places_of(session, *tag, ids, before, limit).await?);
        }
    }
    places.sort_unstable_by(|a, b| b.cmp(a));
    places.dedup();
    places.truncate(limit as usize);
    let mut steps = Vec::with_capacity(places.len());
    for chunk in places.chunks(ROWS_MAX) {
        steps.extend(read_steps(session, chunk).await?);
    }
    steps.sort_by_key(|step| std::cmp::Reverse(step.place));
    Ok(steps)
}

/// Where the log speaks of some records of a type. The index alone answers this.
async fn places_of(
    session: &mut Session,
    tag: Tag,
    ids: &[u32],
    before: Place,
    limit: u32,
) -> Result<Vec<(i64, i64)>, Error> {
    let last = ids.len() + 1;
    let names: Vec<String> = (2..=last).map(|n| format!("${n}")).collect();
    let text = format!(
        "SELECT seq, n FROM change_row WHERE tag = $1 AND id IN ({}) AND seq <= ${} AND (seq < ${} OR n < ${}) \
         ORDER BY seq DESC, n DESC LIMIT ${}",
        names.join(", "),
        last + 1,
        last + 1,
        last + 2,
        last + 3,
    );
    let mut cells: Vec<Cell<'_>> = vec![tag.as_str().into()];
    cells.extend(ids.iter().map(|id| Cell::from(*id)));
    cells.extend([number(before.seq), number(before.row), limit.into()]);
    session.fetch(sql::generated(text), cells, |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// Conditions on so many groups of parameters, one of which has to hold. `{0}` and so on stand for the parameters of
/// a group.
fn any_of(groups: usize, parameters: usize, condition: &str) -> String {
    let mut text = String::new();
    for group in 0..groups {
        let mut one = condition.to_owned();
        for parameter in 0..parameters {
            one =
                one.replace(&format!("{{{parameter}}}"), &format!("${}", group * parameters + parameter + 1));
        }
        let _ = write!(text, "{}({one})", if group > 0 { " OR " } else { "" });
    }
    text
}

/// A row of the log with the one before it, before images are read.
struct Raw {
    header: Header,
    at: (i64, i64),
    tag: Tag,
    id: u32,
    image: Option<String>,
    before: Option<((i64, i64), Option<String>)>,
}

async fn read_steps(session: &mut Session, places: &[(i64, i64)]) -> Result<Vec<Step>, Error> {
    let rows = places.iter().copied();
    let own_values = personal_of(session, rows.chain(places.iter().map(|(seq, _)| (*seq, 0)))).await?;
    let text = format!(
        "SELECT r.seq, c.at, c.actor_kind, c.actor_id, c.origin, c.command_id, \
         r.n, r.tag, r.id, r.image, p.seq, p.n, p.image \
         FROM change_row r JOIN change c ON c.seq = r.seq \
         LEFT JOIN change_row p ON p.tag = r.tag AND p.id = r.id AND p.seq = \
         (SELECT max(q.seq) FROM change_row q WHERE q.tag = r.tag AND q.id = r.id AND q.seq < r.seq) \
         WHERE {}",
        any_of(places.len(), 2, "r.seq = {0} AND r.n = {1}")
    );
    let cells = places.iter().flat_map(|(seq, n)| [(*seq).into(), (*n).into()]).collect();
    let raw = session.fetch(sql::generated(text), cells, |row| read_raw(row, &own_values)).await?;
    let former = raw.iter().filter_map(|raw| raw.before.as_ref().map(|(at, _)| *at));
    let former_values = personal_of(session, former).await?;
    raw.into_iter().map(|raw| raw.into_step(&own_values, &former_values)).collect()
}

fn read_raw(row: &Row, personal: &Personal) -> Result<Raw, Error> {
    let change = read_header(row, personal)?;
    let seq: i64 = row.get(0)?;
    let before: Option<i64> = row.get(10)?;
    Ok(Raw {
        header: change.header,
        at: (seq, row.get(6)?),
        tag: read_tag(row.get(7)?, seq)?,
        id: row.get(8)?,
        image: row.get(9)?,
        before: match before {
            Some(before) => Some(((before, row.get(11)?), row.get(12)?)),
            None => None,
        },
    })
}

impl Raw {
    fn into_step(self, own_values: &Personal, former_values: &Personal) -> Result<Step, Error> {
        let before = match self.before {
            Some((at, image)) => Some(state(self.tag, at, image.as_deref(), former_values)?),
            None => None,
        };
        let (seq, row) = self.at;
        Ok(Step {
            place: Place { seq: seq.unsigned_abs(), row: row.unsigned_abs() },
            header: self.header,
            tag: self.tag,
            id: self.id,
            before,
            after: state(self.tag, self.at, self.image.as_deref(), own_values)?,
        })
    }
}

fn state(tag: Tag, (seq, n): (i64, i64), image: Option<&str>, personal: &Personal) -> Result<State, Error> {
    match image {
        None => Ok(State::Purged),
        Some(text) => Ok(State::Record(image::decode(tag, seq, text, own(personal, seq, n))?.record)),
    }
}

/// The personal values of rows of the log.
async fn personal_of(
    session: &mut Session,
    places: impl Iterator<Item = (i64, i64)>,
) -> Result<Personal, Error> {
    let places: Vec<(i64, i64)> = places.collect();
    let mut all = Personal::new();
    for chunk in places.chunks(ROWS_MAX) {
        let text = format!(
            "SELECT seq, n, field, value FROM change_personal WHERE {}",
            any_of(chunk.len(), 2, "seq = {0} AND n = {1}")
        );
        let cells = chunk.iter().flat_map(|(seq, n)| [(*seq).into(), (*n).into()]).collect();
        all.extend(read_personal(session, sql::generated(text), cells).await?);
    }
    Ok(all)
}

pub(crate) async fn versions(session: &mut Session, wanted: &[(Tag, u32, u64)]) -> Result<Versions, Error> {
    let mut all = Versions::default();
    for chunk in wanted.chunks(ROWS_MAX) {
        all.extend(read_versions(session, chunk).await?);
    }
    Ok(all)
}

async fn read_versions(session: &mut Session, wanted: &[(Tag, u32, u64)]) -> Result<Versions, Error> {
    const NEWEST: &str = "tag = {0} AND id = {1} AND seq = \
                          (SELECT max(q.seq) FROM change_row q WHERE q.tag = {0} AND q.id = {1} AND q.seq <= {2})";
    let text =
        format!("SELECT seq, n, tag, id, image FROM change_row WHERE {}", any_of(wanted.len(), 3, NEWEST));
    let cells = wanted
        .iter()
        .flat_map(|(tag, id, seq)| [Cell::from(tag.as_str()), Cell::from(*id), number(*seq)])
        .collect();
    let read = |row: &Row| {
        let at: (i64, i64) = (row.get(0)?, row.get(1)?);
        let (tag, id): (Tag, u32) = (read_tag(row.get(2)?, at.0)?, row.get(3)?);
        Ok((at, tag, id, row.get::<Option<String>>(4)?))
    };
    let rows = session.fetch(sql::generated(text), cells, read).await?;
    // Only contacts have personal values.
    let with_values = rows.iter().filter(|(_, tag, ..)| *tag == Tag::Poc).map(|(at, ..)| *at);
    let personal = personal_of(session, with_values).await?;
    let mut all = Versions::default();
    for (at, tag, id, image) in rows {
        let state = state(tag, at, image.as_deref(), &personal)?;
        all.0.entry((tag, id)).or_default().insert(at.0.unsigned_abs(), state);
    }
    Ok(all)
}

pub(crate) async fn touched(
    session: &mut Session,
    after: u64,
    most: u32,
) -> Result<Option<Vec<(Tag, u32)>>, Error> {
    const COUNT: &str = "SELECT count(*) FROM (SELECT 1 FROM change_row WHERE seq > $1 LIMIT $2) AS rows";
    const RECORDS: &str = "SELECT DISTINCT tag, id FROM change_row WHERE seq > $1";
    let count: i64 = session.one(COUNT, vec![number(after), Cell::Int(i64::from(most) + 1)]).await?;
    if count > i64::from(most) {
        return Ok(None);
    }
    let read = |row: &Row| Ok((read_tag(row.get(0)?, 0)?, row.get(1)?));
    session.fetch(RECORDS, vec![number(after)], read).await.map(Some)
}

pub(crate) async fn touched_of(session: &mut Session, tag: Tag, after: u64) -> Result<Vec<u32>, Error> {
    const RECORDS: &str = "SELECT DISTINCT id FROM change_row WHERE tag = $1 AND seq > $2 ORDER BY id";
    session.list(RECORDS, vec![tag.as_str().into(), number(after)]).await
}

pub(crate) async fn change_at(session: &mut Session, moment: Time) -> Result<Option<(u64, Time)>, Error> {
    const LAST: &str = "SELECT seq, at FROM change WHERE at <= $1 ORDER BY at DESC, seq DESC LIMIT 1";
    one_change(session, LAST, vec![moment.0.into()]).await
}

pub(crate) async fn log_begin(session: &mut Session) -> Result<Option<(u64, Time)>, Error> {
    const FIRST: &str = "SELECT seq, at FROM change ORDER BY seq LIMIT 1";
    one_change(session, FIRST, vec![]).await
}

async fn one_change(
    session: &mut Session,
    sql: &'static str,
    cells: Vec<Cell<'_>>,
) -> Result<Option<(u64, Time)>, Error> {
    let read = |row: &Row| Ok((row.get::<i64>(0)?.unsigned_abs(), Time(row.get(1)?)));
    Ok(session.fetch(sql, cells, read).await?.into_iter().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_number_their_parameters() {
        assert_eq!(any_of(2, 2, "a = {0} AND b = {1}"), "(a = $1 AND b = $2) OR (a = $3 AND b = $4)");
        assert_eq!(any_of(1, 1, "a = {0} OR b = {0}"), "(a = $1 OR b = $1)");
    }
}
