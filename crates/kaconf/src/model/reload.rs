//! How the configuration is read again, and where copies of it are kept.

use std::path::PathBuf;

/// `reload_file`: a file that is there while the configuration is being read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ReloadFile {
    /// None.
    #[default]
    Off,
    /// The keyword alone: beside the pid file, with the ending `reload`.
    Default,
    /// As named.
    Path(PathBuf),
}

/// Reading again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Reload {
    /// `reload_check_config`: a new configuration is tested first, what is wrong goes to this file; /dev/null when
    /// the keyword stands alone. Off.
    pub check_log: Option<PathBuf>,
    /// `reload_time_file`: says when to reload. Off.
    pub time_file: Option<PathBuf>,
    /// `reload_repeat`: every day at that time. Off.
    pub repeat: bool,
    /// `reload_file`
    pub file: ReloadFile,
    /// `config_save_dir`: every configuration that was read is kept there. Off.
    pub save_directory: Option<PathBuf>,
    /// `tmp_config_directory`: where the processes' common copy is; `None` is in memory.
    pub copy_directory: Option<PathBuf>,
}
