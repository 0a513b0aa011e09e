//! The word lists, as they are written down, and as the generator uses them.
//!
//! Lists are texts, because a list of pairs in Rust syntax would take ten times the room. Words are separated by
//! blanks (`_` stands for a blank within a word), phrases by `;`, sentences by `|`. Where a language has a script
//! of its own, a word stands in Latin letters with the native form behind `=`. In phrases `{}` is the invented
//! name, `{c}` the city, `{n}` a number.

mod asian;
mod cities;
mod countries;
mod eastern;
mod notes;
mod southern;
mod western;

pub(crate) use countries::AREA_CODES;
pub(crate) use notes::{
    CLOSINGS, COMPANY_REMARKS, ENGLISH_REMARKS, EXCHANGE_REMARKS, FACILITY_REMARKS, HEADINGS, PORT_NOTES,
    TOPICS,
};

/// The words of one culture as they are written down.
struct Source {
    code: &'static str,
    /// Beginnings of invented names.
    heads: &'static str,
    /// Ends of invented names.
    tails: &'static str,
    /// Names of those who sell connectivity.
    trades: &'static str,
    /// Names of those who send content.
    content: &'static str,
    /// Names of schools, authorities, banks and the like.
    public: &'static str,
    legal: &'static str,
    halls: &'static str,
    exchanges: &'static str,
    streets: &'static str,
    given: &'static str,
    family: &'static str,
    remarks: &'static str,
    /// Between head and tail in Latin letters.
    gap: &'static str,
    /// Between head and tail in the native script.
    native_gap: &'static str,
    /// Whether the family name comes first.
    family_first: bool,
}

const SOURCES: &[&Source] = &[
    &western::ENGLISH,
    &western::GERMAN,
    &western::DUTCH,
    &western::NORDIC,
    &western::FRENCH,
    &western::ITALIAN,
    &western::BALTIC,
    &southern::SPANISH,
    &southern::PORTUGUESE,
    &southern::POLISH,
    &southern::CZECH,
    &southern::HUNGARIAN,
    &southern::ROMANIAN,
    &southern::SLAVIC,
    &southern::TURKISH,
    &southern::AFRICAN,
    &eastern::RUSSIAN,
    &eastern::UKRAINIAN,
    &eastern::BULGARIAN,
    &eastern::GREEK,
    &eastern::ARABIC,
    &eastern::HEBREW,
    &eastern::HINDI,
    &asian::THAI,
    &asian::VIETNAMESE,
    &asian::MALAY,
    &asian::CHINESE,
    &asian::CHINESE_TRADITIONAL,
    &asian::JAPANESE,
    &asian::KOREAN,
];

/// A word or phrase in Latin letters and in the culture's own script; the second is empty where there is none.
pub(crate) type Pair = (String, String);

/// The words of one culture.
pub(crate) struct Culture {
    pub(crate) code: &'static str,
    pub(crate) heads: Vec<Pair>,
    pub(crate) tails: Vec<Pair>,
    pub(crate) trades: Vec<Pair>,
    pub(crate) content: Vec<Pair>,
    pub(crate) public: Vec<Pair>,
    pub(crate) legal: Vec<Pair>,
    pub(crate) halls: Vec<Pair>,
    pub(crate) exchanges: Vec<Pair>,
    pub(crate) streets: Vec<Pair>,
    pub(crate) given: Vec<Pair>,
    pub(crate) family: Vec<Pair>,
    pub(crate) remarks: Vec<String>,
    pub(crate) gap: &'static str,
    pub(crate) native_gap: &'static str,
    pub(crate) family_first: bool,
}

/// A country.
pub(crate) struct Country {
    pub(crate) code: &'static str,
    /// Position in [`Words::cultures`].
    pub(crate) culture: usize,
    /// Whether names may be written in the culture's own script.
    pub(crate) native: bool,
    /// Share among organizations.
    pub(crate) weight: f64,
    pub(crate) continent: &'static str,
    /// Patterns of telephone numbers; none where North American ones are taken.
    pub(crate) phones: Vec<&'static str>,
    /// Positions in [`Words::cities`].
    pub(crate) cities: Vec<usize>,
}

/// A city.
pub(crate) struct City {
    pub(crate) name: &'static str,
    /// The local name; the same as `name` where there is no other.
    pub(crate) native: &'static str,
    /// Position in [`Words::countries`].
    pub(crate) country: usize,
    pub(crate) state: &'static str,
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
    /// How much of a hub it is.
    pub(crate) hub: f64,
    /// Three letters that names of sites use.
    pub(crate) code: &'static str,
    /// Pattern of postal codes; empty where there are none.
    pub(crate) zip: &'static str,
}

/// All words.
pub(crate) struct Words {
    pub(crate) cultures: Vec<Culture>,
    pub(crate) countries: Vec<Country>,
    pub(crate) cities: Vec<City>,
}

