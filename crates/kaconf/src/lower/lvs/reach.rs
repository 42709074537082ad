//! How a virtual server is reached: by an address, by a mark, by what its group has.

use vrrp_types::Family;

use crate::model::VirtualServerGroup;

/// What a virtual server must know of its group, found once.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct GroupFacts {
    pub(super) v4: bool,
    pub(super) v6: bool,
    pub(super) mark_of_any_family: bool,
    pub(super) has_addresses: bool,
    pub(super) has_fwmarks: bool,
    /// A member that is every port of an address.
    pub(super) every_port: bool,
    /// The port of the first address, and whether another one has another.
    pub(super) port: u16,
    pub(super) several_ports: bool,
}

impl GroupFacts {
    pub(super) fn of(group: &VirtualServerGroup) -> Self {
        let families = group.addresses.iter().map(|range| Some(Family::of(range.first)));
        let families = families.chain(group.fwmarks.iter().map(|mark| mark.family));
        let port = group.addresses.first().map_or(0, |range| range.port);
        let mut facts = Self {
            has_addresses: !group.addresses.is_empty(),
            has_fwmarks: !group.fwmarks.is_empty(),
            every_port: group.addresses.iter().any(|range| range.port == 0),
            port,
            several_ports: group.addresses.iter().any(|range| range.port != port),
            ..Self::default()
        };
        for family in families {
            match family {
                Some(Family::V4) => facts.v4 = true,
                Some(Family::V6) => facts.v6 = true,
                None => facts.mark_of_any_family = true,
            }
        }
        facts
    }
}

/// How a virtual server is reached.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    /// By an address; one that a group has, too.
    pub(super) address: bool,
    /// By a firewall mark.
    pub(super) mark: bool,
    pub(super) group: Option<GroupFacts>,
}
