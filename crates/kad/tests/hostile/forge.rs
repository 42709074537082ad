//! Packets that no router may believe.

use std::net::{Ipv4Addr, Ipv6Addr};

use vrrp_types::{Interval, Priority, Version, Vrid};
use vrrp_wire::{
    Addresses, Advert, Auth, ChecksumRule, GROUP_V4, GROUP_V6, Ipv4Header, Password, Path, Protocol,
};

/// Eve's address.
pub(crate) const EVE_V4: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 3);
const EVE_V6: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0xff, 0xfe00, 3);
/// Octets before the advert.
const IPV4: usize = 20;
const IPV6: usize = 40;

/// What is wrong with a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Random,
    Truncated,
    BitFlipped,
    WrongTtl,
    WrongPassword,
    LyingCount,
    WrongChecksum,
    WrongVersion,
    ForeignVrid,
    AuthenticationHeader,
    Fragment,
    V6,
    V6Oversized,
    Arp,
}

impl Kind {
    pub(crate) const ALL: [Self; 14] = [
        Self::Random,
        Self::Truncated,
        Self::BitFlipped,
        Self::WrongTtl,
        Self::WrongPassword,
        Self::LyingCount,
        Self::WrongChecksum,
        Self::WrongVersion,
        Self::ForeignVrid,
        Self::AuthenticationHeader,
        Self::Fragment,
        Self::V6,
        Self::V6Oversized,
        Self::Arp,
    ];
}

/// Something to send.
pub(crate) enum Flood {
    V4(Vec<u8>),
    V6(Vec<u8>),
    Arp(Ipv4Addr),
}

/// A seeded source of such packets (xorshift64).
pub(crate) struct Forge(u64);

impl Forge {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit
    }

    fn octet(&mut self) -> u8 {
        self.below(256) as u8
    }

    /// The highest priority that is no owner's, or a farewell: what would move an election.
    fn priority(&mut self) -> u8 {
        if self.below(2) == 0 { 254 } else { 0 }
    }

    pub(crate) fn next(&mut self, kind: Kind) -> Flood {
        let priority = self.priority();
        let mut good = v3(51, priority);
        let packet = match kind {
            Kind::Random => self.random(),
            Kind::Truncated => {
                good.truncate(IPV4 + self.below(12));
                good
            }
            Kind::BitFlipped => {
                let place = IPV4 + self.below(good.len() - IPV4);
                good[place] ^= 1 << self.below(8);
                good
            }
            Kind::WrongTtl => {
                good[8] = self.below(255) as u8;
                good
            }
            Kind::WrongPassword if self.below(2) == 0 => v2(priority, Auth::None),
            Kind::WrongPassword => v2(priority, Auth::Pass(Password::new(&[self.octet(); 8]))),
            Kind::LyingCount => {
                good[IPV4 + 3] = 2 + self.below(254) as u8;
                sum_again(good)
            }
            Kind::WrongChecksum => {
                good[IPV4 + 6] ^= 1 + self.below(255) as u8;
                good
            }
            Kind::WrongVersion => {
                good[IPV4] = [0x01, 0x11, 0x21, 0x41, 0xf1, 0x32, 0x30][self.below(7)];
                sum_again(good)
            }
            Kind::ForeignVrid => v3(100 + self.below(100) as u8, priority),
            Kind::AuthenticationHeader => behind_an_authentication_header(&good),
            Kind::Fragment => {
                // More fragments, or an offset.
                (good[6], good[7]) = if self.below(2) == 0 { (0x20, 0) } else { (0, 1) };
                good
            }
            Kind::V6 => return Flood::V6(self.broken_v6(priority)),
            Kind::V6Oversized => return Flood::V6(v6(priority, &[0xfe; 1_400])),
            Kind::Arp => return Flood::Arp(Ipv4Addr::new(10, 77, 0, self.octet())),
        };
        Flood::V4(packet)
    }

    fn random(&mut self) -> Vec<u8> {
        let mut packet = v3(51, 254);
        packet.truncate(IPV4);
        let length = self.below(1_200);
        packet.extend((0..length).map(|_| self.octet()));
        packet
    }

    fn broken_v6(&mut self, priority: u8) -> Vec<u8> {
        let mut packet = v6(priority, &[]);
        match self.below(4) {
            // Hop limit.
            0 => packet[7] = self.below(255) as u8,
            // Checksum.
            1 => packet[IPV6 + 6] ^= 0x5a,
            // Length.
            2 => {
                packet.truncate(IPV6 + self.below(20));
                let length = (packet.len() - IPV6) as u16;
                packet[4..6].copy_from_slice(&length.to_be_bytes());
            }
            // Version.
            _ => packet[IPV6] = 0x41,
        }
        packet
    }
}

