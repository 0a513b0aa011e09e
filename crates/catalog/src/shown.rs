//! The values that the API shows: stored ones, joined ones, derived ones.

use std::borrow::Cow;

use model::access::Viewer;
use model::field::Derived;
use model::scalar::SocialLink;
use model::{AnyRecord, Field, Kind, Show, Source, Status, Tag, Value, choices};

use crate::render::write_shown_value;
use crate::snapshot::Snapshot;

/// Registry states of an ASN that count as good (data-model specification, section 11).
const GOOD_RIR_STATES: [&str; 4] = ["assigned", "allocated", "pending", "ok"];

impl Snapshot {
    /// The value of a field as filters see it: joined and derived values resolved, nothing that is not shown.
    ///
    /// Differs from [`Snapshot::shown`] where the stored form is what people filter by: own website without the
    /// fallback, the logo's path, social media as entered.
    pub fn value<'a>(&'a self, record: &'a AnyRecord, position: usize) -> Value<'a> {
        let Some(field) = record.tag().table().fields.get(position) else { return Value::Null };
        match field.source {
            Source::Stored => self.stored(record, position, field),
            Source::Join { field: name, .. } => {
                self.target(record, field.source).map_or(Value::Null, |other| other.value(name))
            }
            Source::Derived(how) => self.derived(record, how),
            Source::Object { .. } | Source::Set(_) => Value::Null,
        }
    }

    fn stored<'a>(&'a self, record: &'a AnyRecord, position: usize, field: &Field) -> Value<'a> {
        match field.show {
            Show::Fixed(preset) => preset.value().unwrap_or(Value::Null),
            Show::Personal if record.status() == Status::Deleted => Value::text(""),
            Show::RirStatus => match record.get(position).as_text() {
                Some(state) if GOOD_RIR_STATES.contains(&state) => Value::text("ok"),
                _ => Value::Null,
            },
            _ => record.get(position),
        }
    }

    /// The value of a field as the API shows it. The feed URL is shown here to everybody: rendering leaves it out.
    pub fn shown<'a>(&'a self, record: &'a AnyRecord, position: usize) -> Value<'a> {
        let value = self.value(record, position);
        let Some(field) = record.tag().table().fields.get(position) else { return value };
        match field.show {
            Show::Website => self.website(record, value),
            Show::Social => social(record, value),
            Show::Logo => match value.as_text() {
                Some(path) if !path.is_empty() => {
                    Value::Text(Cow::Owned(format!("{}{path}", self.media_url())))
                }
                _ => Value::Null,
            },
            _ => value,
        }
    }

    /// The values of a record's flat fields, in the order of the field table, as the API shows them to the viewer.
    /// What is kept from the viewer is null, and lists are their JSON as a text.
    pub fn shown_row<'a>(&'a self, viewer: &Viewer, record: &'a AnyRecord) -> Vec<Value<'a>> {
        let fields = record.tag().table().fields.iter().enumerate();
        let show = |(position, field): (usize, &Field)| match self.shown(record, position) {
            _ if field.show == Show::FeedUrl && !self.sees_feed_url(viewer, record) => Value::Null,
            value if is_list(field.kind) => {
                let mut text = String::new();
                write_shown_value(&value, field, &mut text);
                Value::Text(Cow::Owned(text))
            }
            value => value,
        };
        fields.filter(|(_, field)| field.is_flat()).map(show).collect()
    }

    fn website<'a>(&'a self, record: &AnyRecord, own: Value<'a>) -> Value<'a> {
        if own.as_text().is_some_and(|url| !url.is_empty()) {
            return own;
        }
        let org = record.reference("org_id").and_then(|id| self.record(Tag::Org, id));
        org.map_or(own, |org| org.value("website"))
    }

    fn derived<'a>(&'a self, record: &'a AnyRecord, how: Derived) -> Value<'a> {
        match (how, record) {
            (Derived::FirstInfoType, AnyRecord::Net(net)) => {
                Value::text(net.info_types.members(choices::NET_TYPES).next().unwrap_or(""))
            }
            (Derived::PortName, AnyRecord::Netixlan(port)) => self.port_name(port.ixlan_id),
            (Derived::PortIx, AnyRecord::Netixlan(port)) => Value::Int(i64::from(port.ixlan_id)),
            (Derived::HasPrefix(protocol), AnyRecord::Ix(ix)) => {
                let found = self
                    .children(Tag::Ixpfx, "ixlan_id", ix.id)
                    .any(|e| matches!(e.record(), AnyRecord::Ixpfx(p) if p.protocol == protocol));
                Value::Bool(found)
            }
            (Derived::FirstFac(name), AnyRecord::Campus(campus)) => self
                .children(Tag::Fac, "campus_id", campus.id)
                .next()
                .map_or(Value::text(""), |fac| fac.record().value(name)),
            _ => Value::Null,
        }
    }

    /// `serializers.py: NetworkIXLanSerializer.get_name`.
    fn port_name(&self, lan_id: u32) -> Value<'_> {
        let Some(AnyRecord::Ix(ix)) = self.record(Tag::Ix, lan_id) else { return Value::text("") };
        match self.record(Tag::Ixlan, lan_id) {
            Some(AnyRecord::Ixlan(lan)) if !lan.name.is_empty() => {
                Value::Text(Cow::Owned(format!("{}: {}", ix.name, lan.name)))
            }
            _ => Value::text(&ix.name),
        }
    }
}

/// Whether values of the kind are lists.
fn is_list(kind: Kind) -> bool {
    matches!(kind, Kind::MultiChoice(_) | Kind::Social | Kind::Words(_))
}

/// Puts the record's own website in the place of the `website` entry, or at the end.
fn social<'a>(record: &AnyRecord, entered: Value<'a>) -> Value<'a> {
    let Value::Social(links) = entered else { return entered };
    let own = record.value("website");
    let Some(url) = own.as_text().filter(|url| !url.is_empty()) else { return Value::Social(links) };
    let same = |link: &SocialLink| &*link.service == "website" && &*link.identifier == url;
    if links.iter().any(same) {
        return Value::Social(links);
    }
    let mut links = links.into_owned();
    match links.iter_mut().find(|link| &*link.service == "website") {
        Some(link) => link.identifier = url.into(),
        None => links.push(SocialLink { service: "website".into(), identifier: url.into() }),
    }
    Value::Social(Cow::Owned(links))
}
