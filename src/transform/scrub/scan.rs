//! All detectors on one text, the surest first.

use super::edge::{begins, step};
use super::known::Known;
use super::number::each_run;
use super::span::{Found, Kind, Kinds};
use super::{account, code, dial, link, mailbox, national, people, word};

/// Finds what is personal in a text. `known` are the values the row knows.
///
/// A text without `@`, digits, slashes and capital letters costs a few looks over
/// its bytes; nothing is allocated before something is found.
pub(super) fn find(text: &str, kinds: Kinds, known: &Known<'_>) -> Found {
    let mut found = Found::default();
    let bytes = text.as_bytes();
    if kinds.has(Kind::Url) {
        link::find(text, &mut found);
    }
    if kinds.has(Kind::Email) {
        mailbox::find(text, &mut found);
    }
    if bytes.iter().any(u8::is_ascii_digit) {
        code::find(text, kinds, &mut found);
        letters_and_digits(text, kinds, &mut found);
        each_run(text, |run| {
            if kinds.has(Kind::NationalId) {
                national::find_digits(text, run, &mut found);
            }
            if kinds.has(Kind::Card) {
                account::find_cards(text, run, &mut found);
            }
            if kinds.has(Kind::Phone) {
                dial::find(text, run, &mut found);
            }
        });
    }
    known.find_wholes(text, &mut found);
    if kinds.has(Kind::Name) || !known.is_empty() {
        names(text, kinds, known, &mut found);
    }
    found
}

/// IBANs and national numbers that have letters: at the beginning of each word.
fn letters_and_digits(text: &str, kinds: Kinds, found: &mut Found) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let run = bytes.iter().skip(at).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        if run == 0 {
            at = step(text, at);
            continue;
        }
        if !begins(text, at) {
            at += run;
            continue;
        }
        let iban = (kinds.has(Kind::Iban) && bytes.get(at + 2).is_some_and(u8::is_ascii_digit))
            .then(|| account::find_iban(text, at, found))
            .flatten();
        let end = iban.or_else(|| {
            kinds.has(Kind::NationalId).then(|| national::find_letters(text, at, found)).flatten()
        });
        at = end.unwrap_or(at + run);
    }
}

/// What `also` names is looked for whatever the kinds.
fn names(text: &str, kinds: Kinds, known: &Known<'_>, found: &mut Found) {
    if !known.is_empty() && !text.is_ascii() {
        known.find_unspaced(text, found);
    }
    let mut at = 0;
    while let Some(word) = word::next(text, at) {
        if let Some(span) = found.at(word.start) {
            at = span.end.max(word.start + 1);
            while !text.is_char_boundary(at) {
                at += 1;
            }
            continue;
        }
        let end = if known.is_empty() { None } else { known.find(text, word, found) };
        let other = || kinds.has(Kind::Name).then(|| people::find(text, word, found)).flatten();
        at = end.or_else(other).unwrap_or(word.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn long_and_hostile_texts_take_linear_time() {
        let mut known = Known::new();
        known.add(0, "Alice");
        known.add(1, "1 1a@");
        for piece in [
            "a",
            " ",
            "1",
            "1 ",
            "1-",
            "@",
            "a@",
            "a.a@",
            "http://",
            "http://)",
            "/",
            ".",
            "a/",
            "www.",
            "A",
            "A. ",
            "Al ",
            "Dear ",
            "(",
            "+",
            "+1 ",
            "::",
            "a:",
            "1.1.",
            "\"@",
            "Regards,\n",
            "é",
            "王",
            "GB82 ",
            "12345 ",
        ] {
            let start = Instant::now();
            find(&piece.repeat(20_000 / piece.len()), Kinds::ALL, &known);
            assert!(start.elapsed() < Duration::from_secs(5), "{piece:?} took {:?}", start.elapsed());
        }
    }

    #[test]
    fn a_kind_that_is_not_asked_for_is_not_found() {
        let known = Known::new();
        let text = "Mrs Miller, a@b.com, +1 415 555 0134, 4111 1111 1111 1111, https://a.b/c, 8.8.8.8";
        for kind in Kind::ALL {
            let found = find(text, Kinds::NONE.with(kind), &known);
            assert!(found.spans().iter().all(|span| span.kind == kind), "{kind:?}");
        }
    }
}
