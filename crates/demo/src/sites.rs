//! Facilities and campuses.

use std::collections::{BTreeMap, HashMap};

use model::records::{Campus, Fac};
use model::{MultiChoice, Status, Tag, Time, choices};

use crate::dice::{Dice, Pool, power_law};
use crate::life::{Life, ids, statuses};
use crate::sizes::Sizes;
use crate::texts::{self, Address, Subject};
use crate::world::{Line, Site, World, fresh, some, stamp};

/// Organizations of this rank and below run facilities all over the world, or all over their continent.
const WORLDWIDE: usize = 10;
const CONTINENTAL: usize = 60;

/// A facility before it has a number and a name.
struct Draft {
    owner: usize,
    city: usize,
    life: Life,
}

/// Makes all facilities, oldest first.
pub(crate) fn make(world: &mut World) {
    let dice = &mut world.dice(2);
    let mut drafts = plan(world, dice);
    drafts.sort_by_key(|draft| draft.life.created);
    let ids = ids(dice, drafts.len());
    let mut serial = HashMap::new();
    for (draft, id) in drafts.into_iter().zip(ids) {
        let number = serial.entry((draft.owner, draft.city)).or_insert(0u32);
        *number += 1;
        let number = *number;
        let site = build(world, dice, &draft, id, number);
        world.sites.push(site);
    }
    weigh(world, dice);
}

/// Decides who runs facilities where: everybody in the business one, the older ones more.
fn plan(world: &World, dice: &mut Dice) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let live = world.owners_of(&[Line::Halls], Status::Ok);
    let gone = world.owners_of(&[Line::Halls], Status::Deleted);
    let pool = Pool::new(live.iter().enumerate().map(|(rank, owner)| (*owner, power_law(rank, 3.0, 0.95))));
    let ranks: HashMap<usize, usize> = live.iter().enumerate().map(|(rank, owner)| (*owner, rank)).collect();
    let mut visited: HashMap<usize, Vec<usize>> = HashMap::new();
    let deleted = Sizes::deleted(world.sizes.fac);
    for (amount, firsts, status) in [
        (world.sizes.fac, &live, Status::Ok),
        (deleted, &gone, Status::Deleted),
        (world.sizes.pending, &Vec::new(), Status::Pending),
    ] {
        for turn in 0..amount {
            let Some(owner) = firsts.get(turn).copied().or_else(|| pool.pick(dice)) else { break };
            let rank = ranks.get(&owner).copied().unwrap_or(usize::MAX);
            let seen = visited.entry(owner).or_default();
            let city = choose_city(world, dice, owner, rank, seen);
            seen.push(city);
            drafts.push(Draft { owner, city, life: life(world, dice, owner, status) });
        }
    }
    drafts
}

fn life(world: &World, dice: &mut Dice, owner: usize, status: Status) -> Life {
    let parent = &world.owners[owner].life;
    let from = if status == Status::Pending { recent(world, parent.created) } else { parent.created };
    world.span.life(dice, status, from, parent.end(world.span))
}

/// Pending records are not older than two months.
pub(crate) fn recent(world: &World, from: Time) -> Time {
    from.max(Time(world.span.now.0 - 60 * 86_400 * Time::SECOND))
}

fn choose_city(world: &World, dice: &mut Dice, owner: usize, rank: usize, seen: &[usize]) -> usize {
    let home = world.owners[owner].city;
    if seen.is_empty() {
        return home;
    }
    if dice.chance(0.35) {
        return *dice.pick(seen);
    }
    match rank {
        0..WORLDWIDE => world.places.hubs.pick(dice).unwrap_or(home),
        WORLDWIDE..CONTINENTAL => world.places.near(dice, &world.words, home, false),
        _ if dice.chance(0.5) => home,
        _ => world.places.near(dice, &world.words, home, true),
    }
}

fn build(world: &mut World, dice: &mut Dice, draft: &Draft, id: u32, number: u32) -> Site {
    let address = texts::address(dice, &world.words, draft.city);
    let mut fac: Fac = fresh();
    fac.id = id;
    fac.org_id = world.owners[draft.owner].org.id;
    name(world, dice, draft, number, &address, &mut fac);
    describe(world, dice, draft, &mut fac);
    let country = world.words.country(draft.city);
    fac.region_continent = some(country.continent);
    fac.country = country.code.into();
    fac.state = world.words.cities[draft.city].state.into();
    fac.city = address.city.into();
    fac.address1 = address.street.into();
    fac.address2 = address.second.into();
    fac.suite = address.suite.into();
    fac.zipcode = address.zip.into();
    if dice.chance(0.94) {
        fac.latitude = Some(address.latitude);
        fac.longitude = Some(address.longitude);
        fac.geocode_status = true;
        fac.geocode_date = Some(draft.life.updated);
    }
    stamp!(fac, &draft.life);
    Site { fac, life: draft.life, owner: draft.owner, city: draft.city, weight: 0.0 }
}

