//! `domain_name`: a host name that nobody has.
//!
//! `word-token.test`, with `www` or another branch before it where the input has one.
//! The token is 80 bits of the value's digest, so that names stay distinct; the ending
//! is `test` (RFC 2606: never in the DNS) or the `host` of the rule. On a short column
//! words are left out, never token. `url` gives its hosts the same names. The empty
//! text stays empty.

use super::email::is_host;
use super::fit::Fit;
use super::handle::{Handle, Style};
use super::web::{self, HOSTS, SUFFIX};
use super::{Binding, Bound, Capacity, Example, Folding, Masker, Param, ParamKind, Params, Promises, Seed};
use super::{Transformer, wrong};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::DataType;
use crate::secret::DomainKey;

/// The longest ending that leaves room for the rest in the 253 characters of a name.
const LONGEST: usize = 200;

/// See the module.
pub(super) struct DomainName;

impl Transformer for DomainName {
    fn name(&self) -> &'static str {
        "domain_name"
    }

    fn summary(&self) -> &'static str {
        "Invent a host name that stays distinct and is in no DNS"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[Param::optional(
            "host",
            ParamKind::Text,
            SUFFIX,
            "what invented names end in, such as corp.example",
        )];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text()
    }

    fn promises(&self) -> Promises {
        Promises::USUAL
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Random { bits: 80.0 }
    }

    fn example(&self) -> Example {
        Example { rule: "\"domain_name\"", data_type: "text", input: "www.initech.com" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let suffix = params.text("host").unwrap_or(SUFFIX).to_lowercase();
        if !is_host(&suffix) || suffix.len() > LONGEST {
            return Err(wrong(params, "host", format!("`{suffix}` is no ending of a host name"))
                .help("write it without a dot before it, such as \"corp.example\""));
        }
        let needed = web::least(&suffix);
        if at.data_type.max_chars().is_some_and(|room| room < needed) {
            let name = &at.data_type.name;
            let problem = format!("a distinct host name needs `varchar({needed})`, the column is `{name}`");
            return Err(Diagnostic::error(problem).help("use `letters`, which keeps the length"));
        }
        let seed = at.seed(HOSTS, Folding::Lower)?;
        let case = seed.key().purpose("case");
        Ok(Bound::cell(Named { seed, case, suffix }))
    }
}

struct Named {
    seed: Seed,
    case: DomainKey,
    suffix: String,
}

impl Masker for Named {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let text = value.text()?;
        if text.is_empty() {
            out.keep(value);
            return Ok(());
        }
        // The value's own digest, whoever the row is about: two hosts of one firm stay two.
        let digest = self.seed.value_digest(value)?;
        let fit = Fit::new(out);
        let room = fit.room().min(253);
        let mut handle = Handle::new(fit, Style::of(text, &self.case));
        web::push_host(&mut handle, text, &digest, &self.suffix, room);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;

    #[test]
    fn a_name_has_a_word_a_token_and_an_ending() {
        let masked = Trial::of(r#""domain_name""#).text("initech.com");
        let (word, rest) = masked.split_once('-').unwrap();
        assert!(!word.is_empty() && rest.get(16..) == Some(".test"), "{masked}");
        assert!(Trial::of(r#""domain_name""#).text("www.initech.com").starts_with("www."));
        assert_eq!(Trial::of(r#""domain_name""#).text("mail.initech.com").matches('.').count(), 2);
        let own = Trial::of(r#"{ with = "domain_name", host = "Corp.Example" }"#).text("initech.com");
        assert!(own.ends_with(".corp.example"), "{own}");
    }

    #[test]
    fn case_variants_stay_case_variants_and_distinct() {
        let masked = |input: &str| Trial::of(r#""domain_name""#).text(input);
        let all: std::collections::HashSet<_> =
            ["a.com", "A.COM", "A.Com", "a.Com"].iter().map(|input| masked(input)).collect();
        assert_eq!(all.len(), 4);
        assert!(all.iter().all(|name| name.eq_ignore_ascii_case(&masked("a.com"))));
    }

    #[test]
    fn a_column_too_short_for_the_token_is_refused() {
        assert_eq!(Trial::of(r#""domain_name""#).on("varchar(21)").text("initech.com").len(), 21);
        let refused = Trial::of(r#""domain_name""#).on("varchar(20)").bind().err().unwrap();
        assert!(refused.message.contains("varchar(21)"), "{}", refused.message);
        assert!(Trial::of(r#"{ with = "domain_name", host = "no host" }"#).bind().is_err());
    }
}
