//! Passwords and API keys: hashing and verification.
//!
//! Pure: randomness comes in as an argument, and nothing is read or kept. Comparisons of secrets take the same
//! time whatever differs.

pub mod api_key;
pub mod password;
