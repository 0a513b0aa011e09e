//! Distance search (rest-api specification, section 6.7): what has to be located, and what then matches.

use model::geo::Point;
use model::{AnyRecord, Tag};

use super::QueryError;
use super::sight::Sight;
use crate::query::Params;

/// A place that has to be located before the question can be answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// The point and distance are known.
    Around(Origin),
    /// An address has to be located; `distance_km` is `None` where the extent of the city decides.
    Address {
        /// City.
        city: String,
        /// ISO 3166-1 alpha-2 code.
        country: Option<String>,
        /// State or province.
        state: Option<String>,
        /// Postal code.
        zipcode: Option<String>,
        /// Street address.
        address1: Option<String>,
        /// Asked distance, km.
        distance_km: Option<f64>,
    },
}

/// A located centre of a distance search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Origin {
    /// The centre.
    pub point: Point,
    /// Largest distance, km.
    pub distance_km: f64,
}

impl Origin {
    /// The centre of a search around a place that is not known: nothing is near it.
    pub const NOWHERE: Origin = Origin { point: Point { latitude: 0.0, longitude: 0.0 }, distance_km: -1.0 };
}

/// The types that have coordinates to search by.
pub(crate) const SPATIAL: &[Tag] = &[Tag::Org, Tag::Fac];

/// Parameters that describe the place in a distance search and are no text filters then.
pub(crate) const PLACE_PARAMS: [&str; 7] =
    ["latitude", "longitude", "address1", "city", "city__in", "state", "zipcode"];

/// The distance of a record's stored coordinates from a point, km; `None` without coordinates.
pub(crate) fn distance_from(record: &AnyRecord, point: Point) -> Option<f64> {
    let (latitude, longitude) = match record {
        AnyRecord::Org(org) => (org.latitude?, org.longitude?),
        AnyRecord::Fac(fac) => (fac.latitude?, fac.longitude?),
        _ => return None,
    };
    let here = Point { latitude: latitude.to_f64(), longitude: longitude.to_f64() };
    Some(point.distance_km(here))
}

/// What the parameters ask for; `None` when they are no distance search.
pub(crate) fn ask(sight: Sight<'_>, tag: Tag, params: &Params) -> Result<Option<Ask>, QueryError> {
    if !SPATIAL.contains(&tag) {
        return Ok(None);
    }
    let place = Place::of(params);
    let Some(text) = params.last("distance") else { return Ok(place.implicit()) };
    // A distance that is none asks for the place as a text.
    let Some(distance_km) = number(text, "distance")?.filter(|km| *km > 0.0) else { return Ok(None) };
    if let (Some(lat), Some(lon)) = (params.last("latitude"), params.last("longitude")) {
        let (latitude, longitude) = (number(lat, "latitude")?, number(lon, "longitude")?);
        let point = latitude.zip(longitude).map(|(latitude, longitude)| Point { latitude, longitude });
        let point = point.ok_or_else(|| QueryError::value("latitude"))?;
        return Ok(Some(Ask::Around(Origin { point, distance_km })));
    }
    if tag == Tag::Fac
        && place.city.is_none()
        && place.country.is_none()
        && let Some(question) = params.first("name_search").filter(|text| !text.is_empty())
    {
        return Ok(Some(around_first_hit(sight, question, distance_km)));
    }
    place.explicit(distance_km).map(Some)
}

/// The first facility that a search finds is the centre; where nothing is found, no distance matches.
fn around_first_hit(sight: Sight<'_>, question: &str, distance_km: f64) -> Ask {
    let hit =
        sight.search(Tag::Fac, question).into_iter().filter_map(|id| sight.entry(Tag::Fac, id)).find_map(
            |entry| match entry.record() {
                AnyRecord::Fac(fac) => {
                    Some(Point { latitude: fac.latitude?.to_f64(), longitude: fac.longitude?.to_f64() })
                }
                _ => None,
            },
        );
    match hit {
        Some(point) => Ask::Around(Origin { point, distance_km }),
        None => Ask::Around(Origin::NOWHERE),
    }
}

fn number(text: &str, param: &str) -> Result<Option<f64>, QueryError> {
    let number: f64 = text.trim().parse().map_err(|_| QueryError::value(param))?;
    if number.is_finite() { Ok(Some(number)) } else { Err(QueryError::value(param)) }
}

/// The address in the parameters.
struct Place {
    city: Option<String>,
    country: Option<String>,
    state: Option<String>,
    zipcode: Option<String>,
    address1: Option<String>,
}

impl Place {
    fn of(params: &Params) -> Place {
        let given = |name: &str| params.last(name).filter(|text| !text.is_empty()).map(str::to_owned);
        let single = |name: &str| given(name).filter(|text| !text.contains(','));
        Place {
            city: given("city").or_else(|| single("city__in")),
            country: given("country").or_else(|| single("country__in")),
            state: given("state"),
            zipcode: given("zipcode"),
            address1: given("address1"),
        }
    }

    fn implicit(self) -> Option<Ask> {
        let city = self.city?;
        Some(Ask::Address {
            city,
            country: self.country,
            state: self.state,
            zipcode: self.zipcode,
            address1: self.address1,
            distance_km: None,
        })
    }

    fn explicit(self, distance_km: f64) -> Result<Ask, QueryError> {
        const NEEDED: &str = "Required for distance filtering";
        match (self.city, &self.country) {
            (Some(city), Some(_)) => Ok(Ask::Address {
                city,
                country: self.country,
                state: self.state,
                zipcode: self.zipcode,
                address1: self.address1,
                distance_km: Some(distance_km),
            }),
            (city, country) => {
                let missing = [("country", country.is_none()), ("city", city.is_none())];
                let missing =
                    missing.into_iter().filter(|(_, absent)| *absent).map(|(name, _)| (name, NEEDED));
                Err(QueryError::Missing(missing.collect()))
            }
        }
    }
}
