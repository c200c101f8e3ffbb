//! JSON as a text that is read from left to right (RFC 8259), strictly.

use crate::format::Unreadable;
use std::borrow::Cow;

pub(super) const INVALID: Unreadable = Unreadable("not valid JSON");

/// A cursor over a document.
pub(super) struct JsonText<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> JsonText<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The byte offset it stands at.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// What lies between an offset and here.
    pub(super) fn since(&self, from: usize) -> &'a str {
        self.text.get(from..self.at).unwrap_or("")
    }

    /// What lies ahead.
    pub(super) fn ahead(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// The next byte, after any white space.
    pub(super) fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte() {
            self.at += 1;
        }
        self.byte()
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Steps over one byte that must be next, after any white space.
    pub(super) fn expect(&mut self, wanted: u8) -> Result<(), Unreadable> {
        if self.peek() == Some(wanted) {
            self.at += 1;
            return Ok(());
        }
        Err(INVALID)
    }

    /// Steps over a word such as `null`.
    pub(super) fn word(&mut self, word: &str) -> Result<(), Unreadable> {
        if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            self.at += word.len();
            return Ok(());
        }
        Err(INVALID)
    }

    /// Steps over a string and gives what stands between its quotes, escaped.
    pub(super) fn string(&mut self) -> Result<&'a str, Unreadable> {
        self.expect(b'"')?;
        let start = self.at;
        loop {
            let byte = self.byte().ok_or(INVALID)?;
            self.at += 1;
            match byte {
                b'"' => return self.text.get(start..self.at - 1).ok_or(INVALID),
                b'\\' => {
                    let escape = self.byte().ok_or(INVALID)?;
                    self.at += 1;
                    if escape == b'u' {
                        let digits = self.text.as_bytes().get(self.at..self.at + 4).ok_or(INVALID)?;
                        if !digits.iter().all(u8::is_ascii_hexdigit) {
                            return Err(INVALID);
                        }
                        self.at += 4;
                    } else if !b"\"\\/bfnrt".contains(&escape) {
                        return Err(INVALID);
                    }
                }
                0..=0x1f => return Err(INVALID),
                _ => {}
            }
        }
    }

    /// Steps over a value and gives its text. Only pairs of brackets and strings are
    /// looked at: whoever reads the value afterwards finds what else is wrong with it.
    pub(super) fn skip(&mut self) -> Result<&'a str, Unreadable> {
        self.peek();
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match self.peek().ok_or(INVALID)? {
                b'"' => drop(self.string()?),
                b'{' | b'[' => {
                    self.at += 1;
                    depth += 1;
                }
                b'}' | b']' => {
                    self.at += 1;
                    depth = depth.checked_sub(1).ok_or(INVALID)?;
                }
                b',' | b':' if depth > 0 => self.at += 1,
                b',' | b':' => return Err(INVALID),
                _ => {
                    while self.byte().is_some_and(|b| !b",:[]{}\" \t\n\r".contains(&b)) {
                        self.at += 1;
                    }
                }
            }
            if depth == 0 {
                return Ok(self.since(start));
            }
        }
    }

    /// How many elements lie ahead of the end of the array it stands in.
    pub(super) fn elements(&self) -> Result<usize, Unreadable> {
        let mut ahead = Self { ..*self };
        for count in 1.. {
            ahead.skip()?;
            if ahead.peek() != Some(b',') {
                return Ok(count);
            }
            ahead.expect(b',')?;
        }
        Ok(0)
    }

    /// Steps over a number.
    pub(super) fn number(&mut self) -> Result<(), Unreadable> {
        self.at += usize::from(self.byte() == Some(b'-'));
        let zero = self.byte() == Some(b'0');
        let digits = self.digits()?;
        if zero && digits > 1 {
            return Err(INVALID);
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<usize, Unreadable> {
        let start = self.at;
        while self.byte().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(INVALID) } else { Ok(self.at - start) }
    }
}

/// Appends what an escaped string says. A surrogate without its other half, which
/// no text can hold, becomes the replacement character.
pub(super) fn unescape(escaped: &str, out: &mut String) {
    let mut chars = escaped.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('u') => {
                let unit = code_unit(&mut chars);
                let mut after = chars.clone();
                let low = if (after.next(), after.next()) == (Some('\\'), Some('u')) {
                    code_unit(&mut after)
                } else {
                    0
                };
                if (0xd800..0xdc00).contains(&unit) && (0xdc00..0xe000).contains(&low) {
                    let code = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                    out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                    chars = after;
                } else {
                    out.push(char::from_u32(unit).unwrap_or('\u{fffd}'));
                }
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
}

fn code_unit(chars: &mut std::str::Chars<'_>) -> u32 {
    chars.by_ref().take(4).fold(0, |unit, c| unit << 4 | c.to_digit(16).unwrap_or(0))
}

/// What an escaped string says; copied only where there is an escape in it.
pub(super) fn plain(escaped: &str) -> Cow<'_, str> {
    if !escaped.contains('\\') {
        return Cow::Borrowed(escaped);
    }
    let mut text = String::with_capacity(escaped.len());
    unescape(escaped, &mut text);
    Cow::Owned(text)
}

/// Appends a text as a JSON string.
pub(super) fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..=0x1f => {
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(data_encoding::HEXLOWER.encode(&[byte]).as_bytes());
            }
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_survive_escaping() {
        for text in ["", "a\"b\\c", "tab\tnewline\n\u{1}", "Zoë 🎭"] {
            let mut out = Vec::new();
            write_string(text, &mut out);
            let written = String::from_utf8(out).unwrap();
            assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
            let mut back = String::new();
            unescape(JsonText::new(&written).string().unwrap(), &mut back);
            assert_eq!(back, text);
        }
    }

    #[test]
    fn surrogates_pair_or_are_replaced() {
        let mut out = String::new();
        unescape(r"\ud83c\udfad \ud83c x", &mut out);
        assert_eq!(out, "🎭 \u{fffd} x");
    }

    #[test]
    fn a_value_is_stepped_over_whole() {
        for (text, value) in [
            (" {\"a]\": [1, {}]} ,2", "{\"a]\": [1, {}]}"),
            ("\"x\\\"\",", "\"x\\\"\""),
            ("-1.5e3]", "-1.5e3"),
        ] {
            assert_eq!(JsonText::new(text).skip(), Ok(value));
        }
        for text in ["", "]", ",", "{\"a\": 1", "\"x"] {
            assert!(JsonText::new(text).skip().is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_are_those_of_json() {
        for (text, valid) in
            [("0", true), ("-1.5e+3", true), ("01", false), ("1.", false), ("-", false), ("1e", false)]
        {
            assert_eq!(JsonText::new(text).number().is_ok(), valid, "{text}");
        }
    }
}
