//! Accounts, keys, permissions and the queue of records that wait for approval.

use model::Status;
use model::Tag;
use model::directory::{Directory, Grant, Group, KeyState, OrgKey, People, QueueItem, Secret, User, UserKey};

use crate::dice::Dice;

/// How to sign in to a generated directory as one of its people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Name to sign in with.
    pub username: String,
    /// Password.
    pub password: String,
    /// API key, for `Authorization: Api-Key …`.
    pub api_key: String,
    /// Who this is, for people to read.
    pub role: &'static str,
}

/// An API key of the organization that the demonstration accounts belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationKey {
    /// Name of the key.
    pub name: &'static str,
    /// The key, for `Authorization: Api-Key …`.
    pub api_key: String,
    /// Whether it may only read.
    pub readonly: bool,
}

/// The accounts of the directory that [`crate::generate`] makes from this seed.
///
/// Passwords and keys follow from the seed. A demonstration that others can reach needs a seed that they do not know.
pub fn accounts(seed: u64) -> Vec<Account> {
    Credentials::of(seed).accounts
}

/// The keys of an organization in the directory that [`crate::generate`] makes from this seed.
pub fn organization_keys(seed: u64) -> Vec<OrganizationKey> {
    Credentials::of(seed).keys
}

struct Credentials {
    accounts: Vec<Account>,
    keys: Vec<OrganizationKey>,
}

const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// Without characters that are mistaken for others when typed from a terminal.
const TYPED: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// User name, role, given name, family name.
const PEOPLE: [(&str, &str, &str, &str); 5] = [
    ("admin", "administrator of the whole directory", "Ada", "Castell"),
    ("orgadmin", "administrator of an organization", "Björn", "Sundqvist"),
    ("member", "member of that organization", "Celia", "Núñez"),
    ("user", "verified user without an organization", "Dmytro", "Savchuk"),
    ("guest", "registered, but not verified", "Emi", "Uehara"),
];
const ADMIN: usize = 0;
const ORG_ADMIN: usize = 1;
const MEMBER: usize = 2;
const GUEST: usize = 4;

impl Credentials {
    fn of(seed: u64) -> Credentials {
        let dice = &mut Dice::new(seed, 14);
        let accounts = PEOPLE
            .iter()
            .map(|(username, role, _, _)| Account {
                username: (*username).to_owned(),
                password: password(dice),
                api_key: api_key(dice),
                role,
            })
            .collect();
        let keys = [("Provisioning", false), ("Monitoring", true)]
            .into_iter()
            .map(|(name, readonly)| OrganizationKey { name, api_key: api_key(dice), readonly })
            .collect();
        Credentials { accounts, keys }
    }
}

fn password(dice: &mut Dice) -> String {
    let parts: Vec<String> = (0..4).map(|_| dice.code(TYPED, 5)).collect();
    parts.join("-")
}

fn api_key(dice: &mut Dice) -> String {
    let prefix = dice.code(ALPHANUMERIC, 8);
    let rest = dice.code(ALPHANUMERIC, 32);
    format!("{prefix}.{rest}")
}

fn grant(namespace: impl Into<String>, permission: u8) -> Grant {
    Grant { namespace: namespace.into(), permission }
}

/// The people of a directory whose records are complete.
pub(crate) fn make(directory: &Directory, seed: u64) -> People {
    let credentials = Credentials::of(seed);
    let org = showcase(directory);
    People {
        users: users(&credentials, org),
        user_keys: user_keys(&credentials),
        org_keys: org_keys(&credentials, directory, org),
        group_rows: group_rows(),
        member_template: private_rows("{org_id}", 1),
        admin_template: admin_template(),
        user_rows: Vec::new(),
        queue: queue(directory, seed),
    }
}

/// The organization with the greatest variety of things, so that the accounts have something to look at.
fn showcase(directory: &Directory) -> u32 {
    let mut kinds: std::collections::BTreeMap<u32, usize> = std::collections::BTreeMap::new();
    for tag in [Tag::Net, Tag::Fac, Tag::Ix, Tag::Carrier, Tag::Campus] {
        let live = directory.of(tag).iter().filter(|record| record.status() == Status::Ok);
        let owners: std::collections::BTreeSet<u32> =
            live.filter_map(|record| record.reference("org_id")).collect();
        for org in owners {
            *kinds.entry(org).or_default() += 1;
        }
    }
    let best = kinds.into_iter().max_by_key(|(org, count)| (*count, std::cmp::Reverse(*org)));
    best.map_or(0, |(org, _)| org)
}

