//! Codes in hexadecimal: uuids, hardware addresses, network addresses.
//!
//! All are runs of hex digits with `:`, `-` and `.` between (RFC 9562, IEEE 802,
//! RFC 4291 section 2.2), so one walk finds them.

use super::context::{self, Topic};
use super::edge::{begins, ends};
use super::span::{Found, Kind, Kinds, Span};
use std::net::{Ipv4Addr, Ipv6Addr};

pub(super) fn find(text: &str, kinds: Kinds, found: &mut Found) {
    let bytes = text.as_bytes();
    let inside = |b: &u8| b.is_ascii_hexdigit() || matches!(b, b':' | b'-' | b'.');
    let mut at = 0;
    while let Some(skipped) = bytes.get(at..).and_then(|rest| rest.iter().position(inside)) {
        let start = at + skipped;
        let length = bytes.get(start..).map_or(0, |rest| rest.iter().take_while(|b| inside(b)).count());
        at = start + length;
        let run = text.get(start..at).unwrap_or_default();
        if length < 3 || !run.bytes().any(|b| b.is_ascii_digit()) {
            continue;
        }
        // A leading pair of colons belongs to an address, other punctuation does not.
        let front = run.trim_start_matches(['-', '.', ':']);
        let lead = if run.get(..run.len() - front.len()).is_some_and(|l| l.ends_with("::")) { 2 } else { 0 };
        let from = at - front.len() - lead;
        let token = text.get(from..at).unwrap_or_default();
        let token = if token.ends_with("::") { token } else { token.trim_end_matches(['-', '.', ':']) };
        if !begins(text, from) || !ends(text, from + token.len()) {
            continue;
        }
        let Some((length, kind)) = classify(token) else { continue };
        if kind == Kind::Ip && is_version(text, from, from + length) {
            continue;
        }
        if kinds.has(kind) {
            found.add(Span::whole(from, from + length, kind));
        }
    }
}

fn classify(token: &str) -> Option<(usize, Kind)> {
    if is_uuid(token) {
        return Some((token.len(), Kind::Uuid));
    }
    if is_mac(token) {
        return Some((token.len(), Kind::Mac));
    }
    let (front, rest) = token.split_once(':').map_or((token, ""), |(front, rest)| (front, rest));
    if front.parse::<Ipv4Addr>().is_ok() && !rest.contains(':') {
        return Some((front.len(), Kind::Ip));
    }
    let groups = token.split(':').filter(|group| !group.is_empty()).count();
    (groups >= 2 && token.parse::<Ipv6Addr>().is_ok()).then_some((token.len(), Kind::Ip))
}

fn is_uuid(token: &str) -> bool {
    let bytes = token.as_bytes();
    let dashed = bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, b)| (*b == b'-') == matches!(at, 8 | 13 | 18 | 23));
    let hex = || bytes.iter().filter(|b| b.is_ascii_hexdigit());
    if dashed {
        return hex().count() == 32;
    }
    // Without dashes only one that has version and variant of RFC 9562, not any digest.
    let version = bytes.get(12).is_some_and(|b| (b'1'..=b'8').contains(b));
    let variant = bytes.get(16).is_some_and(|b| matches!(b, b'8' | b'9' | b'a' | b'b' | b'A' | b'B'));
    bytes.len() == 32 && hex().count() == 32 && version && variant && hex().any(u8::is_ascii_alphabetic)
}

fn is_mac(token: &str) -> bool {
    let grouped = |separator: char, size: usize, counts: &[usize]| {
        counts.contains(&token.split(separator).count())
            && token.split(separator).all(|g| g.len() == size && g.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    grouped(':', 2, &[6, 8]) || grouped('-', 2, &[6, 8]) || grouped('.', 4, &[3])
}

/// Whether four numbers are a version: `firmware 10.2.3.4`, `1.2.3.4-rc1`, `1.2.3.4 beta`.
fn is_version(text: &str, start: usize, end: usize) -> bool {
    let rest = text.get(end..).unwrap_or_default();
    let tag = rest.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
    let word = rest.trim_start().split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    tag || ["beta", "alpha", "rc", "rc1", "release"].iter().any(|known| known.eq_ignore_ascii_case(word))
        || context::said(text, start, 3, Topic::Version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(&str, Kind)> {
        let mut found = Found::default();
        find(text, Kinds::ALL, &mut found);
        found.spans().iter().map(|span| (&text[span.start..span.end], span.kind)).collect()
    }

    #[test]
    fn each_code_is_its_kind() {
        let text = "id {8ae93db3-13ff-4dcd-8af9-b4c9b980a54b}, be:37:14:87:91:98. 10.1.2.3:80 2001:db8::1/64 ::ffff:1.2.3.4";
        let kinds: Vec<_> = all(text).into_iter().map(|(_, kind)| kind).collect();
        assert_eq!(kinds, [Kind::Uuid, Kind::Mac, Kind::Ip, Kind::Ip, Kind::Ip]);
        assert_eq!(all("at 10.1.2.3:80")[0].0, "10.1.2.3");
    }

    #[test]
    fn times_versions_and_words_are_no_codes() {
        for text in ["10:22:33", "version 1.2.3.4", "1.2.3.4-rc1", "300.1.1.1", "std::vec2", "1.2.3", "a::b"]
        {
            assert!(all(text).is_empty(), "{text}");
        }
    }
}
