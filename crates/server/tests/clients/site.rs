//! A directory behind the running program, changed from beside it as another process would.

use std::time::{Duration, Instant};

use app::backup::{self, Silent};
use model::Tag;
use model::directory::{Directory, People, Secret, User};
use reqwest::header::{ACCEPT, AUTHORIZATION};
use serde_json::{Value as Json, json};
use store::Store;
use store::change::{Actor, ChangeSet, Header, Origin, RowChange};
use testkit::{Bench, Kind, World, people};

use crate::program::{Program, Server};

const DEADLINE: Duration = Duration::from_secs(60);

/// Signs in to the site with a password: name and password.
pub(crate) const SIGN_IN: (&str, &str) = ("plain", "a password for tests");

/// A directory, the program that serves it, and a client that sends what it is told.
pub(crate) struct Site {
    /// What the directory holds.
    pub(crate) world: World,
    store: Store,
    server: Server,
    http: reqwest::Client,
    commits: u32,
    // Both remove their files in the end.
    _bench: Bench,
    _program: Program,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Json,
}

impl Reply {
    /// The objects of a successful answer.
    pub(crate) fn data(&self) -> &[Json] {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body["data"].as_array().expect("a list")
    }
}

impl Site {
    /// Serves a world to the callers of [`testkit::people`], the first of whom has a password.
    pub(crate) async fn of(kind: Kind, world: World) -> Site {
        let mut people = people(world.now());
        let password = Some(Secret::Plain(SIGN_IN.1.into()));
        people.users[0] = User { password, ..people.users[0].clone() };
        Site::serve(kind, world, people).await
    }

    /// Serves a world to these people.
    pub(crate) async fn serve(kind: Kind, world: World, people: People) -> Site {
        let bench = Bench::new(kind);
        let store = bench.store("site.db").await;
        let directory = Directory { people, ..world.directory().clone() };
        let mut salt = 0u128;
        let mut salts = || {
            salt += 1;
            salt.to_ne_bytes()
        };
        let filled = backup::import(&store, directory, world.now(), &mut salts, &Silent).await;
        filled.expect("a directory without faults");
        let program = Program::new().with("PEERINGD_DATABASE", &bench.url("site.db").await);
        let server = program.serve("serve --listen 127.0.0.1:0");
        let http = reqwest::Client::builder().timeout(DEADLINE).build().expect("a client");
        Site { world, store, server, http, commits: 0, _bench: bench, _program: program }
    }

    /// The address of the server, without a path.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// Asks as nobody in particular.
    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.ask(self.http.get(self.url() + path)).await
    }

    /// Asks with an `Authorization` header.
    pub(crate) async fn get_as(&self, authorization: &str, path: &str) -> Reply {
        self.ask(self.http.get(self.url() + path).header(AUTHORIZATION, authorization)).await
    }

    /// Asks for JSON with a name and a password before the host of the URL.
    pub(crate) async fn get_signed_in(&self, (name, password): (&str, &str), path: &str) -> Reply {
        let mut url: reqwest::Url = (self.url() + path).parse().expect("a URL");
        url.set_username(name).and_then(|()| url.set_password(Some(password))).expect("a URL with a host");
        self.ask(self.http.get(url).header(ACCEPT, "application/json")).await
    }

    async fn ask(&self, request: reqwest::RequestBuilder) -> Reply {
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        let body = response.bytes().await.expect("the whole answer");
        let body = serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{error} in {body:?}"));
        Reply { status, body }
    }

    /// Changes the directory in one commit, and waits until the server shows it.
    pub(crate) async fn change(&mut self, edit: impl FnOnce(&mut World)) {
        let before = self.world.directory().clone();
        edit(&mut self.world);
        self.world.recount();
        self.commits += 1;
        let header = Header {
            at: self.world.now(),
            actor: Actor::SYSTEM,
            origin: Origin::Cli,
            command_id: format!("change {}", self.commits),
        };
        let rows = differences(&before, self.world.directory());
        let committed = self.store.commit(&ChangeSet { header, rows }).await.expect("a commit");
        self.wait_for(committed.seq).await;
    }

    async fn wait_for(&self, sequence: u64) {
        let end = Instant::now() + DEADLINE;
        while self.get("/readyz").await.body["published"] != json!(sequence) {
            assert!(Instant::now() < end, "change {sequence} was never published");
        }
    }
}

/// The records that are new or look different.
fn differences(before: &Directory, after: &Directory) -> Vec<RowChange> {
    let changed =
        |tag: Tag| after.of(tag).iter().filter(move |record| !before.of(tag).contains(record)).cloned();
    Tag::ALL.into_iter().flat_map(changed).map(RowChange::Put).collect()
}
