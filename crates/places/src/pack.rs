//! Writing the table of places; the program that prepares the data uses it.
//!
//! The table is one gzip member around: the magic bytes, three little-endian `u32` (length of the
//! region text, number of cities, length of the name text), the region text, the number columns
//! and the name text.
//!
//! - Region text: a line per region, `country TAB code TAB name|name…`, ordered. A region with an
//!   empty code is the country itself.
//! - Cities are ordered by region, then from south to north. Columns: steps of the region number
//!   (one byte each), steps of the latitude and plain longitudes (thousandths of a degree, three
//!   bytes), populations (two bytes, [`POPULATION_STEPS`] per doubling). Wide numbers are split
//!   into one run per byte, lowest first, which compresses better.
//! - Name text: per city the main name and its other keys, each key as a byte that tells how much
//!   of the key before it is kept (1 = nothing) and the rest; a zero byte ends the city.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use crate::fold;

/// The first bytes of an unpacked table; they change with the format.
pub(crate) const MAGIC: &[u8; 4] = b"plc1";

/// Resolution of stored populations: this many steps for each doubling.
pub(crate) const POPULATION_STEPS: f64 = 2048.0;

/// The byte before a key that keeps nothing of the one before it.
pub(crate) const FIRST_KEPT: u8 = 1;

/// The most that a key can keep: entries are told apart from text by being control characters.
pub(crate) const LONGEST_KEPT: usize = 30;

/// Keys longer than this are left out: nobody types them.
const LONGEST_KEY: usize = 31;

/// A first-level division of a country, or with an empty code the country itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// ISO 3166-1 alpha-2 code, upper case.
    pub country: String,
    /// The code by which cities refer to the region; unique in its country.
    pub code: String,
    /// Names of the region, the best one first.
    pub names: Vec<String>,
}

/// A city to be packed.
#[derive(Debug, Clone, PartialEq)]
pub struct City {
    /// ISO 3166-1 alpha-2 code, upper case.
    pub country: String,
    /// Code of the city's region; one without a [`Region`] puts the city into the country itself.
    pub region: String,
    /// Main name, as people shall see it.
    pub name: String,
    /// Other names in any script; only their folded forms are kept.
    pub other_names: Vec<String>,
    /// Decimal degrees, north positive.
    pub latitude: f64,
    /// Decimal degrees, east positive.
    pub longitude: f64,
    /// Number of inhabitants.
    pub population: u64,
}

/// Packs cities and their regions into the bytes of a table. The same input gives the same bytes,
/// in whatever order it comes.
///
/// # Errors
///
/// `InvalidInput` when a city's country has no region with an empty code, when a name or code
/// holds control characters, or when the input is too large for the format.
pub fn pack(regions: &[Region], cities: &[City]) -> io::Result<Vec<u8>> {
    let regions: BTreeMap<(&str, &str), &Region> =
        regions.iter().map(|region| ((region.country.as_str(), region.code.as_str()), region)).collect();
    let numbers: BTreeMap<(&str, &str), i64> = regions.keys().copied().zip(0..).collect();
    let mut rows = cities.iter().map(|city| Row::new(city, &numbers)).collect::<io::Result<Vec<_>>>()?;
    rows.sort_by_key(Row::order);

    let region_text = region_text(regions.values())?;
    let name_text = rows.iter().map(|row| names(row.city)).collect::<io::Result<Vec<_>>>()?.concat();
    let mut table = MAGIC.to_vec();
    for number in [region_text.len(), rows.len(), name_text.len()] {
        let number = u32::try_from(number).map_err(|_| invalid("too many places"))?;
        table.extend_from_slice(&number.to_le_bytes());
    }
    table.extend_from_slice(region_text.as_bytes());
    push_column(&mut table, 1, &steps(rows.iter().map(|row| row.region)))?;
    push_column(&mut table, 3, &steps(rows.iter().map(|row| row.latitude)))?;
    push_column(&mut table, 3, &rows.iter().map(|row| row.longitude).collect::<Vec<_>>())?;
    push_column(&mut table, 2, &rows.iter().map(|row| row.population).collect::<Vec<_>>())?;
    table.extend_from_slice(&name_text);
    gzip(&table)
}

