//! A transformer's example, tried out for help: the rule is read, checked, planned and
//! run as one of a rule file is, on a made-up table of one row or two.

use crate::format::{Place, Wire, text};
use crate::pipeline::{Batch, mask};
use crate::plan::Plan;
use crate::rules::{RuleFile, check};
use crate::schema::{Column, DataType, Form, Name, Scalar, Schema, Table};
use crate::secret::Secret;
use crate::transform::{Example, Frequencies};

/// Masks nothing but examples: anybody can read it here.
const SECRET: &str = "6d617371756520736563726574206f6e6c7920666f722068656c702074657874";

/// A second row's value, for masks that move values between rows.
const NEIGHBOUR: &str = "51000";

/// Common values, for masks that draw from a column's own.
const COMMON: [(&str, u64); 3] = [("Paris", 600), ("Marseille", 300), ("Toulouse", 100)];

/// What the example's rule makes of its input, on a row whose `id` is 42.
pub(super) fn run(example: Example) -> Option<String> {
    let columns = vec![
        column("example", data_type(example.data_type)?),
        column("id", scalar("bigint")?),
        column("country", scalar("text")?),
    ];
    let mut schema = Schema { server_major: 17, tables: vec![table(columns)], ..Schema::default() };
    let rule = example.rule;
    let text = format!("masque = 1\n[table.example]\nexample = {rule}\nid = \"keep\"\ncountry = \"keep\"\n");
    let file = RuleFile::parse("example.toml", &text).ok()?;
    let rules = check(&file, &mut schema).ok()?;
    let mut frequencies = Frequencies::default();
    for column in rules.sampled(&schema).into_keys() {
        frequencies.insert(column, COMMON.map(|(value, count)| (value.to_owned(), count)).to_vec());
    }
    let secret = Secret::parse(SECRET).ok()?;
    let plan = Plan::new(schema, &rules, &secret, &frequencies, Some(Wire::Text)).ok()?;
    let plan = plan.tables.first()?;
    let mut batch = Batch::starting_at(0);
    let neighbour = plan.batch_masks().next().map(|_| NEIGHBOUR);
    for value in [Some(example.input), neighbour].into_iter().flatten() {
        let mut row = Vec::new();
        text::write_field(&mut row, Some(value.as_bytes()));
        row.extend_from_slice(b"\t42\tDE\n");
        batch.push(&row);
    }
    let masked = mask(plan, batch).ok()?;
    let end = *masked.ends.first()?;
    let (mut places, mut unescaped) = (vec![Place::Null; plan.columns.len()], Vec::new());
    text::find_fields(&masked.bytes, 0, end, &plan.selected, &mut places, &mut unescaped)?;
    let value = match places.first()? {
        Place::Null => return Some("NULL".to_owned()),
        Place::Batch(from, to) => masked.bytes.get(*from..*to)?,
        Place::Scratch(from, to) => unescaped.get(*from..*to)?,
    };
    String::from_utf8(value.to_vec()).ok()
}

fn table(columns: Vec<Column>) -> Table {
    Table::of(Name::new("public", "example"), columns)
}

fn column(name: &str, data_type: DataType) -> Column {
    Column::of(name, data_type)
}

/// A type by the names examples use.
fn data_type(name: &str) -> Option<DataType> {
    let of = |form| DataType { name: name.to_owned(), form, binary: true };
    if let Some(element) = name.strip_suffix("[]") {
        return Some(of(Form::Array(Box::new(data_type(element)?))));
    }
    let subtype = match name {
        "daterange" => Some("date"),
        "int4range" => Some("int4"),
        "int8range" => Some("int8"),
        "numrange" => Some("numeric"),
        "tsrange" => Some("timestamp"),
        "tstzrange" => Some("timestamptz"),
        _ => None,
    };
    if let Some(subtype) = subtype {
        return Some(of(Form::Range(Box::new(scalar(subtype)?))));
    }
    if name == "enum" {
        return Some(of(Form::Enum(["red", "green", "blue"].map(String::from).into())));
    }
    scalar(name)
}

