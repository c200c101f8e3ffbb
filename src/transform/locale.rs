//! Locales and the lists each of them has.
//!
//! Names and company forms are the tables of the `fake` crate 5.1, pinned,
//! because the order of a table decides pseudonyms, and our own lists
//! (`words`) where those are better or `fake` has none. A list that a locale does
//! not have is borrowed from English, never silently: [`Locale::lacks`] says so,
//! and `check` warns by [`borrowed`].

use super::fold::Plain;
use super::words::{self, Phrases, Prose, Words};
use super::{Binding, Param, ParamKind, Params, Rule, given, place};
use crate::diagnostic::{Diagnostic, nearest};
use fake::locales::{
    AR_SA, CY_GB, DE_DE, Data, EN, FA_IR, FR_FR, IT_IT, JA_JP, NL_NL, PT_BR, PT_PT, TR_TR, ZH_CN, ZH_TW,
};
use std::sync::{LazyLock, OnceLock};

/// A language and country, and their lists.
#[derive(Debug, PartialEq)]
pub struct Locale {
    /// As written in a rule: `de_DE`.
    pub code: &'static str,
    /// The lists it borrows from English, or, for `gender`, does not have; by the
    /// names in [`LISTS`].
    pub lacks: Vec<&'static str>,
    pub(super) first: &'static [&'static str],
    /// The female ones among the first names, where the list tells them apart.
    pub(super) female: &'static [&'static str],
    pub(super) last: &'static [&'static str],
    /// The last names as women bear them, where that is another form; else empty.
    pub(super) last_female: &'static [&'static str],
    /// Forms of companies; a star stands for the name, which else comes first.
    pub(super) company: &'static [&'static str],
    pub(super) job: Phrases,
    pub(super) product: Phrases,
    pub(super) prose: Prose,
    /// Whether the family name comes first, and what stands between the names.
    pub(super) family_first: bool,
    pub(super) between: &'static str,
    plain: OnceLock<[Vec<Plain>; 2]>,
}

/// The lists a locale may have: as [`Locale::lacks`] names them, and in words.
pub const LISTS: &[(&str, &str)] = &[
    ("first", "first names"),
    ("last", "last names"),
    ("gender", "first names by gender"),
    ("ascii", "names in Latin letters"),
    ("company", "companies"),
    ("job", "job titles"),
    ("product", "products"),
    ("prose", "words"),
    ("place", "places"),
];

/// Which list each transformer draws from, where a locale may lack it.
const DRAWS: &[(&str, &str)] = &[
    ("username", "ascii"),
    ("email", "ascii"),
    ("street", "place"),
    ("city", "place"),
    ("region", "place"),
    ("postcode", "place"),
    ("country", "place"),
    ("address", "place"),
    ("company", "company"),
    ("job_title", "job"),
    ("product", "product"),
    ("word", "prose"),
    ("sentence", "prose"),
    ("paragraph", "prose"),
];

/// The parameter of every transformer that draws from a locale.
pub(super) const PARAM: Param = Param::optional(
    "locale",
    ParamKind::Text,
    "the file's locale",
    "the locale of names, places and words, such as de_DE",
);

/// Every locale.
pub static LOCALES: LazyLock<Vec<Locale>> = LazyLock::new(|| {
    vec![
        western::<AR_SA>("ar_SA"),
        western::<CY_GB>("cy_GB"),
        western::<DE_DE>("de_DE"),
        western::<EN>("en_GB"),
        western::<EN>("en_US"),
        own("es_ES"),
        western::<FA_IR>("fa_IR"),
        western::<FR_FR>("fr_FR"),
        western::<IT_IT>("it_IT"),
        eastern::<JA_JP>("ja_JP", " "),
        western::<NL_NL>("nl_NL"),
        own("pl_PL"),
        western::<PT_BR>("pt_BR"),
        western::<PT_PT>("pt_PT"),
        own("ru_RU"),
        western::<TR_TR>("tr_TR"),
        eastern::<ZH_CN>("zh_CN", ""),
        eastern::<ZH_TW>("zh_TW", ""),
    ]
});

/// The English one, for what must be written in Latin letters.
pub(super) fn english() -> &'static Locale {
    static ENGLISH: LazyLock<Locale> = LazyLock::new(|| western::<EN>("en_US"));
    &ENGLISH
}

/// A locale with the tables of `fake`, and our own lists where there are any.
fn western<D: Data>(code: &'static str) -> Locale {
    let names = (D::NAME_FIRST_NAME, D::NAME_LAST_NAME);
    let company =
        (code.starts_with("en") || D::COMPANY_SUFFIX != EN::COMPANY_SUFFIX).then_some(D::COMPANY_SUFFIX);
    made(code, names, company, words::of(code))
}

fn eastern<D: Data>(code: &'static str, between: &'static str) -> Locale {
    Locale { family_first: true, between, ..western::<D>(code) }
}

/// A locale that `fake` does not have.
fn own(code: &'static str) -> Locale {
    let words = words::of(code);
    let (female, male) = words.map(|words| (words.female, words.male)).unwrap_or_default();
    let first: Vec<&'static str> = female.iter().chain(male).copied().collect();
    let last = words.map(|words| words.last).unwrap_or_default();
    Locale { female, ..made(code, (first.leak(), last), None, words) }
}

type Names = &'static [&'static str];

