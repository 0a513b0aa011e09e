//! Geocoding by a service with a Nominatim-style search.

use std::time::Duration;

use app::locate::{Address, LocateError, LocateFuture, Located, Locator, Outcome};
use serde_json::Value;
use tokio::sync::Semaphore;
use url::Url;

use crate::http::{Document, HttpClient};

/// Requests under way at a time; more wait. Services of this kind ask to be used with moderation.
const REQUESTS_MAX: usize = 4;

/// Time for an answer. A request of the API waits for it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Size of an answer with one place, generously.
const BYTES_MAX: usize = 1 << 20;

/// The notice that OpenStreetMap asks for, whose data such services search.
const ATTRIBUTION: &str =
    "Geocoding: © OpenStreetMap contributors (https://www.openstreetmap.org/copyright), ODbL.";

/// Asks `GET {base}/search` in the structured form.
///
/// It asks anew each time: put [`app::locate::remember::Remembering`] before it.
pub struct NominatimLocator {
    client: HttpClient,
    base: Url,
    permits: Semaphore,
}

impl NominatimLocator {
    /// A locator that asks the service at `base`, an `http` or `https` URL with or without a slash at its end;
    /// its query, if it has one, goes along with every request.
    pub fn new(client: HttpClient, base: Url) -> NominatimLocator {
        let client = client.tightened(PATIENCE, BYTES_MAX);
        NominatimLocator { client, base, permits: Semaphore::new(REQUESTS_MAX) }
    }

    async fn ask(&self, address: &Address) -> Outcome {
        if address.key().is_none() {
            return Ok(None);
        }
        let patience = self.client.limits().total;
        let Ok(Ok(_permit)) = tokio::time::timeout(patience, self.permits.acquire()).await else {
            return Err(LocateError::Busy);
        };
        let fetched = self.client.get_endpoint(search_url(&self.base, address), "application/json").await;
        let document = fetched.map_err(|error| LocateError::Unreachable(error.to_string()))?;
        read(&document)
    }
}

impl Locator for NominatimLocator {
    fn locate<'a>(&'a self, address: &'a Address) -> LocateFuture<'a> {
        Box::pin(self.ask(address))
    }

    fn attribution(&self) -> &'static str {
        ATTRIBUTION
    }
}

fn search_url(base: &Url, address: &Address) -> Url {
    let mut url = base.clone();
    // An address of http or https always has segments.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push("search");
    }
    let country = address.country.as_deref().unwrap_or_default().trim().to_lowercase();
    let is_code = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_lowercase());
    let country_key = if is_code { "countrycodes" } else { "country" };
    let parts = [
        ("street", address.address1.as_deref()),
        ("city", address.city.as_deref()),
        ("state", address.state.as_deref()),
        ("postalcode", address.zipcode.as_deref()),
        (country_key, Some(country.as_str())),
    ];
    let mut query = url.query_pairs_mut();
    query.append_pair("format", "jsonv2").append_pair("limit", "1");
    for (key, value) in parts {
        let value = value.unwrap_or_default().trim();
        if !value.is_empty() {
            query.append_pair(key, value);
        }
    }
    drop(query);
    url
}

fn read(document: &Document) -> Outcome {
    if document.status != 200 {
        return Err(unusable(&format!("status {}", document.status)));
    }
    let body: Value =
        serde_json::from_slice(&document.body).map_err(|error| unusable(&format!("no JSON: {error}")))?;
    let places = body.as_array().ok_or_else(|| unusable("no list of places"))?;
    let Some(place) = places.first() else {
        return Ok(None);
    };
    place_of(place).map(Some).ok_or_else(|| unusable("a place without usable coordinates and bounding box"))
}

fn unusable(why: &str) -> LocateError {
    LocateError::Unusable(why.to_owned())
}

fn place_of(place: &Value) -> Option<Located> {
    let bounds = place.get("boundingbox")?.as_array()?;
    let [south, north, west, east] = bounds.as_slice() else {
        return None;
    };
    let bounds = [number(south)?, number(north)?, number(west)?, number(east)?];
    Located::from_box(number(place.get("lat")?)?, number(place.get("lon")?)?, bounds)
}

/// A number, written as one or as a text.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
