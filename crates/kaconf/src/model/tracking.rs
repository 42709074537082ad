//! What is watched for instances and sync groups: scripts, processes and files, and the references to them.

use std::time::Duration;

use super::{InterfaceName, Script};

/// `weight N [reverse]`: what a change does to the priority; 0 is no change but FAULT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Weight {
    /// Added while all is well if positive, while it is not if negative.
    pub value: i16,
    /// `reverse`: well and not well change places.
    pub reverse: bool,
}

impl Weight {
    /// A weight that is not reversed.
    pub const fn new(value: i16) -> Self {
        Self { value, reverse: false }
    }
}

/// One line of `track_interface`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TrackedInterface {
    /// The interface.
    pub interface: InterfaceName,
    /// `weight`, -253 to 253; 0.
    pub weight: Weight,
}

/// One line of `track_script`, `track_file`, `track_process` or `track_bfd`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tracked {
    /// The name of what is tracked; it exists.
    pub name: Box<str>,
    /// `weight`: that of the thing itself where none was typed.
    pub weight: Weight,
}

/// What an instance or a sync group tracks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Tracking {
    /// `track_interface`
    pub interfaces: Vec<TrackedInterface>,
    /// `track_script`; weights -253 to 253.
    pub scripts: Vec<Tracked>,
    /// `track_file`; weights -254 to 254.
    pub files: Vec<Tracked>,
    /// `track_process`; weights -254 to 254.
    pub processes: Vec<Tracked>,
    /// `track_bfd`; weights -253 to 253.
    pub bfds: Vec<Tracked>,
}

/// One `vrrp_script`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TrackScript {
    /// Its name.
    pub name: Box<str>,
    /// `script`, and `user`; `None` only until [`Config::drop_scriptless`](super::Config::drop_scriptless).
    pub script: Option<Script>,
    /// `interval`: from one start to the next; 1 s.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub interval: Duration,
    /// `timeout`: how long a run may take; `None` is the interval.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds::option"))]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub timeout: Option<Duration>,
    /// `weight`, -253 to 253; 0. keepalived keeps one that is beyond, for whoever gives none.
    pub weight: Weight,
    /// `rise`: successes until it counts as up; 1.
    pub rise: u32,
    /// `fall`: failures until it counts as down; 1.
    pub fall: u32,
    /// `init_fail`: down until it has succeeded.
    pub init_fail: bool,
}

impl TrackScript {
    /// A script with keepalived's defaults.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            script: None,
            interval: Duration::from_secs(1),
            timeout: None,
            weight: Weight::default(),
            rise: 1,
            fall: 1,
            init_fail: false,
        }
    }
}

/// How the parameters of a process must match (`param_match`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ParamMatch {
    /// They do not matter.
    #[default]
    None,
    /// All of them, and no more: the keyword alone.
    Exact,
    /// `initial`: those given come first, and the last of them may go on.
    Initial,
    /// `partial`: those given come first.
    Partial,
}

/// One `vrrp_track_process`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TrackProcess {
    /// Its name.
    pub name: Box<str>,
    /// `process`: the command.
    pub process: Box<str>,
    /// Its parameters.
    pub parameters: Vec<Box<str>>,
    /// `param_match`
    pub param_match: ParamMatch,
    /// `full_command`: the command line is looked at, not the kernel's short name.
    pub full_command: bool,
    /// `weight`, -254 to 254; 0.
    pub weight: Weight,
    /// `quorum`: how many of it must run; 1.
    pub quorum: u32,
    /// `quorum_max`: how many may; `None` is any number.
    pub quorum_max: Option<u32>,
    /// `terminate_delay`, `delay`: until the end of a process counts; 0.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub terminate_delay: Duration,
    /// `fork_delay`, `delay`: until the start of a process counts; 0.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub fork_delay: Duration,
}

impl TrackProcess {
    /// A process with keepalived's defaults.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            process: Box::default(),
            parameters: Vec::new(),
            param_match: ParamMatch::None,
            full_command: false,
            weight: Weight::default(),
            quorum: 1,
            quorum_max: None,
            terminate_delay: Duration::ZERO,
            fork_delay: Duration::ZERO,
        }
    }
}

/// `init_file [VALUE] [overwrite]`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InitFile {
    /// What is written into it when the daemon starts; 0.
    pub value: i32,
    /// `overwrite`: even if it exists.
    pub overwrite: bool,
}

/// One `track_file`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TrackFile {
    /// Its name.
    pub name: Box<str>,
    /// `file`
    pub path: Box<str>,
    /// `weight`: multiplies what the file says, -254 to 254; 1.
    pub weight: Weight,
    /// `init_file`
    pub init: Option<InitFile>,
}

impl TrackFile {
    /// A file with keepalived's defaults.
    pub fn new(name: &str) -> Self {
        Self { name: name.into(), path: Box::default(), weight: Weight::new(1), init: None }
    }
}
