//! The thirteen record types: one struct and one field list each, from one declaration.

mod contact;
mod exchange;
mod link;
mod network;
mod place;
mod shared;

use std::sync::Arc;

pub use contact::Poc;
pub use exchange::{Ix, Ixlan, Ixpfx, Netixlan};
pub use link::{Carrierfac, Ixfac, Netfac};
pub use network::Net;
pub use place::{Campus, Carrier, Fac, Org};

use crate::cell::Mismatch;
use crate::field::{Field, Table};
use crate::scalar::{Status, Time};
use crate::tag::Tag;
use crate::value::Value;

/// What all record types have in common.
pub trait Record: Clone + Default + PartialEq + Send + Sync + 'static {
    /// The type's tag.
    const TAG: Tag;
    /// The type's fields, in API key order.
    const FIELDS: &'static [Field];

    /// The value of the field at a position of [`Record::FIELDS`]; null for fields without a column.
    fn get(&self, position: usize) -> Value<'_>;

    /// Sets the field at a position of [`Record::FIELDS`].
    ///
    /// # Errors
    /// When the field has no column, or the value another type or range.
    fn put(&mut self, position: usize, value: Value<'_>) -> Result<(), Mismatch>;

    /// The record's id.
    fn id(&self) -> u32;
    /// The record's status.
    fn status(&self) -> Status;
    /// When the record was made.
    fn created(&self) -> Time;
    /// When a stored field of the record last changed.
    fn updated(&self) -> Time;
}

/// Declares a record type. A field with a Rust type has a column; one without is joined, derived or nested.
macro_rules! record {
    (
        $(#[$meta:meta])*
        $Record:ident = $tag:expr;
        $( $name:ident $(: $type:ty)? = $field:expr; )*
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $Record {
            $(
                #[doc = concat!("The API field `", stringify!($name), "`; see the declaration in `FIELDS`.")]
                pub $name: record!(@type $($type)?),
            )*
        }

        impl $Record {
            const GET: &'static [fn(&$Record) -> $crate::Value<'_>] =
                &[$( |record| $crate::cell::Cell::get(&record.$name) ),*];
            const PUT: &'static [fn(&mut $Record, $crate::Value<'_>) -> Result<(), $crate::cell::Mismatch>] =
                &[$( |record, value| {
                    record.$name = $crate::cell::Cell::from_value(value)?;
                    Ok(())
                } ),*];
        }

        impl $crate::Record for $Record {
            const TAG: $crate::Tag = $tag;
            const FIELDS: &'static [$crate::Field] = &[$( $field.named(stringify!($name)) ),*];

            fn get(&self, position: usize) -> $crate::Value<'_> {
                $Record::GET.get(position).map_or($crate::Value::Null, |get| get(self))
            }

            fn put(&mut self, position: usize, value: $crate::Value<'_>) -> Result<(), $crate::cell::Mismatch> {
                $Record::PUT.get(position).ok_or($crate::cell::Mismatch)?(self, value)
            }

            fn id(&self) -> u32 {
                self.id
            }

            fn status(&self) -> $crate::Status {
                self.status
            }

            fn created(&self) -> $crate::Time {
                self.created
            }

            fn updated(&self) -> $crate::Time {
                self.updated
            }
        }
    };
    (@type $type:ty) => { $type };
    (@type) => { $crate::cell::Virtual };
}
pub(crate) use record;

