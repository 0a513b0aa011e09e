//! What belongs to a change beside the records, in its transaction.

use model::Time;
use model::directory::QueueItem;
use rules::{Effect, Policy, Ticket};
use store::Writer;
use store::change::ActorKind;
use store::ticket::{NewTicket, Requester};

use super::Order;

#[cfg(test)]
mod tests;

/// Carries one effect out.
pub(super) async fn carry_out(
    writer: &mut Writer,
    order: &Order,
    policy: &Policy,
    now: Time,
    effect: &Effect,
) -> Result<(), store::Error> {
    match effect {
        Effect::Enqueue(tag, id) => {
            let item = QueueItem { tag: *tag, object_id: *id, user_id: order.author.user };
            writer.enqueue(&item).await
        }
        Effect::Dequeue(tag, id) => writer.dequeue(*tag, *id).await,
        Effect::Ticket(ticket) => {
            let ticket = opened(ticket, requester(order));
            writer.open_ticket(&ticket, &policy.desk, now).await.map(drop)
        }
        Effect::CloseTicket(tag, id) => writer.close_tickets_of(*tag, *id, &policy.desk, now).await,
    }
}

/// A planned ticket for whoever gave the command.
fn opened(ticket: &Ticket, requester: Requester) -> NewTicket {
    let Ticket { kind, subject, body, about, once_per } = ticket.clone();
    let (tag, id) = about;
    NewTicket {
        kind: kind.to_owned(),
        subject,
        body,
        requester,
        about: Some(about),
        key: format!("{kind}/{tag}/{id}"),
        once_per: once_per.map(|span| i64::try_from(span.as_micros()).unwrap_or(i64::MAX)),
    }
}

fn requester(order: &Order) -> Requester {
    let identity = &order.identity;
    let (user, org_key) = match identity.actor.kind {
        ActorKind::OrgKey => (None, identity.key.clone()),
        ActorKind::User | ActorKind::UserKey => (identity.actor.id, None),
        ActorKind::System => (None, None),
    };
    Requester { user, org_key, email: identity.emails.first().cloned() }
}
