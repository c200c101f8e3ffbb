//! What a person writes: rule files, and their check against a schema.
//!
//! Only [`check()`] makes [`CheckedRules`], and a plan takes nothing else: that is
//! how an undecided column can't reach a lane.
//!
//! Reading and checking collect problems and go on: what is broken counts as
//! decided, so one mistake is one diagnostic and none hides another.

mod asked;
mod borrow;
mod check;
mod compound;
mod condition;
mod configuration;
mod constraint;
mod content;
mod credential;
mod decide;
mod decision;
mod default_mask;
mod detect;
mod distinct;
mod divide;
mod document;
mod drift;
mod edge;
mod entropy;
mod expression;
mod family;
mod fit;
mod fitting;
mod follow;
mod include;
mod json_schema;
mod key;
mod kind;
mod large_objects;
mod lexicon;
mod literals;
mod naming;
mod parameter;
mod pattern;
mod personal;
mod preset;
mod printed;
mod reader;
mod reference;
mod role;
mod rows;
mod rule_file;
mod schema_rules;
mod search;
mod select;
mod shown;
mod spelling;
mod sql_text;
mod trial;
mod undecided;
mod unique;
mod word;

#[cfg(test)]
mod tests;

pub use check::{CheckedRules, Decided, TableRules, check};
pub use content::KeptText;
pub use credential::{find as find_credential, gives_access, is_setting};
pub use default_mask::default_rule;
pub use detect::Detector;
pub use drift::{Drift, decided, drift};
pub(crate) use edge::Edges;
pub use family::family;
pub use follow::{decides, needs_decisions};
pub use json_schema::json_schema;
pub use key::{KeyVerdict, Uniqueness};
pub use kind::{Beside, Kind, Reach};
pub use large_objects::LargeObjects;
pub use preset::PRESETS;
pub use rows::Rows;
pub use rule_file::{RuleFile, Unlisted};
pub use spelling::{key as written_key, table_key, text as written_text};
pub use undecided::without_words;
pub use word::words;
