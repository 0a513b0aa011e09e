//! The directory as it was.
//!
//! A view of the past is the published state with what changed since turned back: it shares with the present all that
//! stayed the same, and costs as much as has changed. Whoever wants the flat row of a single record needs no such
//! view: the record and what it refers to are looked up.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use catalog::history::kept;
use catalog::query::Moment;
use catalog::{Change, Snapshot};
use model::{AnyRecord, Kind, Tag, Time};
use store::Reader;
use store::history::State;

use super::{HistoryError, Log};
use crate::App;

/// Records that a view turns back at most.
pub(super) const RECORDS_MAX: usize = 50_000;
/// Records that the kept views turn back together: each holds some 4 KB, with the rows that it makes stale.
const KEPT_RECORDS_MAX: usize = 60_000;
/// Rows of the log that are read to find these.
const LOG_ROWS_MAX: u32 = 300_000;
/// How long a change that others have just committed may take to be published here.
const PATIENCE: Duration = Duration::from_millis(500);
/// Views that are kept for the next page.
const VIEWS_MAX: usize = 4;

/// The end of a past state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    /// The number of its last change.
    pub seq: u64,
    /// The time of that change.
    pub at: Time,
}

/// A past state that was made.
struct View {
    seq: u64,
    /// Tells the directory from another one that was served here before.
    epoch: Arc<String>,
    /// The change up to which it was looked what may still be kept of it.
    checked: u64,
    /// Records that were turned back.
    records: usize,
    state: Snapshot,
}

/// Views that were asked for last, the newest first.
#[derive(Default)]
pub(super) struct Views(VecDeque<View>);

impl Views {
    fn take(&mut self, seq: u64, epoch: &Arc<String>) -> Option<View> {
        self.0.retain(|view| view.epoch == *epoch);
        let at = self.0.iter().position(|view| view.seq == seq)?;
        self.0.remove(at)
    }

    fn keep(&mut self, view: View) {
        self.0.push_front(view);
        let mut records = 0;
        let kept = self.0.iter().take(VIEWS_MAX).take_while(|view| {
            records += view.records;
            records <= KEPT_RECORDS_MAX
        });
        let kept = kept.count().max(1);
        self.0.truncate(kept);
    }
}

impl App {
    /// The last change up to a moment.
    ///
    /// # Errors
    /// When the log does not reach back so far, the moment is still to come, or the log cannot be read now.
    pub async fn past(&self, moment: Moment) -> Result<Past, HistoryError> {
        if moment.from > self.now() {
            return Err(HistoryError::Future);
        }
        let log = self.log().ok_or(HistoryError::NoLog)?;
        let _place = log.place()?;
        let _turn = log.turn().await?;
        let mut reader = log.store.reader().await?;
        match (reader.change_at(moment.to).await?, reader.log_begin().await?) {
            (Some((seq, at)), _) => {
                self.wait_for(seq, PATIENCE).await;
                Ok(Past { seq, at })
            }
            (None, Some((_, begins))) => Err(HistoryError::BeforeLog(begins)),
            (None, None) => Err(HistoryError::NoLog),
        }
    }

    /// The whole directory as it was. Of it, readers see what they may see now as well.
    ///
    /// # Errors
    /// When too much has changed since, or the log cannot be read now.
    pub async fn past_state(&self, past: Past) -> Result<Arc<Snapshot>, HistoryError> {
        let log = self.log().ok_or(HistoryError::NoLog)?;
        let _place = log.place()?;
        let mut views = log.views.lock().await;
        let _turn = log.turn().await?;
        let present = self.snapshot();
        if past.seq >= present.sequence() {
            return Ok(present);
        }
        let mut reader = log.store.reader().await?;
        let epoch = self.epoch();
        let known = views.take(past.seq, &epoch);
        let view = match self.refreshed(&mut reader, known, &present).await? {
            Some(view) => view,
            None => self.turned_back(&mut reader, past.seq, epoch, &present).await?,
        };
        let seen = Arc::new(view.state.seen_from(present));
        views.keep(view);
        Ok(seen)
    }

    /// A view without what was purged, or deleted for good, since it was made. `None` when it has to be made anew.
    async fn refreshed(
        &self,
        reader: &mut Reader,
        view: Option<View>,
        present: &Arc<Snapshot>,
    ) -> Result<Option<View>, HistoryError> {
        let Some(mut view) = view else { return Ok(None) };
        let Some(touched) = reader.touched(view.checked, LOG_ROWS_MAX).await? else { return Ok(None) };
        let lost = |(tag, id): (Tag, u32)| {
            let record = view.state.record(tag, id)?;
            if present.record(tag, id).is_none() {
                return Some(Change::Purge(tag, id));
            }
            let kept = kept(record, present);
            (kept != *record).then_some(Change::Put(kept))
        };
        let lost: Vec<Change> = touched.into_iter().filter_map(lost).collect();
        if !lost.is_empty() {
            view.state = view.state.apply(lost, view.seq);
        }
        view.checked = present.sequence();
        Ok(Some(view))
    }

