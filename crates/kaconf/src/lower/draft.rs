//! A `vrrp_instance` while it is read: only what was typed, defaults come later.

use std::collections::HashSet;
use std::hash::Hash;
use std::net::IpAddr;

use vrrp_types::{Family, Version, Vrid};

use super::blocks::TrackingDraft;
use super::hmac::HmacDraft;
use super::instance::KEYWORDS;
use super::owner::Owner;
use super::resolve_groups::Membership;
use super::vmac::VmacDraft;
use crate::files::Location;
use crate::model::{
    InitialState, InterfaceName, Notify, OldUnicastChecksum, Route, Rule, UnicastPeer, VirtualAddress,
};

/// So many drafts are done until the room of them is given back.
pub(super) const DRAFTS_GIVEN_BACK: usize = 256;

/// `auth_type`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AuthType {
    Pass,
    Ah,
}

/// The `garp_*` keywords, seconds and counts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct GarpDraft {
    pub(super) repeat: Option<u32>,
    pub(super) delay: Option<u32>,
    pub(super) refresh: Option<u32>,
    pub(super) refresh_repeat: Option<u32>,
    pub(super) lower_prio_repeat: Option<u32>,
    pub(super) lower_prio_delay: Option<u32>,
}

/// What makes an instance a unicast one, and how.
#[derive(Debug, Default)]
pub(super) struct UnicastDraft {
    /// One of the unicast keywords was seen.
    pub(super) configured: bool,
    pub(super) peers: Vec<UnicastPeer>,
    pub(super) known_peers: Seen<IpAddr>,
    pub(super) ttl: Option<u8>,
    pub(super) check_source: bool,
    pub(super) fault_without_peers: bool,
    pub(super) old_checksum: OldUnicastChecksum,
}

/// Virtual addresses, and what is needed to notice one that comes twice.
#[derive(Debug, Default)]
pub(super) struct AddressDraft {
    pub(super) carried: Vec<VirtualAddress>,
    pub(super) excluded: Vec<VirtualAddress>,
    /// Those of either list that name a device.
    pub(super) with_device: Vec<DeviceLine>,
    pub(super) known: Seen<IpAddr>,
    pub(super) known_carried: Seen<(IpAddr, Option<InterfaceName>)>,
    pub(super) known_excluded: Seen<(IpAddr, Option<InterfaceName>)>,
    /// `no_virtual_ipaddress`
    pub(super) none_meant: bool,
}

/// Where an address line stood that names a device.
#[derive(Clone, Copy, Debug)]
pub(super) struct DeviceLine {
    /// Which of the addresses it became.
    pub(super) index: u32,
    /// Whether that is one of [`AddressDraft::excluded`].
    pub(super) excluded: bool,
    pub(super) at: Option<Location>,
}

/// Where a keyword stood.
#[derive(Clone, Copy, Debug)]
struct Mark {
    keyword: u16,
    at: Location,
}

/// An instance as typed.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) name: Box<str>,
    /// Where its name is.
    pub(super) at: Option<Location>,
    marks: Vec<Mark>,
    pub(super) family: Option<Family>,
    pub(super) version: Option<Version>,
    pub(super) state: Option<InitialState>,
    pub(super) interface: Option<InterfaceName>,
    /// What `interface` said before, where it was given more than once.
    pub(super) interfaces_before: Vec<(InterfaceName, Option<Location>)>,
    pub(super) vrid: Option<Vrid>,
    pub(super) priority: Option<u8>,
    /// Microseconds.
    pub(super) advert_int: Option<u32>,
    pub(super) unicast: UnicastDraft,
    pub(super) source: Option<IpAddr>,
    pub(super) group: Option<IpAddr>,
    pub(super) track_source: bool,
    pub(super) addresses: AddressDraft,
    /// `virtual_routes`
    pub(super) routes: Vec<Route>,
    /// `virtual_rules`
    pub(super) rules: Vec<Rule>,
    pub(super) auth_type: Option<AuthType>,
    pub(super) auth_pass: [u8; 8],
    pub(super) checksum_as_v2: Option<bool>,
    pub(super) nopreempt: bool,
    /// Microseconds.
    pub(super) preempt_delay: u32,
    pub(super) down_timer_adverts: Option<u8>,
    pub(super) dont_track_primary: bool,
    pub(super) skip_check_adv_addr: bool,
    pub(super) strict: Option<bool>,
    pub(super) accept: Option<bool>,
    pub(super) promote_secondaries: bool,
    pub(super) garp: GarpDraft,
    pub(super) lower_prio_no_advert: Option<bool>,
    pub(super) higher_prio_send_advert: Option<bool>,
    pub(super) owner_ignore_adverts: Option<bool>,
    pub(super) timer_expired_backup: Option<u8>,
    pub(super) rx_buffer: Option<u32>,
    pub(super) vmac: VmacDraft,
    pub(super) vrf: Option<InterfaceName>,
    pub(super) hmac: Option<Box<HmacDraft>>,
    /// In a box: of thousands of instances few track much.
    pub(super) tracking: Option<Box<TrackingDraft>>,
    pub(super) notify: Notify,
    pub(super) smtp_alert: Option<bool>,
    pub(super) notify_priority_changes: Option<bool>,
    pub(super) linkbeat_polling: bool,
    pub(super) lvs_sync_interface: Option<InterfaceName>,
    pub(super) debug: u8,
    /// Its sync group, once all is read.
    pub(super) sync: Option<Membership>,
}

