//! `integer`: a keyed permutation of a range.
//!
//! For surrogate keys and numbers people know. The range is `min` to `max` where
//! the rule says so, and a number outside it is an error that says so too.
//! Otherwise it is 1 up to the next power of ten above the root key's sequence, or
//! above the rows its table is estimated to have; the column that foreign keys
//! lead to decides, so children agree with their parent. In a range of the rule's
//! own making 0 stays 0, and a negative number is permuted as its magnitude.
//! A text of digits is read as the number; one with leading zeros is permuted
//! among those of its length. One to one; a number may stay as it is, by chance.

use super::{
    Answers, Binding, Bound, Capacity, Example, Masker, Param, ParamKind, Params, Promises, Spoiled,
    Transformer, wrong,
};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::{ColumnId, DataType, Scalar, Schema};
use crate::secret::{MixedRadix, Permutation, SIDE_BY_SIDE};
use std::array;

/// See the module.
pub(super) struct Integer;

impl Transformer for Integer {
    fn name(&self) -> &'static str {
        "integer"
    }

    fn summary(&self) -> &'static str {
        "Permute whole numbers within a range"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[
            Param::optional("min", ParamKind::Integer, "1", "the least number of the range"),
            Param::optional(
                "max",
                ParamKind::Integer,
                "the next power of ten above the key",
                "the greatest number of the range",
            ),
        ];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_integer() || data_type.is_text() || data_type.scalar() == Some(Scalar::Numeric(None))
    }

    fn promises(&self) -> Promises {
        Promises { reveals: Some("the range"), ..Promises::USUAL }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Injective
    }

    fn example(&self) -> Example {
        Example { rule: "{ with = \"integer\", min = 1, max = 999999 }", data_type: "int8", input: "4711" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let said = params.get("min").is_some() || params.get("max").is_some();
        let (min, max) = range(at.schema, at.root(), params);
        if min > max {
            return Err(wrong(params, "min", format!("the range from {min} to {max} is empty")));
        }
        let (least, greatest) = limits(at.data_type);
        if min < least || max > greatest {
            let problem = format!("the range from {min} to {max} does not fit `{}`", at.data_type.name);
            let help =
                format!("write `min` and `max` between {least} and {greatest}, for the key it points at too");
            return Err(wrong(params, if max > greatest { "max" } else { "min" }, problem).help(help));
        }
        let key = at.key("integer");
        let size = max.abs_diff(min) + 1;
        Ok(Bound::cell(Within { min, max, said, range: key.permutation(size), padded: key.mixed_radix() }))
    }
}

/// The range a rule without or with `min` and `max` permutes, where `root` is the
/// column that decides: sequences have to go on past its end.
#[must_use]
pub fn range(schema: &Schema, root: ColumnId, params: &Params) -> (i128, i128) {
    let min = params.integer("min").map_or(1, i128::from);
    if let Some(max) = params.integer("max") {
        return (min, max.into());
    }
    let column = schema.column(root);
    let sequence = column.and_then(|column| schema.sequences.get(column.sequence?));
    let above = match sequence {
        Some(sequence) => u128::from(sequence.last_value.unsigned_abs()),
        None => schema.rows_of(root.table).into(),
    };
    let mut power = 1000_u128;
    while power <= above {
        power *= 10;
    }
    let greatest = column.map_or(i128::MAX, |column| limits(&column.data_type).1);
    (min, i128::try_from(power - 1).unwrap_or(greatest).min(greatest))
}

/// The least and greatest whole number of a type; at most 36 digits.
fn limits(data_type: &DataType) -> (i128, i128) {
    let digits = |count: u32| 10_i128.pow(count.min(36)) - 1;
    match data_type.scalar() {
        Some(Scalar::Int2) => (i16::MIN.into(), i16::MAX.into()),
        Some(Scalar::Int4) => (i32::MIN.into(), i32::MAX.into()),
        Some(Scalar::Int8) => (i64::MIN.into(), i64::MAX.into()),
        Some(Scalar::Numeric(Some((precision, _)))) => (-digits(precision.into()), digits(precision.into())),
        _ => match data_type.max_chars() {
            Some(room) => (0, digits(u32::try_from(room).unwrap_or(36))),
            None => (-digits(36), digits(36)),
        },
    }
}

