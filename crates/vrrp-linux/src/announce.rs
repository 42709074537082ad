//! The frames that tell a link where an address lives now: gratuitous ARP (RFC 5227 section 3) and unsolicited
//! neighbour advertisement (RFC 4861 section 7.2.6), octet for octet as keepalived sends them.

use std::net::{Ipv4Addr, Ipv6Addr};

use pnet_packet::Packet;
use pnet_packet::arp::{ArpHardwareTypes, ArpOperations, MutableArpPacket};
use pnet_packet::ethernet::{EtherType, EtherTypes, MutableEthernetPacket};
use pnet_packet::icmpv6::ndp::{
    MutableNdpOptionPacket, MutableNeighborAdvertPacket, NdpOptionTypes, NeighborAdvertFlags,
};
use pnet_packet::icmpv6::{Icmpv6Packet, Icmpv6Types, checksum};
use pnet_packet::ip::IpNextHeaderProtocols;
use pnet_packet::ipv6::MutableIpv6Packet;

const BROADCAST: [u8; 6] = [0xff; 6];
const ETHERNET: usize = 14;
const ARP: usize = 28;
const IPV6: usize = 40;
/// Type, code, checksum, flags and target, then the option with the link-layer address.
const ADVERTISEMENT: usize = 24 + 8;
/// The longest frame, the neighbour advertisement.
pub(crate) const FRAME_MAX: usize = ETHERNET + IPV6 + ADVERTISEMENT;

/// A finished Ethernet frame: built once an address, sent as often as needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    room: [u8; FRAME_MAX],
    len: u8,
    ethertype: u16,
}

impl Frame {
    /// An ARP request for `address` by `address`, to all stations; 42 octets, not padded.
    ///
    /// The target's hardware address is the broadcast address, as keepalived has it.
    #[doc(alias = "GARP")]
    pub fn gratuitous_arp(mac: [u8; 6], address: Ipv4Addr) -> Self {
        let mut frame = Self::new(mac, BROADCAST, EtherTypes::Arp, ETHERNET + ARP);
        if let Some(mut arp) = MutableArpPacket::new(&mut frame.room[ETHERNET..]) {
            arp.set_hardware_type(ArpHardwareTypes::Ethernet);
            arp.set_protocol_type(EtherTypes::Ipv4);
            arp.set_hw_addr_len(6);
            arp.set_proto_addr_len(4);
            arp.set_operation(ArpOperations::Request);
            arp.set_sender_hw_addr(mac.into());
            arp.set_sender_proto_addr(address);
            arp.set_target_hw_addr(BROADCAST.into());
            arp.set_target_proto_addr(address);
        }
        frame
    }

    /// An unsolicited neighbour advertisement from `address` to all nodes, with the Override flag, and the Router
    /// flag when the interface forwards; 86 octets.
    #[doc(alias = "NA")]
    pub fn neighbour_advertisement(mac: [u8; 6], address: Ipv6Addr, router: bool) -> Self {
        let all_nodes = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
        let all_nodes_mac = [0x33, 0x33, 0, 0, 0, 1]; // RFC 2464 section 7
        let mut frame = Self::new(mac, all_nodes_mac, EtherTypes::Ipv6, FRAME_MAX);
        if let Some(mut ip) = MutableIpv6Packet::new(&mut frame.room[ETHERNET..]) {
            ip.set_version(6);
            ip.set_payload_length(ADVERTISEMENT as u16);
            ip.set_next_header(IpNextHeaderProtocols::Icmpv6);
            ip.set_hop_limit(255);
            ip.set_source(address);
            ip.set_destination(all_nodes);
        }
        let message = &mut frame.room[ETHERNET + IPV6..];
        if let Some(mut option) = MutableNdpOptionPacket::new(&mut message[24..]) {
            option.set_option_type(NdpOptionTypes::TargetLLAddr);
            option.set_length(1); // in units of 8 octets
            option.set_data(&mac);
        }
        if let Some(mut advertisement) = MutableNeighborAdvertPacket::new(message) {
            let router = if router { NeighborAdvertFlags::Router } else { 0 };
            advertisement.set_icmpv6_type(Icmpv6Types::NeighborAdvert);
            advertisement.set_flags(NeighborAdvertFlags::Override | router);
            advertisement.set_target_addr(address);
            let sum = Icmpv6Packet::new(advertisement.packet());
            let sum = sum.map_or(0, |message| checksum(&message, &address, &all_nodes));
            advertisement.set_checksum(sum);
        }
        frame
    }

