//! Logos: from an upload to a command, and from a record to the files of its logo.
//!
//! Files are read from the database, and those that were asked for last are kept in memory. A file belongs to a record
//! while the record names it: what another process has replaced or taken away is not handed out once this process
//! shows that.

pub(crate) mod picture;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use catalog::Snapshot;
use hashlink::LruCache;
use model::{Status, Tag};
use rules::{Action, Body, Command};
use store::Store;

use crate::directory::App;

/// Memory for files that were asked for last, bytes: those of a few hundred logos.
const KEPT_BYTES_MAX: usize = 16 << 20;

/// Names without a file that are remembered.
const MISSING_MAX: usize = 4_096;

/// The files of a logo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// The name that the record's field `logo` has.
    pub name: String,
    /// Media type of both files.
    pub media_type: String,
    /// What was uploaded.
    pub uploaded: Bytes,
    /// The copy that pages are served.
    pub shown: Bytes,
    /// SHA-256 of the copy, in hexadecimal.
    pub digest: String,
}

impl Logo {
    fn new(found: store::logos::Logo) -> Logo {
        Logo {
            name: found.name,
            digest: found.shown.name(),
            media_type: found.shown.media_type,
            uploaded: found.uploaded.bytes.into(),
            shown: found.shown.bytes.into(),
        }
    }

    fn length(&self) -> usize {
        self.uploaded.len() + self.shown.len()
    }
}

/// The logo of a record at one moment.
#[derive(Clone, Debug)]
pub struct Found {
    /// The directory at that moment.
    pub snapshot: Arc<Snapshot>,
    /// The files; `None` where the record has no logo, or one whose files are not here.
    pub logo: Option<Arc<Logo>>,
}

/// Files could not be read. Why is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl From<store::Error> for Unreadable {
    fn from(error: store::Error) -> Unreadable {
        tracing::error!(%error, "a logo cannot be read");
        Unreadable
    }
}

/// Where logos are read from.
#[derive(Default)]
pub(crate) struct Logos {
    store: Option<Store>,
    kept: Mutex<Kept>,
    missing: Mutex<Missing>,
}

impl fmt::Debug for Logos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logos").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Logos {
    /// Logos of a database.
    pub(crate) fn of(store: &Store) -> Logos {
        Logos { store: Some(store.clone()), kept: Mutex::default(), missing: Mutex::default() }
    }

    /// The files that a record has under a name, as far as they are in memory.
    fn kept(&self, owner: (Tag, u32), name: &str) -> Option<Arc<Logo>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.logos.get(&owner).filter(|logo| logo.name == name).map(Arc::clone)
    }

    /// Whether a logo of this name is known to have no file: it came with a loaded record. A name is given once, so
    /// that it will have none later either.
    fn is_missing(&self, owner: (Tag, u32), name: &str) -> bool {
        let mut missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        missing.0.get(&owner).is_some_and(|known| known == name)
    }

    fn miss(&self, owner: (Tag, u32), name: &str) {
        let mut missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        missing.0.insert(owner, name.to_owned());
    }

    fn keep(&self, owner: (Tag, u32), logo: &Arc<Logo>) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).put(owner, Arc::clone(logo));
    }
}

/// Names without a file, by their records; those that were asked for last.
struct Missing(LruCache<(Tag, u32), String>);

impl Default for Missing {
    fn default() -> Missing {
        Missing(LruCache::new(MISSING_MAX))
    }
}

/// Files that were asked for last, by their records.
struct Kept {
    logos: LruCache<(Tag, u32), Arc<Logo>>,
    bytes: usize,
}

impl Default for Kept {
    fn default() -> Kept {
        Kept { logos: LruCache::new_unbounded(), bytes: 0 }
    }
}

impl Kept {
    fn put(&mut self, owner: (Tag, u32), logo: Arc<Logo>) {
        self.bytes += logo.length();
        if let Some(former) = self.logos.insert(owner, logo) {
            self.bytes -= former.length();
        }
        while self.bytes > KEPT_BYTES_MAX {
            let Some((_, oldest)) = self.logos.remove_lru() else { break };
            self.bytes -= oldest.length();
        }
    }
}

impl App {
    /// The command that gives a record a logo: `body` holds `file_type` and `file_data`. `None` where nothing can be
    /// changed.
    pub fn logo_command(&self, tag: Tag, id: u32, body: Body) -> Option<Command> {
        // Names need 32 of the bits.
        let suffix = self.writing()?.random.draw() as u32;
        Some(Command::Act(Action::SetLogo { tag, id, body, suffix }))
    }

    /// The logo of a record.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn logo(&self, tag: Tag, id: u32) -> Result<Found, Unreadable> {
        let mut snapshot = self.snapshot();
        for may_catch_up in [true, false] {
            let record = snapshot.record(tag, id).map(|record| record.value("logo"));
            let name = record.as_ref().and_then(|value| value.as_text());
            let (Some(name), Some(store)) = (name, &self.logos().store) else { break };
            if let Some(kept) = self.logos().kept((tag, id), name) {
                return Ok(Found { logo: Some(kept), snapshot: Arc::clone(&snapshot) });
            }
            if self.logos().is_missing((tag, id), name) {
                break;
            }
            let Some(found) = store.logo(tag, id).await? else {
                self.logos().miss((tag, id), name);
                break;
            };
            let logo = Arc::new(Logo::new(found));
            if logo.name == name {
                self.logos().keep((tag, id), &logo);
                return Ok(Found { logo: Some(logo), snapshot: Arc::clone(&snapshot) });
            }
            if may_catch_up {
                // Another process has set a logo that this one does not show yet.
                self.catch_up(store).await?;
                snapshot = self.snapshot();
            }
        }
        Ok(Found { snapshot, logo: None })
    }

    /// The logo that has a name below the URL of media: that of a published record which everybody may read.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn public_logo(&self, name: &str) -> Result<Option<Arc<Logo>>, Unreadable> {
        let Some((tag, id)) = rules::logo::owner_of(name) else { return Ok(None) };
        let snapshot = self.snapshot();
        let is_public = snapshot.record(tag, id).is_some_and(|record| {
            record.status() == Status::Ok
                && record.value("logo").as_text() == Some(name)
                && snapshot.may_read(&self.anonymous().viewer, record)
        });
        if !is_public {
            return Ok(None);
        }
        Ok(self.logo(tag, id).await?.logo.filter(|logo| logo.name == name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logo(name: &str, length: usize) -> Arc<Logo> {
        Arc::new(Logo {
            name: name.to_owned(),
            media_type: "image/png".to_owned(),
            uploaded: Bytes::new(),
            shown: vec![0; length].into(),
            digest: String::new(),
        })
    }

    #[test]
    fn what_was_not_asked_for_longest_gives_way() {
        let logos = Logos::default();
        let quarter = KEPT_BYTES_MAX / 4;
        for id in 0..4 {
            logos.keep((Tag::Org, id), &logo("a", quarter));
        }
        assert!(logos.kept((Tag::Org, 0), "a").is_some());
        logos.keep((Tag::Net, 9), &logo("a", quarter));
        let present = |id| logos.kept((Tag::Org, id), "a").is_some();
        assert_eq!([0, 1, 2, 3].map(present), [true, false, true, true]);
        // The same record again takes the place of what it had.
        logos.keep((Tag::Net, 9), &logo("b", quarter));
        assert_eq!([0, 1, 2, 3].map(present), [true, false, true, true]);
        assert_eq!((logos.kept((Tag::Net, 9), "a"), logos.kept((Tag::Net, 9), "b").is_some()), (None, true));
    }
}
