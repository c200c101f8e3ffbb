//! Number plates of vehicles, by their form.
//!
//! Forms are those that the registration offices of each country give out; `A` stands for a letter,
//! `9` for a digit, `-` for a space, a dash or a point between.

/// The forms. The Netherlands (RDW, series 1 to 14), Germany (FZV), France (SIV), Italy, Spain, Portugal, Poland,
/// Belgium, the United Kingdom (DVLA), Brazil and the Mercosur, states of the USA.
const FORMS: [&str; 50] = [
    "99-AA-AA",
    "99-99-AA",
    "AA-99-99",
    "AA-99-AA",
    "AA-AA-99",
    "99-AAA-9",
    "9-AAA-99",
    "AA-999-A",
    "A-999-AA",
    "AAA-99-A",
    "9-AA-999",
    "A-99-AAA",
    "A-A-999",
    "A-A-9999",
    "A-AA-99",
    "A-AA-999",
    "A-AA-9999",
    "AA-A-99",
    "AA-A-999",
    "AA-A-9999",
    "AA-AA-999",
    "AA-AA-9999",
    "AAA-A-99",
    "AAA-A-999",
    "AAA-AA-99",
    "AAA-AA-999",
    "AA-999-AA",
    "AA999AA",
    "9999-AAA",
    "9999AAA",
    "99-99-99",
    "AA99-AAA",
    "AA99AAA",
    "A999-AAA",
    "9-AAA-999",
    "AAA-9999",
    "AAA9999",
    "AAA9A99",
    "AAA-9A99",
    "AA-99999",
    "AAA-99999",
    "AA-9999A",
    "AA-999AA",
    "AAA-A999",
    "AAA-99A",
    "AAA-9A9",
    "AAA-AA99",
    "9AAA999",
    "AAA-999",
    "A-AAA-999",
];

/// Whether a value is written as one.
pub(super) fn is_plate(value: &str) -> bool {
    let form: String = value
        .chars()
        .map(|c| match c {
            'A'..='Z' | 'Ä' | 'Ö' | 'Ü' => 'A',
            '0'..='9' => '9',
            ' ' | '-' | '.' | '·' => '-',
            _ => '?',
        })
        .collect();
    // An electric or an old one of Germany has a letter behind.
    let plain = form.strip_suffix('A').filter(|front| front.ends_with('9')).unwrap_or(&form);
    [plain, form.as_str()].iter().any(|form| form.contains('A') && FORMS.contains(form))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plates_are_known_by_their_form_and_other_codes_are_not() {
        for plate in [
            "01-BDF-3",
            "M-AB 1234",
            "HH XY 77E",
            "AB-123-CD",
            "FK204WN",
            "1234 BCD",
            "KA21 XYZ",
            "BRA2E19",
            "WA 12345",
        ] {
            assert!(is_plate(plate), "{plate}");
        }
        for other in ["2024-001", "INV-2024-17", "ab-123-cd", "12-34-56", "A1", "AB", "ORDER 1234", ""] {
            assert!(!is_plate(other), "{other}");
        }
    }
}
