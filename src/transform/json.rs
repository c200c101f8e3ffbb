//! `json`: a rule per path of a document.
//!
//! `paths` maps `JSONPath` to decisions; where several match the same place the most
//! exact wins, and a match always wins over one further up. Two that may match the
//! same place and are equally exact are refused. Filters look at the source's
//! values, whichever member comes first. A decision for an
//! object or array holds for all in it: `keep` copies it, `null` replaces it, a
//! mask masks each leaf. `default` decides on leaves no path decides on; it is
//! `refuse` unless said. A string that holds JSON itself takes a `json` rule of its
//! own. Strings are masked as text, numbers as numeric, true and
//! false as bool; null stays null, empty objects and arrays stay empty, and names
//! of members stay. Order, spacing and the spelling of numbers stay where nothing
//! is masked. A document has 256 levels at most.

use super::canonical;
use super::json_path::{JsonPath, Key};
use super::json_text::{self, INVALID, JsonText};
use super::route::Positions;
use super::{
    Binding, Bound, Capacity, Decision, Example, Length, Masker, Param, ParamKind, Params, Promises,
};
use super::{Transformer, wrong};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value, Wire};
use crate::schema::{DataType, Scalar};
use std::borrow::Cow;

const DEEPEST: usize = 256;

/// See the module.
pub(super) struct Json;

impl Transformer for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn summary(&self) -> &'static str {
        "Mask values inside JSON documents, path by path"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[
            Param::optional("paths", ParamKind::RuleMap, "", "a rule for each JSONPath"),
            Param::optional("default", ParamKind::Rule, "refuse", "what holds where no path matches"),
            Param::optional(
                "on_invalid",
                ParamKind::Word(&["refuse", "null", "keep"]),
                "refuse",
                "what to do with a text that is not JSON",
            ),
        ];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text() || matches!(data_type.scalar(), Some(Scalar::Json | Scalar::Jsonb))
    }

    fn promises(&self) -> Promises {
        Promises {
            length: Length::Free,
            reveals: Some("names of members, the shape, and what the inner rules reveal"),
            ..Promises::USUAL
        }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Few
    }

    fn example(&self) -> Example {
        Example {
            rule: "{ with = \"json\", default = \"keep\", paths = { \"$.email\" = \"email\" } }",
            data_type: "jsonb",
            input: "{\"email\": \"ann@corp.example\", \"plan\": 2}",
        }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let types = [
            DataType::scalar_of("text", Scalar::Text),
            DataType::scalar_of("numeric", Scalar::Numeric(None)),
            DataType::scalar_of("boolean", Scalar::Bool),
        ];
        let mut paths = Vec::new();
        for (written, span, decision) in params.rules("paths") {
            let path = JsonPath::parse(written).map_err(|problem| {
                Diagnostic::error(format!("`{written}` is no JSONPath: {problem}"))
                    .at(span, "")
                    .help("write it as `$.a.b`, `$.list[*].name`, `$['odd name']`, `$..name` or `$.list[?(@.kind == 'x')].value`")
            })?;
            let leaf = Leaf::bind(at, decision, &types).map_err(|problem| problem.or_at(span))?;
            let other = paths
                .iter()
                .find(|(other, ..): &&(JsonPath, _, _)| other.rank() == path.rank() && other.meets(&path));
            if let Some((_, _, other)) = other {
                let problem =
                    format!("`{other}` and `{written}` can't be told apart: both may match the same place");
                return Err(Diagnostic::error(problem).at(span, "").help(
                    "take one out, or make one say more, such as a filter that the other's values fail",
                ));
            }
            paths.push((path, leaf, written));
        }
        // The most exact first; no two equals can meet.
        paths.sort_by_key(|(path, ..)| std::cmp::Reverse(path.rank()));
        let paths: Vec<_> = paths.into_iter().map(|(path, leaf, _)| (path, leaf)).collect();
        let default = params.rule("default").unwrap_or(&Decision::Refuse);
        let default = Leaf::bind(at, default, &types)
            .map_err(|problem| params.span("default").map_or(problem.clone(), |span| problem.or_at(span)))?;
        let on_invalid = match params.text("on_invalid") {
            Some("null") => OnInvalid::Null,
            Some("keep") => OnInvalid::Keep,
            _ => OnInvalid::Refuse,
        };
        if paths.is_empty() && matches!(default, Leaf::Refuse) {
            return Err(wrong(params, "paths", "`json` without `paths` or `default` refuses every document")
                .help("add `paths = { \"$.email\" = \"email\" }`, and `default = \"keep\"` where the rest may stay"));
        }
        let counts = paths.iter().any(|(path, _)| path.counts());
        Ok(Bound::cell(Document { paths, counts, default, types, on_invalid }))
    }
}

