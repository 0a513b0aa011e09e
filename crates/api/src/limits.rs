//! Which limits a request counts in, and what whoever asks too often is told (rest-api specification, section 16).

use app::App;
use app::limits::{Limiter, Scope, Standing, Subject, Verdict};
use app::principals::Identity;
use axum::http::{HeaderName, StatusCode, header};
use ipnet::IpNet;
use model::access::Who;
use model::json::write_text;
use model::{Tag, Time};

use crate::answer::Answer;
use crate::door;
use crate::request::{ActionPath, ApiRequest, Route};

/// The limits that a request has, and where the caller stands
/// (draft-ietf-httpapi-ratelimit-headers-11: `RateLimit-Policy` and `RateLimit`, each with one item).
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STANDING: HeaderName = HeaderName::from_static("ratelimit");

/// A request that was counted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counted {
    /// Where the caller stands in the scope with the fewest requests left.
    standing: Option<Standing>,
    /// Names what was asked for, where the size of its answer matters.
    mark: Option<u64>,
}

/// Counts a request in all its scopes.
///
/// # Errors
/// The answer when it is one too many in one of them.
pub(crate) fn count(
    app: &App,
    request: &ApiRequest,
    route: &Route,
    identity: &Identity,
) -> Result<Counted, Answer> {
    let limiter = app.limiter();
    if !limiter.is_on() || matches!(route, Route::Bare | Route::Unknown) {
        return Ok(Counted::default());
    }
    let mut count = Count { limiter, now: app.now(), passed: None, refused: None };
    let mark = if request.reads() {
        count_read(&mut count, request, route, identity)
    } else {
        count_write(&mut count, request, route, identity);
        None
    };
    match count.refused {
        Some(standing) => Err(refusal(limiter, &standing)),
        None => Ok(Counted { standing: count.passed, mark }),
    }
}

/// The same for a read of what is no path of `/api`.
///
/// # Errors
/// As [`count`].
pub(crate) fn count_other(app: &App, request: &ApiRequest, identity: &Identity) -> Result<Counted, Answer> {
    count(app, request, &Route::Index, identity)
}

impl Counted {
    /// Tells the caller where it stands, unless others may get the same answer from a cache, and remembers large
    /// answers.
    pub(crate) fn told(self, app: &App, request: &ApiRequest, identity: &Identity, answer: Answer) -> Answer {
        if let Some(mark) = self.mark
            && answer.status() == StatusCode::OK
        {
            app.limiter().remember_size(mark, answer.length(), app.now());
        }
        match self.standing {
            Some(standing) if identity.label.is_some() || !request.reads() => {
                with_standing(answer, &standing)
            }
            _ => answer,
        }
    }
}

/// Counts in several scopes. What is one too many in one of them counts in the others all the same.
struct Count<'a> {
    limiter: &'a Limiter,
    now: Time,
    passed: Option<Standing>,
    refused: Option<Standing>,
}

impl Count<'_> {
    fn add(&mut self, scope: Scope, subject: Subject) {
        match self.limiter.count(scope, subject, self.now) {
            Verdict::Unlimited => {}
            Verdict::Passed(standing) => {
                if self.passed.is_none_or(|other| standing.remaining < other.remaining) {
                    self.passed = Some(standing);
                }
            }
            Verdict::Refused(standing) => {
                if self.refused.is_none_or(|other| standing.seconds > other.seconds) {
                    self.refused = Some(standing);
                }
            }
        }
    }
}

/// Superusers read without limits, but for addresses that have to be looked up.
fn count_read(
    count: &mut Count<'_>,
    request: &ApiRequest,
    route: &Route,
    identity: &Identity,
) -> Option<u64> {
    let viewer = &identity.viewer;
    if matches!(route, Route::OrgUsers { .. }) {
        if !viewer.is_superuser() {
            count.add(Scope::OrganizationUsers, requester(request, identity));
        }
        return None;
    }
    count_state(count, request, route, identity);
    if viewer.is_superuser() {
        return None;
    }
    let scope = if viewer.who() == Who::Anonymous { Scope::Anonymous } else { Scope::User };
    count.add(scope, requester(request, identity));
    if request.params.last("distance").is_some() && App::may_search_by_distance(viewer).is_ok() {
        let subject = match (viewer.who(), &identity.key) {
            (Who::Org { .. }, Some(prefix)) => Subject::Key(prefix.as_str().into()),
            _ => requester(request, identity),
        };
        count.add(Scope::Distance, subject);
    }
    count_large(count, request, identity)
}

