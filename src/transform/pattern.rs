//! `pattern`: strings of a pattern.
//!
//! The pattern is a mask (`AA-####`) or a regular expression with a greatest
//! length. All its strings are counted and in order (see `language`); one of them
//! becomes another by a keyed permutation of their places, so that distinct stays
//! distinct. Any other text is drawn by its keyed digest, and may meet others by
//! chance, or with `on_other = "refuse"` stops the run: then the whole is one to
//! one. The empty text stays empty. `by` does not matter.

use super::language::Language;
use super::{
    Binding, Bound, Capacity, Example, Masker, Param, ParamKind, Params, Promises, Transformer, wrong,
};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::DataType;
use crate::secret::{DomainKey, Permutation};

/// See the module.
pub(super) struct Pattern;

impl Transformer for Pattern {
    fn name(&self) -> &'static str {
        "pattern"
    }

    fn summary(&self) -> &'static str {
        "Replace a value by a string of a pattern"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[
            Param::optional(
                "pattern",
                ParamKind::Text,
                "",
                "a mask: `A` a capital letter, `a` a small one, `#` a digit, `*` either, `\\` before another",
            ),
            Param::optional(
                "regex",
                ParamKind::Text,
                "",
                "instead: a regular expression with a greatest length",
            ),
            Param::optional(
                "on_other",
                ParamKind::Word(&["draw", "refuse"]),
                "draw",
                "what happens to a value that is no string of the pattern",
            ),
        ];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text()
    }

    fn promises(&self) -> Promises {
        Promises::USUAL
    }

    fn capacity(&self, _: &DataType, params: &Params) -> Capacity {
        if params.text("on_other") == Some("refuse") {
            return Capacity::Injective;
        }
        match language(params) {
            #[expect(clippy::cast_precision_loss, reason = "an estimate")]
            Ok(language) => Capacity::Random { bits: (language.size() as f64).log2() },
            Err(_) => Capacity::Few,
        }
    }

    fn example(&self) -> Example {
        Example { rule: "{ with = \"pattern\", pattern = \"AA-####\" }", data_type: "text", input: "QX-4711" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let language = language(params)?;
        let longest = language.longest();
        let said = if params.get("regex").is_some() { "regex" } else { "pattern" };
        if let Some(room) = at.data_type.max_chars().filter(|room| *room < longest) {
            let problem = format!("strings of up to {longest} characters need `varchar({longest})`");
            return Err(wrong(params, said, problem).help(format!("the column has room for {room}")));
        }
        // Two columns agree where they have the same pattern.
        let key = at.key("pattern").purpose(params.text(said).unwrap_or_default());
        let places = key.permutation(language.size());
        Ok(Bound::cell(Strings { language, places, key, refuse: params.text("on_other") == Some("refuse") }))
    }
}

fn language(params: &Params) -> Result<Language, Diagnostic> {
    let (name, read) = match (params.text("pattern"), params.text("regex")) {
        (Some(mask), None) => ("pattern", Language::of_mask(mask)),
        (None, Some(regex)) => ("regex", Language::of_regex(regex)),
        (Some(_), Some(_)) => {
            return Err(wrong(params, "regex", "`pattern` and `regex` say the same thing; write one"));
        }
        (None, None) => {
            return Err(Diagnostic::error("`pattern` is not said what its strings look like")
                .help("write `pattern = \"AA-####\"` or `regex = '[A-Z]{2}-\\d{4}'`"));
        }
    };
    read.map_err(|problem| wrong(params, name, format!("the pattern can't be used: {problem}")))
}

struct Strings {
    language: Language,
    places: Permutation,
    key: DomainKey,
    refuse: bool,
}

impl Masker for Strings {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let text = value.text()?;
        let place = match self.language.rank(text) {
            Some(rank) => self.places.apply(rank),
            None if text.is_empty() => {
                out.keep(value);
                return Ok(());
            }
            None if self.refuse => return Err(Unreadable("not a string of the rule's pattern")),
            None => {
                // The rest of dividing 256 bits by the size, two bits at a time.
                let size = self.places.size();
                let digest = self.key.digest(text.as_bytes());
                let pairs =
                    digest.iter().flat_map(|byte| [byte >> 6, byte >> 4 & 3, byte >> 2 & 3, byte & 3]);
                pairs.fold(0, |rest, pair| (rest * 4 + u128::from(pair)) % size)
            }
        };
        self.language.write(place, out.text());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;
    use std::collections::HashSet;

    #[test]
    fn strings_of_the_pattern_are_permuted_one_to_one() {
        let rule = r#"{ with = "pattern", regex = "[A-F]{2}-\\d{3}|old[0-9]{2}", on_other = "refuse" }"#;
        let ready = Trial::of(rule).on("varchar(6)").bind().unwrap();
        let letters = || "ABCDEF".chars();
        let new = letters().flat_map(|a| letters().map(move |b| (a, b)));
        let new = new.flat_map(|(a, b)| (0..1000).map(move |n| format!("{a}{b}-{n:03}")));
        let all: HashSet<_> = new.chain((0..100).map(|n| format!("old{n:02}"))).collect();
        let masked: HashSet<_> = all.iter().map(|text| ready.text(text)).collect();
        assert_eq!((all.len(), &masked), (36_100, &all));
        assert!(ready.raw(b"XY-1").is_err());
    }

    #[test]
    fn any_other_text_is_drawn_and_always_the_same() {
        let ready = Trial::of(r#"{ with = "pattern", pattern = "AAa-##*" }"#).bind().unwrap();
        let seen: HashSet<_> = (0..200).map(|n| ready.text(&format!("customer {n}"))).collect();
        assert!(seen.len() > 195);
        assert!(seen.iter().all(|text| text.len() == 7 && text.as_bytes()[2].is_ascii_lowercase()));
        assert_eq!(ready.text("customer 1"), ready.text("customer 1"));
        assert_eq!(ready.text(""), "");
    }

    #[test]
    fn bad_patterns_are_refused_with_what_to_write() {
        let refused = |rule: &str| Trial::of(rule).on("varchar(5)").bind().err().unwrap();
        assert!(refused(r#""pattern""#).help.unwrap().contains("AA-####"));
        assert!(refused(r#"{ with = "pattern", pattern = "AA-####" }"#).message.contains("varchar(7)"));
        assert!(refused(r#"{ with = "pattern", regex = "a+" }"#).message.contains("{1,20}"));
        assert!(refused(r#"{ with = "pattern", regex = "a", pattern = "a" }"#).message.contains("write one"));
    }
}
