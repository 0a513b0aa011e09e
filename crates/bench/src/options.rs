//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use crate::failure::{Failure, Outcome};
use crate::rows::Plan;

const USAGE: &str = "usage: bench --program FILE --folder FOLDER [--quick | --full] [--writes] [--json FILE] [--compare FILE]";

/// Time that slow readers stay with `--full`.
const LONG_STAY: Duration = Duration::from_secs(120);

/// What is measured, and where results go.
#[derive(Debug)]
pub(crate) struct Options {
    /// The program under test.
    pub(crate) program: PathBuf,
    /// Where the directory and everything else that a run needs is kept.
    pub(crate) folder: PathBuf,
    pub(crate) plan: Plan,
    /// Whether rows about reading alone are left out.
    pub(crate) writes_alone: bool,
    /// Where the results go as JSON.
    pub(crate) json: Option<PathBuf>,
    /// The results of another run.
    pub(crate) compare: Option<PathBuf>,
}

impl Options {
    pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Outcome<Options> {
        let (mut program, mut folder, mut json, mut compare) = (None, None, None, None);
        let (mut plan, mut writes_alone) = (Plan::NORMAL, false);
        while let Some(word) = words.next() {
            match word.as_str() {
                "--quick" => plan = Plan::QUICK,
                "--writes" => writes_alone = true,
                "--full" => plan.slow = LONG_STAY,
                "--program" => program = words.next(),
                "--folder" => folder = words.next(),
                "--json" => json = words.next(),
                "--compare" => compare = words.next(),
                other => return Err(Failure::new(format!("{other}: not known here; {USAGE}"))),
            }
        }
        let needed = |given: Option<String>| given.map(PathBuf::from).ok_or_else(|| Failure::new(USAGE));
        Ok(Options {
            program: needed(program)?,
            folder: needed(folder)?,
            plan,
            writes_alone,
            json: json.map(PathBuf::from),
            compare: compare.map(PathBuf::from),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Outcome<Options> {
        Options::read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_are_read_in_any_order() {
        let options = read("--json out --program p --quick --folder f").expect("valid");
        assert_eq!((options.program, options.folder), (PathBuf::from("p"), PathBuf::from("f")));
        assert_eq!(options.json, Some(PathBuf::from("out")));
        assert_eq!(options.plan.repetitions, 1);
        assert!(
            !options.writes_alone && read("--program p --folder f --writes").expect("valid").writes_alone
        );
        assert_eq!(read("--program p --folder f --full").expect("valid").plan.slow, LONG_STAY);
    }

    #[test]
    fn what_is_missing_or_unknown_is_an_error() {
        assert!(read("--program p").is_err());
        assert!(read("--program p --folder f --fast").is_err());
    }
}
