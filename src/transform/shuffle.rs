//! `shuffle`: a column's values, each at another row.
//!
//! The values of a window of rows (about a megabyte of the table, so a small table
//! is one window) are moved along one keyed cycle: every value is still there as
//! often as before, and none stays at its row while there is another row to move
//! it to. `within` moves values only between rows that agree in those columns; rows
//! that agree with no other are moved among themselves. NULL stays where it is. The
//! order depends on the secret and on the window's values, so the same snapshot is
//! shuffled the same way again; a changed table is not.

use super::{Answers, BatchMasker, Binding, Bound, Capacity, Example, Length, Param, ParamKind, Params};
use super::{Promises, Spoiled, Transformer};
use crate::diagnostic::Diagnostic;
use crate::format::{Row, Unreadable};
use crate::schema::DataType;
use crate::secret::{Digest, DomainKey, scale};
use std::collections::BTreeMap;

/// Bytes of rows that are shuffled together.
const WINDOW: usize = 1 << 20;

/// See the module.
pub(super) struct Shuffle;

impl Transformer for Shuffle {
    fn name(&self) -> &'static str {
        "shuffle"
    }

    fn summary(&self) -> &'static str {
        "Move the column's values to other rows of the table"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[Param::optional(
            "within",
            ParamKind::TextList,
            "the whole table",
            "columns in which two rows must agree to exchange values",
        )];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        let _ = data_type;
        true
    }

    fn promises(&self) -> Promises {
        Promises {
            consistent: false,
            length: Length::Fits,
            reveals: Some("the column's values, at other rows; a row alone in the table keeps its own"),
        }
    }

    /// Every value is there as often as before, so a unique one stays unique.
    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Injective
    }

    fn example(&self) -> Example {
        Example { rule: "{ with = \"shuffle\", within = \"country\" }", data_type: "int4", input: "42000" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        if at.schema.is_key(at.column) {
            let problem = "`shuffle` on a column of a foreign key would point rows at others' rows";
            return Err(Diagnostic::error(problem).help("use a consistent mask such as `integer` or `uuid`"));
        }
        let within = params.texts("within").into_iter().map(|name| at.sibling(name));
        let within = within.collect::<Result<Vec<_>, _>>()?;
        Ok(Bound::batch(Shuffled { within, key: at.key("shuffle") }))
    }
}

struct Shuffled {
    within: Vec<usize>,
    key: DomainKey,
}

impl BatchMasker for Shuffled {
    fn mask(&self, rows: &[Row<'_>], column: usize, answers: &mut Answers) -> Result<(), Spoiled> {
        let mut groups: BTreeMap<Vec<u8>, Vec<usize>> = BTreeMap::new();
        let mut all = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            let Some(value) = row.value(column) else { continue };
            all.extend_from_slice(&(value.raw.len() as u64).to_be_bytes());
            all.extend_from_slice(value.raw);
            let group = self.group(row).map_err(|why| Spoiled { row: place, why })?;
            groups.entry(group).or_default().push(place);
        }
        let mut draw = Draw { key: &self.key, window: self.key.digest(&all), block: 0 };
        let mut from: Vec<usize> = (0..rows.len()).collect();
        let (single, mut groups): (Vec<_>, Vec<_>) = groups.into_values().partition(|group| group.len() == 1);
        let mut single: Vec<usize> = single.into_iter().flatten().collect();
        if let ([_], Some(last)) = (single.as_slice(), groups.last_mut()) {
            last.append(&mut single);
        }
        groups.push(single);
        for group in &groups {
            cycle(group, &mut from, &mut draw);
        }
        for place in from {
            let value = rows.get(place).and_then(|row| row.value(column));
            answers.push(value.map(|value| value.raw));
        }
        Ok(())
    }

    fn window(&self) -> usize {
        WINDOW
    }
}

impl Shuffled {
    fn group(&self, row: &Row<'_>) -> Result<Vec<u8>, Unreadable> {
        let mut group = Vec::new();
        for column in &self.within {
            let Some(value) = row.value(*column) else {
                group.push(0);
                continue;
            };
            let start = group.len();
            value.canonical(&mut group)?;
            let length = (group.len() - start) as u64;
            group.extend_from_slice(&length.to_be_bytes());
            group.push(1);
        }
        Ok(group)
    }
}

