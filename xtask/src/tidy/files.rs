//! The texts of the workspace, as the rules see them.

use std::fs;
use std::path::Path;

/// Folders of build results and scratch data, wherever they occur.
const SKIPPED_FOLDERS: &[&str] = &[".git", "target", "node_modules", "__pycache__", "peeringd-demo"];

/// Kinds of file that people write. Data, fonts and pictures are made by programs and follow no rule here.
const WRITTEN: &[&str] = &[
    "rs", "toml", "md", "sh", "yml", "yaml", "py", "sql", "css", "js", "mjs", "html", "ftl", "service",
    "jsonl",
];

/// Files without an extension that people write as well.
const WRITTEN_NAMES: &[&str] = &["run", "Containerfile", ".gitignore"];

/// One file that a person wrote.
#[derive(Debug)]
pub(super) struct TextFile {
    /// The path from the workspace root, with `/` between its parts.
    pub(super) path: String,
    /// Its content.
    pub(super) text: String,
}

impl TextFile {
    /// Does the name end in this extension?
    pub(super) fn has_extension(&self, extension: &str) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, last)| last == extension)
    }
}

/// Every written file below the root, ordered by path so that findings come in the same order everywhere.
pub(super) fn read_all(root: &Path) -> Result<Vec<TextFile>, String> {
    let mut files = Vec::new();
    collect(root, "", &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<TextFile>) -> Result<(), String> {
    let unreadable = |error: std::io::Error| format!("cannot read {}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().map_err(unreadable)?;
        let path = format!("{prefix}{name}");
        if kind.is_dir() {
            if !SKIPPED_FOLDERS.contains(&name.as_str()) {
                collect(&entry.path(), &format!("{path}/"), files)?;
            }
        } else if kind.is_file() && is_written(&name) {
            let text =
                fs::read_to_string(entry.path()).map_err(|error| format!("cannot read {path}: {error}"))?;
            files.push(TextFile { path, text });
        }
    }
    Ok(())
}

fn is_written(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, last)| last);
    WRITTEN.contains(&extension) || WRITTEN_NAMES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_files_are_told_from_made_ones() {
        for name in ["lib.rs", "README.md", "run", "accepted.jsonl"] {
            assert!(is_written(name), "{name}");
        }
        for name in ["Cargo.lock", "places.bin", "LICENSE-MIT", "map.svg"] {
            assert!(!is_written(name), "{name}");
        }
    }

    #[test]
    fn the_workspace_is_read_from_its_root_without_build_results() {
        let files = read_all(&crate::command::workspace_root()).expect("the workspace is readable");
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        for path in ["Cargo.toml", "xtask/src/tidy/files.rs", ".ci/run"] {
            assert!(paths.contains(&path), "{path}");
        }
        assert!(!paths.iter().any(|path| path.starts_with("target/")));
    }
}
