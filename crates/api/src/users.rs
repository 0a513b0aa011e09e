//! `/api/org/<id>/users`: the people of an organization (rest-api specification, 13).

use std::sync::Arc;

use app::App;
use app::members::{Asked, Deed, Member, MembersError, Order, Refusal};
use app::principals::Identity;
use app::write::Origin;
use axum::body::Body;
use model::Value;
use model::json::{write_text, write_value};
use serde_json::{Map, Value as Json};

use crate::answer::Answer;
use crate::index;
use crate::records::wrap;
use crate::request::{ApiRequest, UsersPath};
use crate::write::{body, refusal};

/// `GET`: the people of an organization.
pub(crate) fn list(app: &App, request: &ApiRequest, identity: &Identity, org: u32) -> Answer {
    match app.members(org, identity) {
        Ok(members) => Answer::json(envelope(request, &members)),
        Err(refusal) => refused(&refusal),
    }
}

/// `POST …/add`, `PUT …/<user>` and `DELETE …/remove`.
pub(crate) async fn change(
    app: &Arc<App>,
    request: &ApiRequest,
    identity: &Identity,
    org: u32,
    path: UsersPath,
    body: Body,
) -> Answer {
    if !app.is_writable() {
        return refusal::read_only();
    }
    let mut body = match body::optional(app, request, body, None).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let confirmed = text(&mut body, "confirm").is_some_and(|text| matches!(&*text, "true" | "1"));
    let (deed, status) = match path {
        UsersPath::List => return index::not_allowed(&request.method),
        UsersPath::Add => {
            let (email, role) = (text(&mut body, "user_email"), text(&mut body, "role"));
            (Deed::Add { email, role }, 201)
        }
        UsersPath::One(user) => (Deed::Change { user, role: text(&mut body, "role") }, 200),
        UsersPath::Remove => (Deed::Remove { email: text(&mut body, "user_email") }, 204),
    };
    let order = Order {
        asked: Asked { org, deed, confirmed },
        identity: identity.clone(),
        origin: Origin::Api,
        address: request.client,
    };
    match app.change_members(order).await {
        Ok(Some(member)) => Answer::json_with(status, envelope(request, &[member])),
        Ok(None) => Answer::empty(204),
        Err(MembersError::Refused(refusal)) => refused(&refusal),
        Err(MembersError::Failed(error)) => refusal::answer(&error),
    }
}

/// The text under a key; what is no text is compared by its JSON.
fn text(body: &mut Map<String, Json>, key: &str) -> Option<String> {
    match body.remove(key)? {
        Json::Null => None,
        Json::String(text) => Some(text),
        json => Some(json.to_string()),
    }
}

fn refused(refusal: &Refusal) -> Answer {
    let status = match refusal {
        Refusal::NoOrganization | Refusal::NoUser | Refusal::NotMember => 404,
        Refusal::InvalidAuthentication | Refusal::NotAdmin | Refusal::InsufficientPermissions => 403,
        Refusal::EmailRequired
        | Refusal::RoleRequired
        | Refusal::InvalidRole
        | Refusal::AlreadyMember
        | Refusal::EmailNotVerified
        | Refusal::OtherDomain { .. }
        | Refusal::LastAdmin => 400,
    };
    Answer::error(status, &refusal.to_string())
}

fn envelope(request: &ApiRequest, members: &[Member]) -> String {
    let mut data = String::from("[");
    for (n, member) in members.iter().enumerate() {
        data.push_str(if n > 0 { ", " } else { "" });
        write_member(member, &mut data);
    }
    data.push(']');
    wrap(request, &data, "")
}

fn write_member(member: &Member, out: &mut String) {
    let full_name = format!("{} {}", member.first_name, member.last_name);
    out.push_str(&format!("{{\"id\": {}", member.id));
    for (key, text) in [
        ("first_name", member.first_name.as_str()),
        ("last_name", &member.last_name),
        ("full_name", full_name.trim()),
    ] {
        write_pair(key, text, out);
    }
    out.push_str(&format!(", \"is_active\": {}, \"date_joined\": ", member.is_active));
    write_value(&member.joined.map_or(Value::Null, Value::Time), out);
    write_pair("status", &member.status, out);
    write_pair("role", member.role.as_str(), out);
    out.push('}');
}

fn write_pair(key: &str, text: &str, out: &mut String) {
    out.push_str(", ");
    write_text(key, out);
    out.push_str(": ");
    write_text(text, out);
}
