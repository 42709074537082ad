//! Ctrl-C and SIGTERM: what runs is told to end, and the run ends in good order.
//!
//! Commands run in process groups of their own, so that a group can be ended whole; the terminal's Ctrl-C does not
//! reach them by itself.

use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::thread;

use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGINT, SIGTERM};

static SEEN: AtomicBool = AtomicBool::new(false);
/// The process group that runs, 0 for none.
static CURRENT: AtomicI32 = AtomicI32::new(0);

/// Starts to listen.
pub(crate) fn watch() -> io::Result<()> {
    let (mut receiver, sender) = UnixStream::pair()?;
    signal_hook::low_level::pipe::register(SIGINT, sender.try_clone()?)?;
    signal_hook::low_level::pipe::register(SIGTERM, sender)?;
    thread::spawn(move || {
        let mut octet = [0];
        while receiver.read_exact(&mut octet).is_ok() {
            // The first asks, each that follows insists.
            let again = SEEN.swap(true, Ordering::SeqCst);
            if let Some(group) = Pid::from_raw(CURRENT.load(Ordering::SeqCst)) {
                let _gone = kill_process_group(group, if again { Signal::KILL } else { Signal::TERM });
            }
        }
    });
    Ok(())
}

/// Whether the user wants this to end.
pub(crate) fn seen() -> bool {
    SEEN.load(Ordering::SeqCst)
}

/// Marks a process group as the one to end, until dropped.
pub(crate) struct Running;

impl Running {
    pub(crate) fn new(group: Pid) -> Self {
        CURRENT.store(group.as_raw_nonzero().get(), Ordering::SeqCst);
        if seen() {
            let _gone = kill_process_group(group, Signal::TERM);
        }
        Self
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        CURRENT.store(0, Ordering::SeqCst);
    }
}
