//! The literals, numbers and remarks of an SQL text, whatever else it is.
//!
//! A reader of PostgreSQL's lexical rules and of nothing more: it has to be right about
//! where a literal begins and ends, not about what the statement does. Escapes are
//! undone, literals that go on after a line's end are one, and the body between dollar
//! quotes is given as a text and read again as SQL. A text that ends amid a literal or
//! a remark was not understood, and is given as a whole once more.

use std::borrow::Cow;

/// How deep dollar quotes are followed into each other.
const DEEPEST: usize = 8;
/// Fewer digits than this are no number of a person.
const SHORTEST: usize = 9;

/// What a piece of SQL is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Literal,
    Number,
    Remark,
}

/// A piece of SQL that holds somebody's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece<'s> {
    pub(super) part: Part,
    /// As it is meant: without quotes and escapes.
    pub(super) text: Cow<'s, str>,
    /// The word before a literal, with nothing between but an assignment.
    pub(super) after: &'s str,
}

/// All pieces of a text.
pub(super) fn pieces(sql: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    read(sql, 0, &mut found);
    found
}

fn read<'s>(sql: &'s str, depth: usize, found: &mut Vec<Piece<'s>>) {
    let mut hand = Hand { sql, at: 0, depth, word: "", found };
    if hand.read().is_none() {
        hand.push(Part::Literal, Cow::Borrowed(sql));
    }
}

struct Hand<'s, 'f> {
    sql: &'s str,
    at: usize,
    depth: usize,
    word: &'s str,
    found: &'f mut Vec<Piece<'s>>,
}

impl<'s> Hand<'s, '_> {
    /// `None` where the text ends too early.
    fn read(&mut self) -> Option<()> {
        while let Some(c) = self.rest().chars().next() {
            let rest = self.rest();
            let after = rest.get(c.len_utf8()..).unwrap_or_default();
            match c {
                '\'' => self.literal(None)?,
                '"' => {
                    self.at += 1;
                    self.close('"')?;
                    self.word = "";
                }
                '-' if after.starts_with('-') => {
                    let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
                    self.push(Part::Remark, Cow::Borrowed(rest.get(2..end)?));
                    self.at += end;
                }
                '/' if after.starts_with('*') => self.remark()?,
                '$' if tag(rest).is_some() => self.dollars()?,
                c if is_letter(c) => self.name()?,
                c if c.is_ascii_digit() => self.number(),
                c => {
                    self.at += c.len_utf8();
                    if !(c.is_whitespace() || matches!(c, ':' | '=' | '>')) {
                        self.word = "";
                    }
                }
            }
        }
        Some(())
    }

    fn rest(&self) -> &'s str {
        self.sql.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, part: Part, text: Cow<'s, str>) {
        if !text.is_empty() {
            let after = if part == Part::Literal { self.word } else { "" };
            self.found.push(Piece { part, text, after });
        }
    }

    /// A word, or the letter before a literal.
    fn name(&mut self) -> Option<()> {
        let rest = self.rest();
        let inside = |c: char| is_letter(c) || c.is_ascii_digit() || c == '$';
        let end = rest.find(|c| !inside(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end)?;
        let lower = word.to_ascii_lowercase();
        if after.starts_with('\'') && matches!(lower.as_str(), "e" | "b" | "x" | "n") {
            self.at += end;
            return self.literal(lower.chars().next());
        }
        if lower == "u" && (after.starts_with("&'") || after.starts_with("&\"")) {
            self.at += 2;
            if self.rest().starts_with('"') {
                return Some(());
            }
            return self.literal(Some('u'));
        }
        self.word = word;
        self.at += end;
        Some(())
    }

    /// Moves behind the next `quote` that is not doubled, and says where it was.
    fn close(&mut self, quote: char) -> Option<usize> {
        loop {
            let end = self.at + self.rest().find(quote)?;
            self.at = end + 1;
            if !self.rest().starts_with(quote) {
                return Some(end);
            }
            self.at += 1;
        }
    }

    /// A literal in quotes, from its first quote on, with what follows it on other lines.
    fn literal(&mut self, prefix: Option<char>) -> Option<()> {
        let mut text = Cow::Borrowed("");
        loop {
            self.at += 1;
            let start = self.at;
            let end = if prefix == Some('e') { self.close_escaped()? } else { self.close('\'')? };
            let own = self.sql.get(start..end)?;
            let doubled = own.contains("''");
            match prefix {
                Some('e') => text.to_mut().push_str(&unescaped(own)),
                Some('u') => text.to_mut().push_str(&from_code_points(&own.replace("''", "'"))),
                Some('x') => text.to_mut().push_str(&unhexed(own).unwrap_or_else(|| own.to_owned())),
                _ if doubled => text.to_mut().push_str(&own.replace("''", "'")),
                _ if text.is_empty() => text = Cow::Borrowed(own),
                _ => text.to_mut().push_str(own),
            }
            let rest = self.rest();
            let gap = rest.len() - rest.trim_start().len();
            let goes_on = rest.get(gap..).is_some_and(|rest| rest.starts_with('\''))
                && rest.get(..gap).is_some_and(|gap| gap.contains(['\n', '\r']));
            if !goes_on {
                break;
            }
            self.at += gap;
        }
        if let Some(bytes) = text.strip_prefix("\\x").and_then(unhexed) {
            self.push(Part::Literal, Cow::Owned(bytes));
        }
        self.push(Part::Literal, text);
        self.word = "";
        Some(())
    }

    /// The same where a backslash escapes what follows it.
    fn close_escaped(&mut self) -> Option<usize> {
        loop {
            let end = self.at + self.rest().find(['\'', '\\'])?;
            self.at = end + 1;
            if self.sql.as_bytes().get(end) == Some(&b'\\') {
                self.at += self.rest().chars().next()?.len_utf8();
            } else if self.rest().starts_with('\'') {
                self.at += 1;
            } else {
                return Some(end);
            }
        }
    }

    /// A remark between `/*` and `*/`, which may hold others.
    fn remark(&mut self) -> Option<()> {
        let start = self.at + 2;
        let mut open = 1;
        self.at = start;
        while open > 0 {
            self.at += self.rest().find(['*', '/'])?;
            match self.rest() {
                rest if rest.starts_with("/*") => open += 1,
                rest if rest.starts_with("*/") => open -= 1,
                _ => {
                    self.at += 1;
                    continue;
                }
            }
            self.at += 2;
        }
        let text = self.sql.get(start..self.at - 2)?;
        self.push(Part::Remark, Cow::Borrowed(text));
        Some(())
    }

    /// A body between dollar quotes.
    fn dollars(&mut self) -> Option<()> {
        let tag = tag(self.rest())?;
        let start = self.at + tag.len();
        let length = self.sql.get(start..)?.find(tag)?;
        let body = self.sql.get(start..start + length)?;
        self.at = start + length + tag.len();
        self.push(Part::Literal, Cow::Borrowed(body));
        self.word = "";
        if self.depth < DEEPEST {
            read(body, self.depth + 1, self.found);
        }
        Some(())
    }

    fn number(&mut self) {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'));
        let text = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        self.at += text.len().max(1);
        self.word = "";
        if text.bytes().filter(u8::is_ascii_digit).count() >= SHORTEST {
            let text =
                if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) };
            self.push(Part::Number, text);
        }
    }
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || !c.is_ascii()
}

