//! How the kernel is told to run the VRRP process.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use rustix::event::{Timespec, poll};

use crate::harness::{Daemon, GOOD, Home, kill, pid_in};

/// What the kernel says of a process.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    name: String,
    nice: i32,
    /// `SCHED_OTHER` is 0, `SCHED_RR` 2.
    policy: u32,
    realtime: u32,
    locked: bool,
    cpus: String,
    /// `RLIMIT_RTTIME`, soft and hard.
    limit: String,
}

fn read(pid: u32, file: &str) -> String {
    std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap()
}

/// Fields of a `stat` by their numbers in proc(5).
fn stat(text: &str) -> BTreeMap<usize, String> {
    let (_, rest) = text.rsplit_once(") ").unwrap();
    rest.split_whitespace().enumerate().map(|(number, field)| (number + 3, field.to_owned())).collect()
}

fn look(pid: u32) -> Seen {
    let (stat, status, limits) = (stat(&read(pid, "stat")), read(pid, "status"), read(pid, "limits"));
    let of = |key: &str| status.lines().find_map(|line| line.strip_prefix(key)).unwrap().trim().to_owned();
    let limit = limits.lines().find_map(|line| line.strip_prefix("Max realtime timeout")).unwrap();
    Seen {
        name: read(pid, "comm").trim().to_owned(),
        nice: stat[&19].parse().unwrap(),
        realtime: stat[&40].parse().unwrap(),
        policy: stat[&41].parse().unwrap(),
        locked: of("VmLck:") != "0 kB",
        cpus: of("Cpus_allowed_list:"),
        limit: limit.split_whitespace().take(2).collect::<Vec<_>>().join(" "),
    }
}

/// Every thread but the first is an ordinary one, whatever the process is.
fn helpers_are_ordinary(pid: u32) {
    let mut helpers = 0;
    for task in std::fs::read_dir(format!("/proc/{pid}/task")).unwrap() {
        let task = task.unwrap();
        if task.file_name().to_string_lossy() != pid.to_string() {
            let stat = stat(&std::fs::read_to_string(task.path().join("stat")).unwrap());
            assert_eq!((&*stat[&19], &*stat[&41]), ("0", "0"), "nice value and policy of a helper");
            helpers += 1;
        }
    }
    assert!(helpers > 0, "a process without the thread of its log");
}

/// A process that does not run is late by no event.
fn pass(time: Duration) {
    assert_eq!(poll(&mut [], Some(&Timespec::try_from(time).unwrap())).unwrap(), 0);
}

