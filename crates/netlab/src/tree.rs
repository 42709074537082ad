//! Process trees, read from /proc.
//!
//! A crash is staged here: every process of a daemon dies before one of them can react to another's death.

use std::fs;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Signal, pidfd_send_signal};

use crate::wait;

/// The children of a process now.
pub(crate) fn children(pid: u32) -> Vec<u32> {
    let own = pid.to_string();
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter(|&candidate| parent(candidate).is_some_and(|parent| parent == own))
        .collect()
}

/// Parent of `pid` as /proc/PID/stat has it: the second field after the name, which may itself hold brackets.
fn parent(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(1).map(str::to_owned)
}

/// All that descend from `pid`, parents before children, `pid` itself left out.
pub(crate) fn descendants(pid: u32) -> Vec<u32> {
    let mut found = vec![pid];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        for child in children(parent) {
            if !found.contains(&child) {
                found.push(child);
            }
        }
        next += 1;
    }
    found.split_off(1)
}

/// Kills `pid` and all that descends from it as a power cut would: no process gets to see another one die.
///
/// Parents are stopped before their children are listed, so that none can start a new one; children are killed
/// before parents, because some watch their parent and leave in good order when it dies. `false` if some were
/// still there after `timeout`.
pub(crate) fn kill(pid: u32, timeout: Duration) -> bool {
    let mut frozen: Vec<(u32, OwnedFd)> = Vec::new();
    let mut found = vec![pid];
    while !found.is_empty() {
        for pid in found.drain(..) {
            let Some(handle) = wait::handle(pid) else { continue };
            let _ = pidfd_send_signal(&handle, Signal::STOP);
            frozen.push((pid, handle));
        }
        let known: Vec<u32> = frozen.iter().map(|(pid, _)| *pid).collect();
        found = descendants(pid).into_iter().filter(|pid| !known.contains(pid)).collect();
    }
    for (_, handle) in frozen.iter().rev() {
        let _ = pidfd_send_signal(handle, Signal::KILL);
    }
    frozen.iter().all(|(_, handle)| wait::ended(handle, timeout))
}

/// Whether /proc still knows the process, if only as a zombie.
pub(crate) fn exists(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::process::{Command, Stdio};

    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn a_killed_tree_runs_no_last_words() {
        // The child would say "orphan" if it outlived its parent, the parent "widow" if it outlived its child.
        let script = "exec 3<&0; sh -c 'echo up; read x; echo orphan' <&3 & wait; echo widow";
        let mut top = Command::new("sh")
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = top.stdout.take().unwrap();
        let mut up = [0; 3];
        out.read_exact(&mut up).unwrap();
        assert_eq!((&up, descendants(top.id()).len()), (b"up\n", 1));
        assert!(kill(top.id(), LONG));
        top.wait().unwrap();
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
    }

    #[test]
    fn the_dead_have_no_children() {
        let mut child = Command::new("true").spawn().unwrap();
        let pid = child.id();
        child.wait().unwrap();
        assert_eq!((descendants(pid), exists(pid)), (vec![], false));
    }
}
