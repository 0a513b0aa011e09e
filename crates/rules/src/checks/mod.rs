//! Rules between the fields of a record and its neighbours (data-model specification, 8 and 10).
//!
//! Every check may also bring a value to its stored form, such as a telephone number.

mod exchange;
mod network;
mod parents;
mod place;
mod port;
mod prefix;
mod shared;
pub(crate) mod texts;

pub(crate) use exchange::{first_feed, first_prefix};
pub(crate) use network::number as asn;
pub(crate) use network::number_sent as asn_sent;
pub(crate) use parents::check as parents;
pub(crate) use place::{campus_place, locate};
pub(crate) use prefix::{overlap, protocol as protocol_of};
pub(crate) use shared::website_of;

use model::AnyRecord;
use std::sync::Arc;

use crate::command::Body;
use crate::context::Context;
use crate::rejection::{Errors, Stop};

/// Checks a draft as a whole. `stored` is the record that it shall replace.
pub(crate) fn record(
    context: &Context<'_>,
    draft: &mut AnyRecord,
    stored: Option<&AnyRecord>,
    body: &Body,
) -> Result<(), Stop> {
    shared::social(draft)?;
    match draft {
        AnyRecord::Net(net) => network::check(context, Arc::make_mut(net), stored, body),
        AnyRecord::Poc(poc) => Ok(network::contact(Arc::make_mut(poc), body)?),
        AnyRecord::Ix(ix) => Ok(exchange::ix(context, Arc::make_mut(ix), stored, body)?),
        AnyRecord::Ixlan(lan) => Ok(exchange::lan(lan, stored)?),
        AnyRecord::Ixpfx(prefix) => Ok(prefix::check(context, prefix, stored)?),
        AnyRecord::Netixlan(port) => Ok(port::check(context, Arc::make_mut(port), stored)?),
        AnyRecord::Org(org) => Ok(place::org(org)?),
        AnyRecord::Fac(fac) => place::fac(context, Arc::make_mut(fac), stored, body),
        AnyRecord::Carrier(carrier) => Ok(shared::website(context, carrier.org_id, &carrier.website)?),
        AnyRecord::Campus(campus) => Ok(shared::website(context, campus.org_id, &campus.website)?),
        AnyRecord::Netfac(_) | AnyRecord::Ixfac(_) | AnyRecord::Carrierfac(_) => pair(context, draft, stored),
    }
}

/// A link between the same two records may exist once. A deleted one may come back, but not by an update.
fn pair(context: &Context<'_>, draft: &AnyRecord, stored: Option<&AnyRecord>) -> Result<(), Stop> {
    let Some(other) = crate::unique::same_pair(context, draft) else { return Ok(()) };
    let Some((first, second)) = crate::unique::pair(draft.tag()) else { return Ok(()) };
    if stored.is_none() && other.status() == model::Status::Deleted {
        return Ok(());
    }
    Err(Errors::general(texts::PAIR_TAKEN.with([("first", &first), ("second", &second)])).into())
}
