//! Passwords.
//!
//! Our own hashes are argon2id strings (`$argon2id$v=19$m=19456,t=2,p=1$salt$hash`). Those of Django are verified
//! as well, so that accounts can move here with their passwords: `argon2$argon2id$…`, and
//! `pbkdf2_sha256$iterations$salt$hash`.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Memory of our own hashes, in KiB.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes of our own hashes.
const PASSES: u32 = 2;
/// Lanes of our own hashes.
const LANES: u32 = 1;
/// Length of our own hashes, in bytes.
const HASH_LENGTH: usize = 32;

/// The hash of no known password, as expensive to verify as those of [`hash`]: for answers that shall not tell by
/// their time that there is no account.
pub const NOBODYS_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What foreign encodings may ask for: verifying must not become a way to exhaust the machine.
mod limit {
    pub(super) const MEMORY_KIB: u32 = 1024 * 1024;
    pub(super) const PASSES: u32 = 64;
    pub(super) const LANES: u32 = 64;
    pub(super) const PBKDF2_ROUNDS: u32 = 10_000_000;
    pub(super) const BYTES: std::ops::RangeInclusive<usize> = 16..=128;
}

/// Whether a password is the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is not.
    Wrong,
    /// It is.
    Right,
    /// It is, and its hash should be replaced by one of our own.
    RightButOutdated,
}

impl Verdict {
    /// Whether the password is the right one.
    pub const fn is_right(self) -> bool {
        !matches!(self, Verdict::Wrong)
    }
}

/// An encoded hash that cannot be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadEncoding {
    /// It names no algorithm that we know.
    UnknownAlgorithm,
    /// Its parts have not the form that its algorithm asks for.
    Malformed,
    /// It asks for more work than we are ready to do.
    TooExpensive,
}

impl fmt::Display for BadEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadEncoding::UnknownAlgorithm => "not an argon2id or pbkdf2_sha256 hash",
            BadEncoding::Malformed => "a damaged hash",
            BadEncoding::TooExpensive => "a hash that takes too much memory or time to verify",
        })
    }
}

impl std::error::Error for BadEncoding {}

/// Hashes a password for storage. Takes 19 MiB and some hundredths of a second.
///
/// # Errors
/// When the password is longer than the algorithm takes, which is 4 GiB.
pub fn hash(plain: &str, salt: [u8; 16]) -> Result<String, argon2::Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_LENGTH))?;
    let mut hash = [0; HASH_LENGTH];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(
        plain.as_bytes(),
        &salt,
        &mut hash,
    )?;
    let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
    Ok(format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${hash}"))
}

/// Verifies a password against an encoded hash.
///
/// # Errors
/// When the encoding is of an unknown kind, damaged, or too expensive to follow.
pub fn verify(plain: &str, encoded: &str) -> Result<Verdict, BadEncoding> {
    let (expected, computed, current) = match parse(encoded)? {
        Encoded::Argon2(encoded) => {
            let mut hash = vec![0; encoded.hash.len()];
            let context = Argon2::new(Algorithm::Argon2id, Version::V0x13, encoded.params);
            context
                .hash_password_into(plain.as_bytes(), &encoded.salt, &mut hash)
                .map_err(|_| BadEncoding::Malformed)?;
            (encoded.hash, hash, encoded.current)
        }
        Encoded::Pbkdf2 { rounds, salt, hash } => {
            let mut computed = vec![0; hash.len()];
            pbkdf2::pbkdf2_hmac::<Sha256>(plain.as_bytes(), salt.as_bytes(), rounds, &mut computed);
            (hash, computed, false)
        }
    };
    Ok(match (bool::from(expected.ct_eq(&computed)), current) {
        (false, _) => Verdict::Wrong,
        (true, true) => Verdict::Right,
        (true, false) => Verdict::RightButOutdated,
    })
}

