//! What a sample of a column says, once its values are forgotten.

use super::document::{self, Around, Found};
use super::evidence::Evidence;
use super::sketch::Sketch;
use super::writing;
use crate::postgres::sample::Values;
use crate::rules::family;
use crate::schema::{DataType, Scalar};
use crate::transform::said_in_xml;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// What was seen of one column.
#[derive(Clone, Debug, Default)]
pub(super) struct Sight {
    /// Sampled values that are not NULL.
    pub(super) values: u64,
    /// Of texts, and of the elements of arrays.
    pub(super) evidence: Evidence,
    /// Paths in documents, and how many documents were read.
    pub(super) paths: Vec<Found>,
    pub(super) documents: u64,
    /// How many of the values differ.
    pub(super) different: usize,
    /// How many bytes they have, on average.
    pub(super) length: u64,
    /// How many of a hundred are the most frequent one.
    pub(super) common: u64,
    /// How many of a hundred have the most frequent form: letters, digits and signs in the same places.
    pub(super) alike: u64,
    /// How many digits the longest of the whole numbers has.
    pub(super) digits: u32,
    /// Whether dates lie as dates of birth do.
    pub(super) births: bool,
    /// Whether numbers are as those of places are, and if so whether as latitudes are.
    pub(super) degrees: Option<bool>,
    /// How many of a hundred rows have a word of it in an e-mail address or a whole name.
    pub(super) kin: u64,
    /// Whether they are whole numbers of five digits and more, and seldom come twice.
    pub(super) own: bool,
    /// Whether they are numbers of three digits and more, and most of them differ.
    pub(super) varied: bool,
    /// Of texts, for finding copies.
    pub(super) sketch: Sketch,
}

impl Sight {
    /// Whether values of this type say anything.
    pub(super) fn is_of(data_type: &DataType) -> bool {
        match family(data_type) {
            Some("text" | "enum" | "number" | "real" | "date") => true,
            Some("json" | "hstore" | "bytes") => data_type.element().is_none(),
            _ => is_xml(data_type),
        }
    }

    /// Looks at a column's sampled values.
    pub(super) fn of(around: &Around<'_>, data_type: &DataType, values: &Values) -> Self {
        let texts = || values.iter().flatten().map(String::as_str);
        let is_array = data_type.element().is_some();
        let count = texts().count() as u64;
        let mut sight = Self {
            values: count,
            different: texts().collect::<HashSet<_>>().len(),
            length: texts().map(str::len).sum::<usize>() as u64 / count.max(1),
            common: most(texts()) * 100 / count.max(1),
            alike: most(texts().map(form)) * 100 / count.max(1),
            ..Self::default()
        };
        match family(data_type) {
            Some("text") if is_array => {
                let elements: Vec<String> = texts().flat_map(elements).collect();
                sight.evidence = Evidence::of(elements.iter().map(String::as_str));
                sight.sketch = Sketch::of(elements.iter().map(String::as_str));
            }
            Some("text" | "enum") => {
                sight.evidence = Evidence::of(texts());
                sight.sketch = Sketch::of(texts());
            }
            Some("json") if !is_array => {
                let documents = texts().filter_map(|text| serde_json::from_str(text).ok());
                (sight.paths, sight.documents) = document::paths(around, documents);
            }
            Some("hstore") if !is_array => {
                (sight.paths, sight.documents) = document::paths(around, texts().filter_map(members));
            }
            _ if is_xml(data_type) => {
                (sight.paths, sight.documents) = document::paths(around, texts().map(elements_of));
            }
            Some("number") => {
                sight.degrees = degrees(values);
                sight.digits = longest(values);
                sight.births = are_days_of_birth(values);
                sight.own = are_own(values) && !are_moments(values);
                sight.varied = are_varied(values);
            }
            Some("bytes") => {
                let read: Vec<String> = texts().filter_map(written_in).collect();
                sight.evidence = Evidence::of(read.iter().map(String::as_str));
            }
            Some("real") => (sight.degrees, sight.varied) = (degrees(values), are_varied(values)),
            Some("date") => sight.births = are_births(values),
            _ => {}
        }
        sight
    }
}

/// How often the most frequent of them comes.
fn most<T: Hash + Eq>(of: impl Iterator<Item = T>) -> u64 {
    let mut counts: HashMap<T, u64> = HashMap::new();
    of.for_each(|one| *counts.entry(one).or_default() += 1);
    counts.into_values().max().unwrap_or(0)
}

/// Where the first signs of a text are letters and digits.
fn form(text: &str) -> String {
    const LOOKED: usize = 30;
    let plain = |c: char| match c {
        _ if c.is_ascii_digit() => '9',
        _ if c.is_alphabetic() => 'a',
        _ => c,
    };
    text.chars().take(LOOKED).map(plain).collect()
}

