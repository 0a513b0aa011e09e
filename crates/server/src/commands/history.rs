//! `peeringd history`: what a record, or all that belongs to an organization, went through.
//!
//! Whoever can read the database sees everything: actors with their addresses, and fields that the API never shows.

use std::fmt::Write;
use std::path::PathBuf;

use app::history::{self, Addresses, Entry, HistoryError, LIMIT_MAX, Page, Scope, Wish};
use model::{Tag, Time};
use store::Store;

use crate::failure::{Done, End, Failure};
use crate::output;
use crate::settings::Settings;

/// Whose history is wanted.
enum Subject {
    Record(Tag, u32),
    Organization(u32),
}

const REMEDY: &str = "give a type and an id, such as net 10, or --org ID";

/// Shows the newest entries, the newest first; as JSON one entry per line.
pub(crate) async fn run(settings: &Settings, words: &[PathBuf]) -> Done {
    let subject = subject(settings, words)?;
    let store = super::open(settings).await?;
    let told = tell(settings, &store, &subject).await;
    store.close().await;
    told?;
    Ok(End::Fine)
}

fn subject(settings: &Settings, words: &[PathBuf]) -> Result<Subject, Failure> {
    let words: Vec<String> = words.iter().map(|word| word.display().to_string()).collect();
    match (&words[..], settings.org) {
        ([], Some(org)) => Ok(Subject::Organization(org)),
        ([_, ..], Some(org)) => {
            Err(Failure::new(format!("--org {org}"), "does not go with a record", "leave one of them out"))
        }
        ([tag, id], None) => Ok(Subject::Record(type_named(tag)?, id_named(id)?)),
        ([], None) => Err(Failure::new("TAG ID", "missing", REMEDY)),
        (others, None) => Err(Failure::new(others.join(" "), "names no record", REMEDY)),
    }
}

fn type_named(word: &str) -> Result<Tag, Failure> {
    let tags = Tag::ALL.map(Tag::as_str).join(", ");
    word.parse().map_err(|_| Failure::new(word, "no type of records", format!("give one of {tags}")))
}

fn id_named(word: &str) -> Result<u32, Failure> {
    let id = word.parse().ok().filter(|id| *id > 0);
    id.ok_or_else(|| Failure::new(word, "no id", "give a whole number from 1 on"))
}

/// Reads page by page and writes each as it comes, so that a long history needs no memory.
async fn tell(settings: &Settings, store: &Store, subject: &Subject) -> Done<()> {
    let mut left = settings.limit;
    let mut before = None;
    let scope = Scope { derived: false, hidden: true };
    loop {
        let wish = Wish { before, limit: left.min(LIMIT_MAX), scope, full: false };
        let page = match subject {
            Subject::Record(tag, id) => history::of_record(store, *tag, *id, wish).await,
            Subject::Organization(org) => history::of_org(store, *org, wish).await,
        };
        let page = page.map_err(|error| refused(subject, &error))?;
        output::print(&lines(&page, settings.json))?;
        left -= page.entries.len().min(left);
        before = page.next;
        if left == 0 || before.is_none() {
            if !settings.json {
                output::print(&format!("{} The log begins {}.\n", end(before.is_some()), text(page.begins)))?;
            }
            return Ok(());
        }
    }
}

fn end(more: bool) -> &'static str {
    if more { "There is more: raise --limit." } else { "That is all." }
}

fn refused(subject: &Subject, error: &HistoryError) -> Failure {
    let what = match subject {
        Subject::Record(tag, id) => format!("{tag} {id}"),
        Subject::Organization(org) => format!("--org {org}"),
    };
    match error {
        HistoryError::Store(error) => Failure::told(error),
        HistoryError::NoSuchRecord => {
            Failure::new(what, "the log knows no such record", "give the id of one that is or was there")
        }
        other => Failure::new(what, other, "ask for less"),
    }
}

fn text(time: Time) -> String {
    let mut text = String::new();
    time.write(&mut text);
    text
}

fn lines(page: &Page, json: bool) -> String {
    let mut out = String::new();
    for entry in &page.entries {
        if json {
            entry.write_json(Addresses::Told, &mut out);
            out.push('\n');
        } else {
            write_lines(entry, &mut out);
        }
    }
    out
}

/// A line about the change, and one about each field.
fn write_lines(entry: &Entry, out: &mut String) {
    let _ = writeln!(
        out,
        "{}  {}  {} {}  {}  by {}",
        text(entry.at),
        entry.place.seq,
        entry.tag,
        entry.id,
        entry.action,
        by(entry)
    );
    for change in &entry.changes {
        let value = |value: &'_ Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
        // What a record began with is told without what there was not.
        let _ = match &change.before {
            None => writeln!(out, "    {}: {}", change.field, value(&change.after)),
            Some(before) => writeln!(out, "    {}: {before} -> {}", change.field, value(&change.after)),
        };
    }
}

fn by(entry: &Entry) -> String {
    let Some(actor) = &entry.actor else { return entry.origin.to_string() };
    let id = actor.id.map(|id| format!(" {id}")).unwrap_or_default();
    let name = actor.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
    let from = actor.address.as_ref().map(|address| format!(" from {address}")).unwrap_or_default();
    format!("{}{id}{name}{from} ({})", actor.kind, entry.origin)
}
