//! History: what records went through, what happened around an organization, and the directory as it was at a moment.
//!
//! This is told from the log of changes, in SQL: it is no public read from memory. A few questions at a time read the
//! log, so that they leave connections to those who write and follow; the next ones wait, up to a limit.
//!
//! Nobody learns from history what they may not see now, nor what they could not have seen then.

mod entries;
mod json;
mod past;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use catalog::Snapshot;
pub use catalog::history::Scope;
use model::access::Viewer;
use model::{Tag, Time};
pub use store::history::Place;
use store::{Reader, Store};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

pub use self::entries::{Action, Entry};
pub use self::json::{Addresses, write_time};
pub use self::past::Past;
use crate::App;
use crate::directory::read;
use crate::pool::Busy;

/// Questions that read the log at a time; a database has four connections for readers.
const READERS: usize = 2;
/// Questions that may wait for their turn.
const WAITING: usize = 32;
/// Records that the changes around an organization are looked for in.
const OBJECTS_MAX: usize = 20_000;
/// Entries of a page, by default and at most.
pub const LIMIT: usize = 50;
/// Entries of a page at most.
pub const LIMIT_MAX: usize = 250;

/// The log of changes as a source of history.
pub(crate) struct Log {
    store: Store,
    running: Arc<Semaphore>,
    places: Arc<Semaphore>,
    /// Views of the past that were asked for last. Whoever holds the lock is the only one to make one.
    views: Mutex<past::Views>,
}

impl Log {
    pub(crate) fn of(store: Store) -> Log {
        Log {
            store,
            running: Arc::new(Semaphore::new(READERS)),
            places: Arc::new(Semaphore::new(READERS + WAITING)),
            views: Mutex::default(),
        }
    }

    /// A place among those who wait.
    fn place(&self) -> Result<OwnedSemaphorePermit, HistoryError> {
        Arc::clone(&self.places).try_acquire_owned().map_err(|_| HistoryError::Busy)
    }

    /// A turn to read the log.
    async fn turn(&self) -> Result<OwnedSemaphorePermit, HistoryError> {
        // Nothing closes the semaphore.
        Arc::clone(&self.running).acquire_owned().await.map_err(|_| HistoryError::Busy)
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub enum HistoryError {
    /// The directory comes from no database, so that there is no log.
    NoLog,
    /// Too many such questions are waiting.
    Busy,
    /// The database cannot be read.
    Store(store::Error),
    /// There is no such record, and as far as the caller may know there never was.
    NoSuchRecord,
    /// The record is not for the caller.
    Hidden,
    /// The moment lies before the first change of the log, which is at this time.
    BeforeLog(Time),
    /// The moment is still to come.
    Future,
    /// More has changed since the moment than is looked back over.
    TooFar,
    /// The organization has more records than are looked through.
    TooMany,
}

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HistoryError::NoLog => f.write_str("This directory keeps no log of changes"),
            HistoryError::Busy => {
                f.write_str("Too many questions about the past are waiting for their answers")
            }
            HistoryError::Store(_) => f.write_str("The log of changes cannot be read at the moment"),
            HistoryError::NoSuchRecord => f.write_str("There is no such record"),
            HistoryError::Hidden => f.write_str("The record may not be seen"),
            HistoryError::BeforeLog(begins) => {
                let mut text = String::new();
                begins.write(&mut text);
                write!(
                    f,
                    "'as_of' lies before the log of changes, which begins at {text}: name a later moment"
                )
            }
            HistoryError::Future => f.write_str("'as_of' lies in the future: name a moment that has passed"),
            HistoryError::TooFar => write!(
                f,
                "'as_of' lies too far back: more than {} records have changed since, and this question is about any \
                 of them. Name a later moment, or ask for single records with depth=0 or for their history",
                past::RECORDS_MAX
            ),
            HistoryError::TooMany => write!(
                f,
                "The organization has more than {OBJECTS_MAX} records: ask for the history of single ones"
            ),
        }
    }
}

impl std::error::Error for HistoryError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            HistoryError::Store(error) => Some(error),
            _ => None,
        }
    }
}

impl From<store::Error> for HistoryError {
    fn from(error: store::Error) -> HistoryError {
        HistoryError::Store(error)
    }
}

impl From<Busy> for HistoryError {
    fn from(Busy: Busy) -> HistoryError {
        HistoryError::Busy
    }
}

/// Who looks at history.
#[derive(Clone, Debug)]
pub struct Eye {
    viewer: Viewer,
    /// The organizations whose actors are told; `None` for all.
    homes: Option<Vec<u32>>,
}

impl Eye {
    /// Whoever runs commands on the server's own machine.
    pub fn operator() -> Eye {
        Eye { viewer: Viewer::superuser(), homes: None }
    }
}

/// Which part of a history is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// Only entries before this place; the newest ones when `None`.
    pub before: Option<Place>,
    /// Most entries.
    pub limit: usize,
    /// The fields that make an entry.
    pub scope: Scope,
    /// Whether entries hold the record as it was afterwards.
    pub full: bool,
}

impl Default for Wish {
    fn default() -> Wish {
        Wish { before: None, limit: LIMIT, scope: Scope::default(), full: false }
    }
}

