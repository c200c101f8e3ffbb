//! `xml`: a rule per path of an XML document.
//!
//! As `json` does it: `paths` maps paths to decisions, the most exact one wins, a
//! match wins over one further up, and a decision for an element holds for all in
//! it: texts, attributes, comments and processing instructions. `default` decides
//! on what no path does; it is `refuse` unless said. Comments and instructions can
//! hold data and are decided like texts (`//comment()` names them). `null` empties.
//! A text and the CDATA sections beside it are one value; white space around it
//! stays, and so does all that is nothing else. Names of elements and attributes
//! and declarations of namespaces stay. What is not masked stays byte for byte;
//! an entity that the document declares itself is an error only where it would
//! have to be read. A document has 256 levels at most.

use super::canonical;
use super::route::Positions;
use super::xml_path::{Node, XmlPath};
use super::xml_text::{Attributes, INVALID, Piece, Spot, XmlText, decode, encode};
use super::{
    Binding, Bound, Capacity, Decision, Example, Length, Masker, Param, ParamKind, Params, Promises,
};
use super::{Transformer, wrong};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value, Wire};
use crate::schema::{DataType, Scalar};
use std::borrow::Cow;
use std::cmp::Reverse;

const DEEPEST: usize = 256;

/// See the module.
pub(super) struct Xml;

impl Transformer for Xml {
    fn name(&self) -> &'static str {
        "xml"
    }

    fn summary(&self) -> &'static str {
        "Mask texts and attributes inside XML documents, path by path"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[
            Param::optional("paths", ParamKind::RuleMap, "", "a rule for each path"),
            Param::optional("default", ParamKind::Rule, "refuse", "what holds where no path matches"),
            Param::optional(
                "on_invalid",
                ParamKind::Word(&["refuse", "null", "keep"]),
                "refuse",
                "what to do with a text that is not XML",
            ),
        ];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text() || data_type.scalar() == Some(Scalar::Xml)
    }

    fn promises(&self) -> Promises {
        Promises {
            length: Length::Free,
            reveals: Some("names of elements and attributes, the shape, and what the inner rules reveal"),
            ..Promises::USUAL
        }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Few
    }

    fn example(&self) -> Example {
        Example {
            rule: "{ with = \"xml\", default = \"keep\", paths = { \"//email\" = \"email\", \"//@phone\" = \"digits\" } }",
            data_type: "text",
            input: "<order phone=\"+1 415 555 0134\"><email>ann@corp.example</email></order>",
        }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let text = DataType::scalar_of("text", Scalar::Text);
        let mut paths: Vec<(XmlPath, Leaf, &str)> = Vec::new();
        for (written, span, decision) in params.rules("paths") {
            let path = XmlPath::parse(written).map_err(|problem| {
                Diagnostic::error(format!("`{written}` is no path into XML: {problem}")).at(span, "").help(
                    "write it as `/order/customer/name`, `//email`, `//@id` or `//contact[@type='email']`",
                )
            })?;
            if let Some((_, _, other)) =
                paths.iter().find(|(other, ..)| other.rank() == path.rank() && other.meets(&path))
            {
                let problem =
                    format!("`{other}` and `{written}` can't be told apart: both may match the same place");
                return Err(Diagnostic::error(problem)
                    .at(span, "")
                    .help("take one out, or make one say more, such as the way to it or an attribute"));
            }
            let leaf = Leaf::bind(at, decision, &text).map_err(|problem| problem.or_at(span))?;
            paths.push((path, leaf, written));
        }
        paths.sort_by_key(|(path, ..)| Reverse(path.rank()));
        let default = params.rule("default").unwrap_or(&Decision::Refuse);
        let default = Leaf::bind(at, default, &text).map_err(|problem| match params.span("default") {
            Some(span) => problem.or_at(span),
            None => problem,
        })?;
        if paths.is_empty() && matches!(default, Leaf::Refuse) {
            return Err(wrong(params, "paths", "`xml` without `paths` or `default` refuses every document")
                .help("add `paths = { \"//email\" = \"email\" }`, and `default = \"keep\"` where the rest may stay"));
        }
        let on_invalid = match params.text("on_invalid") {
            Some("null") => OnInvalid::Null,
            Some("keep") => OnInvalid::Keep,
            _ => OnInvalid::Refuse,
        };
        let paths = paths.into_iter().map(|(path, leaf, _)| (path, leaf)).collect();
        Ok(Bound::cell(Document { paths, default, text, on_invalid }))
    }
}

#[derive(Clone, Copy)]
enum OnInvalid {
    Refuse,
    Null,
    Keep,
}

