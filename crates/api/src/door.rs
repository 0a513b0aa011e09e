//! What a request meets before anybody looks at what it wants: refusals that are repeated, and silence for callers
//! that were refused too often (rest-api specification, section 17).
//!
//! Refusals of reads alone are repeated: what becomes of a write depends on its body. A 429 is not repeated from
//! here, since the limit itself refuses until its time is over and no longer.
//!
//! Callers are told apart by their key and the place that they use it from; those without a key that proved right,
//! by their place alone. The others behind an address from which somebody tries keys are therefore still heard, if
//! they have a key that takes no time to check.

use std::sync::Arc;

use app::App;
use app::limits::{Generation, Refusals, Subject};
use app::principals::Identity;
use app::request::ClientAddress;
use axum::http::{HeaderName, header};
use ipnet::IpNet;
use model::Time;

use crate::answer::{Answer, Replica};
use crate::credential;
use crate::request::ApiRequest;

/// Tells that an answer is a repetition.
const CACHED: HeaderName = HeaderName::from_static("x-cached-response");
/// Tells that it was not looked at what the request wants.
const THROTTLED: HeaderName = HeaderName::from_static("x-throttled-response");

/// The place where requests come in.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) app: Arc<App>,
    refusals: Refusals<Replica>,
    /// Whether refusals are repeated or counted at all.
    watched: bool,
}

/// A request at the door.
#[derive(Debug)]
pub(crate) struct Visit {
    network: Option<IpNet>,
    now: Time,
    /// What a refusal of it will be made from.
    generation: Generation,
    /// Seconds for which its network is not heard.
    silenced: Option<u64>,
}

/// Why somebody was refused, as far as it matters for repetitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The key or account was switched off: all that it asks for is refused.
    Inactive,
    /// Anything else.
    Other,
}

/// Where a request comes from, as limits know it.
pub(crate) fn network(request: &ApiRequest) -> Option<IpNet> {
    request.client.map(|address| ClientAddress::new(address).network())
}

impl Door {
    /// The door of a directory.
    pub(crate) fn new(app: Arc<App>) -> Door {
        let rules = app.settings().limits.refusals;
        let watched =
            rules.per_minute.is_some() || rules.unauthorized > 0 || rules.forbidden > 0 || rules.inactive > 0;
        Door { app, refusals: Refusals::new(rules), watched }
    }

    /// Lets a request in.
    ///
    /// # Errors
    /// The answer for one that is not looked at.
    pub(crate) fn admit(&self, request: &ApiRequest) -> Result<Visit, Answer> {
        let network = network(request);
        let mut visit =
            Visit { network, now: self.app.now(), generation: self.app.generation(), silenced: None };
        if !self.watched {
            return Ok(visit);
        }
        visit.silenced = self.refusals.silenced(&Subject::Network(network), visit.now);
        if let Some(seconds) = visit.silenced {
            let key = credential::claimed_key(request);
            if !key.is_some_and(|key| self.app.proves_quickly(&key)) {
                return Err(silence(seconds));
            }
        }
        match self.repetition(request, &visit) {
            Some(answer) => Err(answer),
            None => Ok(visit),
        }
    }

    fn repetition(&self, request: &ApiRequest, visit: &Visit) -> Option<Answer> {
        if !request.reads() || !self.refusals.has_answers() {
            return None;
        }
        let kept = [Cause::Inactive, Cause::Other].into_iter().find_map(|cause| {
            let mark = self.refusals.mark(&parts(request, visit, cause).each_ref().map(|part| &**part));
            self.refusals.kept(mark, visit.generation, visit.now)
        })?;
        Some(Answer::from(kept).with(CACHED, "True"))
    }

    /// The answer for a caller whose credentials are right and who was refused too often; `None` for all others.
    pub(crate) fn silenced(&self, visit: &Visit, identity: &Identity) -> Option<Answer> {
        let subject = subject(visit, Some(identity)).filter(|_| self.watched)?;
        self.refusals.silenced(&subject, visit.now).map(silence)
    }

    /// The answer for a caller whose credentials are wrong.
    pub(crate) fn refused(
        &self,
        request: &ApiRequest,
        visit: &Visit,
        cause: Cause,
        answer: Answer,
    ) -> Answer {
        match visit.silenced {
            Some(seconds) => silence(seconds),
            None => self.note(request, visit, None, cause, answer),
        }
    }

    /// Takes note of an answer, if it is a refusal.
    pub(crate) fn note(
        &self,
        request: &ApiRequest,
        visit: &Visit,
        identity: Option<&Identity>,
        cause: Cause,
        answer: Answer,
    ) -> Answer {
        let status = answer.status().as_u16();
        if !self.watched || !matches!(status, 401 | 403) {
            return answer;
        }
        if let Some(subject) = subject(visit, identity) {
            self.refusals.count(subject, visit.now);
        }
        if request.reads()
            && let Some(replica) = answer.replica()
        {
            let rules = self.refusals.rules();
            let (seconds, of_records) = match (cause, status) {
                (Cause::Inactive, _) => (rules.inactive, false),
                (Cause::Other, 401) => (rules.unauthorized, false),
                (Cause::Other, _) => (rules.forbidden, true),
            };
            let made = visit.generation;
            let generation = Generation { directory: made.directory.filter(|_| of_records), ..made };
            let mark = self.refusals.mark(&parts(request, visit, cause).each_ref().map(|part| &**part));
            self.refusals.keep(mark, replica, generation, seconds, visit.now);
        }
        answer
    }
}

/// All that a refusal depends on: a credential alone, or what is asked for as well. The whole credential, so that
/// whoever knows the public part of a key cannot have its owner refused.
fn parts(request: &ApiRequest, visit: &Visit, cause: Cause) -> [Vec<u8>; 5] {
    let network = visit.network.map(|network| network.to_string()).unwrap_or_default().into_bytes();
    let signed: Vec<u8> = [header::AUTHORIZATION, header::COOKIE]
        .iter()
        .flat_map(|name| request.headers.get_all(name).iter())
        .flat_map(|value| [value.as_bytes(), b"\n"].concat())
        .collect();
    match cause {
        Cause::Inactive => [network, signed, Vec::new(), Vec::new(), Vec::new()],
        Cause::Other => {
            let [method, path, query] =
                [request.method.as_str(), &request.path, &request.query].map(|text| text.as_bytes().to_vec());
            [network, signed, method, path, query]
        }
    }
}

/// Whose refusals are counted together; `None` for superusers, whose refusals are not counted.
fn subject(visit: &Visit, identity: Option<&Identity>) -> Option<Subject> {
    match identity {
        Some(identity) if identity.viewer.is_superuser() => None,
        Some(Identity { key: Some(prefix), .. }) => {
            Some(Subject::KeyAt(prefix.as_str().into(), visit.network))
        }
        _ => Some(Subject::Network(visit.network)),
    }
}

fn silence(seconds: u64) -> Answer {
    Answer::error(429, "Too many requests that resulted in 401 or 403 responses")
        .with(THROTTLED, "True")
        .with(header::RETRY_AFTER, &seconds.max(1).to_string())
}
