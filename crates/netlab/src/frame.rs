//! Just enough of a frame to say which VRRP advert it carries, or which address it announces.
//!
//! A witness that shares no code with what it watches: it reads fixed places, checks no checksum and judges
//! nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Instant;

use vrrp_types::{Priority, Vrid};

use crate::address::Mac;

/// Protocol number of VRRP (RFC 9568 section 5.1.1.4).
const VRRP: u8 = 112;
/// Protocol number of the authentication header that VRRPv2 may stand behind (RFC 2402).
const AH: u8 = 51;

/// Protocol number of ICMPv6.
const ICMPV6: u8 = 58;
/// ICMPv6 type (RFC 4861 section 4.4).
const NEIGHBOUR_ADVERTISEMENT: u8 = 136;

/// An Ethernet frame as it passed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frame {
    /// When the kernel saw it.
    pub at: Instant,
    /// From the destination's Ethernet address on, without checksum.
    pub bytes: Vec<u8>,
}

/// What an advert says of its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Advert {
    /// Sender's Ethernet address.
    pub mac: Mac,
    /// Sender's IP address.
    pub source: IpAddr,
    /// The protocol version's number, 2 or 3.
    pub version: u8,
    /// The virtual router.
    pub vrid: Vrid,
    /// The sender's priority in this advert.
    pub priority: Priority,
}

impl Frame {
    /// The VRRP advert in it, if that is what it carries.
    pub fn advert(&self) -> Option<Advert> {
        let mac = Mac(self.bytes.get(6..12)?.try_into().ok()?);
        let ethertype = u16::from_be_bytes(self.bytes.get(12..14)?.try_into().ok()?);
        let packet = self.bytes.get(14..)?;
        let (source, protocol, payload) = match ethertype {
            0x0800 => v4(packet)?,
            0x86dd => v6(packet)?,
            _ => return None,
        };
        let payload = match protocol {
            VRRP => payload,
            AH if *payload.first()? == VRRP => payload.get((usize::from(*payload.get(1)?) + 2) * 4..)?,
            _ => return None,
        };
        Some(Advert {
            mac,
            source,
            version: payload.first()? >> 4,
            vrid: Vrid::new(*payload.get(1)?)?,
            priority: Priority::new(*payload.get(2)?),
        })
    }
}

/// An address announced without being asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Announcement {
    /// Ethernet address that sent it.
    pub mac: Mac,
    /// The announced address.
    pub address: IpAddr,
}

impl Frame {
    /// The gratuitous ARP (request or reply whose sender is its target, RFC 5227 section 3) or the unsolicited
    /// neighbour advertisement (to a multicast address, RFC 4861 section 7.2.6) in it.
    pub fn announcement(&self) -> Option<Announcement> {
        let mac = Mac(self.bytes.get(6..12)?.try_into().ok()?);
        let address = match u16::from_be_bytes(self.bytes.get(12..14)?.try_into().ok()?) {
            0x0806 => self.gratuitous_arp()?.into(),
            0x86dd => self.unsolicited_advertisement()?.into(),
            _ => return None,
        };
        Some(Announcement { mac, address })
    }

    fn gratuitous_arp(&self) -> Option<Ipv4Addr> {
        let sender: [u8; 4] = self.bytes.get(28..32)?.try_into().ok()?;
        let target: [u8; 4] = self.bytes.get(38..42)?.try_into().ok()?;
        (sender == target).then(|| sender.into())
    }

    fn unsolicited_advertisement(&self) -> Option<Ipv6Addr> {
        let to_many = *self.bytes.first()? == 0x33;
        let (_, protocol, payload) = v6(self.bytes.get(14..)?)?;
        let target: [u8; 16] = payload.get(8..24)?.try_into().ok()?;
        (to_many && protocol == ICMPV6 && *payload.first()? == NEIGHBOUR_ADVERTISEMENT).then(|| target.into())
    }
}

/// Source, protocol and payload (RFC 791 section 3.1).
fn v4(packet: &[u8]) -> Option<(IpAddr, u8, &[u8])> {
    let header = usize::from(packet.first()? & 0x0f) * 4;
    let source: [u8; 4] = packet.get(12..16)?.try_into().ok()?;
    Some((Ipv4Addr::from(source).into(), *packet.get(9)?, packet.get(header..)?))
}

