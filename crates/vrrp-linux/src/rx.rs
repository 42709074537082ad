//! Receiving adverts: a raw socket a family (and interface), and the batch one system call fills.

use std::io;
use std::net::IpAddr;
use std::os::fd::{AsFd, BorrowedFd};

use socket2::{Domain, InterfaceIndexOrAddress, Protocol, Socket, Type};
use vrrp_types::Family;

use crate::raw::{self, CONTROL_LEN, NAME_LEN};
use crate::sys::{self, Incoming, MessageTable};
use crate::{IfIndex, PROTOCOL_VRRP, SocketError};

/// Where the checksum stands in a VRRP message (RFC 9568 section 5.1).
pub(crate) const CHECKSUM_OFFSET: i32 = 6;

/// How a [`Receiver`] is opened.
#[derive(Clone, Copy, Debug)]
pub struct RxOptions {
    /// IP protocol: [`PROTOCOL_VRRP`] or [`PROTOCOL_AH`](crate::PROTOCOL_AH).
    pub protocol: u8,
    /// Octets the kernel may queue. It is asked with `SO_RCVBUFFORCE` first and, without the right to that, with
    /// `SO_RCVBUF`, which `net.core.rmem_max` caps. `None` leaves the system's default.
    pub buffer: Option<u32>,
}

impl Default for RxOptions {
    fn default() -> Self {
        Self { protocol: PROTOCOL_VRRP, buffer: None }
    }
}

/// A raw socket that hears one IP protocol, on one interface or on all.
///
/// Groups that it did not [`join`](Self::join) itself are not heard, though the host may have joined them. The
/// kernel checks the IP header's checksum (IPv4) or the VRRP checksum (IPv6) and drops what is wrong.
///
/// When its interface is deleted a socket bound to it hears nothing any more, nor will it when another interface
/// takes the name: open a new one then.
#[derive(Debug)]
pub struct Receiver {
    socket: Socket,
    family: Family,
}

impl Receiver {
    /// Opens the socket; with an interface it hears that one only (`SO_BINDTODEVICE`).
    ///
    /// # Errors
    /// Without `CAP_NET_RAW`, or when the interface is not there (any more).
    #[doc(alias = "SO_BINDTODEVICE")]
    pub fn open(
        family: Family,
        interface: Option<(IfIndex, &str)>,
        options: &RxOptions,
    ) -> Result<Self, SocketError> {
        let set = SocketError::option;
        let (socket, what) = (raw_socket(family, options.protocol), "raw IP");
        let socket = socket.map_err(|source| SocketError::Open { what, source })?;
        if let Some(octets) = options.buffer {
            set_receive_buffer(socket.as_fd(), octets).map_err(set("SO_RCVBUF"))?;
        }
        match family {
            Family::V4 => {
                socket.set_multicast_all_v4(false).map_err(set("IP_MULTICAST_ALL"))?;
                sys::set_int(socket.as_fd(), libc::IPPROTO_IP, libc::IP_PKTINFO, 1)
                    .map_err(set("IP_PKTINFO"))?;
            }
            Family::V6 => {
                socket.set_multicast_all_v6(false).map_err(set("IPV6_MULTICAST_ALL"))?;
                socket.set_recv_hoplimit_v6(true).map_err(set("IPV6_RECVHOPLIMIT"))?;
                sys::set_int(socket.as_fd(), libc::IPPROTO_IPV6, libc::IPV6_RECVPKTINFO, 1)
                    .map_err(set("IPV6_RECVPKTINFO"))?;
                if options.protocol == PROTOCOL_VRRP {
                    set_checksum(&socket)?;
                }
            }
        }
        if let Some((index, name)) = interface {
            bind_to_device(&socket, index, name)?;
        }
        Ok(Self { socket, family })
    }

    /// Gives the kernel other octets to queue; see [`RxOptions::buffer`].
    ///
    /// # Errors
    /// [`SocketError::Option`]; the room is as before.
    pub fn resize(&self, octets: u32) -> Result<(), SocketError> {
        set_receive_buffer(self.socket.as_fd(), octets).map_err(SocketError::option("SO_RCVBUF"))
    }

    /// The family given at [`open`](Self::open).
    pub fn family(&self) -> Family {
        self.family
    }

