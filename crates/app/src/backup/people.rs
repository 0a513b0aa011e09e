//! The parts of a data set that are no records: accounts, keys, permissions, the queue, and files.

use std::collections::HashMap;

use auth::{api_key, password};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::access::parse_namespace;
use model::directory::{Grant, Group, KeyState, OrgKey, People, QueueItem, Secret, User, UserKey};
use model::{Tag, Time};
use serde_json::{Map, Value as Json};
use store::logos::LogoRow;
use store::mail::Mail;
use store::tables::Blob;
use store::ticket::Ticket;
use store::webhook::Webhook;

use super::error::{LoadError, Place, shown_key};
use super::object::{Object, bad_value};
use super::{desk, webhook};

/// What the files hold beside records, as far as it is read.
#[derive(Default)]
pub(super) struct Found {
    /// All that is to be stored.
    pub(super) people: People,
    /// Where each user stands, by position in `people`.
    pub(super) users: Vec<Place>,
    /// Where each key of a user stands.
    pub(super) user_keys: Vec<Place>,
    /// Where each key of an organization stands.
    pub(super) org_keys: Vec<Place>,
    /// Where each item of the queue stands.
    pub(super) queue: Vec<Place>,
    /// Where each row of a user stands.
    pub(super) user_rows: Vec<Place>,
    /// Whether a file says who may do what.
    pub(super) has_permissions: bool,
    /// Files.
    pub(super) blobs: Vec<Blob>,
    /// Which files belong to which logos.
    pub(super) logos: Vec<LogoRow>,
    /// Where each of `logos` stands.
    pub(super) logo_places: Vec<Place>,
    /// Mail that has not left.
    pub(super) mails: Vec<Mail>,
    /// Open tickets.
    pub(super) tickets: Vec<Ticket>,
    /// Addresses that organizations want to be told about changes.
    pub(super) webhooks: Vec<Webhook>,
    /// Where each of `webhooks` stands.
    pub(super) webhook_places: Vec<Place>,
    /// Keys of organizations by the name that a data set gives them.
    labels: HashMap<String, usize>,
    /// Rows of organization keys that are named by label; the keys may come later in the file.
    labelled: Vec<(Place, String, Grant)>,
}

/// Whether secrets in clear are taken.
pub(super) type AllowPlain = bool;

/// Longest name, address or namespace.
const TEXT_MAX: usize = 255;
/// Longest encoded hash.
const HASH_MAX: usize = 1024;
/// Longest secret in clear.
const SECRET_MAX: usize = 1024;

impl Found {
    /// People that come from no file; messages call their origin `file`.
    pub(super) fn generated(people: People, file: &str) -> Found {
        let place = |record: String| Place { file: file.to_owned(), record };
        let key = |state: &KeyState| place(format!("api key {}", state.prefix));
        let templates = people.member_template.len() + people.admin_template.len();
        Found {
            users: people.users.iter().map(|user| place(format!("user {}", user.id))).collect(),
            user_keys: people.user_keys.iter().map(|own| key(&own.state)).collect(),
            org_keys: people.org_keys.iter().map(|own| key(&own.state)).collect(),
            user_rows: people.user_rows.iter().map(|(id, _)| place(format!("row of user {id}"))).collect(),
            queue: people
                .queue
                .iter()
                .map(|item| place(format!("queue item {} {}", item.tag, item.object_id)))
                .collect(),
            has_permissions: !people.group_rows.is_empty() || templates > 0,
            people,
            ..Found::default()
        }
    }

    /// Takes one entry of a list section. `None` when there is no such section.
    pub(super) fn take(
        &mut self,
        section: &str,
        file: &str,
        number: u64,
        fields: Map<String, Json>,
        plain: AllowPlain,
    ) -> Option<Result<(), LoadError>> {
        let named = |kind: &str, key: &str| match fields.get(key) {
            Some(Json::String(text)) => format!("{kind} {}", shown_key(text)),
            Some(Json::Number(id)) => format!("{kind} {id}"),
            _ => format!("{kind} number {number}"),
        };
        let name = match section {
            "users" => named("user", "id"),
            "user_api_keys" => named("user_api_key", "prefix"),
            "org_api_keys" => named("org_api_key", "prefix"),
            "verification_queue" => format!("verification_queue number {number}"),
            "mails" => named("mail", "id"),
            "tickets" => named("ticket", "id"),
            "webhooks" => named("webhook", "id"),
            "blobs" => format!("blob number {number}"),
            "logos" => format!("logo number {number}"),
            _ => return None,
        };
        let object = Object::new(file, name, fields);
        Some(match section {
            "users" => self.take_user(object, plain),
            "user_api_keys" => self.take_user_key(object, plain),
            "org_api_keys" => self.take_org_key(object, plain),
            "verification_queue" => self.take_queue_item(object),
            "logos" => self.take_logo(object),
            "mails" => self.take_mail(object),
            "tickets" => self.take_ticket(object),
            "webhooks" => self.take_webhook(object),
            _ => self.take_blob(object),
        })
    }

