//! What must be so for a row to mean what it says.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::client::{Client, Coding, Reply, Request};
use crate::facts::NetFact;
use crate::failure::{Failure, Outcome, require};

/// The envelope of an answer, rows counted and not read.
#[derive(Deserialize)]
struct Envelope {
    data: Vec<IgnoredAny>,
}

/// The answer to a request, which is a success and honours every parameter.
pub(crate) fn reply(client: &mut Client, request: &Request) -> Outcome<Reply> {
    let reply = client.fetch(request)?;
    let path = &request.path;
    require(reply.head.status == 200, || format!("{path} answers {}", reply.head.status))?;
    let ignored = reply.head.header("x-ignored-filters");
    require(ignored.is_none(), || format!("{path} ignores {}", ignored.unwrap_or_default()))?;
    Ok(reply)
}

/// The number of rows of an answer.
pub(crate) fn rows(text: &[u8]) -> Outcome<usize> {
    let envelope: Envelope = serde_json::from_slice(text)
        .map_err(|error| Failure::new(format!("an answer is no list: {error}")))?;
    Ok(envelope.data.len())
}

/// A list that holds some rows and not all of a table.
pub(crate) fn filtered(client: &mut Client, request: &Request, table: usize) -> Outcome<usize> {
    let found = rows(&reply(client, request)?.body)?;
    require(found > 0 && found < table, || format!("{} finds {found} of {table} rows", request.path))?;
    Ok(found)
}

/// A whole list in an encoding: so many rows, compressed where that is asked for, and the text of `plain`.
pub(crate) fn whole(reply: &Reply, coding: Coding, table: usize, plain: Option<&[u8]>) -> Outcome<()> {
    let is_gzip = reply.head.header("content-encoding") == Some("gzip");
    require(is_gzip == (coding == Coding::Gzip), || format!("the list comes {}", coding.name()))?;
    let text = reply.text()?;
    require(plain.is_none_or(|plain| plain == text), || "both encodings hold one text".to_owned())?;
    let found = rows(&text)?;
    require(found == table, || format!("the list has {found} of {table} rows"))
}

/// The only record of an answer.
pub(crate) fn record(client: &mut Client, path: &str) -> Outcome<Value> {
    let reply = reply(client, &Request::plain(path))?;
    let mut document: Value = serde_json::from_slice(&reply.body)
        .map_err(|error| Failure::new(format!("{path} is no JSON: {error}")))?;
    let record = document.get_mut("data").and_then(|data| data.get_mut(0)).map(Value::take);
    record.ok_or_else(|| Failure::new(format!("{path} holds no record")))
}

/// A network whose sets are unfolded as far as the depth says.
pub(crate) fn unfolded(client: &mut Client, net: NetFact, depth: u32) -> Outcome<()> {
    let path = format!("/api/net/{}?depth={depth}", net.id);
    let record = record(client, &path)?;
    for (set, expected) in [("netixlan_set", net.ports), ("netfac_set", net.facilities)] {
        set_holds(&record, set, depth, expected).map_err(|error| Failure::new(format!("{path}: {error}")))?;
    }
    Ok(())
}

/// A set of a record: absent at depth 0, ids at depth 1, objects from depth 2.
pub(crate) fn set_holds(record: &Value, set: &str, depth: u32, expected: usize) -> Outcome<()> {
    let elements = record.get(set).and_then(Value::as_array);
    if depth == 0 {
        return require(elements.is_none(), || format!("{set} is absent at depth 0"));
    }
    let elements = elements.map(Vec::as_slice).unwrap_or_default();
    require(elements.len() == expected, || format!("{set} holds {} of {expected}", elements.len()))?;
    let right =
        elements.iter().all(|element| if depth == 1 { element.is_u64() } else { element.is_object() });
    require(right, || format!("{set} is unfolded to depth {depth}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_counted() {
        assert_eq!(rows(br#"{"data": [{"a": [1, 2]}, {}], "meta": {}}"#).expect("a list"), 2);
        assert!(rows(b"[]").is_err());
    }

    #[test]
    fn depths_are_told_apart() {
        let [flat, ids, objects] = [json!({}), json!({"s": [1, 2]}), json!({"s": [{}, {}]})];
        for (record, depth) in [(&flat, 0), (&ids, 1), (&objects, 2)] {
            assert!(set_holds(record, "s", depth, 2).is_ok(), "{record} {depth}");
            assert!(set_holds(record, "s", (depth + 1) % 3, 2).is_err(), "{record} {depth}");
        }
        assert!(set_holds(&ids, "s", 1, 3).is_err());
    }
}
