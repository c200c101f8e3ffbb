//! What `first_name`, `last_name` and `full_name` share: one masker, three parts.

use super::casing::{self, Case};
use super::fit::Fit;
use super::person::{self, People, Person};
use super::{Binding, Bound, Folding, Masker, Param, Params, Seed, locale};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};

/// What of a person is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    First,
    Last,
    Full,
}

pub(super) const PARAMS: &[Param] = &[locale::PARAM, person::GENDER, casing::PARAM];

/// Binds a masker that writes `part` of the person; `domain` where no `by` says whom.
pub(super) fn bind(
    part: Part,
    domain: &str,
    at: &mut Binding<'_>,
    params: &Params,
) -> Result<Bound, Diagnostic> {
    let people = People::bind(at, params)?;
    let seed = at.seed(domain, Folding::Lower)?;
    Ok(Bound::cell(Name { part, people, seed, case: Case::said(params) }))
}

/// The number of distinct names in the English tables, as bits: every locale's
/// own number is lower or near it.
pub(super) fn bits(part: Part) -> f64 {
    match part {
        Part::First => 6.0,
        Part::Last => 5.0,
        Part::Full => 11.0,
    }
}

struct Name {
    part: Part,
    people: People,
    seed: Seed,
    case: Option<Case>,
}

impl Masker for Name {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let text = value.text()?;
        if text.is_empty() {
            out.keep(value);
            return Ok(());
        }
        let person = self.people.person(&self.seed.digest(value, row)?, row);
        let case = self.case.unwrap_or_else(|| Case::of(text));
        let mut fit = Fit::new(out);
        match self.part {
            Part::First => case.write(person.first, &mut fit),
            Part::Last => case.write(person.last, &mut fit),
            Part::Full => self.full(person, case, &mut fit),
        }
        Ok(())
    }
}

impl Name {
    fn full(&self, person: Person, case: Case, fit: &mut Fit<'_>) {
        let locale = self.people.locale;
        let (before, after) =
            if locale.family_first { (person.last, person.first) } else { (person.first, person.last) };
        let parts = [before, locale.between, after];
        let chars = || parts.iter().map(|part| part.chars().count()).sum::<usize>();
        // No text has more characters than bytes.
        let bytes: usize = parts.iter().map(|part| part.len()).sum();
        // On a short column the initial stands for the first word: `A Miller`.
        if bytes <= fit.room() || chars() <= fit.room() || locale.between.is_empty() {
            case.write(before, fit);
        } else {
            before.chars().take(1).for_each(|c| fit.push(case.of_char(c)));
        }
        case.write(locale.between, fit);
        case.write(after, fit);
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;

    #[test]
    fn the_case_style_comes_back_and_case_variants_stay_so() {
        let name = |input: &str| Trial::of(r#""last_name""#).text(input);
        assert_eq!(name("smith"), name("Smith").to_lowercase());
        assert_eq!(name("SMITH"), name("Smith").to_uppercase());
        assert_eq!(Trial::of(r#"{ with = "last_name", case = "upper" }"#).text("smith"), name("SMITH"));
    }

    #[test]
    fn a_short_column_gets_an_initial_and_never_too_much() {
        for n in 0..50 {
            let masked = Trial::of(r#""full_name""#).on("varchar(8)").text(&format!("Person {n}"));
            assert!(masked.chars().count() <= 8);
            assert!(masked.contains(' '), "{masked}");
        }
    }

    #[test]
    fn the_family_name_comes_first_where_people_write_it_so() {
        let trial = Trial::of(r#"{ with = "full_name", by = "id" }"#).sibling("id", "int4", Some(b"1"));
        let full = trial.locale("zh_CN").text("王伟");
        let trial = Trial::of(r#"{ with = "last_name", by = "id" }"#).sibling("id", "int4", Some(b"1"));
        assert!(full.starts_with(&trial.locale("zh_CN").text("王")));
    }

    #[test]
    fn an_empty_text_has_nothing_to_mask() {
        assert_eq!(Trial::of(r#""first_name""#).text(""), "");
    }

    #[test]
    fn an_identity_that_is_null_leaves_the_decision_to_the_value() {
        let by = |id: Option<&[u8]>, input: &str| {
            Trial::of(r#"{ with = "first_name", by = "id" }"#).sibling("id", "int4", id).text(input)
        };
        assert_eq!(by(Some(b"1"), "Ann"), by(Some(b"1"), "Bob"));
        assert_eq!(by(None, "Ann"), Trial::of(r#""first_name""#).text("Ann"));
    }
}
