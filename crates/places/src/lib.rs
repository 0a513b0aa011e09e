//! Offline gazetteer: where is the city of an address?
//!
//! The table of cities is part of the program, so the answer needs no network service. It is
//! unpacked once, at the first question (or by [`prepare`]), and then takes about 12 MB.
//!
//! Names are compared without case, accents, spaces and punctuation, in many languages and
//! transliterations. A city is found to the accuracy of its centre; streets are not known.
//!
//! The crate does no I/O and never panics: what it does not know is `None`.

mod fold;
mod geo;
pub mod pack;
mod query;
mod regions;
mod table;

use table::Table;

/// The notice that the licence of the data (Creative Commons Attribution 4.0) asks for. Show it
/// wherever a person can see locations that came from this crate.
pub const ATTRIBUTION: &str = "City names and locations: GeoNames (https://www.geonames.org), CC BY 4.0 \
    (https://creativecommons.org/licenses/by/4.0/), selected and reformatted.";

/// What is known of an address; all texts as the user gave them.
///
/// Blank texts count as absent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query<'a> {
    /// Name of the city, possibly with more around it ("Ashburn, VA", "London E14").
    pub city: &'a str,
    /// ISO 3166-1 alpha-2 code, in any case; an English country name is understood too. A country
    /// that is given is binding: without a match inside it there is no answer.
    pub country: Option<&'a str>,
    /// State, province or other first-level division, by name or by its usual code. It chooses
    /// between cities of one name and is ignored where it fits none of them.
    pub state: Option<&'a str>,
    /// Postal code; tells the state in the United States, Canada and Australia when `state` does
    /// not decide.
    pub zipcode: Option<&'a str>,
    /// First address line; read only without a city, for what follows its first comma.
    pub address1: Option<&'a str>,
}

/// A place that was found, as WGS84 coordinates.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The name under which the gazetteer lists the place, with its accents.
    pub name: String,
    /// ISO 3166-1 alpha-2 code, upper case.
    pub country: String,
    /// Decimal degrees, north positive, to about 100 m.
    pub latitude: f64,
    /// Decimal degrees, east positive, to about 100 m.
    pub longitude: f64,
    /// Half the diagonal of the box around the place, in kilometres.
    ///
    /// For a city this is an estimate from its population, between 2 and 40 km: larger cities
    /// are denser, so the area grows with the power 0.75 of the population (1.5 km² at 1 000
    /// people, twice that where cities sprawl: US, CA, AU, NZ), and the box of an irregular
    /// outline is taken as 1.3 times as wide as a square of that area. Against real city limits
    /// it is right to a factor of about 1.5. For a whole state or country it is measured from its cities.
    pub radius_km: f64,
}

/// Finds the place that an address speaks of.
///
/// The city counts first: its whole text, then the parts between commas, slashes and the like,
/// then without district numbers and filler words, then cut to its leading or trailing words. Of
/// several places with the name the one in the given state wins, then the most populous; a name
/// that is merely one of a place's alternative names weighs less than the main name of another.
/// Without any city the state as a whole is the answer, which needs the country; so is the country
/// itself if the city is only its name.
///
/// Returns `None` when nothing fits.
pub fn locate(query: &Query<'_>) -> Option<Place> {
    query::locate(Table::get()?, query)
}

/// Unpacks the table now, so that the first [`locate`] does not have to. Calling it again, or from
/// several threads, is harmless.
pub fn prepare() {
    let _ = Table::get();
}
