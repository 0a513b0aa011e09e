//! Why a file cannot be loaded. Nothing is written then.

use std::borrow::Cow;
use std::fmt;

/// Why a load was refused.
#[derive(Debug)]
pub enum LoadError {
    /// The file cannot be read.
    Read {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no JSON, or breaks off.
    Json {
        /// The file.
        file: String,
        /// What is wrong where.
        source: serde_json::Error,
    },
    /// The file is JSON, but neither a data set nor an API list.
    Form {
        /// The file.
        file: String,
        /// What is wrong.
        why: Form,
    },
    /// The files hold neither a record nor an account.
    Empty {
        /// The files.
        files: Vec<String>,
    },
    /// A value breaks a rule.
    Value(Box<BadValue>),
    /// A key that records of this kind do not have.
    UnknownField {
        /// The record.
        record: Place,
        /// The key.
        field: String,
    },
    /// A key that the record must have.
    MissingField {
        /// The record.
        record: Place,
        /// The key.
        field: &'static str,
    },
    /// Two records share what no two may share.
    Twice(Box<Twice>),
    /// A record refers to another one that is not there.
    Orphan {
        /// The record.
        record: Place,
        /// The field that refers.
        field: &'static str,
        /// What it refers to, such as `org 5`.
        parent: String,
    },
    /// A password or key in clear.
    PlainSecret {
        /// The record.
        record: Place,
        /// The key.
        field: &'static str,
    },
    /// Hashing a password failed.
    Hash {
        /// The record.
        record: Place,
    },
    /// The database holds something already.
    NotEmpty {
        /// The database.
        place: String,
    },
    /// The database.
    Store(store::Error),
}

/// A record in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: String,
    /// The record, such as `net 5`.
    pub record: String,
}

/// A value that breaks a rule.
#[derive(Debug)]
pub struct BadValue {
    /// The record.
    pub record: Place,
    /// The field.
    pub field: String,
    /// The value as JSON, shortened.
    pub value: String,
    /// Completes "must …".
    pub rule: Cow<'static, str>,
}

/// Two records that share what no two may share.
#[derive(Debug)]
pub struct Twice {
    /// The first one.
    pub first: Place,
    /// The second one.
    pub second: Place,
    /// The fields that they share.
    pub field: String,
    /// The values of the first one.
    pub first_value: String,
    /// The values of the second one; they may differ in case and accents.
    pub second_value: String,
}

