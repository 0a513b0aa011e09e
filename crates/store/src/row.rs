//! Records to and from rows, by the kinds of their fields.

use std::borrow::Cow;

use model::json::{write_social, write_strings};
use model::{AnyRecord, Degrees, Field, Kind, MultiChoice, Table, Time, Value, collate};

use crate::error::Error;
use crate::schema::{INTEGER, column_type};
use crate::session::{Cell, Row};
use crate::sql::{Written, written};

/// Turns a field's value into the form of its column.
pub(crate) fn to_cell<'a>(kind: Kind, value: Value<'a>) -> Cell<'a> {
    match value {
        Value::Null => Cell::Null,
        Value::Bool(yes) => Cell::Int(i64::from(yes)),
        Value::Int(n) => Cell::Int(n),
        Value::Degrees(degrees) => Cell::Int(i64::from(degrees.0)),
        Value::Time(time) => Cell::Int(time.0),
        Value::Text(text) => Cell::Text(text),
        // The field table gives sets to fields of this kind only.
        Value::Multi(set) => {
            let choices = if let Kind::MultiChoice(choices) = kind { choices } else { &[] };
            Cell::Text(Cow::Owned(set.csv(choices)))
        }
        Value::Social(links) => {
            let mut text = String::new();
            write_social(&links, &mut text);
            Cell::Text(Cow::Owned(text))
        }
        Value::Words(words) => {
            let mut text = String::new();
            write_strings(words.iter().map(|word| &**word), &mut text);
            Cell::Text(Cow::Owned(text))
        }
    }
}

/// Turns the content of a column into a field's value.
///
/// # Errors
/// What is wrong with the content; completes "column x …".
pub(crate) fn from_cell<'a>(field: &Field, cell: Cell<'a>) -> Result<Value<'a>, &'static str> {
    match (field.kind, cell) {
        (_, Cell::Null) => Ok(Value::Null),
        (Kind::Bool, Cell::Int(n)) => Ok(Value::Bool(n != 0)),
        (Kind::Time, Cell::Int(n)) => Ok(Value::Time(Time(n))),
        (Kind::Degrees, Cell::Int(n)) => {
            i32::try_from(n).map(|n| Value::Degrees(Degrees(n))).map_err(|_| "is out of range")
        }
        (Kind::MultiChoice(choices), Cell::Text(text)) => read_csv(choices, &text).map(Value::Multi),
        (Kind::Social | Kind::Words(_), Cell::Text(text)) if text == "[]" => Ok(empty_list(field.kind)),
        (Kind::Social | Kind::Words(_), Cell::Text(text)) => {
            let json = serde_json::from_str(&text).map_err(|_| "is no JSON")?;
            field.read_json(&json).map_err(|_| "holds JSON of another form")
        }
        (kind, cell) => match (is_integer(kind), cell) {
            (true, Cell::Int(n)) => Ok(Value::Int(n)),
            (false, Cell::Text(text)) => Ok(Value::Text(text)),
            _ => Err("has another type"),
        },
    }
}

fn empty_list(kind: Kind) -> Value<'static> {
    if kind == Kind::Social { Value::Social(Cow::Borrowed(&[])) } else { Value::Words(Cow::Borrowed(&[])) }
}

/// Whether the kind's column holds integers.
fn is_integer(kind: Kind) -> bool {
    column_type(kind) == INTEGER
}

