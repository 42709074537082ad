//! Which announcements are spaced together, and how far apart: those of an interface and of the VMACs on it, or those of
//! all interfaces of a `garp_group`.

use std::time::Duration;

use kaconf::model::{GarpGroup, Global};
use vrrp_linux::IfIndex;

use crate::vrrp::interfaces::Interfaces;

/// Who waits for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::vrrp) enum Lane {
    Interface(IfIndex),
    /// Of the configuration, by number.
    Group(usize),
}

/// What the configuration says of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Lanes {
    /// Of IPv4 and IPv6, where there is no group.
    spacing: [Duration; 2],
    groups: Vec<GarpGroup>,
}

impl Lanes {
    /// Whether anything changed.
    pub(super) fn set(&mut self, global: &Global, groups: Vec<GarpGroup>) -> bool {
        let fresh = Self { spacing: [global.garp_interval, global.gna_interval], groups };
        let changed = *self != fresh;
        *self = fresh;
        changed
    }

    /// Where an announcement on this interface has to wait; `None` is nowhere.
    pub(super) fn of(&self, on: IfIndex, v6: bool, interfaces: &Interfaces) -> Option<(Lane, Duration)> {
        if self.groups.is_empty() && self.spacing == [Duration::ZERO; 2] {
            return None;
        }
        let lane = self.lane(on, interfaces);
        self.interval(lane, v6).map(|spacing| (lane, spacing))
    }

    /// Whom an interface waits for.
    pub(super) fn lane(&self, on: IfIndex, interfaces: &Interfaces) -> Lane {
        let base = below(on, interfaces);
        let name = interfaces.get(base).map_or("", |interface| interface.link.name.as_str());
        let is_member = |group: &GarpGroup| group.interfaces.iter().any(|member| member.as_str() == name);
        self.groups.iter().position(is_member).map_or(Lane::Interface(base), Lane::Group)
    }

    /// How far apart announcements of a family are there. What a group does not say is not what the others are told.
    pub(super) fn interval(&self, lane: Lane, v6: bool) -> Option<Duration> {
        let spacing = match lane {
            Lane::Group(number) => {
                let group = self.groups.get(number)?;
                if v6 { group.gna_interval } else { group.garp_interval }.unwrap_or_default()
            }
            Lane::Interface(_) => self.spacing[usize::from(v6)],
        };
        (!spacing.is_zero()).then_some(spacing)
    }

    pub(super) fn groups(&self) -> impl Iterator<Item = Lane> + use<> {
        (0..self.groups.len()).map(Lane::Group)
    }
}

/// The interface that frames of this one leave by.
fn below(on: IfIndex, interfaces: &Interfaces) -> IfIndex {
    let link = interfaces.get(on).map(|interface| &interface.link);
    let stacked = link.filter(|link| matches!(link.kind.as_deref(), Some("macvlan" | "ipvlan")));
    stacked.and_then(|link| link.link).unwrap_or(on)
}

#[cfg(test)]
mod tests {
    use kaconf::model::InterfaceName;
    use vrrp_linux::{Link, LinkFlags};

    use super::*;

    fn link(index: u32, name: &str) -> Link {
        Link {
            index: IfIndex::new(index).unwrap(),
            name: name.into(),
            mtu: 1500,
            flags: LinkFlags::UP | LinkFlags::RUNNING,
            mac: Some([2, 0, 0, 0, 0, 1]),
            kind: None,
            arphrd: 1,
            master: None,
            link: None,
            stacked: None,
            vrf_table: None,
            group: 0,
            alias: None,
        }
    }

    #[test]
    fn a_group_waits_together_and_a_vmac_with_its_interface() {
        let mut interfaces = Interfaces::default();
        for (index, name) in [(2, "eth0"), (3, "eth1"), (4, "eth2")] {
            interfaces.update(link(index, name));
        }
        let mut vmac = link(5, "vrrp.51");
        (vmac.kind, vmac.link) = (Some("macvlan".into()), IfIndex::new(4));
        interfaces.update(vmac);
        let mut group = GarpGroup::default();
        group.garp_interval = Some(Duration::from_millis(7));
        group.interfaces = ["eth0", "eth1"].map(|name| InterfaceName::new(name).unwrap()).into();
        let mut global = Global::default();
        (global.garp_interval, global.gna_interval) = (Duration::from_millis(2), Duration::from_millis(3));
        let mut lanes = Lanes::default();
        assert!(lanes.set(&global, vec![group.clone()]));
        assert!(!lanes.set(&global, vec![group]), "the same once more");
        let of = |index, v6| lanes.of(IfIndex::new(index).unwrap(), v6, &interfaces);
        let (four, millis) = (IfIndex::new(4).unwrap(), Duration::from_millis);
        assert_eq!(of(2, false), Some((Lane::Group(0), millis(7))));
        assert_eq!(of(3, false), of(2, false));
        assert_eq!(of(2, true), None, "the group says nothing of IPv6");
        assert_eq!(of(5, false), Some((Lane::Interface(four), millis(2))));
        assert_eq!(of(5, true), Some((Lane::Interface(four), millis(3))));
        assert_eq!(Lanes::default().of(four, false, &interfaces), None);
    }
}
