//! The socket: a transaction is one datagram, and its answers are awaited for a bounded time.

use std::io::Cursor;
use std::os::fd::OwnedFd;
use std::time::Duration;

use neli::ToBytes;
use neli::consts::nl::NlmF;
use neli::nl::{NlPayload, NlmsghdrBuilder};
use neli::types::Buffer;
use rustix::io::retry_on_intr;
use rustix::net::netlink::{self, SocketAddrNetlink};
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, bind, recv, send, socket_with,
};

use super::super::message::{Message, i32_at, messages};
use super::attributes::Attributes;
use super::{NftBatch, NftError, NftTable};

/// How long an answer may take. The kernel gives it within the request's own system call.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// An answer repeats the request it is for, and that may hold as many elements as fit into one.
const ROOM: usize = 80 * 1024;
/// Times a transaction is tried that another one overtook.
const TRIES: u32 = 4;

/// A socket to nf_tables of the network namespace it was opened in.
#[derive(Debug)]
pub struct Nftables {
    socket: OwnedFd,
    sequence: u32,
    room: Box<[u8]>,
}

impl Nftables {
    /// Opens the socket.
    ///
    /// # Errors
    /// [`NftError::Unsupported`] without netfilter in the kernel; [`NftError::Socket`]
    pub fn open() -> Result<Self, NftError> {
        let (flags, protocol) = (SocketFlags::CLOEXEC, Some(netlink::NETFILTER));
        let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, protocol);
        let socket = socket.map_err(NftError::socket)?;
        bind(&socket, &SocketAddrNetlink::new(0, 0)).map_err(NftError::socket)?;
        set_socket_timeout(&socket, Timeout::Recv, Some(ANSWER_WITHIN)).map_err(NftError::socket)?;
        Ok(Self { socket, sequence: 0, room: vec![0; ROOM].into() })
    }

    /// Whether there is such a table.
    ///
    /// # Errors
    /// Those of the kernel and the socket.
    pub fn has_table(&mut self, table: &NftTable) -> Result<bool, NftError> {
        self.has(libc::NFT_MSG_GETTABLE, table, Attributes::default().text(1, &table.name))
    }

    /// Whether a table has such a set.
    ///
    /// # Errors
    /// Those of the kernel and the socket.
    pub fn has_set(&mut self, table: &NftTable, set: &str) -> Result<bool, NftError> {
        self.has(libc::NFT_MSG_GETSET, table, Attributes::default().text(1, &table.name).text(2, set))
    }

    fn has(&mut self, kind: i32, table: &NftTable, body: Attributes) -> Result<bool, NftError> {
        let sequence = self.next();
        let body = body.finish().ok_or(NftError::Unencodable)?;
        let mut octets = Vec::new();
        let family = header(table.family.number(), 0);
        encode(&mut octets, of_subsystem(kind), NlmF::ACK, sequence, family, &body)?;
        self.send(&octets)?;
        match self.verdict(sequence, sequence) {
            Ok(()) => Ok(true),
            Err(NftError::NotThere) => Ok(false),
            // So does netfilter answer that has never heard of tables.
            Err(NftError::Refused(crate::Errno(libc::EINVAL))) => Err(NftError::Unsupported),
            Err(error) => Err(error),
        }
    }

    /// Does all of a batch, or nothing.
    ///
    /// # Errors
    /// What the kernel said of the first request that it refused; [`NftError::Timeout`] and [`NftError::Socket`]
    /// leave open whether it was done.
    pub fn apply(&mut self, batch: &NftBatch) -> Result<(), NftError> {
        if batch.is_empty() {
            return Ok(());
        }
        let mut outcome = Ok(());
        for _ in 0..TRIES {
            outcome = self.attempt(batch);
            if !matches!(outcome, Err(NftError::Refused(crate::Errno(libc::EAGAIN)))) {
                break;
            }
        }
        outcome
    }

    fn attempt(&mut self, batch: &NftBatch) -> Result<(), NftError> {
        let mut octets = Vec::new();
        let transaction = header(libc::AF_UNSPEC as u8, libc::NFNL_SUBSYS_NFTABLES as u16);
        let first = self.next();
        encode(&mut octets, libc::NFNL_MSG_BATCH_BEGIN as u16, NlmF::empty(), first, transaction, &[])?;
        let mut last = first;
        for (index, request) in batch.requests.iter().enumerate() {
            last = self.next();
            let body = request.body.clone().finish().ok_or(NftError::Unencodable)?;
            // Answers come in the order of the requests: once the last one's is there, all are.
            let ack = if index + 1 == batch.requests.len() { NlmF::ACK } else { NlmF::empty() };
            let flags = NlmF::from_bits_retain(request.flags as u16) | ack;
            let family = header(request.family.number(), 0);
            encode(&mut octets, of_subsystem(request.kind), flags, last, family, &body)?;
        }
        let end = self.next();
        encode(&mut octets, libc::NFNL_MSG_BATCH_END as u16, NlmF::empty(), end, transaction, &[])?;
        self.send(&octets)?;
        self.verdict(first, last)
    }

    /// Reads answers up to that of request `last`; the first refusal counts. One of the transaction as a whole is
    /// said of its beginning.
    fn verdict(&mut self, first: u32, last: u32) -> Result<(), NftError> {
        let mut verdict = Ok(());
        loop {
            let received = retry_on_intr(|| recv(&self.socket, &mut *self.room, RecvFlags::empty()));
            let (len, _) = received.map_err(NftError::socket)?;
            for message in messages(&self.room[..len]) {
                let of_these = message.sequence.wrapping_sub(first) <= last.wrapping_sub(first);
                if !of_these || i32::from(message.kind) != libc::NLMSG_ERROR {
                    continue;
                }
                verdict = verdict.and(answer(&message));
                // Without nf_tables, or the right to it, the kernel says so of the beginning and nothing else.
                let refused = message.sequence == first && verdict.is_err();
                if message.sequence == last || refused {
                    return verdict;
                }
            }
        }
    }

    fn next(&mut self) -> u32 {
        self.sequence = self.sequence.wrapping_add(1);
        self.sequence
    }

    fn send(&self, octets: &[u8]) -> Result<(), NftError> {
        retry_on_intr(|| send(&self.socket, octets, SendFlags::empty())).map_err(NftError::socket)?;
        Ok(())
    }
}

