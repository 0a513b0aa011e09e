//! What the tests need from the machine beyond the Rust toolchain.
//!
//! Deciding is apart from doing: [`plan`] is a pure function of what is needed and what is there.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{self, Failure};

/// A Debian package that some test cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Requirement {
    /// The name that apt-get knows.
    pub(crate) package: &'static str,
    /// A program of that package; the package counts as present where this is found.
    pub(crate) program: &'static str,
    /// Which tests need it, and what for.
    pub(crate) reason: &'static str,
}

/// An entry belongs here from the day on which a test uses it, not earlier: every entry costs each new
/// machine an installation.
pub(crate) const REQUIREMENTS: &[Requirement] = &[Requirement {
    package: "postgresql",
    program: "initdb",
    reason: "a private server, on which the tests of the store and of what stands on it run a second time",
}];

/// Folders that hold server programs which Debian keeps off the search path.
const EXTRA_PROGRAM_PARENTS: &[&str] = &["/usr/lib/postgresql"];

/// What this machine lets us do about a missing package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Powers {
    /// May install system packages.
    pub(crate) root: bool,
    /// Has Debian's installer.
    pub(crate) apt: bool,
}

/// What is to be done before the tests can run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Everything is there.
    Ready,
    /// These packages are missing and can be installed from here.
    Install(Vec<&'static str>),
    /// These are missing, and somebody else has to install them.
    Ask(Vec<Requirement>),
}

/// Decides what to do about the requirements that `present` does not confirm.
pub(crate) fn plan(
    requirements: &[Requirement],
    present: impl Fn(&Requirement) -> bool,
    powers: Powers,
) -> Plan {
    let missing: Vec<Requirement> = requirements.iter().filter(|needed| !present(needed)).copied().collect();
    if missing.is_empty() {
        return Plan::Ready;
    }
    if powers.root && powers.apt {
        return Plan::Install(missing.iter().map(|needed| needed.package).collect());
    }
    Plan::Ask(missing)
}

/// Brings the machine to the state that the tests need, or says what is missing.
pub(crate) fn ensure() -> Result<(), Failure> {
    let folders = program_folders();
    let present = |needed: &Requirement| has_program(&folders, needed.program);
    // The powers are looked up only where there is anything to look up for.
    if REQUIREMENTS.iter().all(present) {
        return Ok(());
    }
    match plan(REQUIREMENTS, present, powers()) {
        Plan::Ready => Ok(()),
        Plan::Install(packages) => install(&packages),
        Plan::Ask(missing) => Err(Failure::broken(request(&missing))),
    }
}

/// Installs what is missing where that is possible, for a command that can do without it.
pub(crate) fn offer(needed: &Requirement) -> Result<(), Failure> {
    let folders = program_folders();
    match plan(&[*needed], |needed| has_program(&folders, needed.program), powers()) {
        Plan::Ready => Ok(()),
        Plan::Install(packages) => install(&packages),
        Plan::Ask(missing) => {
            missing.iter().for_each(|needed| println!("{}", absent(needed)));
            Ok(())
        }
    }
}

/// Installs a package that is missing, or fails: one that adds to a program which may be there without it.
pub(crate) fn obtain(needed: &Requirement) -> Result<(), Failure> {
    match plan(&[*needed], |_| false, powers()) {
        Plan::Ready => Ok(()),
        Plan::Install(packages) => install(&packages),
        Plan::Ask(_) => Err(Failure::broken(absent(needed))),
    }
}

fn absent(needed: &Requirement) -> String {
    format!("{} ({}) is not on this machine: {}", needed.program, needed.package, needed.reason)
}

fn install(packages: &[&str]) -> Result<(), Failure> {
    println!("installing what is needed: {}", packages.join(", "));
    command::run(apt_get().arg("update"))?;
    command::run(apt_get().args(["install", "--yes", "--no-install-recommends"]).args(packages))
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    // Nobody is there to answer a question on a build machine.
    command.env("DEBIAN_FRONTEND", "noninteractive").stdin(std::process::Stdio::null());
    command
}

fn request(missing: &[Requirement]) -> String {
    let mut text = String::from("the tests need programs that are not on this machine:");
    for needed in missing {
        text.push_str(&format!("\n  {} ({}): {}", needed.program, needed.package, needed.reason));
    }
    let packages: Vec<&str> = missing.iter().map(|needed| needed.package).collect();
    text.push_str(&format!("\non Debian, as root: apt-get update && apt-get install {}", packages.join(" ")));
    text
}

fn powers() -> Powers {
    let root = command::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    Powers { root, apt: command::answers("apt-get", "--version") }
}

fn program_folders() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for parent in EXTRA_PROGRAM_PARENTS {
        let versions = std::fs::read_dir(parent).into_iter().flatten().flatten();
        folders.extend(versions.map(|version| version.path().join("bin")));
    }
    folders
}

/// Where a required program is.
pub(crate) fn find(program: &str) -> Result<PathBuf, Failure> {
    let found = program_folders().into_iter().map(|folder| folder.join(program)).find(|path| path.is_file());
    found.ok_or_else(|| {
        Failure::broken(format!("there is no program {program}; `cargo xtask test` installs it"))
    })
}

fn has_program(folders: &[PathBuf], program: &str) -> bool {
    folders.iter().any(|folder: &PathBuf| Path::new(folder).join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BROWSER: Requirement =
        Requirement { package: "chromium", program: "chromium", reason: "page tests" };
    const DATABASE: Requirement =
        Requirement { package: "postgresql", program: "postgres", reason: "store tests" };
    const ALL: Powers = Powers { root: true, apt: true };

    #[test]
    fn nothing_is_planned_where_nothing_is_missing() {
        assert_eq!(plan(&[], |_| false, ALL), Plan::Ready);
        assert_eq!(plan(&[BROWSER, DATABASE], |_| true, ALL), Plan::Ready);
    }

    #[test]
    fn only_the_missing_packages_are_installed() {
        let present = |needed: &Requirement| needed.package == "chromium";
        assert_eq!(plan(&[BROWSER, DATABASE], present, ALL), Plan::Install(vec!["postgresql"]));
    }

    #[test]
    fn without_the_power_to_install_somebody_is_asked() {
        for powers in [Powers { root: false, apt: true }, Powers { root: true, apt: false }] {
            assert_eq!(plan(&[DATABASE], |_| false, powers), Plan::Ask(vec![DATABASE]));
        }
    }

    #[test]
    fn a_request_names_package_program_reason_and_remedy() {
        let text = request(&[BROWSER, DATABASE]);
        for part in ["postgres (postgresql): store tests", "apt-get install chromium postgresql"] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn programs_are_found_in_the_given_folders_only() {
        let folders = [PathBuf::from("/nowhere"), PathBuf::from("/bin")];
        assert!(has_program(&folders, "sh"));
        assert!(!has_program(&folders[..1], "sh"));
    }

    #[test]
    fn every_requirement_says_why() {
        for needed in REQUIREMENTS {
            assert!(needed.reason.len() > 10, "{} needs a reason", needed.package);
        }
    }
}
