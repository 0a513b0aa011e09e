//! Every field of every record against its declaration, and nothing that could reach anybody.

use std::net::{Ipv4Addr, Ipv6Addr};

use model::{Api, Field, Kind, Status, Tag, Value};

use super::*;

#[test]
fn values_obey_their_declaration() {
    for directory in both() {
        for tag in Tag::ALL {
            for record in directory.of(tag) {
                for (position, field) in tag.table().stored() {
                    check(tag, record.id(), field, &record.get(position));
                }
            }
        }
    }
}

fn check(tag: Tag, id: u32, field: &Field, value: &Value<'_>) {
    let at = || format!("{tag} {id} {}: {value:?}", field.name);
    match (field.kind, value) {
        (_, Value::Null) => assert!(field.null, "{}", at()),
        (Kind::Choice(list), Value::Text(word)) => assert!(list.contains(&&**word), "{}", at()),
        (Kind::Int { min, max }, Value::Int(n)) => {
            assert!((i64::from(min)..=i64::from(max)).contains(n), "{}", at());
        }
        (Kind::Country, Value::Text(code)) => {
            assert!(code.is_empty() || model::country::name(code).is_some(), "{}", at());
        }
        (Kind::MultiChoice(list), Value::Multi(set)) => assert!(set.0 < 1 << list.len(), "{}", at()),
        (Kind::Words(list), Value::Words(words)) => {
            assert!(words.iter().all(|word| list.contains(&&**word)), "{}", at());
        }
        (Kind::Text { max } | Kind::Url { max } | Kind::Phone { max }, Value::Text(text)) => {
            assert!(max == 0 || text.chars().count() <= usize::from(max), "{}", at());
        }
        (_, _) => {}
    }
    if let Value::Text(text) = value {
        assert_eq!(text.trim(), text, "{}", at());
        assert!(!text.contains('\0') && !text.contains("{}") && !text.contains("{c}"), "{}", at());
        let needed =
            field.api == Api::Required || field.name == "name" && tag != Tag::Ixlan && tag != Tag::Poc;
        assert!(!needed || !text.is_empty(), "{}", at());
        if field.name == "name" {
            assert!(!text.contains("  "), "{}", at());
        }
        leads_nowhere(field.kind, text, &at());
    }
}

