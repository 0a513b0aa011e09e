//! Real API clients for the tests, in a virtual environment of Python that is kept until its list of packages changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{self, Failure};
use crate::conformance;
use crate::requirements::{self, Requirement};

/// The variable under which the tests look for the environment.
pub(crate) const VARIABLE: &str = "PEERINGD_TEST_CLIENTS";

/// What is installed, seen from the workspace root.
const LIST: &str = "crates/server/tests/clients/requirements.txt";

/// The program of the environment without which it is none.
const PROGRAM: &str = "bin/peeringdb";

const VENV: Requirement = Requirement {
    package: "python3-venv",
    program: "python3",
    reason: "the tests run real API clients in a virtual environment",
};

/// Brings the environment to the state that its list asks for, and tells where it is.
///
/// `None` where that is not possible: a machine without Python or without a way to its package index runs all other
/// tests. Says so in one line.
pub(crate) fn offer() -> Option<PathBuf> {
    match ensure() {
        Ok(folder) => Some(folder),
        Err(failure) => {
            println!("leaving out the tests with real API clients: {}", reason(&failure.message));
            None
        }
    }
}

/// The line of a long complaint that says most: installers tell the cause first and the consequence last.
fn reason(message: &str) -> &str {
    let mut lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    let last = lines.next_back().unwrap_or(message);
    last.strip_prefix("ERROR: ").unwrap_or(last)
}

fn ensure() -> Result<PathBuf, Failure> {
    let list = command::workspace_root().join(LIST);
    let wanted = fs::read_to_string(&list).map_err(|error| broken(&list, &error))?;
    let folder = conformance::target_folder()?.join("clients");
    if !is_current(&folder, &wanted) {
        make(&folder, &list)?;
        let stamp = stamp(&folder);
        fs::write(&stamp, &wanted).map_err(|error| broken(&stamp, &error))?;
    }
    Ok(folder)
}

/// The list that the environment was made from, written once it is complete.
fn stamp(folder: &Path) -> PathBuf {
    folder.join("requirements.txt")
}

/// Whether an environment was made from this list, and its Python is still there.
fn is_current(folder: &Path, wanted: &str) -> bool {
    fs::read_to_string(stamp(folder)).is_ok_and(|made_from| made_from == wanted)
        && folder.join(PROGRAM).is_file()
        && folder.join("bin/python").is_file()
}

fn make(folder: &Path, list: &Path) -> Result<(), Failure> {
    if !has_venv() {
        requirements::obtain(&VENV)?;
    }
    println!("installing real API clients into {}", folder.display());
    command::output(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]);
    // Whoever has no way to the index learns it soon.
    pip.args(["--retries", "1", "--timeout", "15", "--only-binary", ":all:", "--requirement"]).arg(list);
    command::output(&mut pip).map(drop)
}

/// Whether Python can make an environment: Debian keeps a part of what that takes in a package of its own.
fn has_venv() -> bool {
    command::output(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_ok()
}

fn broken(path: &Path, error: &std::io::Error) -> Failure {
    Failure::broken(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_is_kept_until_its_list_changes() {
        let folder = std::env::temp_dir().join(format!("peeringd-clients-{}", std::process::id()));
        fs::create_dir_all(folder.join("bin")).expect("a folder");
        assert!(!is_current(&folder, "a==1"), "an empty folder is no environment");
        fs::write(stamp(&folder), "a==1").expect("writable");
        assert!(!is_current(&folder, "a==1"), "a list without programs is none either");
        for program in [PROGRAM, "bin/python"] {
            fs::write(folder.join(program), "").expect("writable");
        }
        assert!(is_current(&folder, "a==1"));
        assert!(!is_current(&folder, "a==2"));
        fs::remove_dir_all(&folder).expect("removable");
    }

    #[test]
    fn the_reason_is_the_last_thing_that_an_installer_says() {
        let message = "`python -m pip` ended with status 1: WARNING: Retrying\n\
                       ERROR: Could not find a version\nERROR: No matching distribution found for peeringdb==2.5.0\n";
        assert_eq!(reason(message), "No matching distribution found for peeringdb==2.5.0");
        assert_eq!(reason("cannot start `python3`: no such file"), "cannot start `python3`: no such file");
    }

    #[test]
    fn every_package_has_its_version() {
        let list = fs::read_to_string(command::workspace_root().join(LIST)).expect("the list is there");
        let lines = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let loose: Vec<&str> = lines.filter(|line| !line.contains("==")).collect();
        assert_eq!(loose, [""; 0]);
    }
}
