//! `national_id`: another person's number of the same country, with right check digits.
//!
//! Countries, their numbers and sources are in `national_table`. A number that is
//! right is permuted among the right numbers of its form: one to one, punctuation
//! and case kept. The birth date and sex that some numbers tell are permuted with
//! the rest, and are dates again. Such a result may be somebody's, though nobody's
//! in particular.
//!
//! The United States and the United Kingdom set numbers aside that nobody gets: by
//! default theirs are drawn from those, areas 900 to 999 with groups below 50 (the
//! IRS uses the higher ones) and the prefixes BG, GB, KN, NK, NT, TN and ZZ. They
//! are too few to be one to one; `range = "valid"` permutes these two as well.
//!
//! `country` says whose numbers these are. With `keep` the number itself decides.
//! Its punctuation first: 3-2-4 digits with dashes are of the United States, though
//! other countries have nine digits too. Else it is the first country in whose form
//! it is right, which is a guess where several have numbers of nine or eleven digits,
//! but always the same guess, also for the result.
//! What is right nowhere keeps its shape and stays wrong. `by` does not matter.

use super::code::{Code, Form, Scramble};
use super::national_table::{Draw, NATIONAL, WRITTEN, unissued};
use super::{
    Binding, Bound, Capacity, Example, Length, Masker, Param, ParamKind, Params, Promises, Transformer,
};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::DataType;
use crate::secret::DomainKey;

/// See the module.
pub(super) struct NationalId;

impl Transformer for NationalId {
    fn name(&self) -> &'static str {
        "national_id"
    }

    fn summary(&self) -> &'static str {
        "Replace a personal identification number by another with right check digits"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[
            Param::optional(
                "country",
                ParamKind::Word(&[
                    "keep", "AU", "BE", "BR", "CA", "CH", "CN", "DE", "DK", "ES", "FI", "FR", "GB", "IT",
                    "NL", "NO", "PL", "PT", "RO", "SE", "TR", "US",
                ]),
                "keep",
                "whose numbers these are; \"keep\" finds out from each number",
            ),
            Param::optional(
                "range",
                ParamKind::Word(&["unissued", "valid"]),
                "unissued",
                "\"unissued\": of US and GB numbers those nobody gets; \"valid\": any, one to one",
            ),
        ];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text()
    }

    fn promises(&self) -> Promises {
        Promises {
            length: Length::Kept,
            reveals: Some("country, punctuation, and the century where a number says it"),
            ..Promises::USUAL
        }
    }

    fn capacity(&self, _: &DataType, params: &Params) -> Capacity {
        let sizes = chosen(params).filter_map(|(country, _)| unissued(country)).map(|(_, size)| size.log2());
        match sizes.reduce(f64::min) {
            Some(bits) if params.text("range") != Some("valid") => Capacity::Random { bits },
            _ => Capacity::Injective,
        }
    }

    fn example(&self) -> Example {
        Example {
            rule: "{ with = \"national_id\", country = \"FR\" }",
            data_type: "text",
            input: "2 95 10 99 126 111 93",
        }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let key = at.key("national_id");
        let set_aside = params.text("range") != Some("valid");
        let kept = params.text("country").is_none_or(|country| country == "keep");
        let written = WRITTEN.iter().filter(|_| kept);
        let written =
            written.map(|(groups, first)| (*groups, Candidates::new(params, Some(first), set_aside)));
        Ok(Bound::cell(Person {
            scramble: Scramble::new(&key),
            key,
            written: written.collect(),
            others: Candidates::new(params, None, set_aside),
        }))
    }
}

/// The countries in whose form a text is right, of those whose numbers have a check digit.
pub fn countries(text: &str) -> impl Iterator<Item = &'static str> {
    let code = Code::read(text);
    let is =
        move |form: &Form| form.classes.contains('x') && code.as_ref().is_some_and(|code| form.has(code));
    NATIONAL.iter().filter(move |(_, forms)| forms.iter().any(&is)).map(|(country, _)| *country)
}

/// The countries the rule speaks of.
fn chosen(params: &Params) -> impl Iterator<Item = (&'static str, &'static [Form])> {
    let country = params.text("country").unwrap_or("keep");
    NATIONAL.iter().copied().filter(move |(name, _)| country == "keep" || country == *name)
}

/// The forms a text may have, in the order in which they are tried.
struct Candidates {
    forms: Vec<&'static Form>,
    /// Of each form, what draws a number nobody has.
    draws: Vec<Option<Draw>>,
}

impl Candidates {
    fn new(params: &Params, first: Option<&str>, set_aside: bool) -> Self {
        let mut countries: Vec<_> = chosen(params).collect();
        countries.sort_by_key(|(country, _)| Some(*country) != first);
        let (mut forms, mut draws) = (Vec::new(), Vec::new());
        for (country, of_country) in countries {
            forms.extend(of_country);
            let draw = unissued(country).map(|(draw, _)| draw).filter(|_| set_aside);
            draws.resize(forms.len(), draw);
        }
        Self { forms, draws }
    }
}

