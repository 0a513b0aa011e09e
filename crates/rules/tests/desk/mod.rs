//! A directory, somebody who asks for changes, and a clock that moves a minute with each change.

use catalog::{Change, Snapshot};
use model::access::{RuleSet, Viewer, Who};
use model::{AnyRecord, Status, Tag, Time, Value};
use rules::{Author, Command, Context, Facts, NextIds, Plan, Policy, Rejection, Stop};
use testkit::World;

use crate::invariants;

/// Where changes are asked for and carried out.
#[derive(Clone)]
pub(crate) struct Desk {
    /// The directory as it is.
    pub(crate) snapshot: Snapshot,
    /// The present moment.
    pub(crate) now: Time,
    author: Author,
    /// What was found out about the outside world.
    pub facts: Facts,
    /// What the operator decided.
    pub policy: Policy,
}

impl Desk {
    /// The superuser at the desk of a world, a day after its last change.
    pub(crate) fn of(world: &World) -> Desk {
        let now = Time(world.now().0 + 86_400 * Time::SECOND);
        Desk {
            snapshot: world.snapshot(),
            now,
            author: author(Viewer::superuser(), None),
            facts: Facts::default(),
            policy: Policy::default(),
        }
    }

    /// The small world after some changes.
    pub(crate) fn small(change: impl FnOnce(&mut World)) -> Desk {
        let mut world = World::small();
        change(&mut world);
        Desk::of(world.recount())
    }

    /// The same desk with somebody else in front of it, who has these rights.
    pub(crate) fn with(self, rights: &[(&str, u8)]) -> Desk {
        let rules = RuleSet::new(rights.iter().copied());
        self.before(Viewer::new(Who::User { id: 7, verified: true }, false, rules))
    }

    /// The same desk with somebody else in front of it.
    pub(crate) fn before(mut self, viewer: Viewer) -> Desk {
        let user = match viewer.who() {
            Who::User { id, .. } => Some(id),
            Who::Anonymous | Who::Org { .. } => None,
        };
        self.author = author(viewer, user);
        self
    }

    /// What a plan is made from.
    pub(crate) fn ask<T>(&self, about: impl FnOnce(&Context<'_>) -> T) -> T {
        about(&Context {
            snapshot: &self.snapshot,
            author: &self.author,
            policy: &self.policy,
            facts: &self.facts,
            now: self.now,
            next_ids: &NextIds::behind(&self.snapshot),
        })
    }

    /// Plans a command.
    pub(crate) fn plan(&self, command: &Command) -> Result<Plan, Stop> {
        self.ask(|context| rules::plan(context, command))
    }

    /// Carries a command out, and checks that the change and the new directory keep the invariants.
    ///
    /// # Panics
    /// When the command is refused, or an invariant is broken.
    pub(crate) fn run(&mut self, command: &Command) -> Plan {
        let plan = self.plan(command).unwrap_or_else(|stop| panic!("{command:?} stops: {stop:?}"));
        let before = self.snapshot.clone();
        self.apply(&plan);
        let found = invariants::of_change(&before, &self.snapshot, &plan);
        assert_eq!(found, [""; 0], "after {command:?}");
        assert_eq!(invariants::of_state(&self.snapshot), [""; 0], "after {command:?}");
        plan
    }

    /// Makes the rows of a plan the truth.
    pub(crate) fn apply(&mut self, plan: &Plan) {
        let (own, followers) = plan.rows.split_at(plan.rows.len() - plan.followers);
        let purged = plan.purged.iter().map(|(tag, id)| Change::Purge(*tag, *id));
        let changes = own.iter().cloned().map(Change::Put).chain(purged);
        let changes = changes.chain(followers.iter().cloned().map(Change::Put));
        self.snapshot = self.snapshot.apply(changes, self.snapshot.sequence() + 1);
        self.now = Time(self.now.0 + 60 * Time::SECOND);
    }

    /// Deletes a record.
    pub(crate) fn delete(&mut self, tag: Tag, id: u32) -> Plan {
        self.run(&Command::Delete { tag, id })
    }

    /// Why a command is refused.
    pub(crate) fn rejection(&self, command: &Command) -> Rejection {
        match self.plan(command) {
            Err(Stop::Rejected(rejection)) => rejection,
            other => panic!("{command:?} is not refused: {other:?}"),
        }
    }

    /// A record.
    pub(crate) fn record(&self, tag: Tag, id: u32) -> &AnyRecord {
        self.snapshot.record(tag, id).unwrap_or_else(|| panic!("there is no {tag} {id}"))
    }

    /// A value of a record.
    pub(crate) fn value(&self, tag: Tag, id: u32, field: &str) -> Value<'_> {
        self.record(tag, id).value(field)
    }

    /// The status of a record.
    pub(crate) fn status(&self, tag: Tag, id: u32) -> Status {
        self.record(tag, id).status()
    }
}

fn author(viewer: Viewer, user: Option<u32>) -> Author {
    Author { viewer, emails: vec!["admin@people.example".to_owned()], user }
}

/// The records of a plan, in its order.
pub(crate) fn keys(plan: &Plan) -> Vec<(Tag, u32)> {
    plan.rows.iter().map(|row| (row.tag(), row.id())).collect()
}

/// The text of a refusal that says something about the command as a whole, or about one field.
pub(crate) fn text(rejection: &Rejection) -> String {
    match rejection {
        // The ending is the same for all of them.
        Rejection::Protected(message) => {
            let reason = message.arguments().iter().find(|(name, _)| *name == "reason");
            reason.map(|(_, reason)| reason.clone()).unwrap_or_default()
        }
        Rejection::Refused(message)
        | Rejection::ForbiddenBecause(message)
        | Rejection::NotFoundBecause(message) => message.to_string(),
        Rejection::Invalid(errors) => {
            let fields = errors.iter().map(|(field, said)| match said {
                rules::Said::List(list) => {
                    let list: Vec<String> = list.iter().map(ToString::to_string).collect();
                    format!("{field}: {}", list.join(" "))
                }
                other => format!("{field}: {other:?}"),
            });
            fields.collect::<Vec<_>>().join("; ")
        }
        Rejection::NotYours | Rejection::Forbidden | Rejection::NotFound(_) => {
            panic!("{rejection:?} says nothing")
        }
    }
}
