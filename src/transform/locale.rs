//! Locales and the lists each of them has.
//!
//! Names and company forms are the tables of the `fake` crate 5.1, pinned,
//! because the order of a table decides pseudonyms. Where `fake` has no list of
//! its own for a locale it falls back to English; [`Locale::lacks`] says so.

use super::{Binding, Param, ParamKind, Params};
use crate::diagnostic::{Diagnostic, nearest};
use fake::locales::{
    AR_SA, CY_GB, DE_DE, Data, EN, FA_IR, FR_FR, IT_IT, JA_JP, NL_NL, PT_BR, PT_PT, TR_TR, ZH_CN, ZH_TW,
};

/// A language and country, and their lists.
#[derive(Debug, PartialEq)]
pub struct Locale {
    /// As written in a rule: `de_DE`.
    pub code: &'static str,
    /// The lists it borrows from English (or, for `gender`, does not have).
    pub lacks: &'static [&'static str],
    pub(super) first: &'static [&'static str],
    pub(super) last: &'static [&'static str],
    pub(super) company: &'static [&'static str],
    /// Whether the family name comes first, and what stands between the names.
    pub(super) family_first: bool,
    pub(super) between: &'static str,
}

/// The parameter of every transformer that draws from a locale.
pub(super) const PARAM: Param = Param::optional(
    "locale",
    ParamKind::Text,
    "the file's locale",
    "the locale of names and places, such as de_DE",
);

const fn western<D: Data>(code: &'static str, lacks: &'static [&'static str]) -> Locale {
    Locale {
        code,
        lacks,
        first: D::NAME_FIRST_NAME,
        last: D::NAME_LAST_NAME,
        company: D::COMPANY_SUFFIX,
        family_first: false,
        between: " ",
    }
}

const fn eastern<D: Data>(
    code: &'static str,
    lacks: &'static [&'static str],
    between: &'static str,
) -> Locale {
    Locale { family_first: true, between, ..western::<D>(code, lacks) }
}

/// Every locale.
pub const LOCALES: &[Locale] = &[
    western::<AR_SA>("ar_SA", &["company", "gender", "place"]),
    western::<CY_GB>("cy_GB", &["company", "gender", "place"]),
    western::<DE_DE>("de_DE", &[]),
    western::<EN>("en_GB", &[]),
    western::<EN>("en_US", &[]),
    western::<FA_IR>("fa_IR", &["gender", "place"]),
    western::<FR_FR>("fr_FR", &["company"]),
    western::<IT_IT>("it_IT", &[]),
    eastern::<JA_JP>("ja_JP", &["gender"], " "),
    western::<NL_NL>("nl_NL", &[]),
    western::<PT_BR>("pt_BR", &[]),
    western::<PT_PT>("pt_PT", &[]),
    western::<TR_TR>("tr_TR", &["company", "place"]),
    eastern::<ZH_CN>("zh_CN", &["gender", "place"], ""),
    eastern::<ZH_TW>("zh_TW", &["company", "gender", "place"], ""),
];

/// The locale a rule says, or the rule file's.
pub(super) fn of(at: &Binding<'_>, params: &Params) -> Result<&'static Locale, Diagnostic> {
    let code = params.text("locale").unwrap_or(at.locale);
    let found = LOCALES.iter().find(|locale| locale.code.eq_ignore_ascii_case(code));
    found.ok_or_else(|| {
        let codes = LOCALES.iter().map(|locale| locale.code);
        let help = match nearest(code, codes.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("locales: {}", codes.collect::<Vec<_>>().join(", ")),
        };
        super::wrong(params, "locale", format!("there is no locale `{code}`")).help(help)
    })
}

/// The English one, for what must be written in Latin letters.
pub(super) fn english() -> &'static Locale {
    const ENGLISH: &Locale = &western::<EN>("en_US", &[]);
    ENGLISH
}

impl Locale {
    /// Whether its names are written in Latin letters.
    pub(super) fn is_latin(&self) -> bool {
        !matches!(self.code, "ar_SA" | "fa_IR" | "ja_JP" | "zh_CN" | "zh_TW")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::fixture::Trial;

    #[test]
    fn every_locale_has_names_and_company_forms() {
        for locale in LOCALES {
            assert!(locale.first.len() > 20 && locale.last.len() > 15, "{}", locale.code);
            assert!(!locale.company.is_empty());
        }
    }

    #[test]
    fn lists_a_locale_lacks_are_the_english_ones() {
        for locale in LOCALES.iter().filter(|l| !l.code.starts_with("en")) {
            let borrowed = locale.company == EN::COMPANY_SUFFIX;
            assert_eq!(borrowed, locale.lacks.contains(&"company"), "{}", locale.code);
        }
    }

    #[test]
    fn a_locale_nobody_has_is_refused_with_the_nearest() {
        let refused = Trial::of(r#"{ with = "first_name", locale = "de_DF" }"#).bind();
        assert_eq!(refused.err().unwrap().help.unwrap(), "did you mean `de_DE`?");
    }
}
