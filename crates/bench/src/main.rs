//! Measures the program at full scale; run as `cargo xtask bench`, which builds both.
//!
//! The program runs as its users run it: a process of its own, over HTTP. Latencies are those of the client: from the
//! moment a request is sent, or due, to the last byte of its answer. `docs/benchmarks.md` tells how to read the table.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a developer command talks to its terminal")]

mod client;
mod compare;
mod data;
mod facts;
mod failure;
mod filters;
mod load;
mod machine;
mod nginx;
mod options;
mod premise;
mod program;
mod rows;
mod samples;
mod table;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use catalog::Snapshot;
use model::Tag;
use serde_json::json;
use store::{DatabaseUrl, Mode, Store};

use crate::facts::Facts;
use crate::failure::{Failure, Outcome};
use crate::filters::Question;
use crate::options::Options;
use crate::rows::changes::Writer;
use crate::rows::writes::Targets;
use crate::rows::{Scene, changes, life, lists, publishing, questions, records, writes};
use crate::table::Row;

fn main() -> ExitCode {
    let done = Options::read(std::env::args().skip(1)).and_then(|options| run(&options));
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(failure) => {
            eprintln!("bench: {failure}");
            ExitCode::from(2)
        }
    }
}

/// Measures and reports. Whether every budget is met.
fn run(options: &Options) -> Outcome<bool> {
    let machine = machine::line();
    println!("{machine}");
    fs::create_dir_all(&options.folder).map_err(Failure::of(options.folder.display()))?;
    let database = data::prepare(&options.program, &options.folder)?;
    let rows = measure(options, &database)?;
    println!(
        "\nlatencies are the client's, on the same machine, the best of {} repetitions; load at the end {}\n",
        options.plan.repetitions,
        machine::load()
    );
    println!("{}", table::drawn(&rows));
    if let Some(file) = &options.compare {
        println!("{}", compare::with_file(&rows, file)?);
    }
    if let Some(file) = &options.json {
        write(file, &machine, &rows)?;
    }
    Ok(!rows.iter().any(Row::is_missed))
}

fn write(file: &Path, machine: &str, rows: &[Row]) -> Outcome<()> {
    let rows: Vec<_> = rows.iter().map(Row::json).collect();
    let document = json!({ "machine": machine, "rows": rows });
    let text = serde_json::to_string_pretty(&document).unwrap_or_default();
    fs::write(file, text).map_err(Failure::of(file.display()))
}

/// What this process learned from the directory, and the rows that it measured on the way.
struct Prepared {
    facts: Facts,
    questions: Vec<Question>,
    writer: Writer,
    targets: Targets,
    rows: Vec<Row>,
}

/// Reads the directory into this process; it is gone from here before the server is measured.
fn prepare(options: &Options, database: &Path) -> Outcome<Prepared> {
    let before = machine::resident();
    let snapshot = read(database)?;
    let built = machine::resident().saturating_sub(before);
    let facts = Facts::of(&snapshot)?;
    say("publishing");
    let mut rows = publishing::measure(&snapshot, &facts, &options.plan)?;
    rows.extend(publishing::structures(&snapshot, built));
    let writer = Writer::open(database, &snapshot)?;
    let targets = Targets::of(&snapshot)?;
    Ok(Prepared { questions: filters::all(&snapshot), facts, writer, targets, rows })
}

fn read(database: &Path) -> Outcome<Snapshot> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::of("a runtime"))?;
    runtime.block_on(async {
        let store = Store::open(&DatabaseUrl::Sqlite(database.to_owned()), Mode::Existing).await?;
        let mut snapshot = Snapshot::empty("http://localhost/m/");
        let mut records = Vec::new();
        for tag in Tag::ALL {
            records.extend(store.records(tag).await?);
        }
        let sequence = store.sequence().await?;
        if !records.is_empty() {
            snapshot = Snapshot::build("http://localhost/m/", records, sequence);
        }
        store.close().await;
        Ok(snapshot)
    })
}

fn measure(options: &Options, database: &Path) -> Outcome<Vec<Row>> {
    let plan = options.plan;
    let Prepared { facts, questions, mut writer, targets, rows: published } = prepare(options, database)?;
    say("start and memory");
    let (server, started) = life::start(&options.program, database, plan.repetitions)?;
    let mut memory = vec![started, life::after_start(&server)?];
    memory.extend(life::after_lists(&server, &facts)?);
    let scene = Scene { server: server.address, facts: &facts, plan };
    let mut rows = if options.writes_alone { Vec::new() } else { reads(&scene, options, &questions)? };
    rows.extend(memory);
    say("writes");
    rows.extend(writes::acknowledged(&scene, &targets, &options.folder)?);
    rows.push(writes::readers_beside(&scene, &targets)?);
    say("following");
    rows.push(changes::following(&scene, &mut writer)?);
    say("slow readers");
    rows.extend(changes::slow_readers(&scene, &server.process, &mut writer)?);
    rows.push(life::at_end(&server)?);
    rows.extend(published);
    server.process.stop()?;
    Ok(rows)
}

/// What readers get while nobody writes.
fn reads(scene: &Scene<'_>, options: &Options, questions: &[Question]) -> Outcome<Vec<Row>> {
    say("records");
    let mut rows = records::measure(scene)?;
    say("lists");
    rows.extend(lists::measure(scene, &options.folder)?);
    say("questions");
    rows.extend(questions::measure(scene)?);
    rows.extend(questions::every_filter(scene, questions)?);
    Ok(rows)
}

/// Tells what is going on: a run takes minutes.
fn say(what: &str) {
    println!("measuring: {what}");
}
