//! The declaration of a field: what it is, where its value comes from, who may write it, how it is shown.

use crate::tag::Tag;

/// One field of a record type.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Name on the wire, in filters and in storage.
    pub name: &'static str,
    /// Type and limits.
    pub kind: Kind,
    /// Where the value comes from.
    pub source: Source,
    /// Whether the stored value may be absent (`null`).
    pub null: bool,
    /// The value of a new record that does not name the field.
    pub default: Preset,
    /// Presence in the API and right to write.
    pub api: Api,
    /// How the shown value differs from the stored one.
    pub show: Show,
    /// Whether the column filters of the API (`name=`, `name__op=`) reach the field.
    pub filterable: bool,
}

/// Type and limits of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The record's id, assigned by the server and never reused.
    Id,
    /// Id of a record of another type.
    Ref(Tag),
    /// Autonomous system number.
    Asn,
    /// Integer within inclusive bounds.
    Int {
        /// Smallest value.
        min: u32,
        /// Largest value.
        max: u32,
    },
    /// Boolean.
    Bool,
    /// Text of at most `max` characters; 0 means without limit.
    Text {
        /// Characters.
        max: u16,
    },
    /// URL of at most `max` characters.
    Url {
        /// Characters.
        max: u16,
    },
    /// Mail address (RFC 5321), at most 254 characters.
    Email,
    /// Telephone number in E.164 form.
    Phone {
        /// Characters.
        max: u16,
    },
    /// One word of a list.
    Choice(&'static [&'static str]),
    /// Several words of a list, stored joined by commas in definition order.
    MultiChoice(&'static [&'static str]),
    /// ISO 3166-1 alpha-2 code.
    Country,
    /// Time, microseconds.
    Time,
    /// Coordinate, six decimals.
    Degrees,
    /// IPv4 address.
    Ipv4,
    /// IPv6 address.
    Ipv6,
    /// IP prefix.
    Prefix,
    /// MAC address.
    Mac,
    /// List of social media entries.
    Social,
    /// List of words out of a list.
    Words(&'static [&'static str]),
    /// A nested record or list of records.
    Nested,
}

/// Where a field's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A column of the record itself.
    Stored,
    /// A field of the record that a reference names.
    Join {
        /// The reference field of this record.
        via: &'static str,
        /// The field of the other record.
        field: &'static str,
    },
    /// Computed from the record and its neighbours.
    Derived(Derived),
    /// The record that a reference names, as a nested object; present under details from depth 1.
    Object {
        /// Type of the nested record.
        tag: Tag,
        /// The reference field of this record.
        via: &'static str,
    },
    /// Records that belong to this one: ids at depth 1, objects from depth 2.
    Set(SetPath),
}

/// Computations behind derived fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derived {
    /// net: first of `info_types` in definition order, or empty.
    FirstInfoType,
    /// netixlan: name of the exchange, with `: <LAN name>` behind it when the LAN has one.
    PortName,
    /// netixlan: id of the exchange, which equals the id of its LAN.
    PortIx,
    /// ix: whether its LAN has a published prefix of this protocol.
    HasPrefix(crate::scalar::Protocol),
    /// campus: this field of its first published facility by id, or empty.
    FirstFac(&'static str),
}

/// How the records of a set are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetPath {
    /// Type of the elements.
    pub element: Tag,
    /// The way from owner to elements.
    pub route: Route,
    /// Keys that the elements leave out because they point back to the owner.
    pub dropped: &'static [&'static str],
}

/// The way from the owner of a set to its elements; only published records count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Elements whose reference field names the owner.
    Children(&'static str),
    /// Elements that link records of type `link` connect with the owner; one element per link.
    Through {
        /// Type of the linking records.
        link: Tag,
        /// Reference field of the link that names the owner.
        owner: &'static str,
        /// Reference field of the link that names the element.
        element: &'static str,
    },
}

/// Presence of a field in the API, and who may write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// Never shown, never filterable.
    Hidden,
    /// Shown; what clients send is ignored.
    Read,
    /// Shown and writable.
    Write,
    /// Shown, writable, and needed in `POST` and `PUT`.
    Required,
}

/// How the shown value differs from the stored one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// It does not.
    Plain,
    /// Own value, else the organization's website.
    Website,
    /// The `website` entry is replaced by, or completed with, the record's own website.
    Social,
    /// `ok` for the good registry states, else `null`.
    RirStatus,
    /// Absolute URL below the media prefix, or `null`.
    Logo,
    /// A constant.
    Fixed(Preset),
    /// Empty once the record is deleted.
    Personal,
    /// Only to those who may see it; the key is absent for others.
    FeedUrl,
    /// Multi-choice members in alphabetical order.
    Alphabetical,
}

/// A constant field value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// The type's empty value: null, empty text or list, 0, false.
    Empty,
    /// A text.
    Text(&'static str),
    /// An integer.
    Int(u32),
    /// A boolean.
    Bool(bool),
}

impl Preset {
    /// The constant as a value; `None` for the type's empty value.
    pub const fn value(self) -> Option<crate::Value<'static>> {
        match self {
            Preset::Empty => None,
            Preset::Text(text) => Some(crate::Value::text(text)),
            Preset::Int(n) => Some(crate::Value::Int(n as i64)),
            Preset::Bool(b) => Some(crate::Value::Bool(b)),
        }
    }
}

impl Field {
    /// Whether the record has a column for it.
    pub const fn is_stored(&self) -> bool {
        matches!(self.source, Source::Stored)
    }

    /// Whether it is a nested object or a set.
    pub const fn is_nested(&self) -> bool {
        matches!(self.source, Source::Object { .. } | Source::Set(_))
    }

    /// Whether the flat row of the API has a key for it.
    pub const fn is_flat(&self) -> bool {
        !self.is_nested() && !matches!(self.api, Api::Hidden)
    }

    pub(crate) const fn new(kind: Kind) -> Field {
        Field {
            name: "",
            kind,
            source: Source::Stored,
            null: false,
            default: Preset::Empty,
            api: Api::Write,
            show: Show::Plain,
            filterable: true,
        }
    }

    pub(crate) const fn named(mut self, name: &'static str) -> Field {
        self.name = name;
        self
    }

    pub(crate) const fn null(mut self) -> Field {
        self.null = true;
        self
    }

    pub(crate) const fn read_only(mut self) -> Field {
        self.api = Api::Read;
        self
    }

    pub(crate) const fn required(mut self) -> Field {
        self.api = Api::Required;
        self
    }

    pub(crate) const fn hidden(mut self) -> Field {
        self.api = Api::Hidden;
        self.filterable = false;
        self
    }

    pub(crate) const fn unfilterable(mut self) -> Field {
        self.filterable = false;
        self
    }

    pub(crate) const fn default(mut self, default: Preset) -> Field {
        self.default = default;
        self
    }

    pub(crate) const fn show(mut self, show: Show) -> Field {
        self.show = show;
        self
    }

    pub(crate) const fn source(mut self, source: Source) -> Field {
        self.source = source;
        self.api = Api::Read;
        self
    }
}

/// The fields of one record type, in the order of the API's keys; hidden ones last.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// The type.
    pub tag: Tag,
    /// All fields.
    pub fields: &'static [Field],
}

impl Table {
    /// Position of the field of this name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The stored fields with their positions.
    pub fn stored(&self) -> impl Iterator<Item = (usize, &'static Field)> {
        self.fields.iter().enumerate().filter(|(_, field)| field.is_stored())
    }
}
