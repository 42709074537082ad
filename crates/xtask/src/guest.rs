//! `cargo xtask guest PROGRAM`: runs a program in a guest kernel that has what the host's may lack: IPVS with all its
//! schedulers, ipvlan, dummy interfaces.
//!
//! The guest is Debian's User-Mode Linux, a kernel that is an ordinary process, with the host's own files as its root,
//! read-only: so every program and library of the host is there. What it writes to /tmp, /run and /var/tmp is gone with
//! it. It is root there, and nothing it does reaches the host.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use crate::exec;
use crate::repo;

/// Booting takes four seconds.
const LIMIT: Duration = Duration::from_secs(300);
/// What the guest says last.
const EXIT: &str = "guest-exit ";
/// Marks the command line as that of a guest, for whoever looks for what is left over.
const MEMORY: &str = "mem=1024M";

/// The first process of the guest. The program's output goes through a pipe: on a terminal, test programs use colours.
const INIT: &str = r#"#!/bin/bash
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
{
mount -t proc proc /proc
mount -t sysfs sys /sys
for place in /run /var/tmp /tmp; do mount -t tmpfs tmpfs $place; done
mkdir -p /run/netns /run/modules/lib/modules
ln -s /usr/lib/uml/modules/$(uname -r) /run/modules/lib/modules/
printf '#!/bin/sh\nexec modprobe -d /run/modules "$@"\n' >/run/modprobe
chmod +x /run/modprobe
echo /run/modprobe >/proc/sys/kernel/modprobe
ip link set lo up
} >/dev/null 2>&1
"$@" 2>&1 </dev/null | cat
echo "guest-exit ${PIPESTATUS[0]}"
halt -f >/dev/null 2>&1
"#;

/// What is run, and with what.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The program and its arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true, num_args = 1..)]
    program: Vec<String>,
}

/// Runs it; its exit code is the guest's.
pub(crate) fn run(options: &Options) -> ExitCode {
    match boot(&options.program) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("guest: {error}");
            ExitCode::FAILURE
        }
    }
}

fn boot(program: &[String]) -> io::Result<u8> {
    let kernel = repo::find("linux.uml").ok_or_else(|| {
        io::Error::other(
            "there is no linux.uml here: apt-get install --no-install-recommends user-mode-linux kmod",
        )
    })?;
    let folder = Folder::new()?;
    let init = folder.0.join("init");
    fs::write(&init, script(program)?)?;
    fs::set_permissions(&init, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    // In a process namespace of its own: the guest's helpers go with it whatever becomes of it.
    let mut command = repo::command("unshare", ["--pid", "--fork", "--kill-child"]);
    command.arg(kernel).args([MEMORY, "rootfstype=hostfs", "rootflags=/", "ro"]);
    command.arg(format!("init={}", init.display()));
    command.args(["con=null", "con0=fd:0,fd:1", "quiet", "panic=-1"]);
    let (end, lines) = exec::run_and_read(command, LIMIT);
    let code = lines.iter().rev().find_map(|line| line.trim().strip_prefix(EXIT)?.parse().ok());
    code.ok_or_else(|| io::Error::other(format!("the guest did not get to its end ({end})")))
}

/// The first process with the command in it: a kernel's command line is no place for words with blanks.
fn script(program: &[String]) -> io::Result<String> {
    let here = std::env::current_dir()?;
    let words: Vec<_> = program.iter().map(|word| quoted(word)).collect();
    let (first, rest) = INIT.split_once('\n').unwrap_or_default();
    Ok(format!("{first}\ncd {}\nset -- {}\n{rest}", quoted(&here.to_string_lossy()), words.join(" ")))
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A folder that goes with us.
struct Folder(PathBuf);

impl Folder {
    fn new() -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("kad-guest-{}", std::process::id()));
        fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(Path::new(&self.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_words() {
        let script = script(&["/bin/echo".into(), "a b".into(), "it's".into()]).unwrap();
        assert!(script.starts_with("#!/bin/bash\ncd '"));
        assert!(script.contains("\nset -- '/bin/echo' 'a b' 'it'\\''s'\nexport PATH="), "{script}");
    }
}