/// A city in the units of the table.
struct Row<'a> {
    region: i64,
    latitude: i64,
    longitude: i64,
    population: i64,
    city: &'a City,
}

impl<'a> Row<'a> {
    fn new(city: &'a City, numbers: &BTreeMap<(&str, &str), i64>) -> io::Result<Self> {
        let region = numbers
            .get(&(city.country.as_str(), city.region.as_str()))
            .or_else(|| numbers.get(&(city.country.as_str(), "")))
            .ok_or_else(|| invalid(&format!("{}: no such country", city.country)))?;
        Ok(Self {
            region: *region,
            latitude: thousandths(city.latitude, 90.0)?,
            longitude: thousandths(city.longitude, 180.0)?,
            population: population_step(city.population),
            city,
        })
    }

    /// What rows are sorted by: everything, so that the order of the input does not matter.
    fn order(&self) -> (i64, i64, i64, i64, &'a str, &'a [String]) {
        (self.region, self.latitude, self.longitude, self.population, &self.city.name, &self.city.other_names)
    }
}

/// Degrees as the table counts them; an error beyond the limit, and for what is not a number.
fn thousandths(degrees: f64, limit: f64) -> io::Result<i64> {
    if degrees.abs() <= limit {
        Ok((degrees * 1000.0).round() as i64)
    } else {
        Err(invalid("not a coordinate"))
    }
}

/// A population as the table counts it; nobody and one person are the same.
fn population_step(population: u64) -> i64 {
    (POPULATION_STEPS * (population.max(1) as f64).log2()).round() as i64
}

fn region_text<'a>(regions: impl Iterator<Item = &'a &'a Region>) -> io::Result<String> {
    let mut text = String::new();
    for region in regions {
        let names = region.names.join("|");
        if [&region.country, &region.code, &names].iter().any(|part| part.contains(char::is_control)) {
            return Err(invalid(&format!("region {names:?}: control characters")));
        }
        text.extend([&region.country, "\t", &region.code, "\t", &names, "\n"]);
    }
    Ok(text)
}

/// The entry of a city in the name text.
fn names(city: &City) -> io::Result<Vec<u8>> {
    if city.name.is_empty() || city.name.contains(char::is_control) {
        return Err(invalid(&format!("city {:?}: not a name", city.name)));
    }
    let main = fold::key(&city.name);
    // "Halle (Saale)" is mostly called "Halle".
    let short = city.name.split('(').next().unwrap_or_default();
    let keys: BTreeSet<String> = std::iter::once(short)
        .chain(city.other_names.iter().map(String::as_str))
        .map(fold::key)
        .filter(|key| !key.is_empty() && key.len() <= LONGEST_KEY && *key != main)
        .collect();
    let mut out = city.name.clone().into_bytes();
    let mut before = fold::bare(&city.name);
    for key in keys {
        let kept = before.bytes().zip(key.bytes()).take_while(|(left, right)| left == right).count();
        let kept = kept.min(LONGEST_KEPT);
        out.push(FIRST_KEPT + u8::try_from(kept).map_err(|_| invalid("key too long"))?);
        out.extend_from_slice(&key.as_bytes()[kept..]);
        before = key;
    }
    out.push(0);
    Ok(out)
}

/// Differences of neighbours, the first one from zero.
fn steps(values: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut before = 0;
    values.map(|value| value - std::mem::replace(&mut before, value)).collect()
}

