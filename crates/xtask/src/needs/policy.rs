//! `policy-rc.d`: Debian's way to say that installing a package starts no service.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

const NAME: &str = "policy-rc.d";
/// The machine's own policy, for as long as ours is in its place.
const ASIDE: &str = "policy-rc.d.before-kad-tests";
/// 101: the action is forbidden.
const POLICY: &str =
    "#!/bin/sh\n# Written by kad's `cargo xtask test`, for as long as it installs packages.\nexit 101\n";

/// No package installed while this lives starts a service. What was there before comes back at the end.
pub(super) struct NoServices {
    policy: PathBuf,
    aside: PathBuf,
    active: bool,
}

impl NoServices {
    /// `folder` is `/usr/sbin` but in tests.
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        let mut this = Self { policy: folder.join(NAME), aside: folder.join(ASIDE), active: false };
        // A run that was killed may have left its policy: it is not the machine's own.
        if fs::read(&this.policy).is_ok_and(|text| text == POLICY.as_bytes()) {
            fs::remove_file(&this.policy)?;
        } else if this.policy.symlink_metadata().is_ok() {
            fs::rename(&this.policy, &this.aside)?;
        }
        this.active = true;
        fs::write(&this.policy, POLICY)?;
        fs::set_permissions(&this.policy, Permissions::from_mode(0o755))?;
        Ok(this)
    }

    /// Puts back what was there.
    pub(super) fn restore(mut self) -> io::Result<()> {
        self.put_back()
    }

    fn put_back(&mut self) -> io::Result<()> {
        if !std::mem::take(&mut self.active) {
            return Ok(());
        }
        if self.aside.symlink_metadata().is_ok() {
            fs::rename(&self.aside, &self.policy)
        } else {
            fs::remove_file(&self.policy)
        }
    }
}

impl Drop for NoServices {
    fn drop(&mut self) {
        if let Err(error) = self.put_back() {
            eprintln!("{} could not be put back: {error}", self.policy.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("kad-policy-{}-{name}", std::process::id()));
            fs::create_dir(&path).unwrap();
            Self(path)
        }

        fn names(&self) -> Vec<String> {
            let names = fs::read_dir(&self.0).unwrap();
            names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _gone = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn it_forbids_and_vanishes() {
        let folder = Folder::new("none");
        let policy = NoServices::new(&folder.0).unwrap();
        let status = std::process::Command::new(folder.0.join(NAME)).status().unwrap();
        assert_eq!(status.code(), Some(101));
        policy.restore().unwrap();
        assert!(folder.names().is_empty());
    }

    #[test]
    fn the_machines_own_policy_comes_back() {
        let folder = Folder::new("own");
        fs::write(folder.0.join(NAME), "own").unwrap();
        drop(NoServices::new(&folder.0).unwrap());
        assert_eq!(fs::read_to_string(folder.0.join(NAME)).unwrap(), "own");
        assert_eq!(folder.names(), [NAME]);
    }

    #[test]
    fn what_a_killed_run_left_is_not_taken_for_the_machines_own() {
        for (own, left) in [(None, vec![]), (Some("own"), vec![NAME])] {
            let folder = Folder::new(&format!("killed-{}", own.is_some()));
            if let Some(text) = own {
                fs::write(folder.0.join(NAME), text).unwrap();
            }
            std::mem::forget(NoServices::new(&folder.0).unwrap());
            NoServices::new(&folder.0).unwrap().restore().unwrap();
            assert_eq!(folder.names(), left);
        }
    }
}
