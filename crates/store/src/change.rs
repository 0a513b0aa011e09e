//! The log of changes: what a change is, and how it is written and read.

use std::fmt;
use std::str::FromStr;

use model::{AnyRecord, Tag, Time};

/// One command's effect on the records: all of it is committed, or nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeSet {
    /// Who changed what when.
    pub header: Header,
    /// What the touched records look like afterwards, in an order in which they may be written: a row that gives a
    /// unique value up comes before the one that takes it.
    pub rows: Vec<RowChange>,
}

/// When, by whom, and through which door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The time of the change.
    pub at: Time,
    /// Who did it.
    pub actor: Actor,
    /// Where it came in.
    pub origin: Origin,
    /// Names the command: a second commit of the same command changes nothing.
    pub command_id: String,
}

/// Who changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// What kind of actor.
    pub kind: ActorKind,
    /// The user, or the organization whose key it is; keys are told apart by the name.
    pub id: Option<u32>,
    /// Name; personal, kept apart from the log.
    pub name: Option<String>,
    /// Address of the client; personal, kept apart from the log.
    pub address: Option<String>,
}

impl Actor {
    /// The program itself, or whoever runs its commands.
    pub const SYSTEM: Actor = Actor { kind: ActorKind::System, id: None, name: None, address: None };
}

/// One touched record.
#[derive(Clone, Debug, PartialEq)]
pub enum RowChange {
    /// The record is there and looks like this.
    Put(AnyRecord),
    /// The record is gone for good, and with it its personal values in all former images.
    Purge {
        /// Its type.
        tag: Tag,
        /// Its id.
        id: u32,
    },
}

impl RowChange {
    /// Type and id of the record.
    pub fn record(&self) -> (Tag, u32) {
        match self {
            RowChange::Put(record) => (record.tag(), record.id()),
            RowChange::Purge { tag, id } => (*tag, *id),
        }
    }
}

/// A change as the log holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Its number; the log has no gaps.
    pub seq: u64,
    /// Who changed what when. Personal values that were erased are `None`.
    pub header: Header,
    /// The touched records. Personal values that were erased are empty.
    pub rows: Vec<RowChange>,
}

/// The newest word of the log about a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Newest {
    /// The change that says it.
    pub seq: u64,
    /// The record's id.
    pub id: u32,
    /// The record; `None` when it is purged.
    pub record: Option<AnyRecord>,
    /// Personal fields whose values were erased from the log.
    pub erased: Vec<String>,
}

macro_rules! words {
    ($(#[$meta:meta])* $type:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $type { $($(#[$doc])* $variant,)+ }

        impl $type {
            /// The word in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $($type::$variant => $word,)+ }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $type {
            type Err = model::scalar::UnknownWord;

            fn from_str(text: &str) -> Result<$type, model::scalar::UnknownWord> {
                match text { $($word => Ok($type::$variant),)+ _ => Err(model::scalar::UnknownWord) }
            }
        }
    };
}

words! {
    /// Kinds of actors.
    ActorKind {
        /// The program, or whoever runs its commands.
        System = "system",
        /// A signed-in person.
        User = "user",
        /// A person's API key.
        UserKey = "user_key",
        /// An organization's API key.
        OrgKey = "org_key",
    }
}

words! {
    /// The door through which a change came in.
    Origin {
        /// The REST API.
        Api = "api",
        /// The web site.
        Web = "web",
        /// An exchange's member list.
        IxF = "ix-f",
        /// The staff's pages.
        Admin = "admin",
        /// Another directory that this one follows.
        Mirror = "mirror",
        /// A command on the server.
        Cli = "cli",
    }
}
