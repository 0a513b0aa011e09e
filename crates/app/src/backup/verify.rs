//! What has to hold between records before any of them is written.

use std::collections::{HashMap, HashSet};

use model::access::canonical_namespace;
use model::{Kind, Tag, Value};
use serde_json::Value as Json;
use store::people::email_key;
use store::schema::{Same, UNIQUE, Unique};
use store::tables::hex;

use super::derived::{Records, Source, Wrong, wrong_columns};
use super::document::{Contents, FoundRecord};
use super::error::{LoadError, Place, Twice};
use super::object::bad_value;
use super::people::Found;
use crate::webhooks::WEBHOOKS_MAX;

/// What was left out because its parent is missing, and what was corrected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Skipped {
    /// Records by type, in the order of [`Tag::ALL`].
    pub(super) records: [u64; 13],
    /// References that were set to null, from records that can be without.
    pub(super) detached: u64,
    /// Memberships, keys, permission rows, items of the queue, logos and webhooks.
    pub(super) people: u64,
    /// Counters that were set to what they count.
    pub(super) counters: u64,
    /// Ports that were given the AS number of their network.
    pub(super) asns: u64,
}

/// Ids by type.
type Ids = [HashSet<u32>; 13];

/// Sorts the records, checks that they fit together, and leaves orphans out where that is wanted.
pub(super) fn verify(contents: &mut Contents, skip_orphans: bool) -> Result<Skipped, LoadError> {
    let mut skipped = Skipped::default();
    for tag in Tag::ALL {
        // Stable: of two records with one id the first in the files stays the first.
        contents.records[tag.index()].sort_by_key(|found| found.record.id());
        check_ids(contents, tag)?;
    }
    check_lans(contents)?;
    let mut ids = Ids::default();
    for tag in Tag::ALL {
        check_parents(contents, tag, &ids, skip_orphans, &mut skipped)?;
        ids[tag.index()] = contents.records[tag.index()].iter().map(|found| found.record.id()).collect();
    }
    for unique in UNIQUE {
        check_unique(contents, unique)?;
    }
    check_people(contents)?;
    check_people_parents(contents, &ids, skip_orphans, &mut skipped)?;
    check_logos(contents, &ids, skip_orphans, &mut skipped)?;
    check_webhooks(contents, &ids, skip_orphans, &mut skipped)?;
    check_derived(contents, &mut skipped)?;
    Ok(skipped)
}

fn check_ids(contents: &Contents, tag: Tag) -> Result<(), LoadError> {
    let records = &contents.records[tag.index()];
    match records.windows(2).find(|pair| pair[0].record.id() == pair[1].record.id()) {
        None => Ok(()),
        Some(pair) => {
            let id = pair[0].record.id().to_string();
            Err(twice(contents.place(&pair[0]), contents.place(&pair[1]), "id", &id, &id))
        }
    }
}

fn twice(first: Place, second: Place, field: &str, first_value: &str, second_value: &str) -> LoadError {
    LoadError::Twice(Box::new(Twice {
        first,
        second,
        field: field.to_owned(),
        first_value: first_value.to_owned(),
        second_value: second_value.to_owned(),
    }))
}

/// A LAN has the id of its exchange.
fn check_lans(contents: &Contents) -> Result<(), LoadError> {
    for found in &contents.records[Tag::Ixlan.index()] {
        let ix = found.record.reference("ix_id").unwrap_or_default();
        if ix != found.record.id() {
            let rule = format!("be {}, the id of the LAN", found.record.id());
            return Err(bad_value(&contents.place(found), "ix_id", ix.to_string(), rule));
        }
    }
    Ok(())
}

