//! Hearing of changes to links and addresses as they happen.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use bitflags::bitflags;
use rustix::io::Errno;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{RecvFlags, SocketFlags, bind, getsockname, recv};

use super::message::{Message, messages};
use super::request::{DATAGRAM_MAX, open};
use super::{Address, Link, NetlinkError, Route, RouteKey, Rule};
use crate::IfIndex;
use crate::rx::set_receive_buffer;

/// Datagrams read in one call, so that a storm of events cannot keep the caller from its deadlines.
const DATAGRAMS_PER_READ: usize = 64;
/// Links, IPv4 addresses, IPv6 addresses: bit n - 1 for group n.
const GROUPS: u32 = 1 << (libc::RTNLGRP_LINK - 1)
    | 1 << (libc::RTNLGRP_IPV4_IFADDR - 1)
    | 1 << (libc::RTNLGRP_IPV6_IFADDR - 1);

bitflags! {
    /// What a [`Monitor`] may be told of beyond links and addresses.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Watched: u8 {
        /// Routes of IPv4.
        const ROUTES_V4 = 1;
        /// Routes of IPv6.
        const ROUTES_V6 = 2;
        /// Rules of IPv4.
        const RULES_V4 = 4;
        /// Rules of IPv6.
        const RULES_V6 = 8;
    }
}

impl Watched {
    /// Groups that tell of it, as [`GROUPS`].
    fn groups(self) -> u32 {
        // `RTNLGRP_IPV4_ROUTE` and the others of linux/rtnetlink.h
        [(Self::ROUTES_V4, 7), (Self::ROUTES_V6, 11), (Self::RULES_V4, 8), (Self::RULES_V6, 19)]
            .into_iter()
            .filter(|(what, _)| self.contains(*what))
            .fold(0, |mask, (_, group)| mask | 1 << (group - 1))
    }
}

/// Something changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An interface is new or changed; this is how it is now.
    Link(Link),
    /// An interface is gone, deleted or moved to another namespace.
    LinkGone {
        /// The number it had.
        index: IfIndex,
        /// The name it had.
        name: String,
    },
    /// An address is new, or its flags or lifetimes changed.
    AddressAdded(Address),
    /// An address is gone.
    AddressRemoved(Address),
    /// A route that [`Route::PROTOCOL`] made is there.
    RouteAdded(RouteKey),
    /// Such a route is gone. The kernel does not tell of those that go with the link of their interface (IPv4) or with
    /// the address they prefer as a source.
    RouteRemoved(RouteKey),
    /// A rule is gone.
    RuleRemoved(Box<Rule>),
    /// Events were lost: what is known is no longer sure. Ask [`Netlink`](super::Netlink) for the lists.
    Overrun,
}

/// A socket that hears of every change to the links and addresses of its namespace.
///
/// Open it before the lists are read, so that no change falls between.
#[derive(Debug)]
pub struct Monitor {
    socket: OwnedFd,
    room: Box<[u8]>,
}

impl Monitor {
    /// Opens the socket; `buffer` octets of events may wait in it (see [`RxOptions::buffer`](crate::RxOptions)).
    ///
    /// # Errors
    /// [`NetlinkError::Socket`]
    pub fn open(buffer: Option<u32>) -> Result<Self, NetlinkError> {
        let socket = open(SocketFlags::CLOEXEC | SocketFlags::NONBLOCK, GROUPS)?;
        if let Some(octets) = buffer {
            set_receive_buffer(socket.as_fd(), octets)
                .map_err(|error| NetlinkError::Socket(crate::Errno::of(&error)))?;
        }
        Ok(Self { socket, room: vec![0; DATAGRAM_MAX].into() })
    }

    /// Gives the kernel other octets to queue reports in; see [`Self::open`].
    ///
    /// # Errors
    /// [`NetlinkError::Socket`]; the room is as before.
    pub fn resize(&self, octets: u32) -> Result<(), NetlinkError> {
        set_receive_buffer(self.socket.as_fd(), octets)
            .map_err(|error| NetlinkError::Socket(crate::Errno::of(&error)))
    }

    /// Hears of these too from now on, and of no others beyond links and addresses.
    ///
    /// A host with a full table of the Internet tells of thousands of routes a second: ask only for what is needed.
    ///
    /// # Errors
    /// [`NetlinkError::Socket`]
    pub fn watch(&mut self, watched: Watched) -> Result<(), NetlinkError> {
        join(&self.socket, GROUPS | watched.groups())
    }

