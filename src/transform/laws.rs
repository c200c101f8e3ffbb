//! What holds of every transformer in [`ALL`], whatever it is.

use super::fixture::{Trial, data_type};
use super::{ALL, Bound, Capacity, Length, Params, Transformer, literal};
use crate::format::{Value, Wire};
use crate::schema::DataType;
use proptest::prelude::*;
use std::collections::HashSet;

/// A type, and values of it in text form.
const SAMPLES: &[(&str, &[&str])] = &[
    (
        "text",
        &[
            "Ann Smith",
            "ann@corp.example",
            "+1 415 555 0134",
            "",
            "x",
            "4111 1111 1111 1111",
            "王小明",
            "Zoë",
        ],
    ),
    ("varchar(40)", &["Ann Smith", "O'NEILL", "10.1.2.3", "DE-1234"]),
    ("char(32)", &["Ann", "bob@corp.com"]),
    ("varchar(3)", &["Ann", "42", "é"]),
    ("bool", &["t", "f"]),
    ("int2", &["1", "999"]),
    ("int4", &["1", "42", "0"]),
    ("int8", &["1", "900"]),
    ("numeric", &["12.50", "7", "-3"]),
    ("numeric(6,0)", &["12", "999"]),
    ("numeric(6,2)", &["12.50", "-0.07"]),
    ("bytea", &["\\x0001ff"]),
    ("date", &["1984-02-29", "infinity"]),
    ("timestamp", &["1984-02-29 12:00:00"]),
    ("timestamptz", &["1984-02-29 12:00:00+00"]),
    ("uuid", &["f81d4fae-7dec-41d0-a765-00a0c91e6bf6"]),
    ("inet", &["10.1.2.3", "8.8.8.8/24", "2a00::1"]),
    ("cidr", &["10.1.2.0/24"]),
    ("macaddr", &["08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff"]),
    ("macaddr8", &["08:00:2b:ff:fe:01:02:03", "02:00:00:00:00:00:00:01"]),
    ("json", &["{\"email\": \"ann@corp.example\"}", "[1, null]"]),
    ("jsonb", &["{\"email\": \"ann@corp.example\", \"plan\": 2}"]),
    ("xml", &["<a b='ann@corp.example'>Ann &amp; Bob</a>"]),
    ("hstore", &["\"mail\"=>\"ann@corp.example\", \"x\"=>NULL"]),
    ("enum", &["red"]),
    ("text[]", &["{ann@corp.example,NULL}", "{{a,b},{c,d}}", "{}"]),
    ("int4[]", &["{1,2,NULL}"]),
    ("date[]", &["{1984-02-29}"]),
];

fn trial(transformer: &dyn Transformer, column: &str, wire: Wire) -> Trial {
    let id = if wire == Wire::Text { &b"42"[..] } else { &[0, 0, 0, 42] };
    let rule = match (transformer.name(), column) {
        // What these examples say is for text.
        ("constant" | "choose", "text" | "varchar(40)") => transformer.example().rule,
        ("constant", "varchar(3)" | "char(32)") => r#"{ with = "constant", value = "abc" }"#,
        ("constant", _) if column.contains("int") => r#"{ with = "constant", value = 7 }"#,
        ("token", _) => r#""token""#,
        (_, _) => transformer.example().rule,
    };
    let samples = SAMPLES.iter().find(|(name, _)| *name == column).map_or(&[][..], |(_, samples)| samples);
    let common: Vec<_> = samples.iter().map(|sample| (*sample, 50)).collect();
    Trial::of(rule).on(column).wire(wire).sibling("id", "int4", Some(id)).common(&common)
}

/// The rule of a transformer's example, with what it needs around it.
fn example(transformer: &dyn Transformer) -> Trial {
    let example = transformer.example();
    let common = [("Paris", 60), ("Nantes", 40)];
    Trial::of(example.rule).on(example.data_type).common(&common)
}

