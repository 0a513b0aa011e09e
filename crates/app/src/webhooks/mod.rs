//! Webhooks: addresses that organizations want to be told about changes.
//!
//! An address is told what members of its organization see, in messages of some events each, signed with a secret of its
//! own. Messages are delivered in their order: one that fails is tried again, with the same name and the same end, until
//! it succeeds or the address is given up.

mod parcel;

use std::fmt;

use auth::seal::NONCE_BYTES;
use auth::signature;
use catalog::feed::Position;
use model::access::{Segment, bits};
use model::{Status, Tag, Time};
use store::webhook::Progress;
pub use store::webhook::{Delivery, Note, Webhook};
use url::Url;

pub use self::parcel::{Outcome, Parcel, Step};
use crate::directory::App;
use crate::keys::NoMasterKey;
use crate::principals::Identity;
use crate::write::Writing;

/// Addresses of one organization.
pub const WEBHOOKS_MAX: usize = 10;
/// Characters of an address.
pub(crate) const URL_MAX: usize = 2_000;
/// Attempts that are shown.
const DELIVERIES: u32 = 100;

/// What an organization decides about an address; what is `None` stays as it is, or has its default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Where messages go.
    pub url: Option<String>,
    /// The types that it is told about; all when empty.
    pub types: Option<Vec<Tag>>,
    /// Whether it is told about the organization's records, and those at its exchanges and facilities, alone.
    pub own: Option<bool>,
    /// Whether it is told anything.
    pub active: Option<bool>,
    /// Whether it gets a new secret.
    pub new_secret: bool,
}

/// Why a use case was not carried out.
#[derive(Debug)]
pub enum WebhookError {
    /// The caller may not manage the organization.
    Forbidden,
    /// There is no such organization or address.
    NotFound,
    /// A value breaks a rule: its name, and the rule.
    Invalid(&'static str, String),
    /// Secrets cannot be encrypted.
    NoKey(NoMasterKey),
    /// The directory is only read.
    ReadOnly,
    /// The database.
    Store(store::Error),
}

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WebhookError::Forbidden => f.write_str("you may not manage this organization"),
            WebhookError::NotFound => f.write_str("there is no such webhook"),
            WebhookError::Invalid(name, rule) => write!(f, "{name} {rule}"),
            WebhookError::NoKey(error) => error.fmt(f),
            WebhookError::ReadOnly => f.write_str("the directory is only read"),
            WebhookError::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for WebhookError {}

impl From<store::Error> for WebhookError {
    fn from(error: store::Error) -> WebhookError {
        WebhookError::Store(error)
    }
}

/// What a secret is encrypted for.
fn purpose(org: u32) -> String {
    format!("webhook of organization {org}")
}

/// Whether messages can go to a URL. What is wrong completes "must …".
pub(crate) fn check_url(text: &str, over_http: bool) -> Result<(), String> {
    let url = Url::parse(text).map_err(|error| format!("be a URL: {error}"))?;
    match url.scheme() {
        "https" => {}
        "http" if over_http => {}
        _ => return Err(format!("begin with https://{}", if over_http { " or http://" } else { "" })),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("have no user and no password in it; messages are signed".to_owned());
    }
    if url.fragment().is_some() || text.chars().count() > URL_MAX {
        return Err(format!("have no part behind a #, and {URL_MAX} characters at most"));
    }
    Ok(())
}

impl App {
    /// Looks whether somebody may manage an organization (accounts specification, 16).
    fn manages(&self, identity: &Identity, org: u32) -> Result<&Writing, WebhookError> {
        use Segment::{Id, Word};
        let path = [Word("peeringdb"), Word("manage_organization"), Id(org)];
        if identity.viewer.bits(&path) & bits::UPDATE == 0 {
            return Err(WebhookError::Forbidden);
        }
        let snapshot = self.snapshot();
        let exists = snapshot.record(Tag::Org, org).is_some_and(|org| org.status() != Status::Deleted);
        if !exists {
            return Err(WebhookError::NotFound);
        }
        self.writing().ok_or(WebhookError::ReadOnly)
    }

    /// The addresses of an organization.
    ///
    /// # Errors
    /// When the caller may not manage it, or the database cannot be read.
    pub async fn webhooks(&self, identity: &Identity, org: u32) -> Result<Vec<Webhook>, WebhookError> {
        let writing = self.manages(identity, org)?;
        Ok(writing.store.reader().await?.webhooks(Some(org)).await?)
    }

    async fn webhook(&self, identity: &Identity, org: u32, id: u32) -> Result<Webhook, WebhookError> {
        let all = self.webhooks(identity, org).await?;
        all.into_iter().find(|webhook| webhook.id == id).ok_or(WebhookError::NotFound)
    }

