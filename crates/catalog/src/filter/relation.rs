//! Conditions on related records (rest-api specification, sections 5.3 and 6).

use model::field::Api;
use model::{Field, Kind, Show, Tag};

use super::column::{Column, Exact, Manner, Op};
use super::sight::Sight;
use super::{QueryError, is_published, select, sorted};

/// A way from a record to related ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Relation {
    /// Name in parameters.
    pub(crate) name: &'static str,
    /// Type of the related records.
    pub(crate) target: Tag,
    way: Way,
}

#[derive(Clone, Copy, Debug)]
enum Way {
    /// A reference field of the record holds the target's id.
    Parent(&'static str),
    /// A reference field of the target holds the record's id; published targets count.
    Child(&'static str),
    /// Published links hold both ids.
    Link { link: Tag, own: &'static str, far: &'static str },
}

impl Relation {
    /// Whether it is a reference field of the record itself.
    pub(crate) fn is_parent(&self) -> bool {
        matches!(self.way, Way::Parent(_))
    }

    /// Ids of the records of type `tag` that are related to these targets, ascending.
    fn owners(&self, sight: Sight<'_>, tag: Tag, targets: impl Iterator<Item = u32>) -> Vec<u32> {
        match self.way {
            Way::Parent(field) => sorted(targets.flat_map(|id| sight.snapshot().child_ids(tag, field, id))),
            Way::Child(field) => sorted(
                targets
                    .filter_map(|id| sight.entry(self.target, id))
                    .filter(|entry| is_published(entry))
                    .filter_map(|entry| entry.record().reference(field)),
            ),
            Way::Link { link, own, far } => sorted(
                targets
                    .flat_map(|id| sight.children(link, far, id))
                    .filter_map(|entry| entry.record().reference(own)),
            ),
        }
    }

    /// Ids of the records of type `tag` with a related record of this id, ascending.
    pub(crate) fn owners_of(&self, sight: Sight<'_>, tag: Tag, target: u32) -> Vec<u32> {
        let seen = sight.entry(self.target, target).map(|_| target);
        self.owners(sight, tag, seen.into_iter())
    }

    /// Ids of the records of type `tag` with a related record that meets a condition, ascending. `None` when the
    /// related type has no such field to filter by.
    pub(crate) fn resolve(
        &self,
        sight: Sight<'_>,
        tag: Tag,
        question: &Question<'_>,
    ) -> Result<Option<Vec<u32>>, QueryError> {
        let Some(position) = self.target_field(question.column) else { return Ok(None) };
        let is_id = self.target.table().fields[position].kind == Kind::Id;
        let manner = Manner { exact: Exact::Equal, strict: is_id, verbatim: false };
        let column =
            Column::parse(self.target, position, question.op, question.operand, manner, question.param)?;
        let targets = select(sight, self.target, &column).map(|entry| entry.record().id());
        Ok(Some(self.owners(sight, tag, targets)))
    }

    /// The fields of the target that may be filtered by from here.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &'static Field> {
        let fields = self.target.table().fields.iter();
        fields.filter(|field| !field.is_nested() && self.target_field(field.name).is_some())
    }

    /// Position of a field of the target that may be filtered by from here.
    fn target_field(&self, name: &str) -> Option<usize> {
        let table = self.target.table();
        let own = table.position(name).filter(|at| !table.fields[*at].is_nested());
        let position = own.or_else(|| table.position(&format!("{name}_id")))?;
        let field = &table.fields[position];
        let second_level = self.is_parent() && matches!(field.kind, Kind::Ref(_));
        let hidden = field.api == Api::Hidden || field.show == Show::FeedUrl || !field.filterable;
        // Not for filtering through other records (`rest.py`: `FILTER_EXCLUDE`).
        let withheld = (self.target == Tag::Org && field.kind == Kind::Degrees)
            || (self.target == Tag::Ixlan && field.name == "descr");
        (!second_level && !hidden && !withheld).then_some(position)
    }
}

/// A condition on a field of related records.
pub(crate) struct Question<'a> {
    pub(crate) column: &'a str,
    pub(crate) op: Op,
    pub(crate) operand: &'a str,
    pub(crate) param: &'a str,
}

const fn parent(name: &'static str, field: &'static str, target: Tag) -> Relation {
    Relation { name, target, way: Way::Parent(field) }
}

const fn child(name: &'static str, target: Tag, field: &'static str) -> Relation {
    Relation { name, target, way: Way::Child(field) }
}

const fn link(name: &'static str, target: Tag, way: (Tag, &'static str, &'static str)) -> Relation {
    Relation { name, target, way: Way::Link { link: way.0, own: way.1, far: way.2 } }
}

const FAC: &[Relation] = &[
    link("net", Tag::Net, (Tag::Netfac, "fac_id", "net_id")),
    link("ix", Tag::Ix, (Tag::Ixfac, "fac_id", "ix_id")),
];

const IX: &[Relation] = &[
    child("ixlan", Tag::Ixlan, "ix_id"),
    child("ixfac", Tag::Ixfac, "ix_id"),
    link("fac", Tag::Fac, (Tag::Ixfac, "ix_id", "fac_id")),
    link("net", Tag::Net, (Tag::Netixlan, "ixlan_id", "net_id")),
];

const NET: &[Relation] = &[
    link("ix", Tag::Ix, (Tag::Netixlan, "net_id", "ixlan_id")),
    link("ixlan", Tag::Ixlan, (Tag::Netixlan, "net_id", "ixlan_id")),
    link("fac", Tag::Fac, (Tag::Netfac, "net_id", "fac_id")),
    child("netixlan", Tag::Netixlan, "net_id"),
    child("netfac", Tag::Netfac, "net_id"),
    child("netixlan_set", Tag::Netixlan, "net_id"),
    child("netfac_set", Tag::Netfac, "net_id"),
];

const CARRIER: &[Relation] = &[child("carrierfac_set", Tag::Carrierfac, "carrier_id")];

const CAMPUS: &[Relation] = &[child("fac", Tag::Fac, "campus_id")];

/// A LAN has the id of its exchange, so a reference to the one is a reference to the other.
const OF_LAN: &[Relation] = &[parent("ix", "ixlan_id", Tag::Ix)];

/// Relations of a type beyond its own reference fields.
const fn beyond(tag: Tag) -> &'static [Relation] {
    match tag {
        Tag::Fac => FAC,
        Tag::Ix => IX,
        Tag::Net => NET,
        Tag::Carrier => CARRIER,
        Tag::Campus => CAMPUS,
        Tag::Ixpfx | Tag::Netixlan => OF_LAN,
        Tag::Org | Tag::Ixlan | Tag::Poc | Tag::Carrierfac | Tag::Netfac | Tag::Ixfac => &[],
    }
}

/// All relations of a type: those beyond its reference fields first.
pub(crate) fn relations(tag: Tag) -> impl Iterator<Item = Relation> {
    let parents =
        tag.table().fields.iter().filter(|field| field.is_stored()).filter_map(|field| match field.kind {
            Kind::Ref(target) => Some(parent(field.name.strip_suffix("_id")?, field.name, target)),
            _ => None,
        });
    beyond(tag).iter().copied().chain(parents)
}

/// The relation of a type with this name.
pub(crate) fn relation(tag: Tag, name: &str) -> Option<Relation> {
    relations(tag).find(|relation| relation.name == name)
}
