//! How a process of kad is started: this very binary, the arguments of the user, one more.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::Command;

use super::Role;

/// A command that starts `role`. Its standard streams are the caller's to set.
///
/// The binary is the running one, also when an upgrade has replaced its file.
pub(crate) fn command(arguments: &[OsString], role: Role) -> Command {
    let mut command = Command::new("/proc/self/exe");
    if let Some((name, rest)) = arguments.split_first() {
        command.arg0(name).args(rest);
    }
    command.arg(role.argument());
    if role != Role::Daemon {
        // The parent alone speaks with systemd; no script of a child shall.
        command.env_remove("NOTIFY_SOCKET");
    }
    command
}