fn read_csv(choices: &[&'static str], text: &str) -> Result<MultiChoice, &'static str> {
    let mut set = MultiChoice::default();
    let mut words = text.split(',').filter(|word| !word.is_empty());
    match words.all(|word| set.insert(choices, word)) {
        true => Ok(set),
        false => Err("holds a word that is no choice"),
    }
}

/// The written columns of a record.
pub(crate) fn cells(record: &AnyRecord) -> impl Iterator<Item = Cell<'_>> {
    written(record.tag().table()).map(|(_, column)| match column {
        Written::Field(position, field) => to_cell(field.kind, record.get(position)),
        Written::NameKey(position) => {
            let name = record.get(position);
            Cell::Text(Cow::Owned(collate::key(name.as_text().unwrap_or_default())))
        }
    })
}

/// Reads a row of [`crate::sql::select_all`].
pub(crate) fn read(table: Table, row: &Row) -> Result<AnyRecord, Error> {
    match row {
        Row::Sqlite(_) => read_packed(table, row.get(0)?),
        Row::Postgres(_) => read_columns(table, row),
    }
}

/// Reads a row that came as its columns.
fn read_columns(table: Table, row: &Row) -> Result<AnyRecord, Error> {
    let mut record = AnyRecord::new(table.tag);
    for (at, (position, field)) in table.stored().enumerate() {
        let cell = match is_integer(field.kind) {
            true => row.get::<Option<i64>>(at)?.map_or(Cell::Null, Cell::Int),
            false => row.get::<Option<&str>>(at)?.map_or(Cell::Null, |text| Cell::Text(Cow::Borrowed(text))),
        };
        put(&mut record, position, field, from_cell(field, cell))?;
    }
    Ok(record)
}

/// Reads a row that came as one text.
fn read_packed(table: Table, packed: &str) -> Result<AnyRecord, Error> {
    let mut record = AnyRecord::new(table.tag);
    let mut parts = packed.split('\0');
    for (position, field) in table.stored() {
        let value = parts.next().ok_or("is missing").and_then(|part| unpack(field, part));
        put(&mut record, position, field, value)?;
    }
    match parts.next() {
        None => Ok(record),
        Some(_) => Err(corrupt(&record, "id", "stands in a row that holds a NUL")),
    }
}

fn put(
    record: &mut AnyRecord,
    position: usize,
    field: &Field,
    value: Result<Value<'_>, &'static str>,
) -> Result<(), Error> {
    value
        .and_then(|value| record.put(position, value).map_err(|_| "does not fit its field"))
        .map_err(|why| corrupt(record, field.name, why))
}

fn corrupt(record: &AnyRecord, column: &'static str, why: &'static str) -> Error {
    Error::Corrupt { table: record.tag().as_str(), id: i64::from(record.id()), column, why }
}

fn unpack<'a>(field: &Field, part: &'a str) -> Result<Value<'a>, &'static str> {
    let text = match (field.null, part.strip_prefix('=')) {
        (false, _) => part,
        (true, Some(text)) => text,
        (true, None) => return Ok(Value::Null),
    };
    let cell = match is_integer(field.kind) {
        true => text.parse().map(Cell::Int).map_err(|_| "is no integer")?,
        false => Cell::Text(Cow::Borrowed(text)),
    };
    from_cell(field, cell)
}

#[cfg(test)]
mod tests {
    use model::Tag;

    use super::*;

    /// What the database makes of a record.
    fn pack(record: &AnyRecord) -> String {
        let pack = |(position, field): (usize, &Field)| {
            let cell = match to_cell(field.kind, record.get(position)) {
                Cell::Null => return String::new(),
                Cell::Int(n) => n.to_string(),
                Cell::Text(text) => text.into_owned(),
                Cell::Real(_) | Cell::Bytes(_) => unreachable!("no field is of this form"),
            };
            if field.null { format!("={cell}") } else { cell }
        };
        record.tag().table().stored().map(pack).collect::<Vec<_>>().join("\0")
    }

    #[test]
    fn rows_are_taken_apart_as_they_were_put_together() {
        for tag in Tag::ALL {
            let record = AnyRecord::new(tag);
            let packed = pack(&record);
            assert_eq!(read_packed(tag.table(), &packed).ok(), Some(record), "{tag}");
            for damaged in [format!("{packed}\0"), packed.replacen('\0', "", 1), String::new()] {
                assert!(read_packed(tag.table(), &damaged).is_err(), "{tag}");
            }
        }
    }

    #[test]
    fn null_and_the_empty_text_stay_apart() {
        let logo = Tag::Net.table().field("logo").expect("declared");
        assert_eq!(unpack(logo, ""), Ok(Value::Null));
        assert_eq!(unpack(logo, "="), Ok(Value::text("")));
        assert_eq!(unpack(logo, "=="), Ok(Value::text("=")));
    }

    #[test]
    fn every_default_survives_its_column() {
        for tag in Tag::ALL {
            let record = AnyRecord::new(tag);
            for (position, field) in tag.table().stored() {
                let cell = to_cell(field.kind, record.get(position));
                assert_eq!(from_cell(field, cell), Ok(record.get(position)), "{tag}.{}", field.name);
            }
        }
    }

    #[test]
    fn sets_are_words_in_the_order_of_the_list() {
        let field = Tag::Net.table().field("info_types").expect("declared");
        let set = Value::Multi(MultiChoice(0b11));
        assert_eq!(to_cell(field.kind, set.clone()), Cell::Text("NSP,Content".into()));
        assert_eq!(from_cell(field, Cell::Text("Content,NSP".into())), Ok(set));
        assert!(from_cell(field, Cell::Text("NSP,Bakery".into())).is_err());
    }

    #[test]
    fn content_of_another_type_is_told() {
        let asn = Tag::Net.table().field("asn").expect("declared");
        assert_eq!(from_cell(asn, Cell::Text("1".into())), Err("has another type"));
        let social = Tag::Net.table().field("social_media").expect("declared");
        assert_eq!(from_cell(social, Cell::Text("{".into())), Err("is no JSON"));
    }
}
