//! What `/proc` says of a process: processor time, packets of its network namespace, memory, children.

use std::fs;
use std::io;
use std::time::Duration;

/// A process id of this namespace.
pub(super) type Pid = i32;

/// Processor time that all threads of a process have used so far, in user and kernel mode together
/// (`/proc/PID/task/*/schedstat`, first field, nanoseconds).
pub(super) fn cpu_time(pid: Pid) -> io::Result<Duration> {
    let mut nanos = 0;
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        // A thread may end between the listing and the look.
        let text = fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
        nanos += first_number(&text);
    }
    Ok(Duration::from_nanos(nanos))
}

/// Processor time of the whole machine since it began, of all cores: in use, and in all, in ticks (`/proc/stat`).
pub(super) fn machine_time() -> io::Result<(u64, u64)> {
    Ok(parse_machine(&fs::read_to_string("/proc/stat")?))
}

fn parse_machine(text: &str) -> (u64, u64) {
    let line = text.lines().next().unwrap_or_default();
    // user, nice, system, idle, iowait, irq, softirq, steal; what follows is counted in the first two already.
    let ticks: Vec<u64> =
        line.split_whitespace().skip(1).take(8).filter_map(|word| word.parse().ok()).collect();
    let all = ticks.iter().sum::<u64>();
    (all - ticks.iter().skip(3).take(2).sum::<u64>(), all)
}

/// Packets of all veth interfaces that a process sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Packets {
    pub(super) received: u64,
    pub(super) sent: u64,
}

/// Reads the counters of the process's network namespace.
pub(super) fn packets(pid: Pid) -> io::Result<Packets> {
    Ok(parse_packets(&fs::read_to_string(format!("/proc/{pid}/net/dev"))?))
}

fn parse_packets(text: &str) -> Packets {
    let mut all = Packets::default();
    for line in text.lines() {
        let Some((name, numbers)) = line.split_once(':') else { continue };
        let numbers: Vec<u64> = numbers.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        if let (true, Some(received), Some(sent)) =
            (name.trim().starts_with("veth"), numbers.get(1), numbers.get(9))
        {
            all.received += received;
            all.sent += sent;
        }
    }
    all
}

/// Packets that the raw sockets of the process's network namespace had no room for (`/proc/PID/net/raw`, last field).
pub(super) fn socket_drops(pid: Pid) -> io::Result<u64> {
    Ok(parse_drops(&fs::read_to_string(format!("/proc/{pid}/net/raw"))?))
}

fn parse_drops(text: &str) -> u64 {
    text.lines().skip(1).filter_map(|line| line.split_whitespace().next_back()?.parse::<u64>().ok()).sum()
}

/// Memory of one process, kB.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Memory {
    /// Resident in all.
    pub(super) resident: u64,
    /// Resident and backed by no file; pages shared with a forked child count in both.
    pub(super) anonymous: u64,
    /// Written by this process, and in no other.
    pub(super) private_dirty: u64,
    /// Resident, shared pages divided among those who share them.
    pub(super) proportional: u64,
}

/// Reads the memory of a process.
pub(super) fn memory(pid: Pid) -> io::Result<Memory> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    Ok(Memory {
        resident: field(&status, "VmRSS:"),
        anonymous: field(&status, "RssAnon:"),
        private_dirty: field(&rollup, "Private_Dirty:"),
        proportional: field(&rollup, "Pss:"),
    })
}

/// The process and all below it, parents first.
pub(super) fn tree(root: Pid) -> io::Result<Vec<Pid>> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse::<Pid>().ok()) else {
            continue;
        };
        let Ok(status) = fs::read_to_string(format!("/proc/{pid}/status")) else { continue };
        parents.push((pid, field(&status, "PPid:")));
    }
    let mut tree = vec![root];
    let mut next = 0;
    while let Some(&parent) = tree.get(next) {
        let below =
            parents.iter().filter(|(pid, above)| u64::try_from(parent) == Ok(*above) && !tree.contains(pid));
        let below: Vec<_> = below.map(|(pid, _)| *pid).collect();
        tree.extend(below);
        next += 1;
    }
    Ok(tree)
}

fn field(text: &str, name: &str) -> u64 {
    text.lines().find_map(|line| line.strip_prefix(name)).map_or(0, first_number)
}

fn first_number(text: &str) -> u64 {
    text.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_those_of_the_veths() {
        let text = "Inter-|   Receive |  Transmit\n face |bytes packets\n    lo: 9 9 0 0 0 0 0 0 9 9 0 0 0 0 0 0\n \
                    veth0: 100 2 0 0 0 0 0 0 300 5 0 0 0 0 0 0\n veth1: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n";
        assert_eq!(parse_packets(text), Packets { received: 3, sent: 6 });
    }

    #[test]
    fn idle_time_is_not_in_use() {
        assert_eq!(parse_machine("cpu  10 1 9 70 5 1 2 2 50 0\ncpu0 1 1 1 1\n"), (25, 100));
    }

    #[test]
    fn drops_are_those_of_all_sockets() {
        let text = "  sl  local_address rem_address   st tx_queue ... drops\n\
                    112: 00000000:0070 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 1 2 0000 7\n\
                    112: 00000000:0070 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 2 2 0000 2\n";
        assert_eq!(parse_drops(text), 9);
    }

    #[test]
    fn this_process_can_be_read() {
        let own = Pid::try_from(std::process::id()).unwrap();
        assert!(cpu_time(own).unwrap() > Duration::ZERO);
        let memory = memory(own).unwrap();
        assert!(memory.resident >= memory.anonymous && memory.anonymous > 0, "{memory:?}");
        assert_eq!(tree(own).unwrap()[0], own);
    }
}
