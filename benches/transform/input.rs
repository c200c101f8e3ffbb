//! Rules and inputs: each transformer's own example, and for those a person meets most often as many
//! different values as there are rows, so that nothing is fast for having been seen before.

use masque::transform::Transformer;
use std::fmt::Write as _;

const FIRST: [&str; 8] = ["Ann", "Björn", "CARLOS", "dora", "Mary-Jane", "Élise", "Zoltán", "Li"];
const LAST: [&str; 8] =
    ["Smith", "O'NEILL", "García López", "müller", "de la Cruz", "Ng", "Kowalski", "Öztürk"];

/// The input of a row, in text form.
pub(crate) fn of(transformer: &dyn Transformer, row: u64) -> String {
    let at = |list: [&'static str; 8], by: u64| {
        usize::try_from(row / by % 8).ok().and_then(|place| list.get(place)).copied().unwrap_or_default()
    };
    let (first, last) = (at(FIRST, 1), at(LAST, 8));
    // Any odd factor visits every number once.
    let scattered = row.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    match transformer.name() {
        "first_name" => format!("{first}{row}"),
        "last_name" | "city" | "company" => format!("{last}{row}"),
        "full_name" => format!("{first} {last}{row}"),
        "username" => format!("{}{row}", first.to_lowercase()),
        "email" => match row % 4 {
            0 => format!("{row}@corp{}.example", row % 9),
            1 => format!("Ann.{row}@Example.com"),
            2 => format!("mary.jane.o-neill+{row}@mail.some-company.example"),
            _ => format!("ann{row}@corp.example"),
        },
        "phone" => match row % 4 {
            0 => format!("+1 (415) {:03}-{:04}", 200 + row % 800, scattered % 10_000),
            1 => format!("+49 30 {:08}", scattered % 100_000_000),
            2 => format!("020 7946 {:04}", scattered % 10_000),
            _ => format!("+33{:09}", 100_000_000 + scattered % 100_000_000),
        },
        "integer" => (1 + scattered % 999_999).to_string(),
        "uuid" => {
            let mut text = format!("{scattered:08x}");
            text.truncate(8);
            let _ = write!(
                text,
                "-{:04x}-4{:03x}-8{:03x}-{scattered:012.12x}",
                row & 0xffff,
                row & 0xfff,
                row & 0xfff
            );
            text.truncate(36);
            text
        }
        "date_shift" | "date" => format!("{}-{:02}-{:02}", 1930 + row % 90, 1 + row % 12, 1 + row % 28),
        "street" => format!("{row} {last} Street"),
        _ => transformer.example().input.to_owned(),
    }
}

const BY: &str = "by = \"id\"";

/// The rule with `by`, whether it had one or not.
pub(crate) fn with_by(rule: &str) -> String {
    if rule.contains(BY) {
        return rule.to_owned();
    }
    match rule.strip_suffix('}') {
        Some(open) => format!("{}, {BY} }}", open.trim_end()),
        None => format!("{{ with = {rule}, {BY} }}"),
    }
}

/// The rule without `by`.
pub(crate) fn without_by(rule: &str) -> String {
    rule.replace(&format!(", {BY}"), "")
}
