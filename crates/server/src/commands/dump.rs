//! `peeringd dump`: everything in a database as one file.

use std::path::PathBuf;

use app::backup;

use super::load::{grouped, plural};
use crate::failure::{Done, End, Failure};
use crate::output;
use crate::progress::Meter;
use crate::settings::Settings;

/// Writes the file; the command line names exactly one.
pub(crate) async fn run(settings: &Settings, files: &[PathBuf]) -> Done {
    let [file] = files else {
        return Err(Failure::new("FILE", "missing", "name the file to write").into());
    };
    let store = super::open(settings).await?;
    let meter = Meter::start();
    let dumped = backup::dump(&store, file, &meter).await;
    drop(meter);
    store.close().await;
    let records = dumped.map_err(|error| Failure::told(&error))?;
    let word = plural(records, "record");
    output::print(&format!("wrote {} {word} to {}\n", grouped(records), file.display()))?;
    Ok(End::Fine)
}
