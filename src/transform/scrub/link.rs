//! URLs: with a scheme, with `www.`, or a host under a well-known top-level domain
//! followed by a path.
//!
//! The whole of it is one span: paths, queries and subdomains name people in more
//! ways than a list could hold.

use super::edge::{before, begins};
use super::span::{Found, Kind, Span};

/// More characters than browsers and servers agree on.
const LONGEST: usize = 2048;

/// Top-level domains for which `host/path` without a scheme is a URL.
const TOPS: [&str; 34] = [
    "com", "org", "net", "io", "co", "me", "app", "dev", "info", "biz", "eu", "uk", "de", "fr", "es", "it",
    "pl", "nl", "be", "at", "ch", "pt", "br", "us", "ca", "ru", "ly", "tv", "gg", "ai", "cloud", "shop",
    "online", "site",
];

pub(super) fn find(text: &str, found: &mut Found) {
    let bytes = text.as_bytes();
    for at in memchr::memchr_iter(b':', bytes).filter(|at| bytes.get(at + 1..at + 3) == Some(b"//")) {
        let scheme = text.get(..at).unwrap_or_default();
        let start =
            scheme.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        if at - start.len() <= 24 {
            let letters = scheme.get(start.len()..).unwrap_or_default();
            let start = at - letters.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).len();
            if start < at {
                add(text, start, at + 3, found);
            }
        }
    }
    for at in memchr::memchr_iter(b'.', bytes) {
        let Some(start) = at.checked_sub(3) else { continue };
        if text.get(start..at).is_some_and(|w| w.eq_ignore_ascii_case("www")) && begins(text, start) {
            add(text, start, at + 1, found);
        }
    }
    for at in memchr::memchr_iter(b'/', bytes) {
        if let Some(start) = bare_host(text, at) {
            add(text, start, at + 1, found);
        }
    }
}

/// Where the host that ends at the slash begins.
fn bare_host(text: &str, slash: usize) -> Option<usize> {
    let front = text.get(..slash)?;
    let length = front.bytes().rev().take(8).take_while(u8::is_ascii_alphabetic).count();
    let top = front.get(slash - length..)?;
    front.get(..slash - length)?.strip_suffix('.')?;
    TOPS.iter().find(|known| known.eq_ignore_ascii_case(top))?;
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let length: usize = front.chars().rev().take(253).take_while(|c| inside(*c)).map(char::len_utf8).sum();
    let start = slash - length;
    let labelled = text.get(start..slash)?.starts_with(|c: char| c.is_ascii_alphanumeric());
    (labelled && before(text, start) != Some('@') && begins(text, start)).then_some(start)
}

/// Adds the URL from `start`, whose host or path goes on at `rest`.
fn add(text: &str, start: usize, rest: usize, found: &mut Found) {
    // One URL inside another is part of it.
    let Some(tail) = text.get(rest..).filter(|_| found.at(start).is_none()) else { return };
    let longest = tail.char_indices().nth(LONGEST).map_or(tail.len(), |(at, _)| at);
    let tail = tail.get(..longest).unwrap_or_default();
    let inside = |c: char| {
        !c.is_whitespace()
            && !c.is_control()
            && !matches!(c, '<' | '>' | '"' | '«' | '»' | '“' | '”' | '„' | '`' | '|')
    };
    let end = tail.find(|c| !inside(c)).unwrap_or(tail.len());
    let mut url = tail.get(..end).unwrap_or_default();
    // Punctuation at the end is the sentence's, and a bracket that nothing opened.
    while let Some(last) = url.chars().next_back() {
        let open = match last {
            ')' => Some('('),
            ']' => Some('['),
            '}' => Some('{'),
            _ => None,
        };
        let loose = open.map(|open| url.matches(last).count() > url.matches(open).count());
        if !loose.unwrap_or(matches!(last, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '’' | '*' | '…')) {
            break;
        }
        url = url.get(..url.len() - last.len_utf8()).unwrap_or_default();
    }
    if !url.is_empty() {
        found.add(Span::whole(start, rest + url.len(), Kind::Url));
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
    fn a_url_ends_before_the_sentence_s_punctuation() {
        assert_eq!(
            all("see https://a.b/c?d=1#e, (http://x.org/y_(z)). www.ann.example!"),
            ["https://a.b/c?d=1#e", "http://x.org/y_(z)", "www.ann.example"]
        );
        assert_eq!(all("linkedin.com/in/ann"), ["linkedin.com/in/ann"]);
    }

    #[test]
    fn dates_fractions_and_words_are_no_urls() {
        assert!(all("and/or 12/2024 1.5/2.5 a.b/c e.g./i.e. ://").is_empty());
    }
}
