//! Rules as the kernel reports them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnetwork::IpNetwork;
use vrrp_types::Family;

use super::{INVERT, Rule, RuleAction, fra};
use crate::netlink::message::{attributes, text, u16_at, u32_at};

/// Octets of `struct fib_rule_hdr`.
const HEADER: usize = 12;

impl Rule {
    /// From the body of `RTM_NEWRULE` or `RTM_DELRULE`; `None` for other families, actions that nobody here asks for,
    /// and junk.
    pub(in crate::netlink) fn parse(body: &[u8]) -> Option<Self> {
        let [family, to, from, tos, table, _, _, action, ..] = *body.first_chunk::<HEADER>()?;
        let family = match i32::from(family) {
            libc::AF_INET => Family::V4,
            libc::AF_INET6 => Family::V6,
            _ => return None,
        };
        let mut rule = Self::new(family, 0, RuleAction::Nop);
        rule.tos = tos;
        rule.invert = u32_at(body, 8)? & INVERT != 0;
        let mut seen = Seen { table: table.into(), ..Seen::default() };
        for (kind, value) in attributes(body, HEADER) {
            match kind {
                fra::SRC => rule.from = Some(network(family, value, from)?),
                fra::DST => rule.to = Some(network(family, value, to)?),
                fra::PRIORITY => rule.preference = u32_at(value, 0)?,
                fra::FWMARK => seen.mark = u32_at(value, 0)?,
                fra::FWMASK => seen.mask = Some(u32_at(value, 0)?),
                fra::FLOW => rule.realms = u32_at(value, 0)?,
                fra::IIFNAME => rule.input = Some(text(value)),
                fra::OIFNAME => rule.output = Some(text(value)),
                fra::GOTO => seen.goto = u32_at(value, 0)?,
                fra::TABLE => seen.table = u32_at(value, 0)?,
                fra::L3MDEV => seen.l3mdev = value.first().is_some_and(|on| *on != 0),
                _ => rule.take_socket(kind, value)?,
            }
        }
        rule.mark = seen.mask.map(|mask| (seen.mark, mask));
        rule.action = match action {
            1 if seen.l3mdev => RuleAction::L3mdev,
            1 => RuleAction::Table(seen.table),
            2 => RuleAction::Goto(seen.goto),
            3 => RuleAction::Nop,
            6 => RuleAction::Blackhole,
            7 => RuleAction::Unreachable,
            8 => RuleAction::Prohibit,
            _ => return None,
        };
        Some(rule)
    }

    fn take_socket(&mut self, kind: u16, value: &[u8]) -> Option<()> {
        let ports = || Some((u16_at(value, 0)?, u16_at(value, 2)?));
        match kind {
            fra::TUN_ID => self.tunnel_id = u64::from_be_bytes(*value.first_chunk()?),
            fra::UID_RANGE => self.uids = Some((u32_at(value, 0)?, u32_at(value, 4)?)),
            fra::IP_PROTO => self.ip_protocol = Some(*value.first()?),
            fra::SPORT_RANGE => self.source_ports = Some(ports()?),
            fra::DPORT_RANGE => self.destination_ports = Some(ports()?),
            // All bits set is none, and always told.
            fra::SUPPRESS_PREFIXLEN => {
                self.suppress_prefix_length = Some(u32_at(value, 0)?).filter(|length| *length != u32::MAX);
            }
            fra::SUPPRESS_IFGROUP => {
                self.suppress_group = Some(u32_at(value, 0)?).filter(|group| *group != u32::MAX);
            }
            fra::PROTOCOL => self.protocol = value.first().copied(),
            _ => {}
        }
        Some(())
    }
}

/// What several attributes say together.
#[derive(Default)]
struct Seen {
    table: u32,
    mark: u32,
    mask: Option<u32>,
    goto: u32,
    l3mdev: bool,
}

fn network(family: Family, value: &[u8], prefix: u8) -> Option<IpNetwork> {
    let ip: IpAddr = match family {
        Family::V4 => Ipv4Addr::from(<[u8; 4]>::try_from(value).ok()?).into(),
        Family::V6 => Ipv6Addr::from(<[u8; 16]>::try_from(value).ok()?).into(),
    };
    IpNetwork::new(ip, prefix).ok()
}
