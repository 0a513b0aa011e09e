//! Random requests: mostly close to what clients send, sometimes anything.

use model::Tag;
use proptest::prelude::*;
use proptest::sample::select;
use testkit::language::{Op, RELATIONS, SPECIALS};
use testkit::{Ask, Caller};

/// A request before it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) query: String,
    headers: Vec<(&'static str, Vec<u8>)>,
    caller: Caller,
}

impl Input {
    /// The request with another method.
    pub(crate) fn with_method(&self, method: &str) -> Ask {
        let target =
            if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) };
        let ask = Ask::new(method, &target).by(self.caller);
        self.headers.iter().fold(ask, |ask, (name, value)| ask.header_bytes(name, value))
    }

    /// The request.
    pub(crate) fn ask(&self) -> Ask {
        self.with_method(self.method)
    }
}

/// Requests of all kinds.
pub(crate) fn inputs() -> impl Strategy<Value = Input> {
    let caller = prop_oneof![
        3 => Just(Caller::Anonymous),
        2 => select(vec![Caller::Plain, Caller::Admin, Caller::Reader, Caller::Org, Caller::Superuser]),
        1 => select(Caller::ALL.to_vec()),
    ];
    (method(), path(), query(), headers(), caller).prop_map(|(method, path, query, headers, caller)| Input {
        method,
        path,
        query,
        headers,
        caller,
    })
}

fn method() -> impl Strategy<Value = &'static str> {
    let others = ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PURGE", "get"];
    prop_oneof![
        24 => Just("GET"),
        6 => Just("HEAD"),
        2 => Just("OPTIONS"),
        4 => select(others.to_vec()),
    ]
}

fn path() -> impl Strategy<Value = String> {
    let others = [
        "/api",
        "/api/",
        "/api/as_set",
        "/api/as_set/64496",
        "/api/as_set/x",
        "/api/as_set/99999999999999999999",
        "/api/asset/net/10/logo",
        "/api/asset/poc/71/logo/",
        "/api/asset/org/99999999999/banner",
        "/m/logos_user_supplied/network-10-0000002a.png",
        "/m/x",
        "/api/search",
        "/api/searching",
        "/api/net/self",
        "/api/org/self",
        "/api/poc/self",
        "/api/org/100/users",
        "/api/org/100/changes",
        "/api/net/10/history",
        "/api/org/x/users/",
        "/api/net/10/extra",
        "/api/net.txt",
        "/api/net/10.xml",
        "/api//net",
        "/net-0.json",
        "/ixlan-0.json",
        "/dumps/directory.sqlite.gz",
        "/dumps/directory.tar.gz",
        "/",
        "/apis",
        "*",
    ];
    let tag = || select(Tag::ALL.to_vec());
    let ids = [
        "10",
        "11",
        "12",
        "31",
        "41",
        "42",
        "61",
        "71",
        "72",
        "73",
        "81",
        "100",
        "300",
        "0",
        "-1",
        "x",
        "99999999999999999999",
        "10.json",
        "+10",
        "%31%30",
    ];
    let ending = prop_oneof![8 => Just(""), 1 => select(vec![".json", "/", ".xml"])];
    prop_oneof![
        16 => (tag(), ending).prop_map(|(tag, ending)| format!("/api/{tag}{ending}")),
        6 => (tag(), select(ids.to_vec())).prop_map(|(tag, id)| format!("/api/{tag}/{id}")),
        2 => select(others.to_vec()).prop_map(str::to_owned),
        1 => (tag(), chars(6)).prop_map(|(tag, text)| format!("/api/{tag}/{}", encoded(&text))),
        1 => chars(10).prop_map(|text| format!("/{}", encoded(&text))),
    ]
}

fn query() -> impl Strategy<Value = String> {
    let pairs = prop::collection::vec((parameter(), value()), 0..4).prop_map(|pairs| {
        let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("&")
    });
    let raw = prop::collection::vec(select(b"&=%+_,.0a9Zz-~!'()*;:@/?[]|".to_vec()), 0..24)
        .prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    prop_oneof![2 => Just(String::new()), 12 => pairs, 1 => raw]
}

/// Encoded names of parameters.
fn parameter() -> impl Strategy<Value = String> {
    let steering = [
        "depth",
        "limit",
        "skip",
        "since",
        "as_of",
        "fields",
        "page",
        "per_page",
        "pretty",
        "_ctf",
        "format",
        "callback",
        "q",
        "distance",
        "name_search",
        "hide_ix_no_fac",
        "status",
        "id",
        "asn",
        "pk",
        "ordering",
    ];
    let op = || select(Op::ALL.to_vec());
    prop_oneof![
        6 => (select(names()), op()).prop_map(|(name, op)| format!("{name}{}", op.suffix())),
        2 => select(names()),
        3 => select(steering.to_vec()).prop_map(str::to_owned),
        1 => chars(5).prop_map(|text| encoded(&text)),
    ]
}

