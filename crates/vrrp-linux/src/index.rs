//! The kernel's number of a network interface.

use std::fmt;
use std::io;
use std::num::NonZeroU32;

use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};

/// Index of a network interface: never 0, which to the kernel means "any".
///
/// An index belongs to one namespace and lives as long as the interface; a device of the same name that comes
/// later has another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IfIndex(NonZeroU32);

impl IfIndex {
    /// `None` for 0, which names no interface.
    pub const fn new(index: u32) -> Option<Self> {
        match NonZeroU32::new(index) {
            Some(index) => Some(Self(index)),
            None => None,
        }
    }

    /// The number as the kernel writes it.
    pub const fn get(self) -> u32 {
        self.0.get()
    }

    /// Asks the kernel for the index of an interface by its name.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] or the system's "no such device" when there is none of that name now.
    #[doc(alias = "if_nametoindex")]
    pub fn of_name(name: &str) -> io::Result<Self> {
        let any = socket_with(AddressFamily::UNIX, SocketType::DGRAM, SocketFlags::CLOEXEC, None)?;
        let index = rustix::net::netdevice::name_to_index(&any, name)?;
        Self::new(index).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// From a signed field of a kernel structure; `None` for what cannot be an index.
    pub(crate) fn from_signed(index: i32) -> Option<Self> {
        u32::try_from(index).ok().and_then(Self::new)
    }

    /// For a signed field of a kernel structure; the kernel gives out positive `int`s only.
    pub(crate) fn signed(self) -> i32 {
        i32::try_from(self.get()).unwrap_or(i32::MAX)
    }
}

impl fmt::Display for IfIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_names_no_interface() {
        assert_eq!(IfIndex::new(0), None);
        assert_eq!(IfIndex::from_signed(0), None);
        assert_eq!(IfIndex::from_signed(-1), None);
        assert_eq!(IfIndex::from_signed(7).map(IfIndex::get), Some(7));
        assert_eq!(IfIndex::new(u32::MAX).map(IfIndex::signed), Some(i32::MAX));
    }

    #[test]
    fn the_loopback_is_found_by_name() {
        assert!(IfIndex::of_name("lo").is_ok());
        assert!(IfIndex::of_name("no-such-device").is_err());
    }
}