/// Parents come before children in [`Tag::ALL`], so that one pass leaves out the children of what was left out.
fn check_parents(
    contents: &mut Contents,
    tag: Tag,
    ids: &Ids,
    skip_orphans: bool,
    skipped: &mut Skipped,
) -> Result<(), LoadError> {
    let references: Vec<(usize, &'static str, Tag, bool)> = tag
        .table()
        .stored()
        .filter_map(|(position, field)| {
            let Kind::Ref(parent) = field.kind else { return None };
            Some((position, field.name, parent, field.null))
        })
        .collect();
    let mut kept = std::mem::take(&mut contents.records[tag.index()]);
    let mut fault = None;
    kept.retain_mut(|found| {
        for (position, field, parent, may_be_null) in &references {
            let id = found.record.get(*position).as_int().and_then(|id| u32::try_from(id).ok());
            let Some(id) = id.filter(|id| !ids[parent.index()].contains(id)) else { continue };
            if !skip_orphans {
                let parent = format!("{parent} {id}");
                let record = contents.place(found);
                fault.get_or_insert(LoadError::Orphan { record, field, parent });
                return true;
            }
            if *may_be_null && found.record.put(*position, Value::Null).is_ok() {
                skipped.detached += 1;
            } else {
                skipped.records[tag.index()] += 1;
                return false;
            }
        }
        true
    });
    contents.records[tag.index()] = kept;
    fault.map_or(Ok(()), Err)
}

/// A logo belongs to a record that names it, and its files are among those of the same load.
fn check_logos(
    contents: &mut Contents,
    ids: &Ids,
    skip: bool,
    skipped: &mut Skipped,
) -> Result<(), LoadError> {
    let Contents { found, records, .. } = contents;
    keep_with_parents(&mut found.logos, &mut found.logo_places, skip, &mut skipped.people, |logo| {
        let is_missing = !ids[logo.tag.index()].contains(&logo.object_id);
        is_missing.then(|| ("object_id", format!("{} {}", logo.tag, logo.object_id)))
    })?;
    let files: HashSet<[u8; 32]> = found.blobs.iter().map(|blob| blob.sha256).collect();
    let mut seen = HashMap::new();
    for (logo, place) in found.logos.iter().zip(&found.logo_places) {
        let list = &records[logo.tag.index()];
        let at = list.binary_search_by_key(&logo.object_id, |found| found.record.id());
        let named = at.ok().map(|at| list[at].record.value("logo"));
        let quoted = || Json::from(logo.name.as_str()).to_string();
        if named.and_then(|value| value.as_text().map(|name| name == logo.name)) != Some(true) {
            return Err(bad_value(place, "name", quoted(), "be what the field logo of its record says"));
        }
        if rules::logo::owner_of(&logo.name) != Some((logo.tag, logo.object_id)) {
            let rule = "tell type and id of its record, as logos_user_supplied/network-1-0000002a.png does";
            return Err(bad_value(place, "name", quoted(), rule));
        }
        for (field, file) in [("uploaded", &logo.uploaded), ("shown", &logo.shown)] {
            if !files.contains(file) {
                return Err(bad_value(place, field, hex(file), "be the sha256 of one of the blobs"));
            }
        }
        if let Some(first) = seen.insert((logo.tag, logo.object_id), place) {
            let value = format!("{} {}", logo.tag, logo.object_id);
            return Err(twice(first.clone(), place.clone(), "type and object_id", &value, &value));
        }
    }
    Ok(())
}

/// A webhook belongs to an organization, which has not too many of them.
fn check_webhooks(
    contents: &mut Contents,
    ids: &Ids,
    skip: bool,
    skipped: &mut Skipped,
) -> Result<(), LoadError> {
    let Found { webhooks, webhook_places, .. } = &mut contents.found;
    keep_with_parents(webhooks, webhook_places, skip, &mut skipped.people, |webhook| {
        let is_missing = !ids[Tag::Org.index()].contains(&webhook.org_id);
        is_missing.then(|| ("org_id", format!("org {}", webhook.org_id)))
    })?;
    let (mut seen, mut counts) = (HashMap::new(), HashMap::new());
    for (webhook, place) in webhooks.iter().zip(&*webhook_places) {
        if let Some(first) = seen.insert(webhook.id, place) {
            let id = webhook.id.to_string();
            return Err(twice(first.clone(), place.clone(), "id", &id, &id));
        }
        let count: &mut usize = counts.entry(webhook.org_id).or_default();
        *count += 1;
        if *count > WEBHOOKS_MAX {
            let rule =
                format!("be the organization of at most {WEBHOOKS_MAX} webhooks; leave the others out");
            return Err(bad_value(place, "org_id", webhook.org_id.to_string(), rule));
        }
    }
    Ok(())
}

/// A backup is a whole: columns in it that contradict other records are faults. API lists may be partial or of
/// different moments, and what was left out no longer counts; such columns are made anew.
fn check_derived(contents: &mut Contents, skipped: &mut Skipped) -> Result<(), LoadError> {
    let view: Records<'_> =
        std::array::from_fn(|tag| contents.records[tag].iter().map(|found| &found.record).collect());
    let wrong = wrong_columns(&view);
    let correct = contents.has_lists || skipped.records.iter().any(|count| *count > 0);
    for wrong in wrong {
        let list = &mut contents.records[wrong.tag.index()];
        let Ok(at) = list.binary_search_by_key(&wrong.id, |found| found.record.id()) else { continue };
        if !correct {
            return Err(contradiction(&contents.place(&contents.records[wrong.tag.index()][at]), wrong));
        }
        let right = Value::Int(i64::from(wrong.right));
        let position = wrong.tag.table().position(wrong.field);
        if position.is_some_and(|position| list[at].record.put(position, right).is_ok()) {
            match wrong.source {
                Source::Count => skipped.counters += 1,
                Source::Net(_) => skipped.asns += 1,
            }
        }
    }
    Ok(())
}

fn contradiction(place: &Place, wrong: Wrong) -> LoadError {
    let rule = match wrong.source {
        Source::Count => format!("be {}, the number of records in the files that it counts", wrong.right),
        Source::Net(net) => format!("be {}, the AS number of net {net}", wrong.right),
    };
    bad_value(place, wrong.field, wrong.says.to_string(), rule)
}

fn check_unique(contents: &Contents, unique: &Unique) -> Result<(), LoadError> {
    let records = &contents.records[unique.tag.index()];
    let mut seen: HashMap<String, &FoundRecord> = HashMap::with_capacity(records.len());
    for found in records {
        let Some(key) = unique.key(&found.record) else { continue };
        if let Some(first) = seen.insert(key, found) {
            let shown = |found: &FoundRecord| {
                let values = unique.fields.iter().map(|field| match found.record.value(field) {
                    Value::Text(text) => Json::from(text).to_string(),
                    value => value.as_int().unwrap_or_default().to_string(),
                });
                values.collect::<Vec<_>>().join(" and ")
            };
            let field = unique.fields.join(" and ");
            // Values that differ in case only are no less the same.
            debug_assert!(unique.same != Same::Exact || shown(first) == shown(found));
            return Err(twice(
                contents.place(first),
                contents.place(found),
                &field,
                &shown(first),
                &shown(found),
            ));
        }
    }
    Ok(())
}

/// Finds two entries that share a value.
fn check_distinct<'a>(
    field: &str,
    entries: impl Iterator<Item = (String, &'a str, &'a Place)>,
) -> Result<(), LoadError> {
    let mut seen: HashMap<String, (&str, &Place)> = HashMap::new();
    for (key, value, place) in entries {
        if let Some((first_value, first)) = seen.insert(key, (value, place)) {
            let quoted = |text: &str| Json::from(text).to_string();
            return Err(twice(first.clone(), place.clone(), field, &quoted(first_value), &quoted(value)));
        }
    }
    Ok(())
}

