//! XML as a text that is read from left to right (XML 1.0, fifth edition).
//!
//! A scanner of our own: what is not masked must stay byte for byte, so all that is
//! needed of a document is where its texts, attributes and comments begin and end.
//! It is as strict as that takes; entities that a document declares are not known.

use crate::format::Unreadable;

pub(super) const INVALID: Unreadable = Unreadable("not well-formed XML");
const UNKNOWN_ENTITY: Unreadable = Unreadable("an entity that the document declares itself can't be read");

/// A piece of a document; the pieces of a document follow each other without a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Characters and references between markup.
    Text,
    /// `<![CDATA[…]]>`
    Cdata,
    /// `<!--…-->`, and what stands in it.
    Comment(&'a str),
    /// `<?target data?>`, and its data.
    Instruction(&'a str),
    /// `<?xml …?>`, or a document type without declarations of its own.
    Prolog,
    /// A document type with declarations of its own.
    Declarations,
    /// `<name attributes>`, and whether it ends with `/>`.
    Open(&'a str, &'a str, bool),
    /// `</name>`
    Close(&'a str),
}

/// A cursor over a document.
pub(super) struct XmlText<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> XmlText<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The byte offset it stands at.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The next piece; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Piece<'a>>, Unreadable> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if rest.is_empty() {
            return Ok(None);
        }
        let (piece, length) = if !rest.starts_with('<') {
            (Piece::Text, rest.find('<').unwrap_or(rest.len()))
        } else if let Some(inner) = rest.strip_prefix("<![CDATA[") {
            (Piece::Cdata, 12 + inner.find("]]>").ok_or(INVALID)?)
        } else if let Some(inner) = rest.strip_prefix("<!--") {
            let (comment, _) = inner.split_once("-->").ok_or(INVALID)?;
            (Piece::Comment(comment), 7 + comment.len())
        } else if let Some(inner) = rest.strip_prefix("<?") {
            let (inner, _) = inner.split_once("?>").ok_or(INVALID)?;
            (instruction(inner, self.at == 0)?, 4 + inner.len())
        } else if rest.starts_with("<!DOCTYPE") {
            document_type(rest)?
        } else if let Some(inner) = rest.strip_prefix("</") {
            let (inner, _) = inner.split_once('>').ok_or(INVALID)?;
            (Piece::Close(name(inner.trim_ascii_end())?), 3 + inner.len())
        } else {
            let inner = rest.get(1..end_of_tag(rest)?).unwrap_or_default();
            let (plain, closed) = inner.strip_suffix('/').map_or((inner, false), |plain| (plain, true));
            let end = plain.find(|c: char| c.is_ascii_whitespace()).unwrap_or(plain.len());
            let (tag, attributes) = plain.split_at(end);
            (Piece::Open(name(tag)?, attributes, closed), 2 + inner.len())
        };
        self.at += length;
        Ok(Some(piece))
    }
}

fn name(text: &str) -> Result<&str, Unreadable> {
    let odd = |c: char| c.is_ascii_whitespace() || c.is_ascii_control() || "<>&\"'=/!?#()[]{};,".contains(c);
    let start = |c: char| c.is_ascii_digit() || matches!(c, '-' | '.');
    if text.is_empty() || text.contains(odd) || text.starts_with(start) { Err(INVALID) } else { Ok(text) }
}

fn instruction(inner: &str, first: bool) -> Result<Piece<'_>, Unreadable> {
    let end = inner.find(|c: char| c.is_ascii_whitespace()).unwrap_or(inner.len());
    let (target, data) = inner.split_at(end);
    match (name(target)?.eq_ignore_ascii_case("xml"), first) {
        (true, true) => Ok(Piece::Prolog),
        (true, false) => Err(INVALID),
        (false, _) => Ok(Piece::Instruction(data.trim_ascii_start())),
    }
}

/// Where a tag's `>` stands; one inside a quoted value is not it.
fn end_of_tag(rest: &str) -> Result<usize, Unreadable> {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match (byte, quote) {
            (b'<', _) => return Err(INVALID),
            (b'>', None) => return Ok(at),
            (b'"' | b'\'', None) => quote = Some(byte),
            (_, Some(open)) if open == byte => quote = None,
            _ => {}
        }
    }
    Err(INVALID)
}

