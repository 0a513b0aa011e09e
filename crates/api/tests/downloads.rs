//! The public directory in one file, as it is downloaded.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use model::Tag;
use sha2::{Digest, Sha256};
use testkit::{Ask, Caller, Client, Reply, World};

const SQLITE: &str = "/dumps/directory.sqlite.gz";
const ARCHIVE: &str = "/dumps/directory.tar.gz";

fn small() -> Client {
    Client::of(&World::small())
}

fn unpacked(packed: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut bytes).expect("one legal gzip member");
    bytes
}

fn header<'a>(reply: &'a Reply, name: &str) -> &'a str {
    reply.header(name).unwrap_or_else(|| panic!("no {name} in {:?}", reply.headers))
}

fn digest(bytes: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(bytes)))
}

#[test]
fn an_archive_holds_the_dump_files_byte_by_byte() {
    let client = small();
    let reply = client.get(ARCHIVE);
    assert_eq!(reply.code(), 200);
    let mut archive = tar::Archive::new(GzDecoder::new(&*reply.body));
    let mut names = Vec::new();
    for entry in archive.entries().expect("an archive") {
        let mut entry = entry.expect("a file");
        let name = entry.path().expect("a name").display().to_string();
        let mut text = String::new();
        entry.read_to_string(&mut text).expect("a text");
        assert_eq!(text, client.get(&format!("/{name}")).text(), "{name}");
        assert_eq!(entry.header().mtime().expect("a time"), World::small().now().unix().unsigned_abs());
        names.push(name);
    }
    assert_eq!(names, Tag::ALL.map(|tag| format!("{tag}-0.json")));
}

#[test]
fn other_programs_can_unpack_an_archive() {
    let reply = small().get(ARCHIVE);
    let listed = Command::new("tar").arg("-tzf-").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = listed.expect("tar is there");
    child.stdin.take().expect("piped").write_all(&reply.body).expect("taken");
    let output = child.wait_with_output().expect("ended");
    assert!(output.status.success());
    let expected: String = Tag::ALL.map(|tag| format!("{tag}-0.json\n")).concat();
    assert_eq!(String::from_utf8(output.stdout).expect("text"), expected);
}

#[test]
fn a_sqlite_file_is_served_compressed() {
    let reply = small().get(SQLITE);
    assert_eq!(reply.code(), 200);
    assert!(unpacked(&reply.body).starts_with(b"SQLite format 3\0"));
}

#[test]
fn files_are_the_same_for_everybody_and_say_what_they_are() {
    let client = small();
    for (path, name) in [(SQLITE, "directory.sqlite.gz"), (ARCHIVE, "directory.tar.gz")] {
        let reply = client.get(path);
        assert_eq!(header(&reply, "content-type"), "application/gzip");
        assert_eq!(reply.header("content-encoding"), None, "the file is what it is");
        assert_eq!(header(&reply, "content-disposition"), format!("attachment; filename=\"{name}\""));
        assert_eq!(header(&reply, "content-length"), reply.body.len().to_string());
        assert_eq!(header(&reply, "cache-control"), "s-maxage=10");
        assert_eq!(header(&reply, "accept-ranges"), "bytes");
        let taken = Duration::from_secs(World::small().now().unix().unsigned_abs());
        let shown = httpdate::parse_http_date(header(&reply, "last-modified")).expect("a date");
        assert_eq!(shown, SystemTime::UNIX_EPOCH + taken);
        assert_eq!(header(&reply, "repr-digest"), digest(&reply.body));
        for caller in [Caller::Admin, Caller::Superuser] {
            let other = client.get_by(caller, path);
            assert!(other.body == reply.body && other.header("etag") == reply.header("etag"), "{path}");
            assert_eq!(header(&other, "cache-control"), "private, no-store");
        }
        for accept in ["text/html", "application/json", "*/*"] {
            let ask = Ask::get(path).header("accept", accept).header("accept-encoding", "gzip");
            assert!(client.send(ask).body == reply.body, "{path} for {accept}");
        }
        let head = client.send(Ask::new("HEAD", path).header("range", "bytes=0-1"));
        assert_eq!((head.code(), head.body.len()), (200, 0), "{path}");
        assert_eq!(head.header("content-length"), reply.header("content-length"));
        assert_eq!(client.send(Ask::new("POST", path)).code(), 405);
        let odd = client.get(&format!("{path}?name=x"));
        assert_eq!((odd.code(), header(&odd, "x-ignored-filters")), (200, "name"));
        let wrong = client.send(Ask::get(path).header("authorization", "Api-Key wrong"));
        assert_eq!(wrong.code(), 401, "as for dump files");
    }
}

