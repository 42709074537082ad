//! Why IPVS did not do or tell what was asked.

use rustix::io::Errno;

/// Why a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IpvsError {
    /// The kernel has no IPVS: it was built without, or the module `ip_vs` is not there or may not be loaded.
    #[error("the kernel has no IPVS: load the module ip_vs, or use a kernel that has it")]
    Absent,
    /// `EPERM`: the right is missing.
    #[error("not permitted (it needs CAP_NET_ADMIN)")]
    NotPermitted,
    /// `ESRCH`: there is no such service.
    #[error("there is no such virtual service")]
    NoSuchService,
    /// `ENOENT`: the service has no such destination, or the kernel no such scheduler or persistence engine.
    #[error("there is no such destination, scheduler or persistence engine")]
    NotFound,
    /// `EEXIST`: the service, destination or daemon is there already.
    #[error("it is there already")]
    AlreadyExists,
    /// `ENODEV`: a sync daemon's interface does not exist.
    #[error("the interface does not exist")]
    NoInterface,
    /// `EINVAL`: the kernel finds something wrong with it; a destination's address must be unicast and have a route.
    #[error("the kernel finds it invalid: an address must be unicast and have a route")]
    Invalid,
    /// `EAFNOSUPPORT`: the kernel's IPVS was built without IPv6.
    #[error("the kernel's IPVS has no IPv6")]
    NoIpv6,
    /// Any other refusal of the kernel's.
    #[error("the kernel refused: {0}")]
    Refused(#[source] Errno),
    /// The socket could not be opened, written or read.
    #[error("netlink socket: {0}")]
    Socket(#[source] Errno),
    /// The kernel, which answers at once, did not within two seconds. Whether it was done is not known.
    #[error("no answer from the kernel")]
    Timeout,
    /// The list changed under every one of several readings.
    #[error("the kernel's list would not hold still")]
    Interrupted,
    /// The kernel said something that does not parse.
    #[error("an answer that makes no sense: {0}")]
    Malformed(&'static str),
    /// A name is longer than the kernel takes, or has a zero octet.
    #[error("a name that the kernel cannot take: {0}")]
    BadName(&'static str),
}

impl IpvsError {
    /// For the answer to one request; `errno` as the kernel sends it, made positive.
    pub(crate) fn refusal(errno: i32) -> Self {
        match errno {
            libc::EPERM | libc::EACCES => Self::NotPermitted,
            libc::ESRCH => Self::NoSuchService,
            libc::ENOENT => Self::NotFound,
            libc::EEXIST => Self::AlreadyExists,
            libc::ENODEV => Self::NoInterface,
            libc::EINVAL => Self::Invalid,
            libc::EAFNOSUPPORT => Self::NoIpv6,
            errno => Self::Refused(Errno::from_raw_os_error(errno)),
        }
    }

    /// For a failed system call.
    pub(crate) fn socket(errno: Errno) -> Self {
        match errno {
            Errno::AGAIN => Self::Timeout,
            errno => Self::Socket(errno),
        }
    }
}
