//! What bodies of new records and of new values may hold, for those who describe the API.

use model::field::Api;
use model::{Field, Kind, Tag};

use crate::form;

/// A key of a body.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Whether there is no record without it.
    pub required: bool,
}

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// The values of a field; which type declares it, since exchanges take fields of their LAN and prefix.
    Field(Tag, &'static Field),
    /// Whether the record is a suggestion: it belongs to the organization for suggestions until its owner is known.
    Suggestion,
}

/// The keys of a body that mean something, in the order of the record's own keys. None for what cannot be made.
pub fn keys(tag: Tag, update: bool) -> Vec<Key> {
    if tag == Tag::Ixlan && !update {
        return Vec::new();
    }
    let fields = tag.table().fields.iter();
    let is_read = |field: &&Field| {
        form::is_read(tag, field, update) || is_number(tag, field) || stands_for_another(tag, field)
    };
    let own = fields.filter(is_read);
    let own = own.map(|field| Key {
        name: field.name,
        takes: Takes::Field(tag, field),
        required: form::is_required(tag, field, update) || asked_for(tag, field, update),
    });
    let mut keys: Vec<Key> = own.collect();
    if update {
        return keys;
    }
    match tag {
        Tag::Net | Tag::Fac => keys.push(Key { name: "suggest", takes: Takes::Suggestion, required: false }),
        Tag::Ix => {
            keys.extend(of_neighbour(Tag::Ixpfx, "prefix", true));
            keys.extend(of_neighbour(Tag::Ixlan, "ixf_ixp_member_list_url", false));
        }
        _ => {}
    }
    // A suggestion has no organization of its own.
    if keys.iter().any(|key| matches!(key.takes, Takes::Suggestion)) {
        keys.iter_mut().filter(|key| key.name == "org_id").for_each(|key| key.required = false);
    }
    keys
}

/// The number of a network, which has rules of its own.
fn is_number(tag: Tag, field: &Field) -> bool {
    tag == Tag::Net && field.kind == Kind::Asn && field.api == Api::Required
}

/// One type of network in the place of several, as older clients know it.
fn stands_for_another(tag: Tag, field: &Field) -> bool {
    tag == Tag::Net && field.name == "info_type"
}

/// What a rule asks for and the field itself does not.
fn asked_for(tag: Tag, field: &Field, update: bool) -> bool {
    is_number(tag, field) || (!update && matches!(tag, Tag::Net | Tag::Ix) && field.name == "website")
}

fn of_neighbour(tag: Tag, name: &'static str, required: bool) -> Option<Key> {
    let field = tag.table().field(name)?;
    Some(Key { name, takes: Takes::Field(tag, field), required })
}
