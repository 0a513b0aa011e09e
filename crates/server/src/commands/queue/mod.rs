//! `peeringd queue …`: looks at records that wait for approval, and decides about them.
//!
//! A server that runs beside these commands follows what they commit.

mod told;

use std::path::PathBuf;
use std::sync::Arc;

use app::App;
use app::clock::Clock;
use app::locate::OfflineLocator;
use app::outside::Offline;
use app::principals::Identity;
use app::queue::{self, Waiting};
use app::write::{Origin, Request, WriteError, Writing};
use model::{Tag, Time};
use rules::Command;
use store::Store;

use crate::clock::SystemClock;
use crate::failure::{Done, End, Failure};
use crate::output;
use crate::random::SystemRandom;
use crate::settings::Settings;

const DAY: i64 = 86_400 * Time::SECOND;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// Tells what waits.
    List,
    /// Shows one record.
    Show,
    /// Publishes one record.
    Approve,
    /// Removes one record.
    Deny,
    /// Deletes what has waited for too long.
    Expire,
}

/// Does one of them; the words of the command line name a record, where one is needed.
pub(crate) async fn run(settings: &Settings, work: Work, words: &[PathBuf]) -> Done {
    // Before the database is opened: a slip of the hand is told at once.
    let named = match work {
        Work::List | Work::Expire => None,
        Work::Show | Work::Approve | Work::Deny => Some(record(words)?),
    };
    let store = super::open(settings).await?;
    let done = match (work, named) {
        (Work::Show, Some(named)) => show(settings, &store, named).await,
        (Work::Approve, Some((tag, id))) => {
            let command = Command::Approve { tag, id, owner: settings.owner };
            decide(settings, &store, (tag, id), command, "approved").await
        }
        (Work::Deny, Some((tag, id))) => {
            let command = Command::Deny { tag, id, reason: settings.reason.clone() };
            decide(settings, &store, (tag, id), command, "denied").await
        }
        (Work::Expire, _) => expire(settings, &store).await,
        (Work::List | Work::Show | Work::Approve | Work::Deny, _) => list(settings, &store).await,
    };
    store.close().await;
    done
}

/// `fac 17`, `fac:17` or `fac-17`.
fn record(words: &[PathBuf]) -> Result<(Tag, u32), Failure> {
    let line = words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let parts = line.split_once([' ', ':', '-']);
    let parsed = parts.and_then(|(tag, id)| Some((tag.parse().ok()?, id.trim().parse().ok()?)));
    parsed.ok_or_else(|| Failure::new(line, "names no record", "give type and id, such as fac 17 or fac:17"))
}

async fn list(settings: &Settings, store: &Store) -> Done {
    let waiting = queue::waiting(store).await.map_err(|error| Failure::told(&error))?;
    output::print(&told::list(&waiting, settings.json))?;
    Ok(End::Fine)
}

async fn show(settings: &Settings, store: &Store, (tag, id): (Tag, u32)) -> Done {
    let waiting = queue::waiting(store).await.map_err(|error| Failure::told(&error))?;
    let found = waiting.iter().find(|waiting| (waiting.record.tag(), waiting.record.id()) == (tag, id));
    let found = found.ok_or_else(|| not_waiting((tag, id)))?;
    output::print(&told::one(found, settings.json))?;
    Ok(End::Fine)
}

fn not_waiting((tag, id): (Tag, u32)) -> Failure {
    Failure::new(format!("{tag} {id}"), "does not wait for approval", "see `peeringd queue list`")
}

/// The directory in a database, for changes that ask nobody outside.
async fn open_app(settings: &Settings, store: &Store) -> Result<Arc<App>, Failure> {
    let public_url = super::jobs::public_url(settings);
    let writing = Writing {
        store: store.clone(),
        outside: Arc::new(Offline),
        random: Arc::new(SystemRandom::start()?),
        policy: super::serve::policy(settings, &public_url),
    };
    let decided = app::Settings::at(&public_url);
    let opened = App::open(store, Arc::new(OfflineLocator), Arc::new(SystemClock), decided).await;
    opened.map(|app| Arc::new(app.with_writing(writing))).map_err(|error| Failure::told(&error))
}

/// Carries a command out in the operator's name.
async fn execute(app: &Arc<App>, command: Command) -> Result<u64, WriteError> {
    let request = Request { command, identity: Identity::operator(), origin: Origin::Cli, address: None };
    app.execute(request).await.map(|done| done.seq)
}

async fn decide(
    settings: &Settings,
    store: &Store,
    (tag, id): (Tag, u32),
    command: Command,
    decision: &str,
) -> Done {
    let app = open_app(settings, store).await?;
    match execute(&app, command).await {
        Ok(seq) => {
            output::print(&told::decision((tag, id), decision, seq, settings.json))?;
            Ok(End::Fine)
        }
        Err(error) => Err(told::failure((tag, id), &error).into()),
    }
}

/// Tells what has waited for longer than it should, and deletes it when told to.
async fn expire(settings: &Settings, store: &Store) -> Done {
    let oldest = Time(SystemClock.now().0 - i64::from(settings.days) * DAY);
    let waiting = queue::waiting(store).await.map_err(|error| Failure::told(&error))?;
    let old: Vec<Waiting> = waiting.into_iter().filter(|waiting| waiting.since < oldest).collect();
    if !settings.commit || old.is_empty() {
        output::print(&told::expiring(&old, settings.days, settings.json))?;
        return Ok(End::Fine);
    }
    let app = open_app(settings, store).await?;
    let mut end = End::Fine;
    for waiting in &old {
        let (tag, id) = (waiting.record.tag(), waiting.record.id());
        match execute(&app, Command::Expire { tag, id }).await {
            Ok(seq) => output::print(&told::decision((tag, id), "expired", seq, settings.json))?,
            Err(WriteError::Rejected(rejection)) => {
                end = End::Finding;
                output::say(&told::failure((tag, id), &WriteError::Rejected(rejection)).to_string());
            }
            Err(error) => return Err(told::failure((tag, id), &error).into()),
        }
    }
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_named_in_three_ways() {
        let read = |line: &str| {
            let words: Vec<PathBuf> = line.split(' ').map(PathBuf::from).collect();
            record(&words).map_err(|failure| failure.to_string())
        };
        for line in ["fac 17", "fac:17", "fac-17"] {
            assert_eq!(read(line), Ok((Tag::Fac, 17)), "{line}");
        }
        for line in ["fac", "17", "fac x", "building 17", "fac -1", "fac 17 18"] {
            let told = format!("{line}: names no record: give type and id, such as fac 17 or fac:17");
            assert_eq!(read(line), Err(told));
        }
    }
}
