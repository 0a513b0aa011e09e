//! Records as the JSON of the API.
//!
//! A record's flat row is rendered once per snapshot and cut into the pieces of its keys; nested objects, sets,
//! dropped keys and selected fields are pasted together from those pieces.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use model::access::Viewer;
use model::field::Route;
use model::json::write_text;
use model::{AnyRecord, Field, SetPath, Show, Source, Status, Tag, Time, Value, choices};

use crate::feed::Rendered;
use crate::snapshot::Snapshot;
use crate::table::Entry;

/// A rendered flat row, cut into the pieces of its keys.
#[derive(Debug)]
pub(crate) struct Flat {
    object: Box<str>,
    /// Start and end of `"key": value` of each field of the table; empty for fields that are not flat.
    pieces: Box<[(u32, u32)]>,
}

impl Flat {
    /// The whole object.
    pub(crate) fn object(&self) -> &str {
        &self.object
    }

    fn piece(&self, position: usize) -> &str {
        let (start, end) = self.pieces[position];
        &self.object[start as usize..end as usize]
    }

    /// How a later row of the same record looks beside this one.
    pub(crate) fn compare(&self, later: &Flat, tag: Tag) -> Rendered {
        if self.object == later.object {
            return Rendered::Same;
        }
        let differs = |(position, field): (usize, &Field)| {
            field.show != Show::FeedUrl && self.piece(position) != later.piece(position)
        };
        match tag.table().fields.iter().enumerate().any(differs) {
            true => Rendered::Differently,
            false => Rendered::FeedUrl,
        }
    }
}

/// What of the neighbourhood of a record an answer shows.
#[derive(Clone, Debug, Default)]
pub struct Shape<'a> {
    /// Depth: 0 flat, 1 ids of sets, 2 objects in sets, and so on.
    pub depth: u32,
    /// Whether references show as nested objects: under details only.
    pub objects: bool,
    /// Keys that the root shows; all when `None`.
    pub fields: Option<&'a [String]>,
    /// Conditions on `created` and `updated` that elements of sets must meet as well.
    pub nested: &'a [NestedTime],
    /// Which objects show their sets.
    pub sets: Sets,
}

/// Which objects of an answer show the sets of records that belong to them, as far as the depth allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sets {
    /// All.
    #[default]
    Everywhere,
    /// The root alone: the objects that it refers to go without.
    Root,
    /// None.
    Nowhere,
}

/// A condition on a time field of nested elements.
#[derive(Clone, Debug, PartialEq)]
pub struct NestedTime {
    /// `created` or `updated`.
    pub field: &'static str,
    /// Earliest moment, inclusive.
    pub from: Option<Time>,
    /// Latest moment, inclusive.
    pub to: Option<Time>,
}

impl NestedTime {
    fn holds(&self, record: &AnyRecord) -> bool {
        let time = if self.field == "created" { record.created() } else { record.updated() };
        self.from.is_none_or(|from| time >= from) && self.to.is_none_or(|to| time <= to)
    }
}

/// Renders records of one snapshot for one viewer.
#[derive(Debug)]
pub struct Renderer<'a> {
    snapshot: &'a Snapshot,
    viewer: &'a Viewer,
    shape: &'a Shape<'a>,
    /// Nested objects that unfold further, by what they show: in a deep list the same network stands under every
    /// LAN where it has a port, and is put together once.
    unfolded: RefCell<HashMap<Unfolded, Rc<str>>>,
}

/// A nested object that unfolds further: type, id, how far it unfolds, and which keys it leaves out.
type Unfolded = (Tag, u32, u32, &'static [&'static str]);

/// One object to write: which keys it leaves out and how far it unfolds.
#[derive(Clone, Copy)]
struct Node<'a> {
    is_root: bool,
    budget: u32,
    dropped: &'a [&'a str],
    only: Option<&'a [String]>,
}

