//! The virtual addresses: what the kernel is asked to add and remove, and whose each one is.

use ipnetwork::IpNetwork;
use kaconf::model::{self, Broadcast, VirtualAddress};
use vrrp_linux::{Address, AddressFlags, IfIndex};

use super::vmac::Key;

/// A virtual address of an instance and what became of it.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) model: VirtualAddress,
    /// Carried in adverts, or only held (`virtual_ipaddress_excluded`).
    pub(super) excluded: bool,
    /// The interface it was put on, while it is there.
    pub(super) on: Option<IfIndex>,
    /// The VMAC it belongs on.
    pub(super) vmac: Option<Key>,
    /// It should be there and could not be set.
    pub(super) owed: bool,
    /// It was there before us, and an owner leaves it there.
    pub(super) found: bool,
}

impl Held {
    pub(super) fn new(model: VirtualAddress, excluded: bool, vmac: Option<Key>) -> Self {
        Self { model, excluded, on: None, owed: false, vmac, found: false }
    }

    /// All of an instance, in the order in which they are added.
    pub(super) fn all(model: &model::Instance) -> Vec<Self> {
        let new = |address: &VirtualAddress, excluded| {
            Self::new(address.clone(), excluded, Key::of_address(model, address))
        };
        let carried = model.addresses.iter().map(|address| new(address, false));
        let excluded = model.excluded.iter().map(|address| new(address, true));
        carried.chain(excluded).collect()
    }

    /// What the kernel is told of it.
    pub(super) fn on_interface(&self, interface: IfIndex) -> Address {
        to_kernel(&self.model, interface)
    }

    /// Whether the kernel could not tell this one from another: then a reload leaves it alone.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        (&self.model.device, &self.vmac) == (&other.model.device, &other.vmac)
            && IfIndex::new(1).is_none_or(|any| self.on_interface(any) == other.on_interface(any))
    }

    /// Whether the kernel's `address` is this one.
    pub(super) fn is(&self, address: &Address) -> bool {
        address.network.ip() == self.model.address.ip()
            && address.network.prefix() == self.model.address.prefix()
    }
}

/// A line of `virtual_ipaddress` in the kernel's words.
pub(super) fn to_kernel(model: &VirtualAddress, interface: IfIndex) -> Address {
    let mut address = Address::new(interface, model.address);
    let v6 = model.address.is_ipv6();
    let flag = |on: bool, flag: AddressFlags| if on { flag } else { AddressFlags::empty() };
    address.flags = flag(v6 && !model.detect_duplicates, AddressFlags::NODAD)
        | flag(v6 && model.home, AddressFlags::HOMEADDRESS)
        | flag(v6 && model.manage_temporary, AddressFlags::MANAGETEMPADDR)
        | flag(model.no_prefix_route, AddressFlags::NOPREFIXROUTE)
        | flag(model.autojoin, AddressFlags::MCAUTOJOIN);
    address.scope = model.scope;
    address.broadcast = broadcast(model);
    address.label = model.label.as_deref().map(str::to_owned);
    address.peer = model.peer;
    // keepalived reads `preferred_lft` for IPv4 too, and does nothing with it.
    address.preferred = model.preferred_lifetime.filter(|_| v6);
    address.proto = Some(Address::PROTO_KEEPALIVED);
    address
}

fn broadcast(model: &VirtualAddress) -> Option<std::net::Ipv4Addr> {
    let IpNetwork::V4(network) = model.address else { return None };
    match model.broadcast {
        Broadcast::None => None,
        Broadcast::HostBitsSet => Some(network.broadcast()),
        Broadcast::HostBitsCleared => Some(network.network()),
        Broadcast::Address(address) => Some(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eth0() -> IfIndex {
        IfIndex::new(2).unwrap()
    }

    #[test]
    fn an_ipv6_address_is_usable_at_once_and_never_a_source() {
        let address = to_kernel(&VirtualAddress::new("2001:db8::100/128".parse().unwrap()), eth0());
        assert_eq!((address.flags, address.preferred), (AddressFlags::NODAD, Some(0)));
    }

    #[test]
    fn broadcast_addresses() {
        let line =
            |broadcast| VirtualAddress { broadcast, ..VirtualAddress::new("10.1.2.3/24".parse().unwrap()) };
        for (typed, expected) in [
            (Broadcast::None, None),
            (Broadcast::HostBitsSet, Some([10, 1, 2, 255].into())),
            (Broadcast::HostBitsCleared, Some([10, 1, 2, 0].into())),
            (Broadcast::Address([10, 9, 9, 9].into()), Some([10, 9, 9, 9].into())),
        ] {
            assert_eq!(to_kernel(&line(typed), eth0()).broadcast, expected);
        }
    }
}
