//! Why netlink did not do or tell what was asked.

use crate::Errno;

/// Why a netlink request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NetlinkError {
    /// `EEXIST` on adding: the interface has the address, or the table the route or rule, already.
    #[error("it is there already")]
    Exists,
    /// `EADDRNOTAVAIL` on removing: the interface has no such address.
    #[error("the address is not there")]
    AddressNotThere,
    /// `ESRCH` on removing: there is no such route; on adding: the way to its gateway is not known.
    #[error("no such route or gateway")]
    RouteNotThere,
    /// `ENOENT` on removing: there is no such rule.
    #[error("no such rule")]
    RuleNotThere,
    /// `ENODEV`: the interface is gone.
    #[error("the interface does not exist")]
    NoInterface,
    /// `EPERM`: the right is missing.
    #[error("not permitted (it needs CAP_NET_ADMIN)")]
    NotPermitted,
    /// Any other refusal of the kernel's.
    #[error("the kernel refused")]
    Refused(#[source] Errno),
    /// The socket could not be opened, written or read.
    #[error("netlink socket")]
    Socket(#[source] Errno),
    /// The kernel, which answers at once, did not within two seconds.
    #[error("no answer from the kernel")]
    Timeout,
    /// The list changed under every one of several readings.
    #[error("the kernel's list would not hold still")]
    Interrupted,
    /// The request cannot be said in netlink: an address with a peer of the other
    /// family, or a label that is empty, longer than 15 octets or holds a zero.
    #[error("the address cannot be put into a request")]
    Unencodable,
}

impl NetlinkError {
    /// For the answer to one request; `errno` as the kernel sends it, made positive.
    pub(super) fn refusal(errno: i32) -> Self {
        match errno {
            libc::EEXIST => Self::Exists,
            libc::EADDRNOTAVAIL => Self::AddressNotThere,
            libc::ESRCH => Self::RouteNotThere,
            libc::ENOENT => Self::RuleNotThere,
            libc::ENODEV => Self::NoInterface,
            libc::EPERM => Self::NotPermitted,
            errno => Self::Refused(Errno(errno)),
        }
    }

    /// For a failed system call.
    pub(super) fn socket(errno: rustix::io::Errno) -> Self {
        match errno {
            rustix::io::Errno::AGAIN => Self::Timeout,
            errno => Self::Socket(errno.into()),
        }
    }
}
