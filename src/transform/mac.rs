//! `mac`: another hardware address, one that no device was made with.
//!
//! An address (IEEE 802, clause 8: EUI-48 and EUI-64) has a bit for a group and a
//! bit for one that a local administrator chose. All other bits are permuted by a
//! keyed Feistel network, and the two bits turn, so that the whole is one to one:
//! a manufacturer's address becomes a local one, a local one (a virtual machine's,
//! a telephone's random one) a local group's, and of groups' addresses the local
//! ones take the place of manufacturers', the others stay what they are. No
//! device's address ever becomes one a manufacturer could give.
//!
//! `keep = "vendor"` keeps the first 24 bits, and with them both bits, and permutes
//! the rest: then the result may be a real address of that vendor. All zeros and
//! all ones stand for no address and for everybody; they stay. An EUI-64 made of
//! an EUI-48 (`ff:fe` in its middle) becomes the one made of the masked EUI-48, so
//! the types agree with each other and with text. A text keeps its punctuation and
//! its case; two spellings of one address are one address. A text that is none, or
//! mixes cases, is masked as `letters` masks. `by` does not matter.

use super::alphabet::Spot;
use super::{
    Binding, Bound, Capacity, Example, Length, Masker, Param, ParamKind, Params, Promises, Transformer, shape,
};
use crate::diagnostic::Diagnostic;
use crate::format::mac::Mac as Address;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::{DataType, Scalar};
use crate::secret::{MixedRadix, Permutation};

/// See the module.
pub(super) struct Mac;

impl Transformer for Mac {
    fn name(&self) -> &'static str {
        "mac"
    }

    fn summary(&self) -> &'static str {
        "Replace a hardware address by one that no device was made with"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[Param::optional(
            "keep",
            ParamKind::Word(&["vendor"]),
            "",
            "\"vendor\": keep the first 24 bits, which name the maker",
        )];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text() || matches!(data_type.scalar(), Some(Scalar::Macaddr | Scalar::Macaddr8))
    }

    fn promises(&self) -> Promises {
        Promises {
            length: Length::Kept,
            reveals: Some("whether made, local or a group's, and the vendor where the rule keeps it"),
            ..Promises::USUAL
        }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Injective
    }

    fn example(&self) -> Example {
        Example { rule: "\"mac\"", data_type: "macaddr", input: "08:00:2b:01:02:03" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let key = at.key("mac");
        let method = match params.text("keep") {
            Some(_) => Method::Device(key.purpose("device").mixed_radix()),
            None => Method::Whole { short: key.permutation(1 << 46), long: key.permutation(1 << 62) },
        };
        Ok(Bound::cell(Permuted { method, odd: key.mixed_radix() }))
    }
}

enum Method {
    /// Everything but the two bits, in the short and the long form.
    Whole { short: Permutation, long: Permutation },
    /// The bits after the vendor's.
    Device(MixedRadix),
}

struct Permuted {
    method: Method,
    odd: MixedRadix,
}

impl Masker for Permuted {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        if !value.data_type.is_text() {
            out.mac(self.permute(value.mac()?));
            return Ok(());
        }
        let text = value.text()?;
        let Some((address, upper)) = read(text) else {
            let spot = |_, c| Spot::of(c);
            shape::permute(&self.odd, text, 0, out.text(), spot, |masked| read(masked).is_none());
            return Ok(());
        };
        let (masked, width) = (self.permute(address).number, u32::from(address.octets) * 8);
        shape::write_hex(text, masked.into(), width, upper, out.text());
        Ok(())
    }
}

impl Permuted {
    fn permute(&self, address: Address) -> Address {
        if stays(address) {
            return address;
        }
        if let Some(short) = shortened(address) {
            return lengthened(self.permute(short));
        }
        let mut masked = address;
        loop {
            masked = self.step(masked);
            // Every step is one to one, so the walk over what must not come out is, too.
            if !stays(masked) && shortened(masked).is_none() {
                return masked;
            }
        }
    }

    fn step(&self, address: Address) -> Address {
        let bits = u32::from(address.octets) * 8;
        match &self.method {
            Method::Device(cipher) => {
                let free = bits - 24;
                let (mut digits, radixes) = ([0_u8; 10], [16_u8; 10]);
                let count = usize::try_from(free / 4).unwrap_or(0).min(digits.len());
                let (digits, _) = digits.split_at_mut(count);
                let mut rest = address.number;
                for digit in digits.iter_mut().rev() {
                    *digit = u8::try_from(rest & 15).unwrap_or(0);
                    rest >>= 4;
                }
                cipher.apply(digits, radixes.get(..count).unwrap_or_default(), rest);
                let number = digits.iter().fold(rest, |n, digit| n << 4 | u64::from(*digit));
                Address { number, ..address }
            }
            Method::Whole { short, long } => {
                let below = bits - 8;
                let low = address.number & ((1 << below) - 1);
                let high = address.number >> (below + 2);
                let permutation = if address.octets == 6 { short } else { long };
                let masked = permutation.apply(u128::from(high << below | low));
                let masked = u64::try_from(masked).unwrap_or(0);
                // The lower of the two bits is the group's, the higher says local.
                let kind = match address.number >> below & 0b11 {
                    0b00 => 0b10,
                    0b10 => 0b11,
                    0b11 => 0b00,
                    group => group,
                };
                let number = masked >> below << (below + 2) | kind << below | masked & ((1 << below) - 1);
                Address { number, ..address }
            }
        }
    }
}

