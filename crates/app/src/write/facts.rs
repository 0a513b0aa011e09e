//! Finding facts out.

use rules::{Facts, Need};

use crate::outside::Outside;

/// Finds one fact out and keeps it.
pub(super) async fn find_out(outside: &dyn Outside, need: Need, facts: &mut Facts) {
    match need {
        Need::Asn(asn) => {
            let found = outside.asn(asn).await;
            facts.asns.push((asn, found));
        }
        Need::Prefix(prefix) => {
            let found = outside.prefix(prefix).await;
            facts.prefixes.push((prefix, found));
        }
        Need::Place(place) => {
            let found = outside.place(&place).await;
            facts.places.push((place, found));
        }
        Need::Feed(url) => {
            let found = outside.feed(&url).await;
            facts.feeds.push((url, found));
        }
    }
}