/// A document type and its length.
fn document_type(rest: &str) -> Result<(Piece<'static>, usize), Unreadable> {
    let (mut at, mut depth, mut piece) = (9, 0_u32, Piece::Prolog);
    while let Some(byte) = rest.as_bytes().get(at) {
        let after = rest.get(at..).unwrap_or_default();
        at += match byte {
            b'"' | b'\'' => {
                let quoted = after.get(1..).unwrap_or_default();
                2 + quoted.find(char::from(*byte)).ok_or(INVALID)?
            }
            b'<' if after.starts_with("<!--") => 3 + after.find("-->").ok_or(INVALID)?,
            b'<' if after.starts_with("<?") => 2 + after.find("?>").ok_or(INVALID)?,
            b'[' => {
                (depth, piece) = (depth + 1, Piece::Declarations);
                1
            }
            b']' => {
                depth = depth.checked_sub(1).ok_or(INVALID)?;
                1
            }
            b'>' if depth == 0 => return Ok((piece, at + 1)),
            _ => after.chars().next().map_or(1, char::len_utf8),
        };
    }
    Err(INVALID)
}

/// The attributes of a tag: names and values as they stand between their quotes.
pub(super) struct Attributes<'a>(pub(super) &'a str);

impl<'a> Iterator for Attributes<'a> {
    type Item = Result<(&'a str, &'a str), Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.0.trim_ascii_start();
        if rest.is_empty() {
            return None;
        }
        let spaced = rest.len() < self.0.len();
        let read = || {
            let (written, after) = rest.split_once('=').ok_or(INVALID)?;
            let after = after.trim_ascii_start();
            let quote = after.chars().next().filter(|c| spaced && matches!(c, '"' | '\'')).ok_or(INVALID)?;
            let (value, after) = after.get(1..).and_then(|rest| rest.split_once(quote)).ok_or(INVALID)?;
            Ok((name(written.trim_ascii_end())?, value, after))
        };
        match read() {
            Ok((name, value, after)) => {
                self.0 = after;
                Some(Ok((name, value)))
            }
            Err(problem) => {
                self.0 = "";
                Some(Err(problem))
            }
        }
    }
}

/// What the elements of a document say, by name: those that hold a text; none where it can't be read.
#[must_use]
pub fn said(text: &str) -> Vec<(&str, String)> {
    let mut xml = XmlText::new(text);
    let (mut open, mut found) = ("", Vec::new());
    loop {
        let from = xml.at();
        match xml.next() {
            Ok(Some(Piece::Open(name, _, closed))) => open = if closed { "" } else { name },
            Ok(Some(Piece::Text | Piece::Cdata)) if !open.is_empty() => {
                let mut said = String::new();
                let run = text.get(from..xml.at()).unwrap_or_default();
                if decode(run, &mut said).is_ok() && !said.trim().is_empty() {
                    found.push((open, said));
                }
            }
            Ok(Some(Piece::Close(_))) => open = "",
            Ok(Some(_)) => {}
            Ok(None) => return found,
            Err(_) => return Vec::new(),
        }
    }
}

/// Appends what a run of texts and CDATA sections says.
pub(super) fn decode(run: &str, out: &mut String) -> Result<(), Unreadable> {
    let mut rest = run;
    while let Some(at) = rest.find(['&', '<']) {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        if let Some(section) = after.strip_prefix("<![CDATA[") {
            let (plain, after) = section.split_once("]]>").ok_or(INVALID)?;
            out.push_str(plain);
            rest = after;
            continue;
        }
        let (entity, after) = after.strip_prefix('&').and_then(|rest| rest.split_once(';')).ok_or(INVALID)?;
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = match (entity.strip_prefix("#x"), entity.strip_prefix('#')) {
                    (Some(hex), _) => u32::from_str_radix(hex, 16).map_err(|_| INVALID)?,
                    (None, Some(decimal)) => decimal.parse().map_err(|_| INVALID)?,
                    (None, None) => return Err(name(entity).map_or(INVALID, |_| UNKNOWN_ENTITY)),
                };
                char::from_u32(number).ok_or(INVALID)?
            }
        });
        rest = after;
    }
    out.push_str(rest);
    Ok(())
}

/// Where a text is going to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    Text,
    Cdata,
    Attribute,
    Comment,
    Instruction,
}

