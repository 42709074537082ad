//! One VMAC comes into being, or one that is there is taken over.

use std::net::{IpAddr, Ipv6Addr};

use ipnetwork::IpNetwork;
use tracing::{debug, info, warn};
use vrrp_linux::sysctl::Conf;
use vrrp_linux::{
    AddrGen, Address, AddressFlags, AddressOp, IfIndex, Inet4, Link, LinkChange, NetlinkError, NewLink,
    Stacked,
};
use vrrp_types::Family;

use super::align::parent;
use super::spec::{Key, LinkLocal, Spec};
use super::{Made, mark};
use crate::vrrp::driver::Driver;

impl Driver {
    /// Makes or finds the interface of an entry on `base`, and readies it.
    pub(super) fn make_vmac(&mut self, key: &Key, base: &Link) {
        let Some(spec) = self.vmacs.entries.get(key).map(|entry| entry.spec.clone()) else { return };
        let found = match self.matching(key, &spec, base) {
            Some(link) => {
                info!("({}) Found matching interface {}", spec.owner, link.name);
                self.take_over(key, &spec, &link, base);
                Ok(link.name)
            }
            None => self.create(key, &spec, base),
        };
        let made = found.and_then(|name| self.ready(key, &spec, &name, base).map_err(|error| (name, error)));
        match made {
            Ok(()) => drop(self.said(key, false)),
            Err((name, error)) => {
                if !self.said(key, true) {
                    let kind = if key.mac().is_some() { "VMAC" } else { "ipvlan" };
                    info!("({}): Unable to create {kind} interface {name}", spec.owner);
                    warn!("({}) {kind} interface {name} on {}: {error}", spec.owner, base.name);
                }
            }
        }
    }

    /// Notes whether it failed; gives whether it had before.
    fn said(&mut self, key: &Key, failed: bool) -> bool {
        let entry = self.vmacs.entries.get_mut(key);
        entry.is_some_and(|entry| std::mem::replace(&mut entry.failed, failed))
    }

    /// An interface that is as the one to be made, and nobody else's.
    fn matching(&self, key: &Key, spec: &Spec, base: &Link) -> Option<Link> {
        let parent = parent(base);
        let of_a_living_one = |link: &Link| {
            let alias = link.alias.as_deref().filter(|alias| mark::read(alias).is_some());
            let mine = |alias| self.vmacs.maker.as_ref().is_some_and(|maker| maker.is_mine(alias));
            alias.is_some_and(|alias| !mine(alias) && !mark::is_abandoned(alias))
        };
        let mut links = self.interfaces.iter().map(|interface| &interface.link);
        let found = links.find(|link| {
            let alike = link.link == Some(parent) && link.stacked == Some(spec.stacked);
            let same = match (key.mac(), &spec.name) {
                (Some(mac), _) => link.mac == Some(mac),
                (None, Some(name)) => link.name == name.as_str(),
                (None, None) => spec.names().next().is_some_and(|name| name == link.name),
            };
            alike && same && !self.vmacs.owns(link.index) && !of_a_living_one(link)
        });
        found.cloned()
    }

    fn take_over(&mut self, key: &Key, spec: &Spec, link: &Link, base: &Link) {
        if let Some(name) = spec.name.as_ref().filter(|name| name.as_str() != link.name) {
            info!("({}) vmac name mismatch {name} <=> {}. changing to {1}.", spec.owner, link.name);
        }
        if let Some(found) =
            link.alias.as_deref().filter(|alias| mark::is_abandoned(alias)).and_then(mark::read)
        {
            self.vmacs.settings.inherit(parent(base), &found);
        }
        let change = self.difference(key, spec, link, base);
        if change != LinkChange::default() {
            let _ = self.kernel.netlink().change_link(link.index, &change);
        }
    }

