//! `company`: a company's name.
//!
//! One or two family names and a company form, from the tables of the locale. The digest of the value, or of `by`'s identity, decides. The empty text
//! stays empty.

use super::casing::{self, Case};
use super::fit::Fit;
use super::locale::{self, Locale};
use super::person::pick;
use super::{Binding, Bound, Capacity, Example, Folding, Masker, Param, Params, Promises, Seed, Transformer};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::DataType;

/// See the module.
pub(super) struct Company;

impl Transformer for Company {
    fn name(&self) -> &'static str {
        "company"
    }

    fn summary(&self) -> &'static str {
        "Invent a company's name"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[locale::PARAM, casing::PARAM];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text()
    }

    fn promises(&self) -> Promises {
        Promises::USUAL
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Random { bits: 7.0 }
    }

    fn example(&self) -> Example {
        Example { rule: "\"company\"", data_type: "text", input: "Initech Inc" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let locale = locale::of(at, params)?;
        let seed = at.seed("company", Folding::Lower)?;
        Ok(Bound::cell(Firm { locale, seed, case: Case::said(params) }))
    }
}

struct Firm {
    locale: &'static Locale,
    seed: Seed,
    case: Option<Case>,
}

impl Masker for Firm {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let text = value.text()?;
        if text.is_empty() {
            out.keep(value);
            return Ok(());
        }
        let digest = self.seed.digest(value, row)?;
        let case = self.case.unwrap_or_else(|| Case::of(text));
        // The family name comes from other bytes than a person's: the firm is not theirs.
        let (first, second) = (pick(&digest, 16, self.locale.last), pick(&digest, 0, self.locale.last));
        let form = pick(&digest, 24, self.locale.company);
        let paired = digest.get(15).is_some_and(|byte| byte % 3 == 0) && !self.locale.family_first;
        let mut fit = Fit::new(out);
        let length = |parts: &[&str]| parts.iter().map(|part| part.chars().count()).sum::<usize>();
        let (before, (space, after)) = match form.split_once('*') {
            Some((before, after)) => (before, ("", after)),
            None => ("", (self.locale.between, form)),
        };
        let two = [before, first, "-", second, space, after];
        let one = [before, first, space, after];
        let parts: &[&str] = if paired && length(&two) <= fit.room() {
            &two
        } else if length(&one) <= fit.room() {
            &one
        } else {
            &[first]
        };
        for part in parts {
            case.write(part, &mut fit);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;

    #[test]
    fn a_firm_has_a_name_and_a_form_of_its_locale() {
        for n in 0..20 {
            let trial = Trial::of(r#"{ with = "company", locale = "de_DE" }"#);
            let masked = trial.text(&format!("Firma {n}"));
            assert!(masked.contains(' '), "{masked}");
        }
    }

    #[test]
    fn a_form_may_stand_around_the_name() {
        let trial = Trial::of(r#"{ with = "company", locale = "ru_RU" }"#).bind().unwrap();
        let all: Vec<_> = (0..40).map(|n| trial.text(&format!("Firma {n}"))).collect();
        assert!(all.iter().any(|name| name.starts_with("ООО «") && name.ends_with('»')), "{all:?}");
        assert!(all.iter().all(|name| !name.contains('*')), "{all:?}");
    }

    #[test]
    fn a_short_column_gets_the_name_alone() {
        assert!(!Trial::of(r#""company""#).on("varchar(6)").text("Initech Inc").contains(' '));
    }
}
