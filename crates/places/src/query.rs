//! From the text of an address to one place of the table.

use std::ops::Range;

use crate::table::{Match, Table, region_key};
use crate::{Place, Query, fold, geo, regions};

/// Longer city texts are cut: no name is that long, and the work stays small.
const LONGEST_TEXT: usize = 160;

/// What a match by another name costs, in doublings of the population: the capital of a country
/// with a dozen historic names must not hide a city that really has one of them.
const BEGINNING_COST: f64 = 2.0;
const OTHER_NAME_COST: f64 = 5.0;

/// The least population, as a binary logarithm, for a city that is found by the first words of
/// the text alone (10 000), and by the last words alone (100 000): with less evidence only a
/// place that many people mean is a sensible answer.
const FIRST_WORDS_LEAST: f64 = 13.3;
const LAST_WORDS_LEAST: f64 = 16.6;

/// Words around a city's name that do not change which city is meant.
const FILLERS: &[&str] = &[
    "airport",
    "area",
    "campus",
    "cedex",
    "center",
    "central",
    "centre",
    "city",
    "county",
    "district",
    "downtown",
    "east",
    "greater",
    "ku",
    "metro",
    "metropolitan",
    "municipality",
    "north",
    "of",
    "region",
    "shi",
    "south",
    "town",
    "west",
];

/// Words that begin very many names and alone say nothing.
const WEAK_BEGINNINGS: &[&str] = &[
    "bad", "east", "fort", "grand", "great", "lake", "mount", "new", "north", "nova", "nueva", "nuevo",
    "porto", "port", "puerto", "saint", "sainte", "san", "sankt", "sant", "santa", "santo", "south", "upper",
    "villa", "ville", "west",
];

/// Answers a query from a table.
pub(crate) fn locate(table: &Table, query: &Query<'_>) -> Option<Place> {
    let search = Search::new(table, query)?;
    let city = given(Some(query.city)).or_else(|| after_comma(query.address1));
    match (city, given(query.state)) {
        (Some(text), _) => {
            let text = clip(text);
            search.city(text).map(|city| search.place(city)).or_else(|| search.country_place(text))
        }
        (None, Some(state)) => search.state_place(clip(state)),
        (None, None) => None,
    }
}

/// A text that is more than blanks.
fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// The part of an address line where a city may stand.
fn after_comma(line: Option<&str>) -> Option<&str> {
    given(line?.split_once(',').map(|(_, rest)| rest))
}

fn clip(text: &str) -> &str {
    text.char_indices().nth(LONGEST_TEXT).map_or(text, |(end, _)| &text[..end])
}

/// What the rest of the address says about where to look.
struct Search<'t> {
    table: &'t Table,
    country: Option<String>,
    state: Option<String>,
    /// Code of the state by the postal code, as a key.
    zip_state: Option<String>,
}

impl<'t> Search<'t> {
    /// `None` when a country is given that does not exist.
    fn new(table: &'t Table, query: &Query<'_>) -> Option<Self> {
        let country = match given(query.country) {
            Some(text) => Some(country_code(table, text)?),
            None => None,
        };
        let zip_state = country.as_deref().and_then(|code| regions::of_zipcode(code, query.zipcode?));
        Some(Self {
            table,
            state: given(query.state).map(|state| region_key(clip(state))),
            zip_state: zip_state.map(region_key),
            country,
        })
    }

    /// Tries the readings of a city text, from the plainest to the boldest.
    fn city(&self, text: &str) -> Option<usize> {
        let parts: Vec<&str> = parts(text);
        self.named(&fold::key(text), &[])
            .or_else(|| self.any_part(&parts))
            .or_else(|| parts.first().and_then(|first| self.cut(&fold::words(first))))
    }