/// Every transformer on every type it binds to, in both forms.
fn every(mut each: impl FnMut(&dyn Transformer, &str, &[&str], Wire)) {
    let mut bound = 0;
    for transformer in ALL {
        for (column, samples) in SAMPLES {
            for wire in [Wire::Text, Wire::Binary] {
                if trial(*transformer, column, wire).bind().is_ok() {
                    each(*transformer, column, samples, wire);
                    bound += 1;
                }
            }
        }
    }
    assert!(bound > 4 * ALL.len(), "only {bound} bound");
}

fn raw(text: &str, data_type: &DataType, wire: Wire) -> Vec<u8> {
    let mut bytes = Vec::new();
    literal::encode(text, data_type, wire, &mut bytes).unwrap();
    bytes
}

#[test]
fn names_are_distinct_and_words_are_in_order() {
    let names: HashSet<_> = ALL.iter().map(|transformer| transformer.name()).collect();
    assert_eq!(names.len(), ALL.len());
    for transformer in ALL {
        let summary = transformer.summary();
        assert!(summary.starts_with(char::is_uppercase) && !summary.ends_with('.'), "{summary}");
        for param in transformer.params() {
            let reserved = ["with", "by", "domain", "when", "otherwise", "reason", "optional"];
            assert!(!reserved.contains(&param.name) && !param.help.ends_with('.'), "{}", param.name);
        }
    }
}

#[test]
fn every_example_binds_and_changes_its_input() {
    for transformer in ALL {
        let input = transformer.example().input;
        let trial = example(*transformer).sibling("id", "int4", Some(b"42"));
        let trial = trial.sibling("country", "text", Some(b"DE"));
        // A mask of whole columns has nothing to do with one value alone.
        let Bound::Cell(_) = trial.bound().unwrap() else { continue };
        assert_ne!(trial.text(input), input, "{}", transformer.name());
    }
}

#[test]
fn output_fits_its_column_and_reads_back() {
    every(|transformer, column, samples, wire| {
        let data_type = data_type(column);
        let ready = trial(transformer, column, wire).bind().unwrap();
        for sample in samples {
            let place = format!("{} on {column} ({wire:?}): {sample}", transformer.name());
            let input = raw(sample, &data_type, wire);
            let Ok(masked) = ready.raw(&input) else {
                // Only numbers outside a range, and what is no number or no document.
                assert!(matches!(transformer.name(), "integer" | "json" | "xml"), "{place}");
                continue;
            };
            let masked = masked.unwrap();
            let value = Value { raw: &masked, data_type: &data_type, wire };
            value.canonical(&mut Vec::new()).unwrap_or_else(|problem| panic!("{place}: {problem:?}"));
            if data_type.is_text() {
                let count = value.text().unwrap().chars().count();
                assert!(data_type.max_chars().is_none_or(|room| count <= room), "{place}");
                if transformer.promises().length == Length::Kept {
                    let kept = Value { raw: &input, ..value }.text().unwrap().chars().count();
                    assert_eq!(count, kept, "{place}");
                }
            }
        }
    });
}

#[test]
fn equal_in_is_equal_out_and_secrets_differ() {
    for transformer in ALL.iter().filter(|transformer| transformer.promises().consistent) {
        let of = |secret: u8, id: &str| {
            let trial = example(*transformer).secret(secret);
            trial.sibling("id", "int4", Some(id.as_bytes())).text(transformer.example().input)
        };
        assert_eq!(of(1, "1"), of(1, "1"), "{}", transformer.name());
        let under: HashSet<_> = (0..20).map(|secret| of(secret, "1")).collect();
        let same_for_all = matches!(transformer.name(), "constant" | "country" | "redact" | "template");
        assert_eq!(under.len() == 1, same_for_all, "{}", transformer.name());
    }
}

#[test]
fn text_and_binary_forms_agree() {
    for transformer in ALL {
        for (column, samples) in SAMPLES.iter().filter(|(column, _)| data_type(column).is_text()) {
            let ready = |wire| trial(*transformer, column, wire).bind();
            let (Ok(text), Ok(binary)) = (ready(Wire::Text), ready(Wire::Binary)) else { continue };
            for sample in *samples {
                assert_eq!(
                    text.raw(sample.as_bytes()),
                    binary.raw(sample.as_bytes()),
                    "{}",
                    transformer.name()
                );
            }
        }
    }
}

