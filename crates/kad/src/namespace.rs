//! `net_namespace`: running in a network namespace that has a name.
//!
//! As keepalived does: the process enters /run/netns/NAME, and in a mount namespace of its own
//! /run/keepalived/NAME stands at /run/keepalived, so that pid files of several daemons do not meet.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use rustix::mount::{MountPropagationFlags, UnmountFlags, mount_bind, mount_change, unmount};
use rustix::thread::{LinkNameSpaceType, UnshareFlags, move_into_link_name_space};

use crate::pidfile::{PID_DIRECTORY, make_directory};

/// The namespace this process has entered.
#[derive(Debug)]
pub(crate) struct Entered {
    directory: Option<PathBuf>,
}

/// Enters a network namespace by its name.
///
/// # Errors
/// No such namespace, or no right to enter it.
pub(crate) fn enter(name: &str) -> io::Result<Entered> {
    enter_network(name)?;
    let directory = Path::new(PID_DIRECTORY).join(name);
    match own_run(&directory) {
        Ok(()) => Ok(Entered { directory: Some(directory) }),
        Err(error) => {
            // Pid files of several namespaces may meet then; that alone is no reason not to run.
            tracing::warn!("no directory of its own for network namespace {name}: {error}");
            Ok(Entered { directory: None })
        }
    }
}

/// Enters the network namespace alone.
///
/// # Errors
/// No such namespace, or no right to enter it.
pub(crate) fn enter_network(name: &str) -> io::Result<()> {
    if name.is_empty() || name.contains('/') || name == "." || name == ".." {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not the name of a network namespace"));
    }
    let file =
        File::open(format!("/run/netns/{name}")).or_else(|_| File::open(format!("/var/run/netns/{name}")))?;
    Ok(move_into_link_name_space(file.as_fd(), Some(LinkNameSpaceType::Network))?)
}

/// Puts `directory` in the place of the directory of pid files, for this process and its children alone.
fn own_run(directory: &Path) -> io::Result<()> {
    make_directory(Path::new(PID_DIRECTORY));
    make_directory(directory);
    #[expect(deprecated, reason = "deprecated for UnshareFlags::FILES alone, which closes no file here")]
    rustix::thread::unshare(UnshareFlags::NEWNS)?;
    mount_change("/", MountPropagationFlags::REC | MountPropagationFlags::DOWNSTREAM)?;
    mount_bind(directory, PID_DIRECTORY)?;
    Ok(())
}

impl Entered {
    /// Takes the directory of pid files away again when nothing is left in it.
    pub(crate) fn leave(self) {
        if let Some(directory) = self.directory {
            // Another daemon may be using it: then it stays.
            let _unmounted = unmount(PID_DIRECTORY, UnmountFlags::empty());
            let _removed = std::fs::remove_dir(directory);
        }
    }
}
