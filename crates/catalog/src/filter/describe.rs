//! What parameters a type understands, told from the tables that the parser reads: for documents and for readers.

use model::{Field, Tag};

use super::column::{Op, refuses};
use super::parse::reaches;
use super::relation::{Relation, relations};
use super::spatial::SPATIAL;
use super::special::{HIDING, SPECIALS};

/// What a parameter compares with, where no field says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Any text, or none: being there is what counts.
    Anything,
    /// A text.
    Text,
    /// One of these words.
    Words(&'static [&'static str]),
    /// Names of keys, joined by commas.
    Keys,
    /// An integer.
    Integer,
    /// An integer that is not negative, with its value when the parameter is absent: for lists, for single records.
    Count {
        /// For lists.
        list: u32,
        /// For single records.
        detail: u32,
        /// Larger values act like this one: for lists, for single records.
        max: Option<(u32, u32)>,
    },
    /// A number from 1, or the word `last`.
    Page,
    /// A number.
    Number,
    /// Integers joined by commas, so many of them.
    Integers {
        /// At least.
        min: usize,
        /// At most.
        max: usize,
    },
    /// An IP address.
    Address,
    /// A date or a time.
    Moment,
}

impl Operand {
    pub(crate) const INTEGERS: Operand = Operand::Integers { min: 1, max: usize::MAX };
}

/// What a parameter has to do with.
#[derive(Clone, Copy, Debug)]
pub enum Group {
    /// The answer: how much of what it shows, and in which form.
    Steering {
        /// Whether it has a meaning for single records as well.
        detail: bool,
        /// What its value may be.
        operand: Operand,
    },
    /// A question of its own.
    Special(Operand),
    /// A field of the record itself.
    Own(&'static Field),
    /// A field of related records.
    Related {
        /// Name of the relation.
        relation: &'static str,
        /// Type of the related records.
        target: Tag,
        /// The field.
        field: &'static Field,
    },
}

/// A query parameter that a type understands.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name, without an operator.
    pub name: String,
    /// The operators that it is understood with.
    pub operators: Vec<Op>,
    /// What it has to do with.
    pub group: Group,
    /// What it does, where the field does not say it.
    pub description: &'static str,
}

/// A parameter that steers the answer and is no filter.
#[derive(Debug)]
pub(crate) struct Steering {
    pub(crate) name: &'static str,
    /// The types that it does anything for.
    pub(crate) tags: &'static [Tag],
    detail: bool,
    operand: Operand,
    description: &'static str,
}

const fn steering(name: &'static str, operand: Operand, description: &'static str) -> Steering {
    Steering { name, tags: &Tag::ALL, detail: true, operand, description }
}

impl Steering {
    const fn lists_only(mut self) -> Steering {
        self.detail = false;
        self
    }

    const fn of(mut self, tags: &'static [Tag]) -> Steering {
        self.tags = tags;
        self
    }
}

const NONE_OR_MORE: Operand = Operand::Count { list: 0, detail: 0, max: None };

/// Parameters that steer the answer and are no filters.
pub(crate) const STEERING: [Steering; 15] = [
    steering(
        "depth",
        Operand::Count { list: 0, detail: 2, max: Some((3, 4)) },
        "How far related records unfold. 0 shows the flat row, 1 the ids of sets, 2 the objects \
         of sets, and so on; \
         single records show the records that they refer to as well, from 1.",
    ),
    steering("limit", NONE_OR_MORE, "How many rows to show; 0 shows all.").lists_only(),
    steering("skip", NONE_OR_MORE, "How many rows to leave out at the start.").lists_only(),
    steering(
        "since",
        NONE_OR_MORE,
        "Only what was created or changed after this moment, in seconds since 1970, deleted \
         records included; \
         ordered by the time of the last change. 0 asks for the plain list.",
    )
    .lists_only(),
    steering(
        "as_of",
        Operand::Moment,
        "The state at the end of this day (UTC), or of this minute or second; `meta.as_of` names the last change that \
         it shows. Of the past, nobody is shown what they may not see now. Single records are flat unless `depth` is \
         given. Lists, depths and filters of the past need a key, and reach back a limited number of changes; not \
         together with `since`.",
    ),
    steering(
        "fields",
        Operand::Keys,
        "The keys to show, in a list joined by commas. Nested objects stay whole; unknown keys \
         are passed over.",
    ),
    steering(
        "page",
        Operand::Page,
        "Which page to show; `last` is the last one. Turns paging on: `meta.pagination` tells \
         the number of rows.",
    )
    .lists_only(),
    steering(
        "per_page",
        Operand::Count { list: 250, detail: 250, max: Some((250, 250)) },
        "Rows per page, at most 250. Without `page` it has no effect.",
    )
    .lists_only(),
    steering("pretty", Operand::Anything, "Indents the answer, whatever the value."),
    steering(
        "name_search",
        Operand::Text,
        "Only what a full-text search for this finds. Types without a name of their own find nothing.",
    ),
    steering(
        "distance",
        Operand::Number,
        "Only what is within this distance, in km, of `latitude` and `longitude`, or of the \
         address in `city` and \
         `country` (`state`, `zipcode` and `address1` make it more exact); ordered by distance. \
         Needs credentials of \
         a verified account.",
    )
    .of(SPATIAL),
    steering(
        "hide_ix_no_fac",
        Operand::Words(&["true", "1", "false", "0"]),
        "With `true` or `1`: only what has to do with exchanges that are present at a facility.",
    )
    .of(HIDING),
    steering(
        "_ctf",
        Operand::Anything,
        "With it, conditions such as `updated__gt` hold for the elements of nested sets as \
         well, whatever the value.",
    ),
    steering("format", Operand::Words(&["json"]), "The form of the answer: there is one."),
    steering("callback", Operand::Anything, "Taken for the sake of old clients; it has no effect."),
];

