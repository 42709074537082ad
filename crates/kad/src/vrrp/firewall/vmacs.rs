//! What VMACs need of the firewall: group memberships are told of by the interface below, where switches look for them,
//! and neither routers nor the address of the interface below are asked for or told of by the virtual one.

use std::net::{IpAddr, Ipv6Addr};

use vrrp_linux::netlink::nftables::NftElement;
use vrrp_types::Family;

use super::layout::{Layout, Set};
use super::wanted::{Guarded, on_index, on_name};
use crate::vrrp::driver::Driver;
use crate::vrrp::vmac::{Key, Vmac};

impl Driver {
    /// A VMAC is about to come up: what it says from the first packet on is looked at.
    pub(in crate::vrrp) fn guard_vmac(&mut self, key: &Key, name: &str) {
        let Some(vmac) = self.vmacs.get(key) else { return };
        let wanted = self.wanted_of(&vmac, name);
        self.firewall.guard_vmac(vmac.index, wanted);
    }

    /// Brings the firewall in line with the VMACs, if anything about them changed.
    pub(in crate::vrrp) fn guard_vmacs(&mut self) {
        if !std::mem::take(&mut self.firewall.vmacs_changed) {
            return;
        }
        let wanted =
            self.vmacs.iter().map(|vmac| (vmac.index, self.wanted_of(&vmac, self.name_of(vmac.index))));
        let wanted = wanted.filter(|(_, wanted)| !wanted.is_empty()).collect();
        self.firewall.replace_vmacs(wanted);
    }

    fn wanted_of(&self, vmac: &Vmac, name: &str) -> Vec<Guarded> {
        let joins = vmac.family == Family::V6 || !self.global.disable_local_igmp;
        if !vmac.macvlan || !joins {
            return Vec::new();
        }
        let mut wanted = Vec::new();
        let speaks = |family| vmac.family == family || vmac.both_families;
        let map = |set| {
            let [key, data] = [vmac.index, vmac.parent].map(|index| index.get().to_ne_bytes().to_vec());
            Guarded { set, element: NftElement { key, data: Some(data) } }
        };
        if speaks(Family::V4) {
            wanted.push(map(Set::VmacMapV4));
        }
        if speaks(Family::V6) {
            wanted.push(map(Set::VmacMapV6));
            wanted.push(Guarded { set: Set::Vmacs, element: NftElement::of(vmac.index.get().to_ne_bytes()) });
            wanted
                .extend(self.link_local_below(vmac).map(|ip| hidden(ip, vmac, name, &self.firewall.layout)));
        }
        wanted.sort();
        wanted
    }

    /// The interface's own link-local address.
    fn link_local_below(&self, vmac: &Vmac) -> Option<Ipv6Addr> {
        self.interfaces.get(vmac.parent)?.addresses.iter().find_map(|address| match address.ip() {
            IpAddr::V6(ip) if ip.is_unicast_link_local() && !self.virtuals.contains_key(&ip.into()) => {
                Some(ip)
            }
            IpAddr::V6(_) | IpAddr::V4(_) => None,
        })
    }
}

fn hidden(ip: Ipv6Addr, vmac: &Vmac, name: &str, layout: &Layout) -> Guarded {
    let element = if layout.by_index() { on_index(ip, vmac.index) } else { on_name(ip, name) };
    Guarded { set: Set::ParentLinkLocal, element }
}
