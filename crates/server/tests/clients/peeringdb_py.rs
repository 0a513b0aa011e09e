//! The command `peeringdb` of the package of that name, with a database of its own (automation specification, 12.1).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Once;

use model::Tag;
use serde_json::{Value as Json, json};
use testkit::{Bench, Kind};

use super::site::Site;

/// Names the virtual environment that `cargo xtask test` makes.
const ENVIRONMENT: &str = "PEERINGD_TEST_CLIENTS";

const DATABASE: &str = "client.sqlite3";
const FAILED: &str = "failed.json";

/// The voltages that the client knows. It neither accepts nor stores others.
const VOLTAGES: [&str; 3] = ["48 VDC", "400 VAC", "480 VAC"];

/// Where it gets the first copy of everything from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum First {
    /// The dump files of the server.
    Dumps,
    /// The lists of the API.
    Api,
}

/// An installation of the client, in a home of its own.
pub(crate) struct Client {
    program: PathBuf,
    home: Bench,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Rows of a type, by id.
pub(crate) type Rows = BTreeMap<u64, Json>;

impl Client {
    /// A client of a site; `None` where there is no such client. Says so, once.
    pub(crate) fn of(site: &Site, first: First) -> Option<Client> {
        static TOLD: Once = Once::new();
        let Some(environment) = std::env::var_os(ENVIRONMENT).filter(|folder| !folder.is_empty()) else {
            // Past the test runner, which keeps back what tests print.
            TOLD.call_once(|| {
                let _ = writeln!(
                    std::io::stderr(),
                    "skipping the tests with real clients: `cargo xtask test` installs them where it can"
                );
            });
            return None;
        };
        let program = PathBuf::from(environment).join("bin/peeringdb");
        assert!(program.is_file(), "{ENVIRONMENT} names a folder without {}", program.display());
        let client = Client { program, home: Bench::new(Kind::Sqlite) };
        client.configure(site, first, "");
        Some(client)
    }

    /// Writes the configuration anew; `key` is an API key, or empty.
    pub(crate) fn configure(&self, site: &Site, first: First, key: &str) {
        let path = |name: &str| self.home.path(name).display().to_string();
        let config = json!({
            "sync": {
                "url": site.url() + "/api",
                "cache_url": if first == First::Dumps { site.url() } else { String::new() },
                "cache_dir": path("cache"),
                "failed_entries": path(FAILED),
                "api_key": key,
            },
            "orm": { "database": { "name": path(DATABASE) } },
        });
        // One of its parts reads no other folder than this one.
        let folder = self.home.path(".peeringdb");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("config.json"), config.to_string()).expect("writable");
    }

