//! What the support is told, and those who asked for a record (automation specification, 5.2).

use std::fmt::Write;
use std::time::Duration;

use model::{AnyRecord, Tag};

use crate::checks;
use crate::command::Command;
use crate::context::{Context, Registration};
use crate::message::{Message, Text};
use crate::rejection::{Rejection, Said};
use crate::stage::{Effect, Notice, Stage, Ticket};
use crate::unique::type_name;

/// What is said to whoever asked for a record.
pub(crate) mod texts {
    use crate::message::texts;

    texts! {
        APPROVED = "approved": "{type} {name} was approved";
        APPROVED_BODY = "approved-body": "{type} {name} ({tag} {id}), which you asked for, was approved and is published now.";
        DENIED = "denied": "{type} {name} was not accepted";
        DENIED_BODY = "denied-body": "{type} {name} ({tag} {id}), which you asked for, was not accepted and is removed.";
        EXPIRED = "expired": "{type} {name} was removed";
        EXPIRED_BODY = "expired-body": "{type} {name} ({tag} {id}), which you asked for, waited for too long without a decision and is removed. You can ask for it again.";
        REASON = "decision-reason": "The reason: {reason}";
        QUESTIONS = "decision-questions": "Questions are answered by {support}.";
    }
}

/// For how long one ticket about the same refusal is enough.
const ONCE_PER: Duration = Duration::from_secs(3600);

/// The name of a record that has one.
fn name(record: &AnyRecord) -> String {
    record.value("name").as_text().unwrap_or_default().to_owned()
}

/// Asks the support to look at a record that begins to wait.
pub(crate) fn queued(stage: &Stage<'_>, record: &AnyRecord) -> Ticket {
    let (tag, id, name) = (record.tag(), record.id(), name(record));
    let context = stage.context;
    let owner = record.reference("org_id");
    let is_suggested = owner.is_some() && owner == context.suggestion_org();
    let mark = if is_suggested { "[SUGGEST] " } else { "" };
    let mut body = format!("{} {name} waits for approval.\n\n", type_name(tag));
    if let Some(org) = owner.and_then(|owner| context.snapshot.record(Tag::Org, owner)) {
        let _ = writeln!(body, "Organization: {} {}", org.id(), self::name(org));
    }
    if let AnyRecord::Net(net) = record {
        let _ = writeln!(body, "AS number: {}", net.asn.0);
        let known = context.facts.asn(net.asn.0);
        if let Ok(Registration::Found { emails }) = known {
            let _ = writeln!(body, "Addresses in its registry: {}", emails.join(", "));
        }
    }
    let _ = write!(
        body,
        "To look at it: peeringd queue show {tag} {id}\n\
         To decide: peeringd queue approve {tag} {id}, or peeringd queue deny {tag} {id} --reason TEXT\n"
    );
    Ticket {
        kind: "queue",
        subject: format!("{mark}{} - {name}", type_name(tag)),
        body,
        about: (tag, id),
        once_per: None,
    }
}

/// Tells the support that an exchange was published without a look at it.
pub(crate) fn published_by_prefix(ix: &AnyRecord, prefix: &ipnet::IpNet, feed: &str) -> Ticket {
    let (id, name) = (ix.id(), name(ix));
    Ticket {
        kind: "prefix-auto",
        subject: format!("[PREFIXAUTO] {} - {name}", type_name(Tag::Ix)),
        body: format!(
            "{} {name} was published without a look at it: whoever asked for it is a contact of the prefix \
             {prefix}, and the member list {feed} names enough networks of others.\nNothing has to be done.\n",
            type_name(Tag::Ix)
        ),
        about: (Tag::Ix, id),
        once_per: None,
    }
}

/// What the support has to hear of a refusal: that something cannot be deleted for what is below it, and that
/// registries do not answer. Nothing is committed by a refused command, so that whoever refuses it writes this in a
/// transaction of its own.
pub fn of_refusal(context: &Context<'_>, command: &Command, refusal: &Rejection) -> Option<Ticket> {
    match (command, refusal) {
        (Command::Delete { tag, id }, Rejection::Protected(message)) => {
            let record = context.snapshot.record(*tag, *id).map(name).unwrap_or_default();
            Some(Ticket {
                kind: "protected",
                subject: format!("[PROTECTED] Deletion prevented: {tag}-{id} {record}").trim_end().to_owned(),
                body: format!("{} {record} was to be deleted, and was not:\n\n{message}\n", type_name(*tag)),
                about: (*tag, *id),
                once_per: Some(ONCE_PER),
            })
        }
        (Command::Create { tag: Tag::Net, body }, Rejection::Invalid(errors)) => {
            let unknown = checks::texts::ASN_UNKNOWN.code;
            let message = errors.iter().find_map(|(_, said)| match said {
                Said::List(list) => list.iter().find(|message| message.code() == unknown),
                Said::One(_) | Said::General(_) | Said::Entries(_) => None,
            })?;
            let asn = body.get("asn").map(ToString::to_string).unwrap_or_default();
            let sent = body.get("org_id").and_then(serde_json::Value::as_u64);
            let org = sent.and_then(|org| u32::try_from(org).ok()).or(context.suggestion_org())?;
            Some(Ticket {
                kind: "rdap-error",
                subject: format!("[RDAP_ERR] {} for AS {}", type_name(Tag::Net), asn.trim_matches('"')),
                body: format!("A network was to be registered, and was not:\n\n{message}\n"),
                about: (Tag::Org, org),
                once_per: Some(ONCE_PER),
            })
        }
        _ => None,
    }
}

/// What was decided about a record that waited.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Decision<'a> {
    /// It is published.
    Approved,
    /// It is gone, for a reason that may be empty.
    Denied(&'a str),
    /// It is deleted, since nobody decided.
    Expired,
}

/// Tells whoever asked for a record what was decided about it.
pub(crate) fn decided(context: &Context<'_>, record: &AnyRecord, decision: Decision<'_>) -> Effect {
    let (tag, id, name) = (record.tag(), record.id(), name(record));
    let say = |text: Text| -> Message {
        text.with([("type", &type_name(tag)), ("name", &name), ("tag", &tag), ("id", &id)])
    };
    let (kind, subject, body, reason) = match decision {
        Decision::Approved => ("approved", texts::APPROVED, texts::APPROVED_BODY, ""),
        Decision::Denied(reason) => ("denied", texts::DENIED, texts::DENIED_BODY, reason.trim()),
        Decision::Expired => ("expired", texts::EXPIRED, texts::EXPIRED_BODY, ""),
    };
    let mut body = format!("{}\n", say(body));
    if !reason.is_empty() {
        let _ = write!(body, "\n{}\n", texts::REASON.with([("reason", &reason)]));
    }
    let _ = write!(body, "\n{}\n", texts::QUESTIONS.with([("support", &context.policy.support)]));
    Effect::Tell(Notice { kind, subject: say(subject).to_string(), body, about: (tag, id) })
}
