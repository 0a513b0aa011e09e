//! Writing a backup.
