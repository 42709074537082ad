//! Once all is read: who is in which sync group, and what that does to what is tracked.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;

use super::blocks::{GroupDraft, TrackingDraft};
use super::draft::Draft;
use super::owner::Owner;
use super::reader::Reader;
use crate::code::Code;
use crate::diag::Diagnostic;
use crate::files::Location;
use crate::model::{
    DynamicInterfaces, InitialState, Instance, InterfaceName, SyncGroup, TrackGroup, TrackedInterface,
    Tracking,
};
use crate::source::InterfaceFacts;

/// The priority of an owner.
const OWNER: u8 = 255;

/// Where an instance belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Membership {
    /// `sync_group_tracking_weight`
    pub(super) tracking_weight: bool,
    /// `notify_priority_changes` of the group.
    pub(super) notify_priority_changes: Option<bool>,
}

impl Reader<'_> {
    /// Tells every instance its group; gives the groups that have members.
    pub(super) fn join_groups(&mut self, drafts: &mut [Draft]) -> Vec<(GroupDraft, SyncGroup)> {
        let mut groups = Vec::new();
        let typed = std::mem::take(&mut self.blocks.groups);
        if typed.is_empty() {
            return groups;
        }
        let index: HashMap<Box<str>, usize> =
            drafts.iter().enumerate().map(|(index, draft)| (draft.name.clone(), index)).collect();
        for mut draft in typed {
            let mut group = SyncGroup::new(&draft.name);
            let membership = Membership {
                tracking_weight: draft.tracking_weight,
                notify_priority_changes: draft.notify_priority_changes,
            };
            let mut owners = None;
            for (name, at) in draft.members.take().unwrap_or_default() {
                let Some(member) = index.get(&name).and_then(|index| drafts.get_mut(*index)) else {
                    let message = format!(
                        "{}there is no vrrp_instance {name}, ignoring it in the group",
                        draft.owner()
                    );
                    self.context.report_at(at, Code::UnknownName, message);
                    continue;
                };
                if member.sync.is_some() {
                    let message = format!(
                        "{}instance {name} is in another sync group already, ignoring it in this one",
                        draft.owner()
                    );
                    self.context.report_at(at, Code::TwoGroups, message);
                    continue;
                }
                member.sync = Some(membership);
                self.mixed_owners(&draft, member, &mut owners);
                group.members.push(name);
            }
            self.count_members(&draft, &group);
            if !group.members.is_empty() {
                groups.push((draft, group));
            }
        }
        groups
    }

    /// Owners begin as master, others do not: they cannot go together.
    fn mixed_owners(&mut self, draft: &GroupDraft, member: &Draft, owners: &mut Option<bool>) {
        if *owners == Some(true) && member.state == Some(InitialState::Backup) {
            let message = format!(
                "{}some members own their addresses and some do not, this will not work",
                draft.owner()
            );
            self.context.report_at(draft.at, Code::MixedOwners, message);
        }
        if *owners != Some(false) {
            *owners = Some(member.state == Some(InitialState::Master) && member.priority == Some(OWNER));
        }
    }

    fn count_members(&mut self, draft: &GroupDraft, group: &SyncGroup) {
        let (code, message) = match group.members.len() {
            0 => {
                (Code::NoMembers, format!("sync group {} has none of its instances, removing it", group.name))
            }
            1 => (
                Code::OneMember,
                format!("sync group {} has only 1 instance, this probably is not what is meant", group.name),
            ),
            _ => return,
        };
        self.context.report_at(draft.at, code, message);
    }

    /// The rest of the groups: what they track, and their defaults.
    pub(super) fn finish_groups(
        &mut self,
        groups: Vec<(GroupDraft, SyncGroup)>,
        instances: &[Instance],
    ) -> Vec<SyncGroup> {
        if groups.is_empty() {
            return Vec::new();
        }
        let owners: HashMap<&str, bool> =
            instances.iter().map(|instance| (&*instance.name, instance.priority.is_owner())).collect();
        let mut finished = Vec::with_capacity(groups.len());
        for (draft, mut group) in groups {
            let owner = Owner::of(&draft.name);
            // One that cannot run keeps the daemon from starting; what is left of its group is shown all the same.
            group.members.retain(|member| owners.contains_key(&**member));
            if group.members.is_empty() {
                continue;
            }
            let has_owner = group.members.iter().any(|member| owners.get(&**member) == Some(&true));
            group.tracking =
                self.tracking(draft.tracking.map(|tracking| *tracking).unwrap_or_default(), owner, has_owner);
            group.tracking_weight = draft.tracking_weight;
            group.notify = draft.notify;
            group.smtp_alert = draft.smtp_alert.unwrap_or(self.config.global.mail.by_vrrp());
            group.notify_priority_changes =
                draft.notify_priority_changes.unwrap_or(self.config.global.fifos.priority_changes);
            finished.push(group);
        }
        finished
    }

    /// What a group tracks: without weights if a member is an owner.
    fn tracking(&mut self, draft: TrackingDraft, owner: impl Display + Copy, has_owner: bool) -> Tracking {
        let mut clear = |what: &str, name: &str, weight: &mut i16, at: Option<Location>| {
            if has_owner && *weight != 0 {
                let message = format!(
                    "{owner}{what} {name} cannot have a weight: a member has priority 255, setting 0"
                );
                self.context.report_at(at, Code::WeightDropped, message);
                *weight = 0;
            }
        };
        let mut tracking = Tracking::default();
        for (what, from, into) in [
            ("track_script", draft.scripts, &mut tracking.scripts),
            ("track_file", draft.files, &mut tracking.files),
            ("track_process", draft.processes, &mut tracking.processes),
            ("track_bfd", draft.bfds, &mut tracking.bfds),
        ] {
            for (mut tracked, at) in from.into_lines() {
                clear(what, &tracked.name, &mut tracked.weight.value, at);
                into.push(tracked);
            }
        }
        let mut interfaces = Vec::new();
        for (mut tracked, at) in draft.interfaces.into_lines() {
            clear("track_interface", tracked.interface.as_str(), &mut tracked.weight.value, at);
            interfaces.push((tracked, at));
        }
        let kept = self.existing_interfaces(interfaces, owner);
        tracking.interfaces = kept.into_iter().map(|(tracked, _)| tracked).collect();
        tracking
    }

    /// Leaves out interfaces that do not exist and cannot appear.
    pub(super) fn existing_interfaces(
        &mut self,
        mut lines: Vec<(TrackedInterface, Option<Location>)>,
        owner: impl Display + Copy,
    ) -> Vec<(TrackedInterface, Option<Location>)> {
        lines.retain(|(tracked, at)| {
            let exists = self.can_appear(&tracked.interface);
            if !exists {
                let message =
                    format!("{owner}tracked interface {} doesn't exist, not tracking it", tracked.interface);
                self.context.report_at(*at, Code::TrackedMissing, message);
            }
            exists
        });
        lines
    }

    /// Whether an interface exists, or may yet.
    pub(super) fn can_appear(&self, name: &InterfaceName) -> bool {
        self.config.global.dynamic_interfaces != DynamicInterfaces::Off
            || self.context.interface(name) != InterfaceFacts::Missing
    }

    /// The groups that static entries follow; instances that do not exist are passed over.
    pub(super) fn finish_track_groups(&mut self, instances: &[Instance]) -> Vec<TrackGroup> {
        let names: HashSet<&str> = instances.iter().map(|instance| &*instance.name).collect();
        let mut groups = Vec::new();
        for draft in std::mem::take(&mut self.blocks.track_groups) {
            let mut group = TrackGroup::new(&draft.name);
            for (name, at) in draft.members.unwrap_or_default() {
                if names.contains(&*name) {
                    group.members.push(name);
                } else {
                    let message = format!("({}) there is no vrrp_instance {name}, ignoring it", group.name);
                    let mut diagnostic = Diagnostic::new(Code::UnknownName, at, message);
                    diagnostic.class = crate::code::Class::None;
                    self.context.sink.push(diagnostic);
                }
            }
            if !group.members.is_empty() {
                groups.push(group);
            }
        }
        groups
    }
}