/// Lists that filter by the state of an address.
fn count_state(count: &mut Count<'_>, request: &ApiRequest, route: &Route, identity: &Identity) {
    let asks = matches!(route, Route::List(Tag::Fac | Tag::Org))
        && request.params.last("state").is_some_and(|state| !state.is_empty());
    if asks {
        let scope = match identity.viewer.who() {
            _ if identity.viewer.is_superuser() => Scope::StateAdmin,
            Who::Anonymous => Scope::StateAddress,
            Who::User { .. } => Scope::StateUser,
            Who::Org { .. } => Scope::StateOrganization,
        };
        count.add(scope, requester(request, identity));
    }
}

/// Questions whose last answer was a large one. Gives the question's name where the size of the answer matters.
fn count_large(count: &mut Count<'_>, request: &ApiRequest, identity: &Identity) -> Option<u64> {
    if !request.fetches() || !count.limiter.rules().limit_large() {
        return None;
    }
    let mark = count.limiter.mark(&request.path, &request.query);
    if count.limiter.was_large(mark, count.now) {
        let subject = requester(request, identity).about(mark);
        match identity.viewer.who() {
            Who::Anonymous => {
                count.add(Scope::RepeatedAddress, subject);
                let network = door::network(request).map(|network| neighbourhood(&network));
                count.add(Scope::RepeatedNetwork, Subject::Network(network).about(mark));
            }
            Who::User { .. } => count.add(Scope::RepeatedUser, subject),
            Who::Org { .. } => count.add(Scope::RepeatedOrganization, subject),
        }
    }
    Some(mark)
}

/// The /24 of an IPv4 address; the /64 of an IPv6 address is its network already.
fn neighbourhood(network: &IpNet) -> IpNet {
    const SITE_BITS: u8 = 24;
    match network {
        IpNet::V4(address) => {
            let site = ipnet::Ipv4Net::new(address.addr(), SITE_BITS).map(|site| site.trunc());
            IpNet::V4(site.unwrap_or(*address))
        }
        IpNet::V6(_) => *network,
    }
}

fn count_write(count: &mut Count<'_>, request: &ApiRequest, route: &Route, identity: &Identity) {
    match route {
        Route::Action(ActionPath::RequestImport(ix)) => {
            count.add(Scope::IxfImport, requester(request, identity).about(u64::from(*ix)));
        }
        Route::OrgUsers { .. } => count.add(Scope::OrganizationUsers, requester(request, identity)),
        _ => {
            let subject = match &identity.key {
                Some(prefix) => Subject::Key(prefix.as_str().into()),
                None => requester(request, identity),
            };
            count.add(Scope::Write, subject);
        }
    }
}

/// The person or organization that asks, or else the place that it asks from.
fn requester(request: &ApiRequest, identity: &Identity) -> Subject {
    match identity.viewer.who() {
        Who::User { id, .. } => Subject::User(id),
        Who::Org { id } => Subject::Organization(id),
        Who::Anonymous => Subject::Network(door::network(request)),
    }
}

/// The answer for whoever asks too often.
fn refusal(limiter: &Limiter, standing: &Standing) -> Answer {
    let seconds = standing.seconds.max(1);
    let mut text = String::from("{\"message\": ");
    write_text(&limiter.rules().message(standing.scope, seconds), &mut text);
    text.push_str(", \"meta\": {\"error\": \"Too Many Requests\"}}");
    let answer = Answer::json_with(429, text).with(header::RETRY_AFTER, &seconds.to_string());
    with_standing(answer, standing)
}

fn with_standing(answer: Answer, standing: &Standing) -> Answer {
    let Standing { scope, rate, remaining, seconds } = standing;
    let name = scope.row().name;
    answer
        .with(POLICY, &format!("\"{name}\";q={};w={}", rate.requests(), rate.seconds()))
        .with(STANDING, &format!("\"{name}\";r={remaining};t={seconds}"))
}