/// The query parameters that a type understands. With each of their operators they are honoured: a usable value
/// filters or steers, an unusable one is an error.
pub fn parameters(tag: Tag) -> Vec<Parameter> {
    let mut all: Vec<Parameter> = Vec::new();
    all.extend(STEERING.iter().filter(|steering| steering.tags.contains(&tag)).map(|steering| Parameter {
        name: steering.name.to_owned(),
        operators: vec![Op::Exact],
        group: Group::Steering { detail: steering.detail, operand: steering.operand },
        description: steering.description,
    }));
    all.extend(SPECIALS.iter().filter(|special| special.tags.contains(&tag)).map(|special| Parameter {
        name: special.name.to_owned(),
        operators: special.takes.to_vec(),
        group: Group::Special(special.operand),
        description: special.description,
    }));
    all.extend(own(tag));
    let mut seen = Vec::new();
    for relation in relations(tag) {
        // A relation hides another one of its name, as it does for the parser.
        if !seen.contains(&relation.name) {
            seen.push(relation.name);
            all.extend(related(tag, &relation));
        }
    }
    all
}

/// The operators that filter a field of the record itself.
fn own(tag: Tag) -> impl Iterator<Item = Parameter> {
    let fields = tag.table().fields.iter();
    fields.filter_map(move |field| {
        let operators = usable(field, |op| reaches(tag, field, op));
        (!operators.is_empty()).then(|| Parameter {
            name: field.name.to_owned(),
            operators,
            group: Group::Own(field),
            description: own_description(tag, field.name),
        })
    })
}

fn own_description(tag: Tag, name: &str) -> &'static str {
    match (tag, name) {
        (Tag::Fac, "org_name") => "Without an operator, a part of the name is enough.",
        (Tag::Fac | Tag::Org | Tag::Ix, "city") => "Without an operator, a part of the name is enough.",
        (Tag::Fac | Tag::Org, "address1" | "state") => "Without an operator, a part of the text is enough.",
        (Tag::Fac | Tag::Org | Tag::Ix, "country") => {
            "Two letters are a code, anything else is a part of the English name of the country."
        }
        (Tag::Net, "info_type") => "As a filter: any of the network's types.",
        (Tag::Net, "info_types") => {
            "Without an operator, all types joined by commas, in the order of the list."
        }
        (_, "status") => "Lists show `ok` only; other values find something together with `since`.",
        _ => "",
    }
}

fn usable(field: &Field, is_filter: impl Fn(Op) -> bool) -> Vec<Op> {
    Op::ALL.into_iter().filter(|op| is_filter(*op) && !refuses(field.kind, *op)).collect()
}

fn related(tag: Tag, relation: &Relation) -> Vec<Parameter> {
    let parameter = |name: String, field: &'static Field, description: &'static str| Parameter {
        name,
        operators: usable(field, |_| true),
        group: Group::Related { relation: relation.name, target: relation.target, field },
        description,
    };
    let mut all = Vec::new();
    let by_id = format!("{}_id", relation.name);
    let id = relation.fields().find(|field| field.name == "id");
    if tag.table().field(&by_id).is_none() {
        all.extend(id.map(|field| parameter(by_id, field, "Id of a related record.")));
    }
    // Ports are found by the name of their exchange.
    if (tag, relation.name) == (Tag::Netixlan, "ix") {
        let name = relation.fields().find(|field| field.name == "name");
        all.extend(
            name.map(|field| parameter("name".to_owned(), field, "As a filter: the exchange's own name.")),
        );
    }
    all.extend(
        relation.fields().map(|field| parameter(format!("{}__{}", relation.name, field.name), field, "")),
    );
    all
}
