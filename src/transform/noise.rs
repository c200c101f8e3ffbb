//! `noise`: the value, more or less.
//!
//! A number moves by at most `ratio` of itself or by `amount`, whichever is more; a
//! date or a time by `amount`, written as a duration. The result lies from `min` to
//! `max` and within the type, in the scale or the unit the value shows: a price
//! keeps its two decimals, a timestamp of whole hours stays one. It is never the
//! value itself unless what it may move by rounds to nothing (5 by a tenth in an
//! integer column, 0 by any ratio) or the limits leave no room. NaN and the
//! infinities stay. A value beyond a limit comes back to it. A time of day does not
//! pass midnight. An interval is masked as its length, with months of 30 days; one
//! that mixes signs comes out with one sign. A `numeric` of more than 38 digits is
//! an error.
//!
//! Equal values get equal shares, so they agree up to rounding in columns of other
//! scales too. With `by`, equal values of one identity do.

use super::limit::{Exact, decimal, empty, moments};
use super::spread::{draw_near, fraction, step_of};
use super::{Binding, Bound, Capacity, Example, Folding, Masker, Param, ParamKind, Params, Promises};
use super::{Seed, Transformer, literal, wrong};
use crate::diagnostic::Diagnostic;
use crate::format::calendar::DAY;
use crate::format::decimal::Decimal;
use crate::format::{Output, Row, Unreadable, Value, duration};
use crate::schema::{DataType, Scalar};
use crate::secret::Digest;

/// See the module.
pub(super) struct Noise;

/// A ratio is counted in parts of a thousand million.
const PARTS: i128 = 1_000_000_000;

impl Transformer for Noise {
    fn name(&self) -> &'static str {
        "noise"
    }

    fn summary(&self) -> &'static str {
        "Move numbers, dates and times a little"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[
            Param::optional(
                "ratio",
                ParamKind::Number,
                "0.1 for numbers and intervals",
                "how far at most, as a part of the value, above 0 and up to 1",
            ),
            Param::optional(
                "amount",
                ParamKind::Scalar,
                "\"30 days\" for dates and timestamps, \"1 hour\" for times",
                "how far at most: a number, or a duration such as \"3 days\"",
            ),
            Param::optional("min", ParamKind::Scalar, "the least of the type", "the least result"),
            Param::optional("max", ParamKind::Scalar, "the greatest of the type", "the greatest result"),
        ];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        is_number(data_type) || is_float(data_type) || is_time(data_type)
    }

    fn promises(&self) -> Promises {
        Promises { reveals: Some("the value to within what it moves by"), ..Promises::USUAL }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Few
    }

    fn example(&self) -> Example {
        Example { rule: "{ with = \"noise\", ratio = 0.1 }", data_type: "numeric(8,2)", input: "1249.50" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let seed = at.seed("noise", Folding::Exact)?;
        let ratio = ratio(params, at.data_type)?;
        Ok(if is_time(at.data_type) {
            let limits = moments(params, at.data_type)?;
            Bound::cell(Times { seed, ratio, most: time_amount(params, at.data_type)?, limits })
        } else if is_float(at.data_type) {
            Bound::cell(floats(at.data_type, params, seed, ratio)?)
        } else {
            Bound::cell(numbers(at.data_type, params, seed, ratio)?)
        })
    }
}

fn is_number(data_type: &DataType) -> bool {
    matches!(data_type.scalar(), Some(Scalar::Int2 | Scalar::Int4 | Scalar::Int8 | Scalar::Numeric(_)))
}

fn is_float(data_type: &DataType) -> bool {
    matches!(data_type.scalar(), Some(Scalar::Float4 | Scalar::Float8))
}

fn is_time(data_type: &DataType) -> bool {
    matches!(
        data_type.scalar(),
        Some(
            Scalar::Date
                | Scalar::Time
                | Scalar::TimeTz
                | Scalar::Timestamp
                | Scalar::TimestampTz
                | Scalar::Interval
        )
    )
}

