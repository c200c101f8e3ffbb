//! `masque transformers`

use super::{Failure, output};
use crate::diagnostic::nearest;
use crate::error::Error;
use crate::transform::{self, Length, ParamKind, Transformer};
use clap::Args;
use comfy_table::{Table, presets};
use std::fmt::Write;

/// List the transformers, or explain one
#[derive(Debug, Args)]
pub(super) struct Transformers {
    /// The transformer to explain
    name: Option<String>,
}

impl Transformers {
    pub(super) fn run(self) -> Result<(), Failure> {
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
    table.set_header(["transformer", "what it gives", "example"]);
    for transformer in transform::ALL {
        table.add_row([transformer.name(), transformer.summary(), transformer.example().rule]);
    }
    table.to_string().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn explain(transformer: &dyn Transformer) -> String {
    let promises = transformer.promises();
    let example = transformer.example();
    let mut text = format!("{}: {}\n\n", transformer.name(), transformer.summary());
    let _ = writeln!(
        text,
        "  consistent   {}",
        if promises.consistent { "yes: equal in, equal out, within the domain" } else { "no" }
    );
    let length = match promises.length {
        Length::Kept => "kept",
        Length::Fits => "fits the column",
        Length::Free => "free",
    };
    let _ = writeln!(text, "  length       {length}");
    let _ = writeln!(text, "  reveals      {}", promises.reveals.unwrap_or("nothing"));
    let _ = writeln!(text, "  example      column = {}", example.rule);
    if !transformer.params().is_empty() {
        text.push_str("\nParameters:\n");
    }
    for param in transformer.params() {
        let kind = match param.kind {
            ParamKind::Word(words) => words.join(" | "),
            other => format!("{other:?}").to_lowercase(),
        };
        let default = match (param.required, param.default) {
            (true, _) => String::from("required"),
            (false, "") => String::from("optional"),
            (false, default) => format!("default {default}"),
        };
        let _ = writeln!(text, "  {:<12} {} ({kind}; {default})", param.name, param.help);
    }
    text
}
