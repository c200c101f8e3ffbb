//! `iban`: another account number of the same country, with right check digits.
//!
//! The account part is permuted within the country's structure (ISO 13616, see
//! `iban_table`): digits stay digits and letters letters, the two check digits are
//! computed anew, and so are check characters within the account number where the
//! country has them and they were right. One to one, in the same grouping and case.
//! No range of account numbers is set aside for tests, and a permutation of all of
//! them can't avoid every bank: a result may belong to somebody, though nobody in
//! particular. With `country` as one or several countries the result is drawn for
//! one of them instead, and distinct inputs meet by chance. A text that is no right
//! IBAN keeps its shape and stays none, or is drawn like the others. `by` does not
//! matter.

use super::check_digit::digit;
use super::code::{Code, Form, Scramble};
use super::iban_table::{STRUCTURES, complete, national};
use super::{
    Binding, Bound, Capacity, Example, Masker, Param, ParamKind, Params, Promises, Transformer, wrong,
};
use crate::diagnostic::{Diagnostic, nearest};
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::DataType;
use crate::secret::{DomainKey, scale};
use std::borrow::Cow;

/// See the module.
pub(super) struct Iban;

impl Transformer for Iban {
    fn name(&self) -> &'static str {
        "iban"
    }

    fn summary(&self) -> &'static str {
        "Replace an IBAN by another with right check digits"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[Param::optional(
            "country",
            ParamKind::TextList,
            "keep",
            "\"keep\", or the countries to draw from, such as [\"DE\", \"FR\"]",
        )];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text()
    }

    fn promises(&self) -> Promises {
        Promises { reveals: Some("grouping, and the country where it is kept"), ..Promises::USUAL }
    }

    fn capacity(&self, _: &DataType, params: &Params) -> Capacity {
        let bits = |structure: &str| -> f64 {
            let each = |class| if class == 'A' { 26_f64.log2() } else { 10_f64.log2() };
            expand(structure).chars().map(each).sum()
        };
        let drawn = said(params).into_iter().filter_map(structure).map(bits);
        match drawn.reduce(f64::min) {
            Some(bits) => Capacity::Random { bits },
            None => Capacity::Injective,
        }
    }

    fn example(&self) -> Example {
        Example { rule: "\"iban\"", data_type: "text", input: "DE89 3704 0044 0532 0130 00" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let key = at.key("iban");
        let countries = said(params);
        if countries.is_empty() {
            let forms = STRUCTURES.iter().map(|(country, structure)| Country::new(country, structure));
            return Ok(Bound::cell(Kept { scramble: Scramble::new(&key), countries: forms.collect() }));
        }
        let mut drawn = Vec::new();
        for country in countries {
            let Some(structure) = structure(country) else {
                let problem =
                    wrong(params, "country", format!("`{country}` has no account numbers of this kind"));
                let upper = country.to_ascii_uppercase();
                return Err(match nearest(&upper, STRUCTURES.iter().map(|(name, _)| *name)) {
                    Some(near) => problem.help(format!("did you mean `{near}`?")),
                    None => problem.help("write a country's two letters, such as `DE`, or `keep`"),
                });
            };
            let classes = expand(structure);
            let length = classes.len() + 4;
            if at.data_type.max_chars().is_some_and(|room| room < length) {
                let problem = format!("an account number of `{country}` needs `varchar({length})`");
                return Err(
                    wrong(params, "country", problem).help("leave the country out or widen the column")
                );
            }
            drawn.push((country.to_owned(), classes));
        }
        Ok(Bound::cell(Drawn { key, countries: drawn }))
    }
}

/// The countries to draw from; none where each is kept.
fn said(params: &Params) -> Vec<&str> {
    let mut countries = params.texts("country");
    if countries == ["keep"] {
        countries.clear();
    }
    countries
}

fn structure(country: &str) -> Option<&'static str> {
    let at = STRUCTURES.binary_search_by_key(&country, |(name, _)| name).ok()?;
    STRUCTURES.get(at).map(|(_, structure)| *structure)
}

