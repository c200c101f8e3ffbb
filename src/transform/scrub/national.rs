//! Numbers that states give to people, by shape and check digits.
//!
//! ES: DNI and NIE with their letter (Real Decreto 1553/2005). FR: NIR with its key
//! modulo 97 (INSEE). GB: National Insurance number. IT: codice fiscale with its
//! control character (DM 23 December 1976). PL: PESEL with its digit and a date.
//! DE: Steuer-ID with ISO 7064 MOD 11,10. BR: CPF with two digits modulo 11. US: SSN
//! without the numbers never issued (000, 666; SSA). NL: BSN with its eleven test.
//! Those that chance meets often need a word that names them.

use super::super::check_digit::SPANISH;
use super::context::{self, Topic};
use super::edge::{self, after, begins, ends};
use super::number::{Number, Run, each_number};
use super::span::{Found, Span};

/// Adds the numbers of digits alone.
pub(super) fn find_digits(text: &str, run: &Run, found: &mut Found) {
    each_number(text, run, |number| {
        let alone = ends(text, number.end()) && begins(text, number.start());
        let country = if alone { country(text, number) } else { None };
        country.is_some_and(|country| found.add(Span::national(number.start(), number.end(), country)))
    });
}

/// The country whose number it is.
fn country(text: &str, number: &Number<'_>) -> Option<&'static str> {
    let digits = number.digits();
    let said = |topic| context::said(text, number.start(), 6, topic);
    let order = || context::said(text, number.start(), 2, Topic::Order);
    let one = number.groups.len() == 1;
    let (country, right) = match digits.len() {
        8 | 9 if said(Topic::Bsn) => ("NL", eleven_test(number)),
        9 if number.grouped(&[3, 2, 4]) => {
            let written = matches!(number.separator(), Some('-' | ' ')) && is_ssn(number);
            ("US", written && (said(Topic::Ssn) || number.separator() == Some('-') && !order()))
        }
        9 => ("US", one && is_ssn(number) && said(Topic::Ssn)),
        11 if number.grouped(&[3, 3, 3, 2])
            && number.groups.get(3).is_some_and(|group| group.lead == '-') =>
        {
            ("BR", is_cpf(number))
        }
        11 if said(Topic::Cpf) => ("BR", is_cpf(number)),
        11 if one && is_pesel(number) => ("PL", !order()),
        11 => {
            let written = one || number.grouped(&[2, 3, 3, 3]) || said(Topic::TaxId);
            ("DE", is_tax_id(number) && written && !order())
        }
        15 => ("FR", is_nir(number)),
        _ => return None,
    };
    right.then_some(country)
}

fn is_ssn(number: &Number<'_>) -> bool {
    !matches!(number.part(0, 3), 0 | 666) && number.part(3, 5) > 0 && number.part(5, 9) > 0
}

fn eleven_test(number: &Number<'_>) -> bool {
    let count = u32::try_from(number.digits().len()).unwrap_or(0);
    let mut sum = 0_i64;
    for (digit, weight) in number.values().zip((1..=count).rev()) {
        let product = i64::from(digit * weight);
        sum += if weight == 1 { -product } else { product };
    }
    sum % 11 == 0 && sum != 0
}

fn is_pesel(number: &Number<'_>) -> bool {
    let sum: u32 =
        number.values().zip([1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).map(|(digit, weight)| digit * weight).sum();
    let (month, day) = (number.part(2, 4), number.part(4, 6));
    sum.is_multiple_of(10) && matches!(month, 1..=12 | 21..=32) && (1..=31).contains(&day)
}

fn is_tax_id(number: &Number<'_>) -> bool {
    let mut seen = [0_u8; 10];
    let mut product = 10;
    for digit in number.values().take(10) {
        if let Some(count) = seen.get_mut(digit as usize) {
            *count += 1;
        }
        let sum = (digit + product) % 10;
        product = (if sum == 0 { 10 } else { sum }) * 2 % 11;
    }
    // Of the first ten digits one stands twice or three times, the others once.
    let repeated = seen.iter().filter(|count| **count > 1).count();
    let most = seen.iter().max().copied().unwrap_or(0);
    let check = (11 - product) % 10;
    number.part(0, 1) > 0 && repeated == 1 && most <= 3 && number.values().next_back() == Some(check)
}

fn is_cpf(number: &Number<'_>) -> bool {
    let check = |count: u32| {
        let sum: u32 = number.values().zip((2..=count + 1).rev()).map(|(digit, weight)| digit * weight).sum();
        sum * 10 % 11 % 10
    };
    let mut last = number.values().skip(9);
    let all_same = number.values().all(|digit| Some(digit) == number.values().next());
    !all_same && last.next() == Some(check(9)) && last.next() == Some(check(10))
}

fn is_nir(number: &Number<'_>) -> bool {
    let month = number.part(3, 5);
    matches!(number.part(0, 1), 1 | 2)
        && matches!(month, 1..=12 | 20..=42 | 50..=99)
        && number.part(13, 15) == 97 - number.part(0, 13) % 97
}

/// Adds the number with letters that begins at `start`, where one does.
pub(super) fn find_letters(text: &str, start: usize, found: &mut Found) -> Option<usize> {
    let of = |country: &'static str| move |end: usize| (country, end);
    let (country, end) = codice_fiscale(text, start)
        .map(of("IT"))
        .or_else(|| national_insurance(text, start).map(of("GB")))
        .or_else(|| spanish(text, start).map(of("ES")))
        .or_else(|| corsican(text, start).map(of("FR")))?;
    found.add(Span::national(start, end, country)).then_some(end)
}

/// What a character in an odd place counts, by its place in the alphabet or its digit.
const ODD: [u32; 26] =
    [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

fn codice_fiscale(text: &str, start: usize) -> Option<usize> {
    if !after(text, start)?.is_ascii_alphabetic() {
        return None;
    }
    let (letters, end) = edge::collect::<16>(text, start, 16)?;
    // Digits may be letters where two people would have the same code.
    let digit = |at: usize| letters.get(at).is_some_and(|b| b.is_ascii_digit() || b"LMNPQRSTUV".contains(b));
    let letter = |at: usize| letters.get(at).is_some_and(u8::is_ascii_uppercase);
    let shaped = (0..6).all(letter)
        && [6, 7, 9, 10, 12, 13, 14].into_iter().all(digit)
        && [8, 11, 15].into_iter().all(letter);
    if !shaped || !letters.get(8).is_some_and(|b| b"ABCDEHLMPRST".contains(b)) {
        return None;
    }
    let sum: u32 = letters
        .iter()
        .take(15)
        .enumerate()
        .map(|(at, byte)| {
            let value = if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' };
            if at % 2 == 0 { ODD.get(usize::from(value)).copied().unwrap_or(0) } else { u32::from(value) }
        })
        .sum();
    (letters.get(15).map(|b| u32::from(b - b'A')) == Some(sum % 26)).then_some(end)
}

fn national_insurance(text: &str, start: usize) -> Option<usize> {
    let (letters, end) = edge::collect::<9>(text, start, 9)?;
    let upper = text.get(start..end)?.bytes().all(|b| !b.is_ascii_lowercase());
    let (front, rest) = letters.split_at_checked(2)?;
    let (digits, suffix) = rest.split_at_checked(6)?;
    let shaped = front.iter().all(u8::is_ascii_uppercase)
        && digits.iter().all(u8::is_ascii_digit)
        && matches!(suffix, [b'A'..=b'D']);
    (shaped && upper).then_some(end)
}

fn spanish(text: &str, start: usize) -> Option<usize> {
    let (letters, end) = edge::collect::<9>(text, start, 9)?;
    let (front, letter) = letters.split_at_checked(8)?;
    let first = match front.first()? {
        b'X' => 0,
        b'Y' => 1,
        b'Z' => 2,
        digit @ b'0'..=b'9' => u32::from(digit - b'0'),
        _ => return None,
    };
    let number = front.iter().skip(1).try_fold(first, |number, byte| {
        byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0'))
    })?;
    let right = SPANISH.get((number % 23) as usize);
    (right == letter.first()).then_some(end)
}

/// A NIR of Corsica: 2A counts as 19, 2B as 18.
fn corsican(text: &str, start: usize) -> Option<usize> {
    if !matches!(after(text, start)?, '1' | '2') {
        return None;
    }
    let (mut letters, end) = edge::collect::<15>(text, start, 15)?;
    let department = letters.get_mut(5..7)?;
    match department {
        [b'2', b'A'] => department.copy_from_slice(b"19"),
        [b'2', b'B'] => department.copy_from_slice(b"18"),
        _ => return None,
    }
    let number: u64 = std::str::from_utf8(&letters).ok()?.parse().ok()?;
    (number % 100 == 97 - number / 100 % 97).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::scrub::number::each_run;

    fn all(text: &str) -> Vec<&str> {
        let mut found = Found::default();
        each_run(text, |run| find_digits(text, run, &mut found));
        for (at, _) in text.char_indices().filter(|(at, _)| begins(text, *at)) {
            find_letters(text, at, &mut found);
        }
        found.spans().iter().map(|span| &text[span.start..span.end]).collect()
    }

    #[test]
    fn right_numbers_are_found() {
        for number in [
            "82041524622",
            "47151216C",
            "71706734-W",
            "Y4192484N",
            "BNCGLI90A06D702U",
            "RSS MRA 75C26 L699C",
            "2 92 07 69 158 692 43",
            "191121391118224",
            "QQ 12 34 56 C",
            "987-65-4321",
            "443.114.236-32",
            "97 626 853 143",
        ] {
            assert_eq!(all(&format!("x {number}.")), [number], "{number}");
        }
        assert_eq!(all("BSN 243324807"), ["243324807"]);
    }

    #[test]
    fn wrong_check_digits_and_unnamed_weak_ones_are_none() {
        for text in [
            "82041524623",
            "47151216D",
            "BNCGLI90A06D702V",
            "191121391118225",
            "443.114.236-33",
            "243324807",
            "666-65-4321",
            "case 500-11-2233",
            "12345678901",
            "qq 12 34 56 c",
        ] {
            assert!(all(text).is_empty(), "{text}");
        }
    }
}
