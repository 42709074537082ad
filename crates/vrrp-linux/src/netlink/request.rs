//! Asking and changing: one request socket, answers awaited for a bounded time.

use std::io::Cursor;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use neli::ToBytes;
use neli::consts::nl::NlmF;
use neli::consts::rtnl::{Ifa, Ifla, RtAddrFamily, Rtm};
use neli::nl::{NlPayload, NlmsghdrBuilder};
use neli::rtnl::{IfinfomsgBuilder, RtattrBuilder, RtgenmsgBuilder};
use neli::types::{Buffer, RtBuffer};
use rustix::io::retry_on_intr;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, bind, recv, send, socket_with,
};

use super::message::{Message, i32_at, messages};
use super::operation::Request;
use super::{Address, Link, NetlinkError, RouteKey, Rule};
use crate::rx::set_receive_buffer;

/// How long an answer may take. The kernel gives it within the request's own system call.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// The kernel writes lists in pieces of at most this size.
pub(super) const DATAGRAM_MAX: usize = 32 * 1024;
/// Requests in one send. Should all be refused, their answers (under 1.3 KB of socket buffer each) still fit the
/// smallest buffer systems are set up with, 208 KB.
const CHUNK: usize = 128;
/// No request is begun behind this many octets of one send; with the longest that is, a route of many ways, it still fits
/// the smallest send buffer systems are set up with, 208 KB.
const CHUNK_OCTETS: usize = 32 * 1024;
/// Readings of a list that changed meanwhile before it is given up.
const READINGS: u32 = 16;
/// `RTEXT_FILTER_SKIP_STATS`: leave out the counters, the bulk of a link's message.
const SKIP_STATS: u32 = 1 << 3;

/// One change to the addresses of an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressOp {
    /// Adds it; [`NetlinkError::Exists`] when it is there.
    Add(Address),
    /// Removes it; [`NetlinkError::AddressNotThere`] when it is not.
    Remove(Address),
}

/// A socket for requests. Calls return when the kernel has answered, at the latest after two seconds.
#[derive(Debug)]
pub struct Netlink {
    socket: OwnedFd,
    sequence: u32,
    room: Box<[u8]>,
}

impl Netlink {
    /// Opens the socket; reading needs no right, changing needs `CAP_NET_ADMIN`.
    ///
    /// # Errors
    /// [`NetlinkError::Socket`]
    pub fn open() -> Result<Self, NetlinkError> {
        let socket = open(SocketFlags::CLOEXEC, 0)?;
        set_socket_timeout(&socket, Timeout::Recv, Some(ANSWER_WITHIN)).map_err(NetlinkError::socket)?;
        Ok(Self { socket, sequence: 0, room: vec![0; DATAGRAM_MAX].into() })
    }

    /// Gives the kernel other octets to queue answers in. It is asked with `SO_RCVBUFFORCE` first and, without the right
    /// to that, with `SO_RCVBUF`, which `net.core.rmem_max` caps.
    ///
    /// # Errors
    /// [`NetlinkError::Socket`]; the room is as before.
    pub fn resize(&self, octets: u32) -> Result<(), NetlinkError> {
        set_receive_buffer(self.socket.as_fd(), octets)
            .map_err(|error| NetlinkError::Socket(crate::Errno::of(&error)))
    }

    /// The interfaces of the namespace.
    ///
    /// # Errors
    /// [`NetlinkError::Interrupted`] when they change faster than they can be read; those of the socket.
    pub fn links(&mut self) -> Result<Vec<Link>, NetlinkError> {
        self.dump(Rtm::Getlink, Rtm::Newlink, Link::parse)
    }

    /// The addresses of all interfaces, IPv4 and IPv6.
    ///
    /// # Errors
    /// As for [`links`](Self::links).
    pub fn addresses(&mut self) -> Result<Vec<Address>, NetlinkError> {
        self.dump(Rtm::Getaddr, Rtm::Newaddr, Address::parse)
    }

    /// The routes that `protocol` made, of both families and in all tables.
    ///
    /// # Errors
    /// As for [`links`](Self::links).
    pub fn routes_by(&mut self, protocol: u8) -> Result<Vec<RouteKey>, NetlinkError> {
        self.dump(Rtm::Getroute, Rtm::Newroute, |body| RouteKey::parse(body, protocol))
    }