impl Draft {
    pub(super) fn new(name: &str, at: Option<Location>) -> Self {
        Self {
            name: name.into(),
            at,
            marks: Vec::with_capacity(8),
            family: None,
            version: None,
            state: None,
            interface: None,
            interfaces_before: Vec::new(),
            vrid: None,
            priority: None,
            advert_int: None,
            unicast: UnicastDraft::default(),
            source: None,
            group: None,
            track_source: false,
            addresses: AddressDraft::default(),
            routes: Vec::new(),
            rules: Vec::new(),
            auth_type: None,
            auth_pass: [0; 8],
            checksum_as_v2: None,
            nopreempt: false,
            preempt_delay: 0,
            down_timer_adverts: None,
            dont_track_primary: false,
            skip_check_adv_addr: false,
            strict: None,
            accept: None,
            promote_secondaries: false,
            garp: GarpDraft::default(),
            lower_prio_no_advert: None,
            higher_prio_send_advert: None,
            owner_ignore_adverts: None,
            timer_expired_backup: None,
            rx_buffer: None,
            vmac: VmacDraft::default(),
            vrf: None,
            hmac: None,
            tracking: None,
            notify: Notify::default(),
            smtp_alert: None,
            notify_priority_changes: None,
            linkbeat_polling: false,
            lvs_sync_interface: None,
            debug: 0,
            sync: None,
        }
    }

    /// How messages about it begin.
    pub(super) fn owner(&self) -> Owner<'_> {
        Owner::of(&self.name)
    }

    /// Gives back the room that lists grew into: a configuration may have thousands of instances.
    pub(super) fn shrink(&mut self) {
        self.marks.shrink_to_fit();
        self.addresses.carried.shrink_to_fit();
        self.addresses.excluded.shrink_to_fit();
        self.addresses.with_device.shrink_to_fit();
        self.routes.shrink_to_fit();
        self.rules.shrink_to_fit();
        self.unicast.peers.shrink_to_fit();
        if let Some(tracking) = &mut self.tracking {
            tracking.shrink();
        }
    }

    /// Remembers where a keyword of [`KEYWORDS`] stood; the last one counts.
    pub(super) fn mark(&mut self, keyword: usize, at: Option<Location>) {
        let keyword = keyword as u16;
        let Some(at) = at else { return };
        match self.marks.iter_mut().find(|mark| mark.keyword == keyword) {
            Some(mark) => mark.at = at,
            None => self.marks.push(Mark { keyword, at }),
        }
    }

    /// Where a keyword stood, or else the instance.
    pub(super) fn at(&self, keyword: &str) -> Option<Location> {
        let index = KEYWORDS.binary_search_by(|(name, _)| (*name).cmp(keyword)).ok();
        let mark = index.and_then(|index| self.marks.iter().find(|mark| usize::from(mark.keyword) == index));
        mark.map(|mark| mark.at).or(self.at)
    }
}

/// Tells what is in a list already: by looking while it is short, by a set once it is long.
#[derive(Debug)]
pub(super) struct Seen<K>(Option<Box<Index<K>>>);

#[derive(Debug)]
struct Index<K> {
    set: HashSet<K>,
    /// How much of the list is in the set.
    taken: usize,
}

impl<K> Default for Seen<K> {
    fn default() -> Self {
        Self(None)
    }
}

impl<K: Eq + Hash> Seen<K> {
    /// Lists no longer than this are looked through.
    const SHORT: usize = 64;

    /// Whether something in `list` has this key. The list may only have grown since the last time.
    pub(super) fn contains<T>(&mut self, list: &[T], key_of: impl Fn(&T) -> K, key: &K) -> bool {
        if list.len() <= Self::SHORT {
            return list.iter().any(|other| key_of(other) == *key);
        }
        let index = self.0.get_or_insert_with(|| Box::new(Index { set: HashSet::new(), taken: 0 }));
        index.set.extend(list[index.taken..].iter().map(key_of));
        index.taken = list.len();
        index.set.contains(key)
    }
}
