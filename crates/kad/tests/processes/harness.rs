//! A daemon under test: its own directory, its log as lines to wait for.

use std::io::{BufRead, BufReader};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

/// The longest any single wait may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The interface of the instances.
const INTERFACE: &str = "kad0";

/// One instance, on an interface the harness makes.
pub(crate) const GOOD: &str = "global_defs {
 router_id test
}
vrrp_instance VI_1 {
 interface kad0
 virtual_router_id 51
 advert_int 1
 virtual_ipaddress {
  192.0.2.1/24
 }
}
";

/// A keyword without its value: no daemon starts with it.
pub(crate) const BROKEN: &str = "vrrp_instance VI_1 {
 virtual_router_id
}
";

/// An instance without its virtual router: a daemon would start, without the instance.
pub(crate) const REJECTED: &str = "vrrp_instance VI_1 {
 interface kad0
 virtual_ipaddress {
  192.0.2.1/24
 }
}
";

/// A configuration of many instances, half of them IPv6.
pub(crate) fn many_instances(count: u32) -> String {
    (0..count)
        .map(|n| {
            let (vrid, group) = (n % 250 + 1, n / 250);
            format!(
                "vrrp_instance V{n} {{\n interface kad{group}\n virtual_router_id {vrid}\n \
                 virtual_ipaddress {{\n  10.{group}.{vrid}.1/24\n }}\n}}\n"
            )
        })
        .collect()
}

/// The directory of one test, removed with it.
pub(crate) struct Home {
    directory: PathBuf,
}

impl Home {
    pub(crate) fn new(configuration: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        prepare_namespace();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let directory = std::env::temp_dir().join(format!("kad-processes-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let home = Self { directory };
        home.configure(configuration);
        home
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    pub(crate) fn configure(&self, configuration: &str) {
        std::fs::write(self.path("kad.conf"), configuration).unwrap();
    }

    pub(crate) fn pid_file(&self) -> PathBuf {
        self.path("parent.pid")
    }

    pub(crate) fn vrrp_pid_file(&self) -> PathBuf {
        self.path("vrrp.pid")
    }

    /// The daemon's command, quiet and with files of its own.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kad"));
        command.env("TMPDIR", &self.directory).arg("-G").arg("-f").arg(self.path("kad.conf"));
        command.arg("-p").arg(self.pid_file()).arg("-r").arg(self.vrrp_pid_file());
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _removed = std::fs::remove_dir_all(&self.directory);
    }
}

/// Makes the interfaces; refuses to touch the network of the machine.
fn prepare_namespace() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let links = Command::new("ip").args(["-o", "link"]).output().unwrap().stdout;
        let links = String::from_utf8_lossy(&links).into_owned();
        let alone = links.lines().all(|line| line.contains(": lo:"));
        assert!(alone, "run this in a network namespace of its own (unshare -n); here is\n{links}");
        ip("link set lo up");
        for n in 0..4 {
            ip(&format!("link add kad{n} type veth peer name peer{n}"));
            ip(&format!("addr add 192.0.2.{}/24 dev kad{n}", 10 + n));
            ip(&format!("link set kad{n} up"));
            ip(&format!("link set peer{n} up"));
        }
        assert!(GOOD.contains(INTERFACE));
    });
}

fn ip(words: &str) {
    let status = Command::new("ip").args(words.split(' ')).status().unwrap();
    assert!(status.success(), "ip {words}");
}

/// A running daemon.
#[derive(Debug)]
pub(crate) struct Daemon {
    child: Child,
    log: Receiver<String>,
    seen: Vec<String>,
}

impl Daemon {
    /// Starts one with `-n -l`.
    pub(crate) fn foreground(home: &Home, options: &[&str]) -> Self {
        Self::foreground_of(home.command(), options)
    }

    /// As [`Self::foreground`], with a command of the caller's.
    pub(crate) fn foreground_of(mut command: Command, options: &[&str]) -> Self {
        command.args(["-n", "-l"]).args(options).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (sender, log) = channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self { child, log, seen: Vec::new() }
    }

    /// Starts one and waits until it runs.
    pub(crate) fn running(home: &Home, options: &[&str]) -> Self {
        let mut daemon = Self::foreground(home, options);
        daemon.wait_for("Startup complete");
        daemon
    }

    /// Starts one without `-n`; the exit code of the starter.
    pub(crate) fn background(home: &Home) -> Option<i32> {
        home.command().stderr(Stdio::null()).status().unwrap().code()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, name: &str) {
        kill(self.pid(), name);
    }

