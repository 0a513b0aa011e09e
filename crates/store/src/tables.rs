//! Small tables: single values, files, and the geocoder's answers.

use model::Time;
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::migrate::key;
use crate::session::{Cell, Session};

/// A file.
#[derive(Clone, PartialEq, Eq)]
pub struct Blob {
    /// SHA-256 of the content: its name.
    pub sha256: [u8; 32],
    /// The content.
    pub bytes: Vec<u8>,
    /// Media type, such as `image/png`.
    pub media_type: String,
    /// When it was stored first.
    pub created: Time,
}

impl Blob {
    /// A file with its name.
    pub fn new(bytes: Vec<u8>, media_type: String, created: Time) -> Blob {
        Blob { sha256: Sha256::digest(&bytes).into(), bytes, media_type, created }
    }

    /// The name in hexadecimal.
    pub fn name(&self) -> String {
        hex(&self.sha256)
    }
}

/// The name of a file in hexadecimal.
pub fn hex(sha256: &[u8; 32]) -> String {
    sha256.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl std::fmt::Debug for Blob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Blob({} bytes of {})", self.bytes.len(), self.media_type)
    }
}

/// A kept answer of the geocoder.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CachedPlace {
    /// The place; `None` when nothing was found.
    pub found: Option<Located>,
    /// When the geocoder was asked.
    pub fetched: Time,
}

/// A place on the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Located {
    /// Degrees north, kept to six decimals.
    pub latitude: f64,
    /// Degrees east, kept to six decimals.
    pub longitude: f64,
    /// Half the extent of the place in kilometres, kept to the metre.
    pub radius_km: f64,
}

const DEGREE: f64 = 1e6;
const KILOMETRE: f64 = 1e3;

pub(crate) async fn get_meta(session: &mut Session, key: &str) -> Result<Option<String>, Error> {
    session.value("SELECT value FROM meta WHERE key = $1", vec![key.into()]).await
}

pub(crate) async fn set_meta(session: &mut Session, key: &str, value: &str) -> Result<(), Error> {
    const PUT: &str = "INSERT INTO meta (key, value) VALUES ($1, $2) \
                       ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    session.execute(PUT, vec![key.into(), value.into()]).await
}

/// Moves the counter of changes of people, keys and permissions.
pub(crate) async fn move_principals(session: &mut Session) -> Result<(), Error> {
    const MOVE: &str = "UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE key = $1";
    session.execute(MOVE, vec![key::PRINCIPALS.into()]).await
}

pub(crate) async fn principals_sequence(session: &mut Session) -> Result<u64, Error> {
    number(&get_meta(session, key::PRINCIPALS).await?.unwrap_or_default(), key::PRINCIPALS)
}

/// The number that stands under a key of the table `meta`.
pub(crate) fn number(text: &str, key: &'static str) -> Result<u64, Error> {
    text.parse().map_err(|_| Error::Corrupt { table: "meta", id: 0, column: key, why: "is no number" })
}

pub(crate) async fn put_blob(session: &mut Session, blob: &Blob) -> Result<(), Error> {
    const PUT: &str = "INSERT INTO blob (sha256, bytes, media_type, created) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (sha256) DO NOTHING";
    let cells = vec![
        Cell::Bytes(&blob.sha256),
        Cell::Bytes(&blob.bytes),
        blob.media_type.as_str().into(),
        blob.created.0.into(),
    ];
    session.execute(PUT, cells).await
}

pub(crate) async fn get_blob(session: &mut Session, sha256: &[u8; 32]) -> Result<Option<Blob>, Error> {
    const GET: &str = "SELECT bytes, media_type, created FROM blob WHERE sha256 = $1";
    let found = session.fetch(GET, vec![Cell::Bytes(sha256)], |row| {
        Ok(Blob { sha256: *sha256, bytes: row.get(0)?, media_type: row.get(1)?, created: Time(row.get(2)?) })
    });
    Ok(found.await?.into_iter().next())
}

/// The names of all files, in their order.
pub(crate) async fn blob_names(session: &mut Session) -> Result<Vec<[u8; 32]>, Error> {
    let names: Vec<Vec<u8>> = session.list("SELECT sha256 FROM blob ORDER BY sha256", vec![]).await?;
    let corrupt = || Error::Corrupt { table: "blob", id: 0, column: "sha256", why: "has another length" };
    names.into_iter().map(|name| name.try_into().map_err(|_| corrupt())).collect()
}

pub(crate) async fn get_place(session: &mut Session, query: &str) -> Result<Option<CachedPlace>, Error> {
    const GET: &str = "SELECT latitude, longitude, radius, fetched FROM place_cache WHERE query = $1";
    let kept = session.fetch(GET, vec![query.into()], |row| {
        let number = |at: usize| row.get::<Option<i64>>(at);
        let found = match (number(0)?, number(1)?, number(2)?) {
            (Some(latitude), Some(longitude), Some(radius)) => Some(Located {
                latitude: latitude as f64 / DEGREE,
                longitude: longitude as f64 / DEGREE,
                radius_km: radius as f64 / KILOMETRE,
            }),
            _ => None,
        };
        Ok(CachedPlace { found, fetched: Time(row.get(3)?) })
    });
    Ok(kept.await?.into_iter().next())
}

pub(crate) async fn put_place(session: &mut Session, query: &str, place: &CachedPlace) -> Result<(), Error> {
    const PUT: &str = "INSERT INTO place_cache (query, latitude, longitude, radius, fetched) \
                       VALUES ($1, $2, $3, $4, $5) ON CONFLICT (query) DO UPDATE SET \
                       latitude = excluded.latitude, longitude = excluded.longitude, \
                       radius = excluded.radius, fetched = excluded.fetched";
    // The cast saturates, so that no answer whatever can make the statement fail.
    let scaled = |value: fn(&Located) -> f64, unit: f64| {
        Cell::from(place.found.as_ref().map(|located| (value(located) * unit).round() as i64))
    };
    let cells = vec![
        query.into(),
        scaled(|located| located.latitude, DEGREE),
        scaled(|located| located.longitude, DEGREE),
        scaled(|located| located.radius_km, KILOMETRE),
        place.fetched.0.into(),
    ];
    session.execute(PUT, cells).await
}
