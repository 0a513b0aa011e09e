//! Who asks: keys, people and permission rows in memory, and the viewers compiled from them.
//!
//! A second, smaller snapshot beside the catalog: looking a key up touches no database.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use model::Time;
use model::access::{RuleSet, Viewer, Who, bits, canonical_namespace, org_of};
use model::directory::{Grant, Group, KeyState, OrgKey, People, Secret, User, UserKey};
use store::change::{Actor, ActorKind};
use store::people::email_key;

/// An authenticated or anonymous caller.
#[derive(Clone, Debug)]
pub struct Identity {
    /// What the caller may see.
    pub viewer: Viewer,
    /// The value of the response header `X-Auth-ID`; `None` for anonymous callers.
    pub label: Option<String>,
    /// Confirmed mail addresses: of the person, or the one that the organization gave its key.
    pub emails: Vec<String>,
    /// The public part of the key that was used, if one was.
    pub key: Option<String>,
    /// The person behind the request, if there is one.
    pub user: Option<u32>,
    /// Whether the key that was used may only read.
    pub read_only: bool,
    /// Who stands in the log for what the caller changes; without an address.
    pub actor: Actor,
}

impl Identity {
    /// Whoever runs the program's commands, or the program itself: nothing is refused for lack of a right.
    pub fn operator() -> Identity {
        Identity {
            viewer: Viewer::superuser(),
            label: None,
            emails: Vec::new(),
            key: None,
            user: None,
            read_only: false,
            actor: Actor::SYSTEM,
        }
    }
}

/// Why a credential does not open anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No such key, wrong secret, revoked, or expired.
    InvalidKey,
    /// The key was switched off.
    InactiveKey,
    /// The owner of the key may not use the directory.
    InactiveOwner {
        /// The owner's id.
        user: u32,
    },
    /// No such user, or wrong password.
    InvalidPassword,
    /// The password is right, the account is switched off.
    InactiveAccount,
    /// The password is right, but signing requests with it is no longer offered.
    BasicWithdrawn {
        /// The id of the user whose password it is.
        user: u32,
    },
    /// Too many passwords are being checked.
    Busy,
}

/// A key as it is looked up: its state and owner.
#[derive(Clone, Debug)]
enum Owner {
    User { id: u32, readonly: bool },
    Org(Box<OrgKey>),
}

/// Keys, people and permission rows of one moment.
#[derive(Clone, Debug, Default)]
pub struct Principals {
    /// Tells this state from every other one of this process.
    generation: u64,
    keys: HashMap<String, (KeyState, Owner)>,
    users: HashMap<u32, User>,
    names: HashMap<String, u32>,
    /// Main mail addresses, confirmed or not, without regard to case.
    addresses: HashMap<String, u32>,
    /// People of each organization, by id.
    people_of: HashMap<u32, Vec<u32>>,
    guest_rows: Vec<Grant>,
    user_group_rows: Vec<Grant>,
    member_template: Vec<Grant>,
    admin_template: Vec<Grant>,
    user_rows: HashMap<u32, Vec<Grant>>,
}

impl Principals {
    /// Prepares people and keys for look-ups.
    pub fn new(people: People) -> Principals {
        static GENERATIONS: AtomicU64 = AtomicU64::new(1);
        let mut principals = Principals {
            generation: GENERATIONS.fetch_add(1, Ordering::Relaxed),
            member_template: people.member_template,
            admin_template: people.admin_template,
            ..Principals::default()
        };
        for (group, row) in people.group_rows {
            match group {
                Group::Guest => principals.guest_rows.push(row),
                Group::User => principals.user_group_rows.push(row),
            }
        }
        for (user, row) in people.user_rows {
            principals.user_rows.entry(user).or_default().push(row);
        }
        for UserKey { state, user_id, readonly } in people.user_keys {
            let owner = Owner::User { id: user_id, readonly };
            principals.keys.insert(state.prefix.clone(), (state, owner));
        }
        for key in people.org_keys {
            let state = key.state.clone();
            principals.keys.insert(state.prefix.clone(), (state, Owner::Org(Box::new(key))));
        }
        for user in people.users {
            principals.names.insert(user.username.clone(), user.id);
            let address = user.email.as_deref().map(|email| (email_key(email), user.id));
            principals.addresses.extend(address);
            for org in user.admin_of_orgs.iter().chain(&user.member_of_orgs) {
                let people = principals.people_of.entry(*org).or_default();
                // Whoever has both roles stands there once.
                if people.last() != Some(&user.id) {
                    people.push(user.id);
                }
            }
            principals.users.insert(user.id, user);
        }
        principals
    }

