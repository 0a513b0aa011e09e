//! Changing the directory: from a command to a committed change and the snapshot that shows it.
//!
//! A command is planned on the published snapshot first, without any lock, as long as facts of the world outside are
//! missing. Then the write lock of the database is taken, which is this process's turn as well, since a store has one
//! writing connection. What others committed is replayed, and the command is planned again on what is now the newest
//! state. That plan is committed as one change, and the snapshot that it leads to is published before the lock of
//! publication is let go.

mod commit;
mod effects;
mod error;
mod facts;
mod lock;
pub mod once;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use catalog::Snapshot;
use model::{Tag, Time};
use rules::{Author, Command, Context, Extras, Facts, Need, NextIds, Plan, Policy, Rejection, Stop, Ticket};
use store::change::ActorKind;
pub use store::change::Origin;
use store::{KeptAnswer, Store};

pub use self::error::WriteError;
pub(crate) use self::lock::{ATTEMPT_MAX, Exclusive, detached};
use self::once::{Promise, Settled};
use crate::directory::App;
use crate::outside::Outside;
use crate::principals::Identity;
use crate::random::Random;

/// How often a command is planned anew, because a fact was missing or others were quicker.
const ROUNDS_MAX: usize = 16;

/// What a directory needs in order to be changed.
pub struct Writing {
    /// The database.
    pub store: Store,
    /// Finds facts out.
    pub outside: Arc<dyn Outside>,
    /// Names commands.
    pub random: Arc<dyn Random>,
    /// What the operator decided.
    pub policy: Policy,
}

impl fmt::Debug for Writing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writing")
            .field("store", &self.store)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// A command with who gives it.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is wanted.
    pub command: Command,
    /// Who wants it.
    pub identity: Identity,
    /// Through which door it came in.
    pub origin: Origin,
    /// The address that it came from.
    pub address: Option<IpAddr>,
}

/// What became of a command.
#[derive(Clone, Debug)]
pub struct Done {
    /// The number of the change; of the newest one when there was nothing to do.
    pub seq: u64,
    /// The record that the command is about.
    pub subject: Option<(Tag, u32)>,
    /// What the answer tells beside the record.
    pub extras: Extras,
    /// The directory before the change.
    pub before: Arc<Snapshot>,
    /// The directory as the answer shows it: with what the command changes, and without what only follows from that.
    /// Clients of the reference see counters and stamps of a record's neighbours as they stood before.
    pub shown: Arc<Snapshot>,
}

/// A command on its way: what every attempt to carry it out needs.
#[derive(Clone)]
struct Order {
    command: Arc<Command>,
    identity: Identity,
    author: Author,
    actor: store::change::Actor,
    origin: Origin,
    command_id: String,
    /// What the client was promised, if it has named the command.
    promise: Option<Arc<Promise>>,
}

impl Order {
    fn of(request: Request, command_id: String) -> Order {
        let Request { command, identity, origin, address } = request;
        let mut actor = identity.actor.clone();
        actor.address = address.map(|address| address.to_string());
        let author = author(&identity);
        Order { command: Arc::new(command), identity, author, actor, origin, command_id, promise: None }
    }

    /// The same order with the rights that its author has now. The caller holds the lock for publishing.
    fn renewed(&self, app: &App) -> Result<Order, WriteError> {
        let identity = app.renewed(&self.identity).map_err(WriteError::Refused)?;
        Ok(Order { author: author(&identity), identity, ..self.clone() })
    }

    /// Whether the author may be able to change something.
    fn may_change(&self) -> bool {
        self.identity.key.is_some() || self.actor.kind == ActorKind::System
    }

    /// Plans the command.
    fn plan(
        &self,
        snapshot: &Snapshot,
        policy: &Policy,
        facts: &Facts,
        now: Time,
        next_ids: &NextIds,
    ) -> Result<Plan, Stop> {
        let context = Context { snapshot, author: &self.author, policy, facts, now, next_ids };
        rules::plan(&context, &self.command)
    }
}

