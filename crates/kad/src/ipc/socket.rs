//! Datagrams with file descriptors over a SOCK_SEQPACKET socket.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};

use super::MAX_MESSAGE;

/// Most file descriptors beside one message.
pub(super) const MAX_FDS: usize = 2;

/// One received message.
pub(super) struct Received {
    pub(super) octets: [u8; MAX_MESSAGE],
    pub(super) len: usize,
    pub(super) fds: Vec<OwnedFd>,
}

/// Sends one message or says `WouldBlock`.
pub(super) fn send(socket: impl AsFd, octets: &[u8], fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_FDS))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() && !control.push(SendAncillaryMessage::ScmRights(fds)) {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
    let sent = rustix::io::retry_on_intr(|| sendmsg(&socket, &[IoSlice::new(octets)], &mut control, flags))?;
    if sent == octets.len() { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
}

/// The next message, `None` when there is none now.
///
/// # Errors
/// `UnexpectedEof` when the other side is gone; `InvalidData` for a message over the limit.
pub(super) fn recv(socket: impl AsFd) -> io::Result<Option<Received>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_FDS))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut octets = [0; MAX_MESSAGE];
    let flags = RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC;
    let got = loop {
        match recvmsg(&socket, &mut [IoSliceMut::new(&mut octets)], &mut control, flags) {
            Ok(got) => break got,
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => return Ok(None),
            Err(rustix::io::Errno::CONNRESET) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Err(error) => return Err(error.into()),
        }
    };
    let fds = control
        .drain()
        .flat_map(|message| match message {
            RecvAncillaryMessage::ScmRights(rights) => rights.collect(),
            _ => Vec::new(),
        })
        .collect();
    if got.bytes == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    if got.flags.intersects(ReturnFlags::TRUNC | ReturnFlags::CTRUNC) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "message is over the limit"));
    }
    Ok(Some(Received { octets, len: got.bytes, fds }))
}
