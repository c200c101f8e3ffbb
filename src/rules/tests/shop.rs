//! A schema to write rules for, transformers to write them with, and how to check them.

use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::rules::reader::Registry;
use crate::rules::{CheckedRules, Decided, RuleFile, check};
use crate::schema::{
    Column, DataType, ForeignKey, Form, KeyKind, KeyPart, Name, Scalar, Schema, Table, UniqueKey,
};
use crate::transform::{
    Binding, Bound, Capacity, Example, Masker, Param, ParamKind, Params, Promises, Transformer,
};
use std::fmt::Write as _;
use std::path::Path;

/// A transformer with a name, parameters and types, that masks nothing.
pub(super) struct Dummy {
    name: &'static str,
    params: &'static [Param],
    accepts: fn(&DataType) -> bool,
    capacity: Capacity,
    consistent: bool,
}

impl Transformer for Dummy {
    fn name(&self) -> &'static str {
        self.name
    }
    fn summary(&self) -> &'static str {
        "mask for tests"
    }
    fn params(&self) -> &'static [Param] {
        self.params
    }
    fn accepts(&self, data_type: &DataType) -> bool {
        (self.accepts)(data_type)
    }
    fn promises(&self) -> Promises {
        Promises { consistent: self.consistent, ..Promises::USUAL }
    }
    fn capacity(&self, data_type: &DataType, _: &Params) -> Capacity {
        match (self.capacity, data_type.max_chars()) {
            (Capacity::Random { .. }, Some(length)) if length < 8 => Capacity::Few,
            (capacity, _) => capacity,
        }
    }
    fn example(&self) -> Example {
        Example { rule: "\"dummy\"", data_type: "text", input: "x" }
    }
    fn folded_capacity(&self, data_type: &DataType, params: &Params) -> Capacity {
        if self.name == "base62" { Capacity::Few } else { self.capacity(data_type, params) }
    }
    fn bind(&self, at: &mut Binding<'_>, _: &Params) -> Result<Bound, Diagnostic> {
        match at.data_type.max_chars() {
            Some(room) if self.name == "email" && room < 29 => Err(Diagnostic::error("too short for tests")),
            _ => Ok(Bound::cell(Same)),
        }
    }
}

/// Masks nothing.
struct Same;

impl Masker for Same {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        out.keep(value);
        Ok(())
    }
}

const TEXT: Dummy =
    Dummy { name: "", params: &[], accepts: DataType::is_text, capacity: Capacity::Few, consistent: true };

pub(in crate::rules) const REGISTRY: Registry = &[
    &Dummy { name: "first_name", ..TEXT },
    &Dummy {
        name: "email",
        params: &[Param::optional("host", ParamKind::TextList, "example.test", "the host to invent")],
        capacity: Capacity::Random { bits: 80.0 },
        ..TEXT
    },
    &Dummy { name: "letters", capacity: Capacity::Injective, ..TEXT },
    &Dummy {
        name: "integer",
        params: &[
            Param::optional("min", ParamKind::Integer, "0", "the least value"),
            Param::optional("max", ParamKind::Integer, "", "the greatest value"),
        ],
        accepts: DataType::is_integer,
        capacity: Capacity::Injective,
        ..TEXT
    },
    &Dummy {
        name: "constant",
        params: &[Param::required("value", ParamKind::Scalar, "what stands everywhere")],
        accepts: |_| true,
        ..TEXT
    },
    &Dummy {
        name: "date_shift",
        params: &[Param::required("within", ParamKind::Duration, "the greatest shift")],
        accepts: |t| matches!(t.scalar(), Some(Scalar::Date | Scalar::TimestampTz)),
        ..TEXT
    },
    &Dummy {
        name: "json",
        params: &[
            Param::optional("paths", ParamKind::RuleMap, "", "rules by path"),
            Param::optional("default", ParamKind::Rule, "refuse", "what no path names"),
            Param::optional("on_invalid", ParamKind::Word(&["refuse", "null"]), "refuse", "what is no json"),
        ],
        accepts: |t| matches!(t.scalar(), Some(Scalar::Json | Scalar::Jsonb)),
        ..TEXT
    },
    &Dummy { name: "base62", capacity: Capacity::Random { bits: 95.0 }, ..TEXT },
    &Dummy {
        name: "shuffle",
        capacity: Capacity::Injective,
        params: &[Param::optional("within", ParamKind::TextList, "", "columns")],
        consistent: false,
        ..TEXT
    },
];

/// Columns as `name:type`, with `!` for NOT NULL and `=` for generated.
pub(super) fn table(name: &str, columns: &[&str]) -> Table {
    let (schema, name) = name.split_once('.').unwrap_or(("public", name));
    Table {
        estimated_rows: 1_000_000,
        ..Table::of(Name::new(schema, name), columns.iter().map(|written| column(written)).collect())
    }
}

fn column(written: &str) -> Column {
    let (name, rest) = written.split_once(':').unwrap();
    let data_type = rest.trim_end_matches(['!', '=']);
    Column {
        not_null: rest.contains('!'),
        generated: rest.contains('='),
        ..Column::of(name, data_type_of(data_type))
    }
}

