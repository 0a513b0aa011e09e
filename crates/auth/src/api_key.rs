//! API keys: `prefix.secret`, of which the prefix is stored in clear and the whole as a hash.
//!
//! The secret is random and long, so one round of SHA-512 is enough. Keys that come from elsewhere may carry a
//! password hash instead, which is verified too.

use std::fmt::Write;

use sha2::{Digest, Sha512};
use subtle::ConstantTimeEq;

use crate::password::{self, BadEncoding, Verdict};

/// Characters of the prefix.
pub const PREFIX_LENGTH: usize = 8;

/// Begins our own hashes; the place between the signs is for a salt, which a random secret does not need.
const SCHEME: &str = "sha512$$";

/// Hexadecimal digits of a SHA-512.
const DIGITS: usize = 128;

/// The prefix of a key: what is before the dot. `None` when there is no dot, or another length before it.
pub fn split(key: &str) -> Option<&str> {
    key.split_once('.').map(|(prefix, _)| prefix).filter(|prefix| prefix.chars().count() == PREFIX_LENGTH)
}

/// Hashes a key for storage.
pub fn hash(key: &str) -> String {
    let mut encoded = String::with_capacity(SCHEME.len() + DIGITS);
    encoded.push_str(SCHEME);
    for byte in Sha512::digest(key.as_bytes()) {
        let _ = write!(encoded, "{byte:02x}");
    }
    encoded
}

/// Verifies a key against an encoded hash. Of a key that came with a password hash, the right one is reported as
/// outdated.
///
/// # Errors
/// When the encoding is of an unknown kind or damaged.
pub fn verify(key: &str, encoded: &str) -> Result<Verdict, BadEncoding> {
    check(encoded)?;
    if !encoded.starts_with(SCHEME) {
        let verdict = password::verify(key, encoded)?;
        return Ok(if verdict.is_right() { Verdict::RightButOutdated } else { Verdict::Wrong });
    }
    let equal = hash(key).as_bytes().ct_eq(encoded.as_bytes());
    Ok(if bool::from(equal) { Verdict::Right } else { Verdict::Wrong })
}

/// Whether an encoded hash is of the kind that takes no time to check.
pub fn is_quick(encoded: &str) -> bool {
    encoded.starts_with(SCHEME)
}

/// Whether [`verify`] could work with an encoded hash.
///
/// # Errors
/// Why it could not.
pub fn check(encoded: &str) -> Result<(), BadEncoding> {
    match encoded.strip_prefix(SCHEME) {
        None => password::check(encoded),
        Some(digits) => {
            let plain = digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            if plain && digits.len() == DIGITS { Ok(()) } else { Err(BadEncoding::Malformed) }
        }
    }
}