#[test]
fn a_file_that_the_client_has_is_not_sent_again() {
    let client = small();
    for path in [SQLITE, ARCHIVE] {
        let first = client.get(path);
        let (tag, date) = (header(&first, "etag"), header(&first, "last-modified"));
        let long_ago = "Mon, 01 Jan 2024 00:00:00 GMT";
        for (headers, status) in [
            (vec![("if-none-match", tag)], 304),
            (vec![("if-none-match", "*")], 304),
            (vec![("if-none-match", "\"other\"")], 200),
            (vec![("if-modified-since", date)], 304),
            (vec![("if-modified-since", long_ago)], 200),
            (vec![("if-modified-since", "yesterday")], 200),
            (vec![("if-none-match", "\"other\""), ("if-modified-since", date)], 200),
            (vec![("if-none-match", tag), ("if-modified-since", long_ago)], 304),
            (vec![("if-none-match", tag), ("range", "bytes=0-9")], 304),
        ] {
            let ask = headers.iter().fold(Ask::get(path), |ask, (name, value)| ask.header(name, value));
            let reply = client.send(ask);
            assert_eq!(reply.code(), status, "{path} {headers:?}");
            assert_eq!(reply.header("etag"), Some(tag), "{path} {headers:?}");
            assert_eq!(reply.body.is_empty(), status == 304, "{path} {headers:?}");
            assert_eq!(reply.header("content-range"), None, "{path} {headers:?}");
        }
    }
}

#[test]
fn a_file_that_is_not_the_one_wanted_is_not_sent() {
    let client = small();
    for path in [SQLITE, ARCHIVE] {
        let first = client.get(path);
        let (tag, date) = (header(&first, "etag"), header(&first, "last-modified"));
        let (weak, both) = (format!("W/{tag}"), format!("\"other\", {tag}"));
        let long_ago = "Mon, 01 Jan 2024 00:00:00 GMT";
        for (headers, status) in [
            (vec![("if-match", tag)], 200),
            (vec![("if-match", &*both)], 200),
            (vec![("if-match", "*")], 200),
            (vec![("if-match", "\"other\"")], 412),
            (vec![("if-match", &*weak)], 412),
            (vec![("if-unmodified-since", date)], 200),
            (vec![("if-unmodified-since", long_ago)], 412),
            (vec![("if-unmodified-since", "yesterday")], 200),
            (vec![("if-match", tag), ("if-unmodified-since", long_ago)], 200),
            (vec![("if-match", tag), ("range", "bytes=0-9")], 206),
            (vec![("if-match", "\"other\""), ("range", "bytes=0-9")], 412),
            (vec![("if-match", "\"other\""), ("if-none-match", tag)], 412),
            (vec![("if-match", tag), ("if-none-match", tag)], 304),
        ] {
            let ask = headers.iter().fold(Ask::get(path), |ask, (name, value)| ask.header(name, value));
            let reply = client.send(ask);
            assert_eq!(reply.code(), status, "{path} {headers:?}");
            assert_eq!(reply.header("etag"), Some(tag), "{path} {headers:?}");
        }
    }
}

#[test]
fn a_download_that_broke_off_goes_on() {
    let client = small();
    for path in [SQLITE, ARCHIVE] {
        let whole = client.get(path);
        let length = whole.body.len();
        let (tag, date) = (header(&whole, "etag"), header(&whole, "last-modified"));
        for (range, from, to) in [
            ("bytes=0-0", 0, 1),
            ("bytes=10-19", 10, 20),
            ("bytes=100-", 100, length),
            ("bytes=-5", length - 5, length),
            ("bytes=5-999999999", 5, length),
            ("bytes=-999999999", 0, length),
        ] {
            for known in [None, Some(tag), Some(date)] {
                let ask = Ask::get(path).header("range", range);
                let ask = known.map_or(ask.clone(), |known| ask.header("if-range", known));
                let part = client.send(ask);
                assert_eq!(part.code(), 206, "{path} {range}");
                assert!(part.body == whole.body[from..to], "{path} {range}");
                assert_eq!(header(&part, "content-range"), format!("bytes {from}-{}/{length}", to - 1));
                assert_eq!(header(&part, "content-length"), (to - from).to_string());
                assert_eq!(header(&part, "etag"), tag);
                assert_eq!(header(&part, "repr-digest"), digest(&whole.body), "of the whole");
            }
        }
        for range in [format!("bytes={length}-"), format!("bytes={length}-999999999")] {
            let beyond = client.send(Ask::get(path).header("range", &range));
            let told = (beyond.code(), header(&beyond, "content-range"));
            assert_eq!(told, (416, &*format!("bytes */{length}")), "{range}");
        }
        for (range, known) in [
            ("bytes=0-1,3-4", tag),
            ("lines=0-1", tag),
            ("bytes=x", tag),
            ("bytes=5-2", tag),
            ("bytes=999999999-5", tag),
            ("bytes=-0", tag),
            ("bytes=0-1", "\"other\""),
            ("bytes=0-1", "Mon, 01 Jan 2024 00:00:00 GMT"),
        ] {
            let reply = client.send(Ask::get(path).header("range", range).header("if-range", known));
            assert_eq!(reply.code(), 200, "{path} {range} {known}");
            assert!(reply.body == whole.body, "{path} {range} {known}");
        }
    }
}
