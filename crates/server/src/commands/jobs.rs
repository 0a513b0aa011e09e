//! `peeringd jobs`: work on a schedule; and which jobs there are.

use std::path::PathBuf;
use std::sync::Arc;

use ::jobs::job::Job;
use ::jobs::mail::{Outbox, Sender};
use ::jobs::purge::PurgeContacts;
use ::jobs::retention::Forget;
use ::jobs::runner::{AtOnce, Runner};
use app::clock::Clock;
use app::random::Random;
use model::Time;
use rules::Policy;
use serde_json::{Value as Json, json};
use store::Store;
use store::job::{JobState, Outcome};

use crate::clock::SystemClock;
use crate::failure::{Done, End, Failure};
use crate::options::MAIL_FROM;
use crate::output;
use crate::random::SystemRandom;
use crate::settings::{Settings, local_url, mail_host};

/// What the operator decided about the support; everything else at its default.
pub(super) fn policy(settings: &Settings, public_url: &str) -> Policy {
    let standard = Policy::default();
    Policy {
        // Messages name the address of the support where there is one of its own.
        support: settings.support.clone().unwrap_or(standard.support),
        desk: desk(settings, public_url),
        ..Policy::default()
    }
}

/// Where tickets go.
fn desk(settings: &Settings, public_url: &str) -> String {
    settings.support.clone().unwrap_or_else(|| format!("support@{}", mail_host(public_url)))
}

/// A runner with all jobs of the program.
pub(super) fn runner(settings: &Settings, store: &Store, public_url: &str) -> Result<Runner, Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let random: Arc<dyn Random> = Arc::new(SystemRandom::start()?);
    let runner = Runner::new(store.clone(), Arc::clone(&clock), Arc::clone(&random))
        .with(PurgeContacts::new(store.clone(), Arc::clone(&clock), random))
        .with(Forget::new(store.clone(), Arc::clone(&clock)));
    let Some(server) = settings.smtp.clone() else { return Ok(runner) };
    let from = settings.mail_from.clone().unwrap_or_else(|| desk(settings, public_url));
    let sender = Sender::new(&from, &mail_host(public_url))
        .map_err(|error| Failure::new(&from, error, MAIL_FROM.remedy))?;
    Ok(runner.with(Outbox::new(store.clone(), clock, server, sender)))
}

/// The URL that mail is sent in the name of.
pub(super) fn public_url(settings: &Settings) -> String {
    settings.public_url.clone().unwrap_or_else(|| local_url(settings.listen))
}

/// Lists the jobs.
pub(super) async fn list(settings: &Settings) -> Done {
    let store = super::open(settings).await?;
    let runner = runner(settings, &store, &public_url(settings))?;
    let known = async { store.reader().await?.jobs().await }.await;
    store.close().await;
    let known = known.map_err(|error| Failure::told(&error))?;
    let about = |state: &JobState| {
        let job = runner.jobs().find(|job| job.name() == state.name);
        job.map_or("is run by servers with other options", Job::about)
    };
    if settings.json {
        let jobs: Vec<Json> = known.iter().map(|state| as_json(state, about(state))).collect();
        output::print(&format!("{:#}\n", Json::Array(jobs)))?;
        return Ok(End::Fine);
    }
    if known.is_empty() {
        output::print("no server has run a job on this database yet\n")?;
    }
    for state in &known {
        output::print(&told(state, about(state)))?;
    }
    Ok(End::Fine)
}

fn as_json(state: &JobState, about: &str) -> Json {
    let JobState { name, due, lease, last } = state;
    let last = last.as_ref().map(|run| {
        json!({
            "id": run.id,
            "holder": run.holder,
            "started": run.started.to_string(),
            "ended": run.ended.map(|(at, _)| at.to_string()),
            "outcome": run.ended.map(|(_, outcome)| outcome.as_str()),
            "message": run.message,
        })
    });
    let lease = lease.as_ref().map(|(holder, until)| json!({ "holder": holder, "until": until.to_string() }));
    json!({ "name": name, "about": about, "due": due.to_string(), "lease": lease, "last": last })
}

fn told(state: &JobState, about: &str) -> String {
    let mut text = format!("{:<16} {about}\n", state.name);
    match &state.lease {
        Some((holder, until)) => {
            text.push_str(&format!("  run by {holder}, which is believed until {until}\n"));
        }
        None => text.push_str(&format!("  due {}\n", state.due)),
    }
    let Some(run) = &state.last else { return text };
    let line = match run.ended {
        None => format!("  began {}", run.started),
        Some((ended, outcome)) => format!("  {outcome} {ended} after {}", seconds(run.started, ended)),
    };
    text.push_str(&line);
    if !run.message.is_empty() {
        text.push_str(&format!(": {}", run.message));
    }
    text.push('\n');
    text
}

fn seconds(from: Time, to: Time) -> String {
    let millis = (to.0 - from.0).max(0) / 1000;
    format!("{}.{:03} s", millis / 1000, millis % 1000)
}

/// Runs a job, due or not.
pub(super) async fn run(settings: &Settings, names: &[PathBuf]) -> Done {
    let name = names.first().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let store = super::open(settings).await?;
    let runner = runner(settings, &store, &public_url(settings))?;
    let names: Vec<&str> = runner.jobs().map(Job::name).collect();
    let remedy = match name.as_str() {
        "mail" => "give --smtp, which names the server that delivers it".to_owned(),
        _ => format!("name one of {}", names.join(", ")),
    };
    let ran = runner.run_now(&name).await;
    store.close().await;
    match ran.map_err(|error| Failure::told(&error))? {
        AtOnce::Unknown => Err(Failure::new(&name, "there is no such job", remedy).into()),
        AtOnce::Busy { holder, until } => {
            let cause = format!("another process runs it, {holder}, and is believed until {until}");
            Err(Failure::new(&name, cause, "wait for its end").into())
        }
        AtOnce::Ended(ended) => {
            let message = if ended.message.is_empty() { "nothing to do" } else { &ended.message };
            output::print(&format!("{name}: {}: {message}\n", ended.outcome))?;
            Ok(if ended.outcome == Outcome::Done { End::Fine } else { End::Finding })
        }
    }
}

#[cfg(test)]
mod tests {
    use store::job::Run;

    use super::*;

    fn state() -> JobState {
        JobState { name: "forget".to_owned(), due: Time::from_unix(60), lease: None, last: None }
    }

    #[test]
    fn a_job_is_told_with_its_last_run() {
        assert_eq!(told(&state(), "forgets"), "forget           forgets\n  due 1970-01-01T00:01:00Z\n");
        let run = Run {
            id: 7,
            holder: "1-a".to_owned(),
            started: Time(0),
            ended: Some((Time(1_234_567), Outcome::Failed)),
            message: "no luck".to_owned(),
        };
        let ran = JobState { last: Some(run), ..state() };
        assert!(told(&ran, "").ends_with("\n  failed 1970-01-01T00:00:01Z after 1.234 s: no luck\n"));
        assert_eq!(as_json(&ran, "x")["last"]["outcome"], "failed");
        let held = JobState { lease: Some(("1-a".to_owned(), Time::from_unix(9))), ..state() };
        assert!(told(&held, "").contains("run by 1-a, which is believed until 1970-01-01T00:00:09Z"));
    }
}
