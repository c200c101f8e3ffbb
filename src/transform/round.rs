//! `round`: generalised to a bucket, and top-coded.
//!
//! `to` says how coarse. Of a number it is the width of a bucket, and the result is
//! where its bucket begins: 37 to 10 is 30, so an age becomes its band. Of a date
//! or time it is a unit, and the result is where its unit begins, as `date_trunc`
//! gives it, in UTC; several units may be said (`"5 years"`). Of an address it is
//! how many bits stay, the others become 0: `24` for IPv4, twice as many for IPv6,
//! or both as `"24/48"`. An `inet` keeps its prefix length, a `cidr` as much as stays.
//!
//! `cap` counts a number above it as the cap. Of dates it is an age, `"90 years"`, and a
//! birth date of someone older counts as that of someone who turns so old on the
//! day of reference. That day is `asof`, or else 1 January of the year after the one the
//! program runs in (UTC): a rule file or preset need not name a year, nobody turns 90
//! before the reference moves on, and all runs of one year give the same result.
//!
//! The cap comes before the bucket. NaN and infinite dates stay. A bucket that
//! begins before the type does is the first that the type holds. A `numeric` of more
//! than 38 digits, with those of the bucket, is an error. `by` and the secret do not
//! matter.

use super::limit::{Exact, decimal};
use super::period::Period;
use super::{Binding, Bound, Capacity, Example, Masker, Param, ParamKind, Params, Promises, Transformer};
use super::{literal, wrong};
use crate::diagnostic::Diagnostic;
use crate::format::calendar::{self, DAY, DAYS};
use crate::format::decimal::{Decimal, Special};
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::{DataType, Scalar};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// See the module.
pub(super) struct Round;

