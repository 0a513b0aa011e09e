//! Logos: who may set them, what a picture has to be, and what its file is called (rest-api specification, 11).

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use catalog::Snapshot;
use model::access::Viewer;
use model::{AnyRecord, Status, Tag, Value};
use serde_json::Value as Json;

use crate::command::Body;
use crate::context::Context;
use crate::input::{self, as_text};
use crate::message::Message;
use crate::permission;
use crate::rejection::{Errors, Rejection, Stop};
use crate::stage::{Effect, Plan, Stage, set};

/// What is said about logos.
pub(crate) mod texts {
    use crate::message::texts;

    texts! {
        NO_RECORD = "logo-no-record": "{type} with id {id} not found";
        NO_LOGO = "logo-none": "Asset does not exist";
        MAY_NOT_READ = "logo-may-not-read": "No read permissions to this entity";
        MAY_NOT_WRITE = "logo-may-not-write": "No write permissions to this entity";
        MAY_NOT_DELETE = "logo-may-not-delete": "No delete permissions to this entity";
        UNSUPPORTED = "logo-unsupported": "Unsupported file type. Only PNG and JPEG are allowed";
        OTHER_TYPE = "logo-other-type": "Declared file_type does not match actual file type. Expected: {found}";
        TOO_LARGE = "logo-too-large": "File size too large. Maximum allowed: {max} bytes";
        TOO_HIGH = "logo-too-high": "Image height too large. Maximum allowed: {max} pixels";
        TOO_WIDE = "logo-too-wide": "Image width too large. Maximum allowed: {max} pixels";
        DAMAGED = "logo-damaged": "The image cannot be read ({why}). Save it again as PNG or JPEG";
    }
}

/// Types whose records have a logo.
pub const TAGS: [Tag; 6] = [Tag::Org, Tag::Fac, Tag::Net, Tag::Ix, Tag::Carrier, Tag::Campus];

/// Longest file, bytes.
pub const BYTES_MAX: usize = 50 * 1024;

/// Greatest height, pixels: logos stand in a line of the page.
pub const HEIGHT_MAX: u32 = 75;

/// Greatest width, pixels. The reference has no limit here, and so none on the memory that a small file unpacks to.
pub const WIDTH_MAX: u32 = 4096;

/// The folder of uploaded logos, below the one of all media.
const FOLDER: &str = "logos_user_supplied/";

/// The key of an upload that names its type.
pub const FILE_TYPE: &str = "file_type";
/// The key of an upload that holds its bytes.
pub const FILE_DATA: &str = "file_data";

/// Forms of pictures that logos have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// PNG (ISO/IEC 15948).
    Png,
    /// JPEG (ITU-T T.81).
    Jpeg,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 2] = [Format::Png, Format::Jpeg];

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Format::Png => "image/png",
            Format::Jpeg => "image/jpeg",
        }
    }

    /// How names of such files end.
    pub const fn extension(self) -> &'static str {
        match self {
            Format::Png => "png",
            Format::Jpeg => "jpg",
        }
    }

    /// What the name of a file says about its format.
    pub fn of_name(name: &str) -> Option<Format> {
        let (_, extension) = name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "png" => Some(Format::Png),
            "jpg" | "jpeg" => Some(Format::Jpeg),
            _ => None,
        }
    }
}

/// What an uploaded file turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// By its content, whatever is said about it.
    pub format: Format,
    /// The same picture, encoded anew: without metadata, and without anything that stands behind it in the file.
    pub copy: Result<Bytes, PictureFault>,
}

/// Why a picture cannot be a logo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PictureFault {
    /// It is higher than [`HEIGHT_MAX`].
    TooHigh,
    /// It is wider than [`WIDTH_MAX`].
    TooWide,
    /// It cannot be decoded; the text says why.
    Damaged(String),
}

/// The content of a file.
#[derive(Clone, PartialEq, Eq)]
pub struct Bytes(pub Arc<[u8]>);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// The files of a logo that is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLogo {
    /// The record's type.
    pub tag: Tag,
    /// The record's id.
    pub id: u32,
    /// What the record's field `logo` holds from now on.
    pub name: String,
    /// The form of both files.
    pub format: Format,
    /// What was uploaded.
    pub uploaded: Bytes,
    /// The copy that pages are served.
    pub shown: Bytes,
}

/// The name of a logo's file. The suffix is another one for each upload, so that what was fetched under a name stays
/// true for ever.
fn file_name(tag: Tag, id: u32, suffix: u32, format: Format) -> String {
    let model = tag.model_name().to_ascii_lowercase();
    format!("{FOLDER}{model}-{id}-{suffix:08x}.{}", format.extension())
}

/// Whose logo a file is by its name; `None` where the name is none of an uploaded logo.
pub fn owner_of(name: &str) -> Option<(Tag, u32)> {
    let (model, rest) = name.strip_prefix(FOLDER)?.split_once('-')?;
    let (id, suffix) = rest.split_once('-')?;
    let tag = TAGS.into_iter().find(|tag| tag.model_name().eq_ignore_ascii_case(model))?;
    let is_suffix = !suffix.is_empty() && suffix.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
    let id = Some(id).filter(|id| id.bytes().all(|b| b.is_ascii_digit())).filter(|_| is_suffix)?;
    Some((tag, id.parse().ok()?))
}

