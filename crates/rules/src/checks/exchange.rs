//! Exchanges and their LANs.

use ipnet::IpNet;
use model::records::{Ix, Ixlan};
use model::{AnyRecord, Tag};

use super::{prefix, shared, texts};
use crate::command::Body;
use crate::context::Context;
use crate::input;
use crate::rejection::Errors;

pub(super) fn ix(
    context: &Context<'_>,
    ix: &mut Ix,
    stored: Option<&AnyRecord>,
    body: &Body,
) -> Result<(), Errors> {
    let country = ix.country.clone();
    let numbers = [
        ("tech_phone", &mut ix.tech_phone),
        ("policy_phone", &mut ix.policy_phone),
        ("sales_phone", &mut ix.sales_phone),
    ];
    shared::phones(numbers, Some(&country))?;
    if stored.is_none() {
        if ix.website.is_empty() {
            return Err(Errors::bare("website", texts::WEBSITE_BLANK.plain()));
        }
        first_prefix(context, body)?;
        first_feed(body)?;
        if context.suggestion_org() == Some(ix.org_id) {
            return Err(Errors::bare("org", texts::SUGGESTED_IX.plain()));
        }
    }
    shared::website(context, ix.org_id, &ix.website)
}

/// The prefix that comes with a new exchange.
pub(crate) fn first_prefix(context: &Context<'_>, body: &Body) -> Result<IpNet, Errors> {
    let Some(json) = body.get("prefix").filter(|json| json.as_str() != Some("")) else {
        return Err(Errors::of("prefix", texts::PREFIX_REQUIRED.plain()));
    };
    let read = Tag::Ixpfx.table().field("prefix").map(|field| input::read(field, json));
    let own = match read {
        Some(Ok(value)) => value.as_text().and_then(|text| text.parse::<IpNet>().ok()),
        Some(Err(said)) => {
            let mut errors = Errors::new();
            errors.say("prefix", said);
            return Err(errors);
        }
        None => None,
    };
    let own = own.ok_or_else(|| Errors::of("prefix", texts::PREFIX_REQUIRED.plain()))?;
    prefix::rules(context, &own)?;
    let holder = context.snapshot.prefix(&own);
    if holder.is_some_and(|holder| holder.status() != model::Status::Deleted) {
        return Err(Errors::of("prefix", texts::MUST_BE_UNIQUE.plain()));
    }
    match prefix::overlap(context, &own, 0) {
        Some(message) => Err(Errors::of("prefix", message)),
        None => Ok(own),
    }
}

/// The URL of the member list that comes with a new exchange, if one does.
pub(crate) fn first_feed(body: &Body) -> Result<Option<String>, Errors> {
    const NAME: &str = "ixf_ixp_member_list_url";
    let (Some(field), Some(json)) = (Tag::Ixlan.table().field(NAME), body.get(NAME)) else { return Ok(None) };
    match input::read(field, json) {
        Ok(value) => Ok(value.as_text().filter(|url| !url.is_empty()).map(str::to_owned)),
        Err(said) => {
            let mut errors = Errors::new();
            errors.say(NAME, said);
            Err(errors)
        }
    }
}

/// A LAN stays with its exchange, and imports need a list to import.
pub(super) fn lan(lan: &Ixlan, stored: Option<&AnyRecord>) -> Result<(), Errors> {
    if stored.is_some_and(|stored| stored.reference("ix_id") != Some(lan.ix_id)) {
        return Err(Errors::of("ix_id", texts::LAN_FIXED.plain()));
    }
    let has_url = lan.ixf_ixp_member_list_url.as_deref().is_some_and(|url| !url.is_empty());
    if lan.ixf_ixp_import_enabled && !has_url {
        return Err(Errors::general(texts::FEED_URL_REQUIRED.plain()));
    }
    Ok(())
}
