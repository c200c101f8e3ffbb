//! `email`: a realistic address nobody reads.
//!
//! `first.last.token@host`: the words are the row's invented person's, in ASCII;
//! the token is 80 bits of the value's digest in base32 (RFC 4648's alphabet in
//! lower case), so that addresses stay distinct and every copy of one address is
//! the same. On a short column words are left out, never token. The host is
//! `example.test` (RFC 2606: never in the DNS) unless the rule says another.
//! A text that is no address gets one all the same; the empty text stays empty.

use super::fit::Fit;
use super::handle::{Handle, TOKEN, address_styles};
use super::person::{self, People};
use super::{Binding, Bound, Capacity, Example, Folding, Masker, Param, ParamKind, Params, Promises, Seed};
use super::{Transformer, locale};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::DataType;
use crate::secret::{DomainKey, scale};

const HOST: &str = "example.test";

/// The longest local part of RFC 5321.
const LONGEST_LOCAL: usize = 64;

/// See the module.
pub(super) struct Email;

impl Transformer for Email {
    fn name(&self) -> &'static str {
        "email"
    }

    fn summary(&self) -> &'static str {
        "Invent an e-mail address that stays distinct and is never delivered"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[
            Param::optional(
                "host",
                ParamKind::TextList,
                HOST,
                "the host, a list to choose from, or \"keep\" for the address's own",
            ),
            locale::PARAM,
            person::GENDER,
        ];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text()
    }

    fn promises(&self) -> Promises {
        Promises { reveals: Some("the host, with host = \"keep\""), ..Promises::USUAL }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Random { bits: 80.0 }
    }

    fn follows_by(&self) -> bool {
        false
    }

    fn example(&self) -> Example {
        Example { rule: "{ with = \"email\", by = \"id\" }", data_type: "text", input: "ann@corp.example" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let written = params.texts("host");
        let hosts = match written.as_slice() {
            [] => Hosts::One(HOST.to_owned()),
            ["keep"] => Hosts::Keep,
            list => {
                if let Some(bad) = list.iter().find(|host| !is_host(host)) {
                    return Err(super::wrong(params, "host", format!("`{bad}` is no host name")));
                }
                Hosts::List(list.iter().map(|host| host.to_lowercase()).collect())
            }
        };
        let longest = match &hosts {
            Hosts::One(host) => host.len(),
            Hosts::Keep => HOST.len(),
            Hosts::List(list) => list.iter().map(|host| host.chars().count()).max().unwrap_or(0),
        };
        let needed = TOKEN + 1 + longest;
        if at.data_type.max_chars().is_some_and(|room| room < needed) {
            let name = &at.data_type.name;
            let problem =
                format!("a distinct e-mail address needs `varchar({needed})`, the column is `{name}`");
            return Err(Diagnostic::error(problem)
                .help("use `letters`, which keeps the length, or a shorter `host` such as \"x.test\""));
        }
        let people = People::bind(at, params)?;
        let seed = at.seed("email", Folding::Lower)?;
        let case = seed.key().purpose("case");
        Ok(Bound::cell(Address { people, seed, case, hosts }))
    }
}

enum Hosts {
    One(String),
    Keep,
    List(Vec<String>),
}

struct Address {
    people: People,
    seed: Seed,
    case: DomainKey,
    hosts: Hosts,
}

impl Masker for Address {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let text = value.text()?;
        if text.is_empty() {
            out.keep(value);
            return Ok(());
        }
        let (token, whose) = self.seed.both(value, row)?;
        let words = self.people.plain(&whose, row);
        let fit = Fit::new(out);
        let room = fit.room();
        let (host, kept) = match &self.hosts {
            Hosts::One(host) => (host.as_str(), false),
            Hosts::List(list) => {
                let place = usize::try_from(scale(token.get(26..).unwrap_or_default(), list.len() as u64));
                (place.ok().and_then(|place| list.get(place)).map_or(HOST, String::as_str), false)
            }
            Hosts::Keep => match text.rsplit_once('@') {
                Some((_, host)) if is_host(host) && TOKEN + 1 + host.chars().count() <= room => (host, true),
                _ => (HOST, false),
            },
        };
        let host_length = if host.is_ascii() { host.len() } else { host.chars().count() };
        let most = (room - TOKEN - 1 - host_length).min(LONGEST_LOCAL - TOKEN);
        let (local_style, host_style) = address_styles(text, &self.case);
        let mut handle = Handle::new(fit, local_style);
        handle.push_name(words, b'.', most, &token, TOKEN);
        handle.push('@');
        handle.restyle(host_style);
        if kept {
            handle.push_as_is(host);
        } else {
            handle.push_str(host);
        }
        Ok(())
    }
}