impl<'a> Renderer<'a> {
    /// A renderer.
    pub fn new(snapshot: &'a Snapshot, viewer: &'a Viewer, shape: &'a Shape<'a>) -> Renderer<'a> {
        Renderer { snapshot, viewer, shape, unfolded: RefCell::default() }
    }

    /// Appends a list of records.
    pub fn list<'e>(&self, entries: impl IntoIterator<Item = &'e Entry>, out: &mut String) {
        out.push('[');
        let mut first = true;
        for entry in entries {
            if !std::mem::take(&mut first) {
                out.push_str(", ");
            }
            self.root(entry, out);
        }
        out.push(']');
    }

    /// Appends one record.
    pub fn root(&self, entry: &Entry, out: &mut String) {
        let node = Node { is_root: true, budget: self.shape.depth, dropped: &[], only: self.shape.fields };
        self.object(entry, node, out);
    }

    fn object(&self, entry: &Entry, node: Node<'_>, out: &mut String) {
        let record = entry.record();
        let flat = self.snapshot.flat(entry);
        if self.shows_all(record, node) {
            out.push_str(flat.object());
            return;
        }
        out.push('{');
        let mut first = true;
        for (position, field) in record.tag().table().fields.iter().enumerate() {
            if self.omits(record, field, node) {
                continue;
            }
            if !std::mem::take(&mut first) {
                out.push_str(", ");
            }
            if field.is_nested() {
                write_text(field.name, out);
                out.push_str(": ");
                self.nested(record, field.source, node.budget, out);
            } else {
                out.push_str(flat.piece(position));
            }
        }
        out.push('}');
    }

    /// Whether the object is the flat row as it is.
    fn shows_all(&self, record: &AnyRecord, node: Node<'_>) -> bool {
        node.budget == 0
            && node.dropped.is_empty()
            && node.only.is_none()
            && (record.tag() != Tag::Ixlan || self.snapshot.sees_feed_url(self.viewer, record))
    }

    fn omits(&self, record: &AnyRecord, field: &Field, node: Node<'_>) -> bool {
        let absent = match field.source {
            Source::Object { .. } => node.budget == 0 || !self.shape.objects,
            Source::Set(_) => node.budget == 0 || !self.shows_sets(node),
            Source::Stored | Source::Join { .. } | Source::Derived(_) => !field.is_flat(),
        };
        absent
            || node.dropped.contains(&field.name)
            || node.only.is_some_and(|names| !is_asked(names, field.name))
            || (field.show == Show::FeedUrl && !self.snapshot.sees_feed_url(self.viewer, record))
    }

    fn shows_sets(&self, node: Node<'_>) -> bool {
        match self.shape.sets {
            Sets::Everywhere => true,
            Sets::Root => node.is_root,
            Sets::Nowhere => false,
        }
    }

    fn nested(&self, record: &AnyRecord, source: Source, budget: u32, out: &mut String) {
        match source {
            Source::Object { tag, via } => {
                let id = record.reference(via);
                let target = id.and_then(|id| self.snapshot.entry(tag, id));
                match target.filter(|entry| self.snapshot.may_read(self.viewer, entry.record())) {
                    Some(entry) => self.below(entry, budget - 1, &[], out),
                    None => out.push_str("null"),
                }
            }
            Source::Set(path) if budget == 1 => self.ids(record, path, out),
            Source::Set(path) => self.objects(record, path, budget - 2, out),
            Source::Stored | Source::Join { .. } | Source::Derived(_) => out.push_str("null"),
        }
    }

    fn ids(&self, record: &AnyRecord, path: SetPath, out: &mut String) {
        use std::fmt::Write;
        out.push('[');
        for (n, entry) in self.elements(record, path).enumerate() {
            let _ = write!(out, "{}{}", if n > 0 { ", " } else { "" }, entry.record().id());
        }
        out.push(']');
    }

    fn objects(&self, record: &AnyRecord, path: SetPath, budget: u32, out: &mut String) {
        out.push('[');
        for (n, entry) in self.elements(record, path).enumerate() {
            if n > 0 {
                out.push_str(", ");
            }
            self.below(entry, budget, path.dropped, out);
        }
        out.push(']');
    }

    /// Appends a nested object.
    fn below(&self, entry: &Entry, budget: u32, dropped: &'static [&'static str], out: &mut String) {
        let node = Node { is_root: false, budget, dropped, only: None };
        if budget == 0 {
            return self.object(entry, node, out);
        }
        let what = (entry.record().tag(), entry.record().id(), budget, dropped);
        let known = self.unfolded.borrow().get(&what).cloned();
        let text = known.unwrap_or_else(|| {
            let mut text = String::new();
            self.object(entry, node, &mut text);
            let text: Rc<str> = text.into();
            self.unfolded.borrow_mut().insert(what, Rc::clone(&text));
            text
        });
        out.push_str(&text);
    }

    fn elements(&self, record: &AnyRecord, path: SetPath) -> impl Iterator<Item = &'a Entry> {
        let (snapshot, viewer, shape) = (self.snapshot, self.viewer, self.shape);
        set_elements(snapshot, viewer, record, path).filter(move |entry| {
            snapshot.may_read(viewer, entry.record())
                && shape.nested.iter().all(|condition| condition.holds(entry.record()))
        })
    }
}

/// Whether a key is among the selected ones. Who asks for a feed URL also learns who may see it: that tells an
/// absent URL from a hidden one.
fn is_asked(names: &[String], key: &str) -> bool {
    let asked = |key: &str| names.iter().any(|name| name == key);
    asked(key) || (key == "ixf_ixp_member_list_url_visible" && asked("ixf_ixp_member_list_url"))
}

