//! What the account numbers of a country look like in an IBAN, and its check digits.
//!
//! Lengths and structures: the IBAN registry of ISO 13616-2, kept by SWIFT:
//! counts of `n` digits, `a` capital letters, `c` letters or digits. Check
//! characters within the account number: Belgium and Finland (the banks'
//! associations), Spain (Consejo Superior Bancario), France and Monaco (the RIB's
//! key), Italy and San Marino (CIN), Norway (modulus 11), and the countries that
//! compute them as ISO 7064 MOD 97-10.

use super::check_digit::{luhn, mod97, remainder, weighed};
use super::code::Complete;

/// Country and structure, by country.
pub(super) const STRUCTURES: [(&str, &str); 89] = [
    ("AD", "8n12c"),
    ("AE", "19n"),
    ("AL", "8n16c"),
    ("AT", "16n"),
    ("AZ", "4a20c"),
    ("BA", "16n"),
    ("BE", "12n"),
    ("BG", "4a6n8c"),
    ("BH", "4a14c"),
    ("BI", "23n"),
    ("BR", "23n1a1c"),
    ("BY", "4c4n16c"),
    ("CH", "5n12c"),
    ("CR", "18n"),
    ("CY", "8n16c"),
    ("CZ", "20n"),
    ("DE", "18n"),
    ("DJ", "23n"),
    ("DK", "14n"),
    ("DO", "4c20n"),
    ("EE", "16n"),
    ("EG", "25n"),
    ("ES", "20n"),
    ("FI", "14n"),
    ("FK", "2a12n"),
    ("FO", "14n"),
    ("FR", "10n11c2n"),
    ("GB", "4a14n"),
    ("GE", "2a16n"),
    ("GI", "4a15c"),
    ("GL", "14n"),
    ("GR", "7n16c"),
    ("GT", "24c"),
    ("HN", "4a20n"),
    ("HR", "17n"),
    ("HU", "24n"),
    ("IE", "4a14n"),
    ("IL", "19n"),
    ("IQ", "4a15n"),
    ("IS", "22n"),
    ("IT", "1a10n12c"),
    ("JO", "4a4n18c"),
    ("KW", "4a22c"),
    ("KZ", "3n13c"),
    ("LB", "4n20c"),
    ("LC", "4a24c"),
    ("LI", "5n12c"),
    ("LT", "16n"),
    ("LU", "3n13c"),
    ("LV", "4a13c"),
    ("LY", "21n"),
    ("MC", "10n11c2n"),
    ("MD", "20c"),
    ("ME", "18n"),
    ("MK", "3n10c2n"),
    ("MN", "16n"),
    ("MR", "23n"),
    ("MT", "4a5n18c"),
    ("MU", "4a19n3a"),
    ("NI", "4a20n"),
    ("NL", "4a10n"),
    ("NO", "11n"),
    ("OM", "3n16c"),
    ("PK", "4a16c"),
    ("PL", "24n"),
    ("PS", "4a21c"),
    ("PT", "21n"),
    ("QA", "4a21c"),
    ("RO", "4a16c"),
    ("RS", "18n"),
    ("RU", "14n15c"),
    ("SA", "2n18c"),
    ("SC", "4a20n3a"),
    ("SD", "14n"),
    ("SE", "20n"),
    ("SI", "15n"),
    ("SK", "20n"),
    ("SM", "1a10n12c"),
    ("SO", "19n"),
    ("ST", "21n"),
    ("SV", "4a20n"),
    ("TL", "19n"),
    ("TN", "20n"),
    ("TR", "6n16c"),
    ("UA", "6n19c"),
    ("VA", "18n"),
    ("VG", "4a16n"),
    ("XK", "16n"),
    ("YE", "4a4n18c"),
];

/// A country whose account numbers have check characters: their classes (see
/// `code`) and what computes them.
pub(super) fn national(country: &str) -> Option<(&'static str, Complete)> {
    Some(match country {
        "BE" => ("##########xx", belgian),
        "ES" => ("########xx##########", spanish),
        "FI" => ("#############x", finnish),
        "FR" | "MC" => ("##########***********xx", french),
        "IT" | "SM" => ("x##########************", italian),
        "NO" => ("##########x", norwegian),
        "BA" => ("##############xx", two_digits),
        "ME" | "RS" => ("################xx", two_digits),
        "MK" => ("###**********xx", two_digits),
        "PT" => ("###################xx", two_digits),
        "SI" => ("#############xx", two_digits),
        "TL" => ("#################xx", two_digits),
        _ => return None,
    })
}

