//! Member lists of exchanges (IX-F JSON): for now, which networks they name.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

use crate::http::HttpClient;

/// Time for a list. A request of the API waits for it.
const PATIENCE: Duration = Duration::from_secs(30);
/// Size of a list.
const BYTES_MAX: usize = 50 << 20;

/// The AS numbers that a member list names, ascending.
///
/// # Errors
/// When the list cannot be fetched or is none; the text says why.
pub async fn networks(client: &HttpClient, url: &str) -> Result<Vec<u32>, String> {
    let client = client.tightened(PATIENCE, BYTES_MAX);
    let document = client.get_foreign(url, "application/json").await.map_err(|error| error.to_string())?;
    if document.status != 200 {
        return Err(format!("status {}", document.status));
    }
    let list: Value = serde_json::from_slice(&document.body).map_err(|error| format!("no JSON: {error}"))?;
    numbers(&list)
}

fn numbers(list: &Value) -> Result<Vec<u32>, String> {
    let members = list.get("member_list").and_then(Value::as_array).ok_or("it has no member_list")?;
    let number = |member: &Value| member.get("asnum")?.as_u64().and_then(|asn| u32::try_from(asn).ok());
    let numbers: BTreeSet<u32> = members.iter().filter_map(number).filter(|asn| *asn != 0).collect();
    Ok(numbers.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_network_counts_once() {
        let list = json!({"member_list": [
            {"asnum": 64501}, {"asnum": 64500}, {"asnum": 64501}, {"asnum": null}, {"asnum": -1}, {"asnum": 0}, 5,
        ]});
        assert_eq!(numbers(&list), Ok(vec![64500, 64501]));
        assert!(numbers(&json!([])).is_err());
        assert!(numbers(&json!({"member_list": {}})).is_err());
    }
}