    fn create(&mut self, key: &Key, spec: &Spec, base: &Link) -> Result<String, (String, NetlinkError)> {
        let name = self.free_name(spec, base);
        if key.mac().is_some() && spec.family == Family::V4 {
            self.vmacs.settings.prepare(parent(base), &self.interfaces, self.kernel.netlink());
        }
        let new = NewLink {
            name: name.clone(),
            parent: base.index,
            stacked: spec.stacked,
            mac: key.mac(),
            group: spec.group.unwrap_or(base.group),
            master: self.vrf_of(base),
        };
        match self.kernel.netlink().create_link(&new) {
            Ok(()) => {
                let kind = if key.mac().is_some() { "VMAC" } else { "ipvlan" };
                debug!("({}): Success creating {kind} interface {name}", spec.owner);
                Ok(name)
            }
            Err(error) => Err((name, error)),
        }
    }

    /// The name that was given, or the first that is free.
    fn free_name(&mut self, spec: &Spec, base: &Link) -> String {
        let kind = if spec.stacked == Stacked::PRIVATE { "VMAC" } else { "IPVLAN" };
        if let Some(name) = spec.name.as_ref().map(|name| name.as_str().to_owned()) {
            match self.interfaces.find(&name).map(|found| (found.link.index, found.link.stacked)) {
                None => return name,
                Some((index, Some(_))) if !self.vmacs.owns(index) && index != base.index => {
                    info!(
                        "({}) {kind} {name} already exists but is incompatible. It will be deleted/updated",
                        spec.owner
                    );
                    if let Err(error) = self.drop_link(index) {
                        warn!("interface {name} cannot be removed: {error}");
                    }
                    return name;
                }
                Some(_) => info!(
                    "({}) {kind} interface name {name} already exists as a non {kind} interface. ignoring \
                     configured name",
                    spec.owner
                ),
            }
        }
        let given: Vec<_> =
            self.vmacs.entries.values().filter_map(|entry| entry.spec.name.as_ref()).collect();
        let taken = |name: &String| {
            self.interfaces.find(name).is_some() || given.iter().any(|given| given.as_str() == name)
        };
        // There are 65,536 of them.
        spec.names().find(|name| !taken(name)).unwrap_or_default()
    }

    /// Settings, addresses, and up.
    fn ready(&mut self, key: &Key, spec: &Spec, name: &str, base: &Link) -> Result<(), NetlinkError> {
        let index = self.kernel.netlink().link(name)?.index;
        let made = Made { index, parent: parent(base) };
        let alias = self.vmacs.mark(made.parent);
        let inet4 = match (key.mac(), spec.family) {
            (None, _) => Vec::new(),
            (Some(_), Family::V6) => vec![(Inet4::ArpIgnore, 1)],
            (Some(_), Family::V4) => vec![
                (Inet4::ArpIgnore, 1),
                (Inet4::AcceptLocal, 1),
                (Inet4::RpFilter, 0),
                (Inet4::PromoteSecondaries, 1),
            ],
        };
        let change = LinkChange { alias, inet4, ..LinkChange::default() };
        let netlink = self.kernel.netlink();
        netlink.change_link(index, &change)?;
        switch_ipv6(name, spec.speaks_ipv6);
        if key.mac().is_some() {
            // A kernel without IPv6 makes no address either.
            let quiet = LinkChange { addr_gen: Some(AddrGen::None), ..LinkChange::default() };
            let _ = netlink.change_link(index, &quiet);
        }
        if let Some(entry) = self.vmacs.entries.get_mut(key) {
            entry.link = Some(made);
        }
        self.guard_vmac(key, name);
        let up = LinkChange { up: Some(true), ..LinkChange::default() };
        self.kernel.netlink().change_link(index, &up)?;
        let link = self.kernel.netlink().link(name)?;
        self.delays.seen(name, link.is_up());
        self.delays.inherit(name, &base.name);
        self.interfaces.update(link);
        self.interfaces.vmacs.insert(key.clone(), index);
        self.sockets_stale = true;
        self.give_addresses(key, spec, index, base);
        if self.vmacs.following && self.interfaces.get(index).is_some_and(|made| made.link.is_up()) {
            info!("Netlink reports {name} up");
        }
        if spec.notify {
            self.make_kernel_tell_of(base.index);
        }
        Ok(())
    }