/// A part of a history, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The entries. There may be fewer than were asked for, although more follow.
    pub entries: Vec<Entry>,
    /// Where the next part begins; `None` at the end.
    pub next: Option<Place>,
    /// When the log begins: nothing is known of earlier changes.
    pub begins: Time,
}

/// What is asked: a database of one moment, the state that is published, and who asks.
struct Question<'a> {
    reader: &'a mut Reader,
    present: Arc<Snapshot>,
    eye: &'a Eye,
}

impl App {
    /// The eye of a caller.
    pub fn eye(&self, viewer: &Viewer) -> Eye {
        Eye { viewer: viewer.clone(), homes: self.homes(viewer) }
    }

    /// What a record went through.
    ///
    /// # Errors
    /// When there is no such record, it is not for this eye, or the log cannot be read now.
    pub async fn history(&self, eye: &Eye, tag: Tag, id: u32, wish: Wish) -> Result<Page, HistoryError> {
        let present = self.snapshot();
        if present.record(tag, id).is_some_and(|record| !present.may_read(&eye.viewer, record)) {
            return Err(HistoryError::Hidden);
        }
        let log = self.log().ok_or(HistoryError::NoLog)?;
        let _place = log.place()?;
        let _turn = log.turn().await?;
        let reader = &mut log.store.reader().await?;
        Question { reader, present, eye }.of_record(tag, id, wish).await
    }

    /// What happened to an organization and the records that belong, or belonged then, to it.
    ///
    /// # Errors
    /// When there is no such organization, it is not for this eye, or the log cannot be read now.
    pub async fn org_changes(&self, eye: &Eye, org: u32, wish: Wish) -> Result<Page, HistoryError> {
        let log = self.log().ok_or(HistoryError::NoLog)?;
        let _place = log.place()?;
        let _turn = log.turn().await?;
        let reader = &mut log.store.reader().await?;
        Question { reader, present: self.snapshot(), eye }.of_org(org, wish).await
    }
}

/// What a record in a database went through, for the operator.
///
/// # Errors
/// When there is no such record, or the database cannot be read.
pub async fn of_record(store: &Store, tag: Tag, id: u32, wish: Wish) -> Result<Page, HistoryError> {
    let reader = &mut store.reader().await?;
    let newest = reader.sequence().await?;
    // Nothing but the record itself is needed of the present: the operator sees all.
    let now = reader.versions(&[(tag, id, newest)]).await?;
    let record = now.at(tag, id, newest).and_then(|state| state.record()).cloned();
    let present = Arc::new(Snapshot::build("/", record, newest));
    Question { reader, present, eye: &Eye::operator() }.of_record(tag, id, wish).await
}

/// What happened around an organization in a database, for the operator.
///
/// # Errors
/// As [`App::org_changes`].
pub async fn of_org(store: &Store, org: u32, wish: Wish) -> Result<Page, HistoryError> {
    let (present, _) = read(store, &crate::Settings::at("")).await?;
    let reader = &mut store.reader().await?;
    Question { reader, present: Arc::new(present), eye: &Eye::operator() }.of_org(org, wish).await
}

impl Question<'_> {
    async fn of_record(mut self, tag: Tag, id: u32, wish: Wish) -> Result<Page, HistoryError> {
        let is_there = self.present.record(tag, id).is_some();
        let page = self.page(&[(tag, vec![id])], None, wish).await?;
        // Of a record that is purged, those who could see it learn that it was.
        if !is_there && wish.before.is_none() && page.entries.is_empty() {
            return Err(HistoryError::NoSuchRecord);
        }
        Ok(page)
    }

    async fn of_org(mut self, org: u32, wish: Wish) -> Result<Page, HistoryError> {
        let record = self.present.record(Tag::Org, org).ok_or(HistoryError::NoSuchRecord)?;
        if !self.present.may_read(&self.eye.viewer, record) {
            return Err(HistoryError::Hidden);
        }
        let records = self.belongings(org).await?;
        self.page(&records, Some(org), wish).await
    }

    /// An organization, what belongs to it, and what once belonged to any of that.
    async fn belongings(&mut self, org: u32) -> Result<Vec<(Tag, Vec<u32>)>, HistoryError> {
        let mut all: BTreeMap<Tag, BTreeSet<u32>> = BTreeMap::from([(Tag::Org, BTreeSet::from([org]))]);
        let mut parents = vec![(Tag::Org, org)];
        let mut count = 1;
        while !parents.is_empty() {
            parents.sort_unstable();
            let mut children = self.reader.former_children(&parents).await?;
            for (parent, id) in &parents {
                children.extend(children_of(&self.present, *parent, *id));
            }
            children.retain(|(tag, id)| all.entry(*tag).or_default().insert(*id));
            count += children.len();
            if count > OBJECTS_MAX {
                return Err(HistoryError::TooMany);
            }
            parents = children;
        }
        Ok(all.into_iter().map(|(tag, ids)| (tag, ids.into_iter().collect())).collect())
    }
}

/// The records that belong to one now, in any status.
fn children_of(present: &Snapshot, parent: Tag, id: u32) -> impl Iterator<Item = (Tag, u32)> + '_ {
    let links = Tag::ALL.into_iter().filter_map(move |child| {
        let (via, owner) = child.parent()?;
        (owner == parent).then_some((child, via))
    });
    links.flat_map(move |(child, via)| present.child_ids(child, via, id).map(move |id| (child, id)))
}