    /// Adds an address. Gives it with the secret as receivers need it, which is told this once.
    ///
    /// # Errors
    /// When the caller may not, a wish breaks a rule, or it cannot be stored.
    pub async fn add_webhook(
        &self,
        identity: &Identity,
        org: u32,
        wishes: Wishes,
    ) -> Result<(Webhook, String), WebhookError> {
        let writing = self.manages(identity, org)?;
        let (sealed, secret) = self.new_secret(writing, org).await?;
        let newest = Position::behind(self.moment().journal.newest());
        let url = wishes.url.clone();
        let url = url.ok_or_else(|| WebhookError::Invalid("url", "is needed".to_owned()))?;
        let now = self.now();
        let mut webhook = Webhook {
            id: 0,
            org_id: org,
            url,
            secret: sealed,
            tags: String::new(),
            own: false,
            active: true,
            stopped: None,
            created: now,
            created_by: identity.actor.name.clone().unwrap_or_default(),
            email: identity.emails.first().cloned(),
            revision: 1,
            progress: Progress {
                next: (newest.seq, newest.n),
                until: None,
                attempts: 0,
                failing_since: None,
                due: now,
            },
            test: None,
        };
        self.apply(&mut webhook, wishes)?;
        let mut writer = writing.store.writer().await?;
        // The lock is held: nobody adds one meanwhile.
        if writer.webhooks_of(org).await?.len() >= WEBHOOKS_MAX {
            let rule = format!("would be one more than the {WEBHOOKS_MAX} that an organization may have");
            return Err(WebhookError::Invalid("url", rule));
        }
        webhook.id = writer.add_webhook(&webhook).await?;
        writer.finish().await?;
        Ok((webhook, secret))
    }

    /// Changes an address. Gives it, and its new secret when it got one. What failed before is tried anew.
    ///
    /// # Errors
    /// As for adding one.
    pub async fn change_webhook(
        &self,
        identity: &Identity,
        org: u32,
        id: u32,
        wishes: Wishes,
    ) -> Result<(Webhook, Option<String>), WebhookError> {
        let writing = self.manages(identity, org)?;
        let new = if wishes.new_secret { Some(self.new_secret(writing, org).await?) } else { None };
        let mut writer = writing.store.writer().await?;
        let mut webhook = writer.hold_webhook(org, id).await?.ok_or(WebhookError::NotFound)?;
        let mut told = None;
        if let Some((sealed, secret)) = new {
            (webhook.secret, told) = (sealed, Some(secret));
        }
        self.apply(&mut webhook, wishes)?;
        webhook.progress =
            Progress { until: None, attempts: 0, failing_since: None, due: self.now(), ..webhook.progress };
        writer.change_webhook(&webhook).await?;
        writer.finish().await?;
        Ok((webhook, told))
    }

    fn apply(&self, webhook: &mut Webhook, wishes: Wishes) -> Result<(), WebhookError> {
        let Wishes { url, types, own, active, new_secret: _ } = wishes;
        if let Some(url) = url {
            check_url(&url, self.settings().webhooks_over_http)
                .map_err(|rule| WebhookError::Invalid("url", format!("must {rule}")))?;
            webhook.url = url;
        }
        if let Some(types) = types {
            webhook.tags = types.iter().map(|tag| tag.as_str()).collect::<Vec<_>>().join(",");
        }
        webhook.own = own.unwrap_or(webhook.own);
        if let Some(active) = active {
            webhook.active = active;
            webhook.stopped = webhook.stopped.take().filter(|_| !active);
        }
        Ok(())
    }

    /// A secret, encrypted and as receivers need it.
    async fn new_secret(&self, writing: &Writing, org: u32) -> Result<(Vec<u8>, String), WebhookError> {
        let master = self.master_key().await.map_err(WebhookError::NoKey)?;
        // Numbers that are drawn never come again, and can be guessed: the master key makes secrets of them.
        let key = master.derive("webhook secret", writing.random.draw());
        let mut nonce = [0; NONCE_BYTES];
        nonce.copy_from_slice(&master.derive("nonce", writing.random.draw())[..NONCE_BYTES]);
        Ok((master.seal(&purpose(org), nonce, &key), signature::secret_text(&key)))
    }

    /// Removes an address with its attempts.
    ///
    /// # Errors
    /// When the caller may not, there is none, or it cannot be removed.
    pub async fn remove_webhook(&self, identity: &Identity, org: u32, id: u32) -> Result<(), WebhookError> {
        let mut writer = self.manages(identity, org)?.store.writer().await?;
        writer.hold_webhook(org, id).await?.ok_or(WebhookError::NotFound)?;
        writer.remove_webhook(id).await?;
        writer.finish().await?;
        Ok(())
    }

    /// The newest attempts to deliver to an address, the newest one first.
    ///
    /// # Errors
    /// When the caller may not manage the organization, there is no such address, or the database cannot be read.
    pub async fn webhook_deliveries(
        &self,
        identity: &Identity,
        org: u32,
        id: u32,
    ) -> Result<Vec<Delivery>, WebhookError> {
        self.webhook(identity, org, id).await?;
        let mut reader = self.manages(identity, org)?.store.reader().await?;
        Ok(reader.webhook_deliveries(id, DELIVERIES).await?)
    }

    /// Sends a message to try an address with, soon and once. Gives its name, under which the attempts tell of it.
    ///
    /// # Errors
    /// As for reading its attempts.
    pub async fn test_webhook(&self, identity: &Identity, org: u32, id: u32) -> Result<String, WebhookError> {
        self.webhook(identity, org, id).await?;
        let writing = self.manages(identity, org)?;
        let message = format!("test_{:032x}", writing.random.draw());
        let mut side = writing.store.side().await?;
        side.test_webhook(id, &message).await?;
        side.finish().await?;
        Ok(message)
    }
}

/// The time so many seconds later.
fn later(time: Time, seconds: i64) -> Time {
    Time(time.0.saturating_add(seconds * Time::SECOND))
}
