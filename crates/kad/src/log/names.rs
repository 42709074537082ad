//! Idents and log file names.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use super::Process;

/// The ident of a process in syslog; `suffix` is `_NAMESPACE_INSTANCE`.
pub(super) fn ident(process: Process, suffix: &str) -> String {
    let name = match process {
        Process::Parent => "Keepalived",
        Process::Vrrp => "Keepalived_vrrp",
    };
    format!("{name}{suffix}")
}

/// The log file of a process: a relative name is one of `directory`; what tells processes, namespaces and
/// instances apart stands before the extension.
pub(super) fn file(base: &Path, directory: &Path, process: Process, suffix: &str) -> PathBuf {
    let process = match process {
        Process::Parent => "",
        Process::Vrrp => "_vrrp",
    };
    let name = base.file_name().unwrap_or(OsStr::new("keepalived.log")).as_bytes();
    let dot = name.iter().rposition(|&octet| octet == b'.').unwrap_or(name.len());
    let name = [&name[..dot], process.as_bytes(), suffix.as_bytes(), &name[dot..]].concat();
    directory.join(base.with_file_name(OsString::from_vec(name)))
}
