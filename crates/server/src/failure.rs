//! How a command ends.

use std::error::Error;
use std::fmt;
use std::io;

/// The end of a command that did its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// All is well.
    Fine,
    /// The work was done and found something wrong.
    Finding,
}

/// Why a command stopped early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// It could not do its work.
    Failed(Failure),
    /// Whoever read its output has gone, as `head` does: nothing is left to do, and nothing is wrong.
    ReaderLeft,
}

/// What a command returns.
pub(crate) type Done<T = End> = Result<T, Stop>;

/// A failure as one line: what it is about, what is wrong with it, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure(String);

impl Failure {
    /// `what` names an option with its value, a file or a thing, and holds no secret.
    pub(crate) fn new(
        what: impl fmt::Display,
        cause: impl fmt::Display,
        remedy: impl fmt::Display,
    ) -> Failure {
        Failure(one_line(&format!("{what}: {cause}: {remedy}")))
    }

    /// An error whose text names the thing and the remedy already; its causes follow.
    pub(crate) fn told(error: &dyn Error) -> Failure {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            text = format!("{text}: {inner}");
            cause = inner.source();
        }
        Failure(one_line(&text))
    }
}

/// An error of the system without the number that it has there.
pub(crate) fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split_once(" (os error").map_or(text.clone(), |(text, _)| text.to_owned())
}

/// Whoever reads a log expects one line for one failure.
fn one_line(text: &str) -> String {
    let parts = text.split(['\n', '\r']).map(str::trim).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ")
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Failed(failure)
    }
}

impl From<io::Error> for Stop {
    /// The only errors that commands hand on as they are come from writing to standard output.
    fn from(error: io::Error) -> Stop {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Stop::ReaderLeft;
        }
        Failure::new("standard output", plain(&error), "see where it leads to").into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_line() {
        let failure = Failure::new("file.json", "broken\n  at line 3\r\n", "mend it");
        assert_eq!(failure.to_string(), "file.json: broken at line 3 : mend it");
    }

    #[test]
    fn an_error_is_told_with_its_causes() {
        let error = app::backup::LoadError::Read {
            file: "a.json".to_owned(),
            source: io::Error::other("the disk\nis gone"),
        };
        assert_eq!(Failure::told(&error).to_string(), "a.json: cannot be read: the disk is gone");
    }

    #[test]
    fn a_reader_who_left_is_no_failure() {
        assert!(matches!(Stop::from(io::Error::from(io::ErrorKind::BrokenPipe)), Stop::ReaderLeft));
        assert!(matches!(Stop::from(io::Error::from(io::ErrorKind::StorageFull)), Stop::Failed(_)));
    }
}
