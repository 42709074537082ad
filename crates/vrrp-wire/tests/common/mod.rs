//! What the tests of this crate share: octets from hexadecimal, and short names for values.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::net::{Ipv4Addr, Ipv6Addr};

use vrrp_types::{Interval, Vrid};
use vrrp_wire::{Arrival, Path};

/// Octets from hexadecimal digits; spaces and line ends are for the reader.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_digit(16).unwrap() as u8);
    let digits = digits.collect::<Vec<_>>();
    assert!(digits.len().is_multiple_of(2), "odd number of digits in {text:?}");
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

pub(crate) fn vrid(vrid: u8) -> Vrid {
    Vrid::new(vrid).unwrap()
}

pub(crate) const fn centis(centis: u16) -> Interval {
    Interval::from_centis(centis).unwrap()
}

pub(crate) fn v4(source: &str, destination: &str) -> Path {
    let parse = |text: &str| text.parse::<Ipv4Addr>().unwrap();
    Path::V4 { source: parse(source), destination: parse(destination) }
}

pub(crate) fn v6(source: &str, destination: &str) -> Path {
    let parse = |text: &str| text.parse::<Ipv6Addr>().unwrap();
    Path::V6 { source: parse(source), destination: parse(destination) }
}

pub(crate) fn arrival(path: Path, hop_limit: u8) -> Arrival {
    Arrival { path, hop_limit }
}
