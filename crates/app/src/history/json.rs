//! Entries as JSON.

use std::fmt::Write;

use model::Time;
use model::json::write_text;
use store::change::Actor;

use super::Entry;

/// Whether the addresses of clients are told: to the operator, and to nobody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addresses {
    /// They are.
    Told,
    /// They are not.
    Kept,
}

impl Entry {
    /// Appends the entry as an object.
    pub fn write_json(&self, addresses: Addresses, out: &mut String) {
        let _ = write!(out, "{{\"seq\": {}, \"at\": ", self.place.seq);
        write_time(self.at, out);
        let _ = write!(out, ", \"action\": \"{}\", \"origin\": \"{}\"", self.action, self.origin);
        let _ = write!(out, ", \"tag\": \"{}\", \"id\": {}, \"actor\": ", self.tag, self.id);
        match &self.actor {
            Some(actor) => write_actor(actor, addresses, out),
            None => out.push_str("null"),
        }
        out.push_str(", \"changes\": ");
        write_object(out, &self.changes, |change, out| {
            let value = |value: &'_ Option<String>| value.clone().unwrap_or_else(|| "null".to_owned());
            write_key(change.field, out);
            let _ = write!(out, "[{}, {}]", value(&change.before), value(&change.after));
        });
        if let Some(fields) = &self.record {
            out.push_str(", \"record\": ");
            write_object(out, fields, |(name, value), out| {
                write_key(name, out);
                out.push_str(value);
            });
        }
        out.push('}');
    }
}

/// Appends a time as a JSON text.
pub fn write_time(time: Time, out: &mut String) {
    out.push('"');
    time.write(out);
    out.push('"');
}

fn write_actor(actor: &Actor, addresses: Addresses, out: &mut String) {
    let _ = write!(out, "{{\"kind\": \"{}\", \"id\": ", actor.kind);
    match actor.id {
        Some(id) => out.push_str(&id.to_string()),
        None => out.push_str("null"),
    }
    write_personal("name", actor.name.as_deref(), out);
    if addresses == Addresses::Told {
        write_personal("address", actor.address.as_deref(), out);
    }
    out.push('}');
}

fn write_personal(key: &str, value: Option<&str>, out: &mut String) {
    out.push_str(", ");
    write_key(key, out);
    match value {
        Some(value) => write_text(value, out),
        None => out.push_str("null"),
    }
}

fn write_key(key: &str, out: &mut String) {
    write_text(key, out);
    out.push_str(": ");
}

fn write_object<T>(out: &mut String, items: &[T], write: impl Fn(&T, &mut String)) {
    out.push('{');
    for (n, item) in items.iter().enumerate() {
        out.push_str(if n > 0 { ", " } else { "" });
        write(item, out);
    }
    out.push('}');
}
