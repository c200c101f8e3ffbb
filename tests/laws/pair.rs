//! A transformer on a type: the rule to try, and the values it can read.

use super::kind::{CANARY, KINDS, Kind, TYPES};
use crate::support::{Database, execute, query, value};
use masque::error::Kind as Failure;
use masque::format::{Wire, text};
use masque::pipeline::{Batch, mask};
use masque::plan::{Plan, TablePlan};
use masque::postgres::catalog;
use masque::postgres::session::{Session, Side};
use masque::postgres::url::Url;
use masque::rules::{Decided, RuleFile, check};
use masque::schema::{ColumnId, DataType, Schema};
use masque::secret::Secret;
use masque::transform::{ALL, Capacity, Frequencies, ParamKind, Transformer};
use std::fmt::Write as _;
use std::sync::Arc;

/// Columns that rules may read beside the one they stand on, and their value in every row.
pub(super) const SIBLINGS: [(&str, &str); 5] = [
    ("first_name", "Ann"),
    ("last_name", "Smith"),
    ("email", "ann@corp.example"),
    ("city", "Berlin"),
    ("country", "DE"),
];

/// How many rows a table of laws has: more than any type has values, so that each comes again.
pub(super) const ROWS: usize = 40;

/// A type on the server.
pub(super) struct Type {
    pub(super) kind: &'static Kind,
    /// The place in the list, and so the table with its values.
    pub(super) place: usize,
    seen: DataType,
    /// The values as the server prints them.
    pub(super) values: Vec<String>,
    schema: Schema,
}

impl Type {
    /// Whether its values have characters to count.
    pub(super) fn is_text(&self) -> bool {
        self.seen.is_text()
    }

    /// Whether values that print differently are different.
    pub(super) fn is_exact(&self) -> bool {
        let varying = self.kind.name.starts_with("numeric") || self.kind.name.starts_with("float");
        self.seen.scalar().is_some() && !varying
    }
}

impl Type {
    /// How often each value stands in a table of laws, whose last row is NULL.
    fn counted(&self) -> Vec<(String, u64)> {
        let rows = |at| (0..ROWS - 1).filter(|row| row % self.values.len() == at).count() as u64;
        self.values.iter().enumerate().map(|(at, value)| (value.clone(), rows(at))).collect()
    }
}

/// A transformer bound to a type.
pub(super) struct Pair<'a> {
    pub(super) with: &'static dyn Transformer,
    pub(super) on: &'a Type,
    /// As it stands after `column = `.
    pub(super) rule: String,
    /// Whether it can also be bound in the binary form.
    pub(super) binary: bool,
    /// The values it can read, counted from 1.
    pub(super) readable: Vec<usize>,
    pub(super) injective: bool,
    /// Whether the value alone decides, and no other column is read.
    pub(super) by_value: bool,
}

/// Makes a table of values for each type the server has, and reads what they are.
pub(super) fn types(source: &Database) -> Vec<Type> {
    let url = source.url();
    execute(&url, &[TYPES]);
    let has_xml = value(&url, "select count(*) from pg_config where setting like '%libxml%'") != "0";
    let mut kinds = Vec::new();
    let mut sql = String::new();
    for kind in KINDS {
        if let Some(extension) = kind.needs {
            let there = format!("select count(*) from pg_available_extensions where name = '{extension}'");
            if value(&url, &there) == "0" {
                continue;
            }
            let _ = writeln!(sql, "create extension {extension};");
        }
        if kind.name != "xml" || has_xml {
            kinds.push(kind);
        }
    }
    let siblings = SIBLINGS.map(|(name, value)| format!("{name} text default '{value}', ")).concat();
    let mut read = String::from("set timezone = 'UTC'");
    for (place, kind) in kinds.iter().enumerate() {
        let rows: Vec<String> = kind
            .values
            .iter()
            .enumerate()
            .map(|(at, value)| format!("({}, '{}'::{})", at + 1, value.replace('\'', "''"), kind.name))
            .collect();
        let _ = writeln!(sql, "create table probe_{place} (id int4 primary key, {siblings}c {});", kind.name);
        let _ = writeln!(sql, "insert into probe_{place} (id, c) values {};", rows.join(", "));
        let _ = write!(read, "; select {place}, c from probe_{place} order by id");
    }
    execute(&url, &[&sql, "analyze"]);
    let mut values = vec![Vec::new(); kinds.len()];
    for mut row in query(&url, &read) {
        let at: usize = row[0].take().unwrap().parse().unwrap();
        values[at].extend(row[1].take());
    }
    let whole = schema(&url);
    let found = kinds.into_iter().zip(values).enumerate().map(|(place, (kind, values))| {
        let name = format!("probe_{place}");
        let table = whole.tables.iter().find(|table| table.name.name == name).unwrap().clone();
        Type {
            kind,
            place,
            seen: table.columns.last().unwrap().data_type.clone(),
            values,
            schema: Schema { server_major: whole.server_major, tables: vec![table], ..Schema::default() },
        }
    });
    found.collect()
}

