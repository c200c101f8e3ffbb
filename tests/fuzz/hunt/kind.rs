//! Every transformer on every type it takes, ready to mask a row of one table.

use masque::format::Wire;
use masque::plan::{Plan, TablePlan};
use masque::rules::{RuleFile, check};
use masque::schema::{Column, ColumnId, DataType, Form, Name, Scalar, Schema, Table};
use masque::secret::Secret;
use masque::transform::{ALL, Frequencies, Transformer};
use std::sync::{Arc, OnceLock};

use super::CANARY;

/// A type, and what it can hold in text form.
pub(crate) struct Kind {
    /// As [`data_type`] knows it.
    pub(crate) name: &'static str,
    /// Values in text form.
    pub(crate) values: &'static [&'static str],
}

const fn kind(name: &'static str, values: &'static [&'static str]) -> Kind {
    Kind { name, values }
}

/// The types.
pub(crate) const KINDS: &[Kind] = &[
    kind("text", &["Ann Smith", "ann@corp.example", "+1 415 555 0134", "4111 1111 1111 1111", CANARY, "Zoë"]),
    kind("varchar(12)", &["O'NEILL", "10.1.2.3", "DE-1234", "王小明"]),
    kind("char(40)", &["Ann", "bob@corp.example", "https://ann.example/a?b=c#d"]),
    kind("bool", &["t", "f"]),
    kind("int2", &["1", "-32768"]),
    kind("int4", &["42", "2147483647"]),
    kind("int8", &["900", "-9223372036854775808"]),
    kind("numeric", &["12.50", "-3", "NaN", "123456789012345678901234567890.000000001"]),
    kind("numeric(6,2)", &["12.50", "-0.07"]),
    kind("float4", &["1.5", "NaN"]),
    kind("float8", &["37.25", "-Infinity", "5e-324"]),
    kind("bytea", &["\\x0001ff", "\\x"]),
    kind("date", &["1984-02-29", "infinity", "0044-03-15 BC"]),
    kind("time", &["12:30:00", "24:00:00"]),
    kind("timetz", &["12:30:00+05:30", "24:00:00-15:59:59"]),
    kind("timestamp", &["1984-02-29 12:00:00", "-infinity"]),
    kind("timestamptz", &["1984-02-29 12:00:00.123456+00"]),
    kind("interval", &["1 year 2 mons -3 days +04:05:06.789", "-00:00:01"]),
    kind("point", &["(13.37,52.52)", "(-180,90)"]),
    kind("uuid", &["f81d4fae-7dec-41d0-a765-00a0c91e6bf6"]),
    kind("inet", &["10.1.2.3", "8.8.8.8/24", "2a00::1"]),
    kind("cidr", &["10.1.2.0/24"]),
    kind("macaddr", &["08:00:2b:01:02:03"]),
    kind("macaddr8", &["08:00:2b:ff:fe:01:02:03"]),
    kind("json", &["{\"email\": \"ann@corp.example\", \"n\": [1.5e3, null, \"\\u00e9\"]}", "[1, {}]", "7"]),
    kind("jsonb", &["{\"email\": \"ann@corp.example\", \"plan\": 2}", "\"Xqvander93841\""]),
    kind("xml", &["<a b='ann@corp.example'>Ann &amp; Bob<![CDATA[<x>]]><!-- c --><?p d?></a>", "<a/>t<b/>"]),
    kind("hstore", &["\"mail\"=>\"ann@corp.example\", \"x\"=>NULL", ""]),
    kind("enum", &["red"]),
    kind("other", &["fat:1A cat:2"]),
    kind("text[]", &["{ann@corp.example,NULL,\"\"}", "{{a,b},{c,d}}", "[0:1]={zero,\"one, \\\"two\\\"\"}"]),
    kind("int4[]", &["{1,2,NULL}", "{}"]),
    kind("date[]", &["{1984-02-29,infinity}"]),
    kind("jsonb[]", &["{\"{\\\"email\\\": \\\"ann@corp.example\\\"}\",NULL}"]),
    kind("int4range", &["[1,5)", "(,)", "empty"]),
    kind("numrange", &["(1.5,2.5]", "[,3)"]),
    kind("daterange", &["[2024-01-01,2024-01-31)"]),
    kind("datemultirange", &["{[2024-01-01,2024-01-31),[2024-03-01,)}", "{}"]),
    kind("int4multirange", &["{[1,3),[5,9)}"]),
    kind("composite", &["(a,1.50,\"{x,NULL}\")", "(,,)", "(\"x, \"\"y\"\" \\\\ (z)\",-1,{})"]),
    kind("composite[]", &["{\"(a,1.50,{})\",NULL}"]),
    kind("domain", &["ann@corp.example"]),
];

/// The type of that name.
fn data_type(name: &str) -> DataType {
    let of = |form: fn(Box<DataType>) -> Form, inner: &str| DataType {
        name: name.into(),
        form: form(Box::new(data_type(inner))),
        binary: true,
    };
    let form = |form| DataType { name: name.into(), form, binary: true };
    if let Some(element) = name.strip_suffix("[]") {
        return of(Form::Array, element);
    }
    let scalar = match name {
        "text" => Scalar::Text,
        "varchar(12)" => Scalar::Varchar(Some(12)),
        "char(40)" => Scalar::Char(40),
        "bool" => Scalar::Bool,
        "int2" => Scalar::Int2,
        "int4" => Scalar::Int4,
        "int8" => Scalar::Int8,
        "float4" => Scalar::Float4,
        "float8" => Scalar::Float8,
        "numeric" => Scalar::Numeric(None),
        "numeric(6,2)" => Scalar::Numeric(Some((6, 2))),
        "bytea" => Scalar::Bytea,
        "date" => Scalar::Date,
        "time" => Scalar::Time,
        "timetz" => Scalar::TimeTz,
        "timestamp" => Scalar::Timestamp,
        "timestamptz" => Scalar::TimestampTz,
        "interval" => Scalar::Interval,
        "point" => Scalar::Point,
        "uuid" => Scalar::Uuid,
        "inet" => Scalar::Inet,
        "cidr" => Scalar::Cidr,
        "macaddr" => Scalar::Macaddr,
        "macaddr8" => Scalar::Macaddr8,
        "json" => Scalar::Json,
        "jsonb" => Scalar::Jsonb,
        "xml" => Scalar::Xml,
        "hstore" => Scalar::Hstore,
        "int4range" => return of(Form::Range, "int4"),
        "numrange" => return of(Form::Range, "numeric"),
        "daterange" => return of(Form::Range, "date"),
        "datemultirange" => return of(Form::Multirange, "date"),
        "int4multirange" => return of(Form::Multirange, "int4"),
        "domain" => return of(Form::Domain, "text"),
        "enum" => return form(Form::Enum(["red", "green"].map(String::from).into())),
        "composite" => {
            let members = [("name", "text"), ("price", "numeric"), ("tags", "text[]")];
            return form(Form::Composite(members.map(|(name, of)| (name.to_owned(), data_type(of))).into()));
        }
        _ => Scalar::Other,
    };
    DataType::scalar_of(name, scalar)
}

/// What stands beside the value in every row, for masks that read it.
pub(crate) const SIBLINGS: [(&str, &str); 6] = [
    ("id", "42"),
    ("first_name", "Ann"),
    ("last_name", "Smith"),
    ("email", "ann@corp.example"),
    ("city", "Berlin"),
    ("country", "DE"),
];

/// A transformer bound to a type.
pub(crate) struct Subject {
    /// The transformer.
    pub(crate) with: &'static str,
    /// The type.
    pub(crate) on: &'static Kind,
    /// The type of its column.
    pub(crate) data_type: DataType,
    rule: String,
    plans: [OnceLock<Option<Arc<TablePlan>>>; 2],
}

impl Subject {
    /// The plan of its table; `None` where it can't travel so.
    pub(crate) fn plan(&self, wire: Wire) -> Option<&Arc<TablePlan>> {
        self.plans.get(usize::from(wire == Wire::Binary))?.get_or_init(|| self.bind(wire)).as_ref()
    }

    fn bind(&self, wire: Wire) -> Option<Arc<TablePlan>> {
        plan(&self.rule, &self.data_type, wire)
    }
}

/// The plan of a table whose last column has this rule.
pub(crate) fn plan(rule: &str, on: &DataType, wire: Wire) -> Option<Arc<TablePlan>> {
    let kept = SIBLINGS.map(|(name, _)| format!("{name} = \"keep\"\n")).concat();
    let file =
        RuleFile::parse("hunt.toml", &format!("masque = 1\n[table.hunted]\n{kept}value = {rule}\n")).ok()?;
    let mut schema = schema(on);
    let checked = check(&file, &mut schema).ok()?;
    let secret = Secret::parse(&"5e".repeat(32)).ok()?;
    let mut frequencies = Frequencies::default();
    let common = ["red", "ann@corp.example", "1", "Berlin"].map(|value| (value.to_owned(), 100));
    frequencies.insert(ColumnId { table: 0, column: SIBLINGS.len() }, common.to_vec());
    let plan = Plan::new(schema, &checked, &secret, &frequencies, Some(wire)).ok()?;
    plan.tables.first().cloned()
}

/// A schema of one table, whose last column is of this type.
pub(crate) fn schema(on: &DataType) -> Schema {
    let mut columns: Vec<Column> = SIBLINGS.map(|(name, _)| Column::of(name, data_type("text"))).into();
    columns.push(Column::of("value", on.clone()));
    Schema {
        server_major: 17,
        tables: vec![Table::of(Name::new("public", "hunted"), columns)],
        ..Schema::default()
    }
}

/// Every pair that can be bound as text; a program is no reader of ours.
pub(crate) fn subjects() -> &'static [Subject] {
    static SUBJECTS: OnceLock<Vec<Subject>> = OnceLock::new();
    SUBJECTS.get_or_init(|| {
        let of = |on: &'static Kind| {
            let all = ALL.iter().filter(|with| with.name() != "command");
            all.filter_map(move |with| subject(*with, on))
        };
        KINDS.iter().flat_map(of).collect()
    })
}

