//! Callers of every kind (rest-api specification, section 23).

use model::Time;
use model::directory::{Grant, Group, KeyState, OrgKey, People, Secret, User, UserKey};

/// Somebody who calls the API of a test directory; each but the anonymous has an API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Nobody in particular.
    Anonymous,
    /// A verified user without an organization.
    Plain,
    /// A user whose account is not verified.
    Unverified,
    /// A member of organization 100.
    Member,
    /// An administrator of organization 100.
    Admin,
    /// The administrator's read-only key.
    Reader,
    /// Organization 100 itself, without permissions of its own.
    Org,
    /// A superuser.
    Superuser,
    /// A user whose account was switched off.
    Retired,
    /// The plain user's key that was switched off.
    InactiveKey,
    /// The plain user's key that was revoked.
    RevokedKey,
    /// The plain user's key that has expired.
    ExpiredKey,
}

impl Caller {
    /// Every kind.
    pub const ALL: [Caller; 12] = [
        Caller::Anonymous,
        Caller::Plain,
        Caller::Unverified,
        Caller::Member,
        Caller::Admin,
        Caller::Reader,
        Caller::Org,
        Caller::Superuser,
        Caller::Retired,
        Caller::InactiveKey,
        Caller::RevokedKey,
        Caller::ExpiredKey,
    ];

    /// The caller's API key; `None` for the anonymous.
    pub fn key(self) -> Option<&'static str> {
        Some(match self {
            Caller::Anonymous => return None,
            Caller::Plain => "plain000.secret-of-the-plain-user",
            Caller::Unverified => "unverif0.secret-of-the-unverified-user",
            Caller::Member => "member00.secret-of-the-member",
            Caller::Admin => "admin000.secret-of-the-administrator",
            Caller::Reader => "reader00.secret-of-the-reader",
            Caller::Org => "organiz0.secret-of-the-organization",
            Caller::Superuser => "superus0.secret-of-the-superuser",
            Caller::Retired => "retired0.secret-of-the-retired-user",
            Caller::InactiveKey => "inactiv0.secret-of-the-inactive-key",
            Caller::RevokedKey => "revoked0.secret-of-the-revoked-key",
            Caller::ExpiredKey => "expired0.secret-of-the-expired-key",
        })
    }

    /// The caller's `Authorization` header.
    pub fn authorization(self) -> Option<String> {
        self.key().map(|key| format!("Api-Key {key}"))
    }
}

/// The people of a test directory: one account for each kind of caller, with the groups' usual permissions.
///
/// Nobody has a password. Keys that ended did so before `now`.
pub fn people(now: Time) -> People {
    People {
        users: vec![
            user(1, "plain"),
            User { verified: false, status: "pending".into(), ..user(2, "unverified") },
            User { member_of_orgs: vec![100], ..user(3, "member") },
            User { admin_of_orgs: vec![100], ..user(4, "admin") },
            User { is_superuser: true, is_staff: true, ..user(5, "superuser") },
            User { is_active: false, ..user(6, "retired") },
        ],
        user_keys: user_keys(now),
        org_keys: vec![OrgKey {
            state: key(Caller::Org),
            org_id: 100,
            email: "automation@one.example".into(),
            rows: Vec::new(),
        }],
        group_rows: group_rows(),
        member_template: private_rows(1),
        admin_template: private_rows(15),
        user_rows: Vec::new(),
        queue: Vec::new(),
    }
}

fn user(id: u32, name: &str) -> User {
    User {
        id,
        username: name.into(),
        password: None,
        email: Some(format!("{name}@people.example")),
        email_verified: true,
        first_name: name.into(),
        last_name: "Example".into(),
        status: "ok".into(),
        is_active: true,
        is_staff: false,
        is_superuser: false,
        locale: "en".into(),
        verified: true,
        admin_of_orgs: Vec::new(),
        member_of_orgs: Vec::new(),
        created: None,
    }
}

fn user_keys(now: Time) -> Vec<UserKey> {
    let of = |caller: Caller, user_id| UserKey { state: key(caller), user_id, readonly: false };
    let mut keys = vec![
        of(Caller::Plain, 1),
        of(Caller::Unverified, 2),
        of(Caller::Member, 3),
        of(Caller::Admin, 4),
        UserKey { readonly: true, ..of(Caller::Reader, 4) },
        of(Caller::Superuser, 5),
        of(Caller::Retired, 6),
    ];
    let mut inactive = of(Caller::InactiveKey, 1);
    inactive.state.active = false;
    let mut revoked = of(Caller::RevokedKey, 1);
    revoked.state.revoked = true;
    let mut expired = of(Caller::ExpiredKey, 1);
    expired.state.expires = Some(Time(now.0 - Time::SECOND));
    keys.extend([inactive, revoked, expired]);
    keys
}

fn key(caller: Caller) -> KeyState {
    let text = caller.key().unwrap_or_default();
    KeyState {
        prefix: text.chars().take(auth::api_key::PREFIX_LENGTH).collect(),
        key: Secret::Hash(auth::api_key::hash(text)),
        name: format!("{caller:?}"),
        active: true,
        revoked: false,
        expires: None,
        created: None,
    }
}

fn grant(namespace: &str, permission: u8) -> Grant {
    Grant { namespace: namespace.into(), permission }
}

/// An organization with its private parts.
fn private_rows(permission: u8) -> Vec<Grant> {
    vec![
        grant("peeringdb.organization.{org_id}", permission),
        grant("peeringdb.organization.{org_id}.network.*.poc_set.private", permission),
        grant(
            "peeringdb.organization.{org_id}.internetexchange.*.ixf_ixp_member_list_url.private",
            permission,
        ),
    ]
}

fn group_rows() -> Vec<(Group, Grant)> {
    let feed = "peeringdb.organization.*.internetexchange.*.ixf_ixp_member_list_url";
    let (public, users) = (format!("{feed}.public"), format!("{feed}.users"));
    vec![
        (Group::Guest, grant("peeringdb.organization", 1)),
        (Group::Guest, grant(&public, 1)),
        (Group::User, grant("peeringdb.organization", 1)),
        (Group::User, grant("peeringdb.organization.*.network.*.poc_set.users", 1)),
        (Group::User, grant(&public, 1)),
        (Group::User, grant(&users, 1)),
    ]
}
