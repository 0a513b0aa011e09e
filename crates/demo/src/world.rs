//! What the parts of the generator hand to each other.

use std::collections::HashMap;

use model::records::{
    Campus, Carrier, Carrierfac, Fac, Ix, Ixfac, Ixlan, Ixpfx, Net, Netfac, Netixlan, Org, Poc,
};
use model::scalar::Text;
use model::{Record, Status, Time};

use crate::dice::{Dice, Pool};
use crate::life::{Life, Span};
use crate::names::{Brand, Names};
use crate::sizes::Sizes;
use crate::words::{Culture, Words};

/// What an organization lives from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Sells connectivity.
    Access,
    /// Sends content.
    Content,
    /// A school, an authority, a bank.
    Public,
    /// Runs facilities.
    Halls,
    /// Runs exchanges.
    Exchange,
    /// Sells transport between facilities.
    Carrier,
}

/// An organization and what the names of its belongings are made of.
pub(crate) struct Owner {
    pub(crate) org: Org,
    pub(crate) life: Life,
    pub(crate) brand: Brand,
    /// The name that it trades under, without legal form.
    pub(crate) trade: String,
    pub(crate) domain: String,
    pub(crate) city: usize,
    pub(crate) line: Line,
    /// Chooses among the patterns of names, the same for all that the organization owns.
    pub(crate) style: usize,
}

/// A facility.
pub(crate) struct Site {
    pub(crate) fac: Fac,
    pub(crate) life: Life,
    pub(crate) owner: usize,
    pub(crate) city: usize,
    /// Attraction for those who look for a place.
    pub(crate) weight: f64,
}

/// An exchange with its LAN.
pub(crate) struct Exchange {
    pub(crate) ix: Ix,
    pub(crate) lan: Ixlan,
    pub(crate) prefixes: Vec<Ixpfx>,
    pub(crate) life: Life,
    pub(crate) city: usize,
    /// Attraction for networks.
    pub(crate) weight: f64,
}

/// A network.
pub(crate) struct Member {
    pub(crate) net: Net,
    pub(crate) life: Life,
    pub(crate) owner: usize,
    /// How likely it is to be found somewhere.
    pub(crate) weight: f64,
    /// Its place among those that are nearly everywhere.
    pub(crate) giant: Option<usize>,
}

/// A carrier.
pub(crate) struct Hauler {
    pub(crate) carrier: Carrier,
    pub(crate) life: Life,
    pub(crate) owner: usize,
    pub(crate) weight: f64,
}

/// The directory in the making.
pub(crate) struct World {
    pub(crate) words: Words,
    pub(crate) sizes: Sizes,
    pub(crate) seed: u64,
    pub(crate) span: Span,
    pub(crate) names: Names,
    pub(crate) places: Places,
    pub(crate) owners: Vec<Owner>,
    pub(crate) sites: Vec<Site>,
    pub(crate) campuses: Vec<Campus>,
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) members: Vec<Member>,
    pub(crate) haulers: Vec<Hauler>,
    pub(crate) contacts: Vec<Poc>,
    pub(crate) carrierfacs: Vec<Carrierfac>,
    pub(crate) netfacs: Vec<Netfac>,
    pub(crate) ixfacs: Vec<Ixfac>,
    pub(crate) ports: Vec<Netixlan>,
}

impl World {
    pub(crate) fn new(sizes: Sizes, seed: u64, now: Time) -> World {
        let words = Words::read();
        let places = Places::new(&words, sizes.hubs);
        World {
            words,
            sizes,
            seed,
            span: Span::until(now),
            names: Names::default(),
            places,
            owners: Vec::new(),
            sites: Vec::new(),
            campuses: Vec::new(),
            exchanges: Vec::new(),
            members: Vec::new(),
            haulers: Vec::new(),
            contacts: Vec::new(),
            carrierfacs: Vec::new(),
            netfacs: Vec::new(),
            ixfacs: Vec::new(),
            ports: Vec::new(),
        }
    }

    pub(crate) fn dice(&self, stream: u64) -> Dice {
        Dice::new(self.seed, stream)
    }

    /// The words that belong to an organization.
    pub(crate) fn culture(&self, owner: usize) -> &Culture {
        self.words.culture(self.owners[owner].city)
    }

    /// Owners of a line and status, oldest first.
    pub(crate) fn owners_of(&self, lines: &[Line], status: Status) -> Vec<usize> {
        let of = |owner: &Owner| lines.contains(&owner.line) && owner.life.status == status;
        (0..self.owners.len()).filter(|at| of(&self.owners[*at])).collect()
    }
}

/// Cities to choose from.
pub(crate) struct Places {
    /// Countries by number of organizations.
    pub(crate) countries: Pool,
    /// Cities with facilities and exchanges, of the world.
    pub(crate) hubs: Pool,
    by_continent: HashMap<&'static str, Pool>,
    by_country: HashMap<usize, Pool>,
}

impl Places {
    fn new(words: &Words, hubs: usize) -> Places {
        let mut order: Vec<usize> = (0..words.cities.len()).collect();
        order.sort_by(|a, b| words.cities[*b].hub.total_cmp(&words.cities[*a].hub));
        order.truncate(hubs);
        let mut places = Places {
            countries: Pool::new(words.countries.iter().map(|country| country.weight).enumerate()),
            hubs: Pool::default(),
            by_continent: HashMap::new(),
            by_country: HashMap::new(),
        };
        for city in order {
            let weight = words.cities[city].hub;
            places.hubs.push(city, weight);
            places.by_continent.entry(words.country(city).continent).or_default().push(city, weight);
            places.by_country.entry(words.cities[city].country).or_default().push(city, weight);
        }
        places
    }

    /// A hub on the continent of a city, or in its country.
    pub(crate) fn near(&self, dice: &mut Dice, words: &Words, city: usize, same_country: bool) -> usize {
        let country = self.by_country.get(&words.cities[city].country);
        let continent = self.by_continent.get(words.country(city).continent);
        let pool = if same_country { country.or(continent) } else { continent };
        pool.and_then(|pool| pool.pick(dice)).unwrap_or(city)
    }

    /// Any city of a country; larger hubs more often.
    pub(crate) fn in_country(&self, dice: &mut Dice, words: &Words, country: usize) -> usize {
        let cities = &words.countries[country].cities;
        let pool = Pool::new(cities.iter().map(|city| (*city, 1.0 + words.cities[*city].hub.sqrt())));
        pool.pick(dice).unwrap_or_default()
    }
}

/// A record with the declared default in every field.
pub(crate) fn fresh<R: Record>() -> R {
    let mut record = R::default();
    for (position, field) in R::FIELDS.iter().enumerate() {
        if let Some(value) = field.default.value() {
            // A declared default fits its field: `model` tests that for every type.
            let _ = record.put(position, value);
        }
    }
    record
}

/// Sets the stamps of a record.
macro_rules! stamp {
    ($record:expr, $life:expr) => {{
        let life: &$crate::life::Life = $life;
        $record.status = life.status;
        $record.created = life.created;
        $record.updated = life.updated;
        $record.version = life.version;
    }};
}
pub(crate) use stamp;

/// A text that may be absent.
pub(crate) fn some(text: impl Into<Text>) -> Option<Text> {
    Some(text.into())
}
