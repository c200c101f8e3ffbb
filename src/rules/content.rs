//! Kept columns whose values look personal: asked of the values that the source's
//! own statistics hold, so no table is read for it. Only counts are ever shown.

use super::check::CheckedRules;
use super::spelling;
use crate::diagnostic::{Diagnostic, Span};
use crate::schema::{ColumnId, Schema};
use crate::transform::{Trace, trace};
use std::collections::BTreeMap;

/// A text column that is kept without a reason.
#[derive(Clone, Debug)]
pub struct KeptText {
    /// The column.
    pub column: ColumnId,
    /// Where the rule stands that keeps it.
    pub(super) span: Span,
}

/// How many values there must be to say anything.
const ENOUGH: usize = 5;

impl CheckedRules {
    /// Asks about kept columns of whose values most are, or many hold, what looks
    /// personal. `samples` has some values of each column.
    pub fn look_at(&mut self, schema: &Schema, samples: &BTreeMap<ColumnId, Vec<String>>) {
        // One question for each line, however many columns it keeps.
        let mut asked: Vec<Span> = Vec::new();
        for kept in self.kept().to_vec() {
            let Some(values) = samples.get(&kept.column).filter(|values| values.len() >= ENOUGH) else {
                continue;
            };
            let Some((found, what, mask)) = verdict(values) else { continue };
            if asked.contains(&kept.span) {
                continue;
            }
            let (name, all) = (schema.describe(kept.column), values.len());
            let column =
                schema.column(kept.column).map(|column| spelling::key(&column.name)).unwrap_or_default();
            let message =
                format!("`{name}` is kept, and {found} of {all} values that the statistics hold {what}");
            let help = format!(
                "mask it, as in `{column} = \"{mask}\"`, or say why it stays: `{column} = {{ with = \"keep\", reason = \"…\" }}`"
            );
            asked.push(kept.span.clone());
            self.warn(Diagnostic::warning(message).at(&kept.span, "kept").help(help));
        }
    }
}

/// How many values look personal, how, and the mask for it.
fn verdict(values: &[String]) -> Option<(usize, String, &'static str)> {
    let mut is: BTreeMap<&'static str, (usize, &'static str)> = BTreeMap::new();
    let mut has = is.clone();
    for value in values {
        match trace(value) {
            Some(Trace::Is { what, mask }) => is.entry(what).or_insert((0, mask)).0 += 1,
            Some(Trace::Has { what }) => has.entry(what).or_insert((0, "scrub")).0 += 1,
            None => {}
        }
    }
    let most = |counts: BTreeMap<&'static str, (usize, &'static str)>| {
        counts
            .into_iter()
            .max_by_key(|(_, (count, _))| *count)
            .map(|(what, (count, mask))| (count, what, mask))
    };
    if let Some((count, what, mask)) = most(is).filter(|(count, ..)| count * 5 >= values.len() * 3) {
        return Some((count, format!("are {what}"), mask));
    }
    let (count, what, mask) = most(has).filter(|(count, ..)| count * 10 >= values.len())?;
    Some((count, format!("have {what} in them"), mask))
}

#[cfg(test)]
mod tests {
    use super::verdict;

    fn of(values: &[&str]) -> Option<(usize, String, &'static str)> {
        verdict(&values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn most_values_of_a_kind_or_prose_with_some_are_seen() {
        let mails = ["ann@corp.example", "bob@corp.example", "c.d@x.example", "unknown", "e@f.example"];
        assert_eq!(of(&mails), Some((4, "are e-mail addresses".to_owned(), "email")));
        let names = ["Jennifer Miller", "Robert Brown", "Patricia Davis", "Michael Wilson", "n/a"];
        assert_eq!(
            of(&names).map(|(_, what, mask)| (what, mask)),
            Some(("are names of people".to_owned(), "full_name"))
        );
        let prose =
            ["the customer wrote from ann@corp.example about the parcel", "late", "late again", "fine", "ok"];
        assert_eq!(of(&prose), Some((1, "have e-mail addresses in them".to_owned(), "scrub")));
    }

    #[test]
    fn things_are_no_people() {
        for values in [
            ["Red", "Green", "Blue", "Black", "White"],
            ["AB-1001", "AB-1002", "AB-1003", "AB-1004", "AB-1005"],
            ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"],
            ["1.2.3", "1.2.4", "10.0.1", "2.0.0", "3.1.4"],
            ["Chai", "Chang", "Aniseed Syrup", "Ikura", "Tofu"],
        ] {
            assert_eq!(of(&values), None, "{values:?}");
        }
    }
}
