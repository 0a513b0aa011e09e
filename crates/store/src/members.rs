//! Who belongs to an organization, and the log of what was done to people.

use model::Time;
use model::access::org_of;
use model::directory::OrgRole;

use crate::change::{Actor, Origin};
use crate::error::Error;
use crate::session::{Row, Session};

/// A change of what a person is in an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberChange {
    /// The organization.
    pub org_id: u32,
    /// The person.
    pub user_id: u32,
    /// What the person was before; `None` for a stranger.
    pub former: Option<OrgRole>,
    /// What the person is afterwards; `None` for a stranger.
    pub role: Option<OrgRole>,
}

impl MemberChange {
    /// The word of the log for what is done.
    const fn action(&self) -> &'static str {
        match (self.former, self.role) {
            (None, _) => "member_added",
            (Some(_), Some(_)) => "member_changed",
            (Some(_), None) => "member_removed",
        }
    }
}

/// What was done to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeopleLogEntry {
    /// When.
    pub at: Time,
    /// By whom; without the name and address where they were erased.
    pub actor: Actor,
    /// Where it came in.
    pub origin: Origin,
    /// What: `member_added`, `member_changed` or `member_removed`.
    pub action: String,
    /// To whom.
    pub user_id: u32,
    /// What the person was in the organization before.
    pub former: Option<OrgRole>,
    /// What the person is in the organization since.
    pub role: Option<OrgRole>,
}

/// Gives a person a role in an organization.
pub(crate) async fn put(session: &mut Session, org: u32, user: u32, role: OrgRole) -> Result<(), Error> {
    const PUT: &str = "INSERT INTO org_member (org_id, user_id, role) VALUES ($1, $2, $3)";
    session.execute(PUT, vec![org.into(), user.into(), role.as_str().into()]).await
}

pub(crate) async fn change(
    session: &mut Session,
    change: &MemberChange,
    at: Time,
    actor: &Actor,
    origin: Origin,
) -> Result<(), Error> {
    const LEAVE: &str = "DELETE FROM org_member WHERE org_id = $1 AND user_id = $2";
    const VERIFY: &str = "UPDATE users SET verified = 1, status = 'ok' WHERE id = $1";
    let MemberChange { org_id, user_id, former, role } = *change;
    session.execute(LEAVE, vec![org_id.into(), user_id.into()]).await?;
    drop_rows(session, org_id, user_id).await?;
    if let Some(role) = role {
        put(session, org_id, user_id, role).await?;
    }
    if former.is_none() {
        session.execute(VERIFY, vec![user_id.into()]).await?;
    }
    write_log(session, change, at, actor, origin).await
}

/// Takes the rows away that a person has of their own on an organization or below it. Which those are, their segments
/// tell; no pattern of SQL would know organization 1 from 10, or 01 from 1.
async fn drop_rows(session: &mut Session, org: u32, user: u32) -> Result<(), Error> {
    const ROWS: &str = "SELECT namespace FROM user_permission WHERE user_id = $1";
    const DROP: &str = "DELETE FROM user_permission WHERE user_id = $1 AND namespace = $2";
    let namespaces: Vec<String> = session.list(ROWS, vec![user.into()]).await?;
    for namespace in namespaces.iter().filter(|namespace| org_of(namespace) == Some(org)) {
        session.execute(DROP, vec![user.into(), namespace.as_str().into()]).await?;
    }
    Ok(())
}

async fn write_log(
    session: &mut Session,
    change: &MemberChange,
    at: Time,
    actor: &Actor,
    origin: Origin,
) -> Result<(), Error> {
    const LOG: &str = "INSERT INTO people_log (id, at, actor_kind, actor_id, actor_name, actor_address, origin, \
                       action, user_id, org_id, former_role, role) VALUES \
                       ((SELECT coalesce(max(id), 0) + 1 FROM people_log), \
                       $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let cells = vec![
        at.0.into(),
        actor.kind.as_str().into(),
        actor.id.into(),
        actor.name.as_deref().into(),
        actor.address.as_deref().into(),
        origin.as_str().into(),
        change.action().into(),
        change.user_id.into(),
        change.org_id.into(),
        change.former.map(OrgRole::as_str).into(),
        change.role.map(OrgRole::as_str).into(),
    ];
    session.execute(LOG, cells).await
}

pub(crate) async fn log(
    session: &mut Session,
    org_id: u32,
    limit: u32,
) -> Result<Vec<PeopleLogEntry>, Error> {
    const LOG: &str = "SELECT id, at, actor_kind, actor_id, actor_name, actor_address, origin, action, user_id, \
                       former_role, role FROM people_log WHERE org_id = $1 ORDER BY id DESC LIMIT $2";
    session.fetch(LOG, vec![org_id.into(), limit.into()], read_entry).await
}

fn read_entry(row: &Row) -> Result<PeopleLogEntry, Error> {
    let id: i64 = row.get(0)?;
    let corrupt = |column| Error::Corrupt { table: "people_log", id, column, why: "is no known word" };
    let role = |at: usize| Ok::<_, Error>(row.get::<Option<&str>>(at)?.and_then(OrgRole::of_word));
    Ok(PeopleLogEntry {
        at: Time(row.get(1)?),
        actor: Actor {
            kind: row.get::<&str>(2)?.parse().map_err(|_| corrupt("actor_kind"))?,
            id: row.get(3)?,
            name: row.get(4)?,
            address: row.get(5)?,
        },
        origin: row.get::<&str>(6)?.parse().map_err(|_| corrupt("origin"))?,
        action: row.get(7)?,
        user_id: row.get(8)?,
        former: role(9)?,
        role: role(10)?,
    })
}
