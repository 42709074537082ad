//! The FIFO itself: made if it is not there, opened so that nobody need read it, removed if it was made here.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;

use rustix::fs::{CWD, FileType, Gid, Mode, OFlags, Uid, fchown, fstat, mknodat, open, unlink};
use rustix::io::Errno;
use rustix::process::{getegid, geteuid};
use tracing::warn;

use super::Setting;
use crate::exec::{Accounts, Refusal};

/// Why there is no FIFO.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum OpenError {
    #[error("Unable to create {of}notify fifo {} - {why}", .path.display())]
    Create { of: &'static str, path: PathBuf, why: Errno },
    #[error("Unable to open {of}notify fifo {} - errno {} ({why})", .path.display(), .why.raw_os_error())]
    Open { of: &'static str, path: PathBuf, why: Errno },
    #[error("{of}notify fifo {} is not a fifo we own - not using: remove it, or name another path", .path.display())]
    Foreign { of: &'static str, path: PathBuf },
    #[error("Invalid user/group for {of}notify fifo {} - ignoring: {why}", .path.display())]
    Owner { of: &'static str, path: PathBuf, why: Refusal },
}

/// An open FIFO.
#[derive(Debug)]
pub(super) struct FifoFile {
    fd: OwnedFd,
    /// Its path, if it was made here.
    made: Option<PathBuf>,
}

impl FifoFile {
    /// Makes and opens it. May wait for a disk and for a directory service.
    pub(super) fn open(setting: &Setting) -> Result<Self, OpenError> {
        let Setting { path, owner, of } = setting;
        let of = *of;
        let owner = Accounts::default().numbers(owner);
        let (uid, gid) = owner.map_err(|why| OpenError::Owner { of, path: path.clone(), why })?;
        let ours = (geteuid().as_raw(), getegid().as_raw());
        let mode = Mode::RUSR | Mode::WUSR | Mode::RGRP | Mode::ROTH;
        let made = match mknodat(CWD, path, FileType::Fifo, mode, 0) {
            Ok(()) => true,
            Err(Errno::EXIST) => false,
            Err(why) => return Err(OpenError::Create { of, path: path.clone(), why }),
        };
        let file = Self::open_for_both(setting, (ours.0, uid));
        if file.is_err() && made {
            // Nobody is to wait at the other end of it.
            let _removed = unlink(path);
        }
        let fd = file?;
        if made && ours != (uid, gid) {
            let user = (uid != ours.0).then(|| Uid::from_raw(uid));
            let group = (gid != ours.1).then(|| Gid::from_raw(gid));
            if let Err(error) = give(&fd, ours.0, user, group) {
                warn!("Failed to set uid:gid for fifo {}: {error}", path.display());
            }
        }
        Ok(Self { fd, made: made.then(|| path.clone()) })
    }

    /// For reading too: so it can be opened, and is not closed, while nobody else reads it.
    fn open_for_both(setting: &Setting, (ours, theirs): (u32, u32)) -> Result<OwnedFd, OpenError> {
        let Setting { path, of, .. } = setting;
        let flags = OFlags::RDWR | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOFOLLOW;
        let fd = open(path, flags, Mode::empty()).map_err(|why| OpenError::Open {
            of,
            path: path.clone(),
            why,
        })?;
        let right = fstat(&fd).is_ok_and(|found| {
            FileType::from_raw_mode(found.st_mode) == FileType::Fifo
                && (found.st_uid == ours || found.st_uid == theirs)
        });
        right.then_some(fd).ok_or_else(|| OpenError::Foreign { of, path: path.clone() })
    }

    /// Removes the name, if it was made here. Before the last of its openers goes, so that nobody who opens it again
    /// and again finds it without a writer.
    pub(super) fn remove(&self) {
        if let Some(path) = &self.made {
            // Somebody else may have removed it.
            let _removed = unlink(path);
        }
    }
}

/// Gives away what was just made, and is known to be a FIFO. Whoever may write in the directory may have put another
/// in its place: one that others had before, or that has other names too, is not given to anybody.
fn give(fifo: &OwnedFd, ours: u32, user: Option<Uid>, group: Option<Gid>) -> Result<(), Errno> {
    let found = fstat(fifo)?;
    if found.st_uid != ours || found.st_nlink != 1 {
        return Err(Errno::STALE);
    }
    fchown(fifo, user, group)
}

impl AsFd for FifoFile {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_just_made_is_given_away() {
        let path = std::env::temp_dir().join(format!("kad-fifo-give-{}", std::process::id()));
        let other = path.with_extension("other");
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let fifo = open(&path, OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty()).unwrap();
        let ours = geteuid();
        assert_eq!(give(&fifo, ours.as_raw() + 1, Some(ours), None), Err(Errno::STALE));
        assert_eq!(give(&fifo, ours.as_raw(), Some(ours), None), Ok(()));
        std::fs::hard_link(&path, &other).unwrap();
        assert_eq!(give(&fifo, ours.as_raw(), Some(ours), None), Err(Errno::STALE));
        unlink(&path).unwrap();
        unlink(&other).unwrap();
    }
}