fn schema(url: &str) -> Schema {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let connection = Url::parse(url).unwrap().connect(Failure::Source).await.unwrap();
        catalog::read(&Session::open(connection, Side::Source).await.unwrap()).await.unwrap()
    })
}

/// Every pair that can be bound.
pub(super) fn pairs(types: &[Type]) -> Vec<Pair<'_>> {
    let takes = |with: &dyn Transformer, on: &Type| {
        let mut data_type = Some(&on.seen);
        while let Some(inner) = data_type {
            if with.accepts(inner) || with.accepts(inner.base()) {
                return true;
            }
            data_type = inner.element();
        }
        false
    };
    let all = ALL.iter().flat_map(|with| types.iter().map(move |on| (*with, on)));
    all.filter(|(with, on)| takes(*with, on)).filter_map(|(with, on)| pair(with, on)).collect()
}

fn pair<'a>(with: &'static dyn Transformer, on: &'a Type) -> Option<Pair<'a>> {
    let (rule, plan) = candidates(with, on)
        .into_iter()
        .find_map(|rule| Some((plan(on, &rule, Wire::Text)?, rule)))
        .map(|(plan, rule)| (rule, plan))?;
    let readable =
        (1..).zip(&on.values).filter(|(_, value)| reads(&plan.0, value)).map(|(at, _)| at).collect();
    let Decided::Mask(written) = &plan.1 else { return None };
    Some(Pair {
        with,
        on,
        binary: self::plan(on, &rule, Wire::Binary).is_some(),
        rule,
        readable,
        injective: with.capacity(&on.seen, &written.params) == Capacity::Injective,
        by_value: plan.0.read.len() == 1,
    })
}

/// Rules to try: what parameters of a value take, the example, the name alone, then
/// what parameters of a rule take. On its own type the example comes first.
fn candidates(with: &dyn Transformer, on: &Type) -> Vec<String> {
    let kind = on.kind;
    let name = with.name();
    let plain = kind.values.iter().filter(|value| !value.contains(CANARY));
    let quoted: Vec<String> = plain.take(3).map(|value| toml_edit::Value::from(*value).to_string()).collect();
    let (mut of_values, mut of_rules) = (Vec::new(), Vec::new());
    for param in with.params() {
        let rule = |value: &str| format!("{{ with = \"{name}\", {} = {value} }}", param.name);
        match param.kind {
            ParamKind::Scalar => of_values.extend(quoted.first().map(|value| rule(value))),
            ParamKind::ScalarList => of_values.push(rule(&format!("[{}]", quoted.join(", ")))),
            ParamKind::Rule => of_rules.push(rule("\"null\"")),
            _ => {}
        }
    }
    let example = with.example();
    let mut rules = vec![format!("\"{name}\"")];
    // What an example says for its own type need not be a value of one whose form nobody here knows.
    if example.data_type == kind.name || on.seen.reads_alike() || !with.accepts(&on.seen) {
        rules.insert(0, example.rule.to_owned());
    }
    let place = usize::from(example.data_type == kind.name);
    rules.splice(place..place, of_values);
    rules.extend(of_rules);
    rules
}

fn plan(on: &Type, rule: &str, wire: Wire) -> Option<(Arc<TablePlan>, Decided)> {
    let siblings = SIBLINGS.map(|(name, _)| format!("{name} = \"keep\"\n")).concat();
    let text = format!("masque = 1\n[table.probe_{}]\nid = \"keep\"\n{siblings}c = {rule}\n", on.place);
    let mut schema = on.schema.clone();
    let checked = check(&RuleFile::parse("laws.toml", &text).ok()?, &mut schema).ok()?;
    let secret = Secret::parse(&"5e".repeat(32)).unwrap();
    let mut frequencies = Frequencies::default();
    let column = schema.tables.first()?.columns.len() - 1;
    frequencies.insert(ColumnId { table: 0, column }, on.counted());
    let plan = Plan::new(schema, &checked, &secret, &frequencies, Some(wire)).ok()?;
    Some((plan.tables.first()?.clone(), checked.tables().first()?.columns.last()?.clone()))
}

/// Whether a value can be masked at all; one that can't ends a run, and that is promised.
fn reads(plan: &TablePlan, value: &str) -> bool {
    let mut row = b"1".to_vec();
    for value in SIBLINGS.iter().map(|(_, value)| *value).chain([value]) {
        row.push(b'\t');
        text::write_field(&mut row, Some(value.as_bytes()));
    }
    row.push(b'\n');
    let mut batch = Batch::starting_at(0);
    batch.push(&row);
    mask(plan, batch).is_ok()
}