/// The classes of `code` for a structure of the registry.
fn expand(structure: &str) -> String {
    let (mut classes, mut count) = (String::new(), 0);
    for byte in structure.bytes() {
        let class = match byte {
            b'n' => "#",
            b'a' => "A",
            b'c' => "*",
            number => {
                count = count * 10 + usize::try_from(digit(number)).unwrap_or(0);
                continue;
            }
        };
        classes.push_str(&class.repeat(count));
        count = 0;
    }
    classes
}

/// The forms of one country: with right check characters of its own, and without.
struct Country {
    name: &'static str,
    forms: Vec<Form>,
}

impl Country {
    fn new(name: &'static str, structure: &str) -> Self {
        let form = |classes: &str, complete| Form { classes: Cow::Owned(format!("==xx{classes}")), complete };
        let mut forms = Vec::new();
        if let Some((classes, _)) = national(name) {
            forms.push(form(classes, complete_both));
        }
        forms.push(form(&expand(structure), complete));
        Self { name, forms }
    }
}

fn complete_both(iban: &mut [u8]) -> bool {
    let Some((head, account)) = iban.split_at_mut_checked(4) else { return false };
    let country = std::str::from_utf8(head).ok().and_then(|head| head.get(..2));
    let own = country.and_then(national);
    own.is_some_and(|(_, complete)| complete(account)) && complete(iban)
}

struct Kept {
    scramble: Scramble,
    countries: Vec<Country>,
}

impl Kept {
    fn with<T>(&self, text: &str, then: impl FnOnce(&[&Form], (usize, &Form)) -> T) -> Option<T> {
        let code = Code::read(text)?;
        let country = std::str::from_utf8(code.chars().get(..2)?).ok()?;
        let at = self.countries.binary_search_by_key(&country, |country| country.name).ok()?;
        let forms = &self.countries.get(at)?.forms;
        let list = [forms.first()?, forms.last()?];
        let list = list.get(2 - forms.len()..)?;
        Scramble::find(list, &code).map(|found| then(list, found))
    }
}

impl Masker for Kept {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let text = value.text()?;
        let out = out.text();
        let done = self.with(text, |forms, found| self.scramble.number(text, 0, forms, found, out));
        if done.is_none() {
            self.scramble.odd(text, 0, out, |masked| self.with(masked, |_, _| ()).is_some());
        }
        Ok(())
    }
}

struct Drawn {
    key: DomainKey,
    countries: Vec<(String, String)>,
}

