//! Names of columns that begin with letters of their table: `cnam1` and `cadr` of `cust`.

use crate::rules::{Detector, words};
use crate::schema::{Column, Table};

/// A column's words without the letters that its table puts in front of all: `cnam1` of
/// `cust`, where the rest is a word and others have it so, too.
pub(super) fn unglued(detector: &Detector, table: &Table, column: &Column) -> Option<Vec<String>> {
    let parts = words(&column.name);
    let (word, others) = parts.split_first()?;
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
    if detector.knows(word) || detector.spelled(&[word.to_owned()]) != [word] {
        return None;
    }
    let own = words(&table.name.name);
    let firsts: Vec<String> =
        table.columns.iter().filter_map(|column| words(&column.name).into_iter().next()).collect();
    (1..=3).find_map(|length| {
        let (front, rest) = word.split_at_checked(length)?;
        let shared = firsts.iter().filter(|first| first.starts_with(front)).count();
        let most = length > 1 && shared >= 3 && shared * 2 >= table.columns.len();
        let is_word = |rest: &str| {
            let least = if most { 3 } else { 4 };
            detector.part(rest).is_some() || rest.len() >= least && detector.knows(rest)
        };
        let alike = firsts
            .iter()
            .filter_map(|first| first.strip_prefix(front))
            .filter(|rest| is_word(rest.trim_end_matches(|c: char| c.is_ascii_digit())))
            .count();
        let least = match (length, own.iter().any(|word| word.starts_with(front))) {
            (1, true) => 2,
            (2.., true) => 1,
            _ => 3,
        };
        let rest_in_full = || detector.part(rest).map_or_else(|| vec![rest.to_owned()], <[String]>::to_vec);
        // `pln` is a plan, and no `p` with a last name.
        (is_word(rest) && length + rest.len() > 3 && alike >= least)
            .then(|| [rest_in_full(), others.to_vec()].concat())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{DataType, Name, Scalar};

    #[test]
    fn letters_that_a_table_puts_in_front_of_all_are_left_out() {
        let rest = |table: &str, columns: &[&str], name: &str| {
            let of = |name: &&str| Column::of(*name, DataType::scalar_of("text", Scalar::Text));
            let table = Table::of(Name::new("public", table), columns.iter().map(of).collect());
            let column = table.columns.iter().find(|column| column.name == name).unwrap();
            unglued(Detector::own(), &table, column).map(|words| words.join(" "))
        };
        let customers = ["custno", "cnam1", "cnam2", "btwn", "bpcd", "bad1"];
        assert_eq!(rest("cust", &customers, "cnam1").as_deref(), Some("name"));
        assert_eq!(rest("cust", &customers, "btwn").as_deref(), Some("town"));
        assert_eq!(rest("pages", &["page", "stage"], "stage"), None);
        assert_eq!(rest("pages", &["page", "pnam"], "pnam"), None);
        assert_eq!(rest("ins_pln", &["pln_cd", "pln_nm", "payr_cd", "pfx"], "pln_nm"), None);
    }
}