    /// Appends what waits to `events`, without waiting. A call reads a bounded amount; what is left makes the
    /// socket readable again.
    ///
    /// # Errors
    /// Those of the socket, but for lost events, which are [`Event::Overrun`].
    pub fn read(&mut self, events: &mut Vec<Event>) -> io::Result<()> {
        for _ in 0..DATAGRAMS_PER_READ {
            // With TRUNC the whole length is told though only its beginning fits.
            match recv(&self.socket, &mut *self.room, RecvFlags::DONTWAIT | RecvFlags::TRUNC) {
                Ok((_, len)) if len > self.room.len() => events.push(Event::Overrun),
                Ok((_, len)) => events.extend(messages(&self.room[..len]).filter_map(|m| Event::parse(&m))),
                Err(Errno::NOBUFS) => events.push(Event::Overrun),
                Err(Errno::AGAIN) => break,
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(())
    }
}

/// Lets a socket of [`open`] hear the groups of this mask, and no others.
fn join(socket: &OwnedFd, groups: u32) -> Result<(), NetlinkError> {
    // A socket that has its address is bound anew to the same one, and only its groups change.
    let own = getsockname(socket).map_err(NetlinkError::socket)?;
    let own = SocketAddrNetlink::try_from(own).map_err(NetlinkError::socket)?;
    bind(socket, &SocketAddrNetlink::new(own.pid(), groups)).map_err(NetlinkError::socket)
}

impl AsFd for Monitor {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Event {
    /// `None` for what is none of these, and for junk.
    fn parse(message: &Message<'_>) -> Option<Self> {
        match message.kind {
            libc::RTM_NEWLINK => Link::parse(message.body).map(Self::Link),
            libc::RTM_DELLINK => {
                Link::parse(message.body).map(|Link { index, name, .. }| Self::LinkGone { index, name })
            }
            libc::RTM_NEWADDR => Address::parse(message.body).map(Self::AddressAdded),
            libc::RTM_DELADDR => Address::parse(message.body).map(Self::AddressRemoved),
            libc::RTM_NEWROUTE => RouteKey::parse(message.body, Route::PROTOCOL).map(Self::RouteAdded),
            libc::RTM_DELROUTE => RouteKey::parse(message.body, Route::PROTOCOL).map(Self::RouteRemoved),
            libc::RTM_DELRULE => Rule::parse(message.body).map(|rule| Self::RuleRemoved(Box::new(rule))),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::message::hex;
    use super::*;

    /// `ip link add link va name vm address 00:00:5e:00:01:33 type macvlan`, its attributes cut down to a few.
    const MACVLAN: &str = concat!(
        "00000100040000000210000000000000",
        "070003007669700008000400dc050000",
        "0a00010000005e0001330000"
    );
    /// `ip addr add 10.1.0.100 dev va`
    const ADDRESS: &str = "0220800003000000080001000a010064080002000a010064";

    fn event(kind: u16, body: &[u8]) -> Option<Event> {
        Event::parse(&Message { kind, flags: 0, sequence: 0, body })
    }

    #[test]
    fn each_kind_of_message_is_one_event() {
        let link = hex(MACVLAN);
        assert!(matches!(event(libc::RTM_NEWLINK, &link), Some(Event::Link(link)) if link.name == "vip"));
        let gone = Event::LinkGone { index: IfIndex::new(4).unwrap(), name: "vip".into() };
        assert_eq!(event(libc::RTM_DELLINK, &link), Some(gone));
        let address = hex(ADDRESS);
        let address = Address::parse(&address).unwrap();
        assert_eq!(event(libc::RTM_NEWADDR, &hex(ADDRESS)), Some(Event::AddressAdded(address.clone())));
        assert_eq!(event(libc::RTM_DELADDR, &hex(ADDRESS)), Some(Event::AddressRemoved(address)));
        assert_eq!(event(libc::RTM_NEWROUTE, &link), None);
    }

    #[test]
    fn a_bridge_speaking_of_its_port_is_not_the_port() {
        let mut link = hex(MACVLAN);
        link[0] = libc::AF_BRIDGE as u8;
        assert_eq!(event(libc::RTM_DELLINK, &link), None);
    }

    fn fed(datagrams: &[&[u8]]) -> (Monitor, OwnedFd) {
        let (kernel, socket) = super::super::pair();
        for datagram in datagrams {
            rustix::net::send(&kernel, datagram, rustix::net::SendFlags::empty()).unwrap();
        }
        (Monitor { socket, room: vec![0; 64].into() }, kernel)
    }

    #[test]
    fn a_datagram_longer_than_its_room_is_lost_and_told() {
        let (mut monitor, _kernel) = fed(&[&[0; 65], &[0xff; 64], &[0; 65]]);
        let mut events = Vec::new();
        monitor.read(&mut events).unwrap();
        assert_eq!(events, [Event::Overrun, Event::Overrun]);
        monitor.read(&mut events).unwrap();
        assert_eq!(events.len(), 2, "nothing waits, nothing is told");
    }

    #[test]
    fn a_storm_is_read_in_bounded_pieces() {
        let datagrams: Vec<&[u8]> = vec![&[0; 65]; DATAGRAMS_PER_READ + 1];
        let (mut monitor, _kernel) = fed(&datagrams);
        for expected in [DATAGRAMS_PER_READ, 1, 0] {
            let mut events = Vec::new();
            monitor.read(&mut events).unwrap();
            assert_eq!(events.len(), expected);
        }
    }

    proptest! {
        #[test]
        fn junk_is_no_event_and_no_panic(kind in 16..24u16, octets in prop::collection::vec(any::<u8>(), 0..300)) {
            event(kind, &octets);
        }

        #[test]
        fn nor_is_what_a_flipped_bit_makes_of_a_message(bit in 0..44 * 8usize, cut in 0..44usize) {
            for whole in [MACVLAN, ADDRESS] {
                let mut octets = hex(whole);
                let bit = bit % (octets.len() * 8);
                octets[bit / 8] ^= 1 << (bit % 8);
                event(libc::RTM_NEWLINK, &octets);
                event(libc::RTM_NEWADDR, &octets);
                octets.truncate(cut);
                event(libc::RTM_NEWLINK, &octets);
                event(libc::RTM_NEWADDR, &octets);
            }
        }
    }
}
