//! What eve says: IPv4 adverts, made by the codec that the comparison of frames has proved.

use std::net::Ipv4Addr;

use vrrp_types::{Interval, Priority, Version, Vrid};
use vrrp_wire::{Addresses, Advert, Auth, ChecksumRule, GROUP_V4, Ipv4Header};

/// The address list of the usual instance.
const LIST: &[[u8; 4]] = &[[10, 77, 0, 100]];

/// A multicast advert of VRID 51 with the address 10.77.0.100, from eve's address.
pub(crate) fn advert(version: u8, centis: u16, priority: u8) -> Vec<u8> {
    advert_of(version, centis, priority, LIST, Auth::None)
}

pub(crate) fn advert_of(
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
    let eve = Ipv4Addr::new(10, 77, 0, 2);
    advert.emit_ipv4(&mut packet, &Ipv4Header::new(eve, GROUP_V4), ChecksumRule::Standard);
    packet
}
