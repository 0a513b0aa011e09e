//! Why there is no export.

use std::fmt;

use crate::new_file::FileError;

/// Why the public directory is not written.
#[derive(Debug)]
pub enum ExportError {
    /// The file.
    File(FileError),
    /// The SQLite database that was to be written.
    Store(store::Error),
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExportError::File(error) => error.fmt(f),
            ExportError::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ExportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ExportError::File(error) => error.source(),
            ExportError::Store(error) => error.source(),
        }
    }
}

impl From<FileError> for ExportError {
    fn from(error: FileError) -> ExportError {
        ExportError::File(error)
    }
}

impl From<store::Error> for ExportError {
    fn from(error: store::Error) -> ExportError {
        ExportError::Store(error)
    }
}