impl Transformer for Round {
    fn name(&self) -> &'static str {
        "round"
    }

    fn summary(&self) -> &'static str {
        "Generalise numbers, dates, times and addresses"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[
            Param::optional(
                "to",
                ParamKind::Scalar,
                "",
                "how coarse: the width of a bucket, a unit such as \"month\" or \"5 years\", or a number of bits",
            ),
            Param::optional(
                "cap",
                ParamKind::Scalar,
                "",
                "the greatest number, or for birth dates the greatest age, such as \"90 years\"",
            ),
            Param::optional(
                "asof",
                ParamKind::Scalar,
                "1 January of next year",
                "the day that ages are counted back from",
            ),
        ];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.scalar().is_some_and(|scalar| Kind::of(scalar).is_some())
    }

    fn promises(&self) -> Promises {
        Promises { reveals: Some("the bucket"), ..Promises::USUAL }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Few
    }

    fn example(&self) -> Example {
        Example {
            rule: "{ with = \"round\", to = \"year\", cap = \"90 years\" }",
            data_type: "date",
            input: "1984-02-29",
        }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let kind = at.data_type.scalar().and_then(Kind::of);
        let kind =
            kind.ok_or_else(|| Diagnostic::error("`round` is for numbers, dates, times and addresses"))?;
        if params.get("to").is_none() && params.get("cap").is_none() {
            return Err(Diagnostic::error("`round` needs `to` or `cap`")
                .help(format!("write `to = {}`", kind.sample())));
        }
        if kind != Kind::Date && params.get("asof").is_some() {
            return Err(wrong(params, "asof", format!("`asof` means nothing for a `{}`", at.data_type.name)));
        }
        if matches!(kind, Kind::Time | Kind::Address) && params.get("cap").is_some() {
            let problem = format!("`cap` means nothing for a `{}`", at.data_type.name);
            return Err(wrong(params, "cap", problem).help("write `to` alone"));
        }
        Ok(match kind {
            Kind::Exact => Bound::cell(Buckets::new(at.data_type, params)?),
            Kind::Float => Bound::cell(Floats::new(at.data_type, params)?),
            Kind::Date | Kind::Time => Bound::cell(Periods::new(at.data_type, params)?),
            Kind::Address => Bound::cell(Networks::new(params)?),
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Exact,
    Float,
    Date,
    Time,
    Address,
}

impl Kind {
    fn of(scalar: Scalar) -> Option<Self> {
        Some(match scalar {
            Scalar::Int2 | Scalar::Int4 | Scalar::Int8 | Scalar::Numeric(_) => Self::Exact,
            Scalar::Float4 | Scalar::Float8 => Self::Float,
            Scalar::Date | Scalar::Timestamp | Scalar::TimestampTz => Self::Date,
            Scalar::Time | Scalar::TimeTz => Self::Time,
            Scalar::Inet | Scalar::Cidr => Self::Address,
            _ => return None,
        })
    }

    fn sample(self) -> &'static str {
        match self {
            Self::Exact | Self::Float => "10",
            Self::Date => "\"month\"",
            Self::Time => "\"hour\"",
            Self::Address => "24",
        }
    }
}

struct Buckets {
    width: Option<Decimal>,
    cap: Option<Decimal>,
    exact: Exact,
}

impl Buckets {
    fn new(data_type: &DataType, params: &Params) -> Result<Self, Diagnostic> {
        let exact = Exact::of(data_type);
        let shown = |name: &str, number: Decimal| match exact.scale {
            Some(scale) => {
                number.exactly_at(scale).filter(|units| units % exact.step == 0).ok_or_else(|| {
                    wrong(
                        params,
                        name,
                        format!("`{name}` has digits that `{}` does not hold", data_type.name),
                    )
                })
            }
            None => Ok(number.unscaled),
        };
        let (width, cap) = (decimal(params, "to")?, decimal(params, "cap")?);
        if let Some(width) = width {
            if width.unscaled <= 0 {
                return Err(wrong(params, "to", "a bucket is wider than 0").help("write `to = 10`"));
            }
            shown("to", width)?;
        }
        if let Some(cap) = cap
            && shown("cap", cap)? < exact.least
        {
            return Err(wrong(params, "cap", format!("`cap` is below all that `{}` holds", data_type.name)));
        }
        Ok(Self { width, cap, exact })
    }

    fn round(&self, number: Decimal) -> Option<Decimal> {
        let all = [Some(number), self.width, self.cap];
        let scale = all.iter().flatten().map(|number| number.scale).chain(self.exact.scale).max()?;
        let mut units = number.exactly_at(scale)?;
        if let Some(cap) = self.cap {
            units = units.min(cap.exactly_at(scale)?);
        }
        let power = 10_i128.checked_pow((scale - self.exact.scale.unwrap_or(scale)).into())?;
        if let Some(width) = self.width {
            let width = width.exactly_at(scale)?;
            let least = self.exact.least.checked_mul(power).unwrap_or(i128::MIN + 1);
            // The first bucket that begins within the type; 0 always does.
            let first = -(-least).div_euclid(width);
            units = units.div_euclid(width).max(first).checked_mul(width)?;
        }
        if let Some(scale) = self.exact.scale {
            return Some(Decimal { unscaled: units / power, scale });
        }
        // No more digits than the value, the width or the cap needs.
        let mut shown = Decimal { unscaled: units, scale };
        while shown.scale > number.scale && shown.unscaled % 10 == 0 {
            shown = Decimal { unscaled: shown.unscaled / 10, scale: shown.scale - 1 };
        }
        Some(shown)
    }
}

impl Masker for Buckets {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let number = match (value.special(), self.cap) {
            (Some(Special::Infinity), Some(cap)) => cap,
            (Some(_), _) => {
                out.keep(value);
                return Ok(());
            }
            (None, _) => value.decimal()?,
        };
        out.decimal(self.round(number).ok_or(Unreadable("more than 38 digits"))?)
    }
}

struct Floats {
    width: Option<f64>,
    /// 1 / width where that is a whole number: 0.1 has no exact form, 10 has.
    inverse: Option<f64>,
    cap: Option<f64>,
    /// The greatest number of the type.
    end: f64,
}

impl Floats {
    fn new(data_type: &DataType, params: &Params) -> Result<Self, Diagnostic> {
        let number = |name: &str| -> Result<Option<f64>, Diagnostic> {
            let number = decimal(params, name)?;
            let mut text = Vec::new();
            number.unwrap_or(Decimal { unscaled: 0, scale: 0 }).write(&mut text);
            Ok(number.and(std::str::from_utf8(&text).ok().and_then(|text| text.parse().ok())))
        };
        let (width, cap) = (number("to")?, number("cap")?);
        if width.is_some_and(|width| width <= 0.0) {
            return Err(wrong(params, "to", "a bucket is wider than 0").help("write `to = 10`"));
        }
        let inverse = width.filter(|width| *width < 1.0).map(|width| (1.0 / width).round());
        let inverse =
            inverse.filter(|inverse| width.is_some_and(|width| (inverse * width - 1.0).abs() < 1e-12));
        let end = if data_type.scalar() == Some(Scalar::Float4) { f32::MAX.into() } else { f64::MAX };
        if cap.is_some_and(|cap| cap < -end) {
            return Err(wrong(params, "cap", format!("`cap` is below all that `{}` holds", data_type.name)));
        }
        Ok(Self { width, inverse, cap, end })
    }

