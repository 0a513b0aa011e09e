//! Why a command was not carried out.

use std::fmt;

use rules::Rejection;
use store::schema::UNIQUE;

use crate::principals::Refusal;

/// Why a command was not carried out.
#[derive(Debug)]
pub enum WriteError {
    /// A rule refuses it.
    Rejected(Rejection),
    /// The author's credential opens nothing any more.
    Refused(Refusal),
    /// This directory is served for reading only.
    ReadOnly,
    /// Others have been writing for longer than we wait.
    Busy,
    /// A newer program has changed the database: this one reads on and writes no more.
    Outdated,
    /// The database cannot be written, or cannot be reached.
    Unwritable(store::Error),
    /// The connection was lost, or the disk failed, while the database committed: the command may have been carried
    /// out.
    Unknown(store::Error),
    /// The database did not answer in time: the command may have been carried out.
    Silent,
    /// The command was planned again and again, and never with all that it needs.
    Unsettled,
    /// The plan breaks a rule of the database that no rule for people stands for.
    Broken(store::Error),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::Rejected(_) => f.write_str("a rule refuses the command"),
            WriteError::Refused(_) => f.write_str("the credential opens nothing any more"),
            WriteError::ReadOnly => f.write_str("the directory is served for reading only"),
            WriteError::Busy => f.write_str("others are writing; try again in a moment"),
            WriteError::Outdated => f.write_str("a newer program has changed the database"),
            WriteError::Unwritable(_) => f.write_str("the database cannot be written"),
            WriteError::Unknown(_) => f.write_str("it is not known whether the database has committed"),
            WriteError::Silent => f.write_str("the database does not answer"),
            WriteError::Unsettled => f.write_str("the command did not settle"),
            WriteError::Broken(_) => f.write_str("the change does not fit into the database"),
        }
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            WriteError::Unwritable(error) | WriteError::Unknown(error) | WriteError::Broken(error) => {
                Some(error)
            }
            WriteError::Rejected(_)
            | WriteError::Refused(_)
            | WriteError::ReadOnly
            | WriteError::Busy
            | WriteError::Outdated
            | WriteError::Silent
            | WriteError::Unsettled => None,
        }
    }
}

impl From<store::Error> for WriteError {
    fn from(error: store::Error) -> WriteError {
        use store::Error;
        match error {
            Error::Busy { .. } => WriteError::Busy,
            Error::SchemaTooNew { .. } => WriteError::Outdated,
            Error::Constraint { ref name } => match UNIQUE.iter().find(|unique| unique.name == name) {
                Some(unique) => WriteError::Rejected(rules::taken(unique.tag, unique.fields)),
                None => WriteError::Broken(error),
            },
            Error::Missing { .. }
            | Error::NoSuchDatabase { .. }
            | Error::Denied { .. }
            | Error::Unreachable { .. }
            | Error::NotADatabase { .. }
            | Error::Damaged { .. }
            | Error::Full { .. }
            | Error::ReadOnly { .. }
            | Error::Sql(_) => WriteError::Unwritable(error),
            Error::OutcomeUnknown { .. } => WriteError::Unknown(error),
            // Two versions of the program must not write into one index.
            Error::OtherNameKeys { .. } => WriteError::Outdated,
            Error::Corrupt { .. }
            | Error::NameClash { .. }
            | Error::NoChange
            | Error::PlainSecret
            | Error::Nul => WriteError::Broken(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unique_value_has_its_field_error() {
        for unique in UNIQUE {
            let error = store::Error::Constraint { name: unique.name.to_owned() };
            let WriteError::Rejected(Rejection::Invalid(errors)) = WriteError::from(error) else {
                panic!("{}", unique.name);
            };
            let field = if let [field] = unique.fields { *field } else { rules::GENERAL };
            assert!(errors.concerns(field), "{}: {errors:?}", unique.name);
        }
    }

    #[test]
    fn other_rules_of_the_database_are_no_fault_of_the_caller() {
        for name in ["net_status_check", "foreign key"] {
            let error = WriteError::from(store::Error::Constraint { name: name.to_owned() });
            assert!(matches!(error, WriteError::Broken(_)), "{name}");
        }
    }
}
