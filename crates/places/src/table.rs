//! The unpacked table of places and its index.

use std::io::Read;
use std::ops::Range;
use std::sync::OnceLock;

use crate::fold;
use crate::pack::{FIRST_KEPT, LONGEST_KEPT, MAGIC, POPULATION_STEPS};
use crate::regions;

static PACKED: &[u8] = include_bytes!("../../../data/places.bin.gz");

/// Upper limit of an unpacked table in bytes; guards against a corrupt file.
const LARGEST_TABLE: u64 = 64 << 20;

/// All places; columns of one length, a city is a position in them.
pub(crate) struct Table {
    regions: Vec<Region>,
    region: Vec<u16>,
    latitude: Vec<i32>,
    longitude: Vec<i32>,
    population: Vec<u16>,
    /// Where each city's entry begins in `names`.
    name_at: Vec<u32>,
    names: Vec<u8>,
    /// Hash of a key in the upper half, city in the lower; ordered.
    index: Vec<u64>,
}

/// A state or province, with its names as they are compared.
pub(crate) struct Region {
    pub(crate) country: String,
    pub(crate) code: String,
    pub(crate) name: String,
    keys: Vec<String>,
}

/// How a city answers to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Match {
    /// It is the main name.
    Main,
    /// It is another name, and the main name begins with it ("Frankfurt" of "Frankfurt am Main").
    Beginning,
    /// It is another name.
    Other,
}

impl Table {
    /// The table of the program; `None` only if its file was damaged at build time.
    pub(crate) fn get() -> Option<&'static Self> {
        static TABLE: OnceLock<Option<Table>> = OnceLock::new();
        TABLE.get_or_init(|| Self::unpack(PACKED)).as_ref()
    }

    /// Reads what [`crate::pack::pack`] wrote; `None` when it is not that.
    pub(crate) fn unpack(packed: &[u8]) -> Option<Self> {
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(packed).take(LARGEST_TABLE).read_to_end(&mut bytes).ok()?;
        let mut rest = bytes.as_slice();
        if take(&mut rest, MAGIC.len())? != MAGIC {
            return None;
        }
        let [region_length, count, name_length] =
            [length(&mut rest)?, length(&mut rest)?, length(&mut rest)?];
        let regions = read_regions(take(&mut rest, region_length)?)?;
        let region = sums(&column(&mut rest, 1, count)?);
        let latitude = sums(&signed(column(&mut rest, 3, count)?));
        let longitude = signed(column(&mut rest, 3, count)?);
        let population = column(&mut rest, 2, count)?;
        let names = take(&mut rest, name_length)?.to_vec();
        let name_at = entry_starts(&names, count)?;
        if region.iter().any(|number| usize::try_from(*number).map_or(true, |at| at >= regions.len())) {
            return None;
        }
        let mut table = Self {
            regions,
            region: narrow(&region)?,
            latitude,
            longitude,
            population: narrow(&population)?,
            name_at,
            names,
            index: Vec::new(),
        };
        table.index = table.build_index();
        Some(table)
    }

    /// Cities that answer to a key, and how.
    pub(crate) fn find<'t>(&'t self, key: &'t str) -> impl Iterator<Item = (usize, Match)> + 't {
        let hash = hash(key);
        let from = self.index.partition_point(|entry| entry >> 32 < hash);
        self.index[from..]
            .iter()
            .take_while(move |entry| **entry >> 32 == hash)
            .filter_map(|entry| usize::try_from(entry & 0xffff_ffff).ok())
            .filter_map(move |city| Some((city, self.matches(city, key)?)))
    }

    /// Cities of the regions in a range.
    pub(crate) fn cities_in(&self, regions: Range<usize>) -> Range<usize> {
        // Cities are ordered by region.
        let before = |wanted: usize| self.region.partition_point(|number| usize::from(*number) < wanted);
        before(regions.start)..before(regions.end)
    }

    pub(crate) fn region(&self, city: usize) -> &Region {
        &self.regions[usize::from(self.region[city])]
    }

    /// All regions by country and code; each country comes before its parts.
    pub(crate) fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// The code of the country with that name, as a key.
    pub(crate) fn country_named(&self, key: &str) -> Option<&str> {
        let mut countries = self.regions.iter().filter(|region| region.code.is_empty());
        countries.find(|country| country.answers_to(key)).map(|country| country.country.as_str())
    }

    /// The main name of a city.
    pub(crate) fn name(&self, city: usize) -> &str {
        let entry = self.entry(city);
        let end = entry.iter().position(|byte| is_mark(*byte)).unwrap_or(entry.len());
        std::str::from_utf8(&entry[..end]).unwrap_or_default()
    }

    /// Latitude and longitude of a city in degrees.
    pub(crate) fn point(&self, city: usize) -> (f64, f64) {
        (f64::from(self.latitude[city]) / 1000.0, f64::from(self.longitude[city]) / 1000.0)
    }

    /// The binary logarithm of a city's population.
    pub(crate) fn population_log(&self, city: usize) -> f64 {
        f64::from(self.population[city]) / POPULATION_STEPS
    }

    fn matches(&self, city: usize, key: &str) -> Option<Match> {
        let main = fold::key(self.name(city));
        if main == key {
            return Some(Match::Main);
        }
        let mut found = false;
        self.each_other_key(city, |other| found |= other == key.as_bytes());
        let kind = if main.starts_with(key) { Match::Beginning } else { Match::Other };
        found.then_some(kind)
    }

    /// A city's entry in the name text, without its end mark.
    fn entry(&self, city: usize) -> &[u8] {
        let start = self.name_at[city] as usize;
        let end = self.name_at.get(city + 1).map_or(self.names.len(), |next| *next as usize);
        &self.names[start..end - 1]
    }

    fn each_other_key(&self, city: usize, mut visit: impl FnMut(&[u8])) {
        let mut key = fold::bare(self.name(city)).into_bytes();
        let mut rest = self.entry(city);
        let marks = |bytes: &[u8]| bytes.iter().position(|byte| is_mark(*byte));
        while let Some(at) = marks(rest) {
            key.truncate(usize::from(rest[at] - FIRST_KEPT));
            rest = &rest[at + 1..];
            key.extend_from_slice(&rest[..marks(rest).unwrap_or(rest.len())]);
            visit(&key);
        }
    }

    fn build_index(&self) -> Vec<u64> {
        let mut index = Vec::with_capacity(self.name_at.len() * 5 / 2);
        for city in 0..self.name_at.len() {
            let number = city as u64;
            index.push((hash(&fold::key(self.name(city))) << 32) | number);
            self.each_other_key(city, |key| index.push((hash_bytes(key) << 32) | number));
        }
        index.sort_unstable();
        index.dedup();
        index.shrink_to_fit();
        index
    }
}

