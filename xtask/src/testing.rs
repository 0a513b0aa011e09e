//! `cargo xtask test`: the machine made ready, then the tests of the whole workspace, with a
//! server for databases and with real API clients.

use crate::clients;
use crate::command::{self, Failure};
use crate::conformance;
use crate::postgres::{self, Server};
use crate::requirements;

/// Runs every test; further arguments go to `cargo test` as they are.
///
/// Plain `cargo test` and not a faster runner: it is on every machine that has the toolchain, it covers
/// documentation examples, and its arguments mean the same everywhere.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    requirements::ensure()?;
    let server = Server::start()?;
    let mut cargo = command::cargo();
    cargo.args(["test", "--workspace", "--locked"]).args(args).env(postgres::VARIABLE, server.url());
    if let Some(folder) = clients::offer() {
        cargo.env(clients::VARIABLE, folder);
    }
    if std::env::var_os(conformance::DATASET_VARIABLE).is_none() {
        match conformance::dataset(&command::workspace_root()) {
            Some(file) => _ = cargo.env(conformance::DATASET_VARIABLE, file),
            None => println!("leaving out the test that loads recorded data: there is no corpus"),
        }
    }
    command::run(&mut cargo)
}
