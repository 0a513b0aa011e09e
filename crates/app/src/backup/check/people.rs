//! What has to hold of accounts, keys and permission rows.

use std::collections::HashMap;

use auth::{api_key, password};
use model::access::parse_namespace;
use model::directory::{Grant, People, Secret};
use store::people::email_key;

use super::Findings;

/// Runs every check. `email_keys` are the stored keys of mail addresses, by the id of the account.
pub(super) fn check(people: &People, email_keys: &HashMap<u32, String>, findings: &mut Findings) {
    for user in &people.users {
        if user.email.as_deref().map(email_key).as_ref() != email_keys.get(&user.id) {
            findings.error("keys of mail addresses fit the addresses", || {
                format!("user {}: the stored key of its mail address is not that of the address", user.id)
            });
        }
    }
    check_hashes(people, findings);
    for (holder, grant) in grants(people) {
        if let Err(why) = parse_namespace(&grant.namespace) {
            findings.error("permission rows have namespaces that can be asked about", || {
                format!("{holder}: namespace {:?} must {why}", grant.namespace)
            });
        }
    }
}

/// Hashes can be verified. What they are is a secret and not told.
fn check_hashes(people: &People, findings: &mut Findings) {
    const RULE: &str = "hashes can be verified";
    for user in &people.users {
        if let Some(Secret::Hash(hash)) = &user.password
            && let Err(why) = password::check(hash)
        {
            findings.error(RULE, || format!("user {}: the hash of its password is {why}", user.id));
        }
    }
    let user_keys = people.user_keys.iter().map(|key| ("user_api_key", &key.state));
    let org_keys = people.org_keys.iter().map(|key| ("org_api_key", &key.state));
    for (kind, state) in user_keys.chain(org_keys) {
        if let Secret::Hash(hash) = &state.key
            && let Err(why) = api_key::check(hash)
        {
            findings.error(RULE, || format!("{kind} {:?}: the hash of the key is {why}", state.prefix));
        }
    }
}

/// All permission rows, with the names of their holders.
fn grants(people: &People) -> impl Iterator<Item = (String, &Grant)> {
    let groups = people.group_rows.iter().map(|(group, grant)| (format!("group {}", group.as_str()), grant));
    let members = people.member_template.iter().map(|grant| ("template org_member".to_owned(), grant));
    let admins = people.admin_template.iter().map(|grant| ("template org_admin".to_owned(), grant));
    let users = people.user_rows.iter().map(|(id, grant)| (format!("user {id}"), grant));
    let keys = people
        .org_keys
        .iter()
        .flat_map(|key| key.rows.iter().map(|grant| (format!("org_api_key {:?}", key.state.prefix), grant)));
    groups.chain(members).chain(admins).chain(users).chain(keys)
}
