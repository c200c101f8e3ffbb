//! CHECK constraints, of tables and of domains: whether masked values hold them.
//!
//! A constant either holds a condition or breaks it. Any other mask is tried on a
//! few made-up values that hold it: where what comes out does not, or where nothing
//! can be tried, the person is told before the load instead of after it.

use super::check::Decided;
use super::decide::Verdicts;
use super::edge::Edges;
use super::printed::{self, Expr};
use super::rows::{RowVerdict, Rows};
use super::spelling;
use super::trial::Trial;
use super::unique::empties;
use crate::diagnostic::{Diagnostic, Severity};
use crate::schema::{Check, ColumnId, DataType, Scalar, Schema};
use crate::transform::{Decision, ParamValue, Rule};

/// What a domain's condition calls its value.
const VALUE: &str = "VALUE";

/// Values to try, of the kinds that conditions are written for.
const TEXTS: &[&str] = &[
    "ann.smith@corp.example",
    "Ann Smith",
    "+14155550134",
    "+1 415 555-0134",
    "4111111111111111",
    "378282246310005",
    "DE89370400440532013000",
    "90210",
    "90210-1234",
    "SW1A 1AA",
    "AB-12",
    "ABC123",
    "abc",
    "ABC",
    "a",
    "Z",
    "M",
    "DE",
    "deu",
    "7",
    "42",
    "1234",
    "123456",
    "123-45-6789",
    "2001-02-03",
    "https://corp.example/a",
    "10.20.30.40",
    "f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
    "active",
    "ann_85",
    "A longer text, of two parts.",
];
const NUMBERS: &[&str] =
    &["1", "3", "7", "42", "99", "500", "2500", "31000", "123456", "12345678", "0", "-5"];
const DATES: &[&str] = &["1951-06-07", "1980-01-31", "1999-12-31", "2010-05-06", "2023-11-12"];

/// Reports decisions that break a CHECK, or may.
pub(super) fn check_conditions(
    schema: &Schema,
    verdicts: &Verdicts<'_>,
    rows: &[RowVerdict<'_>],
    problems: &mut Vec<Diagnostic>,
) {
    for check in &schema.checks {
        if rows.get(check.table).is_none_or(|rows| rows.rows == Rows::None) {
            continue;
        }
        if moves_together(schema, check, verdicts) {
            continue;
        }
        let parsed = Expr::parse(&check.condition);
        let mut said = false;
        for column in &check.columns {
            let made = schema.generated(ColumnId { table: check.table, column: *column });
            let reads = made.map(|made| made.reads.as_slice()).unwrap_or_default();
            for id in reads.iter().map(|read| ColumnId { table: check.table, column: *read }) {
                let verdict = verdicts.get(id);
                if let Some(verdict) = verdict
                    && !said
                    && !matches!(verdict.decided, None | Some(Decided::Keep | Decided::Omit))
                {
                    said = true;
                    problems.push(verdict.place(may_break(schema, check, id)));
                }
            }
        }
        for column in &check.columns {
            let id = ColumnId { table: check.table, column: *column };
            let Some(verdict) = verdicts.get(id) else { continue };
            let Some(decided) = &verdict.decided else { continue };
            let problem = judge(schema, check, parsed.as_ref(), id, decided);
            // One doubt about a condition is enough.
            if let Some(problem) = problem.filter(|problem| problem.severity == Severity::Error || !said) {
                said = true;
                problems.push(verdict.place(problem));
            }
        }
    }
}

/// Whether a condition compares columns that are all moved by the one offset of an identity.
fn moves_together(schema: &Schema, check: &Check, verdicts: &Verdicts<'_>) -> bool {
    let rule_of = |column: usize| {
        let verdict = verdicts.get(ColumnId { table: check.table, column })?;
        match verdict.decided.as_ref()? {
            Decided::Mask(rule) if rule.with.name() == "date_shift" && !rule.by.is_empty() => {
                Some(spelling::rule(rule))
            }
            _ => None,
        }
    };
    let rules: Vec<_> = check.columns.iter().map(|column| rule_of(*column)).collect();
    let names = printed::names(&check.condition);
    let plain = |name: &String| {
        matches!(name.as_str(), "AND" | "OR" | "NOT" | "IS" | "NULL")
            || schema.table(check.table).is_some_and(|table| table.find(name).is_some())
    };
    rules.len() > 1
        && rules.first().is_some_and(Option::is_some)
        && rules.windows(2).all(|pair| pair.first() == pair.last())
        && names.iter().all(plain)
        && !check.condition.contains(|c: char| c == '\'' || c.is_ascii_digit())
}

fn judge(
    schema: &Schema,
    check: &Check,
    parsed: Option<&Expr>,
    id: ColumnId,
    decided: &Decided,
) -> Option<Diagnostic> {
    let column = schema.column(id)?;
    let name = if check.of_domain { VALUE } else { &column.name };
    match decided {
        Decided::Keep | Decided::Omit | Decided::Remake(_) => None,
        Decided::Null => match parsed.and_then(|expr| expr.allows_null(name)) {
            Some(true) => None,
            Some(false) => Some(breaks(schema, check, id, "NULL")),
            None => Some(may_break(schema, check, id)),
        },
        Decided::Mask(rule) => {
            if empties(rule) && parsed.and_then(|expr| expr.allows_null(name)) == Some(false) {
                return Some(breaks(schema, check, id, "NULL"));
            }
            let (written, whole) = constants(rule);
            let broken =
                written.iter().find(|value| parsed.and_then(|e| e.holds(name, value)) == Some(false));
            if let Some(value) = broken {
                return Some(breaks(schema, check, id, &format!("`{value}`")));
            }
            // Masks leave NULL where it is.
            if !empties(rule) && parsed.is_some_and(|expr| expr.asks_only_for_null(name)) {
                return None;
            }
            let holds = match parsed {
                Some(expr) if whole => written.iter().all(|value| expr.holds(name, value) == Some(true)),
                Some(expr) => survives(schema, id, rule, expr, name),
                None => false,
            };
            let keeps_shape = shape_only(&check.condition) && samples(&column.data_type).is_empty();
            (!holds && !keeps_shape).then(|| may_break(schema, check, id))
        }
    }
}

/// Whether the values tried hold the condition after masking as before.
fn survives(schema: &Schema, id: ColumnId, rule: &Rule, expr: &Expr, name: &str) -> bool {
    let Some(column) = schema.column(id) else { return false };
    let inputs = samples(&column.data_type);
    let room = column.data_type.max_chars().unwrap_or(usize::MAX);
    let fits = |input: &&&str| input.chars().count() <= room;
    let holding: Vec<_> =
        inputs.iter().filter(fits).filter(|input| expr.holds(name, input) == Some(true)).collect();
    // Where no sample is one of the column's, a mask that invents all of its output still can be tried.
    let tried: Vec<_> = if holding.is_empty() { inputs.iter().filter(fits).collect() } else { holding };
    let Some(trial) = Trial::new(schema, id, rule) else { return false };
    let mut seen = false;
    for input in &tried {
        // A value it can't read stops the run, and reaches no constraint.
        let Some(outputs) = trial.outputs(input) else { continue };
        for output in outputs {
            if expr.holds(name, &output) != Some(true) {
                return false;
            }
            seen = true;
        }
    }
    seen && (rule.with.name() != "digits" || ends_hold(&column.data_type, expr, name, &tried))
}

/// Whether numbers hold the condition whatever `digits` makes of them, these among others.
fn ends_hold(data_type: &DataType, expr: &Expr, name: &str, tried: &[&&str]) -> bool {
    let tried = || tried.iter().map(|number| **number);
    let Some(edges) = Edges::of(data_type, tried()) else { return true };
    let held: Option<Vec<bool>> = edges.numbers.iter().map(|number| expr.holds(name, number)).collect();
    held.is_some_and(|held| edges.hold(&held, tried()))
}

/// The values to try in a column of that type.
fn samples(data_type: &DataType) -> &'static [&'static str] {
    match data_type.scalar() {
        Some(Scalar::Text | Scalar::Varchar(_) | Scalar::Char(_)) => TEXTS,
        Some(
            Scalar::Int2 | Scalar::Int4 | Scalar::Int8 | Scalar::Numeric(_) | Scalar::Float4 | Scalar::Float8,
        ) => NUMBERS,
        Some(Scalar::Date | Scalar::Timestamp | Scalar::TimestampTz) => DATES,
        _ => &[],
    }
}

