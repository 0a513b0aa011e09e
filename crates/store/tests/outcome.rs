//! Commits whose answer is lost: what became of them is found out before anybody is told.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use model::{Tag, Time};
use store::change::ChangeSet;
use store::{DatabaseUrl, Error, KeptAnswer, Mode, Store};
use testkit::{Bench, Kind, name_org};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::Notify;

const NAME: &str = "a";

const DEADLINE: Duration = Duration::from_secs(60);

/// How a client says that it wants to commit: a simple query.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

/// What happens to a connection over which somebody commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    /// Nothing.
    Never,
    /// It breaks before the server is asked.
    Before,
    /// It breaks when the server has been asked.
    After,
    /// It breaks for the client; the server is asked when the test says so.
    Held,
    /// It breaks before the server is asked, and there are no new ones.
    ForGood,
}

/// Stands between a store and its server, and breaks connections.
#[derive(Clone)]
struct Proxy {
    cut: Arc<Mutex<Cut>>,
    release: Arc<Notify>,
}

impl Proxy {
    /// Starts one in front of a server, and gives the address of the database through it.
    async fn start(url: &str) -> (Proxy, DatabaseUrl) {
        let proxy = Proxy { cut: Arc::new(Mutex::new(Cut::Never)), release: Arc::default() };
        let server = Server::of(url);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let own = proxy.clone();
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.expect("a connection");
                if own.cut() != Cut::ForGood {
                    tokio::spawn(own.clone().forward(client, server.clone()));
                }
            }
        });
        (proxy, through(url, address))
    }

    fn cut(&self) -> Cut {
        *self.cut.lock().expect("no panic")
    }

    fn set(&self, cut: Cut) {
        *self.cut.lock().expect("no panic") = cut;
    }

    async fn forward(self, mut client: TcpStream, server: Server) {
        let (mut from_server, mut to_server) = tokio::io::split(server.connect().await);
        let (mut from_client, mut to_client) = client.split();
        let answers = tokio::io::copy(&mut from_server, &mut to_client);
        let questions = async {
            let mut bytes = vec![0; 1 << 16];
            loop {
                let Ok(read @ 1..) = from_client.read(&mut bytes).await else { return None };
                let cut = if bytes[..read] == *COMMIT { self.cut() } else { Cut::Never };
                match cut {
                    Cut::Never => {}
                    Cut::Before | Cut::ForGood => return None,
                    Cut::After => {
                        to_server.write_all(&bytes[..read]).await.expect("sent");
                        return None;
                    }
                    Cut::Held => return Some(()),
                }
                if to_server.write_all(&bytes[..read]).await.is_err() {
                    return None;
                }
            }
        };
        let held = tokio::select! {
            _ = answers => None,
            held = questions => held,
        };
        // Once is enough: what is asked to find out passes.
        if self.cut() != Cut::ForGood {
            self.set(Cut::Never);
        }
        drop(client);
        if held.is_some() {
            self.release.notified().await;
            to_server.write_all(COMMIT).await.expect("sent");
            // The server ends when it has answered and nobody asks any more.
            to_server.shutdown().await.expect("closed");
            let _ = tokio::io::copy(&mut from_server, &mut tokio::io::sink()).await;
        }
    }
}

/// Where a server is reached.
#[derive(Clone)]
enum Server {
    Socket(PathBuf),
    Network(String),
}

trait Stream: AsyncRead + AsyncWrite + Send {}
impl<T: AsyncRead + AsyncWrite + Send> Stream for T {}

impl Server {
    fn of(url: &str) -> Server {
        if let Some((_, folder)) = url.split_once("host=") {
            let folder = folder.split('&').next().unwrap_or_default();
            return Server::Socket(PathBuf::from(folder).join(".s.PGSQL.5432"));
        }
        let (_, rest) = url.split_once("://").expect("an address");
        let host = rest.split('/').next().unwrap_or_default();
        let host = host.rsplit('@').next().unwrap_or_default();
        Server::Network(if host.contains(':') { host.to_owned() } else { format!("{host}:5432") })
    }

    async fn connect(&self) -> Pin<Box<dyn Stream>> {
        match self {
            Server::Socket(path) => Box::pin(UnixStream::connect(path).await.expect("a server")),
            Server::Network(address) => Box::pin(TcpStream::connect(address).await.expect("a server")),
        }
    }
}

/// The address of the same database by way of another one.
fn through(url: &str, address: SocketAddr) -> DatabaseUrl {
    let (before, _) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = before.split_once("://").expect("an address");
    let (host, name) = rest.split_once('/').expect("a name");
    let user = host.rsplit_once('@').map(|(user, _)| format!("{user}@")).unwrap_or_default();
    format!("{scheme}://{user}{address}/{name}?sslmode=disable").parse().expect("an address")
}

fn set(command: &str, id: u32) -> ChangeSet {
    name_org(command, id, &format!("Org {id}"))
}

/// A store behind a proxy, with one change in it, and one that reaches the server directly.
struct Pair {
    bench: Bench,
    proxy: Proxy,
    through: Store,
    direct: Store,
}

