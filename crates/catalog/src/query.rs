//! Questions about records of one type, and their answers.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use model::access::Viewer;
use model::{Field, Kind, Status, Tag, Time};

use crate::filter::{self, Ask, Filter, Origin, QueryError};
use crate::render::NestedTime;
use crate::snapshot::Snapshot;
use crate::table::Entry;

/// Rows that an answer with a depth holds at most.
pub const DEPTH_ROWS_MAX: usize = 250;
/// Rows per page, by default and at most.
pub const PAGE_ROWS_MAX: usize = 250;

/// Different parameters that a question may have; nobody asks for more, and each costs.
const PARAMS_MAX: usize = 250;

/// Decoded query parameters in the order of the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    pairs: Vec<(String, String)>,
    /// Where each name stands first and last.
    places: HashMap<String, (usize, usize)>,
}

impl Params {
    /// Parameters from pairs.
    pub fn new(pairs: Vec<(String, String)>) -> Params {
        let mut places: HashMap<String, (usize, usize)> = HashMap::new();
        for (at, (name, _)) in pairs.iter().enumerate() {
            places.entry(name.clone()).and_modify(|(_, last)| *last = at).or_insert((at, at));
        }
        Params { pairs, places }
    }

    /// All pairs.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// The first value of a parameter.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.places.get(name).map(|(first, _)| self.pairs[*first].1.as_str())
    }

    /// The last value of a parameter.
    pub fn last(&self, name: &str) -> Option<&str> {
        self.places.get(name).map(|(_, last)| self.pairs[*last].1.as_str())
    }

    /// The names, each once, in the order of their first use.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let is_first = |at: usize, name: &str| self.places.get(name).is_some_and(|(first, _)| *first == at);
        let named = self.pairs.iter().enumerate().filter(move |(at, (name, _))| is_first(*at, name));
        named.map(|(_, (name, _))| name.as_str())
    }
}

/// A page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageAsk {
    /// Number from 1; `None` for the last one.
    pub number: Option<usize>,
    /// Rows per page.
    pub rows: usize,
}

/// A question about records of one type.
#[derive(Clone, Debug)]
pub struct Query {
    /// The type.
    pub tag: Tag,
    /// The one record that is asked for; a list otherwise.
    pub id: Option<u32>,
    /// Depth, clamped.
    pub depth: u32,
    /// Root keys to show.
    pub fields: Option<Vec<String>>,
    /// Only what changed after this moment, deleted records included.
    pub since: Option<Time>,
    /// Most rows; all when `None`.
    pub limit: Option<usize>,
    /// Rows to leave out at the start.
    pub skip: usize,
    /// One page of the list.
    pub page: Option<PageAsk>,
    /// Whether the answer is indented.
    pub pretty: bool,
    /// Whether finding nothing is an error: the question names one record.
    pub unique: bool,
    /// A place that has to be located first.
    pub ask: Option<Ask>,
    /// Parameters that mean nothing here.
    pub ignored: Vec<String>,
    /// Conditions on elements of nested sets.
    pub nested: Vec<NestedTime>,
    /// The moment whose state is asked for; the present when `None`. Whoever runs the question brings that state.
    pub as_of: Option<Moment>,
    filter: Filter,
    place_text: Filter,
}

/// The page of the answer, when one was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Rows of the whole list.
    pub count: usize,
    /// This page's number, from 1.
    pub number: usize,
    /// Rows per page.
    pub rows: usize,
    /// Number of pages, at least 1.
    pub pages: usize,
}

/// The rows of an answer.
#[derive(Clone, Debug)]
pub struct Rows<'a> {
    /// The rows in order.
    pub entries: Vec<&'a Arc<Entry>>,
    /// Whether the list was cut because of its depth.
    pub truncated: bool,
    /// The page, when one was asked for.
    pub page: Option<Page>,
}

/// The page does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchPage;

