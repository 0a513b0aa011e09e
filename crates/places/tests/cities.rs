//! Finding the places where networks really meet, under the names that people really write.

use places::{Place, Query, locate};

fn in_country(city: &str, country: &str) -> Option<Place> {
    locate(&Query { city, country: Some(country), ..Query::default() })
}

fn in_state(city: &str, country: &str, state: &str) -> Option<Place> {
    locate(&Query { city, country: Some(country), state: Some(state), ..Query::default() })
}

fn anywhere(city: &str) -> Option<Place> {
    locate(&Query { city, ..Query::default() })
}

/// Kilometres from a place to a point, good enough for neighbours.
fn distance_km(place: &Place, latitude: f64, longitude: f64) -> f64 {
    let north = (place.latitude - latitude) * 111.2;
    let east = (place.longitude - longitude) * 111.2 * latitude.to_radians().cos();
    north.hypot(east)
}

#[test]
fn interconnection_cities_are_where_they_are() {
    for (city, country, latitude, longitude) in [
        ("Ashburn", "US", 39.04, -77.49),
        ("New York", "US", 40.71, -74.01),
        ("Secaucus", "US", 40.79, -74.06),
        ("Newark", "US", 40.73, -74.17),
        ("Reston", "US", 38.96, -77.35),
        ("Chicago", "US", 41.88, -87.63),
        ("Dallas", "US", 32.78, -96.80),
        ("Miami", "US", 25.77, -80.19),
        ("Atlanta", "US", 33.75, -84.39),
        ("Denver", "US", 39.74, -104.99),
        ("Seattle", "US", 47.61, -122.33),
        ("Los Angeles", "US", 34.05, -118.24),
        ("El Segundo", "US", 33.92, -118.41),
        ("San Jose", "US", 37.34, -121.89),
        ("Santa Clara", "US", 37.35, -121.96),
        ("Palo Alto", "US", 37.44, -122.14),
        ("Hillsboro", "US", 45.52, -122.99),
        ("Toronto", "CA", 43.65, -79.38),
        ("Montréal", "CA", 45.50, -73.57),
        ("Querétaro", "MX", 20.59, -100.39),
        ("São Paulo", "BR", -23.55, -46.63),
        ("Fortaleza", "BR", -3.73, -38.52),
        ("Buenos Aires", "AR", -34.60, -58.38),
        ("Santiago", "CL", -33.45, -70.67),
        ("Bogotá", "CO", 4.65, -74.08),
        ("London", "GB", 51.51, -0.13),
        ("Slough", "GB", 51.51, -0.60),
        ("Manchester", "GB", 53.48, -2.24),
        ("Dublin", "IE", 53.35, -6.26),
        ("Amsterdam", "NL", 52.37, 4.90),
        ("Frankfurt am Main", "DE", 50.11, 8.68),
        ("Düsseldorf", "DE", 51.23, 6.78),
        ("Berlin", "DE", 52.52, 13.40),
        ("Zürich", "CH", 47.37, 8.54),
        ("Glattbrugg", "CH", 47.43, 8.56),
        ("Wien", "AT", 48.21, 16.37),
        ("Praha", "CZ", 50.08, 14.43),
        ("Warszawa", "PL", 52.23, 21.01),
        ("Paris", "FR", 48.86, 2.35),
        ("Marseille", "FR", 43.30, 5.37),
        ("Madrid", "ES", 40.42, -3.70),
        ("Lisboa", "PT", 38.72, -9.14),
        ("Milano", "IT", 45.46, 9.19),
        ("Stockholm", "SE", 59.33, 18.07),
        ("København", "DK", 55.68, 12.57),
        ("Oslo", "NO", 59.91, 10.75),
        ("Helsinki", "FI", 60.17, 24.94),
        ("Kyiv", "UA", 50.45, 30.52),
        ("Istanbul", "TR", 41.01, 28.97),
        ("Fujairah", "AE", 25.13, 56.33),
        ("Mumbai", "IN", 19.08, 72.88),
        ("Chennai", "IN", 13.08, 80.27),
        ("Singapore", "SG", 1.30, 103.85),
        ("Jakarta", "ID", -6.20, 106.83),
        ("Hong Kong", "HK", 22.30, 114.17),
        ("Taipei", "TW", 25.04, 121.53),
        ("Seoul", "KR", 37.56, 126.98),
        ("Tokyo", "JP", 35.68, 139.70),
        ("Osaka", "JP", 34.69, 135.50),
        ("Sydney", "AU", -33.87, 151.21),
        ("Auckland", "NZ", -36.85, 174.76),
        ("Johannesburg", "ZA", -26.20, 28.04),
        ("Nairobi", "KE", -1.29, 36.82),
        ("Lagos", "NG", 6.46, 3.39),
    ] {
        let place = in_country(city, country).unwrap_or_else(|| panic!("{city} is not found"));
        let off = distance_km(&place, latitude, longitude);
        assert!(place.country == country && off < 15.0, "{city}: {place:?}, off by {off:.1} km");
        assert!((2.0..=40.0).contains(&place.radius_km), "{city}: {place:?}");
    }
}

