//! `cargo xtask faults`: the program is killed, starved and cut off while others write to it, and fed with rubbish.
//!
//! Whatever happens, what was acknowledged is there, nothing is half there, and reads go on.

mod bodies;
mod disk;
mod http;
mod kill;
mod ledger;
mod options;
mod outage;
mod program;
mod report;
mod sync;
mod trace;
mod world;
mod writers;

use std::fs;

use self::options::{Options, Part};
use self::program::Program;
use self::report::Report;
use self::world::World;
use crate::command::{self, Failure};
use crate::conformance::target_folder;
use crate::postgres::Server;
use crate::requirements;

/// What all parts work with.
pub(crate) struct Stage {
    world: World,
    seed: u64,
    /// Kills of a part.
    rounds: u64,
    /// Whether there is time for what takes long.
    long: bool,
    report: Report,
}

/// The database of a part.
pub(crate) enum Base<'a> {
    File,
    Server(&'a Server),
}

impl Base<'_> {
    const fn name(&self) -> &'static str {
        match self {
            Base::File => "sqlite",
            Base::Server(_) => "postgres",
        }
    }

    fn program(&self, world: &World, name: &str) -> Result<Program, Failure> {
        match self {
            Base::File => world.on_file(name),
            Base::Server(server) => world.on_server(server, name),
        }
    }
}

/// Runs the parts that are asked for, tells what they came to, and fails where anything was found.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    let options = Options::read(args).map_err(Failure::broken)?;
    let program = match &options.program {
        Some(program) => program.clone(),
        None => {
            command::run(command::cargo().args(["build", "--locked", "-p", "server"]))?;
            target_folder()?.join("debug").join("peeringd")
        }
    };
    let folder = target_folder()?.join("faults").join(std::process::id().to_string());
    println!("seed {}: the same number makes the same decisions", options.seed);
    let world = World::make(&program, folder, options.seed)?;
    let rounds = options.rounds;
    let mut stage =
        Stage { world, seed: options.seed, rounds, long: options.long, report: Report::default() };
    let done = parts(&mut stage, &options);
    println!("\n{}", stage.report.table());
    if let Some(file) = &options.json {
        let text = format!("{:#}\n", stage.report.json(options.seed));
        fs::write(file, text).map_err(|error| Failure::broken(format!("{}: {error}", file.display())))?;
    }
    done?;
    match stage.report.findings() {
        [] => Ok(()),
        findings => Err(Failure::finding(format!("seed {}:\n  {}", options.seed, findings.join("\n  ")))),
    }
}

fn parts(stage: &mut Stage, options: &Options) -> Result<(), Failure> {
    let traced = options.has(Part::Sync) || options.has(Part::Disk);
    let traceable = if traced { trace::usable()? } else { Ok(()) };
    if options.sqlite {
        on_files(stage, options, &traceable)?;
    }
    if options.postgres {
        requirements::ensure()?;
        on_server(stage, options, &traceable, Server::start_durable()?)?;
    }
    Ok(())
}

fn on_files(stage: &mut Stage, options: &Options, traceable: &Result<(), String>) -> Result<(), Failure> {
    if options.has(Part::Kill) {
        kill::program(stage, &Base::File)?;
    }
    if options.has(Part::Sync) {
        match traceable {
            Ok(()) => {
                sync::counted(stage, &Base::File)?;
                sync::failing(stage)?;
            }
            Err(why) => stage.report.leave_out("sync", "sqlite", "system calls", why.clone()),
        }
    }
    if options.has(Part::Disk) {
        disk::full(stage)?;
        disk::locked(stage)?;
        match traceable {
            Ok(()) => disk::unwritable(stage)?,
            Err(why) => stage.report.leave_out("disk", "sqlite", "files that cannot be written", why.clone()),
        }
    }
    if options.has(Part::Bodies) {
        bodies::run(stage)?;
    }
    Ok(())
}

fn on_server(
    stage: &mut Stage,
    options: &Options,
    traceable: &Result<(), String>,
    mut server: Server,
) -> Result<(), Failure> {
    if options.has(Part::Kill) {
        kill::program(stage, &Base::Server(&server))?;
        kill::database(stage, &mut server)?;
    }
    if options.has(Part::Sync) {
        match traceable {
            Ok(()) => sync::counted(stage, &Base::Server(&server))?,
            Err(why) => stage.report.leave_out("sync", "postgres", "system calls", why.clone()),
        }
    }
    if options.has(Part::Disk) {
        outage::of_server(stage, &mut server)?;
    }
    Ok(())
}
