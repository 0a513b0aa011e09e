//! `cargo xtask tidy`: the rules of the house that the compiler does not know.
//!
//! Each rule is a pure function from texts to findings, so that its tests need no files. Lists of
//! exceptions live beside their rule, with a reason for each entry, and an entry that is no longer
//! needed is itself a finding: such lists only shrink.

mod files;
mod manifests;
mod records;
mod sources;
mod texts;

use std::path::Path;

use crate::command::{self, Failure};

/// A file that a rule leaves alone, and why.
#[derive(Debug, Clone, Copy)]
struct Exception {
    /// The path from the workspace root.
    path: &'static str,
    /// Why the rule does not hold there.
    reason: &'static str,
}

/// Prints every finding, and fails where there is one.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    if let Some(surplus) = args.first() {
        return Err(Failure::broken(format!("tidy takes no arguments, and got `{surplus}`")));
    }
    let findings = findings(&command::workspace_root()).map_err(Failure::broken)?;
    if findings.is_empty() {
        println!("tidy: nothing to say");
        return Ok(());
    }
    Err(Failure::finding(format!("tidy:\n  {}", findings.join("\n  "))))
}

fn findings(root: &Path) -> Result<Vec<String>, String> {
    let files = files::read_all(root)?;
    let mut found = manifests::check_workspace(&files);
    found.extend(sources::check(&files));
    found.extend(texts::check(&files));
    found.extend(records::check(root)?);
    Ok(found)
}

/// Complaints about a list of exceptions: entries without a reason, and entries that nothing needs.
fn stale(list: &str, exceptions: &[Exception], used: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for exception in exceptions {
        if exception.reason.len() < 10 {
            found.push(format!("{list} names {} without a reason", exception.path));
        }
        if !used.contains(&exception.path) {
            found.push(format!("{list} names {}, which does not need it", exception.path));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_tidy() {
        let found = findings(&command::workspace_root()).expect("the workspace is readable");
        assert!(found.is_empty(), "tidy found:\n  {}", found.join("\n  "));
    }

    #[test]
    fn exceptions_need_a_reason_and_a_use() {
        let list = [
            Exception { path: "a.rs", reason: "measures the machine itself" },
            Exception { path: "b.rs", reason: "" },
        ];
        assert!(stale("LIST", &list[..1], &["a.rs"]).is_empty());
        assert_eq!(
            stale("LIST", &list, &["b.rs"]),
            ["LIST names a.rs, which does not need it", "LIST names b.rs without a reason"]
        );
    }
}
