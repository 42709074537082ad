//! Once all is read: the interface an instance gets, and what does not go with it.

use std::fmt::Display;
use std::time::Duration;

use vrrp_types::Family;

use super::draft::Draft;
use super::reader::Reader;
use crate::code::Code;
use crate::model::{ExtraGarp, Instance, InterfaceName, Mode, Vmac, VmacKind};

impl Reader<'_> {
    /// What depends on nothing but the instance: `vrf`, and the address of a VMAC.
    pub(super) fn vmac_early(&mut self, draft: &mut Draft, new: &mut Instance) {
        if new.strict && draft.vmac.mac.take_if(|_| draft.vmac.macvlan).is_some() {
            let message =
                format!("{}a MAC address cannot be given in strict mode, ignoring it", draft.owner());
            self.context.report_at(draft.vmac.at, Code::Strict, message);
        }
        new.vrf = draft.vrf.take().filter(|vrf| self.vrf_exists(draft, vrf));
        let unicast = matches!(&new.mode, Mode::Unicast { peers, .. } if !peers.is_empty());
        if new.vrf.is_some() && (new.interface.is_some() || !unicast) {
            let with = if new.interface.is_some() { "without an interface" } else { "with unicast" };
            self.overridden(
                draft,
                "vrf",
                Code::Incompatible,
                &format!("vrf can only be used {with}, ignoring it"),
            );
            new.vrf = None;
        }
    }

    fn vrf_exists(&mut self, draft: &Draft, vrf: &InterfaceName) -> bool {
        let exists = self.can_appear(vrf);
        if !exists {
            self.overridden(
                draft,
                "vrf",
                Code::TrackedMissing,
                &format!("vrf {vrf} doesn't exist, ignoring it"),
            );
        }
        exists
    }

    /// The interface itself.
    pub(super) fn vmac(&mut self, draft: &mut Draft, new: &mut Instance) {
        let mut typed = std::mem::take(&mut draft.vmac);
        let owner = draft.owner();
        if typed.macvlan && new.strict && typed.xmit_base {
            let message = format!("{owner}vmac_xmit_base is incompatible with strict mode, ignoring it");
            self.context.report_at(typed.at, Code::Strict, message);
            typed.xmit_base = false;
        }
        if typed.is_any() && new.promote_secondaries {
            let message = format!("{owner}promote_secondaries is set for VMACs by itself, ignoring it");
            self.context.report_at(draft.at("promote_secondaries"), Code::Vmac, message);
            new.promote_secondaries = false;
        }
        if typed.ipvlan && new.family == Family::V4 && typed.address.is_none() {
            let message = format!("{owner}an IPv4 ipvlan needs an address, the instance will be in FAULT");
            self.context.report_at(typed.at, Code::Vmac, message);
        } else if typed.ipvlan
            && let Some(address) = typed.address.filter(|address| Family::of(address.ip()) != new.family)
        {
            let message = format!(
                "{owner}address {address} of the ipvlan is not {}, the instance will be in FAULT",
                new.family
            );
            self.context.report_at(typed.at, Code::FamilyMismatch, message);
        }
        if typed.xmit_base && !typed.macvlan {
            let message = format!("{owner}vmac_xmit_base is only valid with use_vmac, ignoring it");
            self.context.report_at(draft.at("vmac_xmit_base"), Code::Vmac, message);
            typed.xmit_base = false;
        }
        let kind = if typed.ipvlan {
            VmacKind::Ipvlan { address: typed.address, mode: typed.mode.unwrap_or_default() }
        } else {
            let mac = typed.mac.map(|mac| {
                let [a, b, c, d, e, last] = mac.octets;
                [a, b, c, d, e, if mac.ends_with_vrid { new.vrid.get() } else { last }]
            });
            VmacKind::Macvlan { mac, xmit_base: typed.xmit_base, netlink_notify: typed.netlink_notify }
        };
        new.vmac = typed.is_any().then_some(Vmac { name: typed.name, group: typed.group, kind });
        new.vmac_addresses = typed.addresses;
        self.address_vmacs(owner, draft, new, typed.macvlan);
        let (interval, all) = match typed.garp_interval {
            Some(seconds) => (seconds, typed.garp_all),
            None => (
                self.defaults.garp_extra.map_or(0, |extra| extra.every.as_secs() as u32),
                typed.garp_all || self.defaults.garp_all,
            ),
        };
        new.garp_extra = ExtraGarp { interval: Duration::from_secs(interval.into()), all };
    }

    /// `use_vmac` on an address line, where the instance says as much.
    fn address_vmacs(
        &mut self,
        owner: impl Display + Copy,
        draft: &Draft,
        new: &mut Instance,
        macvlan: bool,
    ) {
        let (interface, family, everywhere) = (new.interface.clone(), new.family, new.vmac_addresses);
        for address in new.addresses.iter_mut().chain(&mut new.excluded).filter(|address| address.use_vmac) {
            let here = address.device.is_none() || address.device == interface;
            let same = Family::of(address.address.ip()) == family;
            let keyword = if here && same && macvlan {
                "use_vmac"
            } else if (!here || !same) && everywhere {
                "use_vmac_addr"
            } else {
                continue;
            };
            let message =
                format!("{owner}use_vmac of address {} is said by {keyword} already", address.address);
            self.context.report_at(draft.at, Code::Vmac, message);
            address.use_vmac = false;
        }
    }
}
