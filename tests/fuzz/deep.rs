//! Values that are deep, and lengths that lie: no stack overflows, no memory is asked for on a promise.

use super::hunt::kind::subjects;
use super::hunt::row::{Told, told};
use super::hunt::{CANARY, look};
use masque::format::Wire;

/// How deep nobody's data is.
const DEEP: usize = 100_000;

/// Texts that open `DEEP` times, and close as often or not at all.
fn nested() -> Vec<String> {
    let pairs = [
        ("[", "]"),
        ("{", "}"),
        ("{\"a\":", "}"),
        ("[{\"a\":[", "]}]"),
        ("<a>", "</a>"),
        ("<a><![CDATA[x]]>", "</a>"),
        ("(", ")"),
        ("\"(", ")\""),
        ("{{[", "]}}"),
        ("<!DOCTYPE a [", "]>"),
        ("&", ";"),
        ("\\", ""),
    ];
    let both = pairs.iter().flat_map(|(open, close)| {
        [open.repeat(DEEP), format!("{}{CANARY}{}", open.repeat(DEEP), close.repeat(DEEP))]
    });
    both.collect()
}

#[test]
fn a_value_that_is_very_deep_ends_in_an_answer() {
    let nested = nested();
    // One mask for each reader.
    let readers = [
        ("json", "json"),
        ("json", "jsonb"),
        ("xml", "xml"),
        ("each", "composite"),
        ("each", "composite[]"),
        ("each", "hstore"),
        ("letters", "text[]"),
        ("noise", "int4range"),
        ("date_shift", "datemultirange"),
        ("scrub", "text"),
    ];
    for (with, on) in readers {
        let subject =
            subjects().iter().find(|subject| (subject.with, subject.on.name) == (with, on)).unwrap();
        for value in &nested {
            assert!(told(subject, Wire::Text, value.as_bytes()).is_some());
            // Of these the binary form is the text, with a byte before it or without.
            let version = if on == "jsonb" { "\u{1}" } else { "" };
            told(subject, Wire::Binary, format!("{version}{value}").as_bytes());
        }
    }
}

#[test]
fn texts_that_are_very_deep_end_in_an_answer() {
    for (hunt, head, again, close) in [
        ("rule_file", "masque = 1\nx = ", "[", "]"),
        ("rule_file", "masque = 1\nx = ", "{a=", "}"),
        ("rule_file", "[", "a.", "a]"),
        ("json_path", "$[?", "(", "@.a)"),
        ("json_path", "$[?", "!", "@.a]"),
        ("json_path", "$[?", "!(", ")"),
        ("json_path", "$[?@", "[0]", "]"),
        ("json_path", "$[?@.a", "&&@.a", "]"),
        ("json_path", "$", "..a", ""),
        ("json_path", "$", "[0]", ""),
        ("xml_path", "", "//a", ""),
        ("sql_text", "", "/*", "*/"),
        ("sql_text", "", "$a$'", "'$a$"),
        ("sql_text", "", "(", ")"),
        ("connection", "postgres://", "[", "]"),
        ("connection", "postgres://", "a,", "/x"),
        ("detect", "", "[", "]"),
    ] {
        for text in [
            format!("{head}{}", again.repeat(DEEP)),
            format!("{head}{}{}", again.repeat(DEEP), close.repeat(DEEP)),
        ] {
            look(hunt, text.as_bytes());
        }
    }
}

#[test]
fn a_length_that_lies_gets_no_memory() {
    // An array, a multirange, a composite and an hstore of 2^31-1 members, of which none comes.
    let most = i32::MAX.to_be_bytes();
    let array = [&1_i32.to_be_bytes()[..], &[0; 8], &most, &1_i32.to_be_bytes()].concat();
    for value in [array, most.to_vec(), [&most[..], &most].concat(), [&[2][..], &most].concat()] {
        for subject in subjects() {
            let mut answer = None;
            let info = allocation_counter::measure(|| answer = told(subject, Wire::Binary, &value));
            let taken = info.bytes_max;
            assert!(taken < 4_000_000, "{} on {} takes {taken} bytes", subject.with, subject.on.name);
            if subject.with == "noise" && subject.on.name.contains("range") {
                assert!(!matches!(answer, Some(Told::Value(_))), "{} on {}", subject.with, subject.on.name);
            }
        }
    }
}

#[test]
fn what_the_hunts_begin_with_can_be_read() {
    // Seeds that every reader refuses would hunt nothing.
    for name in ["binary_value", "text_value"] {
        let wire = if name == "binary_value" { Wire::Binary } else { Wire::Text };
        let mut read = std::collections::BTreeSet::new();
        let hunt = super::hunt(name);
        for seed in (hunt.seeds)() {
            let (choice, value) = seed.split_first_chunk::<2>().unwrap();
            let subject = &subjects()[usize::from(u16::from_le_bytes(*choice))];
            if let Some(Told::Value(_)) = told(subject, wire, value) {
                read.insert(subject.on.name);
            }
        }
        let all = super::hunt::kind::KINDS.iter().map(|kind| kind.name).filter(|name| *name != "other");
        let unread: Vec<_> = all.filter(|name| !read.contains(name)).collect();
        assert!(unread.is_empty(), "{name}: no mask reads the seeds of {unread:?}");
    }
}
