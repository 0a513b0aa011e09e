//! Records that come back: what a new record does with values that deleted ones still hold (data-model
//! specification, 6).

use std::net::IpAddr;
use std::sync::Arc;

use model::field::Api;
use model::records::Netixlan;
use model::{AnyRecord, Status, Tag, Value};

use crate::context::Context;
use crate::stage::set;
use crate::{queue, unique};

/// What happens to the deleted records that hold values of a draft.
#[derive(Debug, Default)]
pub(crate) struct Comeback<'a> {
    /// The record that is used again: the draft becomes it.
    pub(crate) revived: Option<&'a AnyRecord>,
    /// Deleted records without the values that they give up.
    pub(crate) released: Vec<AnyRecord>,
}

/// Finds the deleted records that stand in the way of a draft. Live ones were refused before.
pub(crate) fn find<'a>(context: &Context<'a>, draft: &AnyRecord) -> Comeback<'a> {
    let deleted = |holder: &&AnyRecord| holder.status() == Status::Deleted;
    match draft {
        AnyRecord::Org(_) | AnyRecord::Carrier(_) | AnyRecord::Campus(_) => {
            revive(unique::name_holder(context, draft).filter(deleted))
        }
        AnyRecord::Net(_) | AnyRecord::Fac(_) | AnyRecord::Ix(_) => {
            let holder = unique::name_holder(context, draft).filter(deleted);
            let released = holder.map(|holder| renamed(context, holder));
            Comeback { revived: None, released: released.into_iter().collect() }
        }
        AnyRecord::Ixpfx(prefix) => revive(context.snapshot.prefix(&prefix.prefix).filter(deleted)),
        AnyRecord::Netfac(_) | AnyRecord::Ixfac(_) | AnyRecord::Carrierfac(_) => {
            revive(unique::same_pair(context, draft).filter(deleted))
        }
        AnyRecord::Netixlan(port) => addresses(context, port, true),
        AnyRecord::Ixlan(_) | AnyRecord::Poc(_) => Comeback::default(),
    }
}

fn revive(revived: Option<&AnyRecord>) -> Comeback<'_> {
    Comeback { revived, released: Vec::new() }
}

/// A deleted record whose name is wanted keeps it with its id behind, as often as it takes to be nobody else's, and
/// as short as the column needs.
fn renamed(context: &Context<'_>, holder: &AnyRecord) -> AnyRecord {
    let longest = match holder.tag().table().field("name").map(|field| field.kind) {
        Some(model::Kind::Text { max }) => usize::from(max),
        _ => usize::MAX,
    };
    let name = holder.value("name").as_text().unwrap_or_default().to_owned();
    let mut ending = String::new();
    let free = loop {
        ending.push_str(&format!(" #{}", holder.id()));
        let kept: String = name.chars().take(longest.saturating_sub(ending.chars().count())).collect();
        let free = format!("{kept}{ending}");
        if ending.chars().count() >= longest || context.snapshot.ids_by_name(holder.tag(), &free).is_empty() {
            break free;
        }
    };
    let mut record = holder.clone();
    set(&mut record, "name", Value::Text(free.into()));
    record
}

/// Deleted ports that hold the addresses of a port: one of them is used again where the port is new, the others
/// lose the address.
pub(crate) fn addresses<'a>(context: &Context<'a>, port: &Netixlan, is_new: bool) -> Comeback<'a> {
    let holder = |address: Option<IpAddr>| {
        let holder = unique::address_holder(context, port.id, address);
        holder.filter(|holder| holder.status() == Status::Deleted)
    };
    let (four, six) = (holder(port.ipaddr4.map(IpAddr::V4)), holder(port.ipaddr6.map(IpAddr::V6)));
    let revived = if is_new { four.or(six) } else { None };
    let gives_up = |holder: &&AnyRecord| revived.is_none_or(|revived| revived.id() != holder.id());
    let mut released: Vec<AnyRecord> = Vec::new();
    for (holder, is_four) in [(four, true), (six, false)] {
        let Some(holder) = holder.filter(gives_up) else { continue };
        let at = released.iter().position(|record| record.id() == holder.id());
        let at = at.unwrap_or_else(|| {
            released.push(holder.clone());
            released.len() - 1
        });
        if let AnyRecord::Netixlan(loser) = &mut released[at] {
            let loser = Arc::make_mut(loser);
            match is_four {
                true => loser.ipaddr4 = None,
                false => loser.ipaddr6 = None,
            }
        }
    }
    Comeback { revived, released }
}

/// The draft with what belongs to the record that it revives and is not sent by clients: its id, when it was made, and
/// what only its owner's settings and the server decide. Its position goes, since its address is a new one.
pub(crate) fn take_over(draft: &mut AnyRecord, revived: &AnyRecord) {
    const ANEW: [&str; 6] = ["status", "updated", "latitude", "longitude", "geocode_status", "geocode_date"];
    for (_, field) in draft.tag().table().stored() {
        let kept = matches!(field.api, Api::Read | Api::Hidden) && !ANEW.contains(&field.name);
        if kept {
            set(draft, field.name, revived.value(field.name));
        }
    }
}

/// The status of a record that is made or comes back (data-model specification, 1 and 6).
pub(crate) fn first_status(context: &Context<'_>, draft: &AnyRecord, comeback: &Comeback<'_>) -> Status {
    match draft {
        // Its facilities decide.
        AnyRecord::Campus(_) => Status::Pending,
        draft if !context.policy.queue && queue::is_looked_at(draft.tag()) => Status::Ok,
        AnyRecord::Org(_) | AnyRecord::Fac(_) | AnyRecord::Ix(_) | AnyRecord::Carrier(_) => Status::Pending,
        AnyRecord::Net(net) if context.suggestion_org() == Some(net.org_id) => Status::Pending,
        AnyRecord::Carrierfac(link) if comeback.revived.is_some() => {
            let owner = |tag: Tag, id: u32| {
                context.snapshot.record(tag, id).and_then(|record| record.reference("org_id"))
            };
            match owner(Tag::Carrier, link.carrier_id) == owner(Tag::Fac, link.fac_id) {
                true => Status::Ok,
                false => Status::Pending,
            }
        }
        AnyRecord::Net(_)
        | AnyRecord::Carrierfac(_)
        | AnyRecord::Netfac(_)
        | AnyRecord::Ixfac(_)
        | AnyRecord::Netixlan(_)
        | AnyRecord::Ixlan(_)
        | AnyRecord::Ixpfx(_)
        | AnyRecord::Poc(_) => Status::Ok,
    }
}