fn data_type_of(name: &str) -> DataType {
    let scalar = match name {
        "int" => Scalar::Int4,
        "bigint" => Scalar::Int8,
        "date" => Scalar::Date,
        "bool" => Scalar::Bool,
        "jsonb" => Scalar::Jsonb,
        "char2" => Scalar::Varchar(Some(2)),
        "point" => Scalar::Other,
        "text[]" => {
            let form = Form::Array(Box::new(DataType::scalar_of("text", Scalar::Text)));
            return DataType { name: name.to_owned(), form, binary: true };
        }
        _ => Scalar::Text,
    };
    DataType::scalar_of(name, scalar)
}

pub(super) fn unique(name: &str, kind: KeyKind, columns: &[usize]) -> UniqueKey {
    UniqueKey {
        name: name.to_owned(),
        kind,
        columns: columns.to_vec(),
        parts: columns.iter().map(|column| KeyPart::Column(*column)).collect(),
        predicate: None,
        operators: Vec::new(),
        nulls_not_distinct: false,
    }
}

pub(super) fn foreign(from: usize, columns: &[usize], to: usize, to_columns: &[usize]) -> ForeignKey {
    ForeignKey {
        name: "fk".to_owned(),
        from,
        columns: columns.to_vec(),
        to,
        to_columns: to_columns.to_vec(),
        validated: true,
        declared: true,
    }
}

/// `customers` 0, `orders` 1 whose `customer_id` points there, `sales.reps` 2 whose `boss_id` points at itself.
pub(super) fn shop() -> Schema {
    let mut customers =
        table("customers", &["id:int!", "name:text", "email:text!", "born:date", "search:text="]);
    customers.keys = vec![
        unique("customers_pkey", KeyKind::Primary, &[0]),
        unique("customers_email_key", KeyKind::Unique, &[2]),
    ];
    let mut orders = table("orders", &["id:int!", "customer_id:bigint", "note:text", "extra:jsonb"]);
    orders.keys = vec![unique("orders_pkey", KeyKind::Primary, &[0])];
    let mut reps = table("sales.reps", &["id:int!", "boss_id:int", "code:char2"]);
    reps.keys = vec![unique("reps_pkey", KeyKind::Primary, &[0])];
    Schema {
        server_major: 15,
        tables: vec![customers, orders, reps],
        foreign_keys: vec![foreign(1, &[1], 0, &[0]), foreign(2, &[1], 2, &[0])].into(),
        ..Schema::default()
    }
}

/// Rules that decide on all of [`shop`], section by section.
pub(super) const CUSTOMERS: &str =
    "[table.customers]\nid = \"keep\"\nname = \"first_name\"\nemail = \"email\"\nborn = \"null\"\n";
pub(super) const ORDERS: &str = "[table.orders]\nid = \"keep\"\nnote = \"letters\"\nextra = \"null\"\n";
pub(super) const REPS: &str = "[table.reps]\nid = \"keep\"\ncode = \"letters\"\n";

pub(super) fn load(text: &str) -> Result<RuleFile, Vec<Diagnostic>> {
    load_with(text, &[])
}

pub(super) fn load_with(text: &str, others: &[(&str, &str)]) -> Result<RuleFile, Vec<Diagnostic>> {
    RuleFile::load(Path::new("dir/rules.toml"), REGISTRY, &|path| {
        if path == Path::new("dir/rules.toml") {
            return Ok(text.to_owned());
        }
        let known = others.iter().find(|(name, _)| Path::new(name) == path);
        known.map(|(_, text)| (*text).to_owned()).ok_or_else(|| std::io::ErrorKind::NotFound.into())
    })
}

pub(super) fn check_text(text: &str, schema: &mut Schema) -> Result<CheckedRules, Vec<Diagnostic>> {
    check(&load(&format!("masque = 1\n{text}"))?, schema)
}

/// The shop's rules with some sections replaced; they must be right.
pub(super) fn accept(text: &str, schema: &mut Schema) -> CheckedRules {
    match check_text(text, schema) {
        Ok(rules) => rules,
        Err(problems) => panic!("{}", said(&problems)),
    }
}

/// The mistakes of a text, one block each.
pub(super) fn mistakes(text: &str, schema: &mut Schema) -> String {
    match check_text(text, schema) {
        Ok(rules) => format!("accepted\n{}", said(rules.warnings())),
        Err(problems) => said(&problems),
    }
}

/// `line:column: message`, what is pointed at, and the help.
pub(super) fn said(problems: &[Diagnostic]) -> String {
    let mut text = String::new();
    for problem in problems {
        let warning = if problem.severity == crate::diagnostic::Severity::Warning { "warning: " } else { "" };
        match &problem.span {
            Some(span) => {
                let (line, column) = span.line_column();
                let pointed = span.file.text.get(span.range.clone()).unwrap_or("OUTSIDE").lines().next();
                let pointed = pointed.unwrap_or_default();
                writeln!(text, "{line}:{column} [{pointed}] {warning}{}", problem.message).unwrap();
            }
            None => writeln!(text, "{warning}{}", problem.message).unwrap(),
        }
        let help = problem.help.as_deref().unwrap_or("NO HELP").replace('\n', "\n        ");
        writeln!(text, "  help: {help}").unwrap();
    }
    text
}

/// What was decided for a column, as a rule file would spell it.
pub(super) fn decided(rules: &CheckedRules, schema: &Schema, table: &str, column: &str) -> String {
    let index = schema.tables.iter().position(|t| t.name.to_string() == table).unwrap();
    let place = schema.tables[index].find(column).unwrap();
    Decided::spelling(&rules.tables()[index].columns[place])
}
