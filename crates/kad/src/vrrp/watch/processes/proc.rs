//! What `/proc` says of processes. Short reads of small files; a process that is gone meanwhile is not there.

use std::fs::{self, File};
use std::io::Read;

use super::pattern::Look;

/// Most octets read of a command line.
const LONGEST: usize = 16 * 1024;

/// What is to be looked at, as somebody wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interest {
    /// So much of the command line; `None` not at all. To read it the kernel may have to fetch memory of the process
    /// from its swap.
    pub(super) cmdline: Option<usize>,
    pub(super) comm: bool,
}

impl Interest {
    pub(super) fn new((full, short): (bool, bool), length: usize) -> Self {
        Self { cmdline: full.then_some(length.min(LONGEST)), comm: short }
    }
}

/// The numbers of all processes.
pub(super) fn pids() -> Vec<i32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// What a process looks like; `None` if it is gone.
pub(super) fn look(pid: i32, interest: Interest) -> Option<Look> {
    let cmdline = match interest.cmdline {
        Some(length) => Some(read(&format!("/proc/{pid}/cmdline"), length)?),
        None => None,
    };
    let comm = match interest.comm {
        true => {
            let mut comm = read(&format!("/proc/{pid}/comm"), 64)?;
            comm.pop_if(|last| *last == b'\n');
            Some(comm)
        }
        false => None,
    };
    Some(Look { comm, cmdline })
}

/// Whose child it is, and whether it has ended and only waits to be noticed.
pub(super) fn parent(pid: i32) -> Option<(i32, bool)> {
    let octets = read(&format!("/proc/{pid}/stat"), 512)?;
    // The short name may hold anything, so what follows is behind the last bracket.
    let end = octets.iter().rposition(|octet| *octet == b')')?;
    let text = std::str::from_utf8(octets.get(end + 1..)?).ok()?;
    let mut words = text.split_ascii_whitespace();
    let state = words.next()?;
    Some((words.next()?.parse().ok()?, matches!(state, "Z" | "X")))
}

fn read(path: &str, most: usize) -> Option<Vec<u8>> {
    let mut octets = vec![0; most];
    let mut file = File::open(path).ok()?;
    let length = file.read(&mut octets).ok()?;
    octets.truncate(length);
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_there() {
        let own = std::process::id() as i32;
        assert!(pids().contains(&own));
        let all = Interest::new((true, true), 4096);
        let look = look(own, all).unwrap();
        let program = std::env::args().next().unwrap();
        assert!(look.cmdline.unwrap().starts_with(program.as_bytes()));
        assert!(!look.comm.unwrap().contains(&b'\n'));
        let (parent, ended) = parent(own).unwrap();
        assert_eq!((parent, ended), (std::os::unix::process::parent_id() as i32, false));
        assert_eq!(super::look(0, all), None);
    }
}
