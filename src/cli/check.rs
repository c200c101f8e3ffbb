//! `masque check`

use super::connection::Source;
use super::{Failure, block_on, diagnostics, output};
use crate::diagnostic::Diagnostic;
use crate::error::Kind;
use crate::plan::{Plan, Treatment};
use crate::postgres::privilege::Reader;
use crate::postgres::session::{Session, Side};
use crate::postgres::{catalog, privilege};
use crate::rules::{KeyVerdict, RuleFile, Uniqueness};
use crate::secret::Secret;
use crate::source::{Purpose, decide};
use clap::Args;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Check the rules against the schema of production; exits 3 on any undecided column
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    source: Source,
    /// The rule file
    #[arg(long, value_name = "FILE")]
    rules: PathBuf,
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
    /// Print the problems and what becomes of unique keys as JSON
    #[arg(long)]
    json: bool,
}

impl Check {
    pub(super) fn run(self) -> Result<(), Failure> {
        let file = RuleFile::read(&self.rules).map_err(Failure::Rules)?;
        let source = self.source.url()?;
        // The problems are the same whatever the secret is.
        let secret = Secret::random()?;
        let outcome = block_on(async {
            let session = Session::open(source.connect(Kind::Source).await?, Side::Source).await?;
            session.run("opening a transaction", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
            let schema = catalog::read(&session).await?;
            let (plan, checked) = decide(&session, schema, &file, &secret, Purpose::Check).await?;
            Ok((plan, checked, privilege::look(&session).await?))
        });
        let (plan, decided, reader) = match outcome {
            Ok(all) => all,
            Err(Failure::Rules(problems)) => {
                if self.json {
                    output::print(&json(&problems, &[], None));
                }
                return Err(Failure::Rules(problems));
            }
            Err(failure) => return Err(failure),
        };
        let warnings = decided.warnings();
        if self.json {
            output::print(&json(warnings, decided.keys(), Some(&reader)));
        }
        if !warnings.is_empty() {
            if self.strict {
                return Err(Failure::Rules(warnings.to_vec()));
            }
            output::diagnostics(warnings);
        }
        if !self.json {
            if let Some(warning) = caution(&reader) {
                output::diagnostics(&[warning]);
            }
            output::print(&(table(decided.keys()) + &summary(&plan)));
        }
        Ok(())
    }
}

fn summary(plan: &Plan) -> String {
    let count = |wanted: fn(&Treatment) -> bool| {
        plan.tables.iter().flat_map(|table| &table.treatments).filter(|t| wanted(t)).count()
    };
    format!(
        "every column of {} tables is decided: {} masked, {} null, {} kept, {} made by the database",
        plan.tables.len(),
        count(|t| matches!(t, Treatment::Mask(_))),
        count(|t| matches!(t, Treatment::Null)),
        count(|t| matches!(t, Treatment::Keep)),
        count(|t| matches!(t, Treatment::Omit | Treatment::Remake(_))),
    )
}

/// Not about the rules, so `--strict` leaves it a warning.
fn caution(reader: &Reader) -> Option<Diagnostic> {
    (!reader.could_write.is_empty()).then(|| {
        let message =
            format!("the reading role `{}` could write: {}", reader.role, reader.could_write.join(", "));
        Diagnostic::warning(message).help(format!("make one that can't: `{}`", reader.remedy()))
    })
}

fn json(problems: &[Diagnostic], keys: &[KeyVerdict], reader: Option<&Reader>) -> String {
    let keys: Vec<_> = keys
        .iter()
        .map(|key| {
            let (outcome, odds, why) = match &key.outcome {
                Uniqueness::Preserved => ("preserved", Some(0.0), None),
                Uniqueness::Safe { odds } => ("safe", Some(*odds), None),
                Uniqueness::Unproved { why } => ("unproved", None, Some(why)),
            };
            serde_json::json!({
                "table": key.table, "key": key.key, "parts": key.parts,
                "outcome": outcome, "odds": odds, "why": why,
            })
        })
        .collect();
    let mut answer = serde_json::json!({ "problems": diagnostics::values(problems), "keys": keys });
    if let Some(reader) = reader {
        answer["role"] = serde_json::json!({ "name": reader.role, "could_write": reader.could_write });
    }
    answer.to_string()
}

/// One line for each unique key over masked columns.
fn table(keys: &[KeyVerdict]) -> String {
    let mut text = String::new();
    if keys.is_empty() {
        return text;
    }
    let of = |key: &KeyVerdict| format!("{} ({})", key.table, key.parts);
    let width = keys.iter().map(|key| of(key).chars().count()).max().unwrap_or(0).min(60);
    text.push_str("unique keys over masked columns:\n");
    for key in keys {
        let outcome = match &key.outcome {
            Uniqueness::Preserved => "preserved by construction".to_owned(),
            Uniqueness::Safe { odds } => format!("safe: odds of a collision {odds:.0e}"),
            Uniqueness::Unproved { .. } => "checked on the build".to_owned(),
        };
        let _ = writeln!(text, "  {:width$}  {outcome}", of(key));
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_line_and_its_object() {
        let key = |parts: &str, outcome| KeyVerdict {
            table: "public.t".into(),
            key: "k".into(),
            parts: parts.into(),
            outcome,
        };
        let keys = [
            key("id", Uniqueness::Preserved),
            key("lower(email)", Uniqueness::Safe { odds: 4.1e-13 }),
            key("x, y", Uniqueness::Unproved { why: "reasons".into() }),
        ];
        insta::assert_snapshot!(table(&keys), @r#"
        unique keys over masked columns:
          public.t (id)            preserved by construction
          public.t (lower(email))  safe: odds of a collision 4e-13
          public.t (x, y)          checked on the build
        "#);
        let read: serde_json::Value = serde_json::from_str(&json(&[], &keys, None)).unwrap();
        assert_eq!(read["keys"][1]["odds"], 4.1e-13);
        assert_eq!(read["keys"][2]["why"], "reasons");
        assert_eq!(table(&[]), "");
    }
}