struct Person {
    scramble: Scramble,
    key: DomainKey,
    /// How a country groups the digits, and the forms with its own first.
    written: Vec<(&'static str, Candidates)>,
    others: Candidates,
}

impl Person {
    /// What stands between the digits is kept, so that a result has the same candidates.
    fn candidates(&self, text: &str) -> &Candidates {
        let found = self.written.iter().find(|(groups, _)| is_written(text, groups));
        found.map_or(&self.others, |(_, candidates)| candidates)
    }

    fn find(candidates: &Candidates, text: &str) -> Option<(Code, (usize, &'static Form))> {
        let code = Code::read(text)?;
        Some((code, Scramble::find(&candidates.forms, &code)?))
    }
}

/// Whether a text has a digit where `groups` has one, and the same in between.
fn is_written(text: &str, groups: &str) -> bool {
    let is = |(c, group): (u8, u8)| if group == b'0' { c.is_ascii_digit() } else { c == group };
    text.len() == groups.len() && text.bytes().zip(groups.bytes()).all(is)
}

impl Masker for Person {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let text = value.text()?;
        let out = out.text();
        let candidates = self.candidates(text);
        let Some((mut code, found)) = Self::find(candidates, text) else {
            self.scramble.odd(text, 0, out, |masked| Self::find(candidates, masked).is_some());
            return Ok(());
        };
        let Some(draw) = candidates.draws.get(found.0).copied().flatten() else {
            self.scramble.number(text, 0, &candidates.forms, found, out);
            return Ok(());
        };
        // The number alone decides, however it is written.
        let digest = self.key.digest(code.chars());
        let bits = digest.iter().take(16).fold(0_u128, |n, byte| n << 8 | u128::from(*byte));
        draw(code.chars_mut(), bits);
        code.write(text, out);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::{Ready, Trial, data_type};
    use crate::transform::{Capacity, Param, ParamKind, ParamValue, Params, Transformer};
    use std::collections::HashSet;

