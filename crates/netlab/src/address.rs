//! Small words: a MAC address, and an address with its prefix length.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::LabError;

/// An Ethernet address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mac(pub [u8; 6]);

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

/// Why a text is no Ethernet address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an Ethernet address is six octets in hexadecimal, such as 02:00:00:00:00:01")]
pub struct MacError;

impl FromStr for Mac {
    type Err = MacError;

    fn from_str(text: &str) -> Result<Self, MacError> {
        let mut octets = [0; 6];
        let mut parts = text.split(':');
        for octet in &mut octets {
            let part = parts.next().filter(|part| part.len() == 2).ok_or(MacError)?;
            *octet = u8::from_str_radix(part, 16).map_err(|_| MacError)?;
        }
        if parts.next().is_some() { Err(MacError) } else { Ok(Self(octets)) }
    }
}

/// `10.77.0.1/24` taken apart.
pub(crate) fn prefix(text: &str) -> Result<(IpAddr, u8), LabError> {
    let bad = || LabError::Prefix(text.to_owned());
    let (address, length) = text.split_once('/').ok_or_else(bad)?;
    let address: IpAddr = address.parse().map_err(|_| bad())?;
    let length: u8 = length.parse().map_err(|_| bad())?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    if length > most { Err(bad()) } else { Ok((address, length)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mac_is_read_as_it_is_shown() {
        let mac = Mac([0, 0, 0x5e, 0, 1, 0x33]);
        assert_eq!(mac.to_string(), "00:00:5e:00:01:33");
        assert_eq!(mac.to_string().parse(), Ok(mac));
        for bad in ["", "00:00:5e:00:01", "00:00:5e:00:01:33:44", "0:0:5e:0:1:33", "00:00:5e:00:01:xx"] {
            assert_eq!(bad.parse::<Mac>(), Err(MacError), "{bad}");
        }
    }

    #[test]
    fn a_prefix_needs_its_length() {
        assert_eq!(prefix("10.77.0.1/24").unwrap(), ([10, 77, 0, 1].into(), 24));
        for bad in ["10.77.0.1", "10.77.0.1/33", "fd77::1/129", "fd77::1/x", "host/24"] {
            assert!(matches!(prefix(bad), Err(LabError::Prefix(_))), "{bad}");
        }
    }
}
