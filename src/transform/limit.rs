//! What a column can hold, and the limits a rule puts on it: numbers in units of
//! their scale, dates in days, times in microseconds.

use super::{Params, literal, wrong};
use crate::diagnostic::Diagnostic;
use crate::format::calendar::{DAY, DAYS, MICROS};
use crate::format::decimal::Decimal;
use crate::format::{Value, Wire, calendar};
use crate::schema::{DataType, Scalar};

/// The exact numbers of a column: `int2/4/8` or `numeric`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exact {
    /// How many digits stand after the point; `None` where each value says so itself.
    pub(super) scale: Option<u16>,
    /// Results are whole numbers of this many units of the scale: more than one
    /// where the scale is negative.
    pub(super) step: i128,
    /// The least, in units of the scale.
    pub(super) least: i128,
    /// The greatest.
    pub(super) greatest: i128,
}

impl Exact {
    /// What the type holds; at most 38 digits.
    pub(super) fn of(data_type: &DataType) -> Self {
        let whole = |least: i128, greatest: i128| Self { scale: Some(0), step: 1, least, greatest };
        let digits = |count: u32| 10_i128.checked_pow(count.min(38)).map_or(i128::MAX, |power| power - 1);
        match data_type.scalar() {
            Some(Scalar::Int2) => whole(i16::MIN.into(), i16::MAX.into()),
            Some(Scalar::Int4) => whole(i32::MIN.into(), i32::MAX.into()),
            Some(Scalar::Int8) => whole(i64::MIN.into(), i64::MAX.into()),
            Some(Scalar::Numeric(Some((precision, scale)))) => {
                let left = u32::from(scale.min(0).unsigned_abs());
                let step = 10_i128.checked_pow(left).unwrap_or(i128::MAX);
                let greatest = digits(u32::from(precision) + left);
                let greatest = greatest - greatest % step;
                Self { scale: u16::try_from(scale.max(0)).ok(), step, least: -greatest, greatest }
            }
            _ => Self { scale: None, step: 1, least: -digits(38), greatest: digits(38) },
        }
    }
}

/// A parameter that is a number, also written as a string of digits.
///
/// # Errors
/// Where it is none.
pub(super) fn decimal(params: &Params, name: &str) -> Result<Option<Decimal>, Diagnostic> {
    let Some(written) = params.get(name) else { return Ok(None) };
    let text = literal::text_of(written).unwrap_or_default();
    Decimal::parse(&text).map(|number| Some(number.normal())).map_err(|_| {
        wrong(params, name, format!("`{name}` is no number, and the column holds numbers"))
            .help(format!("write `{name} = 10`"))
    })
}

/// A parameter that is a date, a time or an interval, as the column's type counts
/// them. A `max` that is a date alone is the end of its day.
///
/// # Errors
/// Where it is none.
pub(super) fn moment(params: &Params, name: &str, data_type: &DataType) -> Result<Option<i128>, Diagnostic> {
    let Some(written) = params.get(name) else { return Ok(None) };
    let text = literal::text_of(written).unwrap_or_default();
    let mut raw = Vec::new();
    literal::encode(&text, data_type, Wire::Binary, &mut raw)
        .map_err(|problem| wrong(params, name, problem).help(sample(name, data_type)))?;
    let whole_day = name == "max" && calendar::parse_date(&text).is_some();
    let Some((micros, finite)) = read(Value { raw: &raw, data_type, wire: Wire::Binary }) else {
        return Ok(None);
    };
    if !finite {
        return Err(wrong(params, name, format!("`{name}` can't be infinite")));
    }
    let is_timestamp = matches!(data_type.scalar(), Some(Scalar::Timestamp | Scalar::TimestampTz));
    Ok(Some(if whole_day && is_timestamp { micros + i128::from(DAY) - 1 } else { micros }))
}

fn sample(name: &str, data_type: &DataType) -> String {
    let text = match data_type.scalar() {
        Some(Scalar::Time | Scalar::TimeTz) => "08:00",
        Some(Scalar::Interval) => "2 hours",
        _ => "2020-01-31",
    };
    format!("write `{name} = \"{text}\"`")
}

/// Days or microseconds, and whether it is none of the infinities.
fn read(value: Value<'_>) -> Option<(i128, bool)> {
    Some(match value.data_type.scalar()? {
        Scalar::Date => {
            let days = value.date().ok()?;
            (days.into(), days != i32::MAX && days != i32::MIN)
        }
        Scalar::Timestamp | Scalar::TimestampTz => {
            let micros = value.timestamp().ok()?;
            (micros.into(), micros != i64::MAX && micros != i64::MIN)
        }
        Scalar::Time => (value.time().ok()?.into(), true),
        Scalar::TimeTz => (value.zoned_time().ok()?.0.into(), true),
        Scalar::Interval => {
            let interval = value.interval().ok()?;
            (interval.span(), interval.is_finite())
        }
        _ => return None,
    })
}

/// The least and greatest result of a column of dates or times: the rule's within
/// the type's. An interval's own depend on its parts ([`Interval::longest`]).
///
/// # Errors
/// Where they are no moments or leave nothing.
///
/// [`Interval::longest`]: crate::format::interval::Interval::longest
pub(super) fn moments(params: &Params, data_type: &DataType) -> Result<(i128, i128), Diagnostic> {
    let (least, greatest): (i128, i128) = match data_type.scalar() {
        Some(Scalar::Date) => (DAYS.0.into(), DAYS.1.into()),
        Some(Scalar::Timestamp | Scalar::TimestampTz) => (MICROS.0.into(), MICROS.1.into()),
        Some(Scalar::Time | Scalar::TimeTz) => (0, i128::from(DAY) - 1),
        _ => (i128::MIN + 1, i128::MAX),
    };
    let least = moment(params, "min", data_type)?.map_or(least, |min| min.max(least));
    let greatest = moment(params, "max", data_type)?.map_or(greatest, |max| max.min(greatest));
    if least > greatest { Err(empty(params)) } else { Ok((least, greatest)) }
}

/// Says that `min` and `max` leave nothing.
pub(super) fn empty(params: &Params) -> Diagnostic {
    let name = if params.get("min").is_some() { "min" } else { "max" };
    wrong(params, name, "no value of the column's type lies from `min` to `max`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::fixture::data_type;

    #[test]
    fn a_numeric_holds_what_its_precision_and_scale_say() {
        let of = |name: &str| {
            let exact = Exact::of(&data_type(name));
            (exact.scale, exact.least, exact.greatest)
        };
        assert_eq!(of("numeric(5,2)"), (Some(2), -99_999, 99_999));
        assert_eq!(of("int2"), (Some(0), -32_768, 32_767));
        assert_eq!(of("numeric"), (None, -(10_i128.pow(38) - 1), 10_i128.pow(38) - 1));
        let coarse = Exact::of(&DataType::scalar_of("numeric(2,-3)", Scalar::Numeric(Some((2, -3)))));
        assert_eq!((coarse.scale, coarse.step, coarse.greatest), (Some(0), 1000, 99_000));
    }
}
