//! Who may see and change an organization's people, and what a change comes to: pure.

use std::fmt;

use model::access::bits;
use model::directory::{OrgRole, User};
use model::records::Org;
use model::{AnyRecord, Status, Tag};
use store::members::MemberChange;

use super::domains;
use crate::principals::{Identity, Principals};

/// What is wanted of an organization's people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// To add whoever has the mail address; as a member, unless a role is given.
    Add {
        /// Main mail address of the person.
        email: Option<String>,
        /// The word for the role.
        role: Option<String>,
    },
    /// To give one of them another role.
    Change {
        /// Id of the person.
        user: u32,
        /// The word for the role.
        role: Option<String>,
    },
    /// To remove whoever has the mail address.
    Remove {
        /// Main mail address of the person.
        email: Option<String>,
    },
}

impl Deed {
    const fn bit(&self) -> u8 {
        match self {
            Deed::Add { .. } => bits::CREATE,
            Deed::Change { .. } => bits::UPDATE,
            Deed::Remove { .. } => bits::DELETE,
        }
    }
}

/// A deed as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The organization.
    pub org: u32,
    /// What is wanted.
    pub deed: Deed,
    /// Whether the organization may be left to people of whom none administrates it.
    pub confirmed: bool,
}

/// Why an organization's people are not shown or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such organization, or it is not published.
    NoOrganization,
    /// The caller did not sign with a key.
    InvalidAuthentication,
    /// The key belongs to a person who does not administrate the organization; superusers included.
    NotAdmin,
    /// The key belongs to an organization, and has no row of its own that permits it.
    InsufficientPermissions,
    /// No mail address is given.
    EmailRequired,
    /// No role is given.
    RoleRequired,
    /// The role is none.
    InvalidRole,
    /// Nobody has the mail address.
    NoUser,
    /// The person belongs to the organization already.
    AlreadyMember,
    /// The mail address was not confirmed.
    EmailNotVerified,
    /// The organization admits addresses of certain domains only.
    OtherDomain {
        /// Those domains.
        admitted: Vec<String>,
    },
    /// The person does not belong to the organization.
    NotMember,
    /// Nobody would be left who can administrate the others (accounts specification, 26.1, W-18).
    LastAdmin,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::NoOrganization => {
                return write!(f, "No {} matches the given query.", Tag::Org.model_name());
            }
            Refusal::InvalidAuthentication => "Permission denied: Invalid authentication",
            Refusal::NotAdmin => "Permission denied: User is not an admin of this organization",
            Refusal::InsufficientPermissions => {
                "Permission denied: Insufficient permissions for this operation"
            }
            Refusal::EmailRequired => "user_email is required",
            Refusal::RoleRequired => "role is required",
            Refusal::InvalidRole => "Invalid role. Must be admin or member",
            Refusal::NoUser => "No User matches the given query.",
            Refusal::AlreadyMember => "User is already in the organization",
            Refusal::EmailNotVerified => "User email is not verified",
            Refusal::OtherDomain { admitted } => {
                let admitted = admitted.join(", ");
                return write!(
                    f,
                    "User email is of a domain that the organization does not admit; it admits {admitted}"
                );
            }
            Refusal::NotMember => "User is not in the organization",
            Refusal::LastAdmin => {
                "User is the last admin of the organization: make another member an admin first, or send \
                 \"confirm\": true to leave the organization without an admin"
            }
        })
    }
}

impl std::error::Error for Refusal {}

/// The published organization with this id, whose people the caller may see.
///
/// # Errors
/// Tells why not.
pub(super) fn may_see(
    principals: &Principals,
    org: Option<&AnyRecord>,
    identity: &Identity,
) -> Result<(), Refusal> {
    let org = published(org)?;
    permitted(principals, org.id, identity, bits::READ)
}

fn published(org: Option<&AnyRecord>) -> Result<&Org, Refusal> {
    match org {
        Some(AnyRecord::Org(org)) if org.status == Status::Ok => Ok(org),
        _ => Err(Refusal::NoOrganization),
    }
}

