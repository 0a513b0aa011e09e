//! Finding facts out.

use rules::{Facts, Need};

use super::WriteError;
use crate::directory::App;
use crate::logo::picture;
use crate::outside::Outside;
use crate::pool::Busy;

/// Finds one fact out and keeps it.
///
/// # Errors
/// When too much else is being computed.
pub(super) async fn find_out(
    app: &App,
    outside: &dyn Outside,
    need: Need,
    facts: &mut Facts,
) -> Result<(), WriteError> {
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
        Need::Picture(file) => {
            let content = file.clone();
            let examined = app.compute(move || picture::examine(&content.0)).await;
            facts.pictures.push((file, examined.map_err(|Busy| WriteError::Busy)?));
        }
    }
    Ok(())
}