    /// The rules of both families.
    ///
    /// # Errors
    /// As for [`links`](Self::links).
    pub fn rules(&mut self) -> Result<Vec<Rule>, NetlinkError> {
        self.dump(Rtm::Getrule, Rtm::Newrule, Rule::parse)
    }

    /// Makes the changes in their order, many in one system call, and says of each what came of it.
    ///
    /// One that is refused does not hold up those behind it. [`NetlinkError::Timeout`] and
    /// [`NetlinkError::Socket`] leave open whether it was done.
    pub fn apply<R: Request>(&mut self, ops: &[R]) -> Vec<Result<(), NetlinkError>> {
        let mut results = Vec::with_capacity(ops.len());
        while let Some(rest) = ops.get(results.len()..).filter(|rest| !rest.is_empty()) {
            results.append(&mut self.apply_chunk(rest));
        }
        results
    }

    /// As many from the beginning as fit one send. Only the last request asks for an answer: the kernel works in order
    /// and answers a refused one anyway, so what was not refused by then is done.
    fn apply_chunk<R: Request>(&mut self, ops: &[R]) -> Vec<Result<(), NetlinkError>> {
        let first = self.sequence.wrapping_add(1);
        let mut results = Vec::new();
        let mut octets = Vec::new();
        let mut last = None;
        for (index, op) in ops.iter().enumerate().take(CHUNK) {
            if octets.len() >= CHUNK_OCTETS {
                break;
            }
            self.sequence = self.sequence.wrapping_add(1);
            let start = octets.len();
            let result = op.encode(self.sequence, &mut octets);
            match result {
                Ok(()) => last = Some((index, start)),
                Err(_) => octets.truncate(start),
            }
            results.push(result);
        }
        if let Some((index, start)) = last {
            // `nlmsg_flags` stands behind the length and the kind.
            let flags = u16::from_ne_bytes([octets[start + 6], octets[start + 7]]) | libc::NLM_F_ACK as u16;
            octets[start + 6..start + 8].copy_from_slice(&flags.to_ne_bytes());
            if let Err(error) = self.transact(&octets, first, index, &mut results) {
                results.iter_mut().filter(|result| result.is_ok()).for_each(|result| *result = Err(error));
            }
        }
        results
    }

    /// Sends the requests and reads the answers up to that of request `last`.
    fn transact(
        &mut self,
        octets: &[u8],
        first: u32,
        last: usize,
        results: &mut [Result<(), NetlinkError>],
    ) -> Result<(), NetlinkError> {
        self.send(octets)?;
        loop {
            for message in messages(receive(&self.socket, &mut self.room)?) {
                let index = message.sequence.wrapping_sub(first) as usize;
                if i32::from(message.kind) != libc::NLMSG_ERROR {
                    continue;
                }
                // None: an answer that a request given up on left behind.
                if let Some(result) = results.get_mut(index) {
                    *result = verdict(&message);
                }
                if index == last {
                    return Ok(());
                }
            }
        }
    }

