//! Signatures of webhooks, in the way of Standard Webhooks: `v1,` and the HMAC-SHA256 of id, time and body in Base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What the secret begins with that receivers are given; the rest is the key in Base64.
const PREFIX: &str = "whsec_";

/// The secret as receivers are given it.
pub fn secret_text(key: &[u8]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(key))
}

/// The value of the header `webhook-signature` for a message: its id, when it is sent (seconds since 1970), and its
/// body.
pub fn sign(key: &[u8], id: &str, timestamp: i64, body: &[u8]) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The HMAC of the message as it is documented, computed with another program:
    /// `printf 'msg_1.1700000000.{}' | openssl dgst -sha256 -hmac secret -binary | base64`.
    #[test]
    fn signatures_are_those_of_other_programs() {
        assert_eq!(
            sign(b"secret", "msg_1", 1_700_000_000, b"{}"),
            "v1,A5oIrJxXPB/PkULSoVu0e4khvPiqpF9vljmhkSKg0FI="
        );
        assert_eq!(secret_text(b"secret"), "whsec_c2VjcmV0");
    }
}
