//! Networks.

use model::records::Net;
use model::{Asn, MultiChoice, Status, Tag, choices};

use crate::dice::{Dice, Pool, power_law};
use crate::life::{Life, ids};
use crate::sizes::Sizes;
use crate::texts::{self, Subject};
use crate::world::{Line, Member, World, fresh, some, stamp};

/// Numbers for documentation (RFC 5398). The networks that are nearly everywhere carry them, so that examples in
/// documents find something.
const DOCUMENTATION: [(u32, u32); 2] = [(64_496, 64_511), (65_536, 65_551)];

/// Numbers for private use (RFC 6996). All other networks carry these: a generated network must not be mistaken for
/// a real one, and there are too few numbers for documentation.
const PRIVATE: (u32, u32) = (4_200_000_000, 4_294_967_294);

struct Draft {
    owner: usize,
    life: Life,
    /// Whether it is the first network of its owner.
    first: bool,
}

/// Makes all networks, oldest first.
pub(crate) fn make(world: &mut World) {
    let dice = &mut world.dice(5);
    let mut drafts = plan(world, dice, Status::Ok, world.sizes.net);
    drafts.extend(plan(world, dice, Status::Deleted, Sizes::deleted(world.sizes.net)));
    drafts.sort_by_key(|draft| draft.life.created);
    let ids = ids(dice, drafts.len());
    let giants = giants(world, dice, &drafts);
    let mut numbers = Numbers::new(drafts.len());
    for (at, (draft, id)) in drafts.iter().zip(ids).enumerate() {
        let giant = giants.iter().position(|known| *known == at);
        let asn = numbers.next(dice, giant);
        let member = build(world, dice, draft, id, asn, giant);
        world.members.push(member);
    }
}

/// Decides who has networks: nearly everybody one, some many.
fn plan(world: &World, dice: &mut Dice, status: Status, amount: usize) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for owner in 0..world.owners.len() {
        let probability = match world.owners[owner].line {
            Line::Halls | Line::Exchange => 0.5,
            Line::Access | Line::Content | Line::Public | Line::Carrier => 1.0,
        };
        push_first(world, dice, &mut drafts, owner, status, probability);
    }
    drafts.truncate(amount);
    let live = world.owners_of(&[Line::Halls, Line::Access, Line::Content, Line::Carrier], Status::Ok);
    let pool = Pool::new(live.iter().enumerate().map(|(rank, owner)| (*owner, power_law(rank, 9.0, 1.0))));
    while drafts.len() < amount {
        let Some(owner) = pool.pick(dice) else { break };
        let parent = &world.owners[owner].life;
        let life = world.span.life(dice, status, parent.created, parent.end(world.span));
        drafts.push(Draft { owner, life, first: false });
    }
    drafts
}

fn push_first(
    world: &World,
    dice: &mut Dice,
    drafts: &mut Vec<Draft>,
    owner: usize,
    status: Status,
    probability: f64,
) {
    let parent = &world.owners[owner].life;
    if parent.status == status && dice.chance(probability) {
        let life = world.span.early_life(dice, status, parent.created, parent.end(world.span));
        drafts.push(Draft { owner, life, first: true });
    }
}

/// The networks that are nearly everywhere: old ones of those who sell or send.
fn giants(world: &World, dice: &mut Dice, drafts: &[Draft]) -> Vec<usize> {
    let fit = |draft: &Draft| {
        let line = world.owners[draft.owner].line;
        draft.life.status == Status::Ok && draft.first && matches!(line, Line::Access | Line::Content)
    };
    let old = drafts.len() / 4;
    let mut found: Vec<usize> = (0..old).filter(|at| fit(&drafts[*at])).collect();
    dice.shuffle(&mut found);
    found.truncate(world.sizes.giants);
    found
}

/// AS numbers, handed out in order of creation as registries do.
struct Numbers {
    next: u32,
    step: u32,
}