impl Region {
    /// Whether the region's code or one of its names is that key.
    pub(crate) fn answers_to(&self, key: &str) -> bool {
        self.keys.iter().any(|own| own == key)
    }
}

/// A region's name as it is compared: without digraphs and without words like "province".
pub(crate) fn region_key(name: &str) -> String {
    let words = fold::words(name);
    let telling: Vec<&str> =
        words.iter().map(String::as_str).filter(|word| !regions::KIND_WORDS.contains(word)).collect();
    let text = if telling.is_empty() { words.concat() } else { telling.concat() };
    fold::without_digraphs(&text)
}

fn read_regions(text: &[u8]) -> Option<Vec<Region>> {
    std::str::from_utf8(text).ok()?.lines().map(read_region).collect()
}

fn read_region(line: &str) -> Option<Region> {
    let mut parts = line.split('\t');
    let (country, code, names) = (parts.next()?, parts.next()?, parts.next()?);
    let others = regions::other_names(country, code).iter().copied();
    let keys = names.split('|').chain(others).chain([code]).map(region_key).filter(|key| !key.is_empty());
    Some(Region {
        country: country.to_owned(),
        code: code.to_owned(),
        name: names.split('|').next()?.to_owned(),
        keys: keys.collect(),
    })
}

/// Where entries begin; `None` unless there are exactly so many, each well-formed.
fn entry_starts(names: &[u8], count: usize) -> Option<Vec<u32>> {
    let ends = names.iter().enumerate().filter(|(_, byte)| **byte == 0).map(|(at, _)| at + 1);
    let starts: Vec<u32> =
        std::iter::once(0).chain(ends).map(u32::try_from).collect::<Result<_, _>>().ok()?;
    let complete = starts.len() == count + 1 && starts.last().map(|end| *end as usize) == Some(names.len());
    complete.then(|| starts[..count].to_vec())
}

/// Whether a byte of the name text is the mark before a key.
fn is_mark(byte: u8) -> bool {
    (FIRST_KEPT..=FIRST_KEPT + LONGEST_KEPT as u8).contains(&byte)
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    Some(head)
}

fn length(rest: &mut &[u8]) -> Option<usize> {
    let bytes = take(rest, 4)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(bytes)).ok()
}

/// Reads a column of unsigned numbers of so many bytes, one run per byte, lowest first.
fn column(rest: &mut &[u8], bytes: usize, count: usize) -> Option<Vec<i32>> {
    // Before any memory is set aside for a count that may be nonsense.
    if count.checked_mul(bytes)? > rest.len() {
        return None;
    }
    let mut values = vec![0; count];
    for byte in 0..bytes {
        for (value, part) in values.iter_mut().zip(take(rest, count)?) {
            *value |= i32::from(*part) << (8 * byte);
        }
    }
    Some(values)
}

/// Takes numbers of three bytes as signed.
fn signed(values: Vec<i32>) -> Vec<i32> {
    values.into_iter().map(|value| (value << 8) >> 8).collect()
}

fn sums(steps: &[i32]) -> Vec<i32> {
    let mut sum = 0_i32;
    let add = |step: &i32| {
        sum = sum.wrapping_add(*step);
        sum
    };
    steps.iter().map(add).collect()
}

fn narrow(values: &[i32]) -> Option<Vec<u16>> {
    values.iter().map(|value| u16::try_from(*value)).collect::<Result<_, _>>().ok()
}

fn hash(key: &str) -> u64 {
    hash_bytes(key.as_bytes())
}

/// FNV-1a of 32 bits. Texts that share a hash are told apart by comparing their keys.
fn hash_bytes(key: &[u8]) -> u64 {
    let hash =
        key.iter().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    u64::from(hash)
}
