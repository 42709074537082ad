//! Why a socket could not be made ready, and the system's error numbers as a value.

use std::fmt;
use std::io;
use std::net::IpAddr;

use crate::IfIndex;

/// An error number of the system, kept as a value: `Copy`, comparable, and shown in the system's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Errno(pub i32);

impl Errno {
    pub(crate) fn of(error: &io::Error) -> Self {
        Self(error.raw_os_error().unwrap_or(libc::EIO))
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        io::Error::from_raw_os_error(self.0).fmt(f)
    }
}

impl std::error::Error for Errno {}

impl From<rustix::io::Errno> for Errno {
    fn from(errno: rustix::io::Errno) -> Self {
        Self(errno.raw_os_error())
    }
}

/// Which step on the way to a ready socket the kernel refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SocketError {
    /// `socket(2)`: most often the right is missing.
    #[error("cannot open a {what} socket (it needs CAP_NET_RAW)")]
    Open {
        /// Which kind of socket.
        what: &'static str,
        /// What the kernel answered.
        source: io::Error,
    },
    /// `setsockopt(2)`.
    #[error("cannot set {option}")]
    Option {
        /// The option by its C name.
        option: &'static str,
        /// What the kernel answered.
        source: io::Error,
    },
    /// `SO_BINDTODEVICE`: the interface is gone, or its name is longer than 15 octets.
    #[error("cannot bind to interface {interface}")]
    Bind {
        /// Name of the interface.
        interface: String,
        /// What the kernel answered.
        source: io::Error,
    },
    /// The interface's name now belongs to another device than the index given.
    #[error("interface {interface} is no longer number {index}")]
    Renumbered {
        /// Name of the interface.
        interface: String,
        /// The index the caller knew.
        index: IfIndex,
    },
    /// The group is not joined: the interface is gone or without that family, or it is one group too many for
    /// this socket (`net.ipv4.igmp_max_memberships`, 20 by default, counts a socket's memberships).
    #[error("cannot join {group} on interface {interface}")]
    Join {
        /// The multicast group.
        group: IpAddr,
        /// Where it was to be joined.
        interface: IfIndex,
        /// What the kernel answered.
        source: io::Error,
    },
    /// The group was not left, mostly because the membership went with its interface.
    #[error("cannot leave {group} on interface {interface}")]
    Leave {
        /// The multicast group.
        group: IpAddr,
        /// Where it was to be left.
        interface: IfIndex,
        /// What the kernel answered.
        source: io::Error,
    },
}

impl SocketError {
    /// For `map_err` beside the option's name.
    pub(crate) fn option<E: Into<io::Error>>(option: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::Option { option, source: source.into() }
    }
}
