//! `cargo xtask bench`: a release build of the program, measured at full scale.

use std::process::Command;

use crate::command::{self, Failure};
use crate::conformance::target_folder;
use crate::requirements::{self, Requirement};

/// The yardstick for whole lists. Without it that comparison is left out.
const NGINX: Requirement = Requirement {
    package: "nginx-light",
    program: "nginx",
    reason: "the same bytes from files, for comparison",
};

/// Builds the program and the benchmark, and ends with the status of the benchmark: 1 where a budget is missed.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    requirements::offer(&NGINX)?;
    command::run(command::cargo().args(["build", "--release", "--locked", "-p", "server", "-p", "bench"]))?;
    let target = target_folder()?;
    let release = target.join("release");
    let mut bench = Command::new(release.join("bench"));
    bench.arg("--program").arg(release.join("peeringd")).arg("--folder").arg(target.join("bench"));
    command::run(bench.args(args))
}
