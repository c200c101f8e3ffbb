//! The schema is data: no literal that a dump of the schema would print may be personal
//! or give access to something, unless `[schema]` allows it.
//!
//! An object is named in full, as SQL quotes it, by its schema, its relation where it
//! hangs on one, and itself:
//!
//! | what | its name |
//! |---|---|
//! | default, generated expression or option of a column | `public.orders.status` |
//! | check, trigger, rule, policy | `public.orders.status_check` |
//! | check of a domain | `public.postcode.postcode_check` |
//! | enum, domain, type, view, index, statistics, partition, partitioned table | `public.mood` |
//! | function, procedure, aggregate, all of that name | `public.notify_owner` |
//! | foreign server, foreign-data wrapper | `archive` |
//!
//! `*` stands for any characters of one part. What is found is told by its kind and its
//! object, never by its words.
//!
//! What has a pattern counts wherever it stands. Names of people are words, and
//! programs are full of words: they count where a literal is a full name and nothing
//! else, which is what lists of values hold, and where first and last name stand
//! together in a remark or comment. In programs that are not SQL they do not count at
//! all, because nothing there tells a literal from the rest.

use super::credential::{self, is_secret_name, is_secret_value};
use super::reference::listed;
use super::rule_file::RuleFile;
use super::schema_rules::Allowed;
use super::spelling;
use super::sql_text::{Part, pieces};
use crate::diagnostic::{Diagnostic, nearest};
use crate::schema::{Passage, Schema, Script};
use crate::transform::{Names, sightings};
use std::collections::{BTreeMap, BTreeSet};

/// What is secret by the name it is given to.
const SECRET: &str = "a password or token";

/// Reports what the schema's texts hold, and entries of `allow` that do nothing.
pub(super) fn check(file: &RuleFile, schema: &Schema, problems: &mut Vec<Diagnostic>) {
    let allow = &file.schema.allow;
    let mut uses = vec![Use::Nothing; allow.len()];
    // By object and what it is, so that an object is told of once.
    let mut found: BTreeMap<(&[String], &str), Vec<&'static str>> = BTreeMap::new();
    for passage in &schema.passages {
        if passage.script == Script::Comment && !file.keeps_comments() {
            continue;
        }
        let whats = judge(passage);
        let mut allowed = false;
        for (entry, used) in allow.iter().zip(&mut uses) {
            if (*used == Use::Nothing || !whats.is_empty()) && entry.key.matches(&passage.name) {
                *used = if whats.is_empty() { (*used).max(Use::Clean) } else { Use::Needed };
                allowed = true;
            }
        }
        if !allowed && !whats.is_empty() {
            let known = found.entry((&passage.name, &passage.what)).or_default();
            for what in whats {
                add(what, known);
            }
        }
    }
    let names: BTreeSet<&[String]> = found.keys().map(|(name, _)| *name).collect();
    for ((name, what), kinds) in &found {
        problems.push(finding(name, what, kinds, !allow.is_empty()));
    }
    for (entry, used) in allow.iter().zip(uses) {
        problems.extend(idle(entry, used, &names, schema));
    }
}

/// What an entry of `allow` is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    /// It names no object.
    Nothing,
    /// Nothing is found in what it names.
    Clean,
    Needed,
}

fn object(name: &[String]) -> String {
    name.iter().map(|part| crate::schema::quote(part)).collect::<Vec<_>>().join(".")
}

fn finding(name: &[String], what: &str, kinds: &[&str], has_list: bool) -> Diagnostic {
    let object = object(name);
    let kinds = match kinds {
        [front @ .., last] if !front.is_empty() => format!("{} and {last}", front.join(", ")),
        kinds => kinds.join(""),
    };
    let message = format!("the {what} `{object}` has {kinds} in it, and the schema travels as it is");
    let own = spelling::text(&object);
    let allow = if has_list {
        format!("add `{own}` to `allow` under `[schema]`")
    } else {
        format!("write `[schema]` and below it `allow = [{own}]`")
    };
    let change = if what.contains("option of the foreign") {
        "put it into a user mapping, which never travels"
    } else {
        "take it out of the schema"
    };
    Diagnostic::error(message).help(format!("{change}, or if it is nobody's, {allow}"))
}