/// The ratio in parts; 0 where only an amount counts.
fn ratio(params: &Params, data_type: &DataType) -> Result<i128, Diagnostic> {
    let has_size = !is_time(data_type) || data_type.scalar() == Some(Scalar::Interval);
    let Some(ratio) = params.number("ratio") else {
        return Ok(if has_size && params.get("amount").is_none() { PARTS / 10 } else { 0 });
    };
    if !has_size {
        return Err(wrong(params, "ratio", format!("a part of a `{}` means nothing", data_type.name))
            .help("write `amount = \"30 days\"`"));
    }
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a part of 10^9")]
    let parts = (ratio * PARTS as f64).round() as i128;
    if !(1..=PARTS).contains(&parts) {
        return Err(wrong(params, "ratio", "`ratio` is a part of the value, above 0 and up to 1")
            .help("write `ratio = 0.1` for a tenth more or less"));
    }
    Ok(parts)
}

/// `parts` of a magnitude, rounded down.
fn share(size: i128, parts: i128) -> i128 {
    let size = size.saturating_abs();
    size / PARTS * parts + size % PARTS * parts / PARTS
}

/// The amount of a rule for dates and times, in days or microseconds.
fn time_amount(params: &Params, data_type: &DataType) -> Result<i128, Diagnostic> {
    let scalar = data_type.scalar();
    let is_date = scalar == Some(Scalar::Date);
    let micros = match params.get("amount") {
        Some(written) => {
            let text = literal::text_of(written).unwrap_or_default();
            duration::parse(&text)
                .map_err(|help| wrong(params, "amount", "`amount` is no duration").help(help))?
        }
        None => match scalar {
            Some(Scalar::Interval) => return Ok(0),
            Some(Scalar::Time | Scalar::TimeTz) => 3_600_000_000,
            _ => 30 * DAY,
        },
    };
    if micros <= 0 {
        return Err(wrong(params, "amount", "`amount` must be longer than nothing")
            .help("write `amount = \"3 days\"`"));
    }
    if is_date && micros < DAY {
        return Err(wrong(params, "amount", "a date can't move by less than a day")
            .help("write `amount = \"1 day\"` or more"));
    }
    Ok(i128::from(if is_date { micros / DAY } else { micros }))
}

struct Numbers {
    seed: Seed,
    ratio: i128,
    amount: Option<Decimal>,
    min: Option<Decimal>,
    max: Option<Decimal>,
    exact: Exact,
}

fn numbers(data_type: &DataType, params: &Params, seed: Seed, ratio: i128) -> Result<Numbers, Diagnostic> {
    let amount = decimal(params, "amount")?;
    if amount.is_some_and(|amount| amount.unscaled <= 0) {
        return Err(wrong(params, "amount", "`amount` must be more than 0"));
    }
    let (min, max) = (decimal(params, "min")?, decimal(params, "max")?);
    let this = Numbers { seed, ratio, amount, min, max, exact: Exact::of(data_type) };
    let (least, greatest) = this.ends(this.exact.scale.unwrap_or(this.finest()));
    if least > greatest { Err(empty(params)) } else { Ok(this) }
}

impl Numbers {
    fn ends(&self, scale: u16) -> (i128, i128) {
        let (least, greatest) = (self.exact.least, self.exact.greatest);
        (
            self.min.map_or(least, |min| min.ceil_at(scale).max(least)),
            self.max.map_or(greatest, |max| max.floor_at(scale).min(greatest)),
        )
    }

    /// The scale that shows both limits.
    fn finest(&self) -> u16 {
        [self.min, self.max].into_iter().flatten().map(|limit| limit.scale).max().unwrap_or(0)
    }
}

impl Masker for Numbers {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        if value.special().is_some() {
            out.keep(value);
            return Ok(());
        }
        let Decimal { mut unscaled, mut scale } = value.decimal()?;
        let mut ends = self.ends(scale);
        // Between limits such as 0.2 and 0.8 lies no whole number.
        if ends.0 > ends.1 {
            let finest = self.finest();
            unscaled = Decimal { unscaled, scale }.floor_at(finest);
            scale = finest;
            ends = self.ends(finest);
        }
        let amount = self.amount.map_or(0, |amount| amount.floor_at(scale));
        let most = share(unscaled, self.ratio).max(amount);
        let digest = self.seed.joint_digest(value, row)?;
        out.decimal(Decimal { unscaled: draw_near(&digest, unscaled, most, self.exact.step, ends), scale })
    }
}

struct Floats {
    seed: Seed,
    ratio: f64,
    amount: f64,
    least: f64,
    greatest: f64,
    single: bool,
}