    fn round(&self, number: f64) -> f64 {
        let number = self.cap.map_or(number, |cap| number.min(cap));
        let Some(width) = self.width.filter(|_| number.is_finite()) else { return number };
        let rounded = match self.inverse {
            Some(inverse) => (number * inverse).floor() / inverse,
            None => (number / width).floor() * width,
        };
        if rounded.abs() <= self.end {
            return rounded;
        }
        // The bucket begins before the type does, or the number has no digits so fine.
        let inner = (number / width).trunc() * width;
        if inner.abs() <= self.end { inner } else { number }
    }
}

impl Masker for Floats {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let number = value.float()?;
        let rounded = if number.is_nan() { number } else { self.round(number) };
        out.float(rounded);
        Ok(())
    }
}

struct Periods {
    to: Option<Period>,
    /// The earliest birth date that shows.
    first: Option<i32>,
}

impl Periods {
    fn new(data_type: &DataType, params: &Params) -> Result<Self, Diagnostic> {
        let to = params.get("to").map(|written| {
            Period::parse(&literal::text_of(written).unwrap_or_default())
                .map_err(|help| wrong(params, "to", "`to` is no unit of time").help(help))
        });
        let to = to.transpose()?;
        let is_time = matches!(data_type.scalar(), Some(Scalar::Time | Scalar::TimeTz));
        if is_time && to.is_some_and(|to| !to.is_in_day()) {
            return Err(wrong(params, "to", "a time of day has no such unit").help("write `to = \"hour\"`"));
        }
        if data_type.scalar() == Some(Scalar::Date) && to.is_some_and(|to| !to.is_days()) {
            return Err(wrong(params, "to", "a date has no such unit").help("write `to = \"month\"`"));
        }
        let Some(cap) = params.get("cap") else {
            if params.get("asof").is_some() {
                return Err(
                    wrong(params, "asof", "`asof` goes with `cap`").help("write `cap = \"90 years\"`")
                );
            }
            return Ok(Self { to, first: None });
        };
        let text = literal::text_of(cap).unwrap_or_default();
        let years = text.strip_suffix(" years").and_then(|years| years.parse::<i64>().ok());
        let years = years.filter(|years| (1..=200).contains(years)).ok_or_else(|| {
            wrong(params, "cap", "the `cap` of dates is an age").help("write `cap = \"90 years\"`")
        })?;
        Ok(Self { to, first: Some(birth(reference(params)?, years)) })
    }

    fn day(&self, day: i32) -> i32 {
        let day = self.first.map_or(day, |first| day.max(first));
        self.to.map_or(day, |to| to.cut_day(day))
    }

    fn micros(&self, micros: i64) -> i64 {
        let micros = self.first.map_or(micros, |first| micros.max(i64::from(first) * DAY));
        self.to.map_or(micros, |to| to.cut(micros))
    }
}

/// The day that ages are counted back from.
fn reference(params: &Params) -> Result<i32, Diagnostic> {
    static NEXT_YEAR: OnceLock<i32> = OnceLock::new();
    if let Some(written) = params.get("asof") {
        let day = calendar::parse_date(&literal::text_of(written).unwrap_or_default());
        return day
            .filter(|day| (DAYS.0..=DAYS.1).contains(day))
            .ok_or_else(|| wrong(params, "asof", "`asof` is no date").help("write `asof = \"2025-01-01\"`"));
    }
    // Asked once: a run that begins before midnight of New Year keeps its reference.
    Ok(*NEXT_YEAR.get_or_init(|| {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let today = i32::try_from(seconds / 86_400).unwrap_or(0).saturating_sub(10_957);
        calendar::days(calendar::civil(today).0 + 1, 1, 1).unwrap_or(today)
    }))
}

/// The birth date of someone who turns `years` on `day`; of a leap day, 28 February.
fn birth(day: i32, years: i64) -> i32 {
    let (year, month, of_month) = calendar::civil(day);
    let born = calendar::days(year - years, month, of_month);
    born.or_else(|| calendar::days(year - years, month, 28)).unwrap_or(DAYS.0)
}

