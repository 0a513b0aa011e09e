//! Columns that follow from other records, and what ports may be.

use std::collections::{HashMap, HashSet};

use model::{Status, Tag, Time};

use super::*;

fn expect(directory: &Directory, tag: Tag, field: &str, counts: &HashMap<u32, i64>) {
    for record in directory.of(tag) {
        let counted = counts.get(&record.id()).copied().unwrap_or_default();
        assert_eq!(record.value(field).as_int(), Some(counted), "{tag} {} {field}", record.id());
    }
}

fn tally(directory: &Directory, tag: Tag, reference: &str) -> HashMap<u32, i64> {
    let mut counts = HashMap::new();
    for record in directory.of(tag).iter().filter(|record| record.status() == Status::Ok) {
        *counts.entry(record.reference(reference).expect("set")).or_default() += 1;
    }
    counts
}

#[test]
fn counters_equal_their_formula() {
    for directory in both() {
        expect(directory, Tag::Net, "fac_count", &tally(directory, Tag::Netfac, "net_id"));
        expect(directory, Tag::Fac, "net_count", &tally(directory, Tag::Netfac, "fac_id"));
        expect(directory, Tag::Ix, "fac_count", &tally(directory, Tag::Ixfac, "ix_id"));
        expect(directory, Tag::Fac, "ix_count", &tally(directory, Tag::Ixfac, "fac_id"));
        expect(directory, Tag::Carrier, "fac_count", &tally(directory, Tag::Carrierfac, "carrier_id"));
        expect(directory, Tag::Fac, "carrier_count", &tally(directory, Tag::Carrierfac, "fac_id"));
        let pairs: HashSet<(u32, u32)> = netixlans(directory)
            .filter(|port| port.status == Status::Ok)
            .map(|port| (port.net_id, port.ixlan_id))
            .collect();
        let (mut of_net, mut of_ix) = (HashMap::new(), HashMap::new());
        for (net, ix) in pairs {
            *of_net.entry(net).or_default() += 1;
            *of_ix.entry(ix).or_default() += 1;
        }
        expect(directory, Tag::Net, "ix_count", &of_net);
        expect(directory, Tag::Ix, "net_count", &of_ix);
    }
}

#[test]
fn networks_know_when_their_parts_last_changed() {
    for directory in both() {
        for (tag, field) in
            [(Tag::Netixlan, "netixlan_updated"), (Tag::Netfac, "netfac_updated"), (Tag::Poc, "poc_updated")]
        {
            let mut latest: HashMap<u32, Time> = HashMap::new();
            for record in directory.of(tag) {
                let entry =
                    latest.entry(record.reference("net_id").expect("set")).or_insert(record.updated());
                *entry = record.updated().max(*entry);
            }
            for net in directory.of(Tag::Net) {
                let expected =
                    latest.get(&net.id()).map_or(model::Value::Null, |time| model::Value::Time(*time));
                assert_eq!(net.value(field), expected, "net {} {field}", net.id());
            }
        }
    }
}

#[test]
fn ports_carry_the_number_of_their_network() {
    for directory in both() {
        let numbers: HashMap<u32, model::Asn> = nets(directory).map(|net| (net.id, net.asn)).collect();
        assert!(netixlans(directory).all(|port| numbers[&port.net_id] == port.asn));
    }
}

#[test]
fn addresses_lie_within_the_prefixes_of_their_lan() {
    for directory in both() {
        let mut prefixes: HashMap<u32, Vec<(ipnet::IpNet, Status)>> = HashMap::new();
        for row in ixpfxs(directory) {
            prefixes.entry(row.ixlan_id).or_default().push((row.prefix, row.status));
        }
        for port in netixlans(directory) {
            let addresses =
                [port.ipaddr4.map(std::net::IpAddr::from), port.ipaddr6.map(std::net::IpAddr::from)];
            assert!(addresses.iter().any(Option::is_some), "port {} has no address", port.id);
            for address in addresses.into_iter().flatten() {
                let (prefix, status) = prefixes[&port.ixlan_id]
                    .iter()
                    .find(|(prefix, _)| prefix.contains(&address))
                    .expect("an address within a prefix of the LAN");
                let ends = [prefix.network(), prefix.broadcast()];
                assert!(!ends.contains(&address), "{address} is first or last of {prefix}");
                assert!(port.status != Status::Ok || *status == Status::Ok, "port {}", port.id);
            }
        }
    }
}

#[test]
fn sides_of_ports_are_where_both_parties_are() {
    for directory in both() {
        let pairs = |tag, party| -> HashSet<(Option<u32>, Option<u32>)> {
            let links = directory.of(tag).iter().filter(|link| link.status() == Status::Ok);
            links.map(|link| (link.reference(party), link.reference("fac_id"))).collect()
        };
        let (of_net, of_ix) = (pairs(Tag::Netfac, "net_id"), pairs(Tag::Ixfac, "ix_id"));
        let mut known = 0;
        for port in netixlans(directory) {
            if port.net_side_id.is_some() {
                known += 1;
                assert!(of_net.contains(&(Some(port.net_id), port.net_side_id)), "port {}", port.id);
            }
            if port.ix_side_id.is_some() {
                assert!(of_ix.contains(&(Some(port.ixlan_id), port.ix_side_id)), "port {}", port.id);
            }
        }
        assert!(known > netixlans(directory).count() / 100);
    }
}

#[test]
fn imports_leave_consistent_traces() {
    for directory in both() {
        let lans: HashMap<u32, bool> =
            ixlans(directory).map(|lan| (lan.id, lan.ixf_ixp_import_enabled)).collect();
        for ix in ixes(directory) {
            assert!(ix.ixf_last_import.is_none() || lans[&ix.id], "ix {}", ix.id);
            assert!(ix.ixf_net_count == 0 || ix.ixf_last_import.is_some(), "ix {}", ix.id);
            assert_eq!(ix.ixf_import_request.is_none(), &*ix.ixf_import_request_status == "queued");
        }
        for lan in ixlans(directory) {
            assert!(lan.ixf_ixp_member_list_url.is_some() || !lan.ixf_ixp_import_enabled, "ixlan {}", lan.id);
        }
    }
}

#[test]
fn networks_with_ports_can_be_reached() {
    for directory in both() {
        let reachable: HashSet<u32> = pocs(directory)
            .filter(|contact| {
                contact.status == Status::Ok
                    && ["Technical", "NOC", "Policy"].contains(&&*contact.role)
                    && contact.visible != model::Visibility::Private
                    && !contact.email.is_empty()
            })
            .map(|contact| contact.net_id)
            .collect();
        for net in nets(directory).filter(|net| net.status == Status::Ok) {
            assert!(net.ix_count == 0 || reachable.contains(&net.id), "net {}", net.id);
            assert!(!net.allow_ixp_update || reachable.contains(&net.id), "net {}", net.id);
        }
    }
}