/// Whether [`verify`] could work with an encoded hash.
///
/// # Errors
/// Why it could not.
pub fn check(encoded: &str) -> Result<(), BadEncoding> {
    parse(encoded).map(|_| ())
}

enum Encoded<'a> {
    Argon2(Argon2Hash),
    Pbkdf2 { rounds: u32, salt: &'a str, hash: Vec<u8> },
}

struct Argon2Hash {
    params: Params,
    salt: Vec<u8>,
    hash: Vec<u8>,
    /// Made as we make them today.
    current: bool,
}

fn parse(encoded: &str) -> Result<Encoded<'_>, BadEncoding> {
    if let Some(rest) = encoded.strip_prefix("$argon2id$") {
        parse_argon2(rest, true).map(Encoded::Argon2)
    } else if let Some(rest) = encoded.strip_prefix("argon2$argon2id$") {
        parse_argon2(rest, false).map(Encoded::Argon2)
    } else if let Some(rest) = encoded.strip_prefix("pbkdf2_sha256$") {
        parse_pbkdf2(rest)
    } else {
        Err(BadEncoding::UnknownAlgorithm)
    }
}

fn decode(text: &str) -> Result<Vec<u8>, BadEncoding> {
    STANDARD_NO_PAD.decode(text).map_err(|_| BadEncoding::Malformed)
}

fn checked_hash(hash: Vec<u8>) -> Result<Vec<u8>, BadEncoding> {
    // An empty hash would equal every other empty one.
    if limit::BYTES.contains(&hash.len()) { Ok(hash) } else { Err(BadEncoding::Malformed) }
}

/// Parses `v=19$m=…,t=…,p=…$salt$hash`.
fn parse_argon2(text: &str, own: bool) -> Result<Argon2Hash, BadEncoding> {
    let parts: Vec<&str> = text.split('$').collect();
    let ["v=19", costs, salt, hash] = parts[..] else { return Err(BadEncoding::Malformed) };
    let costs: Vec<&str> = costs.split(',').collect();
    let [memory, passes, lanes] = costs[..] else { return Err(BadEncoding::Malformed) };
    let number = |text: &str, key: &str| {
        text.strip_prefix(key).and_then(|n| n.parse::<u32>().ok()).ok_or(BadEncoding::Malformed)
    };
    let (memory, passes, lanes) = (number(memory, "m=")?, number(passes, "t=")?, number(lanes, "p=")?);
    if memory > limit::MEMORY_KIB || passes > limit::PASSES || lanes > limit::LANES {
        return Err(BadEncoding::TooExpensive);
    }
    let hash = checked_hash(decode(hash)?)?;
    let params = Params::new(memory, passes, lanes, Some(hash.len())).map_err(|_| BadEncoding::Malformed)?;
    let current = own && (memory, passes, lanes, hash.len()) == (MEMORY_KIB, PASSES, LANES, HASH_LENGTH);
    Ok(Argon2Hash { params, salt: decode(salt)?, hash, current })
}

