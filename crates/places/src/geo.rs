//! Sizes and distances on the globe.

const EARTH_RADIUS_KM: f64 = 6371.0;

/// Great-circle distance in kilometres between two points given as (latitude, longitude) in degrees.
pub(crate) fn distance_km(from: (f64, f64), to: (f64, f64)) -> f64 {
    let half_lat = ((to.0 - from.0) / 2.0).to_radians().sin();
    let half_lon = ((to.1 - from.1) / 2.0).to_radians().sin();
    let chord =
        half_lat * half_lat + from.0.to_radians().cos() * to.0.to_radians().cos() * half_lon * half_lon;
    2.0 * EARTH_RADIUS_KM * chord.clamp(0.0, 1.0).sqrt().asin()
}

/// Half the diagonal in kilometres of the box around a city of that population; the model is
/// described at [`crate::Place::radius_km`].
pub(crate) fn city_radius_km(population: f64, country: &str) -> f64 {
    let sprawl = if matches!(country, "US" | "CA" | "AU" | "NZ") { 2.0 } else { 1.0 };
    let area = sprawl * 1.5 * (population / 1000.0).max(0.0).powf(0.75);
    (1.3 * (area / 2.0).sqrt()).clamp(2.0, 40.0)
}

/// The smallest box around points of (latitude, longitude): its middle and half its diagonal in
/// kilometres. The first point decides from which side longitudes are counted, so a box across
/// the date line stays small. `None` without points.
pub(crate) fn bounding_box(mut points: impl Iterator<Item = (f64, f64)>) -> Option<((f64, f64), f64)> {
    let origin = points.next()?;
    let (mut low, mut high) = ((origin.0, 0.0_f64), (origin.0, 0.0_f64));
    for (latitude, longitude) in points {
        let east = wrap(longitude - origin.1);
        low = (low.0.min(latitude), low.1.min(east));
        high = (high.0.max(latitude), high.1.max(east));
    }
    let middle = (f64::midpoint(low.0, high.0), wrap(origin.1 + f64::midpoint(low.1, high.1)));
    Some((middle, distance_km(low, high) / 2.0))
}

/// A longitude in the range -180 to 180 degrees.
fn wrap(longitude: f64) -> f64 {
    (longitude + 180.0).rem_euclid(360.0) - 180.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_of_known_cities() {
        let (london, paris) = ((51.507, -0.128), (48.857, 2.352));
        assert!((distance_km(london, paris) - 344.0).abs() < 3.0);
        assert!(distance_km(paris, paris) < 1e-9);
        assert!((distance_km((0.0, 0.0), (0.0, 180.0)) - EARTH_RADIUS_KM * std::f64::consts::PI).abs() < 1.0);
    }

    #[test]
    fn radius_grows_with_people_within_limits() {
        assert!((city_radius_km(0.0, "DE") - 2.0).abs() < 1e-9);
        assert!((city_radius_km(1e9, "IN") - 40.0).abs() < 1e-9);
        assert!((11.0..15.0).contains(&city_radius_km(760_000.0, "DE")));
        assert!(city_radius_km(50_000.0, "US") > city_radius_km(50_000.0, "FR"));
    }

    #[test]
    fn a_box_across_the_date_line_is_small() {
        let (middle, half) = bounding_box([(-17.0, 179.5), (-17.0, -179.5)].into_iter()).unwrap();
        assert!(middle.1.abs() > 179.9 && half < 100.0);
        assert!(bounding_box(std::iter::empty()).is_none());
    }
}