fn takes(with: &dyn Transformer, on: &DataType) -> bool {
    let mut data_type = Some(on);
    while let Some(inner) = data_type {
        if with.accepts(inner) || with.accepts(inner.base()) {
            return true;
        }
        data_type = inner.element();
    }
    false
}

fn subject(with: &dyn Transformer, on: &'static Kind) -> Option<Subject> {
    let data_type = data_type(on.name);
    if !takes(with, &data_type) {
        return None;
    }
    // What goes deeper than the examples do.
    let deeper = match on.name {
        "composite" => r#"{ with = "each", default = "keep", members = { name = "letters" } }"#,
        "composite[]" => {
            r#"{ with = "each", element = { with = "each", default = "keep", members = { tags = "letters" } } }"#
        }
        "hstore" => r#"{ with = "each", default = "letters", members = { mail = "email" } }"#,
        "json" | "jsonb" => {
            r#"{ with = "json", default = "keep", paths = { "$..email" = "email", "$.a[*]" = "letters" } }"#
        }
        "xml" => {
            r#"{ with = "xml", default = "letters", paths = { "//@b" = "email", "//comment()" = "keep" } }"#
        }
        _ => "",
    };
    let written = [deeper.to_owned(), with.example().rule.to_owned(), format!("\"{}\"", with.name())];
    let rules = written.into_iter().filter(|rule| rule.contains(&format!("\"{}\"", with.name())));
    rules
        .map(|rule| Subject {
            with: with.name(),
            on,
            data_type: data_type.clone(),
            rule,
            plans: Default::default(),
        })
        .find(|subject| subject.plan(Wire::Text).is_some())
}
