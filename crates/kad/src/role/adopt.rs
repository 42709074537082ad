//! What a process takes from the configuration for itself: names and umask. How it is scheduled is `turns`.

use std::ffi::{CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use kaconf::model::{Global, Process};
use rustix::fs::Mode;

use crate::cli::Options;
use crate::log;

/// Permissions withheld from files unless the user says otherwise.
const DEFAULT_UMASK: u32 = 0o177;

/// Takes over what a configuration says about the VRRP process. To be called with every configuration.
pub(crate) fn adopt(options: &Options, global: &Global) {
    log::rename(options.namespace_or(global.net_namespace.as_deref()), global.instance.as_deref());
    set_umask(options.umask.or(Some(global.umask)));
    take_process(&global.vrrp, global.process_names.then_some("keepalived_vrrp"));
}

/// Takes over the name of a process; `default` is its name when it has none of its own.
pub(crate) fn take_process(process: &Process, default: Option<&str>) {
    if let Some(name) = process.name.as_deref().or(default) {
        set_name(name.as_bytes());
    }
}

/// Names the process as its command is called; it was started through /proc/self/exe.
pub(crate) fn take_name(command: Option<&OsStr>) {
    let name = command.and_then(|command| Path::new(command).file_name()).unwrap_or(OsStr::new("kad"));
    set_name(name.as_bytes());
}

/// Withholds permissions from the files of this process.
pub(crate) fn set_umask(mask: Option<u32>) {
    rustix::process::umask(Mode::from_raw_mode(mask.unwrap_or(DEFAULT_UMASK) & 0o777));
}

/// The kernel keeps 15 octets.
fn set_name(name: &[u8]) {
    if let Ok(name) = CString::new(&name[..name.len().min(15)]) {
        // Only a bad pointer could fail here.
        let _set = rustix::thread::set_name(&name);
    }
}
