//! Values that only one record may have.