    /// The addresses it has of its own: the link-local one, or that of an ipvlan.
    pub(super) fn give_addresses(&mut self, key: &Key, spec: &Spec, index: IfIndex, base: &Link) {
        let Some(interface) = self.interfaces.get(index) else { return };
        let network = match (spec.address, spec.link_local) {
            (Some(address), _) => Some(address),
            (None, LinkLocal::None) => None,
            (None, LinkLocal::Given(address)) => Some(link_local(address)),
            (None, LinkLocal::OfBase) => self.link_local_of(key, base).map(link_local),
        };
        let Some(network) = network else { return };
        let has_one = interface.addresses.iter().any(|address| match (spec.address, address.ip()) {
            (Some(wanted), ip) => ip == wanted.ip(),
            (None, IpAddr::V6(ip)) => ip.is_unicast_link_local() && !self.virtuals.contains_key(&ip.into()),
            (None, IpAddr::V4(_)) => false,
        });
        if has_one || !interface.link.flags.contains(vrrp_linux::LinkFlags::UP) {
            return;
        }
        let mut address = Address::new(index, network);
        address.proto = Some(Address::PROTO_KEEPALIVED);
        if network.is_ipv6() {
            address.flags = AddressFlags::NODAD;
            // Nothing but adverts is to come from there, as with keepalived.
            address.preferred = spec.address.is_none().then_some(0);
        }
        let outcome = self.kernel.netlink().apply(&[AddressOp::Add(address.clone())]);
        match outcome.first() {
            Some(Ok(()) | Err(NetlinkError::Exists)) => self.interfaces.add_address(address),
            Some(Err(error)) => {
                warn!("({}) {network} cannot be set on {}: {error}", spec.owner, self.name_of(index));
            }
            None => {}
        }
    }

    /// That of the interface below, or one made from its hardware address (RFC 4291 appendix A).
    fn link_local_of(&self, key: &Key, base: &Link) -> Option<Ipv6Addr> {
        let addresses = self.interfaces.find(key.base.as_str()).map_or(&[][..], |found| &found.addresses);
        let own = addresses.iter().find_map(|address| match address.ip() {
            IpAddr::V6(ip) if ip.is_unicast_link_local() && !self.virtuals.contains_key(&ip.into()) => {
                Some(ip)
            }
            IpAddr::V6(_) | IpAddr::V4(_) => None,
        });
        own.or_else(|| base.mac.map(eui64))
    }
}

fn link_local(address: Ipv6Addr) -> IpNetwork {
    IpNetwork::new(address.into(), 64).unwrap_or_else(|_| IpAddr::V6(address).into())
}

/// The link-local address that a hardware address makes.
fn eui64([a, b, c, d, e, f]: [u8; 6]) -> Ipv6Addr {
    Ipv6Addr::from([0xfe, 0x80, 0, 0, 0, 0, 0, 0, a ^ 2, b, c, 0xff, 0xfe, d, e, f])
}

/// Where only IPv4 is to be spoken the kernel's IPv6 would speak all the same.
fn switch_ipv6(name: &str, on: bool) {
    let conf = Conf::new(Family::V6, name);
    if let Err(error) = conf.and_then(|conf| conf.set("disable_ipv6", i32::from(!on))) {
        debug!("IPv6 of {name} cannot be switched: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_local_address_of_a_hardware_address() {
        let expected: Ipv6Addr = "fe80::ff:fe00:1".parse().unwrap();
        assert_eq!(eui64([2, 0, 0, 0, 0, 1]), expected);
    }
}