/// The type that a path names.
///
/// # Errors
/// When its records have no logo.
pub fn tag_of(word: &str) -> Result<Tag, Message> {
    let known = TAGS.into_iter().find(|tag| tag.as_str() == word);
    known.ok_or_else(|| input::texts::NOT_A_CHOICE.with([("value", &word)]))
}

/// Whether a path names something that records have.
///
/// # Errors
/// When it is no logo.
pub fn is_logo(word: &str) -> Result<(), Message> {
    match word {
        "logo" => Ok(()),
        _ => Err(input::texts::NOT_A_CHOICE.with([("value", &word)])),
    }
}

/// The published record whose logo a viewer asks for.
///
/// # Errors
/// When there is none, or the viewer may not read it.
pub fn to_read<'a>(
    snapshot: &'a Snapshot,
    viewer: &Viewer,
    tag: Tag,
    id: u32,
) -> Result<&'a AnyRecord, Rejection> {
    let record = published(snapshot, tag, id)?;
    match snapshot.may_read(viewer, record) {
        true => Ok(record),
        false => Err(Rejection::ForbiddenBecause(texts::MAY_NOT_READ.plain())),
    }
}

fn published(snapshot: &Snapshot, tag: Tag, id: u32) -> Result<&AnyRecord, Rejection> {
    tag_of(tag.as_str()).map_err(|message| Rejection::Invalid(Errors::of("ref_tag", message)))?;
    let record = snapshot.record(tag, id).filter(|record| record.status() == Status::Ok);
    record.ok_or_else(|| {
        let message = texts::NO_RECORD.with([("type", &tag.model_name()), ("id", &id)]);
        Rejection::Invalid(Errors::of("ref_id", message))
    })
}

/// What a client uploads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// What it says it is.
    pub declared: Format,
    /// Its content.
    pub content: Bytes,
}

impl Upload {
    /// Reads the two keys of a body.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn read(body: &Body) -> Result<Upload, Errors> {
        let mut errors = Errors::new();
        let mut told = |field, message| errors.add(field, message);
        let declared = declared(body.get(FILE_TYPE)).map_err(|message| told(FILE_TYPE, message));
        let content = content(body.get(FILE_DATA)).map_err(|message| told(FILE_DATA, message));
        match (declared, content) {
            (Ok(declared), Ok(content)) => Ok(Upload { declared, content }),
            _ => Err(errors),
        }
    }
}

fn declared(json: Option<&Json>) -> Result<Format, Message> {
    match json {
        None => Err(input::texts::REQUIRED.plain()),
        Some(Json::Null) => Err(input::texts::NOT_NULL.plain()),
        Some(json) => {
            let word = as_text(json);
            let known = Format::ALL.into_iter().find(|format| format.media_type() == word);
            known.ok_or_else(|| input::texts::NOT_A_CHOICE.with([("value", &word)]))
        }
    }
}

/// Base64 (RFC 4648, 4), with line breaks anywhere, as tools write it.
fn content(json: Option<&Json>) -> Result<Bytes, Message> {
    let text = match json {
        None => return Err(input::texts::REQUIRED.plain()),
        Some(Json::Null) => return Err(input::texts::NOT_NULL.plain()),
        Some(Json::String(text)) if text.trim().is_empty() => return Err(input::texts::NOT_BLANK.plain()),
        Some(Json::String(text)) => text,
        Some(Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_)) => {
            return Err(input::texts::NOT_A_TEXT.plain());
        }
    };
    let digits: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let bytes = STANDARD.decode(&digits).map_err(|_| texts::UNSUPPORTED.plain())?;
    match bytes.len() > BYTES_MAX {
        true => Err(texts::TOO_LARGE.with([("max", &BYTES_MAX)])),
        false => Ok(Bytes(bytes.into())),
    }
}

/// The copy of a picture that fits.
fn fitting(declared: Format, picture: Option<&Picture>) -> Result<&Bytes, Errors> {
    let picture = picture.ok_or_else(|| Errors::of(FILE_DATA, texts::UNSUPPORTED.plain()))?;
    if picture.format != declared {
        let message = texts::OTHER_TYPE.with([("found", &picture.format.media_type())]);
        return Err(Errors::of(FILE_TYPE, message));
    }
    picture.copy.as_ref().map_err(|fault| {
        let message = match fault {
            PictureFault::TooHigh => texts::TOO_HIGH.with([("max", &HEIGHT_MAX)]),
            PictureFault::TooWide => texts::TOO_WIDE.with([("max", &WIDTH_MAX)]),
            PictureFault::Damaged(why) => texts::DAMAGED.with([("why", why)]),
        };
        Errors::of(FILE_DATA, message)
    })
}

