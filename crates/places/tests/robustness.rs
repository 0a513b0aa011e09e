//! Whatever the text, there is an answer and no panic, and the answer makes sense.

use places::{Query, locate};
use proptest::prelude::*;

/// Anything at all, and text that looks more like an address.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[A-Za-zäöüßéåø0-9 ,./()'-]{0,40}",
        "(London|San|St|Frankfurt|Tokyo|東京)[ ,/-]{1,2}[A-Za-z0-9]{0,6}",
    ]
}

proptest! {
    #[test]
    fn any_text_is_answered(
        city in text(),
        country in proptest::option::of(prop_oneof![text(), "[A-Za-z]{2}"]),
        state in proptest::option::of(text()),
        zipcode in proptest::option::of(prop_oneof![text(), "[0-9]{3,5}"]),
        address1 in proptest::option::of(text()),
    ) {
        let query = Query {
            city: &city,
            country: country.as_deref(),
            state: state.as_deref(),
            zipcode: zipcode.as_deref(),
            address1: address1.as_deref(),
        };
        if let Some(place) = locate(&query) {
            prop_assert!(!place.name.is_empty());
            prop_assert_eq!(place.country.len(), 2);
            prop_assert!(place.latitude.abs() <= 90.0 && place.longitude.abs() <= 180.0);
            prop_assert!(place.radius_km.is_finite() && place.radius_km >= 0.0);
        }
    }
}
