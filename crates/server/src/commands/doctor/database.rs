//! The database: can it be used, and does it keep what it is given?

use app::clock::Clock;
use model::Time;
use store::DatabaseUrl;
use store::inspect::{Facts, Own, Server, inspect};

use crate::clock::SystemClock;
use crate::failure::Failure;

use super::{Finding, machine};

/// The oldest PostgreSQL that the program is tested with.
const POSTGRES_MIN: u32 = 150_000;

/// Connections of one server process to PostgreSQL: one that writes, four that read, one that listens.
const CONNECTIONS: u32 = 7;

/// How far two clocks may be apart before somebody will wonder about times.
const CLOCK_APART: i64 = 5 * Time::SECOND;

/// Looks at a database without changing it.
pub(super) async fn check(url: &DatabaseUrl) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let DatabaseUrl::Sqlite(path) = url {
        findings.extend(machine::check_file(path));
    }
    match inspect(url).await {
        // It names the remedy itself.
        Err(error) => findings.push(Finding::fail("database", Failure::told(&error), "")),
        Ok(facts) => {
            let now = SystemClock.now();
            findings.insert(0, Finding::ok("database", format!("{url} can be read")));
            findings.extend(judge(&facts, now));
        }
    }
    findings
}

fn judge(facts: &Facts, now: Time) -> Vec<Finding> {
    let mut findings = vec![schema(facts), name_keys(facts), log(facts)];
    findings.extend(last_change(facts, now));
    match &facts.own {
        Own::File { journal_mode } => findings.push(journal(journal_mode)),
        Own::Server(server) => findings.extend(judge_server(server, now)),
    }
    findings
}

fn schema(facts: &Facts) -> Finding {
    const WHAT: &str = "schema";
    let Facts { schema, known_schema, .. } = facts;
    if schema > known_schema {
        let detail = format!("has number {schema}, this program knows numbers up to {known_schema}");
        return Finding::fail(WHAT, detail, "use a newer program");
    }
    if schema < known_schema {
        let detail = format!("has number {schema}, and becomes {known_schema} when this program serves it");
        return Finding::warn(WHAT, detail, "make a backup with `peeringd dump` first");
    }
    Finding::ok(WHAT, format!("number {schema}, which is this program's"))
}

fn name_keys(facts: &Facts) -> Finding {
    const WHAT: &str = "keys of names";
    let Facts { name_keys, known_name_keys, .. } = facts;
    if *name_keys == known_name_keys.to_string() {
        return Finding::ok(WHAT, format!("version {name_keys}, which is this program's"));
    }
    let detail =
        format!("have version {name_keys:?}, and become {known_name_keys} when this program serves them");
    Finding::warn(WHAT, detail, "stop programs of other versions on this database")
}

fn log(facts: &Facts) -> Finding {
    const WHAT: &str = "log of changes";
    let Facts { changes, sequence, .. } = facts;
    if *sequence == 0 {
        return Finding::warn(WHAT, "empty: the database holds no directory", "fill it with `peeringd load`");
    }
    if changes != sequence {
        let missing = sequence.saturating_sub(*changes);
        let detail = format!("{missing} of {sequence} changes are missing");
        return Finding::fail(WHAT, detail, "see `peeringd check`, and restore a backup");
    }
    Finding::ok(WHAT, format!("changes 1 to {sequence} without a gap"))
}

fn last_change(facts: &Facts, now: Time) -> Option<Finding> {
    const WHAT: &str = "last change";
    let last = facts.last_change?;
    let ahead = (last.0 - now.0) / Time::SECOND;
    Some(if last.0 - now.0 > CLOCK_APART {
        let detail = format!("at {last}, {ahead} seconds in the future");
        Finding::warn(WHAT, detail, "set the clocks of the machines that write by NTP")
    } else {
        Finding::ok(WHAT, format!("at {last}"))
    })
}

fn journal(mode: &str) -> Finding {
    const WHAT: &str = "journal";
    if mode == "wal" {
        return Finding::ok(WHAT, "write-ahead");
    }
    let detail = format!("mode {mode}, in which readers and writers wait for each other");
    Finding::warn(
        WHAT,
        detail,
        "start peeringd once: it sets mode wal, unless the file system keeps it from that",
    )
}

fn judge_server(server: &Server, now: Time) -> Vec<Finding> {
    vec![
        version(server),
        durability(server),
        rights(server),
        connections(server),
        notifications(server),
        clock(server, now),
    ]
}

fn version(server: &Server) -> Finding {
    const WHAT: &str = "PostgreSQL";
    let detail = format!("version {}", server.version);
    if server.version_number < POSTGRES_MIN {
        return Finding::fail(WHAT, detail, "use PostgreSQL 15 or newer");
    }
    Finding::ok(WHAT, detail)
}

fn durability(server: &Server) -> Finding {
    const WHAT: &str = "durability";
    if server.not_durable.is_empty() {
        return Finding::ok(WHAT, "commits survive a crash of the server");
    }
    let settings = server.not_durable.join(", ");
    let detail = format!("{settings}: a crash of the server may lose or damage what was committed");
    Finding::fail(WHAT, detail, "switch them on in postgresql.conf")
}