    /// Waits for a line of the log that holds `text`, after the last one waited for.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) {
        let end = deadline();
        loop {
            match self.log.recv_timeout(remaining(end)) {
                Ok(line) => {
                    let found = line.contains(text);
                    self.seen.push(line);
                    if found {
                        return;
                    }
                }
                Err(RecvTimeoutError::Timeout) => panic!("no {text:?} in\n{}", self.seen.join("\n")),
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("ended before {text:?}\n{}", self.seen.join("\n"))
                }
            }
        }
    }

    /// Waits for its end; `None` when it was killed.
    #[track_caller]
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        assert!(gone(self.pid()), "still running:\n{}", self.seen.join("\n"));
        self.child.wait().unwrap().code()
    }

    /// Stops it in good order.
    #[track_caller]
    pub(crate) fn stop(self) {
        self.signal("TERM");
        self.stopped();
    }

    /// Waits for its end in good order.
    #[track_caller]
    pub(crate) fn stopped(mut self) {
        assert_eq!(self.exit_code(), Some(0));
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Of a test that failed; one that passed has ended it.
        let _killed = self.child.kill();
        let _waited = self.child.wait();
    }
}

#[expect(clippy::disallowed_methods, reason = "a test's patience is measured by the real clock")]
fn deadline() -> Instant {
    Instant::now() + PATIENCE
}

#[expect(clippy::disallowed_methods, reason = "a test's patience is measured by the real clock")]
fn remaining(end: Instant) -> Duration {
    end.saturating_duration_since(Instant::now())
}

/// Sends a signal by its name.
pub(crate) fn kill(pid: u32, signal: &str) {
    let status = Command::new("kill").arg(format!("-{signal}")).arg(pid.to_string()).status().unwrap();
    assert!(status.success(), "kill -{signal} {pid}");
}

/// Sends a signal to all children of a process; one that has just ended is none.
pub(crate) fn kill_children(pid: u32, signal: &str) {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    assert!(!children.is_empty(), "{pid} has no children");
    for child in children.split_whitespace() {
        let _ended = Command::new("kill").arg(format!("-{signal}")).arg(child).stderr(Stdio::null()).status();
    }
}

/// The number in a pid file.
#[track_caller]
pub(crate) fn pid_in(path: &Path) -> u32 {
    std::fs::read_to_string(path).unwrap().trim().parse().unwrap()
}

/// Whether a process ends within the patience. A zombie has ended.
pub(crate) fn gone(pid: u32) -> bool {
    let pid = Pid::from_raw(pid.cast_signed()).unwrap();
    let Ok(pidfd): Result<OwnedFd, _> = pidfd_open(pid, PidfdFlags::empty()) else { return true };
    let limit = Timespec::try_from(PATIENCE).unwrap();
    poll(&mut [PollFd::new(&pidfd, PollFlags::IN)], Some(&limit)).unwrap() == 1
}

/// Waits until a file is there; it appears whole.
pub(crate) fn wait_for_file(path: &Path) -> String {
    use rustix::fs::inotify;
    let watch = inotify::init(inotify::CreateFlags::CLOEXEC).unwrap();
    inotify::add_watch(&watch, path.parent().unwrap(), inotify::WatchFlags::MOVED_TO).unwrap();
    let end = deadline();
    while !path.exists() {
        let limit = Timespec::try_from(remaining(end)).unwrap();
        assert_eq!(
            poll(&mut [PollFd::new(&watch, PollFlags::IN)], Some(&limit)).unwrap(),
            1,
            "no {}",
            path.display()
        );
        let mut events = [std::mem::MaybeUninit::uninit(); 4096];
        inotify::Reader::new(&watch, &mut events).next().unwrap();
    }
    std::fs::read_to_string(path).unwrap()
}

/// Waits until a pid file has a number.
pub(crate) fn wait_for_pid(path: &Path) -> u32 {
    use rustix::fs::inotify;
    let watch = inotify::init(inotify::CreateFlags::CLOEXEC).unwrap();
    let events = inotify::WatchFlags::MODIFY | inotify::WatchFlags::CREATE;
    inotify::add_watch(&watch, path.parent().unwrap(), events).unwrap();
    let end = deadline();
    loop {
        if let Some(pid) = std::fs::read_to_string(path).ok().and_then(|text| text.trim().parse().ok()) {
            return pid;
        }
        let limit = Timespec::try_from(remaining(end)).unwrap();
        assert_eq!(
            poll(&mut [PollFd::new(&watch, PollFlags::IN)], Some(&limit)).unwrap(),
            1,
            "no {}",
            path.display()
        );
        let mut events = [std::mem::MaybeUninit::uninit(); 4096];
        inotify::Reader::new(&watch, &mut events).next().unwrap();
    }
}

/// A network namespace with a name and the interface of [`GOOD`], deleted at the end.
pub(crate) struct NamedNamespace(&'static str);

impl NamedNamespace {
    pub(crate) fn new(name: &'static str) -> Self {
        ip(&format!("netns add {name}"));
        let namespace = Self(name);
        ip(&format!("-n {name} link add kad0 type veth peer name peer0"));
        ip(&format!("-n {name} addr add 192.0.2.10/24 dev kad0"));
        ip(&format!("-n {name} link set kad0 up"));
        ip(&format!("-n {name} link set peer0 up"));
        namespace
    }
}

impl Drop for NamedNamespace {
    fn drop(&mut self) {
        let _deleted = Command::new("ip").args(["netns", "delete", self.0]).status();
    }
}
