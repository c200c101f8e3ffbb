//! What a sample of a column says, once its values are forgotten.

use super::document::{self, Found};
use super::evidence::Evidence;
use crate::postgres::sample::Values;
use crate::rules::{Detector, family};
use crate::schema::DataType;

/// What was seen of one column.
#[derive(Clone, Debug, Default)]
pub(super) struct Sight {
    /// Of texts, and of the elements of arrays.
    pub(super) evidence: Evidence,
    /// Paths in documents, and how many documents were read.
    pub(super) paths: Vec<Found>,
    pub(super) documents: u64,
    /// `integer` among as many digits as the numbers have.
    pub(super) range: Option<String>,
    /// Whether dates lie as dates of birth do.
    pub(super) births: bool,
}

impl Sight {
    /// Looks at a column's sampled values.
    pub(super) fn of(detector: &Detector, data_type: &DataType, values: &Values) -> Self {
        let texts = || values.iter().flatten().map(String::as_str);
        let is_array = data_type.element().is_some();
        let mut sight = Self::default();
        match family(data_type) {
            Some("text") if is_array => {
                let elements: Vec<String> = texts().flat_map(elements).collect();
                sight.evidence = Evidence::of(elements.iter().map(String::as_str));
            }
            Some("text") => sight.evidence = Evidence::of(texts()),
            Some("json") if !is_array => (sight.paths, sight.documents) = document::paths(detector, texts()),
            Some("number") => sight.range = range(values),
            Some("date") => sight.births = are_births(values),
            _ => {}
        }
        sight
    }
}

/// As many digits as the sample's numbers have: `integer` stays among them.
fn range(values: &[Option<String>]) -> Option<String> {
    let numbers: Vec<u64> = values.iter().flatten().filter_map(|text| text.parse().ok()).collect();
    let (least, most) = numbers.iter().min().zip(numbers.iter().max())?;
    let digits = |number: &u64| u32::try_from(number.to_string().len()).unwrap_or(20);
    let low = if *least < 10 { 1 } else { 10_i64.checked_pow(digits(least) - 1)? };
    let high = 10_i64.checked_pow(digits(most))? - 1;
    Some(format!("{{ with = \"integer\", min = {low}, max = {high} }}"))
}

/// The texts of a JSON array, however deep.
fn elements(array: &str) -> Vec<String> {
    fn add(value: serde_json::Value, out: &mut Vec<String>) {
        match value {
            serde_json::Value::String(text) => out.push(text),
            serde_json::Value::Array(list) => list.into_iter().for_each(|value| add(value, out)),
            _ => {}
        }
    }
    let mut out = Vec::new();
    if let Ok(value) = serde_json::from_str(array) {
        add(value, &mut out);
    }
    out
}

/// Whether dates lie as dates of birth do: nine of ten between 1900 and 18 years ago,
/// and over more than one generation.
fn are_births(values: &[Option<String>]) -> bool {
    let years: Vec<i32> = values.iter().flatten().filter_map(|text| text.get(..4)?.parse().ok()).collect();
    let adult = i32::from(jiff::Zoned::now().year()) - 18;
    let fit = years.iter().filter(|year| (1900..=adult).contains(*year)).count();
    let spread = years.iter().max().zip(years.iter().min()).map_or(0, |(most, least)| most - least);
    years.len() >= 10 && fit * 10 >= years.len() * 9 && spread >= 20
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn births_are_spread_over_a_generation_and_hirings_are_not() {
        let of = |years: &[i32]| {
            are_births(&years.iter().map(|year| Some(format!("{year}-02-03"))).collect::<Vec<_>>())
        };
        let births: Vec<i32> = (1950..1999).collect();
        assert!(of(&births) && !of(&(2001..2024).collect::<Vec<_>>()) && !of(&[1990; 30]));
    }
}
