//! Presence of networks, exchanges and carriers at facilities.

use std::collections::{HashMap, HashSet};

use model::Status;
use model::records::{Carrierfac, Ixfac, Netfac};

use crate::dice::{Dice, Pool};
use crate::life::{Life, ids};
use crate::ports::{Market, ended};
use crate::sizes::Sizes;
use crate::world::{World, fresh, stamp};

/// A presence before it has a number: who, where, when.
struct Draft {
    party: usize,
    site: usize,
    life: Life,
}

type Pairs = HashSet<(usize, usize)>;

/// Facilities to choose from: of a city, of a country, of a continent, of the world.
struct Grounds {
    cities: HashMap<usize, Pool>,
    countries: HashMap<usize, Pool>,
    continents: HashMap<&'static str, Pool>,
    world: Pool,
}

impl Grounds {
    fn of(world: &World, statuses: &[Status]) -> Grounds {
        let mut grounds = Grounds {
            cities: HashMap::new(),
            countries: HashMap::new(),
            continents: HashMap::new(),
            world: Pool::default(),
        };
        for (at, site) in world.sites.iter().enumerate() {
            if statuses.contains(&site.life.status) {
                let country = world.words.cities[site.city].country;
                let continent = world.words.countries[country].continent;
                grounds.cities.entry(site.city).or_default().push(at, site.weight);
                grounds.countries.entry(country).or_default().push(at, site.weight);
                grounds.continents.entry(continent).or_default().push(at, site.weight);
                grounds.world.push(at, site.weight);
            }
        }
        grounds
    }

    /// A facility as seen from a city: `reach` 0 in the city, 1 in the country, 2 on the continent, 3 anywhere.
    fn pick(&self, world: &World, dice: &mut Dice, city: usize, reach: usize) -> Option<usize> {
        let pools = [
            self.cities.get(&city),
            self.countries.get(&world.words.cities[city].country),
            self.continents.get(world.words.country(city).continent),
            Some(&self.world),
        ];
        pools.into_iter().skip(reach).flatten().next()?.pick(dice)
    }
}

const BOTH: [Status; 2] = [Status::Ok, Status::Deleted];

/// Calls `attempt` until there are so many drafts, or for a long time in vain.
fn fill(drafts: &mut Vec<Draft>, amount: usize, mut attempt: impl FnMut() -> Option<Draft>) {
    let wanted = drafts.len() + amount;
    let mut tries = amount * 30;
    while drafts.len() < wanted && tries > 0 {
        tries -= 1;
        drafts.extend(attempt());
    }
}

fn begun(world: &World, dice: &mut Dice, parents: [&Life; 2]) -> Life {
    let from = parents[0].created.max(parents[1].created);
    world.span.life(dice, Status::Ok, from, world.span.now)
}

/// Makes the presences of exchanges at facilities.
pub(crate) fn make_ixfacs(world: &mut World) {
    let dice = &mut world.dice(10);
    let mut drafts = Vec::new();
    let mut pairs = Pairs::new();
    let open = |status: &[Status]| {
        let exchanges = world.exchanges.iter().enumerate();
        let fit = exchanges.filter(|(_, exchange)| status.contains(&exchange.life.status));
        // Even small exchanges are somewhere, even the largest are not everywhere.
        Pool::new(fit.map(|(at, exchange)| (at, exchange.weight.sqrt())))
    };
    let (live, all) = (open(&[Status::Ok]), open(&BOTH));
    let (grounds, ruins) = (Grounds::of(world, &[Status::Ok]), Grounds::of(world, &BOTH));
    let reach = [(0, 60), (1, 25), (2, 13), (3, 2)];
    fill(&mut drafts, world.sizes.ixfac, || {
        let party = live.pick(dice)?;
        let reach = dice.weighed(&reach);
        let site = grounds.pick(world, dice, world.exchanges[party].city, reach)?;
        let life = begun(world, dice, [&world.exchanges[party].life, &world.sites[site].life]);
        pairs.insert((party, site)).then_some(Draft { party, site, life })
    });
    fill(&mut drafts, Sizes::deleted(world.sizes.ixfac), || {
        let party = all.pick(dice)?;
        let reach = dice.weighed(&reach);
        let site = ruins.pick(world, dice, world.exchanges[party].city, reach)?;
        let life = ended(world, dice, [&world.exchanges[party].life, &world.sites[site].life])?;
        pairs.insert((party, site)).then_some(Draft { party, site, life })
    });
    drafts.sort_by_key(|draft| draft.life.created);
    let ids = ids(dice, drafts.len());
    for (draft, id) in drafts.into_iter().zip(ids) {
        let mut link: Ixfac = fresh();
        link.id = id;
        link.ix_id = world.exchanges[draft.party].ix.id;
        link.fac_id = world.sites[draft.site].fac.id;
        stamp!(link, &draft.life);
        world.ixfacs.push(link);
    }
}

