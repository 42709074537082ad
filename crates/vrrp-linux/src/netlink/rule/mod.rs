//! A rule of policy routing, as asked for and as reported (`struct fib_rule_hdr`, linux/fib_rules.h).

mod parse;
#[cfg(test)]
mod tests;

use ipnetwork::IpNetwork;
use neli::consts::nl::NlmF;
use neli::consts::rtnl::Rtm;
use vrrp_types::Family;

use super::NetlinkError;
use super::attributes::{Attributes, Head, request};

/// `FRA_*`: the numbers of a rule's attributes.
mod fra {
    pub(super) const DST: u16 = 1;
    pub(super) const SRC: u16 = 2;
    pub(super) const IIFNAME: u16 = 3;
    pub(super) const GOTO: u16 = 4;
    pub(super) const PRIORITY: u16 = 6;
    pub(super) const FWMARK: u16 = 10;
    pub(super) const FLOW: u16 = 11;
    pub(super) const TUN_ID: u16 = 12;
    pub(super) const SUPPRESS_IFGROUP: u16 = 13;
    pub(super) const SUPPRESS_PREFIXLEN: u16 = 14;
    pub(super) const TABLE: u16 = 15;
    pub(super) const FWMASK: u16 = 16;
    pub(super) const OIFNAME: u16 = 17;
    pub(super) const L3MDEV: u16 = 19;
    pub(super) const UID_RANGE: u16 = 20;
    pub(super) const PROTOCOL: u16 = 21;
    pub(super) const IP_PROTO: u16 = 22;
    pub(super) const SPORT_RANGE: u16 = 23;
    pub(super) const DPORT_RANGE: u16 = 24;
}

/// `FIB_RULE_INVERT`
const INVERT: u32 = 2;

/// What a rule does with a packet that it fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuleAction {
    /// Looks it up in that table.
    Table(u32),
    /// Looks it up in the table of the VRF it belongs to.
    L3mdev,
    /// Goes on at the rule of that preference.
    Goto(u32),
    /// Nothing.
    Nop,
    /// Drops it without a word.
    Blackhole,
    /// Drops it and says that there is no way.
    Unreachable,
    /// Drops it and says that it is forbidden.
    Prohibit,
}

/// A rule. One asked for and one reported are equal if they are the same, but for [`Rule::protocol`] where none was
/// given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Whose packets.
    pub family: Family,
    /// Its rank; lower comes first.
    pub preference: u32,
    /// What is done with a packet.
    pub action: RuleAction,
    /// With packets that it does not fit.
    pub invert: bool,
    /// Where a packet comes from.
    pub from: Option<IpNetwork>,
    /// Where it goes.
    pub to: Option<IpNetwork>,
    /// 0 is any.
    pub tos: u8,
    /// The mark it carries, and which bits of it count.
    pub mark: Option<(u32, u32)>,
    /// IPv4: classes of traffic, of the source in the upper 16 bits.
    pub realms: u32,
    /// Where it came in.
    pub input: Option<String>,
    /// Where it goes out.
    pub output: Option<String>,
    /// 0 is any.
    pub tunnel_id: u64,
    /// Whose socket it comes from, first and last.
    pub uids: Option<(u32, u32)>,
    /// The protocol in the IP header.
    pub ip_protocol: Option<u8>,
    /// First and last.
    pub source_ports: Option<(u16, u16)>,
    /// First and last.
    pub destination_ports: Option<(u16, u16)>,
    /// Routes whose prefix is no longer than this do not count.
    pub suppress_prefix_length: Option<u32>,
    /// Routes over interfaces of that group do not count.
    pub suppress_group: Option<u32>,
    /// Who made it (`RTPROT_*`).
    pub protocol: Option<u8>,
}