/// What is wrong with a whole file.
#[derive(Debug, PartialEq, Eq)]
pub enum Form {
    /// It is no JSON object.
    NoObject,
    /// It has a key that is no part of a data set.
    UnknownSection(String),
    /// What stands under a key has another form.
    Section {
        /// The key.
        section: String,
        /// What has to stand there.
        wanted: &'static str,
    },
    /// It has nothing to load.
    Nothing,
    /// It is an API list, and neither its name nor its records tell of what.
    UnknownType,
    /// A key stands twice in one object.
    KeyTwice {
        /// The key.
        key: String,
        /// The part of the file that the object belongs to.
        part: String,
    },
    /// It begins with a byte order mark.
    ByteOrderMark,
    /// It is encoded as UTF-16.
    Utf16,
    /// It is an API list that the server has cut.
    Truncated,
    /// It is one page of an API list.
    OnePage {
        /// Which one.
        page: u64,
        /// Of how many, if it says so.
        pages: Option<u64>,
    },
    /// It is an API list, and a record has the keys of another type than the one that the list is taken for.
    WrongType {
        /// The record's place in the list, from 1.
        number: u64,
        /// The type that the name of the file or of the list, or the first record, tells.
        told: model::Tag,
        /// The type that the record's keys tell.
        keys: model::Tag,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.record)
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Form::NoObject => f.write_str("is no JSON object; a data set or an API list is wanted"),
            Form::UnknownSection(key) => write!(
                f,
                "has the key {key:?}, which no data set has; a data set or an API list is wanted"
            ),
            Form::Section { section, wanted } => write!(f, "{wanted} is wanted under the key {section:?}"),
            Form::Nothing => f.write_str("holds neither a part of a data set nor the `data` of an API list"),
            Form::UnknownType => f.write_str(
                "is an API list, and neither its name nor its records tell of which type; name it after the type, \
                 such as net.json or net-0.json",
            ),
            Form::KeyTwice { key, part } => {
                write!(f, "{part}: the key {key:?} stands twice in one object; keep one of them")
            }
            Form::ByteOrderMark => f.write_str("begins with a byte order mark; save it as UTF-8 without one"),
            Form::Utf16 => f.write_str("is encoded as UTF-16; save it as UTF-8"),
            Form::Truncated => f.write_str(
                "is an API list that the server has cut (`meta.truncated`); get the whole list, without `depth`",
            ),
            Form::OnePage { page, pages } => {
                write!(f, "is page {page}")?;
                if let Some(pages) = pages {
                    write!(f, " of {pages}")?;
                }
                f.write_str(" of an API list (`meta.pagination`); get the whole list, without `page`")
            }
            Form::WrongType { number, told, keys } => write!(
                f,
                "is taken for a list of {told}, and record number {number} has the keys of {keys}; give each type \
                 a file of its own, named after it, such as {keys}.json"
            ),
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::Read { file, .. } => write!(f, "{file}: cannot be read"),
            LoadError::Json { file, source } if source.is_eof() => {
                write!(f, "{file}: breaks off at line {}; get the whole file", source.line())
            }
            LoadError::Json { file, .. } => write!(f, "{file}: is no JSON document"),
            LoadError::Form { file, why } => write!(f, "{file}: {why}"),
            LoadError::Empty { files } => write!(
                f,
                "{}: neither a record nor an account is there to load; give files that hold some",
                files.join(", ")
            ),
            LoadError::Value(bad) => {
                write!(f, "{}: field {}: value {}: must {}", bad.record, bad.field, bad.value, bad.rule)
            }
            LoadError::UnknownField { record, field } => {
                let field = shown_key(field);
                write!(f, "{record}: field {field}: is not known; records of this kind do not have it")
            }
            LoadError::MissingField { record, field } => {
                write!(f, "{record}: field {field}: is missing; records of this kind must have it")
            }
            LoadError::Twice(twice) => write_twice(twice, f),
            LoadError::Orphan { record, field, parent } => write!(
                f,
                "{record}: field {field}: {parent} is in none of the files; add it, or leave such records out \
                 with --skip-orphans"
            ),
            LoadError::PlainSecret { record, field } => write!(
                f,
                "{record}: field {field}: is a secret in clear; give a hash as {field}_hash, or allow it with \
                 --allow-plaintext-secrets"
            ),
            LoadError::Hash { record } => write!(f, "{record}: the password cannot be hashed"),
            LoadError::NotEmpty { place } => {
                write!(f, "{place}: holds a directory already; load into a new database")
            }
            LoadError::Store(error) => error.fmt(f),
        }
    }
}

fn write_twice(twice: &Twice, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Twice { first, second, field, first_value, second_value } = twice;
    write!(f, "{second}: field {field}: value {second_value}: must be unique, and {}", first.record)?;
    if first.file != second.file {
        write!(f, " of {}", first.file)?;
    }
    if first_value == second_value {
        f.write_str(" has it too")
    } else {
        let how =
            if field == "namespace" { "covers the same" } else { "is the same but for case and accents" };
        write!(f, " has {first_value}, which {how}")
    }
}

impl std::error::Error for LoadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            LoadError::Read { source, .. } => Some(source),
            LoadError::Json { source, .. } => Some(source),
            LoadError::Store(error) => error.source(),
            LoadError::Form { .. }
            | LoadError::Empty { .. }
            | LoadError::Value(_)
            | LoadError::UnknownField { .. }
            | LoadError::MissingField { .. }
            | LoadError::Twice(_)
            | LoadError::Orphan { .. }
            | LoadError::PlainSecret { .. }
            | LoadError::Hash { .. }
            | LoadError::NotEmpty { .. } => None,
        }
    }
}

impl From<store::Error> for LoadError {
    fn from(error: store::Error) -> LoadError {
        LoadError::Store(error)
    }
}

/// A key or word of a file: as it is when it is plain, and else in quotes and escaped as values are.
pub(super) fn shown_key(key: &str) -> Cow<'_, str> {
    let is_plain = !key.is_empty() && key.len() <= MOST && key.bytes().all(|byte| byte.is_ascii_graphic());
    if is_plain { Cow::Borrowed(key) } else { Cow::Owned(shown(&serde_json::Value::from(key))) }
}

/// Longest value that a message holds, in characters.
const MOST: usize = 60;

/// A JSON value, cut to what a message can hold.
pub(super) fn shown(json: &serde_json::Value) -> String {
    // JSON may hold control characters behind ASCII as they are, and a terminal obeys them.
    let text = json.to_string();
    let text = if text.contains(char::is_control) { escaped(&text) } else { text };
    match text.char_indices().nth(MOST) {
        None => text,
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            escaped.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            escaped.push(c);
        }
    }
    escaped
}
