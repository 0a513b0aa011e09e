//! Exchanges and their LANs; the addresses of LANs come later, when the number of ports is known.

use std::collections::HashMap;

use model::records::{Ix, Ixlan};
use model::{Status, Tag, Time, Visibility, choices};

use crate::dice::{Dice, Pool, power_law};
use crate::life::{Life, ids};
use crate::names::initials;
use crate::sites::recent;
use crate::sizes::Sizes;
use crate::texts::{self, Subject};
use crate::world::{Exchange, Line, World, fresh, some, stamp};

struct Draft {
    owner: usize,
    city: usize,
    life: Life,
}

/// Makes all exchanges, oldest first.
pub(crate) fn make(world: &mut World) {
    let dice = &mut world.dice(4);
    let mut drafts = plan(world, dice);
    drafts.sort_by_key(|draft| draft.life.created);
    let ids = ids(dice, drafts.len());
    for (draft, id) in drafts.into_iter().zip(ids) {
        let exchange = build(world, dice, &draft, id);
        world.exchanges.push(exchange);
    }
    weigh(world, dice);
}

/// Decides who runs exchanges where: the operators of exchanges one each, the older ones more, and the largest
/// operators of facilities too.
fn plan(world: &World, dice: &mut Dice) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let live = world.owners_of(&[Line::Exchange], Status::Ok);
    let gone = world.owners_of(&[Line::Exchange], Status::Deleted);
    let halls = world.owners_of(&[Line::Halls], Status::Ok);
    let operators = halls.iter().take(6).chain(&live);
    let pool = Pool::new(operators.enumerate().map(|(rank, owner)| (*owner, power_law(rank, 2.0, 1.0))));
    let mut visited: HashMap<usize, Vec<usize>> = HashMap::new();
    for (amount, firsts, status) in [
        (world.sizes.ix, &live, Status::Ok),
        (Sizes::deleted(world.sizes.ix), &gone, Status::Deleted),
        (world.sizes.pending, &Vec::new(), Status::Pending),
    ] {
        for turn in 0..amount {
            let Some(owner) = firsts.get(turn).copied().or_else(|| pool.pick(dice)) else { break };
            let seen = visited.entry(owner).or_default();
            let city = choose_city(world, dice, owner, seen);
            seen.push(city);
            let parent = &world.owners[owner].life;
            let from = if status == Status::Pending { recent(world, parent.created) } else { parent.created };
            let life = world.span.life(dice, status, from, parent.end(world.span));
            drafts.push(Draft { owner, city, life });
        }
    }
    drafts
}

/// A city where the operator is not yet, nearer ones first.
fn choose_city(world: &World, dice: &mut Dice, owner: usize, seen: &[usize]) -> usize {
    let home = world.owners[owner].city;
    if seen.is_empty() {
        return home;
    }
    let mut city = home;
    for attempt in 0..12 {
        city = match attempt {
            0..4 => world.places.near(dice, &world.words, home, true),
            4..8 => world.places.near(dice, &world.words, home, false),
            _ => world.places.hubs.pick(dice).unwrap_or(home),
        };
        if !seen.contains(&city) {
            break;
        }
    }
    city
}

fn build(world: &mut World, dice: &mut Dice, draft: &Draft, id: u32) -> Exchange {
    let mut ix: Ix = fresh();
    ix.id = id;
    name(world, dice, draft, &mut ix);
    let owner = &world.owners[draft.owner];
    let city = &world.words.cities[draft.city];
    ix.org_id = owner.org.id;
    ix.city = if dice.chance(0.8) { city.name } else { city.native }.into();
    ix.country = world.words.country(draft.city).code.into();
    ix.region_continent = world.words.country(draft.city).continent.into();
    describe(world, dice, draft, &mut ix);
    let mut lan: Ixlan = fresh();
    lan.id = id;
    lan.ix_id = id;
    configure(dice, &owner.domain, city.code, &mut lan);
    import(world, dice, draft, &mut ix, &lan);
    stamp!(ix, &draft.life);
    // A LAN changes seldom: its own stamps lie between those of its exchange.
    let own = world.span.life_from(dice, draft.life.status, draft.life.created, draft.life.end(world.span));
    stamp!(lan, &own);
    if draft.life.status == Status::Deleted {
        lan.updated = draft.life.updated;
    }
    Exchange { ix, lan, prefixes: Vec::new(), life: draft.life, city: draft.city, weight: 0.0 }
}

/// Names an exchange in the manner of its operator.
fn name(world: &mut World, dice: &mut Dice, draft: &Draft, ix: &mut Ix) {
    let owner = &world.owners[draft.owner];
    let city = &world.words.cities[draft.city];
    let culture = world.words.culture(owner.city);
    let phrase = &culture.exchanges[owner.style % culture.exchanges.len()];
    let local = city.country == world.words.cities[owner.city].country;
    let latin = owner.brand.latin(phrase, city);
    let own = owner.brand.native(phrase, city).filter(|_| local);
    let native_first = own.is_some() && owner.style % 5 < 2;
    let chosen = world.names.first_free(Tag::Ix, 4, |attempt| match (attempt, &own) {
        (0, Some(own)) if native_first => own.clone(),
        (0 | 1, _) => latin.clone(),
        (2, _) => format!("{}-IX {}", owner.brand.latin, city.name),
        _ => format!("{}-IX {}", owner.brand.latin, city.code),
    });
    ix.aka = match own {
        Some(own) if chosen != own && dice.chance(0.5) => own,
        _ if chosen != latin && dice.chance(0.5) => latin.clone(),
        _ if chosen == latin && dice.chance(0.25) => initials(&latin).unwrap_or_default(),
        _ => String::new(),
    }
    .into();
    let long = format!("{} Internet Exchange {}", owner.brand.latin, city.name);
    if chosen != long && dice.chance(0.6) {
        ix.name_long = long.into();
    }
    ix.name = chosen.into();
}

