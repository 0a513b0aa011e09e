//! Bodies that no client should send: each gets an answer of the 4xx kind, and memory stays bounded.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use super::Stage;
use super::http::{Connection, Reply};
use super::program::Serving;
use crate::command::Failure;

/// What memory may grow by while the worst of them come from many sides at once.
const GROWTH_MAX: u64 = 96 << 20;
/// Clients that send at the same time.
const CROWD: usize = 16;
/// Longest wait for an answer; a body that comes slowly is given half a minute.
const ANSWER_MAX: Duration = Duration::from_secs(45);
/// A body far beyond what is taken.
const HUGE: u64 = 100 << 20;
/// A body just within what is taken.
const LARGE: usize = 1_000_000;

/// What is sent behind the head.
#[derive(Clone)]
enum Content {
    /// Bytes, and their length in the head.
    Known(Vec<u8>),
    /// So many bytes of one text, with their number in the head.
    Stream(u64),
    /// The same in chunks, without a number.
    Chunks(u64),
    /// Bytes as they are; the head that is given says what there is to say.
    Raw(Vec<u8>),
    /// A length in the head, a byte now and then, and never all.
    Drip,
}

/// A request that has to be refused.
#[derive(Clone)]
struct Case {
    name: &'static str,
    /// Lines of the head.
    head: &'static str,
    content: Content,
}

const JSON: &str = "Content-Type: application/json\r\n";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const PARTS: &str = "Content-Type: multipart/form-data; boundary=XX\r\n";

/// Sends everything to every kind of path, then the dearest from many sides at once.
pub(crate) fn run(stage: &mut Stage) -> Result<(), Failure> {
    let program = stage.world.on_file("fed")?;
    let serving = program.serve()?;
    let key = stage.world.key.clone();
    let stored = serving.stored()?;
    let before = serving.memory("VmRSS")?;
    let cases = cases();
    let (slow, (sent, mut findings)) = thread::scope(|scope| {
        let slow = scope.spawn(|| answered(&serving, &key, "POST /api/org", &dripping()));
        let outcome = one_by_one(&serving, &key, &cases);
        (slow.join().unwrap_or_else(|_| Err("a client panicked".to_owned())), outcome)
    });
    findings.extend(slow.err());
    findings.extend(at_once(&serving, &key, &cases));
    let grown = serving.memory("VmHWM")?.saturating_sub(before);
    if grown > GROWTH_MAX {
        findings.push(format!("memory grew by {} MB", grown >> 20));
    }
    if serving.stored()? != stored {
        findings.push("something was changed".to_owned());
    }
    findings.extend(program.panics());
    let figures = format!(
        "{} bodies, sent {} times; {CROWD} clients at a time; memory grew by {} MB at most, bound {} MB",
        cases.len() + 1,
        sent + 1,
        grown >> 20,
        GROWTH_MAX >> 20
    );
    stage.report.add("bodies", "sqlite", "malformed, huge, nested, slow", figures, &findings);
    Ok(())
}

/// Paths that read a body, and some that do not want one.
const PATHS: [&str; 5] =
    ["POST /api/net", "PUT /api/net/1", "PUT /api/poc/1", "POST /api/nothing", "DELETE /api/nothing/1"];

fn one_by_one(serving: &Serving, key: &str, cases: &[Case]) -> (usize, Vec<String>) {
    let mut findings = Vec::new();
    let mut sent = 0;
    for case in cases {
        for path in PATHS {
            for key in [key, "", "AAAAAAAA.0123456789abcdef0123456789abcdef"] {
                sent += 1;
                findings.extend(answered(serving, key, path, case).err());
            }
        }
    }
    (sent, findings)
}

