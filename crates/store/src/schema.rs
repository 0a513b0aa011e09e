//! Tables and constraints of the thirteen record types, made from the field table.

use std::fmt::Write;

use model::field::Preset;
use model::{AnyRecord, Field, Kind, Table, Tag, Value, choices, collate};

/// Values that no two records of a type may share, deleted ones included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unique {
    /// Name of the index; errors of the database name it.
    pub name: &'static str,
    /// The type.
    pub tag: Tag,
    /// The fields that are unique together. A record where one of them is null takes part in no clash.
    pub fields: &'static [&'static str],
    /// When two values are the same.
    pub same: Same,
}

/// When two values count as the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Same {
    /// When they are equal.
    Exact,
    /// When their [`collate::key`] is equal, which stands in the column `name_key`.
    Name,
    /// When they are equal but for ASCII case.
    Lower,
}

const fn unique(name: &'static str, tag: Tag, fields: &'static [&'static str]) -> Unique {
    Unique { name, tag, fields, same: Same::Exact }
}

const fn unique_name(name: &'static str, tag: Tag) -> Unique {
    Unique { name, tag, fields: &["name"], same: Same::Name }
}

/// Every uniqueness rule of the records.
pub const UNIQUE: &[Unique] = &[
    unique_name("org_name_key", Tag::Org),
    unique_name("campus_name_key", Tag::Campus),
    unique_name("fac_name_key", Tag::Fac),
    unique_name("ix_name_key", Tag::Ix),
    unique_name("net_name_key", Tag::Net),
    unique_name("carrier_name_key", Tag::Carrier),
    unique("net_asn_key", Tag::Net, &["asn"]),
    unique("ixpfx_prefix_key", Tag::Ixpfx, &["prefix"]),
    unique("netixlan_ipaddr4_key", Tag::Netixlan, &["ipaddr4"]),
    unique("netixlan_ipaddr6_key", Tag::Netixlan, &["ipaddr6"]),
    unique("netfac_net_id_fac_id_key", Tag::Netfac, &["net_id", "fac_id"]),
    unique("ixfac_ix_id_fac_id_key", Tag::Ixfac, &["ix_id", "fac_id"]),
    unique("carrierfac_carrier_id_fac_id_key", Tag::Carrierfac, &["carrier_id", "fac_id"]),
    Unique { name: "ixlan_arp_sponge_key", tag: Tag::Ixlan, fields: &["arp_sponge"], same: Same::Lower },
];

/// Rules that a row keeps by itself, beside those that follow from the kinds of its fields.
const CHECKS: &[(Tag, &str, &str)] = &[(Tag::Ixlan, "ixlan_same_id_check", "ix_id = id")];

impl Unique {
    /// What may not occur twice: texts that are equal when two records clash. `None` when the record takes no part.
    pub fn key(&self, record: &AnyRecord) -> Option<String> {
        let mut key = String::new();
        for field in self.fields {
            match record.value(field) {
                Value::Null => return None,
                Value::Int(n) => {
                    let _ = write!(key, "{n} ");
                }
                value => key.push_str(value.as_text().unwrap_or_default()),
            }
        }
        Some(match self.same {
            Same::Exact => key,
            Same::Name => collate::key(&key),
            Same::Lower => key.to_ascii_lowercase(),
        })
    }

    /// The indexed columns or expression.
    fn columns(&self) -> String {
        match self.same {
            Same::Exact => self.fields.join(", "),
            Same::Name => "name_key".to_owned(),
            Same::Lower => format!("lower({})", self.fields.join(", ")),
        }
    }

    /// The statement that makes the index.
    pub(crate) fn create_index(&self) -> String {
        format!("CREATE UNIQUE INDEX {} ON {} ({})", self.name, self.tag, self.columns())
    }
}

/// The types whose names are unique, and which therefore have a column `name_key`.
pub fn has_name_key(tag: Tag) -> bool {
    UNIQUE.iter().any(|unique| unique.tag == tag && unique.same == Same::Name)
}

/// The name of the unique index over columns written as `table.a, table.b`.
pub(crate) fn unique_by_columns(columns: &str) -> Option<&'static str> {
    UNIQUE
        .iter()
        .find(|unique| {
            let parts: Vec<String> =
                unique.columns().split(", ").map(|column| format!("{}.{column}", unique.tag)).collect();
            parts.join(", ") == columns
        })
        .map(|unique| unique.name)
}