impl Query {
    /// Understands the parameters of a request for a list of records, or for the record with this id.
    ///
    /// # Errors
    /// When a parameter has an unusable value.
    pub fn parse(
        snapshot: &Snapshot,
        viewer: &Viewer,
        tag: Tag,
        id: Option<u32>,
        params: &Params,
    ) -> Result<Query, QueryError> {
        if params.places.len() > PARAMS_MAX {
            let text = format!("More than {PARAMS_MAX} parameters cannot be understood at once");
            return Err(QueryError::Invalid(text));
        }
        let detail = id.is_some();
        let as_of = as_of(params)?;
        let depth = depth(params, detail && as_of.is_none(), detail)?;
        let limit = steering(params, "limit", "'limit' needs to be a number")?.unwrap_or(0);
        let skip = steering(params, "skip", "'skip' needs to be a number")?.unwrap_or(0);
        if skip < 0 && !detail {
            return Err(QueryError::Invalid("Negative indexing is not supported.".into()));
        }
        let since = since(params)?.filter(|_| !detail);
        if as_of.is_some() && since.is_some() {
            let text = "'as_of' and 'since' cannot be used together: leave one of them out";
            return Err(QueryError::Invalid(text.into()));
        }
        let parsed = filter::parse(snapshot, viewer, tag, params)?;
        Ok(Query {
            tag,
            id,
            depth,
            fields: fields(tag, params),
            since,
            limit: usize::try_from(limit).ok().filter(|n| *n > 0 && !detail),
            skip: if detail { 0 } else { usize::try_from(skip).unwrap_or(usize::MAX) },
            page: (!detail).then(|| page(params)).flatten(),
            pretty: params.last("pretty").is_some(),
            unique: params.last("id").is_some() || (tag == Tag::Net && params.last("asn").is_some()),
            ask: parsed.ask,
            ignored: parsed.ignored,
            nested: parsed.nested,
            as_of,
            filter: parsed.filter,
            place_text: parsed.place_text,
        })
    }

    /// Whether it asks for the flat row of one record, whatever its values.
    pub fn is_flat_detail(&self) -> bool {
        self.id.is_some()
            && self.depth == 0
            && self.filter.is_empty()
            && self.place_text.is_empty()
            && self.ask.is_none()
    }

    /// Whether the answer is a list of flat rows as they are.
    pub fn is_flat_list(&self) -> bool {
        self.id.is_none() && self.depth == 0 && self.fields.is_none() && !self.pretty
    }

    /// Whether it asks for all published rows of the type and nothing else.
    pub fn is_whole_list(&self) -> bool {
        self.is_flat_list()
            && self.since.is_none()
            && self.limit.is_none()
            && self.skip == 0
            && self.page.is_none()
            && self.filter.is_empty()
            && self.place_text.is_empty()
            && self.ask.is_none()
    }

