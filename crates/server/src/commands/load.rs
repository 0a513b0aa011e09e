//! `peeringd load`: records, people and keys from files into a new database.

use std::path::PathBuf;

use app::backup::{self, LoadError, Oddity, Options, Summary};
use app::clock::Clock;
use model::Tag;
use store::{Mode, Store};

use super::salts;
use crate::clock::SystemClock;
use crate::failure::{Done, End, Failure, plain};
use crate::output;
use crate::progress::Meter;
use crate::settings::Settings;

/// Loads the files, all of them or none. They are read to their end before the database is opened: files that are
/// refused make no database and touch none.
pub(crate) async fn run(settings: &Settings, files: &[PathBuf]) -> Done {
    let options = Options {
        allow_plaintext_secrets: settings.allow_plaintext_secrets,
        skip_orphans: settings.skip_orphans,
    };
    let meter = Meter::start();
    let prepared = backup::read(files, options, &mut salts()?, &meter).map_err(|error| failed(&error))?;
    if prepared.summary().is_empty() {
        drop(meter);
        output::print(&told(prepared.summary(), "no database, since nothing is left"))?;
        return Ok(End::Finding);
    }
    let store = Store::open(&settings.database, Mode::Create).await.map_err(|error| Failure::told(&error))?;
    let written = backup::write(&store, prepared, SystemClock.now(), &meter).await;
    drop(meter);
    let place = store.place().to_owned();
    store.close().await;
    let summary = written.map_err(|error| failed(&error))?;
    output::print(&told(&summary, &place))?;
    Ok(End::Fine)
}

fn failed(error: &LoadError) -> Failure {
    if let LoadError::Read { file, source } = error {
        let cause = format!("cannot be read, {}", plain(source));
        return Failure::new(file, cause, "give a file that is there and readable");
    }
    Failure::told(error)
}

fn told(summary: &Summary, place: &str) -> String {
    let records = summary.total();
    let mut lines = vec![format!(
        "loaded {} {}, {} {} and {} {} into {place}",
        grouped(records),
        plural(records, "record"),
        grouped(summary.users),
        plural(summary.users, "account"),
        grouped(summary.keys),
        plural(summary.keys, "key"),
    )];
    let skipped = by_type(&summary.skipped);
    if !skipped.is_empty() {
        lines.push(format!("left out because a parent is missing: {skipped}"));
    }
    if summary.skipped_people > 0 {
        lines.push(format!(
            "left out because what they belong to is missing: {} memberships, keys, permissions, \
             approvals, logos or webhooks",
            grouped(summary.skipped_people)
        ));
    }
    if summary.detached > 0 {
        lines.push(format!(
            "references cleared because what they name is missing: {}",
            grouped(summary.detached)
        ));
    }
    for (what, count) in [
        ("counters corrected to what the records say", summary.counters),
        ("ports given the AS number of their network", summary.asns),
    ] {
        if count > 0 {
            lines.push(format!("{what}: {}", grouped(count)));
        }
    }
    for (key, count) in &summary.ignored {
        lines.push(format!("ignored because no such field is known: {key} ({})", grouped(*count)));
    }
    for Oddity { rule, count, first } in &summary.odd {
        let more = if *count > first.len() as u64 { ", …" } else { "" };
        lines.push(format!(
            "loaded as they are, and told by `peeringd check`, since {rule}: {} {} ({}{more})",
            grouped(*count),
            plural(*count, "record"),
            first.join(", ")
        ));
    }
    if summary.mails > 0 {
        lines.push(format!(
            "mails held, since they may have been sent meanwhile: {}; look with `peeringd mail list --state held`",
            grouped(summary.mails)
        ));
    }
    if summary.webhooks > 0 {
        lines.push(format!(
            "webhooks: {}; their secrets are encrypted: serve them with the master key file of the directory that they \
             come from, see `--master-key-file`",
            grouped(summary.webhooks)
        ));
    }
    if summary.default_permissions {
        lines.push("the files hold no permissions; the usual ones were installed".to_owned());
    }
    lines.push(String::new());
    lines.join("\n")
}

fn by_type(counts: &[u64; 13]) -> String {
    let present = Tag::ALL.into_iter().zip(counts).filter(|(_, count)| **count > 0);
    present.map(|(tag, count)| format!("{} {tag}", grouped(*count))).collect::<Vec<_>>().join(", ")
}

/// A word, in the plural unless there is one.
pub(super) fn plural(count: u64, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

/// A number with a blank between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1 000"), (1_234_567, "1 234 567")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn a_summary_tells_what_was_left_out() {
        let mut summary = Summary { users: 1, keys: 2, ..Summary::default() };
        summary.records[0] = 1200;
        assert_eq!(told(&summary, "sqlite:x"), "loaded 1 200 records, 1 account and 2 keys into sqlite:x\n");
        summary.skipped[0] = 3;
        summary.detached = 1;
        summary.skipped_people = 4;
        summary.ignored = vec![("net.colour".to_owned(), 5)];
        summary.default_permissions = true;
        summary.counters = 1200;
        summary.asns = 1;
        summary.webhooks = 2;
        let rule = "an exchange has one LAN with its id";
        let first = vec!["ix 4 has no LAN".to_owned(), "ix 5 has no LAN".to_owned()];
        summary.odd =
            vec![Oddity { rule, count: 1200, first: first.clone() }, Oddity { rule, count: 2, first }];
        let told = told(&summary, "sqlite:x");
        assert_eq!(told.lines().count(), 11);
        let line =
            "loaded as they are, and told by `peeringd check`, since an exchange has one LAN with its id: ";
        let named = "ix 4 has no LAN, ix 5 has no LAN";
        assert!(
            told.contains(&format!("\n{line}1 200 records ({named}, …)\n{line}2 records ({named})\n")),
            "{told}"
        );
        assert!(
            told.contains("\nwebhooks: 2; their secrets are encrypted: serve them with the master key file")
        );
        assert!(told.contains("\ncounters corrected to what the records say: 1 200\n"), "{told}");
    }
}
