//! What waits for approval, with what staff want to know of it.

use std::collections::HashMap;

use model::directory::{People, QueueItem};
use model::{AnyRecord, Status, Tag, Time};
use store::Store;

/// A record that waits for approval.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// The record.
    pub record: AnyRecord,
    /// What is published with it: the LAN and the prefixes of an exchange.
    pub parts: Vec<AnyRecord>,
    /// The organization that it belongs to, with its name; `None` for organizations.
    pub owner: Option<(u32, String)>,
    /// Since when it waits. Where nobody noted it, since it last changed.
    pub since: Time,
    /// Who asked for it, if that is known.
    pub requester: Option<Requester>,
}

/// Who asked for a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requester {
    /// A person.
    User {
        /// Id of the account.
        id: u32,
        /// Name to sign in with.
        name: String,
        /// Mail address; `None` for one that is not confirmed.
        email: Option<String>,
    },
    /// An organization, by one of its keys.
    OrgKey {
        /// The public part of the key.
        prefix: String,
        /// The organization, if the key is still there.
        org: Option<u32>,
        /// The mail address of the key; empty when it has none.
        email: String,
    },
}

/// All records that wait for approval, the longest first. Pending records that nobody put into the queue, as loaded
/// ones, are among them.
///
/// # Errors
/// When the database cannot be read.
pub async fn waiting(store: &Store) -> Result<Vec<Waiting>, store::Error> {
    // One reader, so that everything is of one moment.
    let mut reader = store.reader().await?;
    let people = reader.people().await?;
    let mut orgs = HashMap::new();
    let mut records = Vec::new();
    for tag in Tag::ALL.into_iter().filter(|tag| rules::queue::is_looked_at(*tag)) {
        for record in reader.records(tag).await? {
            if let AnyRecord::Org(org) = &record {
                orgs.insert(org.id, org.name.to_string());
            }
            if record.status() == Status::Pending {
                records.push(record);
            }
        }
    }
    let mut parts: HashMap<u32, Vec<AnyRecord>> = HashMap::new();
    if records.iter().any(|record| record.tag() == Tag::Ix) {
        // The id of a LAN is that of its exchange.
        for (tag, field) in [(Tag::Ixlan, "ix_id"), (Tag::Ixpfx, "ixlan_id")] {
            let pending =
                reader.records(tag).await?.into_iter().filter(|part| part.status() == Status::Pending);
            pending.for_each(|part| {
                parts.entry(part.reference(field).unwrap_or_default()).or_default().push(part);
            });
        }
    }
    let items: HashMap<(Tag, u32), &QueueItem> =
        people.queue.iter().map(|item| ((item.tag, item.object_id), item)).collect();
    let mut waiting: Vec<Waiting> = records
        .into_iter()
        .map(|record| {
            let item = items.get(&(record.tag(), record.id())).copied();
            let owner = record.reference("org_id").map(|id| (id, orgs.get(&id).cloned().unwrap_or_default()));
            let since = item.and_then(|item| item.created).unwrap_or_else(|| record.updated());
            let requester = item.and_then(|item| requester(&people, item));
            let is_ix = record.tag() == Tag::Ix;
            let parts = if is_ix { parts.remove(&record.id()).unwrap_or_default() } else { Vec::new() };
            Waiting { record, parts, owner, since, requester }
        })
        .collect();
    waiting.sort_by_key(|waiting| (waiting.since, waiting.record.tag(), waiting.record.id()));
    Ok(waiting)
}

fn requester(people: &People, item: &QueueItem) -> Option<Requester> {
    if let Some(id) = item.user_id {
        let user = people.users.iter().find(|user| user.id == id)?;
        let email = user.email.clone().filter(|_| user.email_verified);
        return Some(Requester::User { id, name: user.username.clone(), email });
    }
    let prefix = item.org_key.clone()?;
    let key = people.org_keys.iter().find(|key| key.state.prefix == prefix);
    Some(Requester::OrgKey {
        prefix,
        org: key.map(|key| key.org_id),
        email: key.map(|key| key.email.clone()).unwrap_or_default(),
    })
}
