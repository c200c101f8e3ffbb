//! Teaches `discover` anew what labelled databases say: writes `src/discover/learned/odds.txt` and `forest.txt`.
//!
//! `cargo test --test masque -- --ignored learn --nocapture`, whenever a database was added to
//! `tests/fixtures/labelled`, or the numbers changed that a column is seen in.

use super::boost::forest;
use super::labelled::{Labels, databases, labels, load};
use crate::house::top;
use masque::discover::learned::{Observed, Odds, numbers};
use masque::discover::{Look, propose};
use masque::error::Kind;
use masque::postgres::catalog;
use masque::postgres::session::{Session, Side};
use masque::postgres::url::Url;
use masque::rules::Detector;
use std::time::Duration;

/// A database, as it was seen, and whose its columns are: `None` for one that people would not agree on.
pub(super) struct Lesson {
    pub(super) tables: Vec<Vec<Observed>>,
    pub(super) odds: Odds,
    pub(super) labels: Labels,
}

impl Lesson {
    pub(super) fn of(url: &str, labels: Labels) -> Self {
        let mut lesson = Self { tables: observed(url), odds: Odds::default(), labels };
        lesson.odds = all_of([&lesson]);
        lesson
    }
}

/// The odds of all columns of databases.
pub(super) fn all_of<'l>(lessons: impl IntoIterator<Item = &'l Lesson>) -> Odds {
    let mut all = Odds::default();
    for lesson in lessons {
        for column in lesson.tables.iter().flatten() {
            if let Some(personal) = lesson.labels.of(&column.table, &column.column) {
                all.count(column, personal);
            }
        }
    }
    all
}

#[tokio::main(flavor = "current_thread")]
async fn observed(url: &str) -> Vec<Vec<Observed>> {
    let url = Url::parse(url).unwrap();
    let session = Session::open(url.connect(Kind::Source).await.unwrap(), Side::Source).await.unwrap();
    session.run("reading", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await.unwrap();
    let schema = catalog::shape(&session).await.unwrap();
    let look = Look {
        rows: 1000,
        patience: Duration::from_secs(10),
        strict: false,
        presets: Vec::new(),
        only: None,
        new: None,
        observe: true,
    };
    propose(&session, &schema, Detector::own(), &look, &|_, _| {}).await.unwrap().observed
}

/// The odds of all, and trees over numbers for which each database was left out of the odds that it was asked with.
fn learned(lessons: &[Lesson]) -> (Odds, String) {
    let all = all_of(lessons.iter());
    let (mut rows, mut answers): (Vec<Vec<f64>>, Vec<bool>) = Default::default();
    for lesson in lessons {
        let odds = all.without(&lesson.odds);
        for table in &lesson.tables {
            for (column, numbers) in table.iter().zip(numbers(table, &odds)) {
                if let Some(personal) = lesson.labels.of(&column.table, &column.column) {
                    rows.push(numbers);
                    answers.push(personal);
                }
            }
        }
    }
    let text = forest(&rows, &answers);
    eprintln!("{} columns, {} numbers, {} bytes", rows.len(), rows[0].len(), text.len());
    (all, text)
}

#[test]
#[ignore = "writes what discover has learned"]
fn learn_from_the_labelled_databases() {
    let lesson = |(name, schema, text): (String, String, String)| {
        let source = load(&name, &schema);
        Lesson::of(&source.url(), labels(&text))
    };
    let lessons: Vec<Lesson> = databases('a'..='z').into_iter().map(lesson).collect();
    let (odds, forest) = learned(&lessons);
    let folder = top().join("src/discover/learned");
    std::fs::write(folder.join("odds.txt"), odds.written()).unwrap();
    std::fs::write(folder.join("forest.txt"), forest).unwrap();
}
