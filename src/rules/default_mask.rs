//! The mask of a type: for `unlisted = "mask"`, and to propose in help.

use super::decision::Place;
use super::fit::takes;
use super::reader::{Reader, Registry};
use crate::diagnostic::SourceFile;
use crate::schema::DataType;
use crate::transform::{Decision, Rule};
use std::sync::Arc;
use toml_edit::Document;

/// Rules in the order they are tried: the first that accepts the type is its mask.
/// All are consistent, so that keys masked by default still match.
const TABLE: &[&str] = &[
    r#""uuid""#,
    r#""integer""#,
    r#""ip""#,
    r#""mac""#,
    r#""letters""#,
    r#""digits""#,
    r#""noise""#,
    r#"{ with = "date_shift", within = "30 days" }"#,
    r#"{ with = "json", default = "null" }"#,
    r#"{ with = "xml", default = "null" }"#,
    r#""boolean""#,
    r#""bytes""#,
    r#""token""#,
];

/// For an enum: one of its own labels.
const ENUM: &str = r#""choose""#;

/// The masks by type that the registry has.
pub(super) struct DefaultMasks {
    rules: Vec<(&'static str, Rule)>,
    of_enum: Option<(&'static str, Rule)>,
}

impl DefaultMasks {
    pub(super) fn new(registry: Registry) -> Self {
        Self {
            rules: TABLE.iter().filter_map(|written| read(written, registry)).collect(),
            of_enum: read(ENUM, registry),
        }
    }

    fn find(&self, data_type: &DataType) -> Option<&(&'static str, Rule)> {
        if matches!(data_type.base().form, crate::schema::Form::Enum(_)) {
            return self.of_enum.as_ref();
        }
        // `uuid` and `ip` also take text, and would stop at a text that is none.
        let of_text = |rule: &Rule| matches!(rule.with.name(), "letters" | "token");
        let text = data_type.is_text() || data_type.element().is_some_and(DataType::is_text);
        self.rules.iter().find(|(_, rule)| takes(rule.with, data_type) && (!text || of_text(rule)))
    }

    /// The mask of a type, if it has one.
    pub(super) fn of(&self, data_type: &DataType) -> Option<&Rule> {
        self.find(data_type).map(|(_, rule)| rule)
    }

    /// The same as it stands in a rule file.
    pub(super) fn written(&self, data_type: &DataType) -> Option<&'static str> {
        self.find(data_type).map(|(written, _)| *written)
    }
}

/// Reads a rule; `None` where the registry has no such transformer or parameter.
fn read(written: &'static str, registry: Registry) -> Option<(&'static str, Rule)> {
    let file = SourceFile { name: "masque:default".to_owned(), text: format!("rule = {written}") };
    let mut reader = Reader::new(Arc::new(file), registry);
    let document = Document::parse(reader.file.text.clone()).ok()?;
    let item = document.get("rule")?;
    let span = reader.span(item.span());
    match reader.decision(item, &span, Place::Column)? {
        Decision::Mask(rule) => Some((written, *rule)),
        _ => None,
    }
}
