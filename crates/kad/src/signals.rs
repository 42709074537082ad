//! Signals as events of a loop: a file descriptor to wait for, and what came.
//!
//! Several of one kind that come before they are read count as one, as the kernel's own do.

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU};
use signal_hook::{flag, low_level};

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// SIGTERM, SIGINT: stop.
    Stop,
    /// SIGHUP: reload. Never seen by a child: its parent reloads it.
    Reload,
    /// SIGUSR1: write the data dump.
    DumpData,
    /// SIGUSR2: write the statistics.
    DumpStats,
    /// SIGRTMAX-1: write the statistics, then clear them.
    ClearStats,
    /// SIGRTMIN+2: write the JSON dump.
    DumpJson,
    /// SIGXCPU: half of the time is used that a real-time process may run without a pause.
    Overtime,
}

impl Signal {
    /// The signal of a name `--signum` knows.
    pub(crate) fn number_of(name: &str) -> Option<i32> {
        Some(match name {
            "STOP" => SIGTERM,
            "RELOAD" => SIGHUP,
            "DATA" => SIGUSR1,
            "STATS" => SIGUSR2,
            "STATS_CLEAR" => stats_clear(),
            "JSON" => json(),
            _ => return None,
        })
    }
}

fn stats_clear() -> i32 {
    libc::SIGRTMAX() - 1
}

fn json() -> i32 {
    libc::SIGRTMIN() + 2
}

/// The signals of this process.
#[derive(Debug)]
pub(crate) struct Signals {
    wake: UnixStream,
    raised: Vec<(Arc<AtomicBool>, Signal)>,
}

impl Signals {
    /// Takes all signals of [`Signal`] over. With `ignore_interrupt` SIGINT does nothing: it is a debugger's.
    ///
    /// # Errors
    /// Out of file descriptors, or a signal that may not be taken.
    pub(crate) fn take(ignore_interrupt: bool) -> io::Result<Self> {
        let (wake, ring) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        ring.set_nonblocking(true)?;
        let mut signals = Self { wake, raised: Vec::with_capacity(8) };
        let all = [
            (SIGTERM, Signal::Stop),
            (SIGINT, Signal::Stop),
            (SIGHUP, Signal::Reload),
            (SIGUSR1, Signal::DumpData),
            (SIGUSR2, Signal::DumpStats),
            (stats_clear(), Signal::ClearStats),
            (json(), Signal::DumpJson),
            (SIGXCPU, Signal::Overtime),
        ];
        for (number, meaning) in all {
            // The flag first: whoever wakes by the octet finds it raised.
            let raised = Arc::new(AtomicBool::new(false));
            flag::register(number, Arc::clone(&raised))?;
            if number == SIGINT && ignore_interrupt {
                continue;
            }
            low_level::pipe::register(number, ring.try_clone()?)?;
            signals.raised.push((raised, meaning));
        }
        Ok(signals)
    }

    /// What came since the last call.
    pub(crate) fn pending(&mut self) -> impl Iterator<Item = Signal> + use<'_> {
        let mut octets = [0; 64];
        // Ends at WouldBlock: signals cannot come faster than they are read for ever.
        while matches!(self.wake.read(&mut octets), Ok(n) if n > 0) {}
        self.raised
            .iter()
            .filter(|(raised, _)| raised.swap(false, Ordering::AcqRel))
            .map(|&(_, signal)| signal)
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.wake.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_users_know() {
        for (name, number) in
            [("STOP", 15), ("RELOAD", 1), ("DATA", 10), ("STATS", 12), ("STATS_CLEAR", 63), ("JSON", 36)]
        {
            assert_eq!(Signal::number_of(name), Some(number), "{name}");
        }
        assert_eq!(Signal::number_of("TDUMP"), None);
    }
}
