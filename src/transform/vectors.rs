//! Known answers of every transformer in [`ALL`], under one secret.
//!
//! `tests/fixtures/vectors.txt` pins them, `name | rule | type | input | output` a line. A pseudonym that changes
//! breaks consistency with every staging loaded before and with every other database masked under the same
//! secret, so no release may change one unknowingly. What the file has is checked, whatever the examples say today.

use super::fixture::Trial;
use super::{ALL, Bound, Transformer};
use std::fmt::Write as _;
use std::path::PathBuf;

const HOW: &str =
    "`MASQUE_VECTORS=add cargo test --lib vectors` adds what is missing and changes nothing else";

/// More than the examples, for what people know best: a rule, a type, inputs.
const MORE: &[(&str, &str, &[&str])] = &[
    (r#""first_name""#, "text", &["Ann", "BOB", "Élise", "王伟"]),
    (r#"{ with = "first_name", gender = "female", locale = "fr_FR" }"#, "text", &["Ann", "Bob"]),
    (r#"{ with = "first_name", locale = "ja_JP" }"#, "text", &["Ann"]),
    (
        r#""last_name""#,
        "text",
        &["Smith", "o'neill", "a very long name of somebody with more than sixty-four characters in it"],
    ),
    (r#"{ with = "last_name", locale = "de_DE" }"#, "text", &["Müller", "Smith"]),
    (r#""full_name""#, "text", &["Ann Smith", "ann smith"]),
    (r#"{ with = "full_name", locale = "pt_BR", by = "id" }"#, "text", &["Ann Smith"]),
    (r#"{ with = "full_name", locale = "zh_CN" }"#, "text", &["王伟"]),
    (r#""full_name""#, "varchar(9)", &["Ann Smith"]),
    (r#""username""#, "text", &["ann85", "Ann.Smith"]),
    (r#""username""#, "varchar(8)", &["ann85"]),
    (r#""email""#, "text", &["ann@corp.example", "Ann@Corp.Example", "aNN@corp.example", "no address"]),
    (r#"{ with = "email", host = "keep", locale = "de_DE" }"#, "text", &["ann@corp.example"]),
    (r#"{ with = "email", host = ["a.test", "b.test"] }"#, "varchar(40)", &["ann@corp.example"]),
    (r#"{ with = "email", domain = "staff" }"#, "text", &["ann@corp.example"]),
    (
        r#""phone""#,
        "text",
        &["+49 30 12345678", "415-555-0134", "0044 20 7946 0123", "555 0134 ext 12", "911"],
    ),
    (r#"{ with = "phone", keep = "area" }"#, "text", &["+1 415 555 0134"]),
    (r#"{ with = "street", locale = "de_DE" }"#, "text", &["Hauptstr. 1"]),
    (r#"{ with = "city", locale = "fr_FR" }"#, "text", &["Paris", "LYON"]),
    (r#"{ with = "region", locale = "en_US" }"#, "text", &["CA", "California"]),
    (r#"{ with = "postcode", locale = "en_GB" }"#, "text", &["SW1A 1AA"]),
    (r#"{ with = "address", locale = "de_DE", by = "id" }"#, "text", &["Hauptstr. 1, 10115 Berlin"]),
    (r#"{ with = "company", locale = "de_DE" }"#, "text", &["Corp AG"]),
    (r#""ip""#, "inet", &["8.8.8.8", "192.168.1.20/24", "2a00:1450:4001:81b::200e"]),
    (r#""ip""#, "text", &["8.8.8.8", "no address"]),
    (r#""uuid""#, "uuid", &["00000000-0000-0000-0000-000000000000", "018f4d2a-7b3c-7def-8123-456789abcdef"]),
    (r#""uuid""#, "text", &["F81D4FAE-7DEC-41D0-A765-00A0C91E6BF6", "x-17"]),
    (r#""integer""#, "int4", &["1", "-5", "999"]),
    (r#"{ with = "integer", min = 1, max = 999999 }"#, "int4", &["1", "999999"]),
    (r#"{ with = "integer", max = 99999 }"#, "text", &["123", "00123"]),
    (r#""digits""#, "text", &["DE-1234-5678", "7", "no digit"]),
    (r#"{ with = "digits", check = "luhn" }"#, "text", &["79927398713"]),
    (r#""card""#, "text", &["5500-0000-0000-0004", "378282246310005"]),
    (r#""letters""#, "text", &["Ab-12", "Grüße", "王小明", "q"]),
    (r#""token""#, "text", &["a secret word"]),
    (r#""token""#, "uuid", &["f81d4fae-7dec-41d0-a765-00a0c91e6bf6"]),
    (r#"{ with = "date_shift", within = "30 days" }"#, "timestamptz", &["2024-01-01 12:00:00+00"]),
    (r#"{ with = "date_shift", within = "2 hours" }"#, "timestamp", &["2024-01-01 12:00:00"]),
    (r#"{ with = "full_name", locale = "es_ES" }"#, "text", &["Ann Smith"]),
    (r#"{ with = "full_name", locale = "pl_PL", gender = "female" }"#, "text", &["Ann Smith"]),
    (r#"{ with = "full_name", locale = "ru_RU", gender = "female" }"#, "text", &["Ann Smith"]),
    (r#"{ with = "email", locale = "ru_RU" }"#, "text", &["ann@corp.example"]),
    (r#"{ with = "address", locale = "es_ES" }"#, "text", &["Calle Mayor 1, 28013 Madrid"]),
    (r#"{ with = "postcode", keep = "zip3" }"#, "text", &["94110", "03601-1234"]),
    (r#"{ with = "company", locale = "pl_PL" }"#, "text", &["Corp"]),
    (
        r#"{ with = "sentence", locale = "de_DE" }"#,
        "text",
        &["Bitte rufen Sie Frau Schmidt wegen des Pakets an."],
    ),
    (
        r#""url""#,
        "text",
        &["https://corp.example/users/42?token=abc#top", "ftp://bob:pw@host/x.txt", "no address"],
    ),
    (r#""domain_name""#, "text", &["mail.corp.example", "Corp.Example"]),
    (r#""mac""#, "text", &["08-00-2B-01-02-03"]),
    (r#"{ with = "mac", keep = "vendor" }"#, "macaddr", &["08:00:2b:01:02:03"]),
    (r#""iban""#, "text", &["DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432", "no iban"]),
    (
        r#""national_id""#,
        "text",
        &["536-90-4399", "12345678Z", "44051401359", "529.982.247-25", "1 84 12 76 451 089 46", "AB123456C"],
    ),
    (r#""vat""#, "text", &["DE136695976", "ATU13585627", "PL8567346215"]),
    (r#"{ with = "pattern", regex = "[A-Z]{2}-(0|1[0-9]{3})" }"#, "text", &["QX-1711", "other"]),
    (r#"{ with = "noise", ratio = 0.2, by = "id" }"#, "int4", &["52000"]),
    (r#"{ with = "noise", amount = "10 days" }"#, "date", &["2024-02-29"]),
    (r#"{ with = "noise", ratio = 0.1 }"#, "float8", &["0.125"]),
    (r#"{ with = "date", min = "1990-01-01", max = "1999-12-31" }"#, "timestamp", &["2024-01-01 12:00:00"]),
    (r#""bytes""#, "bytea", &["\\x00"]),
    (
        r#""scrub""#,
        "text",
        &[
            "Ask Mr Smith (ann@corp.example, +49 30 12345678) about DE89370400440532013000 from 8.8.8.8",
            "nothing to see",
        ],
    ),
    (r#"{ with = "sample", min_count = 2 }"#, "text", &["Lyon", "Nice"]),
];

/// The part of a line that says what is tried.
fn question(name: &str, rule: &str, data_type: &str, input: &str) -> String {
    format!("{name} | {rule} | {data_type} | {input}")
}

/// All questions that must have an answer.
fn questions() -> Vec<String> {
    let mut all = Vec::new();
    for transformer in ALL.iter().filter(|transformer| masks_values(**transformer)) {
        let (name, example) = (transformer.name(), transformer.example());
        all.push(question(name, example.rule, example.data_type, example.input));
        for (rule, data_type, inputs) in MORE {
            // The first word between quotes is the name.
            if rule.split('"').nth(1) == Some(name) {
                all.extend(inputs.iter().map(|input| question(name, rule, data_type, input)));
            }
        }
    }
    all
}

fn trial(rule: &str, data_type: &str) -> Trial {
    let common = [("Paris", 60), ("Nantes", 40)];
    let trial = Trial::of(rule).on(data_type).common(&common).sibling("id", "int4", Some(b"42"));
    trial.sibling("country", "text", Some(b"DE"))
}

/// Whether one value alone has an answer; masks of whole columns are pinned in their own modules.
fn masks_values(transformer: &dyn Transformer) -> bool {
    let example = transformer.example();
    matches!(trial(example.rule, example.data_type).bound(), Ok(Bound::Cell(_)))
}

fn answer(question: &str) -> String {
    let parts: Vec<_> = question.splitn(4, " | ").collect();
    let [_, rule, data_type, input] = parts.as_slice() else { panic!("no question: {question}") };
    let ready =
        trial(rule, data_type).bind().unwrap_or_else(|problem| panic!("{question}: {}", problem.message));
    ready.text(input)
}

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/vectors.txt")
}

/// Question and answer of each line.
fn pinned() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(file()).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.rsplit_once(" | ").unwrap()).map(|(q, a)| (q.to_owned(), a.to_owned())).collect()
}

/// What of the pinned answers is another today, and which questions have none.
fn compare(pinned: &[(String, String)], answer: impl Fn(&str) -> String) -> (String, String) {
    let (mut changed, mut missing) = (String::new(), String::new());
    for (question, was) in pinned {
        let is = answer(question);
        if is != *was {
            let _ = writeln!(changed, "  {question}\n    was {was}\n    is  {is}");
        }
    }
    for question in questions().iter().filter(|question| !pinned.iter().any(|(known, _)| known == *question))
    {
        let _ = writeln!(missing, "  {question}");
    }
    (changed, missing)
}

fn write(mut lines: Vec<(String, String)>) {
    let place = |line: &(String, String)| {
        ALL.iter().position(|transformer| line.0.split(" | ").next() == Some(transformer.name()))
    };
    lines.sort_by_key(place);
    let mut text = String::from(
        "# Known answers under the secret of 32 bytes 07, for the row whose id is 42; see src/transform/vectors.rs.\n\
         # name | rule | type | input | output\n",
    );
    for (question, answer) in lines {
        let _ = writeln!(text, "{question} | {answer}");
    }
    std::fs::write(file(), text).unwrap();
}

#[test]
fn no_pseudonym_of_the_vectors_has_changed() {
    let mut known = pinned();
    match std::env::var("MASQUE_VECTORS").as_deref() {
        Ok("add") => {
            let is_new = |question: &String| !known.iter().any(|(pinned, _)| pinned == question);
            let new: Vec<_> = questions().into_iter().filter(is_new).collect();
            known.extend(new.into_iter().map(|question| (question.clone(), answer(&question))));
            write(known.clone());
        }
        // Only where pseudonyms change on purpose, which the changelog then says.
        Ok("replace") => {
            known = questions().into_iter().map(|question| (question.clone(), answer(&question))).collect();
            write(known.clone());
        }
        _ => {}
    }
    let (changed, missing) = compare(&known, answer);
    assert!(
        changed.is_empty(),
        "a pseudonym changed: this breaks consistency with every earlier staging and with every other database \
         under the same secret\n{changed}"
    );
    assert!(missing.is_empty(), "no known answer in tests/fixtures/vectors.txt; {HOW}\n{missing}");
}

#[test]
fn every_transformer_has_a_question_and_every_other_one_belongs_to_one() {
    let all = questions();
    let masking: Vec<_> = ALL.iter().filter(|transformer| masks_values(**transformer)).collect();
    for transformer in &masking {
        assert!(all.iter().any(|question| question.starts_with(&format!("{} | ", transformer.name()))));
    }
    let count: usize = MORE.iter().map(|(.., inputs)| inputs.len()).sum();
    assert_eq!(all.len(), masking.len() + count, "a rule in MORE names no transformer");
}

#[test]
fn a_changed_and_a_missing_answer_are_found() {
    let first = questions().swap_remove(0);
    let (changed, missing) = compare(&[(first.clone(), "was".into())], |_| "is".into());
    assert!(changed.contains("was was\n    is  is"), "{changed}");
    assert_eq!(missing.lines().count(), questions().len() - 1);
    assert!(!missing.contains(&first));
}
