//! Once all is read: from what was typed to what an instance does, every default in its place.
//!
//! The order is keepalived's, so that what depends on another setting sees it as keepalived would.

use std::collections::HashSet;

use vrrp_types::{Family, Priority, Version};

use super::draft::{AuthType, DRAFTS_GIVEN_BACK, Draft};
use super::reader::Reader;
use crate::code::Code;
use crate::model::{Accept, Authentication, ChecksumV3, Config, Global, InitialState, Instance, Mode};

impl Reader<'_> {
    /// Makes the model of all that was read.
    pub(super) fn resolve(&mut self) -> Config {
        self.settle_routing();
        self.names = HashSet::new();
        let mut drafts = std::mem::take(&mut self.drafts);
        let groups = if self.context.stopped { Vec::new() } else { self.join_groups(&mut drafts) };
        let mut instances = Vec::with_capacity(drafts.len());
        let mut places = Vec::with_capacity(drafts.len());
        // From the end of a reversed list: so the room of those that are done is given back on the way.
        drafts.reverse();
        while let Some(mut draft) = drafts.pop() {
            if self.context.stopped {
                break;
            }
            if drafts.len().is_multiple_of(DRAFTS_GIVEN_BACK) {
                drafts.shrink_to_fit();
            }
            let at = draft.at("virtual_router_id");
            let notify = std::mem::take(&mut draft.notify);
            self.context.impossible_interface |= self.names_what_is_missing(&draft);
            if self.can_run(&draft)
                && let Some(mut instance) = self.resolve_instance(&mut draft)
            {
                instance.notify = notify;
                instances.push(instance);
                places.push(at);
            } else {
                self.idle_scripts.push(notify);
            }
        }
        self.report_duplicates(&instances, &places);
        if !self.context.stopped {
            self.finish_blocks(groups, &instances);
        }
        self.resolve_lvs();
        let mut config = std::mem::take(&mut self.config);
        config.instances = instances;
        config
    }

    fn resolve_instance(&mut self, draft: &mut Draft) -> Option<Instance> {
        let strict = draft.strict.unwrap_or(self.defaults.strict);
        let family = draft.family.unwrap_or(Family::V4);
        let version = self.version(draft, family, strict);
        let vrid = draft.vrid?;
        let group = self.group(family);
        // An ipvlan sends from its own address; a source that was refused does not take that away.
        let own = draft.vmac.address.filter(|_| draft.vmac.ipvlan).map(|address| address.ip());
        draft.source = draft.source.or(own);
        let mut new = Instance::new(&draft.name, vrid, family, group);
        (new.strict, new.version, new.interface) = (strict, version, draft.interface.take());
        (new.source, new.dont_track_primary) = (draft.source, draft.dont_track_primary);
        new.track_source = draft.track_source && draft.source.is_some();
        self.state_and_priority(draft, &mut new);
        self.authentication_checks(draft, &mut new);
        self.hmac_checks(draft, &mut new);
        self.mode(draft, &mut new);
        self.vmac_early(draft, &mut new);
        if !self.interface_fits(draft, &new) || !self.has_addresses(draft, &mut new) {
            return None;
        }
        (new.routes, new.rules) = (std::mem::take(&mut draft.routes), std::mem::take(&mut draft.rules));
        self.preemption(draft, &mut new);
        self.patience(draft, &mut new);
        self.accept(draft, &mut new);
        self.garp(draft, &mut new);
        self.adverts(draft, &mut new);
        self.interval(draft, &mut new);
        let as_v2 = draft.checksum_as_v2.unwrap_or(self.defaults.checksum_as_v2);
        new.checksum_v3 = if as_v2 { ChecksumV3::AsV2 } else { ChecksumV3::PseudoHeader };
        new.skip_check_adv_addr = draft.skip_check_adv_addr || self.defaults.skip_check_adv_addr;
        new.promote_secondaries = draft.promote_secondaries;
        new.rx_buffer = draft.rx_buffer;
        new.smtp_alert = draft.smtp_alert.unwrap_or(self.config.global.mail.by_vrrp());
        new.notify_priority_changes = draft
            .notify_priority_changes
            .or(draft.sync.and_then(|sync| sync.notify_priority_changes))
            .unwrap_or(self.config.global.fifos.priority_changes);
        new.linkbeat_polling = draft.linkbeat_polling && new.interface.is_some();
        (new.lvs_sync_interface, new.debug) = (draft.lvs_sync_interface.take(), draft.debug);
        self.vmac(draft, &mut new);
        self.tracking_of(draft, &mut new);
        Some(new)
    }

    /// Reports that a setting was overridden.
    pub(super) fn overridden(&mut self, draft: &Draft, keyword: &str, code: Code, message: &str) {
        let message = format!("{}{message}", draft.owner());
        self.context.report_at(draft.at(keyword), code, message);
    }

    fn version(&mut self, draft: &Draft, family: Family, strict: bool) -> Version {
        match (family, draft.version) {
            (Family::V6, Some(Version::V2)) if strict => {
                self.overridden(
                    draft,
                    "version",
                    Code::Strict,
                    "IPv6 cannot be used with VRRP version 2, setting version 3",
                );
                Version::V3
            }
            (_, Some(version)) => version,
            (Family::V6, None) => Version::V3,
            (Family::V4, None) => self.defaults.version,
        }
    }

    fn group(&self, family: Family) -> std::net::IpAddr {
        let global: &Global = &self.config.global;
        match family {
            Family::V4 => global.multicast_group_v4.into(),
            Family::V6 => global.multicast_group_v6.into(),
        }
    }

    /// Priority from state and state from priority, where one of them was not typed.
    fn state_and_priority(&mut self, draft: &Draft, new: &mut Instance) {
        let default =
            if draft.state == Some(InitialState::Master) { Priority::OWNER } else { Priority::DEFAULT };
        new.priority = draft.priority.map_or(default, Priority::new);
        let fitting = if new.priority.is_owner() { InitialState::Master } else { InitialState::Backup };
        new.state = draft.state.unwrap_or(fitting);
        if new.strict && new.state != fitting {
            let state = if fitting == InitialState::Master { "MASTER" } else { "BACKUP" };
            let message =
                format!("strict mode wants state MASTER with priority 255 and no other, using {state}");
            self.overridden(draft, "state", Code::Strict, &message);
            new.state = fitting;
        }
    }

    fn authentication_checks(&mut self, draft: &Draft, new: &mut Instance) {
        let Some(kind) = draft.auth_type else { return };
        let refusal = if new.strict {
            "strict mode allows no authentication, ignoring it"
        } else if new.version == Version::V3 {
            "VRRP version 3 has no authentication, ignoring it"
        } else if draft.auth_pass[0] == 0 {
            "authentication without auth_pass, ignoring it"
        } else if kind == AuthType::Ah && new.family == Family::V6 {
            "AH authentication cannot be used with IPv6, ignoring it"
        } else {
            new.authentication = match kind {
                AuthType::Pass => Authentication::Pass(draft.auth_pass),
                AuthType::Ah => Authentication::Ah(draft.auth_pass),
            };
            // The sequence number of the present master must be heard before taking over from it.
            if kind == AuthType::Ah && new.state == InitialState::Master && !new.priority.is_owner() {
                let message = "state MASTER does not go with AH authentication, starting as BACKUP";
                self.overridden(draft, "state", Code::Authentication, message);
                new.state = InitialState::Backup;
            }
            return;
        };
        self.overridden(draft, "", Code::Authentication, refusal);
    }

    /// Unicast with peers, multicast otherwise.
    fn mode(&mut self, draft: &mut Draft, new: &mut Instance) {
        let unicast = std::mem::take(&mut draft.unicast);
        if unicast.peers.is_empty() && unicast.ttl.is_some() {
            self.overridden(
                draft,
                "unicast_ttl",
                Code::Incompatible,
                "unicast_ttl cannot be used without unicast peers, ignoring it",
            );
        }
        if unicast.configured && unicast.peers.is_empty() {
            if unicast.fault_without_peers {
                let message = "no unicast peer is left, staying in FAULT";
                self.overridden(draft, "unicast_fault_no_peer", Code::Unusual, message);
            } else {
                let message = "there are unicast settings and no unicast_peer, using multicast: \
                               list the peers, or take the settings away";
                self.overridden(draft, "", Code::UnicastWithoutPeers, message);
            }
        }
        if unicast.configured && (!unicast.peers.is_empty() || unicast.fault_without_peers) {
            if draft.group.is_some() && !unicast.peers.is_empty() {
                self.overridden(
                    draft,
                    "mcast_dst_ip",
                    Code::Incompatible,
                    "mcast_dst_ip is of no use with unicast, ignoring it",
                );
            }
            new.mode = Mode::Unicast {
                ttl: unicast.ttl.filter(|_| !unicast.peers.is_empty()).unwrap_or(255),
                peers: unicast.peers,
                check_source: unicast.check_source || self.defaults.check_unicast_src,
                fault_without_peers: unicast.fault_without_peers,
                old_checksum: unicast.old_checksum,
            };
        } else if let Some(group) = draft.group {
            new.mode = Mode::Multicast { group };
        }
    }

    fn accept(&mut self, draft: &Draft, new: &mut Instance) {
        let mut accept = draft.accept.unwrap_or(new.priority.is_owner() || !new.strict);
        if accept && new.strict && new.version == Version::V2 && !new.priority.is_owner() {
            let message = "RFC 3768 has no accept mode for VRRP version 2, ignoring it";
            self.overridden(draft, "accept", Code::Strict, message);
            accept = false;
        }
        new.accept = if accept { Accept::All } else { Accept::OwnerOnly };
    }
}