fn at_once(serving: &Serving, key: &str, cases: &[Case]) -> Vec<String> {
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CROWD)
            .map(|number| {
                scope.spawn(move || {
                    let shifted = cases.iter().cycle().skip(number * 3).take(cases.len());
                    shifted
                        .filter_map(|case| answered(serving, key, PATHS[0], case).err())
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        clients
            .into_iter()
            .flat_map(|client| client.join().unwrap_or_else(|_| vec!["a client panicked".to_owned()]))
            .collect()
    })
}

/// Sends a case; it has to be answered with a status of the 4xx kind.
fn answered(serving: &Serving, key: &str, path: &str, case: &Case) -> Result<(), String> {
    let told = |what: String| {
        format!("{path} with {}{}: {what}", case.name, if key.is_empty() { ", no key" } else { "" })
    };
    let begun = Instant::now();
    let reply = exchange(serving, key, path, case).map_err(|error| told(format!("no answer: {error}")))?;
    if !(400..500).contains(&reply.status) {
        return Err(told(reply.shown()));
    }
    if begun.elapsed() > ANSWER_MAX {
        return Err(told(format!("an answer after {} s", begun.elapsed().as_secs())));
    }
    Ok(())
}

/// As most clients do it: everything is sent, then the answer is read. Where sending fails, there may be an answer all
/// the same.
fn exchange(serving: &Serving, key: &str, path: &str, case: &Case) -> io::Result<Reply> {
    let mut connection = serving.connect()?;
    let sent = send(&mut connection, key, path, case);
    let reply = connection.answer();
    match sent {
        Ok(()) => reply,
        Err(error) => Err(io::Error::other(format!("the body is not taken: {error}; then {reply:?}"))),
    }
}

fn send(connection: &mut Connection, key: &str, path: &str, case: &Case) -> io::Result<()> {
    let auth = if key.is_empty() { String::new() } else { format!("Authorization: Api-Key {key}\r\n") };
    let head = format!("{path} HTTP/1.1\r\nHost: localhost\r\n{auth}{}", case.head);
    let length = match &case.content {
        Content::Known(bytes) => format!("Content-Length: {}\r\n", bytes.len()),
        Content::Stream(length) => format!("Content-Length: {length}\r\n"),
        Content::Chunks(_) => "Transfer-Encoding: chunked\r\n".to_owned(),
        Content::Raw(_) => String::new(),
        Content::Drip => "Content-Length: 100000\r\n".to_owned(),
    };
    connection.write(format!("{head}{length}\r\n").as_bytes())?;
    match &case.content {
        Content::Known(bytes) | Content::Raw(bytes) => connection.write(bytes),
        Content::Stream(length) => stream(connection, *length, |part| part),
        Content::Chunks(length) => {
            stream(connection, *length, |part| {
                [format!("{:x}\r\n", part.len()).into_bytes(), part, b"\r\n".to_vec()].concat()
            })?;
            connection.write(b"0\r\n\r\n")
        }
        Content::Drip => drip(connection),
    }
}

fn stream(connection: &mut Connection, length: u64, wrapped: impl Fn(Vec<u8>) -> Vec<u8>) -> io::Result<()> {
    const PART: usize = 1 << 16;
    let part = wrapped(vec![b'['; PART]);
    for _ in 0..length / PART as u64 {
        connection.write(&part)?;
    }
    let rest = (length % PART as u64) as usize;
    if rest > 0 { connection.write(&wrapped(vec![b'['; rest])) } else { Ok(()) }
}

/// Sends a byte now and then, for longer than the program waits.
fn drip(connection: &mut Connection) -> io::Result<()> {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(31) {
        connection.write(b" ")?;
        thread::sleep(Duration::from_millis(500));
    }
    Ok(())
}

fn dripping() -> Case {
    Case { name: "a body that never ends", head: JSON, content: Content::Drip }
}

fn cases() -> Vec<Case> {
    let mut cases = texts();
    cases.extend(large());
    cases.extend(framing());
    cases
}

/// Bodies that are not what they say.
fn texts() -> Vec<Case> {
    let case = |name, head, bytes: &[u8]| Case { name, head, content: Content::Known(bytes.to_vec()) };
    let utf16: Vec<u8> = "{\"name\": \"a\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        case("no body", JSON, b""),
        case("half an object", JSON, b"{\"name\": \"a"),
        case("two objects", JSON, b"{\"name\": \"a\"} {}"),
        case("no object", JSON, b"[{\"name\": \"a\"}]"),
        case("a number beyond all numbers", JSON, b"{\"asn\": 1e999999, \"name\": \"a\"}"),
        case(
            "a number of a million digits",
            JSON,
            &[b"{\"asn\": ".as_slice(), &vec![b'9'; LARGE], b"}"].concat(),
        ),
        case("not a number", JSON, b"{\"asn\": NaN}"),
        case(
            "equal keys, the last of them wrong",
            JSON,
            b"{\"name\": \"a\", \"name\": {}, \"asn\": 64500, \"asn\": []}",
        ),
        case("a null character", JSON, b"{\"name\": \"a\\u0000b\", \"asn\": 64500}"),
        case("half a surrogate", JSON, b"{\"name\": \"\\ud800\"}"),
        case("bytes that are no text", JSON, b"{\"name\": \"\xff\xfe\"}"),
        case("an overlong encoding", JSON, b"{\"name\": \"\xc0\x80\"}"),
        case("UTF-16", JSON, &utf16),
        case("UTF-16, as it says", "Content-Type: application/json; charset=utf-16\r\n", &utf16),
        case(
            "compression, as it says",
            "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
            b"\x1f\x8b\x08\x00\x00",
        ),
        case("a type that nobody reads", "Content-Type: application/xml\r\n", b"<org/>"),
        case("no type", "", b"{\"name\": \"a\"}"),
        case("a type that is no text", "Content-Type: ÿ/ÿ\r\n", b"{\"name\": \"a\"}"),
        case("a form of no text", FORM, b"name=%ff&asn=%00"),
        case("parts without a boundary", "Content-Type: multipart/form-data\r\n", b"--XX--\r\n"),
        case("parts that never come", PARTS, b"no part at all"),
        case(
            "a part without an end",
            PARTS,
            b"--XX\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\na",
        ),
        case(
            "a file",
            PARTS,
            b"--XX\r\nContent-Disposition: form-data; name=\"name\"; filename=\"a\"\r\n\r\na\r\n--XX--\r\n",
        ),
    ]
}