#[derive(Clone, Copy)]
enum OnInvalid {
    Refuse,
    Null,
    Keep,
}

/// A decision, bound to the three types of leaves.
enum Leaf {
    Keep,
    Null,
    Refuse,
    /// For strings, numbers and booleans; `None` where the rule can't mask those.
    Mask([Option<Box<dyn Masker>>; 3]),
}

impl Leaf {
    fn bind(at: &mut Binding<'_>, decision: &Decision, types: &[DataType; 3]) -> Result<Self, Diagnostic> {
        match decision {
            Decision::Keep => return Ok(Self::Keep),
            Decision::Null => return Ok(Self::Null),
            Decision::Refuse => return Ok(Self::Refuse),
            Decision::Remake(_) | Decision::Mask(_) => {}
        }
        let mut problem = None;
        let [text, number, truth] = types.each_ref().map(|data_type| {
            at.inner(decision, data_type, Wire::Text)
                .map_err(|found| problem.get_or_insert(found).clone())
                .ok()
        });
        match (problem, text.is_some() || number.is_some() || truth.is_some()) {
            (Some(problem), false) => Err(problem),
            _ => Ok(Self::Mask([text, number, truth])),
        }
    }
}

struct Document {
    paths: Vec<(JsonPath, Leaf)>,
    /// Whether any of them needs the number of an array's elements.
    counts: bool,
    default: Leaf,
    types: [DataType; 3],
    on_invalid: OnInvalid,
}

impl Document {
    /// The positions at the root, and room for the levels that most documents have.
    fn positions(&self) -> Vec<Positions> {
        let mut positions = Vec::with_capacity(8 * self.paths.len());
        positions.resize(self.paths.len(), Positions::START);
        positions
    }
}

impl Masker for Document {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let text = value.text()?;
        if text.is_empty() && value.data_type.is_text() {
            out.keep(value);
            return Ok(());
        }
        let room = out.data_type().max_chars();
        let start = out.raw().len();
        let mut walk = Walk {
            document: self,
            json: JsonText::new(text),
            row,
            out: out.text(),
            positions: self.positions(),
            copied: 0,
        };
        let walked = walk.value(0, None).and_then(|()| {
            let end = walk.json.peek();
            walk.copy();
            if end.is_some() { Err(INVALID) } else { Ok(()) }
        });
        match (walked, self.on_invalid) {
            (Ok(()), _) => {
                let written = out.raw().get(start..).unwrap_or_default();
                if room
                    .is_some_and(|room| std::str::from_utf8(written).map_or(0, |t| t.chars().count()) > room)
                {
                    return Err(Unreadable("the masked document is longer than its column"));
                }
                Ok(())
            }
            (Err(INVALID), OnInvalid::Null) => {
                out.raw().truncate(start);
                out.null();
                Ok(())
            }
            (Err(INVALID), OnInvalid::Keep) => {
                out.raw().truncate(start);
                out.keep(value);
                Ok(())
            }
            (Err(problem), _) => Err(problem),
        }
    }
}

/// One pass over one document.
struct Walk<'a, 'r> {
    document: &'a Document,
    json: JsonText<'a>,
    row: &'a Row<'r>,
    out: &'a mut Vec<u8>,
    /// The positions of all paths, level after level.
    positions: Vec<Positions>,
    /// How much of the document has been written or replaced.
    copied: usize,
}