/// Plans a logo in the place of the one that there is. The right is looked for before the picture is looked at.
pub(crate) fn put(context: &Context<'_>, tag: Tag, id: u32, body: &Body, suffix: u32) -> Result<Plan, Stop> {
    let stored = published(context.snapshot, tag, id)?;
    let grant = permission::to_set_logo(context, stored)?;
    let Upload { declared, content } = Upload::read(body)?;
    let picture = context.facts.picture(&content)?;
    let shown = fitting(declared, picture)?.clone();
    let name = file_name(tag, id, suffix, declared);
    let mut record = stored.clone();
    set(&mut record, "logo", Value::text(&name));
    let mut stage = Stage::new(*context, grant);
    stage.save_one(record);
    stage.effect(Effect::PutLogo(Box::new(NewLogo {
        tag,
        id,
        name,
        format: declared,
        uploaded: content,
        shown,
    })));
    Ok(stage.finish(Some((tag, id))))
}

/// Plans that a record has no logo any more.
pub(crate) fn remove(context: &Context<'_>, tag: Tag, id: u32) -> Result<Plan, Stop> {
    let stored = published(context.snapshot, tag, id)?;
    let grant = permission::to_remove_logo(context, stored)?;
    if stored.value("logo").as_text().is_none() {
        return Err(Rejection::NotFoundBecause(texts::NO_LOGO.plain()).into());
    }
    let mut record = stored.clone();
    set(&mut record, "logo", Value::Null);
    let mut stage = Stage::new(*context, grant);
    stage.save_one(record);
    stage.effect(Effect::RemoveLogo(tag, id));
    Ok(stage.finish(Some((tag, id))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_of_files_tell_their_owners() {
        for tag in TAGS {
            for format in Format::ALL {
                let name = file_name(tag, 7, 0x2a, format);
                assert!(name.ends_with(&format!("-7-0000002a.{}", format.extension())), "{name}");
                assert_eq!((owner_of(&name), Format::of_name(&name)), (Some((tag, 7)), Some(format)));
            }
        }
        assert_eq!(
            file_name(Tag::Ix, 7, u32::MAX, Format::Jpeg),
            "logos_user_supplied/internetexchange-7-ffffffff.jpg"
        );
        for name in [
            "logos/network-7-0000002a.png",
            "logos_user_supplied/network-7.png",
            "logos_user_supplied/network-+7-0000002a.png",
            "logos_user_supplied/network-7-",
            "logos_user_supplied/network-7-../../x.png",
            "logos_user_supplied/networkcontact-7-0000002a.png",
            "logos_user_supplied/network-99999999999-0000002a.png",
        ] {
            assert_eq!(owner_of(name), None, "{name}");
        }
    }

    #[test]
    fn every_type_with_a_logo_has_the_field_and_no_other_type_has() {
        for tag in Tag::ALL {
            assert_eq!(tag.table().field("logo").is_some(), TAGS.contains(&tag), "{tag}");
            assert_eq!(tag_of(tag.as_str()).is_ok(), TAGS.contains(&tag), "{tag}");
        }
    }

    fn faults(body: &Json) -> Vec<String> {
        let body = body.as_object().expect("an object");
        let errors = Upload::read(body).expect_err("a fault");
        let told = errors.iter().map(|(field, said)| match said {
            crate::rejection::Said::List(list) => format!("{field}: {}", list[0]),
            other => format!("{field}: {other:?}"),
        });
        told.collect()
    }

    #[test]
    fn an_upload_names_its_type_and_holds_base64() {
        let required = "This field is required.";
        assert_eq!(faults(&json!({})), [format!("file_type: {required}"), format!("file_data: {required}")]);
        let png = "image/png";
        for (kind, data, fault) in [
            (json!("image/gif"), json!("AAAA"), "file_type: \"image/gif\" is not a valid choice."),
            (json!(null), json!("AAAA"), "file_type: This field may not be null."),
            (json!(["x"]), json!("AAAA"), "file_type: "),
            (json!(png), json!(null), "file_data: This field may not be null."),
            (json!(png), json!(""), "file_data: This field may not be blank."),
            (json!(png), json!(5), "file_data: Not a valid string."),
            (json!(png), json!("!!"), "file_data: Unsupported file type. Only PNG and JPEG are allowed"),
            (
                json!(png),
                json!("AAAA".repeat(BYTES_MAX / 3 + 1)),
                "file_data: File size too large. Maximum allowed: 51200 bytes",
            ),
        ] {
            let told = faults(&json!({ "file_type": kind, "file_data": data }));
            assert!(told.len() == 1 && told[0].starts_with(fault), "{told:?}");
        }
        let body = json!({ "file_type": "image/jpeg", "file_data": "AA\r\nEC\nAw==" });
        let upload = Upload::read(body.as_object().expect("an object")).expect("an upload");
        assert_eq!(upload, Upload { declared: Format::Jpeg, content: Bytes([0, 1, 2, 3].as_slice().into()) });
    }
}
