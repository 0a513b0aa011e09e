//! Networks and their contacts.

use model::records::{Net, Poc};
use model::scalar::{Asn, Visibility};
use model::{AnyRecord, MultiChoice, Status, Tag, choices};
use serde_json::Value as Json;

use super::{shared, texts};
use crate::command::Body;
use crate::context::{Context, Registration};
use crate::input;
use crate::rejection::{Errors, Said, Stop};

/// The number of a new network.
pub(crate) fn number(context: &Context<'_>, body: &Body) -> Result<Asn, Errors> {
    let asn = number_sent(body)?;
    let for_learning = context.policy.tutorial && input::number::is_for_learning(asn.0);
    if input::number::is_reserved(asn.0) && !for_learning {
        return Err(Errors::of("asn", input::texts::ASN_RESERVED.plain()));
    }
    Ok(asn)
}

pub(super) fn check(
    context: &Context<'_>,
    net: &mut Net,
    stored: Option<&AnyRecord>,
    body: &Body,
) -> Result<(), Stop> {
    let stored = match stored {
        Some(AnyRecord::Net(stored)) => Some(&**stored),
        _ => None,
    };
    helpers(net, body)?;
    bounds(context, net)?;
    as_sets(context, net, stored)?;
    if stored.is_none() && net.website.is_empty() {
        return Err(Errors::bare("website", texts::WEBSITE_BLANK.plain()).into());
    }
    shared::website(context, net.org_id, &net.website)?;
    match stored {
        Some(stored) => changed(context, net, stored, body),
        None => registered(context, net),
    }
}

/// Keys that stand for others: `info_type`, and the three flags of `ixp_update_exclude`.
fn helpers(net: &mut Net, body: &Body) -> Result<(), Errors> {
    match body.get("info_type") {
        None | Some(Json::Null) => {}
        Some(Json::String(word)) if word.is_empty() || word == "Not Disclosed" => {}
        Some(json) => {
            let mut one = MultiChoice::default();
            let word = json.as_str().filter(|word| one.insert(choices::NET_TYPES, word));
            if word.is_none() {
                let named = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
                return Err(Errors::of("info_type", input::texts::NOT_A_CHOICE.with([("value", &named)])));
            }
            net.info_types = one;
        }
    }
    exclusions(net, body);
    Ok(())
}

/// Flags that are not sent keep their state; the order is fixed.
fn exclusions(net: &mut Net, body: &Body) {
    const ORDER: [&str; 3] = ["speed", "is_rs_peer", "operational"];
    let sent = |word: &str| body.get(&format!("ixp_update_exclude_{word}")).and_then(flag);
    if ORDER.iter().all(|word| sent(word).is_none()) {
        return;
    }
    let now =
        |word: &&str| sent(word).unwrap_or_else(|| net.ixp_update_exclude.iter().any(|own| **own == **word));
    let kept: Vec<Box<str>> = ORDER.into_iter().filter(now).map(Box::from).collect();
    net.ixp_update_exclude = kept.into();
}

