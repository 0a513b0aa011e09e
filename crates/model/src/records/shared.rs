//! Short constructors for field declarations.

use crate::choices;
use crate::field::{Derived, Field, Kind, Preset, Route, SetPath, Show, Source};
use crate::tag::Tag;

pub(crate) const fn id() -> Field {
    Field::new(Kind::Id).read_only()
}

pub(crate) const fn status() -> Field {
    Field::new(Kind::Choice(choices::STATUS)).read_only()
}

pub(crate) const fn stamp() -> Field {
    Field::new(Kind::Time).read_only()
}

/// Grows by one with every committed change of the record.
pub(crate) const fn version() -> Field {
    counter().hidden()
}

pub(crate) const fn reference(tag: Tag) -> Field {
    Field::new(Kind::Ref(tag)).required()
}

pub(crate) const fn asn() -> Field {
    Field::new(Kind::Asn)
}

pub(crate) const fn int(min: u32, max: u32) -> Field {
    Field::new(Kind::Int { min, max })
}

/// A derived number that is stored with the record.
pub(crate) const fn counter() -> Field {
    int(0, u32::MAX).read_only()
}

pub(crate) const fn boolean() -> Field {
    Field::new(Kind::Bool)
}

pub(crate) const fn text(max: u16) -> Field {
    Field::new(Kind::Text { max })
}

pub(crate) const fn url(max: u16) -> Field {
    Field::new(Kind::Url { max })
}

pub(crate) const fn email() -> Field {
    Field::new(Kind::Email)
}

pub(crate) const fn phone(max: u16) -> Field {
    Field::new(Kind::Phone { max })
}

pub(crate) const fn choice(list: &'static [&'static str]) -> Field {
    Field::new(Kind::Choice(list))
}

pub(crate) const fn multi(list: &'static [&'static str]) -> Field {
    Field::new(Kind::MultiChoice(list))
}

pub(crate) const fn country() -> Field {
    Field::new(Kind::Country)
}

pub(crate) const fn degrees() -> Field {
    Field::new(Kind::Degrees).null()
}

pub(crate) const fn social() -> Field {
    Field::new(Kind::Social).show(Show::Social)
}

pub(crate) const fn website(max: u16) -> Field {
    url(max).show(Show::Website)
}

pub(crate) const fn logo() -> Field {
    text(255).null().read_only().show(Show::Logo)
}

pub(crate) const fn of_kind(kind: Kind) -> Field {
    Field::new(kind)
}

/// A field of a referenced record.
pub(crate) const fn join(via: &'static str, field: &'static str, kind: Kind) -> Field {
    Field::new(kind).source(Source::Join { via, field })
}

pub(crate) const fn derived(kind: Kind, how: Derived) -> Field {
    Field::new(kind).source(Source::Derived(how))
}

/// A referenced record as a nested object.
pub(crate) const fn object(tag: Tag, via: &'static str) -> Field {
    Field::new(Kind::Nested).source(Source::Object { tag, via }).unfilterable()
}

/// The records whose `reference` names this one.
pub(crate) const fn children(
    element: Tag,
    reference: &'static str,
    dropped: &'static [&'static str],
) -> Field {
    set(SetPath { element, route: Route::Children(reference), dropped })
}

pub(crate) const fn set(path: SetPath) -> Field {
    Field::new(Kind::Nested).source(Source::Set(path)).unfilterable()
}

pub(crate) const NAME: Kind = Kind::Text { max: 255 };

pub(crate) const YES: Preset = Preset::Bool(true);

pub(crate) const UNDISCLOSED: Preset = Preset::Text("Not Disclosed");
