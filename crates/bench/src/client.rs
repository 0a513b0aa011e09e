//! A small HTTP/1.1 client: one connection, kept alive, blocking.
//!
//! The load generator runs on the cores that the server needs, so it does as little as possible: a request is a
//! ready text, and a body is counted, or kept where a premise wants to see it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use flate2::read::GzDecoder;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::failure::{Failure, Outcome};

/// Bytes that are read at a time.
const BUFFER: usize = 256 * 1024;
/// A server that is silent for so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Encodings that a request takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Plain,
    Gzip,
}

impl Coding {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Coding::Plain => "plain",
            Coding::Gzip => "gzip",
        }
    }
}

/// A request as it goes over the wire.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) path: String,
    wire: Vec<u8>,
}

impl Request {
    pub(crate) fn get(path: impl Into<String>, coding: Coding) -> Request {
        let path = path.into();
        let accept = match coding {
            Coding::Plain => "",
            Coding::Gzip => "Accept-Encoding: gzip\r\n",
        };
        let wire = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{accept}\r\n").into_bytes();
        Request { path, wire }
    }

    /// A change by whoever has this key, with a JSON body.
    pub(crate) fn put(path: impl Into<String>, key: &str, body: &str) -> Request {
        let path = path.into();
        let length = body.len();
        let head = format!("PUT {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Api-Key {key}\r\n");
        let wire = format!("{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}");
        Request { path, wire: wire.into_bytes() }
    }

    pub(crate) fn plain(path: impl Into<String>) -> Request {
        Request::get(path, Coding::Plain)
    }
}

/// A value as it can stand in a query string.
pub(crate) fn encoded(value: &str) -> String {
    utf8_percent_encode(value, NON_ALPHANUMERIC).to_string()
}

/// Status and headers of an answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    /// Bytes of the body on the wire, without the framing of chunks.
    pub(crate) bytes: u64,
}

impl Head {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A whole answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// The body as it was before compression.
    pub(crate) fn text(&self) -> Outcome<Vec<u8>> {
        if self.head.header("content-encoding") != Some("gzip") {
            return Ok(self.body.clone());
        }
        let mut text = Vec::new();
        GzDecoder::new(&self.body[..]).read_to_end(&mut text).map_err(Failure::of("a gzip body"))?;
        Ok(text)
    }
}

/// A connection to a server.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Outcome<Client> {
        let opened = TcpStream::connect(address).and_then(|stream| {
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            Ok(stream)
        });
        let stream = opened.map_err(Failure::of(address))?;
        Ok(Client { stream: BufReader::with_capacity(BUFFER, stream) })
    }

    /// Sends a request and keeps the answer.
    pub(crate) fn fetch(&mut self, request: &Request) -> Outcome<Reply> {
        let mut body = Vec::new();
        let head = self.exchange(request, |part| body.extend_from_slice(part))?;
        Ok(Reply { head, body })
    }

    /// Sends a request and counts the answer, which must be a success.
    pub(crate) fn count(&mut self, request: &Request) -> Outcome<u64> {
        let head = self.exchange(request, |_| ())?;
        if head.status == 200 {
            return Ok(head.bytes);
        }
        Err(Failure::new(format!("{}: status {}", request.path, head.status)))
    }

    fn exchange(&mut self, request: &Request, mut sink: impl FnMut(&[u8])) -> Outcome<Head> {
        let done = self.send(request).and_then(|()| self.receive(&mut sink));
        done.map_err(|error| Failure::new(format!("{}: {error}", request.path)))
    }

    /// Sends a request whose answer is read by [`Client::trickle`].
    pub(crate) fn send(&mut self, request: &Request) -> std::io::Result<()> {
        self.stream.get_mut().write_all(&request.wire)
    }

    /// Reads so many bytes of what has come, framing and all; fewer at the end.
    pub(crate) fn trickle(&mut self, bytes: usize) -> std::io::Result<usize> {
        // Past the buffer, which would drain the connection faster than the caller says.
        let mut part = vec![0; bytes];
        self.stream.get_mut().read(&mut part)
    }

    fn receive(&mut self, sink: &mut impl FnMut(&[u8])) -> std::io::Result<Head> {
        let status = self.line()?;
        let mut head = Head { status: status_of(&status), ..Head::default() };
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else { break };
            head.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        head.bytes = if head.header("transfer-encoding") == Some("chunked") {
            self.chunks(sink)?
        } else {
            let length = head.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
            self.body(length, sink)?;
            length
        };
        Ok(head)
    }

    fn line(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }

    fn chunks(&mut self, sink: &mut impl FnMut(&[u8])) -> std::io::Result<u64> {
        let mut total = 0;
        loop {
            let size = u64::from_str_radix(&self.line()?, 16).map_err(std::io::Error::other)?;
            self.body(size, sink)?;
            self.line()?;
            if size == 0 {
                return Ok(total);
            }
            total += size;
        }
    }

    fn body(&mut self, length: u64, sink: &mut impl FnMut(&[u8])) -> std::io::Result<()> {
        let mut left = usize::try_from(length).map_err(std::io::Error::other)?;
        while left > 0 {
            let ready = self.stream.fill_buf()?;
            if ready.is_empty() {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let taken = ready.len().min(left);
            sink(&ready[..taken]);
            self.stream.consume(taken);
            left -= taken;
        }
        Ok(())
    }
}

/// 0 for a line that is no status line.
fn status_of(line: &str) -> u16 {
    line.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// A server that reads one request and answers with these bytes.
    fn answering(bytes: &'static [u8]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a client");
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).expect("a request");
            stream.write_all(bytes).expect("written");
        });
        address
    }

    fn fetch(bytes: &'static [u8]) -> Outcome<Reply> {
        Client::connect(answering(bytes))?.fetch(&Request::plain("/"))
    }

    #[test]
    fn bodies_with_a_length_and_in_chunks_are_read() {
        let whole = fetch(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").expect("read");
        assert_eq!((whole.head.status, whole.head.bytes, &whole.body[..]), (200, 5, &b"hello"[..]));
        let parts =
            fetch(b"HTTP/1.1 404 No\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n");
        let parts = parts.expect("read");
        assert_eq!((parts.head.status, parts.head.bytes, &parts.body[..]), (404, 5, &b"hello"[..]));
    }

    #[test]
    fn a_body_that_is_cut_is_an_error() {
        assert!(fetch(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello").is_err());
        assert!(fetch(b"").is_err());
    }
}
