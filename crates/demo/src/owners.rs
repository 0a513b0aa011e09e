//! Organizations.

use model::records::Org;
use model::{Status, Tag};

use crate::dice::Dice;
use crate::life::{Span, ids, statuses};
use crate::names::{Brand, initials};
use crate::sizes::Sizes;
use crate::texts::{self, Subject};
use crate::words::Pair;
use crate::world::{Line, Owner, World, fresh, some, stamp};

/// Makes all organizations, oldest first.
pub(crate) fn make(world: &mut World) {
    let dice = &mut world.dice(1);
    let statuses = statuses(dice, world.sizes.org, world.sizes.pending, Sizes::deleted(world.sizes.org));
    let ids = ids(dice, statuses.len());
    let (start, now) = (world.span.start, world.span.now);
    let mut times: Vec<_> = statuses.iter().map(|_| Span::moment(dice, start, now)).collect();
    times.sort_unstable();
    for ((status, id), created) in statuses.into_iter().zip(ids).zip(times) {
        let life = world.span.life_from(dice, status, created, world.span.now);
        let mut owner = found(world, dice);
        owner.life = life;
        owner.org.id = id;
        stamp!(owner.org, &life);
        if owner.org.geocode_status {
            owner.org.geocode_date = Some(life.updated);
        }
        world.owners.push(owner);
    }
}

fn line(dice: &mut Dice) -> Line {
    dice.weighed(&[
        (Line::Access, 555),
        (Line::Content, 178),
        (Line::Public, 160),
        (Line::Halls, 65),
        (Line::Exchange, 22),
        (Line::Carrier, 20),
    ])
}

fn found(world: &mut World, dice: &mut Dice) -> Owner {
    let line = line(dice);
    let city = match line {
        Line::Halls | Line::Exchange => world.places.hubs.pick(dice).unwrap_or_default(),
        Line::Access | Line::Content | Line::Public | Line::Carrier => {
            let country = world.places.countries.pick(dice).unwrap_or_default();
            world.places.in_country(dice, &world.words, country)
        }
    };
    let style = dice.below(60);
    let mut owner = named(world, dice, line, city, style);
    let website = if dice.chance(0.9) { texts::website(dice, &owner.domain) } else { String::new() };
    owner.org.social_media = texts::social(dice, &website, &owner.domain);
    owner.org.website = website.into();
    locate(world, dice, &mut owner);
    let subject = Subject {
        tag: Tag::Org,
        name: &owner.trade,
        city: world.words.cities[city].name,
        domain: &owner.domain,
        culture: world.words.culture(city),
    };
    owner.org.notes = texts::notes(dice, &subject, 0.08).into();
    policies(dice, &mut owner);
    owner
}

/// Finds a free name. An organization is known by its trade name, its legal name or its native name; the others
/// become `aka` and `name_long`.
fn named(world: &mut World, dice: &mut Dice, line: Line, city: usize, style: usize) -> Owner {
    let culture = world.words.culture(city);
    let place = &world.words.cities[city];
    let native = world.words.country(city).native;
    let trades: &[Pair] = match line {
        Line::Access | Line::Carrier => &culture.trades,
        Line::Content => &culture.content,
        Line::Public => &culture.public,
        Line::Halls => &culture.halls,
        Line::Exchange => &culture.exchanges,
    };
    let mut brand = Brand::invent(dice, culture, native);
    let mut trade = String::new();
    let mut aka = String::new();
    let mut long = String::new();
    let name = world.names.first_free(Tag::Org, 12, |_| {
        brand = Brand::invent(dice, culture, native);
        let phrase = match line {
            Line::Exchange | Line::Halls => plain(dice, trades),
            Line::Access | Line::Content | Line::Public | Line::Carrier => dice.pick(trades).clone(),
        };
        trade = brand.latin(&phrase, place);
        let legal = dice.pick(&culture.legal);
        let formal = legal.0.replace("{}", if dice.chance(0.5) { &trade } else { &brand.latin });
        let own = brand.native(&phrase, place);
        let own_formal = (!brand.native.is_empty()).then(|| legal.1.replace("{}", &brand.native));
        let chosen = match (own, own_formal) {
            (Some(own), Some(own_formal)) if dice.chance(0.4) => {
                (aka, long) = (trade.clone(), own);
                own_formal
            }
            (Some(own), _) if dice.chance(0.35) => {
                (aka, long) = (trade.clone(), String::new());
                own
            }
            (own, _) => {
                aka = if dice.chance(0.15) {
                    own.unwrap_or_else(|| brand.latin.clone())
                } else {
                    String::new()
                };
                long = if dice.chance(0.08) { formal.clone() } else { String::new() };
                if line == Line::Public || dice.chance(0.4) { trade.clone() } else { formal }
            }
        };
        for other in [&mut aka, &mut long] {
            if *other == chosen {
                other.clear();
            }
        }
        chosen
    });
    if aka.is_empty() && dice.chance(0.06) {
        aka = initials(&trade).unwrap_or_default();
    }
    let mut org: Org = fresh();
    org.name = name.into();
    org.aka = aka.into();
    org.name_long = long.into();
    let domain = texts::domain(dice, &trade);
    let life = world.span.life_from(dice, Status::Ok, world.span.start, world.span.now);
    Owner { org, life, brand, trade, domain, city, line, style }
}

/// A phrase for operators of several sites: one that names no city.
fn plain(dice: &mut Dice, phrases: &[Pair]) -> Pair {
    let (latin, native) = dice.pick(phrases);
    let without = |text: &str| text.replace("{c}", "").split_whitespace().collect::<Vec<_>>().join(" ");
    (without(latin), without(native))
}

fn locate(world: &World, dice: &mut Dice, owner: &mut Owner) {
    if dice.chance(0.2) {
        return;
    }
    let address = texts::address(dice, &world.words, owner.city);
    let org = &mut owner.org;
    org.city = address.city.into();
    org.country = world.words.country(owner.city).code.into();
    org.state = world.words.cities[owner.city].state.into();
    if dice.chance(0.2) {
        return;
    }
    org.address1 = address.street.into();
    org.address2 = address.second.into();
    org.suite = address.suite.into();
    org.zipcode = address.zip.into();
    if dice.chance(0.6) {
        org.latitude = Some(address.latitude);
        org.longitude = Some(address.longitude);
        org.geocode_status = true;
    }
}

fn policies(dice: &mut Dice, owner: &mut Owner) {
    if dice.chance(0.01) {
        owner.org.restrict_user_emails = true;
        owner.org.email_domains = some(owner.domain.clone());
    }
    if dice.chance(0.01) {
        owner.org.periodic_reauth = true;
        owner.org.periodic_reauth_period = some(*dice.pick(model::choices::REAUTH_PERIODS));
    }
}
