//! The gate for clients that tell their version (rest-api specification, section 20).

use std::cmp::Ordering;

/// Inclusive bounds of a version.
struct Bounds {
    min: &'static [u32],
    max: &'static [u32],
}

const CLIENT: Bounds = Bounds { min: &[0, 6], max: &[255, 0] };
const BACKEND: Bounds = Bounds { min: &[3, 3, 0], max: &[255, 0] };

/// What a refused client is told; `None` when the client may pass.
pub(crate) fn refusal(user_agent: &str) -> Option<&'static str> {
    let mut words = user_agent.split_whitespace();
    let client = version(words.next()?.strip_prefix("PeeringDB/")?)?;
    let backend = version(words.next()?.strip_prefix("django_peeringdb/")?)?;
    let fine = CLIENT.holds(&client) && BACKEND.holds(&backend);
    (!fine).then_some(
        "Your client version is incompatible with server version of the api, please install \
         peeringdb>=0.6,<=255.0 django_peeringdb>=3.3.0,<=255.0",
    )
}

impl Bounds {
    fn holds(&self, version: &[u32]) -> bool {
        compare(version, self.min) != Ordering::Less && compare(version, self.max) != Ordering::Greater
    }
}

/// Order of versions; missing parts count as zero.
fn compare(a: &[u32], b: &[u32]) -> Ordering {
    let part = |version: &[u32], n: usize| version.get(n).copied().unwrap_or(0);
    let parts = 0..a.len().max(b.len());
    parts.map(|n| part(a, n).cmp(&part(b, n))).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// The leading numbers of each part; `None` when there is no number at the start.
fn version(text: &str) -> Option<Vec<u32>> {
    let number = |part: &str| {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        part[..digits].parse().ok()
    };
    let parts: Vec<u32> = text.split('.').map_while(number).collect();
    (!parts.is_empty()).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_far_future_clients_are_refused() {
        for agent in [
            "PeeringDB/0.5.0 django_peeringdb/3.3.0",
            "PeeringDB/2.5.0 django_peeringdb/2.0.0",
            "PeeringDB/256.0.0 django_peeringdb/3.7.0",
            "PeeringDB/1 django_peeringdb/3",
        ] {
            assert!(refusal(agent).is_some(), "{agent}");
        }
        for agent in [
            "PeeringDB/2.5.0 django_peeringdb/3.7.0",
            "PeeringDB/2.5 django_peeringdb/3.3",
            "PeeringDB/2.5.0 other/0.1",
            "PeeringDB/2.5.0",
            "PeeringDB/x django_peeringdb/y",
            "curl/8",
            "",
        ] {
            assert!(refusal(agent).is_none(), "{agent}");
        }
    }
}
