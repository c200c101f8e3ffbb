//! `job_title`: what somebody does for a living.
//!
//! From our own list of the locale: one of those that fit the column.
//! Consistent, not injective. The empty text stays empty.

use super::casing::{self, Case};
use super::dice::Cup;
use super::fit::Fit;
use super::locale;
use super::words::Phrases;
use super::{Binding, Bound, Capacity, Example, Folding, Masker, Param, Params, Promises, Transformer};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::DataType;

/// See the module.
pub(super) struct JobTitle;

impl Transformer for JobTitle {
    fn name(&self) -> &'static str {
        "job_title"
    }

    fn summary(&self) -> &'static str {
        "Invent a job title"
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
        Capacity::Few
    }

    fn example(&self) -> Example {
        Example { rule: "\"job_title\"", data_type: "text", input: "VP of Llama Logistics" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let list = locale::of(at, params)?.job;
        let cup = Cup::new(at.seed("job_title", Folding::Lower)?);
        Ok(Bound::cell(Writer { list, cup, case: Case::said(params) }))
    }
}

struct Writer {
    list: Phrases,
    cup: Cup,
    case: Option<Case>,
}

impl Masker for Writer {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let text = value.text()?;
        if text.is_empty() {
            out.keep(value);
            return Ok(());
        }
        let mut dice = self.cup.throw(value, row)?;
        let case = self.case.unwrap_or_else(|| Case::of(text));
        let mut fit = Fit::new(out);
        let fitting = self.list.between(0, fit.room());
        // Where none fits, the beginning of one has to do.
        let title = dice.pick(fitting).or_else(|| dice.pick(self.list.all()));
        case.write(title.map_or("", |(_, title)| title), &mut fit);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;

    #[test]
    fn a_title_is_whole_wherever_one_fits() {
        let ready = Trial::of(r#"{ with = "job_title", locale = "pl_PL" }"#).on("varchar(9)").bind().unwrap();
        let list = crate::transform::words::of("pl_PL").unwrap().job;
        for n in 0..40 {
            let masked = ready.text(&format!("Boss {n}"));
            assert!(list.all().iter().any(|(_, title)| *title == masked), "{masked}");
        }
    }

    #[test]
    fn one_person_has_one_job() {
        let of = |input: &str| {
            Trial::of(r#"{ with = "job_title", by = "id" }"#).sibling("id", "int4", Some(b"7")).text(input)
        };
        assert_eq!(of("Boss"), of("Clerk"));
    }
}
