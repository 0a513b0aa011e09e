//! New records (rest-api specification, 9.1 and 9.5).

use std::sync::Arc;

use ipnet::IpNet;
use model::records::{Ix, Ixlan, Ixpfx};
use model::{AnyRecord, Status, Tag, Value};
use serde_json::Value as Json;

use crate::checks::{self, texts};
use crate::command::Body;
use crate::context::{Context, Registration};
use crate::message::Message;
use crate::rejection::{Errors, Rejection, Stop};
use crate::stage::{Effect, Extras, Plan, Stage, set};
use crate::{form, permission, readd, tickets};

/// Plans a new record.
pub(crate) fn plan(context: &Context<'_>, tag: Tag, body: &Body) -> Result<Plan, Stop> {
    if tag == Tag::Ixlan {
        // It comes and goes with its exchange.
        return Err(Rejection::Forbidden.into());
    }
    let body = &completed(context, tag, body)?;
    let mut draft = AnyRecord::new(tag);
    if let AnyRecord::Net(net) = &mut draft {
        Arc::make_mut(net).asn = checks::asn(context, body)?;
    }
    form::fill(context, &mut draft, body, None)?;
    let checked = checks::record(context, &mut draft, None, body);
    if let Err(Stop::Needs(_)) = checked {
        // Nobody is asked about anything for what cannot be created anyway, or not by this author.
        checks::parents(context, &draft, true)?;
        permission::to_create(context, &draft)?;
    }
    checked?;
    let comeback = readd::find(context, &draft);
    let status = readd::first_status(context, &draft, &comeback);
    set(&mut draft, "status", Value::text(status.as_str()));
    checks::parents(context, &draft, true)?;
    let grant = match comeback.revived {
        Some(revived) => {
            readd::take_over(&mut draft, revived);
            match tag {
                Tag::Org => permission::to_create(context, &draft)?,
                _ => permission::to_become(context, &draft)?,
            }
        }
        None => permission::to_create(context, &draft)?,
    };
    permission::to_set_ix_side(context, &draft, None)?;
    let mut extras = Extras::default();
    checks::locate(context, &mut draft, None, &mut extras)?;
    let mut stage = Stage::new(*context, grant);
    stage.extras = extras;
    stage.save(comeback.released);
    if comeback.revived.is_none() {
        let id = stage.new_id(tag);
        set(&mut draft, "id", Value::Int(i64::from(id)));
    }
    begin(context, &mut draft, body);
    let id = draft.id();
    match draft {
        AnyRecord::Ix(ix) => exchange(&mut stage, &ix, body)?,
        draft => stage.save_one(draft),
    }
    Ok(stage.finish(Some((tag, id))))
}

/// The body with what it means: a suggestion belongs to the organization for suggestions until its owner is known
/// (data-model specification, 13), and no website is an empty one.
fn completed(context: &Context<'_>, tag: Tag, body: &Body) -> Result<Body, Errors> {
    let mut body = body.clone();
    if tag == Tag::Ix && body.get("website") == Some(&Json::Null) {
        body.remove("website");
    }
    let asks = match body.get("suggest") {
        Some(Json::Bool(asks)) => *asks,
        Some(Json::String(text)) => matches!(text.to_ascii_lowercase().as_str(), "true" | "1" | "on" | "yes"),
        Some(Json::Number(number)) => number.as_i64() == Some(1),
        _ => false,
    };
    if asks && matches!(tag, Tag::Net | Tag::Fac) {
        let org = context.suggestion_org();
        let org = org.ok_or_else(|| Errors::of("suggest", texts::NO_SUGGESTIONS.plain()))?;
        body.insert("org_id".to_owned(), org.into());
    }
    Ok(body)
}