    /// Joins a multicast group on an interface (IGMP, MLD). Joining again what is joined is no error.
    ///
    /// # Errors
    /// [`SocketError::Join`]; also for a group of the other family.
    #[doc(alias = "IP_ADD_MEMBERSHIP")]
    pub fn join(&self, group: IpAddr, interface: IfIndex) -> Result<(), SocketError> {
        let joined = match group {
            IpAddr::V4(group) => {
                self.socket.join_multicast_v4_n(&group, &InterfaceIndexOrAddress::Index(interface.get()))
            }
            IpAddr::V6(group) => self.socket.join_multicast_v6(&group, interface.get()),
        };
        match joined {
            Err(source) if source.kind() != io::ErrorKind::AddrInUse => {
                Err(SocketError::Join { group, interface, source })
            }
            _ => Ok(()),
        }
    }

    /// Leaves a multicast group on an interface.
    ///
    /// # Errors
    /// [`SocketError::Leave`] when it was not joined, or went with its interface.
    #[doc(alias = "IP_DROP_MEMBERSHIP")]
    pub fn leave(&self, group: IpAddr, interface: IfIndex) -> Result<(), SocketError> {
        let left = match group {
            IpAddr::V4(group) => {
                self.socket.leave_multicast_v4_n(&group, &InterfaceIndexOrAddress::Index(interface.get()))
            }
            IpAddr::V6(group) => self.socket.leave_multicast_v6(&group, interface.get()),
        };
        left.map_err(|source| SocketError::Leave { group, interface, source })
    }

    /// Fills the batch with what is queued, in one system call that does not wait; returns how many came.
    ///
    /// 0 when nothing is queued. As many as [`RxBatch::slots`]: there may be more.
    ///
    /// # Errors
    /// What the system reports; the batch is empty then. An interface that goes down is no error, and its groups are
    /// still joined when it comes back.
    #[doc(alias = "recvmmsg")]
    pub fn recv(&self, batch: &mut RxBatch) -> io::Result<usize> {
        batch.filled = 0;
        let octets = batch.octets.chunks_exact_mut(batch.octets_per_slot);
        let slots = octets.zip(&mut batch.names).zip(&mut batch.controls);
        let slots = slots.map(|((octets, name), control)| Incoming { name, control, octets });
        batch.filled = sys::receive(self.socket.as_fd(), &mut batch.table, slots)?;
        Ok(batch.filled)
    }
}

impl AsFd for Receiver {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// Room for the messages of one [`Receiver::recv`], allocated once.
///
/// One batch may serve many receivers, one after the other.
#[derive(Debug)]
pub struct RxBatch {
    octets: Box<[u8]>,
    octets_per_slot: usize,
    names: Vec<[u8; NAME_LEN]>,
    controls: Vec<[u8; CONTROL_LEN]>,
    table: MessageTable,
    filled: usize,
}

impl Default for RxBatch {
    /// 32 messages of 1,600 octets: an Ethernet frame and some to spare.
    fn default() -> Self {
        Self::new(32, 1600)
    }
}

impl RxBatch {
    /// Room for `slots` messages of `octets_per_slot`; both are at least 1.
    pub fn new(slots: usize, octets_per_slot: usize) -> Self {
        let (slots, octets_per_slot) = (slots.max(1), octets_per_slot.max(1));
        Self {
            octets: vec![0; slots * octets_per_slot].into(),
            octets_per_slot,
            names: vec![[0; NAME_LEN]; slots],
            controls: vec![[0; CONTROL_LEN]; slots],
            table: MessageTable::new(slots),
            filled: 0,
        }
    }

    /// How many messages one call can bring.
    pub fn slots(&self) -> usize {
        self.names.len()
    }

    /// The messages of the last [`Receiver::recv`], in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = Datagram<'_>> {
        let octets = self.octets.chunks_exact(self.octets_per_slot);
        let slots = octets.zip(&self.names).zip(&self.controls).take(self.filled).enumerate();
        slots.filter_map(|(slot, ((octets, name), control))| {
            let filled = self.table.filled(slot);
            Datagram::read(
                octets.get(..filled.octets).unwrap_or(octets),
                name.get(..filled.name).unwrap_or(name),
                control.get(..filled.control).unwrap_or(control),
                filled.truncated,
            )
        })
    }
}

