//! What readers of the API get: paths, shapes, filters, visibility and credentials, over the directory that the
//! checklist of the specification speaks of.

use testkit::{Client, World};

mod reads {
    mod columns;
    mod credentials;
    mod paging;
    mod protocol;
    mod shapes;
    mod since;
    mod special;
    mod visibility;
}

/// The small directory behind its routes.
fn small() -> Client {
    Client::of(&World::small())
}

/// The small directory after some changes.
fn changed(change: impl FnOnce(&mut World)) -> Client {
    let mut world = World::small();
    change(&mut world);
    Client::of(world.recount())
}

/// Asks for each list and compares the ids.
fn assert_ids(client: &Client, table: &[(&str, &[u64])]) {
    for (path, ids) in table {
        let reply = client.get(&format!("/api/{path}"));
        assert_eq!(reply.code(), 200, "{path}: {}", reply.text());
        assert_eq!(reply.ids(), *ids, "{path}");
        assert_eq!(reply.header("x-ignored-filters"), None, "{path}");
    }
}

/// Asks, and compares the status and the text of the error.
fn assert_errors(client: &Client, table: &[(&str, u16, &str)]) {
    for (path, status, error) in table {
        let reply = client.get(&format!("/api/{path}"));
        assert_eq!((reply.code(), reply.error().as_str()), (*status, *error), "{path}");
    }
}
