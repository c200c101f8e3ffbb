//! Payment cards and IBANs.
//!
//! Cards: 13 to 19 digits with a right Luhn digit (ISO/IEC 7812-1), in the groups
//! cards are printed in. Where the length is unusual for its first digits, a word
//! must say that it is a card. IBANs: the country's length (see `iban_table`)
//! and MOD 97-10 (ISO 13616-1).

use super::context::{self, Topic};
use super::edge::{self, begins, ends};
use super::number::{Group, Number, Run, each_number};
use super::span::{Found, Kind, Span};
use crate::transform::check_digit::luhn;
use crate::transform::iban_table::STRUCTURES;

/// Adds the cards of a run of digits.
pub(super) fn find_cards(text: &str, run: &Run, found: &mut Found) {
    each_number(text, run, |number| {
        let card = is_card(text, number);
        card && found.add(Span::whole(number.start(), number.end(), Kind::Card))
    });
}

fn is_card(text: &str, number: &Number<'_>) -> bool {
    let count = number.digits().len();
    if !(13..=19).contains(&count)
        || !luhn(number.values()).is_multiple_of(10)
        || number.values().all(|digit| digit == 0)
        || !begins(text, number.start())
        || !ends(text, number.end())
        || !matches!(number.separator(), Some(' ' | '-' | '.'))
    {
        return false;
    }
    let lengths = |lengths: &[usize]| number.groups.iter().map(Group::len).eq(lengths.iter().copied());
    let printed = number.groups.len() == 1
        || (number.groups.iter().rev().skip(1).all(|group| group.len() == 4) && count > 14)
        || lengths(&[4, 6, 5])
        || lengths(&[4, 6, 4])
        || lengths(&[6, 13]);
    let two = number.part(0, 2);
    let usual = match count {
        13 => false,
        14 => matches!(two, 30 | 36 | 38 | 39) && number.groups.len() > 1,
        15 => matches!(two, 34 | 37),
        16 => two >= 20,
        _ => number.groups.len() > 1 && matches!(two, 40..=69),
    };
    let order = || context::said(text, number.start(), 2, Topic::Order);
    printed && (usual && !order() || context::said(text, number.start(), 4, Topic::Card))
}

/// How many characters the IBANs of a country have.
fn iban_length(country: &str) -> Option<usize> {
    let (_, structure) = STRUCTURES.iter().find(|(code, _)| code.eq_ignore_ascii_case(country))?;
    let counts =
        structure.split(|c: char| !c.is_ascii_digit()).filter_map(|count| count.parse::<usize>().ok());
    Some(4 + counts.sum::<usize>())
}

/// Adds the IBAN that begins at `start`, where one does.
pub(super) fn find_iban(text: &str, start: usize, found: &mut Found) -> Option<usize> {
    let length = iban_length(text.get(start..start + 2)?)?;
    let (letters, end) = edge::collect::<34>(text, start, length)?;
    let letters = letters.get(..length)?;
    let (front, rest) = letters.split_at_checked(4)?;
    let rest = rest.iter().chain(front).try_fold(0_u32, |rest, byte| {
        let digit = char::from(*byte).to_digit(36)?;
        Some(if digit < 10 { (rest * 10 + digit) % 97 } else { (rest * 100 + digit) % 97 })
    })?;
    let right = rest == 1 && letters.get(2..4)?.iter().all(u8::is_ascii_digit);
    (right && found.add(Span::whole(start, end, Kind::Iban))).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::scrub::number::each_run;

    fn cards(text: &str) -> Vec<&str> {
        let mut found = Found::default();
        each_run(text, |run| find_cards(text, run, &mut found));
        found.spans().iter().map(|span| &text[span.start..span.end]).collect()
    }

    #[test]
    fn cards_are_found_among_other_numbers() {
        assert_eq!(cards("2 x 4111 1111 1111 1111 09/27"), ["4111 1111 1111 1111"]);
        assert_eq!(
            cards("3782 822463 10005, 4111-1111-1111-1111"),
            ["3782 822463 10005", "4111-1111-1111-1111"]
        );
    }

    #[test]
    fn a_wrong_check_digit_and_an_article_number_are_no_cards() {
        assert!(cards("4111 1111 1111 1112; 4006381333931; order 4111111111111111").is_empty());
    }

    #[test]
    fn every_iban_has_its_country_s_length() {
        let of = |text: &str| find_iban(text, 0, &mut Found::default());
        assert_eq!(of("GB82 WEST 1234 5698 7654 32."), Some(27));
        assert_eq!(of("gb82west12345698765432"), Some(22));
        assert_eq!(of("GB83 WEST 1234 5698 7654 32"), None);
        assert_eq!(of("GB82 WEST 1234 5698 7654 321"), None);
        assert_eq!((iban_length("MT"), iban_length("no"), iban_length("XX")), (Some(31), Some(15), None));
    }
}