fn is_example(host: &str) -> bool {
    ["example.net", "example.com", "example.org"]
        .iter()
        .any(|top| host.strip_suffix(top).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

/// Hosts and mailboxes are below the `example` domains, telephone numbers come from ranges kept for fiction.
fn leads_nowhere(kind: Kind, text: &str, at: &str) {
    for part in text.split("://").skip(1) {
        let host = part.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '.').next();
        assert!(host.is_some_and(is_example), "{at}");
    }
    match kind {
        Kind::Email if !text.is_empty() => {
            let (mailbox, host) = text.split_once('@').expect(at);
            assert!(!mailbox.is_empty() && is_example(host) && text.is_ascii(), "{at}");
        }
        Kind::Url { .. } if !text.is_empty() => {
            let scheme = text.split("://").next();
            assert!(matches!(scheme, Some("http" | "https" | "telnet")) && text.is_ascii(), "{at}");
        }
        Kind::Phone { .. } if !text.is_empty() => assert!(is_fictional(text), "{at}"),
        _ => {}
    }
}

fn is_fictional(number: &str) -> bool {
    let ranges = [
        "+442079460",
        "+441614960",
        "+441514960",
        "+493023125",
        "+496990009",
        "+494066969",
        "+492214710",
        "+498999998",
        "+3319900",
        "+3326191",
        "+3335301",
        "+3346571",
        "+3353649",
        "+6125550",
        "+6137010",
        "+6185550",
        "+468465004",
        "+46313900",
        "+3532091",
    ];
    let american =
        number.strip_prefix("+1").is_some_and(|rest| rest.len() == 10 && rest[3..].starts_with("55501"));
    american || ranges.iter().any(|range| number.starts_with(range))
}

#[test]
fn websites_are_there_for_those_who_need_one() {
    for directory in both() {
        let owners = by_id(directory, Tag::Org);
        for tag in [Tag::Net, Tag::Ix, Tag::Fac, Tag::Carrier, Tag::Campus] {
            for record in directory.of(tag) {
                let org = owners[&record.reference("org_id").expect("set")];
                let known = !text(record, "website").is_empty() || !text(org, "website").is_empty();
                assert!(known, "{tag} {}", record.id());
            }
        }
    }
}

#[test]
fn numbers_and_addresses_belong_to_nobody() {
    let inside4 = |address: Ipv4Addr, net: [u8; 4], length: u32| {
        u32::from(address) >> (32 - length) == u32::from(Ipv4Addr::from(net)) >> (32 - length)
    };
    let free4 = |address| {
        inside4(address, [10, 0, 0, 0], 8)
            || inside4(address, [100, 64, 0, 0], 10)
            || inside4(address, [198, 18, 0, 0], 15)
    };
    let free6 = |address: Ipv6Addr| {
        let groups = address.segments();
        groups[0] >> 8 == 0xfd || groups[..2] == [0x2001, 0xdb8]
    };
    for directory in both() {
        for net in nets(directory) {
            let documentation = matches!(net.asn.0, 64_496..=64_511 | 65_536..=65_551);
            assert!(documentation || (4_200_000_000..=4_294_967_294).contains(&net.asn.0), "{:?}", net.asn);
        }
        for row in ixpfxs(directory) {
            match row.prefix {
                ipnet::IpNet::V4(prefix) => {
                    assert!(free4(prefix.network()) && free4(prefix.broadcast()), "{prefix}");
                    assert!((18..=28).contains(&prefix.prefix_len()), "{prefix}");
                }
                ipnet::IpNet::V6(prefix) => {
                    assert!(free6(prefix.network()), "{prefix}");
                    assert!((64..=116).contains(&prefix.prefix_len()), "{prefix}");
                }
            }
            assert_eq!(row.prefix.trunc(), row.prefix, "no host bits");
            let four = row.protocol == model::Protocol::IPv4;
            assert_eq!(four, matches!(row.prefix, ipnet::IpNet::V4(_)));
            assert!(row.in_dfz);
        }
        let mut nets: Vec<ipnet::IpNet> = ixpfxs(directory).map(|row| row.prefix).collect();
        nets.sort();
        assert!(nets.windows(2).all(|pair| !pair[0].contains(&pair[1])), "prefixes do not overlap");
    }
}

#[test]
fn speeds_are_those_of_ports() {
    let speeds = [1_000, 10_000, 20_000, 40_000, 100_000, 200_000, 400_000, 800_000];
    for directory in both() {
        let mut seen = std::collections::HashSet::new();
        for port in netixlans(directory) {
            assert!(speeds.contains(&port.speed), "{}", port.speed);
            seen.insert(port.speed);
        }
        assert_eq!(seen.len(), speeds.len());
    }
}

const SOURCES: &str =
    "AFRINIC ALTDB APNIC ARIN BELL BBOI CANARIE IDNIC JPIRR LACNIC LEVEL3 NTTCOM RADB REACH RIPE TC";

/// Data-model specification, 10.7.
fn is_as_set(token: &str) -> bool {
    let name = match token.split_once("::") {
        Some((source, name)) if SOURCES.split(' ').any(|known| known == source) => name,
        Some(_) => return false,
        None => token,
    };
    let parts: Vec<&str> = name.split(':').collect();
    let allowed = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'-' || c == b'_';
    let is_set = |part: &str| part.strip_prefix("AS-").is_some_and(|rest| !rest.is_empty());
    let is_number = |part: &str| part.strip_prefix("AS").is_some_and(|rest| rest.parse::<u32>().is_ok());
    parts.len() <= 3
        && parts.iter().all(|part| part.bytes().all(allowed) && (is_set(part) || is_number(part)))
        && (parts.len() == 1 || parts.iter().any(|part| is_set(part)))
}

#[test]
fn as_sets_are_well_formed() {
    assert!(is_as_set("RIPE::AS64500:AS-EXAMPLE") && !is_as_set("XX::AS-A") && !is_as_set("AS1:AS2"));
    for directory in both() {
        for net in nets(directory) {
            assert!(net.irr_as_set.split(' ').all(|token| token.is_empty() || is_as_set(token)), "{net:?}");
        }
    }
}

#[test]
fn contacts_name_a_way_to_reach_them() {
    for directory in both() {
        assert!(pocs(directory).all(|contact| !contact.email.is_empty() || !contact.phone.is_empty()));
    }
}

/// Data-model specification, 10.9, for the services that occur.
fn is_account(service: &str, id: &str) -> bool {
    let only = |more: &str| id.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
    let long = |low, high| (low..=high).contains(&id.len());
    match service {
        "website" | "mastodon" => id.starts_with("http://") || id.starts_with("https://"),
        "x" => only("_") && long(4, 15),
        "instagram" => only("") && long(1, 30),
        "facebook" => only("") && long(5, 60),
        "youtube" => only("") && long(3, 30),
        "linkedin" => only("-") && long(5, 100),
        "telegram" => only("_") && long(5, 32),
        "bluesky" => only("") && long(1, 32),
        _ => false,
    }
}

#[test]
fn accounts_on_social_media_are_allowed_there() {
    for directory in both() {
        let mut accounts = 0;
        for tag in [Tag::Org, Tag::Net, Tag::Ix, Tag::Fac, Tag::Carrier, Tag::Campus] {
            for record in directory.of(tag) {
                let Value::Social(links) = record.value("social_media") else { panic!("{tag}") };
                let services: std::collections::HashSet<&str> =
                    links.iter().map(|link| &*link.service).collect();
                assert_eq!(services.len(), links.len(), "{tag} {}", record.id());
                for link in links.iter() {
                    assert!(is_account(&link.service, &link.identifier), "{link:?}");
                    accounts += usize::from(&*link.service != "website");
                }
            }
        }
        assert!(accounts > 50);
    }
}

#[test]
fn no_power_excludes_other_voltages() {
    for directory in both() {
        for fac in facs(directory) {
            let set = fac.available_voltage_services.map_or(0, |set| set.0);
            assert!(set & 1 == 0 || set == 1, "fac {}", fac.id);
        }
    }
}

#[test]
fn visible_to_many_but_not_to_all() {
    let contacts: Vec<&Poc> = pocs(&MEDIUM).filter(|contact| contact.status == Status::Ok).collect();
    let share = |visible| {
        contacts.iter().filter(|contact| contact.visible == visible).count() as f64 / contacts.len() as f64
    };
    assert!((0.30..0.40).contains(&share(model::Visibility::Public)));
    assert!((0.01..0.12).contains(&share(model::Visibility::Private)));
    let lans: Vec<&Ixlan> = ixlans(&MEDIUM).filter(|lan| lan.ixf_ixp_member_list_url.is_some()).collect();
    for visible in [model::Visibility::Public, model::Visibility::Users, model::Visibility::Private] {
        assert!(
            lans.iter().filter(|lan| lan.ixf_ixp_member_list_url_visible == visible).count()
                > lans.len() / 10
        );
    }
}
