//! Where is this address? The port through which the directory asks, and the answer that needs no network.
//!
//! Distance searches ask on the path of a request, so whatever answers slowly belongs behind
//! [`remember::Remembering`], which asks once for each address and keeps what it learned.

pub mod remember;
mod shelf;

use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;

use model::geo::Point;

/// Longest part of an address that is looked up, in characters. Longer texts are no addresses, and would
/// only fill caches.
const PART_CHARS_MAX: usize = 255;

/// The parts of an address that decide where it is; blank parts count as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// City.
    pub city: Option<String>,
    /// Country, as an ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// State or province, by name or code.
    pub state: Option<String>,
    /// Postal code.
    pub zipcode: Option<String>,
    /// Street and number.
    pub address1: Option<String>,
}

impl Address {
    /// The address as one text: equal for addresses that differ in case and blanks alone.
    ///
    /// `None` when there is nothing to look up: no part has a text, or a part is too long to be one.
    pub fn key(&self) -> Option<String> {
        let mut key = String::new();
        let mut blank = true;
        for part in [&self.country, &self.state, &self.city, &self.zipcode, &self.address1] {
            let text = part.as_deref().unwrap_or_default();
            if text.chars().nth(PART_CHARS_MAX).is_some() {
                return None;
            }
            let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
            blank &= words.is_empty();
            // A separator that no word can hold keeps parts from running into each other.
            key.push_str(&words.join(" "));
            key.push('\n');
        }
        (!blank).then_some(key)
    }
}

/// A place that was found, as WGS84 coordinates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Located {
    /// Decimal degrees, north positive, within ±90.
    pub latitude: f64,
    /// Decimal degrees, east positive, within ±180.
    pub longitude: f64,
    /// Half the diagonal of the box around the place, in kilometres.
    pub radius_km: f64,
}

impl Located {
    /// A place from its centre and its box `[south, north, west, east]`, all in decimal degrees.
    ///
    /// `None` when a number is no coordinate. A box whose west lies east of its east crosses the date line.
    pub fn from_box(latitude: f64, longitude: f64, bounds: [f64; 4]) -> Option<Located> {
        let [south, north, west, east] = bounds;
        let valid = [latitude, south, north].iter().all(|degrees| degrees.abs() <= 90.0)
            && [longitude, west, east].iter().all(|degrees| degrees.abs() <= 180.0);
        let corner = |latitude, longitude| Point { latitude, longitude };
        let radius_km = corner(south, west).distance_km(corner(north, east)) / 2.0;
        valid.then_some(Located { latitude, longitude, radius_km })
    }
}

/// Why a look-up ended without an answer; not that the address is unknown.
///
/// The texts are for logs: they may name the service that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocateError {
    /// The service could not be asked, or did not answer in time.
    Unreachable(String),
    /// The service answered with something that is no answer.
    Unusable(String),
    /// More look-ups are under way than the service is asked for at a time.
    Busy,
}

impl fmt::Display for LocateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LocateError::Unreachable(why) => write!(f, "the geocoder is out of reach: {why}"),
            LocateError::Unusable(why) => write!(f, "the geocoder gave an unusable answer: {why}"),
            LocateError::Busy => f.write_str("too many look-ups are under way"),
        }
    }
}

impl std::error::Error for LocateError {}

/// The outcome of a look-up: `Ok(None)` when the place is not known.
pub type Outcome = Result<Option<Located>, LocateError>;

/// A look-up that is under way.
pub type LocateFuture<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// Finds places for addresses.
pub trait Locator: Send + Sync {
    /// Looks an address up.
    ///
    /// # Errors
    /// When the place may exist but could not be learned now.
    fn locate<'a>(&'a self, address: &'a Address) -> LocateFuture<'a>;

    /// The notice that the source of the data wants shown beside results; empty when there is none.
    fn attribution(&self) -> &'static str;
}

/// Answers from the gazetteer in the program: cities, without streets.
#[derive(Clone, Copy, Debug, Default)]
pub struct OfflineLocator;

