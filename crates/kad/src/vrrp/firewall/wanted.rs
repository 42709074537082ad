//! What an instance wants in the sets of the firewall.

use std::net::{IpAddr, Ipv6Addr};

use vrrp_linux::IfIndex;
use vrrp_linux::netlink::nftables::NftElement;

use super::is_guarded;
use super::layout::{Layout, Set};
use crate::vrrp::addresses::Held;
use crate::vrrp::instance::Instance;
use crate::vrrp::interfaces::Interfaces;
use crate::vrrp::kernel::place;

/// Octets of an interface's name (`IFNAMSIZ`).
const NAME: usize = 16;

/// An element, and the set it is in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::vrrp) struct Guarded {
    pub(super) set: Set,
    pub(super) element: NftElement,
}

/// All that guards an instance as it is now.
pub(super) fn wanted(instance: &Instance, interfaces: &Interfaces, layout: &Layout) -> Vec<Guarded> {
    let mut wanted = Vec::new();
    if is_guarded(&instance.model) && instance.is_master() {
        let numbers = 0..instance.held.len();
        wanted.extend(numbers.filter_map(|number| address(instance, number, interfaces, layout)));
    }
    wanted.sort();
    wanted.dedup();
    wanted
}

/// A link-local address is guarded on its interface alone: others may have the same.
fn address(instance: &Instance, number: usize, interfaces: &Interfaces, layout: &Layout) -> Option<Guarded> {
    let held = &instance.held[number];
    match held.model.address.ip() {
        IpAddr::V4(ip) => Some(Guarded { set: Set::V4, element: NftElement::of(ip.octets()) }),
        IpAddr::V6(ip) if !ip.is_unicast_link_local() => {
            Some(Guarded { set: Set::V6, element: NftElement::of(ip.octets()) })
        }
        IpAddr::V6(ip) => {
            let on = place(instance, number, interfaces)?;
            if by_name(instance, held, layout) {
                let name = &interfaces.get(on)?.link.name;
                return Some(Guarded { set: Set::LinkLocalName, element: on_name(ip, name) });
            }
            Some(Guarded { set: Set::LinkLocalIndex, element: on_index(ip, on) })
        }
    }
}

/// Where an instance does not follow its interface, the interface may vanish and come back with another number.
fn by_name(instance: &Instance, held: &Held, layout: &Layout) -> bool {
    let own = held.model.device.is_none() || held.model.device == instance.model.interface;
    !layout.by_index() && instance.model.dont_track_primary && (own || !held.model.track)
}

/// An address on an interface known by its number.
pub(super) fn on_index(ip: Ipv6Addr, on: IfIndex) -> NftElement {
    NftElement::of([&ip.octets()[..], &on.get().to_ne_bytes()].concat())
}

/// An address on an interface known by its name.
pub(super) fn on_name(ip: Ipv6Addr, name: &str) -> NftElement {
    let mut key = ip.octets().to_vec();
    key.extend(name.as_bytes());
    key.resize(ip.octets().len() + NAME, 0);
    NftElement::of(key)
}