/// Names a facility in the manner of its owner: by code and number, by city, by building.
fn name(world: &mut World, dice: &mut Dice, draft: &Draft, number: u32, address: &Address, fac: &mut Fac) {
    let owner = &world.owners[draft.owner];
    let city = &world.words.cities[draft.city];
    let culture = world.words.culture(owner.city);
    let phrase = &culture.halls[owner.style % culture.halls.len()];
    let brand = &owner.brand;
    let mut hall = brand.latin(phrase, city);
    if draft.city != owner.city && !phrase.0.contains("{c}") {
        hall = format!("{hall} {}", city.name);
    }
    let home = draft.city == owner.city;
    let own_hall = brand.native(phrase, city).filter(|_| home);
    let mut aka = String::new();
    let mut long = String::new();
    let chosen = world.names.first_free(Tag::Fac, 4, |attempt| {
        let number = number + attempt;
        let behind = |text: &str| if number > 1 { format!("{text} {number}") } else { text.to_owned() };
        match (&own_hall, owner.style % 10) {
            (Some(own), 0..=4) => {
                aka = behind(&hall);
                behind(own)
            }
            (_, 0..=2) => {
                long = behind(&hall);
                format!("{} {}{number}", brand.latin, city.code)
            }
            (_, 3) => format!("{} {}{number} - {}, {}", brand.latin, city.code, city.name, address.street),
            (None, 4) | (_, 5) => {
                aka = format!("{}{number}", city.code);
                behind(&format!("{} {}", brand.latin, city.name))
            }
            (_, 6) if number == 1 && home => {
                aka.clone_from(&hall);
                format!("{}, {}", address.street, city.name)
            }
            _ => behind(&hall),
        }
    });
    fac.name = chosen.into();
    fac.aka = if dice.chance(0.6) { aka } else { String::new() }.into();
    fac.name_long = if dice.chance(0.3) { long } else { String::new() }.into();
}

fn describe(world: &World, dice: &mut Dice, draft: &Draft, fac: &mut Fac) {
    let owner = &world.owners[draft.owner];
    let city = &world.words.cities[draft.city];
    let country = world.words.country(draft.city);
    if owner.org.website.is_empty() || dice.chance(0.6) {
        fac.website = format!("https://www.{}/{}", owner.domain, city.code.to_lowercase()).into();
    }
    fac.social_media = texts::social(dice, &fac.website, &owner.domain);
    let subject = Subject {
        tag: Tag::Fac,
        name: &fac.name,
        city: city.name,
        domain: &owner.domain,
        culture: world.culture(draft.owner),
    };
    fac.notes = texts::notes(dice, &subject, 0.3).into();
    if dice.chance(0.4) {
        fac.tech_email = format!("support@{}", owner.domain).into();
        fac.tech_phone = texts::maybe_phone(dice, country, 0.8).into();
    }
    if dice.chance(0.45) {
        fac.sales_email = format!("sales@{}", owner.domain).into();
        fac.sales_phone = texts::maybe_phone(dice, country, 0.7).into();
    }
    if country.code == "US" && dice.chance(0.5) {
        let letters: String =
            city.name.to_uppercase().chars().filter(char::is_ascii_alphabetic).take(4).collect();
        fac.clli = format!("{letters}{}", city.state).into();
        fac.npanxx = texts::pattern(dice, "###-555").into();
    }
    fac.property = match dice.below(20) {
        0..=8 => None,
        9..=14 => some(""),
        15..=18 => some("Owner"),
        _ => some("Lessee"),
    };
    fac.diverse_serving_substations = dice.chance(0.12).then(|| dice.chance(0.7));
    fac.available_voltage_services = voltages(dice);
    if dice.chance(0.08) {
        fac.status_dashboard = some(format!("https://status.{}", owner.domain));
    } else if dice.chance(0.3) {
        fac.status_dashboard = some("");
    }
}

fn voltages(dice: &mut Dice) -> Option<MultiChoice> {
    let mut set = MultiChoice::default();
    match dice.below(20) {
        0..=10 => return None,
        11..=14 => {}
        15 => set.0 = 1,
        _ => {
            for word in &choices::VOLTAGE[1..] {
                if dice.chance(0.45) {
                    set.insert(choices::VOLTAGE, word);
                }
            }
        }
    }
    Some(set)
}

