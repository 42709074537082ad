//! The witness: this program again, listening on the client's wire and telling each frame of interest in a line.
//!
//! It needs no tcpdump, and no root beyond that of its own namespace.

use std::io::{self, Read as _, Write as _};

use socket2::{Domain, Protocol, Socket, Type};

use super::{event, wire};

/// What it says once it hears.
pub(super) const READY: &str = "listening";

/// Every EtherType (linux/if_ether.h, ETH_P_ALL), in network order as packet(7) wants it.
const EVERY_TYPE: i32 = 0x0003_u16.to_be() as i32;
/// The longest frame of interest is an answer to a ping, with 98 octets; the rest of longer ones is dropped.
const FRAME: usize = 256;

/// Listens until its output is closed, or it is killed.
pub(super) fn run() -> io::Result<()> {
    let mut socket = Socket::new(Domain::PACKET, Type::RAW, Some(Protocol::from(EVERY_TYPE)))?;
    let mut out = io::stdout().lock();
    writeln!(out, "{READY}")?;
    let mut frame = [0; FRAME];
    loop {
        let length = match socket.read(&mut frame) {
            Ok(length) => length,
            // The kernel tells so of an interface that goes down; the next frame may still come.
            Err(error) if error.raw_os_error() == Some(libc::ENETDOWN) => continue,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let nanos = event::monotonic();
        let said = frame.get(..length).and_then(wire::read);
        if let Some(line) = said.and_then(|what| wire::line(nanos, what)) {
            writeln!(out, "{line}")?;
        }
    }
}