impl<'a> Walk<'a, '_> {
    /// Writes everything up to here as it stands in the document.
    fn copy(&mut self) {
        self.out.extend_from_slice(self.json.since(self.copied).as_bytes());
        self.copied = self.json.at();
    }

    fn value(&mut self, depth: usize, inherited: Option<&'a Leaf>) -> Result<(), Unreadable> {
        if depth > DEEPEST {
            return Err(Unreadable("a document of more than 256 levels"));
        }
        let first = self.json.peek().ok_or(INVALID)?;
        let document = self.document;
        let level = self.positions.len() - document.paths.len();
        let here = self.positions.get(level..).unwrap_or_default();
        let own = document
            .paths
            .iter()
            .zip(here)
            .find(|((path, _), at)| path.matches(**at))
            .map(|((_, leaf), _)| leaf);
        let decision = own.or(inherited);
        match (first, decision) {
            (b'{' | b'[', Some(Leaf::Null)) => {
                self.copy();
                let start = self.out.len();
                self.children(first, depth, Some(&Leaf::Keep))?;
                self.out.truncate(start);
                self.replace(|out| out.extend_from_slice(b"null"));
                Ok(())
            }
            (b'{' | b'[', _) => self.children(first, depth, decision),
            _ => self.leaf(first, decision.unwrap_or(&document.default)),
        }
    }

    /// Drops what was stepped over since the last copy and writes something else.
    fn replace(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.copied = self.json.at();
        write(self.out);
    }

    fn children(&mut self, open: u8, depth: usize, decision: Option<&'a Leaf>) -> Result<(), Unreadable> {
        let close = if open == b'{' { b'}' } else { b']' };
        self.json.expect(open)?;
        if self.json.peek() == Some(close) {
            return self.json.expect(close);
        }
        let paths = &self.document.paths;
        let level = self.positions.len() - paths.len();
        let count = if open == b'[' && self.document.counts { self.json.elements()? } else { 0 };
        for place in 0.. {
            let mut name = Cow::default();
            if open == b'{' {
                self.json.peek();
                name = json_text::plain(self.json.string()?);
                self.json.expect(b':')?;
            }
            let key = if open == b'{' { Key::Name(&name) } else { Key::Index(place, count) };
            self.json.peek();
            let ahead = self.json.ahead();
            for (nth, (path, _)) in paths.iter().enumerate() {
                let from = self.positions.get(level + nth).copied().unwrap_or(Positions::START);
                self.positions.push(path.step(from, key, ahead));
            }
            self.value(depth + 1, decision)?;
            self.positions.truncate(level + paths.len());
            match self.json.peek() {
                Some(b',') => self.json.expect(b',')?,
                _ => return self.json.expect(close),
            }
        }
        Ok(())
    }

    fn leaf(&mut self, first: u8, decision: &Leaf) -> Result<(), Unreadable> {
        let start = self.json.at();
        // Everything before the leaf, white space too, stays.
        self.out.extend_from_slice(self.json.since(self.copied).as_bytes());
        self.copied = start;
        let (kind, written) = match first {
            b'"' => (0, self.json.string()?),
            b't' => (2, self.json.word("true").map(|()| "t")?),
            b'f' => (2, self.json.word("false").map(|()| "f")?),
            b'n' => {
                self.json.word("null")?;
                self.copy();
                return Ok(());
            }
            _ => {
                self.json.number()?;
                (1, self.json.since(start))
            }
        };
        let maskers = match decision {
            Leaf::Keep => {
                self.copy();
                return Ok(());
            }
            Leaf::Null => {
                self.replace(|out| out.extend_from_slice(b"null"));
                return Ok(());
            }
            Leaf::Refuse => return Err(Unreadable("no path decides on a part of the document")),
            Leaf::Mask(maskers) => maskers,
        };
        let problem = Unreadable("the rule of a path can't mask this kind of JSON value");
        let masker = maskers.get(kind).and_then(Option::as_ref).ok_or(problem)?;
        let data_type = self.document.types.get(kind).ok_or(problem)?;
        let plain = if kind == 0 { json_text::plain(written) } else { Cow::Borrowed(written) };
        canonical::with(|buffer| {
            let mut inner = Output::new(buffer, data_type, Wire::Text);
            let value = Value { raw: plain.as_bytes(), data_type, wire: Wire::Text };
            masker.mask(value, self.row, &mut inner)?;
            let null = inner.is_null();
            self.replace(|out| match (null, kind) {
                (true, _) => out.extend_from_slice(b"null"),
                (false, 0) => json_text::write_string(&String::from_utf8_lossy(buffer), out),
                (false, 1) => out.extend_from_slice(buffer),
                (false, _) => out.extend_from_slice(if buffer == b"t" { b"true" } else { b"false" }),
            });
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::format::Wire;
    use crate::transform::fixture::Trial;

    fn masked(rule: &str, input: &str) -> String {
        Trial::of(rule).text(input)
    }

    #[test]
    fn what_no_path_names_stays_byte_for_byte() {
        let rule = r#"{ with = "json", default = "keep", paths = { "$.a" = "null" } }"#;
        assert_eq!(
            masked(rule, "{ \"z\" :1.50e+2,\t\"a\": {\"x\": [1]} , \"b\":[ true,null,{} ]}\n"),
            "{ \"z\" :1.50e+2,\t\"a\": null , \"b\":[ true,null,{} ]}\n"
        );
    }

    #[test]
    fn the_most_exact_path_wins_and_a_match_wins_over_its_parents() {
        let rule = r#"{ with = "json", paths = { "$..mail" = "email", "$.keep" = "keep", "$.keep.me" = "null", "$.keep.mail" = "keep" } }"#;
        assert_eq!(
            masked(rule, r#"{"keep": {"x": 1, "me": 2, "mail": "a"}}"#),
            r#"{"keep": {"x": 1, "me": null, "mail": "a"}}"#
        );
        assert!(masked(rule, r#"[{"mail": "ann@corp.com"}]"#).contains("@example.test"));
    }

    #[test]
    fn a_leaf_nobody_decided_on_is_refused() {
        let ready = Trial::of(r#"{ with = "json", paths = { "$.a" = "keep" } }"#).bind().unwrap();
        assert!(ready.raw(br#"{"a": [1, {"b": 2}], "n": null, "e": {}}"#).is_ok());
        assert!(ready.raw(br#"{"b": 1}"#).is_err());
        assert!(Trial::of(r#""json""#).bind().is_err());
    }

    #[test]
    fn a_mask_of_an_object_masks_each_leaf_by_its_type() {
        let rule = r#"{ with = "json", paths = { "$.p" = "digits" }, default = "keep" }"#;
        let out = masked(rule, r#"{"p": {"a": "12", "b": [34.5, null]}, "q": "12"}"#);
        assert!(out.ends_with(r#", null]}, "q": "12"}"#) && !out.contains("34.5"), "{out}");
        let ready = Trial::of(r#"{ with = "json", paths = { "$.p" = "email" } }"#).bind().unwrap();
        assert!(ready.raw(br#"{"p": 7}"#).is_err());
    }

    #[test]
    fn strings_are_unescaped_before_and_escaped_after() {
        let rule = r#"{ with = "json", default = { with = "constant", value = "a\"b\\c" } }"#;
        assert_eq!(masked(rule, r#"["x\u00e9"]"#), r#"["a\"b\\c"]"#);
        let inside = r#"{ with = "json", default = "letters" }"#;
        let plain = Trial::of(r#""letters""#).text("é\"x");
        assert_eq!(
            serde_json::from_str::<Vec<String>>(&masked(inside, r#"["\u00e9\"x"]"#)).unwrap(),
            [plain]
        );
    }

    #[test]
    fn a_text_that_is_no_json_is_refused_unless_the_rule_says_otherwise() {
        let with = |more: &str| {
            Trial::of(&format!(r#"{{ with = "json", default = "keep"{more} }}"#)).bind().unwrap()
        };
        for bad in ["{", "[1,]", "{\"a\" 1}", "nul", "1 2", "\"\u{1}\"", "{a: 1}", "[01]"] {
            assert!(with("").raw(bad.as_bytes()).is_err(), "{bad}");
            assert_eq!(with(", on_invalid = \"null\"").raw(bad.as_bytes()), Ok(None));
            assert_eq!(with(", on_invalid = \"keep\"").text(bad), bad);
        }
        assert_eq!(with("").text(""), "");
    }

    #[test]
    fn jsonb_keeps_its_version_byte() {
        let trial = Trial::of(r#"{ with = "json", default = "null" }"#).on("jsonb").wire(Wire::Binary);
        assert_eq!(trial.bind().unwrap().raw(b"\x01[1]"), Ok(Some(b"\x01[null]".to_vec())));
    }

    #[test]
    fn deep_documents_end_in_an_error_not_in_a_crash() {
        let ready = Trial::of(r#"{ with = "json", default = "keep" }"#).bind().unwrap();
        assert!(ready.raw("[".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn an_inner_rule_takes_the_outer_identity() {
        let rule = r#"{ with = "json", by = "id", paths = { "$.last" = "last_name" } }"#;
        let inner = Trial::of(rule).sibling("id", "int4", Some(b"3")).text(r#"{"last": "Smith"}"#);
        let outer = Trial::of(r#"{ with = "last_name", by = "id" }"#).sibling("id", "int4", Some(b"3"));
        assert_eq!(inner, format!(r#"{{"last": "{}"}}"#, outer.text("Smith")));
    }

    #[test]
    fn filters_see_source_values_of_members_that_come_later() {
        let rule = r#"{ with = "json", default = "keep", paths = {
            "$.contacts[?(@.type=='email')].value" = "null", "$.contacts[?(@.type=='phone')].value" = { with = "constant", value = "0" },
            "$.contacts[-1].type" = "null", "$..[?(@.secret && @.kind != 'x')].secret" = { with = "constant", value = "***" } } }"#;
        let rule = rule.replace('\n', " ");
        assert_eq!(
            masked(
                &rule,
                r#"{"contacts": [{"value": "a@b", "type": "email"}, {"type": "phone", "value": "1"}, {"value": "c", "type": "fax"}]}"#
            ),
            r#"{"contacts": [{"value": null, "type": "email"}, {"type": "phone", "value": "0"}, {"value": "c", "type": null}]}"#
        );
        assert_eq!(
            masked(&rule, r#"{"a": {"b": [{"secret": "s", "kind": "y"}, {"secret": "t", "kind": "x"}]}}"#),
            r#"{"a": {"b": [{"secret": "***", "kind": "y"}, {"secret": "t", "kind": "x"}]}}"#
        );
    }

    #[test]
    fn a_string_that_holds_json_takes_a_rule_of_its_own() {
        let rule = r#"{ with = "json", default = "keep", paths = { "$.payload" = { with = "json", default = "keep", paths = { "$.mail" = "null" } } } }"#;
        assert_eq!(
            masked(rule, r#"{"payload": "{\"mail\": \"a@b\", \"n\": 1}"}"#),
            r#"{"payload": "{\"mail\": null, \"n\": 1}"}"#
        );
        assert!(Trial::of(rule).bind().unwrap().raw(br#"{"payload": "no json"}"#).is_err());
    }

    #[test]
    fn paths_that_cannot_be_told_apart_are_refused() {
        let rule = r#"{ with = "json", paths = { "$.a[?(@.b)].c" = "keep", "$.a[?(@.d)].c" = "null" } }"#;
        let refused = Trial::of(rule).bind().err().unwrap();
        assert!(refused.message.starts_with("`$.a[?(@.b)].c` and `$.a[?(@.d)].c` can't be told apart"));
        assert!(
            Trial::of(r#"{ with = "json", paths = { "$.a" = "keep", "$['a']" = "null" } }"#).bind().is_err()
        );
        let apart =
            r#"{ with = "json", paths = { "$.a[?(@.b)].c" = "keep", "$.a[?(!@.b && @.d)].c" = "null" } }"#;
        assert!(Trial::of(apart).bind().is_ok());
    }

    #[test]
    fn a_wrong_path_is_a_diagnostic() {
        let refused = Trial::of(r#"{ with = "json", paths = { "email" = "email" } }"#).bind().err().unwrap();
        assert_eq!(refused.message, "`email` is no JSONPath: a path begins with `$`");
    }
}
