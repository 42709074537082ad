//! The interfaces of the host and their addresses, as the kernel reported them last.

use std::collections::BTreeMap;
use std::net::IpAddr;

use vrrp_linux::{Address, AddressFlags, IfIndex, Link, Netlink, NetlinkError};
use vrrp_types::Family;

use super::vmac::Key;

#[derive(Debug)]
pub(super) struct Interface {
    pub(super) link: Link,
    /// In the order in which the kernel lists or reports them.
    pub(super) addresses: Vec<Address>,
}

#[derive(Debug, Default)]
pub(super) struct Interfaces {
    by_index: BTreeMap<IfIndex, Interface>,
    by_name: BTreeMap<String, IfIndex>,
    /// Those that were made for instances and addresses.
    pub(super) vmacs: BTreeMap<Key, IfIndex>,
}

impl Interfaces {
    /// Asks the kernel for everything.
    pub(super) fn read(kernel: &mut Netlink) -> Result<Self, NetlinkError> {
        let links = kernel.links()?;
        let mut interfaces = Self::default();
        for link in links {
            interfaces.update(link);
        }
        for address in kernel.addresses()? {
            interfaces.add_address(address);
        }
        Ok(interfaces)
    }

    pub(super) fn get(&self, index: IfIndex) -> Option<&Interface> {
        self.by_index.get(&index)
    }

    pub(super) fn find(&self, name: &str) -> Option<&Interface> {
        self.by_index.get(self.by_name.get(name)?)
    }

    pub(super) fn vmac(&self, key: &Key) -> Option<&Interface> {
        self.by_index.get(self.vmacs.get(key)?)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Interface> {
        self.by_index.values()
    }

    /// Takes a report of a link; gives the link as it was.
    pub(super) fn update(&mut self, link: Link) -> Option<Link> {
        let (index, name) = (link.index, link.name.clone());
        let before = match self.by_index.get_mut(&index) {
            Some(interface) => Some(std::mem::replace(&mut interface.link, link)),
            None => {
                self.by_index.insert(index, Interface { link, addresses: Vec::new() });
                None
            }
        };
        if let Some(renamed) = before.as_ref().filter(|before| before.name != name) {
            self.forget_name(&renamed.name, index);
        }
        self.by_name.insert(name, index);
        before
    }

    fn forget_name(&mut self, name: &str, index: IfIndex) {
        if self.by_name.get(name) == Some(&index) {
            self.by_name.remove(name);
        }
    }

    pub(super) fn remove(&mut self, index: IfIndex) -> Option<Interface> {
        let gone = self.by_index.remove(&index)?;
        self.forget_name(&gone.link.name, index);
        Some(gone)
    }

    /// An address came, or changed.
    pub(super) fn add_address(&mut self, address: Address) {
        let Some(interface) = self.by_index.get_mut(&address.interface) else { return };
        match interface.addresses.iter_mut().find(|known| same(known, &address)) {
            Some(known) => *known = address,
            None => interface.addresses.push(address),
        }
    }

    /// An address went.
    pub(super) fn remove_address(&mut self, address: &Address) {
        if let Some(interface) = self.by_index.get_mut(&address.interface) {
            interface.addresses.retain(|known| !same(known, address));
        }
    }
}

fn same(a: &Address, b: &Address) -> bool {
    (a.network, a.peer) == (b.network, b.peer)
}

impl Interface {
    /// Where adverts of a family come from: the first address of IPv4, the first link-local one of IPv6. An
    /// address that duplicate detection has not passed yet cannot be sent from.
    pub(super) fn source(&self, family: Family, is_virtual: impl Fn(&Address) -> bool) -> Option<IpAddr> {
        let unusable = AddressFlags::TENTATIVE | AddressFlags::DADFAILED;
        let usable = |address: &&Address| match address.ip() {
            IpAddr::V4(_) => family == Family::V4,
            IpAddr::V6(ip) => {
                let waiting =
                    address.flags.intersects(unusable) && !address.flags.contains(AddressFlags::OPTIMISTIC);
                family == Family::V6 && ip.is_unicast_link_local() && !waiting
            }
        };
        self.addresses.iter().filter(usable).find(|address| !is_virtual(address)).map(Address::ip)
    }
}