/// Makes the presences of networks at facilities: mostly where they have ports, or near home.
pub(crate) fn make_netfacs(world: &mut World) {
    let dice = &mut world.dice(11);
    let mut drafts = Vec::new();
    let mut pairs = Pairs::new();
    everywhere(world, dice, &mut drafts, &mut pairs);
    let peers = peers(world);
    let (present, gone) = (Market::of(world, &[Status::Ok]), Market::of(world, &[Status::Deleted]));
    let (grounds, ruins) = (Grounds::of(world, &[Status::Ok]), Grounds::of(world, &BOTH));
    let amount = world.sizes.netfac.saturating_sub(drafts.len());
    fill(&mut drafts, amount, || {
        let site = grounds.world.pick(dice)?;
        let city = world.sites[site].city;
        let near = peers.get(&city).filter(|_| dice.chance(0.5));
        let party = match near {
            Some(near) => *dice.pick(near),
            None => present.pick(world, dice, city)?,
        };
        let life = begun(world, dice, [&world.members[party].life, &world.sites[site].life]);
        pairs.insert((party, site)).then_some(Draft { party, site, life })
    });
    fill(&mut drafts, Sizes::deleted(world.sizes.netfac), || {
        let site = ruins.world.pick(dice)?;
        let market = if dice.chance(0.5) { &gone } else { &present };
        let party = market.pick(world, dice, world.sites[site].city)?;
        let life = ended(world, dice, [&world.members[party].life, &world.sites[site].life])?;
        pairs.insert((party, site)).then_some(Draft { party, site, life })
    });
    drafts.sort_by_key(|draft| draft.life.created);
    let ids = ids(dice, drafts.len());
    for (draft, id) in drafts.into_iter().zip(ids) {
        let mut link: Netfac = fresh();
        link.id = id;
        link.net_id = world.members[draft.party].net.id;
        link.fac_id = world.sites[draft.site].fac.id;
        link.avail_ethernet = dice.chance(0.1);
        link.avail_sonet = dice.chance(0.01);
        stamp!(link, &draft.life);
        world.netfacs.push(link);
    }
}

/// The networks that are nearly everywhere are in many facilities too.
fn everywhere(world: &World, dice: &mut Dice, drafts: &mut Vec<Draft>, pairs: &mut Pairs) {
    let largest = world.sites.iter().map(|site| site.weight).fold(0.0, f64::max);
    for (party, member) in world.members.iter().enumerate() {
        let Some(rank) = member.giant else { continue };
        let share = 0.45 / (1.0 + rank as f64 * 10.0 / world.sizes.giants as f64).powf(0.9);
        for (site, place) in world.sites.iter().enumerate() {
            let pull = (place.weight / largest * 14.0).min(1.0);
            if place.life.status == Status::Ok && dice.chance(share * pull) {
                let life = begun(world, dice, [&member.life, &place.life]);
                pairs.insert((party, site));
                drafts.push(Draft { party, site, life });
            }
        }
    }
}

/// By city the networks that have ports there, once per port.
fn peers(world: &World) -> HashMap<usize, Vec<usize>> {
    let members: HashMap<u32, usize> =
        world.members.iter().enumerate().map(|(at, member)| (member.net.id, at)).collect();
    let cities: HashMap<u32, usize> =
        world.exchanges.iter().map(|exchange| (exchange.ix.id, exchange.city)).collect();
    let mut peers: HashMap<usize, Vec<usize>> = HashMap::new();
    for port in world.ports.iter().filter(|port| port.status == Status::Ok) {
        if let (Some(city), Some(member)) = (cities.get(&port.ixlan_id), members.get(&port.net_id)) {
            peers.entry(*city).or_default().push(*member);
        }
    }
    peers
}

/// Makes the presences of carriers at facilities.
pub(crate) fn make_carrierfacs(world: &mut World) {
    let dice = &mut world.dice(12);
    let mut drafts = Vec::new();
    let mut pairs = Pairs::new();
    let of = |status: &[Status]| {
        let haulers = world.haulers.iter().enumerate();
        let fit = haulers.filter(|(_, hauler)| status.contains(&hauler.life.status));
        Pool::new(fit.map(|(at, hauler)| (at, hauler.weight)))
    };
    let (live, all) = (of(&[Status::Ok]), of(&BOTH));
    let (grounds, ruins) = (Grounds::of(world, &[Status::Ok]), Grounds::of(world, &BOTH));
    let reach = [(0, 25), (1, 45), (2, 20), (3, 10)];
    let home = |party: usize| world.owners[world.haulers[party].owner].city;
    fill(&mut drafts, world.sizes.carrierfac, || {
        let party = live.pick(dice)?;
        let reach = dice.weighed(&reach);
        let site = grounds.pick(world, dice, home(party), reach)?;
        let life = begun(world, dice, [&world.haulers[party].life, &world.sites[site].life]);
        pairs.insert((party, site)).then_some(Draft { party, site, life })
    });
    fill(&mut drafts, Sizes::deleted(world.sizes.carrierfac), || {
        let party = all.pick(dice)?;
        let reach = dice.weighed(&reach);
        let site = ruins.pick(world, dice, home(party), reach)?;
        let life = ended(world, dice, [&world.haulers[party].life, &world.sites[site].life])?;
        pairs.insert((party, site)).then_some(Draft { party, site, life })
    });
    drafts.sort_by_key(|draft| draft.life.created);
    let ids = ids(dice, drafts.len());
    for (draft, id) in drafts.into_iter().zip(ids) {
        let mut link: Carrierfac = fresh();
        link.id = id;
        link.carrier_id = world.haulers[draft.party].carrier.id;
        link.fac_id = world.sites[draft.site].fac.id;
        stamp!(link, &draft.life);
        world.carrierfacs.push(link);
    }
}