    /// Finds the rows. `origin` is the located place of [`Query::ask`]; without it, conditions on the place are
    /// plain text filters.
    ///
    /// # Errors
    /// When the asked page does not exist.
    pub fn run<'a>(
        &self,
        snapshot: &'a Snapshot,
        viewer: &Viewer,
        origin: Option<Origin>,
    ) -> Result<Rows<'a>, NoSuchPage> {
        let mut entries = self.matching(snapshot, viewer, origin);
        if self.skip > 0 {
            entries.drain(..self.skip.min(entries.len()));
        }
        entries.truncate(self.limit.unwrap_or(usize::MAX));
        if let Some(ask) = self.page {
            let page = ask.locate(entries.len()).ok_or(NoSuchPage)?;
            let start = (page.number - 1) * page.rows;
            let end = (start + page.rows).min(entries.len());
            let entries = entries[start.min(end)..end].to_vec();
            return Ok(Rows { entries, truncated: false, page: Some(page) });
        }
        let truncated = self.id.is_none() && self.depth > 0 && entries.len() > DEPTH_ROWS_MAX;
        if truncated {
            entries.truncate(DEPTH_ROWS_MAX);
        }
        Ok(Rows { entries, truncated, page: None })
    }

    /// All matching rows in order, before any cut.
    fn matching<'a>(
        &self,
        snapshot: &'a Snapshot,
        viewer: &Viewer,
        origin: Option<Origin>,
    ) -> Vec<&'a Arc<Entry>> {
        let meets = |entry: &&'a Arc<Entry>| {
            let record = entry.record();
            if !self.admits(entry) {
                return false;
            }
            if !snapshot.may_read(viewer, record) {
                // Whoever asks for this one record is refused, and its values have no say in that.
                return self.id.is_some();
            }
            self.filter.matches(snapshot, viewer, record)
                && (origin.is_some() || self.place_text.matches(snapshot, viewer, record))
        };
        let by_id = self.since.is_none() && origin.is_none() && self.page.is_none();
        let most = self.limit.filter(|_| by_id).map_or(usize::MAX, |limit| self.skip.saturating_add(limit));
        let mut rows: Vec<&'a Arc<Entry>> = match self.candidates(snapshot, origin) {
            Some(ids) => {
                let entries = ids.into_iter().filter_map(|id| snapshot.entry(self.tag, id));
                entries.filter(meets).take(most).collect()
            }
            None if self.since.is_some() => {
                let after = self.since.unwrap_or_default();
                snapshot.changed_after(self.tag, after).filter(meets).collect()
            }
            None => snapshot.entries(self.tag).filter(meets).take(most).collect(),
        };
        if let Some(origin) = origin {
            return by_distance(rows, origin);
        }
        if self.since.is_some() {
            rows.sort_by_key(|entry| (entry.record().updated(), entry.record().id()));
        }
        rows
    }

    fn candidates(&self, snapshot: &Snapshot, origin: Option<Origin>) -> Option<Vec<u32>> {
        if let Some(id) = self.id {
            return Some(vec![id]);
        }
        let by_text = if origin.is_none() { self.place_text.candidates(snapshot, self.tag) } else { None };
        let by_filter = self.filter.candidates(snapshot, self.tag);
        [by_text, by_filter].into_iter().flatten().min_by_key(Vec::len)
    }

    /// The rule of statuses: lists show published records, details pending ones too, `since` also deleted ones
    /// (and, for campuses, pending ones).
    fn admits(&self, entry: &Entry) -> bool {
        let (record, status) = (entry.record(), entry.status());
        if self.id.is_some() {
            return status != Status::Deleted;
        }
        match self.since {
            None => status == Status::Ok,
            Some(after) => {
                (status != Status::Pending || self.tag == Tag::Campus)
                    && (record.updated() > after || record.created() > after)
            }
        }
    }
}

/// Whether a question is answered with a few look-ups and the copying of rendered rows. All other questions may take
/// a processor for many milliseconds, those about a single record too: what they filter by is looked for first.
pub fn is_quick(tag: Tag, detail: bool, params: &Params) -> bool {
    const CUTTING: [&str; 5] = ["depth", "limit", "skip", "page", "per_page"];
    const SHAPING: [&str; 4] = ["fields", "pretty", "format", "callback"];
    let has_asn = matches!(tag, Tag::Org | Tag::Net | Tag::Netixlan);
    let cuts = |name: &str| CUTTING.contains(&name);
    let selects = |name: &str| name == "id" || (name == "asn" && has_asn) || is_reference(tag, name);
    let simple = params.names().all(|name| cuts(name) || SHAPING.contains(&name) || selects(name));
    match params.last("depth") {
        None | Some("0") if detail => simple,
        None | Some("0") => params.names().all(cuts) || (simple && params.names().any(selects)),
        Some("1" | "2") => detail && simple,
        Some(_) => false,
    }
}

/// Whether a parameter names a reference field, with or without its ending.
fn is_reference(tag: Tag, name: &str) -> bool {
    let refers = |field: &Field| {
        matches!(field.kind, Kind::Ref(_))
            && field.name.trim_end_matches("_id") == name.trim_end_matches("_id")
    };
    tag.table().fields.iter().any(refers)
}