/// Every name that means something for some type, and some that never do.
fn names() -> Vec<String> {
    let own = Tag::ALL.into_iter().flat_map(|tag| tag.table().fields).map(|field| field.name.to_owned());
    let special = SPECIALS.iter().map(|(_, name, _)| (*name).to_owned());
    let related = RELATIONS.iter().flat_map(|relation| {
        let fields = relation.target.table().fields.iter();
        let fields = fields.map(|field| format!("{}__{}", relation.name, field.name));
        fields.chain([relation.name.to_owned(), format!("{}_id", relation.name)])
    });
    let unknown = ["foo", "name__foo", "net__org__name", "poc_set__email", "org__foo", "", "__", "__in", "_"];
    own.chain(special).chain(related).chain(unknown.map(str::to_owned)).collect()
}

/// Encoded values.
fn value() -> impl Strategy<Value = String> {
    let usual = [
        "",
        "0",
        "1",
        "-1",
        "2",
        "3",
        "4",
        "10",
        "11",
        "41",
        "41,42",
        "10,11,x",
        "100",
        "250",
        "251",
        "64496",
        "64496,64497",
        "999999999999",
        "99999999999999999999999999999999999999999",
        "1.5",
        "1e9",
        "nan",
        "inf",
        "true",
        "True",
        "false",
        "ok",
        "deleted",
        "pending",
        "last",
        "id",
        "id,name,asn",
        "net_set",
        "nosuch",
        "Net+One",
        "net%20one",
        "t%C3%ABst",
        "IX+One",
        "Chicago",
        "Berlin",
        "US",
        "Germany",
        "Un",
        "NSP,Content",
        "Content",
        "IPv4",
        "Public",
        "192.0.2.10",
        "192.0.2",
        "2001:db8:0:1::10",
        "2001:DB8:0:1:0:0:0:10",
        "192.0.2.0%2F24",
        "2026-01-01",
        "2026-01-01T00:05:00Z",
        "2026-01",
        "9999-12-31",
        "0001-01-01",
        "2026-01-01T00:00:00-99:99",
        "41.88",
        "-87.63",
        "181",
        "-1000000",
        "1767225600",
        "99999999999999",
        "xml",
        "json",
        "%00",
        "%ff%fe",
        "%F0%9F%98%80",
        "%E6%9D%B1%E4%BA%AC",
        "%u0041",
        "%",
        "%2",
        "%25",
        ",",
        ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,",
        "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26",
        "a%0d%0aX-Injected:+1",
        "'",
        "\\",
        "%22",
        "*",
        "__",
    ];
    prop_oneof![
        8 => select(usual.to_vec()).prop_map(str::to_owned),
        1 => any::<i64>().prop_map(|n| n.to_string()),
        1 => any::<f64>().prop_map(|n| n.to_string()),
        2 => chars(6).prop_map(|text| encoded(&text)),
    ]
}

fn headers() -> impl Strategy<Value = Vec<(&'static str, Vec<u8>)>> {
    let usual: Vec<(&'static str, &'static str)> = vec![
        ("accept", "application/json"),
        ("accept", "text/html"),
        ("accept", "text/html, */*;q=0.1"),
        ("accept", "application/json;q=0"),
        ("accept-encoding", "gzip"),
        ("accept-encoding", "br, gzip;q=0.5, *;q=0"),
        ("accept-encoding", "*"),
        ("accept-encoding", "gzip;q=0, identity"),
        ("prefer", "handling=strict"),
        ("prefer", "return=minimal, handling=lenient"),
        ("if-none-match", "*"),
        ("if-none-match", "\"0\", W/\"1\""),
        ("if-modified-since", "Tue, 24 Nov 2026 06:00:00 GMT"),
        ("range", "bytes=0-9"),
        ("origin", "https://tool.example"),
        ("access-control-request-method", "GET"),
        ("user-agent", "PeeringDB/0.5 django_peeringdb/0.1"),
        ("user-agent", "PeeringDB/2.5.0 django_peeringdb/3.7.0"),
        ("authorization", "Token x"),
        ("authorization", "Api-Key"),
        ("authorization", "Api-Key nobody00.wrong"),
        ("authorization", "Basic cGxhaW46d3Jvbmc="),
        ("authorization", "Basic !!"),
        ("authorizations", "Api-Key x"),
        ("content-length", "0"),
        ("content-length", "12"),
        ("transfer-encoding", "chunked"),
        ("content-type", "application/xml"),
        ("host", "directory.example"),
        ("x-forwarded-for", "192.0.2.1"),
        ("cookie", "sessionid=x"),
    ];
    let names: Vec<&'static str> = usual.iter().map(|(name, _)| *name).collect();
    let known = select(usual).prop_map(|(name, value)| (name, value.as_bytes().to_vec()));
    let visible = select((0x20..=0x7e).chain(0x80..=0xff).collect::<Vec<u8>>());
    let wild = (select(names), prop::collection::vec(visible, 0..12));
    let some = prop::collection::vec(prop_oneof![4 => known, 1 => wild], 1..3);
    prop_oneof![2 => Just(Vec::new()), 1 => some]
}

/// Up to so many characters of all kinds.
fn chars(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>(), 0..most).prop_map(|chars| chars.into_iter().collect())
}

fn encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    let encode = |byte: u8| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(encode).collect()
}