fn check_people(contents: &Contents) -> Result<(), LoadError> {
    let found = &contents.found;
    let people = &found.people;
    let users = || people.users.iter().zip(&found.users);
    let id = |(user, place): (&model::directory::User, &'_ Place)| (user.id, place.clone());
    let mut ids: HashMap<u32, Place> = HashMap::new();
    for (user, place) in users().map(id) {
        if let Some(first) = ids.insert(user, place.clone()) {
            return Err(twice(first, place, "id", &user.to_string(), &user.to_string()));
        }
    }
    check_distinct(
        "username",
        users().map(|(user, place)| (user.username.clone(), user.username.as_str(), place)),
    )?;
    let emails = users().filter_map(|(user, place)| user.email.as_deref().map(|email| (email, place)));
    check_distinct("email", emails.map(|(email, place)| (email_key(email), email, place)))?;
    let user_keys = people.user_keys.iter().zip(&found.user_keys);
    let user_keys = user_keys.map(|(key, place)| (&key.state.prefix, place));
    check_distinct("prefix", user_keys.map(|(prefix, place)| (prefix.clone(), prefix.as_str(), place)))?;
    let org_keys = people.org_keys.iter().zip(&found.org_keys);
    let org_keys = org_keys.map(|(key, place)| (&key.state.prefix, place));
    check_distinct("prefix", org_keys.map(|(prefix, place)| (prefix.clone(), prefix.as_str(), place)))?;
    check_rows(contents)
}

/// A namespace stands once among the rows of one holder: two rows would leave open which one counts.
fn check_rows(contents: &Contents) -> Result<(), LoadError> {
    let people = &contents.found.people;
    let place = contents.found_place("permissions");
    let rows = people.group_rows.iter().map(|(group, grant)| (group.as_str().to_owned(), grant));
    let members = people.member_template.iter().map(|grant| ("org_member".to_owned(), grant));
    let admins = people.admin_template.iter().map(|grant| ("org_admin".to_owned(), grant));
    let users = people.user_rows.iter().map(|(id, grant)| (format!("user {id}"), grant));
    let keys = people
        .org_keys
        .iter()
        .flat_map(|key| key.rows.iter().map(|grant| (format!("key {}", key.state.prefix), grant)));
    let all = rows.chain(members).chain(admins).chain(users).chain(keys);
    check_distinct(
        "namespace",
        all.map(|(holder, grant)| {
            let rule = canonical_namespace(&grant.namespace);
            (format!("{holder} {rule}"), grant.namespace.as_str(), &place)
        }),
    )
}

/// Leaves out the entries whose parent is missing, or complains about the first one.
fn keep_with_parents<T>(
    entries: &mut Vec<T>,
    places: &mut Vec<Place>,
    skip: bool,
    skipped: &mut u64,
    missing: impl Fn(&T) -> Option<(&'static str, String)>,
) -> Result<(), LoadError> {
    let pairs = std::mem::take(entries).into_iter().zip(std::mem::take(places));
    for (entry, place) in pairs {
        match missing(&entry) {
            None => {
                entries.push(entry);
                places.push(place);
            }
            Some(_) if skip => *skipped += 1,
            Some((field, parent)) => return Err(LoadError::Orphan { record: place, field, parent }),
        }
    }
    Ok(())
}

fn check_people_parents(
    contents: &mut Contents,
    ids: &Ids,
    skip: bool,
    skipped: &mut Skipped,
) -> Result<(), LoadError> {
    let found = &mut contents.found;
    let people = &mut found.people;
    let users: HashSet<u32> = people.users.iter().map(|user| user.id).collect();
    let no_user = |field, id: &u32| (!users.contains(id)).then(|| (field, format!("user {id}")));
    let no_record =
        |field, tag: Tag, id: &u32| (!ids[tag.index()].contains(id)).then(|| (field, format!("{tag} {id}")));
    let count = &mut skipped.people;
    for (user, place) in people.users.iter_mut().zip(&found.users) {
        for (field, orgs) in
            [("admin_of_orgs", &mut user.admin_of_orgs), ("member_of_orgs", &mut user.member_of_orgs)]
        {
            let mut places = vec![place.clone(); orgs.len()];
            keep_with_parents(orgs, &mut places, skip, count, |id| no_record(field, Tag::Org, id))?;
            orgs.sort_unstable();
            orgs.dedup();
        }
    }
    keep_with_parents(&mut people.user_keys, &mut found.user_keys, skip, count, |key| {
        no_user("user_id", &key.user_id)
    })?;
    keep_with_parents(&mut people.org_keys, &mut found.org_keys, skip, count, |key| {
        no_record("org_id", Tag::Org, &key.org_id)
    })?;
    keep_with_parents(&mut people.user_rows, &mut found.user_rows, skip, count, |(id, _)| {
        no_user("user_id", id)
    })?;
    keep_with_parents(&mut people.queue, &mut found.queue, skip, count, |item| {
        let user = item.user_id.as_ref().and_then(|id| no_user("user_id", id));
        user.or_else(|| no_record("object_id", item.tag, &item.object_id))
    })?;
    let mut seen = HashMap::new();
    for (item, place) in people.queue.iter().zip(&found.queue) {
        if let Some(first) = seen.insert((item.tag, item.object_id), place) {
            let value = format!("{} {}", item.tag, item.object_id);
            return Err(twice(first.clone(), place.clone(), "type and object_id", &value, &value));
        }
    }
    Ok(())
}
