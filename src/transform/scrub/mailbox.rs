//! E-mail addresses, found from their `@` outwards.
//!
//! Local parts as RFC 5321 writes them, but for characters that prose puts around
//! an address; letters of any script (RFC 6531), host names of two labels or more.

use super::edge::{after, before, begins};
use super::span::{Found, Kind, Span};

const LONGEST_LOCAL: usize = 64;
const LONGEST_HOST: usize = 253;

pub(super) fn find(text: &str, found: &mut Found) {
    for at in memchr::memchr_iter(b'@', text.as_bytes()) {
        if let (Some(start), Some(end)) = (local(text, at), host(text, at + 1)) {
            found.add(Span::whole(start, end, Kind::Email));
        }
    }
}

/// Where the local part before `at` begins.
fn local(text: &str, at: usize) -> Option<usize> {
    if before(text, at) == Some('"') {
        return quoted(text, at);
    }
    let inside = |c: char| {
        c.is_alphanumeric()
            || matches!(c, '.' | '_' | '%' | '+' | '-' | '\'' | '~' | '&' | '!' | '\u{300}'..='\u{36f}')
    };
    let mut start = at;
    for c in text.get(..at)?.chars().rev().take(LONGEST_LOCAL).take_while(|c| inside(*c)) {
        start -= c.len_utf8();
    }
    // Quotes, dots and dashes before an address are the sentence's.
    let part = text.get(start..at)?;
    let trimmed = part.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '_' && c != '+');
    (!trimmed.is_empty()).then_some(at - trimmed.len())
}

fn quoted(text: &str, at: usize) -> Option<usize> {
    let mut start = at.checked_sub(1)?;
    for c in text.get(..start)?.chars().rev().take(LONGEST_LOCAL) {
        start -= c.len_utf8();
        match c {
            '"' => return begins(text, start).then_some(start),
            '\n' => return None,
            _ => {}
        }
    }
    None
}

/// Where the host that begins at `start` ends.
fn host(text: &str, start: usize) -> Option<usize> {
    let mut end = start;
    for c in text.get(start..)?.chars().take(LONGEST_HOST) {
        if !(c.is_alphanumeric() || matches!(c, '.' | '-' | '\u{300}'..='\u{36f}')) {
            break;
        }
        end += c.len_utf8();
    }
    // What is taken from the right must leave a name whose last label has letters.
    loop {
        let name = text.get(start..end)?.trim_end_matches(['.', '-']);
        let (front, top) = name.rsplit_once('.')?;
        let letters = top.chars().filter(|c| c.is_alphabetic()).count();
        let whole = top.starts_with("xn--") || letters == top.chars().count();
        if whole && letters >= 2 && !front.is_empty() && !front.starts_with('.') && !name.contains("..") {
            return (after(text, start + name.len()) != Some('@')).then_some(start + name.len());
        }
        end = start + front.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<&str> {
        let mut found = Found::default();
        find(text, &mut found);
        found.spans().iter().map(|span| &text[span.start..span.end]).collect()
    }

    #[test]
    fn addresses_end_where_the_sentence_goes_on() {
        assert_eq!(
            all("(ann@corp.com), 'bob+x@a-b.co.uk'. See c_d@x.org..."),
            ["ann@corp.com", "bob+x@a-b.co.uk", "c_d@x.org"]
        );
        assert_eq!(
            all("żaneta@łódź.pl;a@xn--mller-kva.example"),
            ["żaneta@łódź.pl", "a@xn--mller-kva.example"]
        );
        assert_eq!(all("mail \"ann b\"@corp.com!"), ["\"ann b\"@corp.com"]);
    }

    #[test]
    fn handles_and_prices_are_no_addresses() {
        assert!(all("@ann 5 @ $3 me@home a@b.1 x@.com @@ a@").is_empty());
    }
}
