//! The mask of a type: for `unlisted = "mask"`, and to propose in help.
//!
//! Each type has a few rules, the best first; the first that the registry knows and
//! that binds to the column is its mask. All are consistent, so that keys masked by
//! default still match, and all read every value of their type. What is in a
//! document is emptied leaf by leaf: no one mask takes texts, numbers and truths.

use super::decision::Place;
use super::fit::takes;
use super::reader::{Reader, Registry};
use super::{spelling, trial};
use crate::diagnostic::SourceFile;
use crate::schema::{ColumnId, DataType, Form, KeyKind, Scalar, Schema};
use crate::transform::{Decision, Rule};
use std::sync::Arc;
use toml_edit::Document;

/// A rule for any value of a type, as it stands in a rule file.
#[must_use]
pub fn default_rule(data_type: &DataType) -> Option<String> {
    DefaultMasks::new(crate::transform::ALL).written(data_type)
}

/// How deep composites of arrays of composites are followed.
const DEEPEST: u8 = 8;

/// The masks by type that the registry has.
pub(super) struct DefaultMasks {
    registry: Registry,
}

impl DefaultMasks {
    pub(super) fn new(registry: Registry) -> Self {
        Self { registry }
    }

    /// The mask of a column, if its type has one.
    pub(super) fn of(&self, schema: &Schema, id: ColumnId) -> Option<Rule> {
        let column = schema.column(id)?;
        let counted = counting(schema, id);
        let mut found = self.rules(&column.data_type, &counted, DEEPEST).into_iter();
        found.find_map(|written| {
            let rule = self.read(&written)?;
            (takes(rule.with, &column.data_type) && trial::binds(schema, id, &rule)).then_some(rule)
        })
    }

    /// A rule to propose for a type, as it stands in a rule file.
    pub(super) fn written(&self, data_type: &DataType) -> Option<String> {
        let plain = ["\"integer\"".to_owned()];
        let found = self.rules(data_type, &plain, DEEPEST).into_iter();
        found
            .map(|written| (self.read(&written), written))
            .find_map(|(rule, written)| takes(rule?.with, data_type).then_some(written))
    }