/// Rights that are inherited do not count, and neither does being a superuser: a person has to administrate the
/// organization, a key of an organization needs a row of its own on exactly its people (accounts specification, 17).
/// A key that only reads changes nobody, whoever made it.
fn permitted(principals: &Principals, org: u32, identity: &Identity, bit: u8) -> Result<(), Refusal> {
    match (&identity.key, identity.user) {
        (None, _) => Err(Refusal::InvalidAuthentication),
        (Some(_), Some(_)) if identity.read_only && bit != bits::READ => {
            Err(Refusal::InsufficientPermissions)
        }
        (Some(_), Some(user)) => {
            let role = principals.user_by_id(user).and_then(|user| user.role_in(org));
            if role == Some(OrgRole::Admin) { Ok(()) } else { Err(Refusal::NotAdmin) }
        }
        (Some(prefix), None) => {
            let own = principals.own_bits(prefix, &format!("peeringdb.organization.{org}.users"));
            if own & bit == bit { Ok(()) } else { Err(Refusal::InsufficientPermissions) }
        }
    }
}

/// What a deed comes to. The former and the new role may be the same: then there is nothing to do.
///
/// # Errors
/// Why it is not done: first what concerns the organization and the caller, then what concerns the values.
pub(super) fn decide(
    principals: &Principals,
    org: Option<&AnyRecord>,
    identity: &Identity,
    asked: &Asked,
) -> Result<MemberChange, Refusal> {
    let org = published(org)?;
    permitted(principals, org.id, identity, asked.deed.bit())?;
    let (user, role) = match &asked.deed {
        Deed::Add { email, role } => {
            let email = required(email, Refusal::EmailRequired)?;
            let role = role.as_deref().map_or(Ok(OrgRole::Member), read_role)?;
            (newcomer(principals, org, email)?, Some(role))
        }
        Deed::Change { user, role } => {
            let role = read_role(required(role, Refusal::RoleRequired)?)?;
            (principals.user_by_id(*user).ok_or(Refusal::NotMember)?, Some(role))
        }
        Deed::Remove { email } => {
            let email = required(email, Refusal::EmailRequired)?;
            (principals.user_by_address(email).ok_or(Refusal::NotMember)?, None)
        }
    };
    let former = user.role_in(org.id);
    if former.is_none() && !matches!(asked.deed, Deed::Add { .. }) {
        return Err(Refusal::NotMember);
    }
    if role != Some(OrgRole::Admin) && !asked.confirmed && is_last_admin(principals, org.id, user) {
        return Err(Refusal::LastAdmin);
    }
    Ok(MemberChange { org_id: org.id, user_id: user.id, former, role })
}

fn required(text: &Option<String>, otherwise: Refusal) -> Result<&str, Refusal> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty()).ok_or(otherwise)
}

fn read_role(word: &str) -> Result<OrgRole, Refusal> {
    OrgRole::of_word(word).ok_or(Refusal::InvalidRole)
}

/// Somebody who may be added.
fn newcomer<'a>(principals: &'a Principals, org: &Org, email: &str) -> Result<&'a User, Refusal> {
    let user = principals.user_by_address(email).ok_or(Refusal::NoUser)?;
    if user.role_in(org.id).is_some() {
        return Err(Refusal::AlreadyMember);
    }
    if !user.email_verified {
        return Err(Refusal::EmailNotVerified);
    }
    let admitted = domains::admitted(org);
    if !domains::admits(&admitted, email) {
        return Err(Refusal::OtherDomain { admitted });
    }
    Ok(user)
}

/// Whether a person is the only one who can administrate an organization that has other people. Accounts that are
/// switched off administrate nothing.
fn is_last_admin(principals: &Principals, org: u32, user: &User) -> bool {
    let acts = |user: &User| user.is_active && user.role_in(org) == Some(OrgRole::Admin);
    let mut others = principals.people_of(org).filter(|other| other.id != user.id).peekable();
    acts(user) && others.peek().is_some() && !others.any(acts)
}

#[cfg(test)]
mod tests {
    use model::Time;
    use model::directory::{Grant, KeyState, OrgKey, People, Secret, UserKey};

    use super::*;

    fn user(id: u32, admin: bool) -> User {
        User {
            id,
            username: format!("user{id}"),
            password: None,
            email: Some(format!("User{id}@one.example")),
            email_verified: true,
            first_name: String::new(),
            last_name: String::new(),
            status: "ok".into(),
            is_active: true,
            is_staff: false,
            is_superuser: false,
            locale: "en".into(),
            verified: true,
            admin_of_orgs: if admin { vec![1] } else { vec![] },
            member_of_orgs: if admin { vec![] } else { vec![1] },
            created: None,
        }
    }

    fn key(prefix: &str) -> KeyState {
        KeyState {
            prefix: prefix.into(),
            key: Secret::Hash(String::new()),
            name: String::new(),
            active: true,
            revoked: false,
            expires: None,
            created: None,
        }
    }

