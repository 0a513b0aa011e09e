//! Reading files: record by record, never a whole document at once.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use model::field::{Api, Derived};
use model::{AnyRecord, Field, Kind, Show, Source, Tag, Value};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};

use super::error::{Form, LoadError, Place, shown, shown_key};
use super::object::bad_value;
use super::people::{AllowPlain, Found};
use super::strict::Strict;
use super::typing::{is_always_shown, type_by_keys, type_by_name};
use super::{Progress, logo};

/// What was read from all files.
pub(super) struct Contents {
    /// Names of the files, for messages.
    pub(super) files: Vec<String>,
    /// Records by type, in the order of [`Tag::ALL`].
    pub(super) records: [Vec<FoundRecord>; 13],
    /// The rest.
    pub(super) found: Found,
    /// Keys of API documents that are not known, as `tag.key`, with the number of records that have them.
    pub(super) ignored: BTreeMap<String, u64>,
    /// Whether records of API lists are among them.
    pub(super) has_lists: bool,
}

/// A record and the file that it stands in.
#[derive(Clone)]
pub(super) struct FoundRecord {
    pub(super) record: AnyRecord,
    /// Position in [`Contents::files`].
    pub(super) file: u16,
}

impl Contents {
    /// Nothing yet.
    pub(super) fn new() -> Contents {
        Contents {
            files: Vec::new(),
            records: Default::default(),
            found: Found::default(),
            ignored: BTreeMap::new(),
            has_lists: false,
        }
    }

    /// Whether there is neither a record nor an account. All else belongs to those.
    pub(super) fn is_empty(&self) -> bool {
        self.records.iter().all(Vec::is_empty) && self.found.people.users.is_empty()
    }

    /// Where a record stands.
    pub(super) fn place(&self, found: &FoundRecord) -> Place {
        let file = self.files.get(usize::from(found.file)).cloned().unwrap_or_default();
        Place { file, record: format!("{} {}", found.record.tag(), found.record.id()) }
    }

    /// A part of the last file that is no record.
    pub(super) fn found_place(&self, part: &str) -> Place {
        Place { file: self.files.last().cloned().unwrap_or_default(), record: part.to_owned() }
    }

    /// Reads one more file.
    pub(super) fn read(
        &mut self,
        path: &Path,
        plain: AllowPlain,
        progress: &dyn Progress,
    ) -> Result<(), LoadError> {
        let name = path.display().to_string();
        let unreadable = |source| LoadError::Read { file: name.clone(), source };
        let file = File::open(path).map_err(unreadable)?;
        let total = file.metadata().map_err(unreadable)?.len();
        let label = format!("reading {name}");
        let counted = Counted { inner: file, done: 0, total, label, progress };
        let mut bytes = BufReader::with_capacity(1 << 16, counted);
        if let Some(why) = other_encoding(bytes.fill_buf().map_err(unreadable)?) {
            return Err(LoadError::Form { file: name, why });
        }
        self.files.push(name.clone());
        let mut reading =
            Reading { file: name.clone(), contents: self, plain, any: false, fault: None, tables: tables() };
        let mut json = serde_json::Deserializer::from_reader(bytes);
        let outcome = reading.root().deserialize(&mut json).and_then(|()| json.end());
        let (any, fault) = (reading.any, reading.fault.take());
        match (fault, outcome) {
            (Some(fault), _) => Err(fault),
            (None, Err(source)) if source.is_io() => Err(unreadable(source.into())),
            (None, Err(source)) => Err(LoadError::Json { file: name, source }),
            (None, Ok(())) if !any => Err(LoadError::Form { file: name, why: Form::Nothing }),
            (None, Ok(())) => Ok(()),
        }
    }
}

/// Tells how far reading has come.
struct Counted<'a, R> {
    inner: R,
    done: u64,
    total: u64,
    label: String,
    progress: &'a dyn Progress,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.done += read as u64;
        self.progress.step(&self.label, self.done, Some(self.total));
        Ok(read)
    }
}

type Positions = HashMap<&'static str, usize>;

fn tables() -> Vec<Positions> {
    let positions = |tag: &Tag| {
        tag.table().fields.iter().enumerate().map(|(position, field)| (field.name, position)).collect()
    };
    Tag::ALL.iter().map(positions).collect()
}

