//! `kad -t` over configurations found in the wild: whatever they hold, it ends in time and by itself, with one of
//! the exit codes of a configuration test.
//!
//! They are other people's and not part of the repository; `KAD_CORPUS` names the directory that holds them.
#![expect(clippy::unwrap_used, reason = "a test fails by its panic")]

use std::env;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// How long one file may take, a slow machine and a debug build considered.
const PATIENCE: Duration = Duration::from_secs(5);
/// What a configuration test may end with.
const CODES: [i32; 5] = [0, 2, 4, 5, 6];

fn configurations_below(directory: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap()).collect();
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        // A link is not followed: it may lead back up.
        if entry.file_type().unwrap().is_dir() {
            configurations_below(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "conf") {
            found.push(path);
        }
    }
}

/// How a configuration test ended; `None` if it had to be killed.
fn test_configuration(path: &Path) -> Option<ExitStatus> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kad"))
        .arg("-t")
        .arg("-f")
        .arg(path)
        // Includes are relative to the file, and a script that is looked for is looked for there.
        .current_dir(path.parent().unwrap())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let pid = Pid::from_child(&child);
    let (ended, end) = mpsc::channel();
    let waiter = thread::spawn(move || ended.send(child.wait().unwrap()));
    let status = end.recv_timeout(PATIENCE).ok();
    if status.is_none() {
        // Not yet waited for, so the number is still its own.
        let _ = kill_process(pid, Signal::KILL);
    }
    let _ = waiter.join();
    status
}

#[test]
#[ignore = "needs the corpus: cargo xtask test --only corpus"]
fn every_configuration_is_judged() {
    let directory = env::var_os("KAD_CORPUS").expect("KAD_CORPUS names a directory of configurations");
    let directory = fs::canonicalize(directory).unwrap();
    let mut files = Vec::new();
    configurations_below(&directory, &mut files);
    assert!(!files.is_empty(), "no .conf file below {}", directory.display());
    let mut wrong = Vec::new();
    for file in &files {
        match test_configuration(file) {
            None => wrong.push(format!("{}: takes longer than {PATIENCE:?}", file.display())),
            Some(status) if status.signal().is_some() || !CODES.contains(&status.code().unwrap_or(-1)) => {
                wrong.push(format!("{}: {status}", file.display()));
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), files.len(), wrong.join("\n"));
}