    /// The frame from the destination's address on.
    pub fn octets(&self) -> &[u8] {
        &self.room[..usize::from(self.len)]
    }

    pub(crate) fn ethertype(&self) -> u16 {
        self.ethertype
    }

    fn new(source: [u8; 6], destination: [u8; 6], ethertype: EtherType, len: usize) -> Self {
        let mut frame = Self { room: [0; FRAME_MAX], len: len as u8, ethertype: ethertype.0 };
        if let Some(mut header) = MutableEthernetPacket::new(&mut frame.room) {
            header.set_destination(destination.into());
            header.set_source(source.into());
            header.set_ethertype(ethertype);
        }
        frame
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hex(octets: &[u8]) -> String {
        octets.iter().map(|octet| format!("{octet:02x}")).collect()
    }

    /// Captured from keepalived 2.2.7 and 2.4.3, which sent the same.
    #[test]
    fn gratuitous_arp_as_keepalived_sends_it() {
        let mac = [0x6a, 0xf4, 0xc2, 0x52, 0xd6, 0x3d];
        let frame = Frame::gratuitous_arp(mac, Ipv4Addr::new(10, 1, 0, 100));
        let captured = concat!(
            "ffffffffffff6af4c252d63d0806",
            "0001080006040001",
            "6af4c252d63d0a010064",
            "ffffffffffff0a010064"
        );
        assert_eq!(hex(frame.octets()), captured);
    }

    #[test]
    fn neighbour_advertisement_as_keepalived_sends_it() {
        let mac = [0x2a, 0x0d, 0x71, 0x43, 0x6e, 0x1e];
        let frame = Frame::neighbour_advertisement(mac, "fe80::1234".parse().unwrap(), false);
        let captured = concat!(
            "3333000000012a0d71436e1e86dd",
            "6000000000203aff",
            "fe800000000000000000000000001234",
            "ff020000000000000000000000000001",
            "88002bc720000000",
            "fe800000000000000000000000001234",
            "02012a0d71436e1e"
        );
        assert_eq!(hex(frame.octets()), captured);
    }

    #[test]
    fn a_router_says_so() {
        let address = "2001:db8::100".parse().unwrap();
        let host = Frame::neighbour_advertisement([2; 6], address, false);
        let router = Frame::neighbour_advertisement([2; 6], address, true);
        let flags = ETHERNET + IPV6 + 4;
        assert_eq!((host.octets()[flags], router.octets()[flags]), (0x20, 0xa0));
    }

    proptest! {
        #[test]
        fn every_advertisement_sums_to_zero(mac in any::<[u8; 6]>(), address in any::<[u8; 16]>(), router: bool) {
            let frame = Frame::neighbour_advertisement(mac, address.into(), router);
            let octets = frame.octets();
            // RFC 8200 section 8.1: both addresses, the length and the next header, then the message.
            let mut sum = ADVERTISEMENT as u32 + 58;
            for pair in octets[ETHERNET + 8..].chunks_exact(2) {
                sum += u32::from(u16::from_be_bytes([pair[0], pair[1]]));
            }
            while sum > 0xffff {
                sum = (sum & 0xffff) + (sum >> 16);
            }
            prop_assert_eq!(sum, 0xffff);
        }
    }
}
