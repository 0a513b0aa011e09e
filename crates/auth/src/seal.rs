//! Secrets that have to be had again, such as those that sign webhooks: encrypted with one master key.
//!
//! XChaCha20-Poly1305, whose nonces are long enough to be drawn. What a secret is for is authenticated with it, so that
//! one cannot stand in the place of another. A sealed secret names the key, without telling it, so that a wrong key is
//! told apart from a damaged secret.

use std::fmt;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// Bytes of a master key.
pub const KEY_BYTES: usize = 32;
/// Bytes of a nonce.
pub const NONCE_BYTES: usize = 24;

/// The form of sealed secrets.
const FORM: u8 = 1;
/// Bytes of the name of a key.
const ID_BYTES: usize = 4;
/// Bytes that prove what was encrypted (RFC 8439, 2.8).
const TAG_BYTES: usize = 16;

/// The key that encrypts other secrets.
#[derive(Clone)]
pub struct MasterKey {
    key: [u8; KEY_BYTES],
    id: [u8; ID_BYTES],
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id())
    }
}

/// Why a sealed secret cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CannotOpen {
    /// It was sealed with another key; its name.
    OtherKey(String),
    /// It is damaged, or was sealed for another purpose.
    Damaged,
}

impl fmt::Display for CannotOpen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CannotOpen::OtherKey(id) => write!(f, "a secret was encrypted with another master key, {id}"),
            CannotOpen::Damaged => f.write_str("an encrypted secret is damaged"),
        }
    }
}

impl std::error::Error for CannotOpen {}

/// A text is no master key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoKey;

impl MasterKey {
    /// A key of these bytes, which have to be random.
    pub fn new(key: [u8; KEY_BYTES]) -> MasterKey {
        let digest: [u8; 32] = Sha256::digest([b"peeringd master key ".as_slice(), &key].concat()).into();
        let mut id = [0; ID_BYTES];
        id.copy_from_slice(&digest[..ID_BYTES]);
        MasterKey { key, id }
    }

    /// Reads a key as [`MasterKey::text`] writes it.
    ///
    /// # Errors
    /// When the text is none.
    pub fn parse(text: &str) -> Result<MasterKey, NoKey> {
        let mut key = [0; KEY_BYTES];
        let text = text.trim();
        if text.len() != 2 * KEY_BYTES || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NoKey);
        }
        for (n, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * n..2 * n + 2], 16).map_err(|_| NoKey)?;
        }
        Ok(MasterKey::new(key))
    }

    /// The key as 64 hexadecimal digits: a secret.
    pub fn text(&self) -> String {
        hex(&self.key)
    }

    /// The name of the key, which does not tell it.
    pub fn id(&self) -> String {
        hex(&self.id)
    }

    /// Encrypts a secret. `purpose` has to be given again to open it; `nonce` must never have been given before.
    pub fn seal(&self, purpose: &str, nonce: [u8; NONCE_BYTES], secret: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(1 + ID_BYTES + NONCE_BYTES + secret.len() + TAG_BYTES);
        sealed.push(FORM);
        sealed.extend(self.id);
        sealed.extend(nonce);
        let payload = Payload { msg: secret, aad: purpose.as_bytes() };
        // It fails for secrets of 256 GiB alone; what is sealed then opens as damaged.
        sealed.extend(self.cipher().encrypt(&nonce.into(), payload).unwrap_or_default());
        sealed
    }

    /// Decrypts a secret that was sealed for a purpose.
    ///
    /// # Errors
    /// When it was sealed with another key, or is damaged.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        let Sealed { id, nonce, secret } = Sealed::read(sealed).ok_or(CannotOpen::Damaged)?;
        if *id != self.id {
            return Err(CannotOpen::OtherKey(hex(id)));
        }
        let payload = Payload { msg: secret, aad: purpose.as_bytes() };
        self.cipher().decrypt(&(*nonce).into(), payload).map_err(|_| CannotOpen::Damaged)
    }

    /// A secret that nobody can find out without the key. `unique` must never have been given for the same purpose, and
    /// need not be unpredictable.
    pub fn derive(&self, purpose: &str, unique: u128) -> [u8; KEY_BYTES] {
        // HMAC takes keys of any length. Whoever knows some of its values learns nothing of others.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return [0; KEY_BYTES] };
        mac.update(b"peeringd derived secret ");
        mac.update(&unique.to_be_bytes());
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.key.into())
    }
}

/// The parts of a sealed secret.
struct Sealed<'a> {
    id: &'a [u8; ID_BYTES],
    nonce: &'a [u8; NONCE_BYTES],
    /// The encrypted secret and its tag.
    secret: &'a [u8],
}

impl Sealed<'_> {
    fn read(sealed: &[u8]) -> Option<Sealed<'_>> {
        let rest = sealed.strip_prefix(&[FORM])?;
        let (id, rest) = rest.split_first_chunk()?;
        let (nonce, secret) = rest.split_first_chunk()?;
        (secret.len() >= TAG_BYTES).then_some(Sealed { id, nonce, secret })
    }
}

/// Whether bytes have the form of a sealed secret. Whether it opens, its key alone can tell.
pub fn is_sealed(bytes: &[u8]) -> bool {
    Sealed::read(bytes).is_some()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_with_its_key_and_for_its_purpose_alone() {
        let (key, other) = (MasterKey::new([1; 32]), MasterKey::new([2; 32]));
        let sealed = key.seal("webhook 7", [3; 24], b"secret");
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        assert_eq!(key.open("webhook 7", &sealed).as_deref(), Ok(&b"secret"[..]));
        assert_eq!(key.open("webhook 8", &sealed), Err(CannotOpen::Damaged));
        assert_eq!(other.open("webhook 7", &sealed), Err(CannotOpen::OtherKey(key.id())));
        for n in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[n] ^= 1;
            assert!(key.open("webhook 7", &damaged).is_err(), "byte {n}");
            assert!(key.open("webhook 7", &sealed[..n]).is_err(), "{n} bytes");
        }
    }

    #[test]
    fn sealed_secrets_are_known_by_their_form() {
        let sealed = MasterKey::new([1; 32]).seal("webhook 7", [3; 24], b"");
        assert!(is_sealed(&sealed));
        assert!(!is_sealed(&sealed[1..]) && !is_sealed(&sealed[..sealed.len() - 1]) && !is_sealed(b""));
    }

    #[test]
    fn derived_secrets_depend_on_key_purpose_and_number() {
        let (key, other) = (MasterKey::new([1; 32]), MasterKey::new([2; 32]));
        let all = [key.derive("a", 1), key.derive("a", 2), key.derive("b", 1), other.derive("a", 1)];
        for (n, one) in all.iter().enumerate() {
            assert!(all[..n].iter().all(|other| other != one));
        }
        assert_eq!(key.derive("a", 1), all[0]);
    }

    #[test]
    fn keys_are_read_as_they_were_written_and_not_shown() {
        let key = MasterKey::new([0xab; 32]);
        assert_eq!(MasterKey::parse(&format!("{}\n", key.text())).map(|key| key.text()), Ok(key.text()));
        assert!(!format!("{key:?}").contains("abab"));
        for text in ["", "ab", &"x".repeat(64), &"a".repeat(65), &"ä".repeat(32)] {
            assert_eq!(MasterKey::parse(text).map(|_| ()), Err(NoKey), "{text}");
        }
    }
}
