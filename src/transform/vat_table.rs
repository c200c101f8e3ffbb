//! VAT identification numbers after their country prefix, with their check digits.
//!
//! Structures: the European Commission's VIES, "VAT identification numbers". The
//! check digits are those of the national registers behind them: AT, BE, CZ, DE, DK,
//! EE, EL, ES, FI, FR, HR, HU, IE, IT, LU, MT, NL, PL, PT, RO, SE, SI and SK, and of
//! GB and XI (HMRC), and of BG, CY, LT and LV.

use super::check_digit::{
    self, SPANISH, digit, luhn, luhn_check, mod11_10, number, put, put_two, remainder, weighed,
};
use super::code::Form;
use crate::format::calendar;

/// Prefixes with the forms of what stands behind them, by prefix.
pub(super) static VAT: [(&str, &[Form]); 29] = [
    ("AT", &[Form::new("=#######x", austrian)]),
    ("BE", &[Form::new("m#######xx", belgian)]),
    (
        "BG",
        &[
            Form::new("########x", bulgarian),
            Form::new("####d####x", bulgarian_person),
            Form::new("#########x", bulgarian_foreigner),
            Form::new("#########x", bulgarian_other),
        ],
    ),
    ("CY", &[Form::new("########x", cypriot)]),
    ("CZ", &[Form::new("#######x", czech)]),
    ("DE", &[Form::new("n#######x", german)]),
    ("DK", &[Form::new("n######x", danish)]),
    ("EE", &[Form::new("########x", estonian)]),
    ("EL", &[Form::new("########x", greek)]),
    (
        "ES",
        &[
            Form::new("########x", spanish),
            Form::new("A#######x", spanish),
            Form::new("A#######x", spanish_letter),
        ],
    ),
    ("FI", &[Form::new("#######x", finnish)]),
    ("FR", &[Form::new("xx########x", french)]),
    ("GB", &[Form::new("#######xx", british), Form::new("#######xx", british_2010)]),
    ("HR", &[Form::new("##########x", croatian)]),
    ("HU", &[Form::new("#######x", hungarian)]),
    ("IE", &[Form::new("#######x", irish), Form::new("#######xA", irish), Form::new("#A#####x", irish_old)]),
    ("IT", &[Form::new("##########x", italian)]),
    ("LT", &[Form::new("#######=x", lithuanian), Form::new("##########=x", lithuanian)]),
    ("LU", &[Form::new("######xx", luxembourgish)]),
    ("LV", &[Form::new("##########x", latvian), Form::new("d#m#######x", latvian_person)]),
    ("MT", &[Form::new("n#####xx", maltese)]),
    ("NL", &[Form::new("########x=##", dutch), Form::new("#########=xx", dutch_2020)]),
    ("PL", &[Form::new("#########x", polish)]),
    ("PT", &[Form::new("n#######x", portuguese)]),
    (
        "RO",
        &[
            Form::new("n########x", romanian),
            Form::new("n#######x", romanian),
            Form::new("n######x", romanian),
            Form::new("n#####x", romanian),
            Form::new("n####x", romanian),
            Form::new("n###x", romanian),
            Form::new("n##x", romanian),
        ],
    ),
    ("SE", &[Form::new("#########x==", swedish)]),
    ("SI", &[Form::new("n######x", slovenian)]),
    ("SK", &[Form::new("n########x", slovak)]),
    ("XI", &[Form::new("#######xx", british), Form::new("#######xx", british_2010)]),
];

fn head(code: &[u8], count: usize) -> &[u8] {
    code.get(..count).unwrap_or_default()
}

fn austrian(code: &mut [u8]) -> bool {
    let Some((b'U', rest)) = code.split_first_mut().map(|(first, rest)| (*first, rest)) else { return false };
    let sum = luhn(head(rest, 7).iter().map(|c| digit(*c)));
    put(rest, (96 - sum) % 10)
}

fn belgian(code: &mut [u8]) -> bool {
    let check = 97 - number(head(code, 8)) % 97;
    put_two(code, check)
}

/// Of a legal entity. A sum of ten is weighed again.
fn bulgarian(code: &mut [u8]) -> bool {
    let check = match weighed(head(code, 8), &[1, 2, 3, 4, 5, 6, 7, 8]) % 11 {
        10 => weighed(head(code, 8), &[3, 4, 5, 6, 7, 8, 9, 10]) % 11 % 10,
        check => check,
    };
    put(code, check)
}

