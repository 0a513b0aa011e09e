//! What the rules want to know of the world outside, found out over the network.

use std::sync::Arc;

use app::locate::{Address, Locator};
use app::outside::{Asked, Offline, Outside};
use ipnet::IpNet;
use model::geo::Point;
use rules::{Place, Registration};

use crate::feed;
use crate::http::HttpClient;
use crate::rdap::Rdap;

/// Asks registries, a geocoder and exchanges.
#[derive(Clone)]
pub struct Online {
    /// The registries; without them look-ups fail, as [`Offline`] says.
    pub rdap: Option<Rdap>,
    /// The geocoder.
    pub locator: Arc<dyn Locator>,
    /// The way to member lists.
    pub client: HttpClient,
}

impl Outside for Online {
    fn asn(&self, asn: u32) -> Asked<'_, Registration> {
        match &self.rdap {
            Some(rdap) => Box::pin(rdap.asn(asn)),
            None => Offline.asn(asn),
        }
    }

    fn prefix(&self, prefix: IpNet) -> Asked<'_, Registration> {
        match &self.rdap {
            Some(rdap) => Box::pin(rdap.prefix(prefix)),
            None => Offline.prefix(prefix),
        }
    }

    fn place<'a>(&'a self, place: &'a Place) -> Asked<'a, Result<Option<Point>, String>> {
        Box::pin(async move {
            let located = self.locator.locate(&address(place)).await.map_err(|error| {
                tracing::warn!(%error, "address not located");
                "the geocoder gave no answer".to_owned()
            })?;
            Ok(located.map(|found| Point { latitude: found.latitude, longitude: found.longitude }))
        })
    }

    fn feed<'a>(&'a self, url: &'a str) -> Asked<'a, Result<Vec<u32>, String>> {
        Box::pin(feed::networks(&self.client, url))
    }
}

/// The parts of an address that a geocoder knows; blank ones are absent.
fn address(place: &Place) -> Address {
    let part = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
    Address {
        city: part(&place.city),
        country: part(&place.country),
        state: part(&place.state),
        zipcode: part(&place.zipcode),
        address1: part(&place.address1),
    }
}

#[cfg(test)]
mod tests {
    use app::locate::OfflineLocator;

    use super::*;
    use crate::http::Settings;

    #[tokio::test]
    async fn what_is_not_configured_fails_and_what_is_is_asked() {
        let client = HttpClient::new(Settings::default()).expect("a client");
        let online = Online { rdap: None, locator: Arc::new(OfflineLocator), client };
        assert!(matches!(online.asn(64496).await, Registration::Failed(_)));
        let prefix = "192.0.2.0/24".parse().expect("a prefix");
        assert!(matches!(online.prefix(prefix).await, Registration::Failed(_)));
        let berlin = Place { city: "Berlin".into(), country: "DE".into(), ..Place::default() };
        let point = online.place(&berlin).await.expect("an answer").expect("a known city");
        assert!((point.latitude - 52.5).abs() < 0.2, "{point:?}");
        assert_eq!(online.place(&Place::default()).await, Ok(None));
    }
}