/// What a record starts with that nobody sends.
fn begin(context: &Context<'_>, draft: &mut AnyRecord, body: &Body) {
    let has_dashboard = draft.tag().table().position("status_dashboard").is_some();
    if has_dashboard && !body.contains_key("status_dashboard") {
        set(draft, "status_dashboard", Value::text(""));
    }
    if let AnyRecord::Net(net) = draft {
        let net = Arc::make_mut(net);
        net.rir_status = Some("pending".into());
        net.rir_status_updated = Some(context.now);
    }
}

/// A new exchange with its LAN and its first prefix.
fn exchange(stage: &mut Stage<'_>, ix: &Arc<Ix>, body: &Body) -> Result<(), Stop> {
    let context = stage.context;
    let prefix = checks::first_prefix(&context, body)?;
    let url = checks::first_feed(body)?;
    let url = url.as_deref();
    let (status, reason) = approval(&context, ix, prefix, url)?;
    let mut ix = Ix::clone(ix);
    ix.status = status;
    let lan = Ixlan {
        id: ix.id,
        ix_id: ix.id,
        status,
        ixf_ixp_member_list_url: url.map(Box::from),
        ..lan_defaults()
    };
    let old = context.snapshot.prefix(&prefix);
    let former = match old {
        Some(AnyRecord::Ixpfx(old)) => Ixpfx::clone(old),
        _ => Ixpfx { id: stage.new_id(Tag::Ixpfx), ..Ixpfx::default() },
    };
    let id = former.id;
    let protocol = checks::protocol_of(&prefix);
    let prefix = Ixpfx { ixlan_id: ix.id, protocol, prefix, in_dfz: true, status, ..former };
    stage.extras.pending_reason = reason;
    stage.extras.keys = vec![("ixlan_id", lan.id), ("ixpfx_id", id)];
    if let (Status::Ok, Some(url), true) = (status, url, context.policy.queue) {
        let ix = ix.clone().into();
        stage.effect(Effect::Ticket(tickets::published_by_prefix(&ix, &prefix.prefix, url)));
    }
    stage.save_one(ix);
    stage.save_one(lan);
    stage.save_one(prefix);
    Ok(())
}

fn lan_defaults() -> Ixlan {
    match AnyRecord::new(Tag::Ixlan) {
        AnyRecord::Ixlan(lan) => Ixlan::clone(&lan),
        _ => Ixlan::default(),
    }
}

/// Whether an exchange may be published without a look at it: its prefix is registered by the author, and its member
/// list names enough networks of others (data-model specification, 13).
fn approval(
    context: &Context<'_>,
    ix: &Ix,
    prefix: IpNet,
    url: Option<&str>,
) -> Result<(Status, Option<String>), Stop> {
    if !context.policy.queue {
        return Ok((Status::Ok, None));
    }
    let waits = (Status::Pending, None);
    let (true, Some(_), Some(url)) = (context.policy.approve_exchanges, context.author.user, url) else {
        return Ok(waits);
    };
    let Registration::Found { emails } = context.facts.prefix(prefix)? else { return Ok(waits) };
    if !context.author.emails.iter().any(|own| emails.contains(&own.to_lowercase())) {
        return Ok(waits);
    }
    let because = |message: Message| Ok((Status::Pending, Some(message.to_string())));
    let asns = match context.facts.feed(url)? {
        Ok(asns) => asns,
        Err(why) => return because(texts::FEED_UNREADABLE.with([("why", why)])),
    };
    let mut asns = asns.clone();
    asns.sort_unstable();
    asns.dedup();
    if asns.len() < context.policy.feed_networks_min {
        return because(texts::FEED_TOO_SHORT.with([("min", &context.policy.feed_networks_min)]));
    }
    let own = |asn: &u32| {
        let net = context.snapshot.net_by_asn(*asn);
        net.is_some_and(|net| net.status() != Status::Deleted && net.reference("org_id") == Some(ix.org_id))
    };
    if asns.iter().any(own) {
        return because(texts::FEED_NAMES_OWN.plain());
    }
    Ok((Status::Ok, None))
}
