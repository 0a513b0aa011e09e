//! A whole directory as plain data: what a backup holds and what a generator makes.

use crate::records::AnyRecord;
use crate::scalar::Time;
use crate::tag::Tag;

/// Records, people, keys and permissions of a directory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Directory {
    /// Records by type, in the order of [`Tag::ALL`], each list by id.
    pub records: [Vec<AnyRecord>; 13],
    /// People.
    pub people: People,
}

impl Directory {
    /// The records of a type.
    pub fn of(&self, tag: Tag) -> &[AnyRecord] {
        &self.records[tag.index()]
    }

    /// Adds a record to the list of its type.
    pub fn push(&mut self, record: AnyRecord) {
        self.records[record.tag().index()].push(record);
    }
}

/// Accounts, keys, permission rows and open verifications.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct People {
    /// Accounts, by id.
    pub users: Vec<User>,
    /// API keys of users.
    pub user_keys: Vec<UserKey>,
    /// API keys of organizations.
    pub org_keys: Vec<OrgKey>,
    /// Permission rows of the groups `guest` and `user`.
    pub group_rows: Vec<(Group, Grant)>,
    /// Rows that the member group of every organization has; `{org_id}` stands for the organization's id.
    pub member_template: Vec<Grant>,
    /// Rows that the admin group of every organization has; `{org_id}` stands for the organization's id.
    pub admin_template: Vec<Grant>,
    /// Extra rows of single users: user id and row.
    pub user_rows: Vec<(u32, Grant)>,
    /// Records that wait for approval.
    pub queue: Vec<QueueItem>,
}

/// One permission row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// Namespace, such as `peeringdb.organization.10`.
    pub namespace: String,
    /// Sum of [`crate::access::bits`].
    pub permission: u8,
}

/// A general group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Everybody, signed in or not.
    Guest,
    /// Verified users.
    User,
}

impl Group {
    /// The group's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Group::Guest => "guest",
            Group::User => "user",
        }
    }
}

/// A password or API key.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// As the person knows it; never stored, never written to a backup.
    Plain(String),
    /// An encoded hash.
    Hash(String),
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Secret::Plain(_) => "Plain(…)",
            Secret::Hash(_) => "Hash(…)",
        })
    }
}

/// An account.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// Id.
    pub id: u32,
    /// Unique name to sign in with.
    pub username: String,
    /// Password; `None` when there is none.
    pub password: Option<Secret>,
    /// Main mail address; `None` after closing the account.
    pub email: Option<String>,
    /// Whether the address was confirmed.
    pub email_verified: bool,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// `ok` or `pending`.
    pub status: String,
    /// Whether the account may be used.
    pub is_active: bool,
    /// Whether the person is staff.
    pub is_staff: bool,
    /// Whether every permission check passes.
    pub is_superuser: bool,
    /// Preferred language.
    pub locale: String,
    /// Whether the person belongs to the general user group.
    pub verified: bool,
    /// Organizations that the person administrates.
    pub admin_of_orgs: Vec<u32>,
    /// Organizations that the person is a member of.
    pub member_of_orgs: Vec<u32>,
    /// When it was made; `None` for one that is made when it is stored.
    pub created: Option<Time>,
}

impl User {
    /// What the person is in an organization; `None` for a stranger to it.
    pub fn role_in(&self, org: u32) -> Option<OrgRole> {
        if self.admin_of_orgs.contains(&org) {
            Some(OrgRole::Admin)
        } else {
            self.member_of_orgs.contains(&org).then_some(OrgRole::Member)
        }
    }
}

/// What a person is in an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrgRole {
    /// Belongs to it, with the rights of its member group and rows of their own.
    Member,
    /// Administrates it.
    Admin,
}

impl OrgRole {
    /// Both.
    pub const ALL: [OrgRole; 2] = [OrgRole::Member, OrgRole::Admin];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            OrgRole::Member => "member",
            OrgRole::Admin => "admin",
        }
    }

    /// The role of this word.
    pub fn of_word(word: &str) -> Option<OrgRole> {
        OrgRole::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// State of an API key.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyState {
    /// The public part before the dot, 8 characters.
    pub prefix: String,
    /// The key.
    pub key: Secret,
    /// Name that its owner gave it.
    pub name: String,
    /// Whether it is `active` (otherwise `inactive`).
    pub active: bool,
    /// Whether it was revoked.
    pub revoked: bool,
    /// When it ends.
    pub expires: Option<Time>,
    /// When it was made; `None` for one that is made when it is stored.
    pub created: Option<Time>,
}

/// An API key of a user.
#[derive(Clone, Debug, PartialEq)]
pub struct UserKey {
    /// What all keys have.
    pub state: KeyState,
    /// The owner.
    pub user_id: u32,
    /// Whether it may only read.
    pub readonly: bool,
}

/// An API key of an organization.
#[derive(Clone, Debug, PartialEq)]
pub struct OrgKey {
    /// What all keys have.
    pub state: KeyState,
    /// The owner.
    pub org_id: u32,
    /// Contact address of those who use it.
    pub email: String,
    /// The key's own permission rows.
    pub rows: Vec<Grant>,
}

/// A record that waits for approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueItem {
    /// Type of the record.
    pub tag: Tag,
    /// Id of the record.
    pub object_id: u32,
    /// Who asked for it.
    pub user_id: Option<u32>,
    /// The public part of the organization's key that asked for it, where no person did.
    pub org_key: Option<String>,
    /// Since when it waits; `None` where nobody noted it.
    pub created: Option<Time>,
}

impl QueueItem {
    /// A record of which nothing more is known than that it waits.
    pub fn of(tag: Tag, object_id: u32) -> QueueItem {
        QueueItem { tag, object_id, user_id: None, org_key: None, created: None }
    }
}
