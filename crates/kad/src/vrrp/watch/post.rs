//! From a thread that may block to the process that may not: a bounded queue and a bell.
//!
//! The thread waits when the queue is full; the process never does.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

use rustix::event::{EventfdFlags, eventfd};
use vrrp_fsm::Status;

use crate::vrrp::tracking::TrackerKey;

/// What a thread has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Post {
    /// What is known of a tracker now.
    Seen(TrackerKey, Status),
    /// All of the list with this number has been looked at once.
    Settled(u64),
}

/// So many posts wait at most.
const WAITING: usize = 256;

/// Rung by a thread; readable until heard.
#[derive(Clone, Debug)]
pub(super) struct Bell(Arc<OwnedFd>);

impl Bell {
    pub(super) fn new() -> io::Result<Self> {
        let flags = EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK;
        Ok(Self(Arc::new(eventfd(0, flags)?)))
    }

    pub(super) fn ring(&self) {
        // Only a counter that is full refuses, and that one rings already.
        let _rung = rustix::io::write(&*self.0, &1u64.to_ne_bytes());
    }

    pub(super) fn hear(&self) {
        let _heard = rustix::io::read(&*self.0, &mut [0; 8]);
    }
}

impl AsFd for Bell {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// The end of those who post.
#[derive(Clone, Debug)]
pub(super) struct Outbound {
    queue: SyncSender<Post>,
    bell: Bell,
}

impl Outbound {
    /// Waits while the queue is full; false when nobody will ever read it.
    pub(super) fn post(&self, post: Post) -> bool {
        let sent = match self.queue.try_send(post) {
            Ok(()) => true,
            Err(std::sync::mpsc::TrySendError::Disconnected(_)) => false,
            Err(std::sync::mpsc::TrySendError::Full(post)) => {
                self.bell.ring();
                self.queue.send(post).is_ok()
            }
        };
        self.bell.ring();
        sent
    }
}

/// The end of the process.
#[derive(Debug)]
pub(super) struct Inbound {
    queue: Receiver<Post>,
    bell: Bell,
}

impl Inbound {
    /// All that waits, at most as much as the queue holds. What is left rings again.
    pub(super) fn take(&self) -> Vec<Post> {
        self.bell.hear();
        let mut posts = Vec::new();
        while posts.len() < WAITING {
            match self.queue.try_recv() {
                Ok(post) => posts.push(post),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return posts,
            }
        }
        self.bell.ring();
        posts
    }
}

impl AsFd for Inbound {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }
}

/// A queue.
///
/// # Errors
/// Out of file descriptors.
pub(super) fn queue() -> io::Result<(Outbound, Inbound)> {
    let bell = Bell::new()?;
    let (send, receive) = sync_channel(WAITING);
    Ok((Outbound { queue: send, bell: bell.clone() }, Inbound { queue: receive, bell }))
}
