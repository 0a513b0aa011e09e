//! What has to hold of accounts, keys and permission rows.

use model::access::parse_namespace;
use model::directory::{Grant, People};

use super::Findings;

/// Runs every check.
pub(super) fn check(people: &People, findings: &mut Findings) {
    for (holder, grant) in grants(people) {
        if let Err(why) = parse_namespace(&grant.namespace) {
            findings.error("permission rows have namespaces that can be asked about", || {
                format!("{holder}: namespace {:?} must {why}", grant.namespace)
            });
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
