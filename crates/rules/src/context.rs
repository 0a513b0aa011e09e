//! What a decision is made from.

use catalog::Snapshot;
use ipnet::IpNet;
use model::access::Viewer;
use model::{Tag, Time};

/// Everything that a plan may depend on beside the command.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The directory as it is.
    pub snapshot: &'a Snapshot,
    /// Who asks.
    pub author: &'a Author,
    /// What the operator decided.
    pub policy: &'a Policy,
    /// What was found out about the outside world.
    pub facts: &'a Facts,
    /// The present moment.
    pub now: Time,
    /// The ids of new records.
    pub next_ids: &'a NextIds,
}

/// Who asks for a change.
#[derive(Clone, Debug)]
pub struct Author {
    /// Permissions, and what may be read.
    pub viewer: Viewer,
    /// Confirmed mail addresses: all of a person's, or the one of an organization's key.
    pub emails: Vec<String>,
    /// Whether the caller is known only by a key or not at all; otherwise a person stands behind the request.
    pub user: Option<u32>,
}

/// What the operator decided.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The organization that suggested records belong to until their owner is known.
    pub suggestion_org: Option<u32>,
    /// Where people get help; stands in messages.
    pub support: String,
    /// The mail address that tickets go to.
    pub desk: String,
    /// Whether numbers and networks for documentation and private use are accepted (a directory to learn with).
    pub tutorial: bool,
    /// Whether exchanges may be published without a look at them (data-model specification, 13).
    pub approve_exchanges: bool,
    /// Whether addresses are looked up in a geocoder when they change. Without one, positions stay as they are.
    pub geocoding: bool,
    /// Networks that a member list needs before it vouches for an exchange.
    pub feed_networks_min: usize,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            suggestion_org: None,
            support: "support".to_owned(),
            // Nobody outside gets what nobody said where to send.
            desk: "support@localhost".to_owned(),
            tutorial: false,
            approve_exchanges: false,
            geocoding: false,
            feed_networks_min: 3,
        }
    }
}

/// For each type the id of the next new record, by [`Tag::index`]: larger than any that was ever used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextIds(pub [u32; 13]);

impl NextIds {
    /// The ids behind those of a snapshot. Records that were purged have to be taken into account beside it.
    pub fn behind(snapshot: &Snapshot) -> NextIds {
        NextIds(Tag::ALL.map(|tag| snapshot.entries(tag).last().map_or(1, |entry| entry.record().id() + 1)))
    }

    /// Takes an id.
    pub(crate) fn take(&mut self, tag: Tag) -> u32 {
        let next = &mut self.0[tag.index()];
        let id = *next;
        *next += 1;
        id
    }
}

/// A fact about the outside world that a plan depends on.
#[derive(Clone, Debug, PartialEq)]
pub enum Need {
    /// What the registries say about an AS number.
    Asn(u32),
    /// What the registries say about a prefix.
    Prefix(IpNet),
    /// Where an address is.
    Place(Place),
    /// The member list of an exchange at a URL.
    Feed(String),
}

/// An address to be located.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Street.
    pub address1: String,
    /// City.
    pub city: String,
    /// State or province.
    pub state: String,
    /// Postal code.
    pub zipcode: String,
    /// ISO 3166-1 alpha-2 code.
    pub country: String,
}

/// What the registries say about a number or prefix (RFC 9083).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registration {
    /// It is registered; the mail addresses of its contacts, in lower case.
    Found {
        /// Addresses.
        emails: Vec<String>,
    },
    /// No registry has assigned it.
    NotFound,
    /// The registries gave no usable answer; the text says why.
    Failed(String),
}

/// Facts that were found out, by what was asked.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// AS numbers.
    pub asns: Vec<(u32, Registration)>,
    /// Prefixes.
    pub prefixes: Vec<(IpNet, Registration)>,
    /// Addresses: where they are, `None` when no one knows, or why it is not known.
    pub places: Vec<(Place, Result<Option<model::geo::Point>, String>)>,
    /// Member lists: the AS numbers in them, or why they could not be read.
    pub feeds: Vec<(String, Result<Vec<u32>, String>)>,
}

impl Facts {
    /// What the registries say about a number.
    ///
    /// # Errors
    /// When it was not asked yet.
    pub(crate) fn asn(&self, asn: u32) -> Result<&Registration, Need> {
        look_up(&self.asns, &asn).ok_or(Need::Asn(asn))
    }

    /// What the registries say about a prefix.
    ///
    /// # Errors
    /// When it was not asked yet.
    pub(crate) fn prefix(&self, prefix: IpNet) -> Result<&Registration, Need> {
        look_up(&self.prefixes, &prefix).ok_or(Need::Prefix(prefix))
    }

    /// Where an address is.
    ///
    /// # Errors
    /// When it was not asked yet.
    pub(crate) fn place(&self, place: &Place) -> Result<&Result<Option<model::geo::Point>, String>, Need> {
        look_up(&self.places, place).ok_or_else(|| Need::Place(place.clone()))
    }

    /// The AS numbers of a member list.
    ///
    /// # Errors
    /// When it was not asked yet.
    pub(crate) fn feed(&self, url: &str) -> Result<&Result<Vec<u32>, String>, Need> {
        self.feeds
            .iter()
            .find(|(known, _)| known == url)
            .map(|(_, list)| list)
            .ok_or_else(|| Need::Feed(url.to_owned()))
    }
}

fn look_up<'a, K: PartialEq, V>(known: &'a [(K, V)], asked: &K) -> Option<&'a V> {
    known.iter().find(|(key, _)| key == asked).map(|(_, value)| value)
}