/// Sets the check digits after the country of a whole IBAN (ISO 7064 MOD 97-10).
pub(super) fn complete(iban: &mut [u8]) -> bool {
    let Some((head, account)) = iban.split_at_mut_checked(4) else { return false };
    let [country @ .., high, low] = head else { return false };
    let rest = remainder(account.iter().chain(country.iter()).chain(b"00"), 97);
    put(98 - rest, [high, low])
}

fn put(check: u32, to: [&mut u8; 2]) -> bool {
    let [high, low] = to;
    *high = b'0' + u8::try_from(check / 10).unwrap_or(0);
    *low = b'0' + u8::try_from(check % 10).unwrap_or(0);
    true
}

fn belgian(account: &mut [u8]) -> bool {
    let [payload @ .., high, low] = account else { return false };
    let rest = remainder(payload.iter(), 97);
    put(if rest == 0 { 97 } else { rest }, [high, low])
}

fn spanish(account: &mut [u8]) -> bool {
    const WEIGHTS: [u32; 10] = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6];
    let Some((bank, rest)) = account.split_at_mut_checked(8) else { return false };
    let [first, second, number @ ..] = rest else { return false };
    let digit = |sum: u32| match 11 - sum % 11 {
        10 => b'1',
        11 => b'0',
        check => b'0' + u8::try_from(check).unwrap_or(0),
    };
    *first = digit(weighed(bank, WEIGHTS.get(2..).unwrap_or_default()));
    *second = digit(weighed(number, &WEIGHTS));
    true
}

fn finnish(account: &mut [u8]) -> bool {
    let [payload @ .., check] = account else { return false };
    let sum = luhn(payload.iter().map(|b| u32::from(b.saturating_sub(b'0'))).chain([0]));
    *check = b'0' + u8::try_from((10 - sum % 10) % 10).unwrap_or(0);
    true
}

/// 89 × bank + 15 × branch + 3 × account, where a letter counts as a digit.
fn french(account: &mut [u8]) -> bool {
    let [payload @ .., high, low] = account else { return false };
    let digit = |c: &u8| match c {
        b'0'..=b'9' => *c,
        b'A'..=b'I' => c - b'A' + b'1',
        b'J'..=b'R' => c - b'J' + b'1',
        _ => c.saturating_sub(b'S') + b'2',
    };
    let mut digits = [b'0'; 23];
    for (to, from) in digits.iter_mut().zip(payload.iter()) {
        *to = digit(from);
    }
    put(97 - remainder(digits.iter(), 97), [high, low])
}

fn italian(account: &mut [u8]) -> bool {
    let [check, payload @ ..] = account else { return false };
    *check = super::check_digit::italian(payload.iter());
    true
}

fn norwegian(account: &mut [u8]) -> bool {
    let [payload @ .., check] = account else { return false };
    let rest = weighed(payload, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    *check = b'0' + u8::try_from((11 - rest) % 11).unwrap_or(0);
    // Accounts of 0000 were those of the post office, with other check digits.
    rest != 1 && !payload.starts_with(b"0000")
}

fn two_digits(account: &mut [u8]) -> bool {
    let [payload @ .., high, low] = account else { return false };
    put(mod97(payload.iter()), [high, low])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Well-known account numbers, of countries with check characters of their own.
    const EXAMPLES: [&str; 14] = [
        "BA391290079401028494",
        "BE68539007547034",
        "ES9121000418450200051332",
        "FI2112345600000785",
        "FR1420041010050500013M02606",
        "IT60X0542811101000000123456",
        "MC5811222000010123456789030",
        "ME25505000012345678951",
        "MK07250120000058984",
        "NO9386011117947",
        "PT50000201231234567890154",
        "RS35260005601001611379",
        "SI56263300012039086",
        "SM86U0322509800000000270100",
    ];

    #[test]
    fn known_accounts_have_right_national_check_characters() {
        for example in EXAMPLES {
            let (classes, complete) = national(&example[..2]).unwrap();
            let mut account = example.as_bytes()[4..].to_vec();
            assert_eq!(classes.len(), account.len(), "{example}");
            assert!(complete(&mut account), "{example}");
            assert_eq!(String::from_utf8(account).unwrap(), example[4..], "{example}");
        }
    }

    #[test]
    fn countries_are_in_order_and_each_once() {
        assert!(STRUCTURES.is_sorted_by(|one, two| one.0 < two.0));
    }
}