fn scalar(name: &str) -> Option<DataType> {
    SCALARS
        .iter()
        .find(|(names, _)| names.contains(&name))
        .map(|(_, scalar)| DataType::scalar_of(name, *scalar))
}

/// The types that maskers tell apart, by the names a person may use; the first is shown.
const SCALARS: &[(&[&str], Scalar)] = &[
    (&["text", "citext"], Scalar::Text),
    (&["varchar", "character varying"], Scalar::Varchar(None)),
    (&["varchar(40)"], Scalar::Varchar(Some(40))),
    (&["boolean", "bool"], Scalar::Bool),
    (&["smallint", "int2"], Scalar::Int2),
    (&["integer", "int4", "int"], Scalar::Int4),
    (&["bigint", "int8"], Scalar::Int8),
    (&["real", "float4"], Scalar::Float4),
    (&["double precision", "float8"], Scalar::Float8),
    (&["numeric"], Scalar::Numeric(None)),
    (&["numeric(8,2)"], Scalar::Numeric(Some((8, 2)))),
    (&["bytea"], Scalar::Bytea),
    (&["date"], Scalar::Date),
    (&["time"], Scalar::Time),
    (&["timetz"], Scalar::TimeTz),
    (&["timestamp"], Scalar::Timestamp),
    (&["timestamptz"], Scalar::TimestampTz),
    (&["interval"], Scalar::Interval),
    (&["uuid"], Scalar::Uuid),
    (&["inet"], Scalar::Inet),
    (&["cidr"], Scalar::Cidr),
    (&["macaddr"], Scalar::Macaddr),
    (&["macaddr8"], Scalar::Macaddr8),
    (&["json"], Scalar::Json),
    (&["jsonb"], Scalar::Jsonb),
    (&["xml"], Scalar::Xml),
    (&["point"], Scalar::Point),
    (&["hstore"], Scalar::Hstore),
];

/// The types a transformer takes, in words.
pub(super) fn types(accepts: impl Fn(&DataType) -> bool) -> Vec<&'static str> {
    let shown = |name: &str| !name.contains('(') && name != "varchar";
    let names: Vec<_> = SCALARS
        .iter()
        .filter_map(|(names, scalar)| Some((names.first().copied()?, *scalar)))
        .filter(|(name, scalar)| shown(name) && accepts(&DataType::scalar_of(*name, *scalar)))
        .map(|(name, _)| name)
        .collect();
    let all = SCALARS.iter().filter_map(|(names, _)| names.first()).filter(|name| shown(name)).count();
    if names.len() == all { vec!["any"] } else { names.into_iter().chain(structures(accepts)).collect() }
}

fn structures(accepts: impl Fn(&DataType) -> bool) -> Vec<&'static str> {
    let text = || Box::new(DataType::scalar_of("text", Scalar::Text));
    let date = || Box::new(DataType::scalar_of("date", Scalar::Date));
    let known = [
        ("enum", Form::Enum(["red".to_owned()].into())),
        ("array", Form::Array(text())),
        ("range", Form::Range(date())),
        ("multirange", Form::Multirange(date())),
        ("composite", Form::Composite([("a".to_owned(), *text())].into())),
    ];
    let taken = known.into_iter().filter(|(name, form)| {
        accepts(&DataType { name: (*name).to_owned(), form: form.clone(), binary: true })
    });
    taken.map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::ALL;

    #[test]
    fn every_example_runs_and_its_output_is_not_its_input() {
        for transformer in ALL {
            let example = transformer.example();
            let masked = run(example);
            assert!(masked.is_some(), "{} does not run", transformer.name());
            assert_ne!(masked.as_deref(), Some(example.input), "{}", transformer.name());
            assert_eq!(masked, run(example), "{}", transformer.name());
        }
    }

    #[test]
    fn the_types_of_every_transformer_can_be_named() {
        for transformer in ALL {
            assert!(!types(|t| transformer.accepts(t)).is_empty(), "{}", transformer.name());
        }
        assert_eq!(types(DataType::is_text), ["text"]);
    }
}