/// Whether a condition is about the shape of a structure, which masks keep.
fn shape_only(condition: &str) -> bool {
    const SHAPES: [&str; 6] =
        ["jsonb_typeof", "json_typeof", "cardinality", "array_length", "array_ndims", "isempty"];
    printed::names(condition).iter().any(|name| SHAPES.contains(&name.as_str()))
}

/// The values that a rule writes, and whether it writes no others.
fn constants(rule: &Rule) -> (Vec<String>, bool) {
    let listed = match rule.with.name() {
        "constant" => rule.params.get("value").into_iter().collect(),
        "choose" => rule.params.list("values").iter().collect(),
        _ => Vec::new(),
    };
    let mut values: Vec<_> = listed.into_iter().filter_map(text_of).collect();
    let mut whole = !values.is_empty();
    if let Some(Decision::Mask(other)) = rule.otherwise.as_deref() {
        let (others, all) = constants(other);
        values.extend(others);
        whole &= all;
    }
    (values, whole)
}

fn text_of(value: &ParamValue) -> Option<String> {
    match value {
        ParamValue::Text(text) => Some(text.clone()),
        ParamValue::Integer(number) => Some(number.to_string()),
        ParamValue::Number(number) => Some(number.to_string()),
        ParamValue::Flag(truth) => Some(truth.to_string()),
        _ => None,
    }
}

fn title(schema: &Schema, check: &Check, id: ColumnId) -> String {
    let owner = if check.of_domain { "its domain's CHECK" } else { "the CHECK" };
    format!("{owner} `{}` of `{}`", check.name, schema.describe(id))
}

fn breaks(schema: &Schema, check: &Check, id: ColumnId, value: &str) -> Diagnostic {
    let message = format!("{value} breaks {}", title(schema, check, id));
    Diagnostic::error(message).help(format!("write what holds it{}", shown(&check.condition)))
}

fn may_break(schema: &Schema, check: &Check, id: ColumnId) -> Diagnostic {
    let message =
        format!("masked values may break {}: the database checks it on the build", title(schema, check, id));
    Diagnostic::warning(message)
        .help(format!("see to it that masked values hold it{}", shown(&check.condition)))
}

/// What follows `holds it`: the condition without its literals, where it can be shown.
fn shown(condition: &str) -> String {
    const LONGEST: usize = 160;
    let Some(line) = super::shown::shown(condition) else { return String::new() };
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!(": `{}…`", line.get(..end).unwrap_or_default()),
        None => format!(": `{line}`"),
    }
}
