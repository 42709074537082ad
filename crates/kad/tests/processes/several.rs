//! Several daemons on one host, told apart by `instance`, `use_pid_dir` and `data_use_instance`.

use std::path::Path;

use crate::harness::{Daemon, GOOD, Home, pid_in, wait_for_file};

/// A command without pid files of its own: the configuration says where they are.
fn command(home: &Home) -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_kad"));
    command.env("TMPDIR", home.path("")).arg("-G").arg("-gka.log").arg("-f").arg(home.path("kad.conf"));
    command
}

fn daemon(home: &Home) -> Daemon {
    let mut daemon = Daemon::foreground_of(command(home), &[]);
    daemon.wait_for("Startup complete");
    daemon
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn daemons_of_different_instances_do_not_meet() {
    let file = |name: &str, vrid: &str, host: &str| {
        let conf = GOOD.replace("_id 51", &format!("_id {vrid}")).replace("192.0.2.1/24", host);
        format!("instance {name}\n{}", conf.replace("global_defs {", "global_defs {\n data_use_instance"))
    };
    let homes =
        [Home::new(&file("red", "61", "192.0.2.61/24")), Home::new(&file("blue", "62", "192.0.2.62/24"))];
    let daemons = homes.each_ref().map(daemon);
    for ((daemon, home), name) in daemons.iter().zip(&homes).zip(["red", "blue"]) {
        let place = |process: &str| format!("/run/keepalived/{process}_{name}.pid");
        assert_eq!(pid_in(Path::new(&place("keepalived"))), daemon.pid());
        let child = pid_in(Path::new(&place("vrrp")));
        assert_ne!(child, daemon.pid());
        daemon.signal("USR1");
        wait_for_file(&home.path(&format!("keepalived_parent.{name}.data")));
        let state = wait_for_file(&home.path(&format!("keepalived.{name}.data")));
        assert!(state.contains(&format!(" Instance name = {name}\n")), "{state}");
        assert!(home.path(&format!("ka_vrrp_{name}.log")).exists(), "its log has the instance in its name");
    }
    // The same once more is one too many.
    let mut second = Daemon::foreground_of(command(&homes[0]), &[]);
    second.wait_for("daemon is already running");
    assert_eq!(second.exit_code(), Some(1));
    daemons.into_iter().for_each(Daemon::stop);
    assert!(!Path::new("/run/keepalived/keepalived_red.pid").exists());
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn all_processes_run_without_configuration_if_told_to() {
    let home = Home::new("global_defs {\n}\n");
    let daemon = Daemon::running(&home, &["--all"]);
    assert_ne!(pid_in(&home.vrrp_pid_file()), daemon.pid());
    daemon.stop();
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only processes"]
fn files_are_for_whom_the_umask_says() {
    use std::os::unix::fs::PermissionsExt;
    // Of the log: dumps are for their owner alone, whatever is said.
    for (conf, options, mode) in [
        (GOOD.to_owned(), &["-gka.log"][..], 0o600),
        (GOOD.replace("global_defs {", "global_defs {\n umask 0022"), &["-gka.log"], 0o600),
        (GOOD.to_owned(), &["-gka.log", "--umask=0277"], 0o400),
    ] {
        let home = Home::new(&conf);
        let daemon = Daemon::running(&home, options);
        let log = home.path("ka_vrrp.log").metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(log, mode, "{options:?} {conf}");
        daemon.stop();
    }
}