fn describe(world: &World, dice: &mut Dice, draft: &Draft, ix: &mut Ix) {
    let owner = &world.owners[draft.owner];
    let city = &world.words.cities[draft.city];
    let country = world.words.country(draft.city);
    if owner.org.website.is_empty() || dice.chance(0.9) {
        ix.website = format!("https://ix.{}/{}", owner.domain, city.code.to_lowercase()).into();
    }
    ix.social_media = texts::social(dice, &ix.website, &owner.domain);
    let subject = Subject {
        tag: Tag::Ix,
        name: &ix.name,
        city: city.name,
        domain: &owner.domain,
        culture: world.culture(draft.owner),
    };
    ix.notes = texts::notes(dice, &subject, 0.35).into();
    if dice.chance(0.65) {
        ix.url_stats = format!("https://stats.{}/{}", owner.domain, city.code.to_lowercase()).into();
    }
    ix.tech_email = format!("noc@{}", owner.domain).into();
    ix.tech_phone = texts::maybe_phone(dice, country, 0.65).into();
    if dice.chance(0.8) {
        ix.policy_email = format!("peering@{}", owner.domain).into();
        ix.policy_phone = texts::maybe_phone(dice, country, 0.5).into();
    }
    if dice.chance(0.25) {
        ix.sales_email = format!("sales@{}", owner.domain).into();
        ix.sales_phone = texts::maybe_phone(dice, country, 0.5).into();
    }
    ix.service_level = choices::SERVICE_LEVELS[dice.weighed(&[(1, 10), (2, 3), (3, 2), (4, 9)])].into();
    ix.terms = choices::TERMS[dice.weighed(&[(1, 10), (2, 4), (3, 1), (4, 2), (5, 7)])].into();
    ix.proto_multicast = dice.chance(0.04);
    if dice.chance(0.1) {
        ix.status_dashboard = some(format!("https://status.{}", owner.domain));
    } else if dice.chance(0.4) {
        ix.status_dashboard = some("");
    }
}

fn configure(dice: &mut Dice, domain: &str, code: &str, lan: &mut Ixlan) {
    lan.name = dice.weighed(&[("", 70), ("Peering LAN", 12), ("Main", 6), ("IXP", 4), ("Jumbo", 1)]).into();
    if dice.chance(0.03) {
        lan.descr = "Main peering LAN; the quarantine VLAN is not listed here.".into();
    }
    lan.mtu = if dice.chance(0.1) { 9000 } else { 1500 };
    lan.vlan = dice.chance(0.02).then(|| dice.between(2, 4000));
    if dice.chance(0.6) {
        let visible =
            dice.weighed(&[(Visibility::Public, 45), (Visibility::Users, 25), (Visibility::Private, 30)]);
        lan.ixf_ixp_member_list_url_visible = visible;
        let path = code.to_lowercase();
        lan.ixf_ixp_member_list_url = some(format!("https://ixf.{domain}/{path}/members.json"));
        lan.ixf_ixp_import_enabled = dice.chance(0.55);
    } else {
        lan.ixf_ixp_member_list_url_visible = Visibility::Private;
    }
}

/// The traces of the importer of member lists.
fn import(world: &World, dice: &mut Dice, draft: &Draft, ix: &mut Ix, lan: &Ixlan) {
    if !lan.ixf_ixp_import_enabled || draft.life.status != Status::Ok {
        return;
    }
    let age = (dice.unit() * 86_400.0 * Time::SECOND as f64) as i64;
    ix.ixf_last_import = Some(Time(world.span.now.0 - age).max(draft.life.created));
    if dice.chance(0.4) {
        ix.ixf_import_request = Some(crate::life::Span::moment(dice, draft.life.created, world.span.now));
        let failed = dice.chance(0.1);
        ix.ixf_import_request_status = if failed { "error" } else { "finished" }.into();
    }
}

/// Exchanges in hubs attract most, but no two alike.
fn weigh(world: &mut World, dice: &mut Dice) {
    let mut order: Vec<(f64, usize)> = (0..world.exchanges.len())
        .map(|at| {
            let hub = world.words.cities[world.exchanges[at].city].hub;
            (hub * (2.0 * dice.unit()).exp() * dice.unit().sqrt(), at)
        })
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    // Deleted exchanges were not the large ones: they take their places from the middle on.
    let (live, gone): (Vec<_>, Vec<_>) =
        order.into_iter().partition(|(_, at)| world.exchanges[*at].life.status == Status::Ok);
    let middle = live.len() / 3;
    let ranks = live.iter().map(|(_, at)| *at).enumerate();
    let ranks: Vec<(usize, usize)> = ranks
        .chain(gone.iter().map(|(_, at)| *at).enumerate().map(|(rank, at)| (rank + middle, at)))
        .collect();
    for (rank, at) in ranks {
        world.exchanges[at].weight = power_law(rank, 12.0, 1.3);
    }
}
