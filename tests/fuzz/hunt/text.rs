//! Texts: rule files, connection strings, paths, prose, SQL, names of columns.

use super::kind::{Subject, plan, schema, subjects};
use super::row::{Told, told};
use super::{CANARY, assert_silent};
use masque::format::Wire;
use masque::pipeline::{Batch, mask};
use masque::postgres::environment::Environment;
use masque::postgres::url::Url;
use masque::rules::{Detector, RuleFile, check, words};
use masque::schema::{Column, DataType, Passage, Scalar, Schema, Script};
use std::sync::OnceLock;

/// Some texts as bytes.
fn bytes(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn text_type() -> DataType {
    DataType::scalar_of("text", Scalar::Text)
}

pub(super) const RULE_TOKENS: &[&str] = &[
    "[table.",
    "]\n",
    "[columns]\n",
    "[rows]\n",
    "[[reference]]\n",
    "[schema]\n",
    "[roles]\n",
    " = ",
    "\"keep\"",
    "\"",
    "'",
    "{ with = ",
    "}",
    ", by = ",
    "when = ",
    "include = []\n",
    "masque = 1\n",
    "*",
    "\n",
    "#",
    "\\u",
    "\"\"\"",
    "..",
    "=",
    "1e99",
    "value",
    "where = ",
    "paths = {",
    "default = ",
];

pub(super) fn rule_files() -> Vec<Vec<u8>> {
    bytes(&[
        "masque = 1\nlocale = \"de_DE\"\nunlisted = \"null\"\n[table.hunted]\nid = \"keep\"\nvalue = { with = \"email\", by = \"id\" }\n",
        "masque = 1\n[table.\"public.hunted\"]\n\"*name\" = \"letters\"\nvalue = { with = \"pattern\", pattern = \"[A-Z]{3}-[0-9]+\" }\n",
        "masque = 1\ninclude = [\"masque:gdpr-contact\"]\n[columns]\n\"*mail*\" = { with = \"email\", optional = true }\n[rows]\nhunted = { where = \"id > 1\" }\n",
        "masque = 1\n[table.hunted.value]\nwith = \"json\"\ndefault = \"keep\"\npaths = { \"$.a[?@.b == 'c']\" = \"letters\" }\n[[reference]]\nfrom = \"hunted.id\"\nto = \"hunted.value\"\n",
        "masque = 1\n[table.hunted]\nvalue = { with = \"template\", text = \"{first_name}.{last_name|lower}\", when = { column = \"city\", is = [\"Berlin\"] }, otherwise = \"null\" }\n[roles]\nann = \"leave\"\n[schema]\nallow = [\"public.x\"]\n",
    ])
}

/// A rule file against a table: every problem can be shown.
pub(super) fn rule_file(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // What it includes would be read from the disk of whoever hunts.
    if text.contains("include") && !text.contains("\"masque:") {
        return;
    }
    let shown = |problems: &[masque::diagnostic::Diagnostic]| {
        problems.iter().map(|p| p.to_string().len()).sum::<usize>()
    };
    match RuleFile::parse("hunt.toml", text) {
        Err(problems) => assert!(shown(&problems) > 0, "refused without a reason"),
        Ok(file) => match check(&file, &mut schema(&text_type())) {
            Err(problems) => assert!(shown(&problems) > 0, "refused without a reason"),
            Ok(checked) => {
                shown(checked.warnings());
            }
        },
    }
}

pub(super) const URL_TOKENS: &[&str] = &[
    "postgres://",
    "postgresql://",
    "@",
    ":",
    "/",
    "?",
    "&",
    "=",
    "%",
    "%00",
    "%41",
    "%zz",
    ",",
    "[::1]",
    "[",
    "]",
    "host=",
    " port=",
    " user=",
    "password=",
    "'",
    "\\",
    "sslmode=",
    "verify-full",
    "service=",
    "options=",
    "connect_timeout=",
    "hostaddr=",
    "127.0.0.1",
    "é",
    " ",
];

pub(super) fn connections() -> Vec<Vec<u8>> {
    bytes(&[
        "postgres://ann:Xqvander93841@db.example:5433/shop?sslmode=require&connect_timeout=5",
        "postgresql://ann:p%40Xqvander93841@[::1],b.example:1/shop?target_session_attrs=read-write",
        "host=db.example,c.example port=1,2 user=ann password='Xqvander93841 \\' x' dbname=shop",
        "postgres:///shop?host=/tmp&user=ann&password=Xqvander93841",
        "postgres://ann:Xqvander93841@db.example/shop?application_name=a&options=-c%20geqo%3Doff&keepalives=0",
        "hostaddr=127.0.0.1 channel_binding=require sslrootcert=system sslmode=verify-full password=Xqvander93841 user=a",
    ])
}

fn nowhere() -> Environment {
    Environment {
        variable: Box::new(|_| None),
        home: None,
        user: Some("ann".to_owned()),
        socket_folders: Vec::new(),
    }
}

/// A connection string: an error never shows a password, whatever became of what surrounds it.
pub(super) fn connection(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match Url::parse_in(text, &nowhere()) {
        Err(error) => assert_silent(&error.to_string(), error.help_text()),
        Ok(url) => {
            let (shown, passed) = (format!("{url} {url:?}"), url.conninfo_without_password());
            // As it was given, the canary is the password.
            if connections().iter().any(|seed| seed == data) {
                assert!(!shown.contains(CANARY) && !passed.contains(CANARY), "a password is shown");
            }
            assert!(
                url.warnings().iter().all(|warning| !warning.contains(CANARY)),
                "a warning shows a password"
            );
        }
    }
}

pub(super) const PATH_TOKENS: &[&str] = &[
    "$",
    "..",
    ".",
    "[",
    "]",
    "*",
    "'",
    "\"",
    "?",
    "@",
    "(",
    ")",
    "!",
    "&&",
    "||",
    "==",
    "<=",
    ",",
    ":",
    "-1",
    "::2",
    "9223372036854775807",
    "-9223372036854775808",
    "\\u00e9",
    "\\",
    "/",
    "//",
    "comment()",
    "@b",
    "a",
    "length(",
    "match(",
];

/// A path as a key of a rule's `paths`.
fn masked_by_path(with: &str, path: &str, on: Scalar, document: &[u8]) {
    let key = path.chars().map(|c| format!("\\U{:08X}", u32::from(c))).collect::<Vec<_>>().concat();
    let rule = format!("{{ with = \"{with}\", default = \"keep\", paths = {{ \"{key}\" = \"null\" }} }}");
    let on = DataType::scalar_of(with, on);
    let Some(plan) = plan(&rule, &on, Wire::Text) else { return };
    let mut batch = Batch::starting_at(0);
    batch.push(&[b"1\ta\tb\tc\td\te\t", document, b"\n"].concat());
    let masked = mask(&plan, batch);
    assert!(masked.is_ok(), "a path can't be followed: {:?}", masked.err());
}

pub(super) fn json_paths() -> Vec<Vec<u8>> {
    bytes(&[
        "$",
        "$.a.b",
        "$['a', 'b'][*]",
        "$..name[0]",
        "$.list[-1].x",
        "$.list[1:9:2]",
        "$.list[::-1]",
        "$[?(@.type == 'email' && !(@.n >= 1.5e3 || @.x))].value",
        "$.list[?@.x[0] != null, 3]['\\u00e9']",
    ])
}

pub(super) fn json_path(data: &[u8]) {
    let Ok(path) = std::str::from_utf8(data) else { return };
    let document =
        br#"{"a": {"b": "Ann", "type": "email"}, "list": [{"x": [1, null]}, "y", 2.5e3, [[]]], "": true}"#;
    masked_by_path("json", path, Scalar::Json, document);
}

pub(super) fn xml_paths() -> Vec<Vec<u8>> {
    bytes(&[
        "/a/b",
        "//b/@c",
        "/a/*",
        "//comment()",
        "//text()",
        "/a/@*",
        "/x:a//y",
        "//processing-instruction()",
    ])
}

pub(super) fn xml_path(data: &[u8]) {
    let Ok(path) = std::str::from_utf8(data) else { return };
    masked_by_path("xml", path, Scalar::Xml, b"<a b='c'><b c=\"d\">Ann</b><!-- c --><x:y>t</x:y></a>");
}

pub(super) const PROSE_TOKENS: &[&str] = &[
    "@",
    ".",
    " ",
    "\n",
    "+49 ",
    "00",
    "DE89370400440532013000",
    "4111111111111111",
    "Ann",
    "Mr. ",
    "Smith",
    "http://",
    "www.",
    "://",
    "(",
    ")",
    "-",
    "/",
    "\u{301}",
    "\u{200b}",
    "\u{202e}",
    "İ",
    "ß",
    "ﬁ",
    "🎭",
    "王小明",
    "192.168.0.1",
    "::1",
    "<",
    ">",
    "\u{0}",
    "straße 5",
    "12:34",
    "1984-02-29",
    "%40",
    "&amp;",
];

pub(super) fn proses() -> Vec<Vec<u8>> {
    bytes(&[
        "Ann Smith <ann@corp.com> called +1 415 555 0134 from 10.1.2.3 about card 4111 1111 1111 1111.",
        "Sehr geehrter Herr Müller, Ihre IBAN DE89 3704 0044 0532 0130 00, Hauptstraße 5, 10115 Berlin.",
        "see https://ann:pw@corp.com/~ann?mail=ann%40corp.com#x, mac 08:00:2b:01:02:03, uuid f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
        "王小明 wrote: İstanbul, ﬁne, Zoë O'NEILL-Smith; dr. ann m. smith jr.",
        "",
    ])
}

/// Prose: what comes out is text, the same each time, and an address on a line of its own never survives.
pub(super) fn scrub(data: &[u8]) {
    static SCRUB: OnceLock<&'static Subject> = OnceLock::new();
    let subject =
        || subjects().iter().find(|subject| subject.with == "scrub" && subject.on.name == "text").unwrap();
    let subject = *SCRUB.get_or_init(subject);
    let Ok(text) = std::str::from_utf8(data) else { return };
    let text = format!("{text}\n\nhunted.person@corp.com\n\n{text}");
    let masked = |wire| match told(subject, wire, text.as_bytes()) {
        Some(Told::Value(Some(masked))) => String::from_utf8(masked).unwrap(),
        _ => panic!("a text can't be scrubbed"),
    };
    let once = masked(Wire::Text);
    assert_eq!(once, masked(Wire::Binary), "the two wire forms differ");
    assert!(!once.contains("hunted.person"), "an address survives");
}

pub(super) const SQL_TOKENS: &[&str] = &[
    "'",
    "''",
    "\"",
    "$$",
    "$a$",
    "$1",
    "--",
    "/*",
    "*/",
    "E'",
    "U&'",
    "U&\"",
    "\\",
    "\\'",
    "\\x41",
    "\\u0041",
    "\n",
    ";",
    "b'",
    "x'",
    "::",
    "1234567890",
    "é",
    "select ",
    " as ",
    "\u{0}",
    "uescape '!'",
];

pub(super) fn sqls() -> Vec<Vec<u8>> {
    bytes(&[
        "select 'ann@corp.com' as mail, E'it\\'s', U&'d\\0061ta', b'01', x'ff', $1 from t -- remark\n where a = 'x'\n'y'",
        "create function f() returns text language plpgsql as $f$ begin /* /* deep */ */ return $$ann$$ || 'b'; end $f$",
        "CHECK ((status = ANY (ARRAY['new'::text, 'Ann Smith'::text])) AND \"we\"\"ird\" > 4111111111111111)",
    ])
}

/// The schema's own texts: what is found is told without its words, and an address is found whatever stands before it.
pub(super) fn sql_text(data: &[u8]) {
    static RULES: OnceLock<RuleFile> = OnceLock::new();
    let Ok(text) = std::str::from_utf8(data) else { return };
    let rules = RULES.get_or_init(|| {
        RuleFile::parse("hunt.toml", "masque = 1\n[schema]\ncomments = \"keep\"\n")
            .or_else(|_| RuleFile::parse("hunt.toml", "masque = 1\n"))
            .unwrap()
    });
    let problems = |script, text: String| {
        let passage = Passage {
            what: "body of the function".into(),
            name: vec!["public".into(), "f".into()],
            script,
            text,
        };
        let found = check(rules, &mut Schema { passages: vec![passage], ..Schema::default() }).err();
        let found: Vec<_> = found.into_iter().flatten().map(|problem| problem.to_string()).collect();
        assert!(found.iter().all(|problem| !problem.contains(CANARY) && !problem.contains("hunted.person")));
        found
    };
    for script in [Script::Literal, Script::Setting, Script::Program, Script::Comment] {
        problems(script, text.to_owned());
    }
    let found = problems(Script::Sql, format!("{text}\n;\nselect 'hunted.person@corp.com';\n"));
    assert!(!found.is_empty(), "an address in a literal is not found");
}

pub(super) fn names() -> Vec<Vec<u8>> {
    bytes(&["customer_email", "PhoneNumber2", "geburts_datum", "naissance", "ip", "strüßë", "iban", "x"])
}

/// Names of columns, and a table of detection.
pub(super) fn detect(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = Detector::with(text).map_err(|problem| problem.to_string());
    let parts = words(text);
    assert!(parts.iter().all(|word| !word.is_empty()));
    for subject in subjects().iter().step_by(97) {
        let _ = Detector::own().kind_of(&Column::of(text, subject.data_type.clone()));
    }
}
