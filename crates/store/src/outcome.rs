//! Finding out what became of a commit whose answer was lost.

use std::time::Duration;

use crate::error::Error;
use crate::reader;
use crate::store::Connections;

/// How long the database may take to tell. Callers wait meanwhile.
const DEADLINE: Duration = Duration::from_secs(10);

/// Between two questions to a database that gave no answer.
const PAUSE: Duration = Duration::from_millis(100);

/// The number of the change that a command became; `Some(None)` when it became none, and `None` when the database
/// does not tell in time.
pub(crate) async fn find(connections: &Connections, command: &str) -> Option<Option<u64>> {
    let asking = async {
        loop {
            if let Ok(found) = ask(connections, command).await {
                return found;
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::time::timeout(DEADLINE, asking).await.ok()
}

/// Asks under the write lock: a server may be busy with the transaction still after the connection is gone, and
/// until it is done with it, it does not give the lock to anybody else.
async fn ask(connections: &Connections, command: &str) -> Result<Option<u64>, Error> {
    let fresh = connections.afresh();
    let mut session = fresh.write().await?;
    let found = reader::known_command(&mut session, command).await?;
    session.rollback().await?;
    Ok(found)
}
