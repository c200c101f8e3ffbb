//! `vat`: another VAT identification number of the same country.
//!
//! The prefix stays, the rest is permuted within the country's structure and the
//! check digits are computed anew where the algorithm is public (see `vat_table`):
//! right stays right, punctuation and case stay, one to one. `country` names the
//! prefix of a column that leaves it out; with and without, a number becomes the
//! same. A number that is not right, or of another country, keeps its shape, and
//! its prefix where that is a known one. No range is set aside for tests: a result
//! may be some company's, though no particular one's. `by` does not matter.

use super::code::{Code, Form, Scramble};
use super::vat_table::VAT;
use super::{
    Binding, Bound, Capacity, Example, Length, Masker, Param, ParamKind, Params, Promises, Transformer,
};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::DataType;

/// See the module.
pub(super) struct Vat;

impl Transformer for Vat {
    fn name(&self) -> &'static str {
        "vat"
    }

    fn summary(&self) -> &'static str {
        "Replace a VAT number by another of the same country"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[Param::optional(
            "country",
            ParamKind::Word(&[
                "keep", "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "GB", "HR",
                "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "XI",
            ]),
            "keep",
            "the prefix of numbers written without one; \"keep\": each number has its own",
        )];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text()
    }

    fn promises(&self) -> Promises {
        Promises { length: Length::Kept, reveals: Some("country and punctuation"), ..Promises::USUAL }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Injective
    }

    fn example(&self) -> Example {
        Example { rule: "\"vat\"", data_type: "text", input: "DE 136 695 976" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let key = at.key("vat");
        let tables = VAT.iter().map(|(prefix, forms)| Country {
            prefix,
            scramble: Scramble::new(&key.purpose(prefix)),
            forms: forms.iter().collect(),
        });
        let said =
            params.text("country").and_then(|country| VAT.iter().position(|(name, _)| *name == country));
        Ok(Bound::cell(Company { odd: Scramble::new(&key), countries: tables.collect(), said }))
    }
}

struct Country {
    prefix: &'static str,
    scramble: Scramble,
    forms: Vec<&'static Form>,
}

struct Company {
    odd: Scramble,
    countries: Vec<Country>,
    /// The country of numbers without a prefix.
    said: Option<usize>,
}

impl Company {
    /// The country of a text and how many characters its prefix has.
    fn country(&self, code: &Code) -> Option<(&Country, usize)> {
        let prefix = std::str::from_utf8(code.chars().get(..2)?).ok()?;
        match self.countries.binary_search_by_key(&prefix, |country| country.prefix) {
            Ok(at) => self.countries.get(at).map(|country| (country, 2)),
            Err(_) => self.said.and_then(|at| self.countries.get(at)).map(|country| (country, 0)),
        }
    }

    fn find(&self, text: &str) -> Option<(&Country, usize, (usize, &Form))> {
        let code = Code::read(text)?;
        let (country, skip) = self.country(&code)?;
        let found = Scramble::find(&country.forms, &code.after(skip)?)?;
        Some((country, skip, found))
    }
}

impl Masker for Company {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let text = value.text()?;
        let out = out.text();
        if let Some((country, skip, found)) = self.find(text) {
            country.scramble.number(text, skip, &country.forms, found, out);
            return Ok(());
        }
        // A prefix followed by anything but digits may be the beginning of a word.
        let prefixed = |code: &Code| {
            let digits = code.chars().iter().skip(2).filter(|c| c.is_ascii_digit()).count();
            self.country(code).is_some_and(|(_, skip)| skip == 2) && digits * 2 >= code.chars().len()
        };
        let keep = if Code::read(text).as_ref().is_some_and(prefixed) { 2 } else { 0 };
        self.odd.odd(text, keep, out, |masked| {
            self.find(masked).is_some() || (keep == 0 && Code::read(masked).as_ref().is_some_and(prefixed))
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::code::Code;
    use crate::transform::fixture::Trial;
    use crate::transform::vat_table::VAT;
    use crate::transform::{ParamKind, Transformer};
    use std::collections::HashSet;

    fn is_right(text: &str) -> bool {
        let code = Code::read(text).unwrap();
        let forms = VAT.iter().find(|(prefix, _)| code.chars().starts_with(prefix.as_bytes()));
        forms.is_some_and(|(_, forms)| forms.iter().any(|form| form.has(&code.after(2).unwrap())))
    }

    #[test]
    fn numbers_stay_right_in_their_country_and_shape() {
        let ready = Trial::of(r#""vat""#).bind().unwrap();
        for text in [
            "DE 136 695 976",
            "ATU13585627",
            "fr40303265045",
            "NL004495445B01",
            "NL123456789B13",
            "ESB58378431",
            "IE6433435OA",
            "IT 00743110157",
            "BE0403.019.261",
            "SE556188840401",
            "LT119511515",
        ] {
            let masked = ready.text(text);
            assert!(is_right(&masked) && masked.len() == text.len(), "{text} {masked}");
            assert_eq!((&masked[..2], masked.find([' ', '.'])), (&text[..2], text.find([' ', '.'])));
            assert_ne!(masked, text);
        }
    }

    #[test]
    fn a_number_without_its_prefix_becomes_the_same() {
        let without = Trial::of(r#"{ with = "vat", country = "PT" }"#).bind().unwrap();
        let with = Trial::of(r#""vat""#).bind().unwrap();
        assert_eq!(format!("PT{}", without.text("501964843")), with.text("PT501964843"));
        assert_eq!(without.text("PT501964843"), with.text("PT501964843"));
    }

    #[test]
    fn every_number_of_a_small_set_has_its_own_whether_right_or_wrong() {
        let ready = Trial::of(r#""vat""#).bind().unwrap();
        for start in ["DE13669", "NL1234", "GB98078", "XX12345", "DK1358", "ESB5837"] {
            let mut seen = HashSet::new();
            for n in 0..10_000 {
                let text = match start {
                    "NL1234" => format!("{start}{:03}89B{:02}", n / 100, n % 100),
                    "ESB5837" => format!("{start}{n:04}"),
                    _ => format!("{start}{n:04}"),
                };
                let masked = ready.text(&text);
                assert_eq!(is_right(&text), is_right(&masked), "{text} {masked}");
                assert!(seen.insert(masked), "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_number_keeps_its_shape() {
        let ready = Trial::of(r#""vat""#).bind().unwrap();
        let masked = ready.text("DE 136 695 977");
        assert!(masked.starts_with("DE ") && masked != "DE 136 695 977");
        assert!(!ready.text("Delta Ltd").contains("Delta"));
        assert_eq!(ready.text("CHE-123.456.789").find('-'), Some(3));
    }

    #[test]
    fn every_prefix_can_be_said() {
        let ParamKind::Word(words) = super::Vat.params()[0].kind else { panic!("not words") };
        assert!(words[1..].iter().zip(&VAT).all(|(word, (prefix, _))| word == prefix));
        assert_eq!(words.len(), VAT.len() + 1);
    }
}
