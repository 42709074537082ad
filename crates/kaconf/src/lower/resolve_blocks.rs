//! Once all is read: the blocks around the instances go into the model.

use super::blocks::GroupDraft;
use super::reader::Reader;
use crate::code::Code;
use crate::files::Location;
use crate::model::{GarpGroup, Instance, InterfaceName, SyncGroup};

impl Reader<'_> {
    /// Everything of the model that is neither an instance nor global.
    pub(super) fn finish_blocks(&mut self, groups: Vec<(GroupDraft, SyncGroup)>, instances: &[Instance]) {
        let groups = self.finish_groups(groups, instances);
        self.report_vmac_conflicts(instances, &groups);
        self.config.sync_groups = groups;
        self.config.track_groups = self.finish_track_groups(instances);
        self.config.track_scripts = std::mem::take(&mut self.blocks.scripts);
        self.config.track_processes = std::mem::take(&mut self.blocks.processes);
        self.config.track_files = std::mem::take(&mut self.blocks.files);
        self.config.bfds = std::mem::take(&mut self.blocks.bfds);
        self.config.garp_groups = self.finish_garp_groups();
        for (delay, at) in std::mem::take(&mut self.blocks.delays) {
            if self.setting_usable("up and down delays", &delay.interface, at) {
                self.config.interface_delays.push(delay);
            }
        }
        for (linkbeat, at) in std::mem::take(&mut self.blocks.linkbeats) {
            if self.setting_usable("a linkbeat", &linkbeat.interface, at) {
                self.config.linkbeat_interfaces.push(linkbeat);
            }
        }
    }

    fn setting_usable(&mut self, what: &str, interface: &InterfaceName, at: Option<Location>) -> bool {
        let usable = self.can_appear(interface);
        if !usable {
            let message = format!("interface {interface} doesn't exist, {what} cannot be set for it");
            self.context.report_at(at, Code::SettingOfNoInterface, message);
        }
        usable
    }

    fn finish_garp_groups(&mut self) -> Vec<GarpGroup> {
        let mut groups = Vec::new();
        for draft in std::mem::take(&mut self.blocks.garp_groups) {
            let mut group = draft.group;
            let typed = std::mem::take(&mut group.interfaces);
            for (interface, at) in typed.into_iter().zip(draft.places) {
                if self.can_appear(&interface) {
                    group.interfaces.push(interface);
                } else {
                    let message = format!("interface {interface} of a garp_group doesn't exist, ignoring it");
                    self.context.report_at(at, Code::TrackedMissing, message);
                }
            }
            groups.push(group);
        }
        groups
    }
}