/// The problem of an entry that does nothing.
fn idle(entry: &Allowed, used: Use, found: &BTreeSet<&[String]>, schema: &Schema) -> Option<Diagnostic> {
    let written = &entry.written;
    match used {
        Use::Needed => None,
        Use::Clean => Some(
            Diagnostic::warning(format!("nothing is found in `{written}` that has to be allowed"))
                .at(&entry.span, "allows nothing")
                .help("take it out, so that it hides nothing later"),
        ),
        Use::Nothing => {
            let problem = Diagnostic::error(format!(
                "no object of the schema with a text of its own is named `{written}`"
            ));
            let full: Vec<String> = found.iter().map(|name| object(name)).collect();
            let mut full: Vec<&str> = full.iter().map(String::as_str).collect();
            let last = written.rsplit('.').next().unwrap_or_default();
            let all: Vec<String> = schema.passages.iter().map(Passage::object).collect();
            let near = nearest(written, full.iter().copied().chain(all.iter().map(String::as_str)));
            full.retain(|name| name.rsplit('.').next() == Some(last));
            let help = match (near, full.as_slice()) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, []) => {
                    "names are in full, as in `public.orders.status_check`; take it out if the object is gone"
                        .to_owned()
                }
                (None, some) => format!("names are in full: {}", listed(some)),
            };
            Some(problem.at(&entry.span, "matches nothing").help(help))
        }
    }
}

/// What a passage has in it.
fn judge(passage: &Passage) -> Vec<&'static str> {
    let mut seen = Vec::new();
    let text = passage.text.as_str();
    match passage.script {
        Script::Sql => judge_sql(passage, &mut seen),
        Script::Literal => judge_text(text, Names::Whole, &mut seen),
        Script::Program => judge_text(text, Names::Never, &mut seen),
        Script::Comment => judge_text(text, Names::Full, &mut seen),
        Script::Setting => {
            let (name, value) = text.split_once('=').unwrap_or(("", text));
            judge_text(value, Names::Whole, &mut seen);
            // Where a server stands is not about a person.
            if matches!(name, "host" | "hostaddr" | "server" | "address") {
                seen.retain(|what| *what != "a network address");
            }
            if is_secret_name(name) && !value.is_empty() {
                add(SECRET, &mut seen);
            }
        }
    }
    seen
}

fn judge_sql(passage: &Passage, seen: &mut Vec<&'static str>) {
    let text = passage.text.as_str();
    if !text.contains(['\'', '$', '-', '/']) && text.bytes().filter(u8::is_ascii_digit).count() < 9 {
        return;
    }
    let pieces = pieces(text);
    for piece in &pieces {
        match piece.part {
            Part::Literal => {
                judge_text(&piece.text, Names::Whole, seen);
                let keyword = piece.after.eq_ignore_ascii_case("password") && text_assigns(text);
                if is_secret_name(piece.after) && (keyword || is_secret_value(&piece.text)) {
                    add(SECRET, seen);
                }
            }
            Part::Number => judge_text(&piece.text, Names::Never, seen),
            Part::Remark => judge_text(&piece.text, Names::Full, seen),
        }
    }
    // `DEFAULT 'Welcome1!'` of a column named `password`.
    if let (true, Some(column), [only]) =
        (passage.what.starts_with("default of the column"), passage.name.last(), pieces.as_slice())
        && is_secret_name(column)
        && text.starts_with('\'')
        && is_secret_value(&only.text)
    {
        add(SECRET, seen);
    }
}

/// Whether a password is set by a statement of its own: `ALTER ROLE x PASSWORD '…'`.
fn text_assigns(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    ["ROLE ", "USER ", "MAPPING "].iter().any(|word| upper.contains(word))
}

fn judge_text(text: &str, names: Names, seen: &mut Vec<&'static str>) {
    if text.len() < 5 {
        return;
    }
    for what in sightings(text, names).into_iter().chain(credential::find(text)) {
        add(what, seen);
    }
}

