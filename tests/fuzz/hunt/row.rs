//! Rows and values of both wire forms, through every mask.

use super::kind::{SIBLINGS, Subject, subjects};
use super::{CANARY, assert_silent};
use masque::format::{Place, Value, Wire, binary, text};
use masque::pipeline::{Batch, mask};
use std::time::{Duration, Instant};

/// What means something in a binary row: lengths, counts, flags.
pub(super) const BINARY_TOKENS: &[&str] = &[
    "\u{0}\u{0}\u{0}\u{0}",
    "\u{0}\u{0}\u{0}\u{1}",
    "\u{0}\u{0}\u{0}\u{7f}",
    "\u{7f}",
    "\u{1}{\"a\":",
    "\u{0}\u{0}\u{0}\u{5}hello",
    "[",
    "\u{2}",
];

/// What means something in the text form of some type.
pub(super) const TEXT_TOKENS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "\\",
    ",",
    "=>",
    ":",
    "<a>",
    "</a>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?x",
    "&#x41;",
    "&",
    ";",
    "'",
    "NULL",
    "-",
    "+",
    "e9",
    ".",
    "0",
    "999999999999999999999",
    "infinity",
    " BC",
    "::",
    "/",
    "@",
    "\u{0}",
    "é",
    "🎭",
    "\u{301}",
    "\n",
    "\t",
    "1:2",
    "\\x",
    "\\u0000",
    "\\ud800",
    "null",
    "true",
];

/// How a value came out.
pub(crate) enum Told {
    /// Masked; `None` for NULL.
    Value(Option<Vec<u8>>),
    /// Refused.
    Refused,
}

/// Masks one value of the table, and holds the outcome to what is promised of all.
pub(crate) fn told(subject: &Subject, wire: Wire, value: &[u8]) -> Option<Told> {
    let plan = subject.plan(wire)?;
    let row = row(wire, value);
    let mut batch = Batch::starting_at(0);
    batch.push(&row);
    Some(match mask(plan, batch) {
        Ok(masked) => {
            let fields = fields(wire, &masked.bytes);
            assert_eq!(fields.len(), SIBLINGS.len() + 1, "{} on {}", subject.with, subject.on.name);
            for ((_, kept), field) in SIBLINGS.iter().zip(&fields) {
                assert_eq!(field.as_deref(), Some(kept.as_bytes()), "{}", subject.with);
            }
            assert!(masked.bytes.len() < 200_000 + 200 * row.len(), "{} writes without bound", subject.with);
            Told::Value(fields.into_iter().next_back().flatten())
        }
        Err(error) => {
            assert_silent(&error.to_string(), error.help_text());
            Told::Refused
        }
    })
}

fn row(wire: Wire, value: &[u8]) -> Vec<u8> {
    let mut row = Vec::new();
    let values = SIBLINGS.iter().map(|(_, value)| value.as_bytes()).chain([value]);
    match wire {
        Wire::Binary => {
            row.extend_from_slice(&7_i16.to_be_bytes());
            values.for_each(|value| assert!(binary::write_field(&mut row, Some(value))));
        }
        Wire::Text => {
            for (place, value) in values.enumerate() {
                if place > 0 {
                    row.push(b'\t');
                }
                text::write_field(&mut row, Some(value));
            }
            row.push(b'\n');
        }
    }
    row
}

/// What a row of the table holds, which must be one.
fn fields(wire: Wire, row: &[u8]) -> Vec<Option<Vec<u8>>> {
    let count = SIBLINGS.len() + 1;
    let columns: Vec<usize> = (0..count).collect();
    let (mut places, mut scratch) = (vec![Place::Null; count], Vec::new());
    let found = match wire {
        Wire::Binary => binary::find_fields(row, 0, row.len(), &columns, &mut places),
        Wire::Text => text::find_fields(row, 0, row.len(), &columns, &mut places, &mut scratch),
    };
    assert!(found.is_some(), "what a mask wrote is no row");
    let of = |place: &Place| match *place {
        Place::Null => None,
        Place::Batch(from, to) => Some(row[from..to].to_vec()),
        Place::Scratch(from, to) => Some(scratch[from..to].to_vec()),
    };
    places.iter().map(of).collect()
}

/// Any bytes as a value, of the type and for the mask that the first two bytes choose.
fn value(wire: Wire, data: &[u8]) {
    let (all, Some((choice, value))) = (subjects(), data.split_first_chunk::<2>()) else { return };
    let subject = &all[usize::from(u16::from_le_bytes(*choice)) % all.len()];
    let began = Instant::now();
    let Some(Told::Value(Some(masked))) = told(subject, wire, value) else { return };
    let place = || format!("{} on {} ({wire:?})", subject.with, subject.on.name);
    let read =
        |raw: &[u8]| Value { raw, data_type: &subject.data_type, wire }.canonical(&mut Vec::new()).is_ok();
    assert!(!read(value) || read(&masked), "{} writes what is no value of the type", place());
    let spent = began.elapsed();
    assert!(spent < Duration::from_secs(20), "{} took {spent:?} for {} bytes", place(), value.len());
}

pub(super) fn binary_value(data: &[u8]) {
    value(Wire::Binary, data);
}

pub(super) fn text_value(data: &[u8]) {
    value(Wire::Text, data);
}

