//! Accounts, keys, permission rows and the queue of approval.

use std::collections::HashMap;

use model::directory::{Grant, Group, KeyState, OrgKey, People, QueueItem, Secret, User, UserKey};
use model::{Tag, Time};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::error::Error;

/// What two accounts may not share of their mail addresses.
pub fn email_key(email: &str) -> String {
    email.to_lowercase()
}

const MEMBER: &str = "member";
const ADMIN: &str = "admin";
const MEMBER_TEMPLATE: &str = "org_member";
const ADMIN_TEMPLATE: &str = "org_admin";
const ACTIVE: &str = "active";
const INACTIVE: &str = "inactive";

pub(crate) async fn read(connection: &mut SqliteConnection) -> Result<People, Error> {
    let mut people = People {
        users: read_users(connection).await?,
        user_keys: read_user_keys(connection).await?,
        org_keys: read_org_keys(connection).await?,
        queue: read_queue(connection).await?,
        ..People::default()
    };
    const GROUPS: &str =
        "SELECT group_name, namespace, permission FROM group_permission ORDER BY group_name, namespace";
    for row in sqlx::query(GROUPS).fetch_all(&mut *connection).await? {
        let grant = grant(&row, 1)?;
        match row.try_get(0)? {
            MEMBER_TEMPLATE => people.member_template.push(grant),
            ADMIN_TEMPLATE => people.admin_template.push(grant),
            "user" => people.group_rows.push((Group::User, grant)),
            // The column holds no fifth word.
            _ => people.group_rows.push((Group::Guest, grant)),
        }
    }
    const ROWS: &str =
        "SELECT user_id, namespace, permission FROM user_permission ORDER BY user_id, namespace";
    for row in sqlx::query(ROWS).fetch_all(connection).await? {
        people.user_rows.push((row.try_get(0)?, grant(&row, 1)?));
    }
    Ok(people)
}

fn grant(row: &SqliteRow, from: usize) -> Result<Grant, Error> {
    Ok(Grant { namespace: row.try_get(from)?, permission: row.try_get(from + 1)? })
}

async fn read_users(connection: &mut SqliteConnection) -> Result<Vec<User>, Error> {
    const USERS: &str = "SELECT id, username, password_hash, email, email_verified, first_name, last_name, \
                         status, is_active, is_staff, is_superuser, locale, verified FROM users ORDER BY id";
    const MEMBERS: &str = "SELECT user_id, org_id, role FROM org_member ORDER BY user_id, org_id";
    let rows = sqlx::query(USERS).fetch_all(&mut *connection).await?;
    let mut users = rows.iter().map(read_user).collect::<Result<Vec<User>, Error>>()?;
    for row in sqlx::query(MEMBERS).fetch_all(connection).await? {
        let (id, org, role): (u32, u32, &str) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        if let Ok(at) = users.binary_search_by_key(&id, |user| user.id) {
            let list =
                if role == ADMIN { &mut users[at].admin_of_orgs } else { &mut users[at].member_of_orgs };
            list.push(org);
        }
    }
    Ok(users)
}

fn read_user(row: &SqliteRow) -> Result<User, Error> {
    Ok(User {
        id: row.try_get(0)?,
        username: row.try_get(1)?,
        password: row.try_get::<Option<String>, _>(2)?.map(Secret::Hash),
        email: row.try_get(3)?,
        email_verified: row.try_get(4)?,
        first_name: row.try_get(5)?,
        last_name: row.try_get(6)?,
        status: row.try_get(7)?,
        is_active: row.try_get(8)?,
        is_staff: row.try_get(9)?,
        is_superuser: row.try_get(10)?,
        locale: row.try_get(11)?,
        verified: row.try_get(12)?,
        admin_of_orgs: Vec::new(),
        member_of_orgs: Vec::new(),
    })
}

