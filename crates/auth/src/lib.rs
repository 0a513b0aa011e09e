//! Passwords and API keys: hashing and verification; encryption of secrets that have to be had again, and signatures.
//!
//! Pure: randomness comes in as an argument, and nothing is read or kept. Comparisons of secrets take the same
//! time whatever differs.

pub mod api_key;
pub mod password;
pub mod seal;
pub mod signature;
