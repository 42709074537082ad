//! Sending adverts: one raw socket a family for the whole process, and the batch one system call empties.

use std::io;
use std::net::IpAddr;
use std::os::fd::{AsFd, BorrowedFd};

use socket2::{SockFilter, Socket};
use vrrp_types::Family;

use crate::outbox::{BatchFull, Outbox, SendReport};
use crate::raw;
use crate::rx::{raw_socket, set_checksum};
use crate::{IfIndex, PROTOCOL_VRRP, SocketError};

/// DSCP CS6, internetwork control: what keepalived marks its adverts with.
const TRAFFIC_CLASS: u32 = 0xc0;
/// The one socket that sends the adverts of a family, on every interface and to every peer.
///
/// It hears nothing, does not loop multicast back, and takes a source address that is not (yet) the host's.
#[derive(Debug)]
pub struct Sender {
    socket: Socket,
    family: Family,
}

impl Sender {
    /// Opens the socket.
    ///
    /// # Errors
    /// Without `CAP_NET_RAW`, or without the family in the kernel.
    #[doc(alias = "IP_HDRINCL")]
    pub fn open(family: Family) -> Result<Self, SocketError> {
        let set = SocketError::option;
        // The IPv4 packets come with their header, so the socket's protocol only says what it would receive: of 255 nothing is.
        let protocol = match family {
            Family::V4 => 255,
            Family::V6 => PROTOCOL_VRRP,
        };
        let (socket, what) = (raw_socket(family, protocol), "raw IP");
        let socket = socket.map_err(|source| SocketError::Open { what, source })?;
        set_send_buffer(socket.as_fd(), SEND_BUFFER).map_err(set("SO_SNDBUF"))?;
        match family {
            Family::V4 => {
                socket.set_header_included_v4(true).map_err(set("IP_HDRINCL"))?;
                socket.set_multicast_loop_v4(false).map_err(set("IP_MULTICAST_LOOP"))?;
                socket.set_tos_v4(TRAFFIC_CLASS).map_err(set("IP_TOS"))?;
            }
            Family::V6 => {
                let drop_all = [SockFilter::new((libc::BPF_RET | libc::BPF_K) as u16, 0, 0, 0)];
                socket.attach_filter(&drop_all).map_err(set("SO_ATTACH_FILTER"))?;
                set_checksum(&socket)?;
                socket.set_multicast_loop_v6(false).map_err(set("IPV6_MULTICAST_LOOP"))?;
                socket.set_tclass_v6(TRAFFIC_CLASS).map_err(set("IPV6_TCLASS"))?;
                socket.set_freebind_v6(true).map_err(set("IPV6_FREEBIND"))?;
            }
        }
        Ok(Self { socket, family })
    }

    /// Makes room for packets to so many unicast peers.
    ///
    /// What is sent to a neighbour that does not answer ARP waits in the kernel, up to
    /// `net.ipv4.neigh.default.unres_qlen_bytes` (212,992 octets) for each, at this socket's expense. With less room
    /// dead peers keep the adverts to all others from leaving.
    ///
    /// # Errors
    /// Without `CAP_NET_ADMIN` the room is capped by `net.core.wmem_max`; that is not an error.
    #[doc(alias = "SO_SNDBUF")]
    pub fn make_room_for_peers(&self, peers: usize) -> Result<(), SocketError> {
        let octets = peers.saturating_mul(256 * 1_024).saturating_add(SEND_BUFFER).min(1 << 30);
        set_send_buffer(self.socket.as_fd(), octets).map_err(SocketError::option("SO_SNDBUF"))
    }

    /// The family given at [`open`](Self::open).
    pub fn family(&self) -> Family {
        self.family
    }

    /// Sends the batch without waiting: one system call, and one more behind each message that fails.
    ///
    /// The batch is empty afterwards. A message that failed is not tried again.
    #[doc(alias = "sendmmsg")]
    pub fn send<'a>(&self, batch: &'a mut TxBatch) -> SendReport<'a> {
        batch.0.send(self.socket.as_fd())
    }
}

impl AsFd for Sender {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// The way one message takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TxMeta {
    /// The interface it leaves by; multicast needs no route then. `None`: the routing tables say.
    pub interface: Option<IfIndex>,
    /// The sender's address. IPv4: the one routing rules see; the packet's header has its own.
    pub source: IpAddr,
    /// A group or a peer, of the source's family.
    pub destination: IpAddr,
    /// Hop limit of an IPv6 packet; an IPv4 header has its own.
    pub hop_limit: u8,
}

/// Messages for one [`Sender::send`], in a room allocated once.
///
/// IPv4 messages are whole packets from the IP header on, in which the kernel writes the total length and the
/// header checksum, and the identification where it is 0. IPv6 messages begin at the VRRP header, whose checksum
/// the kernel writes.
#[derive(Debug)]
pub struct TxBatch(Outbox);

impl TxBatch {
    /// Room for so many messages, and so many octets for all of them together.
    pub fn new(messages: usize, octets: usize) -> Self {
        Self(Outbox::new(messages, octets))
    }

    /// Grows to at least this room in all. It allocates: for times of set-up.
    pub fn reserve(&mut self, messages: usize, octets: usize) {
        self.0.reserve(messages, octets);
    }

    /// Appends a message of `len` octets, all zero, that `fill` writes.
    ///
    /// # Errors
    /// [`BatchFull`]: `fill` is not called then.
    pub fn push(&mut self, meta: &TxMeta, len: usize, fill: impl FnOnce(&mut [u8])) -> Result<(), BatchFull> {
        let name = raw::ip_name(meta.destination, meta.interface);
        let control = raw::egress(meta.source, meta.interface, meta.hop_limit);
        self.0.push(name, control, len, fill)
    }

    /// Appends a message that is there already.
    ///
    /// # Errors
    /// [`BatchFull`]
    pub fn push_octets(&mut self, meta: &TxMeta, octets: &[u8]) -> Result<(), BatchFull> {
        self.push(meta, octets.len(), |room| room.copy_from_slice(octets))
    }

    /// How many messages wait to be sent.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets the messages.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

/// What may be queued on its way out, in octets: some thousand adverts of as many instances at once.
pub(crate) const SEND_BUFFER: usize = 1 << 20;

/// By force where the right is there, as far as `net.core.wmem_max` lets otherwise.
pub(crate) fn set_send_buffer(fd: BorrowedFd<'_>, octets: usize) -> io::Result<()> {
    use rustix::net::sockopt::{set_socket_send_buffer_size, set_socket_send_buffer_size_force};
    set_socket_send_buffer_size_force(fd, octets).or_else(|_| set_socket_send_buffer_size(fd, octets))?;
    Ok(())
}
