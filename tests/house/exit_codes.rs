//! The README's table of exit codes is that of the program.

use super::read;
use masque::error::Kind;
use std::collections::BTreeMap;

const KINDS: [Kind; 9] = [
    Kind::Internal,
    Kind::Usage,
    Kind::Rules,
    Kind::Verify,
    Kind::Source,
    Kind::Target,
    Kind::Guard,
    Kind::Interrupted,
    Kind::Terminated,
];

/// The kind as the README calls it. A new kind does not compile here: add it above as well.
fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Internal => "internal",
        Kind::Usage => "usage",
        Kind::Rules => "rules",
        Kind::Verify => "verify",
        Kind::Source => "source",
        Kind::Target => "target",
        Kind::Guard => "guard",
        Kind::Interrupted => "interrupted",
        Kind::Terminated => "terminated",
    }
}

/// Code and kind of each row; a row may hold several (`6 / 7 | source / target`), or several codes of one kind.
fn table(readme: &str) -> BTreeMap<u8, String> {
    let mut codes = BTreeMap::new();
    for line in readme.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(|cell| cell.replace('`', "")).collect();
        let [numbers, kinds, ..] = cells.as_slice() else { continue };
        let parts =
            |cell: &str| cell.split(['/', ',']).map(|part| part.trim().to_owned()).collect::<Vec<_>>();
        let (numbers, kinds) = (parts(numbers), parts(kinds));
        for (at, number) in numbers.iter().enumerate() {
            if let (Ok(code), Some(kind)) = (number.parse(), kinds.get(at).or(kinds.last())) {
                codes.insert(code, kind.clone());
            }
        }
    }
    codes
}

fn offences(readme: &str) -> Vec<String> {
    let mut table = table(readme);
    let mut offences = Vec::new();
    if table.remove(&0).is_none() {
        offences.push("the table of exit codes has no 0".to_owned());
    }
    for kind in KINDS {
        let code = kind.exit_code();
        match table.remove(&code) {
            None => offences.push(format!("{code} ({}) is missing", word(kind))),
            // SIGINT and SIGTERM may share a row.
            Some(written) if written == word(kind) || (code == 143 && written == "interrupted") => {}
            Some(written) => offences.push(format!("{code} is `{}`, not `{written}`", word(kind))),
        }
    }
    offences.extend(table.keys().map(|code| format!("{code} is no exit code of masque")));
    offences
}

#[test]
fn the_readme_s_exit_codes_are_those_of_the_program() {
    super::assert_none(&offences(&read("README.md")));
}

#[test]
fn a_wrong_a_missing_and_an_invented_code_are_found() {
    let good = "| 0 | | |\n| 1 | internal | a |\n| 2 | usage |\n| `3` | rules |\n| 4 | verify |\n\
        | 6 / 7 | source / target |\n| 8 | guard |\n| 130, 143 | interrupted |\n";
    assert_eq!(offences(good), Vec::<String>::new());
    assert_eq!(offences(&good.replace("| 2 | usage", "| 9 | usage")).len(), 2);
    assert_eq!(offences(&good.replace("source / target", "target / source")).len(), 2);
}
