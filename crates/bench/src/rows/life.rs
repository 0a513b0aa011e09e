//! The process itself: its start, and the memory that it takes.

use std::path::Path;
use std::time::Duration;

use model::Tag;

use crate::client::{Client, Coding, Request};
use crate::facts::Facts;
use crate::failure::Outcome;
use crate::premise;
use crate::program::Server;
use crate::samples::Samples;
use crate::table::Row;

/// What the process may hold.
const MEMORY_MAX: u64 = 700_000_000;

/// Starts a server several times and leaves the last one running.
pub(crate) fn start(program: &Path, database: &Path, times: u32) -> Outcome<(Server, Row)> {
    let mut starts = Vec::new();
    for _ in 1..times {
        let server = Server::start(program, database)?;
        starts.push(server.start);
        server.process.stop()?;
    }
    let server = Server::start(program, database)?;
    starts.push(server.start);
    let samples = Samples::new(starts);
    let row =
        Row { median: Some(samples.median()), p99: Some(samples.p99()), ..Row::new("start to first answer") };
    Ok((server, row.median_below(Duration::from_secs(5)).noted("the file is in the page cache")))
}

/// Memory after the start.
pub(crate) fn after_start(server: &Server) -> Outcome<Row> {
    memory("memory after start", server.process.resident()?)
}

/// Reads every list in both encodings, and tells what the process holds then, and the most it ever held.
pub(crate) fn after_lists(server: &Server, facts: &Facts) -> Outcome<[Row; 2]> {
    let mut client = Client::connect(server.address)?;
    for tag in Tag::ALL {
        let plain = premise::reply(&mut client, &Request::plain(format!("/api/{tag}")))?;
        let packed = premise::reply(&mut client, &Request::get(format!("/api/{tag}"), Coding::Gzip))?;
        // Guests see public contacts only.
        if tag != Tag::Poc {
            premise::whole(&plain, Coding::Plain, facts.published(tag), None)?;
        }
        premise::whole(&packed, Coding::Gzip, premise::rows(&plain.body)?, Some(&plain.body))?;
    }
    Ok([
        memory("memory after all lists, plain and gzip", server.process.resident()?)?,
        memory("memory, the most so far", server.process.peak()?)?,
    ])
}

/// The most memory of the whole run.
pub(crate) fn at_end(server: &Server) -> Outcome<Row> {
    memory("memory, the most of the run", server.process.peak()?)
}

fn memory(name: &str, bytes: u64) -> Outcome<Row> {
    Ok(Row { bytes: Some(bytes), ..Row::new(name) }.bytes_below(MEMORY_MAX))
}
