//! A column in numbers: what it is called, of what type it is, where it stands, and how its values are written.
//! Nothing of a value is in them but counts.

use super::super::desk::Desk;
use super::super::proposal::Line;
use super::super::sight::Sight;
use super::odds::{Odds, Said};
use crate::rules::words;
use crate::schema::{DataType, Form, KeyPart, Scalar, Table};

/// Sorts of keys: see [`Observed::keys`].
const SORTS: usize = 10;

/// Sorts that a column tells its neighbours of.
const TOLD: [usize; 5] = [0, 1, 2, 3, 5];

/// The shortest and the longest part of a word.
const PARTS: std::ops::RangeInclusive<usize> = 3..=5;

/// What a neighbour says that is not there.
const NOBODY: f64 = -9.0;

/// A column as it was seen.
#[derive(Clone, Debug)]
pub struct Observed {
    /// `schema.table`.
    pub table: String,
    /// Its name.
    pub column: String,
    type_code: u8,
    words: Vec<String>,
    home: Vec<String>,
    /// The words of the tables that its table points at.
    above: Vec<String>,
    comment: Vec<String>,
    seen: Vec<f64>,
}

impl Observed {
    /// What it is known by among other columns: words, words with the type, the whole name, parts of words, words
    /// of the table, pairs of both, the last word, parts of the table's words, words of the tables it points at,
    /// words of its comment.
    pub(super) fn keys(&self) -> [Vec<String>; SORTS] {
        let Self { words, home, type_code, .. } = self;
        let pair = |word| home.iter().map(move |home| format!("p{word} {home}"));
        [
            words.iter().map(|word| format!("w{word}")).collect(),
            words.iter().map(|word| format!("t{type_code} {word}")).collect(),
            vec![format!("n{}", words.join(" "))],
            parts('g', words),
            home.iter().map(|word| format!("h{word}")).collect(),
            words.iter().flat_map(pair).collect(),
            words.last().map(|word| format!("l{word}")).into_iter().collect(),
            parts('i', home),
            self.above.iter().map(|word| format!("a{word}")).collect(),
            self.comment.iter().map(|word| format!("c{word}")).collect(),
        ]
    }
}

/// The parts of words, with their beginnings and their ends, each once.
fn parts(sign: char, words: &[String]) -> Vec<String> {
    let mut parts = Vec::new();
    for word in words {
        let letters: Vec<char> = ['^'].into_iter().chain(word.chars()).chain(['$']).collect();
        for long in PARTS {
            parts.extend(
                letters.windows(long).map(|part| format!("{sign}{}", part.iter().collect::<String>())),
            );
        }
    }
    parts.sort_unstable();
    parts.dedup();
    parts
}

/// The numbers of each column of a table, in their order.
#[must_use]
pub fn numbers(table: &[Observed], odds: &Odds) -> Vec<Vec<f64>> {
    let said: Vec<[Said; SORTS]> =
        table.iter().map(|column| column.keys().map(|keys| odds.said(&keys))).collect();
    let told: Vec<Vec<f64>> = said
        .iter()
        .map(|said| TOLD.iter().filter_map(|sort| Some(said.get(*sort)?.middle)).collect())
        .collect();
    let column = |(at, (column, said)): (usize, (&Observed, &[Said; SORTS]))| {
        let mut numbers = column.seen.clone();
        numbers.extend(said.iter().flat_map(|said| [said.middle, said.most, said.least]));
        let others: Vec<&Vec<f64>> =
            told.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, told)| told).collect();
        let count = f64::from(u32::try_from(others.len().max(1)).unwrap_or(u32::MAX));
        for sort in 0..TOLD.len() {
            let of = || others.iter().filter_map(|told| told.get(sort).copied());
            let above = of().filter(|said| *said > 1.0).map(|_| 1.0).sum::<f64>();
            numbers.extend([of().sum::<f64>() / count, of().fold(NOBODY, f64::max), above / count]);
        }
        for beside in [at.checked_sub(1), Some(at + 1)] {
            let beside = beside.and_then(|beside| told.get(beside));
            numbers.extend(
                (0..TOLD.len()).map(|sort| beside.and_then(|told| told.get(sort).copied()).unwrap_or(NOBODY)),
            );
        }
        numbers
    };
    table.iter().zip(&said).enumerate().map(column).collect()
}

