//! Virtual servers and real servers while they are read: only what was typed, defaults come later.

use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::num::NonZeroU64;

use vrrp_types::Family;

use super::draft_checker::CheckDraft;
use crate::files::Location;
use crate::model::{
    Granularity, IpvsTunnel, Protocol, Scheduler, SchedulerFlags, Script, VirtualServerGroup, VirtualServerId,
};

/// Everything about LVS that was read.
#[derive(Debug, Default)]
pub(in crate::lower) struct Drafts {
    /// Each in a box of its own: its room is used again for what it becomes.
    pub(super) servers: VecDeque<Box<ServerDraft>>,
    pub(super) groups: Vec<VirtualServerGroup>,
}

impl Drafts {
    /// How many virtual servers there are.
    #[cfg(test)]
    pub(in crate::lower) fn len(&self) -> usize {
        self.servers.len()
    }

    /// Takes over what was read behind it.
    pub(in crate::lower) fn append(&mut self, later: Self) {
        self.servers.extend(later.servers);
        self.groups.extend(later.groups);
    }
}

/// `lb_kind` without what belongs to a tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Nat,
    DirectRoute,
    Tunnel,
}

/// `lb_kind`, `lvs_method`, `sorry_server_lvs_method`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ForwardingDraft {
    pub(super) method: Option<Method>,
    pub(super) tunnel: IpvsTunnel,
}

/// Microseconds, in no more room than they take if they may be missing: a configuration has very many of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Micros(NonZeroU64);

impl Micros {
    pub(super) const fn new(micros: u64) -> Self {
        Self(NonZeroU64::MIN.saturating_add(micros))
    }

    pub(super) const fn get(self) -> u64 {
        self.0.get() - 1
    }
}

/// The keywords that virtual servers, real servers and checkers share.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Timing {
    pub(super) delay_loop: Option<Micros>,
    pub(super) warmup: Option<Micros>,
    pub(super) delay_before_retry: Option<Micros>,
    pub(super) connect_timeout: Option<Micros>,
    pub(super) retry: Option<u32>,
}

impl Timing {
    /// What is not said here is taken from `outer`.
    pub(super) fn or(self, outer: Self) -> Self {
        Self {
            delay_loop: self.delay_loop.or(outer.delay_loop),
            warmup: self.warmup.or(outer.warmup),
            delay_before_retry: self.delay_before_retry.or(outer.delay_before_retry),
            connect_timeout: self.connect_timeout.or(outer.connect_timeout),
            retry: self.retry.or(outer.retry),
        }
    }
}

/// Where the keywords stood that are looked at again once all is read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Places {
    pub(super) block: Option<Location>,
    pub(super) protocol: Option<Location>,
    pub(super) one_packet: Option<Location>,
    pub(super) ha_suspend: Option<Location>,
    pub(super) quorum: Option<Location>,
    pub(super) hysteresis: Option<Location>,
}

/// A `virtual_server` as typed.
#[derive(Debug)]
pub(super) struct ServerDraft {
    pub(super) id: VirtualServerId,
    pub(super) at: Places,
    pub(super) family: Option<Family>,
    pub(super) protocol: Option<Protocol>,
    pub(super) scheduler: Option<Scheduler>,
    pub(super) flags: SchedulerFlags,
    pub(super) one_packet: bool,
    pub(super) forwarding: ForwardingDraft,
    /// Seconds.
    pub(super) persistence_timeout: Option<u32>,
    pub(super) granularity: Option<Granularity>,
    pub(super) engine: Option<Box<str>>,
    pub(super) timing: Timing,
    pub(super) ha_suspend: bool,
    pub(super) alpha: bool,
    pub(super) omega: bool,
    pub(super) inhibit: bool,
    pub(super) smtp_alert: Option<bool>,
    pub(super) virtualhost: Option<Box<str>>,
    pub(super) snmp_name: Option<Box<str>>,
    pub(super) weight: u32,
    pub(super) quorum: u32,
    pub(super) hysteresis: u32,
    pub(super) quorum_up: Option<Box<Script>>,
    pub(super) quorum_down: Option<Box<Script>>,
    pub(super) sorry: Option<Box<SorryDraft>>,
    pub(super) real_servers: Vec<RealDraft>,
}

impl ServerDraft {
    pub(super) fn new(id: VirtualServerId, at: Option<Location>) -> Self {
        let family = match &id {
            VirtualServerId::Address(address) => Some(Family::of(address.ip())),
            VirtualServerId::Fwmark(_) | VirtualServerId::Group(_) => None,
        };
        Self {
            id,
            at: Places { block: at, ..Places::default() },
            family,
            protocol: None,
            scheduler: None,
            flags: SchedulerFlags::NONE,
            one_packet: false,
            forwarding: ForwardingDraft::default(),
            persistence_timeout: None,
            granularity: None,
            engine: None,
            timing: Timing::default(),
            ha_suspend: false,
            alpha: false,
            omega: false,
            inhibit: false,
            smtp_alert: None,
            virtualhost: None,
            snmp_name: None,
            weight: 1,
            quorum: 1,
            hysteresis: 0,
            quorum_up: None,
            quorum_down: None,
            sorry: None,
            real_servers: Vec::new(),
        }
    }

    /// How messages about it begin.
    pub(super) fn owner(&self) -> String {
        format!("({}) ", self.id)
    }
}

/// A `sorry_server` as typed.
#[derive(Debug)]
pub(super) struct SorryDraft {
    pub(super) address: SocketAddr,
    pub(super) at: Option<Location>,
    pub(super) forwarding: ForwardingDraft,
    pub(super) inhibit: bool,
}

/// A `real_server` as typed.
#[derive(Debug)]
pub(super) struct RealDraft {
    pub(super) address: SocketAddr,
    pub(super) at: Option<Location>,
    pub(super) forwarding: ForwardingDraft,
    pub(super) weight: Option<u32>,
    pub(super) inhibit: Option<bool>,
    pub(super) alpha: Option<bool>,
    pub(super) smtp_alert: Option<bool>,
    pub(super) checkers: Vec<CheckDraft>,
    pub(super) rare: Option<Box<RareDraft>>,
}

/// What few real servers say: there may be tens of thousands that do not.
#[derive(Debug, Default)]
pub(super) struct RareDraft {
    pub(super) upper_threshold: u32,
    pub(super) lower_threshold: u32,
    pub(super) timing: Timing,
    pub(super) virtualhost: Option<Box<str>>,
    pub(super) snmp_name: Option<Box<str>>,
    pub(super) notify_up: Option<Box<Script>>,
    pub(super) notify_down: Option<Box<Script>>,
    /// The BFD instances that are watched already.
    pub(super) watched: BTreeSet<Box<str>>,
}

impl RealDraft {
    pub(super) fn new(address: SocketAddr, at: Option<Location>, forwarding: ForwardingDraft) -> Self {
        Self {
            address,
            at,
            forwarding,
            weight: None,
            inhibit: None,
            alpha: None,
            smtp_alert: None,
            checkers: Vec::new(),
            rare: None,
        }
    }

    /// The place of what few say.
    pub(super) fn rare(&mut self) -> &mut RareDraft {
        self.rare.get_or_insert_default()
    }

    pub(super) fn timing(&self) -> Timing {
        self.rare.as_ref().map_or_else(Timing::default, |rare| rare.timing)
    }
}
