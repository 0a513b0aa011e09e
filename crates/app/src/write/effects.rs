//! What belongs to a change beside the records, in its transaction.

use model::Time;
use model::directory::QueueItem;
use rules::logo::{Bytes, NewLogo};
use rules::{Effect, Notice, Policy, Ticket};
use store::Writer;
use store::change::ActorKind;
use store::logos::Logo;
use store::mail::NewMail;
use store::tables::Blob;
use store::ticket::{NewTicket, Requester};

use super::{Order, Writing};

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
            let Requester { user, org_key, .. } = requester(order);
            let item = QueueItem { user_id: user, org_key, created: Some(now), ..QueueItem::of(*tag, *id) };
            writer.enqueue(&item).await
        }
        Effect::Dequeue(tag, id) => writer.dequeue(*tag, *id).await,
        Effect::PutLogo(logo) => writer.put_logo(&stored_logo(logo, now)).await,
        Effect::RemoveLogo(tag, id) => writer.remove_logo(*tag, *id).await,
        Effect::Disband { org, gone } => writer.disband(*org, *gone).await,
        Effect::Tell(notice) => tell(writer, order, now, notice).await,
        Effect::Ticket(ticket) => {
            let ticket = opened(ticket, requester(order));
            writer.open_ticket(&ticket, &policy.desk, now).await.map(drop)
        }
        Effect::CloseTicket(tag, id) => writer.close_tickets_of(*tag, *id, &policy.desk, now).await,
    }
}

fn stored_logo(logo: &NewLogo, now: Time) -> Logo {
    let blob = |file: &Bytes| Blob::new(file.0.to_vec(), logo.format.media_type().to_owned(), now);
    Logo {
        tag: logo.tag,
        object_id: logo.id,
        name: logo.name.clone(),
        uploaded: blob(&logo.uploaded),
        shown: blob(&logo.shown),
    }
}

/// Mails whoever asked for a record, where an address is known. A command tells once.
async fn tell(writer: &mut Writer, order: &Order, now: Time, notice: &Notice) -> Result<(), store::Error> {
    let (tag, id) = notice.about;
    let Some(address) = writer.queue_requester(tag, id).await? else { return Ok(()) };
    let mail = NewMail {
        kind: notice.kind.to_owned(),
        to: vec![address],
        subject: notice.subject.clone(),
        body: notice.body.clone(),
        key: Some(format!("{}/{tag}/{id}/{}", notice.kind, order.command_id)),
        ..NewMail::default()
    };
    writer.post_mail(&mail, now).await.map(drop)
}

/// Tells the support what it has to hear of a refused command. The refusal stands, whatever becomes of this.
pub(super) async fn report(writing: &Writing, order: &Order, now: Time, ticket: &Ticket) {
    let written = async {
        let mut side = writing.store.side().await?;
        side.open_ticket(&opened(ticket, requester(order)), &writing.policy.desk, now).await?;
        side.finish().await
    };
    if let Err(error) = written.await {
        tracing::warn!(%error, subject = ticket.subject, "the support is not told of a refusal");
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
