//! What the blocks around the instances have said so far: references are looked up while lines are read, so what is
//! referred to must stand before.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use crate::files::Location;
use crate::model::{
    Bfd, GarpGroup, InterfaceDelay, InterfaceName, LinkbeatInterface, Notify, TrackFile, TrackProcess,
    TrackScript, Tracked, TrackedInterface, Weight,
};

use super::draft::Seen;
use super::owner::Owner;

/// The blocks that are not instances.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    pub(super) scripts: Vec<TrackScript>,
    pub(super) processes: Vec<TrackProcess>,
    pub(super) files: Vec<TrackFile>,
    pub(super) bfds: Vec<Bfd>,
    pub(super) groups: Vec<GroupDraft>,
    pub(super) track_groups: Vec<GroupDraft>,
    pub(super) garp_groups: Vec<GarpDraftGroup>,
    pub(super) delays: Vec<(InterfaceDelay, Option<Location>)>,
    pub(super) linkbeats: Vec<(LinkbeatInterface, Option<Location>)>,
    /// What can be tracked, with the weight it has by itself; of several with one name the first.
    pub(super) known_scripts: HashMap<Box<str>, Weight>,
    pub(super) known_processes: HashMap<Box<str>, Weight>,
    pub(super) known_files: HashMap<Box<str>, Weight>,
    pub(super) known_bfds: HashMap<Box<str>, Weight>,
    /// Those that the checkers are told of.
    pub(super) checked_bfds: HashSet<Box<str>>,
    pub(super) bfd_names: HashSet<Box<str>>,
    /// Sources of sessions by neighbour and whether they are multihop, for finding those that would be the same.
    pub(super) bfd_sources: HashMap<(IpAddr, bool), HashSet<Option<IpAddr>>>,
    pub(super) group_names: HashSet<Box<str>>,
    pub(super) track_group_names: HashSet<Box<str>>,
    pub(super) garp_interfaces: HashSet<InterfaceName>,
    /// Names of VMACs, and the instances that have them.
    pub(super) vmac_names: HashMap<InterfaceName, Box<str>>,
    /// The instance that named the interface of the LVS synchronisation daemon, if one did.
    pub(super) lvs_sync: bool,
}

/// A `garp_group` while it is read.
#[derive(Debug, Default)]
pub(super) struct GarpDraftGroup {
    pub(super) group: GarpGroup,
    /// Where each interface stands.
    pub(super) places: Vec<Option<Location>>,
}

/// A `vrrp_sync_group` or `track_group` as typed.
#[derive(Debug)]
pub(super) struct GroupDraft {
    pub(super) name: Box<str>,
    /// Where its name is.
    pub(super) at: Option<Location>,
    /// `group`; `None` if it was not given, or is empty.
    pub(super) members: Option<Vec<(Box<str>, Option<Location>)>>,
    pub(super) tracking: Option<Box<TrackingDraft>>,
    pub(super) tracking_weight: bool,
    pub(super) notify: Notify,
    pub(super) smtp_alert: Option<bool>,
    pub(super) notify_priority_changes: Option<bool>,
}

impl GroupDraft {
    pub(super) fn new(name: &str, at: Option<Location>) -> Self {
        Self {
            name: name.into(),
            at,
            members: None,
            tracking: None,
            tracking_weight: false,
            notify: Notify::default(),
            smtp_alert: None,
            notify_priority_changes: None,
        }
    }

    /// How messages about it begin.
    pub(super) fn owner(&self) -> Owner<'_> {
        Owner::of(&self.name)
    }
}

/// The `track_*` lists of an instance or a group.
#[derive(Debug, Default)]
pub(super) struct TrackingDraft {
    pub(super) interfaces: TrackedLines<TrackedInterface, InterfaceName>,
    pub(super) scripts: TrackedLines<Tracked, Box<str>>,
    pub(super) files: TrackedLines<Tracked, Box<str>>,
    pub(super) processes: TrackedLines<Tracked, Box<str>>,
    pub(super) bfds: TrackedLines<Tracked, Box<str>>,
}

impl TrackingDraft {
    /// Gives back the room that lists grew into.
    pub(super) fn shrink(&mut self) {
        self.interfaces.shrink();
        self.scripts.shrink();
        self.files.shrink();
        self.processes.shrink();
        self.bfds.shrink();
    }
}

/// One `track_*` list, and where each of its lines is.
#[derive(Debug)]
pub(super) struct TrackedLines<T, K> {
    pub(super) list: Vec<T>,
    pub(super) places: Vec<Option<Location>>,
    pub(super) known: Seen<K>,
}

impl<T, K> Default for TrackedLines<T, K> {
    fn default() -> Self {
        Self { list: Vec::new(), places: Vec::new(), known: Seen::default() }
    }
}

impl<T, K> TrackedLines<T, K> {
    pub(super) fn push(&mut self, tracked: T, at: Option<Location>) {
        self.list.push(tracked);
        self.places.push(at);
    }

    fn shrink(&mut self) {
        self.list.shrink_to_fit();
        self.places.shrink_to_fit();
    }

    /// The lines with their places.
    pub(super) fn into_lines(self) -> impl Iterator<Item = (T, Option<Location>)> {
        self.list.into_iter().zip(self.places)
    }
}
