//! Why nf_tables did not do what was asked.

use crate::Errno;

/// Why a request to nf_tables failed. A batch of which one request is refused changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NftError {
    /// The kernel has no nf_tables, or not the part of it that was asked for.
    #[error("the kernel has no nf_tables")]
    Unsupported,
    /// `EPERM`: the right is missing.
    #[error("not permitted (it needs CAP_NET_ADMIN)")]
    NotPermitted,
    /// `ENOENT`: a table, chain, set or element is not there; somebody else removed it.
    #[error("a table, set or element is not there")]
    NotThere,
    /// `EEXIST`: it is there already, and otherwise than asked for.
    #[error("it is there already")]
    Exists,
    /// Any other refusal of the kernel's.
    #[error("the kernel refused")]
    Refused(#[source] Errno),
    /// The socket could not be opened, written or read.
    #[error("netlink socket")]
    Socket(#[source] Errno),
    /// The kernel, which answers at once, did not within two seconds.
    #[error("no answer from the kernel")]
    Timeout,
    /// A name is longer than 255 octets or holds a zero, or a message exceeds what netlink can carry.
    #[error("the request cannot be put into netlink")]
    Unencodable,
}

impl NftError {
    /// For the answer to one request; `errno` as the kernel sends it, made positive.
    pub(super) fn refusal(errno: i32) -> Self {
        match errno {
            libc::EPERM => Self::NotPermitted,
            libc::ENOENT => Self::NotThere,
            libc::EEXIST => Self::Exists,
            libc::EOPNOTSUPP | libc::EAFNOSUPPORT | libc::EPROTONOSUPPORT => Self::Unsupported,
            errno => Self::Refused(Errno(errno)),
        }
    }

    /// For a failed system call.
    pub(super) fn socket(errno: rustix::io::Errno) -> Self {
        match errno {
            rustix::io::Errno::AGAIN => Self::Timeout,
            rustix::io::Errno::PROTONOSUPPORT | rustix::io::Errno::AFNOSUPPORT => Self::Unsupported,
            errno => Self::Socket(errno.into()),
        }
    }
}
