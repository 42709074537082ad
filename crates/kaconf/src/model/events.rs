//! What the daemon tells others by itself: scripts of its own, and FIFOs that events are written to.

use std::path::PathBuf;
use std::time::Duration;

use super::Script;

/// How scripts are run, and those of the daemon as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Scripts {
    /// `enable_script_security`: a script that runs as root and that others can change is not run. Off.
    pub security: bool,
    /// `script_user`; `None` is keepalived_script, or root where there is no such user.
    pub user: Option<Box<str>>,
    /// The group of `script_user`; `None` is the user's own.
    pub group: Option<Box<str>>,
    /// `use_symlink_paths`: a script is run by the path that was typed, not by that of the file it leads to. Off.
    pub use_symlink_paths: bool,
    /// `startup_script`: run before anything else is started.
    pub startup: Option<Script>,
    /// `startup_script_timeout`; 10 s.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub startup_timeout: Duration,
    /// `shutdown_script`: run when everything else has ended.
    pub shutdown: Option<Script>,
    /// `shutdown_script_timeout`; 10 s.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub shutdown_timeout: Duration,
}

impl Default for Scripts {
    fn default() -> Self {
        Self {
            security: false,
            user: None,
            group: None,
            use_symlink_paths: false,
            startup: None,
            startup_timeout: Duration::from_secs(10),
            shutdown: None,
            shutdown_timeout: Duration::from_secs(10),
        }
    }
}

/// A FIFO that events are written to, one line each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Fifo {
    /// `*notify_fifo`: its path; `None` is no FIFO.
    pub path: Option<PathBuf>,
    /// Whom it belongs to; `None` is the user of scripts.
    pub user: Option<Box<str>>,
    /// Its group; `None` is the user's own.
    pub group: Option<Box<str>>,
    /// `*notify_fifo_script`: started once, with the path of the FIFO as its last argument.
    pub script: Option<Script>,
}

/// The FIFOs, by what is written to them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Fifos {
    /// `notify_fifo`: every event.
    pub all: Fifo,
    /// `vrrp_notify_fifo`: events of VRRP.
    pub vrrp: Fifo,
    /// `lvs_notify_fifo`: events of virtual and real servers.
    pub lvs: Fifo,
    /// `vrrp_notify_priority_changes`: a change of priority is an event too. Off.
    pub priority_changes: bool,
    /// `fifo_write_vrrp_states_on_reload`: a reload writes the states again. Off.
    pub states_on_reload: bool,
}
