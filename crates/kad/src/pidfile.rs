//! Pid files: where they are, and that only one daemon has them.
//!
//! What counts is the lock, not the number inside: a file left by a daemon that died, or by one that is a zombie,
//! is taken over. A lock is taken twice, by flock(2), which a child can share, and by fcntl(2), which newer
//! keepalived sees; an older keepalived, which locks nothing, is known by the number.

use std::fs::{File, Permissions};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FlockOperation, Mode, OFlags, fcntl_lock, flock};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::cli::Options;
use crate::ipc::ParentPart;

/// Pid files of daemons that may be several on one host.
pub(crate) const PID_DIRECTORY: &str = "/run/keepalived";

/// Pid files of the one daemon of a host.
const RUN_DIRECTORY: &str = "/run";

/// Why a pid file cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum PidFileError {
    /// Another daemon has it.
    #[error("daemon is already running: pid file {} is held", path.display())]
    AlreadyRunning {
        /// The file.
        path: PathBuf,
    },
    /// It is a directory, a device, a socket.
    #[error("pid file {} is not a regular file", path.display())]
    NotAFile {
        /// The file.
        path: PathBuf,
    },
    /// The kernel refused.
    #[error("pid file {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

/// Where the pid files of a daemon are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Paths {
    /// Of the parent.
    pub(crate) parent: PathBuf,
    /// Of the VRRP process.
    pub(crate) vrrp: PathBuf,
    /// The file that is there while the configuration is read (`reload_file`), if it has no other name.
    pub(crate) reload: PathBuf,
    /// Whether one of them is in [`PID_DIRECTORY`], which must be made.
    pub(crate) in_directory: bool,
}

impl Paths {
    /// As options and configuration say; an option stands above all.
    pub(crate) fn new(options: &Options, part: &ParentPart) -> Self {
        let namespace = options.namespace_or(part.net_namespace.as_deref());
        let many = part.use_pid_dir || part.instance.is_some() || namespace.is_some();
        let directory = Path::new(if many { PID_DIRECTORY } else { RUN_DIRECTORY });
        let path = |option: &Option<PathBuf>, name: &str| match (option, &part.instance) {
            (Some(path), _) => path.clone(),
            (None, Some(instance)) => directory.join(format!("{name}_{instance}.pid")),
            (None, None) => directory.join(format!("{name}.pid")),
        };
        Self {
            parent: path(&options.pid_file, "keepalived"),
            vrrp: path(&options.vrrp_pid_file, "vrrp"),
            reload: path(&None, "keepalived").with_extension("reload"),
            in_directory: many,
        }
    }
}

/// Makes [`PID_DIRECTORY`], as everyone may read it; a failure shows when the pid file cannot be made.
pub(crate) fn make_directory(path: &Path) {
    if std::fs::create_dir(path).is_ok() {
        // The umask withheld more.
        let _opened = std::fs::set_permissions(path, Permissions::from_mode(0o755));
    }
}

/// A pid file that is ours.
#[derive(Debug)]
pub(crate) struct PidFile {
    path: PathBuf,
    file: File,
}

impl PidFile {
    /// Takes a pid file, empty.
    ///
    /// # Errors
    /// [`PidFileError::AlreadyRunning`] when another daemon has it.
    pub(crate) fn take(path: &Path) -> Result<Self, PidFileError> {
        let refused = |source: io::Error| PidFileError::Io { path: path.into(), source };
        let running = || PidFileError::AlreadyRunning { path: path.into() };
        // Whoever held it before may have removed it between open and lock; each round is then a new file, and
        // nobody can remove ten of them by chance.
        for _round in 0..10 {
            let file = open(path).map_err(refused)?;
            if !file.metadata().map_err(refused)?.is_file() {
                return Err(PidFileError::NotAFile { path: path.into() });
            }
            lock(&file)
                .map_err(|error| if error == Errno::AGAIN { running() } else { refused(error.into()) })?;
            if !is_at(&file, path) {
                continue;
            }
            if written(&file).is_some_and(is_unlocking_keepalived) {
                return Err(running());
            }
            file.set_len(0).map_err(refused)?;
            // 0644 as keepalived's, whatever the umask.
            file.set_permissions(Permissions::from_mode(0o644)).map_err(refused)?;
            return Ok(Self { path: path.into(), file });
        }
        Err(running())
    }

