//! `ip`: an address of the same kind, permuted bit by bit.
//!
//! Private stays private, loopback loopback, multicast multicast: the special
//! ranges of RFC 6890 (and those of IPv6) keep their prefix, and a public address
//! never becomes one of them. The prefix length stays; a `cidr` keeps zeros right
//! of it. `keep` leaves that many leading bits. One to one; an address with no free
//! bits (`::1`) stays, others only by chance. A text that is no address in the usual
//! form is masked as `letters` masks. `by` does not matter.

use super::alphabet::Spot;
use super::{
    Binding, Bound, Capacity, Example, Length, Masker, Param, ParamKind, Params, Promises, Transformer,
};
use super::{shape, wrong};
use crate::diagnostic::Diagnostic;
use crate::format::inet::Inet;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::{DataType, Scalar};
use crate::secret::MixedRadix;
use std::net::IpAddr;

/// See the module.
pub(super) struct Ip;

impl Transformer for Ip {
    fn name(&self) -> &'static str {
        "ip"
    }

    fn summary(&self) -> &'static str {
        "Replace a network address by another of the same kind"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] =
            &[Param::optional("keep", ParamKind::Integer, "0", "how many leading bits to keep")];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text() || matches!(data_type.scalar(), Some(Scalar::Inet | Scalar::Cidr))
    }

    fn promises(&self) -> Promises {
        Promises {
            length: Length::Fits,
            reveals: Some("kind of address and prefix length, and the bits the rule keeps"),
            ..Promises::USUAL
        }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Injective
    }

    fn example(&self) -> Example {
        Example { rule: "\"ip\"", data_type: "inet", input: "10.20.30.40" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let keep = params.integer("keep").unwrap_or(0);
        let keep = u8::try_from(keep).ok().filter(|bits| *bits <= 128);
        let keep = keep.ok_or_else(|| wrong(params, "keep", "`keep` is a number of bits from 0 to 128"))?;
        if at.data_type.max_chars().is_some_and(|room| room < 15) {
            return Err(
                Diagnostic::error("an address needs `varchar(15)`").help("use `letters` on a shorter column")
            );
        }
        let key = at.key("ip");
        Ok(Bound::cell(Permuted { cipher: key.mixed_radix(), odd: key.purpose("odd").mixed_radix(), keep }))
    }
}

struct Permuted {
    cipher: MixedRadix,
    odd: MixedRadix,
    keep: u8,
}

impl Masker for Permuted {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        if !value.data_type.is_text() {
            let inet = value.inet()?;
            if inet.prefix > inet.bits() {
                return Err(Unreadable("not a network address"));
            }
            let cidr = value.data_type.scalar() == Some(Scalar::Cidr);
            out.inet(self.permute(inet, cidr, usize::MAX));
            return Ok(());
        }
        let text = value.text()?;
        let room = out.data_type().max_chars().unwrap_or(usize::MAX);
        // Where a column has no room for every IPv6 address, none is permuted as one.
        let read = |text: &str| read(text).filter(|(inet, _)| inet.address.is_ipv4() || room >= 43);
        let Some((inet, upper)) = read(text) else {
            shape::permute(
                &self.odd,
                text,
                0,
                out.text(),
                |_, c| Spot::of(c),
                |masked| read(masked).is_none(),
            );
            return Ok(());
        };
        let out = out.text();
        let start = out.len();
        self.permute(inet, false, room).write(out);
        if upper && let Some(written) = out.get_mut(start..) {
            written.make_ascii_uppercase();
        }
        Ok(())
    }
}

impl Permuted {
    /// Permutes the bits that are free, until kind and room are right.
    fn permute(&self, inet: Inet, cidr: bool, room: usize) -> Inet {
        let kind = kind(inet.address);
        let bits = inet.bits();
        let fixed = kind.1.max(self.keep.min(bits));
        let end = if cidr { inet.prefix } else { bits };
        if fixed >= end {
            return inet;
        }
        // Four bits a digit; the first takes what does not divide.
        let free = usize::from(end - fixed);
        let (mut digits, mut radixes) = ([0_u8; 32], [16_u8; 32]);
        let count = free.div_ceil(4);
        let shift = u32::from(bits - end);
        let number = inet.number() >> shift;
        let (Some(digits), Some(radixes)) = (digits.get_mut(..count), radixes.get_mut(..count)) else {
            return inet;
        };
        let mut rest = number & low_bits(free);
        for digit in digits.iter_mut().rev() {
            *digit = u8::try_from(rest & 15).unwrap_or(0);
            rest >>= 4;
        }
        if let (Some(first), false) = (radixes.first_mut(), free.is_multiple_of(4)) {
            *first = 1 << (free % 4);
        }
        let tweak = u64::from(inet.prefix) << 16 | u64::from(bits) << 8 | u64::from(fixed);
        loop {
            self.cipher.apply(digits, radixes, tweak);
            let moved = digits.iter().fold(0_u128, |n, digit| n << 4 | u128::from(*digit));
            let masked = inet.with_number((number & !low_bits(free) | moved) << shift);
            if self::kind(masked.address) == kind && (room > 48 || shown_length(masked) <= room) {
                return masked;
            }
        }
    }
}

