//! The host's settings that an IPv4 VMAC needs changed, and what they were before.
//!
//! The interface below must not answer ARP for addresses of the VMAC (`arp_ignore`, `arp_filter`), and the VMAC must
//! not filter by reverse path, which `all.rp_filter` would force on it. Reading and writing here is a matter of
//! microseconds: /proc/sys is no disk.

use std::collections::BTreeMap;
use std::fmt;

use tracing::{info, warn};
use vrrp_linux::sysctl::Conf;
use vrrp_linux::{IfIndex, Inet4, LinkChange, LinkFlags, Netlink};
use vrrp_types::Family;

use crate::vrrp::interfaces::{Interface, Interfaces};

/// What was found on the host and changed; what was as it should be is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Of the interface below.
    pub(super) arp_ignore: Option<u32>,
    pub(super) arp_filter: Option<u32>,
    /// Its own `rp_filter`, and those of `all` and `default`.
    pub(super) rp_filter: Option<u32>,
    pub(super) all: Option<u32>,
    pub(super) default: Option<u32>,
}

impl Found {
    fn fields(&mut self) -> [(&'static str, &mut Option<u32>); 5] {
        [
            ("arp_ignore", &mut self.arp_ignore),
            ("arp_filter", &mut self.arp_filter),
            ("rp_filter", &mut self.rp_filter),
            ("all.rp_filter", &mut self.all),
            ("default.rp_filter", &mut self.default),
        ]
    }

    /// From the words `arp_ignore=0 ...`; others are passed over.
    pub(super) fn read(text: &str) -> Self {
        let mut found = Self::default();
        for (key, value) in text.split(' ').filter_map(|word| word.split_once('=')) {
            if let Some((_, field)) = found.fields().into_iter().find(|(name, _)| *name == key) {
                *field = value.parse().ok();
            }
        }
        found
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut found = *self;
        let said = found.fields().map(|(name, value)| value.map(|value| (name, value)));
        said.into_iter().flatten().try_for_each(|(name, value)| write!(f, " {name}={value}"))
    }
}

/// What was changed, to be put back.
#[derive(Debug, Default)]
pub(super) struct Settings {
    bases: BTreeMap<IfIndex, (u32, u32)>,
    reverse_path: Option<ReversePath>,
}

#[derive(Debug)]
struct ReversePath {
    all: u32,
    default: Option<u32>,
    interfaces: BTreeMap<IfIndex, u32>,
}

impl Settings {
    /// What a predecessor that was killed changed on the interface below one of its VMACs.
    pub(super) fn inherit(&mut self, base: IfIndex, found: &Found) {
        if let (Some(ignore), Some(filter)) = (found.arp_ignore, found.arp_filter) {
            self.bases.entry(base).or_insert((ignore, filter));
        }
        if let Some(all) = found.all {
            let interfaces = BTreeMap::new();
            let kept =
                self.reverse_path.get_or_insert(ReversePath { all, default: found.default, interfaces });
            kept.interfaces.extend(found.rp_filter.map(|value| (base, value)));
        }
    }

    /// Makes the host ready for a VMAC on this interface.
    pub(super) fn prepare(&mut self, base: IfIndex, interfaces: &Interfaces, netlink: &mut Netlink) {
        self.prepare_reverse_path(interfaces, netlink);
        let Some(name) = name(base, interfaces) else { return };
        if self.bases.contains_key(&base) {
            return;
        }
        let (Some(ignore), Some(filter)) = (get(name, "arp_ignore"), get(name, "arp_filter")) else { return };
        if (ignore, filter) != (1, 1) {
            set(netlink, base, vec![(Inet4::ArpIgnore, 1), (Inet4::ArpFilter, 1)]);
            self.bases.insert(base, (ignore, filter));
        }
    }