/// The published elements of a set, by id (for links: by the link's id, one element per link that the viewer may see).
fn set_elements<'a>(
    snapshot: &'a Snapshot,
    viewer: &'a Viewer,
    record: &AnyRecord,
    path: SetPath,
) -> Box<dyn Iterator<Item = &'a Entry> + 'a> {
    let owner = record.id();
    match path.route {
        Route::Children(field) => {
            Box::new(snapshot.children(path.element, field, owner).map(|entry| &**entry))
        }
        Route::Through { link, owner: field, element } => Box::new(
            snapshot
                .children(link, field, owner)
                .filter(|link| snapshot.may_read(viewer, link.record()))
                .filter_map(move |link| link.record().reference(element))
                .filter_map(move |id| snapshot.entry(path.element, id))
                .filter(|entry| entry.status() == Status::Ok)
                .map(|entry| &**entry),
        ),
    }
}

impl Snapshot {
    /// The flat row of an entry: every key, the feed URL of a LAN included.
    pub(crate) fn flat<'e>(&self, entry: &'e Entry) -> &'e Flat {
        entry.flat(|| flat(self, entry.record()))
    }
}

fn flat(snapshot: &Snapshot, record: &AnyRecord) -> Flat {
    let fields = record.tag().table().fields;
    let mut text = String::from("{");
    let mut pieces = Vec::with_capacity(fields.len());
    // A row of 4 GiB would need that much text in one record.
    let mark = |text: &String| u32::try_from(text.len()).unwrap_or(u32::MAX);
    for (position, field) in fields.iter().enumerate() {
        let start = if field.is_flat() {
            text.push_str(if text.len() > 1 { ", " } else { "" });
            let start = mark(&text);
            write_text(field.name, &mut text);
            text.push_str(": ");
            write_shown(snapshot, record, position, field, &mut text);
            start
        } else {
            mark(&text)
        };
        pieces.push((start, mark(&text)));
    }
    text.push('}');
    Flat { object: text.into(), pieces: pieces.into() }
}

fn write_shown(snapshot: &Snapshot, record: &AnyRecord, position: usize, field: &Field, out: &mut String) {
    write_shown_value(&snapshot.shown(record, position), field, out);
}

/// Appends a value of [`Snapshot::shown`] as the API spells it.
pub(crate) fn write_shown_value(value: &Value<'_>, field: &Field, out: &mut String) {
    match (field.show, field.kind, value) {
        (Show::Alphabetical, _, Value::Multi(set)) => {
            let mut words: Vec<_> = set.members(choices::NET_TYPES).collect();
            words.sort_unstable();
            model::json::write_strings(words.into_iter(), out);
        }
        // Not disclosed is shown as an empty list, as the reference does after the creating response.
        (_, model::Kind::MultiChoice(_), Value::Null) => out.push_str("[]"),
        _ => field.write_json(value, out),
    }
}

impl Snapshot {
    /// The AS-sets of published networks that name one and that the viewer may see: ASN and AS-set, by network id.
    pub fn as_sets<'a>(&'a self, viewer: &'a Viewer) -> impl Iterator<Item = (u32, &'a str)> {
        self.entries(Tag::Net).filter_map(move |entry| match entry.record() {
            AnyRecord::Net(net) if net.status == Status::Ok && !net.irr_as_set.is_empty() => {
                self.may_read(viewer, entry.record()).then_some((net.asn.0, &*net.irr_as_set))
            }
            _ => None,
        })
    }
}

/// What stands before the rows of a list in its envelope.
pub const LIST_HEAD: &str = "{\"data\": [";

/// What stands behind the rows of a list in its envelope; `meta` is the inside of the meta object.
pub fn list_tail(meta: &str) -> String {
    format!("], \"meta\": {{{meta}}}}}")
}

/// The text of a compact answer with line breaks and two blanks of indentation per level.
pub fn pretty(compact: &str) -> String {
    let mut out = String::with_capacity(compact.len() * 2);
    let mut level = 0usize;
    let mut in_text = false;
    let mut chars = compact.chars().peekable();
    while let Some(c) = chars.next() {
        if in_text {
            out.push(c);
            if c == '\\' {
                out.extend(chars.next());
            }
            in_text = c != '"';
            continue;
        }
        match c {
            '"' => in_text = true,
            '[' | '{' if chars.peek().is_some_and(|next| *next != ']' && *next != '}') => {
                level += 1;
                out.push(c);
                line(level, &mut out);
                continue;
            }
            // An empty list or object stays on its line.
            '[' | '{' => {
                out.push(c);
                out.extend(chars.next());
                continue;
            }
            ']' | '}' => {
                level = level.saturating_sub(1);
                line(level, &mut out);
            }
            ',' => {
                out.push(c);
                chars.next_if_eq(&' ');
                line(level, &mut out);
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
    out
}

fn line(level: usize, out: &mut String) {
    out.push('\n');
    (0..level).for_each(|_| out.push_str("  "));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indentation_leaves_texts_and_empty_lists_alone() {
        let compact = r#"{"data": [{"a": "x, [y] \" {", "b": []}, {}], "meta": {}}"#;
        let expected = "{\n  \"data\": [\n    {\n      \"a\": \"x, [y] \\\" {\",\n      \"b\": []\n    },\n    {}\n  ],\n  \"meta\": {}\n}";
        assert_eq!(pretty(compact), expected);
    }
}