impl OfflineLocator {
    fn find(address: &Address) -> Option<Located> {
        address.key()?;
        let place = places::locate(&places::Query {
            city: address.city.as_deref().unwrap_or_default(),
            country: address.country.as_deref(),
            state: address.state.as_deref(),
            zipcode: address.zipcode.as_deref(),
            address1: address.address1.as_deref(),
        })?;
        Some(Located { latitude: place.latitude, longitude: place.longitude, radius_km: place.radius_km })
    }
}

impl Locator for OfflineLocator {
    fn locate<'a>(&'a self, address: &'a Address) -> LocateFuture<'a> {
        Box::pin(ready(Ok(OfflineLocator::find(address))))
    }

    fn attribution(&self) -> &'static str {
        places::ATTRIBUTION
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(city: &str, country: &str) -> Address {
        Address { city: Some(city.to_owned()), country: Some(country.to_owned()), ..Address::default() }
    }

    #[test]
    fn the_key_ignores_case_and_blanks_and_keeps_parts_apart() {
        assert_eq!(address("Palo  Alto ", "us").key(), address("palo alto", "US").key());
        assert_ne!(address("Paris", "").key(), address("", "Paris").key());
        assert_ne!(address("Paris FR", "").key(), address("Paris", "FR").key());
        assert_eq!(address(" ", "\t").key(), None);
        assert_eq!(Address::default().key(), None);
    }

    #[test]
    fn what_is_too_long_for_an_address_is_not_looked_up() {
        assert!(address(&"ü".repeat(PART_CHARS_MAX), "DE").key().is_some());
        assert_eq!(address(&"ü".repeat(PART_CHARS_MAX + 1), "DE").key(), None);
    }

    #[test]
    fn the_radius_is_half_the_diagonal_of_the_box() {
        // One degree of latitude is 111.19 km on a sphere of this radius.
        let located = Located::from_box(0.0, 0.0, [-0.5, 0.5, 0.0, 0.0]).expect("valid");
        assert!((located.radius_km - 55.597).abs() < 0.001, "{located:?}");
        let point = Located::from_box(52.0, 4.0, [52.0, 52.0, 4.0, 4.0]).expect("valid");
        assert_eq!(point.radius_km, 0.0);
    }

    #[test]
    fn a_box_over_the_date_line_is_not_a_belt_around_the_earth() {
        let located = Located::from_box(-17.0, 180.0, [-17.0, -17.0, 179.5, -179.5]).expect("valid");
        assert!((located.radius_km - 53.17).abs() < 0.01, "{located:?}");
    }

    #[test]
    fn numbers_that_are_no_coordinates_are_refused() {
        for (latitude, longitude, bounds) in [
            (91.0, 0.0, [0.0; 4]),
            (0.0, 181.0, [0.0; 4]),
            (f64::NAN, 0.0, [0.0; 4]),
            (0.0, f64::INFINITY, [0.0; 4]),
            (0.0, 0.0, [0.0, 0.0, 0.0, f64::NAN]),
            (0.0, 0.0, [-90.5, 0.0, 0.0, 0.0]),
        ] {
            assert_eq!(
                Located::from_box(latitude, longitude, bounds),
                None,
                "{latitude} {longitude} {bounds:?}"
            );
        }
    }

    #[tokio::test]
    async fn the_gazetteer_answers_without_a_network() {
        let found = OfflineLocator.locate(&address("Norrköping", "SE")).await;
        let place = found.expect("no error is possible").expect("a known city");
        assert!((place.latitude - 58.59).abs() < 0.1 && (place.longitude - 16.18).abs() < 0.1, "{place:?}");
        assert!((2.0..=40.0).contains(&place.radius_km), "{place:?}");
        assert_eq!(OfflineLocator.locate(&address("Nowhereville", "SE")).await, Ok(None));
        assert_eq!(OfflineLocator.locate(&Address::default()).await, Ok(None));
        assert_eq!(OfflineLocator.attribution(), places::ATTRIBUTION);
    }
}
