//! `peeringd demo`: a made-up directory, ready to be looked at.

mod folder;
mod welcome;

use std::fs;
use std::path::{Path, PathBuf};

use app::backup::{self, Progress};
use app::clock::Clock;
use demo::Scale;
use store::{DatabaseUrl, Mode, Store};

use self::welcome::Welcome;
use super::{salts, serve};
use crate::clock::SystemClock;
use crate::failure::{Done, End, Failure, plain};
use crate::listener;
use crate::options::{DIR, LISTEN, Values};
use crate::output;
use crate::progress::Meter;
use crate::settings::{Settings, local_url};

/// Makes the directory, unless it is there already, and serves it until a signal asks to stop.
pub(crate) async fn run(settings: &Settings, values: &Values) -> Done {
    let listener = listener::bind(settings.listen, &values.naming(&LISTEN)).await?;
    let address = serve::address_of(&listener)?;
    folder::prepare(&settings.dir, &values.naming(&DIR))?;
    let file = settings.dir.join(file_name(settings.scale, settings.seed));
    if !completion(&file).exists() {
        let size = word(settings.scale);
        let folder = settings.dir.display();
        output::print(&format!("Making up a {size} directory from seed {} in {folder} …\n", settings.seed))?;
        make(settings, &file).await?;
    }
    let store = open(&file, Mode::Existing).await?;
    let app = serve::open_app(settings, &store, &local_url(address)).await?;
    let attribution = app.place_attribution();
    let runner = serve::runner(settings, &store, &app, &local_url(address))?;
    serve::serve(listener, app, &store, serve::Front::default(), runner, |address| {
        let welcome = Welcome {
            url: local_url(address),
            folder: &settings.dir,
            accounts: demo::accounts(settings.seed),
            attribution,
            open_to_others: !address.ip().is_loopback(),
        };
        output::print(&welcome.to_string())?;
        Ok(())
    })
    .await?;
    store.close().await;
    output::print("Stopped. `peeringd demo` starts it again.\n")?;
    Ok(End::Fine)
}

const fn word(scale: Scale) -> &'static str {
    match scale {
        Scale::Small => "small",
        Scale::Full => "full",
    }
}

/// One folder holds a database for each scale and seed that was asked for.
fn file_name(scale: Scale, seed: u64) -> String {
    format!("{}-{seed}.db", word(scale))
}

async fn open(file: &Path, mode: Mode) -> Result<Store, Failure> {
    let opened = Store::open(&DatabaseUrl::Sqlite(file.to_owned()), mode).await;
    opened.map_err(|error| Failure::told(&error))
}

/// The file that tells that a database is complete. One that is not, because somebody grew impatient, is made anew.
fn completion(file: &Path) -> PathBuf {
    file.with_extension("complete")
}

async fn make(settings: &Settings, file: &Path) -> Result<(), Failure> {
    remove_database(file);
    let store = open(file, Mode::Create).await?;
    let filled = fill(settings, &store).await;
    store.close().await;
    filled?;
    let completion = completion(file);
    fs::write(&completion, "").map_err(|error| {
        Failure::new(completion.display(), plain(&error), "see that the folder may be written")
    })
}

/// Removes an incomplete database with the files beside it. The folder is the demo's own.
fn remove_database(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        // What is not there is what was wanted; what cannot be removed is refused when it is filled.
        let _ = fs::remove_file(name);
    }
}

async fn fill(settings: &Settings, store: &Store) -> Result<(), Failure> {
    let meter = Meter::start();
    meter.step("making up records", 0, None);
    let now = SystemClock.now();
    let directory = demo::generate(settings.scale, settings.seed, now);
    let imported = backup::import(store, directory, now, &mut salts()?, &meter).await;
    imported.map(|_| ()).map_err(|error| Failure::told(&error))
}