    fn of(country: &str, range: &str) -> Ready {
        let rule = format!(r#"{{ with = "national_id", country = "{country}", range = "{range}" }}"#);
        Trial::of(&rule).bind().unwrap()
    }

    fn is_of(country: &str, text: &str) -> bool {
        let code = crate::transform::code::Code::read(text).unwrap();
        let mut forms =
            crate::transform::national_table::NATIONAL.iter().filter(|(name, _)| *name == country);
        forms.any(|(_, forms)| forms.iter().any(|form| form.has(&code)))
    }

    #[test]
    fn social_security_numbers_come_from_areas_that_are_never_assigned() {
        let ready = of("US", "unissued");
        for n in 1..500 {
            let masked = ready.text(&format!("536-90-{n:04}"));
            assert!(masked.starts_with('9') && masked[4..6] < *"50" && &masked[6..7] == "-", "{masked}");
        }
        assert_eq!(ready.text("536904399"), ready.text("536-90-4399").replace('-', ""));
        assert!(
            ["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"]
                .contains(&&of("GB", "unissued").text("ab123456c").to_uppercase()[..2])
        );
    }

    #[test]
    fn every_number_of_a_small_set_has_its_own_and_stays_right() {
        for (country, before, after) in [
            ("US", "536-9", "399"),
            ("NL", "11", "333"),
            ("ES", "54", "2315"),
            ("PL", "440514", ""),
            ("DE", "3657426", ""),
        ] {
            let ready = of(country, "valid");
            let table = crate::transform::national_table::NATIONAL;
            let forms: Vec<_> =
                table.iter().filter(|(name, _)| *name == country).flat_map(|(_, forms)| *forms).collect();
            let right = |text: &str| {
                let code = crate::transform::code::Code::read(text).unwrap();
                forms.iter().any(|form| form.has(&code))
            };
            let mut seen = HashSet::new();
            for n in 0..10_000 {
                let number = if country == "PL" {
                    format!("{n:05}")
                } else if country == "ES" {
                    format!("{:02}{}", n / 26 % 100, char::from(b'A' + u8::try_from(n % 26).unwrap()))
                } else {
                    format!("{n:04}")
                };
                let text = if country == "ES" {
                    format!("{before}{after}{number}")
                } else {
                    format!("{before}{number}{after}")
                };
                if country == "ES" && n >= 2600 {
                    break;
                }
                let masked = ready.text(&text);
                assert_eq!(right(&text), right(&masked), "{text} {masked}");
                assert!(seen.insert(masked), "{text}");
            }
        }
    }

    #[test]
    fn without_a_country_the_number_decides_and_the_result_is_of_the_same() {
        let ready = of("keep", "valid");
        let masked = ready.text("RCCMNL83S18D969H");
        assert!(masked.ends_with(|c: char| c.is_ascii_uppercase()) && masked != "RCCMNL83S18D969H");
        assert_eq!(ready.text("756.9217.0769.85").find('.'), Some(3));
        assert!(ready.text("756.9217.0769.85").starts_with("756."));
        assert_ne!(ready.text("n/a 12"), "n/a 12");
        let all = (0..10_000).map(|n| ready.text(&format!("12345{n:04}")));
        assert_eq!(all.collect::<HashSet<_>>().len(), 10_000);
    }

    #[test]
    fn punctuation_decides_before_the_check_digits_of_others() {
        let kept = of("keep", "unissued");
        // 536904399 alone is right in another country's form, too.
        assert_eq!(kept.text("536-90-4399"), of("US", "unissued").text("536-90-4399"));
        for n in 1..2000 {
            let text = format!("536-90-{n:04}");
            assert!(kept.text(&text).starts_with('9'), "{text}");
            let unissued = kept.text(&format!("9{:02}-12-{n:04}", n % 100));
            assert!(!is_of("US", &unissued), "{unissued} is issued");
        }
        for (country, text) in [
            ("BR", "390.533.447-05"),
            ("BE", "85.07.30-033.28"),
            ("CH", "756.9217.0769.85"),
            ("DE", "36 574 261 809"),
            ("NO", "151086 95088"),
            ("CA", "123-456-782"),
            ("NL", "1112.22.333"),
            ("SE", "880320-0016"),
        ] {
            let masked = kept.text(text);
            assert!(is_of(country, &masked), "{country} {text} {masked}");
            assert_eq!(masked, of(country, "unissued").text(text), "{country}");
        }
        let ready = of("keep", "valid");
        let all = (0..10_000).map(|n| ready.text(&format!("123-45-{n:04}")));
        assert_eq!(all.collect::<HashSet<_>>().len(), 10_000);
    }

    #[test]
    fn nobody_becomes_a_person_not_born_yet_or_one_of_another_kind() {
        type Plausible = fn(u32) -> bool;
        let plausible: [(&str, &str, Plausible); 4] = [
            // Year and month; from 2000 on the month is 20 higher.
            ("PL", "44051401359", |head| {
                head % 100 <= 12 || (21..=32).contains(&(head % 100)) && head / 100 <= 24
            }),
            ("RO", "1630615123457", |head| matches!(head / 1000, 1 | 2 | 7..) || head / 10 % 100 <= 24),
            ("NO", "15108695088", |head| head / 100 <= 31),
            ("DK", "1510863125", |head| head / 100 <= 31),
        ];
        for (country, first, is_plausible) in plausible {
            let ready = of(country, "valid");
            let mut number = first.to_owned();
            for _ in 0..300 {
                number = ready.text(&number);
                assert!(is_of(country, &number), "{country} {number}");
                assert!(is_plausible(number[..4].parse().unwrap()), "{country} {number}");
            }
        }
        let ready = of("SE", "valid");
        let (mut citizen, mut visitor) = ("19880320-0016".to_owned(), "880380-0013".to_owned());
        assert!(is_of("SE", &visitor));
        for _ in 0..300 {
            (citizen, visitor) = (ready.text(&citizen), ready.text(&visitor));
            assert!(citizen.starts_with("19") && citizen[6..8] <= *"31", "{citizen}");
            assert!(visitor[4..6] > *"60", "{visitor}");
        }
    }

    #[test]
    fn capacity_says_which_are_too_few() {
        let capacity = |country: &str, range: Option<&str>| {
            let mut params = Params::default();
            params.insert("country", ParamValue::Text(country.into()), None);
            if let Some(range) = range {
                params.insert("range", ParamValue::Text(range.into()), None);
            }
            super::NationalId.capacity(&data_type("text"), &params)
        };
        assert_eq!(capacity("NL", None), Capacity::Injective);
        assert_eq!(capacity("US", Some("valid")), Capacity::Injective);
        assert!(matches!(capacity("US", None), Capacity::Random { bits } if bits < 26.0));
        assert!(matches!(capacity("keep", None), Capacity::Random { bits } if bits < 23.0));
    }

    #[test]
    fn every_country_of_the_table_can_be_said() {
        let country: &Param = &super::NationalId.params()[0];
        let ParamKind::Word(words) = country.kind else { panic!("not words") };
        assert_eq!(words.len(), crate::transform::national_table::NATIONAL.len() + 1);
        assert!(crate::transform::national_table::NATIONAL.iter().all(|(name, _)| words.contains(name)));
    }
}
