//! The filter language as it is documented (rest-api specification, sections 3, 5 and 6): what each parameter name
//! means for each type. Written apart from the program, so that tests can hold the one against the other.

use model::{Api, Field, Kind, Show, Tag};

/// Comparison that a parameter asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// No operator: equality, or what stands for it.
    Exact,
    /// `__lt`.
    Lt,
    /// `__lte`.
    Lte,
    /// `__gt`.
    Gt,
    /// `__gte`.
    Gte,
    /// `__contains`.
    Contains,
    /// `__startswith`.
    StartsWith,
    /// `__in`.
    In,
}

impl Op {
    /// Every operator.
    pub const ALL: [Op; 8] =
        [Op::Exact, Op::Lt, Op::Lte, Op::Gt, Op::Gte, Op::Contains, Op::StartsWith, Op::In];

    /// What stands behind the name in a parameter.
    pub const fn suffix(self) -> &'static str {
        match self {
            Op::Exact => "",
            Op::Lt => "__lt",
            Op::Lte => "__lte",
            Op::Gt => "__gt",
            Op::Gte => "__gte",
            Op::Contains => "__contains",
            Op::StartsWith => "__startswith",
            Op::In => "__in",
        }
    }

    /// Takes the operator off a parameter.
    pub fn split(param: &str) -> (&str, Op) {
        let named = Op::ALL.into_iter().skip(1);
        named
            .filter_map(|op| Some((param.strip_suffix(op.suffix())?, op)))
            .next()
            .unwrap_or((param, Op::Exact))
    }
}

/// A way to related records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The type that has the relation.
    pub owner: Tag,
    /// Name in parameters.
    pub name: &'static str,
    /// Type of the related records.
    pub target: Tag,
    /// How they are found.
    pub way: Way,
}