/// None where there is no server.
async fn pair() -> Option<Pair> {
    if !Kind::Postgres.is_here() {
        return None;
    }
    let bench = Bench::new(Kind::Postgres);
    let direct = bench.store(NAME).await;
    let (proxy, url) = Proxy::start(&bench.url(NAME).await).await;
    let through = Store::open(&url, Mode::Existing).await.unwrap_or_else(|error| panic!("{error}"));
    through.commit(&set("first", 1)).await.expect("a commit");
    Some(Pair { bench, proxy, through, direct })
}

impl Pair {
    async fn ids(&self) -> Vec<u32> {
        self.direct.records(Tag::Org).await.expect("records").iter().map(model::AnyRecord::id).collect()
    }
}

#[tokio::test]
async fn a_commit_that_the_server_made_counts_though_its_answer_is_lost() {
    let Some(pair) = pair().await else { return };
    pair.proxy.set(Cut::After);
    let committed = pair.through.commit(&set("second", 2)).await.expect("the outcome");
    assert_eq!(pair.proxy.cut(), Cut::Never, "the connection was cut");
    assert_eq!((committed.seq, committed.repeated), (2, false));
    assert_eq!(pair.ids().await, [1, 2]);
    // A client that asks again gets the same answer, and nothing happens.
    let again = pair.through.commit(&set("second", 3)).await.expect("the outcome");
    assert_eq!((again.seq, again.repeated), (2, true));
    assert_eq!(pair.ids().await, [1, 2]);
}

#[tokio::test]
async fn a_commit_that_never_reached_the_server_is_an_error_and_nothing_is_written() {
    let Some(pair) = pair().await else { return };
    pair.proxy.set(Cut::Before);
    let error = pair.through.commit(&set("second", 2)).await.expect_err("a lost connection");
    assert_eq!(pair.proxy.cut(), Cut::Never, "the connection was cut");
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert_eq!(pair.ids().await, [1]);
    assert_eq!(pair.direct.known_command("second").await.expect("an answer"), None);
    let again = pair.through.commit(&set("second", 2)).await.expect("a commit");
    assert_eq!((again.seq, again.repeated), (2, false));
}

/// A look that did not wait for the transaction would find nothing, and the change would be there a moment later.
#[tokio::test]
async fn a_commit_that_the_server_has_yet_to_make_is_waited_for() {
    const WAITING: &str = "SELECT CAST(pid AS TEXT) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
                           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let Some(pair) = pair().await else { return };
    pair.proxy.set(Cut::Held);
    let second = set("second", 2);
    let release = async {
        let waiting = async { while pair.bench.rows(NAME, WAITING).await.is_empty() {} };
        tokio::time::timeout(DEADLINE, waiting).await.expect("somebody looks the command up");
        assert_eq!(pair.ids().await, [1]);
        pair.proxy.release.notify_one();
    };
    let (committed, ()) = tokio::join!(pair.through.commit(&second), release);
    assert_eq!(committed.expect("the outcome").seq, 2);
    assert_eq!(pair.ids().await, [1, 2]);
}

#[tokio::test]
async fn an_outcome_that_cannot_be_found_out_is_told_as_such() {
    let Some(pair) = pair().await else { return };
    pair.proxy.set(Cut::ForGood);
    let error = pair.through.commit(&set("second", 2)).await.expect_err("an open question");
    assert!(
        matches!(&error, Error::OutcomeUnknown { command: Some(command), .. } if command == "second"),
        "{error:?}"
    );
    let told = error.to_string();
    let place = pair.through.place();
    assert_eq!(
        told,
        format!(
            "{place}: the connection was lost while change \"second\" was committed, and it is not known whether the \
             database holds it; try again once the database answers: what it holds is not written twice"
        )
    );
    pair.proxy.set(Cut::Never);
    assert_eq!(pair.through.commit(&set("second", 2)).await.expect("a commit").seq, 2);
}

/// Commits a change with the first answer that its client got, as a named write does.
async fn commit_with_answer(store: &Store, number: u32) -> Result<store::writer::Committed, Error> {
    let set = set("second", number);
    let mut writer = store.writer().await?;
    writer.start(&set.header).await?;
    writer.apply(&set.rows).await?;
    let answer = KeptAnswer {
        owner: "admin000".to_owned(),
        name: "name".to_owned(),
        fingerprint: [7; 32],
        status: 201,
        body: Some("{}".to_owned()),
        seq: 2,
        expires: Time(100),
    };
    writer.keep_answer(&answer, Time(0)).await?;
    writer.finish().await
}

#[tokio::test]
async fn a_first_answer_is_there_when_its_change_is_and_is_not_when_that_is_not() {
    let Some(pair) = pair().await else { return };
    let kept = async || {
        let mut reader = pair.direct.reader().await.expect("a reader");
        reader.kept_answer("admin000", "name", Time(99)).await.expect("an answer")
    };
    pair.proxy.set(Cut::Before);
    assert!(commit_with_answer(&pair.through, 2).await.is_err());
    assert_eq!((pair.ids().await, kept().await), (vec![1], None));
    pair.proxy.set(Cut::After);
    assert_eq!(commit_with_answer(&pair.through, 2).await.expect("the outcome").seq, 2);
    assert_eq!(pair.ids().await, [1, 2]);
    assert_eq!(kept().await.map(|kept| (kept.status, kept.seq, kept.expires)), Some((201, 2, Time(100))));
}