/// Bodies that would cost much, if anybody let them.
fn large() -> Vec<Case> {
    let case = |name, head, bytes: Vec<u8>| Case { name, head, content: Content::Known(bytes) };
    let deep = |open: &str, close: &str, depth: usize| {
        format!("{}1{}", open.repeat(depth), close.repeat(depth)).into_bytes()
    };
    let wide = |unit: &str| format!("{{\"name\": [{}1]}}", unit.repeat(LARGE / unit.len())).into_bytes();
    let keys: Vec<String> = (0..60_000).map(|number| format!("\"k{number}\": {{}}")).collect();
    let parts = "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n".repeat(18_000);
    vec![
        case("lists 400 000 deep", JSON, deep("[", "]", 400_000)),
        case("objects 100 000 deep", JSON, deep("{\"a\":", "}", 100_000)),
        case(
            "a list in a field, 100 deep",
            JSON,
            [b"{\"name\": ".to_vec(), deep("[", "]", 100), b"}".to_vec()].concat(),
        ),
        case("a list of half a million numbers", JSON, wide("1,")),
        case("a list of empty lists", JSON, wide("[],")),
        case("a list of empty objects", JSON, wide("{},")),
        case("60 000 keys", JSON, format!("{{{}}}", keys.join(",")).into_bytes()),
        case("a form of half a million names", FORM, b"a&".repeat(LARGE / 2)),
        case("a form of one long name", FORM, vec![b'a'; LARGE]),
        case("18 000 parts", PARTS, format!("{parts}--XX--\r\n").into_bytes()),
        case(
            "a part with a long head",
            PARTS,
            [b"--XX\r\nA: ".to_vec(), vec![b'a'; LARGE], b"\r\n\r\nb\r\n--XX--\r\n".to_vec()].concat(),
        ),
        Case { name: "100 MB", head: JSON, content: Content::Stream(HUGE) },
        Case { name: "100 MB in chunks", head: JSON, content: Content::Chunks(HUGE) },
        Case { name: "100 MB of a form", head: FORM, content: Content::Stream(HUGE) },
        Case { name: "2 MB in chunks, in parts", head: PARTS, content: Content::Chunks(2 << 20) },
    ]
}

/// Bodies whose frames are broken (RFC 9112, 6 and 7).
fn framing() -> Vec<Case> {
    let case = |name, head, bytes: &[u8]| Case { name, head, content: Content::Raw(bytes.to_vec()) };
    vec![
        case(
            "a chunk of no size",
            "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n",
            b"xyz\r\n{}\r\n0\r\n\r\n",
        ),
        case(
            "a chunk of too large a size",
            "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n",
            b"ffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        ),
        case(
            "a length that is no number",
            "Content-Type: application/json\r\nContent-Length: ten\r\n",
            b"{}",
        ),
        case("a negative length", "Content-Type: application/json\r\nContent-Length: -1\r\n", b"{}"),
        case(
            "two lengths",
            "Content-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 3\r\n",
            b"{}",
        ),
        case(
            "a coding that nobody knows",
            "Content-Type: application/json\r\nTransfer-Encoding: rot13\r\n",
            b"{}",
        ),
    ]
}
