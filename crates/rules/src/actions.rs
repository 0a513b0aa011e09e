//! Changes with a path of their own (rest-api specification, 9.6).

use model::records::Fac;
use model::{AnyRecord, Status, Tag, Value};
use serde_json::Value as Json;

use crate::campus;
use crate::checks;
use crate::command::{Action, Side};
use crate::context::Context;
use crate::logo;
use crate::permission;
use crate::rejection::{Errors, Rejection, Stop};
use crate::stage::{Plan, Stage, set};

/// What is said about actions.
pub(crate) mod texts {
    use crate::message::texts;

    texts! {
        NET_SIDE_ADMINS = "net-side-admins": "Only admins of net can set or unset the net_side";
        IX_SIDE_ADMINS = "ix-side-admins": "Only admins of ix can set or unset the ix_side";
        NO_PORT = "no-port": "NetworkIXLan not found.";
        INVALID_SIDE = "invalid-side": "invalid facility: fac_id is {value}; send the id of a facility, or null for none.";
    }
}

/// Plans an action.
pub(crate) fn plan(context: &Context<'_>, action: &Action) -> Result<Plan, Stop> {
    match action {
        Action::RequestImport { ix } => request_import(context, *ix),
        Action::ApprovePresence { id } => decide_presence(context, *id, Status::Ok),
        Action::RejectPresence { id } => decide_presence(context, *id, Status::Deleted),
        Action::AddFacility { campus, fac } => add_facility(context, *campus, *fac),
        Action::RemoveFacility { campus, fac } => remove_facility(context, *campus, *fac),
        Action::SetSide { port, side, fac } => set_side(context, *port, *side, fac),
        Action::SetLogo { tag, id, body, suffix } => logo::put(context, *tag, *id, body, *suffix),
        Action::RemoveLogo { tag, id } => logo::remove(context, *tag, *id),
    }
}

/// The record of an action. Deleted ones are as good as gone.
fn live<'a>(context: &Context<'a>, tag: Tag, id: u32) -> Result<&'a AnyRecord, Rejection> {
    let record = context.snapshot.record(tag, id).filter(|record| record.status() != Status::Deleted);
    record.ok_or(Rejection::NotFound(tag))
}

/// Notes that an import of the member list is wanted. Like the importer's own notes this is no change of the
/// exchange: neither `updated` nor the version move.
fn request_import(context: &Context<'_>, id: u32) -> Result<Plan, Stop> {
    let ix = live(context, Tag::Ix, id)?;
    let grant = permission::to_change(context, ix)?;
    let mut ix = ix.clone();
    set(&mut ix, "ixf_import_request", Value::Time(context.now));
    set(&mut ix, "ixf_import_request_status", Value::text("queued"));
    let user = context.author.user.map_or(Value::Null, |user| Value::Int(i64::from(user)));
    set(&mut ix, "ixf_import_request_user_id", user);
    let mut stage = Stage::new(*context, grant);
    stage.keep([ix]);
    // The id of a LAN is that of its exchange.
    stage.extras.keys.push(("ixlan_id", id));
    let prefix = context.snapshot.child_ids(Tag::Ixpfx, "ixlan_id", id).find(|prefix| {
        context.snapshot.record(Tag::Ixpfx, *prefix).is_some_and(|row| row.status() != Status::Deleted)
    });
    stage.extras.keys.extend(prefix.map(|prefix| ("ixpfx_id", prefix)));
    Ok(stage.finish(Some((Tag::Ix, id))))
}

/// The owner of the facility says whether a carrier is there.
fn decide_presence(context: &Context<'_>, id: u32, status: Status) -> Result<Plan, Stop> {
    let link = live(context, Tag::Carrierfac, id)?;
    let fac = link.reference("fac_id").and_then(|fac| context.snapshot.record(Tag::Fac, fac));
    let fac = fac.ok_or(Rejection::NotFound(Tag::Fac))?;
    let grant = permission::to_own(context, fac, Rejection::Forbidden)?;
    let mut stage = Stage::new(*context, grant);
    stage.set_status(link, status);
    Ok(stage.finish(Some((Tag::Carrierfac, id))))
}

fn live_fac<'a>(context: &Context<'a>, id: u32) -> Result<&'a Fac, Rejection> {
    match live(context, Tag::Fac, id)? {
        AnyRecord::Fac(fac) => Ok(fac),
        _ => Err(Rejection::NotFound(Tag::Fac)),
    }
}

