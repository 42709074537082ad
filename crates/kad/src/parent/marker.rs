//! `reload_file`: a file that is there while the configuration is being read, so that who writes configurations
//! waits for its end.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use kaconf::model::ReloadFile;
use rustix::fs::{Mode, OFlags};

use super::Parent;
use crate::pidfile;

impl Parent {
    /// Makes the file, or empties the one that is there.
    pub(super) fn mark_reading(&self) {
        let Some(path) = self.marker() else { return };
        if let Err(error) = make(&path) {
            tracing::info!("Failed to create reload file ({}): {error}", path.display());
        }
    }

    /// Takes it away: what was to be read is read.
    pub(super) fn mark_read(&self) {
        if let Some(path) = self.marker() {
            // It may be gone, or never have been.
            let _removed = std::fs::remove_file(path);
        }
    }

    fn marker(&self) -> Option<PathBuf> {
        match &self.current.part.reload.file {
            ReloadFile::Off => None,
            ReloadFile::Path(path) => Some(path.clone()),
            ReloadFile::Default => Some(pidfile::Paths::new(&self.options, &self.current.part).reload),
        }
    }
}

/// Everybody may see it, whatever the umask.
fn make(path: &Path) -> std::io::Result<()> {
    let flags = OFlags::WRONLY
        | OFlags::CREATE
        | OFlags::TRUNC
        | OFlags::CLOEXEC
        | OFlags::NOCTTY
        | OFlags::NONBLOCK
        | OFlags::NOFOLLOW;
    let file = std::fs::File::from(rustix::fs::open(path, flags, Mode::from_raw_mode(0o644))?);
    file.set_permissions(Permissions::from_mode(0o644))
}
