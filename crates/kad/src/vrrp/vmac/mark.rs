//! What is written beside an interface we made (its alias): who made it, and what we changed of the host for it.
//!
//! A killed process cannot put back what it changed. It stands in the kernel, beside the interface, and so whoever
//! comes next, in this network namespace and no other, can. Whether the maker lives is told by a name in the abstract
//! socket space, which belongs to the network namespace as the interface does.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use super::settings::Found;

const PREFIX: &str = "kad/";

/// A living maker of interfaces: as long as it is there, what bears its token is in use.
#[derive(Debug)]
pub(super) struct Maker {
    token: String,
    _presence: UnixDatagram,
}

impl Maker {
    /// # Errors
    /// Of the socket.
    pub(super) fn new() -> io::Result<Self> {
        // Unique among those that live: whoever has it has the name. By chance, as process numbers come again: in a
        // container with every start.
        (0..u8::MAX)
            .map(|_| format!("{:016x}", RandomState::new().hash_one(std::process::id())))
            .find_map(|token| match UnixDatagram::bind_addr(&presence(&token)?) {
                Ok(socket) => Some(Ok(Self { token, _presence: socket })),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => None,
                Err(error) => Some(Err(error)),
            })
            .unwrap_or_else(|| Err(io::ErrorKind::AddrInUse.into()))
    }

    /// What this one writes beside an interface.
    pub(super) fn mark(&self, found: &Found) -> String {
        format!("{PREFIX}{}{found}", self.token)
    }

    pub(super) fn is_mine(&self, alias: &str) -> bool {
        token(alias) == Some(&self.token)
    }
}

fn presence(token: &str) -> Option<SocketAddr> {
    SocketAddr::from_abstract_name(format!("kad-vmac/{token}")).ok()
}

fn token(alias: &str) -> Option<&str> {
    alias.strip_prefix(PREFIX)?.split(' ').next()
}

/// Whether this is the mark of a maker that is no more.
pub(super) fn is_abandoned(alias: &str) -> bool {
    let Some(address) = token(alias).and_then(presence) else { return false };
    UnixDatagram::bind_addr(&address).is_ok()
}

/// What a mark says was found on the host.
pub(super) fn read(alias: &str) -> Option<Found> {
    let (_, found) = alias.strip_prefix(PREFIX)?.split_once(' ').unwrap_or_default();
    Some(Found::read(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_back_and_lives_as_long_as_its_maker() {
        let found = Found { arp_ignore: Some(0), arp_filter: Some(0), all: Some(2), ..Found::default() };
        let maker = Maker::new().unwrap();
        let mark = maker.mark(&found);
        assert!(maker.is_mine(&mark) && !is_abandoned(&mark));
        assert_eq!(read(&mark), Some(found));
        let other = Maker::new().unwrap();
        assert!(!other.is_mine(&mark), "{mark}");
        drop(maker);
        assert!(is_abandoned(&mark));
    }

    #[test]
    fn what_others_write_is_no_mark() {
        for alias in ["", "uplink to core", "kad", "kadabra/1"] {
            assert!(!is_abandoned(alias) && read(alias).is_none(), "{alias:?}");
        }
        assert_eq!(read("kad/1.0"), Some(Found::default()));
        assert_eq!(read("kad/1.0 arp_ignore=x nonsense"), Some(Found::default()));
    }
}
