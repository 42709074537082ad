//! What eve says: IPv4 adverts, made by the codec that the comparison of frames has proved.

use vrrp_types::{Interval, Priority, Version, Vrid};
use vrrp_wire::{Addresses, Advert, AhKey, Auth, ChecksumRule, GROUP_V4, Ipv4Header};

/// The address list of the usual instance.
const LIST: &[[u8; 4]] = &[[10, 77, 0, 100]];

/// A multicast advert of VRID 51 with the address 10.77.0.100, from eve's address.
pub(crate) fn advert(version: u8, centis: u16, priority: u8) -> Vec<u8> {
    advert_of(version, centis, priority, LIST, Auth::None)
}

/// A VRRPv3 advert at 0.3 s from another address.
pub(crate) fn advert_from(source: [u8; 4], priority: u8) -> Vec<u8> {
    whole(source, 3, 30, priority, LIST, Auth::None)
}

/// An advert of VRID 51 from eve's address.
pub(crate) fn advert_of(
    version: u8,
    centis: u16,
    priority: u8,
    addresses: &[[u8; 4]],
    auth: Auth,
) -> Vec<u8> {
    whole([10, 77, 0, 2], version, centis, priority, addresses, auth)
}

fn whole(
    source: [u8; 4],
    version: u8,
    centis: u16,
    priority: u8,
    addresses: &[[u8; 4]],
    auth: Auth,
) -> Vec<u8> {
    let version = if version == 2 { Version::V2 } else { Version::V3 };
    let (interval, vrid) = (Interval::from_centis(centis).unwrap(), Vrid::new(51).unwrap());
    let addresses = Addresses::V4(addresses);
    let advert = Advert::new(version, vrid, Priority::new(priority), interval, addresses).unwrap();
    let advert = advert.with_auth(auth).unwrap();
    let mut packet = vec![0; advert.ipv4_len()];
    advert.emit_ipv4(&mut packet, &Ipv4Header::new(source.into(), GROUP_V4), ChecksumRule::Standard);
    packet
}

/// A VRRPv2 advert at 1 s from eve's address, behind an authentication header.
pub(crate) fn headed(priority: u8, password: [u8; 8], number: u32) -> Vec<u8> {
    let (interval, vrid) = (Interval::DEFAULT, Vrid::new(51).unwrap());
    let advert =
        Advert::new(Version::V2, vrid, Priority::new(priority), interval, Addresses::V4(LIST)).unwrap();
    let advert = advert.with_auth(Auth::Ah).unwrap();
    let ip = Ipv4Header::new([10, 77, 0, 2].into(), GROUP_V4);
    let mut packet = vec![0; advert.ah_len()];
    advert.emit_ah(&mut packet, &ip, ChecksumRule::Standard, &AhKey::new(password), number);
    packet
}
