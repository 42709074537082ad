//! Asking the kernel's module loader for `ip_vs`.

use std::fs;
use std::process::{Command, Stdio};

/// The program that loads modules, as the kernel itself would call it.
const LOADER: &str = "/proc/sys/kernel/modprobe";

/// Loads the module; whether that helped is seen by asking for the family again.
pub(super) fn load() {
    let loader = fs::read_to_string(LOADER).unwrap_or_default();
    let loader = loader.trim();
    if loader.is_empty() {
        return;
    }
    let mut command = Command::new(loader);
    command.args(["-q", "--", "ip_vs"]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let _status = command.status();
}
