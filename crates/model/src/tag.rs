//! The type tags of the API.

use std::fmt;
use std::str::FromStr;

/// One of the thirteen record types, named by its tag in API paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Tag {
    /// Organization.
    Org,
    /// Campus: facilities of one organization close to each other.
    Campus,
    /// Facility.
    Fac,
    /// Internet exchange.
    Ix,
    /// The peering LAN of an exchange; shares its id.
    Ixlan,
    /// A prefix of a peering LAN.
    Ixpfx,
    /// Network, identified by its ASN.
    Net,
    /// Contact of a network.
    Poc,
    /// Carrier.
    Carrier,
    /// Presence of a carrier at a facility.
    Carrierfac,
    /// Presence of a network at a facility.
    Netfac,
    /// Presence of an exchange at a facility.
    Ixfac,
    /// Port of a network at an exchange LAN.
    Netixlan,
}

impl Tag {
    /// All types, parents before children (a facility may name a campus).
    pub const ALL: [Tag; 13] = [
        Tag::Org,
        Tag::Campus,
        Tag::Fac,
        Tag::Ix,
        Tag::Ixlan,
        Tag::Ixpfx,
        Tag::Net,
        Tag::Poc,
        Tag::Carrier,
        Tag::Carrierfac,
        Tag::Netfac,
        Tag::Ixfac,
        Tag::Netixlan,
    ];

    /// The order of the API index (`GET /api/`).
    pub const INDEX: [Tag; 13] = [
        Tag::Fac,
        Tag::Carrier,
        Tag::Carrierfac,
        Tag::Ix,
        Tag::Ixfac,
        Tag::Ixlan,
        Tag::Ixpfx,
        Tag::Net,
        Tag::Poc,
        Tag::Netfac,
        Tag::Netixlan,
        Tag::Org,
        Tag::Campus,
    ];

    /// The tag as it stands in paths and documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Tag::Org => "org",
            Tag::Campus => "campus",
            Tag::Fac => "fac",
            Tag::Ix => "ix",
            Tag::Ixlan => "ixlan",
            Tag::Ixpfx => "ixpfx",
            Tag::Net => "net",
            Tag::Poc => "poc",
            Tag::Carrier => "carrier",
            Tag::Carrierfac => "carrierfac",
            Tag::Netfac => "netfac",
            Tag::Ixfac => "ixfac",
            Tag::Netixlan => "netixlan",
        }
    }

    /// The model name that error messages of the API use.
    pub const fn model_name(self) -> &'static str {
        match self {
            Tag::Org => "Organization",
            Tag::Campus => "Campus",
            Tag::Fac => "Facility",
            Tag::Ix => "InternetExchange",
            Tag::Ixlan => "IXLan",
            Tag::Ixpfx => "IXLanPrefix",
            Tag::Net => "Network",
            Tag::Poc => "NetworkContact",
            Tag::Carrier => "Carrier",
            Tag::Carrierfac => "CarrierFacility",
            Tag::Netfac => "NetworkFacility",
            Tag::Ixfac => "InternetExchangeFacility",
            Tag::Netixlan => "NetworkIXLan",
        }
    }

    /// The reference to the record that one of this type belongs to, and that record's type; `None` for organizations.
    /// Following it to its end leads to the organization that owns a record.
    pub const fn parent(self) -> Option<(&'static str, Tag)> {
        match self {
            Tag::Org => None,
            Tag::Campus | Tag::Fac | Tag::Ix | Tag::Net | Tag::Carrier => Some(("org_id", Tag::Org)),
            Tag::Ixlan => Some(("ix_id", Tag::Ix)),
            Tag::Ixpfx => Some(("ixlan_id", Tag::Ixlan)),
            Tag::Ixfac => Some(("ix_id", Tag::Ix)),
            Tag::Poc | Tag::Netfac | Tag::Netixlan => Some(("net_id", Tag::Net)),
            Tag::Carrierfac => Some(("carrier_id", Tag::Carrier)),
        }
    }

    /// Position in [`Tag::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is no type tag.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownTag;

impl FromStr for Tag {
    type Err = UnknownTag;

    fn from_str(text: &str) -> Result<Tag, UnknownTag> {
        Tag::ALL.into_iter().find(|tag| tag.as_str() == text).ok_or(UnknownTag)
    }
}