fn rights(server: &Server) -> Finding {
    const WHAT: &str = "rights";
    if server.standby {
        return Finding::fail(WHAT, "the server is a standby and takes no writes", "give the primary server");
    }
    let remedy = "make the user the owner of the database and its tables";
    if let Some(first) = server.closed_tables.first() {
        let count = server.closed_tables.len();
        return Finding::fail(
            WHAT,
            format!("{count} tables are not the user's to write and change, {first} among them"),
            remedy,
        );
    }
    if !server.may_create {
        return Finding::warn(WHAT, "the user may make no tables, which a newer program needs", remedy);
    }
    Finding::ok(WHAT, "the user may read, write and change the tables")
}

fn connections(server: &Server) -> Finding {
    const WHAT: &str = "connections";
    let Server { connections, connections_max, .. } = server;
    let free = connections_max.saturating_sub(*connections);
    let detail = format!("{connections} of {connections_max} are in use");
    if free < CONNECTIONS {
        let remedy = format!("raise max_connections: each server process takes up to {CONNECTIONS}");
        return Finding::warn(WHAT, detail, remedy);
    }
    Finding::ok(WHAT, detail)
}

fn notifications(server: &Server) -> Finding {
    const WHAT: &str = "notifications";
    if server.notifies || server.standby {
        return Finding::ok(WHAT, if server.standby { "not tried on a standby" } else { "arrive" });
    }
    let detail =
        "do not arrive: changes of other processes show after a second, and prepared statements may fail";
    Finding::warn(
        WHAT,
        detail,
        "let the proxy leave each connection to its session (PgBouncer: pool_mode = session)",
    )
}

fn clock(server: &Server, now: Time) -> Finding {
    const WHAT: &str = "clock";
    let apart = (server.clock.0 - now.0).abs();
    if apart <= CLOCK_APART {
        return Finding::ok(WHAT, "agrees with that of the database server");
    }
    let detail = format!("{} seconds apart from that of the database server", apart / Time::SECOND);
    Finding::warn(WHAT, detail, "set both clocks by NTP")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::Grade;

    const NOW: Time = Time(1_000 * Time::SECOND);

    fn server() -> Server {
        Server {
            version: "15.4".to_owned(),
            version_number: 150_004,
            not_durable: vec![],
            standby: false,
            may_create: true,
            closed_tables: vec![],
            connections_max: 97,
            connections: 91,
            notifies: true,
            clock: NOW,
        }
    }

    fn facts(own: Own) -> Facts {
        Facts {
            schema: 3,
            known_schema: 3,
            name_keys: "1".to_owned(),
            known_name_keys: 1,
            changes: 7,
            sequence: 7,
            last_change: Some(NOW),
            own,
        }
    }

    /// Grade and subject of all that is not fine.
    fn findings(facts: &Facts) -> Vec<(Grade, &'static str)> {
        let found = judge(facts, NOW);
        for finding in &found {
            assert_eq!(finding.grade == Grade::Ok, finding.remedy.is_empty(), "{finding:?}");
        }
        let bad = found.into_iter().filter(|finding| finding.grade != Grade::Ok);
        bad.map(|finding| (finding.grade, finding.what)).collect()
    }

    #[test]
    fn a_sound_database_has_no_findings() {
        assert_eq!(findings(&facts(Own::Server(server()))), []);
        assert_eq!(findings(&facts(Own::File { journal_mode: "wal".to_owned() })), []);
    }

    #[test]
    fn each_fault_of_a_database_is_found() {
        let sound = || facts(Own::File { journal_mode: "wal".to_owned() });
        for (bad, expected) in [
            (Facts { schema: 4, ..sound() }, (Grade::Fail, "schema")),
            (Facts { schema: 2, ..sound() }, (Grade::Warn, "schema")),
            (Facts { name_keys: "2".to_owned(), ..sound() }, (Grade::Warn, "keys of names")),
            (Facts { changes: 6, ..sound() }, (Grade::Fail, "log of changes")),
            (
                Facts { changes: 0, sequence: 0, last_change: None, ..sound() },
                (Grade::Warn, "log of changes"),
            ),
            (
                Facts { last_change: Some(Time(NOW.0 + 6 * Time::SECOND)), ..sound() },
                (Grade::Warn, "last change"),
            ),
            (facts(Own::File { journal_mode: "delete".to_owned() }), (Grade::Warn, "journal")),
        ] {
            assert_eq!(findings(&bad), [expected]);
        }
    }

    #[test]
    fn each_fault_of_a_server_is_found() {
        for (bad, expected) in [
            (Server { version_number: 140_009, ..server() }, (Grade::Fail, "PostgreSQL")),
            (Server { not_durable: vec!["fsync=off".to_owned()], ..server() }, (Grade::Fail, "durability")),
            (Server { standby: true, ..server() }, (Grade::Fail, "rights")),
            (Server { closed_tables: vec!["net".to_owned()], ..server() }, (Grade::Fail, "rights")),
            (Server { may_create: false, ..server() }, (Grade::Warn, "rights")),
            (Server { connections: 92, ..server() }, (Grade::Warn, "connections")),
            (Server { notifies: false, ..server() }, (Grade::Warn, "notifications")),
            (Server { clock: Time(NOW.0 - 6 * Time::SECOND), ..server() }, (Grade::Warn, "clock")),
        ] {
            assert_eq!(findings(&facts(Own::Server(bad))), [expected]);
        }
    }
}