/// One message as it came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// IPv4: the whole packet from its IP header on. IPv6: what follows the IP headers.
    pub octets: &'a [u8],
    /// Who sent it.
    pub source: IpAddr,
    /// Where it was sent to, a group or an address.
    pub destination: Option<IpAddr>,
    /// Time to live (IPv4) or hop limit (IPv6) on arrival.
    pub hop_limit: Option<u8>,
    /// The interface it came in by.
    pub interface: Option<IfIndex>,
    /// The message was longer than its slot: `octets` is only its beginning.
    pub truncated: bool,
}

impl<'a> Datagram<'a> {
    fn read(octets: &'a [u8], name: &[u8], control: &[u8], truncated: bool) -> Option<Self> {
        let source = raw::read_ip_name(name)?;
        let ingress = raw::read_control(control);
        // The kernel hands out IPv4 packets with their header; its own word on the hop limit is not needed there.
        let hop_limit = if source.is_ipv4() { octets.get(8).copied() } else { ingress.hop_limit };
        let (destination, interface) = (ingress.destination, ingress.interface);
        Some(Self { octets, source, destination, hop_limit, interface, truncated })
    }
}

pub(crate) fn raw_socket(family: Family, protocol: u8) -> io::Result<Socket> {
    let domain = match family {
        Family::V4 => Domain::IPV4,
        Family::V6 => Domain::IPV6,
    };
    let kind = Type::RAW.nonblocking().cloexec();
    Socket::new_raw(domain, kind, Some(Protocol::from(i32::from(protocol))))
}

/// `IPV6_CHECKSUM`: the kernel writes and checks the VRRP checksum of IPv6 itself.
pub(crate) fn set_checksum(socket: &Socket) -> Result<(), SocketError> {
    sys::set_int(socket.as_fd(), libc::IPPROTO_IPV6, libc::IPV6_CHECKSUM, CHECKSUM_OFFSET)
        .map_err(SocketError::option("IPV6_CHECKSUM"))
}

pub(crate) fn set_receive_buffer(fd: BorrowedFd<'_>, octets: u32) -> io::Result<()> {
    use rustix::net::sockopt::{set_socket_recv_buffer_size, set_socket_recv_buffer_size_force};
    let octets = (octets as usize).min(i32::MAX as usize);
    set_socket_recv_buffer_size_force(fd, octets).or_else(|_| set_socket_recv_buffer_size(fd, octets))?;
    Ok(())
}

/// Binds by name, as every kernel can, and makes sure that the name still means the same interface.
fn bind_to_device(socket: &Socket, index: IfIndex, name: &str) -> Result<(), SocketError> {
    let interface = || name.to_owned();
    let bind = |source| SocketError::Bind { interface: interface(), source };
    socket.bind_device(Some(name.as_bytes())).map_err(bind)?;
    match IfIndex::of_name(name).map_err(bind)? {
        now if now == index => Ok(()),
        _ => Err(SocketError::Renumbered { interface: interface(), index }),
    }
}

#[cfg(test)]
mod tests {
    use rustix::net::{AddressFamily, SendFlags, SocketFlags, SocketType, send, socketpair};

    use super::*;

    /// A peer that closes with data unread resets the connection: an error to provoke without any right.
    #[test]
    fn an_error_leaves_the_batch_empty() {
        let flags = SocketFlags::CLOEXEC;
        let (peer, own) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None).unwrap();
        let receiver = Receiver { socket: own.into(), family: Family::V4 };
        let mut batch = RxBatch::new(2, 16);
        send(&peer, b"from the peer", SendFlags::empty()).unwrap();
        assert_eq!(receiver.recv(&mut batch).unwrap(), 1);
        assert_eq!(batch.filled, 1);
        send(&receiver, b"never read", SendFlags::empty()).unwrap();
        drop(peer);
        assert_eq!(receiver.recv(&mut batch).unwrap_err().kind(), io::ErrorKind::ConnectionReset);
        assert_eq!(batch.filled, 0);
    }

    #[test]
    fn room_for_nothing_is_room_for_one() {
        let batch = RxBatch::new(0, 0);
        assert_eq!((batch.slots(), batch.octets.len()), (1, 1));
    }

    /// An event loop may move to another thread.
    #[test]
    fn all_of_it_can_be_sent_to_a_thread() {
        fn check<T: Send>() {}
        check::<(Receiver, RxBatch, crate::Sender, crate::TxBatch)>();
        check::<(crate::FrameSender, crate::FrameBatch, crate::Netlink, crate::Monitor)>();
    }
}
