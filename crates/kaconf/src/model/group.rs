//! Groups: of instances that change state together, of instances that static entries follow, of interfaces that share
//! the spacing of their announcements; and what else is configured for interfaces.

use std::time::Duration;

use super::{InterfaceName, Notify, Tracking};

/// One `vrrp_sync_group`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SyncGroup {
    /// Its name.
    pub name: Box<str>,
    /// `group`: names of instances, each of which exists and is in no other sync group; never empty.
    pub members: Vec<Box<str>>,
    /// `track_*`: counts for every member.
    pub tracking: Tracking,
    /// `sync_group_tracking_weight`: members may track with weights of their own.
    pub tracking_weight: bool,
    /// `notify*`
    pub notify: Notify,
    /// `smtp_alert`
    pub smtp_alert: bool,
    /// `notify_priority_changes`
    pub notify_priority_changes: bool,
}

impl SyncGroup {
    /// A group with keepalived's defaults.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            members: Vec::new(),
            tracking: Tracking::default(),
            tracking_weight: false,
            notify: Notify::default(),
            smtp_alert: false,
            notify_priority_changes: false,
        }
    }
}

/// One `track_group`: instances whose state static addresses, routes and rules follow.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TrackGroup {
    /// Its name.
    pub name: Box<str>,
    /// `group`: names of instances, each of which exists; never empty.
    pub members: Vec<Box<str>>,
}

impl TrackGroup {
    /// A group without members.
    pub fn new(name: &str) -> Self {
        Self { name: name.into(), members: Vec::new() }
    }
}

/// One `garp_group`: interfaces over which announcements are spaced together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct GarpGroup {
    /// `garp_interval`: least spacing of gratuitous ARPs.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds::option"))]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub garp_interval: Option<Duration>,
    /// `gna_interval`: the same for neighbour advertisements.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds::option"))]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub gna_interval: Option<Duration>,
    /// `interface`, `interfaces`; each in no other group.
    pub interfaces: Vec<InterfaceName>,
}

/// One line of `interface_up_down_delays`: how long a change of an interface must last to count.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InterfaceDelay {
    /// The interface.
    pub interface: InterfaceName,
    /// Until it counts as down.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub down: Duration,
    /// Until it counts as up.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub up: Duration,
}

/// How the link of an interface is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum LinkbeatMethod {
    /// Whatever of the three works.
    #[default]
    Any,
    /// `MII`
    Mii,
    /// `ETHTOOL`
    Ethtool,
    /// `IOCTL`
    Ioctl,
}

/// One line of `linkbeat_interfaces`: an interface whose link is polled.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LinkbeatInterface {
    /// The interface.
    pub interface: InterfaceName,
    /// How.
    pub method: LinkbeatMethod,
}
