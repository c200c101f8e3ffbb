//! One transformer per file; [`ALL`] is the list.
//!
//! A transformer is a definition: what it is called, which types and parameters
//! it takes, what it promises. [`bind`] ties it to one column, and everything
//! that can fail fails there; the masker it gives only turns one value into
//! another. Parsing, `check`, help, the JSON Schema, the benches and the laws
//! all walk [`ALL`].

// What a rule is and how it is bound.
mod batch;
mod binding;
mod condition;
mod frequency;
mod param;
mod relative;
mod rule;
mod seed;

// What several transformers know.
mod alphabet;
mod array;
mod canonical;
mod casing;
mod check_digit;
mod code;
mod dialling;
mod dice;
mod fit;
mod fold;
mod given;
mod handle;
mod iban_table;
mod json_filter;
mod json_path;
mod json_text;
mod language;
mod limit;
mod literal;
mod locale;
mod members;
mod name;
mod national_table;
mod period;
mod person;
mod place;
mod place_table;
mod placeholder;
mod prose;
mod range;
mod route;
mod shape;
mod spread;
mod url_parts;
mod vat_table;
mod web;
mod words;
mod xml_path;
mod xml_text;

// One transformer each.
mod address;
mod boolean;
mod bytes;
mod card;
mod choose;
mod city;
mod command;
mod company;
mod constant;
mod country;
mod date;
mod date_shift;
mod digits;
mod domain_name;
mod each;
mod email;
mod first_name;
mod full_name;
mod geo;
mod iban;
mod integer;
mod ip;
mod job_title;
mod json;
mod last_name;
mod letters;
mod mac;
mod national_id;
mod noise;
mod paragraph;
mod pattern;
mod phone;
mod postcode;
mod product;
mod redact;
mod region;
mod round;
mod sample;
mod scrub;
mod sentence;
mod shuffle;
mod street;
mod template;
mod token;
mod url;
mod user_agent;
mod username;
mod uuid;
mod vat;
mod word;
mod xml;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod vectors;

pub use batch::{Answers, BatchMasker, Spoiled};
pub use binding::{Binding, Decisions, Identities, Identity, accepting, bind};
pub use condition::{Condition, Test};
pub use frequency::Frequencies;
pub use integer::range as integer_range;
pub use locale::{LISTS, LOCALES, Locale, borrowed};
pub use national_id::countries as national_countries;
pub use param::{Param, ParamKind, ParamValue, Params};
pub use relative::{Relation, Relative};
pub use rule::{Decision, Rule};
pub use scrub::{ADDRESSES, Names, Trace, is_street_line, name_word, sightings, title_word, trace};
pub use seed::{Folding, Seed};
pub use xml_text::said as said_in_xml;

use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::DataType;

/// Every transformer, in the order of the catalogue.
pub const ALL: &[&dyn Transformer] = &[
    &first_name::FirstName,
    &last_name::LastName,
    &full_name::FullName,
    &username::Username,
    &email::Email,
    &phone::Phone,
    &street::Street,
    &city::City,
    &region::Region,
    &postcode::Postcode,
    &country::Country,
    &address::Address,
    &company::Company,
    &job_title::JobTitle,
    &product::Product,
    &word::Word,
    &sentence::Sentence,
    &paragraph::Paragraph,
    &url::Url,
    &domain_name::DomainName,
    &user_agent::UserAgent,
    &ip::Ip,
    &mac::Mac,
    &uuid::Uuid,
    &integer::Integer,
    &digits::Digits,
    &card::Card,
    &iban::Iban,
    &national_id::NationalId,
    &vat::Vat,
    &pattern::Pattern,
    &letters::Letters,
    &redact::Redact,
    &token::Token,
    &constant::Constant,
    &choose::Choose,
    &boolean::Boolean,
    &noise::Noise,
    &round::Round,
    &date::Date,
    &date_shift::DateShift,
    &geo::Geo,
    &sample::Sample,
    &shuffle::Shuffle,
    &template::Template,
    &json::Json,
    &xml::Xml,
    &each::Each,
    &scrub::Scrub,
    &bytes::Bytes,
    &command::Command,
];

/// The transformer of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Transformer> {
    ALL.iter().copied().find(|transformer| transformer.name() == name)
}

/// A problem with a parameter, at its place where that is known.
fn wrong(params: &Params, name: &str, problem: impl Into<String>) -> Diagnostic {
    let diagnostic = Diagnostic::error(problem);
    match params.span(name) {
        Some(span) => diagnostic.at(span, ""),
        None => diagnostic,
    }
}

/// The bits of a text of `length` characters, or of as many as the column takes.
fn column_bits(data_type: &DataType, length: usize, bits_each: f64) -> f64 {
    let length = data_type.max_chars().map_or(length, |room| room.min(length));
    f64::from(u32::try_from(length).unwrap_or(u32::MAX)) * bits_each
}

