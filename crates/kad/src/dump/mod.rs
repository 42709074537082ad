//! Dump files: where they are and how they are written; and the section that all of them begin with.

mod global;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

pub(crate) use global::{Whose, command, global};

/// The directory of files without one: TMPDIR, or /tmp.
pub(crate) fn directory() -> PathBuf {
    let named = std::env::var_os("TMPDIR").map(PathBuf::from).filter(|named| named.is_absolute());
    named.unwrap_or_else(|| "/tmp".into())
}

/// The name of a dump that the configuration gives none.
const BASE: &str = "keepalived";

/// The path of a dump: `configured` (a directory when it ends with `/`), else `keepalived` and the extension in
/// [`directory`]. Behind the name stands what tells processes apart (`_parent`), then with `data_use_instance` network
/// namespace and instance.
pub(crate) fn path(
    configured: Option<&Path>,
    process: &str,
    names: (Option<&str>, Option<&str>),
    extension: &str,
) -> PathBuf {
    let default = || PathBuf::from(format!("{BASE}.{extension}"));
    let named = match configured {
        Some(path) if path.as_os_str().as_encoded_bytes().ends_with(b"/") => path.join(default()),
        Some(path) => path.to_owned(),
        None => default(),
    };
    let mut name = named.file_stem().unwrap_or_default().to_owned();
    name.push(process);
    for (between, part) in ['.', '_'].into_iter().zip([names.0, names.1].into_iter().flatten()) {
        name.push(between.to_string());
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
    replace_with_mode(path, Mode::RUSR | Mode::WUSR, fill)
}

/// As [`replace`], with another mode, whatever the umask. The file has it before anybody knows its name: what stands
/// under that name a moment later may be another's.
///
/// # Errors
/// As of [`replace`].
pub(crate) fn replace_with_mode(
    path: &Path,
    mode: Mode,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", std::process::id()));
    let new = path.with_file_name(name);
    // Left by a process of the same number that was killed at work, if there is one.
    let _left = std::fs::remove_file(&new);
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(&new, flags, Mode::RUSR | Mode::WUSR)?);
    let mut out = BufWriter::new(file);
    let written = fill(&mut out)
        .and_then(|()| out.flush())
        .and_then(|()| Ok(rustix::fs::fchmod(out.get_ref(), mode)?))
        .and_then(|()| std::fs::rename(&new, path));
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
        for (configured, process, names, expected) in [
            (None, "", (None, None), directory.join("keepalived.data")),
            (None, "_parent", (None, None), directory.join("keepalived_parent.data")),
            (None, "", (Some("n"), Some("i")), directory.join("keepalived.n_i.data")),
            (Some("/var/x.y"), "_parent", (None, Some("i")), "/var/x_parent.i.y".into()),
            (Some("/var/x"), "", (None, None), "/var/x".into()),
            (Some("x"), "", (Some("n"), None), directory.join("x.n")),
            (Some("/var/"), "", (None, None), "/var/keepalived.data".into()),
        ] {
            assert_eq!(path(configured.map(Path::new), process, names, "data"), expected);
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