/// Parses `iterations$salt$hash`; the salt is text, the hash base64 with padding.
fn parse_pbkdf2(text: &str) -> Result<Encoded<'_>, BadEncoding> {
    let parts: Vec<&str> = text.split('$').collect();
    let [rounds, salt, hash] = parts[..] else { return Err(BadEncoding::Malformed) };
    let rounds: u32 = rounds.parse().map_err(|_| BadEncoding::Malformed)?;
    if rounds > limit::PBKDF2_ROUNDS {
        return Err(BadEncoding::TooExpensive);
    }
    if rounds == 0 {
        return Err(BadEncoding::Malformed);
    }
    let hash = checked_hash(STANDARD.decode(hash).map_err(|_| BadEncoding::Malformed)?)?;
    Ok(Encoded::Pbkdf2 { rounds, salt, hash })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_hashes_are_verified_and_current() {
        let encoded = hash("correct horse", *b"0123456789abcdef").expect("a hash");
        assert!(encoded.starts_with("$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$"), "{encoded}");
        assert_eq!(verify("correct horse", &encoded), Ok(Verdict::Right));
        assert_eq!(verify("correct horsE", &encoded), Ok(Verdict::Wrong));
        assert_eq!(verify("", &encoded), Ok(Verdict::Wrong));
        assert_ne!(hash("correct horse", *b"0123456789abcdeF").expect("a hash"), encoded);
    }

    #[test]
    fn the_hash_of_nobody_costs_as_much_as_one_of_our_own_and_opens_nothing() {
        let own = hash("", [0; 16]).expect("a hash");
        let prefix = own.rsplit_once('$').expect("parts").0;
        assert_eq!(NOBODYS_HASH.rsplit_once('$').expect("parts").0, prefix);
        assert_eq!(NOBODYS_HASH.len(), own.len());
        assert_eq!(verify("", NOBODYS_HASH), Ok(Verdict::Wrong));
    }

    /// The vector of the algorithm's reference implementation.
    const REFERENCE: &str =
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

    #[test]
    fn known_argon2_vectors_are_verified() {
        assert_eq!(verify("password", REFERENCE), Ok(Verdict::RightButOutdated));
        assert_eq!(verify("Password", REFERENCE), Ok(Verdict::Wrong));
        let django = format!("argon2{REFERENCE}");
        assert_eq!(verify("password", &django), Ok(Verdict::RightButOutdated));
    }

    #[test]
    fn known_pbkdf2_vectors_are_verified() {
        // Made with Python's hashlib.pbkdf2_hmac.
        let encoded = "pbkdf2_sha256$1000$seasalt$+hs9qSCcGyNSGDNojIEbomuX9WI/mzTF5yfwAXqyKOo=";
        assert_eq!(verify("secret", encoded), Ok(Verdict::RightButOutdated));
        assert_eq!(verify("secreT", encoded), Ok(Verdict::Wrong));
    }

    #[test]
    fn own_hashes_with_other_costs_are_outdated() {
        let encoded = hash("x", [7; 16]).expect("a hash");
        assert_eq!(verify("x", &format!("argon2{encoded}")), Ok(Verdict::RightButOutdated));
        assert!(verify("x", &encoded.replace("t=2", "t=3")).is_ok_and(|verdict| !verdict.is_right()));
    }

    #[test]
    fn what_cannot_be_verified_is_told() {
        let hash_part = "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        for (encoded, why) in [
            (String::new(), BadEncoding::UnknownAlgorithm),
            ("!unusable".to_owned(), BadEncoding::UnknownAlgorithm),
            ("md5$a$b".to_owned(), BadEncoding::UnknownAlgorithm),
            ("$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$x".to_owned(), BadEncoding::UnknownAlgorithm),
            ("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$".to_owned(), BadEncoding::Malformed),
            ("$argon2id$v=16$m=8,t=1,p=1$c29tZXNhbHQ$AAAA".to_owned(), BadEncoding::Malformed),
            ("$argon2id$v=19$m=8,t=1$c29tZXNhbHQ$AAAA".to_owned(), BadEncoding::Malformed),
            ("pbkdf2_sha256$0$a$AAAAAAAAAAAAAAAAAAAAAA==".to_owned(), BadEncoding::Malformed),
            ("pbkdf2_sha256$1000$a$".to_owned(), BadEncoding::Malformed),
            ("pbkdf2_sha256$999999999$a$AAAAAAAAAAAAAAAAAAAAAA==".to_owned(), BadEncoding::TooExpensive),
            (format!("$argon2id$v=19$m=99999999,t=1,p=1$c29tZXNhbHQ${hash_part}"), BadEncoding::TooExpensive),
        ] {
            assert_eq!(verify("x", &encoded), Err(why), "{encoded}");
            assert_eq!(check(&encoded), Err(why), "{encoded}");
        }
    }
}