    /// As [`Self::take`], but waits for a predecessor that is just ending: a child whose parent was killed.
    ///
    /// # Errors
    /// [`PidFileError::AlreadyRunning`] when it does not end within `limit`.
    pub(crate) fn take_from_orphan(path: &Path, limit: Duration) -> Result<Self, PidFileError> {
        let first = Self::take(path);
        if !matches!(first, Err(PidFileError::AlreadyRunning { .. })) {
            return first;
        }
        let holder = open(path).ok().and_then(|file| written(&file));
        let Some(Ok(ended)) = holder.map(|pid| pidfd_open(pid, PidfdFlags::empty())) else {
            return Self::take(path);
        };
        tracing::info!("waiting for the process that holds pid file {}", path.display());
        // However it ends, the second try tells.
        let limit = Timespec::try_from(limit).ok();
        let _ended = poll(&mut [PollFd::new(&ended, PollFlags::IN)], limit.as_ref());
        Self::take(path)
    }

    /// Writes the number of a process.
    ///
    /// # Errors
    /// A full disk.
    pub(crate) fn write(&self, pid: u32) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.write_all_at(format!("{pid}\n").as_bytes(), 0)
    }

    /// Says that there is no process now; the lock stays.
    pub(crate) fn clear(&self) {
        // Without a number is better than with a wrong one, but no reason to stop.
        let _cleared = self.file.set_len(0);
    }

    /// Removes the file, unless another stands in its place.
    pub(crate) fn remove(self) {
        if is_at(&self.file, &self.path) {
            let _removed = std::fs::remove_file(&self.path);
        }
    }
}

impl AsFd for PidFile {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

fn open(path: &Path) -> io::Result<File> {
    // Neither follows a link nor waits at a FIFO.
    let flags = OFlags::RDWR
        | OFlags::CREATE
        | OFlags::NOFOLLOW
        | OFlags::NONBLOCK
        | OFlags::CLOEXEC
        | OFlags::NOCTTY;
    Ok(rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR)?.into())
}

/// `EAGAIN` when another process has a lock of either kind.
fn lock(file: &File) -> Result<(), Errno> {
    flock(file, FlockOperation::NonBlockingLockExclusive)?;
    match fcntl_lock(file, FlockOperation::NonBlockingLockExclusive) {
        Err(Errno::ACCESS) => Err(Errno::AGAIN),
        locked => locked,
    }
}

fn is_at(file: &File, path: &Path) -> bool {
    let (Ok(ours), Ok(there)) = (file.metadata(), path.symlink_metadata()) else { return false };
    (ours.dev(), ours.ino()) == (there.dev(), there.ino())
}

/// The number in a pid file.
fn written(file: &File) -> Option<Pid> {
    let mut octets = [0; 16];
    let len = file.read_at(&mut octets, 0).ok()?;
    let number: i32 = std::str::from_utf8(&octets[..len]).ok()?.trim().parse().ok()?;
    if number > 1 { Pid::from_raw(number) } else { None }
}

/// Whether a process is a living keepalived of the kind that takes no locks. Ours would have had the lock.
fn is_unlocking_keepalived(pid: Pid) -> bool {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
    let state = stat.rsplit(')').next().and_then(|rest| rest.trim_start().chars().next());
    let name = stat.split_once('(').map_or("", |(_, rest)| rest);
    let same_program =
        std::fs::read_link(format!("/proc/{pid}/exe")).ok() == std::fs::read_link("/proc/self/exe").ok();
    name.starts_with("keepalived") && !matches!(state, Some('Z' | 'X') | None) && !same_program
}

#[cfg(test)]
mod tests;
