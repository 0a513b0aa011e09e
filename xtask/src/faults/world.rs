//! A small directory to do harm to: made once, and copied for each part of a run.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::program::Program;
use crate::command::{self, Failure};
use crate::postgres::Server;

/// The directory, and who may change it.
pub(crate) struct World {
    folder: PathBuf,
    program: PathBuf,
    /// The API key of the administrator.
    pub(crate) key: String,
}

impl World {
    /// Makes a directory in a folder that is emptied for it, and removed with this value.
    pub(crate) fn make(program: &Path, folder: PathBuf, seed: u64) -> Result<World, Failure> {
        let broken = |error: std::io::Error| Failure::broken(format!("{}: {error}", folder.display()));
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(broken)?;
        }
        fs::create_dir_all(&folder).map_err(broken)?;
        let key = demonstrate(program, &folder.join("demo"), seed)?;
        let world = World { key, program: program.to_owned(), folder };
        world.take_demo(seed)?;
        world.program_on(&world.template()).dump_to(&world.backup())?;
        Ok(world)
    }

    fn take_demo(&self, seed: u64) -> Result<(), Failure> {
        let made = self.folder.join("demo").join(format!("small-{seed}.db"));
        copy(&made, &self.template())
    }

    fn template(&self) -> PathBuf {
        self.folder.join("world.db")
    }

    fn backup(&self) -> PathBuf {
        self.folder.join("world.json")
    }

    fn program_on(&self, file: &Path) -> Program {
        Program {
            path: self.program.clone(),
            database: format!("sqlite:{}", file.display()),
            log: file.with_extension("log"),
        }
    }

    /// The directory in a file of its own, in the folder of this run.
    pub(crate) fn on_file(&self, name: &str) -> Result<Program, Failure> {
        self.on_file_in(&self.folder, name)
    }

    /// The same in another folder.
    pub(crate) fn on_file_in(&self, folder: &Path, name: &str) -> Result<Program, Failure> {
        let file = folder.join(format!("{name}.db"));
        copy(&self.template(), &file)?;
        // The log stays where there is always room.
        Ok(Program { log: self.folder.join(format!("{name}.log")), ..self.program_on(&file) })
    }

    /// The directory in a database of its own.
    pub(crate) fn on_server(&self, server: &Server, name: &str) -> Result<Program, Failure> {
        server.sql(&format!("CREATE DATABASE {name}"))?;
        let program = Program {
            path: self.program.clone(),
            database: server.url_of(name),
            log: self.folder.join(format!("{name}-server.log")),
        };
        program.load(&self.backup())?;
        Ok(program)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // What stays is in the folder of builds, and the next run of the same number removes it.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let copied = fs::copy(from, to);
    copied
        .map(drop)
        .map_err(|error| Failure::broken(format!("{} to {}: {error}", from.display(), to.display())))
}

/// Makes a demo, and reads in its greeting how its administrator signs in.
fn demonstrate(program: &Path, folder: &Path, seed: u64) -> Result<String, Failure> {
    let mut demo = Command::new(program);
    demo.args(["demo", "--listen", "127.0.0.1:0", "--log", "warn", "--seed", &seed.to_string(), "--dir"])
        .arg(folder);
    let broken = |error: std::io::Error| Failure::broken(format!("`peeringd demo`: {error}"));
    let mut child = demo.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(broken)?;
    let greeting = child.stdout.take().map(BufReader::new);
    let lines = greeting.into_iter().flat_map(|greeting| greeting.lines().map_while(Result::ok));
    let key = lines.filter_map(|line| administrators_key(&line)).next();
    command::output(Command::new("kill").arg(child.id().to_string()))?;
    child.wait().map_err(broken)?;
    key.ok_or_else(|| Failure::broken("`peeringd demo` greets without the key of its administrator"))
}

fn administrators_key(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let found = (words.next(), words.next(), words.next());
    match found {
        (Some("admin"), Some(_), Some(key)) if key.contains('.') => Some(key.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_stands_in_the_line_of_the_administrator() {
        let line = "admin     kh3k8-nhthf  n1NqPajs.H2TARCMR8e5XZmk8  administrator of the whole directory";
        assert_eq!(administrators_key(line).as_deref(), Some("n1NqPajs.H2TARCMR8e5XZmk8"));
        assert_eq!(administrators_key("orgadmin  a  b.c  administrator of an organization"), None);
        assert_eq!(administrators_key(""), None);
    }
}
