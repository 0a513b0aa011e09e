//! `peeringd export sqlite` and `peeringd export json`: the public directory as one file.

use std::path::PathBuf;

use app::backup::Progress;
use app::clock::Clock;
use app::export::{self, Form, Public};
use app::new_file::Existing;

use super::load::{grouped, plural};
use crate::clock::SystemClock;
use crate::failure::{Done, End, Failure};
use crate::output;
use crate::progress::Meter;
use crate::settings::Settings;

/// Writes the file; the command line names exactly one.
pub(crate) async fn run(settings: &Settings, form: Form, files: &[PathBuf]) -> Done {
    let [file] = files else {
        return Err(Failure::new("FILE", "missing", "name the file to write").into());
    };
    let existing = if settings.force { Existing::Replaced } else { Existing::Kept };
    // Before the directory is read, which takes seconds.
    export::look_at(file, existing).map_err(|error| Failure::told(&error))?;
    let store = super::open(settings).await?;
    let meter = Meter::start();
    meter.step("reading the directory", 0, None);
    // Before it is read: what is committed meanwhile is then newer than the file says it is.
    let now = SystemClock.now();
    let read = Public::read(&store, settings.public_url.as_deref().unwrap_or_default(), now).await;
    store.close().await;
    let public = read.map_err(|error| Failure::told(&error))?;
    let written = export::write(&public, form, file, existing, &meter).await;
    drop(meter);
    let records = written.map_err(|error| Failure::told(&error))?;
    let word = plural(records, "record");
    output::print(&format!("wrote {} {word} to {}\n", grouped(records), file.display()))?;
    Ok(End::Fine)
}
