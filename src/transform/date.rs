//! `date`: a date in a range.
//!
//! Any day from `min` to `max`, both included, whatever the input was. A timestamp
//! gets a time of day of its own, in the fraction of a second the input shows, and
//! midnight stays midnight: it often means that only the day is known. The
//! infinities stay, since they stand for "never". With `by`, equal dates of one
//! identity are equal, and two dates of one identity are drawn apart; where the
//! gaps between dates matter, `date_shift` keeps them.

use super::limit::moments;
use super::spread::{draw_between, step_of};
use super::{Binding, Bound, Capacity, Example, Folding, Masker, Param, ParamKind, Params, Promises};
use super::{Seed, Transformer};
use crate::diagnostic::Diagnostic;
use crate::format::calendar::DAY;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::{DataType, Scalar};

/// See the module.
pub(super) struct Date;

impl Transformer for Date {
    fn name(&self) -> &'static str {
        "date"
    }

    fn summary(&self) -> &'static str {
        "Draw a date from a range"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[
            Param::required("min", ParamKind::Scalar, "the first date, such as \"1940-01-01\""),
            Param::required("max", ParamKind::Scalar, "the last date, such as \"2005-12-31\""),
        ];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        matches!(data_type.scalar(), Some(Scalar::Date | Scalar::Timestamp | Scalar::TimestampTz))
    }

    fn promises(&self) -> Promises {
        Promises { reveals: Some("whether it is infinite, and how fine a timestamp is"), ..Promises::USUAL }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Few
    }

    fn example(&self) -> Example {
        Example {
            rule: "{ with = \"date\", min = \"1940-01-01\", max = \"2005-12-31\" }",
            data_type: "date",
            input: "1984-02-29",
        }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let (least, greatest) = moments(params, at.data_type)?;
        Ok(Bound::cell(Drawn { seed: at.seed("date", Folding::Exact)?, least, greatest }))
    }
}

struct Drawn {
    seed: Seed,
    least: i128,
    greatest: i128,
}

impl Masker for Drawn {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        if value.data_type.scalar() == Some(Scalar::Date) {
            let day = value.date()?;
            if day == i32::MAX || day == i32::MIN {
                out.keep(value);
            } else {
                let drawn = draw_between(&self.seed.joint_digest(value, row)?, self.least, self.greatest);
                out.date(i32::try_from(drawn).unwrap_or(0));
            }
            return Ok(());
        }
        let micros = value.timestamp()?;
        if micros == i64::MAX || micros == i64::MIN {
            out.keep(value);
            return Ok(());
        }
        let micros = i128::from(micros);
        let day = i128::from(DAY);
        // A minute without seconds is no more likely to be meant than any other second.
        let step = if micros % day == 0 { day } else { step_of(micros, 1_000_000) };
        let (first, last) = (-(-self.least).div_euclid(step), self.greatest.div_euclid(step));
        let digest = self.seed.joint_digest(value, row)?;
        let drawn = if first <= last { draw_between(&digest, first, last) * step } else { self.least };
        out.timestamp(i64::try_from(drawn).unwrap_or(0));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;
    use std::collections::HashSet;

    const WEEK: &str = r#"{ with = "date", min = "2024-02-26", max = "2024-03-03" }"#;

    #[test]
    fn every_day_of_the_range_comes_and_no_other() {
        let ready = Trial::of(WEEK).on("date").bind().unwrap();
        let seen: HashSet<_> = (1900..2100).map(|year| ready.text(&format!("{year}-05-05"))).collect();
        assert_eq!(seen.len(), 7, "{seen:?}");
        assert!(seen.contains("2024-02-29") && seen.contains("2024-03-03"));
    }

    #[test]
    fn a_timestamp_has_a_time_of_its_own_within_the_last_day() {
        let rule = r#"{ with = "date", min = "2024-02-29", max = "2024-02-29" }"#;
        let ready = Trial::of(rule).on("timestamptz").bind().unwrap();
        let seen: HashSet<_> =
            (10..60).map(|second| ready.text(&format!("2001-01-01 10:00:{second}+00"))).collect();
        assert!(seen.len() > 45 && seen.iter().all(|masked| masked.starts_with("2024-02-29 ")), "{seen:?}");
        assert!(seen.iter().all(|masked| !masked.contains('.')));
        assert_eq!(ready.text("2001-01-01 00:00:00+00"), "2024-02-29 00:00:00+00");
        let exact = ready.text("2001-01-01 10:00:00.123456+00");
        assert!(exact.contains('.') && exact.starts_with("2024-02-29 "), "{exact}");
    }

    #[test]
    fn two_dates_of_one_identity_are_drawn_apart() {
        let rule = r#"{ with = "date", min = "1900-01-01", max = "2024-12-31", by = "id" }"#;
        let of = |id: &str, text: &str| {
            Trial::of(rule).on("date").sibling("id", "int4", Some(id.as_bytes())).text(text)
        };
        assert_eq!(of("1", "2020-01-01"), of("1", "2020-01-01"));
        assert_ne!(of("1", "2020-01-01"), of("2", "2020-01-01"));
        assert_ne!(of("1", "2020-01-01"), of("1", "2020-01-02"));
    }

    #[test]
    fn infinity_stays_and_a_range_that_is_none_is_refused() {
        assert_eq!(Trial::of(WEEK).on("date").text("infinity"), "infinity");
        for (min, max) in
            [("2024-02-30", "2025-01-01"), ("2025-01-01", "2024-01-01"), ("-infinity", "2024-01-01")]
        {
            let rule = format!(r#"{{ with = "date", min = "{min}", max = "{max}" }}"#);
            assert!(Trial::of(&rule).on("date").bind().is_err(), "{min} {max}");
        }
    }
}