/// Moves the values of `group` along one cycle through all of it (Sattolo, 1986:
/// Fisher and Yates' shuffle without the fixed points).
fn cycle(group: &[usize], from: &mut [usize], draw: &mut Draw<'_>) {
    for last in (1..group.len()).rev() {
        let other = draw.below(last);
        if let (Some(one), Some(two)) = (group.get(last), group.get(other)) {
            from.swap(*one, *two);
        }
    }
}

/// Keyed numbers for one window.
struct Draw<'a> {
    key: &'a DomainKey,
    window: Digest,
    block: u64,
}

impl Draw<'_> {
    fn below(&mut self, size: usize) -> usize {
        let mut input = [0; 40];
        let (window, block) = input.split_at_mut(32);
        window.copy_from_slice(&self.window);
        block.copy_from_slice(&self.block.to_be_bytes());
        self.block += 1;
        usize::try_from(scale(&self.key.digest(&input), size as u64)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{Place, Wire};
    use crate::schema::Column;
    use crate::secret::Secret;
    use crate::transform::fixture::data_type;

    fn shuffle(cells: &[(Option<&str>, &str)]) -> Vec<Option<String>> {
        let secret = Secret::parse(&"07".repeat(32)).unwrap();
        let masker = Shuffled { within: vec![1], key: secret.domain("value:shuffle") };
        let column = |name: &str| Column::of(name, data_type("text"));
        let columns = [column("value"), column("group")];
        let mut batch = Vec::new();
        let mut places = Vec::new();
        for (value, group) in cells {
            let mut put = |text: &str| {
                batch.extend_from_slice(text.as_bytes());
                Place::Batch(batch.len() - text.len(), batch.len())
            };
            places.push([value.map_or(Place::Null, &mut put), put(group)]);
        }
        let row = |places| Row {
            batch: &batch,
            scratch: &[],
            places,
            columns: &columns,
            wire: Wire::Text,
            identities: &[],
        };
        let rows: Vec<_> = places.iter().map(|places| row(&places[..])).collect();
        let mut answers = Answers::default();
        masker.mask(&rows, 0, &mut answers).unwrap();
        let text = |row| answers.get(row).map(|answer| String::from_utf8(answer.to_vec()).unwrap());
        (0..answers.rows()).map(text).collect()
    }

    #[test]
    fn every_value_moves_and_none_is_lost() {
        let values: Vec<String> = (0..300).map(|n| n.to_string()).collect();
        let cells: Vec<_> = values.iter().map(|v| (Some(v.as_str()), "one")).collect();
        let out: Vec<_> = shuffle(&cells).into_iter().map(Option::unwrap).collect();
        assert!(out.iter().zip(&values).all(|(after, before)| after != before));
        let (mut sorted, mut expected) = (out.clone(), values.clone());
        sorted.sort();
        expected.sort();
        assert_eq!(sorted, expected);
        assert_eq!(out, shuffle(&cells).into_iter().map(Option::unwrap).collect::<Vec<_>>());
    }

    #[test]
    fn the_order_under_a_secret_never_changes() {
        let cells: Vec<_> = ["a", "b", "c", "d", "e", "f", "g", "h"].map(|v| (Some(v), "")).to_vec();
        let out: String = shuffle(&cells).into_iter().flatten().collect();
        assert_eq!(out, "begfcahd");
    }

    #[test]
    fn values_stay_in_their_group_and_null_in_its_place() {
        let cells = [
            (Some("a1"), "a"),
            (Some("b1"), "b"),
            (None, "a"),
            (Some("a2"), "a"),
            (Some("b2"), "b"),
            (Some("c1"), "c"),
            (Some("d1"), "d"),
        ];
        let out: Vec<_> = shuffle(&cells).into_iter().map(Option::unwrap_or_default).collect();
        assert_eq!(out, ["a2", "b2", "", "a1", "b1", "d1", "c1"]);
    }

    #[test]
    fn a_row_alone_in_its_group_still_moves() {
        let out = shuffle(&[(Some("a1"), "a"), (Some("b1"), "b"), (Some("b2"), "b")]);
        assert_ne!(out[0].as_deref(), Some("a1"));
    }
}
