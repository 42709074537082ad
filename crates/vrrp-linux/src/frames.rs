//! Sending link-layer frames: one packet socket for the whole process.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};

use crate::announce::{FRAME_MAX, Frame};
use crate::outbox::{BatchFull, Outbox, SendReport};
use crate::raw::{self, Octets};
use crate::tx::{SEND_BUFFER, set_send_buffer};
use crate::{IfIndex, SocketError};

/// The one socket that sends frames, on every interface; it hears nothing.
#[derive(Debug)]
pub struct FrameSender(OwnedFd);

impl FrameSender {
    /// Opens the socket.
    ///
    /// # Errors
    /// Without `CAP_NET_RAW`.
    #[doc(alias = "AF_PACKET")]
    pub fn open() -> Result<Self, SocketError> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        // Protocol 0: the kernel queues no frame for it.
        let socket = socket_with(AddressFamily::PACKET, SocketType::RAW, flags, None);
        let socket = socket.map_err(|source| SocketError::Open { what: "packet", source: source.into() })?;
        set_send_buffer(socket.as_fd(), SEND_BUFFER).map_err(SocketError::option("SO_SNDBUF"))?;
        Ok(Self(socket))
    }

    /// Sends the batch without waiting: one system call, and one more behind each frame that fails.
    ///
    /// The batch is empty afterwards. A frame that failed is not tried again.
    #[doc(alias = "sendmmsg")]
    pub fn send<'a>(&self, batch: &'a mut FrameBatch) -> SendReport<'a> {
        batch.0.send(self.0.as_fd())
    }
}

impl AsFd for FrameSender {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Frames for one [`FrameSender::send`], in a room allocated once.
#[derive(Debug)]
pub struct FrameBatch(Outbox);

impl FrameBatch {
    /// Room for so many frames.
    pub fn new(frames: usize) -> Self {
        Self(Outbox::new(frames, frames.saturating_mul(FRAME_MAX)))
    }

    /// Grows to at least this many frames in all. It allocates: for times of set-up.
    pub fn reserve(&mut self, frames: usize) {
        self.0.reserve(frames, frames.saturating_mul(FRAME_MAX));
    }

    /// Appends a frame that leaves by `interface`.
    ///
    /// # Errors
    /// [`BatchFull`]
    pub fn push(&mut self, interface: IfIndex, frame: &Frame) -> Result<(), BatchFull> {
        let octets = frame.octets();
        let name = raw::link_name(interface, frame.ethertype());
        self.0.push(name, Octets::EMPTY, octets.len(), |room| room.copy_from_slice(octets))
    }

    /// How many frames wait to be sent.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets the frames.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}
