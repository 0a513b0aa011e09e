//! Pages of the feed as JSON.

use std::fmt::Write;

use app::feeds::Moment;
use catalog::feed::Page;
use model::access::Viewer;

use super::cursor::{Cursor, Stamp};

/// A page of the feed.
pub(super) fn page(moment: &Moment, viewer: &Viewer, page: &Page, stamp: Stamp) -> String {
    let mut out = String::from("{\"data\": [");
    for (n, event) in page.events.iter().enumerate() {
        out.push_str(if n > 0 { ", " } else { "" });
        event.write_json(&moment.snapshot, viewer, &Cursor(event.position, stamp), &mut out);
    }
    let newest = moment.journal.newest();
    let next = Cursor(page.next, stamp);
    let _ =
        write!(out, "], \"meta\": {{\"next\": \"{next}\", \"newest\": {newest}, \"more\": {}}}}}", page.more);
    out
}