/// Facilities in hubs attract most, but no two alike.
fn weigh(world: &mut World, dice: &mut Dice) {
    let mut order: Vec<(f64, usize)> = (0..world.sites.len())
        .map(|at| {
            let hub = world.words.cities[world.sites[at].city].hub;
            (hub * (2.5 * dice.unit() * dice.unit()).exp() * dice.unit(), at)
        })
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (rank, (_, at)) in order.into_iter().enumerate() {
        world.sites[at].weight = power_law(rank, 12.0, 0.85);
    }
}

/// Makes campuses out of facilities that an organization has in one city.
pub(crate) fn make_campuses(world: &mut World) {
    let dice = &mut world.dice(3);
    let (ready, single) = groups(world, dice);
    let live = world.sizes.campus.min(ready.len());
    let pending = world.sizes.pending.min(single.len());
    let statuses = statuses(dice, live, pending, Sizes::deleted(live));
    let ids = ids(dice, statuses.len());
    let first = world.span.since(2023, 2, 22);
    let mut times: Vec<Time> =
        statuses.iter().map(|_| crate::life::Span::moment(dice, first, world.span.now)).collect();
    times.sort_unstable();
    let (mut ready, mut single) = (ready.into_iter(), single.into_iter());
    let halls = world.owners_of(&[Line::Halls], Status::Ok);
    for ((status, id), created) in statuses.into_iter().zip(ids).zip(times) {
        let group = match status {
            Status::Ok => ready.next(),
            Status::Pending => single.next(),
            Status::Deleted => halls.get(dice.below(halls.len())).map(|owner| (*owner, Vec::new())),
        };
        if let Some((owner, sites)) = group {
            let created = created.max(world.owners[owner].life.created);
            let life = world.span.life_from(dice, status, created, world.span.now);
            found_campus(world, dice, owner, &sites, id, &life);
        }
    }
}

/// An organization and some of its facilities.
type Group = (usize, Vec<usize>);

/// Groups of at least two facilities in one city, and of one alone, in random order.
fn groups(world: &World, dice: &mut Dice) -> (Vec<Group>, Vec<Group>) {
    let mut found: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (at, site) in world.sites.iter().enumerate() {
        if site.life.status == Status::Ok && site.fac.latitude.is_some() {
            found.entry((site.owner, site.city)).or_default().push(at);
        }
    }
    let mut groups: Vec<Group> = found.into_iter().map(|((owner, _), sites)| (owner, sites)).collect();
    dice.shuffle(&mut groups);
    groups.into_iter().partition(|(_, sites)| sites.len() >= 2)
}

fn found_campus(world: &mut World, dice: &mut Dice, owner: usize, sites: &[usize], id: u32, life: &Life) {
    let mut campus: Campus = fresh();
    let owner = &world.owners[owner];
    let city = &world.words.cities[sites.first().map_or(owner.city, |at| world.sites[*at].city)];
    campus.name = world
        .names
        .first_free(Tag::Campus, 4, |attempt| match (attempt + owner.style as u32) % 4 {
            0 => format!("{} {} Campus", owner.brand.latin, city.name),
            1 => format!("{} Campus - {}", owner.brand.latin, city.name),
            2 if !owner.trade.contains("Campus") => format!("{} {} Campus", owner.trade, city.name),
            _ => format!("{} {} Data Campus", owner.brand.latin, city.code),
        })
        .into();
    campus.id = id;
    campus.org_id = owner.org.id;
    if owner.org.website.is_empty() || dice.chance(0.5) {
        campus.website = format!("https://www.{}/campus", owner.domain).into();
    }
    campus.social_media = texts::social(dice, &campus.website, &owner.domain);
    campus.aka =
        (!dice.chance(0.3)).then(|| if dice.chance(0.2) { owner.brand.latin.as_str() } else { "" }.into());
    campus.name_long = (!dice.chance(0.3)).then(|| "".into());
    let subject = Subject {
        tag: Tag::Campus,
        name: &campus.name,
        city: city.name,
        domain: &owner.domain,
        culture: world.words.culture(owner.city),
    };
    campus.notes = texts::notes(dice, &subject, 0.2).into();
    stamp!(campus, life);
    for at in sites.iter().take(6) {
        let fac = &mut world.sites[*at].fac;
        fac.campus_id = Some(id);
    }
    world.campuses.push(campus);
}
