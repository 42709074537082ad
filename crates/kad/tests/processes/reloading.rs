//! When a reload is done and when not, and what it leaves behind.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::fs::inotify;

use crate::harness::{self, Daemon, GOOD, Home, pid_in, wait_for_file};

/// [`GOOD`] with more in `global_defs`.
fn with(home: &Home, lines: &str) -> String {
    let lines = lines.replace("HOME", &home.path("").display().to_string());
    GOOD.replace("global_defs {", &format!("global_defs {{\n {}", lines.trim_end()))
}

/// A home whose configuration has more in `global_defs`; `HOME` stands for its directory.
fn home(lines: &str) -> Home {
    let home = Home::new("");
    home.configure(&with(&home, lines));
    home
}

/// The time of now and some, as `date` writes it.
fn time(from_now: &str, form: &str) -> String {
    let out = Command::new("date").args(["-d", from_now, form]).output().unwrap();
    String::from_utf8(out.stdout).unwrap()
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn a_file_with_any_complaint_is_refused_where_it_is_tested_first() {
    let home = home("reload_check_config HOMEcheck.log");
    let good = with(&home, "reload_check_config HOMEcheck.log");
    let mut daemon = Daemon::running(&home, &[]);
    // A warning: C keepalived lives with it, and so does a reload that is not tested.
    home.configure(&good.replace("advert_int 1", "advert_int 1\n priority 300"));
    daemon.signal("HUP");
    daemon.wait_for("New config failed validation, see ");
    let log = std::fs::read_to_string(home.path("check.log")).unwrap();
    assert!(log.contains("300"), "{log}");
    home.configure(&good);
    daemon.signal("HUP");
    daemon.wait_for("Reload complete");
    assert_eq!(std::fs::read_to_string(home.path("check.log")).unwrap(), "", "the log is of the last test");
    daemon.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn a_file_says_that_the_configuration_is_being_read() {
    let home = home("reload_file HOMEreading");
    let marker = home.path("reading");
    let mut daemon = Daemon::running(&home, &[]);
    for before in [None, Some("by who writes the configuration")] {
        if let Some(text) = before {
            std::fs::write(&marker, text).unwrap();
        }
        let watch = inotify::init(inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK).unwrap();
        let events = inotify::WatchFlags::CREATE | inotify::WatchFlags::MODIFY | inotify::WatchFlags::DELETE;
        inotify::add_watch(&watch, home.path(""), events).unwrap();
        daemon.signal("HUP");
        daemon.wait_for("Reload complete");
        let mut space = [std::mem::MaybeUninit::uninit(); 4096];
        let mut reader = inotify::Reader::new(&watch, &mut space);
        let mut seen = Vec::new();
        while let Ok(event) = reader.next() {
            if event.file_name().is_some_and(|name| name.to_bytes() == b"reading") {
                seen.push(event.events());
            }
        }
        let first = if before.is_some() { inotify::ReadFlags::MODIFY } else { inotify::ReadFlags::CREATE };
        assert_eq!(seen, [first, inotify::ReadFlags::DELETE], "made or emptied, then removed");
    }
    daemon.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn a_reload_is_due_at_the_time_in_a_file() {
    let home = home("reload_time_file HOMEwhen");
    let when = home.path("when");
    let mut daemon = Daemon::running(&home, &[]);
    for (line, said) in [
        (time("1 hour", "+%Y-%m-%d %H:%M:%S"), "Scheduling reload for "),
        (time("2 hours", "+%y-%m-%d %H:%M:%S"), "Reload time updated from "),
        ("soon\n".to_owned(), "Invalid reload time 'soon' specified - ignoring"),
        (time("1 hour ago", "+%Y-%m-%d %H:%M:%S"), "Reload date/time is in the past - ignoring"),
        (time("1 hour", "+%Y-%m-%d %H:%M:%S"), "Scheduling reload for "),
    ] {
        std::fs::write(&when, line).unwrap();
        daemon.wait_for(said);
    }
    std::fs::remove_file(&when).unwrap();
    daemon.wait_for("Cancelling reload scheduled for ");
    std::fs::write(home.path("new"), time("2 seconds", "+%H:%M:%S")).unwrap();
    std::fs::rename(home.path("new"), &when).unwrap();
    daemon.wait_for("Scheduling reload for ");
    daemon.wait_for("Reloading ...");
    assert!(!when.exists(), "a time that is past is left");
    daemon.wait_for("Reload complete");
    // Every day: the file stays, and tomorrow is next.
    home.configure(&with(&home, "reload_time_file HOMEwhen\n reload_repeat"));
    daemon.signal("HUP");
    daemon.wait_for("Reload complete");
    std::fs::write(&when, time("2 seconds", "+%H:%M:%S")).unwrap();
    daemon.wait_for("Scheduling reload for ");
    daemon.wait_for("Scheduling reload for ");
    daemon.wait_for("Reload complete");
    assert!(when.exists());
    home.configure(GOOD);
    daemon.signal("HUP");
    daemon.wait_for("Reload complete");
    daemon.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn copies_of_what_was_read_and_how_it_stood_are_kept() {
    let home = home("config_save_dir HOMEsaved");
    let mut daemon = Daemon::running(&home, &[]);
    let (parent, child) = (daemon.pid(), pid_in(&home.vrrp_pid_file()));
    let saved = home.path("saved");
    daemon.signal("HUP");
    daemon.wait_for("Reload complete");
    wait_for_file(&saved.join(format!("keepalived_vrrp.{child}.1.post")));
    let wanted = [
        format!("keepalived.conf.{parent}.0"),
        format!("keepalived.conf.{parent}.1"),
        format!("keepalived_vrrp.{child}.1.post"),
        format!("keepalived_vrrp.{child}.1.pre"),
    ];
    assert_eq!(names(&saved), wanted);
    let path = |number: usize| -> PathBuf { saved.join(&wanted[number]) };
    let copy = std::fs::read_to_string(path(0)).unwrap();
    assert!(copy.contains("vrrp_instance VI_1 {"), "{copy}");
    let state = std::fs::read_to_string(path(2)).unwrap();
    assert!(state.contains(" VRRP Instance = VI_1"), "{state}");
    assert_eq!(path(0).metadata().unwrap().permissions().mode() & 0o777, 0o600, "it has passwords");
    daemon.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn what_needs_a_restart_is_refused_whole() {
    let home = Home::new(GOOD);
    let mut daemon = Daemon::running(&home, &[]);
    let root = |line: &str| format!("{line}\n{GOOD}");
    let global = |line: &str| GOOD.replace("global_defs {", &format!("global_defs {{\n {line}"));
    for (conf, what) in [
        (root("net_namespace_ipvs elsewhere"), "Cannot change IPVS network namespace at a reload"),
        (root("instance another"), "Cannot change instance name at a reload"),
        (global("disable_local_igmp"), "Cannot change disable_local_igmp at a reload"),
    ] {
        home.configure(&conf.replace("192.0.2.1/24", "192.0.2.2/24"));
        daemon.signal("HUP");
        daemon.wait_for(what);
    }
    daemon.signal("USR1");
    let state = wait_for_file(&home.path("keepalived.data"));
    assert!(state.contains("192.0.2.1/24") && !state.contains("192.0.2.2/24"), "{state}");
    daemon.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn the_configuration_is_told_in_the_log() {
    let home = Home::new(GOOD);
    let mut daemon = Daemon::foreground(&home, &["-d"]);
    for line in ["------< Global definitions >------", " Router ID = test", " VRRP Instance = VI_1"] {
        daemon.wait_for(line);
    }
    daemon.signal("HUP");
    daemon.wait_for("Reload");
    daemon.wait_for("------< VRRP Topology >------");
    daemon.stop();
}

/// Descriptors, threads and children of a process, and its memory in KiB.
fn held(pid: u32) -> ([usize; 3], u64) {
    let count = |directory: &str| std::fs::read_dir(format!("/proc/{pid}/{directory}")).unwrap().count();
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let anonymous = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    let memory = anonymous.trim().trim_end_matches(" kB").parse().unwrap();
    ([count("fd"), count("task"), children.split_whitespace().count()], memory)
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn many_reloads_of_many_instances_leave_nothing_behind() {
    let script = "vrrp_script chk {\n script /bin/true\n interval 1\n}\n";
    let conf = |priority: &str| {
        let all = harness::many_instances(300).replace(
            "\n virtual_ipaddress",
            &format!("\n priority {priority}\n track_script {{\n  chk\n }}\n virtual_ipaddress"),
        );
        format!("global_defs {{\n script_user root\n}}\n{script}{all}")
    };
    let home = Home::new(&conf("100"));
    let mut daemon = Daemon::running(&home, &[]);
    let pids = [daemon.pid(), pid_in(&home.vrrp_pid_file())];
    let mut before = None;
    for round in 0..12 {
        home.configure(&conf(if round % 2 == 0 { "120" } else { "90" }));
        daemon.signal("HUP");
        daemon.wait_for("Reload complete");
        // The first ones fill what is kept for good.
        if round == 3 {
            before = Some(pids.map(held));
        }
    }
    for ((pid, (counts, memory)), name) in pids.iter().zip(before.unwrap()).zip(["parent", "child"]) {
        let (now, grown) = held(*pid);
        // A script may be running at either moment; its runner holds it, not these two.
        assert_eq!(now, counts, "descriptors, threads, children of the {name}");
        assert!(grown <= memory + memory / 4 + 512, "the {name} grew from {memory} to {grown} KiB");
    }
    daemon.stop();
}
