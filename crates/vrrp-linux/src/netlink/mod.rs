//! Links, addresses, routes and rules over route netlink (rtnetlink(7)): asking, changing, and hearing of changes.
//!
//! What is sent is serialised with neli; what comes in is walked in place, every cut checked, so no octets can
//! make it panic or allocate more than they are long. Attributes this crate does not know are passed over: nothing
//! read here is ever written back whole.

mod address;
mod attributes;
mod error;
mod link;
mod message;
mod monitor;
pub mod nftables;
mod operation;
mod processes;
mod request;
mod route;
mod rule;

pub use address::{Address, AddressFlags};
pub use error::NetlinkError;
pub use link::{AddrGen, Inet4, Link, LinkChange, LinkFlags, NewLink, Stacked};
pub use monitor::{Event, Monitor, Watched};
pub use operation::{Operation, Request};
pub use processes::{ProcessEvent, ProcessMonitor};
pub use request::{AddressOp, Netlink};
pub use route::{Encap, NextHop, Route, RouteCreation, RouteKey, RouteMetric, Tunnel};
pub use rule::{Rule, RuleAction};

/// Two ends that keep datagrams apart as netlink does: a test plays the kernel on one of them.
#[cfg(test)]
fn pair() -> (std::os::fd::OwnedFd, std::os::fd::OwnedFd) {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
    let flags = SocketFlags::CLOEXEC;
    socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None).unwrap()
}