impl Numbers {
    fn new(amount: usize) -> Numbers {
        let room = (PRIVATE.1 - PRIVATE.0) / (amount as u32 + 1);
        Numbers { next: PRIVATE.0, step: room.clamp(1, 1900) }
    }

    fn next(&mut self, dice: &mut Dice, giant: Option<usize>) -> Asn {
        if let Some(number) = giant.and_then(documented) {
            return Asn(number);
        }
        self.next += dice.between(1, self.step);
        Asn(self.next)
    }
}

/// The n-th number for documentation.
fn documented(n: usize) -> Option<u32> {
    DOCUMENTATION.iter().flat_map(|(first, last)| *first..=*last).nth(n)
}

fn build(
    world: &mut World,
    dice: &mut Dice,
    draft: &Draft,
    id: u32,
    asn: Asn,
    giant: Option<usize>,
) -> Member {
    let mut net: Net = fresh();
    net.id = id;
    net.asn = asn;
    net.org_id = world.owners[draft.owner].org.id;
    let weight = match giant {
        Some(rank) => 2_500.0 / (1.0 + rank as f64 * 0.1),
        None => (dice.unit() + 0.0001).powf(-0.75).min(900.0),
    };
    name(world, dice, draft, &mut net);
    classify(world, dice, draft.owner, weight, &mut net);
    policies(dice, weight, &mut net);
    reach(world, dice, draft, &mut net);
    register(world, dice, draft, &mut net);
    stamp!(net, &draft.life);
    Member { net, life: draft.life, owner: draft.owner, weight, giant }
}

/// Parts of an operator that have a network of their own.
const PARTS: &[&str] = &[
    "Backbone",
    "CDN",
    "Business",
    "Mobile",
    "Wholesale",
    "Cloud",
    "Lab",
    "Transit",
    "Voice",
    "Anycast",
    "Europe",
    "Asia",
    "Americas",
    "Africa",
    "Security",
    "Edge",
];

fn name(world: &mut World, dice: &mut Dice, draft: &Draft, net: &mut Net) {
    let owner = &world.owners[draft.owner];
    let words = &world.words;
    let city = &words.cities[owner.city];
    let servers = owner.line == Line::Exchange && dice.chance(0.7);
    let native = Some(&owner.org.name).filter(|name| !name.is_ascii() && !owner.brand.native.is_empty());
    let chosen = world.names.first_free(Tag::Net, 6, |attempt| {
        if servers && attempt < 2 {
            return format!("{} Route Servers", owner.trade);
        }
        if draft.first {
            return match (attempt, dice.below(20)) {
                (0, 0..=9) => owner.trade.clone(),
                (0, _) => owner.org.name.to_string(),
                (1, _) => owner.trade.clone(),
                (2, _) => format!("{} {}", owner.trade, city.name),
                (_, _) => format!("{} AS{}", owner.trade, net.asn.0),
            };
        }
        match dice.below(3) {
            0 => format!("{} {}", owner.trade, dice.pick(&words.cities).name),
            1 if attempt < 3 => format!("{} {}", owner.brand.latin, dice.pick(PARTS)),
            _ => format!("{} {}", owner.trade, dice.pick(PARTS)),
        }
    });
    let aka = match dice.below(20) {
        0..=2 => owner.brand.latin.clone(),
        3 => crate::names::initials(&owner.trade).unwrap_or_default(),
        4 => format!("{}, {}", owner.brand.latin, owner.trade),
        5..=9 => native.map(|name| name.to_string()).unwrap_or_default(),
        _ => String::new(),
    };
    if aka != chosen {
        net.aka = aka.into();
    }
    if dice.chance(0.12) && *chosen != *owner.org.name {
        net.name_long = owner.org.name.clone();
    }
    net.name = chosen.into();
    if servers {
        net.info_types.insert(choices::NET_TYPES, "Route Server");
    }
}

