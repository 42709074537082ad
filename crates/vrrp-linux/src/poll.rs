//! Waiting for many descriptors with a time-out finer than a millisecond.
//!
//! An election is decided by tens of milliseconds, and `epoll_wait` rounds to one. `epoll_pwait2` does not; before
//! Linux 5.11 a `ppoll` of the epoll instance does the waiting.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::time::Timespec;

use crate::sys;

/// Events taken in one call; more wait for the next.
const EVENTS: usize = 64;

/// An epoll instance for reading. A token says which descriptor is ready.
#[derive(Debug)]
pub struct Poll {
    epoll: OwnedFd,
    /// `epoll_pwait2` is not there.
    old_kernel: AtomicBool,
}

impl Poll {
    /// Makes an instance that waits for nothing yet.
    ///
    /// # Errors
    /// The limit of open descriptors is reached.
    pub fn new() -> io::Result<Self> {
        Ok(Self { epoll: epoll::create(CreateFlags::CLOEXEC)?, old_kernel: AtomicBool::new(false) })
    }

    /// Reports `token` while `fd` can be read. A descriptor that is closed leaves by itself.
    ///
    /// # Errors
    /// The descriptor is there already, or cannot be waited for.
    pub fn add(&self, fd: impl AsFd, token: u64) -> io::Result<()> {
        Ok(epoll::add(&self.epoll, fd, EventData::new_u64(token), EventFlags::IN)?)
    }

    /// Waits until something can be read, for at most so long, and appends its tokens. A signal ends the wait
    /// with nothing ready.
    ///
    /// # Errors
    /// None that a valid instance has.
    pub fn wait(&self, timeout: Option<Duration>, ready: &mut Vec<u64>) -> io::Result<()> {
        let waited = match self.old_kernel.load(Ordering::Relaxed) {
            false => self.wait_new(timeout, ready),
            true => self.wait_old(timeout, ready),
        };
        match waited {
            Err(error) if error.raw_os_error() == Some(libc::ENOSYS) => {
                self.old_kernel.store(true, Ordering::Relaxed);
                self.wait(timeout, ready)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            other => other,
        }
    }

    fn wait_new(&self, timeout: Option<Duration>, ready: &mut Vec<u64>) -> io::Result<()> {
        let mut events = [libc::epoll_event { events: 0, u64: 0 }; EVENTS];
        let timeout = timeout.map(|timeout| libc::timespec {
            tv_sec: timeout.as_secs().try_into().unwrap_or(libc::time_t::MAX),
            tv_nsec: timeout.subsec_nanos().into(),
        });
        let count = sys::epoll_pwait2(self.epoll.as_fd(), &mut events, timeout.as_ref())?;
        ready.extend(events[..count].iter().map(|event| event.u64));
        Ok(())
    }

    fn wait_old(&self, timeout: Option<Duration>, ready: &mut Vec<u64>) -> io::Result<()> {
        let timeout = timeout.map(|timeout| Timespec {
            tv_sec: timeout.as_secs().try_into().unwrap_or(i64::MAX),
            tv_nsec: timeout.subsec_nanos().into(),
        });
        rustix::event::poll(&mut [PollFd::new(&self.epoll, PollFlags::IN)], timeout.as_ref())?;
        const NONE: epoll::Event = epoll::Event { flags: EventFlags::empty(), data: EventData::new_u64(0) };
        let mut events = [NONE; EVENTS];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        let count = epoll::wait(&self.epoll, &mut events[..], Some(&now)).or_else(none_if_interrupted)?;
        ready.extend(events[..count].iter().map(|event| event.data.u64()));
        Ok(())
    }
}

fn none_if_interrupted(error: Errno) -> rustix::io::Result<usize> {
    if error == Errno::INTR { Ok(0) } else { Err(error) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::os::unix::net::UnixStream;

    /// Both ways of waiting, the second as on an old kernel.
    fn both() -> [Poll; 2] {
        let old = Poll::new().unwrap();
        old.old_kernel.store(true, Ordering::Relaxed);
        [Poll::new().unwrap(), old]
    }

    #[test]
    fn what_can_be_read_is_told_by_its_token() {
        for poll in both() {
            let (mut near, far) = UnixStream::pair().unwrap();
            poll.add(&far, 7).unwrap();
            let mut ready = Vec::new();
            poll.wait(Some(Duration::ZERO), &mut ready).unwrap();
            assert_eq!(ready, []);
            near.write_all(b"x").unwrap();
            poll.wait(None, &mut ready).unwrap();
            assert_eq!(ready, [7]);
        }
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test measures how long a wait took")]
    fn a_wait_ends_within_less_than_the_millisecond_it_would_be_rounded_to() {
        for poll in both() {
            let shortest = (0..20).map(|_| {
                let begin = std::time::Instant::now();
                poll.wait(Some(Duration::from_micros(300)), &mut Vec::new()).unwrap();
                begin.elapsed()
            });
            let shortest = shortest.min().unwrap();
            assert!(
                shortest >= Duration::from_micros(300) && shortest < Duration::from_millis(1),
                "{shortest:?}"
            );
        }
    }

    #[test]
    fn a_closed_descriptor_leaves_by_itself() {
        for poll in both() {
            let (near, far) = UnixStream::pair().unwrap();
            poll.add(&far, 1).unwrap();
            drop((near, far));
            let mut ready = Vec::new();
            poll.wait(Some(Duration::ZERO), &mut ready).unwrap();
            assert_eq!(ready, []);
        }
    }
}