impl Masker for Periods {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        match value.data_type.scalar() {
            Some(Scalar::Date) => match value.date()? {
                i32::MAX | i32::MIN => out.keep(value),
                day => out.date(self.day(day)),
            },
            Some(Scalar::Time) => out.time(self.micros(value.time()?)),
            Some(Scalar::TimeTz) => {
                let (micros, zone) = value.zoned_time()?;
                out.zoned_time(self.micros(micros), zone);
            }
            _ => match value.timestamp()? {
                i64::MAX | i64::MIN => out.keep(value),
                micros => out.timestamp(self.micros(micros)),
            },
        }
        Ok(())
    }
}

struct Networks {
    v4: u8,
    v6: u8,
}

impl Networks {
    fn new(params: &Params) -> Result<Self, Diagnostic> {
        let text = params.get("to").and_then(literal::text_of).unwrap_or_default();
        let both = match text.split_once('/') {
            Some((v4, v6)) => v4.parse().ok().zip(v6.parse().ok()),
            None => text.parse::<u8>().ok().map(|v4| (v4, v4.saturating_mul(2))),
        };
        let both = both.filter(|(v4, v6)| *v4 <= 32 && *v6 <= 128);
        let (v4, v6) = both.ok_or_else(|| {
            wrong(params, "to", "`to` is the number of bits that stay, up to 32 for IPv4 and 128 for IPv6")
                .help("write `to = 24`, or `to = \"24/48\"` for IPv4 and IPv6")
        })?;
        Ok(Self { v4, v6 })
    }
}

impl Masker for Networks {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let mut inet = value.inet()?;
        let keep = if inet.address.is_ipv4() { self.v4 } else { self.v6 };
        let gone = u32::from(inet.bits() - keep);
        let number = inet.number().checked_shr(gone).and_then(|n| n.checked_shl(gone)).unwrap_or(0);
        inet = inet.with_number(number);
        if value.data_type.scalar() == Some(Scalar::Cidr) {
            inet.prefix = inet.prefix.min(keep);
        }
        out.inet(inet);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;

