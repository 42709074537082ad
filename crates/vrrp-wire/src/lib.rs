#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

mod address;
mod advert;
mod ah;
mod checksum;
mod error;
mod header;
mod ipv4;
mod limits;
mod mac;
mod parse;
mod password;
mod policy;
mod trailer;

use core::net::{Ipv4Addr, Ipv6Addr};

pub use address::Addresses;
pub use advert::{Advert, AdvertError, Auth};
pub use ah::{AhKey, AhSequence, AuthHeader, Authenticated};
pub use checksum::{ChecksumRule, Sum};
pub use error::{Counter, DecodeError};
pub use header::{AuthType, Header};
pub use ipv4::{Ipv4Header, Ipv4Packet, Protocol};
pub use limits::max_addresses;
pub use mac::virtual_mac;
pub use parse::Checkpoint;
pub use password::Password;
pub use policy::{Arrival, AuthRule, DestinationRule, HopLimitRule, IntervalRule, Path, Policy};
pub use trailer::{Freshness, Mark, Senders, Stamp, Stamper, Trailer, TrailerKey};

/// The group every IPv4 router listens to unless configured otherwise (RFC 9568 section 5.1.1.2).
pub const GROUP_V4: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 18);

/// The group every IPv6 router listens to unless configured otherwise (RFC 9568 section 5.1.2.2).
pub const GROUP_V6: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x12);

/// The TTL or hop limit of an advert that has not been forwarded (RFC 9568 section 5.1.1.3).
pub const HOP_LIMIT: u8 = 255;

/// TOS and traffic class of an advert: internetwork control (RFC 791 section 3.1).
pub const TRAFFIC_CLASS: u8 = 0xc0;