fn users(credentials: &Credentials, org: u32) -> Vec<User> {
    let people = PEOPLE.iter().zip(&credentials.accounts).enumerate();
    people
        .map(|(at, ((username, _, first, last), account))| {
            let verified = at != GUEST;
            User {
                id: at as u32 + 1,
                username: (*username).to_owned(),
                password: Some(Secret::Plain(account.password.clone())),
                email: Some(format!("{username}@demo.example.net")),
                email_verified: verified,
                first_name: (*first).to_owned(),
                last_name: (*last).to_owned(),
                status: if verified { "ok" } else { "pending" }.to_owned(),
                is_active: true,
                is_staff: at == ADMIN,
                is_superuser: at == ADMIN,
                locale: "en".to_owned(),
                verified,
                admin_of_orgs: if at == ORG_ADMIN { vec![org] } else { Vec::new() },
                member_of_orgs: if at == MEMBER { vec![org] } else { Vec::new() },
                created: None,
            }
        })
        .collect()
}

fn state(key: &str, name: &str) -> KeyState {
    KeyState {
        prefix: key.chars().take(8).collect(),
        key: Secret::Plain(key.to_owned()),
        name: name.to_owned(),
        active: true,
        revoked: false,
        expires: None,
        created: None,
    }
}

fn user_keys(credentials: &Credentials) -> Vec<UserKey> {
    let accounts = credentials.accounts.iter().zip(1..);
    accounts
        .map(|(account, user_id)| UserKey {
            state: state(&account.api_key, "demo"),
            user_id,
            readonly: false,
        })
        .collect()
}

fn org_keys(credentials: &Credentials, directory: &Directory, org: u32) -> Vec<OrgKey> {
    if directory.of(Tag::Org).is_empty() {
        return Vec::new();
    }
    let keys = credentials.keys.iter();
    keys.map(|key| OrgKey {
        state: state(&key.api_key, key.name),
        org_id: org,
        email: "automation@demo.example.net".to_owned(),
        rows: private_rows(&org.to_string(), if key.readonly { 1 } else { 15 }),
    })
    .collect()
}

/// An organization with its private parts.
fn private_rows(org: &str, permission: u8) -> Vec<Grant> {
    let base = format!("peeringdb.organization.{org}");
    vec![
        grant(base.clone(), permission),
        grant(format!("{base}.network.*.poc_set.private"), permission),
        grant(format!("{base}.internetexchange.*.ixf_ixp_member_list_url.private"), permission),
    ]
}

fn admin_template() -> Vec<Grant> {
    let mut rows = private_rows("{org_id}", 15);
    rows.insert(1, grant("peeringdb.manage_organization.{org_id}", 15));
    rows
}

fn group_rows() -> Vec<(Group, Grant)> {
    let all = "peeringdb.organization";
    let feed = "peeringdb.organization.*.internetexchange.*.ixf_ixp_member_list_url";
    let public = format!("{feed}.public");
    vec![
        (Group::Guest, grant(all, 1)),
        (Group::Guest, grant(public.clone(), 1)),
        (Group::User, grant(all, 1)),
        (Group::User, grant("peeringdb.organization.*.network.*.poc_set.users", 1)),
        (Group::User, grant(public, 1)),
        (Group::User, grant(format!("{feed}.users"), 1)),
    ]
}

/// Pending organizations, facilities, exchanges and carriers wait for approval. A campus waits for facilities, not
/// for people, and has no entry.
fn queue(directory: &Directory, seed: u64) -> Vec<QueueItem> {
    let dice = &mut Dice::new(seed, 15);
    let mut queue = Vec::new();
    for tag in [Tag::Org, Tag::Fac, Tag::Ix, Tag::Carrier] {
        for record in directory.of(tag).iter().filter(|record| record.status() == Status::Pending) {
            let user_id = (!dice.chance(0.1)).then(|| dice.between(ORG_ADMIN as u32 + 1, GUEST as u32));
            queue.push(QueueItem {
                user_id,
                created: Some(record.created()),
                ..QueueItem::of(tag, record.id())
            });
        }
    }
    queue
}
