//! Accounts, keys, permissions and the queue.

use std::collections::HashSet;

use model::access::{RuleSet, Segment};
use model::directory::{Group, Secret};
use model::{Status, Tag};

use super::*;
use crate::{accounts, organization_keys};

#[test]
fn accounts_are_those_of_the_directory() {
    let users = &SMALL.people.users;
    let names: Vec<&str> = users.iter().map(|user| user.username.as_str()).collect();
    assert_eq!(names, ["admin", "orgadmin", "member", "user", "guest"]);
    for ((account, user), key) in accounts(1).iter().zip(users).zip(&SMALL.people.user_keys) {
        assert_eq!(account.username, user.username);
        assert!(user.password == Some(Secret::Plain(account.password.clone())));
        assert!(key.state.key == Secret::Plain(account.api_key.clone()) && key.user_id == user.id);
        assert_eq!(user.is_superuser, user.username == "admin");
        assert_eq!(user.verified, user.username != "guest");
    }
    for (listed, key) in organization_keys(1).iter().zip(&SMALL.people.org_keys) {
        assert!(key.state.key == Secret::Plain(listed.api_key.clone()));
        let org = [Segment::Word("peeringdb"), Segment::Word("organization"), Segment::Id(key.org_id)];
        let rules = RuleSet::new(key.rows.iter().map(|row| (row.namespace.as_str(), row.permission)));
        assert_eq!(rules.bits(&org), if listed.readonly { 1 } else { 15 });
    }
    assert_eq!(SMALL.people.org_keys.len(), 2);
}

#[test]
fn secrets_follow_from_the_seed_and_have_their_form() {
    assert_eq!(accounts(7), accounts(7));
    assert_ne!(accounts(7), accounts(8));
    let keys: Vec<String> = accounts(7)
        .into_iter()
        .map(|account| account.api_key)
        .chain(organization_keys(7).into_iter().map(|key| key.api_key))
        .collect();
    assert_eq!(keys.iter().collect::<HashSet<_>>().len(), 7);
    for key in keys {
        let (prefix, rest) = key.split_once('.').expect("a dot");
        assert_eq!((prefix.len(), rest.len()), (8, 32));
        assert!(key.bytes().all(|b| b == b'.' || b.is_ascii_alphanumeric()));
    }
    assert!(accounts(7).iter().all(|account| account.password.len() >= 20));
}

#[test]
fn the_organization_of_the_accounts_has_much_to_show() {
    let org = SMALL.people.users[1].admin_of_orgs[0];
    assert_eq!(SMALL.people.users[2].member_of_orgs, [org]);
    assert!(by_id(&SMALL, Tag::Org).get(&org).is_some_and(|record| record.status() == Status::Ok));
    let kinds = [Tag::Net, Tag::Fac, Tag::Ix, Tag::Carrier, Tag::Campus].into_iter().filter(|tag| {
        let mut records = SMALL.of(*tag).iter();
        records.any(|record| record.status() == Status::Ok && record.reference("org_id") == Some(org))
    });
    assert!(kinds.count() >= 3);
}

#[test]
fn everybody_reads_what_is_public() {
    let rows = |group| {
        let rows = SMALL.people.group_rows.iter().filter(move |(of, _)| *of == group);
        RuleSet::new(rows.map(|(_, row)| (row.namespace.as_str(), row.permission)))
    };
    let contact = |visible| {
        [
            Segment::Word("peeringdb"),
            Segment::Word("organization"),
            Segment::Id(5),
            Segment::Word("network"),
            Segment::Id(6),
            Segment::Word("poc_set"),
            Segment::Word(visible),
        ]
    };
    assert_eq!(rows(Group::Guest).bits(&contact("public")), 1);
    assert_eq!(rows(Group::Guest).explicit_bits(&contact("users")), 0);
    assert_eq!(rows(Group::User).explicit_bits(&contact("users")), 1);
    let templates = [&SMALL.people.member_template, &SMALL.people.admin_template];
    for (template, permission) in templates.into_iter().zip([1, 15]) {
        assert!(
            template.iter().all(|row| row.namespace.contains("{org_id}") && row.permission == permission)
        );
    }
    assert_eq!((SMALL.people.member_template.len(), SMALL.people.admin_template.len()), (3, 4));
}

#[test]
fn what_waits_is_queued() {
    for directory in both() {
        let queued: HashSet<(Tag, u32)> =
            directory.people.queue.iter().map(|item| (item.tag, item.object_id)).collect();
        assert_eq!(queued.len(), directory.people.queue.len());
        let mut pending = HashSet::new();
        for tag in [Tag::Org, Tag::Fac, Tag::Ix, Tag::Carrier] {
            let records = directory.of(tag).iter().filter(|record| record.status() == Status::Pending);
            pending.extend(records.map(|record| (tag, record.id())));
        }
        assert_eq!(queued, pending);
        let users: HashSet<u32> = directory.people.users.iter().map(|user| user.id).collect();
        assert!(directory.people.queue.iter().all(|item| item.user_id.is_none_or(|id| users.contains(&id))));
    }
}
