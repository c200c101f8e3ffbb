//! Encodings and collations.
//!
//! A refresh makes the build with the source's own encoding and collation, so what
//! the target database has today does not matter; what its server can make does.

use super::{Difference, Effect};
use crate::postgres::facts::{Facts, Locale};

fn difference(effect: Effect, name: &str, source: String, target: String) -> Difference {
    let (why, advice) = (String::new(), String::new());
    Difference { effect, topic: "locale", name: name.to_owned(), source, target, why, advice }
}

pub(super) fn differences(source: &Facts, target: &Facts) -> Vec<Difference> {
    let mut found: Vec<Difference> = blockers(source, target);
    let (own, other) = (&source.locale, &target.locale);
    if own.provider == "c" && !is_known(&own.collate, &other.known) {
        found.push(Difference {
            why: String::from("the target's server lists no such locale, and a build can't be made without it"),
            advice: String::from(
                "install the locale on the target's system (Debian: `locale-gen`), restart the server; a refresh tries in any case",
            ),
            ..difference(Effect::Changes, "LC_COLLATE", own.collate.clone(), String::from("not listed"))
        });
    }
    if shown(own) != shown(other) {
        found.push(Difference {
            why: String::from(
                "the target database of today has another; the next refresh makes it as the source's",
            ),
            advice: String::from("nothing"),
            ..difference(Effect::Hint, "database", shown(own), shown(other))
        });
    }
    if let (Some(recorded), Some(actual)) = (&own.recorded, &own.actual)
        && recorded != actual
    {
        found.push(Difference {
            why: String::from(
                "production's library sorts by newer rules than those its indexes were built with: they may be corrupt",
            ),
            advice: String::from("on production: REINDEX, then `ALTER DATABASE … REFRESH COLLATION VERSION`"),
            ..difference(Effect::Hint, "source collation version", format!("{recorded} recorded"), format!("{actual} now"))
        });
    }
    found.extend(version(source, target));
    found
}

/// What certainly keeps the target's server from making a database like the source's.
pub(super) fn blockers(source: &Facts, target: &Facts) -> Vec<Difference> {
    let own = &source.locale;
    let needs_icu = own.provider == "i" || own.of_columns.iter().any(|provider| provider == "i");
    if needs_icu && !target.server.has_icu {
        return vec![Difference {
            why: String::from("the source sorts by ICU, which the target's server was built without"),
            advice: String::from("install a build of PostgreSQL with ICU on the target"),
            ..difference(Effect::Blocks, "provider", String::from("icu"), String::from("no ICU"))
        }];
    }
    Vec::new()
}

/// Whether both sides sort by the same version of the rules they share.
pub(super) fn version(source: &Facts, target: &Facts) -> Option<Difference> {
    let (own, other) = (&source.locale, &target.locale);
    let of_icu = own.provider == "i" || own.of_columns.iter().any(|provider| provider == "i");
    let pair = if of_icu { (&own.icu, &other.icu) } else { (&own.actual, &other.actual) };
    // The target database of today may have another locale: then its version says nothing.
    let comparable = of_icu || (own.provider == other.provider && same_name(&own.collate, &other.collate));
    match pair {
        (Some(from), Some(to)) if comparable && from != to => Some(Difference {
            why: String::from(
                "text is sorted by another version of the rules: ORDER BY, ranges and unique keys of equal-looking text can differ",
            ),
            advice: String::from("run staging on production's version of the operating system or of ICU"),
            ..difference(
                Effect::Changes,
                if of_icu { "ICU version" } else { "collation version" },
                from.clone(),
                to.clone(),
            )
        }),
        _ => None,
    }
}

fn is_known(name: &str, known: &[String]) -> bool {
    is_builtin(name) || known.iter().any(|other| same_name(name, other))
}

/// Whether every server has it.
fn is_builtin(name: &str) -> bool {
    matches!(name, "C" | "POSIX" | "C.UTF-8" | "C.utf8")
}

/// Systems spell one locale in several ways: `en_US.UTF-8`, `en_US.utf8`.
fn same_name(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.replace('-', "").to_lowercase();
    plain(one) == plain(other)
}

/// Whether two databases write and sort text alike.
pub(super) fn is_same(one: &Locale, other: &Locale) -> bool {
    let made_of =
        |of: &Locale| (of.encoding.clone(), of.provider.clone(), of.locale.clone(), of.rules.clone());
    made_of(one) == made_of(other)
        && same_name(&one.collate, &other.collate)
        && same_name(&one.ctype, &other.ctype)
}

/// A locale in one line.
pub(super) fn shown(locale: &Locale) -> String {
    let provider = match locale.provider.as_str() {
        "i" => "icu",
        "b" => "builtin",
        _ => "libc",
    };
    let name = locale.locale.as_deref().unwrap_or(&locale.collate);
    let ctype = if locale.ctype == locale.collate { String::new() } else { format!("/{}", locale.ctype) };
    let rules = if locale.rules.is_some() { " with rules" } else { "" };
    format!("{} {provider} {name}{ctype}{rules}", locale.encoding)
}

#[cfg(test)]
mod tests {
    use super::super::tests::facts;
    use super::*;

    #[test]
    fn a_locale_is_known_however_it_is_spelled() {
        let known = [String::from("de_DE.utf8")];
        assert!(is_known("de_DE.UTF-8", &known) && is_known("C", &known));
        assert!(!is_known("fr_FR.UTF-8", &known));
    }

    #[test]
    fn a_target_without_icu_blocks_only_who_needs_it() {
        let (mut source, mut target) = (facts(), facts());
        target.server.has_icu = false;
        assert_eq!(blockers(&source, &target), []);
        source.locale.of_columns = vec![String::from("i")];
        assert_eq!(blockers(&source, &target)[0].effect, Effect::Blocks);
    }

    #[test]
    fn another_version_of_the_rules_changes_how_text_is_sorted() {
        let (source, mut target) = (facts(), facts());
        assert_eq!(version(&source, &target), None);
        target.locale.actual = Some(String::from("2.41"));
        assert_eq!(version(&source, &target).unwrap().effect, Effect::Changes);
        // The version of a locale that the source does not use says nothing.
        target.locale.collate = String::from("de_DE.UTF-8");
        assert_eq!(version(&source, &target), None);
    }
}
