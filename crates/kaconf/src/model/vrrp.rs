//! One `vrrp_instance`.

use std::net::IpAddr;
use std::time::Duration;

use vrrp_types::{Family, Interval, Priority, Version, Vrid};

use super::{AuthHmac, GarpExtra, InterfaceName, Notify, Route, Rule, Tracking, VirtualAddress, Vmac};

/// `state`: where an instance would like to begin. Only an owner begins as master.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum InitialState {
    /// `MASTER`
    Master,
    /// `BACKUP`
    #[default]
    Backup,
}

/// Whom adverts are sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Mode {
    /// The group of all virtual routers: `mcast_dst_ip` or the global one of the family.
    Multicast {
        /// Where adverts go.
        group: IpAddr,
    },
    /// `unicast_peer`
    Unicast {
        /// Never empty, unless `unicast_fault_no_peer` keeps such an instance in FAULT.
        peers: Vec<UnicastPeer>,
        /// `unicast_ttl`; 255.
        ttl: u8,
        /// `check_unicast_src`: drop what does not come from a peer. Implied by a peer's TTL range.
        check_source: bool,
        /// `unicast_fault_no_peer`
        fault_without_peers: bool,
        /// `old_unicast_checksum`
        old_checksum: OldUnicastChecksum,
    },
}

/// One line of `unicast_peer`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UnicastPeer {
    /// Its address.
    pub address: IpAddr,
    /// `min_ttl` and `max_ttl`: TTLs taken from this peer. `None` where none was typed.
    pub ttl: Option<(u8, u8)>,
}

/// `old_unicast_checksum`: the pseudo-header of VRRPv3 unicast before keepalived 1.3.6.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum OldUnicastChecksum {
    /// Try both, and follow the peer.
    #[default]
    Detect,
    /// The keyword alone: the multicast group stands as the destination.
    Forced,
    /// `never`
    Never,
}

/// How the checksum of VRRPv3 over IPv4 is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ChecksumV3 {
    /// With the pseudo-header, as keepalived does.
    #[default]
    PseudoHeader,
    /// Without: `v3_checksum_as_v2`.
    AsV2,
}

/// `authentication`, VRRPv2 only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Authentication {
    /// None.
    #[default]
    None,
    /// `auth_type PASS`: eight octets in clear text, padded with zeros.
    Pass([u8; 8]),
    /// `auth_type AH`: the key of HMAC-MD5-96, padded with zeros.
    Ah([u8; 8]),
}

/// `accept`, `no_accept`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Accept {
    /// Packets to a virtual address are taken.
    #[default]
    All,
    /// Only by the owner: a firewall drops them.
    OwnerOnly,
}

/// How often addresses are announced by gratuitous ARP and unsolicited neighbour advertisements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Garp {
    /// `garp_master_repeat`: rounds of a burst; 5.
    pub repeat: u32,
    /// `garp_master_delay`: until the second burst; 5 s, 0 is no second burst.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub delay: Duration,
    /// `garp_master_refresh`: period of refreshes while master; 0 is none.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub refresh: Duration,
    /// `garp_master_refresh_repeat`: rounds of a refresh; 1.
    pub refresh_repeat: u32,
    /// `garp_lower_prio_repeat`: rounds after an advert of lower priority.
    pub lower_prio_repeat: u32,
    /// `garp_lower_prio_delay`: until its second burst; 0 is no second burst.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub lower_prio_delay: Duration,
}

impl Default for Garp {
    fn default() -> Self {
        Self {
            repeat: 5,
            delay: Duration::from_secs(5),
            refresh: Duration::ZERO,
            refresh_repeat: 1,
            lower_prio_repeat: 5,
            lower_prio_delay: Duration::from_secs(5),
        }
    }
}

