//! Accounts, keys, permission rows and the queue of approval.

use std::collections::HashMap;

use model::Time;
use model::access::org_of;
use model::directory::{Grant, Group, KeyState, OrgKey, OrgRole, People, Secret, User, UserKey};

use crate::error::Error;
use crate::session::{Cell, Row, Session};
use crate::{members, queue};

/// What two accounts may not share of their mail addresses.
pub fn email_key(email: &str) -> String {
    email.to_lowercase()
}

const MEMBER_TEMPLATE: &str = "org_member";
const ADMIN_TEMPLATE: &str = "org_admin";
const ACTIVE: &str = "active";
const INACTIVE: &str = "inactive";

pub(crate) async fn read(session: &mut Session) -> Result<People, Error> {
    let mut people = People {
        users: read_users(session).await?,
        user_keys: read_user_keys(session).await?,
        org_keys: read_org_keys(session).await?,
        queue: queue::read(session).await?,
        ..People::default()
    };
    const GROUPS: &str =
        "SELECT group_name, namespace, permission FROM group_permission ORDER BY group_name, namespace";
    let groups = session.fetch(GROUPS, vec![], |row| Ok((row.get::<String>(0)?, grant(row, 1)?))).await?;
    for (group, grant) in groups {
        match group.as_str() {
            MEMBER_TEMPLATE => people.member_template.push(grant),
            ADMIN_TEMPLATE => people.admin_template.push(grant),
            "user" => people.group_rows.push((Group::User, grant)),
            // The column holds no fifth word.
            _ => people.group_rows.push((Group::Guest, grant)),
        }
    }
    const ROWS: &str =
        "SELECT user_id, namespace, permission FROM user_permission ORDER BY user_id, namespace";
    people.user_rows = session.fetch(ROWS, vec![], |row| Ok((row.get(0)?, grant(row, 1)?))).await?;
    Ok(people)
}

fn grant(row: &Row, from: usize) -> Result<Grant, Error> {
    Ok(Grant { namespace: row.get(from)?, permission: row.get(from + 1)? })
}

async fn read_users(session: &mut Session) -> Result<Vec<User>, Error> {
    const USERS: &str = "SELECT id, username, password_hash, email, email_verified, first_name, last_name, \
                         status, is_active, is_staff, is_superuser, locale, verified, created FROM users ORDER BY id";
    const MEMBERS: &str = "SELECT user_id, org_id, role FROM org_member ORDER BY user_id, org_id";
    let mut users = session.fetch(USERS, vec![], read_user).await?;
    let read = |row: &Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let members: Vec<(u32, u32, String)> = session.fetch(MEMBERS, vec![], read).await?;
    for (id, org, role) in members {
        if let Ok(at) = users.binary_search_by_key(&id, |user| user.id) {
            let user = &mut users[at];
            match OrgRole::of_word(&role) {
                Some(OrgRole::Admin) => user.admin_of_orgs.push(org),
                // The column holds no third word.
                Some(OrgRole::Member) | None => user.member_of_orgs.push(org),
            }
        }
    }
    Ok(users)
}

fn read_user(row: &Row) -> Result<User, Error> {
    Ok(User {
        id: row.get(0)?,
        username: row.get(1)?,
        password: row.get::<Option<String>>(2)?.map(Secret::Hash),
        email: row.get(3)?,
        email_verified: row.get(4)?,
        first_name: row.get(5)?,
        last_name: row.get(6)?,
        status: row.get(7)?,
        is_active: row.get(8)?,
        is_staff: row.get(9)?,
        is_superuser: row.get(10)?,
        locale: row.get(11)?,
        verified: row.get(12)?,
        admin_of_orgs: Vec::new(),
        member_of_orgs: Vec::new(),
        created: Some(Time(row.get(13)?)),
    })
}

fn read_key(row: &Row) -> Result<KeyState, Error> {
    Ok(KeyState {
        prefix: row.get(0)?,
        key: Secret::Hash(row.get(1)?),
        name: row.get(2)?,
        active: row.get::<&str>(3)? == ACTIVE,
        revoked: row.get(4)?,
        expires: row.get::<Option<i64>>(5)?.map(Time),
        created: Some(Time(row.get(6)?)),
    })
}