/// Any bytes as a whole row, for the mask that the first two bytes choose.
fn any_row(wire: Wire, data: &[u8]) {
    let (all, Some((choice, row))) = (subjects(), data.split_first_chunk::<2>()) else { return };
    let subject = &all[usize::from(u16::from_le_bytes(*choice)) % all.len()];
    let Some(plan) = subject.plan(wire) else { return };
    let mut batch = Batch::starting_at(0);
    batch.push(row);
    match mask(plan, batch) {
        Ok(masked) => assert_eq!(fields(wire, &masked.bytes).len(), SIBLINGS.len() + 1),
        Err(error) => assert_silent(&error.to_string(), error.help_text()),
    }
}

pub(super) fn binary_row(data: &[u8]) {
    let _ = binary::strip_header(data);
    any_row(Wire::Binary, data);
}

pub(super) fn text_row(data: &[u8]) {
    text::spans(data, 0, data.len(), &mut Vec::new());
    any_row(Wire::Text, data);
}

/// For each pair of a mask and a type, what the value's form makes of it.
fn seeds(make: impl Fn(&str, &str) -> Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (number, subject) in (0_u16..).zip(subjects()) {
        for value in subject.on.values.iter().chain([&CANARY]) {
            for made in make(subject.on.name, value) {
                seeds.push([&number.to_le_bytes(), made.as_slice()].concat());
            }
        }
    }
    seeds
}

pub(super) fn text_values() -> Vec<Vec<u8>> {
    seeds(|_, value| vec![value.as_bytes().to_vec()])
}

pub(super) fn text_rows() -> Vec<Vec<u8>> {
    seeds(|_, value| vec![row(Wire::Text, value.as_bytes())])
}

pub(super) fn binary_values() -> Vec<Vec<u8>> {
    seeds(in_binary)
}

pub(super) fn binary_rows() -> Vec<Vec<u8>> {
    seeds(|kind, value| in_binary(kind, value).iter().map(|value| row(Wire::Binary, value)).collect())
}

/// A value's binary form, or one of that form for types whose values would have to be read for it.
fn in_binary(kind: &str, value: &str) -> Vec<Vec<u8>> {
    let item = |bytes: &[u8]| [&i32::try_from(bytes.len()).unwrap_or(0).to_be_bytes(), bytes].concat();
    let array = |oid: i32, items: &[Vec<u8>]| {
        let count = i32::try_from(items.len()).unwrap_or(0);
        let head: Vec<u8> = [1, 0, oid, count, 1].iter().flat_map(|n: &i32| n.to_be_bytes()).collect();
        [head, items.concat()].concat()
    };
    let null = (-1_i32).to_be_bytes().to_vec();
    let numeric = [0, 2, 0, 0, 0, 0, 0, 2, 0, 12, 0x13, 0x88];
    let composite = || {
        let member = |oid: i32, bytes: &[u8]| [oid.to_be_bytes().to_vec(), item(bytes)].concat();
        let tags = array(25, &[item(b"x"), null.clone()]);
        let members = [member(25, b"a"), member(1700, &numeric), member(1009, &tags)];
        [3_i32.to_be_bytes().to_vec(), members.concat()].concat()
    };
    let range = |lower: &[u8], upper: &[u8]| [vec![2], item(lower), item(upper)].concat();
    let many = |ranges: &[Vec<u8>]| {
        let count = i32::try_from(ranges.len()).unwrap_or(0);
        [count.to_be_bytes().to_vec(), ranges.iter().flat_map(|range| item(range)).collect()].concat()
    };
    let four = |n: i32| n.to_be_bytes();
    vec![match kind {
        "bool" => vec![1],
        "int2" => vec![0, 42],
        "int4" | "date" | "float4" => four(4242).to_vec(),
        "int8" | "float8" | "time" | "timestamp" | "timestamptz" => 4_242_424_242_i64.to_be_bytes().to_vec(),
        "timetz" => [&4_242_424_242_i64.to_be_bytes()[..], &four(-3600)].concat(),
        "interval" => [&4_242_424_242_i64.to_be_bytes()[..], &four(3), &four(14)].concat(),
        "point" => [1.5_f64.to_be_bytes(), (-7.25_f64).to_be_bytes()].concat(),
        "numeric" | "numeric(6,2)" => numeric.to_vec(),
        "uuid" => vec![7; 16],
        "inet" => vec![2, 32, 0, 4, 10, 1, 2, 3],
        "cidr" => vec![2, 24, 1, 4, 10, 1, 2, 0],
        "macaddr" => vec![8, 0, 0x2b, 1, 2, 3],
        "macaddr8" => vec![8, 0, 0x2b, 0xff, 0xfe, 1, 2, 3],
        "jsonb" => [b"\x01", value.as_bytes()].concat(),
        "hstore" => [&four(2)[..], &item(b"mail"), &item(value.as_bytes()), &item(b"x"), &null].concat(),
        "text[]" => array(25, &[item(value.as_bytes()), null, item(b"")]),
        "int4[]" => array(23, &[item(&four(1)), null]),
        "date[]" => array(1082, &[item(&four(7000))]),
        "jsonb[]" => array(3802, &[item(b"\x01{\"email\": \"ann@corp.example\"}")]),
        "int4range" => range(&four(1), &four(5)),
        "numrange" => range(&numeric, &numeric),
        "daterange" => range(&four(7000), &four(7030)),
        "int4multirange" => many(&[range(&four(1), &four(5)), vec![0x12, 0, 0, 0, 4, 0, 0, 0, 9]]),
        "datemultirange" => many(&[range(&four(7000), &four(7030))]),
        "composite" => composite(),
        "composite[]" => array(99_999, &[item(&composite()), null]),
        _ => value.as_bytes().to_vec(),
    }]
}