fn flag(json: &Json) -> Option<bool> {
    match json {
        Json::Bool(flag) => Some(*flag),
        Json::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "on" | "1" => Some(true),
            "false" | "off" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn bounds(context: &Context<'_>, net: &Net) -> Result<(), Errors> {
    if context.author.viewer.is_superuser() {
        return Ok(());
    }
    let mut errors = Errors::new();
    for (field, count) in [("info_prefixes4", net.info_prefixes4), ("info_prefixes6", net.info_prefixes6)] {
        let declared = Tag::Net.table().field(field);
        let value = count.map(|count| model::Value::Int(i64::from(count)));
        if let (Some(declared), Some(value)) = (declared, value)
            && let Err(message) = input::number::bounds(declared, &value)
        {
            errors.add(field, message);
        }
    }
    errors.done()
}

/// AS-sets in their normal form. The strict rules are for those who change them.
fn as_sets(context: &Context<'_>, net: &mut Net, stored: Option<&Net>) -> Result<(), Errors> {
    if net.irr_as_set.is_empty() || stored.is_some_and(|stored| stored.irr_as_set == net.irr_as_set) {
        return Ok(());
    }
    let told = |message| Errors::of("irr_as_set", message);
    let normal = input::irr::normalize(&net.irr_as_set).map_err(told)?;
    let is_new = stored.is_none_or(|stored| *stored.irr_as_set != *normal);
    if is_new && !context.author.viewer.is_superuser() {
        input::irr::strict(&normal).map_err(told)?;
    }
    net.irr_as_set = normal.into();
    Ok(())
}

fn changed(context: &Context<'_>, net: &mut Net, stored: &Net, body: &Body) -> Result<(), Stop> {
    if number_sent(body)? != stored.asn {
        return Err(Errors::bare("asn", texts::ASN_FIXED.plain()).into());
    }
    let asks = body.contains_key("allow_ixp_update") && net.allow_ixp_update;
    if asks && !shared::is_reachable(context, net.id) {
        return Err(Errors::bare("allow_ixp_update", texts::AUTO_UPDATE_NEEDS_CONTACT.plain()).into());
    }
    Ok(())
}

/// The number that was sent, whether it may be used or not. It is looked at before anything else, and told alone.
pub(crate) fn number_sent(body: &Body) -> Result<Asn, Errors> {
    let field = Tag::Net.table().field("asn");
    match field.map(|field| input::read(field, body.get("asn").unwrap_or(&Json::Null))) {
        Some(Ok(value)) => Ok(Asn(value.as_int().and_then(|n| u32::try_from(n).ok()).unwrap_or(0))),
        Some(Err(said)) => {
            let mut errors = Errors::new();
            errors.say("asn", said);
            Err(errors)
        }
        None => Ok(Asn(0)),
    }
}

/// A number is registered once, and by somebody whom its registry knows (data-model specification, 10.2).
fn registered(context: &Context<'_>, net: &Net) -> Result<(), Stop> {
    if let Some(holder) = context.snapshot.net_by_asn(net.asn.0) {
        return Err(match holder.status() {
            Status::Deleted => {
                let message = texts::ASN_DELETED.with([("support", &context.policy.support)]);
                Errors::bare("asn", message)
            }
            Status::Ok | Status::Pending => {
                Errors::of("asn", texts::TAKEN.with([("type", &"Network"), ("field", &"ASN")]))
            }
        }
        .into());
    }
    if context.policy.tutorial && input::number::is_for_learning(net.asn.0) {
        return Ok(());
    }
    match context.facts.asn(net.asn.0)? {
        Registration::NotFound => Err(Errors::of("asn", texts::ASN_UNASSIGNED.plain()).into()),
        Registration::Failed(why) => {
            let arguments: [(&'static str, &dyn std::fmt::Display); 2] =
                [("why", why), ("support", &context.policy.support)];
            Err(Errors::of("asn", texts::ASN_UNKNOWN.with(arguments)).into())
        }
        Registration::Found { emails } => {
            let suggested = context.suggestion_org() == Some(net.org_id);
            let known = |own: &String| emails.contains(&own.to_lowercase());
            if suggested || context.author.emails.iter().any(known) {
                return Ok(());
            }
            let mut errors =
                Errors::general(texts::EMAIL_MISMATCH.with([("support", &context.policy.support)]));
            errors.say("asn", Said::One(texts::EMAIL_MISMATCH_SHORT.plain()));
            errors.ignore_field = true;
            Err(errors.into())
        }
    }
}

/// Contacts can be reached, and are not private.
pub(super) fn contact(poc: &mut Poc, body: &Body) -> Result<(), Errors> {
    if poc.phone.is_empty() && poc.email.is_empty() {
        let mut errors = Errors::of("phone", texts::CONTACT_REQUIRED.plain());
        errors.add("email", texts::CONTACT_REQUIRED.plain());
        return Err(errors);
    }
    if body.contains_key("visible") && poc.visible == Visibility::Private {
        return Err(Errors::of("visible", texts::PRIVATE_CONTACT.plain()));
    }
    shared::phones([("phone", &mut poc.phone)], None)
}