fn floats(data_type: &DataType, params: &Params, seed: Seed, ratio: i128) -> Result<Floats, Diagnostic> {
    let number = |name: &str| -> Result<Option<f64>, Diagnostic> {
        let Some(written) = params.get(name) else { return Ok(None) };
        let text = literal::text_of(written).unwrap_or_default();
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        number.map(Some).ok_or_else(|| {
            wrong(params, name, format!("`{name}` is no number, and the column holds numbers"))
                .help(format!("write `{name} = 0.5`"))
        })
    };
    let amount = number("amount")?;
    if amount.is_some_and(|amount| amount <= 0.0) {
        return Err(wrong(params, "amount", "`amount` must be more than 0"));
    }
    let single = data_type.scalar() == Some(Scalar::Float4);
    let end = if single { f32::MAX.into() } else { f64::MAX };
    let least = number("min")?.map_or(-end, |min| min.max(-end));
    let greatest = number("max")?.map_or(end, |max| max.min(end));
    if least > greatest {
        return Err(empty(params));
    }
    #[expect(clippy::cast_precision_loss, reason = "up to 10^9")]
    let ratio = ratio as f64 / PARTS as f64;
    Ok(Floats { seed, ratio, amount: amount.unwrap_or(0.0), least, greatest, single })
}

impl Floats {
    fn moved(&self, number: f64, digest: &Digest) -> f64 {
        let most = (number.abs() * self.ratio).max(self.amount);
        let (from, to) = ((number - most).max(self.least), (number + most).min(self.greatest));
        if from > to {
            return self.held(number.max(self.least).min(self.greatest));
        }
        let share = fraction(digest);
        // Weighed from both ends: the distance between them may be beyond the type.
        let drawn = self.held((from * (1.0 - share) + to * share).clamp(from, to));
        let other = [drawn, self.step(number, true), self.step(number, false)];
        let mut other = other.into_iter().filter(|drawn| (from..=to).contains(drawn));
        #[expect(clippy::float_cmp, reason = "the very same number is what must not come out")]
        other.find(|drawn| *drawn != number).unwrap_or(number)
    }

    /// The nearest number the column holds within the limits.
    fn held(&self, number: f64) -> f64 {
        if !self.single {
            return number;
        }
        #[expect(clippy::cast_possible_truncation, reason = "the column holds no more")]
        let single = number as f32;
        f64::from(if f64::from(single) < self.least {
            single.next_up()
        } else if f64::from(single) > self.greatest {
            single.next_down()
        } else {
            single
        })
    }

    /// The next number up or down.
    fn step(&self, number: f64, up: bool) -> f64 {
        #[expect(clippy::cast_possible_truncation, reason = "the column holds no more")]
        let single = number as f32;
        match (self.single, up) {
            (false, true) => number.next_up(),
            (false, false) => number.next_down(),
            (true, true) => single.next_up().into(),
            (true, false) => single.next_down().into(),
        }
    }
}

impl Masker for Floats {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let number = value.float()?;
        if number.is_finite() {
            out.float(self.moved(number, &self.seed.joint_digest(value, row)?));
        } else {
            out.keep(value);
        }
        Ok(())
    }
}

struct Times {
    seed: Seed,
    ratio: i128,
    most: i128,
    limits: (i128, i128),
}

impl Times {
    fn moved(&self, micros: i128, value: Value<'_>, row: &Row<'_>) -> Result<i128, Unreadable> {
        let digest = self.seed.joint_digest(value, row)?;
        Ok(draw_near(&digest, micros, self.most, step_of(micros, self.most), self.limits))
    }
}

