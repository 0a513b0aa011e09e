//! Campuses: facilities of one organization close to each other (data-model specification, 8.1).

use std::collections::BTreeSet;

use catalog::Snapshot;
use model::geo::Point;
use model::records::Fac;
use model::{AnyRecord, Status, Tag, Value};

use crate::counters::versions;
use crate::message::Message;
use crate::stage::{Stage, set};

/// Radius of the Earth that distances on a campus are measured with, km.
const EARTH_RADIUS_KM: f64 = 6373.0;

/// How far apart two facilities of a campus may be, km.
const DISTANCE_MAX_KM: f64 = 50.0;

/// Published facilities that make a campus one.
const FACILITIES_MIN: usize = 2;

/// What is said about campuses.
pub(crate) mod texts {
    use crate::message::texts;

    texts! {
        CAMPUS_GONE = "campus-gone": "There is no campus {id}, or it has been deleted. Name another one.";
        OTHER_ORGANIZATION = "campus-other-organization": "The facility belongs to organization {fac} and the campus to organization {campus}. A campus takes facilities of its own organization only.";
        NO_COORDINATES = "campus-no-coordinates": "Facility cannot be made part of a campus as it is missing its geolocation coordinates";
        OUT_OF_BOUNDS = "campus-out-of-bounds": "Facility out of campus bounds (max. {max}km)";
    }
}

/// Whether a facility may be part of a campus: the campus lives, belongs to the same organization, and every other
/// facility of it is near.
///
/// # Errors
/// The first of these that does not hold, as a sentence.
pub(crate) fn may_join(snapshot: &Snapshot, campus: u32, fac: &Fac) -> Result<(), Message> {
    let record = snapshot.record(Tag::Campus, campus).filter(|record| record.status() != Status::Deleted);
    let Some(record) = record else {
        return Err(texts::CAMPUS_GONE.with([("id", &campus)]));
    };
    let owner = snapshot.owner(record);
    if owner != fac.org_id {
        return Err(texts::OTHER_ORGANIZATION.with([("fac", &fac.org_id), ("campus", &owner)]));
    }
    let here = point(fac).ok_or_else(|| texts::NO_COORDINATES.plain())?;
    let mut others = members(snapshot, campus).filter(|other| other.id != fac.id).filter_map(point);
    match others.any(|there| here.angle(there) * EARTH_RADIUS_KM > DISTANCE_MAX_KM) {
        true => Err(texts::OUT_OF_BOUNDS.with([("max", &DISTANCE_MAX_KM)])),
        false => Ok(()),
    }
}

/// The facilities of a campus that are not deleted.
fn members(snapshot: &Snapshot, campus: u32) -> impl Iterator<Item = &Fac> {
    let ids = snapshot.child_ids(Tag::Fac, "campus_id", campus);
    ids.filter_map(|id| match snapshot.record(Tag::Fac, id) {
        Some(AnyRecord::Fac(fac)) if fac.status != Status::Deleted => Some(&**fac),
        _ => None,
    })
}

/// Where a facility is, if that is known.
pub(crate) fn point(fac: &Fac) -> Option<Point> {
    Some(Point { latitude: fac.latitude?.to_f64(), longitude: fac.longitude?.to_f64() })
}

/// Brings the statuses of campuses up to date around touched records.
pub(crate) fn bring_up_to_date(stage: &mut Stage<'_>, touched: &[(Tag, u32)]) {
    let campuses = concerned(stage, touched);
    recompute(stage, campuses);
}

/// The campuses whose status may have changed with these records.
fn concerned(stage: &Stage<'_>, touched: &[(Tag, u32)]) -> BTreeSet<u32> {
    let campus = |record: &AnyRecord| match record {
        AnyRecord::Campus(campus) => Some(campus.id),
        AnyRecord::Fac(fac) => fac.campus_id,
        _ => None,
    };
    let touched = touched.iter().filter(|(tag, _)| matches!(tag, Tag::Campus | Tag::Fac));
    touched.flat_map(|key| versions(stage, *key)).filter_map(campus).collect()
}

/// Publishes campuses with enough published facilities, and takes back those with too few. A change of the status is
/// a change of the record. Deleted campuses stay deleted.
fn recompute(stage: &mut Stage<'_>, campuses: impl IntoIterator<Item = u32>) {
    let snapshot = stage.snapshot();
    let changed: Vec<AnyRecord> = campuses
        .into_iter()
        .filter_map(|id| snapshot.record(Tag::Campus, id))
        .filter_map(|campus| {
            let facilities =
                snapshot.children(Tag::Fac, "campus_id", campus.id()).take(FACILITIES_MIN).count();
            let right = if facilities == FACILITIES_MIN { Status::Ok } else { Status::Pending };
            let is_right = campus.status() == Status::Deleted || campus.status() == right;
            (!is_right).then(|| {
                let mut campus = campus.clone();
                set(&mut campus, "status", Value::text(right.as_str()));
                campus
            })
        })
        .collect();
    stage.save(changed);
}
