//! What has to hold of webhooks. Whether their secrets open is not looked at, since a check has no master key.

use auth::seal;
use model::Tag;
use store::webhook::Webhook;

use super::Findings;
use super::world::World;
use crate::webhooks::check_url;

/// Runs every check.
pub(super) fn check(webhooks: &[Webhook], world: &World, findings: &mut Findings) {
    for webhook in webhooks {
        let Webhook { id, org_id, .. } = webhook;
        if world.get(Tag::Org, *org_id).is_none() {
            findings.note("webhooks belong to organizations", || {
                format!("webhook {id}: org {org_id} is gone; the webhook is in no backup")
            });
        }
        if !seal::is_sealed(&webhook.secret) {
            findings.error("secrets of webhooks are encrypted", || {
                format!("webhook {id}: its secret is not one that a master key has encrypted")
            });
        }
        if let Err(rule) = check_url(&webhook.url, true) {
            findings.error("webhooks have URLs that messages can go to", || {
                format!("webhook {id}: its URL must {rule}")
            });
        }
        for tag in webhook.tags.split(',').filter(|tag| !tag.is_empty()) {
            if tag.parse::<Tag>().is_err() {
                findings.error("webhooks are told about types that exist", || {
                    format!("webhook {id}: {tag:?} is no record type")
                });
            }
        }
    }
}
