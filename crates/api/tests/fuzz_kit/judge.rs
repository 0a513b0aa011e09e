//! What every answer has to satisfy, whatever was asked.

use std::cell::RefCell;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap};
use std::hash::{Hash, Hasher};
use std::io::Read;

use model::Tag;
use testkit::language::{Meaning, meaning};
use testkit::{Client, Reply, World};

use super::Input;

/// Entity tags that are remembered at most; more would only cost memory.
const TAGS_MAX: usize = 200_000;

/// Sends requests to a small directory and judges the answers.
#[derive(Debug)]
pub(crate) struct Judge {
    client: Client,
    /// Entity tags with a hash of the body that had them.
    tags: RefCell<HashMap<String, u64>>,
    /// How often each status was answered.
    statuses: RefCell<BTreeMap<u16, u64>>,
}

/// Why an answer is wrong.
type Verdict = Result<(), String>;

fn rule(holds: bool, text: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(text()) }
}

impl Judge {
    /// A judge with the small hand-made directory, some of it deleted.
    pub(crate) fn new() -> Judge {
        let mut world = World::small();
        world.delete(Tag::Netixlan, 82).delete(Tag::Poc, 72).delete(Tag::Ixpfx, 33).recount();
        Judge { client: Client::of(&world), tags: RefCell::default(), statuses: RefCell::default() }
    }

    /// Sends a request and judges the answer.
    pub(crate) fn check(&self, input: &Input) -> Verdict {
        if !input.ask().is_sendable() {
            return Ok(());
        }
        let reply = self.client.send(input.ask());
        *self.statuses.borrow_mut().entry(reply.code()).or_default() += 1;
        self.judge(input, &reply).map_err(|why| format!("{why}; {} {:?}", reply.code(), reply.headers))
    }

    /// The statuses that were answered so far, each with its count.
    pub(crate) fn statuses(&self) -> BTreeMap<u16, u64> {
        self.statuses.borrow().clone()
    }

    fn judge(&self, input: &Input, reply: &Reply) -> Verdict {
        no_server_error(input, reply)?;
        rule(reply.headers.get("x-injected").is_none(), || "a value became a header".into())?;
        let body = decoded(reply)?;
        json_is_json(reply, &body)?;
        if input.method == "HEAD" {
            let whole = self.client.send(input.with_method("GET"));
            return head_is_get_without_body(reply, &whole);
        }
        ignored_parameters_are_named(input, reply)?;
        self.tag_stands_for_body(reply)?;
        self.known_body_is_not_sent_again(input, reply)
    }

    /// Different bodies have different entity tags.
    fn tag_stands_for_body(&self, reply: &Reply) -> Verdict {
        let Some(tag) = reply.header("etag").filter(|_| reply.code() == 200) else { return Ok(()) };
        let mut hasher = DefaultHasher::new();
        reply.body.hash(&mut hasher);
        let mut tags = self.tags.borrow_mut();
        if tags.len() >= TAGS_MAX && !tags.contains_key(tag) {
            return Ok(());
        }
        let known = *tags.entry(tag.to_owned()).or_insert(hasher.finish());
        rule(known == hasher.finish(), || format!("entity tag {tag} stands for two bodies"))
    }

    /// Who shows the entity tag gets a 304; tried for one in sixteen.
    fn known_body_is_not_sent_again(&self, input: &Input, reply: &Reply) -> Verdict {
        let tried = |tag: &&str| reply.code() == 200 && tag.contains("0\"");
        let Some(tag) = reply.header("etag").filter(tried) else { return Ok(()) };
        let again = self.client.send(input.ask().header("if-none-match", tag));
        let fine = again.code() == 304 && again.body.is_empty() && again.header("etag") == Some(tag);
        rule(fine, || format!("{tag} was not recognized: {} {:?}", again.code(), again.headers))
    }
}

fn no_server_error(input: &Input, reply: &Reply) -> Verdict {
    let writes = matches!(input.method, "POST" | "PUT" | "DELETE");
    let read_only = reply.code() == 503 && writes && reply.error().contains("maintenance mode");
    rule(reply.code() < 500 || read_only, || "a server error".into())
}

