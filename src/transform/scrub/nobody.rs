//! What has the form of personal data and is nobody's.
//!
//! Host names set aside for examples and tests (RFC 2606, RFC 6761), networks for
//! documentation (RFC 5737, RFC 3849) and measuring (RFC 2544), addresses that mean this
//! machine, any, all or a private network (RFC 1122, RFC 1918, RFC 4193, RFC 4291),
//! numbers that are masks or counting (`999-999-9999`, `123-456-7890`), and North
//! American telephone numbers 555-0100 to 555-0199, kept for fiction by the numbering plan.

use super::span::Kind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether what was found belongs to nobody.
pub(super) fn owns(text: &str, kind: Kind) -> bool {
    match kind {
        Kind::Email => text.rsplit_once('@').is_some_and(|(_, host)| is_reserved(host)),
        Kind::Ip => text.parse().is_ok_and(is_general),
        Kind::Phone => is_mask(text) || is_fiction(text),
        Kind::Card | Kind::Iban | Kind::NationalId | Kind::Mac => is_mask(text),
        Kind::Url | Kind::Uuid | Kind::Name => false,
    }
}

/// Whether a text is a moment as SQL writes it, whose digits are no number.
pub(super) fn is_moment(text: &str) -> bool {
    let text = text.trim();
    let digits = |from: usize, to: usize| {
        text.get(from..to).is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let date = digits(0, 4)
        && digits(5, 7)
        && digits(8, 10)
        && [4, 7].map(|at| text.as_bytes().get(at)) == [Some(&b'-'); 2];
    date && text
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b':' | b'.' | b'+' | b' ' | b'T' | b'Z'))
}

fn is_reserved(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let mut labels = host.rsplit('.');
    match labels.next() {
        Some("test" | "example" | "invalid" | "localhost" | "localdomain") => true,
        Some("com" | "org" | "net") => labels.next() == Some("example"),
        _ => false,
    }
}

fn is_general(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => is_general_four(four),
        IpAddr::V6(six) => {
            let [first, second, ..] = six.segments();
            six.to_ipv4_mapped().is_some_and(is_general_four)
                || matches!(six, Ipv6Addr::LOCALHOST | Ipv6Addr::UNSPECIFIED)
                || (first, second) == (0x2001, 0xdb8)
                || first & 0xfe00 == 0xfc00
                || first & 0xff00 == 0xff00
                || first & 0xffc0 == 0xfe80
        }
    }
}

fn is_general_four(four: Ipv4Addr) -> bool {
    let [first, second, _, last] = four.octets();
    // Networks and masks end in 0, and no one host is meant by them.
    four.is_loopback()
        || four.is_private()
        || four.is_link_local()
        || four.is_documentation()
        || four.is_multicast()
        || (first, second & 0xfe) == (198, 18)
        || first == 0
        || first == 255
        || last == 0
}

/// Whether the digits are a format's: at most two different ones, or counting.
fn is_mask(text: &str) -> bool {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_alphanumeric).collect();
    let different = digits.iter().enumerate().filter(|(at, d)| !digits.iter().take(*at).any(|e| e == *d));
    let counts = |step: u8| {
        digits.windows(2).all(|two| {
            let [a, b] = two else { return false };
            let (a, b) = (a.wrapping_sub(b'0'), b.wrapping_sub(b'0'));
            a < 10 && b < 10 && (a + step) % 10 == b
        })
    };
    different.count() <= 2 || counts(1) || counts(9)
}

fn is_fiction(text: &str) -> bool {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
    let tail = digits.len().checked_sub(7).and_then(|at| digits.get(at..));
    tail.is_some_and(|tail| tail.starts_with(b"55501"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_masks_and_this_machine_are_nobody_s() {
        for (text, kind) in [
            ("a@example.com", Kind::Email),
            ("a@mail.Example.ORG", Kind::Email),
            ("a@corp.test", Kind::Email),
            ("127.0.0.1", Kind::Ip),
            ("0.0.0.0", Kind::Ip),
            ("10.1.2.3", Kind::Ip),
            ("203.0.113.9", Kind::Ip),
            ("198.19.0.1", Kind::Ip),
            ("2001:db8::7", Kind::Ip),
            ("::1", Kind::Ip),
            ("999-999-9999", Kind::Phone),
            ("123-456-7890", Kind::Phone),
            ("+1 415 555 0134", Kind::Phone),
            ("000-00-0000", Kind::NationalId),
            ("00:00:00:00:00:00", Kind::Mac),
        ] {
            assert!(owns(text, kind), "{text}");
        }
    }

    #[test]
    fn a_moment_is_no_number() {
        assert!(is_moment("1999-12-31 23:59:59.999999Z") && is_moment("2024-03-01T00:00:00+00:00"));
        assert!(!is_moment("1999-12-31 of 53690439") && !is_moment("536-90-4399"));
        assert!(!is_moment("4539148803436467"));
    }

    #[test]
    fn the_rest_is_somebody_s() {
        for (text, kind) in [
            ("a@corp.com", Kind::Email),
            ("a@notexample.com", Kind::Email),
            ("a@test.com", Kind::Email),
            ("81.2.69.142", Kind::Ip),
            ("2a02:908::7", Kind::Ip),
            ("+1 415 555 2671", Kind::Phone),
            ("4539148803436467", Kind::Card),
            ("536-90-4399", Kind::NationalId),
        ] {
            assert!(!owns(text, kind), "{text}");
        }
    }
}
