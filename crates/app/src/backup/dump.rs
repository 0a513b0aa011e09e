//! Writing a backup.
//!
//! The same directory always gives the same bytes: sections stand in a fixed order, records by id, keys in the
//! order of the field table. Times keep their microseconds. Derived columns that no record stores are left out.
//! The file holds contacts and hashes: it is readable by its owner only.

use std::collections::HashSet;
use std::fmt::{self, Write as _};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::directory::{Grant, KeyState, OrgKey, People, QueueItem, Secret, User, UserKey};
use model::json::write_text;
use model::{AnyRecord, Tag, Time, Value};
use store::logos::LogoRow;
use store::tables::{Blob, hex};
use store::webhook::Webhook;
use store::{Reader, Store};

use super::{Progress, desk, webhook};
use crate::new_file::{Existing, MakeError, NewFile, Readers};

/// Writes a backup to a file, and gives the number of records in it. The file appears when it is complete; a
/// regular file that is there already is replaced then.
///
/// # Errors
/// When the file cannot be written, something else than a regular file is there, or the database cannot be read.
pub async fn dump(store: &Store, file: &Path, progress: &dyn Progress) -> Result<u64, MakeError> {
    let mut new = NewFile::begin(file, Existing::Replaced, Readers::Owner)?;
    let mut out = BufWriter::with_capacity(1 << 18, new.file());
    let written = write(store, &mut out, progress).await;
    drop(out);
    let count = written.map_err(|error| match error {
        WriteError::Io(source) => MakeError::File(new.failed(source)),
        WriteError::Store(error) => MakeError::Store(error),
    })?;
    new.finish()?;
    Ok(count)
}

/// Why [`write`] failed.
#[derive(Debug)]
pub enum WriteError {
    /// The output takes no more.
    Io(io::Error),
    /// The database.
    Store(store::Error),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::Io(_) => f.write_str("the output cannot be written"),
            WriteError::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            WriteError::Io(error) => Some(error),
            WriteError::Store(error) => error.source(),
        }
    }
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> WriteError {
        WriteError::Io(error)
    }
}

impl From<store::Error> for WriteError {
    fn from(error: store::Error) -> WriteError {
        WriteError::Store(error)
    }
}

/// Writes a backup of one moment to any output, and gives the number of records in it.
///
/// # Errors
/// When the output cannot be written or the database cannot be read.
pub async fn write(
    store: &Store,
    out: &mut (dyn Write + Send),
    progress: &dyn Progress,
) -> Result<u64, WriteError> {
    let mut reader = store.reader().await?;
    let mut count = 0;
    let mut orgs = HashSet::new();
    out.write_all(b"{\n")?;
    for tag in Tag::ALL {
        let records = reader.records(tag).await?;
        write_list(out, tag.as_str(), &records, write_record)?;
        out.write_all(b",\n")?;
        count += records.len() as u64;
        if tag == Tag::Org {
            orgs.extend(records.iter().map(AnyRecord::id));
        }
        progress.step("writing records", count, None);
    }
    let people = reader.people().await?;
    write_people(out, &people)?;
    write_desk(out, &mut reader).await?;
    write_webhooks(out, &reader.webhooks(None).await?, &orgs)?;
    write_blobs(out, &mut reader).await?;
    write_logos(out, &reader.logo_rows().await?)?;
    out.write_all(b"\n}\n")?;
    out.flush()?;
    Ok(count)
}

/// Writes `"key": [`, one line for each entry, and `]`.
fn write_list<T>(
    out: &mut (dyn Write + Send),
    key: &str,
    entries: &[T],
    entry: impl Fn(&T, &mut String),
) -> io::Result<()> {
    write!(out, "\"{key}\": [")?;
    let mut line = String::new();
    for (n, value) in entries.iter().enumerate() {
        line.clear();
        line.push_str(if n > 0 { ",\n" } else { "\n" });
        entry(value, &mut line);
        out.write_all(line.as_bytes())?;
    }
    out.write_all(if entries.is_empty() { b"]" } else { b"\n]" })
}

fn write_record(record: &AnyRecord, line: &mut String) {
    let mut object = ObjectWriter::new(line);
    for (position, field) in record.tag().table().stored() {
        let line = object.key(field.name);
        let value = record.get(position);
        if let Value::Time(time) = value {
            write_time(time, line);
        } else {
            field.write_json(&value, line);
        }
    }
    object.end();
}

/// As the API writes times, with microseconds where there are some.
pub(super) fn write_time(time: Time, line: &mut String) {
    line.push('"');
    time.write(line);
    let micros = time.0.rem_euclid(Time::SECOND);
    if micros != 0 {
        line.pop();
        let _ = write!(line, ".{micros:06}Z");
    }
    line.push('"');
}

