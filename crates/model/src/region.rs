//! The region of the world that a country's facilities belong to (data-model specification, 5.2).

/// Country codes by region. The regions are those of [`crate::choices::REGIONS`]; territories that the reference
/// leaves out stand with their geographic neighbours.
const REGIONS: &[(&str, &str)] = &[
    (
        "Europe",
        "AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK \
         MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XK",
    ),
    (
        "Asia Pacific",
        "AF AM AS AZ BD BN BT CC CK CN CX FJ FM GE GU HK HM ID IN IO JP KG KH KI KP KR KZ LA LK MH MM MN MO MP MV MY \
         NC NF NP NR NU NZ PF PG PH PK PN PW SB SG TF TH TJ TK TL TM TO TV TW UM UZ VN VU WF WS",
    ),
    (
        "North America",
        "AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR SV SX TC \
         TT US VC VG VI",
    ),
    ("South America", "AQ AR BO BR BV CL CO EC FK GF GS GY PE PY SR UY VE"),
    (
        "Africa",
        "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA NE \
         NG RE RW SC SD SH SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZW",
    ),
    ("Middle East", "AE BH CY EG IL IQ IR JO KW LB OM PS QA SA SY TR YE"),
    ("Australia", "AU"),
];

/// The region of a country, by its ISO 3166-1 alpha-2 code. `None` when there is no such country.
pub fn region(country: &str) -> Option<&'static str> {
    let is_in = |codes: &str| codes.split(' ').any(|code| code == country);
    REGIONS.iter().find(|(_, codes)| is_in(codes)).map(|(region, _)| *region)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{choices, country};

    #[test]
    fn every_country_has_one_region_out_of_the_list() {
        for (code, name) in country::COUNTRIES {
            let regions = REGIONS.iter().filter(|(_, codes)| codes.split(' ').any(|own| own == *code));
            let regions: Vec<&str> = regions.map(|(region, _)| *region).collect();
            assert_eq!(regions.len(), 1, "{code} {name}: {regions:?}");
            assert!(choices::REGIONS.contains(&regions[0]), "{}", regions[0]);
        }
        assert_eq!(region("XX"), None);
    }
}