fn add_facility(context: &Context<'_>, campus: u32, fac: u32) -> Result<Plan, Stop> {
    live(context, Tag::Campus, campus)?;
    let fac = Fac { campus_id: Some(campus), ..live_fac(context, fac)?.clone() };
    move_facility(context, fac, |fac| {
        campus::may_join(context.snapshot, campus, fac).map_err(Errors::general)
    })
}

/// What is not there needs no removal, nor a right to remove it.
fn remove_facility(context: &Context<'_>, campus: u32, fac: u32) -> Result<Plan, Stop> {
    live(context, Tag::Campus, campus)?;
    let fac = live_fac(context, fac)?;
    if fac.campus_id != Some(campus) {
        return Ok(Plan::nothing(Some((Tag::Fac, fac.id))));
    }
    move_facility(context, Fac { campus_id: None, ..fac.clone() }, |_| Ok(()))
}

fn move_facility(
    context: &Context<'_>,
    fac: Fac,
    check: impl FnOnce(&Fac) -> Result<(), Errors>,
) -> Result<Plan, Stop> {
    let id = fac.id;
    // Whoever may not change the facility learns nothing about the campus.
    let grant = permission::to_become(context, &fac.clone().into())?;
    check(&fac)?;
    let mut stage = Stage::new(*context, grant);
    stage.save_one(fac);
    Ok(stage.finish(Some((Tag::Fac, id))))
}

/// A side of a port, as the field table and the links know it.
struct Known {
    /// The field of the port.
    field: &'static str,
    /// Whose side it is, and the port's reference to it.
    owner: (Tag, &'static str),
    /// The presence at facilities, and its reference to the owner.
    link: (Tag, &'static str),
    /// What the owner is called.
    called: &'static str,
    /// Whom it is left to.
    admins: crate::message::Text,
}

impl Side {
    fn known(self) -> Known {
        match self {
            Side::Net => Known {
                field: "net_side_id",
                owner: (Tag::Net, "net_id"),
                link: (Tag::Netfac, "net_id"),
                called: "network",
                admins: texts::NET_SIDE_ADMINS,
            },
            Side::Ix => Known {
                field: "ix_side_id",
                // The id of a LAN is that of its exchange.
                owner: (Tag::Ix, "ixlan_id"),
                link: (Tag::Ixfac, "ix_id"),
                called: "exchange",
                admins: texts::IX_SIDE_ADMINS,
            },
        }
    }
}

fn set_side(context: &Context<'_>, id: u32, side: Side, fac: &Json) -> Result<Plan, Stop> {
    let port = live(context, Tag::Netixlan, id);
    let port = port.map_err(|_| Rejection::NotFoundBecause(texts::NO_PORT.plain()))?;
    let side = side.known();
    let (tag, via) = side.owner;
    let owner = port.reference(via).and_then(|owner| context.snapshot.record(tag, owner));
    let owner = owner.ok_or(Rejection::NotFound(tag))?;
    let grant = permission::to_own(context, owner, Rejection::ForbiddenBecause(side.admins.plain()))?;
    let fac = side_of(fac)?;
    if let Some(fac) = fac {
        let (link, reference) = side.link;
        let mut links = context.snapshot.children(link, reference, owner.id());
        if !links.any(|link| link.record().reference("fac_id") == Some(fac)) {
            let message = checks::texts::NO_SUCH_SIDE.with([("owner", &side.called)]);
            return Err(Errors::of("fac_id", message).into());
        }
    }
    let mut port = port.clone();
    set(&mut port, side.field, fac.map_or(Value::Null, |fac| Value::Int(i64::from(fac))));
    let mut stage = Stage::new(*context, grant);
    stage.save_one(port);
    Ok(stage.finish(Some((Tag::Netixlan, id))))
}

/// The facility that a client names; null, 0 and an empty text stand for none.
fn side_of(json: &Json) -> Result<Option<u32>, Rejection> {
    let id = match json {
        Json::Null => Some(0),
        Json::String(text) if text.trim().is_empty() => Some(0),
        Json::String(text) => text.trim().parse().ok(),
        Json::Number(number) => number.as_u64().and_then(|id| u32::try_from(id).ok()),
        Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    };
    let invalid = || Rejection::Refused(texts::INVALID_SIDE.with([("value", json)]));
    id.map(|id: u32| (id != 0).then_some(id)).ok_or_else(invalid)
}
