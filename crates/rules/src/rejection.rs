//! Why a command is refused.

use model::Tag;

use crate::context::Need;
use crate::message::Message;

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// A rule refuses the command.
    Rejected(Rejection),
    /// A fact is missing.
    Needs(Need),
}

impl From<Rejection> for Stop {
    fn from(rejection: Rejection) -> Stop {
        Stop::Rejected(rejection)
    }
}

impl From<Errors> for Stop {
    fn from(errors: Errors) -> Stop {
        Stop::Rejected(Rejection::Invalid(errors))
    }
}

impl From<Need> for Stop {
    fn from(need: Need) -> Stop {
        Stop::Needs(need)
    }
}

/// A refusal.
#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    /// Values break rules.
    Invalid(Errors),
    /// The command as a whole breaks a rule.
    Refused(Message),
    /// The author lacks the right to change this record.
    NotYours,
    /// The author lacks the right to create, delete, or to change what the record would become.
    Forbidden,
    /// The author lacks a right that the text names.
    ForbiddenBecause(Message),
    /// Something stands in the way of a deletion.
    Protected(Message),
    /// There is no such record.
    NotFound(Tag),
    /// There is such a record, and it lacks what the text names.
    Missing(Message),
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// One or more sentences, in a list.
    List(Vec<Message>),
    /// One sentence without a list around it, where clients expect it so.
    One(Message),
    /// Something about the value as a whole, where clients expect an object with [`GENERAL`] in it.
    General(Message),
    /// For each entry of a list its wrong parts, by name; nothing for entries without fault.
    Entries(Vec<Vec<(&'static str, Message)>>),
}

/// Everything that is wrong with the values of a record, in the order in which it was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Errors {
    fields: Vec<(&'static str, Said)>,
    /// Whether the mismatch of addresses only concerns the field beside it (rest-api specification, 2.3,
    /// `ignore_field_error`).
    pub ignore_field: bool,
}

/// The key of errors that concern several fields.
pub const GENERAL: &str = "non_field_errors";

impl Errors {
    /// No errors yet.
    pub fn new() -> Errors {
        Errors::default()
    }

    /// One error of one field.
    pub fn of(field: &'static str, message: Message) -> Errors {
        let mut errors = Errors::new();
        errors.add(field, message);
        errors
    }

    /// One error of one field, without a list around it.
    pub fn bare(field: &'static str, message: Message) -> Errors {
        let mut errors = Errors::new();
        errors.say(field, Said::One(message));
        errors
    }

    /// One error that concerns several fields.
    pub fn general(message: Message) -> Errors {
        Errors::of(GENERAL, message)
    }

    /// Adds a sentence to a field's list.
    pub fn add(&mut self, field: &'static str, message: Message) {
        match self.fields.iter_mut().find(|(name, _)| *name == field) {
            Some((_, Said::List(list))) => list.push(message),
            _ => self.fields.push((field, Said::List(vec![message]))),
        }
    }

    /// Says something about a field, in the place of what was said before.
    pub fn say(&mut self, field: &'static str, said: Said) {
        self.fields.retain(|(name, _)| *name != field);
        self.fields.push((field, said));
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Whether something is wrong with a field.
    pub fn concerns(&self, field: &str) -> bool {
        self.fields.iter().any(|(name, _)| *name == field)
    }

    /// Fields with what is wrong with them.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Said)> {
        self.fields.iter().map(|(name, said)| (*name, said))
    }

    /// Nothing, or these errors.
    ///
    /// # Errors
    /// When there are any.
    pub fn done(self) -> Result<(), Errors> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}