impl Words {
    /// Reads the lists.
    pub(crate) fn read() -> Words {
        let cultures: Vec<Culture> = SOURCES.iter().map(|source| Culture::read(source)).collect();
        let mut countries: Vec<Country> =
            countries::COUNTRIES.lines().filter_map(|line| Country::read(line, &cultures)).collect();
        let cities: Vec<City> =
            cities::CITIES.lines().filter_map(|line| City::read(line, &countries)).collect();
        for (at, city) in cities.iter().enumerate() {
            countries[city.country].cities.push(at);
        }
        Words { cultures, countries, cities }
    }

    /// The country of a city.
    pub(crate) fn country(&self, city: usize) -> &Country {
        &self.countries[self.cities[city].country]
    }

    /// The culture of a city.
    pub(crate) fn culture(&self, city: usize) -> &Culture {
        &self.cultures[self.country(city).culture]
    }
}

fn pair(text: &str) -> Pair {
    let (latin, native) = text.split_once('=').unwrap_or((text, ""));
    (latin.trim().replace('_', " "), native.trim().replace('_', " "))
}

fn words(text: &str) -> Vec<Pair> {
    text.split_whitespace().map(pair).collect()
}

fn phrases(text: &str) -> Vec<Pair> {
    text.split(';').map(pair).collect()
}

impl Culture {
    fn read(source: &Source) -> Culture {
        let remarks = source.remarks.split('|').map(|text| text.trim().to_owned());
        Culture {
            code: source.code,
            heads: words(source.heads),
            tails: words(source.tails),
            trades: phrases(source.trades),
            content: phrases(source.content),
            public: phrases(source.public),
            legal: phrases(source.legal),
            halls: phrases(source.halls),
            exchanges: phrases(source.exchanges),
            streets: phrases(source.streets),
            given: words(source.given),
            family: words(source.family),
            remarks: remarks.filter(|text| !text.is_empty()).collect(),
            gap: source.gap,
            native_gap: source.native_gap,
            family_first: source.family_first,
        }
    }
}

impl Country {
    /// `None` for a line that is no country; a test holds that there is no such line.
    fn read(line: &'static str, cultures: &[Culture]) -> Option<Country> {
        let mut parts = line.split(' ');
        let (code, culture, native, weight) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let continents = countries::CONTINENTS;
        Some(Country {
            code,
            culture: cultures.iter().position(|known| known.code == culture)?,
            native: native == "native",
            weight: weight.parse().ok()?,
            continent: continents.iter().find(|(_, codes)| codes.split(' ').any(|known| known == code))?.0,
            phones: parts.collect(),
            cities: Vec::new(),
        })
    }
}

impl City {
    /// `None` for a line that is no city; a test holds that there is no such line.
    fn read(line: &'static str, countries: &[Country]) -> Option<City> {
        let parts: Vec<&'static str> = line.split('|').collect();
        let [name, native, country, state, latitude, longitude, hub, code, zip] = parts[..] else {
            return None;
        };
        Some(City {
            name,
            native: if native.is_empty() { name } else { native },
            country: countries.iter().position(|known| known.code == country)?,
            state,
            latitude: latitude.parse().ok()?,
            longitude: longitude.parse().ok()?,
            hub: hub.parse().ok()?,
            code,
            zip,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_line_is_understood() {
        let words = Words::read();
        assert_eq!(words.countries.len(), countries::COUNTRIES.lines().count());
        assert_eq!(words.cities.len(), cities::CITIES.lines().count());
        assert!(words.cities.len() >= 150);
        for country in &words.countries {
            assert!(!country.cities.is_empty(), "{} has no city", country.code);
            assert!(model::country::name(country.code).is_some(), "{}", country.code);
            assert!(model::choices::REGIONS.contains(&country.continent));
        }
        for city in &words.cities {
            assert!(city.latitude.abs() < 90.0 && city.longitude.abs() < 180.0, "{}", city.name);
        }
        let codes: BTreeSet<_> = words.cities.iter().map(|city| city.code).collect();
        assert_eq!(codes.len(), words.cities.len(), "codes of cities are unique");
    }

    #[test]
    fn every_culture_is_complete() {
        for culture in Words::read().cultures {
            let lists = [&culture.heads, &culture.tails, &culture.trades, &culture.content, &culture.public];
            let more = [&culture.legal, &culture.halls, &culture.exchanges, &culture.streets];
            let people = [&culture.given, &culture.family];
            let native = !culture.heads[0].1.is_empty();
            for list in lists.into_iter().chain(more).chain(people) {
                assert!(list.len() >= 2, "{}", culture.code);
                for (latin, own) in list {
                    assert!(!latin.is_empty(), "{}", culture.code);
                    assert_eq!(own.is_empty(), !native, "{}: {latin}", culture.code);
                }
            }
            for (latin, own) in culture.trades.iter().chain(&culture.legal).chain(&culture.exchanges) {
                assert!(latin.contains("{}") && (own.is_empty() || own.contains("{}")), "{latin}");
            }
            for (latin, _) in &culture.streets {
                assert!(latin.contains("{n}"), "{latin}");
            }
        }
    }
}