impl Desk<'_> {
    /// What was seen of a column, in numbers. `rows` were sampled of its table.
    pub(super) fn observed(&self, line: &Line, comment: Option<&str>, sight: &Sight, rows: u64) -> Observed {
        let id = line.id;
        let table = self.schema.table(id.table);
        let column = self.schema.column(id);
        let type_code = column.map_or(u8::MAX, |column| type_code(&column.data_type));
        let columns = table.map_or(0, |table| table.columns.len());
        let above = self.schema.foreign_keys.from_table(id.table);
        let above: Vec<usize> = above.map(|(_, key)| key.to).collect();
        let mut seen = vec![f64::from(type_code), count(id.column), count(columns), count(above.len())];
        seen.push(flag(above.contains(&id.table)));
        let keyed = |part: &KeyPart| matches!(part, KeyPart::Column(column) if *column == id.column);
        let mut keys = table.into_iter().flat_map(|table| &table.keys);
        seen.extend(
            [
                column.is_some_and(|column| column.not_null),
                self.is_key(id),
                keys.any(|key| key.parts.iter().any(keyed)),
                self.schema.is_pointed_at(id),
            ]
            .map(flag),
        );
        seen.push(count(column.and_then(|column| column.data_type.max_chars()).unwrap_or(0)));
        seen.push(part(sight.values, rows));
        seen.push(part(rows, 1));
        seen.extend(of_values(sight));
        seen.extend(self.of_table(id.table));
        let called = |table: usize| self.schema.table(table).map(|table| words(&table.name.name));
        let name = |table: &Table| format!("{}.{}", table.name.schema, table.name.name);
        Observed {
            table: table.map(name).unwrap_or_default(),
            column: line.column.clone(),
            type_code,
            words: column.map(|column| words(&column.name)).unwrap_or_default(),
            home: called(id.table).unwrap_or_default(),
            above: above.into_iter().filter_map(called).flatten().collect(),
            comment: comment.map(words).unwrap_or_default(),
            seen,
        }
    }

    /// What is known of its table. Nothing of what rules know its name by: what they take for somebody's is masked
    /// already, and what they miss would be missed again.
    fn of_table(&self, table: usize) -> Vec<f64> {
        let about = self.about.get(table).copied().unwrap_or_default();
        let mut seen = vec![about.away.map_or(9.0, f64::from)];
        let facts = [
            about.people,
            about.root,
            about.public,
            about.thing,
            about.listing,
            about.health,
            about.ailing,
            about.above,
        ];
        seen.extend(facts.map(flag));
        seen
    }
}

/// What types are told apart: an array is of none, and so is what has no values to look at.
fn type_code(data_type: &DataType) -> u8 {
    if data_type.element().is_some() {
        return 0;
    }
    let base = data_type.base();
    let scalar = match &base.form {
        Form::Scalar(scalar) => scalar,
        Form::Enum(_) => return 1,
        _ => return 2,
    };
    match scalar {
        Scalar::Bool => 3,
        Scalar::Int2 | Scalar::Int4 | Scalar::Int8 => 4,
        Scalar::Numeric(_) => 5,
        Scalar::Float4 | Scalar::Float8 => 6,
        Scalar::Text | Scalar::Varchar(_) => 7,
        Scalar::Char(_) => 8,
        Scalar::Bytea => 9,
        Scalar::Date => 10,
        Scalar::Time | Scalar::TimeTz | Scalar::Interval => 11,
        Scalar::Timestamp | Scalar::TimestampTz => 12,
        Scalar::Point => 13,
        Scalar::Uuid => 14,
        Scalar::Inet | Scalar::Cidr | Scalar::Macaddr | Scalar::Macaddr8 => 15,
        Scalar::Json | Scalar::Jsonb | Scalar::Xml | Scalar::Hstore => 16,
        Scalar::Other => 17,
    }
}