    fn take_user(&mut self, mut object: Object, plain: AllowPlain) -> Result<(), LoadError> {
        let user = User {
            id: object.id("id")?,
            username: object.text("username", TEXT_MAX)?,
            password: secret(&mut object, &PASSWORD, plain)?,
            email: object.optional_text("email", TEXT_MAX)?,
            email_verified: object.flag("email_verified")?,
            first_name: object.text("first_name", TEXT_MAX)?,
            last_name: object.text("last_name", TEXT_MAX)?,
            status: object.word("status", &["ok", "pending"])?.to_owned(),
            is_active: object.flag("is_active")?,
            is_staff: object.flag("is_staff")?,
            is_superuser: object.flag("is_superuser")?,
            locale: object.text("locale", TEXT_MAX)?,
            verified: object.flag("verified")?,
            admin_of_orgs: object.ids("admin_of_orgs")?,
            member_of_orgs: object.ids("member_of_orgs")?,
            created: object.optional_time("created")?,
        };
        self.users.push(object.place().clone());
        self.people.users.push(user);
        object.finish()
    }

    fn take_user_key(&mut self, mut object: Object, plain: AllowPlain) -> Result<(), LoadError> {
        object.ignore("label");
        let key = UserKey {
            state: key_state(&mut object, plain)?,
            user_id: object.id("user_id")?,
            readonly: object.flag("readonly")?,
        };
        self.user_keys.push(object.place().clone());
        self.people.user_keys.push(key);
        object.finish()
    }

    fn take_org_key(&mut self, mut object: Object, plain: AllowPlain) -> Result<(), LoadError> {
        if let Some(label) = object.optional_text("label", TEXT_MAX)? {
            self.labels.insert(label, self.people.org_keys.len());
        }
        let state = key_state(&mut object, plain)?;
        let (org_id, email) = (object.id("org_id")?, object.text("email", TEXT_MAX)?);
        let place = object.place().clone();
        let mut rows = Vec::new();
        for (n, fields) in object.objects("permissions")?.into_iter().enumerate() {
            let name = format!("{}: permissions number {}", place.record, n + 1);
            rows.push(take_grant(Object::new(&place.file, name, fields))?);
        }
        self.org_keys.push(place);
        self.people.org_keys.push(OrgKey { state, org_id, email, rows });
        object.finish()
    }

    fn take_queue_item(&mut self, mut object: Object) -> Result<(), LoadError> {
        let json = object.take("type")?;
        let tag: Option<Tag> = json.as_str().and_then(|text| text.parse().ok());
        let item = QueueItem {
            tag: tag.ok_or_else(|| object.bad("type", &json, "be a record type such as net"))?,
            object_id: object.id("object_id")?,
            user_id: object.optional_id("user_id")?,
            org_key: object.optional_text("org_key", TEXT_MAX)?,
            created: object.optional_time("created")?,
        };
        self.queue.push(object.place().clone());
        self.people.queue.push(item);
        object.finish()
    }

    fn take_mail(&mut self, object: Object) -> Result<(), LoadError> {
        let place = object.place().clone();
        let mail = desk::take_mail(object)?;
        if self.mails.iter().any(|known| known.id == mail.id) {
            return Err(bad_value(&place, "id", mail.id.to_string(), "be the id of one mail only"));
        }
        self.mails.push(mail);
        Ok(())
    }

    fn take_ticket(&mut self, object: Object) -> Result<(), LoadError> {
        let place = object.place().clone();
        let ticket = desk::take_ticket(object)?;
        if self.tickets.iter().any(|known| known.id == ticket.id) {
            return Err(bad_value(&place, "id", ticket.id.to_string(), "be the id of one ticket only"));
        }
        self.tickets.push(ticket);
        Ok(())
    }

    fn take_webhook(&mut self, object: Object) -> Result<(), LoadError> {
        let place = object.place().clone();
        self.webhooks.push(webhook::take_webhook(object)?);
        self.webhook_places.push(place);
        Ok(())
    }

    fn take_blob(&mut self, mut object: Object) -> Result<(), LoadError> {
        let name = object.text("sha256", TEXT_MAX)?;
        let data = object.take("data")?;
        let bytes = data.as_str().and_then(|text| STANDARD.decode(text).ok());
        let bytes = bytes.ok_or_else(|| object.bad("data", &data, "be base64"))?;
        let media_type = object.text("media_type", TEXT_MAX)?;
        let created = object.optional_time("created")?.unwrap_or(Time(0));
        let blob = Blob::new(bytes, media_type, created);
        if blob.name() != name {
            return Err(object.bad(
                "sha256",
                &Json::from(name),
                "be the SHA-256 of the data, in hexadecimal",
            ));
        }
        self.blobs.push(blob);
        object.finish()
    }