impl Rule {
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
            realms: 0,
            input: None,
            output: None,
            tunnel_id: 0,
            uids: None,
            ip_protocol: None,
            source_ports: None,
            destination_ports: None,
            suppress_prefix_length: None,
            suppress_group: None,
            protocol: None,
        }
    }

    /// Whether the rule that was reported is this one.
    pub fn is(&self, reported: &Self) -> bool {
        let any = |network: &IpNetwork| network.prefix() > 0;
        let asked = Self {
            protocol: self.protocol.or(reported.protocol),
            from: self.from.filter(any),
            to: self.to.filter(any),
            suppress_prefix_length: self.suppress_prefix_length.filter(|length| *length != u32::MAX),
            ..self.clone()
        };
        asked == *reported
    }

    /// Appends the request that adds this rule.
    pub(super) fn encode_add(&self, sequence: u32, out: &mut Vec<u8>) -> Result<(), NetlinkError> {
        request(Rtm::Newrule, NlmF::CREATE | NlmF::EXCL, sequence, self.head(), self.attributes()?, out)
    }

    /// Appends the request that removes this rule.
    pub(super) fn encode_remove(&self, sequence: u32, out: &mut Vec<u8>) -> Result<(), NetlinkError> {
        request(Rtm::Delrule, NlmF::empty(), sequence, self.head(), self.attributes()?, out)
    }

    fn head(&self) -> Head {
        let (action, table) = match self.action {
            RuleAction::Table(table) => (1, u8::try_from(table).ok()),
            RuleAction::L3mdev => (1, None),
            RuleAction::Goto(_) => (2, None),
            RuleAction::Nop => (3, None),
            RuleAction::Blackhole => (6, None),
            RuleAction::Unreachable => (7, None),
            RuleAction::Prohibit => (8, None),
        };
        Head {
            family: self.family,
            destination_length: self.to.map_or(0, |to| to.prefix()),
            source_length: self.from.map_or(0, |from| from.prefix()),
            tos: self.tos,
            table,
            // These two are reserved in a rule.
            protocol: 0,
            scope: 0,
            kind: action,
            flags: if self.invert { INVERT } else { 0 },
        }
    }

    fn attributes(&self) -> Result<Attributes, NetlinkError> {
        let mut out = Attributes::new();
        match self.action {
            RuleAction::Table(table) if table > u8::MAX.into() => out.put_u32(fra::TABLE, table)?,
            RuleAction::Goto(target) => out.put_u32(fra::GOTO, target)?,
            RuleAction::L3mdev => out.put(fra::L3MDEV, &[1])?,
            _ => {}
        }
        for (kind, network) in [(fra::SRC, self.from), (fra::DST, self.to)] {
            let Some(network) = network.filter(|network| network.prefix() > 0) else { continue };
            if Family::of(network.ip()) != self.family {
                return Err(NetlinkError::Unencodable);
            }
            out.put_ip(kind, network.ip())?;
        }
        out.put_u32(fra::PRIORITY, self.preference)?;
        if let Some((mark, mask)) = self.mark {
            out.put_u32(fra::FWMARK, mark)?;
            out.put_u32(fra::FWMASK, mask)?;
        }
        if self.realms != 0 {
            out.put_u32(fra::FLOW, self.realms)?;
        }
        for (kind, value) in [
            (fra::SUPPRESS_PREFIXLEN, self.suppress_prefix_length),
            (fra::SUPPRESS_IFGROUP, self.suppress_group),
        ] {
            if let Some(value) = value {
                out.put_u32(kind, value)?;
            }
        }
        for (kind, name) in [(fra::IIFNAME, &self.input), (fra::OIFNAME, &self.output)] {
            if let Some(name) = name {
                out.put_text(kind, name)?;
            }
        }
        self.put_socket(&mut out)?;
        if let Some(protocol) = self.protocol {
            out.put(fra::PROTOCOL, &[protocol])?;
        }
        Ok(out)
    }

    /// What is known of a packet from its upper layers.
    fn put_socket(&self, out: &mut Attributes) -> Result<(), NetlinkError> {
        if self.tunnel_id != 0 {
            out.put(fra::TUN_ID, &self.tunnel_id.to_be_bytes())?;
        }
        if let Some((first, last)) = self.uids {
            out.put(fra::UID_RANGE, &[first.to_ne_bytes(), last.to_ne_bytes()].concat())?;
        }
        if let Some(protocol) = self.ip_protocol {
            out.put(fra::IP_PROTO, &[protocol])?;
        }
        for (kind, ports) in
            [(fra::SPORT_RANGE, self.source_ports), (fra::DPORT_RANGE, self.destination_ports)]
        {
            if let Some((first, last)) = ports {
                out.put(kind, &[first.to_ne_bytes(), last.to_ne_bytes()].concat())?;
            }
        }
        Ok(())
    }
}