/// A decision, bound to texts.
enum Leaf {
    Keep,
    Null,
    Refuse,
    Mask(Box<dyn Masker>),
}

impl Leaf {
    fn bind(at: &mut Binding<'_>, decision: &Decision, text: &DataType) -> Result<Self, Diagnostic> {
        Ok(match decision {
            Decision::Keep => Self::Keep,
            Decision::Null => Self::Null,
            Decision::Refuse => Self::Refuse,
            Decision::Remake(_) | Decision::Mask(_) => Self::Mask(at.inner(decision, text, Wire::Text)?),
        })
    }
}

struct Document {
    paths: Vec<(XmlPath, Leaf)>,
    default: Leaf,
    text: DataType,
    on_invalid: OnInvalid,
}

/// Room for the levels that most documents have.
const LEVELS: usize = 8;

impl Document {
    /// The positions at the root.
    fn positions(&self) -> Vec<Positions> {
        let mut positions = Vec::with_capacity(LEVELS * self.paths.len());
        positions.resize(self.paths.len(), Positions::START);
        positions
    }
}

impl Masker for Document {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let text = value.text()?;
        let room = out.data_type().max_chars();
        let start = out.raw().len();
        let mut walk = Walk {
            document: self,
            text,
            row,
            out: out.text(),
            open: Vec::with_capacity(LEVELS),
            positions: self.positions(),
            copied: 0,
        };
        match (walk.document(), self.on_invalid) {
            (Ok(()), _) => {
                let written = out.raw().get(start..).unwrap_or_default();
                let long = |room| std::str::from_utf8(written).map_or(0, |t| t.chars().count()) > room;
                if room.is_some_and(long) {
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
    text: &'a str,
    row: &'a Row<'r>,
    out: &'a mut Vec<u8>,
    /// The elements it stands in, and what holds for all in them.
    open: Vec<(&'a str, Option<&'a Leaf>)>,
    /// The positions of all paths, level after level.
    positions: Vec<Positions>,
    /// How much of the document has been written or replaced.
    copied: usize,
}

impl<'a> Walk<'a, '_> {
    fn document(&mut self) -> Result<(), Unreadable> {
        let mut xml = XmlText::new(self.text);
        // Where a run of texts and CDATA sections began.
        let mut run = None;
        loop {
            let from = xml.at();
            let piece = xml.next()?;
            if matches!(piece, Some(Piece::Text | Piece::Cdata)) {
                run.get_or_insert(from);
                continue;
            }
            if let Some(start) = run.take() {
                self.run(start, from)?;
            }
            match piece {
                Some(Piece::Open(name, attributes, closed)) => self.enter(name, attributes, from, closed)?,
                Some(Piece::Close(name)) => {
                    if self.open.pop().is_none_or(|(open, _)| open != name) {
                        return Err(INVALID);
                    }
                    self.positions.truncate(self.positions.len() - self.document.paths.len());
                }
                Some(Piece::Comment(inner)) => {
                    self.aside(Node::Comment, Spot::Comment, inner, xml.at() - 3 - inner.len())?;
                }
                Some(Piece::Instruction(inner)) => {
                    self.aside(Node::Instruction, Spot::Instruction, inner, xml.at() - 2 - inner.len())?;
                }
                Some(Piece::Declarations) => {
                    if !matches!(self.document.default, Leaf::Keep) {
                        return Err(Unreadable(
                            "a document type with declarations of its own can only be kept",
                        ));
                    }
                }
                Some(Piece::Prolog | Piece::Text | Piece::Cdata) => {}
                None if self.open.is_empty() => break,
                None => return Err(INVALID),
            }
        }
        self.copy(self.text.len());
        Ok(())
    }

    /// Writes everything up to `end` as it stands in the document.
    fn copy(&mut self, end: usize) {
        self.out.extend_from_slice(self.text.get(self.copied..end).unwrap_or_default().as_bytes());
        self.copied = end;
    }

    /// The positions one level deeper, added to the others.
    fn descend(&mut self, node: Node<'_>) -> Option<&'a Leaf> {
        let paths = &self.document.paths;
        let level = self.positions.len() - paths.len();
        let mut own = None;
        for (nth, (path, leaf)) in paths.iter().enumerate() {
            let from = self.positions.get(level + nth).copied().unwrap_or(Positions::START);
            let to = path.step(from, node);
            if own.is_none() && path.matches(to) {
                own = Some(leaf);
            }
            self.positions.push(to);
        }
        own
    }

    /// What holds for something in the element it stands in.
    fn decide(&mut self, node: Node<'_>) -> Option<&'a Leaf> {
        let own = self.descend(node);
        self.positions.truncate(self.positions.len() - self.document.paths.len());
        own.or_else(|| self.open.last().and_then(|(_, inherited)| *inherited))
    }

    fn enter(
        &mut self,
        name: &'a str,
        attributes: &'a str,
        from: usize,
        closed: bool,
    ) -> Result<(), Unreadable> {
        if self.open.len() >= DEEPEST {
            return Err(Unreadable("a document of more than 256 levels"));
        }
        let inherited = self.open.last().and_then(|(_, inherited)| *inherited);
        let own = self.descend(Node::Element(name, attributes));
        self.open.push((name, own.or(inherited)));
        let start = from + 1 + name.len();
        let mut list = Attributes(attributes);
        while let Some(attribute) = list.next() {
            let (name, raw) = attribute?;
            if raw.is_empty() || name == "xmlns" || name.starts_with("xmlns:") {
                continue;
            }
            let leaf = self.decide(Node::Attribute(name)).unwrap_or(&self.document.default);
            let end = start + attributes.len() - list.0.len() - 1;
            self.replace(leaf, raw, end - raw.len()..end, Spot::Attribute)?;
        }
        if closed {
            self.open.pop();
            self.positions.truncate(self.positions.len() - self.document.paths.len());
        }
        Ok(())
    }

    fn run(&mut self, start: usize, end: usize) -> Result<(), Unreadable> {
        let raw = self.text.get(start..end).unwrap_or_default();
        let after = raw.trim_ascii_start();
        let (start, raw) = (start + raw.len() - after.len(), after.trim_ascii_end());
        if raw.is_empty() {
            return Ok(());
        }
        let leaf = self.decide(Node::Text).unwrap_or(&self.document.default);
        let section = raw.strip_prefix("<![CDATA[").and_then(|raw| raw.strip_suffix("]]>"));
        match section.filter(|inner| !inner.contains("]]>")) {
            Some(inner) => self.replace(leaf, inner, start + 9..start + 9 + inner.len(), Spot::Cdata),
            None => self.replace(leaf, raw, start..start + raw.len(), Spot::Text),
        }
    }

    fn aside(&mut self, node: Node<'_>, spot: Spot, inner: &'a str, start: usize) -> Result<(), Unreadable> {
        let after = inner.trim_ascii_start();
        let (start, inner) = (start + inner.len() - after.len(), after.trim_ascii_end());
        if inner.is_empty() {
            return Ok(());
        }
        let leaf = self.decide(node).unwrap_or(&self.document.default);
        self.replace(leaf, inner, start..start + inner.len(), spot)
    }

    /// Writes what a decision makes of the text at a place.
    fn replace(
        &mut self,
        leaf: &Leaf,
        raw: &str,
        place: std::ops::Range<usize>,
        spot: Spot,
    ) -> Result<(), Unreadable> {
        match leaf {
            Leaf::Keep => Ok(()),
            Leaf::Refuse => Err(Unreadable("no path decides on a part of the document")),
            Leaf::Null => {
                self.copy(place.start);
                self.copied = place.end;
                Ok(())
            }
            Leaf::Mask(masker) => {
                let mut plain = Cow::Borrowed(raw);
                if matches!(spot, Spot::Text | Spot::Attribute) && raw.contains(['&', '<']) {
                    let mut decoded = String::with_capacity(raw.len());
                    decode(raw, &mut decoded)?;
                    plain = Cow::Owned(decoded);
                }
                let data_type = &self.document.text;
                canonical::with(|buffer| {
                    let mut inner = Output::new(buffer, data_type, Wire::Text);
                    let value = Value { raw: plain.as_bytes(), data_type, wire: Wire::Text };
                    masker.mask(value, self.row, &mut inner)?;
                    if inner.is_null() {
                        buffer.clear();
                    }
                    self.copy(place.start);
                    self.copied = place.end;
                    encode(&String::from_utf8_lossy(buffer), spot, self.out)
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::format::Wire;
    use crate::transform::fixture::Trial;

    fn masked(rule: &str, input: &str) -> String {
        Trial::of(rule).text(input)
    }

    const STAR: &str = "{ with = \"constant\", value = \"<*>\" }";

    #[test]
    fn what_no_path_names_stays_byte_for_byte() {
        let rule = r#"{ with = "xml", default = "keep", paths = { "/a/b" = "null", "//@id" = "null" } }"#;
        assert_eq!(
            masked(
                rule,
                "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY e 'x'>]><a  id = '7' k=\"&e;\" ><b >x &amp; y</b ><c>&e;<![CDATA[<]]><!-- n --><?p q?></c></a>\n"
            ),
            "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY e 'x'>]><a  id = '' k=\"&e;\" ><b ></b ><c>&e;<![CDATA[<]]><!-- n --><?p q?></c></a>\n"
        );
    }

    #[test]
    fn texts_attributes_comments_and_instructions_are_masked() {
        let rule = format!("{{ with = \"xml\", default = {STAR} }}");
        assert_eq!(
            masked(
                &rule,
                "<a xmlns='urn:x' b='1' c=\"\">\n  Ann &lt;x&gt; <![CDATA[y]]>\n<![CDATA[z]]> <d> </d><![CDATA[w]]><!-- n --><?p q?></a>"
            ),
            "<a xmlns='urn:x' b='&lt;*&gt;' c=\"\">\n  &lt;*&gt; <d> </d><![CDATA[<*>]]><!-- <*> --><?p <*>?></a>"
        );
        assert_eq!(masked(&rule, "no markup"), "&lt;*&gt;");
        assert_eq!(masked(&rule, ""), "");
    }

    #[test]
    fn the_most_exact_path_wins_and_holds_for_all_inside() {
        let rule = r#"{ with = "xml", paths = { "//mail" = "email", "/k" = "keep", "/k/x/@n" = "null", "/k/mail" = "keep",
            "//c[@t='m']/v" = "null", "//c[@t='p']/v" = "keep", "//comment()" = "null" } }"#
            .replace('\n', " ");
        assert_eq!(
            masked(
                &rule,
                "<k><x n='1' m='2'>t<y>u</y></x><mail>a</mail><!--c--><c t='m'><v>1</v></c><c t='p'><v>2</v></c></k>"
            ),
            "<k><x n='' m='2'>t<y>u</y></x><mail>a</mail><!----><c t='m'><v></v></c><c t='p'><v>2</v></c></k>"
        );
        assert!(masked(&rule, "<o><mail> ann@corp.com </mail></o>").contains("@example.test </mail>"));
    }

    #[test]
    fn what_nobody_decided_on_is_refused() {
        let ready = Trial::of(r#"{ with = "xml", paths = { "/a/b" = "keep" } }"#).bind().unwrap();
        assert!(ready.raw(b"<a> <b c='1'>x<d>y</d></b> <e/></a>").is_ok());
        for text in ["<a>x</a>", "<a c='1'/>", "<a><!--x--></a>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "x"] {
            assert!(ready.raw(text.as_bytes()).is_err(), "{text}");
        }
        assert!(Trial::of(r#""xml""#).bind().is_err());
    }

    #[test]
    fn an_entity_of_its_own_is_an_error_only_where_it_must_be_read() {
        let rule = format!("{{ with = \"xml\", default = \"keep\", paths = {{ \"//b\" = {STAR} }} }}");
        let ready = Trial::of(&rule).bind().unwrap();
        assert_eq!(ready.text("<a>&e;</a>"), "<a>&e;</a>");
        assert!(ready.raw(b"<b>&e;</b>").is_err());
    }

    #[test]
    fn what_is_not_xml_is_refused_nulled_or_kept() {
        let with = |on_invalid: &str| {
            Trial::of(&format!("{{ with = \"xml\", default = \"null\"{on_invalid} }}")).bind().unwrap()
        };
        for bad in ["<a>", "</a>", "<a></b>", "<a b=c/>", "a < b", "<a><b></a></b>"] {
            assert!(with("").raw(bad.as_bytes()).is_err(), "{bad}");
            assert_eq!(with(", on_invalid = \"null\"").raw(bad.as_bytes()), Ok(None));
            assert_eq!(with(", on_invalid = \"keep\"").text(bad), bad);
        }
        assert!(with("").raw("<a>".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn an_xml_column_is_masked_in_both_forms() {
        let trial = |wire| Trial::of(r#"{ with = "xml", default = "null" }"#).on("xml").wire(wire);
        for wire in [Wire::Text, Wire::Binary] {
            assert_eq!(trial(wire).bind().unwrap().raw(b"<a>x</a>"), Ok(Some(b"<a></a>".to_vec())));
        }
    }

    #[test]
    fn wrong_paths_are_diagnostics() {
        let message = |rule: &str| Trial::of(rule).bind().err().unwrap().message;
        assert_eq!(
            message(r#"{ with = "xml", paths = { "a" = "keep" } }"#),
            "`a` is no path into XML: a path begins with `/` or `//`"
        );
        assert_eq!(
            message(r#"{ with = "xml", paths = { "//a[@b]" = "keep", "//a[@c]" = "null" } }"#),
            "`//a[@b]` and `//a[@c]` can't be told apart: both may match the same place"
        );
    }
}