/// A named kind of masking.
pub trait Transformer: Sync {
    /// As written in a rule.
    fn name(&self) -> &'static str;
    /// One line for `masque transformers`, imperative, without a full stop.
    fn summary(&self) -> &'static str;
    /// What can be said beside the name.
    fn params(&self) -> &'static [Param] {
        &[]
    }
    /// Whether it can mask values of this type. Containers of an accepted type
    /// (arrays, ranges, domains) are masked element by element without being asked.
    fn accepts(&self, data_type: &DataType) -> bool;
    /// What holds of its output whatever the parameters.
    fn promises(&self) -> Promises;
    /// How many distinct outputs fit the column.
    fn capacity(&self, data_type: &DataType, params: &Params) -> Capacity;
    /// How many rows must have a value of the column before it may be drawn again,
    /// for a mask that draws from the column's own common values; `None` for all others.
    fn least_common(&self, _: &Params) -> Option<u32> {
        None
    }
    /// The same where a key folds case (`lower(email)`, `citext`): how many outputs
    /// differ in more than case, for inputs that do.
    fn folded_capacity(&self, data_type: &DataType, params: &Params) -> Capacity {
        self.capacity(data_type, params)
    }
    /// Whether `by` decides the output in place of the value, so that two values of
    /// one identity become one. Never asked of an injective mask.
    fn follows_by(&self) -> bool {
        true
    }
    /// Whether `by` moves all values of one identity together, so that distinct ones
    /// stay distinct; of two identities nothing is said.
    fn moves_together(&self) -> bool {
        false
    }
    /// A rule to show in help, and a value it can be tried on: `("email", "ann@corp.example")`.
    fn example(&self) -> Example;
    /// Ties it to a column. Everything that can fail, fails here.
    ///
    /// # Errors
    /// A diagnostic about the rule's parameters; the caller adds the place.
    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic>;
}

/// A rule and an input, for help and for tests.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The rule as it stands after `column = ` in a rule file.
    pub rule: &'static str,
    /// The column's type, as PostgreSQL names it.
    pub data_type: &'static str,
    /// An input value in text form.
    pub input: &'static str,
}

/// A transformer bound to one column, ready to run.
pub enum Bound {
    /// Masks one value at a time.
    Cell(Box<dyn Masker>),
    /// Masks a column of many rows at once.
    Batch(Box<dyn BatchMasker>),
}

impl Bound {
    /// Wraps a masker of single values.
    pub fn cell(masker: impl Masker + 'static) -> Self {
        Self::Cell(Box::new(masker))
    }

    /// Wraps a masker of many rows.
    pub fn batch(masker: impl BatchMasker + 'static) -> Self {
        Self::Batch(Box::new(masker))
    }

    /// Masks a column of several rows.
    ///
    /// # Errors
    /// The first row that can't be masked.
    pub fn mask_rows(&self, rows: &[Row<'_>], column: usize, answers: &mut Answers) -> Result<(), Spoiled> {
        match self {
            Self::Cell(masker) => masker.mask_rows(rows, column, answers),
            Self::Batch(masker) => masker.mask(rows, column, answers),
        }
    }

    /// The masker of single values, for places where a rule stands inside another.
    fn into_cell(self, rule: &Rule) -> Result<Box<dyn Masker>, Diagnostic> {
        match self {
            Self::Cell(masker) => Ok(masker),
            Self::Batch(_) => {
                let name = rule.with.name();
                let problem = format!("`{name}` masks whole columns and can't stand here");
                Err(Diagnostic::error(problem).or_at(&rule.span).help(
                    "use it without `when`, not inside another rule, and not on a column that others read",
                ))
            }
        }
    }
}

/// Turns one value into another. Never sees NULL.
pub trait Masker: Send + Sync {
    /// Writes the masked value of `value` to `out`. Does not allocate on the heap
    /// for scalar types.
    ///
    /// # Errors
    /// Where the value cannot be read; the run stops and names table, column and row.
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable>;

    /// Masks a column of several rows, in their order, NULLs too; each as [`Masker::mask`] would.
    /// A mask that is a chain of dependent steps runs those of several rows side by side here.
    ///
    /// # Errors
    /// The first row that can't be masked.
    fn mask_rows(&self, rows: &[Row<'_>], column: usize, answers: &mut Answers) -> Result<(), Spoiled> {
        for (place, row) in rows.iter().enumerate() {
            answers.answer(place, row.value(column), |value, out| self.mask(value, row, out))?;
        }
        Ok(())
    }
}

/// What a transformer says about its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// As many characters out as in.
    Kept,
    /// Never more than the column takes, otherwise free.
    Fits,
    /// Free.
    Free,
}

/// What holds of a transformer's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promises {
    /// Equal in, equal out, within the domain.
    pub consistent: bool,
    /// What it says about length.
    pub length: Length,
    /// What of the input can show in the output, in a few words; `None` for nothing.
    pub reveals: Option<&'static str>,
}

impl Promises {
    /// Consistent, fits the column, reveals nothing.
    pub const USUAL: Self = Self { consistent: true, length: Length::Fits, reveals: None };
}

/// How many distinct outputs a mask has, for unique keys.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Capacity {
    /// Distinct in, distinct out, always: a permutation.
    Injective,
    /// Drawn from 2^bits by a keyed function: two inputs collide by chance only.
    Random {
        /// The base-2 logarithm of the number of outputs.
        bits: f64,
    },
    /// Too few for a unique key.
    Few,
}

impl Capacity {
    /// The probability that any two of `count` distinct inputs collide (birthday bound).
    #[must_use]
    pub fn collision_odds(self, count: u64) -> f64 {
        match self {
            Self::Injective => 0.0,
            Self::Random { bits } => {
                #[expect(clippy::cast_precision_loss, reason = "an estimate of a probability")]
                let count = count as f64;
                (count * count / 2.0 / bits.exp2()).min(1.0)
            }
            Self::Few => 1.0,
        }
    }
}
