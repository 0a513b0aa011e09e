//! Carriers.

use model::records::Carrier;
use model::{Status, Tag};

use crate::dice::{Dice, Pool, power_law};
use crate::life::{Life, ids};
use crate::sites::recent;
use crate::sizes::Sizes;
use crate::texts::{self, Subject};
use crate::world::{Hauler, Line, World, fresh, stamp};

struct Draft {
    owner: usize,
    life: Life,
}

/// Makes all carriers, oldest first.
pub(crate) fn make(world: &mut World) {
    let dice = &mut world.dice(6);
    let mut drafts = plan(world, dice);
    drafts.sort_by_key(|draft| draft.life.created);
    let ids = ids(dice, drafts.len());
    for (draft, id) in drafts.into_iter().zip(ids) {
        let hauler = build(world, dice, &draft, id);
        world.haulers.push(hauler);
    }
    let mut order: Vec<usize> = (0..world.haulers.len()).collect();
    dice.shuffle(&mut order);
    for (rank, at) in order.into_iter().enumerate() {
        world.haulers[at].weight = power_law(rank, 8.0, 0.9);
    }
}

fn plan(world: &World, dice: &mut Dice) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let live = world.owners_of(&[Line::Carrier], Status::Ok);
    let others = world.owners_of(&[Line::Access, Line::Halls], Status::Ok);
    let pool = Pool::new(others.iter().enumerate().map(|(rank, owner)| (*owner, power_law(rank, 20.0, 0.6))));
    // Carriers came to the directory late, when many organizations were gone already.
    let first = world.span.since(2023, 1, 25);
    let gone: Vec<usize> = world
        .owners_of(&[Line::Carrier], Status::Deleted)
        .into_iter()
        .filter(|owner| world.owners[*owner].life.updated > first)
        .collect();
    for (amount, firsts, status) in [
        (world.sizes.carrier, &live, Status::Ok),
        (Sizes::deleted(world.sizes.carrier), &gone, Status::Deleted),
        (world.sizes.pending, &Vec::new(), Status::Pending),
    ] {
        for turn in 0..amount {
            let Some(owner) = firsts.get(turn).copied().or_else(|| pool.pick(dice)) else { break };
            let parent = &world.owners[owner].life;
            let mut from = parent.created.max(first);
            if status == Status::Pending {
                from = recent(world, from);
            }
            let life = world.span.life(dice, status, from, parent.end(world.span));
            drafts.push(Draft { owner, life });
        }
    }
    drafts
}

const PRODUCTS: &[&str] =
    &["Transport", "Waves", "Dark Fiber", "Metro", "Long Haul", "Fabric", "Carrier Services"];

fn build(world: &mut World, dice: &mut Dice, draft: &Draft, id: u32) -> Hauler {
    let mut carrier: Carrier = fresh();
    let owner = &world.owners[draft.owner];
    carrier.id = id;
    carrier.org_id = owner.org.id;
    let own = owner.line == Line::Carrier;
    carrier.name = world
        .names
        .first_free(Tag::Carrier, 4, |attempt| match attempt {
            0 if own => owner.trade.clone(),
            0 => owner.org.name.to_string(),
            1 => format!("{} {}", owner.brand.latin, dice.pick(PRODUCTS)),
            _ => format!("{} {}", owner.trade, dice.pick(PRODUCTS)),
        })
        .into();
    if dice.chance(0.15) && *carrier.name != *owner.brand.latin {
        carrier.aka = owner.brand.latin.clone().into();
    }
    if dice.chance(0.1) && carrier.name != owner.org.name {
        carrier.name_long = owner.org.name.clone();
    }
    if owner.org.website.is_empty() || dice.chance(0.8) {
        carrier.website = format!("https://www.{}/transport", owner.domain).into();
    }
    carrier.social_media = texts::social(dice, &carrier.website, &owner.domain);
    let subject = Subject {
        tag: Tag::Carrier,
        name: &carrier.name,
        city: world.words.cities[owner.city].name,
        domain: &owner.domain,
        culture: world.words.culture(owner.city),
    };
    carrier.notes = texts::notes(dice, &subject, 0.25).into();
    stamp!(carrier, &draft.life);
    Hauler { carrier, life: draft.life, owner: draft.owner, weight: 0.0 }
}