/// What bytes say, in base 16, where they are a text in UTF-8, which may be cut off at the end.
fn written_in(bytes: &str) -> Option<String> {
    let octet = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Vec<u8> = bytes.as_bytes().chunks(2).map(octet).collect::<Option<_>>()?;
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    (!text.is_empty() && !text.contains('\0')).then(|| text.to_owned())
}

fn is_xml(data_type: &DataType) -> bool {
    data_type.element().is_none() && data_type.scalar() == Some(Scalar::Xml)
}

/// An XML document as one of the names of its elements and their texts.
fn elements_of(text: &str) -> Value {
    let mut members = serde_json::Map::new();
    for (name, said) in said_in_xml(text) {
        let name = name.rsplit_once(':').map_or(name, |(_, name)| name);
        if let Value::Array(all) = members.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
            all.push(Value::String(said));
        }
    }
    Value::Object(members)
}

/// How many digits the longest of eight whole numbers and more has.
fn longest(values: &[Option<String>]) -> u32 {
    let numbers = values.iter().flatten().filter_map(|text| text.parse::<u64>().ok());
    let lengths: Vec<u32> = numbers.map(|number| number.checked_ilog10().unwrap_or(0) + 1).collect();
    let most = lengths.iter().copied().max().unwrap_or(0);
    if lengths.len() < 8 { 0 } else { most }
}

/// Whether numbers are as degrees are: with three decimals and more, within the globe, and
/// not all shares of one; and whether they are as latitudes.
fn degrees(values: &[Option<String>]) -> Option<bool> {
    let texts: Vec<&str> = values.iter().flatten().map(String::as_str).collect();
    // Money has two decimals, however many its type has.
    let is_fine = |text: &&&str| {
        let end = text.split_once('.').map(|(_, end)| end).filter(|end| end.len() >= 4);
        end.is_some_and(|end| end.trim_end_matches('0').len() >= 3)
    };
    let fine = texts.iter().filter(is_fine).count();
    let numbers: Vec<f64> = texts.iter().filter_map(|text| text.parse().ok()).map(f64::abs).collect();
    let most = numbers.iter().copied().fold(0.0, f64::max);
    let fits = numbers.len() >= 5 && fine * 10 >= texts.len() * 8 && most > 1.0 && most <= 180.0;
    fits.then_some(most <= 90.0)
}

/// An hstore as a document: `"key"=>"value"` and `"key"=>NULL`, with backslashes before
/// quotes and backslashes.
fn members(text: &str) -> Option<Value> {
    let mut members = serde_json::Map::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (key, after) = quoted(rest)?;
        let after = after.strip_prefix("=>")?;
        let after = if let Some(after) = after.strip_prefix("NULL") {
            after
        } else {
            let (value, after) = quoted(after)?;
            members.insert(key, Value::String(value));
            after
        };
        rest = after.strip_prefix(", ").unwrap_or(after);
    }
    Some(Value::Object(members))
}

/// What stands between quotes at the front of a text, and what comes after.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut inside = String::new();
    let mut signs = text.strip_prefix('"')?.char_indices();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '"' => return Some((inside, text.get(at + 2..)?)),
            '\\' => inside.push(signs.next()?.1),
            sign => inside.push(sign),
        }
    }
    None
}

/// The texts of a JSON array, however deep.
fn elements(array: &str) -> Vec<String> {
    fn add(value: Value, out: &mut Vec<String>) {
        match value {
            Value::String(text) => out.push(text),
            Value::Array(list) => list.into_iter().for_each(|value| add(value, out)),
            _ => {}
        }
    }
    let mut out = Vec::new();
    if let Ok(value) = serde_json::from_str(array) {
        add(value, &mut out);
    }
    out
}

/// Whether dates lie as dates of birth do.
fn are_births(values: &[Option<String>]) -> bool {
    let years: Vec<i32> = values.iter().flatten().filter_map(|text| text.get(..4)?.parse().ok()).collect();
    writing::are_births(&years)
}

/// Whether whole numbers are days written as `19780510`, and lie as dates of birth do.
fn are_days_of_birth(values: &[Option<String>]) -> bool {
    let read: Vec<_> = values.iter().flatten().map(|text| writing::year(text)).collect();
    let years: Vec<i32> = read.iter().flatten().copied().collect();
    years.len() * 10 >= read.len() * 9 && writing::are_births(&years)
}