    /// One request, answered by an acknowledgement or, before it, by a message that `parse` knows.
    pub(super) fn single<T>(
        &mut self,
        build: impl FnOnce(u32) -> Option<Vec<u8>>,
        parse: impl Fn(&Message<'_>) -> Option<T>,
    ) -> Result<Option<T>, NetlinkError> {
        self.sequence = self.sequence.wrapping_add(1);
        let octets = build(self.sequence).ok_or(NetlinkError::Unencodable)?;
        self.send(&octets)?;
        let mut found = None;
        loop {
            for message in messages(receive(&self.socket, &mut self.room)?) {
                if message.sequence != self.sequence {
                    continue;
                }
                if i32::from(message.kind) == libc::NLMSG_ERROR {
                    return verdict(&message).map(|()| found);
                }
                found = parse(&message).or(found);
            }
        }
    }

    fn send(&self, octets: &[u8]) -> Result<(), NetlinkError> {
        retry_on_intr(|| send(&self.socket, octets, SendFlags::empty())).map_err(NetlinkError::socket)?;
        Ok(())
    }

    fn dump<T>(
        &mut self,
        request: Rtm,
        answer: Rtm,
        parse: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Vec<T>, NetlinkError> {
        let answer = u16::from(answer);
        for _ in 0..READINGS {
            self.sequence = self.sequence.wrapping_add(1);
            let octets = dump_request(request, self.sequence).ok_or(NetlinkError::Unencodable)?;
            self.send(&octets)?;
            let mut found = Vec::new();
            if self.read_dump(|message| {
                if message.kind == answer {
                    found.extend(parse(message.body));
                }
            })? {
                return Ok(found);
            }
        }
        Err(NetlinkError::Interrupted)
    }

    /// Reads a list to its end; `false` when it changed meanwhile, so that some of it may be missing or twice.
    fn read_dump(&mut self, mut each: impl FnMut(Message<'_>)) -> Result<bool, NetlinkError> {
        let mut whole = true;
        loop {
            for message in messages(receive(&self.socket, &mut self.room)?) {
                if message.sequence != self.sequence {
                    continue;
                }
                whole &= i32::from(message.flags) & libc::NLM_F_DUMP_INTR == 0;
                match i32::from(message.kind) {
                    libc::NLMSG_DONE => return verdict(&message).map(|()| whole),
                    libc::NLMSG_ERROR => return verdict(&message).map(|()| false),
                    _ => each(message),
                }
            }
        }
    }
}

/// A netlink socket of the route family that hears the groups of this mask.
pub(super) fn open(flags: SocketFlags, groups: u32) -> Result<OwnedFd, NetlinkError> {
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None);
    let socket = socket.map_err(NetlinkError::socket)?;
    bind(&socket, &SocketAddrNetlink::new(0, groups)).map_err(NetlinkError::socket)?;
    Ok(socket)
}

fn receive<'a>(socket: &OwnedFd, room: &'a mut [u8]) -> Result<&'a [u8], NetlinkError> {
    // A call with a time-out ends at any signal, whatever its handler asks for.
    let received = retry_on_intr(|| recv(socket, &mut *room, RecvFlags::empty()));
    let (len, _) = received.map_err(NetlinkError::socket)?;
    Ok(&room[..len])
}

/// What `NLMSG_ERROR` and `NLMSG_DONE` begin with: 0, or an error number made negative.
fn verdict(message: &Message<'_>) -> Result<(), NetlinkError> {
    match i32_at(message.body, 0).unwrap_or(0) {
        0 => Ok(()),
        errno => Err(NetlinkError::refusal(errno.saturating_neg())),
    }
}

/// The request for a list; `None` never happens, as all that it is made of is given here.
fn dump_request(request: Rtm, sequence: u32) -> Option<Vec<u8>> {
    let mut cursor = Cursor::new(Vec::new());
    let flags = NlmF::REQUEST | NlmF::DUMP;
    if request == Rtm::Getlink {
        let mut attributes = RtBuffer::new();
        let mask = RtattrBuilder::default().rta_type(Ifla::ExtMask).rta_payload(SKIP_STATS).build().ok()?;
        attributes.push(mask);
        let body = IfinfomsgBuilder::default().ifi_family(RtAddrFamily::Unspecified).rtattrs(attributes);
        let message = NlmsghdrBuilder::default().nl_type(request).nl_flags(flags).nl_seq(sequence);
        let message = message.nl_payload(NlPayload::Payload(body.build().ok()?)).build().ok()?;
        message.to_bytes(&mut cursor).ok()?;
    } else {
        let none: RtBuffer<Ifa, Buffer> = RtBuffer::new();
        let body = RtgenmsgBuilder::default().rtgen_family(RtAddrFamily::Unspecified).rtattrs(none);
        let message = NlmsghdrBuilder::default().nl_type(request).nl_flags(flags).nl_seq(sequence);
        let message = message.nl_payload(NlPayload::Payload(body.build().ok()?)).build().ok()?;
        message.to_bytes(&mut cursor).ok()?;
    }
    Some(cursor.into_inner())
}

#[cfg(test)]
mod tests;
