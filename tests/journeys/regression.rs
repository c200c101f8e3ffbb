//! What PostgreSQL's own regression tests leave behind, kept as it is.

use crate::support::{Fixture, Play, dataset, digests, tables};

#[test]
fn the_regression_database_is_copied_byte_for_byte() {
    let Some(source) = dataset(Fixture::Regression) else { return };
    let play = Play::new(source, "masque = 1\n[columns]\n\"*\" = \"keep\"\n");
    play.refresh().assert_code(0);
    let (source, target) = (play.source.url(), play.target.url());
    let all = tables(&source);
    assert!(all.len() > 100, "{} tables are too few", all.len());
    assert_eq!(all, tables(&target));
    let pairs = digests(&source, &all).into_iter().zip(digests(&target, &all));
    let other: Vec<_> = pairs.filter(|(one, two)| one != two).map(|(one, _)| one.0).collect();
    assert_eq!(other, Vec::<String>::new(), "tables with other rows");
}
