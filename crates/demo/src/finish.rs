//! Derived columns, and the directory as a whole.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use model::directory::Directory;
use model::{AnyRecord, Record, Status, Time};

use crate::dice::Dice;
use crate::people;
use crate::world::World;

/// How many published records have each key.
fn count<R: Record, K: Eq + Hash>(rows: &[R], key: impl Fn(&R) -> K) -> HashMap<K, u32> {
    let mut counts = HashMap::new();
    for row in rows.iter().filter(|row| row.status() == Status::Ok) {
        *counts.entry(key(row)).or_default() += 1;
    }
    counts
}

fn of(counts: &HashMap<u32, u32>, id: u32) -> u32 {
    counts.get(&id).copied().unwrap_or_default()
}

/// When a record of each network last changed.
fn latest<R: Record>(rows: &[R], net: impl Fn(&R) -> u32) -> HashMap<u32, Time> {
    let mut latest: HashMap<u32, Time> = HashMap::new();
    for row in rows {
        let time = latest.entry(net(row)).or_insert(row.updated());
        *time = row.updated().max(*time);
    }
    latest
}

/// Fills in what follows from other records.
pub(crate) fn derive(world: &mut World) {
    newest(world);
    networks(world);
    let nets_at = count(&world.netfacs, |row| row.fac_id);
    let exchanges_at = count(&world.ixfacs, |row| row.fac_id);
    let carriers_at = count(&world.carrierfacs, |row| row.fac_id);
    for site in &mut world.sites {
        site.fac.net_count = of(&nets_at, site.fac.id);
        site.fac.ix_count = of(&exchanges_at, site.fac.id);
        site.fac.carrier_count = of(&carriers_at, site.fac.id);
    }
    let facs_of = count(&world.carrierfacs, |row| row.carrier_id);
    for hauler in &mut world.haulers {
        hauler.carrier.fac_count = of(&facs_of, hauler.carrier.id);
    }
}

/// The newest record carries the time at which the directory was made.
fn newest(world: &mut World) {
    let now = world.span.now;
    if let Some(port) = world.ports.iter_mut().rev().find(|port| port.status == Status::Ok) {
        port.updated = now;
    }
}

fn networks(world: &mut World) {
    let live = world.ports.iter().filter(|port| port.status == Status::Ok);
    let presences: HashSet<(u32, u32)> = live.map(|port| (port.net_id, port.ixlan_id)).collect();
    let (mut exchanges_of, mut members_of) = (HashMap::new(), HashMap::new());
    for (net, ix) in presences {
        *exchanges_of.entry(net).or_default() += 1;
        *members_of.entry(ix).or_default() += 1;
    }
    let facs_of = count(&world.netfacs, |row| row.net_id);
    let ports = latest(&world.ports, |row| row.net_id);
    let facs = latest(&world.netfacs, |row| row.net_id);
    let contacts = latest(&world.contacts, |row| row.net_id);
    for member in &mut world.members {
        let net = &mut member.net;
        net.ix_count = of(&exchanges_of, net.id);
        net.fac_count = of(&facs_of, net.id);
        net.netixlan_updated = ports.get(&net.id).copied();
        net.netfac_updated = facs.get(&net.id).copied();
        net.poc_updated = contacts.get(&net.id).copied();
    }
    let facs_of = count(&world.ixfacs, |row| row.ix_id);
    let dice = &mut Dice::new(world.seed, 16);
    for exchange in &mut world.exchanges {
        let ix = &mut exchange.ix;
        ix.net_count = of(&members_of, ix.id);
        ix.fac_count = of(&facs_of, ix.id);
        if ix.ixf_last_import.is_some() {
            // A member list never agrees with the directory in full.
            ix.ixf_net_count = ix.net_count + ix.net_count * dice.between(0, 6) / 100;
        }
    }
}

/// Moves everything into a directory.
pub(crate) fn assemble(world: World) -> Directory {
    let seed = world.seed;
    let mut directory = Directory::default();
    add(&mut directory, world.owners.into_iter().map(|owner| owner.org));
    add(&mut directory, world.campuses);
    add(&mut directory, world.sites.into_iter().map(|site| site.fac));
    let mut prefixes = Vec::new();
    let mut lans = Vec::new();
    let mut exchanges = Vec::new();
    for exchange in world.exchanges {
        prefixes.extend(exchange.prefixes);
        lans.push(exchange.lan);
        exchanges.push(exchange.ix);
    }
    prefixes.sort_by_key(|prefix| prefix.id);
    add(&mut directory, exchanges);
    add(&mut directory, lans);
    add(&mut directory, prefixes);
    add(&mut directory, world.members.into_iter().map(|member| member.net));
    add(&mut directory, world.contacts);
    add(&mut directory, world.haulers.into_iter().map(|hauler| hauler.carrier));
    add(&mut directory, world.carrierfacs);
    add(&mut directory, world.netfacs);
    add(&mut directory, world.ixfacs);
    add(&mut directory, world.ports);
    directory.people = people::make(&directory, seed);
    directory
}

fn add<R: Into<AnyRecord>>(directory: &mut Directory, records: impl IntoIterator<Item = R>) {
    records.into_iter().for_each(|record| directory.push(record.into()));
}