#[test]
fn spellings_and_languages_name_one_city() {
    for names in [
        &["Zürich", "Zurich", "ZUERICH", "Zurigo"][..],
        &["São Paulo", "Sao Paulo", "sao-paulo"],
        &["Köln", "Koeln", "Koln", "Cologne"],
        &["München", "Munich", "Muenchen", "Monaco di Baviera"],
        &["Frankfurt am Main", "Frankfurt", "Frankfurt/Main", "Frankfurt a.M.", "FRANKFURT (MAIN)"],
        &["New York City", "New York", "NewYork", "NYC"],
        &["Wien", "Vienna", "Vienne, Austria"],
        &["Göteborg", "Goeteborg", "Gothenburg"],
        &["Århus", "Aarhus"],
        &["København", "Kopenhagen", "Copenhagen"],
        &["Kyiv", "Kiev", "Київ"],
        &["Moscow", "Moskva", "Москва"],
        &["Tokyo", "Tōkyō", "東京"],
        &["The Hague", "Den Haag", "'s-Gravenhage"],
        &["St. Louis", "Saint Louis", "St Louis, MO"],
        &["Mumbai", "Bombay"],
        &["Xi'an", "Xi’an", "Xian"],
    ] {
        let expected = anywhere(names[0]);
        assert!(expected.is_some(), "{}", names[0]);
        for name in names {
            assert_eq!(anywhere(name), expected, "{name}");
        }
    }
}

#[test]
fn text_around_the_city_is_understood() {
    for (text, country, name) in [
        ("Ashburn, VA", "US", "Ashburn"),
        ("Ashburn VA", "US", "Ashburn"),
        ("Washington DC", "US", "Washington"),
        ("Tokyo, Chiyoda-ku", "JP", "Tokyo"),
        ("Chiyoda-ku, Tokyo", "JP", "Chiyoda"),
        ("London E14", "GB", "London"),
        ("London, Docklands", "GB", "London"),
        ("Greater London", "GB", "London"),
        ("Praha 6", "CZ", "Prague"),
        ("København S", "DK", "Copenhagen"),
        ("Taipei City", "TW", "Taipei"),
        ("São Paulo/SP", "BR", "São Paulo"),
        ("Lyon and Grenoble", "FR", "Lyon"),
        ("Building 4, Slough", "GB", "Slough"),
        ("Downtown Los Angeles", "US", "Los Angeles"),
        ("Hattersheim am Main", "DE", "Hattersheim"),
    ] {
        assert_eq!(in_country(text, country).map(|place| place.name).as_deref(), Some(name), "{text}");
    }
}

