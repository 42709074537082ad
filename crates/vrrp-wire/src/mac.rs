//! Virtual router MAC addresses.

use vrrp_types::{Family, Vrid};

/// The MAC address of a virtual router: `00:00:5e:00:01:VRID` for IPv4, `00:00:5e:00:02:VRID` for IPv6
/// (RFC 9568 section 7.3).
pub const fn virtual_mac(family: Family, vrid: Vrid) -> [u8; 6] {
    let block = match family {
        Family::V4 => 1,
        Family::V6 => 2,
    };
    [0x00, 0x00, 0x5e, 0x00, block, vrid.get()]
}