struct Within {
    min: i128,
    max: i128,
    said: bool,
    range: Permutation,
    padded: MixedRadix,
}

impl Masker for Within {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        if !value.data_type.is_text() {
            return out.integer(self.permute(value.integer()?)?);
        }
        let text = value.text()?;
        if text.is_empty() {
            out.keep(value);
            return Ok(());
        }
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Unreadable("not a whole number; `digits` or `letters` mask such a text"));
        }
        if digits.len() > 1 && digits.starts_with('0') {
            return self.padded(text, digits, out);
        }
        let number = text.parse().map_err(|_| Unreadable("more than 38 digits"))?;
        if number == 0 && text.starts_with('-') {
            return Err(Unreadable("not a whole number; `digits` or `letters` mask such a text"));
        }
        out.integer(self.permute(number)?)
    }

    fn mask_rows(&self, rows: &[Row<'_>], column: usize, answers: &mut Answers) -> Result<(), Spoiled> {
        for (group, first) in rows.chunks(SIDE_BY_SIDE).zip((0..).step_by(SIDE_BY_SIDE)) {
            let mut places = [0; SIDE_BY_SIDE];
            let stands: [_; SIDE_BY_SIDE] = array::from_fn(|place| {
                let value = group.get(place)?.value(column).filter(|value| !value.data_type.is_text())?;
                let stand = self.stand(value.integer().ok()?).ok()??;
                *places.get_mut(place)? = stand.place;
                Some(stand)
            });
            self.range.apply_all(&mut places);
            for ((place, row), (stand, to)) in (first..).zip(group).zip(stands.into_iter().zip(places)) {
                answers.answer(place, row.value(column), |value, out| match stand {
                    Some(stand) => out.integer(self.number(&Stand { place: to, ..stand })),
                    None => self.mask(value, row, out),
                })?;
            }
        }
        Ok(())
    }
}

/// Where a number stands in the range, and whether it is the negative of one that does.
struct Stand {
    place: u128,
    negative: bool,
}

impl Within {
    /// `None` for a zero that stays.
    fn stand(&self, number: i128) -> Result<Option<Stand>, Unreadable> {
        let negative = !self.said && number < 0;
        if !self.said && number == 0 {
            return Ok(None);
        }
        let number =
            if negative { number.checked_neg().ok_or(Unreadable("more than 38 digits"))? } else { number };
        if !(self.min..=self.max).contains(&number) {
            return Err(Unreadable(if self.said {
                "the number is outside `min` and `max` of its rule"
            } else {
                "the number is above the range taken from its key; write `max` in the rule"
            }));
        }
        Ok(Some(Stand { place: number.abs_diff(self.min), negative }))
    }

    fn number(&self, stand: &Stand) -> i128 {
        let number = self.min.saturating_add_unsigned(stand.place);
        if stand.negative { -number } else { number }
    }

    fn permute(&self, number: i128) -> Result<i128, Unreadable> {
        Ok(self
            .stand(number)?
            .map_or(0, |stand| self.number(&Stand { place: self.range.apply(stand.place), ..stand })))
    }

