//! How many addresses fit into one advert.

use vrrp_types::{Family, Version};

use crate::header::{AUTH_DATA_LEN, Header};

/// Octets that keepalived takes off the MTU for the link header, although the MTU does not count it. Two
/// routers must come to the same list, so the same is done here.
const LINK_HEADER: usize = 14;

/// The most addresses an advert may carry on a link of this MTU (octets), as keepalived reckons.
///
/// Adverts are never fragmented, and the count is one octet: so 255 at most.
pub const fn max_addresses(mtu: u32, family: Family, version: Version) -> usize {
    let overhead = match (family, version) {
        (Family::V4, Version::V2) => LINK_HEADER + 20 + Header::LEN + AUTH_DATA_LEN,
        (Family::V4, Version::V3) => LINK_HEADER + 20 + Header::LEN,
        (Family::V6, _) => LINK_HEADER + 40 + Header::LEN,
    };
    let fit = (mtu as usize).saturating_sub(overhead) / family.address_len();
    if fit < 255 { fit } else { 255 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mtu_and_the_count_octet_bound_the_list() {
        for (mtu, family, version, most) in [
            (1500, Family::V4, Version::V2, 255),
            (1500, Family::V4, Version::V3, 255),
            (1500, Family::V6, Version::V3, 89),
            (1061, Family::V4, Version::V3, 254),
            (1062, Family::V4, Version::V3, 255),
            (1069, Family::V4, Version::V2, 254),
            (1070, Family::V4, Version::V2, 255),
            (68, Family::V4, Version::V2, 4),
            (1280, Family::V6, Version::V2, 76),
            (41, Family::V4, Version::V3, 0),
            (0, Family::V6, Version::V3, 0),
            (u32::MAX, Family::V6, Version::V3, 255),
        ] {
            assert_eq!(max_addresses(mtu, family, version), most, "{family} {version} {mtu}");
        }
    }
}
