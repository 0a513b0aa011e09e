//! Prefixes of peering LANs and the addresses in them.
//!
//! No address of a generated directory belongs to anybody. IPv4 prefixes come from 10.0.0.0/8 (private use,
//! RFC 1918), 100.64.0.0/10 (shared address space, RFC 6598) and 198.18.0.0/15 (benchmarks, RFC 2544): the ranges
//! for documentation hold three small LANs, these hold a world of them. IPv6 prefixes come from 2001:db8::/32
//! (documentation, RFC 3849) and fd00::/8 (unique local addresses, RFC 4193).

use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};
use model::records::Ixpfx;
use model::{Asn, Protocol, Status};

use crate::dice::Dice;
use crate::life::{Life, ids};
use crate::sizes::Sizes;
use crate::world::{World, fresh, some, stamp};

/// Addresses of one LAN that are still to be given out.
pub(crate) struct Lan {
    four: Option<Ipv4Net>,
    six: Option<Ipv6Net>,
    /// Host numbers in the IPv4 prefix, in the order in which they are given out.
    hosts: std::vec::IntoIter<u32>,
    /// Whether IPv6 addresses hold the AS number, as many exchanges have it; otherwise the number of the host.
    by_asn: bool,
    /// Ports of each network so far.
    ports: HashMap<Asn, u16>,
}

impl Lan {
    /// The addresses of the next port. At least one is there.
    pub(crate) fn next_host(&mut self, dice: &mut Dice, asn: Asn) -> (Option<Ipv4Addr>, Option<Ipv6Addr>) {
        // `make` draws a host for every port.
        let host = self.hosts.next().unwrap_or(1);
        let count = self.ports.entry(asn).or_default();
        *count += 1;
        let low =
            if self.by_asn { u64::from(asn.0) << 16 | u64::from(*count) } else { 0x1_0000 + u64::from(host) };
        let four = self.four.map(|net| Ipv4Addr::from(u32::from(net.network()) + host));
        let six = self.six.map(|net| Ipv6Addr::from(u128::from(net.network()) + u128::from(low)));
        match (four, six, dice.below(20)) {
            (Some(_), Some(_), 0..=4) => (four, None),
            (Some(_), Some(_), 5) => (None, six),
            _ => (four, six),
        }
    }
}

/// Blocks of IPv4 addresses that are carved one after the other.
struct Blocks {
    ranges: [(u64, u64); 3],
}

impl Blocks {
    fn new() -> Blocks {
        let range = |first: [u8; 4], length: u32| {
            let start = u64::from(u32::from(Ipv4Addr::from(first)));
            (start, start + (1 << (32 - length)))
        };
        // The first block of each range stays free: it looks like somebody's home.
        let mut ranges = [range([10, 0, 0, 0], 8), range([100, 64, 0, 0], 10), range([198, 18, 0, 0], 15)];
        ranges.iter_mut().for_each(|(next, _)| *next += 256);
        Blocks { ranges }
    }

    /// The next free prefix of this length in a range, aligned; `None` when the ranges are full.
    fn carve(&mut self, dice: &mut Dice, length: u8) -> Option<Ipv4Net> {
        let size = 1u64 << (32 - u32::from(length));
        let first = dice.weighed(&[(0, 70), (1, 26), (2, 4)]);
        for at in [first, 0, 1] {
            let (next, end) = self.ranges[at];
            let start = (next.div_ceil(size) + dice.below(2) as u64) * size;
            if start + size <= end {
                self.ranges[at].0 = start + size;
                return Ipv4Net::new(Ipv4Addr::from(u32::try_from(start).ok()?), length).ok();
            }
        }
        None
    }
}

/// The prefix length that holds so many ports and leaves room to grow.
fn length(dice: &mut Dice, ports: usize) -> u8 {
    let wanted = ports * 13 / 10 + 12;
    let bits = usize::BITS - wanted.leading_zeros();
    let length = 32 - bits.clamp(4, 14) as u8;
    // Many small exchanges have a whole /24.
    if length > 24 && dice.chance(0.55) { 24 } else { length }
}

/// Gives every exchange its prefixes, and addresses for so many ports.
pub(crate) fn make(world: &mut World, ports: &[usize]) -> Vec<Lan> {
    let dice = &mut world.dice(9);
    let mut blocks = Blocks::new();
    let mut sites = Sites::default();
    let mut lans = Vec::with_capacity(ports.len());
    for (at, ports) in ports.iter().enumerate() {
        let length = length(dice, *ports);
        let four = if dice.chance(0.99) { blocks.carve(dice, length) } else { None };
        let status = world.exchanges[at].life.status;
        let both = dice.chance(if status == Status::Deleted { 0.5 } else { 0.9 });
        let six = (four.is_none() || both).then(|| sites.next(dice)).flatten();
        let hosts = (1 << (32 - u32::from(length))) - 2;
        let hosts = dice.sample(hosts, *ports).into_iter();
        lans.push(Lan { four, six, hosts, by_asn: dice.chance(0.4), ports: HashMap::new() });
        for prefix in [four.map(Into::into), six.map(Into::into)].into_iter().flatten() {
            let life = world.exchanges[at].life;
            let life = with_exchange(world, dice, &life);
            world.exchanges[at].prefixes.push(entry(prefix, &life));
        }
    }
    renumbered(world, dice, &mut blocks, &mut sites);
    route_servers(world, dice);
    number(world, dice);
    lans
}