    /// Runs the command.
    pub(crate) fn run(&self, words: &str) -> Ended {
        let mut command = Command::new(&self.program);
        command.args(words.split_whitespace()).current_dir(self.home.folder());
        command.env_clear().env("HOME", self.home.folder()).env("PYTHONUTF8", "1");
        let output = command.output().expect("the client starts");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Ended { status: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Runs a command that has to do what it is told.
    pub(crate) fn succeed(&self, words: &str) -> Ended {
        let ended = self.run(words);
        assert_eq!(ended.status, Some(0), "{words}: {ended:?}");
        ended
    }

    /// Follows the server, and gives its log; no row may fail.
    pub(crate) fn sync(&self, options: &str) -> String {
        let told = self.succeed(&format!("sync {options}")).stderr;
        // It ends with status 0 whatever happened.
        let errors: Vec<&str> = told.lines().filter(|line| line.starts_with("Error ")).collect();
        assert_eq!(errors, [""; 0]);
        for tag in Tag::ALL {
            assert!(told.contains(&format!("[{tag}] Processed ")), "{tag} in {told}");
        }
        assert_eq!(self.failed(), [Json::Null; 0]);
        told
    }

    /// The rows that it could not take, and tries again the next time.
    pub(crate) fn failed(&self) -> Vec<Json> {
        match fs::read_to_string(self.home.path(FAILED)) {
            Ok(text) => serde_json::from_str(&text).expect("a list"),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => panic!("{FAILED}: {error}"),
        }
    }

    /// What it holds of a type: its columns as they are stored.
    pub(crate) async fn rows(&self, tag: Tag) -> Rows {
        let table = table(tag);
        let columns = format!("SELECT name FROM pragma_table_info('{table}')");
        let columns = self.home.rows(DATABASE, &columns).await;
        let pairs: Vec<String> = columns.iter().map(|name| format!("'{name}', \"{name}\"")).collect();
        let rows = format!("SELECT json_object({}) FROM {table}", pairs.join(", "));
        let rows = self.home.rows(DATABASE, &rows).await;
        by_id(rows.iter().map(|row| serde_json::from_str(row).expect("JSON")))
    }

    /// Everything that it holds.
    pub(crate) async fn all_rows(&self) -> Vec<Rows> {
        let mut all = Vec::new();
        for tag in Tag::ALL {
            all.push(self.rows(tag).await);
        }
        all
    }
}

/// Rows by their ids.
pub(crate) fn by_id(rows: impl IntoIterator<Item = Json>) -> Rows {
    rows.into_iter().map(|row| (row["id"].as_u64().expect("an id"), row)).collect()
}

const fn table(tag: Tag) -> &'static str {
    match tag {
        Tag::Org => "peeringdb_organization",
        Tag::Campus => "peeringdb_campus",
        Tag::Fac => "peeringdb_facility",
        Tag::Net => "peeringdb_network",
        Tag::Ix => "peeringdb_ix",
        Tag::Carrier => "peeringdb_carrier",
        Tag::Carrierfac => "peeringdb_ix_carrier_facility",
        Tag::Ixfac => "peeringdb_ix_facility",
        Tag::Ixlan => "peeringdb_ixlan",
        Tag::Ixpfx => "peeringdb_ixlan_prefix",
        Tag::Netfac => "peeringdb_network_facility",
        Tag::Netixlan => "peeringdb_network_ixlan",
        Tag::Poc => "peeringdb_network_contact",
    }
}

/// Whether a row of the client says what the server says, in every column that both have.
///
/// Gives the columns that differ, and panics where there is next to nothing to compare.
pub(crate) fn differing(theirs: &Json, ours: &Json) -> Vec<String> {
    let theirs = theirs.as_object().expect("a row");
    let both = theirs.iter().filter_map(|(column, cell)| Some((column, cell, ours.get(column)?)));
    let both: Vec<_> = both.collect();
    assert!(both.len() > 4, "hardly anything to compare in {ours}");
    let differ = both.into_iter().filter(|(column, cell, value)| !agrees(column, cell, value));
    differ.map(|(column, cell, value)| format!("{column}: {cell} for {value}")).collect()
}

fn agrees(column: &str, cell: &Json, value: &Json) -> bool {
    match (cell, value) {
        (Json::Number(cell), Json::Bool(value)) => cell.as_u64() == Some(u64::from(*value)),
        // Coordinates have six decimals.
        (Json::Number(cell), Json::Number(value)) => {
            let distance = cell.as_f64().zip(value.as_f64()).map(|(cell, value)| (cell - value).abs());
            distance.is_some_and(|distance| distance < 1e-6)
        }
        // No choice is stored like an empty one.
        (Json::String(cell), Json::Null) => column == "available_voltage_services" && cell.is_empty(),
        (Json::String(cell), Json::Array(value)) => is_list(column, cell, value),
        (Json::String(cell), Json::String(value)) => {
            cell == value || *cell == value.replace('T', " ").trim_end_matches('Z')
        }
        (cell, value) => cell == value,
    }
}

/// Choices are stored with commas and in an order of the client, everything else as JSON.
fn is_list(column: &str, cell: &str, value: &[Json]) -> bool {
    let stored: BTreeSet<&str> = cell.split(',').filter(|word| !word.is_empty()).collect();
    let mut words: BTreeSet<&str> = value.iter().filter_map(Json::as_str).collect();
    match column {
        "available_voltage_services" => {
            words.retain(|word| VOLTAGES.contains(word));
            stored == words
        }
        "info_types" => stored == words,
        _ => {
            serde_json::from_str(cell).is_ok_and(|stored: Json| stored.as_array().is_some_and(|s| s == value))
        }
    }
}

/// Whether a facility has a voltage that the client does not know.
pub(crate) fn has_unknown_voltage(fac: &Json) -> bool {
    let services = fac["available_voltage_services"].as_array();
    services.is_some_and(|all| all.iter().any(|one| !VOLTAGES.iter().any(|known| one == known)))
}
