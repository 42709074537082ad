//! The processes of the daemon, seen from outside: the real binary, started, killed, stopped, stood still.
//!
//! Run in a network namespace of its own; every wait is for an event and bounded.
#![expect(clippy::unwrap_used, reason = "a test fails by its panic")]

#[path = "processes/harness.rs"]
mod harness;
#[path = "processes/reloading.rs"]
mod reloading;
#[path = "processes/scheduling.rs"]
mod scheduling;
#[path = "processes/several.rs"]
mod several;

use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::time::Duration;

use harness::{Daemon, GOOD, Home, gone, kill, pid_in};

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn it_starts_writes_its_pid_files_and_stops() {
    let home = Home::new(GOOD);
    let mut daemon = Daemon::foreground(&home, &[]);
    daemon.wait_for("Starting VRRP child process, pid=");
    daemon.wait_for("Startup complete");
    assert_eq!(pid_in(&home.pid_file()), daemon.pid());
    assert_ne!(pid_in(&home.vrrp_pid_file()), daemon.pid());
    assert_eq!(home.pid_file().metadata().unwrap().permissions().mode() & 0o777, 0o644);
    daemon.signal("TERM");
    daemon.wait_for("Stopping");
    daemon.wait_for("Stopped kad v");
    assert_eq!(daemon.exit_code(), Some(0));
    assert!(!home.pid_file().exists() && !home.vrrp_pid_file().exists(), "pid files are left");
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn a_second_daemon_is_refused_and_the_first_does_not_notice() {
    let home = Home::new(GOOD);
    let first = Daemon::running(&home, &[]);
    let mut second = Daemon::foreground(&home, &[]);
    second.wait_for("daemon is already running");
    assert_eq!(second.exit_code(), Some(1));
    assert_eq!(pid_in(&home.pid_file()), first.pid());
    first.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn a_killed_child_is_restarted_at_once() {
    let home = Home::new(GOOD);
    let mut daemon = Daemon::running(&home, &[]);
    let child = pid_in(&home.vrrp_pid_file());
    kill(child, "KILL");
    daemon.wait_for("exited due to signal 9");
    daemon.wait_for("died: Respawning");
    daemon.wait_for("Starting VRRP child process, pid=");
    assert_ne!(pid_in(&home.vrrp_pid_file()), child);
    daemon.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn without_respawn_the_daemon_ends_with_its_child() {
    let home = Home::new(GOOD);
    let mut daemon = Daemon::running(&home, &["-R"]);
    kill(pid_in(&home.vrrp_pid_file()), "KILL");
    daemon.wait_for("died: Exiting");
    assert_eq!(daemon.exit_code(), Some(0));
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn a_killed_parent_takes_its_child_along_and_blocks_no_successor() {
    let home = Home::new(GOOD);
    let mut daemon = Daemon::running(&home, &[]);
    let child = pid_in(&home.vrrp_pid_file());
    daemon.signal("KILL");
    // Not waited for yet: for its successor the parent is a zombie, the child an orphan that stops.
    let successor = Daemon::running(&home, &[]);
    assert!(gone(child), "the orphan {child} is still there");
    assert_eq!(daemon.exit_code(), None);
    successor.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn a_child_that_stands_still_is_restarted() {
    let home = Home::new(GOOD);
    let mut daemon = Daemon::running(&home, &["--kad-heartbeat-limit=400"]);
    let child = pid_in(&home.vrrp_pid_file());
    kill(child, "STOP");
    daemon.wait_for("has not answered for 0.4 s, killing it");
    daemon.wait_for("Starting VRRP child process, pid=");
    assert_ne!(pid_in(&home.vrrp_pid_file()), child);
    daemon.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn a_child_that_does_not_stop_is_killed() {
    let home = Home::new(&format!("child_wait_time 1\n{GOOD}"));
    let mut daemon = Daemon::running(&home, &[]);
    kill(pid_in(&home.vrrp_pid_file()), "STOP");
    daemon.signal("TERM");
    daemon.signal("TERM");
    daemon.wait_for("does not stop, killing it");
    assert_eq!(daemon.exit_code(), Some(0));
    assert!(!home.pid_file().exists());
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn in_the_background_the_starter_ends_when_it_runs() {
    let home = Home::new(GOOD);
    assert_eq!(Daemon::background(&home), Some(0));
    let (parent, child) = (pid_in(&home.pid_file()), pid_in(&home.vrrp_pid_file()));
    for (pid, stream) in [parent, child].into_iter().flat_map(|pid| (0..3).map(move |stream| (pid, stream))) {
        let held = std::fs::read_link(format!("/proc/{pid}/fd/{stream}")).unwrap();
        assert_eq!(held, std::path::Path::new("/dev/null"), "stream {stream} of {pid}");
    }
    kill(parent, "TERM");
    assert!(gone(parent) && gone(child), "{parent} or {child} is still there");
    assert!(!home.pid_file().exists());
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn in_the_background_the_starter_sees_that_the_configuration_is_broken() {
    let home = Home::new(harness::BROKEN);
    assert_eq!(Daemon::background(&home), Some(2));
    assert!(!home.pid_file().exists());
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn a_reload_with_a_file_that_would_not_start_changes_nothing() {
    let home = Home::new(GOOD);
    let mut daemon = Daemon::running(&home, &[]);
    let child = pid_in(&home.vrrp_pid_file());
    for bad in [
        harness::BROKEN,
        harness::REJECTED,
        &GOOD.replace("global_defs {", "instance another\nglobal_defs {"),
    ] {
        home.configure(bad);
        daemon.signal("HUP");
        daemon.wait_for("Reloading ...");
        daemon.wait_for("Reload abandoned, nothing is changed");
        assert_eq!(pid_in(&home.vrrp_pid_file()), child);
    }
    home.configure(GOOD);
    daemon.signal("HUP");
    daemon.wait_for("Reload complete");
    assert_eq!(pid_in(&home.vrrp_pid_file()), child, "a reload restarted the child");
    daemon.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn a_reload_starts_and_stops_the_child_as_the_configuration_asks() {
    let home = Home::new("global_defs {\n}\n");
    let mut daemon = Daemon::foreground(&home, &[]);
    daemon.wait_for("Nothing to do");
    assert!(!home.vrrp_pid_file().exists());
    home.configure(GOOD);
    daemon.signal("HUP");
    daemon.wait_for("Starting VRRP child process, pid=");
    let child = pid_in(&home.vrrp_pid_file());
    home.configure("global_defs {\n}\n");
    daemon.signal("HUP");
    daemon.wait_for("Reload complete");
    assert!(gone(child), "the child {child} is still there");
    daemon.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn a_reload_while_the_child_stops_starts_another() {
    let home = Home::new(GOOD);
    let mut daemon = Daemon::running(&home, &[]);
    let child = pid_in(&home.vrrp_pid_file());
    // It stands still: it is sure to be there yet when the second reload comes.
    kill(child, "STOP");
    home.configure("global_defs {\n}\n");
    daemon.signal("HUP");
    daemon.wait_for("Reload complete");
    home.configure(GOOD);
    daemon.signal("HUP");
    daemon.wait_for("Reload postponed");
    kill(child, "CONT");
    daemon.wait_for("Reload complete");
    daemon.wait_for("Starting VRRP child process, pid=");
    assert!(gone(child), "the child {child} is still there");
    assert_ne!(pid_in(&home.vrrp_pid_file()), child);
    daemon.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn a_child_that_does_not_stop_for_a_reload_is_killed() {
    let home = Home::new(&GOOD.replace("global_defs {", "global_defs {\n child_wait_time 1"));
    let mut daemon = Daemon::running(&home, &[]);
    let child = pid_in(&home.vrrp_pid_file());
    kill(child, "STOP");
    home.configure("child_wait_time 1\n");
    daemon.signal("HUP");
    daemon.wait_for("does not stop, killing it");
    assert!(gone(child), "the child {child} is still there");
    daemon.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn signals_for_all_processes_leave_the_reader_alone() {
    let home = Home::new(&harness::many_instances(1000));
    let mut daemon = Daemon::running(&home, &[]);
    for signal in ["USR1", "USR2", "HUP", "36", "63"] {
        daemon.signal("HUP");
        daemon.wait_for("Reloading ...");
        harness::kill_children(daemon.pid(), signal);
        daemon.wait_for("Reload complete");
    }
    daemon.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn reloads_that_come_at_once_end_with_the_last_file() {
    let home = Home::new(GOOD);
    let mut daemon = Daemon::running(&home, &[]);
    for _ in 0..5 {
        daemon.signal("HUP");
    }
    daemon.wait_for("Reload complete");
    home.configure(harness::BROKEN);
    daemon.signal("HUP");
    daemon.wait_for("Reload abandoned");
    daemon.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn a_slip_of_the_pen_at_a_reload_costs_nothing_that_runs() {
    let home = Home::new(GOOD);
    let mut daemon = Daemon::running(&home, &[]);
    for slip in [
        String::new(),
        GOOD.replacen("vrrp_instance", "vrrp_instanc", 1),
        GOOD.replacen("virtual_ipaddress", "virtual_ipaddres", 1),
        GOOD.replacen("vrrp_instance VI_1", "vrrp_instance \"VI_1", 1),
    ] {
        home.configure(&slip);
        daemon.signal("HUP");
        daemon.wait_for("an error that may be why");
    }
    home.configure(GOOD);
    daemon.signal("HUP");
    daemon.wait_for("Reload complete");
    daemon.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn every_process_writes_its_dump_on_a_signal_for_its_owner_alone() {
    let home = Home::new(GOOD);
    let daemon = Daemon::running(&home, &[]);
    for (signal, name, part) in [
        ("USR1", "keepalived_parent.data", "VRRP instances = 1"),
        ("USR1", "keepalived.data", "VI_1"),
        ("USR2", "keepalived.stats", "VRRP Instance: VI_1"),
        ("36", "keepalived.json", "\"iname\":\"VI_1\""),
        ("63", "keepalived.stats", "VRRP Instance: VI_1"),
    ] {
        let dump = home.path(name);
        let _old = std::fs::remove_file(&dump);
        daemon.signal(signal);
        let text = harness::wait_for_file(&dump);
        assert!(text.contains(part), "{name}:\n{text}");
        assert_eq!(dump.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
    daemon.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn a_child_is_restarted_though_its_program_was_replaced() {
    let home = Home::new(GOOD);
    let program = home.path("keepalived");
    // Not copied by this process: a test beside this one may fork while the copy is open for writing.
    let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_kad")).arg(&program).status().unwrap();
    assert!(copied.success());
    let kad = home.command();
    let mut command = Command::new(&program);
    command.args(kad.get_args());
    let mut daemon = Daemon::foreground_of(command, &[]);
    daemon.wait_for("Startup complete");
    std::fs::remove_file(&program).unwrap();
    std::fs::write(&program, "an upgrade under way").unwrap();
    kill(pid_in(&home.vrrp_pid_file()), "KILL");
    daemon.wait_for("Starting VRRP child process, pid=");
    let child = pid_in(&home.vrrp_pid_file());
    daemon.signal("HUP");
    daemon.wait_for("Reload complete");
    assert_eq!(std::fs::read_to_string(format!("/proc/{child}/comm")).unwrap(), "keepalived\n");
    daemon.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn the_parent_stays_small_whatever_the_configuration() {
    let home = Home::new(&harness::many_instances(1000));
    let daemon = Daemon::running(&home, &[]);
    let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.pid())).unwrap();
    let anonymous = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    let kib: u32 = anonymous.trim().trim_end_matches(" kB").parse().unwrap();
    // A program built for debugging has larger tables of its own, some 550 KiB more.
    let most = if cfg!(debug_assertions) { 1_400 } else { 800 };
    assert!(kib <= most, "the parent has {kib} KiB of anonymous memory");
    daemon.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn systemd_is_told_how_it_goes() {
    let home = Home::new(GOOD);
    let manager = UnixDatagram::bind(home.path("notify")).unwrap();
    manager.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let heard = || {
        let mut octets = [0; 200];
        let len = manager.recv(&mut octets).unwrap();
        String::from_utf8(octets[..len].to_vec()).unwrap()
    };
    let mut command = home.command();
    command.env("NOTIFY_SOCKET", home.path("notify"));
    let daemon = Daemon::foreground_of(command, &[]);
    let ready = format!("READY=1\nMAINPID={}", daemon.pid());
    assert_eq!(heard(), ready);
    daemon.signal("HUP");
    assert!(heard().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    assert_eq!(heard(), ready);
    daemon.signal("TERM");
    assert_eq!(heard(), "STOPPING=1");
    daemon.stopped();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn a_child_without_its_privileges_ends_the_daemon_with_its_code() {
    let home = Home::new(GOOD);
    let kad = home.command();
    let mut command = Command::new("setpriv");
    command
        .args(["--inh-caps=-net_raw", "--bounding-set=-net_raw"])
        .arg(kad.get_program())
        .args(kad.get_args());
    let mut daemon = Daemon::foreground_of(command, &[]);
    daemon.wait_for("exited with permanent error");
    assert!(matches!(daemon.exit_code(), Some(1 | 4)), "{daemon:?}");
    assert!(!home.pid_file().exists() && !home.vrrp_pid_file().exists());
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn a_console_that_nobody_reads_stops_nothing() {
    let home = Home::new(&harness::many_instances(1000));
    let mut command = home.command();
    command.args(["-n", "-l", "-D"]).stderr(std::process::Stdio::piped());
    let mut daemon = command.spawn().unwrap();
    // More than a pipe holds: both processes have a thread that waits for the console now.
    let child = harness::wait_for_pid(&home.vrrp_pid_file());
    harness::kill(daemon.id(), "USR1");
    harness::wait_for_file(&home.path("keepalived_parent.data"));
    harness::kill(daemon.id(), "TERM");
    assert!(gone(child) && gone(daemon.id()), "a full console keeps the daemon from stopping");
    assert_eq!(daemon.wait().unwrap().code(), Some(0));
    let waiting = rustix::io::ioctl_fionread(daemon.stderr.as_ref().unwrap()).unwrap();
    assert!(waiting > 60_000, "the pipe was not full: {waiting} octets");
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn it_runs_in_the_network_namespace_of_its_name() {
    let home = Home::new(&GOOD.replace("global_defs {", "net_namespace kad-test\nglobal_defs {"));
    let _namespace = harness::NamedNamespace::new("kad-test");
    let mut daemon = Daemon::running(&home, &[]);
    let there = std::fs::metadata("/run/netns/kad-test").unwrap();
    for pid in [daemon.pid(), pid_in(&home.vrrp_pid_file())] {
        let network = std::fs::metadata(format!("/proc/{pid}/ns/net")).unwrap();
        assert_eq!(
            std::os::unix::fs::MetadataExt::ino(&network),
            std::os::unix::fs::MetadataExt::ino(&there)
        );
    }
    assert!(std::path::Path::new("/run/keepalived/kad-test").is_dir());
    daemon.signal("TERM");
    assert_eq!(daemon.exit_code(), Some(0));
    assert!(!std::path::Path::new("/run/keepalived/kad-test").exists());
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn each_process_has_its_log_file_with_times_to_the_nanosecond() {
    let home = Home::new(GOOD);
    let mut daemon = Daemon::running(&home, &["-gka.log"]);
    daemon.signal("TERM");
    daemon.wait_for("Stopped kad v");
    assert_eq!(daemon.exit_code(), Some(0));
    for (name, text) in
        [("ka.log", "Starting VRRP child process"), ("ka_vrrp.log", "Entering BACKUP STATE (init)")]
    {
        let log = std::fs::read_to_string(home.path(name)).unwrap();
        let line = log.lines().find(|line| line.contains(text)).unwrap();
        // Sun Nov 22 21:11:59.123456789 2026: message
        let (time, _) = line.split_once(": ").unwrap();
        assert_eq!(time.len(), "Sun Nov 22 21:11:59.123456789 2026".len(), "{line}");
    }
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn what_this_version_does_not_serve_is_said_and_vrrp_runs() {
    let home = Home::new(&format!("{GOOD}virtual_server 192.0.2.1 80 {{\n protocol TCP\n}}\n"));
    let mut daemon = Daemon::foreground(&home, &["-D"]);
    daemon.wait_for("Virtual servers are not served by this version");
    daemon.wait_for("Startup complete");
    daemon.stop();
}
