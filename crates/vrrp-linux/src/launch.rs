//! Starting programs as somebody else: fork and execute, and what went wrong on the way.
//!
//! Nobody is waited for: neither until a program is loaded, which its disk may delay, nor until it ends, which is
//! the caller's to notice. The caller should be a process that is small and does nothing else: a fork copies the
//! tables of all its memory.

use std::ffi::{CString, OsString};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use rustix::pipe::{PipeFlags, pipe_with};

use crate::error::Errno;
use crate::sys::{self, step};

/// What is kept from programs: whoever sets these may decide what is run.
const WITHHELD: [&str; 3] = ["IFS", "LD_LIBRARY_PATH", "LD_PRELOAD"];

/// Runs programs.
#[derive(Debug)]
pub struct Launcher {
    environment: Vec<CString>,
    complaints: OwnedFd,
    to_complain: OwnedFd,
}

/// A program and whom it runs as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Launch<'a> {
    /// Path and arguments. A path that begins with `<` or `>` is a redirection: the shell does it.
    pub command: &'a [Box<str>],
    /// User.
    pub uid: u32,
    /// Group, and the only supplementary one.
    pub gid: u32,
}

/// What became of a launch, where there is something to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hitch {
    /// The group could not be taken.
    Group(Errno),
    /// The supplementary groups could not be taken.
    Groups(Errno),
    /// The user could not be taken.
    User(Errno),
    /// The program could not be executed.
    Execute(Errno),
    /// It has no format that the kernel knows: the shell runs it.
    ByShell,
}

impl Launcher {
    /// One whose programs get the environment of this process, without what could lead them astray.
    ///
    /// # Errors
    /// Out of file descriptors.
    pub fn new() -> io::Result<Self> {
        let kept = std::env::vars_os().filter(|(name, _)| !WITHHELD.iter().any(|withheld| name == withheld));
        let environment = kept.filter_map(|(name, value)| assignment(name, &value)).collect();
        let (complaints, to_complain) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        Ok(Self { environment, complaints, to_complain })
    }

    /// Starts a program; gives its number, which is its process group's too.
    ///
    /// Standard streams, working directory, scheduling and limits are those of this process.
    ///
    /// # Errors
    /// No process to be had; a command that is empty or has a zero octet.
    pub fn start(&self, launch: &Launch<'_>) -> io::Result<rustix::process::Pid> {
        let by_shell = launch.command.first().is_some_and(|path| path.starts_with(['<', '>']));
        let argv = strings(launch.command)?;
        let shell = strings(&["sh", "-c", &quoted(launch.command)].map(Box::from))?;
        let ours = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        // Who is not root has no say in groups; and is the right one already, or nothing can be done.
        let stays = ours.0 != 0 && ours == (launch.uid, launch.gid);
        let child = sys::fork_exec(&sys::Image {
            path: if by_shell { sys::SHELL } else { &argv[0] },
            argv: if by_shell { &shell } else { &argv },
            shell: &shell,
            environment: &self.environment,
            identity: (!stays).then_some((launch.uid, launch.gid)),
            die_with_parent: !by_shell,
            complaints: self.to_complain.as_fd(),
        })?;
        rustix::process::Pid::from_raw(child).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    /// The next hitch of a child that was started. One is there before its child has ended.
    pub fn hitch(&self) -> Option<(i32, Hitch)> {
        let mut octets = [0; 12];
        let read = rustix::io::read(&self.complaints, &mut octets);
        let [pid, step, errno] = match read {
            Ok(12) => <[i32; 3]>::try_from(whole(&octets)).ok()?,
            _ => return None,
        };
        let errno = Errno(errno);
        let hitch = match step {
            step::GROUP => Hitch::Group(errno),
            step::GROUPS => Hitch::Groups(errno),
            step::USER => Hitch::User(errno),
            step::SHELL => Hitch::ByShell,
            _ => Hitch::Execute(errno),
        };
        Some((pid, hitch))
    }
}

fn whole(octets: &[u8; 12]) -> Vec<i32> {
    octets.chunks_exact(4).map(|four| i32::from_ne_bytes([four[0], four[1], four[2], four[3]])).collect()
}

fn assignment(name: OsString, value: &std::ffi::OsStr) -> Option<CString> {
    let mut octets = name.into_vec();
    octets.push(b'=');
    octets.extend_from_slice(value.as_bytes());
    CString::new(octets).ok()
}

fn strings(words: &[Box<str>]) -> io::Result<Vec<CString>> {
    if words.is_empty() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    words.iter().map(|word| Ok(CString::new(word.as_bytes())?)).collect()
}

/// A command line for the shell, each word quoted; but a redirection in front stays one.
fn quoted(words: &[Box<str>]) -> String {
    let quote = |word: &str| format!("'{}'", word.replace('\'', r"'\''"));
    let first = |word: &str| if word.starts_with(['<', '>']) { word.to_owned() } else { quote(word) };
    let line = words.iter().enumerate().map(|(n, word)| if n == 0 { first(word) } else { quote(word) });
    line.collect::<Vec<_>>().join(" ")
}

/// The numbers of a user and of its group, `None` if there is none. May ask a directory service and wait for it.
///
/// # Errors
/// The data base cannot be asked.
#[doc(alias = "getpwnam")]
pub fn user_by_name(name: &str) -> io::Result<Option<(u32, u32)>> {
    sys::user_by_name(&CString::new(name)?)
}

/// The number of a group, `None` if there is none. May ask a directory service and wait for it.
///
/// # Errors
/// The data base cannot be asked.
#[doc(alias = "getgrnam")]
pub fn group_by_name(name: &str) -> io::Result<Option<u32>> {
    sys::group_by_name(&CString::new(name)?)
}

#[cfg(test)]
mod tests;