    fn take_logo(&mut self, mut object: Object) -> Result<(), LoadError> {
        const TAGS: &[&str] = &["org", "fac", "net", "ix", "carrier", "campus"];
        let word = object.word("type", TAGS)?;
        let tag = word.parse().map_err(|_| object.bad("type", &Json::from(word), "be a known type"))?;
        let row = LogoRow {
            tag,
            object_id: object.id("object_id")?,
            name: object.text("name", TEXT_MAX)?,
            uploaded: digest(&mut object, "uploaded")?,
            shown: digest(&mut object, "shown")?,
        };
        self.logo_places.push(object.place().clone());
        self.logos.push(row);
        object.finish()
    }

    /// Takes the section `permissions`.
    pub(super) fn take_permissions(
        &mut self,
        file: &str,
        fields: Map<String, Json>,
    ) -> Result<(), LoadError> {
        self.has_permissions = true;
        let mut sections = Object::new(file, "permissions".to_owned(), fields);
        for section in
            ["group", "org_member_group_template", "org_admin_group_template", "user", "org_api_key"]
        {
            if sections.has(section) {
                for (n, fields) in sections.objects(section)?.into_iter().enumerate() {
                    let name = format!("permissions: {section} number {}", n + 1);
                    self.take_permission(section, Object::new(file, name, fields))?;
                }
            }
        }
        sections.finish()
    }

    fn take_permission(&mut self, section: &str, mut object: Object) -> Result<(), LoadError> {
        match section {
            "group" => {
                let user = object.word("group", &["guest", "user"])? == "user";
                let group = if user { Group::User } else { Group::Guest };
                self.people.group_rows.push((group, take_grant(object)?));
            }
            "org_member_group_template" => self.people.member_template.push(take_grant(object)?),
            "org_admin_group_template" => self.people.admin_template.push(take_grant(object)?),
            "user" => {
                let id = object.id("user_id")?;
                self.user_rows.push(object.place().clone());
                self.people.user_rows.push((id, take_grant(object)?));
            }
            _ => {
                let (label, place) = (object.text("label", TEXT_MAX)?, object.place().clone());
                self.labelled.push((place, label, take_grant(object)?));
            }
        }
        Ok(())
    }

    /// Gives rows that name a key by its label to that key, which may have them already. Call it when all files
    /// are read.
    pub(super) fn resolve_labels(&mut self) -> Result<(), LoadError> {
        for (place, label, grant) in std::mem::take(&mut self.labelled) {
            let key = self.labels.get(&label).and_then(|at| self.people.org_keys.get_mut(*at));
            let Some(key) = key else {
                let rule = "be the label of one of the org_api_keys";
                return Err(bad_value(&place, "label", format!("{label:?}"), rule));
            };
            match key.rows.iter().find(|row| row.namespace == grant.namespace) {
                None => key.rows.push(grant),
                Some(row) if row.permission == grant.permission => {}
                Some(row) => {
                    let rule = format!("be {}, which the key itself says", row.permission);
                    return Err(bad_value(&place, "permission", grant.permission.to_string(), rule));
                }
            }
        }
        Ok(())
    }
}

fn digest(object: &mut Object, field: &'static str) -> Result<[u8; 32], LoadError> {
    let text = object.text(field, TEXT_MAX)?;
    let byte =
        |pair: &[u8]| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let bytes: Option<Vec<u8>> = text.as_bytes().chunks(2).map(byte).collect();
    let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| object.bad(field, &Json::from(text), "be a SHA-256, in hexadecimal"))
}

fn take_grant(mut object: Object) -> Result<Grant, LoadError> {
    let namespace = object.text("namespace", TEXT_MAX)?;
    if let Err(why) = parse_namespace(&namespace) {
        return Err(object.bad("namespace", &Json::from(namespace), why.to_string()));
    }
    let grant = Grant { namespace, permission: object.bits("permission", model::access::bits::ALL)? };
    object.finish().map(|()| grant)
}

/// The two forms of a secret in a file.
struct SecretField {
    plain: &'static str,
    hashed: &'static str,
    check: fn(&str) -> Result<(), password::BadEncoding>,
}

const PASSWORD: SecretField =
    SecretField { plain: "password", hashed: "password_hash", check: password::check };
const KEY: SecretField = SecretField { plain: "key", hashed: "key_hash", check: api_key::check };

