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
    ("int2", &["1", "999", "-32768", "32767"]),
    ("int4", &["1", "42", "0"]),
    ("int8", &["1", "900"]),
    ("numeric", &["12.50", "7", "-3", "NaN"]),
    ("numeric(6,0)", &["12", "999"]),
    ("numeric(6,2)", &["12.50", "-0.07"]),
    ("float4", &["1.5", "-0", "NaN", "3.4028235e38"]),
    ("float8", &["37.25", "-Infinity", "5e-324", "1.7976931348623157e308"]),
    ("bytea", &["\\x0001ff"]),
    ("date", &["1984-02-29", "infinity", "4714-11-24 BC", "5874897-12-31"]),
    ("time", &["12:30:00", "24:00:00", "00:00:00.000001"]),
    ("timetz", &["12:30:00+05:30", "24:00:00-15:59:59"]),
    ("timestamp", &["1984-02-29 12:00:00", "-infinity", "4714-11-24 00:00:00 BC"]),
    ("timestamptz", &["1984-02-29 12:00:00+00"]),
    ("interval", &["1 year 2 mons -3 days +04:05:06.789", "-00:00:01", "infinity"]),
    ("point", &["(13.37,52.52)", "(-180,90)"]),
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
fn several_rows_are_masked_as_one_after_the_other() {
    every(|transformer, column, samples, wire| {
        let ready = trial(transformer, column, wire).bind().unwrap();
        let samples: Vec<_> = samples.iter().map(|text| raw(text, &data_type(column), wire)).collect();
        // Strides of odd length, with NULLs and with values no mask reads.
        let all: Vec<_> =
            samples.iter().map(|raw| Some(raw.as_slice())).chain([None]).cycle().take(27).collect();
        let (mut readable, mut expected) = (Vec::new(), Vec::new());
        for value in all {
            match value.map(|value| ready.raw(value)).transpose() {
                Ok(masked) => {
                    readable.push(value);
                    expected.push(masked.flatten());
                }
                Err(why) => {
                    let with_it: Vec<_> = readable.iter().copied().chain([value]).collect();
                    let spoiled = ready.rows(&with_it).unwrap_err();
                    assert_eq!((spoiled.row, spoiled.why), (readable.len(), why), "{}", transformer.name());
                }
            }
        }
        assert!(ready.rows(&readable).unwrap() == expected, "{} on {column}", transformer.name());
    });
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
        let same_for_all =
            matches!(transformer.name(), "constant" | "country" | "redact" | "round" | "template");
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

#[test]
fn a_domain_joins_what_names_it_and_separates_it_from_the_rest() {
    let masked = |rule: &str, column: &str, input: &str| Trial::of(rule).on(column).text(input);
    for (name, column, input) in [
        ("email", "text", "ann@corp.example"),
        ("username", "text", "ann1985"),
        ("last_name", "text", "a name of some length"),
        ("phone", "text", "+49 30 12345678"),
        ("uuid", "uuid", "f81d4fae-7dec-41d0-a765-00a0c91e6bf6"),
        ("letters", "text", "some letters"),
        ("digits", "text", "123456789012"),
        ("token", "text", "a secret word"),
    ] {
        let plain = masked(&format!("\"{name}\""), column, input);
        let within =
            |domain: &str| masked(&format!("{{ with = \"{name}\", domain = \"{domain}\" }}"), column, input);
        assert_eq!(within("staff"), within("staff"), "{name}");
        let apart: HashSet<_> = [plain, within("staff"), within("customers"), within("partners")].into();
        assert!(apart.len() > if name == "last_name" { 1 } else { 3 }, "{name}: {apart:?}");
    }
    // An identity within a domain is another person than outside of it.
    let person = |domain: &str| {
        let rule = format!("{{ with = \"username\", by = \"id\"{domain} }}");
        Trial::of(&rule).sibling("id", "int4", Some(b"7")).text("ann")
    };
    assert_ne!(person(""), person(", domain = \"staff\""));
}

/// A rule, its type, and a whole small domain that it must map onto itself.
fn is_onto(rule: &str, column: &str, domain: impl Iterator<Item = String>) {
    let ready = Trial::of(rule).on(column).bind().unwrap();
    let domain: Vec<String> = domain.collect();
    let masked: HashSet<String> = domain.iter().map(|input| ready.text(input)).collect();
    assert_eq!(masked.len(), domain.len(), "{rule}");
    assert!(domain.iter().all(|input| masked.contains(input)), "{rule} leaves the domain");
}

#[test]
fn injective_masks_map_small_domains_onto_themselves() {
    for max in [1_u32, 2, 9, 100, 257, 4096, 65_536] {
        let rule = format!(r#"{{ with = "integer", min = 1, max = {max} }}"#);
        is_onto(&rule, "int4", (1..=max).map(|n| n.to_string()));
    }
    is_onto(
        r#"{ with = "integer", min = -50, max = 49 }"#,
        "numeric(6,0)",
        (-50..50).map(|n: i32| n.to_string()),
    );
    for length in 1..=5_usize {
        let below = 10_u32.pow(u32::try_from(length).unwrap());
        is_onto(r#""digits""#, "text", (0..below).map(|n| format!("X{n:0length$}")));
    }
    let letters = || 'a'..='z';
    is_onto(
        r#""letters""#,
        "text",
        letters().flat_map(|a| letters().flat_map(move |b| letters().map(move |c| format!("{a}{b}-{c}")))),
    );
    is_onto(
        r#"{ with = "ip", keep = 16 }"#,
        "inet",
        (0..=u16::MAX).map(|n| format!("8.8.{}.{}", n >> 8, n & 255)),
    );
    is_onto(r#""ip""#, "cidr", (0..4096).map(|n| format!("172.{}.{}.0/24", 16 + (n >> 8), n & 255)));
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