/// How related records are found, by the keys of their JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The owner's key holds the target's id.
    Parent(&'static str),
    /// The published target's key holds the owner's id.
    Child(&'static str),
    /// A published row of type `link` holds the owner's id under `own` and the target's under `far`.
    Through {
        /// Type of the link rows.
        link: Tag,
        /// Key of the owner's id.
        own: &'static str,
        /// Key of the target's id.
        far: &'static str,
    },
}

/// All relations that filters can follow.
pub const RELATIONS: &[Relation] = &[
    parent(Tag::Net, "org", Tag::Org, "org_id"),
    parent(Tag::Ix, "org", Tag::Org, "org_id"),
    parent(Tag::Fac, "org", Tag::Org, "org_id"),
    parent(Tag::Carrier, "org", Tag::Org, "org_id"),
    parent(Tag::Campus, "org", Tag::Org, "org_id"),
    parent(Tag::Fac, "campus", Tag::Campus, "campus_id"),
    parent(Tag::Ixlan, "ix", Tag::Ix, "ix_id"),
    parent(Tag::Ixpfx, "ixlan", Tag::Ixlan, "ixlan_id"),
    parent(Tag::Ixpfx, "ix", Tag::Ix, "ixlan_id"),
    parent(Tag::Poc, "net", Tag::Net, "net_id"),
    parent(Tag::Netfac, "net", Tag::Net, "net_id"),
    parent(Tag::Netfac, "fac", Tag::Fac, "fac_id"),
    parent(Tag::Ixfac, "ix", Tag::Ix, "ix_id"),
    parent(Tag::Ixfac, "fac", Tag::Fac, "fac_id"),
    parent(Tag::Carrierfac, "carrier", Tag::Carrier, "carrier_id"),
    parent(Tag::Carrierfac, "fac", Tag::Fac, "fac_id"),
    parent(Tag::Netixlan, "net", Tag::Net, "net_id"),
    parent(Tag::Netixlan, "ixlan", Tag::Ixlan, "ixlan_id"),
    parent(Tag::Netixlan, "ix", Tag::Ix, "ixlan_id"),
    parent(Tag::Netixlan, "net_side", Tag::Fac, "net_side_id"),
    parent(Tag::Netixlan, "ix_side", Tag::Fac, "ix_side_id"),
    through(Tag::Fac, "net", Tag::Net, Tag::Netfac, "fac_id", "net_id"),
    through(Tag::Fac, "ix", Tag::Ix, Tag::Ixfac, "fac_id", "ix_id"),
    child(Tag::Ix, "ixlan", Tag::Ixlan, "ix_id"),
    child(Tag::Ix, "ixfac", Tag::Ixfac, "ix_id"),
    through(Tag::Ix, "fac", Tag::Fac, Tag::Ixfac, "ix_id", "fac_id"),
    through(Tag::Ix, "net", Tag::Net, Tag::Netixlan, "ixlan_id", "net_id"),
    through(Tag::Net, "ix", Tag::Ix, Tag::Netixlan, "net_id", "ixlan_id"),
    through(Tag::Net, "ixlan", Tag::Ixlan, Tag::Netixlan, "net_id", "ixlan_id"),
    through(Tag::Net, "fac", Tag::Fac, Tag::Netfac, "net_id", "fac_id"),
    child(Tag::Net, "netixlan", Tag::Netixlan, "net_id"),
    child(Tag::Net, "netfac", Tag::Netfac, "net_id"),
    child(Tag::Net, "netixlan_set", Tag::Netixlan, "net_id"),
    child(Tag::Net, "netfac_set", Tag::Netfac, "net_id"),
    child(Tag::Carrier, "carrierfac_set", Tag::Carrierfac, "carrier_id"),
    child(Tag::Campus, "fac", Tag::Fac, "campus_id"),
];

const fn parent(owner: Tag, name: &'static str, target: Tag, key: &'static str) -> Relation {
    Relation { owner, name, target, way: Way::Parent(key) }
}

const fn child(owner: Tag, name: &'static str, target: Tag, key: &'static str) -> Relation {
    Relation { owner, name, target, way: Way::Child(key) }
}

const fn through(
    owner: Tag,
    name: &'static str,
    target: Tag,
    link: Tag,
    own: &'static str,
    far: &'static str,
) -> Relation {
    Relation { owner, name, target, way: Way::Through { link, own, far } }
}

/// Filters with a meaning of their own: type, name, and the operators that they take.
pub const SPECIALS: &[(Tag, &str, &[Op])] = &[
    (Tag::Fac, "asn_overlap", LIST),
    (Tag::Fac, "all_net", LIST),
    (Tag::Fac, "not_net", LIST),
    (Tag::Fac, "org_present", LIST),
    (Tag::Fac, "org_not_present", LIST),
    (Tag::Ix, "asn_overlap", LIST),
    (Tag::Ix, "all_net", LIST),
    (Tag::Ix, "not_net", LIST),
    (Tag::Ix, "org_present", LIST),
    (Tag::Ix, "org_not_present", LIST),
    (Tag::Ix, "capacity", &Op::ALL),
    (Tag::Ix, "ipblock", ONE),
    (Tag::Net, "not_ix", ONE),
    (Tag::Net, "not_fac", ONE),
    (Tag::Ixpfx, "whereis", ONE),
    (Tag::Org, "asn", ONE),
];

/// Operators of a special filter that takes one value.
const ONE: &[Op] = &[Op::Exact];
/// Operators of a special filter that takes a list anyway.
const LIST: &[Op] = &[Op::Exact, Op::In];

/// Parameters that steer every answer and filter nothing.
pub const STEERING: &[&str] = &[
    "depth", "limit", "skip", "since", "as_of", "fields", "page", "per_page", "pretty", "_ctf", "format",
    "callback",
];

/// Types that hide what has to do with exchanges outside of facilities.
const HIDING: &[Tag] = &[Tag::Ix, Tag::Ixlan, Tag::Netixlan, Tag::Net];
/// Types that can be searched by distance.
const SPATIAL: &[Tag] = &[Tag::Org, Tag::Fac];

/// What a parameter means for a type.
#[derive(Clone, Copy, Debug)]
pub enum Meaning {
    /// It steers the answer.
    Steering,
    /// Nothing: it is ignored, and named as ignored.
    Unknown,
    /// A field of a related type that does not exist, which is an error.
    Refused,
    /// A filter with a meaning of its own.
    Special(&'static str, Op),
    /// A condition on a field of the record itself.
    Own(&'static Field, Op),
    /// A condition on a field of related records.
    Related(&'static Relation, &'static Field, Op),
}

impl Meaning {
    /// Whether the parameter is a documented filter of the type.
    pub fn filters(&self) -> bool {
        matches!(self, Meaning::Special(..) | Meaning::Own(..) | Meaning::Related(..))
    }
}

/// What a parameter means for a type.
pub fn meaning(tag: Tag, param: &str) -> Meaning {
    match param {
        "name_search" => return Meaning::Special("name_search", Op::Exact),
        "pk" => return Meaning::Special("pk", Op::Exact),
        "hide_ix_no_fac" if HIDING.contains(&tag) => return Meaning::Special("hide_ix_no_fac", Op::Exact),
        "distance" if SPATIAL.contains(&tag) => return Meaning::Special("distance", Op::Exact),
        _ if STEERING.contains(&param) => return Meaning::Steering,
        _ => {}
    }
    let (name, op) = Op::split(param);
    let special =
        SPECIALS.iter().find(|(owner, special, ops)| *owner == tag && *special == name && ops.contains(&op));
    if let Some((_, special, _)) = special {
        return Meaning::Special(special, op);
    }
    let name: Vec<&str> = name.split("__").map(without_synonym).collect();
    match name[..] {
        ["name"] if tag == Tag::Netixlan => related(tag, "ix", "name", op),
        [name] => match own_field(tag, name) {
            Some(field) if reaches(tag, field, op) => Meaning::Own(field, op),
            Some(_) => Meaning::Unknown,
            None => related(tag, name, "id", op),
        },
        [relation, field] => related(tag, relation, field, op),
        _ => Meaning::Unknown,
    }
}

fn without_synonym(part: &str) -> &str {
    match part {
        "facility" => "fac",
        "facility_id" => "fac_id",
        "network" => "net",
        "network_id" => "net_id",
        part => part,
    }
}

/// The field of a type by its name, or by its name without `_id`.
fn own_field(tag: Tag, name: &str) -> Option<&'static Field> {
    let fields = tag.table().fields;
    let named = fields.iter().find(|field| field.name == name && !field.is_nested());
    named.or_else(|| {
        let reference = fields.iter().find(|field| field.name.strip_suffix("_id") == Some(name));
        reference.filter(|field| matches!(field.kind, Kind::Ref(_)))
    })
}

/// Whether the language reaches a field of the record itself with an operator.
fn reaches(tag: Tag, field: &Field, op: Op) -> bool {
    let orders = matches!(op, Op::Lt | Op::Lte | Op::Gt | Op::Gte);
    field.filterable && !(tag == Tag::Net && field.name == "info_type" && orders)
}

fn related(tag: Tag, relation: &str, field: &str, op: Op) -> Meaning {
    let short = relation.strip_suffix("_id").unwrap_or(relation);
    let Some(relation) = RELATIONS.iter().find(|r| r.owner == tag && r.name == short) else {
        return Meaning::Unknown;
    };
    let upwards = matches!(relation.way, Way::Parent(_));
    match own_field(relation.target, field) {
        Some(found) if is_open(relation, found, upwards) => Meaning::Related(relation, found, op),
        Some(_) => Meaning::Unknown,
        None if !upwards && relation.target.table().field(field).is_none() => Meaning::Refused,
        None => Meaning::Unknown,
    }
}

/// Whether a field may be filtered by from a related record.
fn is_open(relation: &Relation, field: &Field, upwards: bool) -> bool {
    let second_step = upwards && matches!(field.kind, Kind::Ref(_));
    let withheld = (relation.target == Tag::Org && field.kind == Kind::Degrees)
        || (relation.target == Tag::Ixlan && field.name == "descr");
    let hidden = field.api == Api::Hidden || field.show == Show::FeedUrl || !field.filterable;
    !(second_step || withheld || hidden)
}
