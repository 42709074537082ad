//! The processes that hold the lab's namespaces, and by whose death the lab vanishes.
//!
//! The lab is one process namespace whose first process reads a pipe from us. When the pipe closes, because the
//! lab is dropped or because this program died in whatever way, that process ends everything in its namespace,
//! removes the scratch folder and goes; with the last process the kernel removes the network namespaces, which
//! have no name anywhere in the system.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::LabError;
use crate::enter::Entry;
use crate::tool;
use crate::tree;
use crate::wait;

/// How long a keeper may take to come up or to go.
const KEEPER_TIMEOUT: Duration = Duration::from_secs(20);

/// First process of the lab. `cat` ends when our end of the pipe closes; until then the shell waits for it and, as
/// first process, reaps every orphan. `$1` is the scratch folder.
const INIT: &str = r#"
    echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
    echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
    echo ready
    cat >/dev/null
    kill -9 -1 2>/dev/null
    exec rm -rf -- "$1"
"#;

/// Holder of one host's network namespace. No duplicate address detection: an address is usable at once. No
/// router is expected either.
const HOST: &str = r#"
    for scope in all default; do
        echo 0 >/proc/sys/net/ipv6/conf/$scope/accept_dad
        echo 0 >/proc/sys/net/ipv6/conf/$scope/accept_ra
    done
    echo ready
    exec cat >/dev/null
"#;

/// A process that holds namespaces until its pipe closes.
#[derive(Debug)]
pub(crate) struct Keeper {
    child: Child,
    pipe: Option<ChildStdin>,
    entry: Entry,
}

impl Keeper {
    /// The lab's first process, in new namespaces of every kind needed; in a user namespace too unless root
    /// suffices.
    pub(crate) fn init(scratch: &Path) -> Result<Self, LabError> {
        let root = rustix::process::geteuid().is_root();
        let with_root = root.then(|| Self::unshare(scratch, false));
        match with_root {
            Some(Ok(keeper)) => Ok(keeper),
            Some(Err(refused @ LabError::ToolMissing { .. })) => Err(refused),
            // Root of a container may lack the right, and yet be let into a user namespace.
            Some(Err(_)) | None => Self::unshare(scratch, true),
        }
    }

    fn unshare(scratch: &Path, rootless: bool) -> Result<Self, LabError> {
        let mut command = Command::new(tool::find("unshare")?);
        if rootless {
            command.args(["--user", "--map-root-user"]);
        }
        command.args(["--net", "--mount", "--propagation", "private", "--pid", "--mount-proc"]);
        command.args(["--fork", "--kill-child", "--"]);
        command.arg(tool::find("sh")?).args(["-c", INIT, "netlab"]).arg(scratch);
        let entry = Entry { nsenter: tool::find("nsenter")?, pid: 0, rootless };
        Self::start(command, entry).map_err(|error| match error {
            LabError::Ended { what, .. } => {
                LabError::NamespacesForbidden { reason: what, mend: crate::mend::namespaces() }
            }
            other => other,
        })
    }

    /// A new network namespace within the lab of `self`.
    pub(crate) fn host(&self) -> Result<Self, LabError> {
        let mut inner = Command::new("unshare");
        inner.args(["--net", "--"]).arg(tool::find("sh")?).args(["-c", HOST, "netlab-host"]);
        Self::start(self.entry.wrap(&inner)?, self.entry.clone())
    }

    /// Starts a keeper, in a process group of its own (the terminal's Ctrl-C is for us), and waits for its word.
    /// The holder itself is the child of what we start.
    fn start(mut command: Command, mut entry: Entry) -> Result<Self, LabError> {
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(LabError::io("start the keeper of a namespace"))?;
        let pipe = child.stdin.take();
        let ready = first_line(child.stdout.take());
        if ready.as_deref() == Some("ready")
            && let [holder, ..] = tree::children(child.id())[..]
        {
            entry.pid = holder;
            return Ok(Self { child, pipe, entry });
        }
        drop(pipe);
        let _ = child.kill();
        let _ = child.wait();
        let mut reason = String::new();
        let _ = child.stderr.take().map(|pipe| pipe.take(4096).read_to_string(&mut reason));
        let process = tool::show(&command);
        Err(LabError::Ended { process, what: reason.trim().to_owned(), logs: String::new() })
    }

    pub(crate) fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Lets everything in the keeper's namespaces end, and waits until it has.
    pub(crate) fn close(&mut self) {
        drop(self.pipe.take());
        if !matches!(wait::exit_status(&mut self.child, KEEPER_TIMEOUT), Ok(Some(_))) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.close();
    }
}

/// The first line of `pipe`, if it comes in time. The thread ends with the pipe.
fn first_line(pipe: Option<impl Read + Send + 'static>) -> Option<String> {
    let (send, receive) = mpsc::channel();
    let pipe = pipe?;
    thread::spawn(move || {
        let mut line = String::new();
        let _ = BufReader::new(pipe).read_line(&mut line);
        let _ = send.send(line.trim_end().to_owned());
    });
    receive.recv_timeout(KEEPER_TIMEOUT).ok()
}
