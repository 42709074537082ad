//! What a frame on the client's wire says, and the line in which the witness tells it.
//!
//! It reads fixed places and shares no code with the daemon it watches. No checksum is looked at.

use std::net::Ipv4Addr;

use netlab::Mac;

use super::cast::{SHARED, Side, VRID};
use super::event::What;

/// EtherTypes (IANA).
const IPV4: [u8; 2] = [0x08, 0x00];
const ARP: [u8; 2] = [0x08, 0x06];
/// Protocol numbers (IANA).
const ICMP: u8 = 1;
const VRRP: u8 = 112;

/// What an Ethernet frame says of the two hosts and their address, if anything.
pub(super) fn read(frame: &[u8]) -> Option<What> {
    let from = Mac(frame.get(6..12)?.try_into().ok()?);
    let packet = frame.get(14..)?;
    match <[u8; 2]>::try_from(frame.get(12..14)?).ok()? {
        IPV4 => ipv4(from, packet),
        ARP => arp(from, packet),
        _ => None,
    }
}

/// RFC 791 section 3.1.
fn ipv4(from: Mac, packet: &[u8]) -> Option<What> {
    let payload = packet.get(usize::from(packet.first()? & 0x0f) * 4..)?;
    let source = address(packet.get(12..16)?)?;
    match *packet.get(9)? {
        VRRP => advert(source, payload),
        ICMP if source == SHARED => answer(from, payload),
        _ => None,
    }
}

/// RFC 3768 section 5.1: version and type, virtual router, priority.
fn advert(source: Ipv4Addr, message: &[u8]) -> Option<What> {
    let &[0x21, VRID, priority, ..] = message else { return None };
    Some(What::Advert(Side::at(source)?, priority))
}

/// RFC 792: an echo reply is type 0; its number is in octets 6 and 7.
fn answer(from: Mac, message: &[u8]) -> Option<What> {
    let &[0, 0, _, _, _, _, high, low, ..] = message else { return None };
    Some(What::Answer(Side::of(from)?, u16::from_be_bytes([high, low])))
}

/// RFC 826; gratuitous where sender and target are the same (RFC 5227 section 3).
fn arp(from: Mac, packet: &[u8]) -> Option<What> {
    let (sender, target) = (address(packet.get(14..18)?)?, address(packet.get(24..28)?)?);
    if sender != SHARED || target != SHARED {
        return None;
    }
    Some(What::Claim(Side::of(from)?))
}

fn address(octets: &[u8]) -> Option<Ipv4Addr> {
    <[u8; 4]>::try_from(octets).ok().map(Ipv4Addr::from)
}

/// The witness's line for what it saw at `nanos` of the monotonic clock. `None` for what is not on a wire.
pub(super) fn line(nanos: u64, what: What) -> Option<String> {
    match what {
        What::Advert(side, priority) => Some(format!("{nanos} advert {} {priority}", side.name())),
        What::Claim(side) => Some(format!("{nanos} claim {}", side.name())),
        What::Answer(side, number) => Some(format!("{nanos} answer {} {number}", side.name())),
        _ => None,
    }
}

/// The other way.
pub(super) fn parse(line: &str) -> Option<(u64, What)> {
    let mut words = line.split_whitespace();
    let nanos = words.next()?.parse().ok()?;
    let kind = words.next()?;
    let name = words.next()?;
    let side = Side::BOTH.into_iter().find(|side| side.name() == name)?;
    let what = match kind {
        "advert" => What::Advert(side, words.next()?.parse().ok()?),
        "claim" => What::Claim(side),
        "answer" => What::Answer(side, words.next()?.parse().ok()?),
        _ => return None,
    };
    Some((nanos, what))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
        let octet = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        digits.chunks(2).map(octet).collect()
    }

    const ADVERT: &str = "01005e000012 020000000001 0800 \
        45c0002800010000ff70cf33 0a4d0001 e0000012 \
        21336401 0101baf6 0a4d0064 3131313100000000";
    const CLAIM: &str = "ffffffffffff 020000000002 0806 \
        0001 0800 06 04 0001 020000000002 0a4d0064 ffffffffffff 0a4d0064";
    const ANSWER: &str = "020000000003 020000000002 0800 \
        45000054000000004001 0000 0a4d0064 0a4d0009 0000 1234 0007 0102 00";

    #[test]
    fn frames_of_interest() {
        let cases = [
            (ADVERT, What::Advert(Side::Alpha, 100)),
            (CLAIM, What::Claim(Side::Beta)),
            (ANSWER, What::Answer(Side::Beta, 0x0102)),
        ];
        for (hex, what) in cases {
            assert_eq!(read(&bytes(hex)), Some(what), "{hex}");
        }
    }

    #[test]
    fn other_frames_say_nothing() {
        let cases = [
            ("another virtual router", ADVERT.replace("213364", "213464")),
            ("VRRPv3", ADVERT.replace("213364", "313364")),
            ("an unknown sender", ADVERT.replace("0a4d0001", "0a4d0005")),
            ("a question for the address", CLAIM.replace("0002 0a4d0064", "0002 0a4d0009")),
            ("an echo request", ANSWER.replace("0000 1234", "0800 1234")),
            ("an answer of another address", ANSWER.replace("0a4d0064", "0a4d0001")),
            ("IPv6", ANSWER.replace("0800 4500", "86dd 4500")),
        ];
        for (why, hex) in cases {
            assert_eq!(read(&bytes(&hex)), None, "{why}");
        }
    }

    #[test]
    fn lines_come_back_as_they_went() {
        for what in [What::Advert(Side::Beta, 0), What::Claim(Side::Alpha), What::Answer(Side::Beta, 65_535)]
        {
            assert_eq!(parse(&line(17, what).unwrap()), Some((17, what)));
        }
        assert_eq!(line(17, What::Ended(Side::Alpha)), None);
        for wrong in
            ["", "17", "x advert alpha 1", "17 advert gamma 1", "17 advert alpha 256", "17 song beta"]
        {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_frame_is_too_strange(frame in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = read(&frame);
        }

        #[test]
        fn no_cut_says_more_than_the_whole(cut in 0_usize..60) {
            for hex in [ADVERT, CLAIM, ANSWER] {
                let whole = bytes(hex);
                let said = read(whole.get(..cut).unwrap_or(&whole));
                prop_assert!(said.is_none() || said == read(&whole));
            }
        }
    }
}
