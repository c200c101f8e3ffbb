//! SQL of the database for a message: what it is made of, without the values in it.
//!
//! A condition or an index may have somebody's address written into it, so texts are
//! left out, and so are numbers long enough to be of one person.

use super::printed::{Token, spanned};

/// Fewer digits than this are of nobody.
const SHORTEST: usize = 5;

/// What stands where something was left out.
const LEFT_OUT: &str = "…";

/// The expression on one line without its literals; `None` where it can't be told what
/// of it is one.
pub(super) fn shown(sql: &str) -> Option<String> {
    let mut line = String::with_capacity(sql.len());
    let mut end = 0;
    for (token, place) in spanned(sql)? {
        if place.start > end && !line.is_empty() {
            line.push(' ');
        }
        end = place.end;
        let written = sql.get(place)?;
        match token {
            Token::Text(_) => {
                line.push('\'');
                line.push_str(LEFT_OUT);
                line.push('\'');
            }
            Token::Number(number) if number.bytes().filter(u8::is_ascii_digit).count() >= SHORTEST => {
                line.push_str(LEFT_OUT);
            }
            _ => line.push_str(written),
        }
    }
    Some(line)
}

/// The same for a list of parts, where something has to stand.
pub(super) fn shown_or_mark(sql: &str) -> String {
    shown(sql).unwrap_or_else(|| LEFT_OUT.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_long_numbers_are_left_out_and_names_stay() {
        let of = |sql: &str| shown(sql).unwrap_or_default();
        assert_eq!(of("(a = 'it''s'::text)"), "(a = '…'::text)");
        assert_eq!(of(r"(a ~ E'\'x\\' || 'y')"), "(a ~ '…' || '…')");
        assert_eq!(of("\"it's\" <> 'x' AND b > 123456"), "\"it's\" <> '…' AND b > …");
        assert_eq!(of("a\n   + 1234 - 1.2345 + 9.99"), "a + 1234 - … + 9.99");
        assert_eq!(of("B'101' || a123456"), "B'…' || a123456");
        assert_eq!(shown("a = 'x"), None);
        assert_eq!(shown("a ; b"), None);
        assert_eq!(shown_or_mark("a ; 'b'"), "…");
    }
}