/// The dollar quote that a text begins with: `$$`, `$body$`.
fn tag(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('$')?;
    let end = inner.find('$')?;
    let name = inner.get(..end)?;
    let right = name.chars().all(|c| is_letter(c) || c.is_ascii_digit())
        && !name.starts_with(|c: char| c.is_ascii_digit());
    right.then(|| text.get(..end + 2))?
}

/// The text of `E'…'`.
fn unescaped(own: &str) -> String {
    let mut bytes = Vec::with_capacity(own.len());
    let mut chars = own.chars().peekable();
    let mut push = |c: char| bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    while let Some(c) = chars.next() {
        if c == '\'' {
            chars.next_if_eq(&'\'');
        }
        if c != '\\' {
            push(c);
            continue;
        }
        let Some(c) = chars.next() else { break };
        let mut digits = |radix: u32, most: usize, first: Option<char>| {
            let mut value = first.and_then(|c| c.to_digit(radix));
            for _ in 0..most {
                let Some(digit) = chars.peek().and_then(|c| c.to_digit(radix)) else { break };
                chars.next();
                value = Some(value.unwrap_or(0) * radix + digit);
            }
            value
        };
        match c {
            'n' => push('\n'),
            't' => push('\t'),
            'r' => push('\r'),
            'b' | 'f' => push(' '),
            'u' => digits(16, 4, None).and_then(char::from_u32).into_iter().for_each(&mut push),
            'U' => digits(16, 8, None).and_then(char::from_u32).into_iter().for_each(&mut push),
            // Bytes above ASCII are parts of characters; a stand-in keeps them apart from letters.
            'x' => push(digits(16, 2, None).and_then(ascii).unwrap_or('\u{fffd}')),
            '0'..='7' => push(digits(8, 2, Some(c)).and_then(ascii).unwrap_or('\u{fffd}')),
            c => push(c),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn ascii(value: u32) -> Option<char> {
    char::from_u32(value).filter(char::is_ascii)
}

/// The text of `U&'…'` with the usual escape character.
fn from_code_points(own: &str) -> String {
    let mut text = String::with_capacity(own.len());
    let mut rest = own;
    while let Some((front, after)) = rest.split_once('\\') {
        text.push_str(front);
        let (skipped, digits) = if after.starts_with('+') { (1, 6) } else { (0, 4) };
        let code = after.get(skipped..skipped + digits).and_then(|code| u32::from_str_radix(code, 16).ok());
        if let Some(c) = code.and_then(char::from_u32) {
            text.push(c);
            rest = after.get(skipped + digits..).unwrap_or_default();
        } else {
            text.push('\\');
            rest = after.strip_prefix('\\').unwrap_or(after);
        }
    }
    text + rest
}

/// What bytes in hex say, where that is text.
pub(super) fn unhexed(hex: &str) -> Option<String> {
    let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok()?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sql: &str, part: Part) -> Vec<String> {
        pieces(sql).into_iter().filter(|piece| piece.part == part).map(|p| p.text.into_owned()).collect()
    }

    fn literals(sql: &str) -> Vec<String> {
        of(sql, Part::Literal)
    }

    #[test]
    fn quotes_are_undone() {
        assert_eq!(literals("a = 'it''s' OR b = '' OR c='x'"), ["it's", "x"]);
        assert_eq!(literals("'one'\n  'two' 'three'"), ["onetwo", "three"]);
        assert_eq!(literals(r"'back\' || 'slash'"), ["back\\", "slash"]);
    }

    #[test]
    fn escapes_hide_nothing() {
        assert_eq!(literals(r"E'ann\x40corp.com'"), ["ann@corp.com"]);
        assert_eq!(literals(r"e'a\'b''c\\' 'd'"), ["a'b'c\\", "d"]);
        assert_eq!(literals(r"E'\141nn\u0040x\U00000041\n'"), ["ann@xA\n"]);
        assert_eq!(literals(r"U&'ann\0040corp\+00002ecom'"), ["ann@corp.com"]);
        assert_eq!(literals(r"'\x616e6e40636f72702e636f6d'::bytea")[0], "ann@corp.com");
        assert_eq!(literals("X'616e6e'"), ["ann"]);
        assert_eq!(literals(r"E'\xc3\xa9é'"), ["\u{fffd}\u{fffd}é"]);
        assert_eq!(literals("B'0101' N'n'"), ["0101", "n"]);
    }

    #[test]
    fn names_and_operators_are_no_literals() {
        assert!(
            pieces(r#"SELECT "it's a 'name'", a$b$c, x'', $1, $2 FROM "q""x" WHERE a - -1 / 2 <@ b"#)
                .is_empty()
        );
        assert_eq!(literals(r#""a""'" || 'b'"#), ["b"]);
        assert_eq!(literals(r#"U&"d\0061t'a" || 'b'"#), ["b"]);
        assert_eq!(literals("a$x$ || 'b' || $x$c$x$"), ["b", "c"]);
    }

    #[test]
    fn dollars_are_read_as_text_and_as_sql() {
        assert_eq!(literals("$$ann@corp.com$$"), ["ann@corp.com"]);
        assert_eq!(literals("$a$x $b$y 'z' $b$ $a$"), ["x $b$y 'z' $b$ ", "y 'z' ", "z"]);
        assert_eq!(of("do $do$ -- of Ann\n$do$", Part::Remark), [" of Ann"]);
        assert_eq!(literals("'$$' || $é$a$é$"), ["$$", "a"]);
        let deep = (0..50).fold(String::from("'x'"), |sql, n| format!("$t{n}${sql}$t{n}$"));
        assert!(literals(&deep).len() < 20);
    }

    #[test]
    fn remarks_may_hold_remarks_and_quotes() {
        assert_eq!(of("a -- it's\n+ 'b' --", Part::Remark), [" it's"]);
        assert_eq!(of("/* a /* b */ c' */ 1", Part::Remark), [" a /* b */ c' "]);
        assert_eq!(literals("/*/ ' */ 'a' /***/ '--b' /* * / */"), ["a", "--b"]);
        assert_eq!(literals("1 +-- 'no'\r'yes'"), ["yes"]);
    }

    #[test]
    fn what_does_not_end_is_given_whole() {
        for sql in ["select 'ann@corp.com", "/* ann /* */", "$a$ ann $b$", "\"ann", "E'ann\\'", "E'\\"] {
            assert!(literals(sql).iter().any(|text| text == sql), "{sql}: {:?}", pieces(sql));
        }
        let inner = "$x$ it's 'a' ann $x$";
        assert_eq!(literals(inner).last().unwrap(), " it's 'a' ann ");
    }

    #[test]
    fn long_numbers_are_pieces_and_short_ones_are_not() {
        assert_eq!(
            of("(x <> 4539148803436467) and y > 12345 or z = 4539_1488_0343_6467", Part::Number),
            ["4539148803436467", "4539148803436467"]
        );
        assert!(of("column_123456789012 = a1234567890", Part::Number).is_empty());
    }

    #[test]
    fn the_word_before_a_literal_is_known() {
        let words = |sql: &'static str| pieces(sql).into_iter().map(|piece| piece.after).collect::<Vec<_>>();
        assert_eq!(words("ALTER ROLE x PASSWORD 'a'"), ["PASSWORD"]);
        assert_eq!(words("secret := 'a'; token => E'b', f(token, 'c')"), ["secret", "token", ""]);
        assert_eq!(words("password = ('a'), \"b\" 'c'"), ["", ""]);
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        for piece in
            ["'", "''", "$", "$a$", "$a", "/*", "--", "\"", "E'\\", "1", "a", "é", "/", "*", "''\n", "U&'\\"]
        {
            let start = std::time::Instant::now();
            pieces(&piece.repeat(200_000 / piece.len()));
            assert!(
                start.elapsed() < std::time::Duration::from_secs(2),
                "{piece:?} took {:?}",
                start.elapsed()
            );
        }
    }
}