/// The work on one file.
struct Reading<'a> {
    file: String,
    contents: &'a mut Contents,
    plain: AllowPlain,
    /// Whether the file held anything that can be loaded.
    any: bool,
    /// The error behind the one that made the parser stop, which can carry a text only.
    fault: Option<LoadError>,
    tables: Vec<Positions>,
}

/// The two ways in which records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// Every stored column and nothing else.
    DataSet,
    /// As the API shows them, joined and nested keys included.
    Api,
}

/// What stands in a list.
#[derive(Clone, Debug)]
enum Rows {
    /// Records of a type.
    Records(Tag, Style),
    /// Records whose type the first one has to tell.
    Untold,
    /// Entries of a section of people.
    Section(String),
}

impl<'a> Reading<'a> {
    fn root<'r>(&'r mut self) -> Root<'r, 'a> {
        Root(self)
    }

    /// Makes the parser stop.
    fn stop<E: serde::de::Error>(&mut self, fault: LoadError) -> E {
        self.fault = Some(fault);
        E::custom("")
    }

    fn stop_form<E: serde::de::Error>(&mut self, why: Form) -> E {
        let file = self.file.clone();
        self.stop(LoadError::Form { file, why })
    }

    fn stop_twice<E: serde::de::Error>(&mut self, key: String, part: String) -> E {
        self.stop_form(Form::KeyTwice { key, part })
    }

    /// What a [`Strict`] has read, or the key that it found twice in a part of the file.
    fn strictly<T, E: serde::de::Error>(
        &mut self,
        read: Result<T, E>,
        twice: Option<String>,
        part: impl FnOnce() -> String,
    ) -> Result<T, E> {
        match twice {
            Some(key) => Err(self.stop_twice(key, part())),
            None => read,
        }
    }

    /// The value under a key.
    fn value<'de, A: MapAccess<'de>>(&mut self, map: &mut A, key: &str) -> Result<Json, A::Error> {
        let mut twice = None;
        let read = map.next_value_seed(Strict(&mut twice));
        self.strictly(read, twice, || format!("what stands under the key {key:?}"))
    }

    fn take_row(&mut self, rows: &mut Rows, number: u64, fields: Map<String, Json>) -> Result<(), LoadError> {
        if let Rows::Untold = rows {
            let Some(tag) = type_by_keys(&fields) else {
                return Err(LoadError::Form { file: self.file.clone(), why: Form::UnknownType });
            };
            *rows = Rows::Records(tag, Style::Api);
        }
        match rows {
            Rows::Records(tag, style) => self.take_record(*tag, *style, number, fields),
            Rows::Section(section) => {
                let taken = self.contents.found.take(section, &self.file, number, fields, self.plain);
                taken.unwrap_or(Ok(()))
            }
            Rows::Untold => Ok(()),
        }
    }

    /// A part of a list must not pass for the whole.
    fn take_meta<E: serde::de::Error>(&mut self, meta: &Json) -> Result<(), E> {
        part_of_list(meta).map_or(Ok(()), |why| Err(self.stop_form(why)))
    }

    /// Whether a record of an API list is one of the type that the list is taken for.
    fn check_type(&self, told: Tag, number: u64, fields: &Map<String, Json>) -> Result<(), LoadError> {
        let table = told.table();
        let known = &self.tables[told.index()];
        let is_whole =
            table.fields.iter().all(|field| !is_always_shown(field) || fields.contains_key(field.name));
        if is_whole && fields.keys().all(|key| known.contains_key(key.as_str())) {
            return Ok(());
        }
        match type_by_keys(fields).filter(|keys| *keys != told) {
            None => Ok(()),
            Some(keys) => {
                let why = Form::WrongType { number, told, keys };
                Err(LoadError::Form { file: self.file.clone(), why })
            }
        }
    }

    fn take_record(
        &mut self,
        tag: Tag,
        style: Style,
        number: u64,
        fields: Map<String, Json>,
    ) -> Result<(), LoadError> {
        if style == Style::Api {
            self.check_type(tag, number, &fields)?;
            self.contents.has_lists = true;
        }
        let name = match fields.get("id") {
            Some(Json::Number(id)) => format!("{tag} {id}"),
            _ => format!("{tag} number {number}"),
        };
        let place = || Place { file: self.file.clone(), record: name.clone() };
        let table = tag.table();
        let mut record = AnyRecord::new(tag);
        let mut given = vec![false; table.fields.len()];
        for (key, json) in &fields {
            let position = self.tables[tag.index()].get(key.as_str()).copied();
            let Some((position, field)) = position.map(|position| (position, &table.fields[position])) else {
                match style {
                    Style::DataSet => {
                        return Err(LoadError::UnknownField { record: place(), field: key.clone() });
                    }
                    Style::Api => {
                        *self.contents.ignored.entry(format!("{tag}.{}", shown_key(key))).or_default() += 1
                    }
                }
                continue;
            };
            match (field.is_stored(), style) {
                (true, _) => {
                    given[position] = put(&mut record, position, field, json, style)
                        .map_err(|rule| bad_value(&place(), field.name, shown(json), rule))?;
                }
                (false, Style::Api) => {}
                (false, Style::DataSet) if is_dead_column(field) => {}
                (false, Style::DataSet) => {
                    return Err(LoadError::UnknownField { record: place(), field: key.clone() });
                }
            }
        }
        let lacking = table.stored().find(|(position, field)| !given[*position] && is_needed(field, style));
        if let Some((_, field)) = lacking {
            return Err(LoadError::MissingField { record: place(), field: field.name });
        }
        let file = u16::try_from(self.contents.files.len().saturating_sub(1)).unwrap_or(u16::MAX);
        self.contents.records[tag.index()].push(FoundRecord { record, file });
        Ok(())
    }
}

