//! Ports of networks at exchanges.

use std::collections::{BTreeMap, HashMap, HashSet};

use model::records::Netixlan;
use model::{Status, Time};

use crate::dice::{Dice, Pool};
use crate::lans::{self, Lan};
use crate::life::{Life, ids};
use crate::sizes::Sizes;
use crate::words::PORT_NOTES;
use crate::world::{World, fresh, stamp};

/// A port before it has a number and addresses.
pub(crate) struct Draft {
    pub(crate) exchange: usize,
    pub(crate) member: usize,
    pub(crate) life: Life,
}

/// Networks to choose from: of a country, of a continent, of the world.
pub(crate) struct Market {
    world: Pool,
    continents: BTreeMap<&'static str, Pool>,
    countries: HashMap<usize, Pool>,
}

impl Market {
    /// The networks with one of these statuses, without those that are nearly everywhere: these are placed by
    /// themselves.
    pub(crate) fn of(world: &World, statuses: &[Status]) -> Market {
        let mut market =
            Market { world: Pool::default(), continents: BTreeMap::new(), countries: HashMap::new() };
        for (at, member) in world.members.iter().enumerate() {
            if !statuses.contains(&member.life.status) || member.giant.is_some() {
                continue;
            }
            let city = world.owners[member.owner].city;
            let weight = member.weight;
            market.world.push(at, weight);
            market.continents.entry(world.words.country(city).continent).or_default().push(at, weight);
            market.countries.entry(world.words.cities[city].country).or_default().push(at, weight);
        }
        market
    }

    /// A network that would come to a city: mostly one from near by.
    pub(crate) fn pick(&self, world: &World, dice: &mut Dice, city: usize) -> Option<usize> {
        let country = self.countries.get(&world.words.cities[city].country).filter(|pool| pool.len() > 3);
        let continent = self.continents.get(world.words.country(city).continent);
        let pool = match dice.below(20) {
            0..=10 => country.or(continent),
            11..=15 => continent,
            _ => None,
        };
        pool.unwrap_or(&self.world).pick(dice)
    }
}

/// Makes all ports, and the LANs large enough for them.
pub(crate) fn make(world: &mut World) {
    let dice = &mut world.dice(7);
    let mut drafts = live(world, dice);
    drafts.extend(deleted(world, dice));
    drafts.sort_by_key(|draft| draft.life.created);
    let mut sizes = vec![0; world.exchanges.len()];
    for draft in &drafts {
        sizes[draft.exchange] += 1;
    }
    let mut lans = lans::make(world, &sizes);
    let ids = ids(dice, drafts.len());
    for (draft, id) in drafts.iter().zip(ids) {
        let port = build(world, dice, draft, id, &mut lans[draft.exchange]);
        world.ports.push(port);
    }
}

/// Exchange and network of the ports so far.
type Taken = HashSet<(usize, usize)>;

fn live(world: &World, dice: &mut Dice) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let mut taken = Taken::new();
    let of = |status| move |at: &usize| world.exchanges[*at].life.status == status;
    let open: Vec<usize> = (0..world.exchanges.len()).filter(of(Status::Ok)).collect();
    let pool = Pool::new(open.iter().map(|at| (*at, world.exchanges[*at].weight)));
    let sum: f64 = open.iter().map(|at| world.exchanges[*at].weight).sum();
    for member in 0..world.members.len() {
        let Some(rank) = world.members[member].giant else { continue };
        for exchange in &open {
            // Nobody goes far for an exchange with a handful of members.
            let expected = world.exchanges[*exchange].weight / sum * world.sizes.netixlan as f64;
            if dice.chance(presence(world.sizes, rank) * (expected / 25.0).min(1.0)) {
                join(world, dice, &mut drafts, &mut taken, (*exchange, member), 0.35);
            }
        }
    }
    let market = Market::of(world, &[Status::Ok]);
    let mut sizes = vec![0; world.exchanges.len()];
    drafts.iter().for_each(|draft: &Draft| sizes[draft.exchange] += 1);
    for exchange in &open {
        // A little less than in the end, because the sizes come out a little larger than wanted.
        let wanted = (world.exchanges[*exchange].weight / sum * world.sizes.netixlan as f64 * 0.97) as usize;
        let before = drafts.len().saturating_sub(sizes[*exchange]);
        let mut tries = wanted * 40;
        while drafts.len() < before + wanted && tries > 0 {
            tries -= 1;
            come(world, dice, &mut drafts, &mut taken, (*exchange, &market));
        }
    }
    let mut tries = world.sizes.netixlan * 30;
    while drafts.len() < world.sizes.netixlan && tries > 0 {
        tries -= 1;
        let Some(exchange) = pool.pick(dice) else { break };
        come(world, dice, &mut drafts, &mut taken, (exchange, &market));
    }
    drafts
}

/// A network of the market comes to an exchange, unless it is there already.
fn come(
    world: &World,
    dice: &mut Dice,
    drafts: &mut Vec<Draft>,
    taken: &mut Taken,
    (exchange, market): (usize, &Market),
) {
    let member = market.pick(world, dice, world.exchanges[exchange].city);
    if let Some(member) = member.filter(|member| !taken.contains(&(exchange, *member))) {
        join(world, dice, drafts, taken, (exchange, member), 0.1);
    }
}