#[test]
fn the_input_never_shows_unless_the_promises_say_so() {
    let input = "Xqvander Zwylk93841";
    for transformer in ALL.iter().filter(|transformer| transformer.promises().reveals.is_none()) {
        let Ok(ready) = trial(*transformer, "text", Wire::Text).bind() else { continue };
        let Ok(masked) = ready.raw(input.as_bytes()) else { continue };
        let masked = String::from_utf8(masked.unwrap()).unwrap().to_lowercase();
        for word in ["xqvander", "zwylk", "93841"] {
            assert!(!masked.contains(word), "{}: {masked}", transformer.name());
        }
    }
}

#[test]
fn injective_masks_are_one_to_one() {
    for transformer in ALL {
        for column in ["text", "varchar(40)"] {
            let injective =
                transformer.capacity(&data_type(column), &Params::default()) == Capacity::Injective;
            let rule = match transformer.name() {
                "digits" | "integer" => format!("\"{}\"", transformer.name()),
                _ => transformer.example().rule.to_owned(),
            };
            let Ok(ready) = Trial::of(&rule).on(column).bind() else { continue };
            if !injective {
                continue;
            }
            let mut seen = HashSet::new();
            for length in 1..=4_usize {
                for n in 0..10_usize.pow(u32::try_from(length).unwrap()) {
                    let Ok(masked) = ready.raw(format!("{n:0length$}").as_bytes()) else { continue };
                    assert!(seen.insert(masked.unwrap()), "{} {n:0length$}", transformer.name());
                }
            }
            assert!(seen.len() > 1000, "{}", transformer.name());
        }
    }
}

#[test]
fn texts_that_differ_in_more_than_case_still_do() {
    let letters = || ('a'..='z').chain('0'..='3');
    let texts: Vec<String> = letters().flat_map(|a| letters().map(move |b| format!("{a}{b}"))).collect();
    for transformer in ALL {
        let text = data_type("text");
        let capacity = transformer.folded_capacity(&text, &Params::default());
        if !transformer.accepts(&text) || capacity.collision_odds(1000) > 1e-6 {
            continue;
        }
        let Ok(ready) = trial(*transformer, "text", Wire::Text).bind() else { continue };
        let mut seen = HashSet::new();
        for (place, plain) in texts.iter().enumerate() {
            // In one of four case styles each.
            let style =
                |(at, c): (usize, char)| if place >> at & 1 == 1 { c.to_ascii_uppercase() } else { c };
            let styled: String = plain.chars().enumerate().map(style).collect();
            let Ok(masked) = ready.raw(styled.as_bytes()) else { continue };
            let folded = String::from_utf8(masked.unwrap()).unwrap().to_lowercase();
            assert!(seen.insert(folded), "{} {styled}", transformer.name());
        }
    }
}

#[test]
fn every_integer_of_two_bytes_has_its_own() {
    let rule = r#"{ with = "integer", min = -32768, max = 32767 }"#;
    let ready = Trial::of(rule).on("int2").wire(Wire::Binary).bind().unwrap();
    let all = (i16::MIN..=i16::MAX).map(|n| ready.raw(&n.to_be_bytes()).unwrap().unwrap());
    assert_eq!(all.collect::<HashSet<_>>().len(), 65_536);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..48), text in ".{0,40}") {
        every(|transformer, column, _, wire| {
            let ready = trial(transformer, column, wire).bind().unwrap();
            let _ = ready.raw(&bytes);
            let masked = ready.raw(text.as_bytes());
            let data_type = data_type(column);
            // Text is masked whatever it says, but for numbers and documents.
            if data_type.is_text() && !matches!(transformer.name(), "integer" | "json" | "xml") && !text.contains('\0') {
                let masked = masked.unwrap().unwrap();
                let masked = std::str::from_utf8(&masked).unwrap();
                // A value longer than its column can't be.
                if let Some(room) = data_type.max_chars().filter(|room| text.chars().count() <= *room) {
                    assert!(masked.chars().count() <= room, "{}", transformer.name());
                }
            }
        });
    }
}
