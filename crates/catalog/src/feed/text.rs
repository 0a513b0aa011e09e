//! Events as JSON.

use std::fmt::{self, Write};

use model::access::Viewer;

use super::page::{Event, Position};
use crate::render::{Renderer, Shape};
use crate::snapshot::Snapshot;

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.n {
            Position::ALL => write!(f, "{}", self.seq),
            n => write!(f, "{}.{n}", self.seq),
        }
    }
}

impl Event {
    /// Appends the event: what happened to which record, and the record as the viewer's lists show it now. `cursor` is
    /// the place behind the event as clients keep it.
    pub fn write_json(
        &self,
        snapshot: &Snapshot,
        viewer: &Viewer,
        cursor: &impl fmt::Display,
        out: &mut String,
    ) {
        let Event { position: Position { seq, .. }, at, tag, id, kind, entry } = self;
        let _ = write!(out, "{{\"cursor\": \"{cursor}\", \"seq\": {seq}, \"at\": \"");
        at.write(out);
        let kind = kind.as_str();
        let _ = write!(out, "\", \"type\": \"{tag}\", \"id\": {id}, \"event\": \"{kind}\", \"record\": ");
        match entry {
            Some(entry) => {
                let shape = Shape::default();
                Renderer::new(snapshot, viewer, &shape).root(entry, out);
            }
            None => out.push_str("null"),
        }
        out.push('}');
    }
}
