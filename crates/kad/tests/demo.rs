//! The demo for real: it ends well, as root and without, and leaves nothing behind however it ends.
#![expect(clippy::unwrap_used, reason = "a test fails by its panic")]

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// The demo takes 30 s; a busy machine may take longer to build the LAN and to take it down.
const LIMIT: Duration = Duration::from_secs(120);
/// An environment variable by which every process of a demo is known, whatever namespace it is in.
const MARK: &str = "KAD_DEMO_TEST";

/// A demo, with a folder of its own for all it writes.
struct Demo {
    name: String,
    folder: PathBuf,
    child: Child,
    lines: Receiver<String>,
    seen: String,
    interfaces: BTreeSet<String>,
}

impl Demo {
    /// Starts `wrapper` with the demo as its last words. The binary is copied to where every user may run it.
    fn start(name: &str, wrapper: &[&str], arguments: &[&str]) -> Self {
        let name = format!("{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(format!("kad-demo-test-{name}"));
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        let binary = folder.join("kad");
        fs::copy(env!("CARGO_BIN_EXE_kad"), &binary).unwrap();
        let scratch = folder.join("scratch");
        fs::create_dir(&scratch).unwrap();
        fs::set_permissions(&scratch, fs::Permissions::from_mode(0o777)).unwrap();
        let mut words: Vec<&str> = wrapper.to_vec();
        words.push(binary.to_str().unwrap());
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).arg("demo").args(arguments);
        command.env(MARK, &name).env("TMPDIR", &scratch).current_dir("/");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let interfaces = interfaces();
        let mut child = command.spawn().unwrap();
        let (send, lines) = mpsc::channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        Self { name, folder, child, lines, seen: String::new(), interfaces }
    }

