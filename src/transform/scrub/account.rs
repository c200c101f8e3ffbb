//! Payment cards and IBANs.
//!
//! Cards: 12 to 19 digits with a right Luhn digit (ISO/IEC 7812-1), in the groups
//! cards are printed in. Where the length is unusual for its first digits, a word
//! must say that it is a card. IBANs: the country's length (SWIFT's IBAN registry)
//! and MOD 97-10 (ISO 13616-1).

use super::context::{self, Topic};
use super::edge::{self, begins, ends};
use super::number::{Group, Number, Run, each_number};
use super::span::{Found, Kind, Span};
use crate::transform::check_digit::luhn;

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

/// Countries and the lengths of their IBANs.
const COUNTRIES: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 \
     DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 \
     KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 \
     QA29 RO24 RS22 SA24 SE24 SI19 SK24 SM27 TN24 TR26 UA29 VA22 VG24 XK20";

/// Adds the IBAN that begins at `start`, where one does.
pub(super) fn find_iban(text: &str, start: usize, found: &mut Found) -> Option<usize> {
    let code = text.get(start..start + 2)?.to_ascii_uppercase();
    let place = COUNTRIES.match_indices(&code).find(|(place, _)| place % 5 == 0)?.0;
    let length: usize = COUNTRIES.get(place + 2..place + 4)?.parse().ok()?;
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
        assert!(COUNTRIES.split_whitespace().all(|entry| entry.len() == 4));
    }
}
