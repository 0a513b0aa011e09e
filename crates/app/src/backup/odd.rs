//! Records that do not fit together and that no rule of the database keeps out: `load` lets them pass and tells of
//! them, since old data has some, and `check` reports them.

use std::collections::HashMap;

use model::{AnyRecord, Status, Tag};

use super::derived::{Records, campuses, facs, ixes};

/// An exchange has exactly one LAN.
pub(super) const LAN: &str = "an exchange has one LAN with its id";
/// A campus is published when it has enough published facilities, and pending otherwise.
pub(super) const CAMPUS: &str = "a campus is published with two facilities";

/// Published facilities that make a campus.
const CAMPUS_FACILITIES: usize = 2;

/// A record that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Odd {
    /// The rule.
    pub(super) rule: &'static str,
    /// Its type.
    pub(super) tag: Tag,
    /// Its id.
    pub(super) id: u32,
    /// What is odd about it.
    pub(super) why: String,
}

/// Finds all of them, rule by rule.
pub(super) fn odd(records: &Records<'_>) -> Vec<Odd> {
    let mut found = without_lan(records);
    found.extend(campuses_of_other_status(records));
    found
}

fn without_lan(records: &Records<'_>) -> Vec<Odd> {
    let lans = &records[Tag::Ixlan.index()];
    let has_lan = |id: u32| lans.binary_search_by_key(&id, |lan| AnyRecord::id(lan)).is_ok();
    let lonely = ixes(records).filter(|ix| !has_lan(ix.id));
    lonely.map(|ix| Odd { rule: LAN, tag: Tag::Ix, id: ix.id, why: "has no LAN".to_owned() }).collect()
}

fn campuses_of_other_status(records: &Records<'_>) -> Vec<Odd> {
    let mut members: HashMap<u32, usize> = HashMap::new();
    let published = facs(records).filter(|fac| fac.status == Status::Ok);
    for campus in published.filter_map(|fac| fac.campus_id) {
        *members.entry(campus).or_default() += 1;
    }
    let odd = campuses(records).filter_map(|campus| {
        let facilities = members.get(&campus.id).copied().unwrap_or_default();
        let wanted = if facilities >= CAMPUS_FACILITIES { Status::Ok } else { Status::Pending };
        if campus.status == Status::Deleted || campus.status == wanted {
            return None;
        }
        let why = format!("is {} with {facilities} published facilities", campus.status);
        Some(Odd { rule: CAMPUS, tag: Tag::Campus, id: campus.id, why })
    });
    odd.collect()
}
