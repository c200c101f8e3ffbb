//! Firms: their names have a legal form, at the end or inside, as the law of most countries asks. What has
//! the address of a firm has nobody's.

use super::person::{Seen, is_among};
use crate::rules::{Detector, Kind};

/// Legal forms in small letters, without dots and spaces: of Germany, Austria and Switzerland, France,
/// Italy, Spain, Portugal, Brazil, the Netherlands and Belgium, Poland, and of English law.
const FORMS: [&str; 41] = [
    "gmbh",
    "ggmbh",
    "ag",
    "kg",
    "ohg",
    "gbr",
    "ek",
    "ev",
    "eg",
    "kgaa",
    "ug",
    "vvag",
    "mbh",
    "sa",
    "sas",
    "sasu",
    "sarl",
    "eurl",
    "srl",
    "srls",
    "spa",
    "snc",
    "scarl",
    "sl",
    "slu",
    "sau",
    "lda",
    "ltda",
    "eireli",
    "bv",
    "nv",
    "vof",
    "zoo",
    "ltd",
    "limited",
    "llc",
    "llp",
    "plc",
    "inc",
    "corp",
    "corporation",
];

/// Whether a text of several words has a legal form in it, behind the first.
pub(super) fn is_firm(value: &str) -> bool {
    let words = value.split([' ', '-', ',', '&']).map(|word| word.replace('.', "").to_lowercase());
    let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    let is = |word: &String| FORMS.contains(&word.as_str());
    words.len() <= 10
        && words.iter().skip(1).any(is)
        // `Sp. z o.o.`, `S. A.` and the like come in pieces.
        || words.windows(2).skip(1).any(|pair| FORMS.contains(&pair.concat().as_str()))
}

/// Whether the rows of a table are firms: by what it is called, unless the names in it are people's, or by
/// names with legal forms, unless it is of people.
pub(super) fn is_of_firms(
    detector: &Detector,
    table: &[String],
    kinds: &[Option<&Kind>],
    names: &[Vec<String>],
    seen: Seen,
) -> bool {
    let has = |wanted: &str| kinds.iter().flatten().any(|kind| kind.name == wanted);
    let last = table.last().map(String::as_str).unwrap_or_default();
    if seen.births || has("date of birth") {
        return false;
    }
    // A supplier has somebody to ask for, and a name of its own.
    let calls_somebody =
        |kind: &&Kind| (kind.mask.ends_with("_name") || kind.mask == "username") && kind.name != "name";
    let of_people = kinds.iter().flatten().any(calls_somebody);
    let supplies = is_among(detector, "firms", last) && !is_among(detector, "roles", last);
    if supplies && (has("name") || has("company") || !of_people && !seen.whole) {
        return !seen.whole || of_people;
    }
    let titled = |column: usize| {
        let kind = kinds.get(column).copied().flatten();
        let name = names.get(column).map(|name| detector.spelled(name)).unwrap_or_default();
        let last = name.last().map(|last| last.trim_end_matches(char::is_numeric));
        kind.is_some_and(|kind| matches!(kind.name.as_str(), "name" | "company"))
            || last.is_some_and(|last| detector.has("titles", last))
    };
    !of_people && !seen.whole && !is_among(detector, "people", last) && seen.firms.is_some_and(titled)
}

#[cfg(test)]
mod tests {
    use super::is_firm;

    #[test]
    fn firms_are_known_by_their_legal_form() {
        for firm in [
            "Autohaus Krüger GmbH",
            "Allianz Versicherungs-AG",
            "Forniture Rossi S.r.l.",
            "Hurtownia Lis Sp. z o.o.",
            "Bakker & Zn. B.V.",
            "Talleres Gil, S.L.",
            "Acme Ltd.",
            "Comercial Souza LTDA",
            "Banque Nord S. A.",
        ] {
            assert!(is_firm(firm), "{firm}");
        }
        for other in ["Anna Krüger", "Sa Nguyen", "AG", "Marc Ug", "went to the spa", "Inc"] {
            assert_eq!(is_firm(other), other == "went to the spa" || other == "Marc Ug", "{other}");
        }
    }
}