fn made(
    code: &'static str,
    (first, last): (Names, Names),
    company: Option<Names>,
    words: Option<&'static Words>,
) -> Locale {
    let english = words::of("en_US");
    let company = words.map(|words| words.company).filter(|list| !list.is_empty()).or(company);
    let drawn = words.or(english);
    let mut lacks = Vec::new();
    let mut needs = |has: bool, list: &'static str| {
        if !has {
            lacks.push(list);
        }
    };
    needs(given::names(code).is_some(), "gender");
    needs(has_ascii(code), "ascii");
    needs(company.is_some(), "company");
    for list in ["job", "product", "prose"] {
        needs(words.is_some(), list);
    }
    needs(place::countries().any(|country| country.locale == code), "place");
    Locale {
        code,
        lacks,
        first,
        female: &[],
        last,
        last_female: words.map(|words| words.last_female).unwrap_or_default(),
        company: company.unwrap_or(EN::COMPANY_SUFFIX),
        job: drawn.map(|words| words.job).unwrap_or_default(),
        product: drawn.map(|words| words.product).unwrap_or_default(),
        prose: drawn.map(|words| words.prose).unwrap_or_default(),
        family_first: false,
        between: " ",
        plain: OnceLock::new(),
    }
}

fn has_ascii(code: &str) -> bool {
    !matches!(code, "ar_SA" | "fa_IR" | "ja_JP" | "zh_CN" | "zh_TW")
}

impl Locale {
    /// Whether its names can be written in ASCII.
    pub(super) fn folds(&self) -> bool {
        has_ascii(self.code)
    }

    /// Its first and last names as handles have them, place by place.
    pub(super) fn plain(&self) -> &[Vec<Plain>; 2] {
        self.plain
            .get_or_init(|| [self.first, self.last].map(|list| list.iter().map(|n| Plain::of(n)).collect()))
    }

    /// How many items a list of [`LISTS`] has of its own: 0 where it lacks it.
    #[must_use]
    pub fn count(&self, list: &str) -> usize {
        if self.lacks.contains(&list) {
            return 0;
        }
        match list {
            "first" => self.first.len(),
            "last" => self.last.len(),
            "ascii" => self.first.len() + self.last.len(),
            "gender" => given::names(self.code)
                .map_or(0, |(female, male)| female.split(' ').count() + male.split(' ').count()),
            "company" => self.company.len(),
            "job" => self.job.all().len(),
            "product" => self.product.all().len(),
            "prose" => {
                let Prose { word, who, does, what, when, and } = self.prose;
                [word, who, does, what, when, and].iter().map(|list| list.all().len()).sum()
            }
            "place" => {
                place::countries().find(|country| country.locale == self.code).map_or(0, |c| c.cities.len())
            }
            _ => 0,
        }
    }
}

/// The locale a rule draws from, and the list it lacks there and takes from English,
/// in words; `file` is the rule file's locale. Inner rules are not looked at.
#[must_use]
pub fn borrowed(rule: &Rule, file: &str) -> Option<(&'static Locale, &'static str)> {
    let (_, list) = DRAWS.iter().find(|(name, _)| *name == rule.with.name())?;
    let code = rule.params.text("locale").unwrap_or(file);
    let locale = LOCALES.iter().find(|locale| locale.code.eq_ignore_ascii_case(code))?;
    locale.lacks.contains(list).then_some(())?;
    LISTS.iter().find(|(name, _)| name == list).map(|(_, words)| (locale, *words))
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::fixture::Trial;

    #[test]
    fn every_locale_has_names_and_company_forms() {
        for locale in LOCALES.iter() {
            assert!(locale.first.len() > 20 && locale.last.len() > 15, "{}", locale.code);
            assert!(!locale.company.is_empty());
        }
    }

    #[test]
    fn lists_a_locale_lacks_are_the_english_ones() {
        let english = english();
        for locale in LOCALES.iter().filter(|l| !l.code.starts_with("en")) {
            let lacks = |list: &str| locale.lacks.contains(&list);
            assert_eq!(locale.company == english.company, lacks("company"), "{}", locale.code);
            assert_eq!(locale.job == english.job, lacks("job"), "{}", locale.code);
            assert_eq!(locale.product == english.product, lacks("product"), "{}", locale.code);
            assert_eq!(locale.prose == english.prose, lacks("prose"), "{}", locale.code);
        }
    }

    #[test]
    fn every_list_is_counted_or_lacked() {
        for locale in LOCALES.iter() {
            for (list, _) in LISTS {
                assert_eq!(locale.count(list) == 0, locale.lacks.contains(list), "{} {list}", locale.code);
            }
        }
    }

    #[test]
    fn it_is_known_what_list_each_transformer_with_a_locale_draws_from() {
        for transformer in crate::transform::ALL {
            let drawing = transformer.params().iter().any(|param| param.name == "locale");
            let known = DRAWS.iter().any(|(name, _)| *name == transformer.name());
            // Every locale has names of its own.
            let names = matches!(transformer.name(), "first_name" | "last_name" | "full_name" | "scrub");
            assert_eq!(drawing, known || names, "{}", transformer.name());
        }
    }

    #[test]
    fn a_locale_nobody_has_is_refused_with_the_nearest() {
        let refused = Trial::of(r#"{ with = "first_name", locale = "de_DF" }"#).bind();
        assert_eq!(refused.err().unwrap().help.unwrap(), "did you mean `de_DE`?");
    }
}
