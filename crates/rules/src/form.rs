//! From a body to a draft of the record: every field on its own, all faults together.

use model::field::{Api, Preset};
use model::{AnyRecord, Field, Kind, Tag, Value};
use serde_json::Value as Json;

use crate::checks::texts;
use crate::command::Body;
use crate::context::Context;
use crate::rejection::{Errors, Said};
use crate::stage::set;
use crate::{input, unique};

/// Fills a record with what was sent: a new one, or a copy of a stored one.
///
/// # Errors
/// Everything that is wrong with single values.
pub(crate) fn fill(
    context: &Context<'_>,
    draft: &mut AnyRecord,
    body: &Body,
    stored: Option<&AnyRecord>,
) -> Result<(), Errors> {
    let tag = draft.tag();
    let mut errors = Errors::new();
    let table = tag.table();
    for (position, field) in table.fields.iter().enumerate() {
        if !is_read(tag, field, stored.is_some()) {
            continue;
        }
        match body.get(field.name) {
            Some(json) => match value(context, field, json) {
                Ok(value) => {
                    let put = draft.put(position, value);
                    debug_assert!(put.is_ok(), "{tag}.{} takes what was read for it", field.name);
                }
                Err(said) => errors.say(field.name, said),
            },
            None if is_required(tag, field, stored.is_some()) => {
                errors.add(field.name, input::texts::REQUIRED.plain());
            }
            None if stored.is_some() => forget(draft, field),
            None => {}
        }
    }
    if tag == Tag::Netixlan && errors.concerns("net_id") && !body.contains_key("asn") {
        // The number is the network's own, where it is known which network that is.
        errors.add("asn", input::texts::REQUIRED.plain());
    }
    unique::live_values(context, draft, stored, &mut errors);
    errors.done()
}

/// Fields whose values clients decide.
pub(crate) fn is_read(tag: Tag, field: &Field, update: bool) -> bool {
    let writable = field.is_stored() && matches!(field.api, Api::Write | Api::Required);
    let by_rule = match tag {
        // The network's own number; see `checks`.
        Tag::Netixlan => field.name == "asn",
        // A new facility is located by its address.
        Tag::Fac => !update && matches!(field.name, "latitude" | "longitude"),
        // The number stands first, and alone where it is wrong.
        Tag::Net => field.name == "asn",
        _ => false,
    };
    writable && !by_rule
}

/// Fields that a body has to name.
pub(crate) fn is_required(tag: Tag, field: &Field, update: bool) -> bool {
    let kept = match tag {
        // What the reference demands in addition only crashes it.
        Tag::Ixlan => update && field.name != "ix_id",
        Tag::Fac => update && field.name == "country",
        _ => false,
    };
    field.api == Api::Required && !kept
}

/// Fields that fall back when a client leaves them out of an update (rest-api specification, 9.2).
const FORGOTTEN: [(Tag, &[&str]); 5] = [
    (Tag::Fac, &["zipcode", "tech_phone", "sales_phone", "status_dashboard"]),
    (Tag::Net, &["status_dashboard"]),
    (Tag::Ix, &["tech_phone", "policy_phone", "sales_phone", "sales_email", "status_dashboard"]),
    (Tag::Ixlan, &["mtu"]),
    (Tag::Ixpfx, &["in_dfz"]),
];

fn forget(draft: &mut AnyRecord, field: &Field) {
    let tag = draft.tag();
    let forgotten = FORGOTTEN.iter().any(|(of, names)| *of == tag && names.contains(&field.name));
    if forgotten {
        let value = match field.default {
            Preset::Empty => Value::text(""),
            Preset::Text(text) => Value::text(text),
            Preset::Int(n) => Value::Int(i64::from(n)),
            Preset::Bool(flag) => Value::Bool(flag),
        };
        set(draft, field.name, value);
    }
}

fn value(context: &Context<'_>, field: &Field, json: &Json) -> Result<Value<'static>, Said> {
    let value = input::read(field, json)?;
    if let (Kind::Ref(target), Value::Int(id)) = (field.kind, &value) {
        let known = u32::try_from(*id).ok().and_then(|id| context.snapshot.record(target, id));
        if known.is_none() {
            return Err(Said::List(vec![texts::UNKNOWN_RECORD.with([("id", id)])]));
        }
    }
    Ok(value)
}