/// How the values are written.
fn of_values(sight: &Sight) -> Vec<f64> {
    let Sight { evidence, .. } = sight;
    let writing = &evidence.writing;
    let counts = [
        sight.values,
        sight.different as u64,
        sight.different as u64 * 100 / sight.values.max(1),
        sight.length,
        sight.common,
        sight.alike,
        sight.documents,
        sight.paths.len() as u64,
        u64::from(sight.digits),
        sight.kin,
        evidence.values,
        evidence.distinct,
        evidence.words,
        evidence.first,
        evidence.last,
        evidence.named,
        evidence.traced,
        evidence.secrets,
        evidence.likeness.as_ref().map_or(0, |likeness| likeness.percent),
        writing.looked,
        writing.capital,
        writing.drawn,
        writing.shaped,
        writing.named,
        writing.prose,
        writing.spaced,
        writing.small,
        writing.digits,
        writing.digit,
        writing.numbered,
        writing.at,
        writing.lower,
        writing.posts,
        writing.lettered,
        writing.streets,
        writing.random,
        writing.days,
        writing.technical,
        writing.files,
        writing.addresses,
        writing.records,
        writing.mentions,
        writing.short,
        writing.dialled,
        writing.plates,
        writing.nested,
        writing.firms,
        writing.codes,
    ];
    let facts = [
        sight.births,
        sight.degrees.is_some(),
        sight.own,
        sight.varied,
        evidence.sure,
        evidence.people.is_some(),
        evidence.is_list(),
        writing.births,
    ];
    counts.into_iter().map(|count| part(count, 1)).chain(facts.map(flag)).collect()
}

/// So many of so many.
fn part(number: u64, of: u64) -> f64 {
    let wide = |number: u64| u32::try_from(number).map_or(f64::from(u32::MAX), f64::from);
    wide(number) / wide(of.max(1))
}

fn flag(is: bool) -> f64 {
    f64::from(u8::from(is))
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::from(u32::MAX), f64::from)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A column of a table, of which nothing but its name is known.
    pub(in super::super) fn called(table: &str, column: &str) -> Observed {
        Observed {
            table: table.to_owned(),
            column: column.to_owned(),
            type_code: 7,
            words: words(column),
            home: words(table),
            above: Vec::new(),
            comment: Vec::new(),
            seen: vec![1.0],
        }
    }

    #[test]
    fn words_are_known_with_their_type_their_table_and_their_parts() {
        let [words, typed, name, parts, home, pairs, last, ..] = called("guests", "roomNo").keys();
        assert_eq!(
            (words, typed),
            (vec!["wroom".to_owned(), "wno".to_owned()], vec!["t7 room".to_owned(), "t7 no".to_owned()])
        );
        assert_eq!((name, home), (vec!["nroom no".to_owned()], vec!["hguests".to_owned()]));
        assert_eq!(pairs, ["proom guests", "pno guests"]);
        assert_eq!(last, ["lno"]);
        assert!(
            ["g^ro", "groom", "gom$", "g^no$"].iter().all(|part| parts.iter().any(|own| own == part)),
            "{parts:?}"
        );
    }

    #[test]
    fn what_stands_beside_a_column_is_in_its_numbers() {
        let mut odds = Odds::default();
        for n in 0..20 {
            odds.count(&called("t", "surname"), true);
            odds.count(&called("t", "rank"), n % 10 == 0);
        }
        let columns = ["surname", "xyzzy", "rank"].map(|column| called("t", column));
        let numbers = numbers(&columns, &odds);
        let width = numbers[0].len();
        assert!(numbers.iter().all(|own| own.len() == width && own[0] > 0.5));
        // The words of those before and behind come last.
        let beside = |column: usize| (numbers[column][width - 10], numbers[column][width - 5]);
        assert!(beside(1).0 > 1.0 && beside(1).1 < -0.5, "{:?}", beside(1));
        assert!(beside(0).0 < -8.0 && beside(2).1 < -8.0, "nobody stands there");
    }
}