fn read_key(row: &SqliteRow) -> Result<KeyState, Error> {
    Ok(KeyState {
        prefix: row.try_get(0)?,
        key: Secret::Hash(row.try_get(1)?),
        name: row.try_get(2)?,
        active: row.try_get::<&str, _>(3)? == ACTIVE,
        revoked: row.try_get(4)?,
        expires: row.try_get::<Option<i64>, _>(5)?.map(Time),
    })
}

async fn read_user_keys(connection: &mut SqliteConnection) -> Result<Vec<UserKey>, Error> {
    const KEYS: &str = "SELECT prefix, key_hash, name, status, revoked, expires, user_id, readonly \
                        FROM user_api_key ORDER BY id";
    let rows = sqlx::query(KEYS).fetch_all(connection).await?;
    let read = |row: &SqliteRow| {
        Ok(UserKey { state: read_key(row)?, user_id: row.try_get(6)?, readonly: row.try_get(7)? })
    };
    rows.iter().map(read).collect()
}

async fn read_org_keys(connection: &mut SqliteConnection) -> Result<Vec<OrgKey>, Error> {
    const KEYS: &str = "SELECT prefix, key_hash, name, status, revoked, expires, org_id, email, id \
                        FROM org_api_key ORDER BY id";
    const ROWS: &str = "SELECT org_api_key_id, namespace, permission FROM org_api_key_permission \
                        ORDER BY org_api_key_id, namespace";
    let mut grants: HashMap<i64, Vec<Grant>> = HashMap::new();
    for row in sqlx::query(ROWS).fetch_all(&mut *connection).await? {
        grants.entry(row.try_get(0)?).or_default().push(grant(&row, 1)?);
    }
    let rows = sqlx::query(KEYS).fetch_all(connection).await?;
    let read = |row: &SqliteRow| {
        Ok(OrgKey {
            state: read_key(row)?,
            org_id: row.try_get(6)?,
            email: row.try_get(7)?,
            rows: grants.remove(&row.try_get(8)?).unwrap_or_default(),
        })
    };
    rows.iter().map(read).collect()
}

async fn read_queue(connection: &mut SqliteConnection) -> Result<Vec<QueueItem>, Error> {
    const QUEUE: &str = "SELECT tag, object_id, user_id FROM verification_queue ORDER BY tag, object_id";
    let rows = sqlx::query(QUEUE).fetch_all(connection).await?;
    let read = |row: &SqliteRow| {
        let object_id: u32 = row.try_get(1)?;
        let corrupt = |_| Error::Corrupt {
            table: "verification_queue",
            id: i64::from(object_id),
            column: "tag",
            why: "is no known type",
        };
        let tag: Tag = row.try_get::<&str, _>(0)?.parse().map_err(corrupt)?;
        Ok(QueueItem { tag, object_id, user_id: row.try_get(2)? })
    };
    rows.iter().map(read).collect()
}