    /// Makes a view.
    async fn turned_back(
        &self,
        reader: &mut Reader,
        seq: u64,
        epoch: Arc<String>,
        present: &Arc<Snapshot>,
    ) -> Result<View, HistoryError> {
        let touched = reader.touched(seq, LOG_ROWS_MAX).await?.ok_or(HistoryError::TooFar)?;
        if touched.len() > RECORDS_MAX {
            return Err(HistoryError::TooFar);
        }
        let wanted: Vec<_> = touched.iter().map(|(tag, id)| (*tag, *id, seq)).collect();
        let versions = reader.versions(&wanted).await?;
        let (records, checked) = (touched.len(), present.sequence());
        let present = Arc::clone(present);
        let turn_back = move || {
            let former = touched.into_iter().filter_map(|(tag, id)| {
                // What is purged by now is in no view.
                present.record(tag, id)?;
                Some(match versions.at(tag, id, seq).and_then(State::record) {
                    Some(record) => Change::Put(kept(record, &present)),
                    None => Change::Purge(tag, id),
                })
            });
            present.apply(former, seq)
        };
        let state = self.compute(turn_back).await?;
        Ok(View { seq, epoch, checked, records, state })
    }

    /// A directory as it was that holds one record and all that its flat row shows.
    ///
    /// # Errors
    /// When the log cannot be read now. A record that was not there is not in the directory.
    pub async fn past_record(&self, tag: Tag, id: u32, past: Past) -> Result<Arc<Snapshot>, HistoryError> {
        let log = self.log().ok_or(HistoryError::NoLog)?;
        let _place = log.place()?;
        let _turn = log.turn().await?;
        let present = self.snapshot();
        let empty = present.emptied();
        if present.record(tag, id).is_none() {
            return Ok(Arc::new(empty.seen_from(present)));
        }
        let records = around(log, &present, tag, id, past.seq).await?;
        let records = records.iter().map(|record| Change::Put(kept(record, &present)));
        let state = empty.apply(records, past.seq);
        Ok(Arc::new(state.seen_from(present)))
    }
}

/// A record as it was, what it referred to, and what referred to it if its row shows something of that.
async fn around(
    log: &Log,
    present: &Snapshot,
    tag: Tag,
    id: u32,
    seq: u64,
) -> Result<Vec<AnyRecord>, HistoryError> {
    let mut reader = log.store.reader().await?;
    let mut wanted: BTreeSet<(Tag, u32)> = BTreeSet::from([(tag, id)]);
    let shown = shown_child(tag);
    if let Some((child, via)) = shown {
        wanted.extend(present.child_ids(child, via, id).map(|id| (child, id)));
        wanted.extend(reader.touched_of(child, seq).await?.into_iter().map(|id| (child, id)));
    }
    let mut known = BTreeSet::new();
    let mut records = Vec::new();
    while !wanted.is_empty() {
        let asked: Vec<_> = wanted.iter().map(|(tag, id)| (*tag, *id, seq)).collect();
        let versions = reader.versions(&asked).await?;
        let found = asked.iter().filter_map(|(tag, id, seq)| versions.at(*tag, *id, *seq));
        let belongs = |record: &&AnyRecord| {
            shown.is_none_or(|(child, via)| record.tag() != child || record.reference(via) == Some(id))
        };
        let found: Vec<AnyRecord> = found.filter_map(State::record).filter(belongs).cloned().collect();
        known.append(&mut wanted);
        wanted.extend(found.iter().flat_map(referred).filter(|record| !known.contains(record)));
        records.extend(found);
    }
    Ok(records)
}

/// The records that belong to one of a type and that its flat row tells something of.
fn shown_child(tag: Tag) -> Option<(Tag, &'static str)> {
    match tag {
        Tag::Ix => Some((Tag::Ixpfx, "ixlan_id")),
        Tag::Campus => Some((Tag::Fac, "campus_id")),
        Tag::Org
        | Tag::Fac
        | Tag::Ixlan
        | Tag::Ixpfx
        | Tag::Net
        | Tag::Poc
        | Tag::Carrier
        | Tag::Carrierfac
        | Tag::Netfac
        | Tag::Ixfac
        | Tag::Netixlan => None,
    }
}

/// What a record refers to.
fn referred(record: &AnyRecord) -> impl Iterator<Item = (Tag, u32)> + '_ {
    record.tag().table().fields.iter().filter_map(|field| match field.kind {
        Kind::Ref(tag) if field.is_stored() => record.reference(field.name).map(|id| (tag, id)),
        _ => None,
    })
}
