//! Network addresses, in PostgreSQL's binary form and as text.

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address of `inet` or `cidr` with its prefix length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inet {
    /// The address.
    pub address: IpAddr,
    /// Bits of the network part.
    pub prefix: u8,
    /// Whether it came as `cidr`.
    pub cidr: bool,
}

impl Inet {
    /// 32 or 128.
    #[must_use]
    pub fn bits(&self) -> u8 {
        if self.address.is_ipv4() { 32 } else { 128 }
    }

    /// Reads `inet_send`'s form: family (2 or 3), prefix, whether cidr, length, bytes.
    #[must_use]
    pub fn from_binary(raw: &[u8]) -> Option<Self> {
        let (head, bytes) = raw.split_at_checked(4)?;
        let address = match (head.first()?, bytes.len()) {
            (2, 4) => IpAddr::V4(<[u8; 4]>::try_from(bytes).ok()?.into()),
            (3, 16) => IpAddr::V6(<[u8; 16]>::try_from(bytes).ok()?.into()),
            _ => return None,
        };
        Some(Self { address, prefix: *head.get(1)?, cidr: *head.get(2)? == 1 })
    }

    /// Reads `10.0.0.1`, `10.0.0.0/8`, `::1/128`. Without a prefix it is a host.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(bits);
        (prefix <= bits).then_some(Self { address, prefix, cidr: false })
    }

    /// The address as a number, high bits first, and back.
    #[must_use]
    pub fn number(&self) -> u128 {
        match self.address {
            IpAddr::V4(v4) => u32::from(v4).into(),
            IpAddr::V6(v6) => v6.into(),
        }
    }

    /// The same family, prefix and kind at another address.
    #[must_use]
    pub fn with_number(mut self, number: u128) -> Self {
        self.address = match self.address {
            IpAddr::V4(_) => Ipv4Addr::from(u32::try_from(number & 0xffff_ffff).unwrap_or(0)).into(),
            IpAddr::V6(_) => Ipv6Addr::from(number).into(),
        };
        self
    }

    /// Appends it as `inet` prints it: the prefix only where it is not a host's,
    /// always for `cidr`.
    pub fn write(&self, out: &mut Vec<u8>) {
        // Writing to memory never fails.
        let _ = write!(out, "{}", self.address);
        if self.cidr || self.prefix != self.bits() {
            let _ = write!(out, "/{}", self.prefix);
        }
    }

    /// Appends `inet_recv`'s form.
    pub fn write_binary(&self, out: &mut Vec<u8>) {
        let cidr = u8::from(self.cidr);
        match self.address {
            IpAddr::V4(v4) => {
                out.extend_from_slice(&[2, self.prefix, cidr, 4]);
                out.extend_from_slice(&v4.octets());
            }
            IpAddr::V6(v6) => {
                out.extend_from_slice(&[3, self.prefix, cidr, 16]);
                out.extend_from_slice(&v6.octets());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_survive_both_forms() {
        for text in ["10.1.2.3", "10.0.0.0/8", "::1", "2001:db8::/32"] {
            let inet = Inet::parse(text).unwrap();
            let (mut wire, mut shown) = (Vec::new(), Vec::new());
            inet.write_binary(&mut wire);
            assert_eq!(Inet::from_binary(&wire), Some(inet));
            inet.write(&mut shown);
            assert_eq!(shown, text.as_bytes());
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "10.0.0.0/33", "a.b.c.d", "10.0.0.1/"] {
            assert_eq!(Inet::parse(text), None, "{text}");
        }
        assert_eq!(Inet::from_binary(&[2, 32, 0, 4, 1]), None);
    }
}
