//! The laws, checked on what a refresh made of every pair.

use super::kind::TRACES;
use super::pair::{Pair, ROWS, SIBLINGS, pairs, types};
use crate::support::{Database, Fixture, Play, execute, query};
use masque::transform::{ALL, Length};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

/// One column of a table, before and after.
type Cells = Vec<(Option<String>, Option<String>)>;

fn statements(form: &str, name: &str, pairs: &[&Pair<'_>]) -> [String; 2] {
    let mut columns = String::from("id int4 primary key");
    let mut cells = String::from("n");
    if form == "text" {
        // A child of the other, so that both have one identity; `regclass` has no binary form.
        let _ = write!(columns, " references binary_{name}");
    }
    for (sibling, value) in SIBLINGS {
        let _ = write!(columns, ", {sibling} text");
        let _ = write!(cells, ", '{value}'");
    }
    if form == "text" {
        columns.push_str(", forced regclass");
        cells.push_str(", 'pg_class'::regclass");
    }
    for pair in pairs {
        let (at, kind, count) = (pair.on.place, pair.on.kind.name, pair.on.values.len());
        let _ = write!(columns, ", c_{at} {kind}, d_{at} {kind}");
        let ids: Vec<String> = pair.readable.iter().map(ToString::to_string).collect();
        // The last row of all is NULL.
        let cell = format!(
            "(select c from probe_{at} p where p.id = (n - 1) % {count} + 1 and p.id = any ('{{{}}}') and n < {ROWS})",
            ids.join(",")
        );
        let _ = write!(cells, ", {cell}, {cell}");
    }
    [
        format!("create table {form}_{name} ({columns})"),
        format!("insert into {form}_{name} select {cells} from generate_series(1, {ROWS}) n"),
    ]
}

fn rules(form: &str, name: &str, pairs: &[&Pair<'_>]) -> String {
    let mut rules = format!("\n[table.{form}_{name}]\n");
    if form == "text" {
        rules.push_str("forced = \"keep\"\n");
    } else {
        rules.push_str("id = \"keep\"\n");
    }
    for (sibling, _) in SIBLINGS {
        let _ = writeln!(rules, "{sibling} = {{ with = \"keep\", reason = \"the same in every row\" }}");
    }
    for pair in pairs {
        let _ = writeln!(rules, "c_{0} = {1}\nd_{0} = {1}", pair.on.place, pair.rule);
    }
    rules
}

/// Each column of each table by its name, before and after.
fn cells(play: &Play, tables: &[(String, Vec<String>)]) -> HashMap<String, BTreeMap<String, Cells>> {
    // One session: to open one takes longer than to read a table.
    let all = tables.iter().map(|(table, _)| format!("; select '{table}', t.* from {table} t order by id"));
    let sql = format!("set timezone = 'UTC'{}", all.collect::<String>());
    let (before, after) = (query(&play.source.url(), &sql), query(&play.target.url(), &sql));
    let mut rows = before.into_iter().zip(after);
    let mut found = HashMap::new();
    for (table, names) in tables {
        let mut columns: BTreeMap<String, Cells> = BTreeMap::new();
        for (one, two) in rows.by_ref().take(ROWS) {
            assert_eq!((one[0].as_ref(), two[0].as_ref()), (Some(table), Some(table)), "rows came or went");
            for ((name, one), two) in names.iter().zip(one.into_iter().skip(1)).zip(two.into_iter().skip(1)) {
                columns.entry(name.clone()).or_default().push((one, two));
            }
        }
        found.insert(table.clone(), columns);
    }
    assert_eq!(rows.count(), 0);
    found
}

/// The columns of a table in their order.
fn names(form: &str, pairs: &[&Pair<'_>]) -> Vec<String> {
    let siblings = SIBLINGS.iter().map(|(name, _)| (*name).to_owned());
    let forced = (form == "text").then(|| String::from("forced"));
    let cells = pairs.iter().flat_map(|pair| ["c", "d"].map(|letter| format!("{letter}_{}", pair.on.place)));
    [String::from("id")].into_iter().chain(siblings).chain(forced).chain(cells).collect()
}

/// What of the laws a pair's column breaks.
fn broken(pair: &Pair<'_>, cells: &Cells) -> Vec<String> {
    let promises = pair.with.promises();
    let mut said = Vec::new();
    let (mut outputs, mut inputs) = (HashMap::new(), HashMap::new());
    for (input, output) in cells {
        let (Some(input), Some(output)) = (input, output) else {
            if input.is_some() != output.is_some() {
                said.push(format!("NULL came or went: {input:?} → {output:?}"));
            }
            continue;
        };
        let is_char = pair.on.kind.name.starts_with("char(");
        let plain = |text: &String| if is_char { text.trim_end().to_owned() } else { text.clone() };
        let (input, output) = (plain(input), plain(output));
        if promises.length == Length::Kept
            && input.chars().count() != output.chars().count()
            && pair.on.is_text()
        {
            said.push(format!("a length changed: {input:?} → {output:?}"));
        }
        let lower = output.to_lowercase();
        if promises.reveals.is_none() && TRACES.iter().any(|trace| lower.contains(trace)) {
            said.push(format!("the input shows: {output:?}"));
        }
        if promises.consistent && pair.by_value {
            let first = outputs.entry(input.clone()).or_insert_with(|| output.clone());
            if *first != output {
                said.push(format!("{input:?} became {first:?} and {output:?}"));
            }
        }
        if promises.consistent && pair.injective && pair.by_value && pair.on.is_exact() {
            let first = inputs.entry(output.clone()).or_insert_with(|| input.clone());
            if *first != input {
                said.push(format!("{first:?} and {input:?} became {output:?}"));
            }
        }
    }
    let (before, after): (HashSet<_>, HashSet<_>) = cells.iter().map(|(one, two)| (one, two)).unzip();
    if pair.injective && !promises.consistent && before.len() != after.len() {
        said.push(String::from("what was different became equal, or the other way round"));
    }
    said
}

#[test]
fn the_laws_hold_on_a_real_server_in_both_forms() {
    let source = Database::from(Fixture::Empty);
    let types = types(&source);
    let pairs = pairs(&types);
    let mut of: BTreeMap<&str, Vec<&Pair<'_>>> = BTreeMap::new();
    for pair in pairs.iter().filter(|pair| !pair.readable.is_empty()) {
        of.entry(pair.with.name()).or_default().push(pair);
    }
    let idle: Vec<_> = ALL.iter().map(|with| with.name()).filter(|name| !of.contains_key(name)).collect();
    assert_eq!(idle, [""; 0], "no type could be tried with these");
    let (mut sql, mut tables) = (Vec::new(), Vec::new());
    let mut written = String::from("masque = 1\n[rows]\n\"probe_*\" = \"none\"\n");
    for (name, pairs) in &of {
        let binary: Vec<_> = pairs.iter().copied().filter(|pair| pair.binary).collect();
        for (form, pairs) in [("binary", &binary), ("text", pairs)] {
            sql.extend(statements(form, name, pairs));
            written.push_str(&rules(form, name, pairs));
            tables.push((format!("{form}_{name}"), names(form, pairs)));
        }
    }
    execute(&source.url(), &sql.iter().map(String::as_str).collect::<Vec<_>>());
    let play = Play::new(source, &written);
    play.refresh().assert_code(0);
    let report = play.report();
    let mut wires = HashSet::new();
    for table in report["tables"].as_array().unwrap() {
        let (table, wire) = (table["name"].as_str().unwrap(), table["wire"].as_str().unwrap());
        if let Some((form, _)) =
            table.trim_start_matches("public.").split_once('_').filter(|(form, _)| *form != "probe")
        {
            assert_eq!(form, wire, "{table}");
            wires.insert(wire.to_owned());
        }
    }
    assert_eq!(wires.len(), 2);
    let cells = cells(&play, &tables);
    let (mut said, mut tried) = (Vec::new(), 0);
    for (name, pairs) in &of {
        let (binary, text) = (&cells[&format!("binary_{name}")], &cells[&format!("text_{name}")]);
        for pair in pairs {
            let column = |letter: &str| format!("{letter}_{}", pair.on.place);
            let mut problems = broken(pair, &text[&column("c")]);
            if pair.with.promises().consistent {
                let same = [binary.get(&column("c")), binary.get(&column("d")), text.get(&column("d"))];
                if same.into_iter().flatten().any(|cells| *cells != text[&column("c")]) {
                    problems.push(String::from("two columns of the same values differ"));
                }
            } else {
                problems
                    .extend(binary.get(&column("c")).map(|cells| broken(pair, cells)).unwrap_or_default());
            }
            tried += pair.readable.len();
            said.extend(
                problems.into_iter().map(|why| format!("{} on {}: {why}", pair.rule, pair.on.kind.name)),
            );
        }
    }
    assert!(said.is_empty(), "{} laws are broken\n{}", said.len(), said.join("\n"));
    assert!(tried > 20 * ALL.len(), "only {tried} values");
}
