//! `peeringd load`: records, people and keys from files into a new database.

use std::fs;
use std::path::{Path, PathBuf};

use app::backup::load::Salts;
use app::backup::{self, LoadError, Options, Summary};
use app::clock::Clock;
use model::Tag;
use store::{DatabaseUrl, Mode, Store};

use super::salts;
use crate::clock::SystemClock;
use crate::failure::{Done, End, Failure, plain};
use crate::output;
use crate::progress::Meter;
use crate::settings::Settings;

/// Loads the files, all of them or none.
pub(crate) async fn run(settings: &Settings, files: &[PathBuf]) -> Done {
    let made = will_be_made(&settings.database);
    let store = Store::open(&settings.database, Mode::Create).await.map_err(|error| Failure::told(&error))?;
    let loaded = load(&store, settings, files, &mut salts()?).await;
    let place = store.place().to_owned();
    store.close().await;
    match loaded {
        Ok(summary) => {
            output::print(&told(&summary, &place))?;
            Ok(End::Fine)
        }
        Err(error) => {
            if let Some(path) = made.filter(|_| is_about_files(&error)) {
                remove_database(path);
            }
            Err(failed(&error).into())
        }
    }
}

async fn load(
    store: &Store,
    settings: &Settings,
    files: &[PathBuf],
    salts: Salts<'_>,
) -> Result<Summary, LoadError> {
    let options = Options {
        allow_plaintext_secrets: settings.allow_plaintext_secrets,
        skip_orphans: settings.skip_orphans,
    };
    let meter = Meter::start();
    backup::load(store, files, options, SystemClock.now(), salts, &meter).await
}

fn failed(error: &LoadError) -> Failure {
    if let LoadError::Read { file, source } = error {
        let cause = format!("cannot be read, {}", plain(source));
        return Failure::new(file, cause, "give a file that is there and readable");
    }
    Failure::told(error)
}

/// The file that opening the database is about to make.
fn will_be_made(database: &DatabaseUrl) -> Option<&Path> {
    match database {
        DatabaseUrl::Sqlite(path) if !path.exists() => Some(path),
        DatabaseUrl::Sqlite(_) | DatabaseUrl::Postgres(_) => None,
    }
}

/// Whether an error tells of the files alone. Then the database is as empty as it was made, unlike after errors of
/// the database, which may mean that somebody else filled it.
fn is_about_files(error: &LoadError) -> bool {
    !matches!(error, LoadError::NotEmpty { .. } | LoadError::Store(_))
}

/// Removes a SQLite database with the files beside it.
pub(super) fn remove_database(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        // What is not there is what was wanted; what cannot be removed is empty and does no harm.
        let _ = fs::remove_file(name);
    }
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
            "left out because what they belong to is missing: {} memberships, keys, permissions or approvals",
            grouped(summary.skipped_people)
        ));
    }
    if summary.detached > 0 {
        lines.push(format!(
            "references cleared because what they name is missing: {}",
            grouped(summary.detached)
        ));
    }
    for (key, count) in &summary.ignored {
        lines.push(format!("ignored because no such field is known: {key} ({})", grouped(*count)));
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
        assert_eq!(told(&summary, "sqlite:x").lines().count(), 6);
    }
}
