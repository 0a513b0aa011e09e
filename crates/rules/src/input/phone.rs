//! Telephone numbers.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

use super::texts;
use crate::message::Message;

/// The E.164 form of a number. A country (ISO 3166-1 code) says how to read one without a country code. Numbers
/// that nobody has assigned are fine, and an extension is left out (data-model specification, 10.10).
///
/// # Errors
/// When the text is no number, or one without a country code where no country is known.
pub fn normalize(text: &str, country: Option<&str>) -> Result<String, Message> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let region = country.and_then(|country| country.parse::<Region>().ok());
    let number = PHONE_NUMBER_UTIL.parse(text, region).map_err(|_| texts::NOT_A_PHONE.plain())?;
    Ok(PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164).into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_get_their_international_form() {
        for (text, country, normal) in [
            ("", None, ""),
            ("123", Some("SE"), "+46123"),
            ("+49 69 1234567", Some("SE"), "+49691234567"),
            ("0691234567", Some("SE"), "+46691234567"),
            ("+1 (206) 555-0100", Some("SE"), "+12065550100"),
            ("+12065550100 ext 5", None, "+12065550100"),
            ("069 12345678", Some("DE"), "+496912345678"),
            ("+46 13 1", Some("SE"), "+46131"),
            ("206 555 0100", Some("US"), "+12065550100"),
            ("06 1234 5678", Some("IT"), "+390612345678"),
        ] {
            assert_eq!(normalize(text, country).as_deref(), Ok(normal), "{text} {country:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for (text, country) in [
            ("+1", Some("SE")),
            ("5", Some("SE")),
            ("abc", Some("SE")),
            ("123", None),
            ("0691234567", None),
            ("0691234567", Some("")),
            ("0691234567", Some("XX")),
            ("+1111111111111111111111111111111111111111", None),
        ] {
            assert_eq!(normalize(text, country), Err(texts::NOT_A_PHONE.plain()), "{text} {country:?}");
        }
    }

    proptest! {
        #[test]
        fn normal_forms_stay_as_they_are(text in "(\\PC{0,30}|[+0-9 ().x;,-]{0,40})", known in any::<bool>()) {
            let country = known.then_some("DE");
            if let Ok(normal) = normalize(&text, country) {
                prop_assert!(normal.len() <= 20, "{normal}");
                prop_assert!(normal.is_empty() || normal.starts_with('+'), "{normal}");
                prop_assert_eq!(normalize(&normal, country), Ok(normal.clone()), "{}", text);
            }
        }
    }
}
