//! Who is told: a script that writes its arguments down, and readers of FIFOs.

use std::fs::{self, OpenOptions};
use std::io::Read;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::stage::{SOON, Stage};

/// What was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    /// Arguments of each call of the script.
    pub(crate) calls: Vec<String>,
    /// Lines of `notify_fifo`.
    pub(crate) all: Vec<String>,
    /// Lines of `vrrp_notify_fifo`.
    pub(crate) vrrp: Vec<String>,
}

impl Heard {
    /// Calls that begin with some words, in their order. Scripts of different instances, and `notify` beside
    /// `notify_master`, are started one after the other and write in any order.
    pub(crate) fn calls_of(&self, words: &str) -> Vec<String> {
        self.calls.iter().filter(|call| call.starts_with(words)).cloned().collect()
    }
}

/// A folder with the script and the FIFOs in it.
pub(crate) struct Witness<'a> {
    stage: &'a Stage,
    folder: PathBuf,
    readers: [Reader; 2],
    over: Arc<AtomicBool>,
}

impl<'a> Witness<'a> {
    /// Reads the FIFOs from when a daemon makes them.
    pub(crate) fn new(stage: &'a Stage) -> Self {
        let folder = stage.alpha.scratch("told").unwrap();
        // Scripts that run as root lie where nobody else can put others.
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        let script = folder.join("note");
        let text = format!("#!/bin/sh\necho \"$*\" >> {}\n", folder.join("calls").display());
        fs::write(&script, text).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(folder.join("calls"), "").unwrap();
        fs::set_permissions(folder.join("calls"), fs::Permissions::from_mode(0o666)).unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let readers = ["all", "vrrp"].map(|name| Reader::start(folder.join(name), Arc::clone(&over)));
        Self { stage, folder, readers, over }
    }

    /// A configuration text in which `@` stands for the folder.
    pub(crate) fn place(&self, conf: &str) -> String {
        conf.replace('@', &self.folder.display().to_string())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Another script in the folder.
    pub(crate) fn script(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::write(&path, format!("#!/bin/sh\n{}\n", self.place(text))).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn calls(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.join("calls")).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    /// Waits for a call that has been made so many times.
    pub(crate) fn wait_for(&self, call: &str, times: usize) {
        let found =
            netlab::poll_until(SOON, || self.calls().iter().filter(|made| *made == call).count() >= times);
        let log = || self.stage.lab.log_tail();
        assert!(found, "{}: no {times} calls of {call:?}: {:#?}\n{}", self.stage.who, self.calls(), log());
    }

    /// Waits until both scripts of an instance have been told a state so many times: keepalived runs those of the next
    /// event beside them.
    pub(crate) fn wait_for_all(&self, name: &str, state: &str, times: usize) {
        self.wait_for(&format!("any INSTANCE {name} {state} 200"), times);
        self.wait_for(&format!("{name} own-{}", state.to_lowercase()), times);
    }

    /// Waits until a line was read from both FIFOs: keepalived drops what nobody has read when it reloads.
    pub(crate) fn wait_for_line(&self, line: &str) {
        for reader in &self.readers {
            let read = || reader.lines().iter().any(|read| read == line);
            assert!(netlab::poll_until(SOON, read), "no line {line:?}: {:#?}", reader.lines());
        }
    }

    /// Everything, once the daemon has ended.
    pub(crate) fn end(self) -> Heard {
        self.over.store(true, Ordering::Release);
        let calls = self.calls();
        let [all, vrrp] = self.readers.map(Reader::end);
        Heard { calls, all, vrrp }
    }
}

/// Reads a FIFO, and that which takes its place.
struct Reader {
    text: Arc<Mutex<Vec<u8>>>,
    thread: JoinHandle<()>,
}

impl Reader {
    fn start(path: PathBuf, over: Arc<AtomicBool>) -> Self {
        let text = Arc::new(Mutex::new(Vec::new()));
        let written = Arc::clone(&text);
        Self { text, thread: thread::spawn(move || read(&path, &over, &written)) }
    }

    fn lines(&self) -> Vec<String> {
        let text = self.text.lock().unwrap();
        String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
    }

    fn end(self) -> Vec<String> {
        let Self { text, thread } = self;
        thread.join().unwrap();
        let text = text.lock().unwrap();
        String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
    }
}

/// Reads to the end, again and again, until all is over.
fn read(path: &Path, over: &AtomicBool, text: &Mutex<Vec<u8>>) {
    loop {
        let last = over.load(Ordering::Acquire);
        let mut options = OpenOptions::new();
        if let Ok(mut fifo) = options.read(true).custom_flags(libc::O_NONBLOCK).open(path) {
            rustix::io::ioctl_fionbio(&fifo, false).unwrap();
            let mut octets = [0; 1024];
            while let Ok(count @ 1..) = fifo.read(&mut octets) {
                text.lock().unwrap().extend_from_slice(&octets[..count]);
            }
        }
        if last {
            return;
        }
        netlab::poll_until(Duration::from_millis(5), || over.load(Ordering::Acquire));
    }
}
