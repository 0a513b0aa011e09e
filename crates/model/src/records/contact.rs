//! Contacts.

use super::record;
use super::shared::*;
use crate::choices;
use crate::field::Show;
use crate::scalar::{Status, Text, Time, Visibility};
use crate::tag::Tag;

record! {
    /// A contact of a network. Its personal fields are shown empty once it is deleted.
    Poc = Tag::Poc;
    id: u32 = id();
    net_id: u32 = reference(Tag::Net);
    net = object(Tag::Net, "net_id");
    role: Text = choice(choices::POC_ROLES).required();
    visible: Visibility = choice(choices::VISIBILITY);
    name: Text = text(254).show(Show::Personal);
    phone: Text = phone(100).show(Show::Personal);
    email: Text = email().show(Show::Personal);
    url: Text = super::shared::url(255).show(Show::Personal);
    created: Time = stamp();
    updated: Time = stamp();
    status: Status = status();
    version: u32 = version();
}
