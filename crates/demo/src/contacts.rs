//! Contacts of networks.

use std::collections::HashSet;

use model::records::Poc;
use model::{Status, Visibility};

use crate::dice::{Dice, Pool};
use crate::life::{Life, ids};
use crate::sizes::Sizes;
use crate::texts;
use crate::world::{World, fresh, stamp};

struct Draft {
    member: usize,
    life: Life,
    /// Whether the network needs it to be let onto exchanges.
    needed: bool,
}

/// Makes all contacts: one for each network with ports, the rest where they fall.
pub(crate) fn make(world: &mut World) {
    let dice = &mut world.dice(13);
    let mut drafts = live(world, dice);
    drafts.extend(deleted(world, dice));
    drafts.sort_by_key(|draft| draft.life.created);
    let ids = ids(dice, drafts.len());
    for (draft, id) in drafts.into_iter().zip(ids) {
        let contact = build(world, dice, &draft, id);
        world.contacts.push(contact);
    }
    allow_updates(world, dice);
}

fn live(world: &World, dice: &mut Dice) -> Vec<Draft> {
    let present: HashSet<u32> =
        world.ports.iter().filter(|port| port.status == Status::Ok).map(|port| port.net_id).collect();
    let open: Vec<usize> =
        (0..world.members.len()).filter(|at| world.members[*at].life.status == Status::Ok).collect();
    let mut drafts = Vec::new();
    for member in &open {
        if drafts.len() < world.sizes.poc && present.contains(&world.members[*member].net.id) {
            let created = world.members[*member].life.created;
            let life = world.span.early_life(dice, Status::Ok, created, world.span.now);
            drafts.push(Draft { member: *member, life, needed: true });
        }
    }
    let pool = Pool::new(open.iter().map(|at| (*at, world.members[*at].weight.sqrt().min(9.0))));
    while drafts.len() < world.sizes.poc {
        let Some(member) = pool.pick(dice) else { break };
        let life = world.span.life(dice, Status::Ok, world.members[member].life.created, world.span.now);
        drafts.push(Draft { member, life, needed: false });
    }
    drafts
}

/// Deleted contacts are gone for good after a while, so those that are there were deleted lately.
fn deleted(world: &World, dice: &mut Dice) -> Vec<Draft> {
    let kept_from = world.span.contacts_kept_from();
    let recent = |at: &usize| {
        let life = &world.members[*at].life;
        life.status == Status::Ok || life.updated > kept_from
    };
    let members: Vec<usize> = (0..world.members.len()).filter(recent).collect();
    let pool = Pool::new(members.into_iter().map(|at| (at, world.members[at].weight.sqrt().min(9.0))));
    let mut drafts = Vec::new();
    for _ in 0..Sizes::deleted(world.sizes.poc) {
        let Some(member) = pool.pick(dice) else { break };
        let parent = &world.members[member].life;
        let end = parent.end(world.span);
        let mut life = world.span.life(dice, Status::Deleted, parent.created, end);
        let last_month = world.span.life(dice, Status::Deleted, kept_from.max(life.created), end);
        life.updated = last_month.updated.max(life.created);
        drafts.push(Draft { member, life, needed: false });
    }
    drafts
}

const ROLES: &[(&str, u32)] = &[
    ("Technical", 24),
    ("NOC", 30),
    ("Policy", 18),
    ("Abuse", 14),
    ("Maintenance", 8),
    ("Sales", 4),
    ("Public Relations", 2),
];

fn build(world: &World, dice: &mut Dice, draft: &Draft, id: u32) -> Poc {
    let member = &world.members[draft.member];
    let owner = &world.owners[member.owner];
    let roles = if draft.needed { &ROLES[..3] } else { ROLES };
    let role = dice.weighed(roles);
    let mut contact: Poc = fresh();
    contact.id = id;
    contact.net_id = member.net.id;
    contact.role = role.into();
    contact.visible = if draft.needed {
        dice.weighed(&[(Visibility::Public, 35), (Visibility::Users, 65)])
    } else {
        dice.weighed(&[(Visibility::Public, 35), (Visibility::Users, 56), (Visibility::Private, 9)])
    };
    let country = world.words.country(owner.city);
    if dice.chance(0.55) {
        contact.name = texts::person(dice, world.culture(member.owner), country.native).into();
    } else if dice.chance(0.8) {
        contact.name = desk(dice, role, &owner.brand.latin).into();
    }
    if draft.needed || dice.chance(0.93) {
        let mailbox = mailbox(dice, role);
        contact.email = if dice.chance(0.3) {
            format!("{mailbox}@as{}.{}", member.net.asn.0, parent_domain(&owner.domain))
        } else {
            format!("{mailbox}@{}", owner.domain)
        }
        .into();
    }
    if contact.email.is_empty() || dice.chance(0.6) {
        contact.phone = texts::phone(dice, country).into();
    }
    if dice.chance(0.08) {
        contact.url = format!("https://www.{}/contact", owner.domain).into();
    }
    stamp!(contact, &draft.life);
    contact
}

/// The `example` domain above a domain.
fn parent_domain(domain: &str) -> &str {
    domain.split_once('.').map_or(domain, |(_, parent)| parent)
}

fn mailbox(dice: &mut Dice, role: &str) -> &'static str {
    let boxes: &[&'static str] = match role {
        "Abuse" => &["abuse"],
        "Policy" => &["peering", "peering", "policy", "interconnect"],
        "NOC" => &["noc", "noc", "netops", "support"],
        "Maintenance" => &["maintenance", "noc"],
        "Sales" => &["sales"],
        "Public Relations" => &["press"],
        _ => &["noc", "tech", "hostmaster", "network"],
    };
    let chosen: &&str = dice.pick(boxes);
    chosen
}

fn desk(dice: &mut Dice, role: &str, brand: &str) -> String {
    let desks: &[&str] = match role {
        "Abuse" => &["Abuse Desk", "Abuse"],
        "Policy" => &["Peering Team", "Peering Coordinator", "Interconnection"],
        "NOC" => &["{} NOC", "NOC", "Network Operations Center", "24x7 NOC"],
        "Maintenance" => &["Planned Works"],
        "Sales" => &["Sales Team"],
        "Public Relations" => &["Press Office"],
        _ => &["Network Operations", "IP Engineering", "Technical Support", "Hostmaster"],
    };
    dice.pick(desks).replace("{}", brand)
}

/// Automatic updates of ports need a contact who can be told.
fn allow_updates(world: &mut World, dice: &mut Dice) {
    let reachable: HashSet<u32> = world
        .contacts
        .iter()
        .filter(|contact| {
            contact.status == Status::Ok
                && matches!(&*contact.role, "Technical" | "NOC" | "Policy")
                && contact.visible != Visibility::Private
                && !contact.email.is_empty()
        })
        .map(|contact| contact.net_id)
        .collect();
    for member in &mut world.members {
        member.net.allow_ixp_update = reachable.contains(&member.net.id) && dice.chance(0.2);
    }
}
