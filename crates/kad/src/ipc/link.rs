//! The two ends of the control socket.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use kaconf::model::Config;
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use serde::Serialize;

use super::{Bundle, FromChild, MAX_MESSAGE, MAX_REASON, Order, ToChild, socket};
use crate::text::cut;

/// A connected pair: the parent's end, and what becomes the child's standard input.
///
/// # Errors
/// Out of file descriptors.
pub(crate) fn pair() -> io::Result<(ParentLink, OwnedFd)> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
    Ok((ParentLink { socket: ours }, theirs))
}

fn encode<'a>(message: &impl Serialize, space: &'a mut [u8; MAX_MESSAGE]) -> io::Result<&'a [u8]> {
    let octets = postcard::to_slice(message, space).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(octets)
}

fn invalid(what: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.into())
}

/// The parent's end.
#[derive(Debug)]
pub(crate) struct ParentLink {
    socket: OwnedFd,
}

impl ParentLink {
    /// Tells the child.
    ///
    /// # Errors
    /// `WouldBlock` when the child has not read for long; `BrokenPipe` when it is gone.
    pub(crate) fn send(&self, order: Order, files: &[BorrowedFd<'_>]) -> io::Result<()> {
        let mut space = [0; MAX_MESSAGE];
        socket::send(&self.socket, encode(&order, &mut space)?, files)
    }

    /// What the child says next, `None` when it says nothing now.
    ///
    /// # Errors
    /// `UnexpectedEof` when it is gone, `InvalidData` for what is no message.
    pub(crate) fn recv(&self) -> io::Result<Option<FromChild>> {
        let Some(got) = socket::recv(&self.socket)? else { return Ok(None) };
        let message = postcard::from_bytes(&got.octets[..got.len]);
        message.map(Some).map_err(|error| invalid(format!("no message of a child: {error}")))
    }
}

impl AsFd for ParentLink {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// The child's end.
#[derive(Debug)]
pub(crate) struct ChildLink {
    socket: OwnedFd,
    /// Open for the life of the process: its lock says that the process lives.
    pid_file: Option<OwnedFd>,
}

impl ChildLink {
    /// Takes standard input over as the link; /dev/null takes its place, so that no script inherits it.
    ///
    /// # Errors
    /// Out of file descriptors, or no /dev/null.
    pub(crate) fn take_stdin() -> io::Result<Self> {
        let socket = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?;
        let null = std::fs::File::open("/dev/null")?;
        rustix::stdio::dup2_stdin(&null)?;
        Ok(Self::new(socket))
    }

    /// The end of a pair made by [`pair`].
    pub(super) fn new(socket: OwnedFd) -> Self {
        Self { socket, pid_file: None }
    }

    /// What the parent says next, `None` when it says nothing now.
    ///
    /// A configuration of [`ToChild::Reload`] that cannot be read is refused from here, and `None` returned.
    ///
    /// # Errors
    /// `UnexpectedEof` when the parent is gone; `InvalidData` when the first configuration cannot be read. There
    /// is nothing to do then but to stop.
    pub(crate) fn recv(&mut self) -> io::Result<Option<ToChild>> {
        let Some(got) = socket::recv(&self.socket)? else { return Ok(None) };
        let order: Order = postcard::from_bytes(&got.octets[..got.len])
            .map_err(|error| invalid(format!("no message of a parent: {error}")))?;
        let mut files = got.fds.into_iter();
        Ok(Some(match order {
            Order::Load => {
                let config = read(files.next())?;
                self.pid_file = files.next();
                ToChild::Load(config)
            }
            Order::Reload => match read(files.next()) {
                Ok(config) => ToChild::Reload(config),
                Err(error) => {
                    self.send(&FromChild::Refused(error.to_string()))?;
                    return Ok(None);
                }
            },
            Order::DumpData => ToChild::DumpData,
            Order::DumpStats => ToChild::DumpStats,
            Order::ClearStats => ToChild::ClearStats,
            Order::DumpJson => ToChild::DumpJson,
            Order::Stop => ToChild::Stop,
            Order::Ping(number) => ToChild::Ping(number),
        }))
    }

    /// Tells the parent; never blocks.
    ///
    /// # Errors
    /// `WouldBlock` when the parent has not read for long; `BrokenPipe` when it is gone.
    pub(crate) fn send(&self, message: &FromChild) -> io::Result<()> {
        let mut space = [0; MAX_MESSAGE];
        let octets = match message {
            FromChild::Refused(reason) if reason.len() > MAX_REASON => {
                encode(&FromChild::Refused(cut(reason, MAX_REASON).to_owned()), &mut space)?
            }
            message => encode(message, &mut space)?,
        };
        socket::send(&self.socket, octets, &[])
    }
}

impl AsFd for ChildLink {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

fn read(file: Option<OwnedFd>) -> io::Result<Box<Config>> {
    Bundle::from(file.ok_or_else(|| invalid("a configuration without its file"))?).config()
}