/// What the first bytes of a file say about its encoding, unless it is plain UTF-8.
fn other_encoding(start: &[u8]) -> Option<Form> {
    match start {
        [0xef, 0xbb, 0xbf, ..] => Some(Form::ByteOrderMark),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some(Form::Utf16),
        // A document begins with a brace or a blank, which is ASCII.
        [0, b'{' | b'[' | b'\t'..=b' ', ..] | [b'{' | b'[' | b'\t'..=b' ', 0, ..] => Some(Form::Utf16),
        _ => None,
    }
}

/// What the `meta` of an API answer says about rows that the answer lacks.
fn part_of_list(meta: &Json) -> Option<Form> {
    let truncated = meta.get("truncated").unwrap_or(&Json::Null);
    if !matches!(truncated, Json::Null | Json::Bool(false)) {
        return Some(Form::Truncated);
    }
    let paging = meta.get("pagination")?;
    let number = |key: &str| paging.get(key).and_then(Json::as_u64);
    let says = |key: &str| paging.get(key).and_then(Json::as_bool).unwrap_or_default();
    let pages = number("total_pages").unwrap_or(1);
    let is_part = pages > 1 || says("has_next") || says("has_previous");
    is_part.then(|| Form::OnePage { page: number("page").unwrap_or(1), pages: number("total_pages") })
}

/// The reference stores columns that it never reads; data sets may carry them.
fn is_dead_column(field: &Field) -> bool {
    matches!(field.source, Source::Derived(Derived::HasPrefix(_)))
}

/// Whether a record of a file has to name the field.
fn is_needed(field: &Field, style: Style) -> bool {
    match style {
        // Hidden columns come and go with jobs that need them; absent they are at their start.
        Style::DataSet => field.api != Api::Hidden,
        // A list that shows some fields only would lose the others.
        Style::Api => is_always_shown(field),
    }
}

/// Whether a record of an API list has to have a value there.
fn needs_value(field: &Field) -> bool {
    field.api == Api::Required
        || field.kind == Kind::Id
        || ["status", "created", "updated"].contains(&field.name)
}

/// Sets a field; tells whether a value was given.
fn put(
    record: &mut AnyRecord,
    position: usize,
    field: &'static Field,
    json: &Json,
    style: Style,
) -> Result<bool, Cow<'static, str>> {
    let from_api = style == Style::Api;
    if from_api && json.is_null() && !field.null && !needs_value(field) {
        // The reference prints null for some lists and texts that it stores empty.
        return Ok(true);
    }
    let mut value = field.read_json(json).map_err(|fault| fault.0)?;
    if field.show == Show::Logo {
        if from_api {
            value = logo::from_url(value);
        }
        if value.as_text() == Some("") {
            // A logo that was taken away; the reference stores it empty.
            value = Value::Null;
        }
        if value.as_text().is_some_and(|path| !logo::is_path(path)) {
            return Err(Cow::Borrowed(logo::RULE));
        }
    }
    record.put(position, value).map_err(|_| {
        let Kind::Choice(list) = field.kind else { return Cow::Borrowed("fit the column") };
        Cow::Owned(format!("be one of {}", list.join(", ")))
    })?;
    Ok(true)
}