/// A prefix is as old as its exchange and changes seldom.
fn with_exchange(world: &World, dice: &mut Dice, exchange: &Life) -> Life {
    let end = exchange.end(world.span);
    let mut life = world.span.early_life(dice, exchange.status, exchange.created, end);
    if exchange.status == Status::Deleted {
        life.updated = end;
    } else if dice.chance(0.7) {
        life.updated = life.created;
        life.version = 1;
    }
    life
}

fn entry(prefix: ipnet::IpNet, life: &Life) -> Ixpfx {
    let mut row: Ixpfx = fresh();
    row.protocol = match prefix {
        ipnet::IpNet::V4(_) => Protocol::IPv4,
        ipnet::IpNet::V6(_) => Protocol::IPv6,
    };
    row.prefix = prefix;
    stamp!(row, life);
    row
}

/// Prefixes that exchanges left when they outgrew them.
fn renumbered(world: &mut World, dice: &mut Dice, blocks: &mut Blocks, sites: &mut Sites) {
    let count = |status| {
        let rows = world.exchanges.iter().flat_map(|exchange| &exchange.prefixes);
        rows.filter(|row| row.status == status).count()
    };
    let missing = Sizes::deleted(count(Status::Ok)).saturating_sub(count(Status::Deleted));
    let open: Vec<usize> =
        (0..world.exchanges.len()).filter(|at| world.exchanges[*at].life.status == Status::Ok).collect();
    if open.is_empty() {
        return;
    }
    for _ in 0..missing {
        let at = *dice.pick(&open);
        let four = if dice.chance(0.8) { blocks.carve(dice, 24).map(Into::into) } else { None };
        let Some(prefix) = four.or_else(|| sites.next(dice).map(Into::into)) else { break };
        let created = world.exchanges[at].life.created;
        let life = world.span.early_life(dice, Status::Deleted, created, world.span.now);
        world.exchanges[at].prefixes.push(entry(prefix, &life));
    }
}

/// IPv6 sites: one /64 each.
#[derive(Default)]
struct Sites {
    documented: u32,
    local: u32,
}

impl Sites {
    fn next(&mut self, dice: &mut Dice) -> Option<Ipv6Net> {
        let network = if dice.chance(0.7) {
            self.documented += dice.between(1, 40);
            let (high, low) = ((self.documented >> 8) as u16, (self.documented & 0xff) as u16);
            Ipv6Addr::new(0x2001, 0xdb8, high, low, 0, 0, 0, 0)
        } else {
            // The counter keeps the random global ids apart.
            self.local += 1;
            let [a, b, c] = [0; 3].map(|_: u16| dice.between(0, 0xffff) as u16);
            Ipv6Addr::new(0xfd00 | (a & 0xff), b, self.local as u16, c & 0xff, 0, 0, 0, 0)
        };
        Ipv6Net::new(network, 64).ok()
    }
}

/// Route servers speak with the AS number of the exchange's own network; some LANs have an ARP sponge, whose address
/// is one for documentation (RFC 7042).
fn route_servers(world: &mut World, dice: &mut Dice) {
    let mut own: HashMap<u32, u32> = HashMap::new();
    for member in world.members.iter().filter(|member| member.life.status == Status::Ok) {
        own.entry(member.net.org_id).or_insert(member.net.asn.0);
    }
    let mut sponges = 0u8..=255;
    for exchange in &mut world.exchanges {
        if let Some(asn) = own.get(&exchange.ix.org_id).filter(|_| dice.chance(0.7)) {
            exchange.lan.rs_asn = Some(*asn);
        }
        if dice.chance(0.03) {
            exchange.lan.arp_sponge = sponges.next().and_then(|n| some(format!("00:00:5e:00:53:{n:02x}")));
        }
    }
}

/// Numbers all prefixes in order of creation.
fn number(world: &mut World, dice: &mut Dice) {
    let mut order: Vec<(usize, usize)> = Vec::new();
    for (at, exchange) in world.exchanges.iter().enumerate() {
        order.extend((0..exchange.prefixes.len()).map(|prefix| (at, prefix)));
    }
    order.sort_by_key(|(at, prefix)| world.exchanges[*at].prefixes[*prefix].created);
    let ids = ids(dice, order.len());
    for ((at, prefix), id) in order.into_iter().zip(ids) {
        let exchange = &mut world.exchanges[at];
        exchange.prefixes[prefix].id = id;
        exchange.prefixes[prefix].ixlan_id = exchange.lan.id;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_never_overlap() {
        let mut blocks = Blocks::new();
        let mut dice = Dice::new(1, 1);
        let mut nets: Vec<Ipv4Net> =
            (0..3000).filter_map(|round| blocks.carve(&mut dice, [20, 24, 26, 22, 28][round % 5])).collect();
        assert_eq!(nets.len(), 3000);
        nets.sort();
        assert!(nets.windows(2).all(|pair| pair[0].broadcast() < pair[1].network()));
    }

    #[test]
    fn prefixes_have_room() {
        let mut dice = Dice::new(1, 1);
        for ports in 0..3000 {
            let length = length(&mut dice, ports);
            assert!((18..=28).contains(&length));
            assert!((1usize << (32 - length)) > ports + 2, "{ports} ports in a /{length}");
        }
    }
}