/// The share of places at which one of the networks that are nearly everywhere is found.
fn presence(sizes: Sizes, rank: usize) -> f64 {
    sizes.giant_share / (1.0 + rank as f64 * 10.0 / sizes.giants as f64).powf(0.9)
}

/// One port, and more with this probability.
fn join(
    world: &World,
    dice: &mut Dice,
    drafts: &mut Vec<Draft>,
    taken: &mut Taken,
    pair: (usize, usize),
    more: f64,
) {
    let (exchange, member) = pair;
    let from = world.exchanges[exchange].life.created.max(world.members[member].life.created);
    let amount = 1 + dice.runs(more).min(5);
    for _ in 0..amount {
        let life = world.span.life(dice, Status::Ok, from, world.span.now);
        drafts.push(Draft { exchange, member, life });
    }
    taken.insert(pair);
}

fn deleted(world: &World, dice: &mut Dice) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let all = (0..world.exchanges.len()).filter(|at| world.exchanges[*at].life.status != Status::Pending);
    let pool = Pool::new(all.map(|at| (at, world.exchanges[at].weight)));
    let present = Market::of(world, &[Status::Ok]);
    let gone = Market::of(world, &[Status::Deleted]);
    let amount = Sizes::deleted(world.sizes.netixlan);
    let mut tries = amount * 30;
    while drafts.len() < amount && tries > 0 {
        tries -= 1;
        let Some(exchange) = pool.pick(dice) else { break };
        let market = if dice.chance(0.5) { &gone } else { &present };
        let Some(member) = market.pick(world, dice, world.exchanges[exchange].city) else { break };
        let lives = [&world.exchanges[exchange].life, &world.members[member].life];
        if let Some(life) = ended(world, dice, lives) {
            drafts.push(Draft { exchange, member, life });
        }
    }
    drafts
}

/// The life of a deleted record under two parents; `None` when they were never there at the same time.
pub(crate) fn ended(world: &World, dice: &mut Dice, parents: [&Life; 2]) -> Option<Life> {
    let from = parents[0].created.max(parents[1].created);
    let to = parents[0].end(world.span).min(parents[1].end(world.span));
    (from < to).then(|| world.span.life(dice, Status::Deleted, from, to))
}

fn build(world: &World, dice: &mut Dice, draft: &Draft, id: u32, lan: &mut Lan) -> Netixlan {
    let member = &world.members[draft.member];
    let exchange = &world.exchanges[draft.exchange];
    let mut port: Netixlan = fresh();
    port.id = id;
    port.net_id = member.net.id;
    port.ixlan_id = exchange.lan.id;
    port.asn = member.net.asn;
    (port.ipaddr4, port.ipaddr6) = lan.next_host(dice, member.net.asn);
    port.speed = speed(dice, member.weight, draft.life.created, world.span.now);
    port.is_rs_peer = !member.net.info_never_via_route_servers && dice.chance(0.48);
    port.bfd_support = dice.chance(0.06);
    port.operational = dice.chance(0.96);
    if dice.chance(0.05) {
        port.notes = (*dice.pick(PORT_NOTES)).into();
    }
    stamp!(port, &draft.life);
    port
}

/// Mbit/s: heavy networks and new ports have more.
fn speed(dice: &mut Dice, weight: f64, created: Time, now: Time) -> u32 {
    let years = (now.0 - created.0) as f64 / (365.25 * 86_400.0 * Time::SECOND as f64);
    let score = weight.ln() * 0.55 - years * 0.08 + 2.6 * dice.unit();
    match score {
        ..0.6 => 1_000,
        ..2.3 => 10_000,
        ..2.6 => *dice.pick(&[20_000, 40_000]),
        ..4.6 => 100_000,
        ..5.4 => 200_000,
        ..6.3 => 400_000,
        _ => 800_000,
    }
}

/// Names the ends of cross connects: a facility where both the network and the exchange are.
pub(crate) fn join_sides(world: &mut World) {
    let dice = &mut world.dice(8);
    let mut at_facilities: HashMap<u32, Vec<u32>> = HashMap::new();
    for link in world.netfacs.iter().filter(|link| link.status == Status::Ok) {
        at_facilities.entry(link.net_id).or_default().push(link.fac_id);
    }
    let mut of_exchange: HashMap<u32, Vec<u32>> = HashMap::new();
    for link in world.ixfacs.iter().filter(|link| link.status == Status::Ok) {
        of_exchange.entry(link.ix_id).or_default().push(link.fac_id);
    }
    for port in world.ports.iter_mut().filter(|port| port.status == Status::Ok) {
        if !dice.chance(0.25) {
            continue;
        }
        let Some(theirs) = of_exchange.get(&port.ixlan_id) else { continue };
        let ours = at_facilities.get(&port.net_id).map(Vec::as_slice).unwrap_or_default();
        let Some(common) = ours.iter().find(|fac| theirs.contains(fac)) else { continue };
        port.net_side_id = Some(*common);
        port.ix_side_id = dice.chance(0.6).then(|| *dice.pick(theirs));
    }
}
