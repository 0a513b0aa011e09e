//! Checking a database: what it holds is compared with what its log says, and with what has to hold.
//!
//! References, unique values and derived columns are computed here once more, by other means than those that wrote
//! them.

mod files;
mod log;
mod people;
mod relations;
mod webhooks;
mod world;

use std::collections::BTreeMap;
use std::fmt;

use model::{Tag, collate};
use store::schema::has_name_key;
use store::{Reader, Store};

use super::Progress;
use world::World;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The store contradicts itself: restore a backup, or report a fault of the program.
    Error,
    /// The data is odd, as old data may be.
    Note,
}

/// Something that should not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The record and the rule that it breaks.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Note => "note",
        };
        write!(f, "{word}: {}", self.text)
    }
}

/// Findings about one rule that are told one by one; a broken rule may break for every record.
const MOST: u64 = 100;

/// Collects findings.
#[derive(Default)]
struct Findings {
    list: Vec<Finding>,
    /// Findings by rule, told or not.
    counts: BTreeMap<(Severity, &'static str), u64>,
}

impl Findings {
    fn add(&mut self, severity: Severity, rule: &'static str, text: impl FnOnce() -> String) {
        let count = self.counts.entry((severity, rule)).or_default();
        *count += 1;
        if *count <= MOST {
            self.list.push(Finding { severity, text: text() });
        }
    }

    fn error(&mut self, rule: &'static str, text: impl FnOnce() -> String) {
        self.add(Severity::Error, rule, text);
    }

    fn note(&mut self, rule: &'static str, text: impl FnOnce() -> String) {
        self.add(Severity::Note, rule, text);
    }

    fn finish(mut self) -> Vec<Finding> {
        for ((severity, rule), count) in self.counts {
            if count > MOST {
                let text = format!("{} more of the rule: {rule}", count - MOST);
                self.list.push(Finding { severity, text });
            }
        }
        self.list.sort_by_key(|finding| finding.severity);
        self.list
    }
}

/// Checks a database; errors come first.
///
/// # Errors
/// When the database cannot be read. What it holds being wrong is a finding.
pub async fn check(store: &Store, progress: &dyn Progress) -> Result<Vec<Finding>, store::Error> {
    let mut findings = Findings::default();
    let mut reader = store.reader().await?;
    progress.step("checking the file", 0, None);
    for complaint in reader.complaints().await? {
        findings.error("the file is intact", || complaint);
    }
    match check_contents(&mut reader, &mut findings, progress).await {
        Ok(()) => {}
        // Nothing behind an unreadable value can be compared.
        Err(error @ store::Error::Corrupt { .. }) => {
            findings.error("values fit their columns", || error.to_string());
        }
        Err(error) => return Err(error),
    }
    Ok(findings.finish())
}

async fn check_contents(
    reader: &mut Reader,
    findings: &mut Findings,
    progress: &dyn Progress,
) -> Result<(), store::Error> {
    for gap in reader.gaps().await? {
        findings.error("changes are numbered without gaps", || format!("change {gap} is missing in the log"));
    }
    let mut world = World::default();
    let mut done = 0;
    for tag in Tag::ALL {
        let records = reader.records(tag).await?;
        done += records.len() as u64;
        progress.step("checking records", done, None);
        log::compare(&records, &reader.newest(tag).await?, findings);
        world.add(tag, records);
    }
    check_name_keys(reader, &world, findings).await?;
    progress.step("checking relations", 0, None);
    relations::check(&world, findings);
    files::check(reader, &world, findings).await?;
    webhooks::check(&reader.webhooks(None).await?, &world, findings);
    let everybody = reader.people().await?;
    people::check(&everybody, &reader.email_keys().await?.into_iter().collect(), findings);
    for item in &everybody.queue {
        if world.get(item.tag, item.object_id).is_none() {
            findings.error("the queue holds records", || {
                format!("verification queue: {} {} is not there", item.tag, item.object_id)
            });
        }
    }
    Ok(())
}

async fn check_name_keys(
    reader: &mut Reader,
    world: &World,
    findings: &mut Findings,
) -> Result<(), store::Error> {
    let version = reader.name_key_version().await?;
    let known = collate::KEY_VERSION.to_string();
    if version.as_deref() != Some(&*known) {
        findings.error("keys of names are of this program's version", || {
            format!("keys of names have version {}, not {known}", version.unwrap_or_default())
        });
    }
    for tag in Tag::ALL.into_iter().filter(|tag| has_name_key(*tag)) {
        for (id, stored) in reader.name_keys(tag).await? {
            let name = world.get(tag, id).map(|record| record.value("name"));
            let key = name.as_ref().and_then(|name| name.as_text()).map(collate::key);
            if key.as_deref() != Some(&*stored) {
                findings.error("keys of names fit the names", || {
                    format!("{tag} {id}: the stored key of its name is not that of its name")
                });
            }
        }
    }
    Ok(())
}