    /// Reads on until a line contains `text`.
    fn wait_for(&mut self, text: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(LIMIT);
            let line = line.unwrap_or_else(|_| panic!("no {text:?} in:\n{}", self.seen));
            self.seen.push_str(&line);
            self.seen.push('\n');
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Its exit code and all that it printed.
    fn end(&mut self) -> (Option<i32>, String) {
        let mut status = None;
        netlab::poll_until(LIMIT, || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        while let Ok(line) = self.lines.recv_timeout(LIMIT) {
            self.seen.push_str(&line);
            self.seen.push('\n');
        }
        (status.expect("the demo ends").code(), self.seen.clone())
    }

    /// Every process that belongs to it, in whatever namespace.
    fn processes(&self) -> Vec<PathBuf> {
        let mark = format!("{MARK}={}", self.name);
        let marked = |process: &PathBuf| {
            let environment = fs::read(process.join("environ")).unwrap_or_default();
            environment.split(|octet| *octet == 0).any(|entry| entry == mark.as_bytes())
        };
        let entries = fs::read_dir("/proc").unwrap();
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(marked).collect()
    }

    /// The network namespaces of its processes, but for this test's own. None may have a name in the system, so
    /// that each ends with the last process in it. (Their numbers say nothing later: the kernel uses them again.)
    fn namespaces(&self) -> BTreeSet<String> {
        let of = |process: &Path| {
            let link = fs::read_link(process.join("ns/net")).ok()?;
            link.into_os_string().into_string().ok()
        };
        let own = of(Path::new("/proc/self"));
        let processes = self.processes();
        let theirs = processes.iter().filter_map(|process| of(process));
        let found: BTreeSet<String> = theirs.filter(|it| Some(it) != own.as_ref()).collect();
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
        assert!(found.iter().all(|namespace| !mounts.contains(namespace)), "{found:?} in:\n{mounts}");
        found
    }

    /// No process, so no namespace, no interface, no file is left. `namespaces` are those it had.
    fn left_nothing(&self, namespaces: &BTreeSet<String>) {
        // The switch, two hosts and a client: else there was nothing to leave.
        assert!(namespaces.len() >= 4, "{namespaces:?}");
        assert!(
            netlab::poll_until(Duration::from_secs(20), || self.processes().is_empty()),
            "left over: {:?}",
            self.processes()
        );
        let new: Vec<String> = interfaces().difference(&self.interfaces).cloned().collect();
        let ours = |name: &String| ["alpha", "beta", "client", "br0", "eth0"].contains(&name.as_str());
        assert!(!new.iter().any(ours), "{new:?}");
        let scratch: Vec<_> = fs::read_dir(self.folder.join("scratch")).unwrap().collect();
        assert!(scratch.is_empty(), "{scratch:?}");
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _buried = self.child.wait();
        let _removed = fs::remove_dir_all(&self.folder);
    }
}

/// The interfaces of the namespace this test is in.
fn interfaces() -> BTreeSet<String> {
    let entries = fs::read_dir("/sys/class/net").unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// What every good run prints.
fn assert_good(code: Option<i32>, text: &str) {
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("7 of 7 takeovers in the time the protocol gives"), "{text}");
    assert_eq!(text.matches("=> alpha is master").count(), 4, "{text}");
    assert_eq!(text.matches("=> beta is master").count(), 3, "{text}");
    assert!(text.contains("auth_pass 1111") && text.contains("client: answered by beta"), "{text}");
    assert!(text.contains("beta tells the LAN (ARP): 10.77.0.100 is here  *"), "{text}");
    for line in text.lines() {
        assert!(line.len() <= 80 && line.is_ascii() && !line.contains('\x1b'), "{line:?}");
    }
}

#[test]
#[ignore = "needs namespaces, takes 30 s: cargo xtask test --only demo"]
fn it_ends_well_and_is_kept_until_enter() {
    let mut demo = Demo::start("keep", &["env"], &["--keep"]);
    demo.wait_for("The LAN stays up");
    let alpha = demo.wait_for("  alpha");
    let namespaces = demo.namespaces();
    // What it says to type, typed, and given a command.
    let enter = alpha.trim().trim_start_matches("alpha").trim();
    let inside = Command::new("sh").args(["-c", &format!("{enter} -c 'ip -4 -o address'")]).output().unwrap();
    assert!(String::from_utf8_lossy(&inside.stdout).contains("10.77.0.100/24"), "{enter}: {inside:?}");
    demo.child.stdin.take().unwrap().write_all(b"\n").unwrap();
    let (code, text) = demo.end();
    let printed: Vec<&str> = text.lines().filter(|line| !line.contains("nsenter")).collect();
    assert_good(code, &printed.join("\n"));
    demo.left_nothing(&namespaces);
}

#[test]
#[ignore = "needs root to become nobody, takes 30 s: cargo xtask test --only demo"]
fn it_needs_no_root() {
    let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];
    let mut demo = Demo::start("rootless", &nobody, &[]);
    demo.wait_for("=> alpha is master");
    let namespaces = demo.namespaces();
    let (code, text) = demo.end();
    assert_good(code, &text);
    demo.left_nothing(&namespaces);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only demo"]
fn an_interrupt_ends_it_with_130_and_leaves_nothing() {
    let mut demo = Demo::start("interrupt", &["env"], &[]);
    demo.wait_for("=> alpha is master");
    let namespaces = demo.namespaces();
    kill_process(Pid::from_child(&demo.child), Signal::INT).unwrap();
    let (code, text) = demo.end();
    assert_eq!(code, Some(130), "{text}");
    assert!(text.contains("Interrupted."), "{text}");
    demo.left_nothing(&namespaces);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only demo"]
fn where_namespaces_are_forbidden_it_says_what_to_do() {
    // Inside, no further namespace of the kind a user needs may be made, and the capabilities are gone.
    let script = "echo 0 >/proc/sys/user/max_user_namespaces; \
                  echo 0 >/proc/sys/user/max_net_namespaces; exec \"$0\" demo 2>&1";
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "sh", "-ec", script, env!("CARGO_BIN_EXE_kad")])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    assert!(text.contains("does not let this user make namespaces"), "{text}");
    assert!(text.contains("sysctl -w user.max_user_namespaces=10000"), "{text}");
}