    /// An administrator (1), a member (2), a superuser from elsewhere (3), and keys of organizations with rows.
    fn people() -> People {
        let stranger = |id| User { member_of_orgs: vec![], ..user(id, false) };
        let of = |user_id| UserKey { state: key(&format!("user000{user_id}")), user_id, readonly: false };
        let org_key = |n: u32, namespace: &str, permission| OrgKey {
            state: key(&format!("org0000{n}")),
            org_id: 1,
            email: String::new(),
            rows: vec![Grant { namespace: namespace.into(), permission }],
        };
        People {
            users: vec![
                user(1, true),
                user(2, false),
                User { is_superuser: true, ..stranger(3) },
                stranger(4),
            ],
            user_keys: vec![of(1), of(2), of(3)],
            org_keys: vec![
                org_key(1, "peeringdb.organization.1.users", bits::READ | bits::DELETE),
                org_key(2, "peeringdb.organization.1", bits::ALL),
                org_key(3, "peeringdb.organization.*.users", bits::ALL),
                org_key(4, "peeringdb.organization.10.users", bits::ALL),
            ],
            ..People::default()
        }
    }

    fn org() -> AnyRecord {
        Org { id: 1, status: Status::Ok, ..Org::default() }.into()
    }

    fn decided(people: People, by: &str, deed: Deed, confirmed: bool) -> Result<MemberChange, Refusal> {
        let principals = Principals::new(people);
        let identity = match by {
            "" => principals.anonymous(),
            key => principals.by_key(key, Time(0)).expect("a caller"),
        };
        decide(&principals, Some(&org()), &identity, &Asked { org: 1, deed, confirmed })
    }

    fn remove(email: &str) -> Deed {
        Deed::Remove { email: Some(email.into()) }
    }

    #[test]
    fn the_right_has_to_be_ones_own_and_exact() {
        let add = || Deed::Add { email: Some("user4@one.example".into()), role: None };
        let added = MemberChange { org_id: 1, user_id: 4, former: None, role: Some(OrgRole::Member) };
        for (by, deed, expected) in [
            ("", add(), Err(Refusal::InvalidAuthentication)),
            ("user0001", add(), Ok(added)),
            ("user0002", add(), Err(Refusal::NotAdmin)),
            ("user0003", add(), Err(Refusal::NotAdmin)),
            ("org00001", add(), Err(Refusal::InsufficientPermissions)),
            (
                "org00001",
                remove("user2@one.example"),
                Ok(MemberChange { user_id: 2, former: Some(OrgRole::Member), role: None, ..added }),
            ),
            ("org00002", add(), Err(Refusal::InsufficientPermissions)),
            ("org00003", add(), Err(Refusal::InsufficientPermissions)),
            ("org00004", add(), Err(Refusal::InsufficientPermissions)),
        ] {
            assert_eq!(decided(people(), by, deed, false), expected, "{by}");
        }
    }

    #[test]
    fn the_last_admin_stays_while_there_are_others() {
        let demote = || Deed::Change { user: 1, role: Some("member".into()) };
        for deed in [demote(), remove("user1@one.example")] {
            assert_eq!(decided(people(), "user0001", deed.clone(), false), Err(Refusal::LastAdmin));
            assert!(decided(people(), "user0001", deed.clone(), true).is_ok(), "it was confirmed");
            let mut alone = people();
            alone.users[1].member_of_orgs.clear();
            assert!(decided(alone, "user0001", deed.clone(), false).is_ok(), "nobody is left behind");
            let mut two = people();
            two.users[1] = user(2, true);
            assert!(decided(two.clone(), "user0001", deed.clone(), false).is_ok(), "there is another");
            two.users[1].is_active = false;
            assert_eq!(decided(two, "user0001", deed, false), Err(Refusal::LastAdmin), "who cannot act");
        }
        let stay = Deed::Change { user: 1, role: Some("admin".into()) };
        assert!(decided(people(), "user0001", stay, false).is_ok());
    }

    #[test]
    fn organizations_have_to_be_published() {
        let principals = Principals::new(people());
        let identity = principals.by_key("user0001", Time(0)).expect("a caller");
        let pending = AnyRecord::from(Org { id: 1, status: Status::Pending, ..Org::default() });
        for org in [None, Some(&pending)] {
            assert_eq!(may_see(&principals, org, &identity), Err(Refusal::NoOrganization));
        }
        assert_eq!(may_see(&principals, Some(&org()), &identity), Ok(()));
    }
}