/// Adds people to those that are there.
pub(crate) async fn add(connection: &mut SqliteConnection, people: &People, now: Time) -> Result<(), Error> {
    for user in &people.users {
        add_user(connection, user, now).await?;
        add_members(connection, user.id, ADMIN, &user.admin_of_orgs).await?;
        add_members(connection, user.id, MEMBER, &user.member_of_orgs).await?;
    }
    for key in &people.user_keys {
        add_user_key(connection, key, now).await?;
    }
    for key in &people.org_keys {
        add_org_key(connection, key, now).await?;
    }
    for (group, grant) in &people.group_rows {
        add_group_row(connection, group.as_str(), grant).await?;
    }
    for (group, grants) in
        [(MEMBER_TEMPLATE, &people.member_template), (ADMIN_TEMPLATE, &people.admin_template)]
    {
        for grant in grants {
            add_group_row(connection, group, grant).await?;
        }
    }
    for (user, grant) in &people.user_rows {
        const ADD: &str = "INSERT INTO user_permission (user_id, namespace, permission) VALUES ($1, $2, $3)";
        let query = sqlx::query(ADD).bind(user).bind(grant.namespace.as_str()).bind(grant.permission);
        query.execute(&mut *connection).await?;
    }
    for item in &people.queue {
        const ADD: &str = "INSERT INTO verification_queue (tag, object_id, user_id) VALUES ($1, $2, $3)";
        let query = sqlx::query(ADD).bind(item.tag.as_str()).bind(item.object_id).bind(item.user_id);
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

fn hash_of(secret: &Secret) -> Result<&str, Error> {
    match secret {
        Secret::Hash(hash) => Ok(hash),
        Secret::Plain(_) => Err(Error::PlainSecret),
    }
}

async fn add_user(connection: &mut SqliteConnection, user: &User, now: Time) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO users (id, username, password_hash, email, email_key, email_verified, \
                       first_name, last_name, status, is_active, is_staff, is_superuser, locale, verified, \
                       created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    let query = sqlx::query(ADD)
        .bind(user.id)
        .bind(user.username.as_str())
        .bind(user.password.as_ref().map(hash_of).transpose()?)
        .bind(user.email.as_deref())
        .bind(user.email.as_deref().map(email_key))
        .bind(user.email_verified)
        .bind(user.first_name.as_str())
        .bind(user.last_name.as_str())
        .bind(user.status.as_str())
        .bind(user.is_active)
        .bind(user.is_staff)
        .bind(user.is_superuser)
        .bind(user.locale.as_str())
        .bind(user.verified)
        .bind(now.0);
    query.execute(connection).await?;
    Ok(())
}

async fn add_members(
    connection: &mut SqliteConnection,
    user: u32,
    role: &str,
    orgs: &[u32],
) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO org_member (org_id, user_id, role) VALUES ($1, $2, $3)";
    for org in orgs {
        sqlx::query(ADD).bind(org).bind(user).bind(role).execute(&mut *connection).await?;
    }
    Ok(())
}

const fn status_word(active: bool) -> &'static str {
    if active { ACTIVE } else { INACTIVE }
}

async fn add_user_key(connection: &mut SqliteConnection, key: &UserKey, now: Time) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO user_api_key (id, prefix, key_hash, name, status, revoked, expires, \
                       created, user_id, readonly) VALUES \
                       ((SELECT coalesce(max(id), 0) + 1 FROM user_api_key), $1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let query = sqlx::query(ADD)
        .bind(key.state.prefix.as_str())
        .bind(hash_of(&key.state.key)?)
        .bind(key.state.name.as_str())
        .bind(status_word(key.state.active))
        .bind(key.state.revoked)
        .bind(key.state.expires.map(|time| time.0))
        .bind(now.0)
        .bind(key.user_id)
        .bind(key.readonly);
    query.execute(connection).await?;
    Ok(())
}

async fn add_org_key(connection: &mut SqliteConnection, key: &OrgKey, now: Time) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO org_api_key (id, prefix, key_hash, name, status, revoked, expires, \
                       created, org_id, email) VALUES \
                       ((SELECT coalesce(max(id), 0) + 1 FROM org_api_key), $1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
    const ADD_ROW: &str =
        "INSERT INTO org_api_key_permission (org_api_key_id, namespace, permission) VALUES ($1, $2, $3)";
    let query = sqlx::query_scalar(ADD)
        .bind(key.state.prefix.as_str())
        .bind(hash_of(&key.state.key)?)
        .bind(key.state.name.as_str())
        .bind(status_word(key.state.active))
        .bind(key.state.revoked)
        .bind(key.state.expires.map(|time| time.0))
        .bind(now.0)
        .bind(key.org_id)
        .bind(key.email.as_str());
    let id: i64 = query.fetch_one(&mut *connection).await?;
    for grant in &key.rows {
        let query = sqlx::query(ADD_ROW).bind(id).bind(grant.namespace.as_str()).bind(grant.permission);
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

async fn add_group_row(connection: &mut SqliteConnection, group: &str, grant: &Grant) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO group_permission (group_name, namespace, permission) VALUES ($1, $2, $3)";
    let query = sqlx::query(ADD).bind(group).bind(grant.namespace.as_str()).bind(grant.permission);
    query.execute(connection).await?;
    Ok(())
}