    /// The rules to try for a type; `counted` are those of a whole number.
    fn rules(&self, data_type: &DataType, counted: &[String], depth: u8) -> Vec<String> {
        if depth == 0 {
            return Vec::new();
        }
        if data_type.base().name.rsplit('.').next() == Some("hstore") {
            return vec![r#"{ with = "each", members = { "*" = "letters" } }"#.to_owned()];
        }
        let inner = |data_type: &DataType| self.first(data_type, counted, depth - 1);
        match &data_type.base().form {
            Form::Enum(_) => vec!["\"choose\"".to_owned()],
            Form::Composite(members) => {
                let member = |(name, data_type): &(String, DataType)| {
                    Some(format!("{} = {}", spelling::key(name), inner(data_type)?))
                };
                let members: Option<Vec<_>> = members.iter().map(member).collect();
                let rule = |members: Vec<String>| {
                    format!("{{ with = \"each\", members = {{ {} }} }}", members.join(", "))
                };
                members.map(rule).into_iter().collect()
            }
            Form::Array(element) | Form::Range(element) | Form::Multirange(element) => inner(element)
                .map(|rule| format!("{{ with = \"each\", element = {rule} }}"))
                .into_iter()
                .collect(),
            Form::Scalar(scalar) => of_scalar(*scalar, counted),
            Form::Domain(_) => Vec::new(),
        }
    }

    fn first(&self, data_type: &DataType, counted: &[String], depth: u8) -> Option<String> {
        let rules = self.rules(data_type, counted, depth);
        rules.into_iter().find(|written| self.read(written).is_some_and(|rule| takes(rule.with, data_type)))
    }

    /// Reads a rule; `None` where the registry has no such transformer or parameter.
    fn read(&self, written: &str) -> Option<Rule> {
        let file = SourceFile { name: "masque:default".to_owned(), text: format!("rule = {written}") };
        let mut reader = Reader::new(Arc::new(file), self.registry);
        let document = Document::parse(reader.file.text.clone()).ok()?;
        let item = document.get("rule")?;
        let span = reader.span(item.span());
        match reader.decision(item, &span, Place::Column)? {
            Decision::Mask(rule) => Some(*rule),
            _ => None,
        }
    }
}

fn of_scalar(scalar: Scalar, counted: &[String]) -> Vec<String> {
    let rules: &[&str] = match scalar {
        Scalar::Bool => &["\"boolean\"", "\"choose\""],
        Scalar::Int2 | Scalar::Int4 | Scalar::Int8 | Scalar::Numeric(Some((_, 0))) => {
            return counted.to_vec();
        }
        Scalar::Float4 | Scalar::Float8 | Scalar::Numeric(_) => {
            &["{ with = \"noise\", ratio = 0.25 }", "\"digits\""]
        }
        Scalar::Text | Scalar::Varchar(_) | Scalar::Char(_) => &["\"letters\"", "\"token\""],
        Scalar::Bytea => &["\"bytes\"", "\"token\""],
        Scalar::Date | Scalar::Timestamp | Scalar::TimestampTz => {
            &["{ with = \"date_shift\", within = \"30 days\" }"]
        }
        Scalar::Time | Scalar::TimeTz => &["{ with = \"noise\", amount = \"2 hours\" }"],
        Scalar::Interval => &["{ with = \"noise\", ratio = 0.25 }"],
        Scalar::Uuid => &["\"uuid\"", "\"token\""],
        Scalar::Inet | Scalar::Cidr => &["\"ip\""],
        Scalar::Macaddr | Scalar::Macaddr8 => &["\"mac\""],
        Scalar::Json | Scalar::Jsonb => &["{ with = \"json\", default = \"null\" }"],
        Scalar::Xml => &["{ with = \"xml\", default = \"letters\" }"],
        Scalar::Hstore => &["{ with = \"each\", default = \"letters\" }"],
        Scalar::Point => &["{ with = \"geo\", within = \"10 km\" }"],
        Scalar::Other => &[],
    };
    rules.iter().map(|rule| (*rule).to_owned()).collect()
}

/// The rules of a whole number: a key that a sequence counts stays in its range,
/// another key is permuted within its type, and what is no key is an amount.
fn counting(schema: &Schema, id: ColumnId) -> Vec<String> {
    let root = schema.root(id);
    let plain = "\"integer\"".to_owned();
    let column = schema.column(root);
    if column.is_some_and(|column| column.sequence.is_some()) {
        return vec![plain];
    }
    let whole = column
        .map(|column| limits(&column.data_type))
        .map(|(min, max)| format!("{{ with = \"integer\", min = {min}, max = {max} }}"));
    let key = schema.is_pointed_at(root)
        || schema.table(root.table).is_some_and(|table| {
            table.keys.iter().any(|key| key.kind != KeyKind::Exclusion && key.columns.contains(&root.column))
        });
    let amount = "{ with = \"noise\", ratio = 0.25 }".to_owned();
    let first = if key { None } else { Some(amount) };
    first.into_iter().chain(whole).chain([plain]).collect()
}

/// The range of a whole number's type, as far as a rule file can write it.
fn limits(data_type: &DataType) -> (i64, i64) {
    let inner = data_type.element().unwrap_or(data_type);
    match inner.scalar() {
        Some(Scalar::Int2) => (i16::MIN.into(), i16::MAX.into()),
        Some(Scalar::Int4) => (i32::MIN.into(), i32::MAX.into()),
        Some(Scalar::Numeric(Some((precision, _)))) if precision < 19 => {
            let most = 10_i64.pow(precision.into()) - 1;
            (-most, most)
        }
        _ => (i64::MIN, i64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Column, Name, Sequence, Table};
    use crate::transform::{ALL, find};

    fn column(data_type: DataType) -> Column {
        Column::of("c", data_type)
    }

    fn schema(data_type: DataType) -> Schema {
        let table =
            Table { estimated_rows: 10, ..Table::of(Name::new("public", "t"), vec![column(data_type)]) };
        Schema { tables: vec![table], ..Schema::default() }
    }

    fn mask(schema: &Schema) -> Option<String> {
        let found = DefaultMasks::new(ALL).of(schema, ColumnId { table: 0, column: 0 });
        found.map(|rule| spelling::rule(&rule))
    }

    fn scalar(scalar: Scalar) -> DataType {
        DataType::scalar_of(format!("{scalar:?}"), scalar)
    }

    fn form(name: &str, form: Form) -> DataType {
        DataType { name: name.to_owned(), form, binary: true }
    }

    #[test]
    fn every_type_but_the_unknown_has_a_mask() {
        let noise = find("noise").is_some();
        for (of, needs) in [
            (Scalar::Bool, "choose"),
            (Scalar::Int2, "integer"),
            (Scalar::Int8, "integer"),
            (Scalar::Float8, "noise"),
            (Scalar::Numeric(None), "digits"),
            (Scalar::Numeric(Some((10, 2))), "digits"),
            (Scalar::Numeric(Some((10, 0))), "integer"),
            (Scalar::Text, "letters"),
            (Scalar::Varchar(Some(1)), "letters"),
            (Scalar::Char(9), "letters"),
            (Scalar::Bytea, "token"),
            (Scalar::Date, "date_shift"),
            (Scalar::TimestampTz, "date_shift"),
            (Scalar::Time, "noise"),
            (Scalar::Interval, "noise"),
            (Scalar::Uuid, "uuid"),
            (Scalar::Inet, "ip"),
            (Scalar::Cidr, "ip"),
            (Scalar::Macaddr, "mac"),
            (Scalar::Macaddr8, "mac"),
            (Scalar::Json, "json"),
            (Scalar::Jsonb, "json"),
            (Scalar::Xml, "xml"),
        ] {
            let found = mask(&schema(scalar(of)));
            assert_eq!(found.is_some(), find(needs).is_some(), "{of:?}: {found:?}");
        }
        assert_eq!(mask(&schema(scalar(Scalar::Other))), None);
        let numeric = mask(&schema(scalar(Scalar::Numeric(None)))).unwrap();
        assert_eq!(numeric.contains("noise"), noise, "{numeric}");
    }

    #[test]
    fn containers_are_masked_by_what_is_in_them() {
        let of = |form_of: Form| mask(&schema(form("x", form_of)));
        let text = || Box::new(scalar(Scalar::Text));
        assert_eq!(of(Form::Enum(Arc::from(["a".to_owned()]))).as_deref(), Some("\"choose\""));
        assert_eq!(of(Form::Domain(text())).as_deref(), Some("\"letters\""));
        assert_eq!(of(Form::Array(text())).as_deref(), Some("{ with = \"each\", element = \"letters\" }"));
        assert!(of(Form::Range(Box::new(scalar(Scalar::Date)))).unwrap().contains("date_shift"));
        let member = |name: &str, of: Scalar| (name.to_owned(), scalar(of));
        let point = form(
            "pair",
            Form::Composite(Arc::from([member("a b", Scalar::Text), member("u", Scalar::Uuid)])),
        );
        let members = "{ with = \"each\", members = { \"a b\" = \"letters\", \"u\" = \"uuid\" } }";
        assert_eq!(mask(&schema(point.clone())).as_deref(), Some(members));
        assert!(of(Form::Array(Box::new(point))).unwrap().contains("members"));
        let unknown = form("odd", Form::Composite(Arc::from([member("p", Scalar::Other)])));
        assert_eq!(mask(&schema(unknown)), None, "a member without a mask leaves the whole undecided");
    }

    #[test]
    fn a_counted_key_stays_in_its_range() {
        let mut schema = schema(scalar(Scalar::Int4));
        schema.sequences.push(Sequence {
            name: Name::new("public", "s"),
            column: Some((0, 0)),
            shared: Vec::new(),
            last_value: 7,
            is_called: true,
            increment: 1,
            max_value: 9,
            min_value: 1,
        });
        schema.tables[0].columns[0].sequence = Some(0);
        assert_eq!(mask(&schema).as_deref(), Some("\"integer\""));
    }
}
