//! What somebody wants to change.

use model::Tag;
use serde_json::{Map, Value as Json};

/// The keys and values that a client sent for a record.
pub type Body = Map<String, Json>;

/// One change that somebody asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Make a record.
    Create {
        /// Its type.
        tag: Tag,
        /// Its values.
        body: Body,
    },
    /// Give a record new values.
    Update {
        /// Its type.
        tag: Tag,
        /// Its id.
        id: u32,
        /// Its values; what is not named stays as it is (but see rest-api specification, 9.2).
        body: Body,
    },
    /// Delete a record.
    Delete {
        /// Its type.
        tag: Tag,
        /// Its id.
        id: u32,
    },
    /// Something that only some types know.
    Act(Action),
    /// Publish a record that waits for approval.
    Approve {
        /// Its type.
        tag: Tag,
        /// Its id.
        id: u32,
        /// The organization that it is given to, as with suggestions whose owner is known by now.
        owner: Option<u32>,
    },
    /// Refuse a record that waits for approval: it is gone for good.
    Deny {
        /// Its type.
        tag: Tag,
        /// Its id.
        id: u32,
        /// What the person who asked for it is told; may be empty.
        reason: String,
    },
    /// Delete a record that nobody decided about for too long.
    Expire {
        /// Its type.
        tag: Tag,
        /// Its id.
        id: u32,
    },
}

/// Changes with a path of their own (rest-api specification, 9.6).
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Ask for an import of the exchange's member list now.
    RequestImport {
        /// The exchange.
        ix: u32,
    },
    /// The owner of the facility agrees with a carrier's presence.
    ApprovePresence {
        /// The carrierfac.
        id: u32,
    },
    /// The owner of the facility refuses a carrier's presence.
    RejectPresence {
        /// The carrierfac.
        id: u32,
    },
    /// Put a facility on a campus.
    AddFacility {
        /// The campus.
        campus: u32,
        /// The facility.
        fac: u32,
    },
    /// Take a facility from a campus.
    RemoveFacility {
        /// The campus.
        campus: u32,
        /// The facility.
        fac: u32,
    },
    /// Say at which facility one side of a port is.
    SetSide {
        /// The port (netixlan).
        port: u32,
        /// Whose side.
        side: Side,
        /// The facility, as the client sent it.
        fac: Json,
    },
    /// Give a record a logo, in the place of the one that it has.
    SetLogo {
        /// The record's type.
        tag: Tag,
        /// The record's id.
        id: u32,
        /// `file_type` and `file_data`, as the client sent them.
        body: Body,
        /// Tells the name of the file from all that the record's logo had before; drawn at random.
        suffix: u32,
    },
    /// Take a record's logo away.
    RemoveLogo {
        /// The record's type.
        tag: Tag,
        /// The record's id.
        id: u32,
    },
}

/// A side of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The network's.
    Net,
    /// The exchange's.
    Ix,
}
