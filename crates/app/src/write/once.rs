//! Commands that their clients name, so that a repetition gets the first answer and changes nothing.
//!
//! The answer is stored in the transaction of the change: it is there when the change is, after a crash and in every
//! process as well, and is not when the change is not. Refusals are not kept. They have changed nothing, so that to
//! ask again is safe, and they may be over by then; and whoever may not write shall not make the database write.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use model::Time;
use sha2::{Digest, Sha256};
use store::KeptAnswer;

use super::{Done, Order, Request, WriteError, Writing};
use crate::directory::App;

/// How long a first answer is kept.
pub const KEPT: i64 = 24 * 3_600 * Time::SECOND;

/// What a command is answered, as far as it is kept: status and body. Called before the commit.
pub type Render = dyn Fn(&Done) -> (u16, Option<String>) + Send + Sync;

/// A promise to carry a command out once.
pub struct Promise {
    /// Who gives the command: the public part of the key that signs it. Nobody else gets the answer.
    pub owner: String,
    /// How the client names it.
    pub name: String,
    /// Tells this request from every other one; of [`fingerprint`].
    pub fingerprint: [u8; 32],
    /// Makes the answer.
    pub render: Box<Render>,
}

impl fmt::Debug for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Promise({} of {})", self.name, self.owner)
    }
}

/// SHA-256 over the parts of a request, each with its length.
pub fn fingerprint(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// What became of a command that its client named.
#[derive(Debug)]
pub enum Outcome {
    /// It was carried out now.
    Done(Box<Done>),
    /// It was carried out before, and was answered so.
    Repeated(KeptAnswer),
}

/// Why a command that its client named was not carried out.
#[derive(Debug)]
pub enum OnceError {
    /// For the same reasons as any other command.
    Write(WriteError),
    /// The name belongs to another request.
    Reused,
    /// A request with this name is being carried out.
    UnderWay,
}

impl From<WriteError> for OnceError {
    fn from(error: WriteError) -> OnceError {
        OnceError::Write(error)
    }
}

/// The names of commands that this process carries out at the moment, each with its owner.
#[derive(Debug, Default)]
pub(crate) struct UnderWay(Mutex<HashSet<(String, String)>>);

impl UnderWay {
    /// Takes a name; `None` when somebody has it.
    fn take(&self, promise: &Promise) -> Option<Taken<'_>> {
        let name = (promise.owner.clone(), promise.name.clone());
        // A poisoned lock still guards a set of names, each of which is whole.
        let fresh = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        fresh.then_some(Taken { all: self, name })
    }
}

/// A name, given back when this is dropped.
struct Taken<'a> {
    all: &'a UnderWay,
    name: (String, String),
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.all.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

impl App {
    /// Carries a command out, unless it was carried out before under the same name; then its first answer is handed
    /// back. When this returns [`Outcome::Done`], change and answer are on disk, and the change is published in this
    /// process.
    ///
    /// Two processes that get the same command at once carry it out once, and the later one hands the answer of the
    /// first one back.
    ///
    /// # Errors
    /// When a rule refuses the command, it cannot be carried out now, or the name is taken.
    pub async fn execute_once(
        self: &Arc<App>,
        request: Request,
        promise: Promise,
    ) -> Result<Outcome, OnceError> {
        let writing = self.writing().ok_or(WriteError::ReadOnly)?;
        let _taken = self.under_way().take(&promise).ok_or(OnceError::UnderWay)?;
        if let Some(kept) = first_answer(writing, &promise, self.now()).await? {
            return repeated(kept, &promise);
        }
        let promise = Arc::new(promise);
        let order = Order { promise: Some(Arc::clone(&promise)), ..self.order(writing, request) };
        match self.settle(writing, Arc::new(order)).await {
            Ok(Settled::Done(done)) => Ok(Outcome::Done(done)),
            Ok(Settled::Before(kept)) => repeated(kept, &promise),
            // What refuses it may be what the first one did, in another process and a moment ago.
            Err(WriteError::Rejected(rejection)) => {
                match first_answer(writing, &promise, self.now()).await? {
                    Some(kept) => repeated(kept, &promise),
                    None => Err(WriteError::Rejected(rejection).into()),
                }
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// How a command ended that was not refused.
pub(super) enum Settled {
    Done(Box<Done>),
    /// It was carried out before.
    Before(KeptAnswer),
}

async fn first_answer(
    writing: &Writing,
    promise: &Promise,
    now: Time,
) -> Result<Option<KeptAnswer>, WriteError> {
    let mut reader = writing.store.reader().await?;
    Ok(reader.kept_answer(&promise.owner, &promise.name, now).await?)
}

fn repeated(kept: KeptAnswer, promise: &Promise) -> Result<Outcome, OnceError> {
    match kept.fingerprint == promise.fingerprint {
        true => Ok(Outcome::Repeated(kept)),
        false => Err(OnceError::Reused),
    }
}

impl Promise {
    /// The answer to keep for a command that is about to be committed.
    pub(super) fn answer(&self, done: &Done, now: Time) -> KeptAnswer {
        let (status, body) = (self.render)(done);
        KeptAnswer {
            owner: self.owner.clone(),
            name: self.name.clone(),
            fingerprint: self.fingerprint,
            status,
            body,
            seq: done.seq,
            expires: Time(now.0 + KEPT),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_tell_requests_apart_however_they_are_cut() {
        let one = fingerprint(&[b"PUT", b"/api/net/1", b"{}"]);
        assert_eq!(one, fingerprint(&[b"PUT", b"/api/net/1", b"{}"]));
        assert_ne!(one, fingerprint(&[b"PUT", b"/api/net/1{", b"}"]));
        assert_ne!(one, fingerprint(&[b"PUT", b"/api/net/1{}"]));
    }

    #[test]
    fn a_name_is_taken_until_it_is_given_back() {
        let names = UnderWay::default();
        let promise = |owner: &str| Promise {
            owner: owner.to_owned(),
            name: "n".to_owned(),
            fingerprint: [0; 32],
            render: Box::new(|_| (204, None)),
        };
        let taken = names.take(&promise("a"));
        assert!(taken.is_some() && names.take(&promise("a")).is_none());
        assert!(names.take(&promise("b")).is_some(), "another owner has names of its own");
        drop(taken);
        assert!(names.take(&promise("a")).is_some());
    }
}