/// The body as its sender wrote it.
fn decoded(reply: &Reply) -> Result<Vec<u8>, String> {
    if reply.header("content-encoding") != Some("gzip") || reply.body.is_empty() {
        return Ok(reply.body.clone());
    }
    let mut text = Vec::new();
    let mut reader = flate2::read::GzDecoder::new(&*reply.body);
    reader.read_to_end(&mut text).map_err(|error| format!("damaged gzip: {error}"))?;
    Ok(text)
}

fn json_is_json(reply: &Reply, body: &[u8]) -> Verdict {
    let kind = reply.header("content-type").unwrap_or_default();
    rule(body.is_empty() || !kind.is_empty(), || "a body of no type".into())?;
    if kind.starts_with("application/json") && !body.is_empty() {
        let json: Result<serde_json::Value, _> = serde_json::from_slice(body);
        rule(json.is_ok(), || format!("no JSON: {}", String::from_utf8_lossy(body)))?;
        rule(body.is_ascii(), || "JSON with characters beyond ASCII".into())?;
    }
    let length = reply.header("content-length").and_then(|text| text.parse::<usize>().ok());
    let fits = reply.body.is_empty() || length.is_none_or(|length| length == reply.body.len());
    rule(fits, || format!("{length:?} announced, {} sent", reply.body.len()))
}

fn head_is_get_without_body(head: &Reply, whole: &Reply) -> Verdict {
    rule(head.body.is_empty(), || "HEAD with a body".into())?;
    // Only `GET` asks for a part (RFC 9110, 14.2).
    if head.code() == 405 || (head.code() == 200 && matches!(whole.code(), 206 | 416)) {
        return Ok(());
    }
    rule(head.status == whole.status, || format!("GET answers {}", whole.status))?;
    for name in
        ["content-length", "content-type", "content-encoding", "etag", "x-ignored-filters", "location"]
    {
        let (one, other) = (head.header(name), whole.header(name));
        rule(one == other, || format!("{name}: {one:?} for HEAD, {other:?} for GET"))?;
    }
    let length = whole.header("content-length").and_then(|text| text.parse().ok());
    rule(length.is_none_or(|length: usize| length == whole.body.len()), || {
        "GET announces another length".into()
    })
}

/// An answer to a question about records, or about one, names the parameters that it ignores, and only those.
fn ignored_parameters_are_named(input: &Input, reply: &Reply) -> Verdict {
    let Some(tag) = records_of(&input.path).filter(|_| input.method == "GET" && reply.code() == 200) else {
        return Ok(());
    };
    let mut expected: Vec<String> = Vec::new();
    for name in names_of(&input.query) {
        let meaning = meaning(tag, &name);
        rule(!matches!(meaning, Meaning::Refused), || format!("{name} should have been refused"))?;
        if matches!(meaning, Meaning::Unknown) && !expected.contains(&name) && !name.is_empty() {
            expected.push(name);
        }
    }
    let header = reply.header("x-ignored-filters").unwrap_or_default();
    let mut named: Vec<String> = header.split(", ").filter(|name| !name.is_empty()).map(decode).collect();
    if named.last().is_some_and(|last| last == "...") {
        named.pop();
        expected.truncate(named.len());
    }
    rule(named == expected, || format!("ignored are {expected:?}, named are {named:?}"))
}

/// The type that a path asks records of.
fn records_of(path: &str) -> Option<Tag> {
    let rest = decode_path(path.strip_prefix("/api/")?);
    let (name, id) = rest.split_once('/').unwrap_or((&rest, ""));
    if id.contains('/') {
        return None;
    }
    let name = if id.is_empty() { name.strip_suffix(".json").unwrap_or(name) } else { name };
    name.parse().ok()
}

fn names_of(query: &str) -> Vec<String> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| decode(pair.split('=').next().unwrap_or_default())).collect()
}

/// Undoes the encoding of a form's names.
fn decode(text: &str) -> String {
    decode_path(&text.replace('+', " "))
}

fn decode_path(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while let Some(byte) = bytes.get(at) {
        let digits = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        let code = digits.filter(|pair| pair.bytes().all(|b| b.is_ascii_hexdigit()));
        match code.and_then(|pair| u8::from_str_radix(pair, 16).ok()).filter(|_| *byte == b'%') {
            Some(code) => {
                out.push(code);
                at += 3;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
