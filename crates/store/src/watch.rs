//! Following what is committed to a database, by this process or another one.

use std::sync::Arc;

use crate::error::Error;
use crate::{postgres, sqlite};

/// Tells when somebody has committed. Each follower has one of its own.
pub struct Watch {
    source: Source,
    place: Arc<str>,
}

enum Source {
    Sqlite(sqlite::Watch),
    Postgres(postgres::Watch),
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Watch({})", self.place)
    }
}

impl Watch {
    pub(crate) fn sqlite(watch: sqlite::Watch, place: Arc<str>) -> Watch {
        Watch { source: Source::Sqlite(watch), place }
    }

    pub(crate) fn postgres(watch: postgres::Watch, place: Arc<str>) -> Watch {
        Watch { source: Source::Postgres(watch), place }
    }

    /// Waits for a commit, for a second at most, and tells whether somebody may have committed since the last time.
    /// After a commit it comes back within a tenth of a second; at once when it is called first, or after a
    /// connection was lost. Dropping it before that loses nothing.
    ///
    /// # Errors
    /// When the database cannot be reached; the next call tries again.
    pub async fn changed(&mut self) -> Result<bool, Error> {
        let changed = match &mut self.source {
            Source::Sqlite(watch) => watch.changed().await,
            Source::Postgres(watch) => watch.changed().await,
        };
        changed.map_err(|error| error.at(&self.place))
    }
}
