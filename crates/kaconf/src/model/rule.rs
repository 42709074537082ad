//! One line of `virtual_rules` or `static_rules`. Names are resolved: the kernel's numbers are here.

use ipnetwork::IpNetwork;
use vrrp_types::Family;

use super::{InterfaceName, Realms};

/// What a rule does with a packet that it fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum RuleAction {
    /// `table`, `lookup`: looks it up in that table.
    Table(u32),
    /// `l3mdev`: looks it up in the table of the VRF it belongs to.
    L3mdev,
    /// `goto`: goes on at the rule of that preference.
    Goto(u32),
    /// `nop`: nothing.
    Nop,
    /// `blackhole`: drops it without a word.
    Blackhole,
    /// `unreachable`: drops it and says that there is no way.
    Unreachable,
    /// `prohibit`: drops it and says that it is forbidden.
    Prohibit,
}

/// `fwmark`: what mark a packet must carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RuleMark {
    /// The mark.
    pub mark: u32,
    /// Behind the slash: which bits of it count; `None` is all.
    pub mask: Option<u32>,
}

/// From one number to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NumberRange<N> {
    /// The first.
    pub start: N,
    /// The last.
    pub end: N,
}

/// One line of `virtual_rules` or `static_rules`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Rule {
    /// `inet`, `inet6`, or the family of its addresses; IPv4 if nothing tells.
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Family"))]
    pub family: Family,
    /// `preference`, `order`, `priority`. Rules without one count down from 16384, each family for itself.
    pub preference: u32,
    /// What is done with a packet.
    pub action: RuleAction,
    /// `not`: with packets that it does not fit.
    pub invert: bool,
    /// `from`
    pub from: Option<IpNetwork>,
    /// `to`
    pub to: Option<IpNetwork>,
    /// `tos`, `dsfield`; 0 is any.
    pub tos: u8,
    /// `fwmark`
    pub mark: Option<RuleMark>,
    /// `realms`, IPv4: what packets that it fits are given.
    pub realms: Realms,
    /// `iif`, `dev`: where a packet came in.
    pub input: Option<InterfaceName>,
    /// `oif`: where a packet goes out.
    pub output: Option<InterfaceName>,
    /// `tunnel-id`; 0 is any.
    pub tunnel_id: u64,
    /// `uidrange`: whose socket it comes from.
    pub uids: Option<NumberRange<u32>>,
    /// `ipproto`: the protocol in the IP header.
    pub ip_protocol: Option<u8>,
    /// `sport`
    pub source_ports: Option<NumberRange<u16>>,
    /// `dport`
    pub destination_ports: Option<NumberRange<u16>>,
    /// `suppress_prefixlength`: routes whose prefix is no longer than this do not count.
    pub suppress_prefix_length: Option<u32>,
    /// `suppress_ifgroup`: routes over interfaces of that group do not count.
    pub suppress_group: Option<u32>,
    /// `protocol`: who made the rule; 18 (keepalived) for one that is tracked, `None` for one that says nothing.
    pub protocol: Option<u8>,
    /// Whether its loss is noticed: not with `no_track`.
    pub track: bool,
    /// `track_group`, static rules only: whose instances follow it.
    pub track_group: Option<Box<str>>,
}

impl Rule {
    /// keepalived's number among the makers of rules (`RTPROT_KEEPALIVED`).
    pub const PROTOCOL: u8 = 18;
    /// The preference of the first rule that has none.
    pub const FIRST_PREFERENCE: u32 = 16_384;

    /// A rule that fits every packet of a family.
    pub const fn new(family: Family, preference: u32, action: RuleAction) -> Self {
        Self {
            family,
            preference,
            action,
            invert: false,
            from: None,
            to: None,
            tos: 0,
            mark: None,
            realms: Realms { source: 0, destination: 0 },
            input: None,
            output: None,
            tunnel_id: 0,
            uids: None,
            ip_protocol: None,
            source_ports: None,
            destination_ports: None,
            suppress_prefix_length: None,
            suppress_group: None,
            protocol: Some(Self::PROTOCOL),
            track: true,
            track_group: None,
        }
    }
}
