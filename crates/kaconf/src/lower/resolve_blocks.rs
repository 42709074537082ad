//! Once all is read: the blocks around the instances go into the model.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::blocks::GroupDraft;
use super::reader::Reader;
use crate::code::Code;
use crate::files::Location;
use crate::model::{Config, GarpGroup, Instance, InterfaceDelay, InterfaceName, SyncGroup};

impl Reader<'_> {
    /// Everything of the model that is neither an instance nor global.
    pub(super) fn finish_blocks(&mut self, groups: Vec<(GroupDraft, SyncGroup)>, instances: &[Instance]) {
        let groups = self.finish_groups(groups, instances);
        self.report_vmac_conflicts(instances, &groups);
        self.config.sync_groups = groups;
        self.config.track_groups = self.finish_track_groups(instances);
        self.forget_empty_track_groups();
        self.config.track_scripts = std::mem::take(&mut self.blocks.scripts);
        self.config.track_processes = std::mem::take(&mut self.blocks.processes);
        self.config.track_files = std::mem::take(&mut self.blocks.files);
        self.config.bfds = std::mem::take(&mut self.blocks.bfds);
        self.config.garp_groups = self.finish_garp_groups();
        self.unused_scripts(instances);
        self.config.interface_delays = self.finish_delays(instances);
        for (linkbeat, at) in std::mem::take(&mut self.blocks.linkbeats) {
            if self.setting_usable("a linkbeat", &linkbeat.interface, at) {
                self.config.linkbeat_interfaces.push(linkbeat);
            }
        }
    }

    /// What would follow a group without instances follows nothing.
    fn forget_empty_track_groups(&mut self) {
        let Config { track_groups, static_addresses, static_routes, static_rules, .. } = &mut self.config;
        let known: HashSet<&str> = track_groups.iter().map(|group| &*group.name).collect();
        let of_addresses = static_addresses.iter_mut().map(|address| &mut address.track_group);
        let of_routes = static_routes.iter_mut().map(|route| &mut route.track_group);
        let of_rules = static_rules.iter_mut().map(|rule| &mut rule.track_group);
        for group in of_addresses.chain(of_routes).chain(of_rules) {
            *group = group.take().filter(|name| known.contains(&**name));
        }
    }

    /// keepalived does not run a script that nobody tracks.
    fn unused_scripts(&mut self, instances: &[Instance]) {
        let of_instances = instances.iter().map(|instance| &instance.tracking);
        let of_groups = self.config.sync_groups.iter().map(|group| &group.tracking);
        let trackings = of_instances.chain(of_groups);
        let used: HashSet<&str> =
            trackings.flat_map(|tracking| &tracking.scripts).map(|tracked| &*tracked.name).collect();
        for script in self.config.track_scripts.iter().filter(|script| !used.contains(&*script.name)) {
            let message = format!("vrrp_script {} is not tracked by anything, it does not run", script.name);
            self.context.report_at(None, Code::UnusedScript, message);
        }
    }

    /// The delays of interfaces: the last line for one counts, and none is longer than the silence that an instance
    /// on it waits for.
    fn finish_delays(&mut self, instances: &[Instance]) -> Vec<InterfaceDelay> {
        let mut delays: Vec<InterfaceDelay> = Vec::new();
        let mut index: HashMap<InterfaceName, usize> = HashMap::new();
        for (delay, at) in std::mem::take(&mut self.blocks.delays) {
            if !self.setting_usable("up and down delays", &delay.interface, at) {
                continue;
            }
            match index.entry(delay.interface.clone()) {
                Entry::Occupied(entry) => delays[*entry.get()] = delay,
                Entry::Vacant(entry) => {
                    entry.insert(delays.len());
                    delays.push(delay);
                }
            }
        }
        for instance in instances {
            let Some(interface) = &instance.interface else { continue };
            let Some(delay) = index.get(interface).and_then(|index| delays.get_mut(*index)) else { continue };
            let most = most_delay(instance);
            let both = instance.down_timer_adverts == 1 || delay.up == delay.down;
            if delay.down > most || (both && delay.up > most) {
                let message = format!(
                    "({}) the delays of {interface} are longer than it waits for its master, setting them to {most:?}",
                    instance.name
                );
                self.context.report_at(None, Code::Unusual, message);
                delay.up = if both { delay.up.min(most) } else { delay.up };
                delay.down = delay.down.min(most);
            }
        }
        delays
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

/// How long a change of an interface may go unnoticed for an instance on it.
fn most_delay(instance: &Instance) -> Duration {
    let interval = instance.advert_int.duration();
    let adverts = u32::from(instance.down_timer_adverts.saturating_sub(1));
    let micros = (interval * adverts).as_micros().saturating_sub(interval.as_micros() / 256);
    // One advert that is missed leaves no time at all.
    Duration::from_micros(if adverts == 0 { 0 } else { micros as u64 })
}