    fn rounded(params: &str, data_type: &str, input: &str) -> String {
        Trial::of(&format!(r#"{{ with = "round", {params} }}"#)).on(data_type).text(input)
    }

    fn refused(params: &str, data_type: &str) -> String {
        let trial = Trial::of(&format!(r#"{{ with = "round", {params} }}"#)).on(data_type);
        let Err(problem) = trial.bind() else { panic!("{params} on {data_type} was taken") };
        format!("{} {}", problem.message, problem.help.unwrap_or_default())
    }

    #[test]
    fn numbers_become_the_beginning_of_their_bucket() {
        for (params, data_type, input, output) in [
            ("to = 10", "int4", "37", "30"),
            ("to = 10", "int2", "-1", "-10"),
            ("to = \"1000\"", "int8", "12345", "12000"),
            ("to = 0.5", "numeric(6,2)", "12.99", "12.50"),
            ("to = 0.5", "numeric", "12.99", "12.50"),
            ("to = 2.5", "numeric", "3", "2.5"),
            ("to = 2.5", "numeric", "7", "5"),
            ("to = 10", "numeric(6,2)", "NaN", "NaN"),
            ("to = 0.1", "float8", "0.35", "0.3"),
            ("to = 10", "float4", "-3.5", "-10"),
            ("to = 10", "float8", "NaN", "NaN"),
            ("to = 10", "float8", "-Infinity", "-Infinity"),
        ] {
            assert_eq!(rounded(params, data_type, input), output, "{params} {data_type} {input}");
        }
    }

    #[test]
    fn what_is_above_the_cap_counts_as_the_cap() {
        for (params, data_type, input, output) in [
            ("cap = 90", "int4", "97", "90"),
            ("cap = 90", "int4", "89", "89"),
            ("cap = 90, to = 20", "int4", "101", "80"),
            ("cap = 90", "numeric", "Infinity", "90"),
            ("cap = 90", "float8", "Infinity", "90"),
            ("cap = 1.5", "numeric(6,2)", "2.00", "1.50"),
            ("cap = 1.5", "numeric", "2", "1.5"),
        ] {
            assert_eq!(rounded(params, data_type, input), output, "{params} {data_type} {input}");
        }
    }

    #[test]
    fn a_bucket_before_the_type_begins_is_the_first_within_it() {
        assert_eq!(rounded("to = 1000", "int2", "-32768"), "-32000");
        assert_eq!(rounded("to = 10", "numeric(5,2)", "-999.99"), "-990.00");
        assert_eq!(rounded("to = 100000", "int2", "-1"), "0");
        let wide = format!("to = \"3{}\"", "0".repeat(37));
        let masked: f32 = rounded(&wide, "float4", "-3.4e38").parse().unwrap();
        assert!((masked - -3.3e38).abs() < 1e33, "{masked}");
    }

    #[test]
    fn dates_and_times_are_cut_to_their_unit() {
        for (to, data_type, input, output) in [
            ("year", "date", "1984-02-29", "1984-01-01"),
            ("5 years", "date", "1984-02-29", "1980-01-01"),
            ("hour", "timestamptz", "1984-02-29 13:14:15+00", "1984-02-29 13:00:00+00"),
            ("15 minutes", "time", "13:44:15.5", "13:30:00"),
            ("hour", "time", "24:00:00", "24:00:00"),
            ("hour", "timetz", "13:44:15+05:30", "13:00:00+05:30"),
            ("year", "date", "-infinity", "-infinity"),
        ] {
            assert_eq!(rounded(&format!("to = \"{to}\""), data_type, input), output, "{to} {input}");
        }
    }

    #[test]
    fn nobody_shows_older_than_the_cap() {
        let rule = r#"cap = "90 years", asof = "2025-01-01""#;
        for (born, shown) in [
            ("1934-12-31", "1935-01-01"),
            ("1900-06-01", "1935-01-01"),
            ("0044-03-15 BC", "1935-01-01"),
            ("1935-01-02", "1935-01-02"),
            ("2024-02-29", "2024-02-29"),
            ("-infinity", "-infinity"),
        ] {
            assert_eq!(rounded(rule, "date", born), shown);
        }
        let both = format!("{rule}, to = \"year\"");
        assert_eq!(rounded(&both, "timestamp", "1900-06-01 12:00:00"), "1935-01-01 00:00:00");
        let leap = r#"cap = "90 years", asof = "2024-02-29""#;
        assert_eq!(rounded(leap, "date", "1900-01-01"), "1934-02-28");
    }

    #[test]
    fn without_a_reference_nobody_turns_so_old_this_year() {
        let oldest = rounded(r#"cap = "90 years""#, "date", "1850-01-01");
        let today = crate::format::calendar::civil(
            i32::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() / 86_400).unwrap() - 10_957,
        );
        assert_eq!(oldest, format!("{}-01-01", today.0 + 1 - 90));
    }

    #[test]
    fn addresses_keep_their_first_bits() {
        for (to, data_type, input, output) in [
            ("24", "inet", "10.1.2.3", "10.1.2.0"),
            ("24", "inet", "2001:db8:1:2::3", "2001:db8:1::"),
            ("\"24/32\"", "inet", "2001:db8:1:2::3/64", "2001:db8::/64"),
            ("16", "cidr", "10.1.2.0/24", "10.1.0.0/16"),
            ("24", "cidr", "10.0.0.0/8", "10.0.0.0/8"),
            ("0", "inet", "::1", "::"),
        ] {
            assert_eq!(rounded(&format!("to = {to}"), data_type, input), output, "{to} {input}");
        }
    }

    #[test]
    fn parameters_that_mean_nothing_are_refused() {
        for (params, data_type, says) in [
            ("asof = \"2025-01-01\"", "date", "needs `to` or `cap`"),
            ("to = \"yaer\"", "date", "did you mean \"year\""),
            ("to = \"hour\"", "date", "a date has no such unit"),
            ("to = \"month\"", "time", "a time of day has no such unit"),
            ("to = \"month\"", "int4", "is no number"),
            ("to = 0.5", "int4", "does not hold"),
            ("to = 0", "float8", "wider than 0"),
            ("to = -5", "int4", "wider than 0"),
            ("cap = 90", "date", "`cap = \"90 years\"`"),
            ("cap = \"90 years\", asof = \"soon\"", "date", "no date"),
            ("to = \"year\", asof = \"2025-01-01\"", "date", "goes with `cap`"),
            ("cap = 90", "inet", "means nothing"),
            ("to = 33", "inet", "number of bits"),
            ("cap = -40000", "int2", "below all"),
        ] {
            let said = refused(params, data_type);
            assert!(said.contains(says), "{params} on {data_type}: {said}");
        }
    }
}
