//! Running other programs, and the failures that end a developer command.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

/// Why a developer command ends, and the exit status that says so.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What the terminal is told.
    pub(crate) message: String,
    /// 1 for a finding, 2 where the command could not do its work, else the status of the program run.
    pub(crate) status: u8,
}

impl Failure {
    /// The work was done and found something wrong.
    pub(crate) fn finding(message: impl Into<String>) -> Self {
        Self { message: message.into(), status: 1 }
    }

    /// The work could not be done.
    pub(crate) fn broken(message: impl Into<String>) -> Self {
        Self { message: message.into(), status: 2 }
    }
}

/// The folder that holds the workspace manifest.
pub(crate) fn workspace_root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_path_buf()
}

/// The cargo that started this command, run from the workspace root.
pub(crate) fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command.current_dir(workspace_root());
    // `cargo run` describes xtask itself in these. Build scripts that watch them would run again each
    // time a build changes between plain cargo and xtask.
    for (key, _) in std::env::vars_os() {
        if key.to_str().is_some_and(describes_package) {
            command.env_remove(key);
        }
    }
    command
}

fn describes_package(key: &str) -> bool {
    key.starts_with("CARGO_PKG_") || key.starts_with("CARGO_MANIFEST_") || key == "CARGO_BIN_NAME"
}

/// Runs a command on this terminal and hands its exit status back as a failure unless it is 0.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let line = shown(command);
    println!("$ {line}");
    let status = command.status().map_err(|error| cannot_start(&line, &error))?;
    if status.success() {
        return Ok(());
    }
    // The whole line stands above; what the program printed lies between.
    let short: Vec<&str> = line.split(' ').take(2).collect();
    Err(Failure { message: format!("`{}` {}", short.join(" "), ending(status)), status: status_code(status) })
}

/// Runs a command quietly and returns what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    let line = shown(command);
    let done = command.stdin(Stdio::null()).output().map_err(|error| cannot_start(&line, &error))?;
    if !done.status.success() {
        let told = String::from_utf8_lossy(&done.stderr);
        return Err(Failure::broken(format!("`{line}` {}: {}", ending(done.status), told.trim())));
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// Does a program of this name start and end well with this one argument?
pub(crate) fn answers(program: &str, argument: &str) -> bool {
    Command::new(program)
        .arg(argument)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn cannot_start(line: &str, error: &io::Error) -> Failure {
    Failure::broken(format!("cannot start `{line}`: {error}"))
}

fn ending(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("ended with status {code}"),
        None => "was ended by a signal".to_owned(),
    }
}

fn status_code(status: ExitStatus) -> u8 {
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(2)
}

/// The command as a person would type it; the program without its folder, which only adds noise.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    let mut line = name;
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&quoted(&argument.to_string_lossy()));
    }
    line
}

/// One word of a POSIX shell, quoted only where it must be.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+{}".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_only_where_a_shell_would_split_them() {
        assert_eq!(quoted("--min"), "--min");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn the_status_of_a_program_is_handed_on() {
        let failed = run(Command::new("sh").args(["-c", "exit 7"]));
        assert_eq!(failed.map_err(|failure| failure.status), Err(7));
        assert_eq!(run(&mut Command::new("true")), Ok(()));
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let failed = run(&mut Command::new("no-such-program-here"));
        let failure = failed.expect_err("there is no such program");
        assert_eq!(failure.status, 2);
        assert!(failure.message.contains("no-such-program-here"), "{}", failure.message);
        assert!(!answers("no-such-program-here", "--version"));
    }

    #[test]
    fn nested_cargo_is_not_told_about_xtask() {
        for key in ["CARGO_PKG_NAME", "CARGO_MANIFEST_DIR", "CARGO_BIN_NAME"] {
            assert!(describes_package(key), "{key}");
        }
        for key in ["CARGO", "CARGO_HOME", "CARGO_TARGET_DIR"] {
            assert!(!describes_package(key), "{key}");
        }
    }
}
