//! Checking a database.