async fn read_user_keys(session: &mut Session) -> Result<Vec<UserKey>, Error> {
    const KEYS: &str = "SELECT prefix, key_hash, name, status, revoked, expires, created, user_id, readonly \
                        FROM user_api_key ORDER BY id";
    let read = |row: &Row| Ok(UserKey { state: read_key(row)?, user_id: row.get(7)?, readonly: row.get(8)? });
    session.fetch(KEYS, vec![], read).await
}

async fn read_org_keys(session: &mut Session) -> Result<Vec<OrgKey>, Error> {
    const KEYS: &str = "SELECT prefix, key_hash, name, status, revoked, expires, created, org_id, email, id \
                        FROM org_api_key ORDER BY id";
    const ROWS: &str = "SELECT org_api_key_id, namespace, permission FROM org_api_key_permission \
                        ORDER BY org_api_key_id, namespace";
    let mut grants: HashMap<i64, Vec<Grant>> = HashMap::new();
    for (key, grant) in session.fetch(ROWS, vec![], |row| Ok((row.get(0)?, grant(row, 1)?))).await? {
        grants.entry(key).or_default().push(grant);
    }
    let read = |row: &Row| {
        Ok(OrgKey {
            state: read_key(row)?,
            org_id: row.get(7)?,
            email: row.get(8)?,
            rows: grants.remove(&row.get(9)?).unwrap_or_default(),
        })
    };
    session.fetch(KEYS, vec![], read).await
}

/// Adds people to those that are there. Accounts and keys that do not tell when they were made are made `now`.
pub(crate) async fn add(session: &mut Session, people: &People, now: Time) -> Result<(), Error> {
    for user in &people.users {
        add_user(session, user, now).await?;
        for org in &user.admin_of_orgs {
            members::put(session, *org, user.id, OrgRole::Admin).await?;
        }
        for org in &user.member_of_orgs {
            members::put(session, *org, user.id, OrgRole::Member).await?;
        }
    }
    for key in &people.user_keys {
        add_user_key(session, key, now).await?;
    }
    for key in &people.org_keys {
        add_org_key(session, key, now).await?;
    }
    for (group, grant) in &people.group_rows {
        add_group_row(session, group.as_str(), grant).await?;
    }
    for (group, grants) in
        [(MEMBER_TEMPLATE, &people.member_template), (ADMIN_TEMPLATE, &people.admin_template)]
    {
        for grant in grants {
            add_group_row(session, group, grant).await?;
        }
    }
    for (user, grant) in &people.user_rows {
        const ADD: &str = "INSERT INTO user_permission (user_id, namespace, permission) VALUES ($1, $2, $3)";
        let cells = vec![(*user).into(), grant.namespace.as_str().into(), grant.permission.into()];
        session.execute(ADD, cells).await?;
    }
    for item in &people.queue {
        const ADD: &str = "INSERT INTO verification_queue (tag, object_id, user_id, org_key, created) \
                           VALUES ($1, $2, $3, $4, $5)";
        session.execute(ADD, queue::cells(item)).await?;
    }
    Ok(())
}

fn hash_of(secret: &Secret) -> Result<&str, Error> {
    match secret {
        Secret::Hash(hash) => Ok(hash),
        Secret::Plain(_) => Err(Error::PlainSecret),
    }
}

async fn add_user(session: &mut Session, user: &User, now: Time) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO users (id, username, password_hash, email, email_key, email_verified, \
                       first_name, last_name, status, is_active, is_staff, is_superuser, locale, verified, \
                       created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    let cells = vec![
        user.id.into(),
        user.username.as_str().into(),
        user.password.as_ref().map(hash_of).transpose()?.into(),
        user.email.as_deref().into(),
        user.email.as_deref().map(email_key).into(),
        user.email_verified.into(),
        user.first_name.as_str().into(),
        user.last_name.as_str().into(),
        user.status.as_str().into(),
        user.is_active.into(),
        user.is_staff.into(),
        user.is_superuser.into(),
        user.locale.as_str().into(),
        user.verified.into(),
        user.created.unwrap_or(now).0.into(),
    ];
    session.execute(ADD, cells).await
}