    /// A number that no other state of people and keys has in this process.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The caller without credentials.
    pub fn anonymous(&self) -> Identity {
        let viewer = Viewer::new(Who::Anonymous, false, rules(&[&self.guest_rows]));
        let actor = Actor { kind: ActorKind::User, id: None, name: None, address: None };
        Identity { viewer, label: None, emails: Vec::new(), key: None, user: None, read_only: false, actor }
    }

    /// The encoded hash that a key with this prefix must match. `None` when no key has the prefix.
    pub fn key_hash(&self, prefix: &str) -> Option<&str> {
        match &self.keys.get(prefix)?.0.key {
            Secret::Hash(encoded) => Some(encoded),
            Secret::Plain(_) => None,
        }
    }

    /// The caller with the key of this prefix, after its secret was proved.
    ///
    /// # Errors
    /// When the key opens nothing.
    pub fn by_key(&self, prefix: &str, now: Time) -> Result<Identity, Refusal> {
        let (state, owner) = self.keys.get(prefix).ok_or(Refusal::InvalidKey)?;
        if state.revoked {
            return Err(Refusal::InvalidKey);
        }
        if !state.active {
            return Err(Refusal::InactiveKey);
        }
        if state.expires.is_some_and(|end| end <= now) {
            return Err(Refusal::InvalidKey);
        }
        match owner {
            Owner::User { id, readonly } => self.user_by_key(*id, *readonly, prefix),
            Owner::Org(key) => Ok(self.org_by_key(key)),
        }
    }

    /// The same caller as of now: whoever was known by a key may have lost it since.
    ///
    /// # Errors
    /// When the key opens nothing any more.
    pub(crate) fn renewed(&self, identity: &Identity, now: Time) -> Result<Identity, Refusal> {
        match &identity.key {
            Some(prefix) => self.by_key(prefix, now),
            None if identity.actor.kind == ActorKind::System => Ok(identity.clone()),
            None => Ok(self.anonymous()),
        }
    }

    fn user_by_key(&self, id: u32, readonly: bool, prefix: &str) -> Result<Identity, Refusal> {
        let user = self.users.get(&id).filter(|user| user.is_active);
        let user = user.ok_or(Refusal::InactiveOwner { user: id })?;
        let who = Who::User { id, verified: user.verified };
        let viewer = Viewer::new(who, user.is_superuser, self.rules_of(user));
        Ok(Identity {
            viewer: if readonly { viewer.limited_to(bits::READ) } else { viewer },
            label: Some(format!("u{id}_apikey_{prefix}")),
            emails: user.email.iter().filter(|_| user.email_verified).cloned().collect(),
            key: Some(prefix.to_owned()),
            user: Some(id),
            read_only: readonly,
            actor: by_key(ActorKind::UserKey, id, &user.username, prefix),
        })
    }

    /// Own rows, then the rows of the organization's members, then those of verified users (accounts
    /// specification, 14.3).
    fn org_by_key(&self, key: &OrgKey) -> Identity {
        let member = for_org(&self.member_template, key.org_id);
        let rules = rules(&[&key.rows, &member, &self.user_group_rows]);
        let viewer = Viewer::new(Who::Org { id: key.org_id }, false, rules);
        let prefix = &key.state.prefix;
        Identity {
            viewer,
            label: Some(format!("o{}_apikey_{prefix}", key.org_id)),
            emails: Some(key.email.clone()).filter(|email| !email.is_empty()).into_iter().collect(),
            key: Some(prefix.clone()),
            user: None,
            read_only: false,
            actor: by_key(ActorKind::OrgKey, key.org_id, &key.state.name, prefix),
        }
    }

