//! What changed, as a viewer may know it: the feed of changes.
//!
//! The log of changes tells what each record became. A feed tells less and more: less, since a viewer must not learn
//! of what it does not see, and more, since a record's row shows names of its neighbours and changes with them. So each
//! change leaves a list of [`Touch`]es: which rows of the public lists look different afterwards, and what decided
//! before and afterwards about who sees them. No value of a record is among it. The touches of the last weeks make the
//! [`Journal`], and [`Journal::page`] makes of them the events of one viewer.
//!
//! An event tells that a record entered the viewer's lists, changed there, or left them. The record that it carries is
//! the one of *now*, not the one of then: who reads late must not learn a value that was withdrawn meanwhile. Whoever
//! applies the events in their order has therefore what the lists show at the last of them, or something newer that a
//! later event tells again.

mod journal;
mod page;
mod text;
mod touch;

pub use journal::{Journal, Told};
pub use page::{Event, EventKind, Filter, Missing, PAGE_EVENTS_MAX, Page, Position};
pub use touch::{BadTouches, RECORDS_MAX, Rendered, Sight, Touch, parse, touched, write};
