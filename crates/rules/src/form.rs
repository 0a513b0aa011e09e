//! From a body to a draft of the record.