    /// The zero at the start stays, the digits after it are permuted.
    fn padded(&self, text: &str, digits: &str, out: &mut Output<'_>) -> Result<(), Unreadable> {
        use super::alphabet::Spot;
        if digits.len() > 1000 {
            return Err(Unreadable("more than 1000 digits"));
        }
        let first = text.len() - digits.len();
        let spot = |at: usize, c: char| if at > first { Spot::of(c) } else { None };
        super::shape::permute(&self.padded, text, 0, out.text(), spot, |_| true);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;
    use std::collections::HashSet;

    #[test]
    fn the_range_ends_at_the_next_power_of_ten_above_the_sequence() {
        let ready = Trial::of(r#""integer""#).on("int4").sequence(4711).bind().unwrap();
        let seen: HashSet<u32> = (1..10_000).map(|n| ready.text(&n.to_string()).parse().unwrap()).collect();
        assert_eq!(seen.len(), 9999);
        assert!(seen.iter().all(|n| (1..10_000).contains(n)));
        assert!(ready.raw(b"10000").is_err());
    }

    #[test]
    fn zero_stays_and_negatives_mirror_in_a_range_of_our_own() {
        let ready = Trial::of(r#""integer""#).on("int4").bind().unwrap();
        assert_eq!(ready.text("0"), "0");
        assert_eq!(ready.text("-5"), format!("-{}", ready.text("5")));
        let said = Trial::of(r#"{ with = "integer", max = 99 }"#).on("int4").bind().unwrap();
        assert!(said.raw(b"0").is_err() && said.raw(b"100").is_err());
    }

    #[test]
    fn text_and_numeric_agree_with_int8() {
        let rule = r#"{ with = "integer", max = 99999 }"#;
        let masked = Trial::of(rule).on("int8").text("123");
        for column in ["int4", "numeric(10,0)", "text", "numeric", "varchar(5)"] {
            assert_eq!(Trial::of(rule).on(column).text("123"), masked, "{column}");
        }
    }

    #[test]
    fn leading_zeros_keep_their_length() {
        let ready = Trial::of(r#""integer""#).on("varchar(6)").bind().unwrap();
        let masked = ready.text("000123");
        assert!(masked.len() == 6 && masked.starts_with('0') && masked != "000123", "{masked}");
        assert!(ready.raw(b"A-17").is_err());
    }

    #[test]
    fn a_range_the_column_cannot_hold_is_refused() {
        assert!(Trial::of(r#"{ with = "integer", max = 40000 }"#).on("int2").bind().is_err());
        assert!(Trial::of(r#"{ with = "integer", min = 9, max = 3 }"#).on("int4").bind().is_err());
    }

    #[test]
    fn a_small_type_caps_the_range_of_its_own_making() {
        let ready = Trial::of(r#""integer""#).on("int2").sequence(20_000).bind().unwrap();
        let seen: HashSet<_> = (1..=32_767).map(|n: i32| ready.text(&n.to_string())).collect();
        assert_eq!(seen.len(), 32_767);
    }

    #[test]
    fn the_least_number_of_all_is_refused_and_not_turned_round() {
        for rule in [r#""integer""#, r#"{ with = "integer", min = -5, max = 5 }"#] {
            let ready = Trial::of(rule).on("text").bind().unwrap();
            assert!(ready.raw(i128::MIN.to_string().as_bytes()).is_err());
            assert!(ready.raw(i128::MAX.to_string().as_bytes()).is_err());
            assert!(ready.raw((i128::MIN + 1).to_string().as_bytes()).is_err());
        }
    }

    #[test]
    fn numbers_side_by_side_are_those_of_each_alone() {
        for (rule, column) in [
            (r#"{ with = "integer", max = 70000 }"#, "int4"),
            (r#"{ with = "integer", max = 9999999999 }"#, "int8"),
            (r#""integer""#, "int4"),
        ] {
            let ready = Trial::of(rule).on(column).sequence(69_000).bind().unwrap();
            let texts: Vec<_> = (1..1000).map(|n| (n * 69).to_string()).collect();
            let values: Vec<_> = texts.iter().map(|text| Some(text.as_bytes())).collect();
            let alone: Vec<_> = texts.iter().map(|text| Some(ready.text(text).into_bytes())).collect();
            assert_eq!(ready.rows(&values).unwrap(), alone);
        }
    }
}
