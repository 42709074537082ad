//! A file replaced at once: whoever reads it sees the old text or the new one, also after a crash.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

/// Puts `text` in the place of the file, which keeps its mode and owner. A link stays, what it leads to changes.
pub(super) fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let beside = Beside::new(&path)?;
    beside.fill(&path, text)?;
    beside.take_the_place_of(&path)
}

/// A new file in the directory of the old one, removed unless it takes its place.
struct Beside {
    file: File,
    path: PathBuf,
}

impl Beside {
    /// Readable by nobody else until it is complete. Its name ends so that no `*.conf` includes it.
    fn new(path: &Path) -> io::Result<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let beside = path.with_file_name(format!(".{name}.{}.kad-fmt", std::process::id()));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside);
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", beside.display()));
        Ok(Self { file: file.map_err(named)?, path: beside.clone() })
    }

    fn fill(&self, like: &Path, text: &[u8]) -> io::Result<()> {
        let (old, new) = (fs::metadata(like)?, self.file.metadata()?);
        (&self.file).write_all(text)?;
        if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
            fchown(&self.file, Some(old.uid()), Some(old.gid())).map_err(|error| {
                io::Error::new(error.kind(), format!("its owner cannot be kept, nothing is changed: {error}"))
            })?;
        }
        // Behind the owner: a change of owner takes bits off the mode.
        self.file.set_permissions(Permissions::from_mode(old.mode() & 0o7777))?;
        self.file.sync_all()
    }

    fn take_the_place_of(&self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)?;
        match path.parent() {
            Some(directory) => File::open(directory)?.sync_all(),
            None => Ok(()),
        }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // Gone already if it took the place of the old one.
        let _removed = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(name: &str) -> PathBuf {
        let directory = std::env::temp_dir().join(format!("kad-fmt-{name}-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        directory
    }

    #[test]
    fn mode_and_link_are_kept_and_nothing_is_left_beside() {
        let directory = directory("replace");
        let (file, link) = (directory.join("real.conf"), directory.join("link.conf"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink("real.conf", &link).unwrap();
        replace(&link, b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o7777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 2);
        fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn a_file_that_cannot_be_written_beside_changes_nothing() {
        let directory = directory("refused");
        let file = directory.join("real.conf");
        fs::write(&file, "old").unwrap();
        let taken = directory.join(format!(".real.conf.{}.kad-fmt", std::process::id()));
        fs::write(&taken, "another's").unwrap();
        let error = replace(&file, b"new").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(
            (fs::read(&file).unwrap(), fs::read(&taken).unwrap()),
            (b"old".into(), b"another's".into())
        );
        fs::remove_dir_all(&directory).unwrap();
    }
}
