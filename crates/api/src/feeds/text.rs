//! Events as JSON.

use std::fmt::Write;

use app::feeds::Moment;
use catalog::Snapshot;
use catalog::feed::{Event, Page, Position};
use catalog::render::{Renderer, Shape};
use model::access::Viewer;

use super::cursor::{Cursor, Stamp};

/// A page of the feed.
pub(super) fn page(moment: &Moment, viewer: &Viewer, page: &Page, stamp: Stamp) -> String {
    let mut out = String::from("{\"data\": [");
    for (n, event) in page.events.iter().enumerate() {
        out.push_str(if n > 0 { ", " } else { "" });
        write_event(&moment.snapshot, viewer, event, stamp, &mut out);
    }
    let newest = moment.journal.newest();
    let next = Cursor(page.next, stamp);
    let _ =
        write!(out, "], \"meta\": {{\"next\": \"{next}\", \"newest\": {newest}, \"more\": {}}}}}", page.more);
    out
}

/// One event: what happened to which record, and the record as the viewer's lists show it now.
pub(super) fn write_event(
    snapshot: &Snapshot,
    viewer: &Viewer,
    event: &Event,
    stamp: Stamp,
    out: &mut String,
) {
    let Position { seq, .. } = event.position;
    let cursor = Cursor(event.position, stamp);
    let _ = write!(out, "{{\"cursor\": \"{cursor}\", \"seq\": {seq}, \"at\": \"");
    event.at.write(out);
    out.push('"');
    let (tag, id, kind) = (event.tag, event.id, event.kind.as_str());
    let _ = write!(out, ", \"type\": \"{tag}\", \"id\": {id}, \"event\": \"{kind}\", \"record\": ");
    match &event.entry {
        Some(entry) => {
            let shape = Shape::default();
            Renderer::new(snapshot, viewer, &shape).root(entry, out);
        }
        None => out.push_str("null"),
    }
    out.push('}');
}