const fn status_word(active: bool) -> &'static str {
    if active { ACTIVE } else { INACTIVE }
}

/// What the keys of people and of organizations have in common, in the order of their columns.
fn key_cells(state: &KeyState, now: Time) -> Result<Vec<Cell<'_>>, Error> {
    Ok(vec![
        state.prefix.as_str().into(),
        hash_of(&state.key)?.into(),
        state.name.as_str().into(),
        status_word(state.active).into(),
        state.revoked.into(),
        state.expires.map(|time| time.0).into(),
        state.created.unwrap_or(now).0.into(),
    ])
}

async fn add_user_key(session: &mut Session, key: &UserKey, now: Time) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO user_api_key (id, prefix, key_hash, name, status, revoked, expires, \
                       created, user_id, readonly) VALUES \
                       ((SELECT coalesce(max(id), 0) + 1 FROM user_api_key), $1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let mut cells = key_cells(&key.state, now)?;
    cells.extend([key.user_id.into(), key.readonly.into()]);
    session.execute(ADD, cells).await
}

async fn add_org_key(session: &mut Session, key: &OrgKey, now: Time) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO org_api_key (id, prefix, key_hash, name, status, revoked, expires, \
                       created, org_id, email) VALUES \
                       ((SELECT coalesce(max(id), 0) + 1 FROM org_api_key), $1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
    const ADD_ROW: &str =
        "INSERT INTO org_api_key_permission (org_api_key_id, namespace, permission) VALUES ($1, $2, $3)";
    let mut cells = key_cells(&key.state, now)?;
    cells.extend([key.org_id.into(), key.email.as_str().into()]);
    let id: i64 = session.one(ADD, cells).await?;
    for grant in &key.rows {
        let cells = vec![id.into(), grant.namespace.as_str().into(), grant.permission.into()];
        session.execute(ADD_ROW, cells).await?;
    }
    Ok(())
}

async fn add_group_row(session: &mut Session, group: &str, grant: &Grant) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO group_permission (group_name, namespace, permission) VALUES ($1, $2, $3)";
    session.execute(ADD, vec![group.into(), grant.namespace.as_str().into(), grant.permission.into()]).await
}

/// Ends all that people and keys have from an organization: membership, rows of single people, and its keys. Where the
/// organization is gone for good, its keys are gone as well; otherwise they are revoked, so that nobody finds them
/// opened when it comes back.
pub(crate) async fn disband(session: &mut Session, org: u32, gone: bool) -> Result<(), Error> {
    const LEAVE: &str = "DELETE FROM org_member WHERE org_id = $1";
    const ROWS: &str = "SELECT user_id, namespace FROM user_permission";
    const DROP: &str = "DELETE FROM user_permission WHERE user_id = $1 AND namespace = $2";
    const REVOKE: &str = "UPDATE org_api_key SET revoked = 1 WHERE org_id = $1";
    const KEY_ROWS: &str = "DELETE FROM org_api_key_permission WHERE org_api_key_id IN \
                            (SELECT id FROM org_api_key WHERE org_id = $1)";
    const KEYS: &str = "DELETE FROM org_api_key WHERE org_id = $1";
    session.execute(LEAVE, vec![org.into()]).await?;
    // Whether a row is about the organization its segments tell, as where one person leaves.
    let rows: Vec<(u32, String)> = session.fetch(ROWS, vec![], |row| Ok((row.get(0)?, row.get(1)?))).await?;
    for (user, namespace) in rows.iter().filter(|(_, namespace)| org_of(namespace) == Some(org)) {
        session.execute(DROP, vec![(*user).into(), namespace.as_str().into()]).await?;
    }
    if !gone {
        return session.execute(REVOKE, vec![org.into()]).await;
    }
    session.execute(KEY_ROWS, vec![org.into()]).await?;
    session.execute(KEYS, vec![org.into()]).await
}