impl App {
    /// Carries a command out. When this returns [`Done`], the change is on disk, and published in this process.
    ///
    /// A caller who no longer waits does not stop what has begun.
    ///
    /// # Errors
    /// When a rule refuses the command, or it cannot be carried out now. Nothing has changed then, but for
    /// [`WriteError::Unknown`].
    pub async fn execute(self: &Arc<App>, request: Request) -> Result<Done, WriteError> {
        let writing = self.writing().ok_or(WriteError::ReadOnly)?;
        let order = Arc::new(self.order(writing, request));
        match self.settle(writing, order).await? {
            Settled::Done(done) => Ok(*done),
            // Nobody has named it.
            Settled::Before(_) => Err(WriteError::Unsettled),
        }
    }

    /// A command with a name of its own in the log.
    fn order(&self, writing: &Writing, request: Request) -> Order {
        Order::of(request, format!("{:032x}", writing.random.draw()))
    }

    /// Plans a command until all that it needs is known, and carries it out; the support hears of refusals that
    /// concern it.
    async fn settle(self: &Arc<App>, writing: &Writing, order: Arc<Order>) -> Result<Settled, WriteError> {
        let mut facts = Facts::default();
        let outcome = self.rounds(writing, &order, &mut facts).await;
        if let Err(WriteError::Rejected(rejection)) = &outcome
            && let Some(ticket) = self.reported(writing, &order, &facts, rejection)
        {
            effects::report(writing, &order, self.now(), &ticket).await;
        }
        outcome
    }

    /// What the support has to hear of a refusal.
    fn reported(
        &self,
        writing: &Writing,
        order: &Order,
        facts: &Facts,
        rejection: &Rejection,
    ) -> Option<Ticket> {
        let snapshot = self.snapshot();
        let context = Context {
            snapshot: &snapshot,
            author: &order.author,
            policy: &writing.policy,
            facts,
            now: self.now(),
            // Nothing new is made.
            next_ids: &NextIds([0; 13]),
        };
        rules::tickets::of_refusal(&context, &order.command, rejection)
    }

    /// Plans and commits until the command is carried out or refused.
    async fn rounds(
        self: &Arc<App>,
        writing: &Writing,
        order: &Arc<Order>,
        facts: &mut Facts,
    ) -> Result<Settled, WriteError> {
        let mut fresh = false;
        for _ in 0..ROUNDS_MAX {
            let shown = self.shown();
            let attempt = match self.rehearse(writing, order, facts) {
                Ok(()) => commit::spawned(self, order, facts.clone()).await?,
                Err(Stop::Needs(need)) => Attempt::Needs(need),
                // What is published may lack what others committed a moment before this command came. To those who
                // may change nothing that makes no difference.
                Err(Stop::Rejected(rejection)) => {
                    match !fresh && order.may_change() && self.moved_past(shown, writing).await {
                        true => {
                            fresh = true;
                            continue;
                        }
                        false => return Err(WriteError::Rejected(rejection)),
                    }
                }
            };
            match attempt {
                Attempt::Done(done) => return Ok(Settled::Done(done)),
                Attempt::Before(kept) => return Ok(Settled::Before(kept)),
                Attempt::Needs(need) => facts::find_out(self, &*writing.outside, need, facts).await?,
            }
        }
        tracing::error!(command = ?order.command, rounds = ROUNDS_MAX, "a command did not settle");
        Err(WriteError::Unsettled)
    }

    /// Plans on what is published, without a lock: tells missing facts and refusals before others have to wait.
    fn rehearse(&self, writing: &Writing, order: &Order, facts: &Facts) -> Result<(), Stop> {
        let snapshot = self.snapshot();
        let next_ids = NextIds::behind(&snapshot);
        order.plan(&snapshot, &writing.policy, facts, self.now(), &next_ids).map(|_| ())
    }
}

fn author(identity: &Identity) -> Author {
    let Identity { viewer, emails, user, .. } = identity.clone();
    Author { viewer, emails, user }
}

/// How an attempt to carry a command out ended.
enum Attempt {
    Done(Box<Done>),
    /// The command was carried out before, under the name that its client gave it.
    Before(KeptAnswer),
    /// On the newest state another fact is needed.
    Needs(Need),
}
