//! Webhooks in backups.
//!
//! Their secrets stand there as they are stored, encrypted with the master key, which a backup never holds. The log that
//! they follow is in no backup either: a webhook that was loaded is told what happens from then on.

use auth::seal;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use catalog::feed::Position;
use model::{Tag, Time};
use serde_json::Value as Json;
use store::webhook::{Progress, Webhook};

use super::dump::{ObjectWriter, write_text_list, write_time};
use super::error::LoadError;
use super::object::Object;
use crate::webhooks::{URL_MAX, check_url};

/// Longest mail address.
const TEXT_MAX: usize = 255;
/// Longest reason, and longest name of whoever made one: that of a key holds name and prefix.
const WORDS_MAX: usize = 1000;

pub(super) fn write_webhook(webhook: &Webhook, line: &mut String) {
    let mut object = ObjectWriter::new(line);
    object.plain("id", webhook.id);
    object.plain("org_id", webhook.org_id);
    object.text("url", &webhook.url);
    object.text("sealed_secret", &STANDARD.encode(&webhook.secret));
    let types = webhook.tags.split(',').filter(|tag| !tag.is_empty());
    write_text_list(&types.map(str::to_owned).collect::<Vec<_>>(), object.key("types"));
    object.plain("own", webhook.own);
    object.plain("active", webhook.active);
    object.optional_text("stopped", webhook.stopped.as_deref());
    write_time(webhook.created, object.key("created"));
    object.text("created_by", &webhook.created_by);
    object.optional_text("email", webhook.email.as_deref());
    object.end();
}

/// A webhook that is at no place of a log yet, see [`begin`].
pub(super) fn take_webhook(mut object: Object) -> Result<Webhook, LoadError> {
    let created = object.time("created")?;
    let webhook = Webhook {
        id: object.id("id")?,
        org_id: object.id("org_id")?,
        url: url(&mut object)?,
        secret: sealed_secret(&mut object)?,
        tags: types(&mut object)?,
        own: object.flag("own")?,
        active: object.flag("active")?,
        stopped: object.optional_text("stopped", WORDS_MAX)?,
        created,
        created_by: object.text("created_by", WORDS_MAX)?,
        email: object.optional_text("email", TEXT_MAX)?,
        revision: 1,
        progress: Progress { next: (0, 0), until: None, attempts: 0, failing_since: None, due: created },
        test: None,
    };
    if let (true, Some(stopped)) = (webhook.active, &webhook.stopped) {
        let rule = "be null beside active: true, since it says why nothing is told any more";
        return Err(object.bad("stopped", &Json::from(stopped.as_str()), rule));
    }
    object.finish()?;
    Ok(webhook)
}

/// A webhook behind the newest change of the directory that it is loaded into.
///
/// Messages are named by id, revision and place, and receivers drop names that they know. The new log comes to the places
/// of the old one again; the revision therefore begins at the second of the loading, counted from 1970, which those of
/// earlier directories have not reached.
pub(super) fn begin(webhook: Webhook, newest: u64, now: Time) -> Webhook {
    let Position { seq, n } = Position::behind(newest);
    let progress = Progress { next: (seq, n), due: now, ..webhook.progress };
    Webhook { revision: u32::try_from(now.unix()).unwrap_or(webhook.revision), progress, ..webhook }
}

/// Plain HTTP as well: servers are told when they start whether people may wish for it.
fn url(object: &mut Object) -> Result<String, LoadError> {
    let url = object.text("url", URL_MAX)?;
    match check_url(&url, true) {
        Ok(()) => Ok(url),
        Err(rule) => Err(object.bad("url", &Json::from(url), rule)),
    }
}

fn sealed_secret(object: &mut Object) -> Result<Vec<u8>, LoadError> {
    const FIELD: &str = "sealed_secret";
    let json = object.take(FIELD)?;
    let bytes = json.as_str().and_then(|text| STANDARD.decode(text).ok());
    let rule = "be the encrypted secret as `peeringd dump` writes it, in Base64";
    bytes.filter(|bytes| seal::is_sealed(bytes)).ok_or_else(|| object.bad_secret(FIELD, rule))
}

fn types(object: &mut Object) -> Result<String, LoadError> {
    let json = object.take("types")?;
    let tag = |item: &Json| item.as_str()?.parse().ok();
    let tags: Option<Vec<Tag>> = json.as_array().and_then(|list| list.iter().map(tag).collect());
    let tags = tags.ok_or_else(|| object.bad("types", &json, "be a list of record types such as net"))?;
    Ok(tags.iter().map(|tag| tag.as_str()).collect::<Vec<_>>().join(","))
}