impl Masker for Drawn {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let text = value.text()?;
        if text.is_empty() {
            out.keep(value);
            return Ok(());
        }
        // The number alone decides, however it is grouped.
        let code = Code::read(text);
        let digest = self.key.digest(code.as_ref().map_or(text.as_bytes(), Code::chars));
        let nth = usize::try_from(scale(&digest, self.countries.len() as u64)).unwrap_or(0);
        let Some((country, classes)) = self.countries.get(nth) else { return Err(Unreadable("no country")) };
        let mut iban = [b'0'; 40];
        let length = 4 + classes.len();
        let iban = iban.get_mut(..length).unwrap_or_default();
        for (to, from) in iban.iter_mut().zip(country.bytes()) {
            *to = from;
        }
        // 17 characters of at most 26 values take 80 of 128 bits.
        let word = |key: &str| {
            let digest = self.key.purpose(key).digest(&digest);
            digest.iter().take(16).fold(0_u128, |n, byte| n << 8 | u128::from(*byte))
        };
        let mut words = [word("first"), word("second")].into_iter();
        let mut bits = 0;
        for (at, (to, class)) in iban.iter_mut().skip(4).zip(classes.bytes()).enumerate() {
            if at % 17 == 0 {
                bits = words.next().unwrap_or(0);
            }
            let (first, radix) = if class == b'A' { (b'A', 26) } else { (b'0', 10) };
            *to = first + u8::try_from(bits % radix).unwrap_or(0);
            bits /= radix;
        }
        // Where no check character exists for an account number, it goes without.
        if let (Some((_, complete)), Some(account)) = (national(country), iban.get_mut(4..)) {
            complete(account);
        }
        complete(iban);
        let room = out.data_type().max_chars().unwrap_or(usize::MAX);
        let grouped = text.contains(char::is_whitespace) && length + (length - 1) / 4 <= room;
        let lower = text.bytes().any(|b| b.is_ascii_lowercase());
        let out = out.text();
        for (at, c) in iban.iter().enumerate() {
            if grouped && at > 0 && at % 4 == 0 {
                out.push(b' ');
            }
            out.push(if lower { c.to_ascii_lowercase() } else { *c });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::check_digit::remainder;
    use crate::transform::fixture::Trial;
    use std::collections::HashSet;

    fn is_right(text: &str) -> bool {
        let code = Code::read(text).unwrap();
        let (head, account) = code.chars().split_at(4);
        remainder(account.iter().chain(head), 97) == 1
    }

    #[test]
    fn an_account_stays_in_its_country_with_right_check_digits() {
        let ready = Trial::of(r#""iban""#).bind().unwrap();
        for text in [
            "DE89 3704 0044 0532 0130 00",
            "GB29NWBK60161331926819",
            "gb29nwbk60161331926819",
            "NL91ABNA0417164300",
            "FR1420041010050500013M02606",
            "MT84MALT011000012345MTLCAST001S",
            "ES91-2100-0418-4502-0005-1332",
            "NO93 8601 1117 947",
        ] {
            assert!(is_right(text), "{text}");
            let masked = ready.text(text);
            assert!(is_right(&masked) && masked.len() == text.len(), "{masked}");
            assert_eq!((&masked[..2], masked.find([' ', '-'])), (&text[..2], text.find([' ', '-'])));
            assert_ne!(masked, text);
            assert_eq!(masked.to_uppercase(), ready.text(&text.to_uppercase()));
        }
    }

    #[test]
    fn national_check_characters_stay_right() {
        let ready = Trial::of(r#""iban""#).bind().unwrap();
        for text in ["BE68539007547034", "IT60X0542811101000000123456", "FR1420041010050500013M02606"] {
            let masked = ready.text(text);
            let mut account = masked.as_bytes()[4..].to_vec();
            assert!(national(&masked[..2]).unwrap().1(&mut account));
            assert_eq!(account, &masked.as_bytes()[4..], "{masked}");
        }
    }

    #[test]
    fn accounts_stay_distinct_whether_right_or_wrong() {
        let ready = Trial::of(r#""iban""#).bind().unwrap();
        // Of each hundred one is right.
        let all = (0..10_000).map(|n| ready.text(&format!("NO{:02}8601111{:04}", n % 100, 7900 + n / 100)));
        assert_eq!(all.collect::<HashSet<_>>().len(), 10_000);
    }

    #[test]
    fn what_is_no_account_keeps_its_shape_and_stays_none() {
        let ready = Trial::of(r#""iban""#).bind().unwrap();
        let masked = ready.text("DE00 3704 0044 0532 0130 00");
        assert!(!is_right(&masked) && masked.find(' ') == Some(4), "{masked}");
        assert_ne!(ready.text("unknown"), "unknown");
        assert_eq!(ready.text(""), "");
    }

    #[test]
    fn countries_can_be_said_and_are_checked() {
        let rule = r#"{ with = "iban", country = ["AT", "FR"] }"#;
        let ready = Trial::of(rule).on("varchar(27)").bind().unwrap();
        for n in 0..50 {
            let masked = ready.text(&format!("DE89 3704 {n:04}"));
            assert!(is_right(&masked) && ["AT", "FR"].contains(&&masked[..2]), "{masked}");
            assert!(masked.len() <= 27);
        }
        assert!(Trial::of(rule).on("varchar(26)").bind().is_err());
        let unknown = Trial::of(r#"{ with = "iban", country = "de" }"#).bind().err().unwrap();
        assert_eq!(unknown.help.unwrap(), "did you mean `DE`?");
    }
}