    /// `all.rp_filter` goes down to the interfaces: none of them filters otherwise than before, but the loopback, which
    /// keepalived leaves aside.
    fn prepare_reverse_path(&mut self, interfaces: &Interfaces, netlink: &mut Netlink) {
        let all = get("all", "rp_filter").unwrap_or(0);
        if self.reverse_path.is_some() || all == 0 {
            return;
        }
        let default = get("default", "rp_filter").filter(|value| *value < all);
        if let Some(default) = default {
            info!("NOTICE: setting sysctl net.ipv4.conf.default.rp_filter from {default} to {all}");
            put("default", "rp_filter", all);
        }
        let mut raised = BTreeMap::new();
        let filters = |interface: &&Interface| !interface.link.flags.contains(LinkFlags::LOOPBACK);
        for interface in interfaces.iter().filter(filters) {
            let value = get(&interface.link.name, "rp_filter");
            if let Some(value) = value.filter(|value| *value < all) {
                set(netlink, interface.link.index, vec![(Inet4::RpFilter, all)]);
                raised.insert(interface.link.index, value);
            }
        }
        info!("NOTICE: setting sysctl net.ipv4.conf.all.rp_filter from {all} to 0");
        put("all", "rp_filter", 0);
        self.reverse_path = Some(ReversePath { all, default, interfaces: raised });
    }

    /// What a successor must know to put it back.
    pub(super) fn found(&self, base: IfIndex) -> Found {
        let arp = self.bases.get(&base);
        let reverse = self.reverse_path.as_ref();
        Found {
            arp_ignore: arp.map(|(ignore, _)| *ignore),
            arp_filter: arp.map(|(_, filter)| *filter),
            rp_filter: reverse.and_then(|reverse| reverse.interfaces.get(&base).copied()),
            all: reverse.map(|reverse| reverse.all),
            default: reverse.and_then(|reverse| reverse.default),
        }
    }

    /// Puts back the settings of interfaces that no VMAC is on any more.
    pub(super) fn release(&mut self, in_use: impl Fn(IfIndex) -> bool, netlink: &mut Netlink) {
        self.bases.retain(|base, (ignore, filter)| {
            let stays = in_use(*base);
            if !stays {
                set(netlink, *base, vec![(Inet4::ArpIgnore, *ignore), (Inet4::ArpFilter, *filter)]);
            }
            stays
        });
    }

    /// Puts back what belongs to no single interface, where nobody has changed it since.
    pub(super) fn restore_reverse_path(&mut self, interfaces: &Interfaces, netlink: &mut Netlink) {
        let Some(ReversePath { all, default, interfaces: raised }) = self.reverse_path.take() else { return };
        if get("all", "rp_filter") == Some(0) {
            info!("NOTICE: resetting sysctl net.ipv4.conf.all.rp_filter to {all}");
            put("all", "rp_filter", all);
        }
        if let Some(default) = default.filter(|_| get("default", "rp_filter") == Some(all)) {
            info!("NOTICE: resetting sysctl net.ipv4.conf.default.rp_filter to {default}");
            put("default", "rp_filter", default);
        }
        for (index, value) in raised {
            if name(index, interfaces).and_then(|name| get(name, "rp_filter")) == Some(all) {
                set(netlink, index, vec![(Inet4::RpFilter, value)]);
            }
        }
    }
}

fn name(index: IfIndex, interfaces: &Interfaces) -> Option<&str> {
    interfaces.get(index).map(|interface| interface.link.name.as_str())
}

fn get(interface: &str, setting: &str) -> Option<u32> {
    let value = Conf::new(Family::V4, interface).and_then(|conf| conf.get(setting)).ok()?;
    u32::try_from(value).ok()
}

/// `all` and `default` are no interfaces that netlink knows.
fn put(interface: &str, setting: &str, value: u32) {
    let value = i32::try_from(value).unwrap_or(i32::MAX);
    if let Err(error) = Conf::new(Family::V4, interface).and_then(|conf| conf.set(setting, value)) {
        warn!("net.ipv4.conf.{interface}.{setting} cannot be set to {value}: {error}");
    }
}

/// By netlink, as /proc/sys may be read-only.
fn set(netlink: &mut Netlink, index: IfIndex, inet4: Vec<(Inet4, u32)>) {
    let change = LinkChange { inet4, ..LinkChange::default() };
    match netlink.change_link(index, &change) {
        Ok(()) | Err(vrrp_linux::NetlinkError::NoInterface) => {}
        Err(error) => {
            warn!("settings {:?} of interface number {index} cannot be made: {error}", change.inet4);
        }
    }
}
