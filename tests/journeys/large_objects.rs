//! Large objects: left out, taken along as they are, or masked, under the same numbers.

use crate::support::{Database, Fixture, Play, Side, execute, query, value};

/// Small ones, an empty one, one of more than 8 MB, one with holes, one that ends at a page's end.
const OBJECTS: &str = "
    create extension lo;
    create table papers (id integer primary key, scan oid, picture lo, what text);
    insert into papers select n, lo_from_bytea(0, convert_to('canary ' || repeat(n::text, n * 40), 'UTF8')), null, 'small' from generate_series(1, 60) n;
    insert into papers values (100, lo_from_bytea(0, ''), null, 'empty');
    insert into papers values (101, lo_from_bytea(70000, decode(repeat(md5('a') || md5('b') || '00ff', 300000), 'hex')), 70000, 'large');
    insert into papers values (102, lo_from_bytea(0, 'start'), null, 'holes');
    insert into papers values (103, lo_from_bytea(0, decode(repeat('5c', 4096), 'hex')), null, 'pages');
    insert into papers values (104, 4000000000, null, 'dangling');
    insert into papers values (105, lo_from_bytea(4294967295, 'last'), null, 'last');
    select lo_put(scan, 3000000, 'middle'), lo_put(scan, 5000001, 'end') from papers where what = 'holes';";

const RULES: &str = "masque = 1\n[columns]\n\"*\" = \"keep\"\n";

const CONTENT: &str =
    "select m.oid, length(lo_get(m.oid)), md5(lo_get(m.oid)) from pg_largeobject_metadata m order by 1";

fn play(rules: &str) -> Play {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[OBJECTS]);
    Play::new(source, rules)
}

fn with(large_objects: &str) -> String {
    RULES.replace("[columns]", &format!("large_objects = {large_objects}\n[columns]"))
}

#[test]
fn large_objects_stay_behind_and_are_counted_unless_a_rule_takes_them() {
    for rules in [String::from(RULES), with("\"none\"")] {
        let play = play(&rules);
        play.refresh().assert_code(0);
        assert_eq!(value(&play.target.url(), "select count(*) from pg_largeobject_metadata"), "0");
        let left_out = play.report()["left_out"].to_string();
        assert!(left_out.contains("LARGE OBJECT") && left_out.contains("65"), "{left_out}");
    }
}

#[test]
fn kept_large_objects_are_the_same_bytes_under_the_same_numbers() {
    let sql = "create role object_reader login password 'of.no.worth' in role pg_read_all_data";
    query(&Side::Production.url("postgres"), sql);
    let play = play(&with("\"keep\""));
    let url = play.source.url();
    let (_, place) = url.rsplit_once('@').unwrap();
    let output = play.refresh_between(
        &format!("postgres://object_reader:of.no.worth@{place}"),
        &play.target.url(),
        &[],
    );
    output.assert_code(0);
    let (source, target) = (play.source.url(), play.target.url());
    let content = query(&source, CONTENT);
    assert_eq!(content.len(), 65);
    assert_eq!(content, query(&target, CONTENT));
    assert_eq!(value(&target, "select length(lo_get(picture)) from papers where id = 101"), "10200000");
    // Holes stay holes.
    let pages = "select count(*), max(pageno) from pg_largeobject";
    assert_eq!(query(&target, pages), query(&source, pages));
    play.refresh().assert_code(0);
    let report = play.report();
    assert_eq!(
        (&report["large_objects"]["count"], &report["large_objects"]["treatment"]),
        (&65.into(), &"keep".into())
    );
    assert!(!report["left_out"].to_string().contains("LARGE OBJECT"));
}

#[test]
fn masked_large_objects_hold_nothing_of_the_source_s() {
    let play = play(&with("\"bytes\""));
    let mut last = None;
    for _ in 0..2 {
        play.refresh().assert_code(0);
        let (source, target) = (play.source.url(), play.target.url());
        let (before, after) = (query(&source, CONTENT), query(&target, CONTENT));
        assert_eq!(before.len(), after.len());
        // Every run gives the same.
        assert!(last.is_none_or(|last| last == after));
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before[0], after[0]);
            let empty = before[1].as_deref() == Some("0");
            assert!(empty == (before[2] == after[2]), "{before:?} {after:?}");
        }
        assert_eq!(value(&target, "select length(lo_get(70000))"), "1048576");
        let leak = "select count(*) from pg_largeobject where position('canary'::bytea in data) > 0";
        assert_eq!(value(&source, leak), "60");
        assert_eq!(value(&target, leak), "0");
        assert_eq!(play.report()["large_objects"]["with"], "bytes");
        last = Some(after);
    }
}

#[test]
fn a_mask_that_can_not_be_for_large_objects_is_refused_before_a_row_is_read() {
    let play = play(RULES);
    for (rule, words) in [
        ("\"email\"", "`email` can't mask"),
        ("\"null\"", "can't be NULL"),
        ("\"all\"", "there is no transformer `all`"),
        ("{ remake = \"1\" }", "remake"),
        ("{ with = \"bytes\", by = \"owner\" }", "`owner`"),
        ("{ with = \"bytes\", max = 0 }", "`max`"),
        ("7", "a rule is a string or a table"),
    ] {
        play.write_rules(&with(rule));
        play.refresh().assert_code(3).assert_says(&[words]);
    }
}
