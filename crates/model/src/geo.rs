//! Distances on the sphere.

/// Mean radius of the Earth that the distance filter uses, km (rest-api specification, 6.7).
const EARTH_RADIUS_KM: f64 = 6371.0;

/// A point, decimal degrees (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

impl Point {
    /// Great-circle distance in km.
    pub fn distance_km(self, other: Point) -> f64 {
        EARTH_RADIUS_KM * self.angle(other)
    }

    /// The angle between two points as seen from the middle of the Earth, radians (haversine).
    pub fn angle(self, other: Point) -> f64 {
        let (lat1, lat2) = (self.latitude.to_radians(), other.latitude.to_radians());
        let half_lat = (lat2 - lat1) / 2.0;
        let half_lon = (other.longitude - self.longitude).to_radians() / 2.0;
        let h = half_lat.sin().powi(2) + lat1.cos() * lat2.cos() * half_lon.sin().powi(2);
        2.0 * h.sqrt().min(1.0).asin()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_distances() {
        let point = |latitude, longitude| Point { latitude, longitude };
        let (berlin, paris) = (point(52.52, 13.405), point(48.8566, 2.3522));
        assert!((berlin.distance_km(paris) - 877.5).abs() < 2.0);
        assert_eq!(berlin.distance_km(berlin), 0.0);
        let antipodes = point(0.0, 0.0).distance_km(point(0.0, 180.0));
        assert!((antipodes - 20015.0).abs() < 1.0);
    }
}
