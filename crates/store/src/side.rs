//! Short transactions beside the log of changes: mail, tickets, and work on a schedule.
//!
//! They do not hold the write lock of the directory: on PostgreSQL they run beside a change, and on SQLite, which has
//! one writer, between two.

use std::sync::Arc;

use model::{Tag, Time};

use crate::error::Error;
use crate::mail::{self, NewMail};
use crate::session::Session;
use crate::ticket::{self, NewTicket};
use crate::writer::Writer;

/// A short transaction. Nothing counts before [`Side::finish`]; dropping it undoes all.
pub struct Side {
    session: Session,
    place: Arc<str>,
}

impl std::fmt::Debug for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Side({})", self.place)
    }
}

impl Side {
    pub(crate) fn new(session: Session, place: Arc<str>) -> Side {
        Side { session, place }
    }

    /// Commits. When this returns, all is on disk.
    ///
    /// # Errors
    /// When the database cannot be written. When the connection is lost meanwhile, it may have committed.
    pub async fn finish(self) -> Result<(), Error> {
        self.session.commit().await.map_err(|error| error.at(&self.place))
    }
}

/// Declares methods that run a function of this crate on the session of a transaction that writes.
macro_rules! writes {
    ($type:ident: $($(#[$meta:meta])* $name:ident($($arg:ident: $kind:ty),*) -> $result:ty = $function:path;)+) => {
        impl $type {
            $(
                $(#[$meta])*
                ///
                /// # Errors
                /// When a rule of the database is broken, or it cannot be written.
                pub async fn $name(&mut self, $($arg: $kind),*) -> Result<$result, Error> {
                    let (session, place) = self.parts();
                    $function(session, $($arg),*).await.map_err(|error| error.at(place))
                }
            )+
        }
    };
}

impl Side {
    fn parts(&mut self) -> (&mut Session, &Arc<str>) {
        (&mut self.session, &self.place)
    }
}

/// Mail and tickets belong to changes, and happen beside them.
macro_rules! desk {
    ($($type:ident)+) => {
        $(writes! { $type:
            /// Posts a mail and gives its number, or that of the mail with the same key, which stays as it is.
            post_mail(mail: &NewMail, now: Time) -> u32 = mail::post;
            /// Opens a ticket, mails it to the support, and gives its number; `None` when its matter has one.
            open_ticket(ticket: &NewTicket, support: &str, now: Time) -> Option<u32> = ticket::open;
            /// Says of all tickets about a record that nothing is left to do. Those of which nobody was told yet are
            /// closed at once and their mails taken back; of the others, the support is told by mail.
            close_tickets_of(tag: Tag, id: u32, support: &str, now: Time) -> () = ticket::close_of;
            /// Closes a ticket. Tells whether it was open.
            close_ticket(id: u32, now: Time) -> bool = ticket::close;
        })+
    };
}

desk! { Writer Side }
