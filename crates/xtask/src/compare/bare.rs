//! The bare sender: the same packets at the same times, and nothing else. What it costs is what the kernel costs, so
//! it is the bound for any program that sends them.
//!
//! It holds no election and hears nothing.

use std::fmt;
use std::io::{self, IoSlice};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::num::NonZeroU32;
use std::os::fd::OwnedFd;
use std::str::FromStr;
use std::time::Duration;

use rustix::net::{
    AddressFamily, MMsgHdr, Protocol, SendAncillaryBuffer, SendFlags, SocketType, bind, connect, send,
    sendmmsg, socket, sockopt,
};
use rustix::thread::clock_nanosleep_absolute;
use rustix::time::{ClockId, Timespec, clock_gettime};

use super::conf::{HIGH, Work};
use super::world::Side;

/// Protocol number of VRRP.
const VRRP: u8 = 112;
const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 18);
/// Every interval begins with this many bursts, a millisecond apart; each has its share of the instances.
const BURSTS: u16 = 10;
const BURST_GAP: Duration = Duration::from_millis(1);

/// What to send, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Load {
    pub(super) work: Work,
    /// One system call for the burst of an interface, instead of one for each packet.
    pub(super) batched: bool,
}

impl fmt::Display for Load {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = if self.batched { "batched" } else { "single" };
        write!(out, "{}:{}:{how}", self.work.instances, self.work.interval.as_millis())
    }
}

impl FromStr for Load {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not INSTANCES:MILLISECONDS:(batched|single)");
        let parts: Vec<_> = text.split(':').collect();
        let [instances, interval, how @ ("batched" | "single")] = parts[..] else { return Err(wrong()) };
        let instances = instances.parse().map_err(|_| wrong())?;
        let interval = interval.parse().ok().filter(|&ms: &u64| ms >= 10).ok_or_else(wrong)?;
        Ok(Self { work: Work::v3(instances, interval), batched: how == "batched" })
    }
}

/// The packets of one burst on one interface.
struct Burst {
    socket: OwnedFd,
    offset: Duration,
    packets: Vec<[u8; 12]>,
}

/// Sends until it is killed.
pub(super) fn run(load: &Load) -> io::Result<()> {
    let bursts = bursts(load.work)?;
    let slices: Vec<Vec<[IoSlice<'_>; 1]>> = bursts
        .iter()
        .map(|burst| burst.packets.iter().map(|packet| [IoSlice::new(packet)]).collect())
        .collect();
    let mut controls: Vec<Vec<SendAncillaryBuffer<'_, '_, '_>>> = bursts
        .iter()
        .map(|burst| burst.packets.iter().map(|_| SendAncillaryBuffer::default()).collect())
        .collect();
    let mut messages: Vec<Vec<MMsgHdr<'_>>> = slices
        .iter()
        .zip(&mut controls)
        .map(|(slices, controls)| {
            slices.iter().zip(controls).map(|(slice, control)| MMsgHdr::new(slice, control)).collect()
        })
        .collect();
    let mut begin = Duration::try_from(clock_gettime(ClockId::Monotonic)).map_err(io::Error::other)?;
    loop {
        for (burst, messages) in bursts.iter().zip(&mut messages) {
            sleep_until(begin + burst.offset)?;
            if load.batched {
                send_batch(&burst.socket, messages)?;
            } else {
                for packet in &burst.packets {
                    send(&burst.socket, packet, SendFlags::empty())?;
                }
            }
        }
        begin += load.work.interval;
    }
}

fn send_batch(socket: &OwnedFd, mut messages: &mut [MMsgHdr<'_>]) -> io::Result<()> {
    while !messages.is_empty() {
        let sent = sendmmsg(socket, messages, SendFlags::empty())?;
        messages = &mut messages[sent..];
    }
    Ok(())
}

fn sleep_until(time: Duration) -> io::Result<()> {
    let time = Timespec::try_from(time).map_err(io::Error::other)?;
    loop {
        match clock_nanosleep_absolute(ClockId::Monotonic, &time) {
            Err(rustix::io::Errno::INTR) => {}
            result => return result.map_err(io::Error::from),
        }
    }
}

/// The bursts of one interval, in order of time.
fn bursts(work: Work) -> io::Result<Vec<Burst>> {
    let places: Vec<_> = work.places().collect();
    let share = places.len().div_ceil(usize::from(BURSTS)).max(1);
    let mut bursts = Vec::new();
    for (number, places) in (0..).zip(places.chunks(share)) {
        for places in places.chunk_by(|one, next| one.0 == next.0) {
            let interface = places[0].0;
            let packets = places.iter().map(|&(_, vrid)| advert(work, interface, vrid)).collect();
            bursts.push(Burst {
                socket: open(Side::Master.address(interface))?,
                offset: number * BURST_GAP,
                packets,
            });
        }
    }
    Ok(bursts)
}

/// A raw socket for one interface, named by its address; the kernel writes the IP header.
fn open(source: Ipv4Addr) -> io::Result<OwnedFd> {
    let socket =
        socket(AddressFamily::INET, SocketType::RAW, NonZeroU32::new(VRRP.into()).map(Protocol::from_raw))?;
    sockopt::set_ip_multicast_if(&socket, &source)?;
    sockopt::set_ip_multicast_ttl(&socket, 255)?;
    sockopt::set_ip_multicast_loop(&socket, false)?;
    bind(&socket, &SocketAddrV4::new(source, 0))?;
    connect(&socket, &SocketAddrV4::new(GROUP, 0))?;
    Ok(socket)
}

/// A VRRPv3 advert (RFC 9568 section 5.1) with the one address that [`Work::text`] gives the instance.
fn advert(work: Work, interface: u8, vrid: u8) -> [u8; 12] {
    let [high, low] = u16::try_from(work.interval.as_millis() / 10).unwrap_or(0x0fff).to_be_bytes();
    let mut packet = [0x31, vrid, HIGH, 1, high, low, 0, 0, 10, 100 + interface, 0, vrid];
    let [a, b, c, d] = Side::Master.address(interface).octets();
    let [e, f, g, h] = GROUP.octets();
    let pseudo = [a, b, c, d, e, f, g, h, 0, VRRP, 0, packet.len() as u8];
    let words = pseudo
        .chunks(2)
        .chain(packet.chunks(2))
        .map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]])));
    let sum: u32 = words.sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    let checksum = !((folded & 0xffff) + (folded >> 16)) as u16;
    packet[6..8].copy_from_slice(&checksum.to_be_bytes());
    packet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_is_read_as_it_is_written() {
        let load = Load { work: Work::v3(250, 10), batched: true };
        assert_eq!(load.to_string(), "250:10:batched");
        assert_eq!(load.to_string().parse(), Ok(load));
        for wrong in ["250:10", "250:0:single", "x:10:single", "250:10:other"] {
            assert!(wrong.parse::<Load>().is_err(), "{wrong}");
        }
    }

    /// The sum over pseudo-header and message, checksum included, is all ones (RFC 1071).
    #[test]
    fn the_checksum_holds() {
        for vrid in 1..=250 {
            let packet = advert(Work::v3(1000, 100), 3, vrid);
            let pseudo = [10, 200, 3, 1, 224, 0, 0, 18, 0, 112, 0, 12];
            let words = pseudo.chunks(2).chain(packet.chunks(2));
            let sum: u32 = words.map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]]))).sum();
            assert_eq!((sum & 0xffff) + (sum >> 16), 0xffff, "{packet:?}");
        }
    }
}