/// Writes an object key by key.
pub(super) struct ObjectWriter<'a> {
    line: &'a mut String,
    first: bool,
}

impl<'a> ObjectWriter<'a> {
    pub(super) fn new(line: &'a mut String) -> ObjectWriter<'a> {
        line.push('{');
        ObjectWriter { line, first: true }
    }

    /// Writes a key; its value is to be appended to what this gives.
    pub(super) fn key(&mut self, key: &str) -> &mut String {
        self.line.push_str(if self.first { "" } else { ", " });
        self.first = false;
        write_text(key, self.line);
        self.line.push_str(": ");
        self.line
    }

    pub(super) fn text(&mut self, key: &str, value: &str) {
        write_text(value, self.key(key));
    }

    pub(super) fn optional_text(&mut self, key: &str, value: Option<&str>) {
        match value {
            Some(value) => self.text(key, value),
            None => self.plain(key, "null"),
        }
    }

    /// A number or boolean.
    pub(super) fn plain(&mut self, key: &str, value: impl fmt::Display) {
        let _ = write!(self.key(key), "{value}");
    }

    pub(super) fn optional_plain(&mut self, key: &str, value: Option<impl fmt::Display>) {
        match value {
            Some(value) => self.plain(key, value),
            None => self.plain(key, "null"),
        }
    }

    pub(super) fn end(self) {
        self.line.push('}');
    }
}

fn hash_of(secret: &Secret) -> Option<&str> {
    match secret {
        Secret::Hash(hash) => Some(hash),
        // The store never gives one.
        Secret::Plain(_) => None,
    }
}

fn write_people(out: &mut (dyn Write + Send), people: &People) -> io::Result<()> {
    write_list(out, "users", &people.users, write_user)?;
    out.write_all(b",\n")?;
    write_list(out, "user_api_keys", &people.user_keys, write_user_key)?;
    out.write_all(b",\n")?;
    write_list(out, "org_api_keys", &people.org_keys, write_org_key)?;
    out.write_all(b",\n\"permissions\": {\n")?;
    write_list(out, "group", &people.group_rows, |(group, grant), line| {
        let mut object = ObjectWriter::new(line);
        object.text("group", group.as_str());
        write_grant(grant, object);
    })?;
    for (key, rows) in [
        ("org_member_group_template", &people.member_template),
        ("org_admin_group_template", &people.admin_template),
    ] {
        out.write_all(b",\n")?;
        write_list(out, key, rows, |grant, line| write_grant(grant, ObjectWriter::new(line)))?;
    }
    out.write_all(b",\n")?;
    write_list(out, "user", &people.user_rows, |(user, grant), line| {
        let mut object = ObjectWriter::new(line);
        object.plain("user_id", user);
        write_grant(grant, object);
    })?;
    out.write_all(b"\n},\n")?;
    write_list(out, "verification_queue", &people.queue, write_queue_item)
}

pub(super) fn write_text_list(texts: &[String], line: &mut String) {
    line.push('[');
    for (n, text) in texts.iter().enumerate() {
        line.push_str(if n > 0 { ", " } else { "" });
        write_text(text, line);
    }
    line.push(']');
}

fn write_ids(ids: &[u32], line: &mut String) {
    line.push('[');
    for (n, id) in ids.iter().enumerate() {
        let _ = write!(line, "{}{id}", if n > 0 { ", " } else { "" });
    }
    line.push(']');
}

fn write_user(user: &User, line: &mut String) {
    let mut object = ObjectWriter::new(line);
    object.plain("id", user.id);
    object.text("username", &user.username);
    object.optional_text("password_hash", user.password.as_ref().and_then(hash_of));
    object.optional_text("email", user.email.as_deref());
    object.plain("email_verified", user.email_verified);
    object.text("first_name", &user.first_name);
    object.text("last_name", &user.last_name);
    object.text("status", &user.status);
    object.plain("is_active", user.is_active);
    object.plain("is_staff", user.is_staff);
    object.plain("is_superuser", user.is_superuser);
    object.text("locale", &user.locale);
    object.plain("verified", user.verified);
    write_ids(&user.admin_of_orgs, object.key("admin_of_orgs"));
    write_ids(&user.member_of_orgs, object.key("member_of_orgs"));
    write_optional_time("created", user.created, &mut object);
    object.end();
}

fn write_key(state: &KeyState, object: &mut ObjectWriter<'_>) {
    object.optional_text("key_hash", hash_of(&state.key));
    object.text("prefix", &state.prefix);
    object.text("name", &state.name);
    object.text("status", if state.active { "active" } else { "inactive" });
    object.plain("revoked", state.revoked);
    write_optional_time("expires", state.expires, object);
    write_optional_time("created", state.created, object);
}

pub(super) fn write_optional_time(key: &str, time: Option<Time>, object: &mut ObjectWriter<'_>) {
    match time {
        Some(time) => write_time(time, object.key(key)),
        None => object.plain(key, "null"),
    }
}

fn write_user_key(key: &UserKey, line: &mut String) {
    let mut object = ObjectWriter::new(line);
    write_key(&key.state, &mut object);
    object.plain("user_id", key.user_id);
    object.plain("readonly", key.readonly);
    object.end();
}

fn write_org_key(key: &OrgKey, line: &mut String) {
    let mut object = ObjectWriter::new(line);
    write_key(&key.state, &mut object);
    object.plain("org_id", key.org_id);
    object.text("email", &key.email);
    let line = object.key("permissions");
    line.push('[');
    for (n, grant) in key.rows.iter().enumerate() {
        line.push_str(if n > 0 { ", " } else { "" });
        write_grant(grant, ObjectWriter::new(line));
    }
    line.push(']');
    object.end();
}

fn write_grant(grant: &Grant, mut object: ObjectWriter<'_>) {
    object.text("namespace", &grant.namespace);
    object.plain("permission", grant.permission);
    object.end();
}

fn write_queue_item(item: &QueueItem, line: &mut String) {
    let mut object = ObjectWriter::new(line);
    object.text("type", item.tag.as_str());
    object.plain("object_id", item.object_id);
    object.optional_plain("user_id", item.user_id);
    object.optional_text("org_key", item.org_key.as_deref());
    write_optional_time("created", item.created, &mut object);
    object.end();
}

/// Mail that has not left and open tickets; each is left out where there is none.
async fn write_desk(out: &mut (dyn Write + Send), reader: &mut Reader) -> Result<(), WriteError> {
    let (mails, tickets) = (reader.unsent_mails().await?, reader.tickets(false).await?);
    if !mails.is_empty() {
        out.write_all(b",\n")?;
        write_list(out, "mails", &mails, desk::write_mail)?;
    }
    if !tickets.is_empty() {
        out.write_all(b",\n")?;
        write_list(out, "tickets", &tickets, desk::write_ticket)?;
    }
    Ok(())
}

/// Left out where there are none. One whose organization is gone is nobody's any more, and nobody is told through it.
fn write_webhooks(out: &mut (dyn Write + Send), webhooks: &[Webhook], orgs: &HashSet<u32>) -> io::Result<()> {
    let kept: Vec<&Webhook> = webhooks.iter().filter(|webhook| orgs.contains(&webhook.org_id)).collect();
    if kept.is_empty() {
        return Ok(());
    }
    out.write_all(b",\n")?;
    write_list(out, "webhooks", &kept, |kept, line| webhook::write_webhook(kept, line))
}

/// Files are left out where there are none; one at a time, since they may be large.
async fn write_blobs(out: &mut (dyn Write + Send), reader: &mut Reader) -> Result<(), WriteError> {
    let names = reader.blob_names().await?;
    if names.is_empty() {
        return Ok(());
    }
    out.write_all(b",\n\"blobs\": [")?;
    for (n, name) in names.iter().enumerate() {
        // The reader sees one moment: what it lists is there.
        let Some(blob) = reader.get_blob(name).await? else { continue };
        let mut line = String::from(if n > 0 { ",\n" } else { "\n" });
        write_blob(&blob, &mut line);
        out.write_all(line.as_bytes())?;
    }
    out.write_all(b"\n]")?;
    Ok(())
}

fn write_blob(blob: &Blob, line: &mut String) {
    let mut object = ObjectWriter::new(line);
    object.text("sha256", &blob.name());
    object.text("media_type", &blob.media_type);
    write_time(blob.created, object.key("created"));
    object.text("data", &STANDARD.encode(&blob.bytes));
    object.end();
}

/// Like files, left out where there are none.
fn write_logos(out: &mut (dyn Write + Send), logos: &[LogoRow]) -> io::Result<()> {
    if logos.is_empty() {
        return Ok(());
    }
    out.write_all(b",\n")?;
    write_list(out, "logos", logos, |logo, line| {
        let mut object = ObjectWriter::new(line);
        object.text("type", logo.tag.as_str());
        object.plain("object_id", logo.object_id);
        object.text("name", &logo.name);
        object.text("uploaded", &hex(&logo.uploaded));
        object.text("shown", &hex(&logo.shown));
        object.end();
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_their_microseconds() {
        for (micros, text) in [
            (0, "\"1970-01-01T00:00:00Z\""),
            (1_500_000, "\"1970-01-01T00:00:01.500000Z\""),
            (-1, "\"1969-12-31T23:59:59.999999Z\""),
        ] {
            let mut line = String::new();
            write_time(Time(micros), &mut line);
            assert_eq!(line, text);
            assert_eq!(Time::parse(line.trim_matches('"')), Ok(Time(micros)));
        }
    }
}