/// Source, next header and payload (RFC 8200 section 3). Adverts have no extension headers.
fn v6(packet: &[u8]) -> Option<(IpAddr, u8, &[u8])> {
    let source: [u8; 16] = packet.get(8..24)?.try_into().ok()?;
    Some((Ipv6Addr::from(source).into(), *packet.get(6)?, packet.get(40..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    fn frame(hex: &str) -> Frame {
        let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
        let octet = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        Frame { at: clock::now(), bytes: digits.chunks(2).map(octet).collect() }
    }

    /// VRRPv3 from 10.77.0.1, VRID 51, priority 200.
    const V3: &str = "01005e000012 020000000001 0800 \
        45c0002000010000ff70c000 0a4d0001 e0000012 3133c80100640000 0a4d0064";
    /// The same over IPv6, from fe80::1.
    const V6: &str = "333300000012 020000000001 86dd 6c000000 0018 70 ff \
        fe800000000000000000000000000001 ff020000000000000000000000000012 \
        3133c80100640000 fe800000000000000000000000000064";
    /// VRRPv2 behind an authentication header of 24 octets.
    const AH: &str = "01005e000012 020000000001 0800 \
        45c0003800010000ff33c000 0a4d0001 e0000012 \
        7004000000000001 00000001 000000000000000000000000 2133c80102010000 0a4d0064";

    #[test]
    fn adverts_are_told_by_their_places() {
        for (hex, source, version) in [(V3, "10.77.0.1", 3), (V6, "fe80::1", 3), (AH, "10.77.0.1", 2)] {
            let advert = frame(hex).advert().unwrap();
            let expected = Advert {
                mac: Mac([2, 0, 0, 0, 0, 1]),
                source: source.parse().unwrap(),
                version,
                vrid: Vrid::new(51).unwrap(),
                priority: Priority::new(200),
            };
            assert_eq!(advert, expected, "{hex}");
        }
    }

    /// A gratuitous ARP request for 10.77.0.100.
    const GARP: &str = "ffffffffffff 020000000001 0806 0001080006040001 \
        020000000001 0a4d0064 ffffffffffff 0a4d0064";
    /// An unsolicited neighbour advertisement for fd77::100.
    const NA: &str = "333300000001 020000000001 86dd 60000000 0020 3a ff \
        fe800000000000000000000000000001 ff020000000000000000000000000001 \
        88000000 20000000 fd770000000000000000000000000100 0201020000000001";

    #[test]
    fn announcements_are_what_nobody_asked_for() {
        for (hex, address) in [(GARP, "10.77.0.100"), (NA, "fd77::100")] {
            let expected = Announcement { mac: Mac([2, 0, 0, 0, 0, 1]), address: address.parse().unwrap() };
            assert_eq!(frame(hex).announcement(), Some(expected), "{hex}");
        }
        let asked = GARP.replace("ffffffffffff 0a4d0064", "000000000000 0a4d0001");
        let solicited = NA.replace("333300000001", "020000000002");
        for other in [asked.as_str(), &solicited, V3, V6] {
            assert_eq!(frame(other).announcement(), None, "{other}");
        }
        for hex in [GARP, NA] {
            let whole = frame(hex);
            for length in 0..whole.bytes.len() {
                let cut = Frame { at: whole.at, bytes: whole.bytes.get(..length).unwrap().to_vec() };
                let got = cut.announcement();
                assert!(got.is_none() || got == whole.announcement(), "{hex} cut to {length}");
            }
        }
    }

    #[test]
    fn no_cut_of_a_frame_is_more_than_none() {
        for hex in [V3, V6, AH] {
            let whole = frame(hex);
            for length in 0..whole.bytes.len() - 4 {
                let cut = Frame { at: whole.at, bytes: whole.bytes.get(..length).unwrap().to_vec() };
                let advert = cut.advert();
                assert!(advert.is_none() || advert == whole.advert(), "{hex} cut to {length}");
            }
        }
        let arp = frame("ffffffffffff 020000000001 0806 0001080006040001");
        assert_eq!(arp.advert(), None);
    }
}