fn by_distance(rows: Vec<&Arc<Entry>>, origin: Origin) -> Vec<&Arc<Entry>> {
    let mut near: Vec<(f64, &Arc<Entry>)> = rows
        .into_iter()
        .filter_map(|entry| Some((filter::distance_from(entry.record(), origin.point)?, entry)))
        .filter(|(km, _)| *km <= origin.distance_km)
        .collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0));
    near.into_iter().map(|(_, entry)| entry).collect()
}

impl PageAsk {
    fn locate(self, count: usize) -> Option<Page> {
        let pages = count.div_ceil(self.rows).max(1);
        let number = self.number.unwrap_or(pages);
        (1..=pages).contains(&number).then_some(Page { count, number, rows: self.rows, pages })
    }
}

fn steering(params: &Params, name: &str, message: &str) -> Result<Option<i64>, QueryError> {
    let Some(text) = params.last(name) else { return Ok(None) };
    let number: i128 = text.trim().parse().map_err(|_| QueryError::Invalid(message.into()))?;
    Ok(Some(number.clamp(i64::MIN.into(), i64::MAX.into()) as i64))
}

/// Single records unfold unless told otherwise, those of the past do not.
fn depth(params: &Params, unfolds: bool, detail: bool) -> Result<u32, QueryError> {
    let (default, max) = (if unfolds { 2 } else { 0 }, if detail { 4 } else { 3 });
    let depth = steering(params, "depth", "'depth' needs to be a number")?;
    Ok(depth.map_or(default, |depth| depth.clamp(0, max) as u32))
}

/// A stretch of time as exact as it was named: a day, a minute, a second, or one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Its first microsecond.
    pub from: Time,
    /// Its last microsecond.
    pub to: Time,
}

impl Moment {
    /// Parses a date, or a time as RFC 3339 has it. A date means that day in UTC; seconds and minutes mean all of
    /// themselves, since that is how answers name times.
    fn parse(text: &str) -> Option<Moment> {
        const MINUTE: usize = "2026-01-31T12:00".len();
        let text = text.trim();
        // A plus sign that was not encoded comes as a blank.
        let zone = text.get(MINUTE..)?.replace(' ', "+");
        let from = Time::parse(&format!("{}{zone}", text.get(..MINUTE)?)).ok()?;
        let seconds = if zone.contains('.') {
            return Some(Moment { from, to: from });
        } else if zone.starts_with(':') {
            1
        } else {
            60
        };
        Some(Moment { from, to: Time(from.0 + seconds * Time::SECOND - 1) })
    }

    fn day(text: &str) -> Option<Moment> {
        const SECONDS: i64 = 86_400;
        let from = Time::parse(text.trim()).ok().filter(|_| text.trim().len() == "2026-01-31".len())?;
        Some(Moment { from, to: Time(from.0 + SECONDS * Time::SECOND - 1) })
    }
}

/// The moment whose state a question asks for.
///
/// # Errors
/// When `as_of` names none.
pub fn as_of(params: &Params) -> Result<Option<Moment>, QueryError> {
    let Some(text) = params.last("as_of") else { return Ok(None) };
    let moment = Moment::day(text).or_else(|| Moment::parse(text));
    let wrong =
        "'as_of' needs to be a date or a time as in RFC 3339, such as 2026-01-31 or 2026-01-31T12:00:00Z";
    moment.map(Some).ok_or_else(|| QueryError::Invalid(wrong.into()))
}

/// Zero and negative times mean "always", as if the parameter were absent.
fn since(params: &Params) -> Result<Option<Time>, QueryError> {
    let Some(text) = params.last("since") else { return Ok(None) };
    let seconds: f64 = text
        .trim()
        .parse()
        .map_err(|_| QueryError::Invalid("'since' needs to be a unix timestamp (epoch seconds)".into()))?;
    if !seconds.is_finite() {
        return Err(QueryError::Invalid("'since' needs to be a unix timestamp (epoch seconds)".into()));
    }
    // Fractions are cut: the reference knows whole seconds only.
    let whole = seconds.clamp(-1e12, 1e12) as i64;
    Ok((whole > 0).then(|| Time::from_unix(whole)))
}