#[test]
fn a_state_chooses_between_cities() {
    for (city, country, state, latitude, longitude) in [
        ("Portland", "US", "OR", 45.52, -122.68),
        ("Portland", "US", "Maine", 43.66, -70.26),
        ("Springfield", "US", "IL", 39.80, -89.65),
        ("Springfield", "US", "massachusetts", 42.10, -72.59),
        ("London", "CA", "ON", 42.98, -81.25),
        ("Richmond", "CA", "BC", 49.17, -123.14),
        ("Richmond", "AU", "VIC", -37.82, 145.00),
        ("Richmond", "AU", "New South Wales", -33.60, 150.75),
        ("Frankfurt", "DE", "Brandenburg", 52.34, 14.55),
        ("Frankfurt", "DE", "Hessen", 50.11, 8.68),
    ] {
        let place = in_state(city, country, state).unwrap();
        assert!(distance_km(&place, latitude, longitude) < 15.0, "{city}, {state}: {place:?}");
    }
    assert_eq!(in_state("Chicago", "US", "no such state"), in_country("Chicago", "US"));
    assert_eq!(anywhere("Atlanta, Georgia"), in_state("Atlanta", "US", "GA"));
    assert_eq!(anywhere("Paris, TX"), in_state("Paris", "US", "TX"));
    assert_eq!(anywhere("Paris, France"), in_country("Paris", "FR"));
}

#[test]
fn a_postal_code_chooses_where_no_state_does() {
    let springfield = |zipcode, state| {
        let query = Query { city: "Springfield", country: Some("US"), state, zipcode, ..Query::default() };
        locate(&query).unwrap().latitude
    };
    assert!((springfield(Some("62701"), None) - 39.80).abs() < 0.1);
    assert!((springfield(Some("01103"), Some("")) - 42.10).abs() < 0.1);
    assert!((springfield(Some("01103"), Some("IL")) - 39.80).abs() < 0.1, "the state counts more");
}

#[test]
fn the_most_populous_city_wins_in_the_world_and_in_a_country() {
    assert_eq!(anywhere("Paris").unwrap().country, "FR");
    assert_eq!(anywhere("Birmingham").unwrap().country, "GB");
    assert_eq!(anywhere("Naples").unwrap().country, "IT");
    assert_eq!(anywhere("Sydney").unwrap().country, "AU");
    assert!((in_country("Portland", "US").unwrap().latitude - 45.52).abs() < 0.1);
}

#[test]
fn a_country_is_binding_and_forgiving_in_form() {
    assert_eq!(in_country("Norrköping", "US"), None);
    assert_eq!(in_country("London", "XX"), None);
    assert_eq!(in_country("London", "no such country"), None);
    for country in ["GB", "gb", " gb ", "UK", "United Kingdom"] {
        assert_eq!(in_country("London", country), in_country("London", "GB"), "{country}");
    }
    assert_eq!(in_country("London", " "), anywhere("London"));
}

#[test]
fn a_state_or_country_alone_is_a_place() {
    let virginia = in_state("", "US", "VA").unwrap();
    assert_eq!(virginia.name, "Virginia");
    assert!(distance_km(&virginia, 37.9, -79.4) < 100.0 && virginia.radius_km > 200.0, "{virginia:?}");
    assert_eq!(in_state(" ", "GB", "London"), in_country("London", "GB"));
    assert_eq!(in_state("", "US", "XQ"), None);
    let bermuda = in_country("Bermuda", "BM").unwrap();
    assert!(distance_km(&bermuda, 32.3, -64.78) < 15.0 && bermuda.radius_km < 30.0, "{bermuda:?}");
}

#[test]
fn an_address_line_stands_in_for_a_missing_city() {
    let query = Query {
        city: "",
        country: Some("DE"),
        address1: Some("Kleyerstraße 90, 60326 Frankfurt am Main"),
        ..Query::default()
    };
    assert_eq!(locate(&query), in_country("Frankfurt am Main", "DE"));
    assert_eq!(locate(&Query { address1: Some("Kleyerstraße 90"), ..query }), None);
}

#[test]
fn nonsense_is_not_found() {
    for text in [
        "",
        " ",
        "Nowhereville",
        "123",
        "…",
        "Ünïcödé ✓ 漢字",
        "double  space",
        "San Nowhere",
        "Bad Foo",
        "---",
    ] {
        assert_eq!(anywhere(text), None, "{text:?}");
    }
    assert_eq!(anywhere(&"x".repeat(100_000)), None);
    assert_eq!(locate(&Query::default()), None);
}