/// No address, and everybody's.
fn stays(address: Address) -> bool {
    address.number == 0 || address.number == u64::MAX >> (64 - 8 * u32::from(address.octets))
}

/// The EUI-48 that an EUI-64 was made of.
fn shortened(address: Address) -> Option<Address> {
    let number = address.number;
    (address.octets == 8 && number >> 24 & 0xffff == 0xfffe)
        .then_some(Address { number: number >> 40 << 24 | number & 0xff_ffff, octets: 6 })
}

fn lengthened(address: Address) -> Address {
    let number = address.number;
    Address { number: number >> 24 << 40 | 0xfffe << 24 | number & 0xff_ffff, octets: 8 }
}

/// An address in a text, and whether its letters are upper case: punctuation
/// between hex digits of one case only.
fn read(text: &str) -> Option<(Address, bool)> {
    let upper = text.bytes().any(|b| b.is_ascii_uppercase());
    if upper && text.bytes().any(|b| b.is_ascii_lowercase()) {
        return None;
    }
    Address::parse(text).map(|address| (address, upper))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Wire;
    use crate::transform::fixture::Trial;
    use std::collections::HashSet;

    fn kind(text: &str) -> u64 {
        Address::parse(text).unwrap().number >> 40 & 0b11
    }

    #[test]
    fn no_device_gets_an_address_that_a_maker_could_give() {
        let ready = Trial::of(r#""mac""#).on("macaddr").bind().unwrap();
        for n in 0..400_u32 {
            assert_eq!(kind(&ready.text(&format!("08:00:2b:01:{:02x}:{:02x}", n >> 8, n & 255))), 0b10);
            assert_eq!(kind(&ready.text(&format!("52:54:00:01:{:02x}:{:02x}", n >> 8, n & 255))), 0b11);
            assert_eq!(kind(&ready.text(&format!("01:00:5e:01:{:02x}:{:02x}", n >> 8, n & 255))), 0b01);
        }
        assert_eq!(ready.text("ff:ff:ff:ff:ff:ff"), "ff:ff:ff:ff:ff:ff");
        assert_eq!(ready.text("00:00:00:00:00:00"), "00:00:00:00:00:00");
    }

    #[test]
    fn all_kinds_together_stay_distinct() {
        let ready = Trial::of(r#""mac""#).on("macaddr").wire(Wire::Binary).bind().unwrap();
        let all = (0..=u16::MAX).map(|n| {
            let [high, low] = n.to_be_bytes();
            ready.raw(&[high, 0, 0x2b, 1, 2, low]).unwrap().unwrap()
        });
        assert_eq!(all.collect::<HashSet<_>>().len(), 65_536);
    }

    #[test]
    fn a_kept_vendor_has_its_devices_permuted_one_to_one() {
        let rule = r#"{ with = "mac", keep = "vendor" }"#;
        let ready = Trial::of(rule).on("macaddr").wire(Wire::Binary).bind().unwrap();
        let all = (0..=u16::MAX).map(|n| {
            let [high, low] = n.to_be_bytes();
            let masked = ready.raw(&[8, 0, 0x2b, high, low, 9]).unwrap().unwrap();
            assert_eq!(masked[..3], [8, 0, 0x2b]);
            masked
        });
        assert_eq!(all.collect::<HashSet<_>>().len(), 65_536);
        assert!(Trial::of(rule).on("macaddr8").text("08:00:2b:01:02:03:04:05").starts_with("08:00:2b:"));
    }

    #[test]
    fn types_and_spellings_agree() {
        let short = Trial::of(r#""mac""#).on("macaddr").text("08:00:2b:01:02:03");
        let text = Trial::of(r#""mac""#).bind().unwrap();
        assert_eq!(text.text("08:00:2b:01:02:03"), short);
        assert_eq!(text.text("08-00-2B-01-02-03"), short.replace(':', "-").to_uppercase());
        assert_eq!(text.text("08002b010203"), short.replace(':', ""));
        let long = Trial::of(r#""mac""#).on("macaddr8").text("08:00:2b:ff:fe:01:02:03");
        assert_eq!(long, format!("{}:ff:fe:{}", &short[..8], &short[9..]));
        let other = Trial::of(r#""mac""#).on("macaddr8").text("08:00:2b:01:02:03:04:05");
        assert_eq!((other.len(), &other[9..14] == "ff:fe"), (23, false));
        assert!(!text.text("ask Ann").contains("Ann"));
    }
}