/// One `vrrp_instance`, every default resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Instance {
    /// Its name.
    pub name: Box<str>,
    /// Family of the adverts: that of the first virtual address, or of peers and source.
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Family"))]
    pub family: Family,
    /// `version`
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Version"))]
    pub version: Version,
    /// `state`
    pub state: InitialState,
    /// `interface`; `None` only for unicast without one.
    pub interface: Option<InterfaceName>,
    /// `virtual_router_id`
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Vrid"))]
    pub vrid: Vrid,
    /// `priority`, 1 to 255.
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Priority"))]
    pub priority: Priority,
    /// `advert_int`, already rounded to what the version can say.
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Interval"))]
    pub advert_int: Interval,
    /// Multicast, or to whom.
    pub mode: Mode,
    /// `mcast_src_ip`, `unicast_src_ip`; `None` is the first address of the interface.
    pub source: Option<IpAddr>,
    /// `track_src_ip`
    pub track_source: bool,
    /// `virtual_ipaddress`: what the adverts carry.
    pub addresses: Vec<VirtualAddress>,
    /// `virtual_ipaddress_excluded`: held, but not carried.
    pub excluded: Vec<VirtualAddress>,
    /// `virtual_routes`: set while master.
    pub routes: Vec<Route>,
    /// `virtual_rules`: set while master.
    pub rules: Vec<Rule>,
    /// `authentication`
    pub authentication: Authentication,
    /// `v3_checksum_as_v2`
    pub checksum_v3: ChecksumV3,
    /// `nopreempt` is false here.
    pub preempt: bool,
    /// `preempt_delay`; 0.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub preempt_delay: Duration,
    /// `down_timer_adverts`; 3.
    pub down_timer_adverts: u8,
    /// `dont_track_primary`
    pub dont_track_primary: bool,
    /// `skip_check_adv_addr`
    pub skip_check_adv_addr: bool,
    /// `strict_mode`, `vrrp_strict`: its consequences are applied to the other fields too.
    pub strict: bool,
    /// `accept`
    pub accept: Accept,
    /// `promote_secondaries`
    pub promote_secondaries: bool,
    /// `garp_*`
    pub garp: Garp,
    /// `lower_prio_no_advert`
    pub lower_prio_no_advert: bool,
    /// `higher_prio_send_advert`
    pub higher_prio_send_advert: bool,
    /// `owner_ignore_adverts`
    pub owner_ignore_adverts: bool,
    /// `timer_expired_backup`: priority whose skew bounds a stall.
    #[cfg_attr(feature = "schema", schemars(with = "Option<super::schema::Priority>"))]
    pub timer_expired_backup: Option<Priority>,
    /// `kernel_rx_buf_size`, octets.
    pub rx_buffer: Option<u32>,
    /// `auth_hmac`; excludes [`Self::authentication`].
    pub auth_hmac: Option<AuthHmac>,
    /// `use_vmac`, `use_ipvlan`; only with an interface.
    pub vmac: Option<Vmac>,
    /// `use_vmac_addr`: addresses on other interfaces, or of the other family, get VMACs there.
    pub vmac_addresses: bool,
    /// `garp_extra_if`
    pub garp_extra: GarpExtra,
    /// `vrf`: only for unicast without an interface.
    pub vrf: Option<InterfaceName>,
    /// `track_*`, the instance's own interface left out.
    pub tracking: Tracking,
    /// `notify*`
    pub notify: Notify,
    /// `notify_priority_changes`
    pub notify_priority_changes: bool,
    /// `smtp_alert`
    pub smtp_alert: bool,
    /// `linkbeat_use_polling`: the link of the interface is polled.
    pub linkbeat_polling: bool,
    /// `lvs_sync_daemon_interface`
    pub lvs_sync_interface: Option<InterfaceName>,
    /// `debug`, 0 to 4; 0.
    pub debug: u8,
}

impl Instance {
    /// An instance with keepalived's defaults.
    pub fn new(name: &str, vrid: Vrid, family: Family, group: IpAddr) -> Self {
        Self {
            name: name.into(),
            family,
            version: Version::V2,
            state: InitialState::Backup,
            interface: None,
            vrid,
            priority: Priority::DEFAULT,
            advert_int: Interval::DEFAULT,
            mode: Mode::Multicast { group },
            source: None,
            track_source: false,
            addresses: Vec::new(),
            excluded: Vec::new(),
            routes: Vec::new(),
            rules: Vec::new(),
            authentication: Authentication::None,
            checksum_v3: ChecksumV3::PseudoHeader,
            preempt: true,
            preempt_delay: Duration::ZERO,
            down_timer_adverts: 3,
            dont_track_primary: false,
            skip_check_adv_addr: false,
            strict: false,
            accept: Accept::All,
            promote_secondaries: false,
            garp: Garp::default(),
            lower_prio_no_advert: false,
            higher_prio_send_advert: false,
            owner_ignore_adverts: false,
            timer_expired_backup: None,
            rx_buffer: None,
            auth_hmac: None,
            vmac: None,
            vmac_addresses: false,
            garp_extra: GarpExtra::default(),
            vrf: None,
            tracking: Tracking::default(),
            notify: Notify::default(),
            notify_priority_changes: false,
            smtp_alert: false,
            linkbeat_polling: false,
            lvs_sync_interface: None,
            debug: 0,
        }
    }
}
