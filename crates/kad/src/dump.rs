//! Dump files: where they are and how they are written.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

/// The directory of files without one: TMPDIR, or /tmp.
pub(crate) fn directory() -> PathBuf {
    std::env::var_os("TMPDIR").filter(|name| !name.is_empty()).map_or_else(|| "/tmp".into(), PathBuf::from)
}

/// The path of a dump: `configured`, else `base` and `extension` in [`directory`]; network namespace and instance
/// (`data_use_instance`) stand before the extension.
pub(crate) fn path(
    configured: Option<&Path>,
    base: &str,
    (namespace, instance): (Option<&str>, Option<&str>),
    extension: &str,
) -> PathBuf {
    let named = configured.map_or_else(|| PathBuf::from(format!("{base}.{extension}")), PathBuf::from);
    let mut name = named.file_stem().unwrap_or_default().to_owned();
    for part in [namespace, instance].into_iter().flatten() {
        name.push("_");
        name.push(part);
    }
    if let Some(extension) = named.extension() {
        name.push(".");
        name.push(extension);
    }
    directory().join(named.with_file_name(name))
}

/// Writes a file anew, mode 0600, and puts it in its place at once: a reader sees the old or the new one whole,
/// and a symbolic link that waits there is replaced, not followed.
///
/// # Errors
/// The directory cannot be written, or the disk is full; nothing is left behind then.
pub(crate) fn replace(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", std::process::id()));
    let new = path.with_file_name(name);
    // Left by a process of the same number that was killed at work, if there is one.
    let _left = std::fs::remove_file(&new);
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(&new, flags, Mode::RUSR | Mode::WUSR)?);
    let mut out = BufWriter::new(file);
    let written = fill(&mut out).and_then(|()| out.flush()).and_then(|()| std::fs::rename(&new, path));
    if written.is_err() {
        let _removed = std::fs::remove_file(&new);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn paths_follow_the_configuration() {
        let directory = directory();
        for (configured, names, expected) in [
            (None, (None, None), directory.join("keepalived.data")),
            (None, (Some("n"), Some("i")), directory.join("keepalived_n_i.data")),
            (Some("/var/x.y"), (None, Some("i")), "/var/x_i.y".into()),
            (Some("/var/x"), (None, None), "/var/x".into()),
        ] {
            assert_eq!(path(configured.map(Path::new), "keepalived", names, "data"), expected);
        }
    }

    #[test]
    fn a_dump_replaces_a_link_and_is_for_its_owner_alone() {
        let base = directory().join(format!("kad-dump-{}", std::process::id()));
        let (place, target) = (base.with_extension("data"), base.with_extension("target"));
        std::fs::write(&target, "precious").unwrap();
        std::os::unix::fs::symlink(&target, &place).unwrap();
        replace(&place, |out| out.write_all(b"dump")).unwrap();
        assert_eq!(std::fs::read(&place).unwrap(), b"dump");
        assert_eq!(std::fs::read(&target).unwrap(), b"precious");
        assert_eq!(place.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert!(replace(&place, |_| Err(io::ErrorKind::StorageFull.into())).is_err());
        assert_eq!(std::fs::read(&place).unwrap(), b"dump", "a failed dump leaves the old one");
        std::fs::remove_file(place).unwrap();
        std::fs::remove_file(target).unwrap();
    }
}
