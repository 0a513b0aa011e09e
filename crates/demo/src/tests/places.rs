//! Addresses, coordinates and campuses.

use std::collections::HashMap;

use model::Status;

use super::*;
use crate::words::Words;

/// Countries without postal codes (data-model specification, 5.3).
const NO_ZIP: &str = "AE AG AN AO AW BF BI BJ BS BW BZ CD CF CG CI CK CM DJ DM ER FJ GD GH GM GN GQ GY HK IE JM KE \
                      KI KM KN KP LC ML MO MR MS MU MW NR NU PA QA RW SB SC SL SO SR ST SY TF TK TL TO TT TV TZ UG \
                      VU YE ZA ZW";

/// Great-circle distance in kilometres.
fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (north, east) = ((b.0 - a.0).to_radians(), (b.1 - a.1).to_radians());
    let h = (north / 2.0).sin().powi(2)
        + a.0.to_radians().cos() * b.0.to_radians().cos() * (east / 2.0).sin().powi(2);
    2.0 * 6373.0 * h.sqrt().asin()
}

fn point(fac: &Fac) -> Option<(f64, f64)> {
    Some((fac.latitude?.to_f64(), fac.longitude?.to_f64()))
}

#[test]
fn facilities_are_in_their_city() {
    let words = Words::read();
    for directory in both() {
        for fac in facs(directory) {
            let city = words
                .cities
                .iter()
                .enumerate()
                .filter(|(at, city)| {
                    words.country(*at).code == &*fac.country
                        && (city.name == &*fac.city || city.native == &*fac.city)
                })
                .find(|(_, city)| city.state == &*fac.state)
                .map(|(_, city)| city)
                .expect("a city of the list");
            if let Some(point) = point(fac) {
                assert!(distance(point, (city.latitude, city.longitude)) < 20.0, "fac {}", fac.id);
            }
            assert_eq!(fac.latitude.is_some(), fac.longitude.is_some());
            assert!(!fac.address1.is_empty() && fac.floor.is_empty());
        }
    }
}

#[test]
fn postal_codes_are_there_where_the_country_has_them() {
    for directory in both() {
        for fac in facs(directory) {
            let none = NO_ZIP.split(' ').any(|code| code == &*fac.country);
            assert_eq!(fac.zipcode.is_empty(), none, "fac {} in {}", fac.id, fac.country);
        }
        for org in orgs(directory) {
            let none = NO_ZIP.split(' ').any(|code| code == &*org.country);
            assert!(org.zipcode.is_empty() || !none, "org {}", org.id);
            assert!(org.floor.is_empty());
        }
    }
}

#[test]
fn regions_follow_from_countries() {
    let expected = [
        ("DE", "Europe"),
        ("CY", "Middle East"),
        ("TR", "Middle East"),
        ("EG", "Middle East"),
        ("NZ", "Asia Pacific"),
        ("AU", "Australia"),
        ("MX", "North America"),
        ("PR", "North America"),
        ("BR", "South America"),
        ("ZA", "Africa"),
        ("GE", "Asia Pacific"),
        ("JP", "Asia Pacific"),
    ];
    let expected: HashMap<&str, &str> = expected.into();
    for directory in both() {
        let mut seen: HashMap<Box<str>, Box<str>> = HashMap::new();
        let of_facs = facs(directory).map(|fac| (fac.country.clone(), fac.region_continent.clone()));
        let of_ixes = ixes(directory).map(|ix| (ix.country.clone(), Some(ix.region_continent.clone())));
        for (country, region) in of_facs.chain(of_ixes) {
            let region = region.expect("every country has a region");
            if let Some(known) = expected.get(&*country) {
                assert_eq!(*known, &*region, "{country}");
            }
            assert_eq!(*seen.entry(country).or_insert(region.clone()), region);
        }
        assert!(seen.len() > 20);
    }
}

#[test]
fn campuses_hold_facilities_of_one_organization_close_together() {
    for directory in both() {
        let mut members: HashMap<u32, Vec<&Fac>> = HashMap::new();
        for fac in facs(directory) {
            if let Some(campus) = fac.campus_id {
                members.entry(campus).or_default().push(fac);
            }
        }
        for campus in campuses(directory) {
            let facs = members.remove(&campus.id).unwrap_or_default();
            let live = facs.iter().filter(|fac| fac.status == Status::Ok).count();
            match campus.status {
                Status::Ok => assert!(live >= 2, "campus {}", campus.id),
                Status::Pending => assert!(live < 2, "campus {}", campus.id),
                Status::Deleted => assert!(facs.is_empty(), "campus {}", campus.id),
            }
            for fac in &facs {
                assert_eq!(fac.org_id, campus.org_id);
                for other in &facs {
                    let (a, b) = (point(fac).expect("located"), point(other).expect("located"));
                    assert!(distance(a, b) <= 50.0, "campus {}", campus.id);
                }
            }
        }
        assert!(members.is_empty());
    }
}

#[test]
fn distances_are_right() {
    let (paris, london) = ((48.857, 2.352), (51.507, -0.128));
    assert!((distance(paris, london) - 344.0).abs() < 3.0);
}
