//! Closed lists that say what somebody is: sex, marital state, blood. In a table about
//! people a column of such words is known by the words, in any language of the names.

use std::collections::BTreeSet;

/// What a list of words is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trait {
    Sex,
    Marriage,
    Blood,
}

impl Trait {
    /// In the singular, for the comment.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Sex => "sexes",
            Self::Marriage => "marital states",
            Self::Blood => "blood groups",
        }
    }
}

/// Sexes and genders, in words and in how people are addressed; two of them make a list.
const SEXES: [&str; 65] = [
    "male",
    "female",
    "man",
    "woman",
    "boy",
    "girl",
    "nonbinary",
    "non-binary",
    "diverse",
    "mann",
    "frau",
    "männlich",
    "maennlich",
    "weiblich",
    "divers",
    "homme",
    "femme",
    "masculin",
    "féminin",
    "feminin",
    "hombre",
    "mujer",
    "masculino",
    "femenino",
    "feminino",
    "varón",
    "varon",
    "hembra",
    "uomo",
    "donna",
    "maschio",
    "femmina",
    "maschile",
    "femminile",
    "homem",
    "mulher",
    "vrouw",
    "vrouwelijk",
    "mannelijk",
    "kobieta",
    "mężczyzna",
    "mezczyzna",
    "m",
    "f",
    "herr",
    "herrn",
    "mr",
    "mr.",
    "mrs",
    "mrs.",
    "ms",
    "ms.",
    "miss",
    "m.",
    "mme",
    "mlle",
    "monsieur",
    "madame",
    "sr.",
    "sra.",
    "sig.",
    "sig.ra",
    "dhr.",
    "mevr.",
    "mw.",
];

/// Pairs of letters for the sexes, by language; more letters may stand beside.
const LETTERS: [[&str; 2]; 5] = [["m", "f"], ["m", "w"], ["h", "m"], ["m", "v"], ["k", "m"]];

/// Beginnings of marital states.
const MARRIAGES: [&str; 40] = [
    "single",
    "married",
    "divorced",
    "widow",
    "separated",
    "cohabit",
    "unmarried",
    "ledig",
    "verheiratet",
    "geschieden",
    "verwitwet",
    "getrennt",
    "célibataire",
    "celibataire",
    "marié",
    "marie",
    "divorcé",
    "divorce",
    "veuf",
    "veuve",
    "pacsé",
    "solter",
    "casad",
    "divorciad",
    "viud",
    "unión libre",
    "union libre",
    "separad",
    "celibe",
    "nubile",
    "coniugat",
    "sposat",
    "divorziat",
    "vedov",
    "solteir",
    "viúv",
    "gehuwd",
    "ongehuwd",
    "zamężna",
    "rozwiedzi",
];

/// What the different values of a column are, where all of them are of one list.
pub(super) fn find(different: &[&str]) -> Option<Trait> {
    let values: BTreeSet<String> = different.iter().map(|value| value.trim().to_lowercase()).collect();
    if !(2..=12).contains(&values.len()) {
        return None;
    }
    let most = |is: &dyn Fn(&String) -> bool| {
        let count = values.iter().filter(|value| is(value)).count();
        count >= 2 && count * 10 >= values.len() * 6
    };
    let letters = values.len() <= 4 && values.iter().all(|value| value.chars().count() == 1);
    if letters && LETTERS.iter().any(|pair| pair.iter().all(|letter| values.contains(*letter)))
        || most(&|value| value.chars().count() > 1 && SEXES.contains(&value.as_str()))
    {
        return Some(Trait::Sex);
    }
    if most(&|value| MARRIAGES.iter().any(|begin| value.starts_with(begin))) {
        return Some(Trait::Marriage);
    }
    most(&|value| is_blood(value)).then_some(Trait::Blood)
}

/// `0+`, `AB-`, `o rh+`.
fn is_blood(value: &str) -> bool {
    let Some(group) = value.strip_suffix(['+', '-']) else { return false };
    matches!(group.trim_end_matches("rh").trim(), "a" | "b" | "ab" | "o" | "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_known_by_their_words() {
        assert_eq!(find(&["M", "F"]), Some(Trait::Sex));
        assert_eq!(find(&["weiblich", "männlich", "divers"]), Some(Trait::Sex));
        assert_eq!(find(&["Casado(a)", "Soltero(a)", "Unión libre"]), Some(Trait::Marriage));
        assert_eq!(find(&["Frau", "Herr"]), Some(Trait::Sex));
        assert_eq!(find(&["A+", "O-", "AB+", ""]), Some(Trait::Blood));
        assert_eq!(find(&["Y", "N"]), None);
        assert_eq!(find(&["draft", "posted"]), None);
        assert_eq!(find(&["F"]), None);
    }
}