/// The column definition of a stored field, without its table constraints.
pub(crate) fn column(tag: Tag, position: usize, field: &Field) -> String {
    let mut text = format!("{} {}", field.name, column_type(field.kind));
    if field.kind == Kind::Id {
        text.push_str(" PRIMARY KEY");
    }
    if !field.null {
        text.push_str(" NOT NULL");
    }
    if let Some(default) = default_literal(tag, position, field) {
        let _ = write!(text, " DEFAULT {default}");
    }
    if let Some(rule) = value_rule(field) {
        let _ = write!(text, " CONSTRAINT {tag}_{}_check CHECK ({rule})", field.name);
    }
    if let Kind::Ref(parent) = field.kind {
        // Deferred: a change set is consistent as a whole, whatever the order of its rows.
        let _ = write!(
            text,
            " CONSTRAINT {tag}_{}_fkey REFERENCES {parent} (id) DEFERRABLE INITIALLY DEFERRED",
            field.name
        );
    }
    text
}

/// The type of columns that hold numbers.
pub(crate) const INTEGER: &str = "INTEGER";

/// The type of a kind's column.
pub(crate) fn column_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Id | Kind::Ref(_) | Kind::Asn | Kind::Int { .. } | Kind::Bool | Kind::Time | Kind::Degrees => {
            INTEGER
        }
        Kind::Text { .. }
        | Kind::Url { .. }
        | Kind::Email
        | Kind::Phone { .. }
        | Kind::Choice(_)
        | Kind::MultiChoice(_)
        | Kind::Country
        | Kind::Ipv4
        | Kind::Ipv6
        | Kind::Prefix
        | Kind::Mac
        | Kind::Social
        | Kind::Words(_)
        | Kind::Nested => "TEXT",
    }
}

/// Lists that never hold other words, because the program's own types have no place for them. Other choice
/// columns may hold words that were choices once.
const CLOSED: [&[&str]; 3] = [choices::STATUS, choices::VISIBILITY, choices::PROTOCOLS];

fn value_rule(field: &Field) -> Option<String> {
    let name = field.name;
    match field.kind {
        Kind::Bool => Some(format!("{name} IN (0, 1)")),
        Kind::Choice(list) if CLOSED.contains(&list) => {
            let words: Vec<String> = list.iter().map(|word| format!("'{word}'")).collect();
            Some(format!("{name} IN ({})", words.join(", ")))
        }
        Kind::Id | Kind::Ref(_) => Some(format!("{name} BETWEEN 1 AND {}", u32::MAX)),
        Kind::Asn | Kind::Int { .. } => Some(format!("{name} BETWEEN 0 AND {}", u32::MAX)),
        Kind::Degrees => Some(format!("{name} BETWEEN -180000000 AND 180000000")),
        Kind::Choice(_)
        | Kind::Text { .. }
        | Kind::Url { .. }
        | Kind::Email
        | Kind::Phone { .. }
        | Kind::MultiChoice(_)
        | Kind::Country
        | Kind::Time
        | Kind::Ipv4
        | Kind::Ipv6
        | Kind::Prefix
        | Kind::Mac
        | Kind::Social
        | Kind::Words(_)
        | Kind::Nested => None,
    }
}

/// What rows get that were there before the column; needed by columns that may not be null.
fn default_literal(tag: Tag, position: usize, field: &Field) -> Option<String> {
    let has_no_empty_value =
        matches!(field.kind, Kind::Id | Kind::Ref(_) | Kind::Prefix | Kind::Time | Kind::Asn);
    if has_no_empty_value || (field.null && field.default == Preset::Empty) {
        return None;
    }
    let record = AnyRecord::new(tag);
    Some(match record.get(position) {
        Value::Bool(yes) => u8::from(yes).to_string(),
        Value::Int(n) => n.to_string(),
        Value::Degrees(degrees) => degrees.0.to_string(),
        Value::Time(time) => time.0.to_string(),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Multi(_) => "''".to_owned(),
        Value::Social(_) | Value::Words(_) => "'[]'".to_owned(),
        Value::Null => return None,
    })
}