fn add(what: &'static str, seen: &mut Vec<&'static str>) {
    if !seen.contains(&what) {
        seen.push(what);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;

    fn passage(what: &str, name: &str, script: Script, text: &str) -> Passage {
        let name = name.split('.').map(str::to_owned).collect();
        Passage { what: what.to_owned(), name, script, text: text.to_owned() }
    }

    fn problems(allow: &str, passages: Vec<Passage>) -> Vec<Diagnostic> {
        let file = RuleFile::parse("rules.toml", &format!("masque = 1\n{allow}")).unwrap();
        let mut problems = Vec::new();
        check(&file, &Schema { passages, ..Schema::default() }, &mut problems);
        problems
    }

    fn judged(script: Script, text: &str) -> Vec<&'static str> {
        judge(&passage("function", "public.f", script, text))
    }

    #[test]
    fn an_object_is_told_of_once_with_all_that_is_in_it() {
        let labels = ["ann@corp.com", "bob@corp.com", "+44 7911 123456", "plain"];
        let of = |label: &str| passage("label of the enum", "public.Mood", Script::Literal, label);
        let found = problems("", labels.map(of).to_vec());
        assert_eq!(found.len(), 1);
        insta::assert_snapshot!(found[0].message, @r#"the label of the enum `public."Mood"` has an e-mail address and a telephone number in it, and the schema travels as it is"#);
        insta::assert_snapshot!(found[0].help.as_deref().unwrap(), @r#"take it out of the schema, or if it is nobody's, write `[schema]` and below it `allow = ['public."Mood"']`"#);
    }

    #[test]
    fn what_is_allowed_is_silent_and_what_allows_nothing_is_not() {
        let check = |text: &str| passage("check", "public.t.k", Script::Sql, text);
        let (personal, plain) = ("(a <> 'ann@corp.com'::text)", "(a <> 'b'::text)");
        let allow = |entry: &str| format!("[schema]\nallow = [{entry:?}]\n");
        assert!(problems(&allow("public.*.k"), vec![check(personal)]).is_empty());
        let idle = problems(&allow("public.t.k"), vec![check(plain)]);
        assert_eq!((idle.len(), idle[0].severity), (1, Severity::Warning));
        for (entry, help) in
            [("public.t.kk", "did you mean `public.t.k`?"), ("k", "names are in full: `public.t.k`")]
        {
            let wrong = problems(&allow(entry), vec![check(personal)]);
            assert_eq!(wrong.len(), 2, "{entry}");
            assert_eq!((wrong[1].severity, wrong[1].help.as_deref()), (Severity::Error, Some(help)));
            assert!(wrong[1].span.is_some());
            assert!(wrong[0].help.as_deref().unwrap().contains("add `\"public.t.k\"` to `allow`"));
        }
    }

    #[test]
    fn sql_is_looked_at_where_people_write() {
        for text in [
            "a = 'ann@corp.com'",
            "execute format('select ''ann@corp.com'' %s', x)",
            "x <> 4539148803436467",
            "-- ask Jennifer Miller about it\nx",
            "IN ('Jennifer Miller', 'x')",
            "E'ann\\x40corp.com'",
            "perform dblink('host=a password=hunter2 dbname=x', q)",
            "alter role x password 'hunter'",
            "secret := 'S3cret!x'",
        ] {
            assert_eq!(judged(Script::Sql, text).len(), 1, "{text}");
        }
        for text in [
            "\"ann@corp.com\" = 1",
            "x = 'Jennifer'",
            "raise notice 'ask Jennifer Miller about it'",
            "token = 'bearer'",
            "nextval('public.customers_id_seq'::regclass)",
            "'1999-12-31 23:59:59.999999Z'::timestamptz",
        ] {
            assert!(judged(Script::Sql, text).is_empty(), "{text}");
        }
    }

    #[test]
    fn programs_settings_and_comments_have_rules_of_their_own() {
        let program = "# of Jennifer Miller\nreturn {'token': 'x'}";
        assert!(judged(Script::Program, program).is_empty());
        assert_eq!(judged(Script::Program, "# mail ann@corp.com"), ["an e-mail address"]);
        assert_eq!(judged(Script::Setting, "password=x"), ["a password or token"]);
        assert!(judged(Script::Setting, "host=81.2.69.142").is_empty());
        assert_eq!(judged(Script::Setting, "note=81.2.69.142"), ["a network address"]);
        assert_eq!(judged(Script::Comment, "ask Jennifer Miller about it"), ["the name of a person"]);
        let comment = passage("comment on", "public.t", Script::Comment, "ann@corp.com");
        assert!(problems("", vec![comment]).is_empty(), "a comment that stays behind harms nobody");
    }

    #[test]
    fn a_default_is_a_password_by_its_column() {
        let of =
            |column: &str, text: &str| judge(&passage("default of the column", column, Script::Sql, text));
        assert_eq!(of("public.t.password", "'Welcome2024!'::text"), ["a password or token"]);
        assert!(of("public.t.note", "'Welcome2024!'::text").is_empty());
        assert!(of("public.t.token", "encode(gen_random_bytes(16), 'base64X'::text)").is_empty());
    }
}