fn classify(world: &World, dice: &mut Dice, owner: usize, weight: f64, net: &mut Net) {
    let line = world.owners[owner].line;
    if net.info_types.0 == 0 && dice.chance(0.94) {
        let kind = match line {
            Line::Access => dice.weighed(&[("Cable/DSL/ISP", 70), ("NSP", 28), ("Network Services", 2)]),
            Line::Content => dice.weighed(&[("Content", 80), ("Network Services", 14), ("Enterprise", 6)]),
            Line::Public => dice.weighed(&[
                ("Educational/Research", 40),
                ("Enterprise", 35),
                ("Government", 12),
                ("Non-Profit", 12),
                ("Route Collector", 1),
            ]),
            Line::Halls => dice.weighed(&[("Content", 40), ("NSP", 40), ("Network Services", 20)]),
            Line::Exchange => dice.weighed(&[("Network Services", 50), ("Non-Profit", 50)]),
            Line::Carrier => "NSP",
        };
        net.info_types.insert(choices::NET_TYPES, kind);
        if dice.chance(0.08) {
            let extra = *dice.pick(choices::NET_TYPES);
            net.info_types.insert(choices::NET_TYPES, extra);
        }
    }
    // Heavy networks of those who carry others have more of everything.
    let level = (3.6 + 1.85 * weight.ln() + 4.0 * (dice.unit() - 0.5)).clamp(1.0, 18.0);
    if !dice.chance(0.22) {
        net.info_traffic = choices::TRAFFIC[level as usize].into();
    }
    net.info_ratio = ratio(dice, line, net.info_types).into();
    net.info_scope = scope(world, dice, owner, level).into();
    prefixes(dice, level, net);
}

fn ratio(dice: &mut Dice, line: Line, types: MultiChoice) -> &'static str {
    if dice.chance(0.25) {
        return dice.weighed(&[("Not Disclosed", 8), ("", 1)]);
    }
    match line {
        Line::Content => dice.weighed(&[("Heavy Outbound", 40), ("Mostly Outbound", 40), ("Balanced", 20)]),
        Line::Halls => dice.weighed(&[("Mostly Outbound", 50), ("Balanced", 40), ("Heavy Outbound", 10)]),
        _ if types.0 & 1 != 0 => {
            dice.weighed(&[("Balanced", 70), ("Mostly Inbound", 20), ("Mostly Outbound", 10)])
        }
        _ => dice.weighed(&[("Mostly Inbound", 50), ("Balanced", 30), ("Heavy Inbound", 20)]),
    }
}

fn scope(world: &World, dice: &mut Dice, owner: usize, level: f64) -> &'static str {
    let continent = world.words.country(world.owners[owner].city).continent;
    match (dice.below(20), level as u32) {
        (0..=2, _) => "Not Disclosed",
        (3, _) => "",
        (_, 12..) | (4..=5, _) => "Global",
        (6..=13, 0..8) => "Regional",
        _ => continent,
    }
}

fn prefixes(dice: &mut Dice, level: f64, net: &mut Net) {
    if dice.chance(0.1) {
        return;
    }
    let spread = (level * 0.62 + 1.5 * dice.unit()).exp();
    let four = (spread as u32).min(900_000);
    let six = ((spread * 0.3 * dice.unit()) as u32).min(150_000);
    // People write round numbers.
    let round = |n: u32| if n > 20 { n / 10 * 10 } else { n };
    net.info_prefixes4 = Some(round(four));
    net.info_prefixes6 = Some(round(six));
}