/// Appends a text so that it is read as what it says; a comment and an instruction
/// have no escapes, and get a space where the text would end them.
pub(super) fn encode(text: &str, spot: Spot, out: &mut Vec<u8>) -> Result<(), Unreadable> {
    let odd = |c: char| c < ' ' && !matches!(c, '\t' | '\n' | '\r') || matches!(c, '\u{fffe}' | '\u{ffff}');
    if text.contains(odd) {
        return Err(Unreadable("the masked text has a character that XML can't hold"));
    }
    match spot {
        Spot::Text | Spot::Attribute => {
            for byte in text.bytes() {
                match byte {
                    b'&' => out.extend_from_slice(b"&amp;"),
                    b'<' => out.extend_from_slice(b"&lt;"),
                    b'>' => out.extend_from_slice(b"&gt;"),
                    b'\r' => out.extend_from_slice(b"&#13;"),
                    b'"' if spot == Spot::Attribute => out.extend_from_slice(b"&quot;"),
                    b'\'' if spot == Spot::Attribute => out.extend_from_slice(b"&apos;"),
                    b'\n' if spot == Spot::Attribute => out.extend_from_slice(b"&#10;"),
                    b'\t' if spot == Spot::Attribute => out.extend_from_slice(b"&#9;"),
                    other => out.push(other),
                }
            }
        }
        Spot::Cdata => out.extend_from_slice(text.replace("]]>", "]]]]><![CDATA[>").as_bytes()),
        Spot::Comment | Spot::Instruction => {
            let end = if spot == Spot::Comment { [b'-', b'-'] } else { [b'?', b'>'] };
            let mut last = 0;
            for byte in text.bytes() {
                if [last, byte] == end {
                    out.push(b' ');
                }
                out.push(byte);
                last = byte;
            }
            if last == end[0] {
                out.push(b' ');
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Result<Vec<Piece<'_>>, Unreadable> {
        let mut xml = XmlText::new(text);
        let mut found = Vec::new();
        while let Some(piece) = xml.next()? {
            found.push(piece);
        }
        Ok(found)
    }

    #[test]
    fn a_document_falls_into_its_pieces() {
        let text = "<?xml version='1.0'?><!DOCTYPE a SYSTEM \"x>\"><a b='>' c = \"'\">t&amp;<![CDATA[<x>]]><!-- c --><?p d e?><é:f/></a >\n";
        assert_eq!(
            pieces(text).unwrap(),
            [
                Piece::Prolog,
                Piece::Prolog,
                Piece::Open("a", " b='>' c = \"'\"", false),
                Piece::Text,
                Piece::Cdata,
                Piece::Comment(" c "),
                Piece::Instruction("d e"),
                Piece::Open("é:f", "", true),
                Piece::Close("a"),
                Piece::Text,
            ]
        );
        let attributes: Result<Vec<_>, _> = Attributes(" b='>' c = \"'\"").collect();
        assert_eq!(attributes.unwrap(), [("b", ">"), ("c", "'")]);
        assert_eq!(pieces("<!DOCTYPE a [<!ENTITY x ']>'> <!-- ] -->]>").unwrap(), [Piece::Declarations]);
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for text in [
            "<",
            "<a",
            "<a b='>",
            "<a <b>>",
            "<1/>",
            "< a/>",
            "<!-- x",
            "<![CDATA[x",
            "<?p",
            "a<?xml v?>",
            "<!DOCTYPE a [",
            "</>",
            "<!x>",
        ] {
            assert!(pieces(text).is_err(), "{text}");
        }
        for text in [" b", " b=c", "b='c'", " b='c'd='e'", " ='c'", " b='c"] {
            assert!(Attributes(text).any(|attribute| attribute.is_err()), "{text}");
        }
    }

    #[test]
    fn references_are_read_and_written() {
        let mut plain = String::new();
        decode("a&lt;&#65;&#x1F3AD;<![CDATA[&amp;]]>&quot;", &mut plain).unwrap();
        assert_eq!(plain, "a<A🎭&amp;\"");
        assert_eq!(decode("&unknown;", &mut plain), Err(UNKNOWN_ENTITY));
        for bad in ["&", "&;", "&#;", "&#xd800;", "&a b;"] {
            assert_eq!(decode(bad, &mut String::new()), Err(INVALID), "{bad}");
        }
        let encoded = |text, spot| {
            let mut out = Vec::new();
            encode(text, spot, &mut out).map(|()| String::from_utf8(out).unwrap())
        };
        assert_eq!(encoded("a<&>\"\n", Spot::Text).unwrap(), "a&lt;&amp;&gt;\"\n");
        assert_eq!(encoded("\"'\n", Spot::Attribute).unwrap(), "&quot;&apos;&#10;");
        assert_eq!(encoded("a]]>b", Spot::Cdata).unwrap(), "a]]]]><![CDATA[>b");
        assert_eq!(encoded("a---", Spot::Comment).unwrap(), "a- - - ");
        assert_eq!(encoded("a?>b?", Spot::Instruction).unwrap(), "a? >b? ");
        assert!(encoded("\u{1}", Spot::Text).is_err());
    }
}