/// Of a person, who has the number of the civil register (EGN): the century is in
/// the month, which is 20 higher in the 1800s and 40 higher in the 2000s.
fn bulgarian_person(code: &mut [u8]) -> bool {
    let month = number(code.get(2..4).unwrap_or_default());
    let century = [1900, 1800, 2000].get(month as usize / 20).copied();
    let right = century.is_some_and(|century| {
        let day = number(code.get(4..6).unwrap_or_default());
        calendar::days(century + i64::from(number(head(code, 2))), byte(month % 20), byte(day)).is_some()
    });
    let check = weighed(head(code, 9), &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10;
    right && put(code, check)
}

fn byte(number: u32) -> u8 {
    u8::try_from(number).unwrap_or(0)
}

fn bulgarian_foreigner(code: &mut [u8]) -> bool {
    let check = weighed(head(code, 9), &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10;
    put(code, check)
}

fn bulgarian_other(code: &mut [u8]) -> bool {
    let check = (11 - weighed(head(code, 9), &[4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    put(code, check)
}

/// The letter is that of Italian tax codes; nothing begins with 12.
fn cypriot(code: &mut [u8]) -> bool {
    let letter = check_digit::italian(head(code, 8).iter());
    let right = head(code, 2) != b"12";
    code.last_mut().is_some_and(|to| {
        *to = letter;
        right
    })
}

/// Weights run from 1 to 9 and around; a sum of ten is weighed again, from 3 on. The
/// digit before the last is 1.
fn lithuanian(code: &mut [u8]) -> bool {
    const WEIGHTS: [u32; 13] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4];
    let Some((_, payload)) = code.split_last() else { return false };
    let check = match weighed(payload, &WEIGHTS) % 11 {
        10 => weighed(payload, WEIGHTS.get(2..).unwrap_or_default()) % 11 % 10,
        check => check,
    };
    payload.last() == Some(&b'1') && put(code, check)
}

/// Of a legal entity, which begins with 4 or more.
fn latvian(code: &mut [u8]) -> bool {
    let check = (14 - weighed(head(code, 10), &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6]) % 11) % 11;
    code.first().is_some_and(|first| *first > b'3') && put(code, check)
}

/// Of a person: day, month, year and a digit for the century.
fn latvian_person(code: &mut [u8]) -> bool {
    let two = |at: usize| number(code.get(at..at + 2).unwrap_or_default());
    let century = [1800, 1900, 2000].get(number(code.get(6..7).unwrap_or_default()) as usize).copied();
    let right = century.is_some_and(|century| {
        calendar::days(century + i64::from(two(4)), byte(two(2)), byte(two(0))).is_some()
    });
    let check = (weighed(head(code, 10), &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9]) + 1) % 11 % 10;
    right && put(code, check)
}

fn czech(code: &mut [u8]) -> bool {
    let sum = weighed(head(code, 7), &[8, 7, 6, 5, 4, 3, 2]);
    code.first() != Some(&b'9') && put(code, (11 - sum % 11) % 10)
}

fn german(code: &mut [u8]) -> bool {
    let check = mod11_10(head(code, 8));
    put(code, check)
}

fn danish(code: &mut [u8]) -> bool {
    let sum = weighed(head(code, 7), &[2, 7, 6, 5, 4, 3, 2]);
    put(code, (11 - sum % 11) % 11)
}

fn estonian(code: &mut [u8]) -> bool {
    let sum = weighed(head(code, 8), &[3, 7, 1, 3, 7, 1, 3, 7]);
    put(code, (10 - sum % 10) % 10)
}

fn greek(code: &mut [u8]) -> bool {
    let sum = weighed(head(code, 8), &[256, 128, 64, 32, 16, 8, 4, 2]);
    put(code, sum % 11 % 10)
}

const COMPANY: &[u8; 10] = b"JABCDEFGHI";

/// Of a person (DNI, NIE) and of a company, whose last character is a digit or a
/// letter by its kind.
fn spanish(code: &mut [u8]) -> bool {
    let (first, rest) = match code.first() {
        Some(c) if c.is_ascii_digit() => (digit(*c), true),
        Some(c @ b'X'..=b'Z') => (u32::from(c - b'X'), true),
        Some(b'K' | b'L' | b'M') => (0, true),
        Some(_) => (0, false),
        None => return false,
    };
    let kind = code.first().copied().unwrap_or(0);
    let payload = number(code.get(1..8).unwrap_or_default());
    let check = luhn_check(code.get(1..8).unwrap_or_default());
    let Some(to) = code.last_mut() else { return false };
    if rest {
        let place = usize::try_from((first * 10_000_000 + payload) % 23).unwrap_or(0);
        *to = SPANISH.get(place).copied().unwrap_or(b'T');
        return true;
    }
    let place = usize::try_from(check).unwrap_or(0);
    match kind {
        b'A' | b'B' | b'C' | b'D' | b'E' | b'F' | b'G' | b'H' | b'J' | b'U' | b'V' => put(code, check),
        b'N' | b'P' | b'Q' | b'R' | b'S' | b'W' => {
            *to = COMPANY.get(place).copied().unwrap_or(b'J');
            true
        }
        _ => false,
    }
}

/// Of companies that may have a letter or a digit (Orden EHA/451/2008).
fn spanish_letter(code: &mut [u8]) -> bool {
    let kind = code.first().copied().unwrap_or(0);
    let check = luhn_check(code.get(1..8).unwrap_or_default());
    let letter = usize::try_from(check).ok().and_then(|place| COMPANY.get(place));
    match (code.last_mut(), letter) {
        (Some(to), Some(letter)) => {
            *to = *letter;
            b"CDFGJUV".contains(&kind)
        }
        _ => false,
    }
}

fn finnish(code: &mut [u8]) -> bool {
    let sum = weighed(head(code, 7), &[7, 9, 10, 5, 8, 4, 2]);
    put(code, (11 - sum % 11) % 11)
}

/// Two digits, then the company's number with its own.
fn french(code: &mut [u8]) -> bool {
    let Some((key, company)) = code.split_at_mut_checked(2) else { return false };
    let check = luhn_check(head(company, 8));
    let done = put(company, check);
    put_two(key, (12 + 3 * (number(company) % 97)) % 97) && done
}

fn british_sum(code: &[u8]) -> u32 {
    weighed(head(code, 7), &[8, 7, 6, 5, 4, 3, 2])
}

fn british(code: &mut [u8]) -> bool {
    let check = 97 - british_sum(code) % 97;
    put_two(code, check)
}

/// Since 2010, from 100 0000 on: the sum is 55 higher.
fn british_2010(code: &mut [u8]) -> bool {
    let check = 97 - (british_sum(code) + 55) % 97;
    code.first() != Some(&b'0') && put_two(code, check)
}

fn croatian(code: &mut [u8]) -> bool {
    let check = mod11_10(head(code, 10));
    put(code, check)
}

fn hungarian(code: &mut [u8]) -> bool {
    let sum = weighed(head(code, 7), &[9, 7, 3, 1, 9, 7, 3]);
    put(code, (10 - sum % 10) % 10)
}

/// A letter after seven digits; one that may follow it counts nine times.
fn irish(code: &mut [u8]) -> bool {
    let [digits @ .., check, more] = code else { return false };
    let (digits, check, extra) = if digits.len() == 7 {
        (&*digits, check, u32::from(more.wrapping_sub(b'A')) + 1)
    } else {
        // Seven digits and a letter: `check` is the last digit.
        let sum = weighed(digits, &[8, 7, 6, 5, 4, 3]) + digit(*check) * 2;
        *more = letter_of(sum);
        return true;
    };
    // `W` as second letter counts nothing.
    let extra = if extra == 23 { 0 } else { extra };
    *check = letter_of(weighed(digits, &[8, 7, 6, 5, 4, 3, 2]) + extra * 9);
    extra < 10
}

/// Until 2013: a letter stood second, and counts nothing.
fn irish_old(code: &mut [u8]) -> bool {
    let [first, _, digits @ .., check] = code else { return false };
    *check = letter_of(weighed(digits, &[7, 6, 5, 4, 3]) + digit(*first) * 2);
    true
}

fn letter_of(sum: u32) -> u8 {
    let place = usize::try_from(sum % 23).unwrap_or(0);
    b"WABCDEFGHIJKLMNOPQRSTUV".get(place).copied().unwrap_or(b'W')
}

fn italian(code: &mut [u8]) -> bool {
    let check = luhn_check(head(code, 10));
    // The three digits before the last are of the office that gave the number.
    let office = matches!(number(code.get(7..10).unwrap_or_default()), 1..=100 | 120 | 121 | 888 | 999);
    office && number(head(code, 7)) > 0 && put(code, check)
}

fn luxembourgish(code: &mut [u8]) -> bool {
    let check = number(head(code, 6)) % 89;
    put_two(code, check)
}

fn maltese(code: &mut [u8]) -> bool {
    let check = 37 - weighed(head(code, 6), &[3, 4, 6, 7, 8, 9]) % 37;
    put_two(code, check)
}

fn dutch(code: &mut [u8]) -> bool {
    let Some((company, [b'B', high, low])) = code.split_at_mut_checked(9) else { return false };
    let check = weighed(head(company, 8), &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    (*high, *low) != (b'0', b'0') && number(head(company, 8)) > 0 && put(company, check)
}

/// A sole trader's since 2020: ISO 7064 MOD 97-10 over the whole with its prefix.
fn dutch_2020(code: &mut [u8]) -> bool {
    let Some((company, [b'B', ..])) = code.split_at_checked(9) else { return false };
    let rest = remainder(b"NL".iter().chain(company).chain(b"B00"), 97);
    put_two(code, 98 - rest)
}

fn polish(code: &mut [u8]) -> bool {
    let sum = weighed(head(code, 9), &[6, 5, 7, 2, 3, 4, 5, 6, 7]);
    put(code, sum % 11)
}

fn portuguese(code: &mut [u8]) -> bool {
    let rest = weighed(head(code, 8), &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    put(code, if rest < 2 { 0 } else { 11 - rest })
}

/// From two to ten digits; the weights stand right-aligned.
fn romanian(code: &mut [u8]) -> bool {
    const WEIGHTS: [u32; 9] = [7, 5, 3, 2, 1, 7, 5, 3, 2];
    let count = code.len().saturating_sub(1);
    let weights = WEIGHTS.get(WEIGHTS.len().saturating_sub(count)..).unwrap_or_default();
    let check = weighed(head(code, count), weights) * 10 % 11 % 10;
    put(code, check)
}

fn swedish(code: &mut [u8]) -> bool {
    let Some((company, [b'0', b'1'])) = code.split_at_mut_checked(10) else { return false };
    let check = luhn_check(head(company, 9));
    put(company, check)
}

fn slovenian(code: &mut [u8]) -> bool {
    let check = 11 - weighed(head(code, 7), &[8, 7, 6, 5, 4, 3, 2]) % 11;
    put(code, if check == 10 { 0 } else { check })
}

/// A multiple of eleven, whose third digit is one of six.
fn slovak(code: &mut [u8]) -> bool {
    let rest = number(head(code, 9)) % 11 * 10 % 11;
    code.get(2).is_some_and(|third| b"234789".contains(third)) && put(code, (11 - rest) % 11)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::code::Code;

    const EXAMPLES: [&str; 42] = [
        "ATU13585627",
        "BE0403019261",
        "BG175074752",
        "BG7523169263",
        "CY10259033P",
        "CZ25123891",
        "DE136695976",
        "DK13585628",
        "EE100931558",
        "EL094259216",
        "ESB58378431",
        "ES54362315K",
        "ESX2482300W",
        "ESJ99216582",
        "ESG5837843A",
        "FI20774740",
        "FR40303265045",
        "FR83404833048",
        "GB980780684",
        "HR33392005961",
        "HU12892312",
        "IE6433435F",
        "IE6433435OA",
        "IE8D79739I",
        "IT00743110157",
        "LT119511515",
        "LT100001919017",
        "LT100004801610",
        "LU15027442",
        "LV40003521600",
        "LV16117519997",
        "MT11679112",
        "NL004495445B01",
        "NL123456789B13",
        "PL8567346215",
        "PT501964843",
        "RO18547290",
        "RO160796",
        "SE556188840401",
        "SI50223054",
        "SK2022749619",
        "XI980780684",
    ];

    #[test]
    fn known_numbers_are_right_and_their_neighbours_are_not() {
        for text in EXAMPLES {
            let forms = VAT.iter().find(|(prefix, _)| *prefix == &text[..2]).unwrap().1;
            let code = Code::read(text).unwrap().after(2).unwrap();
            assert!(forms.iter().any(|form| form.has(&code)), "{text}");
            let mut wrong = code;
            let place = if text.starts_with("NL") {
                8
            } else if text.starts_with("SE") {
                9
            } else {
                code.chars().len() - 1
            };
            let last = &mut wrong.chars_mut()[place];
            *last = if *last == b'0' { b'1' } else { b'0' };
            assert!(!forms.iter().any(|form| form.has(&wrong)), "{text}");
        }
    }

    #[test]
    fn prefixes_are_in_order() {
        assert!(VAT.is_sorted_by(|one, two| one.0 < two.0));
    }
}
