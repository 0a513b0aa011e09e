//! What is asked for: subjects and values out of the directory itself, so that each question has an answer.

use std::collections::HashMap;

use catalog::Snapshot;
use model::{AnyRecord, Status, Tag};

use crate::client::{Request, encoded};
use crate::failure::{Outcome, require};

/// Networks that stand for the median one: one alone would always be in the processor's cache.
const MEDIANS: usize = 101;
/// Questions of one kind.
const QUESTIONS: usize = 64;

/// A network and how much belongs to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NetFact {
    pub(crate) id: u32,
    pub(crate) ports: usize,
    pub(crate) facilities: usize,
}

/// Subjects of the questions.
#[derive(Debug)]
pub(crate) struct Facts {
    /// Published records of each type.
    pub(crate) published: HashMap<Tag, usize>,
    pub(crate) medians: Vec<NetFact>,
    pub(crate) largest_net: NetFact,
    /// The exchange with the most ports, and their number.
    pub(crate) largest_ix: (u32, usize),
    /// The organization whose records show its name most often, and their number.
    pub(crate) largest_org: (u32, usize),
    /// Exchange and AS number of ports.
    pub(crate) ports: Vec<(u32, u32)>,
    /// AS numbers of networks with ports.
    pub(crate) asns: Vec<u32>,
    /// Pieces of names of networks.
    pub(crate) pieces: Vec<String>,
    /// Beginnings of names as somebody types them.
    pub(crate) typed: Vec<String>,
}

impl Facts {
    pub(crate) fn of(snapshot: &Snapshot) -> Outcome<Facts> {
        let nets = nets_by_size(snapshot);
        require(nets.len() > MEDIANS, || "the directory has networks".to_owned())?;
        let middle = nets.len() / 2 - MEDIANS / 2;
        let largest_ix =
            largest(snapshot, Tag::Ix, |id| snapshot.children(Tag::Netixlan, "ixlan_id", id).count());
        let largest_org = largest(snapshot, Tag::Org, |id| {
            let owned = [Tag::Net, Tag::Fac, Tag::Ix, Tag::Carrier, Tag::Campus];
            owned.into_iter().map(|tag| snapshot.children(tag, "org_id", id).count()).sum()
        });
        let largest_net = nets.iter().copied().max_by_key(|net| net.ports);
        let ports = ports(snapshot);
        Ok(Facts {
            published: Tag::ALL.into_iter().map(|tag| (tag, published(snapshot, tag).count())).collect(),
            medians: nets[middle..middle + MEDIANS].to_vec(),
            largest_net: largest_net.unwrap_or(nets[0]),
            largest_ix,
            largest_org,
            asns: ports.iter().map(|(_, asn)| *asn).collect(),
            ports,
            pieces: pieces(snapshot, 3),
            typed: typed(snapshot),
        })
    }

    pub(crate) fn published(&self, tag: Tag) -> usize {
        self.published.get(&tag).copied().unwrap_or(0)
    }

    /// A request for each value.
    pub(crate) fn requests<T>(values: &[T], path: impl Fn(&T) -> String) -> Vec<Request> {
        values.iter().map(|value| Request::plain(path(value))).collect()
    }
}

/// Published records of a type.
pub(crate) fn published(snapshot: &Snapshot, tag: Tag) -> impl Iterator<Item = &AnyRecord> {
    snapshot.entries(tag).map(|entry| entry.record()).filter(|record| record.status() == Status::Ok)
}

/// Published networks by the amount of what belongs to them.
fn nets_by_size(snapshot: &Snapshot) -> Vec<NetFact> {
    let count = |tag, id| snapshot.children(tag, "net_id", id).count();
    let mut nets: Vec<(usize, NetFact)> = published(snapshot, Tag::Net)
        .map(|net| {
            let id = net.id();
            let (ports, facilities) = (count(Tag::Netixlan, id), count(Tag::Netfac, id));
            (ports + facilities + count(Tag::Poc, id), NetFact { id, ports, facilities })
        })
        .collect();
    nets.sort_by_key(|(size, net)| (*size, net.id));
    nets.into_iter().map(|(_, net)| net).collect()
}

fn largest(snapshot: &Snapshot, tag: Tag, size: impl Fn(u32) -> usize) -> (u32, usize) {
    let sizes = published(snapshot, tag).map(|record| (record.id(), size(record.id())));
    sizes.max_by_key(|(_, size)| *size).unwrap_or_default()
}

/// Elements spread evenly over all.
fn spread<T>(all: Vec<T>, count: usize) -> Vec<T> {
    let step = (all.len() / count.max(1)).max(1);
    all.into_iter().step_by(step).take(count).collect()
}

fn ports(snapshot: &Snapshot) -> Vec<(u32, u32)> {
    let all = published(snapshot, Tag::Netixlan).filter_map(|record| match record {
        AnyRecord::Netixlan(port) => Some((port.ixlan_id, port.asn.0)),
        _ => None,
    });
    spread(all.collect(), QUESTIONS)
}

fn names(snapshot: &Snapshot) -> Vec<String> {
    let names =
        published(snapshot, Tag::Net).filter_map(|net| net.value("name").as_text().map(str::to_owned));
    spread(names.filter(|name| name.chars().count() > 5 && name.is_ascii()).collect(), QUESTIONS)
}

fn pieces(snapshot: &Snapshot, length: usize) -> Vec<String> {
    names(snapshot).iter().map(|name| encoded(name.get(1..=length).unwrap_or(name))).collect()
}

/// After the second letter a search box begins to suggest.
fn typed(snapshot: &Snapshot) -> Vec<String> {
    let names = names(snapshot);
    let lengths = (2..=5).cycle();
    names.iter().zip(lengths).map(|(name, length)| encoded(name.get(..length).unwrap_or(name))).collect()
}
