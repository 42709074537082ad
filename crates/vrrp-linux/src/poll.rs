//! Waiting for many descriptors with a time-out finer than a millisecond.
//!
//! An election is decided by tens of milliseconds, and `epoll_wait` rounds to one. `epoll_pwait2` does not; before
//! Linux 5.11 a `ppoll` of the epoll instance does the waiting.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::time::Timespec;

use crate::sys;

/// An epoll instance for reading. A token says which descriptor is ready.
pub struct Poll {
    epoll: OwnedFd,
    /// Room for every descriptor that was ever added: one wait tells of all that are ready.
    events: Vec<libc::epoll_event>,
    /// `epoll_pwait2` is not there.
    old_kernel: bool,
}

impl fmt::Debug for Poll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Poll").field("epoll", &self.epoll).field("room", &self.events.len()).finish()
    }
}

const NOTHING: libc::epoll_event = libc::epoll_event { events: 0, u64: 0 };

impl Poll {
    /// Makes an instance that waits for nothing yet.
    ///
    /// # Errors
    /// The limit of open descriptors is reached.
    pub fn new() -> io::Result<Self> {
        Ok(Self { epoll: epoll::create(CreateFlags::CLOEXEC)?, events: Vec::new(), old_kernel: false })
    }

    /// Reports `token` while `fd` can be read. A descriptor that is closed leaves by itself.
    ///
    /// # Errors
    /// The descriptor is there already, or cannot be waited for.
    pub fn add(&mut self, fd: impl AsFd, token: u64) -> io::Result<()> {
        epoll::add(&self.epoll, fd, EventData::new_u64(token), EventFlags::IN)?;
        self.events.push(NOTHING);
        Ok(())
    }

    /// Waits until something can be read, for at most so long, and appends the tokens of all that can. A signal, or
    /// a process that was stopped and goes on, ends the wait early; what can be read then is told all the same.
    ///
    /// # Errors
    /// None that a valid instance has.
    pub fn wait(&mut self, timeout: Option<Duration>, ready: &mut Vec<u64>) -> io::Result<()> {
        let waited =
            if self.old_kernel { self.wait_old(timeout, ready) } else { self.wait_new(timeout, ready) };
        match waited {
            Err(error) if error.raw_os_error() == Some(libc::ENOSYS) => {
                self.old_kernel = true;
                self.wait(timeout, ready)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => match timeout {
                // Interrupted without having waited: there is nothing.
                Some(Duration::ZERO) => Ok(()),
                Some(_) | None => self.wait(Some(Duration::ZERO), ready),
            },
            other => other,
        }
    }

    fn wait_new(&mut self, timeout: Option<Duration>, ready: &mut Vec<u64>) -> io::Result<()> {
        let timeout = timeout.map(|timeout| libc::timespec {
            tv_sec: timeout.as_secs().try_into().unwrap_or(libc::time_t::MAX),
            tv_nsec: timeout.subsec_nanos().into(),
        });
        let count = sys::epoll_pwait2(self.epoll.as_fd(), &mut self.events, timeout.as_ref())?;
        ready.extend(self.events[..count].iter().map(|event| event.u64));
        Ok(())
    }

    fn wait_old(&mut self, timeout: Option<Duration>, ready: &mut Vec<u64>) -> io::Result<()> {
        let timeout = timeout.map(|timeout| Timespec {
            tv_sec: timeout.as_secs().try_into().unwrap_or(i64::MAX),
            tv_nsec: timeout.subsec_nanos().into(),
        });
        rustix::event::poll(&mut [PollFd::new(&self.epoll, PollFlags::IN)], timeout.as_ref())?;
        let none = epoll::Event { flags: EventFlags::empty(), data: EventData::new_u64(0) };
        let mut events = vec![none; self.events.len()];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        let count = epoll::wait(&self.epoll, &mut events[..], Some(&now)).or_else(none_if_interrupted)?;
        ready.extend(events[..count].iter().map(|event| event.data.u64()));
        Ok(())
    }
}

/// Readable while one of its descriptors is: an instance can wait for another.
impl AsFd for Poll {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.epoll.as_fd()
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
        let mut old = Poll::new().unwrap();
        old.old_kernel = true;
        [Poll::new().unwrap(), old]
    }

    #[test]
    fn what_can_be_read_is_told_by_its_token() {
        for mut poll in both() {
            let (mut near, far) = UnixStream::pair().unwrap();
            poll.add(&far, 7).unwrap();
            let mut ready = Vec::new();
            poll.wait(Some(Duration::ZERO), &mut ready).unwrap();
            assert!(ready.is_empty(), "{ready:?}");
            near.write_all(b"x").unwrap();
            poll.wait(None, &mut ready).unwrap();
            assert_eq!(ready, [7]);
        }
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test measures how long a wait took")]
    fn a_wait_ends_within_less_than_the_millisecond_it_would_be_rounded_to() {
        for mut poll in both() {
            let (_near, far) = UnixStream::pair().unwrap();
            poll.add(&far, 1).unwrap();
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
    fn one_wait_tells_of_all_that_are_ready() {
        for mut poll in both() {
            let pairs: Vec<_> = (0..200).map(|_| UnixStream::pair().unwrap()).collect();
            for (token, (near, far)) in pairs.iter().enumerate() {
                poll.add(far, token as u64).unwrap();
                (&*near).write_all(b"x").unwrap();
            }
            let mut ready = Vec::new();
            poll.wait(None, &mut ready).unwrap();
            ready.sort_unstable();
            assert_eq!(ready, (0..200).collect::<Vec<u64>>());
        }
    }

    #[test]
    fn a_closed_descriptor_leaves_by_itself() {
        for mut poll in both() {
            let (near, far) = UnixStream::pair().unwrap();
            poll.add(&far, 1).unwrap();
            drop((near, far));
            let mut ready = Vec::new();
            poll.wait(Some(Duration::ZERO), &mut ready).unwrap();
            assert!(ready.is_empty(), "{ready:?}");
        }
    }
}
