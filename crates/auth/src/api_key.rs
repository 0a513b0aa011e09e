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

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "abcdefgh.0123456789abcdef0123456789abcdef";
    /// Made with Python's hashlib.sha512.
    const HASH: &str = "sha512$$f035bbee973fc90a6bd7069803b00409cb21cc3c3505340ad0f868243453aa02\
                        dae4e568a7ff7bb8560188bb3a548510ec293f8d1d5fc8396ce86559f7d39813";

    #[test]
    fn keys_have_a_prefix_of_eight() {
        assert_eq!(split(KEY), Some("abcdefgh"));
        for key in ["", "abcdefgh", "abcdefg.x", "abcdefghi.x", ".x"] {
            assert_eq!(split(key), None, "{key}");
        }
        assert_eq!(split("abcdefgh.x.y"), Some("abcdefgh"));
    }

    #[test]
    fn known_hashes_are_verified() {
        assert_eq!(hash(KEY), HASH);
        assert_eq!(verify(KEY, HASH), Ok(Verdict::Right));
        assert_eq!(verify(&KEY[..KEY.len() - 1], HASH), Ok(Verdict::Wrong));
    }

    #[test]
    fn keys_with_a_password_hash_are_outdated() {
        let slow = "pbkdf2_sha256$1000$seasalt$+hs9qSCcGyNSGDNojIEbomuX9WI/mzTF5yfwAXqyKOo=";
        assert_eq!(verify("secret", slow), Ok(Verdict::RightButOutdated));
        assert_eq!(verify("other", slow), Ok(Verdict::Wrong));
        assert!(is_quick(HASH) && !is_quick(slow));
        let own = password::hash(KEY, [1; 16]).expect("a hash");
        assert_eq!(verify(KEY, &own), Ok(Verdict::RightButOutdated));
    }

    #[test]
    fn damaged_hashes_are_told() {
        for encoded in ["sha512$$", "sha512$$00", &HASH.to_uppercase(), &HASH[..HASH.len() - 1]] {
            assert!(verify(KEY, encoded).is_err(), "{encoded}");
        }
    }
}