fn answer(message: &Message<'_>) -> Result<(), NftError> {
    match i32_at(message.body, 0).unwrap_or(0) {
        0 => Ok(()),
        errno => Err(NftError::refusal(errno.saturating_neg())),
    }
}

const fn of_subsystem(kind: i32) -> u16 {
    (libc::NFNL_SUBSYS_NFTABLES as u16) << 8 | kind as u16
}

/// `struct nfgenmsg`: family, version 0, resource.
const fn header(family: u8, resource: u16) -> [u8; 4] {
    let [high, low] = resource.to_be_bytes();
    [family, 0, high, low]
}

fn encode(
    out: &mut Vec<u8>,
    kind: u16,
    flags: NlmF,
    sequence: u32,
    header: [u8; 4],
    body: &[u8],
) -> Result<(), NftError> {
    let payload = Buffer::from([&header, body].concat());
    let message = NlmsghdrBuilder::default()
        .nl_type(kind)
        .nl_flags(NlmF::REQUEST | flags)
        .nl_seq(sequence)
        .nl_payload(NlPayload::Payload(payload))
        .build()
        .map_err(|_| NftError::Unencodable)?;
    let mut cursor = Cursor::new(std::mem::take(out));
    cursor.set_position(cursor.get_ref().len() as u64);
    message.to_bytes(&mut cursor).map_err(|_| NftError::Unencodable)?;
    *out = cursor.into_inner();
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// One on another end than the kernel's.
    pub(in super::super) fn on(socket: OwnedFd) -> Nftables {
        Nftables { socket, sequence: 0, room: vec![0; ROOM].into() }
    }
}