fn low_bits(count: usize) -> u128 {
    if count >= 128 { u128::MAX } else { (1 << count) - 1 }
}

/// Prefixes of special addresses, the more exact before the less exact.
const SPECIAL_V4: [([u8; 4], u8); 19] = [
    ([0, 0, 0, 0], 32),
    ([127, 0, 0, 1], 32),
    ([255, 255, 255, 255], 32),
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 8),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

const SPECIAL_V6: [(u128, u8); 11] = [
    (0, 128),
    (1, 128),
    (0xffff << 32, 96),
    (0x64_ff9b << 96, 96),
    (0x2001_0db8 << 96, 32),
    (0x2001 << 112, 32),
    (0x2002 << 112, 16),
    (0xfc00 << 112, 7),
    (0xfe80 << 112, 10),
    (0xff00 << 112, 8),
    (0x2000 << 112, 3),
];

/// The special range an address is in (0 for none) and how many bits that fixes.
fn kind(address: IpAddr) -> (usize, u8) {
    let within = |number: u128, of: u128, prefix: u8, bits: u8| {
        prefix == 0 || number >> (bits - prefix) == of >> (bits - prefix)
    };
    let found = match address {
        IpAddr::V4(v4) => SPECIAL_V4.iter().enumerate().find_map(|(place, (of, prefix))| {
            let (number, of) = (u32::from(v4).into(), u32::from_be_bytes(*of).into());
            within(number, of, *prefix, 32).then_some((place + 1, *prefix))
        }),
        IpAddr::V6(v6) => SPECIAL_V6.iter().enumerate().find_map(|(place, (of, prefix))| {
            within(v6.into(), *of, *prefix, 128).then_some((place + 1, *prefix))
        }),
    };
    found.unwrap_or((0, 0))
}

/// An address in the form it is printed in, in one case.
fn read(text: &str) -> Option<(Inet, bool)> {
    let inet = Inet::parse(text)?;
    let mut shown = [0_u8; 64];
    let length = show(inet, &mut shown);
    let shown = shown.get_mut(..length)?;
    if shown == text.as_bytes() {
        return Some((inet, false));
    }
    shown.make_ascii_uppercase();
    (shown == text.as_bytes()).then_some((inet, true))
}

fn shown_length(inet: Inet) -> usize {
    show(inet, &mut [0; 64])
}

fn show(inet: Inet, buffer: &mut [u8; 64]) -> usize {
    use std::io::Write;
    let mut rest = buffer.as_mut_slice();
    let written = if inet.prefix == inet.bits() {
        write!(rest, "{}", inet.address)
    } else {
        write!(rest, "{}/{}", inet.address, inet.prefix)
    };
    let left = rest.len();
    // 39 characters and a prefix always fit.
    written.map_or(0, |()| 64 - left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::fixture::Trial;

    #[test]
    fn the_kind_of_address_stays() {
        let ready = Trial::of(r#""ip""#).on("inet").bind().unwrap();
        for text in ["10.1.2.3", "192.168.7.7", "172.16.0.9", "8.8.8.8", "224.0.0.251", "fe80::1", "2a00::5"]
        {
            let masked = ready.text(text);
            let address = |text: &str| Inet::parse(text).unwrap().address;
            assert_eq!(kind(address(&masked)), kind(address(text)), "{text} {masked}");
            assert_ne!(masked, text);
        }
        assert_eq!(ready.text("::1"), "::1");
        assert_eq!(ready.text("127.0.0.1"), "127.0.0.1");
    }

    #[test]
    fn networks_stay_networks_and_kept_bits_stay() {
        let ready = Trial::of(r#""ip""#).on("cidr").bind().unwrap();
        let masked = ready.text("8.8.0.0/16");
        assert!(masked.ends_with(".0.0/16"), "{masked}");
        let kept = Trial::of(r#"{ with = "ip", keep = 24 }"#).on("inet").bind().unwrap();
        assert!(kept.text("8.8.4.4").starts_with("8.8.4."));
        assert!(Trial::of(r#"{ with = "ip", keep = 200 }"#).on("inet").bind().is_err());
    }

    #[test]
    fn text_agrees_with_inet_and_fits_its_column() {
        let text = Trial::of(r#""ip""#).on("varchar(15)").bind().unwrap();
        let inet = Trial::of(r#""ip""#).on("inet").bind().unwrap();
        assert_eq!(text.text("8.8.8.8"), inet.text("8.8.8.8"));
        assert!((0..200).all(|n| text.text(&format!("8.8.8.{n}/24")).len() <= 15));
        assert_eq!(text.text("2a00::5").len(), "2a00::5".len());
        assert_ne!(text.text("unknown"), "unknown");
    }

    #[test]
    fn a_private_network_is_permuted_one_to_one() {
        let ready = Trial::of(r#"{ with = "ip", keep = 16 }"#).on("inet").bind().unwrap();
        let all = (0..=u16::MAX).map(|n| ready.text(&format!("10.0.{}.{}", n >> 8, n & 255)));
        assert_eq!(all.collect::<std::collections::HashSet<_>>().len(), 65_536);
    }
}