/// What a router has to believe: the adverts that the floods are made of, before they are broken.
pub(crate) fn believable() -> [Flood; 2] {
    [Flood::V4(v3(51, 254)), Flood::V6(v6(254, &[]))]
}

fn interval(centis: u16) -> Interval {
    Interval::from_centis(centis).unwrap()
}

/// A good VRRPv3 advert.
fn v3(vrid: u8, priority: u8) -> Vec<u8> {
    let own = Addresses::V4(&[[10, 77, 0, 100]]);
    let advert =
        Advert::new(Version::V3, Vrid::new(vrid).unwrap(), Priority::new(priority), interval(10), own)
            .unwrap();
    whole(&advert)
}

/// A good VRRPv2 advert but for its password.
fn v2(priority: u8, auth: Auth) -> Vec<u8> {
    let own = Addresses::V4(&[[10, 77, 0, 101]]);
    let vrid = Vrid::new(52).unwrap();
    let advert = Advert::new(Version::V2, vrid, Priority::new(priority), interval(100), own).unwrap();
    whole(&advert.with_auth(auth).unwrap())
}

fn whole(advert: &Advert<'_>) -> Vec<u8> {
    let mut packet = vec![0; advert.ipv4_len()];
    advert.emit_ipv4(&mut packet, &Ipv4Header::new(EVE_V4, GROUP_V4), ChecksumRule::Standard);
    packet
}

/// A good VRRPv3 advert over IPv6, with something behind it.
fn v6(priority: u8, more: &[u8]) -> Vec<u8> {
    let own = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0x100).octets();
    let own = [own];
    let vrid = Vrid::new(53).unwrap();
    let advert =
        Advert::new(Version::V3, vrid, Priority::new(priority), interval(10), Addresses::V6(&own)).unwrap();
    let mut message = vec![0; advert.wire_len()];
    let path = Path::V6 { source: EVE_V6, destination: GROUP_V6 };
    advert.emit(&mut message, &path, ChecksumRule::Skip);
    message.extend_from_slice(more);
    let sum = vrrp_wire::Sum::new()
        .with_pseudo_v6(EVE_V6, GROUP_V6, Protocol::VRRP, message.len() as u32)
        .with(&message)
        .finish();
    message[6..8].copy_from_slice(&sum.to_be_bytes());
    let mut packet = vec![0x6c, 0, 0, 0];
    packet.extend_from_slice(&(message.len() as u16).to_be_bytes());
    packet.extend_from_slice(&[112, 255]);
    packet.extend_from_slice(&EVE_V6.octets());
    packet.extend_from_slice(&GROUP_V6.octets());
    packet.extend_from_slice(&message);
    packet
}

/// The right checksum for what now stands there.
fn sum_again(mut packet: Vec<u8>) -> Vec<u8> {
    packet[IPV4 + 6..IPV4 + 8].fill(0);
    let message = &packet[IPV4..];
    let sum = vrrp_wire::Sum::new()
        .with_pseudo_v4(EVE_V4, GROUP_V4, Protocol::VRRP, message.len() as u16)
        .with(message)
        .finish();
    packet[IPV4 + 6..IPV4 + 8].copy_from_slice(&sum.to_be_bytes());
    packet
}

fn behind_an_authentication_header(good: &[u8]) -> Vec<u8> {
    let mut packet = good[..IPV4].to_vec();
    packet[9] = 51;
    packet.extend_from_slice(&[112, 4, 0, 0]);
    packet.extend_from_slice(&[0; 20]);
    packet.extend_from_slice(&good[IPV4..]);
    packet
}