fn secret(
    object: &mut Object,
    field: &SecretField,
    allowed: AllowPlain,
) -> Result<Option<Secret>, LoadError> {
    let plain = object.take_optional(field.plain);
    let hashed = object.optional_text(field.hashed, HASH_MAX).map_err(|_| {
        // The usual message would show the value.
        object.bad_secret(field.hashed, format_args!("be a text of at most {HASH_MAX} characters"))
    })?;
    match (plain, hashed) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => {
            Err(object.bad_secret(field.plain, format_args!("not stand beside {}", field.hashed)))
        }
        (None, Some(hash)) => match (field.check)(&hash) {
            Ok(()) => Ok(Some(Secret::Hash(hash))),
            Err(why) => Err(object.bad_secret(field.hashed, format_args!("be a known hash, and is {why}"))),
        },
        (Some(_), None) if !allowed => {
            Err(LoadError::PlainSecret { record: object.place().clone(), field: field.plain })
        }
        (Some(plain), None) => {
            match plain.as_str().filter(|text| text.len() <= SECRET_MAX) {
                Some(text) => Ok(Some(Secret::Plain(text.to_owned()))),
                None => Err(object
                    .bad_secret(field.plain, format_args!("be a text of at most {SECRET_MAX} characters"))),
            }
        }
    }
}

fn key_state(object: &mut Object, plain: AllowPlain) -> Result<KeyState, LoadError> {
    let prefix = object.text("prefix", api_key::PREFIX_LENGTH)?;
    if prefix.chars().count() != api_key::PREFIX_LENGTH {
        let rule = format!("have {} characters", api_key::PREFIX_LENGTH);
        return Err(object.bad("prefix", &Json::from(prefix), rule));
    }
    let Some(key) = secret(object, &KEY, plain)? else {
        return Err(LoadError::MissingField { record: object.place().clone(), field: KEY.hashed });
    };
    if let Secret::Plain(key) = &key
        && api_key::split(key) != Some(&prefix)
    {
        return Err(object.bad_secret(KEY.plain, "begin with the prefix and a dot"));
    }
    Ok(KeyState {
        prefix,
        key,
        name: object.text("name", TEXT_MAX)?,
        active: object.word("status", &["active", "inactive"])? == "active",
        revoked: object.flag("revoked")?,
        expires: object.optional_time("expires")?,
        created: object.optional_time("created")?,
    })
}

/// Puts hashes in the place of secrets. `salts` has to give other bytes each time.
pub(super) fn hash_secrets(
    people: &mut People,
    users: &[Place],
    salts: &mut (dyn FnMut() -> [u8; 16] + Send),
) -> Result<(), LoadError> {
    for (user, place) in people.users.iter_mut().zip(users) {
        if let Some(Secret::Plain(plain)) = &user.password {
            let hashed = password::hash(plain, salts());
            let hashed = hashed.map_err(|_| LoadError::Hash { record: place.clone() })?;
            user.password = Some(Secret::Hash(hashed));
        }
    }
    let user_keys = people.user_keys.iter_mut().map(|key| &mut key.state);
    for state in user_keys.chain(people.org_keys.iter_mut().map(|key| &mut key.state)) {
        if let Secret::Plain(key) = &state.key {
            state.key = Secret::Hash(api_key::hash(key));
        }
    }
    Ok(())
}

/// What everybody, registered people, and members and administrators of an organization may do where nothing else
/// is said.
pub(super) fn default_permissions(people: &mut People) {
    use model::access::bits::{ALL, READ};
    const ORG: &str = "peeringdb.organization";
    const OWN: &str = "peeringdb.organization.{org_id}";
    const FEED: &str = "internetexchange.*.ixf_ixp_member_list_url";
    let grant = |namespace: String, permission| Grant { namespace, permission };
    let reads_public = || [grant(ORG.to_owned(), READ), grant(format!("{ORG}.*.{FEED}.public"), READ)];
    people.group_rows.extend(reads_public().map(|row| (Group::Guest, row)));
    people.group_rows.extend(reads_public().map(|row| (Group::User, row)));
    for namespace in [format!("{ORG}.*.network.*.poc_set.users"), format!("{ORG}.*.{FEED}.users")] {
        people.group_rows.push((Group::User, grant(namespace, READ)));
    }
    let private = [format!("{OWN}.network.*.poc_set.private"), format!("{OWN}.{FEED}.private")];
    people.member_template.push(grant(OWN.to_owned(), READ));
    people.member_template.extend(private.iter().map(|namespace| grant(namespace.clone(), READ)));
    people.admin_template.push(grant(OWN.to_owned(), ALL));
    people.admin_template.push(grant("peeringdb.manage_organization.{org_id}".to_owned(), ALL));
    people.admin_template.extend(private.iter().map(|namespace| grant(namespace.clone(), ALL)));
}
