//! Names of firms, by the legal form that they end with. Where a table has them its addresses and
//! telephones are of firms.

/// Legal forms without their points, and what firms call themselves. Germany, Austria, Switzerland, France, Spain,
/// Italy, Portugal, Brazil, the Netherlands, Belgium, Poland, the Nordic countries, Great Britain, the United States.
const FORMS: &[&str] = &[
    "gmbh",
    "mbh",
    "ag",
    "kg",
    "kgaa",
    "ug",
    "ohg",
    "gbr",
    "ek",
    "ev",
    "eg",
    "se",
    "ltd",
    "limited",
    "llc",
    "llp",
    "lp",
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "co",
    "company",
    "plc",
    "pty",
    "group",
    "holding",
    "holdings",
    "partners",
    "associates",
    "sons",
    "bros",
    "sa",
    "sas",
    "sarl",
    "eurl",
    "sasu",
    "sci",
    "snc",
    "scop",
    "sl",
    "slu",
    "sll",
    "slp",
    "srl",
    "srls",
    "spa",
    "sapa",
    "sc",
    "scarl",
    "coop",
    "cooperativa",
    "lda",
    "ltda",
    "unipessoal",
    "me",
    "epp",
    "eireli",
    "mei",
    "bv",
    "nv",
    "vof",
    "cv",
    "sprl",
    "bvba",
    "spj",
    "spk",
    "zoo",
    "ab",
    "oy",
    "as",
    "aps",
    "cie",
    "gruppe",
];

/// Whether it ends as the names of firms do.
pub(super) fn is_firm(value: &str) -> bool {
    let words: Vec<&str> = value.split_whitespace().filter(|word| letters(word).next().is_some()).collect();
    let Some((_, rest)) = words.split_first() else { return false };
    // `Sp. z o.o.` and `S. A.` are written in several words.
    let ends = (1..=3).filter_map(|count| rest.get(rest.len().checked_sub(count)?..));
    ends.map(|end| end.iter().flat_map(|word| letters(word)).collect::<String>())
        .any(|end| FORMS.contains(&end.as_str()))
        || rest.iter().any(|word| letters(word).eq("gmbh".chars()))
}

/// A word in small letters, without points and the like.
fn letters(word: &str) -> impl Iterator<Item = char> {
    word.chars().filter(|c| !matches!(c, '.' | ',' | '&' | '(' | ')')).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn firms_are_known_by_their_legal_form() {
        for value in [
            "Stadtwerke Nord GmbH",
            "Müller & Söhne GmbH & Co. KG",
            "Enel Energia S.p.A.",
            "Kowalski Sp. z o.o.",
            "Nowak Transport sp. k.",
            "Baker, Inc.",
            "Dupont et Cie",
            "Acme Ltd.",
        ] {
            assert!(is_firm(value), "{value}");
        }
        for value in ["Giovanni Rossi", "GmbH", "Ltd", "Hotel Post", "Spa Resort", "", "a"] {
            assert!(!is_firm(value), "{value}");
        }
    }
}