/// The whole document.
struct Root<'r, 'a>(&'r mut Reading<'a>);

impl<'de> DeserializeSeed<'de> for Root<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

/// Says of each form of JSON but some that it is not wanted.
macro_rules! unwanted {
    ($why:expr; $($visit:ident($type:ty)),+) => {
        $(
            fn $visit<E: serde::de::Error>(self, _: $type) -> Result<(), E> {
                let why = $why(&self);
                Err(self.0.stop_form(why))
            }
        )+

        fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
            let why = $why(&self);
            Err(self.0.stop_form(why))
        }

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a part of a data set")
        }
    };
}

impl<'de> Visitor<'de> for Root<'_, '_> {
    type Value = ();

    unwanted!(|_: &Self| Form::NoObject; visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64),
        visit_str(&str));

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        Err(self.0.stop_form(Form::NoObject))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reading = self.0;
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if !seen.insert(key.clone()) {
                return Err(reading.stop_twice(key, "the whole document".to_owned()));
            }
            let rows = match (key.as_str(), key.parse()) {
                (_, Ok(tag)) => Rows::Records(tag, Style::DataSet),
                ("data", _) => {
                    type_by_name(&reading.file).map_or(Rows::Untold, |tag| Rows::Records(tag, Style::Api))
                }
                ("meta", _) => {
                    let meta = reading.value(&mut map, &key)?;
                    reading.take_meta(&meta)?;
                    continue;
                }
                // A view of networks in collections of API answers.
                ("as_set", _) => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
                ("permissions", _) => {
                    reading.any = true;
                    let fields = reading.value(&mut map, &key)?;
                    take_permissions(reading, fields)?;
                    continue;
                }
                (
                    "users" | "user_api_keys" | "org_api_keys" | "verification_queue" | "mails" | "tickets"
                    | "webhooks" | "blobs" | "logos",
                    _,
                ) => Rows::Section(key.clone()),
                _ => return Err(reading.stop_form(Form::UnknownSection(key))),
            };
            reading.any = true;
            map.next_value_seed(Section(reading, key, rows))?;
        }
        Ok(())
    }
}

fn take_permissions<E: serde::de::Error>(reading: &mut Reading<'_>, fields: Json) -> Result<(), E> {
    let Json::Object(fields) = fields else {
        let section = "permissions".to_owned();
        return Err(reading.stop_form(Form::Section { section, wanted: "an object of lists" }));
    };
    let file = reading.file.clone();
    reading.contents.found.take_permissions(&file, fields).map_err(|fault| reading.stop(fault))
}

/// A list, under a key.
struct Section<'r, 'a>(&'r mut Reading<'a>, String, Rows);

impl Section<'_, '_> {
    fn wanted(&self) -> Form {
        Form::Section { section: self.1.clone(), wanted: "a list of objects" }
    }
}

impl<'de> DeserializeSeed<'de> for Section<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Section<'_, '_> {
    type Value = ();

    unwanted!(|section: &Self| section.wanted(); visit_bool(bool), visit_i64(i64), visit_u64(u64),
        visit_f64(f64), visit_str(&str));

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let wanted = self.wanted();
        let Section(reading, section, mut rows) = self;
        let mut number = 0;
        loop {
            number += 1;
            let mut twice = None;
            let row = list.next_element_seed(Strict(&mut twice));
            let place = || format!("number {number} under the key {section:?}");
            let Some(row) = reading.strictly(row, twice, place)? else { break };
            let Json::Object(fields) = row else { return Err(reading.stop_form(wanted)) };
            if let Err(fault) = reading.take_row(&mut rows, number, fields) {
                return Err(reading.stop(fault));
            }
        }
        Ok(())
    }

    /// Collections of API answers: `{"net": {"data": […]}}`.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let wanted = self.wanted();
        let Section(reading, _, rows) = self;
        let Rows::Records(tag, Style::DataSet) = rows else { return Err(reading.stop_form(wanted)) };
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if !seen.insert(key.clone()) {
                return Err(reading.stop_twice(key, format!("the list of {tag}")));
            }
            match key.as_str() {
                "data" => map.next_value_seed(Section(reading, key, Rows::Records(tag, Style::Api)))?,
                "meta" => {
                    let meta = reading.value(&mut map, &key)?;
                    reading.take_meta(&meta)?;
                }
                _ => return Err(reading.stop_form(wanted)),
            }
        }
        Ok(())
    }
}