fn policies(dice: &mut Dice, weight: f64, net: &mut Net) {
    let large = weight > 60.0;
    net.policy_general = if large {
        dice.weighed(&[("Open", 35), ("Selective", 42), ("Restrictive", 18), ("No", 3), ("", 2)])
    } else {
        dice.weighed(&[("Open", 74), ("Selective", 15), ("Restrictive", 4), ("No", 2), ("", 5)])
    }
    .into();
    let open = matches!(&*net.policy_general, "Open" | "");
    net.policy_locations = if open {
        dice.weighed(&[("Not Required", 85), ("Preferred", 11), ("", 4)])
    } else {
        dice.weighed(&[
            ("Not Required", 35),
            ("Preferred", 35),
            ("Required - US", 6),
            ("Required - EU", 9),
            ("Required - International", 15),
        ])
    }
    .into();
    net.policy_contracts = if open {
        dice.weighed(&[("Not Required", 92), ("Private Only", 4), ("", 4)])
    } else {
        dice.weighed(&[("Not Required", 55), ("Private Only", 20), ("Required", 25)])
    }
    .into();
    net.policy_ratio = dice.chance(if open { 0.02 } else { 0.3 });
    net.info_unicast = dice.chance(0.97);
    net.info_multicast = dice.chance(0.05);
    net.info_ipv6 = dice.chance(0.78);
    net.info_never_via_route_servers = dice.chance(if large { 0.25 } else { 0.03 });
    if net.info_never_via_route_servers || dice.chance(0.03) {
        let mut exclude: Vec<model::scalar::Text> = Vec::new();
        for word in choices::IXP_UPDATE_EXCLUDE {
            if dice.chance(0.3) {
                exclude.push((*word).into());
            }
        }
        net.ixp_update_exclude = exclude.into_boxed_slice();
    }
}

fn reach(world: &World, dice: &mut Dice, draft: &Draft, net: &mut Net) {
    let owner = &world.owners[draft.owner];
    let domain = &owner.domain;
    if owner.org.website.is_empty() {
        net.website = texts::website(dice, domain).into();
    } else if dice.chance(0.85) {
        net.website = owner.org.website.clone();
    }
    net.social_media = texts::social(dice, &net.website, domain);
    if dice.chance(0.12) {
        net.looking_glass = format!("https://lg.{domain}/").into();
    }
    if dice.chance(0.03) {
        net.route_server = format!("telnet://route-server.{domain}").into();
    }
    if dice.chance(0.18) {
        net.policy_url = format!("https://www.{domain}/peering").into();
    }
    if dice.chance(0.05) {
        net.status_dashboard = some(format!("https://status.{domain}"));
    } else if dice.chance(0.5) {
        net.status_dashboard = some("");
    }
    let city = world.words.cities[owner.city].name;
    let subject =
        Subject { tag: Tag::Net, name: &net.name, city, domain, culture: world.culture(draft.owner) };
    net.notes = texts::notes(dice, &subject, 0.35).into();
    if dice.chance(0.01) {
        net.notes_private = "Asked about the unusual name; answered by telephone.".into();
    }
}

/// What registries and routing registries know of the network.
fn register(world: &World, dice: &mut Dice, draft: &Draft, net: &mut Net) {
    let owner = &world.owners[draft.owner];
    let source = match world.words.country(owner.city).continent {
        "Africa" => "AFRINIC",
        "Asia Pacific" | "Australia" => "APNIC",
        "South America" => "LACNIC",
        "North America" => dice.weighed(&[("ARIN", 4), ("RADB", 2), ("ALTDB", 1)]),
        _ => "RIPE",
    };
    let name: String = texts::slug(&owner.brand.latin).to_uppercase();
    let asn = net.asn.0;
    net.irr_as_set = match dice.below(20) {
        0..=6 => String::new(),
        7..=10 => format!("{source}::AS-{name}"),
        11..=12 => format!("AS-{name}"),
        13..=15 => format!("{source}::AS{asn}:AS-{name}"),
        16 => format!("AS{asn}:AS-{name} {source}::AS-{name}-V6"),
        17 => format!("{source}::AS{asn}:AS-{name}:AS-CUSTOMERS"),
        _ => format!("AS{asn}"),
    }
    .into();
    let deleted = draft.life.status == Status::Deleted;
    let word = if deleted {
        dice.weighed(&[("available", 5), ("reserved", 2), ("", 2), ("assigned", 3)])
    } else {
        dice.weighed(&[("assigned", 40), ("allocated", 40), ("ok", 15), ("pending", 3), ("", 2)])
    };
    net.rir_status = (!word.is_empty()).then(|| word.into());
    net.rir_status_updated =
        Some(crate::life::Span::moment(dice, draft.life.created, draft.life.end(world.span)));
}
