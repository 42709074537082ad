//! Hearing of processes that begin, change and end: the kernel's process connector (`linux/cn_proc.h`).
//!
//! It speaks in the first network namespace only, to whoever has `CAP_NET_ADMIN` and sees the first process
//! namespace, and only if the kernel was built with it. Where it does not, it says nothing at all: whoever listens
//! must wait for [`ProcessEvent::Listening`] and do without after a while.

use std::io::{self, Cursor};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use neli::connector::{CnMsg, CnMsgBuilder, ProcEvent, ProcEventHeader};
use neli::consts::connector::{CnMsgIdx, CnMsgVal, ProcCnMcastOp};
use neli::consts::nl::{NlmF, Nlmsg};
use neli::nl::{NlPayload, NlmsghdrBuilder};
use neli::{FromBytesWithInput, ToBytes};
use rustix::io::Errno;
use rustix::net::netlink::{CONNECTOR, SocketAddrNetlink};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, bind, recvfrom, send, socket_with,
};

use crate::rx::set_receive_buffer;

/// Datagrams read in one call.
const DATAGRAMS_PER_READ: usize = 256;
/// `struct nlmsghdr`.
const HEADER: usize = 16;
/// Longer than any event.
const ROOM: usize = 1024;

/// Something happened to a process; its threads are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProcessEvent {
    /// The kernel speaks.
    Listening,
    /// A process has a child.
    Forked {
        /// Who forked.
        parent: i32,
        /// The new process.
        child: i32,
    },
    /// It runs another program.
    Executed(i32),
    /// It has another short name (`comm`), which ends with a zero.
    Renamed(i32, [u8; 16]),
    /// It ended.
    Ended(i32),
    /// Events were lost: what is known is no longer sure.
    Overrun,
}

/// A socket that hears of every process of the host.
#[derive(Debug)]
pub struct ProcessMonitor {
    socket: OwnedFd,
    room: Box<[u8]>,
}

impl ProcessMonitor {
    /// Opens the socket and asks for events; `buffer` octets of them may wait in it.
    ///
    /// # Errors
    /// The kernel has no connector (`ECONNREFUSED` in other namespaces than the first), or the right is missing.
    pub fn open(buffer: Option<u32>) -> io::Result<Self> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(AddressFamily::NETLINK, SocketType::DGRAM, flags, Some(CONNECTOR))?;
        bind(&socket, &SocketAddrNetlink::new(0, libc::CN_IDX_PROC))?;
        if let Some(octets) = buffer {
            set_receive_buffer(socket.as_fd(), octets)?;
        }
        let octets = request().ok_or(io::ErrorKind::InvalidData)?;
        send(&socket, &octets, SendFlags::NOSIGNAL)?;
        Ok(Self { socket, room: vec![0; ROOM].into() })
    }

    /// Lets twice as many events wait.
    ///
    /// # Errors
    /// The system's limit is reached.
    pub fn widen(&self) -> io::Result<()> {
        let socket = socket2::SockRef::from(&self.socket);
        // The kernel tells twice of what it was asked for.
        let now = socket.recv_buffer_size()?;
        set_receive_buffer(self.socket.as_fd(), u32::try_from(now).unwrap_or(u32::MAX))
    }

    /// Appends what waits to `events`, without waiting. A call reads a bounded amount; what is left makes the
    /// socket readable again.
    ///
    /// # Errors
    /// Those of the socket, but for lost events, which are [`ProcessEvent::Overrun`].
    pub fn read(&mut self, events: &mut Vec<ProcessEvent>) -> io::Result<()> {
        for _ in 0..DATAGRAMS_PER_READ {
            match recvfrom(&self.socket, &mut *self.room, RecvFlags::DONTWAIT) {
                Ok((octets, _, from)) => {
                    let from = from.and_then(|from| SocketAddrNetlink::try_from(from).ok());
                    // Anybody may send to a socket; the kernel is number 0.
                    if from.is_some_and(|from| from.pid() == 0) {
                        events.extend(parse(&self.room[..octets.min(ROOM)]));
                    }
                }
                Err(Errno::NOBUFS) => events.push(ProcessEvent::Overrun),
                Err(Errno::AGAIN) => break,
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(())
    }
}

impl AsFd for ProcessMonitor {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// The request to be told of events.
fn request() -> Option<Vec<u8>> {
    let message = CnMsgBuilder::default()
        .idx(CnMsgIdx::Proc)
        .val(CnMsgVal::Proc)
        .payload(ProcCnMcastOp::Listen)
        .build()
        .ok()?;
    let header = NlmsghdrBuilder::default()
        .nl_type(Nlmsg::Done)
        .nl_flags(NlmF::empty())
        .nl_payload(NlPayload::Payload(message))
        .build()
        .ok()?;
    let mut octets = Cursor::new(Vec::new());
    header.to_bytes(&mut octets).ok()?;
    Some(octets.into_inner())
}

/// What a datagram says; nothing for what is of no interest or no message.
fn parse(datagram: &[u8]) -> Option<ProcessEvent> {
    let body = datagram.get(HEADER..)?;
    let message = CnMsg::<ProcEventHeader>::from_bytes_with_input(&mut Cursor::new(body), body.len()).ok()?;
    if *message.idx() != CnMsgIdx::Proc || *message.val() != CnMsgVal::Proc {
        return None;
    }
    match message.payload().event {
        ProcEvent::Ack { err: 0 } => Some(ProcessEvent::Listening),
        ProcEvent::Fork { parent_tgid, child_pid, child_tgid, .. } if child_pid == child_tgid => {
            Some(ProcessEvent::Forked { parent: parent_tgid, child: child_tgid })
        }
        ProcEvent::Exec { process_pid, process_tgid } if process_pid == process_tgid => {
            Some(ProcessEvent::Executed(process_tgid))
        }
        ProcEvent::Comm { process_pid, process_tgid, comm } if process_pid == process_tgid => {
            Some(ProcessEvent::Renamed(process_tgid, comm))
        }
        ProcEvent::Exit { process_pid, process_tgid, .. } if process_pid == process_tgid => {
            Some(ProcessEvent::Ended(process_tgid))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