impl Masker for Times {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let micros = |moved: i128| i64::try_from(moved).unwrap_or(0);
        match value.data_type.scalar() {
            Some(Scalar::Date) => {
                let day = value.date()?;
                if day == i32::MAX || day == i32::MIN {
                    out.keep(value);
                    return Ok(());
                }
                let digest = self.seed.joint_digest(value, row)?;
                let moved = draw_near(&digest, day.into(), self.most, 1, self.limits);
                out.date(i32::try_from(moved).unwrap_or(0));
            }
            Some(Scalar::Time) => out.time(micros(self.moved(value.time()?.into(), value, row)?)),
            Some(Scalar::TimeTz) => {
                let (time, zone) = value.zoned_time()?;
                out.zoned_time(micros(self.moved(time.into(), value, row)?), zone);
            }
            Some(Scalar::Interval) => {
                let interval = value.interval()?;
                if !interval.is_finite() {
                    out.keep(value);
                    return Ok(());
                }
                let (span, longest) = (interval.span(), interval.longest());
                let most = share(span, self.ratio).max(self.most);
                let ends = (self.limits.0.max(-longest), self.limits.1.min(longest));
                let digest = self.seed.joint_digest(value, row)?;
                out.interval(interval.with_span(draw_near(&digest, span, most, step_of(span, most), ends)));
            }
            _ => {
                let timestamp = value.timestamp()?;
                if timestamp == i64::MAX || timestamp == i64::MIN {
                    out.keep(value);
                    return Ok(());
                }
                out.timestamp(micros(self.moved(timestamp.into(), value, row)?));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::format::calendar::{DAY, parse_date, parse_timestamp};
    use crate::transform::fixture::Trial;
    use std::collections::HashSet;

    fn all(rule: &str, data_type: &str, inputs: impl IntoIterator<Item = String>) -> Vec<(String, String)> {
        let ready = Trial::of(rule).on(data_type).bind().unwrap();
        inputs.into_iter().map(|input| (ready.text(&input), input)).map(|(out, input)| (input, out)).collect()
    }

    #[test]
    fn a_number_moves_by_its_ratio_and_never_stays() {
        for (before, after) in all(r#""noise""#, "int4", (100..600).map(|n| n.to_string())) {
            let (before, after): (i32, i32) = (before.parse().unwrap(), after.parse().unwrap());
            assert!(before != after && (before - after).abs() <= before / 10, "{before} {after}");
        }
        // A tenth of these is no whole number.
        for (before, after) in all(r#""noise""#, "int4", (-9..10).map(|n| n.to_string())) {
            assert_eq!(before, after);
        }
    }

    #[test]
    fn an_amount_moves_what_a_ratio_would_leave() {
        let rule = r#"{ with = "noise", ratio = 0.1, amount = 2, min = 0 }"#;
        for (before, after) in all(rule, "int2", (0..10).map(|n| n.to_string())) {
            let (before, after): (i32, i32) = (before.parse().unwrap(), after.parse().unwrap());
            assert!(before != after && (before - after).abs() <= 2 && after >= 0);
        }
    }

    #[test]
    fn a_numeric_keeps_scale_and_precision() {
        let inputs = ["999.99", "-999.99", "0.01", "12.50"].map(String::from);
        for (before, after) in all(r#"{ with = "noise", ratio = 1 }"#, "numeric(5,2)", inputs) {
            let (_, fraction) = after.split_once('.').unwrap();
            assert!(fraction.len() == 2 && after.trim_start_matches('-').len() <= 6, "{before} {after}");
            assert_ne!(before, after);
        }
        let ready = Trial::of(r#""noise""#).on("numeric").bind().unwrap();
        assert_eq!(ready.text("NaN"), "NaN");
        let long = "12345678901234567890123456789012345678";
        assert_eq!(ready.text(long).len(), long.len());
    }

    #[test]
    fn the_ends_of_a_type_hold() {
        for (data_type, least, greatest) in
            [("int2", "-32768", "32767"), ("int8", "-9223372036854775808", "9223372036854775807")]
        {
            let ready = Trial::of(r#""noise""#).on(data_type).bind().unwrap();
            assert!(ready.text(greatest).len() < 20 && ready.text(greatest) != greatest);
            assert!(ready.text(least).starts_with('-') && ready.text(least) != least);
        }
    }

    #[test]
    fn limits_hold_and_empty_ones_are_refused() {
        let rule = r#"{ with = "noise", amount = 50, min = 18, max = 20 }"#;
        let seen: HashSet<_> =
            all(rule, "int4", (0..300).map(|n| n.to_string())).into_iter().map(|p| p.1).collect();
        assert_eq!(seen, HashSet::from(["18", "19", "20"].map(String::from)));
        let between = r#"{ with = "noise", min = 0.2, max = 0.8 }"#;
        assert_eq!(Trial::of(between).on("numeric").text("5"), "0.8");
        assert!(Trial::of(between).on("int4").bind().is_err());
        assert!(Trial::of(r#"{ with = "noise", min = 2, max = 1 }"#).on("float8").bind().is_err());
        assert!(
            Trial::of(r#"{ with = "noise", min = "2020-01-02", max = "2020-01-01" }"#)
                .on("date")
                .bind()
                .is_err()
        );
    }

    #[test]
    fn floats_move_within_their_type_and_nan_stays() {
        let inputs = ["1.5", "-0.1", "3.4028235e38", "1e-45"].map(String::from);
        for (before, after) in all(r#""noise""#, "float4", inputs) {
            let (before, after): (f32, f32) = (before.parse().unwrap(), after.parse().unwrap());
            assert!(after.is_finite() && (before - after).abs() <= before.abs() * 0.1001, "{before} {after}");
            assert!((before - after).abs() > 0.0 || before < 1e-40);
        }
        let ready = Trial::of(r#"{ with = "noise", ratio = 1 }"#).on("float8").bind().unwrap();
        assert!(ready.text("1.7976931348623157e308").parse::<f64>().unwrap().is_finite());
        for stays in ["NaN", "Infinity", "-Infinity", "0"] {
            assert_eq!(ready.text(stays), stays);
        }
    }

    #[test]
    fn dates_and_timestamps_move_in_the_unit_they_show() {
        let rule = r#"{ with = "noise", amount = "3 days" }"#;
        for day in 1..28 {
            let before = format!("2024-02-{day:02}");
            let after = Trial::of(rule).on("date").text(&before);
            let moved = parse_date(&after).unwrap() - parse_date(&before).unwrap();
            assert!(moved != 0 && moved.abs() <= 3);
            let before = format!("2024-02-{day:02} 12:30:00");
            let after = Trial::of(rule).on("timestamp").text(&before);
            let moved = parse_timestamp(&after).unwrap() - parse_timestamp(&before).unwrap();
            assert!(moved != 0 && moved.abs() <= 3 * DAY && moved % 60_000_000 == 0);
        }
        assert_eq!(Trial::of(rule).on("date").text("-infinity"), "-infinity");
        assert!(Trial::of(r#"{ with = "noise", ratio = 0.1 }"#).on("date").bind().is_err());
        assert!(Trial::of(r#"{ with = "noise", amount = "1 hour" }"#).on("date").bind().is_err());
        assert!(Trial::of(r#"{ with = "noise", amount = 3 }"#).on("date").bind().is_err());
    }

    #[test]
    fn a_time_does_not_pass_midnight_and_keeps_its_zone() {
        let ready = Trial::of(r#""noise""#).on("time").bind().unwrap();
        for (before, first) in [("23:59:59.5", "22"), ("00:00:00", "00"), ("24:00:00", "23")] {
            let after = ready.text(before);
            assert!(after.as_str() >= first && after.as_str() < "24" && after != before, "{before} {after}");
        }
        assert!(Trial::of(r#""noise""#).on("timetz").text("12:00:00-03:30").ends_with("-03:30"));
    }

    #[test]
    fn equal_intervals_stay_equal_in_other_parts() {
        let ready = Trial::of(r#"{ with = "noise", ratio = 0.5 }"#).on("interval").bind().unwrap();
        let span = |text: &str| crate::format::interval::Interval::parse(&ready.text(text)).unwrap().span();
        assert_eq!(span("1 mon"), span("30 days"));
        assert_eq!(span("30 days"), span("720:00:00"));
        assert_ne!(span("30 days"), 30 * i128::from(DAY));
        assert_eq!(ready.text("infinity"), "infinity");
        assert_eq!(ready.text("00:00:00"), "00:00:00");
    }

    #[test]
    fn one_identity_does_not_give_one_value_away_by_another() {
        let rule = r#"{ with = "noise", ratio = 0.5, by = "id" }"#;
        let of = |id: &str, text: &str| {
            Trial::of(rule).on("int8").sibling("id", "int4", Some(id.as_bytes())).text(text)
        };
        assert_eq!(of("1", "100000"), of("1", "100000"));
        assert_ne!(of("1", "100000"), of("2", "100000"));
        assert_ne!(of("1", "100000").parse::<i64>().unwrap() * 2, of("1", "200000").parse::<i64>().unwrap());
    }

    #[test]
    fn a_ratio_that_is_none_is_refused() {
        for ratio in ["0", "10", "-0.5"] {
            assert!(
                Trial::of(&format!(r#"{{ with = "noise", ratio = {ratio} }}"#)).on("int4").bind().is_err()
            );
        }
    }
}