/// The keys that are asked for; those that the type does not have change nothing.
fn fields(tag: Tag, params: &Params) -> Option<Vec<String>> {
    let list = params.last("fields").filter(|list| !list.is_empty())?;
    let asked: HashSet<&str> = list.split(',').collect();
    let known = tag.table().fields.iter().filter(|field| asked.contains(field.name));
    Some(known.map(|field| field.name.to_owned()).collect())
}

/// Paging is on when `page` is given; numbers that are none become one that does not exist.
fn page(params: &Params) -> Option<PageAsk> {
    let text = params.last("page")?;
    let number = match text.trim() {
        "last" => None,
        "" => Some(1),
        text => Some(text.parse().unwrap_or(0)),
    };
    let rows = params.last("per_page").and_then(|text| text.trim().parse().ok()).filter(|rows| *rows > 0);
    Some(PageAsk { number, rows: rows.unwrap_or(PAGE_ROWS_MAX).min(PAGE_ROWS_MAX) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(query: &str) -> Params {
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name.to_owned(), value.to_owned())
        };
        Params::new(pairs.map(pair).collect())
    }

    #[test]
    fn moments_are_as_long_as_they_are_exact() {
        let length = |text: &str| {
            let moment = as_of(&params(&format!("as_of={text}")))?;
            Ok(moment.map(|moment| (moment.from.sql_text(), moment.to.0 - moment.from.0 + 1)))
        };
        for (text, from, micros) in [
            ("2026-01-31", "2026-01-31 00:00:00.000000", 86_400_000_000),
            ("2026-01-31T12:30", "2026-01-31 12:30:00.000000", 60_000_000),
            ("2026-01-31T12:30:05Z", "2026-01-31 12:30:05.000000", 1_000_000),
            ("2026-01-31T12:30:05.5Z", "2026-01-31 12:30:05.500000", 1),
            ("2026-01-31T12:30:05 02:00", "2026-01-31 10:30:05.000000", 1_000_000),
        ] {
            assert_eq!(length(text), Ok::<_, QueryError>(Some((from.to_owned(), micros))), "{text}");
        }
        for text in
            ["", "now", "1700000000", "2026-02-30", "2026-01-31T", "2026-01-31T25:00:00Z", "2026-01-3ü"]
        {
            let refused = length(text).expect_err(text);
            assert!(
                matches!(refused, QueryError::Invalid(told) if told.starts_with("'as_of' needs")),
                "{text}"
            );
        }
    }

    #[test]
    fn questions_for_an_index_are_quick_and_those_for_a_scan_are_not() {
        for query in
            ["", "limit=5", "asn=64500", "ix_id=1&asn=64500", "ix=1", "net=7", "id=1&fields=id", "page=2"]
        {
            assert!(is_quick(Tag::Netixlan, false, &params(query)), "{query}");
        }
        for query in [
            "name=x",
            "depth=1",
            "since=1",
            "fields=id",
            "net_id=7&net__name=x",
            "ixlan_id=1&depth=2",
            "pretty",
        ] {
            assert!(!is_quick(Tag::Netixlan, false, &params(query)), "{query}");
        }
        for (tag, query) in [(Tag::Fac, "asn=1"), (Tag::Ix, "id=1&capacity=1"), (Tag::Ix, "id=1&x=1")] {
            assert!(!is_quick(tag, false, &params(query)), "{query}");
        }
        for query in ["netixlan__speed__gt=1", "name_search=x", "depth=9"] {
            assert!(!is_quick(Tag::Net, true, &params(query)), "{query}");
        }
        assert!(is_quick(Tag::Net, true, &params("fields=id&pretty=1&asn=1")));
        assert!(is_quick(Tag::Ix, true, &params("depth=2")) && !is_quick(Tag::Ix, true, &params("depth=4")));
    }
}
