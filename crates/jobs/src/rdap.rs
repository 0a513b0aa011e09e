//! What the registries say about AS numbers and prefixes, by RDAP (RFC 9082 queries, RFC 9083 answers).

use std::collections::BTreeSet;
use std::time::Duration;

use ipnet::IpNet;
use rules::Registration;
use serde_json::Value;
use url::Url;

use crate::http::{Document, HttpClient};

/// Time for an answer. A request of the API waits for it.
const PATIENCE: Duration = Duration::from_secs(10);
/// Size of an answer, generously.
const BYTES_MAX: usize = 4 << 20;
/// Contacts whose full record is asked for when an answer holds only a reference to them.
const CONTACTS_MAX: usize = 8;
/// Entities within entities that are looked into.
const DEPTH_MAX: usize = 6;
/// The media type of RDAP (RFC 7480, 4.2).
const ACCEPT: &str = "application/rdap+json, application/json";

/// Asks one RDAP service, which redirects to the responsible registry where it is not that itself.
#[derive(Clone)]
pub struct Rdap {
    client: HttpClient,
    base: Url,
}

impl Rdap {
    /// A client of the service at `base`, an `http` or `https` URL with or without a slash at its end.
    pub fn new(client: HttpClient, base: Url) -> Rdap {
        Rdap { client: client.tightened(PATIENCE, BYTES_MAX), base }
    }

    /// What the registries say about an AS number. A block of numbers that is not assigned to anybody yet counts as
    /// not found.
    pub async fn asn(&self, asn: u32) -> Registration {
        let asked = self.ask(&["autnum", &asn.to_string()]).await;
        match asked {
            Ok(Some(answer)) if is_block(&answer) => Registration::NotFound,
            other => self.registration(other).await,
        }
    }

    /// What the registries say about a prefix.
    pub async fn prefix(&self, prefix: IpNet) -> Registration {
        let length = prefix.prefix_len().to_string();
        let asked = self.ask(&["ip", &prefix.network().to_string(), &length]).await;
        self.registration(asked).await
    }

    async fn registration(&self, asked: Result<Option<Value>, String>) -> Registration {
        match asked {
            Ok(Some(answer)) => Registration::Found { emails: self.emails(&answer).await },
            Ok(None) => Registration::NotFound,
            Err(why) => Registration::Failed(why),
        }
    }

    /// All mail addresses of an answer's contacts. Those of contacts that are only named are asked for one by one;
    /// a contact that cannot be had is left out.
    async fn emails(&self, answer: &Value) -> Vec<String> {
        let mut emails = BTreeSet::new();
        let mut named = Vec::new();
        collect(answer, DEPTH_MAX, &mut emails, &mut named);
        named.sort();
        named.dedup();
        for handle in named.iter().take(CONTACTS_MAX) {
            if let Ok(Some(contact)) = self.ask(&["entity", handle]).await {
                collect(&contact, DEPTH_MAX, &mut emails, &mut Vec::new());
                collect_own(&contact, &mut emails);
            }
        }
        emails.into_iter().collect()
    }

    /// The answer to a query; `None` when the registry knows nothing of it.
    async fn ask(&self, segments: &[&str]) -> Result<Option<Value>, String> {
        let mut url = self.base.clone();
        // An address of http or https always has segments.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        let document = self.client.get_endpoint(url, ACCEPT).await.map_err(|error| error.to_string())?;
        read(&document)
    }
}

fn read(document: &Document) -> Result<Option<Value>, String> {
    match document.status {
        200 => serde_json::from_slice(&document.body).map(Some).map_err(|error| format!("no JSON: {error}")),
        404 => Ok(None),
        status => Err(format!("status {status}")),
    }
}

/// Whether an answer is about several numbers: then nobody was assigned the one that was asked for.
fn is_block(answer: &Value) -> bool {
    let bound = |key: &str| answer.get(key).and_then(Value::as_u64);
    bound("startAutnum") != bound("endAutnum")
}

/// Gathers addresses of entities, and the handles of contacts that say nothing of themselves.
fn collect(object: &Value, depth: usize, emails: &mut BTreeSet<String>, named: &mut Vec<String>) {
    let entities = object.get("entities").and_then(Value::as_array);
    for entity in entities.into_iter().flatten().filter(|_| depth > 0) {
        collect_own(entity, emails);
        if entity.get("vcardArray").is_none() && is_contact(entity) {
            named.extend(entity.get("handle").and_then(Value::as_str).map(str::to_owned));
        }
        collect(entity, depth - 1, emails, named);
    }
}

fn is_contact(entity: &Value) -> bool {
    let roles = entity.get("roles").and_then(Value::as_array);
    let mut words = roles.into_iter().flatten().filter_map(Value::as_str);
    words.any(|word| matches!(word, "administrative" | "technical"))
}

/// The addresses of an entity's jCard (RFC 7095): `["vcard", [["email", {}, "text", "a@example.net"], …]]`.
fn collect_own(entity: &Value, emails: &mut BTreeSet<String>) {
    let properties = entity.pointer("/vcardArray/1").and_then(Value::as_array);
    for property in properties.into_iter().flatten() {
        if property.get(0).and_then(Value::as_str) == Some("email")
            && let Some(email) = property.get(3).and_then(Value::as_str)
        {
            emails.insert(email.trim().to_lowercase());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(status: u16, body: &str) -> Document {
        Document { status, content_type: None, body: body.as_bytes().to_vec() }
    }

    fn card(email: &str) -> Value {
        json!(["vcard", [["version", {}, "text", "4.0"], ["email", {}, "text", email]]])
    }

    #[test]
    fn addresses_of_nested_entities_are_found_in_lower_case() {
        let answer = json!({"entities": [
            {"roles": ["registrant"], "vcardArray": card("A@Example.net"), "entities": [
                {"roles": ["technical"], "vcardArray": card("b@example.net")},
                {"roles": ["administrative"], "handle": "H1"},
                {"roles": ["abuse"], "handle": "H2"},
            ]},
            {"roles": ["technical"], "vcardArray": ["vcard", [["email"], ["email", {}, "text", 5]]]},
        ]});
        let (mut emails, mut named) = (BTreeSet::new(), Vec::new());
        collect(&answer, DEPTH_MAX, &mut emails, &mut named);
        assert_eq!(emails.into_iter().collect::<Vec<_>>(), ["a@example.net", "b@example.net"]);
        assert_eq!(named, ["H1"]);
    }

    #[test]
    fn a_block_of_numbers_is_nobodys_number() {
        assert!(is_block(&json!({"startAutnum": 64496, "endAutnum": 64511})));
        assert!(!is_block(&json!({"startAutnum": 64496, "endAutnum": 64496})));
        assert!(!is_block(&json!({})));
    }

    #[test]
    fn only_a_404_means_that_nothing_is_assigned() {
        assert_eq!(read(&document(404, "")), Ok(None));
        assert_eq!(read(&document(200, "{}")), Ok(Some(json!({}))));
        for (status, body) in [(500, ""), (429, "{}"), (301, ""), (200, "<html>")] {
            assert!(read(&document(status, body)).is_err(), "{status} {body}");
        }
    }

    #[test]
    fn entities_within_entities_end_somewhere() {
        let deep = (0..100).fold(json!({}), |inner, _| json!({"entities": [inner]}));
        collect(&deep, DEPTH_MAX, &mut BTreeSet::new(), &mut Vec::new());
    }
}
