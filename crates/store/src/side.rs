//! Short transactions beside the log of changes: mail, tickets, and work on a schedule.
//!
//! They do not hold the write lock of the directory: on PostgreSQL they run beside a change, and on SQLite, which has
//! one writer, between two.

use std::sync::Arc;

use model::{Tag, Time};

use crate::delivery::{self, Settled};
use crate::error::Error;
use crate::job::{self, Claim, RunEnd};
use crate::mail::{self, Mail, NewMail};
use crate::privacy;
use crate::session::Session;
use crate::ticket::{self, NewTicket, Ticket};
use crate::touched;
use crate::webhook::{self, Note, Webhook};
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

writes! { Writer:
    /// Writes mails and tickets as they are, and gives their numbers to no other.
    add_desk(mails: &[Mail], tickets: &[Ticket]) -> () = ticket::restore;
}

writes! { Side:
    /// Makes a job known; one that is known stays as it is.
    announce_job(name: &str, due: Time) -> () = job::announce;
    /// Takes the lease of a job and begins a run, whose number it gives. `None` when the job is not due, or another
    /// process has it.
    begin_run(claim: Claim<'_>) -> Option<u32> = job::begin;
    /// Prolongs the lease of a job. `false` when the process has it no longer.
    renew_lease(job: &str, holder: &str, until: Time) -> bool = job::renew;
    /// Ends a run and gives the lease back. What became another process's meanwhile stays as it is.
    end_run(end: RunEnd<'_>) -> () = job::end;
    /// Marks the next mail as being handed over, and gives it.
    take_mail(now: Time) -> Option<Mail> = delivery::take;
    /// Notes what became of a mail that was being handed over. Tells whether it was still: another process may have
    /// marked it meanwhile, and its mark stays.
    settle_mail(id: u32, settled: &Settled, now: Time) -> bool = delivery::settle;
    /// Holds the mails that were being handed over when whoever did so came to an end. Gives their number. The caller
    /// has to be the only one who hands mail over.
    hold_strays() -> u64 = delivery::hold_strays;
    /// Queues a mail again that has failed, is held, or waits for its next attempt. Tells whether there is such a one.
    retry_mail(id: u32, now: Time) -> bool = delivery::retry;
    /// Puts another text in the place of the client's address of a change; `None` erases it.
    put_address(seq: u64, text: Option<&str>) -> () = privacy::put_address;
    /// Erases the addresses of clients in changes before a moment. Gives their number.
    erase_addresses(before: Time) -> u64 = privacy::erase_addresses;
    /// Puts another text in the place of the client's address of an entry in the log of people; `None` erases it.
    put_people_address(id: u64, text: Option<&str>) -> () = privacy::put_people_address;
    /// Erases the addresses of clients in entries of the log of people before a moment. Gives their number.
    erase_people_addresses(before: Time) -> u64 = privacy::erase_people_addresses;
    /// Stores what a change did to public lists that is committed already; what is stored stays.
    add_touched(seq: u64, touches: &str) -> () = touched::add;
    /// Notes what became of an attempt to deliver, unless people changed the address meanwhile, or somebody else told
    /// it more. Tells whether it did.
    note_webhook(note: &Note) -> bool = webhook::note;
    /// Asks for a message to try an address with.
    test_webhook(id: u32, message: &str) -> () = webhook::test;
    /// Forgets mails that were sent before a moment. Gives their number.
    forget_sent_mail(before: Time) -> u64 = delivery::forget_sent;
}

writes! { Writer:
    /// Adds an address to be told about changes, and gives its id.
    add_webhook(webhook: &Webhook) -> u32 = webhook::add;
    /// Gives an organization's address, which nobody else writes before this ends; attempts that are under way are not
    /// noted.
    hold_webhook(org: u32, id: u32) -> Option<Webhook> = webhook::hold;
    /// Stores what people decided about an address that is held. How far it was told and its attempts stay, and what
    /// failed is tried anew.
    change_webhook(webhook: &Webhook) -> () = webhook::change;
    /// Removes an address with its attempts, if it is there.
    remove_webhook(id: u32) -> () = webhook::remove;
}
