#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

mod announce;
mod error;
mod frames;
mod index;
mod launch;
mod names;
pub mod netlink;
mod outbox;
mod poll;
mod process;
mod raw;
mod rx;
mod sys;
pub mod sysctl;
mod tx;

pub use announce::Frame;
pub use error::{Errno, SocketError};
pub use frames::{FrameBatch, FrameSender};
pub use index::IfIndex;
pub use launch::{Hitch, Launch, Launcher, group_by_name, user_by_name};
pub use names::{canonical_name, user_name};
pub use netlink::{
    AddrGen, Address, AddressFlags, AddressOp, Event, Inet4, Link, LinkChange, LinkFlags, Monitor, Netlink,
    NetlinkError, NewLink, Operation, Route, RouteKey, Rule, Stacked, Watched,
};
pub use netlink::{ProcessEvent, ProcessMonitor};
pub use outbox::{BatchFull, SendFailure, SendReport};
pub use poll::Poll;
pub use process::{be_ordinary, be_punctual, be_realtime, close_inherited_on_exec};
pub use rx::{Datagram, Receiver, RxBatch, RxOptions};
pub use tx::{Sender, TxBatch, TxMeta};

/// IP protocol of VRRP (IANA; RFC 9568 section 5.1.1.4).
pub const PROTOCOL_VRRP: u8 = 112;
/// IP protocol of the authentication header that VRRPv2 may travel in (RFC 4302).
pub const PROTOCOL_AH: u8 = 51;
