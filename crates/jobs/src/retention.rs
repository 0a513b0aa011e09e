//! What is kept for a time only: addresses of those who changed something, mail that was sent, and first answers of
//! writes that may be sent twice.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use app::clock::Clock;
use ipnet::IpNet;
use model::Time;
use store::Store;

use crate::job::{Fault, Job, Running, Working};

const DAY: u64 = 86_400;

/// After this time the address of a client is cut to its network: /24 of IPv4, /48 of IPv6.
pub const CUT_AFTER: Duration = Duration::from_secs(30 * DAY);
/// After this time the network is erased as well, and mail that was sent is forgotten.
pub const ERASE_AFTER: Duration = Duration::from_secs(365 * DAY);

const CUT_V4: u8 = 24;
const CUT_V6: u8 = 48;

/// Addresses that are cut, and answers that are forgotten, in one transaction.
const BATCH: u32 = 500;

/// Forgets what has had its time, as a job.
pub struct Forget {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Forget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Forget").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Forget {
    /// Forgets what a database has held for long enough.
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Forget {
        Forget { store, clock }
    }

    async fn forget(&self, run: &Running) -> Result<String, Fault> {
        let now = self.clock.now();
        let cut = ago(now, CUT_AFTER);
        let cut = self.cut(run, cut).await? + self.cut_of_people(run, cut).await?;
        let answers = self.expire_answers(run, now).await?;
        let mut side = self.store.side().await?;
        let old = ago(now, ERASE_AFTER);
        let erased = side.erase_addresses(old).await? + side.erase_people_addresses(old).await?;
        let mails = side.forget_sent_mail(old).await?;
        side.finish().await?;
        let parts = [
            (cut, "addresses cut"),
            (erased, "addresses erased"),
            (mails, "mails forgotten"),
            (answers, "answers forgotten"),
        ];
        let told =
            parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
        Ok(told.collect::<Vec<_>>().join(", "))
    }

    /// Cuts the addresses in changes before a moment. Gives their number.
    async fn cut(&self, run: &Running, before: Time) -> Result<u64, Fault> {
        let (mut cut, mut after) = (0, 0);
        while !run.is_stopping() {
            // They are looked for without a lock, and never come back.
            let whole = self.store.reader().await?.whole_addresses(before, after, BATCH).await?;
            let Some((last, _)) = whole.last() else { break };
            after = *last;
            let mut side = self.store.side().await?;
            for (seq, address) in &whole {
                side.put_address(*seq, network(address).as_deref()).await?;
            }
            side.finish().await?;
            cut += whole.len() as u64;
        }
        Ok(cut)
    }

    /// Cuts the addresses in entries of the log of people before a moment. Gives their number.
    async fn cut_of_people(&self, run: &Running, before: Time) -> Result<u64, Fault> {
        let (mut cut, mut after) = (0, 0);
        while !run.is_stopping() {
            let whole = self.store.reader().await?.whole_people_addresses(before, after, BATCH).await?;
            let Some((last, _)) = whole.last() else { break };
            after = *last;
            let mut side = self.store.side().await?;
            for (id, address) in &whole {
                side.put_people_address(*id, network(address).as_deref()).await?;
            }
            side.finish().await?;
            cut += whole.len() as u64;
        }
        Ok(cut)
    }

    /// Forgets first answers whose time is over, until none is left. Gives their number.
    async fn expire_answers(&self, run: &Running, now: Time) -> Result<u64, Fault> {
        let mut forgotten = 0;
        while !run.is_stopping() {
            let count = self.store.expire_answers(now, BATCH).await?;
            forgotten += count;
            if count < u64::from(BATCH) {
                break;
            }
        }
        Ok(forgotten)
    }
}

fn ago(now: Time, span: Duration) -> Time {
    Time(now.0 - span.as_micros() as i64)
}

/// The network of an address; `None` for a text that is none, which is not kept.
fn network(address: &str) -> Option<String> {
    let address = address.parse::<IpAddr>().ok()?.to_canonical();
    let length = if address.is_ipv4() { CUT_V4 } else { CUT_V6 };
    Some(IpNet::new(address, length).ok()?.trunc().to_string())
}

impl Job for Forget {
    fn name(&self) -> &'static str {
        "forget"
    }

    fn about(&self) -> &'static str {
        "cuts and erases old addresses of clients, and forgets old mail and first answers"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(DAY)
    }

    fn run<'a>(&'a self, run: &'a Running) -> Working<'a, String> {
        Box::pin(self.forget(run))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_cut_to_their_networks() {
        for (address, cut) in [
            ("192.0.2.77", Some("192.0.2.0/24")),
            ("2001:db8:1:2::3", Some("2001:db8:1::/48")),
            ("::ffff:192.0.2.77", Some("192.0.2.0/24")),
            ("directory.example", None),
        ] {
            assert_eq!(network(address).as_deref(), cut, "{address}");
        }
    }
}
