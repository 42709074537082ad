//! What rules ask of a packet.

use vrrp_linux::netlink::nftables::{NftExpr, NftFamily, NftMeta, NftRegister};

pub(super) const IGMP: u8 = 2;
pub(super) const ICMPV6: u8 = 58;
pub(super) const MLD_REPORT: u8 = 131;
pub(super) const ROUTER_SOLICIT: u8 = 133;
pub(super) const NEIGHBOUR_SOLICIT: u8 = 135;
pub(super) const NEIGHBOUR_ADVERT: u8 = 136;
pub(super) const MLD2_REPORT: u8 = 143;

/// The type of an ICMPv6 message.
pub(super) const TYPE: NftExpr = NftExpr::Transport { offset: 0, len: 1 };

/// Which address of a packet.
#[derive(Clone, Copy)]
pub(super) enum End {
    Source,
    Destination,
}

pub(super) const fn address(family: NftFamily, end: End) -> NftExpr {
    match (family, end) {
        (NftFamily::V4, End::Source) => NftExpr::Network { offset: 12, len: 4 },
        (NftFamily::V4, End::Destination) => NftExpr::Network { offset: 16, len: 4 },
        (NftFamily::V6, End::Source) => NftExpr::Network { offset: 8, len: 16 },
        (NftFamily::V6, End::Destination) => NftExpr::Network { offset: 24, len: 16 },
    }
}

pub(super) fn in_set(name: &str) -> NftExpr {
    NftExpr::In(NftRegister::One, name.to_owned())
}

pub(super) fn equal(octet: u8) -> NftExpr {
    NftExpr::Equal(NftRegister::One, vec![octet])
}

/// The packet's transport protocol is ICMPv6.
pub(super) fn icmpv6() -> [NftExpr; 2] {
    [NftExpr::Meta(NftMeta::Protocol, NftRegister::One), equal(ICMPV6)]
}

/// The device it leaves by is a macvlan.
pub(super) fn through_macvlan() -> [NftExpr; 2] {
    [second(NftMeta::OutputKind), NftExpr::named(NftRegister::Two, "macvlan")]
}

pub(super) const fn second(meta: NftMeta) -> NftExpr {
    NftExpr::Meta(meta, NftRegister::Two)
}

/// An IPv6 address of these 16 bits and nothing else.
pub(super) fn prefix(bits: u16) -> Vec<u8> {
    let mut octets = vec![0; 16];
    octets[..2].copy_from_slice(&bits.to_be_bytes());
    octets
}