    /// The first part that names a city as it is or without fillers; the other parts help to
    /// choose among cities of that name.
    fn any_part(&self, parts: &[&str]) -> Option<usize> {
        let keys: Vec<String> = parts.iter().map(|part| region_key(part)).collect();
        parts.iter().enumerate().find_map(|(at, part)| {
            let hints: Vec<&str> =
                keys.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, key)| key.as_str()).collect();
            let words = fold::words(part);
            let key = words.concat();
            // In a list, a text of two letters is a state or country.
            if parts.len() > 1 && key.len() < 3 {
                return None;
            }
            self.named(&key, &hints).or_else(|| self.named(&without_fillers(&words).concat(), &hints))
        })
    }

    /// Reads only the first, then only the last words.
    fn cut(&self, words: &[String]) -> Option<usize> {
        let firsts = (1..words.len()).rev().find_map(|length| self.first_words(words, length));
        firsts.or_else(|| (1..words.len()).find_map(|start| self.last_words(&words[start..])))
    }

    fn first_words(&self, words: &[String], length: usize) -> Option<usize> {
        let (name, rest) = words.split_at(length);
        let rest = region_key(&rest.join(" "));
        let city = self.named(&name.concat(), &[&rest])?;
        let country = self.table.country_named(&rest);
        let confirmed = self.table.region(city).answers_to(&rest)
            || country.is_some_and(|country| country == self.table.region(city).country);
        let weak = length == 1 && (WEAK_BEGINNINGS.contains(&name[0].as_str()) || name[0].len() < 4);
        let large = self.table.population_log(city) >= FIRST_WORDS_LEAST;
        (confirmed || (large && !weak)).then_some(city)
    }

    fn last_words(&self, words: &[String]) -> Option<usize> {
        let key = words.concat();
        let city = if key.len() < 4 { None } else { self.named(&key, &[]) }?;
        (self.table.population_log(city) >= LAST_WORDS_LEAST).then_some(city)
    }

    /// The best city with that key, or with the key less its digraphs. Hints are keys of what may
    /// be its state or its country.
    fn named(&self, key: &str, hints: &[&str]) -> Option<usize> {
        if key.is_empty() {
            return None;
        }
        self.best(key, hints).or_else(|| {
            let bare = fold::without_digraphs(key);
            if bare == key { None } else { self.best(&bare, hints) }
        })
    }

    fn best(&self, key: &str, hints: &[&str]) -> Option<usize> {
        let in_country =
            |city: usize| self.country.as_ref().is_none_or(|code| *code == self.table.region(city).country);
        let hits: Vec<(usize, f64)> = self
            .table
            .find(key)
            .filter(|(city, _)| in_country(*city))
            .map(|(city, kind)| (city, self.table.population_log(city) - cost(kind)))
            .collect();
        if hits.len() < 2 {
            return hits.first().map(|hit| hit.0);
        }
        let hints =
            self.state.as_deref().into_iter().chain(hints.iter().copied()).chain(self.zip_state.as_deref());
        hints.into_iter().find_map(|hint| self.hinted(&hits, hint)).or_else(|| heaviest(hits.iter()))
    }

    /// The best of the hits in a state of that name, else in a country of that name: the state
    /// first, because of "Atlanta, Georgia".
    fn hinted(&self, hits: &[(usize, f64)], hint: &str) -> Option<usize> {
        let region = |hit: &(usize, f64)| self.table.region(hit.0);
        heaviest(hits.iter().filter(|hit| region(hit).answers_to(hint))).or_else(|| {
            let country = self.table.country_named(hint)?;
            heaviest(hits.iter().filter(|hit| region(hit).country == country))
        })
    }

    fn place(&self, city: usize) -> Place {
        let (latitude, longitude) = self.table.point(city);
        let country = &self.table.region(city).country;
        let population = self.table.population_log(city).exp2();
        Place {
            name: self.table.name(city).to_owned(),
            country: country.clone(),
            latitude,
            longitude,
            radius_km: geo::city_radius_km(population, country),
        }
    }

    /// The state that is given without a city. What is no state may be a city in the wrong field,
    /// but two or three letters are a code that is not known.
    fn state_place(&self, text: &str) -> Option<Place> {
        let key = self.state.as_deref()?;
        let regions = self.table.regions();
        let at = regions.iter().position(|region| {
            self.country.as_ref() == Some(&region.country)
                && !region.code.is_empty()
                && region.answers_to(key)
        });
        match at {
            Some(at) => self.whole(at..at + 1),
            None if key.len() > 3 => self.city(text).map(|city| self.place(city)),
            None => None,
        }
    }

    /// The country that is given, if the text is nothing but its name: small ones are often named
    /// in place of their only town.
    fn country_place(&self, text: &str) -> Option<Place> {
        let country = self.country.as_deref()?;
        let named = self.table.country_named(&region_key(text)) == Some(country);
        let regions = self.table.regions();
        let from = regions.partition_point(|region| region.country.as_str() < country);
        let to = regions.partition_point(|region| region.country.as_str() <= country);
        if named { self.whole(from..to) } else { None }
    }

    /// The box around the cities of some regions, under the name of the first region.
    fn whole(&self, regions: Range<usize>) -> Option<Place> {
        let first = self.table.regions().get(regions.start)?;
        let cities = self.table.cities_in(regions);
        let ((latitude, longitude), radius_km) =
            geo::bounding_box(cities.map(|city| self.table.point(city)))?;
        Some(Place {
            name: first.name.clone(),
            country: first.country.clone(),
            latitude,
            longitude,
            radius_km,
        })
    }
}

fn country_code(table: &Table, text: &str) -> Option<String> {
    let code = text.to_ascii_uppercase();
    match code.as_str() {
        "UK" => Some("GB".to_owned()),
        "USA" => Some("US".to_owned()),
        _ if code.len() == 2 => Some(code),
        _ => table.country_named(&region_key(clip(text))).map(str::to_owned),
    }
}

/// Splits a text that lists a city with its state, district, or other cities.
fn parts(text: &str) -> Vec<&str> {
    text.split([',', ';', '/', '|', '(', ')', '\n', '&', '+'])
        .flat_map(|part| part.split(" - "))
        .flat_map(|part| part.split(" and "))
        .map(str::trim)
        .filter(|part| part.contains(char::is_alphanumeric))
        .collect()
}

/// The words without district numbers, trailing single letters, and fillers at both ends.
fn without_fillers(words: &[String]) -> &[String] {
    let numbered = |word: &String| word.contains(|c: char| c.is_ascii_digit());
    let is_filler = |word: &String| FILLERS.contains(&word.as_str()) || numbered(word);
    let mut rest = words;
    while let [head @ .., last] = rest {
        if head.is_empty() || !(is_filler(last) || last.len() == 1) {
            break;
        }
        rest = head;
    }
    while let [first, tail @ ..] = rest {
        if tail.is_empty() || !is_filler(first) {
            break;
        }
        rest = tail;
    }
    rest
}

fn cost(kind: Match) -> f64 {
    match kind {
        Match::Main => 0.0,
        Match::Beginning => BEGINNING_COST,
        Match::Other => OTHER_NAME_COST,
    }
}

fn heaviest<'h>(hits: impl Iterator<Item = &'h (usize, f64)>) -> Option<usize> {
    hits.max_by(|left, right| left.1.total_cmp(&right.1)).map(|hit| hit.0)
}
