//! `masque transformers`

use super::{Failure, example, output};
use crate::diagnostic::nearest;
use crate::error::Error;
use crate::schema::{DataType, Scalar};
use crate::transform::{self, Capacity, LISTS, LOCALES, Length, ParamKind, Params, Transformer};
use clap::Args;
use comfy_table::{Table, presets};
use std::fmt::Write;

/// List the transformers, or explain one
#[derive(Debug, Args)]
pub(super) struct Transformers {
    /// The transformer to explain
    name: Option<String>,
    /// Show which locales there are and what lists each has
    #[arg(long, conflicts_with = "name")]
    locales: bool,
}

impl Transformers {
    pub(super) fn run(self) -> Result<(), Failure> {
        if self.locales {
            output::print(&locales());
            return Ok(());
        }
        let Some(name) = self.name else {
            output::print(&list());
            return Ok(());
        };
        let Some(transformer) = transform::find(&name) else {
            let error = Error::usage(format!("there is no transformer `{name}`"));
            let near = nearest(&name, transform::ALL.iter().map(|t| t.name()));
            return Err(match near {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("`masque transformers` lists them"),
            }
            .into());
        };
        output::print(&explain(transformer));
        Ok(())
    }
}

fn list() -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["transformer", "types", "what it gives", "promise", "example"]);
    for transformer in transform::ALL {
        let types = example::types(|data_type| transformer.accepts(data_type));
        let types = match types.as_slice() {
            [first, second, third, rest @ ..] if !rest.is_empty() => {
                format!("{first}, {second}, {third}, {} more", rest.len())
            }
            few => few.join(", "),
        };
        let example = transformer.example().rule;
        let (name, summary) = (transformer.name(), transformer.summary());
        table.add_row([name, &types, summary, &promise(*transformer), example]);
    }
    trimmed(&table)
}

fn trimmed(table: &Table) -> String {
    table.to_string().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// The promises in a few words.
fn promise(transformer: &dyn Transformer) -> String {
    let promises = transformer.promises();
    let mut words = Vec::new();
    words.extend(promises.consistent.then_some("consistent"));
    words.extend(match capacity(transformer) {
        Capacity::Injective => Some("injective"),
        Capacity::Random { bits } if bits >= 64.0 => Some("distinct"),
        _ => None,
    });
    words.extend((promises.length == Length::Kept).then_some("keeps length"));
    words.extend(promises.reveals.map(|_| "reveals a part"));
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

/// The capacity on a column of the first type it takes, without a limit.
fn capacity(transformer: &dyn Transformer) -> Capacity {
    let scalars = [Scalar::Text, Scalar::Uuid, Scalar::Int8, Scalar::Inet, Scalar::Macaddr, Scalar::Date];
    let types = scalars.map(|scalar| DataType::scalar_of("column", scalar));
    let found = types.iter().find(|data_type| transformer.accepts(data_type));
    found.map_or(Capacity::Few, |data_type| transformer.capacity(data_type, &Params::default()))
}

fn locales() -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(std::iter::once("locale").chain(LISTS.iter().map(|(_, words)| *words)));
    for locale in LOCALES.iter() {
        let counts = LISTS.iter().map(|(list, _)| match (locale.count(list), *list) {
            (0, "gender") => "0".to_owned(),
            (0, _) => "English".to_owned(),
            (count, _) => count.to_string(),
        });
        table.add_row(std::iter::once(locale.code.to_owned()).chain(counts));
    }
    let note = "A list that says English is borrowed: `masque check` warns of each rule that draws from it.\n\
                Where there are no first names by gender, `gender` is refused.";
    format!("{}\n\n{note}", trimmed(&table))
}

fn explain(transformer: &dyn Transformer) -> String {
    let promises = transformer.promises();
    let mut text = format!("{}: {}\n\n", transformer.name(), transformer.summary());
    let mut line = |name: &str, what: &str| {
        let _ = writeln!(text, "  {name:<12} {what}");
    };
    line("types", &example::types(|data_type| transformer.accepts(data_type)).join(", "));
    line(
        "consistent",
        if promises.consistent { "yes: equal in, equal out, within the domain" } else { "no" },
    );
    line(
        "unique keys",
        &match capacity(transformer) {
            Capacity::Injective => "kept: distinct in, distinct out, always".to_owned(),
            Capacity::Random { bits } => {
                format!("2^{bits:.0} outputs on a column without a limit: two inputs meet by chance only")
            }
            Capacity::Few => "too few outputs for one".to_owned(),
        },
    );
    line(
        "length",
        match promises.length {
            Length::Kept => "kept",
            Length::Fits => "fits the column",
            Length::Free => "free",
        },
    );
    line("reveals", promises.reveals.unwrap_or("nothing"));
    if !transformer.params().is_empty() {
        text.push_str("\nParameters:\n");
    }
    for param in transformer.params() {
        let default = match (param.required, param.default) {
            (true, _) => String::from("required"),
            (false, "") => String::from("optional"),
            (false, default) => format!("default {default}"),
        };
        let _ = writeln!(text, "  {:<12} {} ({}; {default})", param.name, param.help, kind(param.kind));
    }
    let shown = transformer.example();
    let _ = write!(text, "\nExample, on a column of type {}:\n  column = {}\n", shown.data_type, shown.rule);
    let _ = writeln!(text, "  before  {}", indented(shown.input));
    if let Some(masked) = example::run(shown) {
        let _ = writeln!(text, "  after   {}", indented(&masked));
        text.push_str("  (with a throw-away secret made for this help; yours gives another answer)\n");
    }
    text
}

/// A value of several lines, the later ones under the first.
fn indented(value: &str) -> String {
    value.replace('\n', "\n          ")
}

fn kind(kind: ParamKind) -> String {
    match kind {
        ParamKind::Word(words) => words.join(" | "),
        ParamKind::Text => "text".to_owned(),
        ParamKind::Integer => "whole number".to_owned(),
        ParamKind::Flag => "true or false".to_owned(),
        ParamKind::Scalar => "a value".to_owned(),
        ParamKind::TextList => "text or a list of texts".to_owned(),
        ParamKind::ScalarList => "a list of values".to_owned(),
        ParamKind::NumberList => "a list of numbers".to_owned(),
        ParamKind::RuleMap => "a table of rules".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    }
}
