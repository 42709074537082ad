//! Asking and changing: one socket, answers awaited for a bounded time.
//!
//! What is the same for a client that blocks and one that does not is in [`exchange`]: it is told datagrams and says
//! when it has heard enough.

#[cfg(feature = "tokio")]
mod asynchronous;
mod blocking;
mod exchange;
mod module;

#[cfg(feature = "tokio")]
pub use asynchronous::AsyncIpvs;
pub use blocking::Ipvs;

use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, netlink, socket_with};

use crate::IpvsError;

/// How long an answer may take. The kernel gives it within the request's own system call.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// The kernel writes lists in pieces of at most this size.
const DATAGRAM_MAX: usize = 32 * 1024;
/// Readings of a list that changed meanwhile before it is given up.
const READINGS: u32 = 16;

fn open(flags: SocketFlags) -> Result<OwnedFd, IpvsError> {
    let flags = flags | SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, Some(netlink::GENERIC));
    let socket = socket.map_err(IpvsError::socket)?;
    bind(&socket, &SocketAddrNetlink::new(0, 0)).map_err(IpvsError::socket)?;
    Ok(socket)
}