    /// What the members of an organization see: as one of its keys without rows of its own.
    pub(crate) fn members(&self, org: u32) -> Viewer {
        let member = for_org(&self.member_template, org);
        Viewer::new(Who::Org { id: org }, false, rules(&[&member, &self.user_group_rows]))
    }

    /// Own rows, then those of the groups (accounts specification, 18.2). Rows that a person was given as a member
    /// take nothing away once the person administrates the organization.
    fn rules_of(&self, user: &User) -> RuleSet {
        let administrated = |org: u32| user.admin_of_orgs.contains(&org);
        let counts = |row: &&Grant| !org_of(&row.namespace).is_some_and(administrated);
        let own = self.user_rows.get(&user.id).into_iter().flatten();
        let own: Vec<Grant> = own.filter(counts).cloned().collect();
        let admin = user.admin_of_orgs.iter().flat_map(|org| for_org(&self.admin_template, *org));
        let member = user.member_of_orgs.iter().flat_map(|org| for_org(&self.member_template, *org));
        let orgs: Vec<Grant> = admin.chain(member).collect();
        let general = if user.verified { &self.user_group_rows } else { &self.guest_rows };
        rules(&[&own, &orgs, general])
    }

    /// The user with this id.
    pub fn user_by_id(&self, id: u32) -> Option<&User> {
        self.users.get(&id)
    }

    /// The user with this main mail address, whatever its case, and whether it was confirmed or not.
    pub fn user_by_address(&self, address: &str) -> Option<&User> {
        self.addresses.get(&email_key(address)).and_then(|id| self.users.get(id))
    }

    /// The people of an organization, by id.
    pub fn people_of(&self, org: u32) -> impl Iterator<Item = &User> {
        self.people_of.get(&org).into_iter().flatten().filter_map(|id| self.users.get(id))
    }

    /// The bits of the row that an organization's key itself has on exactly a namespace; 0 without such a row, and
    /// for keys of people.
    pub fn own_bits(&self, prefix: &str, namespace: &str) -> u8 {
        let rows = match self.keys.get(prefix) {
            Some((_, Owner::Org(key))) => &key.rows[..],
            Some((_, Owner::User { .. })) | None => &[],
        };
        let row = rows.iter().find(|row| canonical_namespace(&row.namespace) == namespace);
        row.map_or(0, |row| row.permission)
    }

    /// The organizations whose people a caller is one of; `None` for staff, who are at home everywhere.
    pub(crate) fn homes(&self, viewer: &Viewer) -> Option<Vec<u32>> {
        match viewer.who() {
            _ if viewer.is_superuser() => None,
            Who::Anonymous => Some(Vec::new()),
            Who::Org { id } => Some(vec![id]),
            Who::User { id, .. } => match self.users.get(&id) {
                Some(user) if user.is_staff => None,
                Some(user) => Some([&user.admin_of_orgs[..], &user.member_of_orgs[..]].concat()),
                None => Some(Vec::new()),
            },
        }
    }

    /// The user with this name.
    pub fn user(&self, username: &str) -> Option<&User> {
        self.names.get(username).and_then(|id| self.users.get(id))
    }
}

/// Whoever signs with a key: a name, and which key it was.
fn by_key(kind: ActorKind, id: u32, name: &str, prefix: &str) -> Actor {
    Actor { kind, id: Some(id), name: Some(format!("{name} ({prefix})")), address: None }
}

fn rules(groups: &[&[Grant]]) -> RuleSet {
    RuleSet::new(groups.iter().copied().flatten().map(|row| (row.namespace.as_str(), row.permission)))
}

/// A template's rows for one organization.
fn for_org(template: &[Grant], org: u32) -> Vec<Grant> {
    let named = |row: &Grant| Grant {
        namespace: row.namespace.replace("{org_id}", &org.to_string()),
        permission: row.permission,
    };
    template.iter().map(named).collect()
}
