//! Checks of whole directories, by code that shares nothing with the generator.

mod derived;
mod fields;
mod keys;
mod people;
mod places;
mod shape;

use std::collections::HashMap;
use std::sync::LazyLock;

use model::directory::Directory;
use model::records::{Campus, Fac, Ix, Ixlan, Ixpfx, Net, Netixlan, Org, Poc};
use model::{AnyRecord, Status, Tag, Time};

use crate::sizes::Sizes;
use crate::{Scale, generate};

const NOW: Time = Time(1_790_000_000_123_456);

static SMALL: LazyLock<Directory> = LazyLock::new(|| generate(Scale::Small, 1, NOW));

/// A tenth of the full scale: large enough for collisions and rare cases.
static MEDIUM: LazyLock<Directory> = LazyLock::new(|| crate::build(medium(), 2, NOW));

/// Only for what a smaller scale cannot show.
static LARGE: LazyLock<Directory> = LazyLock::new(|| generate(Scale::Full, 1, NOW));

fn medium() -> Sizes {
    let full = Sizes::of(Scale::Full);
    Sizes {
        org: full.org / 10,
        net: full.net / 10,
        fac: full.fac / 10,
        ix: full.ix / 10,
        netixlan: full.netixlan / 10,
        netfac: full.netfac / 10,
        ixfac: full.ixfac / 10,
        poc: full.poc / 10,
        carrier: full.carrier / 10,
        carrierfac: full.carrierfac / 10,
        campus: full.campus / 10,
        pending: full.pending / 10,
        hubs: 120,
        giants: 12,
        giant_share: 0.7,
    }
}

/// The directories that invariants are checked on.
fn both() -> [&'static Directory; 2] {
    [&SMALL, &MEDIUM]
}

macro_rules! typed {
    ($($name:ident: $Record:ident),* $(,)?) => {
        $(
            fn $name(directory: &Directory) -> impl Iterator<Item = &$Record> {
                directory.of(Tag::$Record).iter().map(|record| match record {
                    AnyRecord::$Record(record) => &**record,
                    other => panic!("{:?} among {}", other.tag(), stringify!($Record)),
                })
            }
        )*
    };
}

typed!(
    orgs: Org, campuses: Campus, facs: Fac, ixes: Ix, ixlans: Ixlan, ixpfxs: Ixpfx, nets: Net, pocs: Poc,
    netixlans: Netixlan,
);

fn by_id(directory: &Directory, tag: Tag) -> HashMap<u32, &AnyRecord> {
    directory.of(tag).iter().map(|record| (record.id(), record)).collect()
}

fn live(directory: &Directory, tag: Tag) -> usize {
    of_status(directory, tag, Status::Ok)
}

fn of_status(directory: &Directory, tag: Tag, status: Status) -> usize {
    directory.of(tag).iter().filter(|record| record.status() == status).count()
}

fn text<'a>(record: &'a AnyRecord, field: &str) -> std::borrow::Cow<'a, str> {
    match record.value(field) {
        model::Value::Text(text) => text,
        model::Value::Null => "".into(),
        other => panic!("{field} is no text: {other:?}"),
    }
}
