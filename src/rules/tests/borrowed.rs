//! What is said of a locale that lacks a list.

use super::shop::{said, table};
use crate::rules::{RuleFile, check};
use crate::schema::Schema;
use crate::transform::ALL;
use std::path::Path;

/// The warnings of a file on a table of texts and one json, with the transformers there are.
fn warnings(text: &str) -> String {
    let mut schema = Schema::default();
    schema.tables.push(table("t", &["a:text", "b:text", "c:jsonb"]));
    let file = RuleFile::load(Path::new("rules.toml"), ALL, &|_| Ok(format!("masque = 1\n{text}"))).unwrap();
    said(check(&file, &mut schema).unwrap().warnings())
}

#[test]
fn a_list_the_locale_lacks_is_said_to_be_english() {
    let text = "locale = \"ja_JP\"\n[table.t]\na = \"job_title\"\n\
                b = { with = \"company\", locale = \"zh_TW\", when = { is = \"x\" }, otherwise = \"email\" }\n\
                c = { with = \"json\", default = \"null\", paths = { \"$.a\" = \"sentence\", \"$.b\" = \"street\" } }\n";
    insta::assert_snapshot!(warnings(text), @r#"
    4:5 ["job_title"] warning: `ja_JP` has no list of job titles: `job_title` takes English ones
      help: write `locale = "en_US"` if English will do, or a locale that has one: `de_DE`, `en_GB`, `en_US`, `es_ES`, `fr_FR`, `pl_PL`, `ru_RU`
    5:5 [{ with = "company", locale = "zh_TW", when = { is = "x" }, otherwise = "email" }] warning: `zh_TW` has no list of companies: `company` takes English ones
      help: write `locale = "en_US"` if English will do, or a locale that has one: `de_DE`, `en_GB`, `en_US`, `es_ES`, `fa_IR`, `fr_FR`, `it_IT`, `ja_JP`, `nl_NL`, `pl_PL`, `pt_BR`, `pt_PT`, and 2 more
    5:76 ["email"] warning: `ja_JP` has no list of names in Latin letters: `email` takes English ones
      help: write `locale = "en_US"` if English will do, or a locale that has one: `cy_GB`, `de_DE`, `en_GB`, `en_US`, `es_ES`, `fr_FR`, `it_IT`, `nl_NL`, `pl_PL`, `pt_BR`, `pt_PT`, `ru_RU`, and 1 more
    6:58 ["sentence"] warning: `ja_JP` has no list of words: `sentence` takes English ones
      help: write `locale = "en_US"` if English will do, or a locale that has one: `de_DE`, `en_GB`, `en_US`, `es_ES`, `fr_FR`, `pl_PL`, `ru_RU`
    "#);
}

#[test]
fn a_locale_that_has_the_list_needs_no_warning() {
    let text = "locale = \"pl_PL\"\n[table.t]\na = \"sentence\"\nb = { with = \"company\", locale = \"ja_JP\" }\nc = \"null\"\n";
    assert_eq!(warnings(text), "");
    let text = "locale = \"tr_TR\"\n[columns]\n\"*\" = { with = \"city\", locale = \"en_GB\" }\n[table.t]\nc = \"null\"\n";
    assert_eq!(warnings(text), "");
}

#[test]
fn one_rule_for_many_columns_is_one_warning() {
    let text = "locale = \"tr_TR\"\n[columns]\n\"*\" = \"city\"\n[table.t]\nc = \"null\"\n";
    assert_eq!(warnings(text).matches("warning").count(), 1);
}