fn with(lines: &str) -> String {
    GOOD.replace("global_defs {", &format!("global_defs {{\n {lines}"))
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn the_vrrp_process_runs_as_the_configuration_says_and_as_before_when_it_says_no_more() {
    let home = Home::new(GOOD);
    let mut daemon = Daemon::running(&home, &[]);
    let child = pid_in(&home.vrrp_pid_file());
    let plain = look(child);
    let told =
        "vrrp_priority -5\n vrrp_no_swap\n vrrp_cpu_affinity 0\n vrrp_process_name one\n process_name two";
    home.configure(&with(told));
    daemon.signal("HUP");
    daemon.wait_for("Reload complete");
    let seen = look(child);
    let want = Seen { name: "one".to_owned(), nice: -5, locked: true, cpus: "0".to_owned(), ..look(child) };
    assert_eq!(seen, want);
    assert_eq!(look(daemon.pid()).name, "two");
    home.configure(GOOD);
    daemon.signal("HUP");
    daemon.wait_for("Reload complete");
    assert_eq!(look(child), Seen { name: look(child).name, ..plain });
    daemon.stop();
    // The same from the start.
    home.configure(&with(told));
    let daemon = Daemon::running(&home, &[]);
    assert_eq!(look(pid_in(&home.vrrp_pid_file())), want);
    helpers_are_ordinary(pid_in(&home.vrrp_pid_file()));
    daemon.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn in_real_time_with_a_limit() {
    let home = Home::new(&with("vrrp_rt_priority 20\n vrrp_rlimit_rttime 60000"));
    let mut daemon = Daemon::running(&home, &[]);
    let child = pid_in(&home.vrrp_pid_file());
    let seen = look(child);
    // Without CAP_SYS_RESOURCE a limit cannot be lifted again, and is not set.
    let lifts = u64::from_str_radix(
        read(child, "status").lines().find_map(|line| line.strip_prefix("CapEff:")).unwrap().trim(),
        16,
    )
    .unwrap()
        >> 24
        & 1
        == 1;
    let limit = |soft: u32, hard: &str| format!("{soft} {}", if lifts { hard } else { "unlimited" });
    assert_eq!((seen.policy, seen.realtime, seen.limit), (2, 20, limit(30_000, "60000")));
    helpers_are_ordinary(child);
    home.configure(&with("vrrp_rt_priority 30"));
    daemon.signal("HUP");
    daemon.wait_for("Reload complete");
    let seen = look(child);
    assert_eq!(
        (seen.policy, seen.realtime, seen.limit),
        (2, 30, limit(5_000, "10000")),
        "keepalived's own limit"
    );
    home.configure(GOOD);
    daemon.signal("HUP");
    daemon.wait_for("Reload complete");
    let seen = look(child);
    assert_eq!((seen.policy, seen.realtime, &*seen.limit), (0, 0, "unlimited unlimited"));
    daemon.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn a_process_that_is_late_puts_itself_to_the_front() {
    // An address that no other test takes away: a master has a timer every second.
    let alone = |conf: &str| conf.replace("192.0.2.1/24", "192.0.2.71/24").replace("_id 51", "_id 71");
    let home = Home::new(&alone(&with("max_auto_priority 2\n min_auto_priority_delay 100000")));
    let mut daemon = Daemon::running(&home, &[]);
    let child = pid_in(&home.vrrp_pid_file());
    assert_eq!(look(child).policy, 0);
    daemon.wait_for("Entering MASTER STATE");
    for priority in [1, 2] {
        kill(child, "STOP");
        // Longer than to the next advert and the delay.
        pass(Duration::from_millis(1300));
        kill(child, "CONT");
        daemon.wait_for("A thread timer expired ");
        daemon.wait_for(&format!("Set realtime priority {priority}"));
        assert_eq!((look(child).policy, look(child).realtime), (2, priority));
    }
    home.configure(&alone(GOOD));
    daemon.signal("HUP");
    daemon.wait_for("Reload complete");
    assert_eq!(look(child).policy, 0, "what it gave itself is taken back with the permission");
    daemon.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn what_the_kernel_refuses_is_said_once_and_does_no_harm() {
    let told = "vrrp_priority -5\n vrrp_rt_priority 20\n max_auto_priority 10";
    let home = Home::new(&with(told));
    let kad = home.command();
    let mut command = Command::new("setpriv");
    command.args(["--inh-caps=-sys_nice", "--bounding-set=-sys_nice"]);
    command.arg(kad.get_program()).args(kad.get_args());
    for (key, value) in kad.get_envs() {
        command.env(key, value.unwrap());
    }
    let mut daemon = Daemon::foreground_of(command, &[]);
    daemon.wait_for("Unable to set process priority to -5");
    daemon.wait_for("cannot raise priority");
    daemon.wait_for("Entering MASTER STATE");
    assert_eq!(look(pid_in(&home.vrrp_pid_file())).policy, 0);
    daemon.stop();
}

/// The child processes of one.
fn children(pid: u32) -> String {
    std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap()
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn who_runs_scripts_is_there_before_the_first_one_is_due_and_again_when_it_died() {
    let home = Home::new(&GOOD.replace("advert_int 1", "advert_int 1\n notify_deleted /bin/true"));
    let mut daemon = Daemon::running(&home, &[]);
    let vrrp = pid_in(&home.vrrp_pid_file());
    let first = children(vrrp);
    let runner = first.trim().parse().expect("one child");
    // Longer than a second: one that dies sooner is not started again at once.
    daemon.wait_for("Entering MASTER STATE");
    kill(runner, "KILL");
    daemon.wait_for("the process that runs scripts died: another one runs");
    assert!(![&first, ""].contains(&children(vrrp).as_str()), "nobody took its place");
    daemon.stop();
}