/// Appends a column of numbers of so many bytes (two's complement), one run per byte.
fn push_column(table: &mut Vec<u8>, bytes: usize, values: &[i64]) -> io::Result<()> {
    let span = 1_i64 << (8 * bytes);
    if values.iter().any(|value| !(-span / 2..span).contains(value)) {
        return Err(invalid("a number does not fit its column"));
    }
    for byte in 0..bytes {
        table.extend(values.iter().map(|value| value.to_le_bytes()[byte]));
    }
    Ok(())
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    // The header carries neither time nor name: equal tables are equal files.
    let mut encoder = flate2::GzBuilder::new().write(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Match, Table};

    fn region(code: &str, name: &str) -> Region {
        Region { country: "DE".to_owned(), code: code.to_owned(), names: vec![name.to_owned()] }
    }

    fn city(name: &str, others: &[&str], region: &str, population: u64) -> City {
        City {
            country: "DE".to_owned(),
            region: region.to_owned(),
            name: name.to_owned(),
            other_names: others.iter().map(|other| (*other).to_owned()).collect(),
            latitude: -51.2345,
            longitude: 179.9996,
            population,
        }
    }

    fn found(table: &Table, key: &str) -> Vec<(String, Match)> {
        table.find(key).map(|(city, kind)| (table.name(city).to_owned(), kind)).collect()
    }

    #[test]
    fn what_is_packed_is_read_back() {
        let regions = [region("", "Germany"), region("05", "Hesse")];
        let cities = [
            city("Frankfurt am Main", &["Frankfurt", "Francfort", "Франкфурт"], "05", 750_000),
            city("Köln", &["Cologne", "Koln"], "unknown", 1_000_000),
            city("Halle (Saale)", &[], "", 240_000),
        ];
        let table = Table::unpack(&pack(&regions, &cities).unwrap()).unwrap();
        assert_eq!(found(&table, "frankfurtammain"), [("Frankfurt am Main".to_owned(), Match::Main)]);
        assert_eq!(found(&table, "frankfurt"), [("Frankfurt am Main".to_owned(), Match::Beginning)]);
        assert_eq!(found(&table, "francfort"), [("Frankfurt am Main".to_owned(), Match::Other)]);
        assert_eq!(found(&table, "koln"), [("Köln".to_owned(), Match::Main)]);
        assert_eq!(found(&table, "cologne"), [("Köln".to_owned(), Match::Other)]);
        assert_eq!(found(&table, "halle"), [("Halle (Saale)".to_owned(), Match::Beginning)]);
        assert!(found(&table, "francfor").is_empty());

        let (city, _) = table.find("frankfurt").next().unwrap();
        assert_eq!(table.region(city).name, "Hesse");
        assert_eq!(table.cities_in(1..2), city..city + 1);
        let (latitude, longitude) = table.point(city);
        assert!((latitude + 51.2345).abs() < 6e-4 && (longitude - 179.9996).abs() < 6e-4);
        assert!((table.population_log(city).exp2() / 750_000.0 - 1.0).abs() < 1e-3);
    }

    #[test]
    fn order_of_input_does_not_matter() {
        let (regions, mut cities) =
            ([region("", "Germany")], vec![city("A", &[], "", 1), city("B", &[], "", 1)]);
        let first = pack(&regions, &cities).unwrap();
        cities.reverse();
        assert_eq!(first, pack(&regions, &cities).unwrap());
    }

    #[test]
    fn unusable_input_is_refused() {
        let regions = [region("", "Germany")];
        let mut lost = city("A", &[], "", 1);
        lost.latitude = f64::NAN;
        for bad in [city("", &[], "", 1), city("A\u{1}", &[], "", 1), lost] {
            assert_eq!(pack(&regions, &[bad]).unwrap_err().kind(), io::ErrorKind::InvalidInput);
        }
        assert!(pack(&[], &[city("A", &[], "", 1)]).is_err());
    }

    #[test]
    fn damaged_tables_are_refused() {
        let packed = pack(&[region("", "Germany")], &[city("A", &["Bcd"], "", 1)]).unwrap();
        for length in 0..packed.len() {
            assert!(Table::unpack(&packed[..length]).is_none(), "{length} bytes");
        }
        let huge = [&MAGIC[..], &[0; 4], &[0xff; 4], &[0; 4]].concat();
        assert!(Table::unpack(&gzip(&huge).unwrap()).is_none());
    }
}
