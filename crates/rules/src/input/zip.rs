//! Postal codes.

/// Countries without postal codes (data-model specification, 5.3), sorted.
const WITHOUT_CODES: &[&str] = &[
    "AE", "AG", "AN", "AO", "AW", "BF", "BI", "BJ", "BS", "BW", "BZ", "CD", "CF", "CG", "CI", "CK", "CM",
    "DJ", "DM", "ER", "FJ", "GD", "GH", "GM", "GN", "GQ", "GY", "HK", "IE", "JM", "KE", "KI", "KM", "KN",
    "KP", "LC", "ML", "MO", "MR", "MS", "MU", "MW", "NR", "NU", "PA", "QA", "RW", "SB", "SC", "SL", "SO",
    "SR", "ST", "SY", "TF", "TK", "TL", "TO", "TT", "TV", "TZ", "UG", "VU", "YE", "ZA", "ZW",
];

/// Whether a country, by its ISO 3166-1 code, has no postal codes.
pub fn has_no_codes(country: &str) -> bool {
    WITHOUT_CODES.binary_search(&country).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_holds_who_has_no_codes() {
        assert!(WITHOUT_CODES.is_sorted());
        assert!(has_no_codes("AE") && has_no_codes("ZW") && has_no_codes("HK"));
        assert!(!has_no_codes("DE") && !has_no_codes("") && !has_no_codes("ae"));
    }
}
