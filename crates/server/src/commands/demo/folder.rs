//! The folder of a demo: ours alone, so that it can be deleted without a look inside.

use std::fs;
use std::io;
use std::path::Path;

use crate::failure::{Failure, plain};

/// Tells that a folder belongs to demos.
const MARKER: &str = "peeringd-demo.txt";

const MARKER_TEXT: &str = "\
This folder was made by `peeringd demo` and holds made-up directories only.
It can be deleted as a whole: the next demo makes it again.
";

/// Makes the folder, or takes one that is empty or was made by a demo. `named` is how failures name it.
///
/// # Errors
/// When the folder holds files of somebody else, or cannot be used.
pub(super) fn prepare(folder: &Path, named: &str) -> Result<(), Failure> {
    match is_usable(folder) {
        Ok(true) => {}
        Ok(false) => {
            return Err(Failure::new(
                named,
                "holds files that no demo made",
                "name an empty or a new folder",
            ));
        }
        Err(error) => return Err(unusable(named, &error)),
    }
    fs::write(folder.join(MARKER), MARKER_TEXT).map_err(|error| unusable(named, &error))
}

fn is_usable(folder: &Path) -> io::Result<bool> {
    fs::create_dir_all(folder)?;
    if folder.join(MARKER).is_file() {
        return Ok(true);
    }
    Ok(fs::read_dir(folder)?.next().is_none())
}

fn unusable(named: &str, error: &io::Error) -> Failure {
    Failure::new(named, plain(error), "name a folder that can be made and written")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(folder: &Path) -> String {
        prepare(folder, "--dir x").expect_err("not usable").to_string()
    }

    #[test]
    fn a_new_folder_an_empty_one_and_one_of_a_demo_are_taken() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let new = scratch.path().join("a").join("b");
        prepare(&new, "--dir x").expect("made");
        fs::write(new.join("small-1.db"), "").expect("writable");
        prepare(&new, "--dir x").expect("taken again");
        let empty = scratch.path().join("empty");
        fs::create_dir(&empty).expect("made");
        prepare(&empty, "--dir x").expect("taken");
    }

    #[test]
    fn what_belongs_to_somebody_else_is_left_alone() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let file = scratch.path().join("thesis.tex");
        fs::write(&file, "").expect("writable");
        assert_eq!(
            told(scratch.path()),
            "--dir x: holds files that no demo made: name an empty or a new folder"
        );
        assert_eq!(fs::read_dir(scratch.path()).expect("readable").count(), 1);
        assert!(told(&file).ends_with(": name a folder that can be made and written"));
    }
}