/// Whether whole numbers are long, and nearly every row has its own.
fn are_own(values: &[Option<String>]) -> bool {
    let texts: Vec<&str> = values.iter().flatten().map(String::as_str).collect();
    let long =
        texts.iter().filter(|text| text.len() >= 5 && text.bytes().all(|b| b.is_ascii_digit())).count();
    let different = texts.iter().collect::<HashSet<_>>().len();
    // Sizes and amounts have lengths of all kinds.
    let most = (5..=20).map(|length| texts.iter().filter(|text| text.len() == length).count()).max();
    texts.len() >= 20
        && most.unwrap_or(0) * 10 >= texts.len() * 8
        && long * 10 >= texts.len() * 9
        && different * 10 >= texts.len() * 9
}

/// Whether whole numbers are moments: seconds since 1970, thousandths or millionths of
/// them, in the years 2000 to 2040, and noughts where nothing happened yet.
fn are_moments(values: &[Option<String>]) -> bool {
    const YEARS: std::ops::Range<i64> = 946_684_800..2_208_988_800;
    let is_moment = |text: &str| {
        let number: Option<i64> = text.parse().ok();
        [1, 1_000, 1_000_000].iter().any(|part| number.is_some_and(|number| YEARS.contains(&(number / part))))
    };
    let mut texts = values.iter().flatten().filter(|text| *text != "0").peekable();
    texts.peek().is_some() && texts.all(|text| is_moment(text))
}

/// Whether numbers of three digits and more seldom come twice.
fn are_varied(values: &[Option<String>]) -> bool {
    let texts: Vec<&str> = values.iter().flatten().map(String::as_str).collect();
    let different = texts.iter().collect::<HashSet<_>>().len();
    let long = texts.iter().filter(|text| text.bytes().filter(u8::is_ascii_digit).count() >= 3).count();
    texts.len() >= 8 && different * 10 >= texts.len() * 7 && long * 10 >= texts.len() * 9
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

    #[test]
    fn moments_are_no_numbers_of_people() {
        let of =
            |from: i64, step: i64| (0..40).map(|n| Some((from + n * step).to_string())).collect::<Vec<_>>();
        for (from, step) in [(1_700_000_000, 777), (1_700_000_000_000, 1_000), (1_700_000_000_000_000, 5)] {
            let mut moments = of(from, step);
            assert!(are_moments(&moments));
            moments.push(Some("0".to_owned()));
            assert!(are_moments(&moments), "one that never came");
        }
        assert!(!are_moments(&of(600_123_456, 7)) && !are_moments(&of(12_345_678, 3)) && !are_moments(&[]));
        assert!(are_varied(&of(58_000, 317)) && !are_varied(&of(10, 1)) && !are_varied(&of(58_000, 0)));
    }

    #[test]
    fn bytes_are_read_where_they_are_a_text() {
        assert_eq!(written_in("7b2261223a22c3bc").as_deref(), Some("{\"a\":\"ü"));
        assert_eq!(written_in("61c3").as_deref(), Some("a"), "cut off within a letter");
        assert_eq!(
            (written_in("89504e470d0a1a0a"), written_in("6100"), written_in(""), written_in("zz")),
            (None, None, None, None)
        );
    }

    #[test]
    fn an_hstore_is_read_member_by_member() {
        let read = members(r#""a"=>"1", "b\"c"=>NULL, "d"=>"x, \"y\"""#).unwrap();
        assert_eq!(read, serde_json::json!({"a": "1", "d": "x, \"y\""}));
        assert_eq!(members("\"a\"=>"), None);
    }

    #[test]
    fn an_xml_document_is_read_element_by_element() {
        let read = elements_of("<a><n:nome x=\"1\">Ann &amp; Bob</n:nome><b> </b><nome>C</nome><c/>tail</a>");
        assert_eq!(read, serde_json::json!({"nome": ["Ann & Bob", "C"]}));
        assert_eq!(elements_of("<a><b>x"), serde_json::json!({"b": ["x"]}));
        assert_eq!(elements_of("<a <b"), serde_json::json!({}));
    }

    #[test]
    fn degrees_have_four_decimals_and_shares_are_none() {
        let of =
            |numbers: &[&str]| degrees(&numbers.iter().map(|n| Some((*n).to_owned())).collect::<Vec<_>>());
        assert_eq!(of(&["52.5162", "48.13711", "53.55001", "-50.9412", "51.3396"]), Some(true));
        assert_eq!(of(&["113.5162", "148.13711", "153.55001", "-50.9412", "51.3396"]), Some(false));
        assert_eq!(of(&["0.5162", "0.1371", "0.5500", "0.9412", "0.3396"]), None);
        assert_eq!(of(&["12.50", "13.20", "19.99", "50.00", "51.33"]), None);
    }
}
