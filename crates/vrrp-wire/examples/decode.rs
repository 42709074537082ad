//! Shows VRRP packets given in hexadecimal, as arguments or one a line on standard input.
//!
//! `decode 45c0...` is an IPv4 or IPv6 packet from its first octet; spaces between digits are allowed in lines,
//! so the digits of `tcpdump -x` can be pasted without their offsets. Exit 1 when a packet is refused.

use std::error::Error;
use std::io::{self, BufRead};
use std::process::ExitCode;

use vrrp_types::Version;
use vrrp_wire::{Advert, Arrival, Auth, ChecksumRule, Header, Ipv4Packet, Path, Policy, Protocol};

fn main() -> ExitCode {
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    let packets: Box<dyn Iterator<Item = String>> = if arguments.is_empty() {
        Box::new(io::stdin().lock().lines().map_while(Result::ok))
    } else {
        Box::new(arguments.into_iter())
    };
    let mut exit = ExitCode::SUCCESS;
    for packet in packets.filter(|line| !line.trim().is_empty()) {
        match digits(&packet).and_then(|octets| decode(&octets)) {
            Ok(text) => println!("{text}"),
            Err(error) => {
                eprintln!("{error}");
                exit = ExitCode::FAILURE;
            }
        }
    }
    exit
}

fn decode(packet: &[u8]) -> Result<String, Box<dyn Error>> {
    let (message, arrival) = if packet.first().is_some_and(|octet| octet >> 4 == 6) {
        ipv6(packet).ok_or("not an IPv6 packet with a VRRP message behind its fixed header")?
    } else {
        let ip = Ipv4Packet::parse(packet)?;
        (ip.message()?, ip.arrival())
    };
    let header = Header::peek(message)?;
    let version = header.version().ok_or_else(|| format!("VRRP version {}", header.version_number()))?;
    let advert = Advert::parse(message, &arrival, &Policy::lenient(version))?;
    let (path, auth) = (
        arrival.path,
        match advert.auth() {
            Auth::None => "",
            _ => ", with a password",
        },
    );
    let mut text = format!(
        "{} > {}: VRRPv{version} VRID {}, priority {}, every {} s{auth}, hop limit {}, checksum {}:",
        path.source(),
        path.destination(),
        advert.vrid(),
        advert.priority(),
        advert.interval(),
        arrival.hop_limit,
        checksum(message, &arrival, version),
    );
    for address in advert.addresses().iter() {
        text.push_str(&format!(" {address}"));
    }
    Ok(text)
}

/// Which rule the checksum follows.
fn checksum(message: &[u8], arrival: &Arrival, version: Version) -> &'static str {
    let holds = |rule| {
        let mut policy = Policy::lenient(version);
        policy.checksum = rule;
        Advert::parse(message, arrival, &policy).is_ok()
    };
    if holds(ChecksumRule::Standard) {
        "right"
    } else if holds(ChecksumRule::AsV2) {
        "right without pseudo-header"
    } else if holds(ChecksumRule::Group(vrrp_wire::GROUP_V4)) {
        "right for the group"
    } else {
        "wrong"
    }
}

/// Message and way of an IPv6 packet without extension headers (RFC 8200 section 3).
fn ipv6(packet: &[u8]) -> Option<(&[u8], Arrival)> {
    let (header, payload) = packet.split_first_chunk::<40>()?;
    let [_, _, _, _, high, low, next, hop_limit, addresses @ ..] = header;
    let len = usize::from(u16::from_be_bytes([*high, *low]));
    let (source, destination) = addresses.split_first_chunk::<16>()?;
    let destination = <[u8; 16]>::try_from(destination).ok()?;
    let path = Path::V6 { source: (*source).into(), destination: destination.into() };
    if *next != Protocol::VRRP.0 {
        return None;
    }
    Some((payload.get(..len)?, Arrival { path, hop_limit: *hop_limit }))
}

fn digits(text: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let digits = text.chars().filter(|c| !c.is_whitespace() && *c != ':');
    let digits = digits.map(|c| c.to_digit(16).ok_or_else(|| format!("{c:?} is not a hexadecimal digit")));
    let digits = digits.collect::<Result<Vec<_>, _>>()?;
    match digits.as_chunks::<2>() {
        (pairs, []) => Ok(pairs.iter().map(|[high, low]| (high << 4 | low) as u8).collect()),
        _ => Err("odd number of hexadecimal digits".into()),
    }
}
