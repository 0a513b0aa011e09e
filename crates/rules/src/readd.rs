//! Records that come back.