/// Whether it is made as host names are: of letters, digits, dots and dashes, and
/// short. Anything else is not kept, for it may be a person's words.
pub(super) fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 253
        && !text.starts_with(['.', '-'])
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;

    fn masked(input: &str) -> String {
        Trial::of(r#""email""#).text(input)
    }

    #[test]
    fn an_address_becomes_first_last_token_at_example_test() {
        let masked = masked("bob@corp.com");
        let (local, host) = masked.split_once('@').unwrap();
        assert_eq!(host, "example.test");
        let parts: Vec<_> = local.split('.').collect();
        assert_eq!((parts.len(), parts[2].len()), (3, 16), "{masked}");
        assert!(local.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.'));
    }

    #[test]
    fn local_part_and_host_have_a_style_each() {
        let masked = masked("MARY.SMITH@corp.com");
        let (local, host) = masked.split_once('@').unwrap();
        assert!(host == "example.test" && !local.bytes().any(|b| b.is_ascii_lowercase()), "{masked}");
    }

    #[test]
    fn case_variants_stay_case_variants_and_distinct() {
        let variants = ["bob@corp.com", "Bob@Corp.Com", "BOB@CORP.COM", "bOb@corp.com", "boB@corp.com"];
        let out: std::collections::HashSet<_> = variants.iter().map(|v| masked(v)).collect();
        assert_eq!(out.len(), variants.len());
        assert!(out.iter().all(|o| o.eq_ignore_ascii_case(&masked("bob@corp.com"))));
    }

    #[test]
    fn two_addresses_of_one_person_share_the_words_only() {
        let of = |input: &str| {
            Trial::of(r#"{ with = "email", by = "id" }"#).sibling("id", "int4", Some(b"7")).text(input)
        };
        let (work, home) = (of("bob@corp.com"), of("bob@home.org"));
        assert_ne!(work, home);
        let words = |text: &str| text.rsplit_once('.').unwrap().0.rsplit_once('.').unwrap().0.to_owned();
        assert_eq!(words(&work), words(&home));
    }

    #[test]
    fn a_short_column_loses_words_and_a_shorter_one_is_refused() {
        let short = Trial::of(r#""email""#).on("varchar(29)").text("bob@corp.com");
        assert_eq!(short.find('@'), Some(16));
        let refused = Trial::of(r#""email""#).on("varchar(28)").bind().err().unwrap();
        assert!(refused.message.contains("varchar(29)"), "{}", refused.message);
    }

    #[test]
    fn a_kept_host_is_kept_only_if_it_is_one() {
        let keep = |input: &str| Trial::of(r#"{ with = "email", host = "keep" }"#).text(input);
        assert!(keep("bob@corp.com").ends_with("@corp.com"));
        assert!(keep("bob@call me, bob").ends_with("@example.test"));
        assert!(keep("no address").ends_with("@example.test"));
    }

    #[test]
    fn hosts_of_a_list_are_all_used() {
        let trial = Trial::of(r#"{ with = "email", host = ["a.test", "b.test"] }"#);
        let ends = |end: &str| (0..40).any(|n| trial.text(&format!("{n}@x")).ends_with(end));
        assert!(ends("@a.test") && ends("@b.test"));
        assert!(Trial::of(r#"{ with = "email", host = ["no host"] }"#).bind().is_err());
    }

    #[test]
    fn a_locale_without_latin_letters_still_gets_an_ascii_address() {
        let masked = Trial::of(r#"{ with = "email", locale = "ja_JP" }"#).text("x@y");
        assert!(masked.is_ascii() && masked.matches('.').count() == 3, "{masked}");
    }
}
