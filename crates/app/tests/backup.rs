//! Loading, dumping and checking directories, on databases in scratch folders.

use std::path::{Path, PathBuf};

use app::backup::{self, Options, Silent, Summary};
use model::{Tag, Time};
use store::{DatabaseUrl, Mode, Store};
use tempfile::TempDir;

const NOW: Time = Time::from_unix(1_800_000_000);

async fn open(folder: &Path, name: &str) -> Store {
    Store::open(&DatabaseUrl::Sqlite(folder.join(name)), Mode::Create).await.expect("a new database")
}

async fn load(store: &Store, files: &[PathBuf], options: Options) -> Result<Summary, backup::LoadError> {
    let mut salt = 0;
    let mut salts = || {
        salt += 1;
        [salt; 16]
    };
    backup::load(store, files, options, NOW, &mut salts, &Silent).await
}

const PLAIN: Options = Options { allow_plaintext_secrets: true, skip_orphans: false };

/// The recorded data set, where it is at hand.
fn corpus() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance/dataset.json");
    if path.is_file() {
        return Some(path);
    }
    println!("skipped: there is no {}", path.display());
    None
}

#[tokio::test]
async fn the_recorded_data_set_loads() {
    let Some(file) = corpus() else { return };
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path(), "a.db").await;
    let summary = load(&store, &[file], PLAIN).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(summary.records[Tag::Net.index()], 299);
    println!("{summary:?}");
}
