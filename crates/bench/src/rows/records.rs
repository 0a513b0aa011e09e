//! Single records: the median network at a given rate and at full speed, and the largest records.

use std::time::Duration;

use super::Scene;
use crate::client::Request;
use crate::facts::Facts;
use crate::failure::{Outcome, require};
use crate::load;
use crate::premise;
use crate::table::Row;

/// Requests per second of the latency rows.
const RATE: u32 = 3_000;
/// Connections of the load.
const CONNECTIONS: u32 = 8;
/// What the reference server answers of the same kind: network details per second.
const REFERENCE_RATE: f64 = 37.0;
/// How many times that is asked for.
const TIMES_REFERENCE: f64 = 200.0;
/// Rows below which the largest records are none.
const LARGE_NET_PORTS: usize = 100;
const LARGE_IX_PORTS: usize = 1_500;

/// All rows.
pub(crate) fn measure(scene: &Scene<'_>) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for depth in 0..=2 {
        rows.extend(median_net(scene, depth)?);
    }
    rows.push(largest_net(scene)?);
    rows.extend(largest_ix(scene)?);
    Ok(rows)
}

fn median_net(scene: &Scene<'_>, depth: u32) -> Outcome<[Row; 2]> {
    let nets = &scene.facts.medians;
    let mut client = scene.client()?;
    for net in nets {
        premise::unfolded(&mut client, *net, depth)?;
    }
    let requests = Facts::requests(nets, |net| format!("/api/net/{}?depth={depth}", net.id));
    let plan = &scene.plan;
    let steady = plan.best(|| load::at_rate(scene.server, &requests, RATE, plan.load, CONNECTIONS))?;
    let full = plan.best(|| load::at_most(scene.server, &requests, plan.load, CONNECTIONS))?;
    let name = format!("net/ID depth={depth}, median network");
    let latency = Row::latency(format!("{name}, {RATE}/s"), &steady).p99_below(Duration::from_millis(1));
    let throughput = Row::latency(format!("{name}, full speed"), &full).with_rate(full.rate);
    let times = format!("{:.0} times the reference", full.rate / REFERENCE_RATE);
    Ok([latency, throughput.rate_from(REFERENCE_RATE * TIMES_REFERENCE).noted(times)])
}

fn largest_net(scene: &Scene<'_>) -> Outcome<Row> {
    let net = scene.facts.largest_net;
    require(net.ports >= LARGE_NET_PORTS, || format!("the largest network has {} ports", net.ports))?;
    premise::unfolded(&mut scene.client()?, net, 2)?;
    let row = single(scene, "largest net/ID depth=2", format!("/api/net/{}?depth=2", net.id))?;
    Ok(row.noted(format!("{} ports", net.ports)))
}

/// The ports of an exchange hang below its LAN: from the exchange they are four levels away, from the LAN two.
fn largest_ix(scene: &Scene<'_>) -> Outcome<[Row; 2]> {
    let (id, ports) = scene.facts.largest_ix;
    require(ports >= LARGE_IX_PORTS, || format!("the largest exchange has {ports} ports"))?;
    let mut client = scene.client()?;
    let ix = premise::record(&mut client, &format!("/api/ix/{id}?depth=2"))?;
    premise::set_holds(&ix, "ixlan_set", 2, 1)?;
    let lan = premise::record(&mut client, &format!("/api/ixlan/{id}?depth=2"))?;
    premise::set_holds(&lan, "net_set", 2, ports)?;
    let note = format!("{ports} networks unfolded");
    Ok([
        single(scene, "largest ix/ID depth=2", format!("/api/ix/{id}?depth=2"))?,
        single(scene, "largest ixlan/ID depth=2", format!("/api/ixlan/{id}?depth=2"))?.noted(note),
    ])
}

fn single(scene: &Scene<'_>, name: &str, path: String) -> Outcome<Row> {
    let requests = [Request::plain(path)];
    let plan = &scene.plan;
    let load = plan.best(|| load::one_by_one(scene.server, &requests, plan.rounds * 50))?;
    Ok(Row::latency(name, &load).p99_below(Duration::from_millis(5)))
}