macro_rules! any_record {
    ($($Record:ident),+ $(,)?) => {
        /// A record of any type, cheap to clone.
        #[derive(Clone, Debug, PartialEq)]
        pub enum AnyRecord {
            $(
                #[doc = concat!("A record of type ", stringify!($Record), ".")]
                $Record(Arc<$Record>),
            )+
        }

        impl AnyRecord {
            /// A record with every field at its default.
            pub fn new(tag: Tag) -> AnyRecord {
                match tag { $( Tag::$Record => fresh::<$Record>(AnyRecord::$Record), )+ }
            }

            /// The record's type.
            pub fn tag(&self) -> Tag {
                match self { $( AnyRecord::$Record(_) => Tag::$Record, )+ }
            }

            /// The value of the field at a position of the type's table; null for fields without a column.
            pub fn get(&self, position: usize) -> Value<'_> {
                match self { $( AnyRecord::$Record(record) => record.get(position), )+ }
            }

            /// Sets the field at a position of the type's table.
            ///
            /// # Errors
            /// When the field has no column, or the value another type or range.
            pub fn put(&mut self, position: usize, value: Value<'_>) -> Result<(), Mismatch> {
                match self { $( AnyRecord::$Record(record) => Arc::make_mut(record).put(position, value), )+ }
            }

            /// The record's id.
            pub fn id(&self) -> u32 {
                match self { $( AnyRecord::$Record(record) => record.id(), )+ }
            }

            /// The record's status.
            pub fn status(&self) -> Status {
                match self { $( AnyRecord::$Record(record) => record.status(), )+ }
            }

            /// When the record was made.
            pub fn created(&self) -> Time {
                match self { $( AnyRecord::$Record(record) => record.created(), )+ }
            }

            /// When a stored field of the record last changed.
            pub fn updated(&self) -> Time {
                match self { $( AnyRecord::$Record(record) => record.updated(), )+ }
            }
        }

        impl Tag {
            /// The type's fields.
            pub const fn table(self) -> Table {
                match self {
                    $( Tag::$Record => Table { tag: self, fields: <$Record as Record>::FIELDS }, )+
                }
            }
        }

        $(
            impl From<$Record> for AnyRecord {
                fn from(record: $Record) -> AnyRecord {
                    AnyRecord::$Record(Arc::new(record))
                }
            }
        )+
    };
}

any_record!(Org, Campus, Fac, Ix, Ixlan, Ixpfx, Net, Poc, Carrier, Carrierfac, Netfac, Ixfac, Netixlan);

fn fresh<R: Record>(wrap: fn(Arc<R>) -> AnyRecord) -> AnyRecord {
    let mut record = R::default();
    for (position, field) in R::FIELDS.iter().enumerate() {
        if let Some(value) = field.default.value() {
            // The declaration's own default always fits its type (tested for every type).
            let _ = record.put(position, value);
        }
    }
    wrap(Arc::new(record))
}

impl AnyRecord {
    /// The value of the field of this name; null when there is none.
    pub fn value(&self, name: &str) -> Value<'_> {
        self.tag().table().position(name).map_or(Value::Null, |position| self.get(position))
    }

    /// The id that a reference field holds.
    pub fn reference(&self, name: &str) -> Option<u32> {
        self.value(name).as_int().and_then(|id| u32::try_from(id).ok())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::field::{Api, Kind, Source};

    #[test]
    fn declared_defaults_fit_their_types() {
        for tag in Tag::ALL {
            let record = AnyRecord::new(tag);
            for (position, field) in tag.table().fields.iter().enumerate() {
                if let Some(value) = field.default.value() {
                    assert_eq!(record.get(position), value, "{tag}.{}", field.name);
                }
            }
        }
    }

    #[test]
    fn names_are_unique_and_references_resolve() {
        for tag in Tag::ALL {
            let table = tag.table();
            let names: BTreeSet<_> = table.fields.iter().map(|field| field.name).collect();
            assert_eq!(names.len(), table.fields.len(), "{tag}");
            for field in table.fields {
                match field.source {
                    Source::Join { via, field: other } => {
                        let Kind::Ref(target) = table.field(via).expect("reference exists").kind else {
                            panic!("{tag}.{via} is no reference")
                        };
                        assert!(target.table().field(other).is_some(), "{tag}.{}", field.name);
                    }
                    Source::Object { via, .. } => assert!(table.field(via).is_some()),
                    Source::Stored | Source::Derived(_) | Source::Set(_) => {}
                }
            }
            for name in ["id", "status", "created", "updated", "version"] {
                assert!(table.field(name).is_some_and(Field::is_stored), "{tag}.{name}");
            }
        }
    }

    #[test]
    fn nullable_columns_take_null_and_others_refuse_it() {
        for tag in Tag::ALL {
            for (position, field) in tag.table().stored() {
                let taken = AnyRecord::new(tag).put(position, Value::Null).is_ok();
                assert_eq!(taken, field.null, "{tag}.{}", field.name);
            }
        }
    }

    #[test]
    fn hidden_fields_are_never_filterable() {
        for tag in Tag::ALL {
            for field in tag.table().fields {
                assert!(field.api != Api::Hidden || !field.filterable, "{tag}.{}", field.name);
            }
        }
    }
}
