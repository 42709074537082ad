//! The kernel's settings of an interface, `net.ipv4.conf.*` and `net.ipv6.conf.*`, by way of /proc/sys.

use std::fs;
use std::io;
use std::path::PathBuf;

use vrrp_types::Family;

/// Why a setting was not read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SysctlError {
    /// A name of an interface or a setting that would lead to another place: empty, `.`, `..`, or with a `/`.
    #[error("{0:?} is not the name of an interface or setting")]
    Name(String),
    /// The file could not be read or written: no such interface or setting, or /proc/sys is read-only.
    #[error("{}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system answered.
        source: io::Error,
    },
    /// The setting is not a number.
    #[error("{} holds {text:?}, not a number", path.display())]
    NotANumber {
        /// The file.
        path: PathBuf,
        /// What it holds.
        text: String,
    },
}

/// The settings of one interface for one family.
///
/// ```no_run
/// use vrrp_linux::sysctl::Conf;
/// use vrrp_types::Family;
///
/// let router = Conf::new(Family::V6, "eth0")?.get("forwarding")? != 0;
/// Conf::new(Family::V4, "eth0")?.set("promote_secondaries", 1)?;
/// # Ok::<(), vrrp_linux::sysctl::SysctlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Conf {
    directory: PathBuf,
}

impl Conf {
    /// The settings of `interface`, or of `all` or `default`.
    ///
    /// # Errors
    /// [`SysctlError::Name`]; whether the interface exists shows at the first use.
    pub fn new(family: Family, interface: &str) -> Result<Self, SysctlError> {
        let family = match family {
            Family::V4 => "ipv4",
            Family::V6 => "ipv6",
        };
        let directory = ["/proc/sys/net", family, "conf", checked(interface)?].iter().collect();
        Ok(Self { directory })
    }

    /// Reads a setting.
    ///
    /// # Errors
    /// [`SysctlError`]
    pub fn get(&self, setting: &str) -> Result<i32, SysctlError> {
        let path = self.directory.join(checked(setting)?);
        match fs::read_to_string(&path) {
            Ok(text) => {
                let text = text.trim();
                text.parse().map_err(|_| SysctlError::NotANumber { path, text: text.to_owned() })
            }
            Err(source) => Err(SysctlError::Io { path, source }),
        }
    }

    /// Writes a setting.
    ///
    /// # Errors
    /// [`SysctlError`]
    pub fn set(&self, setting: &str, value: i32) -> Result<(), SysctlError> {
        let path = self.directory.join(checked(setting)?);
        fs::write(&path, value.to_string()).map_err(|source| SysctlError::Io { path, source })
    }
}

/// Names become parts of a path, so they must be exactly one part each.
fn checked(name: &str) -> Result<&str, SysctlError> {
    match name {
        "" | "." | ".." => Err(SysctlError::Name(name.to_owned())),
        name if name.contains(['/', '\0']) => Err(SysctlError::Name(name.to_owned())),
        name => Ok(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_lead_elsewhere() {
        for name in ["", ".", "..", "../all", "a/b", "eth0\0"] {
            assert!(matches!(Conf::new(Family::V4, name), Err(SysctlError::Name(_))), "{name:?}");
            let conf = Conf::new(Family::V4, "lo").unwrap();
            assert!(matches!(conf.get(name), Err(SysctlError::Name(_))), "{name:?}");
        }
        assert!(Conf::new(Family::V6, "eth0.10").is_ok());
    }

    #[test]
    fn the_loopback_has_settings() {
        let conf = Conf::new(Family::V4, "lo").unwrap();
        assert!(matches!(conf.get("forwarding"), Ok(0 | 1)));
        assert!(matches!(conf.get("no_such_setting"), Err(SysctlError::Io { .. })));
    }
}
