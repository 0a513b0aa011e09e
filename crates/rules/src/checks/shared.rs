//! Rules that several types share.

use model::{AnyRecord, Tag, Value};

use super::texts;
use crate::context::Context;
use crate::message::Message;
use crate::rejection::Errors;
use crate::{delete, input};

/// Social media entries follow the rules of their services.
pub(super) fn social(draft: &AnyRecord) -> Result<(), Errors> {
    match draft.value("social_media") {
        Value::Social(links) => input::social::rules(&links).map_err(Errors::general),
        _ => Ok(()),
    }
}

/// A website is there: the record's own, or its organization's.
pub(super) fn website(context: &Context<'_>, org: u32, own: &str) -> Result<(), Errors> {
    let org = context.snapshot.record(Tag::Org, org);
    let has_other = org.is_some_and(|org| org.value("website").as_text().is_some_and(|url| !url.is_empty()));
    if own.is_empty() && !has_other {
        return Err(Errors::of("website", texts::WEBSITE_REQUIRED.plain()));
    }
    Ok(())
}

/// A website is there for a record that has one and belongs to an organization; others need none.
pub(crate) fn website_of(context: &Context<'_>, draft: &AnyRecord) -> Result<(), Errors> {
    let own = draft.value("website");
    match (own.as_text(), draft.reference("org_id")) {
        (Some(own), Some(org)) => website(context, org, own),
        _ => Ok(()),
    }
}

/// A field with its telephone number.
pub(super) type Phone<'a> = (&'static str, &'a mut Box<str>);

/// Telephone numbers in E.164 form.
pub(super) fn phones<'a>(
    numbers: impl IntoIterator<Item = Phone<'a>>,
    country: Option<&str>,
) -> Result<(), Errors> {
    let mut errors = Errors::new();
    for (field, number) in numbers {
        let normal: Result<String, Message> = match number.is_empty() {
            true => continue,
            false => input::phone::normalize(number, country),
        };
        match normal {
            Ok(normal) => *number = normal.into(),
            Err(message) => errors.add(field, message),
        }
    }
    errors.done()
}

/// Whether a network can be reached about its ports: a published contact for technical questions with an address
/// that signed-in people see (data-model specification, 8.4 and 10.12).
pub(super) fn is_reachable(context: &Context<'_>, net: u32) -> bool {
    context.snapshot.children(Tag::Poc, "net_id", net).any(|entry| match entry.record() {
        AnyRecord::Poc(poc) => {
            delete::NEEDED_ROLES.contains(&&*poc.role)
                && poc.visible != model::scalar::Visibility::Private
                && !poc.email.is_empty()
        }
        _ => false,
    })
}
