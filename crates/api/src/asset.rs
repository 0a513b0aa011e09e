//! `/api/asset/<type>/<id>/logo`: what a record has beside its fields (rest-api specification, 11).

use std::fmt::Write;

use app::App;
use app::logo::Unreadable;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::access::Viewer;
use model::json::write_text;
use model::{AnyRecord, Tag, Time, Value};
use rules::logo::{self, Format};
use rules::{Errors, Rejection};

use crate::answer::Answer;
use crate::records::wrap;
use crate::request::ApiRequest;
use crate::write::refusal;

/// A path that names something which belongs to a record. Types and things that there are not are told apart from
/// paths that there are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AssetPath {
    /// The type, as the path has it.
    pub(crate) tag: String,
    /// The id; 0 for one that no record can have.
    pub(crate) id: u32,
    /// What is asked for, as the path has it.
    pub(crate) kind: String,
}

impl AssetPath {
    /// The type of the record whose logo the path names.
    ///
    /// # Errors
    /// The answer for a path that names none.
    pub(crate) fn tag(&self) -> Result<Tag, Answer> {
        let mut errors = Errors::new();
        let tag = logo::tag_of(&self.tag).map_err(|message| errors.add("ref_tag", message));
        let kind = logo::is_logo(&self.kind).map_err(|message| errors.add("asset_type", message));
        match (tag, kind) {
            (Ok(tag), Ok(())) => Ok(tag),
            _ => Err(refusal::rejected(&Rejection::Invalid(errors))),
        }
    }
}

/// `GET`: the logo of a record, or that there is none.
pub(crate) async fn get(app: &App, request: &ApiRequest, viewer: &Viewer, path: &AssetPath) -> Answer {
    find(app, request, viewer, path).await.unwrap_or_else(|refusal| refusal)
}

async fn find(app: &App, request: &ApiRequest, viewer: &Viewer, path: &AssetPath) -> Result<Answer, Answer> {
    let tag = path.tag()?;
    let refuse = |rejection: Rejection| refusal::rejected(&rejection);
    logo::to_read(&app.snapshot(), viewer, tag, path.id).map_err(refuse)?;
    let found = app.logo(tag, path.id).await.map_err(|Unreadable| unreadable())?;
    // Once more: the record may have changed while its files were read.
    let record = logo::to_read(&found.snapshot, viewer, tag, path.id).map_err(refuse)?;
    let data = found.logo.as_ref().map(|logo| &*logo.uploaded);
    Ok(Answer::json(wrap(request, &object(record, data), "")))
}

/// The answer while files cannot be read.
pub(crate) fn unreadable() -> Answer {
    Answer::busy("The database cannot be read at the moment: try again later")
}

/// The list with the one object that tells about a record's logo; `data` is its content.
pub(crate) fn object(record: &AnyRecord, data: Option<&[u8]>) -> String {
    let logo = record.value("logo");
    let format = logo.as_text().and_then(Format::of_name);
    let mut out = String::from("[{\"ref_tag\": ");
    write_text(record.tag().as_str(), &mut out);
    let _ = write!(out, ", \"ref_id\": {}, \"asset_type\": \"logo\", \"file_type\": ", record.id());
    text_or_null(format.map(Format::media_type), &mut out);
    out.push_str(", \"file_data\": ");
    text_or_null(data.map(|data| STANDARD.encode(data)).as_deref(), &mut out);
    for name in ["created", "updated"] {
        let _ = write!(out, ", \"{name}\": ");
        match record.value(name) {
            Value::Time(time) => write_text(&iso(time), &mut out),
            _ => out.push_str("null"),
        }
    }
    out.push_str("}]");
    out
}

fn text_or_null(text: Option<&str>, out: &mut String) {
    match text {
        Some(text) => write_text(text, out),
        None => out.push_str("null"),
    }
}

/// As these paths alone tell times: with microseconds, where there are some, and the offset in figures.
fn iso(time: Time) -> String {
    let mut text = String::new();
    time.write(&mut text);
    text.pop();
    let micros = time.0.rem_euclid(Time::SECOND);
    if micros != 0 {
        let _ = write!(text, ".{micros:06}");
    }
    text.push_str("+00:00");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_tell_their_offset() {
        for (micros, text) in [
            (0, "1970-01-01T00:00:00+00:00"),
            (1_000_001, "1970-01-01T00:00:01.000001+00:00"),
            (-1, "1969-12-31T23:59:59.999999+00:00"),
        ] {
            assert_eq!(iso(Time(micros)), text);
        }
    }
}