/// Definition of the column that holds a name's key; rows that were there before get theirs when keys are rebuilt.
const NAME_KEY: &str = "name_key TEXT NOT NULL";

/// The statements that make the table of a type with its indexes.
pub(crate) fn create_table(table: Table) -> Vec<String> {
    let tag = table.tag;
    let mut lines = Vec::new();
    for (position, field) in table.stored() {
        lines.push(column(tag, position, field));
        if field.name == "name" && has_name_key(tag) {
            lines.push(NAME_KEY.to_owned());
        }
    }
    for (_, name, rule) in CHECKS.iter().filter(|(owner, _, _)| *owner == tag) {
        lines.push(format!("CONSTRAINT {name} CHECK ({rule})"));
    }
    let mut statements = vec![format!("CREATE TABLE {tag} (\n  {}\n) STRICT", lines.join(",\n  "))];
    let own = UNIQUE.iter().filter(|unique| unique.tag == tag);
    statements.extend(own.map(Unique::create_index));
    statements
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ddl(tag: Tag) -> String {
        create_table(tag.table()).join(";\n")
    }

    #[test]
    fn every_stored_field_has_a_column_of_its_own() {
        for tag in Tag::ALL {
            let text = ddl(tag);
            for (_, field) in tag.table().stored() {
                let starts = format!("\n  {} ", field.name);
                assert_eq!(text.matches(&starts).count(), 1, "{tag}.{}", field.name);
            }
        }
    }

    #[test]
    fn the_rules_that_must_never_break_are_constraints() {
        let net = ddl(Tag::Net);
        for part in [
            "id INTEGER PRIMARY KEY NOT NULL CONSTRAINT net_id_check CHECK (id BETWEEN 1 AND 4294967295)",
            "org_id INTEGER NOT NULL CONSTRAINT net_org_id_check CHECK (org_id BETWEEN 1 AND 4294967295) \
             CONSTRAINT net_org_id_fkey REFERENCES org (id) DEFERRABLE INITIALLY DEFERRED",
            "status TEXT NOT NULL DEFAULT 'ok' CONSTRAINT net_status_check \
             CHECK (status IN ('ok', 'pending', 'deleted'))",
            "info_unicast INTEGER NOT NULL DEFAULT 0 CONSTRAINT net_info_unicast_check \
             CHECK (info_unicast IN (0, 1))",
            "name_key TEXT NOT NULL",
            "CREATE UNIQUE INDEX net_asn_key ON net (asn)",
            "CREATE UNIQUE INDEX net_name_key ON net (name_key)",
        ] {
            assert!(net.contains(part), "{part}\n{net}");
        }
        let ixlan = ddl(Tag::Ixlan);
        for part in ["CHECK (ix_id = id)", "ON ixlan (lower(arp_sponge))", "arp_sponge TEXT,"] {
            assert!(ixlan.contains(part), "{part}\n{ixlan}");
        }
    }

    #[test]
    fn uniqueness_speaks_of_stored_fields() {
        for unique in UNIQUE {
            for field in unique.fields {
                assert!(unique.tag.table().field(field).is_some_and(Field::is_stored), "{}", unique.name);
            }
        }
    }

    #[test]
    fn clashes_ignore_what_does_not_count() {
        let named =
            |name: &str| AnyRecord::from(model::records::Org { name: name.into(), ..Default::default() });
        let rule = &UNIQUE[0];
        assert_eq!(rule.key(&named("Zürich IX")), rule.key(&named("ZURICH ix")));
        let port = AnyRecord::new(Tag::Netixlan);
        let by_address = UNIQUE.iter().find(|rule| rule.name == "netixlan_ipaddr4_key").expect("listed");
        assert_eq!(by_address.key(&port), None);
    }
}
