//! Organizations and facilities: addresses and positions (data-model specification, 10.8 and 10.11).

use model::geo::Point;
use model::records::{Fac, Org};
use model::scalar::Degrees;
use model::{AnyRecord, Tag, Value, region};

use super::{shared, texts};
use crate::command::Body;
use crate::context::{Context, Place};
use crate::rejection::{Errors, Stop};
use crate::stage::{Extras, set};
use crate::{campus, input};

/// How far a position may move while the city stays the same, km.
const MOVE_MAX_KM: f64 = 1.0;
/// How far a position may be from its city, km.
const CITY_MAX_KM: f64 = 50.0;

pub(super) fn org(org: &Org) -> Result<(), Errors> {
    floor(&org.floor)
}

fn floor(floor: &str) -> Result<(), Errors> {
    match floor.is_empty() {
        true => Ok(()),
        false => Err(Errors::of("floor", texts::FLOOR_DEPRECATED.plain())),
    }
}

pub(super) fn fac(
    context: &Context<'_>,
    fac: &mut Fac,
    stored: Option<&AnyRecord>,
    body: &Body,
) -> Result<(), Stop> {
    let stored = match stored {
        Some(AnyRecord::Fac(stored)) => Some(&**stored),
        _ => None,
    };
    floor(&fac.floor)?;
    if input::zip::has_no_codes(&fac.country) {
        fac.zipcode = "".into();
    } else if fac.zipcode.is_empty() {
        return Err(Errors::of("zipcode", texts::INPUT_REQUIRED.plain()).into());
    }
    let country = fac.country.clone();
    let numbers = [("tech_phone", &mut fac.tech_phone), ("sales_phone", &mut fac.sales_phone)];
    shared::phones(numbers, Some(&country))?;
    let is_suggested = stored.is_none() && context.suggestion_org() == Some(fac.org_id);
    if is_suggested && fac.website.is_empty() {
        // The organization for suggestions vouches for nothing.
        return Err(Errors::of("website", texts::WEBSITE_REQUIRED.plain()).into());
    }
    shared::website(context, fac.org_id, &fac.website)?;
    fac.region_continent = region::region(&fac.country).map(Box::from);
    match stored {
        // Whether it may stay on its campus is asked once its position is known: see `campus_place`.
        Some(stored) => position(context, fac, stored, body),
        None => Ok(joins(context, fac, None)?),
    }
}

/// A facility with new values belongs to the campus that it names.
pub(crate) fn campus_place(
    context: &Context<'_>,
    draft: &AnyRecord,
    stored: Option<&AnyRecord>,
) -> Result<(), Errors> {
    match (draft, stored) {
        (AnyRecord::Fac(fac), Some(AnyRecord::Fac(stored))) => joins(context, fac, Some(stored)),
        _ => Ok(()),
    }
}

/// A facility joins a campus only where it belongs, and stays only where it still does.
fn joins(context: &Context<'_>, fac: &Fac, stored: Option<&Fac>) -> Result<(), Errors> {
    let place = |fac: &Fac| (fac.campus_id, fac.org_id, fac.latitude, fac.longitude);
    let moves = stored.is_none_or(|stored| place(stored) != place(fac));
    match fac.campus_id.filter(|_| moves) {
        Some(id) => {
            campus::may_join(context.snapshot, id, fac).map_err(|message| Errors::of("campus_id", message))
        }
        None => Ok(()),
    }
}

/// A position cannot get lost, not by being left out either, and moves only as far as is plausible.
fn position(context: &Context<'_>, fac: &Fac, stored: &Fac, body: &Body) -> Result<(), Stop> {
    let is_set = |degrees: Option<Degrees>| degrees.is_some_and(|degrees| degrees.0 != 0);
    let is_sent = |name: &str, degrees: Option<Degrees>| body.contains_key(name) && is_set(degrees);
    let mut errors = Errors::new();
    if is_set(stored.latitude) && !is_sent("latitude", fac.latitude) {
        errors.add("latitude", texts::LATITUDE_REQUIRED.plain());
    } else if is_set(stored.longitude) && !is_sent("longitude", fac.longitude) {
        errors.add("longitude", texts::LONGITUDE_REQUIRED.plain());
    }
    errors.done()?;
    let (Some(here), true) = (campus::point(fac), is_set(fac.latitude) || is_set(fac.longitude)) else {
        return Ok(());
    };
    match campus::point(stored) {
        Some(before) if before == here => Ok(()),
        Some(before) if stored.city == fac.city => {
            let is_near = here.distance_km(before) <= MOVE_MAX_KM;
            if is_near { Ok(()) } else { Err(both(texts::MOVED_TOO_FAR.plain()).into()) }
        }
        _ => near_city(context, fac, here),
    }
}

fn near_city(context: &Context<'_>, fac: &Fac, here: Point) -> Result<(), Stop> {
    let city = Place { city: fac.city.to_string(), country: fac.country.to_string(), ..Place::default() };
    match context.facts.place(&city)? {
        Ok(Some(centre)) if here.distance_km(*centre) <= CITY_MAX_KM => Ok(()),
        Ok(Some(_)) => Err(both(texts::CITY_TOO_FAR.plain()).into()),
        Ok(None) | Err(_) => Err(Errors::general(texts::CITY_UNKNOWN.plain()).into()),
    }
}

fn both(message: crate::message::Message) -> Errors {
    let mut errors = Errors::of("latitude", message.clone());
    errors.add("longitude", message);
    errors
}

/// The parts of an address that lead to a position.
const ADDRESS: [&str; 6] = ["address1", "address2", "city", "state", "zipcode", "country"];

/// Looks an address up when it is new: what is found becomes the record's position. What is not found leaves it where
/// it was, and a geocoder that gave no answer is told.
pub(crate) fn locate(
    context: &Context<'_>,
    draft: &mut AnyRecord,
    stored: Option<&AnyRecord>,
    extras: &mut Extras,
) -> Result<(), Stop> {
    if !matches!(draft.tag(), Tag::Org | Tag::Fac) {
        return Ok(());
    }
    let text = |record: &AnyRecord, name: &str| record.value(name).as_text().unwrap_or_default().to_owned();
    let has = |name: &&str| !text(draft, name).is_empty();
    let moved = |name: &&str| stored.is_none_or(|stored| text(stored, name) != text(draft, name));
    let is_new = ADDRESS.iter().any(moved);
    let set_to_something = ADDRESS.iter().filter(|name| has(name)).any(moved);
    let is_addressed = ADDRESS.iter().filter(|name| **name != "country").any(has);
    if is_new {
        set(draft, "geocode_status", Value::Bool(false));
    }
    if !context.policy.geocoding || !is_addressed || !set_to_something {
        return Ok(());
    }
    let place = Place {
        address1: text(draft, "address1"),
        city: text(draft, "city"),
        state: text(draft, "state"),
        zipcode: text(draft, "zipcode"),
        country: text(draft, "country"),
    };
    let found = context.facts.place(&place)?;
    let point = found.as_ref().ok().copied().flatten();
    let degrees = |degrees: f64| Degrees::from_f64(degrees).map_or(Value::Null, Value::Degrees);
    match point {
        Some(point) => {
            set(draft, "latitude", degrees(point.latitude));
            set(draft, "longitude", degrees(point.longitude));
            set(draft, "geocode_status", Value::Bool(true));
            set(draft, "geocode_date", Value::Time(context.now));
        }
        None => {
            let told = found.as_ref().err().map(|why| texts::NOT_LOCATED.with([("why", why)]).to_string());
            extras.geovalidation_warning = told;
        }
    }
    Ok(())
}
