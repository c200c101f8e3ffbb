//! `date_shift`: moved by one offset per identity.
//!
//! With `by`, every date of one identity moves by the same offset, so the gaps
//! between the events of one life stay true. Offsets are whole days, up to `within`
//! in either direction and never none; with a `within` of less than a day,
//! timestamps move by microseconds. The infinities stay; what would leave
//! PostgreSQL's range moves the other way.

use super::{
    Binding, Bound, Capacity, Example, Folding, Length, Masker, Param, ParamKind, Params, Promises, Seed,
};
use super::{Transformer, wrong};
use crate::diagnostic::Diagnostic;
use crate::format::calendar::{DAY, DAYS, MICROS};
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::{DataType, Scalar};
use crate::secret::scale;

/// See the module.
pub(super) struct DateShift;

impl Transformer for DateShift {
    fn name(&self) -> &'static str {
        "date_shift"
    }

    fn summary(&self) -> &'static str {
        "Move dates by one offset per identity"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[Param::required(
            "within",
            ParamKind::Duration,
            "how far at most, in either direction, such as \"30 days\"",
        )];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        matches!(data_type.scalar(), Some(Scalar::Date | Scalar::Timestamp | Scalar::TimestampTz))
    }

    fn promises(&self) -> Promises {
        Promises {
            length: Length::Fits,
            reveals: Some("the time of day where `within` is a day or more, and the date to within `within`"),
            ..Promises::USUAL
        }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Few
    }

    fn moves_together(&self) -> bool {
        true
    }

    fn example(&self) -> Example {
        Example {
            rule: "{ with = \"date_shift\", within = \"30 days\", by = \"id\" }",
            data_type: "date",
            input: "1984-02-29",
        }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let within = params.duration("within").unwrap_or(0);
        if within <= 0 {
            return Err(wrong(params, "within", "`within` must be longer than nothing")
                .help("write `within = \"30 days\"`"));
        }
        if within < DAY && at.data_type.scalar() == Some(Scalar::Date) {
            return Err(wrong(params, "within", "a date can't move by less than a day")
                .help("write `within = \"1 day\"` or more"));
        }
        let seed = at.seed("date_shift", Folding::Exact)?;
        let unit = if within < DAY { 1 } else { DAY };
        Ok(Bound::cell(Shift { seed, unit, most: within / unit }))
    }
}

struct Shift {
    seed: Seed,
    unit: i64,
    most: i64,
}

impl Masker for Shift {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        if value.data_type.scalar() == Some(Scalar::Date) {
            let day = value.date()?;
            if day == i32::MAX || day == i32::MIN {
                out.keep(value);
                return Ok(());
            }
            let moved = shifted(day.into(), self.offset(value, row)?, DAYS.0.into(), DAYS.1.into());
            out.date(i32::try_from(moved).unwrap_or(day));
        } else {
            let micros = value.timestamp()?;
            if micros == i64::MAX || micros == i64::MIN {
                out.keep(value);
                return Ok(());
            }
            let offset = self.offset(value, row)?.saturating_mul(self.unit);
            out.timestamp(shifted(micros, offset, MICROS.0, MICROS.1));
        }
        Ok(())
    }
}

impl Shift {
    /// From -most to -1 or from 1 to most, in units.
    fn offset(&self, value: Value<'_>, row: &Row<'_>) -> Result<i64, Unreadable> {
        let drawn = scale(&self.seed.digest(value, row)?, self.most.unsigned_abs().saturating_mul(2));
        let drawn = i64::try_from(drawn).unwrap_or(0);
        Ok(if drawn < self.most { drawn - self.most } else { drawn - self.most + 1 })
    }
}

fn shifted(from: i64, offset: i64, first: i64, last: i64) -> i64 {
    let within = |to: Option<i64>| to.filter(|to| (first..=last).contains(to));
    let moved = within(from.checked_add(offset)).or_else(|| within(from.checked_sub(offset)));
    // Only an offset as long as all of history gets here.
    moved.unwrap_or_else(|| from.clamp(first, last))
}

#[cfg(test)]
mod tests {
    use crate::format::calendar::{parse_date, parse_timestamp};
    use crate::transform::fixture::Trial;

    fn trial(id: &str) -> Trial {
        Trial::of(r#"{ with = "date_shift", within = "30 days", by = "id" }"#).on("date").sibling(
            "id",
            "int4",
            Some(id.as_bytes()),
        )
    }

    #[test]
    fn one_identity_has_one_offset_and_it_is_never_none() {
        let mut offsets = std::collections::HashSet::new();
        for id in 0..500 {
            let trial = trial(&id.to_string());
            let offset = |text: &str| parse_date(&trial.text(text)).unwrap() - parse_date(text).unwrap();
            assert_eq!(offset("2024-01-01"), offset("1950-06-30"));
            offsets.insert(offset("2024-01-01"));
        }
        assert!(!offsets.contains(&0) && offsets.iter().all(|o| o.abs() <= 30));
        assert!(offsets.len() > 50);
    }

    #[test]
    fn a_timestamp_keeps_its_time_of_day_and_agrees_with_the_date() {
        let date = trial("1").text("2024-01-01");
        let masked = trial("1").on("timestamptz").text("2024-01-01 13:14:15.5+00");
        assert_eq!(masked, format!("{date} 13:14:15.5+00"));
    }

    #[test]
    fn less_than_a_day_moves_timestamps_only() {
        let rule = r#"{ with = "date_shift", within = "2 hours" }"#;
        assert!(Trial::of(rule).on("date").bind().is_err());
        let masked = parse_timestamp(&Trial::of(rule).on("timestamp").text("2024-01-01 12:00:00")).unwrap();
        let moved = masked - parse_timestamp("2024-01-01 12:00:00").unwrap();
        assert!(moved != 0 && moved.abs() <= 7_200_000_000);
    }

    #[test]
    fn infinity_stays_and_the_ends_of_time_turn_back() {
        assert_eq!(trial("1").text("infinity"), "infinity");
        for id in 0..20 {
            assert!(parse_date(&trial(&id.to_string()).text("5874897-12-31")).unwrap() <= 2_145_031_948);
        }
    }
}
