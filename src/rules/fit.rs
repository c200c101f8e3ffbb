//! Whether a decision fits its column: type, NULL, the columns it names.

use super::check::Decided;
use super::decide::{Verdict, Verdicts};
use super::follow::{deciding, every_column};
use super::reader::Registry;
use super::reference::{listed, unknown_column};
use super::rows::{RowVerdict, Rows};
use super::unique::empties;
use crate::diagnostic::{Diagnostic, Span};
use crate::schema::{ColumnId, DataType, Form, Schema};
use crate::transform::{Decision, Rule, Transformer};

/// Whether a transformer masks values of a type, or the elements of one.
pub(super) fn takes(with: &dyn Transformer, data_type: &DataType) -> bool {
    with.accepts(data_type)
        || with.accepts(data_type.base())
        || data_type.element().is_some_and(|element| takes(with, element))
}

/// Reports decisions that can't hold for their column.
pub(super) fn check_columns(
    registry: Registry,
    schema: &Schema,
    verdicts: &Verdicts<'_>,
    rows: &[RowVerdict<'_>],
    problems: &mut Vec<Diagnostic>,
) {
    let mut said: Vec<(Span, String)> = Vec::new();
    for id in every_column(schema) {
        let Some(verdict) = verdicts.get(id) else { continue };
        let Some(decided) = &verdict.decided else { continue };
        let travels = rows.get(id.table).is_some_and(|rows| rows.rows != Rows::None);
        let own = deciding(schema, id) == id;
        let mut found = Vec::new();
        if travels || (own && verdict.entry.is_some()) {
            found.extend(not_null(schema, id, decided));
            if let Decided::Mask(rule) = decided {
                found.extend(types(registry, schema, id, rule));
            }
        }
        if own && let Decided::Mask(rule) = decided {
            siblings(schema, id, rule, &mut found);
        }
        for problem in found {
            let problem = verdict.place(problem);
            push_once(problem, verdict, &mut said, problems);
        }
    }
}

/// A pattern that meets fifty partitions with one mistake has one mistake.
fn push_once(
    problem: Diagnostic,
    verdict: &Verdict<'_>,
    said: &mut Vec<(Span, String)>,
    problems: &mut Vec<Diagnostic>,
) {
    if let Some(entry) = verdict.entry {
        let what = (entry.span.clone(), problem.message.clone());
        if said.contains(&what) {
            return;
        }
        said.push(what);
    }
    problems.push(problem);
}

pub(super) fn not_null(schema: &Schema, id: ColumnId, decided: &Decided) -> Option<Diagnostic> {
    schema.column(id).filter(|column| column.not_null)?;
    let name = schema.describe(id);
    let help = "write a transformer, or `constant` with a value";
    match decided {
        Decided::Null => {
            Some(Diagnostic::error(format!("`{name}` is NOT NULL and can't be emptied")).help(help))
        }
        Decided::Mask(rule) if matches!(rule.otherwise.as_deref(), Some(Decision::Null)) => {
            Some(Diagnostic::error(format!("`{name}` is NOT NULL: `otherwise` can't empty it")).help(help))
        }
        Decided::Mask(rule) if empties(rule) => {
            let message = format!("`{name}` is NOT NULL: `on_invalid` can't empty it");
            Some(
                Diagnostic::error(message)
                    .help("write `on_invalid = \"refuse\"`, or `constant` with a value"),
            )
        }
        _ => None,
    }
}

pub(super) fn types(registry: Registry, schema: &Schema, id: ColumnId, rule: &Rule) -> Option<Diagnostic> {
    let data_type = &schema.column(id)?.data_type;
    let otherwise = match rule.otherwise.as_deref() {
        Some(Decision::Mask(rule)) => Some(&**rule),
        _ => None,
    };
    let unfit = [Some(rule), otherwise].into_iter().flatten().find(|rule| !takes(rule.with, data_type))?;
    let names: Vec<_> =
        registry.iter().filter(|with| takes(**with, data_type)).map(|with| with.name()).collect();
    let help = match (names.as_slice(), &data_type.base().form) {
        ([], Form::Composite(_)) => "write `\"keep\"`, `\"null\"` or `{ remake = \"…\" }`".to_owned(),
        ([], _) => {
            "no transformer takes this type: write `\"keep\"`, `\"null\"` or `{ remake = \"…\" }`".to_owned()
        }
        (names, _) => format!("transformers for this type: {}", listed(names)),
    };
    let message = format!(
        "`{}` can't mask `{}`, which is of type `{}`",
        unfit.with.name(),
        schema.describe(id),
        data_type.name
    );
    Some(Diagnostic::error(message).at(&unfit.span, "").help(help)).map(|problem| at_own_file(problem, unfit))
}

/// A default mask stands in no file of the person's.
fn at_own_file(mut problem: Diagnostic, rule: &Rule) -> Diagnostic {
    if rule.span.file.name == "masque:default" {
        problem.span = None;
    }
    problem
}

/// The columns that `by` and `when` name must be there.
pub(super) fn siblings(schema: &Schema, id: ColumnId, rule: &Rule, found: &mut Vec<Diagnostic>) {
    let Some(table) = schema.table(id.table) else { return };
    let columns: Vec<_> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let by = rule.by.iter().map(String::as_str);
    let when = rule.when.iter().flat_map(crate::transform::Condition::columns);
    for name in by.chain(when) {
        if table.find(name).is_none() {
            found.push(unknown_column(&table.name.to_string(), name, &columns).at(&rule.span, ""));
        }
    }
    if let Some(Decision::Mask(rule)) = rule.otherwise.as_deref() {
        siblings(schema, id, rule, found);
    }
    for (_, value) in rule.params.iter() {
        for inner in super::follow::inner_rules(value) {
            if let Decision::Mask(rule) = inner {
                siblings(schema, id, rule, found);
            }
        }
    }
}
