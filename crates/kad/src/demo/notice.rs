//! What reaches the demo while it runs: sights of the LAN, and the person at the terminal.

use std::io::{self, Read as _};
use std::os::unix::net::UnixStream;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

use super::event::Event;

/// What reaches the demo.
#[derive(Clone, Debug)]
pub(super) enum Notice {
    Saw(Event),
    /// The witness ended, with these last words.
    WitnessEnded(String),
    /// A signal that ends the demo, by its number.
    Signal(i32),
    /// The person pressed Enter.
    Enter,
}

/// Takes Ctrl-C and the other polite ends over. The second one ends the program at once; the LAN vanishes with it.
pub(super) fn take_signals(sender: SyncSender<Notice>) -> io::Result<()> {
    let (mut wake, ring) = UnixStream::pair()?;
    let number = Arc::new(AtomicUsize::new(0));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        // The number first: whoever wakes by the octet finds it.
        flag::register_usize(signal, Arc::clone(&number), usize::try_from(signal).unwrap_or_default())?;
        low_level::pipe::register(signal, ring.try_clone()?)?;
    }
    thread::spawn(move || {
        let mut octet = [0];
        let mut told = false;
        while wake.read_exact(&mut octet).is_ok() {
            let signal = i32::try_from(number.load(Ordering::SeqCst)).unwrap_or_default();
            if told {
                process::exit(128 + signal);
            }
            told = true;
            let _over = sender.send(Notice::Signal(signal));
        }
    });
    Ok(())
}

/// Tells of Enter. A standard input that is closed never says anything.
pub(super) fn take_enter(sender: SyncSender<Notice>) {
    thread::spawn(move || {
        let mut line = String::new();
        if matches!(io::stdin().read_line(&mut line), Ok(1..)) {
            let _over = sender.send(Notice::Enter);
        }
    });
}
