//! Virtual servers, real servers and checkers while they are read: only what was typed, defaults come later.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU64;

use vrrp_types::Family;

use super::checker::CheckerType;
use crate::files::Location;
use crate::lower::script::Account;
use crate::model::{
    Binding, DnsRecord, FileWeight, Granularity, HttpVersion, IpvsTunnel, Protocol, Regex, ReplyOctet,
    Scheduler, SchedulerFlags, Script, UdpReply, VirtualServerGroup, VirtualServerId,
};

/// Everything about LVS that was read.
#[derive(Debug, Default)]
pub(in crate::lower) struct Drafts {
    pub(super) servers: Vec<ServerDraft>,
    pub(super) groups: Vec<VirtualServerGroup>,
    /// Names that checkers may refer to, so far.
    pub(super) track_files: HashSet<Box<str>>,
    pub(super) bfd_instances: HashSet<Box<str>>,
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
    pub(super) upper_threshold: u32,
    pub(super) lower_threshold: u32,
    pub(super) inhibit: Option<bool>,
    pub(super) alpha: Option<bool>,
    pub(super) smtp_alert: Option<bool>,
    pub(super) timing: Timing,
    pub(super) virtualhost: Option<Box<str>>,
    pub(super) snmp_name: Option<Box<str>>,
    pub(super) notify_up: Option<Box<Script>>,
    pub(super) notify_down: Option<Box<Script>>,
    pub(super) checkers: Vec<CheckDraft>,
}

impl RealDraft {
    pub(super) fn new(address: SocketAddr, at: Option<Location>, forwarding: ForwardingDraft) -> Self {
        Self {
            address,
            at,
            forwarding,
            weight: None,
            upper_threshold: 0,
            lower_threshold: 0,
            inhibit: None,
            alpha: None,
            smtp_alert: None,
            timing: Timing::default(),
            virtualhost: None,
            snmp_name: None,
            notify_up: None,
            notify_down: None,
            checkers: Vec::new(),
        }
    }
}

/// The connection of a checker as typed.
#[derive(Clone, Debug, Default)]
pub(super) struct ConnectionDraft {
    pub(super) ip: Option<IpAddr>,
    pub(super) port: Option<u16>,
    pub(super) timeout: Option<Micros>,
    pub(super) binding: Option<Box<Binding>>,
}

impl ConnectionDraft {
    /// Whether anything was said.
    pub(super) fn is_set(&self) -> bool {
        self.ip.is_some() || self.port.is_some() || self.timeout.is_some() || self.binding.is_some()
    }

    /// Whom it leads to, from the real server `address`.
    pub(super) fn target(&self, address: SocketAddr) -> SocketAddr {
        SocketAddr::new(self.ip.unwrap_or(address.ip()), self.port.unwrap_or(address.port()))
    }

    pub(super) fn binding(&mut self) -> &mut Binding {
        self.binding.get_or_insert_with(Box::default)
    }
}

/// A checker as typed.
#[derive(Debug)]
pub(super) struct CheckDraft {
    pub(super) checker: &'static CheckerType,
    pub(super) at: Option<Location>,
    pub(super) connection: ConnectionDraft,
    /// Of the real server, where `bindto` must be like it.
    pub(super) family: Option<Family>,
    pub(super) timing: Timing,
    pub(super) alpha: Option<bool>,
    pub(super) log_all_failures: bool,
    /// keepalived dropped it in the middle: what follows is recognised and not read.
    pub(super) dropped: bool,
    pub(super) kind: Kind,
}

/// What only one kind of checker has.
#[derive(Debug)]
pub(super) enum Kind {
    Tcp,
    Ping,
    Http(Box<HttpDraft>),
    Smtp(Box<SmtpDraft>),
    Dns(Box<DnsDraft>),
    Udp(Box<UdpDraft>),
    Misc(Box<MiscDraft>),
    File(Box<FileDraft>),
    Bfd(Option<Box<str>>),
}

/// `HTTP_GET`, `SSL_GET`
#[derive(Debug, Default)]
pub(super) struct HttpDraft {
    pub(super) tls: bool,
    pub(super) version: HttpVersion,
    pub(super) virtualhost: Option<Box<str>>,
    pub(super) enable_sni: bool,
    pub(super) sni_name: Option<Box<str>>,
    pub(super) fast_recovery: bool,
    pub(super) tls_compliant: bool,
    pub(super) urls: Vec<UrlDraft>,
}

/// `url`
#[derive(Debug, Default)]
pub(super) struct UrlDraft {
    pub(super) path: Option<Box<str>>,
    pub(super) digest: Option<[u8; 16]>,
    pub(super) status: Vec<std::ops::RangeInclusive<u16>>,
    pub(super) virtualhost: Option<Box<str>>,
    pub(super) tls_compliant: bool,
    /// The pattern, once there is one.
    pub(super) pattern: Option<Box<str>>,
    /// Everything else about it.
    pub(super) regex: Option<Box<Regex>>,
}

impl UrlDraft {
    pub(super) fn regex(&mut self) -> &mut Regex {
        self.regex.get_or_insert_with(|| Box::new(Regex::new("".into())))
    }
}

/// `SMTP_CHECK`
#[derive(Debug, Default)]
pub(super) struct SmtpDraft {
    pub(super) helo_name: Option<Box<str>>,
    pub(super) hosts: Vec<ConnectionDraft>,
}

/// `DNS_CHECK`
#[derive(Debug, Default)]
pub(super) struct DnsDraft {
    pub(super) record: DnsRecord,
    pub(super) name: Option<Box<str>>,
}

/// `UDP_CHECK`
#[derive(Debug)]
pub(super) struct UdpDraft {
    pub(super) payload: Option<Box<[u8]>>,
    pub(super) require_reply: bool,
    pub(super) reply: UdpReply,
}

impl Default for UdpDraft {
    fn default() -> Self {
        let pattern: Box<[ReplyOctet]> = Box::default();
        Self {
            payload: None,
            require_reply: false,
            reply: UdpReply { min_length: 0, max_length: 255, pattern },
        }
    }
}

/// `MISC_CHECK`
#[derive(Debug, Default)]
pub(super) struct MiscDraft {
    pub(super) script: Option<Box<Script>>,
    pub(super) user: Option<Account>,
    /// Nobody could run it, which was said where the user stood.
    pub(super) nobody: bool,
    /// Seconds; 0 is not given.
    pub(super) timeout: u32,
    pub(super) dynamic: bool,
}

/// `FILE_CHECK`
#[derive(Debug, Default)]
pub(super) struct FileDraft {
    pub(super) track_file: Option<Box<str>>,
    pub(super) weight: Option<FileWeight>,
}
